"""Expressions of C as polynomials and addresses; what they read and write is noted on the way.

Unsigned arithmetic is that of the integers modulo a power of two, so sums and products are exact as polynomials until a
value is compared, divided, widened or used as a subscript: there the range is an obligation. Signed overflow is
undefined in C and taken not to happen.
"""

from __future__ import annotations

from dataclasses import replace

from transpile.c.constants import integer_of
from transpile.c.tree import (
    AddressOf,
    Assignment,
    Binary,
    Call,
    CallThrough,
    Cast,
    Comma,
    CompoundLiteral,
    Conditional,
    Constant,
    Dereference,
    Expression,
    Increment,
    Index,
    InitializerList,
    Member,
    Name,
    SizeOf,
    Unary,
)
from transpile.c.types import Array, Bool, CType, Function, Integer, Pointer, Struct, element, is_integer, limits
from transpile.loops.conditions import condition, extreme
from transpile.loops.facts import Region, negated
from transpile.loops.polynomial import Polynomial, number
from transpile.loops.state import Address, State, Value


def evaluate(state: State, expression: Expression) -> Value:
    """The value of ``expression``; its reads, writes and calls are noted."""
    match expression:
        case Constant(int() as value):
            return number(value)
        case Name() | Index() | Member() | Dereference():
            return _loaded(state, expression)
        case Cast(operand):
            return _converted(state, operand, expression)
        case AddressOf(operand):
            return _address(state, operand)
        case Binary():
            return _binary(state, expression)
        case Unary("!", operand):
            condition(state, operand)
            return _opaque(state, expression)
        case Unary(operator, operand):
            return _unary(state, operator, evaluate(state, operand), expression)
        case Conditional():
            return _conditional(state, expression)
        case Assignment() | Increment():
            return state.rules.assign(state, expression)
        case Comma(left, right):
            evaluate(state, left)
            return evaluate(state, right)
        case SizeOf():
            value_ = integer_of(expression)
            return _opaque(state, expression) if value_ is None else number(value_)
        case Call() | CallThrough():
            return state.rules.call(state, expression)
        case CompoundLiteral(initial):
            initialise(state, initial)
    return _opaque(state, expression)


def _address(state: State, operand: Expression) -> Value:
    found = place(state, operand)
    if found is None or not isinstance(operand, Name):
        return found
    whole = isinstance(operand.type, Pointer | Array)
    return None if whole else replace(found, single=True)


def initialise(state: State, initial: Expression) -> None:
    """What an initialiser reads."""
    if isinstance(initial, InitializerList):
        for item in initial.items:
            initialise(state, item.value)
    else:
        evaluate(state, initial)


def place(state: State, target: Expression) -> Address | None:
    """Where ``target`` is: what stands in it is evaluated, itself it is not read. None: anywhere."""
    match target:
        case Name(variable):
            if isinstance(variable.type, Function):
                return None
            return Address(Region(variable), (), number(0), variable.type)
        case Index(base, subscript):
            _steady(state, base)
            return _indexed(state, evaluate(state, base), evaluate(state, subscript), subscript, target)
        case Dereference(operand):
            _steady(state, operand)
            return _indexed(state, evaluate(state, operand), number(0), None, target)
        case Member(base, name):
            return _member(place(state, base), base, name, target)
        case Cast(operand) if isinstance(operand.type, Array | Function):
            return place(state, operand)
        case CompoundLiteral(initial):
            initialise(state, initial)
    return None


def _steady(state: State, pointer: Expression) -> None:
    if isinstance(pointer.type, Pointer) and pointer.type.volatile:
        state.effect("an access to volatile memory", pointer.span)


def _indexed(
    state: State, base: Value, subscript: Value, written: Expression | None, target: Expression
) -> Address | None:
    if written is not None:
        state.use(subscript, written.type, written.span)
    if not isinstance(base, Address):
        return None
    state.follow(base, target.span)
    if not isinstance(subscript, Polynomial):
        subscript = state.unknown("subscript", base.element, "a subscript is not understood")
    found = replace(base, offset=base.offset + subscript, element=target.type)
    return None if base.single and found.offset.constant != 0 else found


def _member(base: Address | None, of: Expression, name: str, target: Expression) -> Address | None:
    if base is None or (isinstance(of.type, Struct) and of.type.union):
        return None
    path = f"{base.region.path}.{name}" if name else base.region.path
    return Address(Region(base.region.variable, path), subscripts_of(base, of), number(0), target.type)


def subscripts_of(found: Address, target: Expression) -> tuple[Polynomial, ...]:
    """The subscripts of the object at ``found``; a variable or member by itself adds none."""
    while isinstance(target, Cast):
        target = target.operand
    alone = found.single or isinstance(target, Name | Member)
    return found.subscripts if alone else (*found.subscripts, found.offset)


def _loaded(state: State, expression: Expression) -> Value:
    found = place(state, expression)
    if found is None:
        if not isinstance(expression.type, Array | Function):
            state.effect("an access through a pointer that may lead anywhere", expression.span)
        return _opaque(state, expression)
    subscripts = subscripts_of(found, expression)
    if isinstance(expression.type, Array):
        inner = element(expression.type)
        assert inner is not None
        return Address(found.region, subscripts, number(0), inner)
    state.access(found.region, subscripts, "read", expression.span, expression.type)
    if isinstance(expression, Name):
        if expression.variable.volatile:
            state.effect(f"'{expression.variable.name}' is volatile", expression.span)
        return scalar(state, expression)
    return _element(state, found.region, subscripts, expression)


def scalar(state: State, name: Name) -> Value:
    variable = name.variable
    if variable in state.written.addressed:
        return _opaque(state, name)
    if variable in state.values:
        return state.values[variable]
    unchanged = variable.storage in ("global", "static") and Region(variable) not in state.written.cells
    match variable.type:
        case Integer() | Bool() if variable.storage == "parameter" or unchanged:
            return state.parameter(variable)
        case Pointer(to) if variable.storage == "parameter" or unchanged:
            return Address(Region(variable), (), number(0), to)
    return _opaque(state, name)


def _element(state: State, region: Region, subscripts: tuple[Polynomial, ...], expression: Expression) -> Value:
    match expression.type:
        case Integer() | Bool():
            return state.element(region, subscripts, expression.type)
        case Pointer(to) if region not in state.written.regions:
            behind = Region(region.variable, region.path + "*")
            state.loaded[behind] = None
            return Address(behind, subscripts, number(0), to)
    return None


def _opaque(state: State, expression: Expression) -> Value:
    if not is_integer(expression.type):
        return None
    name = expression.variable.name if isinstance(expression, Name) else "value"
    return state.unknown(name, expression.type, "it is not understood")


def _converted(state: State, operand: Expression, cast: Cast) -> Value:
    if isinstance(operand.type, Array | Function):
        found = place(state, operand)
        if found is None:
            return None
        inner = element(operand.type)
        return Address(found.region, subscripts_of(found, operand), number(0), inner) if inner else None
    value = evaluate(state, operand)
    if isinstance(cast.type, Pointer):
        same = isinstance(value, Address) and _same_size(value.element, cast.type.to)
        return value if same else None
    return fitted(state, value, operand, cast.type)


def _same_size(one: CType, two: CType) -> bool:
    """Whether a pointer to ``one`` can be used as one to ``two`` with the same subscripts."""
    return one == two or (isinstance(one, Integer) and isinstance(two, Integer) and one.bits == two.bits)


def fitted(state: State, value: Value, source: Expression, to: CType) -> Value:
    """``value`` of the type of ``source`` after a conversion to the integer type ``to``."""
    own, wanted = limits(source.type), limits(to)
    if wanted is None or not isinstance(to, Integer | Bool):
        return None
    if not isinstance(value, Polynomial) or own is None:
        return state.unknown("value", to, "it is not an integer")
    if own[0] >= wanted[0] and own[1] <= wanted[1]:
        if own != wanted:
            state.use(value, source.type, source.span)
        return value
    if isinstance(to, Bool):
        return state.unknown("value", to, "it is a truth value")
    if to.signed:
        state.oblige(value, to, source.span)
    elif isinstance(source.type, Integer) and not source.type.signed and source.type.bits < to.bits:
        state.use(value, source.type, source.span)
    return value


def _unary(state: State, operator: str, value: Value, expression: Expression) -> Value:
    if isinstance(value, Polynomial) and is_integer(expression.type):
        match operator:
            case "-":
                return -value
            case "+":
                return value
            case "~":
                return -value - number(1)
    return _opaque(state, expression)


def _binary(state: State, expression: Binary) -> Value:
    operator, left, right = expression.operator, expression.left, expression.right
    if operator in ("&&", "||", "<", "<=", ">", ">=", "==", "!="):
        condition(state, expression)
        return _opaque(state, expression)
    return combined(state, operator, evaluate(state, left), evaluate(state, right), expression, left, right)


def combined(
    state: State, operator: str, one: Value, two: Value, whole: Expression, left: Expression, right: Expression
) -> Value:
    """``left operator right`` with the values ``one`` and ``two``, in the type of ``whole``."""
    match operator, one, two:
        case "+" | "-", Address() as base, Polynomial():
            state.use(two, right.type, right.span)
            return replace(base, offset=base.offset + two if operator == "+" else base.offset - two)
        case "+", Polynomial(), Address() as base:
            state.use(one, left.type, left.span)
            return replace(base, offset=base.offset + one)
        case "-", Address(), Address() if one.region == two.region and one.subscripts == two.subscripts:
            return one.offset - two.offset
        case _, Polynomial(), Polynomial() if is_integer(whole.type):
            return _arithmetic(state, operator, one, two, whole, left, right)
    return _opaque(state, whole)


def _arithmetic(
    state: State, operator: str, one: Polynomial, two: Polynomial, whole: Expression, left: Expression,
    right: Expression,
) -> Polynomial:  # fmt: skip
    match operator:
        case "+":
            return one + two
        case "-":
            return one - two
        case "*":
            return one * two
        case "<<" if two.constant is not None and 0 <= two.constant < 64:
            return one * number(1 << two.constant)
    state.use(one, left.type, left.span)
    state.use(two, right.type, right.span)
    if operator == "/" and two.constant:
        exact = {monomial: c // two.constant for monomial, c in one.terms.items() if c % two.constant == 0}
        if len(exact) == len(one.terms):
            return Polynomial(exact)
    return state.operation(operator, (one, two), whole.type)


def _conditional(state: State, expression: Conditional) -> Value:
    chosen = extreme(expression)
    test = condition(state, expression.condition)
    branch = state.number()
    with state.branch(branch, 0, test):
        yes = evaluate(state, expression.yes)
    with state.branch(branch, 1, negated(test)):
        no = evaluate(state, expression.no)
    if yes == no:
        return yes
    if chosen and isinstance(yes, Polynomial) and isinstance(no, Polynomial):
        return state.operation(chosen, tuple(sorted((yes, no), key=str)), expression.type)
    return _opaque(state, expression)
