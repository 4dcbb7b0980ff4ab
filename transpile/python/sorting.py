"""SORT, MERGE, RELEASE and RETURN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transpile.legacy.expressions import Place
from transpile.legacy.statements import Operation
from transpile.python.code import Code, call, literal, method
from transpile.python.filing import file_of, named_record, outcomes
from transpile.python.operations import operation, option, options, outcome

if TYPE_CHECKING:
    from transpile.python.statements import Statements


@operation("sort", "merge")
def _sort(writer: Statements, statement: Operation) -> None:
    _, file = file_of(writer, statement)
    writer.lines.add(f"{file}.start()")
    if using := options(statement, "using"):
        writer.lines.add(str(method(file, "take", *(file_of(writer, statement, name)[1] for name in using))))
    writer.body(outcome(statement, "input"))
    keys = _keys(writer, statement)
    writer.lines.add(str(method(file, "sort", *keys, *_order(writer, statement))))
    writer.body(outcome(statement, "output"))
    if giving := options(statement, "giving"):
        writer.lines.add(str(method(file, "give", *(file_of(writer, statement, name)[1] for name in giving))))


def _keys(writer: Statements, statement: Operation) -> list[str]:
    directions = options(statement, "key")
    return [
        f"(lambda: {writer.expressions.code(key)}, {direction == 'descending'})"
        for key, direction in zip(statement.inputs, directions, strict=True)
    ]


def _order(writer: Statements, statement: Operation) -> list[str]:
    name = option(statement, "order")
    return [f"order={writer.expressions.order(name)}"] if name else []


@operation("release")
def _release(writer: Statements, statement: Operation) -> None:
    file, code = file_of(writer, statement)
    size = named_record(file.record, option(statement, "record")).view.size
    given = [] if size == file.record.root.view.size else [literal(size)]
    writer.lines.add(str(method(code, "release", *given)))


@operation("return")
def _return(writer: Statements, statement: Operation) -> None:
    _, code = file_of(writer, statement)
    writer.lines.add(f"{code}.return_next()")
    outcomes(writer, statement, code)


@operation("sort table")
def _sort_table(writer: Statements, statement: Operation) -> None:
    expressions = writer.expressions
    (target,) = statement.targets
    assert isinstance(target, Place)
    dimension = target.field.dimensions[len(target.subscripts)]
    depending = dimension.depending
    count = expressions.place(Place(depending)) if depending is not None else literal(dimension.count)
    if expressions.is_shared(target.field):
        whole = Place(target.field, target.subscripts)
        rule = expressions.uses.use("cobol_sorting", "sort_table")
        place = [expressions.record(target.field), expressions.offset(whole), count, literal(dimension.stride)]
        done = call(rule, *place, *_keys(writer, statement), *_order(writer, statement))
        writer.lines.add(str(done))
        return
    table = expressions.place(target)
    names = _keys(writer, statement)
    for key in reversed(names):
        value, descending = key[len("(lambda: ") : -1].rsplit(", ", 1)
        value = value.replace(f"{table}[0]", "element")
        reverse = ", reverse=True" if descending == "True" else ""
        if depending is None:
            writer.lines.add(f"{table}.sort(key=lambda element: {value}{reverse})")
        else:
            part = Code(f"{table}[:{count}]") if count.text.isidentifier() else Code(f"{table}[: {count}]")
            writer.lines.add(f"{part} = sorted({part}, key=lambda element: {value}{reverse})")
