"""What the old language does in one statement, and Python in a few: INSPECT, STRING, DISPLAY …"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from transpile.legacy.expressions import Constant, Expression
from transpile.legacy.statements import Body, Operation
from transpile.python.code import Code, item, literal, method
from transpile.python.places import unsupported

if TYPE_CHECKING:
    from transpile.python.statements import Statements

Emit: TypeAlias = "Callable[[Statements, Operation], None]"
OPERATIONS: dict[str, Emit] = {}


def operation(*names: str) -> Callable[[Emit], Emit]:
    """What a function is that writes the operations of ``names``."""

    def add(emit: Emit) -> Emit:
        OPERATIONS.update(dict.fromkeys(names, emit))
        return emit

    return add


def emit_operation(writer: Statements, statement: Operation) -> None:
    emit = OPERATIONS.get(statement.name)
    if emit is None:
        raise unsupported(statement.name, "there is no Python for it yet", statement.span)
    known = dict(writer.expressions.known)
    emit(writer, statement)
    writer.expressions.known = known


def option(statement: Operation, name: str) -> str:
    return next((value for key, value in statement.options if key == name), "")


def options(statement: Operation, name: str) -> list[str]:
    return [value for key, value in statement.options if key == name]


def outcome(statement: Operation, name: str) -> Body:
    return next((body for key, body in statement.outcomes if key == name), ())


def success(statement: Operation) -> Body:
    """What is done where nothing went wrong."""
    return outcome(statement, "ok") or outcome(statement, "otherwise")


# STRING, UNSTRING and INSPECT


@operation("string")
def _string(writer: Statements, statement: Operation) -> None:
    expressions = writer.expressions
    target, pointer, *pieces = statement.inputs
    pairs = []
    for text, delimiter in zip(pieces[::2], pieces[1::2], strict=True):
        whole = isinstance(delimiter, Constant) and delimiter.value == ""
        pairs.append(f"({expressions.code(text)}, {'None' if whole else expressions.code(delimiter)})")
    start = [] if isinstance(pointer, Constant) and pointer.value == 1 else [expressions.whole(pointer)]
    code = expressions.call("string", expressions.code(target), f"[{', '.join(pairs)}]", *start)
    writer.lines.add(f"strung = {code}")
    expressions.known |= {"strung": Code("strung.target"), "pointer": Code("strung.pointer")}
    writer.body(outcome(statement, "end"))
    writer.branches([("strung.overflow", outcome(statement, "overflow")), ("", success(statement))])


@operation("unstring")
def _unstring(writer: Statements, statement: Operation) -> None:
    expressions = writer.expressions
    source, pointer, *delimiters = statement.inputs
    every = options(statement, "all")
    pairs = [f"({expressions.code(each)}, {all == 'yes'})" for each, all in zip(delimiters, every, strict=True)]
    start = [] if isinstance(pointer, Constant) and pointer.value == 1 else [expressions.whole(pointer)]
    first = [f"[{', '.join(pairs)}]"] if pairs or start else []
    writer.lines.add(f"unstring = {expressions.call('Unstring', expressions.code(source), *first, *start)}")
    sizes = options(statement, "size")
    for at, size in enumerate(sizes, 1):
        expressions.known |= {"piece": Code("piece.text"), "delimiter": Code("piece.delimiter")}
        with writer.lines.block(f"if piece := unstring.next({'' if pairs else size}):"):
            writer.body(outcome(statement, f"field {at}"))
    expressions.known |= {"pointer": Code("unstring.pointer"), "count": Code("unstring.count")}
    writer.body(outcome(statement, "end"))
    writer.branches([("unstring.overflow", outcome(statement, "overflow")), ("", success(statement))])


@operation("inspect")
def _inspect(writer: Statements, statement: Operation) -> None:
    expressions = writer.expressions
    text, *inputs = statement.inputs
    if _inspect_simply(writer, statement):
        return
    source = expressions.code(text)
    begin = f"inspection = {expressions.call('Inspection', source)}"
    if statement.options[0][0] != "convert" or len(statement.options[0][1].split()) > 1:
        writer.lines.add(begin)
    tallies, replaced = 0, Code("inspection.replaced()")
    before = statement.options[0][0]
    for kind, words in statement.options:
        if kind != before:
            writer.lines.add(begin)
            before = kind
        what, *bounds = words.split()
        taken = [] if what == "characters" else [expressions.code(inputs.pop(0))]
        if kind != "tally":
            taken.append(expressions.code(inputs.pop(0)))
        region = _region(writer, bounds, inputs)
        if kind == "convert":
            replaced = expressions.call("convert", source, *taken, *region)
            continue
        name = literal(what.upper())
        if kind == "replace":
            pattern = [literal("")] if what == "characters" else []
            writer.lines.add(str(method(Code("inspection"), "replace", name, *pattern, *taken, *region)))
            continue
        tallies += 1
        pattern = [literal("")] if what == "characters" and region else []
        counted = method(Code("inspection"), "tally", name, *pattern, *taken, *region)
        writer.lines.add(f"tally_{tallies} = {counted}")
        expressions.known[f"tally {tallies}"] = Code(f"tally_{tallies}")
    expressions.known["replaced"] = replaced
    writer.body(outcome(statement, "end"))


def _region(writer: Statements, bounds: list[str], inputs: list[Expression]) -> list[Code]:
    if not bounds:
        return []
    pairs = [f"({literal(side.upper())}, {writer.expressions.code(inputs.pop(0))})" for side in bounds]
    return [method(Code("inspection"), "region", *pairs)]


def _inspect_simply(writer: Statements, statement: Operation) -> bool:
    """One phrase over the whole text that a method of ``str`` does."""
    expressions = writer.expressions
    match statement.options, statement.inputs:
        case ((("tally", "all"),), (text, pattern)) if expressions.size(pattern):
            counted = method(expressions.code(text), "count", expressions.code(pattern))
            expressions.known["tally 1"] = counted
        case ((("tally", "characters"),), (text,)) if size := expressions.size(text):
            expressions.known["tally 1"] = literal(size)
        case ((("replace", "all"),), (text, pattern, by)) if expressions.size(pattern) and (
            expressions.size(pattern) == expressions.size(by)
        ):
            codes = expressions.code(pattern), expressions.code(by)
            expressions.known["replaced"] = method(expressions.code(text), "replace", *codes)
        case ((("convert", words),), (text, old, new)) if len(words.split()) <= 1:
            codes = expressions.code(old), expressions.code(new)
            expressions.known["replaced"] = expressions.call("convert", expressions.code(text), *codes)
        case _:
            return False
    writer.body(outcome(statement, "end"))
    return True


@operation("set environment")
def _set_environment(writer: Statements, statement: Operation) -> None:
    name, value = (method(writer.expressions.code(each), "rstrip", literal(" ")) for each in statement.inputs)
    writer.expressions.uses.use("", "os")
    writer.lines.add(f"{item(Code('os.environ'), name)} = {value}")
