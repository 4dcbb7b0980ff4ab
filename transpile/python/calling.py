"""CALL and CANCEL, and what makes a class a program that can be called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transpile.legacy.expressions import Bytes, Constant, Expression, Load, Part, Place
from transpile.legacy.fields import Field
from transpile.legacy.statements import Leave, Operation, Program
from transpile.legacy.types import Number
from transpile.python.code import Code, attribute, binary, call, literal, method, shifted
from transpile.python.expressions import Expressions
from transpile.python.lines import Lines
from transpile.python.operations import operation, options, outcome, success
from transpile.python.walking import statements_of

if TYPE_CHECKING:
    from transpile.python.statements import Statements


@operation("call")
def _call(writer: Statements, statement: Operation) -> None:
    uses = writer.expressions.uses
    name, *arguments = statement.inputs
    given = [_argument(writer, by, each) for by, each in zip(options(statement, "by"), arguments, strict=True)]
    handled = any(key == "exception" for key, _ in statement.outcomes)
    rule = uses.use("cobol_programs", "call" if handled else "call_or_stop")
    code = call(rule, writer.expressions.code(name), *given)
    end, wrong, right = outcome(statement, "end"), outcome(statement, "exception"), success(statement)
    writer.expressions.known["returned"] = Code("returned")
    done = f"returned = {code}" if end else str(code)
    if not handled:
        writer.lines.add(done)
        writer.body((*end, *right))
        return
    with writer.lines.block("try:"):
        writer.lines.add(done)
    with writer.lines.block(f"except {uses.use('cobol_programs', 'NotFound')}:"):
        writer.body(wrong)
    if end or right:
        with writer.lines.block("else:"):
            writer.body((*end, *right))


@operation("cancel")
def _cancel(writer: Statements, statement: Operation) -> None:
    for name in statement.inputs:
        rule = writer.expressions.uses.use("cobol_programs", "cancel")
        writer.lines.add(str(call(rule, writer.expressions.code(name))))


def _argument(writer: Statements, by: str, value: Expression) -> Code:
    expressions = writer.expressions
    if by == "omitted":
        return Code("bytearray()")
    if by == "reference" and isinstance(value, Bytes):
        return _shared_bytes(expressions, value.target)
    if isinstance(value, Load) and isinstance(value.place.field.type, Number):
        text = expressions.bytes_of(Part(value.place, Constant(1, Number(1))))
    else:
        text = expressions.code(value) if expressions.kind(value) == "text" else call("str", expressions.code(value))
    return call(expressions.uses.use("cobol_programs", "content"), text)


def _shared_bytes(expressions: Expressions, target: Place | Part) -> Code:
    place = target.place if isinstance(target, Part) else target
    record, offset, size = expressions.record(place.field), expressions.offset(place), literal(place.field.view.size)
    if isinstance(target, Part):
        first = expressions.index(target.start)
        offset = shifted(offset, int(first.text)) if first.text.isdecimal() else binary(offset, "+", first)
        size = expressions.whole(target.length) if target.length else binary(size, "-", first)
    elif place.field.view.offset == 0 and not place.subscripts and is_root(expressions, place.field):
        return attribute(record, "data")
    return method(record, "view", offset, size)


def is_root(expressions: Expressions, field: Field) -> bool:
    record = expressions.names.roots.get(field.number)
    return record is not None and record.root == field


def callable_(program: Program, alone: bool) -> bool:
    """It may be called: it is one of several, has parameters, or goes back where it has a caller."""
    calls = any(isinstance(each, Operation) and each.name == "call" for each in _statements(program))
    return not alone or bool(program.parameters) or leaves_called(program) or calls


def leaves_called(program: Program) -> bool:
    return any(isinstance(each, Leave) and each.called for each in _statements(program))


def _statements(program: Program) -> list[object]:
    return [each for function in program.functions for each in statements_of(function.body)]


def entry_point(program: Program, expressions: Expressions, lines: Lines) -> None:
    """The method that other programs call."""
    uses, names = expressions.uses, expressions.names
    data = uses.use("cobol_records", "Data")
    with lines.block(f"def call(self, *given: {data}) -> int:"):
        lines.add('"""Run for another program, on its records."""')
        for record in program.records:
            if record.local:
                name = names.attributes[record.root.number]
                fresh = names.classes.get(record.root.number)
                lines.add(f"self.{name} = {fresh}()" if fresh else f"self.{name} = type(self)().{name}")
        for at, record in enumerate(program.parameters):
            name, made = names.attributes[record.root.number], names.classes[record.root.number]
            with lines.block(f"if len(given) > {at}:"):
                lines.add(f"self.{name} = {made}(given[{at}])")
        if leaves_called(program):
            lines.add("self.called = True")
        uses.use("contextlib", "suppress")
        with lines.block(f"with suppress({uses.use('cobol_programs', 'Left')}):"):
            lines.add(f"self.{names.function(program.entry)}()")
        code = next((each.root for each in program.records if each.root.origin == "RETURN-CODE"), None)
        lines.add(f"return self.{names.attributes[code.number]}" if code is not None else "return 0")
