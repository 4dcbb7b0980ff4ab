"""The process that runs methods of an emitted program: ``worker.py SPECIFICATION REQUESTS ANSWERS``, the last two being
open pipes.

It sets the fields of the program's object from the bytes of a state, runs a method, and gives the bytes back. It is a
program of its own and imports nothing of this package but the rules of coding, from the file that it is told.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import io
import json
import operator
import os
import signal
import struct
import sys
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from types import CodeType, FrameType, ModuleType
from typing import Any, TypedDict, cast

FRAME = struct.Struct("<I")
CALL = struct.Struct("<II")
MESSAGE_BYTES = 400
RETURNED, LEFT, STOPPED, FAILED, LATE = range(5)
FITTING = ("fit_int", "fit_decimal", "fit_rounded", "checked_int", "checked_decimal", "rounded")
"""Rules that put a value into a field, or round it for one."""
HUGE = 1000
COMPARED, WRAPPED, CHOSEN = "__compared__", "__wrapped__", "__chosen__"
COMPARISONS: dict[str, Callable[[Any, Any], object]] = {
    name: getattr(operator, name) for name in ("lt", "le", "gt", "ge", "eq", "ne")
}
Value = int | str | float | object


class Leaf(TypedDict):
    """One value of the object: the Python that names it, and its bytes in a state."""

    place: str
    at: int
    size: int
    coding: str
    digits: int
    scale: int
    signed: bool
    sign: str


class Group(TypedDict):
    """Bytes of a state that belong together: an area, or values."""

    at: int
    size: int
    area: str
    leaves: list[Leaf]


class File(TypedDict):
    """``place`` is the Python that names it. ``mode``: how it is open when a method begins, empty where it is closed;
    ``release`` and ``return`` where it is being sorted. ``filled``: it has records then. ``number``: the Python of its
    RELATIVE KEY, or empty."""

    place: str
    mode: str
    filled: bool
    number: str


class Specification(TypedDict):
    folder: str
    rules: str
    module: str
    program: str
    called: bool
    """It has a caller."""
    methods: list[str]
    groups: list[Group]
    files: list[list[File]]
    """Those of each method."""
    records: int
    listening: bool
    """The output is what the fields get, instead of what is displayed."""
    limit_s: float


class Ears(ast.NodeTransformer):
    """Comparisons of two values, the larger and the smaller of two, and remainders of powers of ten become calls."""

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        lefts = [node.left, *node.comparators[:-1]]
        parts = [self._compared(node, *each) for each in zip(lefts, node.ops, node.comparators, strict=True)]
        return parts[0] if len(parts) == 1 else ast.copy_location(ast.BoolOp(ast.And(), parts), node)

    def _compared(self, node: ast.Compare, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> ast.expr:
        name = type(sign).__name__.lower().replace("lte", "le").replace("gte", "ge").replace("noteq", "ne")
        if name not in COMPARISONS:
            return ast.copy_location(ast.Compare(left, [sign], [right]), node)
        return self._called(node, COMPARED, [left, ast.Constant(name), right], right.col_offset)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Name("min" | "max" as name), [left, right], []):
                return self._called(node, name + CHOSEN, [left, right], node.col_offset)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.BinOp(op=ast.Mod(), right=ast.Constant(value=int(value))) if set(str(value)[1:]) == {"0"}:
                return self._called(node, WRAPPED, [node.left, node.right], node.col_offset)
        return node

    def _called(self, node: ast.expr, name: str, arguments: list[ast.expr], column: int) -> ast.expr:
        call = ast.Call(ast.Name(name, ast.Load()), [*arguments, ast.Constant(column)], [])
        return ast.copy_location(call, node)


class Late(BaseException):
    """The method takes too long."""


class Unfit(Exception):
    """A value is none that its field can have."""


def main(specification: str, requests: int, answers: int) -> None:
    """Answer requests until there are no more."""
    with open(specification, encoding="utf-8") as file:
        given: Specification = json.load(file)
    said, sys.stdout = sys.stdout, io.StringIO()
    object_ = Translated(given)
    sys.stdout = said
    signal.signal(signal.SIGALRM, _late)
    with os.fdopen(requests, "rb") as source:
        while header := source.read(FRAME.size):
            request = source.read(FRAME.unpack(header)[0])
            which, size = CALL.unpack_from(request)
            state, typed = request[CALL.size : CALL.size + size], request[CALL.size + size :]
            files = given["files"][which] if given["files"] else []
            answer = object_.run(given["methods"][which], state, typed, files)
            _write(answers, FRAME.pack(len(answer)) + answer)


def _late(number: int, frame: FrameType | None) -> None:
    raise Late


def _write(pipe: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(pipe, view) :]


class Translated:
    """The object of the emitted program."""

    def __init__(self, given: Specification) -> None:
        rules = _load("reference_rules", given["rules"])
        sys.path.insert(0, given["folder"])
        self.heard: dict[tuple[int, str], list[object]] | None = {} if given["listening"] else None
        self.module = self._listened(given) if given["listening"] else importlib.import_module(given["module"])
        self.module.use_exact_arithmetic()
        programs = sys.modules.get("cobol_programs")
        self.left: type[BaseException] = programs.Left if programs is not None else Late
        self.running: dict[str, object] = getattr(programs, "_running", {})
        """The programs that were called, which start anew in each run."""
        self.program, self.called = getattr(self.module, given["program"]), given["called"]
        self.groups = [Held(group, rules) for group in given["groups"]]
        self.limit_s, self.records = given["limit_s"], given["records"]
        self.object: object = None

    def run(self, method: str, state: bytes, typed: bytes, files: list[File]) -> bytes:
        if self.object is None:
            self.object = self._made()
            for group in self.groups:
                group.forget()
        self.running.clear()
        self._set(state)
        if files:
            self._open(files, state)
            self._set(state)
        if self.heard is not None:
            self.heard.clear()
        output = io.StringIO()
        sys.stdout, said = output, sys.stdout
        sys.stdin = io.StringIO(typed.decode("latin-1"))
        how, message = self._run(getattr(self.object, method))
        sys.stdout = said
        after = bytearray(state)
        if how in (RETURNED, LEFT, STOPPED):
            try:
                for group in self.groups:
                    group.get(self.object, after)
            except Unfit as error:
                how, message = FAILED, str(error)
        if how in (FAILED, LATE):
            self.object = None
        for each in files if self.object is not None else ():
            file = eval(each["place"], {"self": self.object})
            if getattr(file, "mode", None):
                file.close()
        text = message.encode("utf-8", "replace")[:MESSAGE_BYTES]
        told = output.getvalue() if self.heard is None else json.dumps(list(self.heard.values()))
        shown = told.encode("latin-1", "replace")
        return b"".join((FRAME.pack(how), FRAME.pack(len(text)), text, bytes(after), shown))

    def _listened(self, given: Specification) -> ModuleType:
        """The module with ears at its roundings, fields, comparisons and remainders."""
        path = os.path.join(given["folder"], f"{given['module']}.py")
        with open(path, encoding="utf-8") as file:
            tree = ast.fix_missing_locations(Ears().visit(ast.parse(file.read())))
        spec = importlib.util.spec_from_file_location(given["module"], path)
        assert spec is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[given["module"]] = module
        vars(module).update({COMPARED: self._compared, WRAPPED: self._wrapped})
        vars(module).update({f"{rule.__name__}{CHOSEN}": partial(self._chosen, rule) for rule in (min, max)})
        exec(compile(tree, path, "exec", dont_inherit=True), vars(module))
        for name in FITTING:
            if name in vars(module):
                vars(module)[name] = self._fitted(name, vars(module)[name])
        return module

    def _note(self, line: int, name: str, value: object, digits: int | None, scale: int) -> None:
        """The first value at each place of the program."""
        huge = isinstance(value, int) and value.bit_length() > HUGE
        if self.heard is not None and not huge and (line, name) not in self.heard:
            self.heard[line, name] = [line, name, str(value), digits, scale]

    def _fitted(self, name: str, rule: Callable[..., object]) -> Callable[..., object]:
        def fitted(value: object, *places: int, **more: object) -> object:
            digits = None if name == "rounded" else places[0]
            scale = 0 if name.endswith("int") else places[name != "rounded"]
            self._note(sys._getframe(1).f_lineno, name, value, digits, scale)
            return rule(value, *places, **more)

        return fitted

    def _compared(self, left: object, sign: str, right: object, column: int) -> object:
        self._apart(sys._getframe(1).f_lineno, left, right, column)
        return COMPARISONS[sign](left, right)

    def _chosen(self, rule: Callable[..., object], left: object, right: object, column: int) -> object:
        self._apart(sys._getframe(1).f_lineno, left, right, column)
        return rule(left, right)

    def _apart(self, line: int, left: object, right: object, column: int) -> None:
        if isinstance(left, int | Decimal) and isinstance(right, int | Decimal):
            self._note(line, f"compared {column}", Decimal(left) - Decimal(right), None, 0)

    def _wrapped(self, left: int, right: int, column: int) -> int:
        self._note(sys._getframe(1).f_lineno, f"wrapped {column}", left, len(str(right)) - 1, 0)
        return left % right

    def _made(self) -> object:
        """The object of a program that somebody calls, nested ones without the program around them."""
        fields = self.program.__dataclass_fields__
        made = self.program(**({"outer": None} if "outer" in fields else {}))
        if "called" in fields and self.called:
            made.called = True
        return cast(object, made)

    def _set(self, state: bytes) -> None:
        for group in self.groups:
            group.set(self.object, state)

    def _open(self, files: list[File], state: bytes) -> None:
        """Those that are read have records as the state has one in the record area."""
        count = struct.unpack_from("<i", state, self.records)[0] if self.records else 0
        for each in files:
            file = eval(each["place"], {"self": self.object})
            if each["mode"] in ("release", "return"):
                file.start()
                for _ in range(count if each["filled"] else 0):
                    file.release()
                continue
            if each["filled"]:
                number = [eval(each["number"], {"self": self.object})] if each["number"] else []
                file.open("output")
                for _ in range(count):
                    file.write(*number, expects="2")
                file.close()
            if each["mode"]:
                file.open(each["mode"])

    def _run(self, method: Callable[[], None]) -> tuple[int, str]:
        signal.setitimer(signal.ITIMER_REAL, self.limit_s)
        try:
            method()
        except Late:
            return LATE, ""
        except self.left:
            return LEFT, ""
        except SystemExit as end:
            return STOPPED, str(end.code if end.code is not None else 0)
        except Exception as error:
            return FAILED, f"{type(error).__name__}: {error}"
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        return RETURNED, ""


class Held:
    """A group, with what is known to be in the object: only what changes is set and read."""

    def __init__(self, given: Group, rules: ModuleType) -> None:
        self.given, self.rules = given, rules
        self.range = slice(given["at"], given["at"] + given["size"])
        self.leaves = given["leaves"]
        places = "".join(f"{leaf['place']}, " for leaf in self.leaves)
        self.values_of = compile(f"({places})" if places else "()", "<values>", "eval")
        self.setters: dict[int, CodeType] = {}
        self.forget()

    def forget(self) -> None:
        self.content: bytes | None = None
        self.values: tuple[Value, ...] = ()

    def set(self, object_: object, state: bytes) -> None:
        content = state[self.range]
        if self.given["area"]:
            eval(self.given["area"], {"self": object_}).data[:] = content
            return
        if content == self.content:
            return
        for at, leaf in enumerate(self.leaves):
            start = leaf["at"] - self.range.start
            own = content[start : start + leaf["size"]]
            if self.content is None or own != self.content[start : start + leaf["size"]]:
                self._setter(at)(object_, self._decoded(leaf, own))
        self.content = content
        self.values = eval(self.values_of, {"self": object_})

    def _setter(self, at: int) -> Callable[[object, Value], None]:
        if at not in self.setters:
            self.setters[at] = compile(f"{self.leaves[at]['place']} = value", "<set>", "exec")
        code = self.setters[at]
        return lambda object_, value: exec(code, {"self": object_, "value": value})

    def get(self, object_: object, after: bytearray) -> None:
        if self.given["area"]:
            data = bytes(eval(self.given["area"], {"self": object_}).data)
            if len(data) != self.given["size"]:
                raise Unfit(f"{self.given['area']} has {len(data)} bytes, not {self.given['size']}")
            after[self.range] = data
            return
        values: tuple[Value, ...] = eval(self.values_of, {"self": object_})
        if values == self.values:
            return
        for leaf, old, new in zip(self.leaves, self.values, values, strict=True):
            if old != new:
                after[leaf["at"] : leaf["at"] + leaf["size"]] = self._encoded(leaf, new)
        self.content, self.values = bytes(after[self.range]), values

    def _decoded(self, leaf: Leaf, content: bytes) -> Value:
        coding, rules = leaf["coding"], self.rules
        if coding == "text":
            return content.decode("latin-1")
        if coding == "float":
            return float(struct.unpack("<f" if leaf["size"] == 4 else "<d", content)[0])
        if coding == "display":
            digits = rules.decode_display(content, leaf["sign"])
        elif coding == "packed":
            digits = rules.decode_packed(content, leaf["digits"], leaf["signed"])
        else:
            digits = rules.decode_binary(content, leaf["signed"], coding != "binary")
        value: Value = rules.scaled(digits, leaf["scale"]) if leaf["scale"] else digits
        return value

    def _encoded(self, leaf: Leaf, value: Value) -> bytes:
        coding, rules = leaf["coding"], self.rules
        if coding == "text":
            if not isinstance(value, str) or len(value) != leaf["size"]:
                raise Unfit(f"{leaf['place']} is {value!r}, not a text of {leaf['size']} characters")
            return value.encode("latin-1")
        if coding == "float":
            if not isinstance(value, float):
                raise Unfit(f"{leaf['place']} is {value!r}, not a float")
            return struct.pack("<f" if leaf["size"] == 4 else "<d", value)
        digits = self._digits(leaf, value)
        if coding == "display":
            return bytes(rules.encode_display(digits, leaf["digits"], leaf["sign"]))
        if coding == "packed":
            return bytes(rules.encode_packed(digits, 2 * leaf["size"] - 1, leaf["signed"]))
        return bytes(rules.encode_binary(digits, leaf["size"], leaf["signed"], coding != "binary"))

    def _digits(self, leaf: Leaf, value: Value) -> int:
        """In units of the last digit."""
        kind = "Decimal" if leaf["scale"] else "int"
        if type(value).__name__ != kind:
            raise Unfit(f"{leaf['place']} is {value!r}, not of type {kind}")
        digits = int(self.rules.unscaled(value, leaf["scale"]))
        low, high = _bounds(leaf)
        if not low <= digits <= high or (leaf["scale"] and self.rules.scaled(digits, leaf["scale"]) != value):
            raise Unfit(f"{leaf['place']} is {value}, which its field cannot hold")
        return digits


def _bounds(leaf: Leaf) -> tuple[int, int]:
    """What fits its bytes: counters in binary and packed decimal go over their PICTURE."""
    if leaf["coding"] in ("display", "packed"):
        high = 10 ** (leaf["digits"] if leaf["coding"] == "display" else 2 * leaf["size"] - 1) - 1
        return (-high if leaf["signed"] else 0), high
    high = (1 << (8 * leaf["size"] - leaf["signed"])) - 1
    return (-high - 1 if leaf["signed"] else 0), high


def _load(name: str, path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
