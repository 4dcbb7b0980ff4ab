"""Whether a buffer has the number of bytes that its array has, in numbers of elements that are said to be the array's.

An extent is a product, as ``nx * (ny + 1)``; the elements of a matrix are numbers and not rows. No factor is negative
and no array has 2^62 bytes. Then sizes are compared as polynomials, which no wrapping changes.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping

import z3

from transpile.c.constants import integer_of
from transpile.c.parse import parse_text
from transpile.c.tree import Binary, Call, Cast, Expression, Name, Return, SizeOf, Variable
from transpile.c.types import Array, CType, Integer, Struct, element, is_integer, size
from transpile.c.unit import Function
from transpile.c.walking import substitute
from transpile.errors import SourceErrors
from transpile.loops.polynomial import Polynomial, number, variable
from transpile.matching.memory import Buffer
from transpile.solvers.integers import Integers, NoInteger


def wrong_size(
    buffer: Buffer, extent: str, parameters: Collection[Variable], helpers: Mapping[str, Function]
) -> str | None:
    """Why the buffer is not known to have ``extent`` elements; None if it has."""
    if "?" in extent:
        return None if _as_written(buffer, extent, parameters) else f"its size is not that of {extent} elements"
    wanted = _read(extent, {one.name for one in parameters})
    of = _innermost(buffer.array.type)
    bytes_of_one = size(of) if of is not None else None
    if wanted is None or bytes_of_one is None:
        return f"'{extent}' is not understood"
    found = _polynomial(buffer.size, frozenset(parameters), helpers)
    if found is None:
        return "its size is not a product of sums of the function's parameters"
    return None if found == wanted * number(bytes_of_one) else f"its size is not that of {extent} elements"


def _innermost(type: CType) -> CType | None:
    """What is counted."""
    of = element(type)
    while isinstance(of, Array):
        of = of.of
    return of


def _as_written(buffer: Buffer, extent: str, parameters: Collection[Variable]) -> bool:
    """Whether the size is ``(size_t)(extent) * sizeof(element)``, word for word."""
    numbers = {one.name: one for one in parameters if isinstance(one.type, Integer)}
    declared = ", ".join(f"{one.type.name} {name}" for name, one in numbers.items() if isinstance(one.type, Integer))
    program = f"typedef unsigned long size_t; size_t count({declared}) {{ return (size_t)({extent}); }}"
    try:
        function = parse_text(program, cplusplus=True).function("count")
    except SourceErrors:
        return False
    match function.body.statements, buffer.size:
        case (Return(value=Expression() as value),), Binary(operator="*", left=left, right=SizeOf(of=of)):
            meant = {
                one: Name(span=value.span, type=numbers[one.name].type, variable=numbers[one.name])
                for one in function.parameters
            }
            return substitute(value, meant) == left and of == _innermost(buffer.array.type)
    return False


def _read(extent: str, names: Collection[str]) -> Polynomial | None:
    try:
        return _of_text(ast.parse(extent, mode="eval").body, names)
    except (SyntaxError, ValueError):
        return None


def _of_text(node: ast.expr, names: Collection[str]) -> Polynomial | None:
    match node:
        case ast.Constant(value=int() as value):
            return number(value)
        case ast.Name(id=name) if name in names:
            return variable(name)
        case ast.BinOp(left=left, op=operator, right=right):
            sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}.get(type(operator), "")
            return _joined(_of_text(left, names), sign, _of_text(right, names))
    return None


def _joined(one: Polynomial | None, sign: str, other: Polynomial | None) -> Polynomial | None:
    if one is None or other is None:
        return None
    match sign:
        case "+":
            return one + other
        case "-":
            return one - other
        case "*":
            return one * other
    return None


def _polynomial(
    expression: Expression, parameters: Collection[Variable], helpers: Mapping[str, Function]
) -> Polynomial | None:
    """``expression`` where nothing in it wraps around: in 64 bits, or where overflow is undefined."""
    constant = integer_of(expression)
    if constant is not None:
        return number(constant)
    match expression:
        case SizeOf(of=of) if (bytes_of := size(of)) is not None and not isinstance(of, Struct):
            return number(bytes_of)
        case SizeOf(of=Struct() as struct) if (bytes_of := size(struct)) is not None:
            return number(bytes_of)
        case Name(variable=one) if one in parameters and is_integer(one.type):
            return variable(one.name)
        case Cast(operand=operand) if _wide(expression, operand):
            return _polynomial(operand, parameters, helpers)
        case Binary(operator="+" | "-" | "*" as sign, left=left, right=right) if _unwrapped(expression):
            return _joined(_polynomial(left, parameters, helpers), sign, _polynomial(right, parameters, helpers))
        case Call(name=name, arguments=(argument,)) if name in helpers and _identity(helpers[name], helpers):
            return _polynomial(argument, parameters, helpers)
    return None


def _wide(cast: Cast, operand: Expression) -> bool:
    match cast.type, operand.type:
        case Integer(bits=64), Integer():
            return True
        case Integer(bits=a, signed=s), Integer(bits=b, signed=t):
            return s == t and a >= b
    return False


def _unwrapped(expression: Binary) -> bool:
    return isinstance(expression.type, Integer) and (expression.type.bits == 64 or expression.type.signed)


def _identity(helper: Function, helpers: Mapping[str, Function]) -> bool:
    """Whether ``helper`` gives back what it gets, if that is not negative."""
    if len(helper.parameters) != 1 or not is_integer(helper.parameters[0].type):
        return False
    parameter = helper.parameters[0]
    numbers = Integers(functions=helpers)
    call = Call(
        span=helper.span,
        type=helper.result,
        name=helper.name,
        arguments=(Name(span=helper.span, type=parameter.type, variable=parameter),),
    )
    try:
        value = numbers.value(call)
    except NoInteger:
        return False
    given = numbers.variables[parameter]
    solver = z3.Solver()
    solver.set(rlimit=1_000_000)
    facts = [fact for fact in numbers.facts if not any(fact.eq(z3.Not(stop)) for stop in numbers.stops)]
    solver.add(*facts, given >= 0, given < 2**62, z3.Or(value != given, *numbers.stops))
    return bool(solver.check() == z3.unsat)
