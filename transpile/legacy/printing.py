"""The form as text that people read: for golden tests, and to look at what became of a program.

function accrue  # ACCRUE
  while n <= months:
    balance := fit(balance + 1, S9(7)V99)
"""

from __future__ import annotations

from collections.abc import Iterator

from transpile.legacy import expressions as e
from transpile.legacy import statements as s
from transpile.legacy.fields import Field, Record
from transpile.legacy.types import Exact, Floating, Number, Text, Type

_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 3}


def show(program: s.Program) -> str:
    """All of ``program``, those within it included."""
    return "\n".join(_program(program)) + "\n"


def show_type(type_: Type | None) -> str:
    """
    >>> show_type(Number(5, 2, True)), show_type(Text(8))
    ('S9(3)V99', 'X(8)')
    """
    match type_:
        case None:
            return "group"
        case Number(bits=bits) if bits:
            sign = "" if type_.signed else "unsigned "
            scale = f", scale {type_.scale}" if type_.scale else ""
            return f"{sign}{bits} bits{scale}"
        case Number(digits, scale, signed):
            return ("S" if signed else "") + _digits(digits, scale)
        case Text(size):
            return f"X({size})" if size is not None else "X"
        case Floating(bits):
            return f"float{bits}"
        case Exact():
            return "exact"
    return "truth"


def _digits(digits: int, scale: int) -> str:
    def run(count: int, symbol: str = "9") -> str:
        return symbol * count if count < 3 else f"{symbol}({count})"

    if scale > digits:
        return f"V{run(scale - digits, 'P')}{run(digits)}"
    if scale < 0:
        return run(digits) + run(-scale, "P")
    return run(digits - scale) + (f"V{run(scale)}" if scale else "")


def _program(program: s.Program) -> Iterator[str]:
    yield f"program {_name(program.name)}  # {program.origin}, {program.rules}"
    for record in program.parameters:
        yield from _record(record, "parameter")
    for record in program.records:
        yield from _record(record, "local" if record.local else "record")
    for file in program.files:
        outside = f" at {text(file.outside)}" if file.outside is not None else ""
        yield f"file {_name(file.name)}: {file.organization}, {file.access}{outside}, {_name(file.record.root.name)}"
    for function in program.functions:
        entry = "entry " if function.name == program.entry else ""
        yield f"{entry}function {_name(function.name)}  # {function.origin}"
        yield from (f"  # {remark}" for remark in function.remarks)
        yield from _indented(_body(function.body))
    for inner in program.programs:
        yield from _indented(_program(inner))


def _record(record: Record, kind: str) -> Iterator[str]:
    why = f"  # shared: {record.reason}" if record.reason else ""
    for at, root in enumerate((record.root, *record.overlays)):
        lines = list(_field(root))
        lines[0] = f"{'overlay' if at else kind} {lines[0]}{why if not at else ''}"
        yield from lines


def _field(field: Field) -> Iterator[str]:
    own = f" * {' * '.join(str(d.count) for d in field.dimensions)}" if field.dimensions else ""
    value = f" = {field.initial!r}" if field.initial is not None and not isinstance(field.initial, bytes) else ""
    at = f" at {field.view.offset}" if field.shared else ""
    coding = f" {field.view.coding}" if isinstance(field.type, Number) else ""
    yield f"{_name(field.name)}: {show_type(field.type)}{coding}{own}{at}{value}"
    for member in field.members:
        yield from _indented(_field(member))


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _name(name: tuple[str, ...]) -> str:
    return "_".join(name)


# Statements


def show_body(body: s.Body) -> str:
    return "\n".join(_body(body))


def _body(body: s.Body) -> Iterator[str]:
    if not body:
        yield "pass"
    for statement in body:
        yield from (f"# {remark}" for remark in statement.remarks)
        yield from _statement(statement)


def _statement(statement: s.Statement) -> Iterator[str]:
    match statement:
        case s.Assign(target, value):
            yield f"{text(target)} := {text(value)}"
        case s.Store(results, wrong, right, powers):
            for at, (place, value, rounding) in enumerate(results):
                mode = "" if rounding == "down" else f", {rounding}"
                yield f"{'and' if at else 'store'} {text(place)} := {text(value)}{mode}"
            for base, exponent in powers:
                yield f"wrong if 0 ** 0: {text(base)} ** {text(exponent)}"
            yield from _arm("if wrong", wrong)
            yield from _arm("if right", right)
        case s.If(condition, then, otherwise):
            yield f"if {text(condition)}:"
            yield from _indented(_body(then))
            yield from _arm("else", otherwise)
        case s.While(condition, body, after):
            tested = text(condition) if condition is not None else "ever"
            yield f"{'do' if after else 'while ' + tested}:"
            yield from _indented(_body(body))
            if after:
                yield f"while {tested}"
        case s.Repeat(times, body):
            yield f"repeat {text(times)}:"
            yield from _indented(_body(body))
        case s.Perform(function, further):
            yield f"{'outer.' * further}{_name(function)}()"
        case s.Stop(status):
            yield f"stop {text(status)}" if status is not None else "stop"
        case s.Leave(called):
            yield "leave if called" if called else "leave"
        case s.Operation():
            yield from _operation(statement)
        case _:
            yield from _other(statement)


def _other(statement: s.Statement) -> Iterator[str]:
    """Statements that structured jumps have, and those that are one word."""
    match statement:
        case s.SetLocal(local, value):
            yield f"{_name(local.name)} := {text(value)}"
        case s.Dispatch():
            yield f"dispatch {_name(statement.state.name)}:"
            for label, body in statement.parts:
                yield from _arm(f"  {label}", body)
        case _:
            yield type(statement).__name__.lower()


def _operation(operation: s.Operation) -> Iterator[str]:
    words = [operation.name, *(f"{name}={value}" for name, value in operation.options)]
    given = ", ".join(text(each) for each in (*operation.targets, *operation.inputs))
    yield f"{' '.join(words)}: {given}" if given else " ".join(words)
    for name, body in operation.outcomes:
        yield from _arm(f"on {name}", body)


def _arm(head: str, body: s.Body) -> Iterator[str]:
    if body:
        yield f"{head}:"
        yield from _indented(_body(body))


# Expressions


def text(expression: e.Expression, around: int = 0) -> str:
    """``expression`` in one line; ``around`` is the precedence of what it stands in."""
    match expression:
        case e.Place(field, subscripts):
            return _name(field.name) + (f"[{', '.join(map(text, subscripts))}]" if subscripts else "")
        case e.Part(place, start, length):
            return f"{text(place)}({text(start)}:{text(length) if length is not None else ''})"
        case e.Constant(value):
            return repr(value) if isinstance(value, str) else str(value)
        case e.Load(place):
            return text(place)
        case e.Bytes(target):
            return f"bytes({text(target)})"
        case e.Arithmetic(operator, left, right):
            own = _PRECEDENCE[operator]
            shown = f"{text(left, own)} {operator} {text(right, own + 1)}"
            return f"({shown})" if own < around else shown
        case e.Negative(operand):
            return f"-{text(operand, 4)}"
        case e.Compare(operator, left, right, order):
            return f"{text(left)} {operator} {text(right)}" + (f" in {order}" if order else "")
        case e.Both(operands):
            return " and ".join(_truth(each) for each in operands)
        case e.Either(operands):
            return " or ".join(_truth(each) for each in operands)
        case e.Not(operand):
            return f"not {_truth(operand)}"
        case e.Named(name, _, condition):
            return f"{_name(name)}<{text(condition)}>"
        case e.Consists(target, name):
            return f"{text(target)} is {name}"
        case e.Intrinsic(name, arguments):
            return f"{name}({', '.join(map(text, arguments))})"
    return _conversion(expression)


def _truth(expression: e.Expression) -> str:
    shown = text(expression)
    return f"({shown})" if isinstance(expression, e.Both | e.Either) else shown


def _conversion(expression: e.Expression) -> str:
    match expression:
        case e.Fit(value, type_, rounding, checked):
            words = [text(value), show_type(type_), *([rounding] if rounding != "down" else [])]
            return f"fit({', '.join(words + (['checked'] if checked else []))})"
        case e.ToFloat(value, type_):
            return f"float({text(value)}, {type_.bits})"
        case e.Digits(value, of):
            return f"digits({text(value)}, {show_type(of)})"
        case e.NumberIn(value, type_):
            return f"number({text(value)}, {show_type(type_)})"
        case e.Padded(value, type_, right):
            return f"{'right' if right else 'pad'}({text(value)}, {type_.size})"
        case e.Repeated(value, type_):
            return f"all({text(value)}, {type_.size})"
        case e.Edited(value, picture, _, blank):
            return f"edit({text(value)}, {picture}{', blank' if blank else ''})"
        case e.Unedited(value, picture):
            return f"unedit({text(value)}, {picture})"
        case e.Local(name):
            return _name(name)
    raise AssertionError(expression)
