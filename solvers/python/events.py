"""Statements of methods that others see: printing, files, and the end of the run."""

from __future__ import annotations

import ast
from collections.abc import Container
from dataclasses import dataclass

from transpile.legacy.expressions import Place
from transpile.legacy.fields import Field
from transpile.legacy.files import File
from transpile.python.correspondence import Correspondence
from transpile.solvers.python.expressions import Evaluation
from transpile.solvers.python.texts import joined, printed
from transpile.solvers.python.values import Num, PyValue, constant_of
from transpile.solvers.storage.steps import Event
from transpile.solvers.storage.values import NoTerm, Number, Text, Value, text

METHODS = frozenset(
    {"open", "close", "read", "read_next", "read_previous", "write", "rewrite", "delete", "start", "release"}
    | {"return_next"}
)
TRUTHS = {"at end": "at_end", "invalid key": "invalid_key", "ok": "ok", "end of page": "end_of_page"}
_KEYED = frozenset({"read", "start", "delete"})


def display(evaluation: Evaluation, node: ast.Call) -> Event:
    """``print(…)``."""
    named = {each.arg: each.value for each in node.keywords}
    separator, ending = (_constant(evaluation, named.pop(key, None), default) for key, default in _PRINTED)
    if not isinstance(named.pop("flush", ast.Constant(False)), ast.Constant):
        raise NoTerm("print with a flush that is no constant")
    to = named.pop("file", None)
    if to is not None and ast.unparse(to) != "sys.stderr":
        raise NoTerm("print to something")
    if named or ending not in ("\n", ""):
        raise NoTerm("print with other options")
    pieces = [printed(evaluation.value(each)) for each in node.args]
    between = text(separator)
    shown = joined([part for at, piece in enumerate(pieces) for part in ((between, piece) if at else (piece,))])
    return Event("display", "" if to is None else "err", ("newline" if ending else "",), (shown,))


_PRINTED = (("sep", " "), ("end", "\n"))


def _constant(evaluation: Evaluation, node: ast.expr | None, default: str) -> str:
    found = default if node is None else constant_of(evaluation.value(node))
    if not isinstance(found, str):
        raise NoTerm("print with a separator that is no constant text")
    return found


def stop(evaluation: Evaluation, node: ast.Call) -> Event:
    """``sys.exit(…)``."""
    if node.keywords or len(node.args) > 1:
        raise NoTerm("sys.exit with other arguments")
    if not node.args:
        return Event("stop", values=(Number(evaluation.integer(ast.Constant(0))),))
    return Event("stop", values=(Number(evaluation.integer(node.args[0])),))


def execute(
    correspondence: Correspondence, methods: Container[str], node: ast.Call, guarded: bool
) -> tuple[Event, str]:
    """The call of a method that a person writes, and what is assumed of it. ``guarded``: within a ``try``."""
    assert isinstance(node.func, ast.Attribute)
    method = node.func.attr
    if node.args or node.keywords or guarded or method not in methods:
        raise NoTerm(f"the method {method} with arguments, within a try, or missing")
    text = correspondence.interfaces[method]
    words = f"the method '{method}' does what EXEC {text} does, and what it stores fits the PICTUREs"
    return Event("execute", text, changes=None), words


@dataclass(frozen=True, slots=True)
class FileCall:
    """A call of a method of a file's object; ``name`` is the attribute that the object is."""

    name: str
    file: File
    node: ast.Call

    @property
    def method(self) -> str:
        assert isinstance(self.node.func, ast.Attribute)
        return self.node.func.attr


def file_call(correspondence: Correspondence, node: ast.expr) -> FileCall | None:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Attribute(value=ast.Name(id="self"), attr=name))):
            for origin, place in correspondence.files.items():
                if place == f"self.{name}":
                    found = next(each for each in correspondence.program.files if each.origin == origin)
                    return FileCall(name, found, node)
    return None


def file_event(evaluation: Evaluation, call: FileCall) -> Event:
    """Raises NoTerm for methods that are called with what has no meaning here."""
    if call.method not in METHODS:
        raise NoTerm(f"the method {call.method} of a file")
    file, options, values = call.file, [call.method], list[Value]()
    record = file.record.root
    if call.method in ("write", "rewrite", "release"):
        values.append(evaluation.storage.bytes(record.number, 0, evaluation.storage.layout.sizes[record.number]))
    given = [("", each) for each in call.node.args] + [(f"{each.arg}=", each.value) for each in call.node.keywords]
    for name, node in given:
        value = evaluation.value(node)
        found = constant_of(value)
        if found is not None and not isinstance(found, bytes):
            options.append(f"{name}{found}")
        else:
            options.append(f"{name}value")
            values.append(_visible(value))
    if call.method in _KEYED and file.organization == "indexed":
        values += [_key(evaluation, each.place) for each in file.keys]
    return Event(
        "file", file.origin, tuple(options), tuple(values), changes=_changes(evaluation, file), truths=tuple(TRUTHS)
    )


def _visible(value: PyValue) -> Value:
    match value:
        case Num(number=number):
            return number
        case Text():
            return value
    raise NoTerm("a file is given something that is no number or text")


def _key(evaluation: Evaluation, place: Place) -> Text:
    root = evaluation.storage.layout.roots[place.field.number].root
    return evaluation.storage.bytes(root.number, place.field.view.offset, place.field.view.size)


def _changes(evaluation: Evaluation, file: File) -> frozenset[int]:
    places = [each for each in (file.status, file.relative) if each is not None]
    if file.linage is not None:
        places.append(file.linage.counter)
    fields: list[Field] = [file.record.root, *(each.field for each in places)]
    if file.depending is not None:
        fields.append(file.depending.field)
    return frozenset(evaluation.storage.layout.roots[each.number].root.number for each in fields)
