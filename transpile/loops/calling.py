"""Calls: functions of the unit are gone through as if their text stood at the call; of others it is known what they do,
or they are an effect."""

from __future__ import annotations

from collections.abc import Callable

from transpile.c.tree import Call, CallThrough, Cast, Expression
from transpile.c.types import UNSIGNED_LONG, Pointer, Reference, Struct, is_integer, size
from transpile.c.unit import Function
from transpile.c.walking import variables
from transpile.errors import Span
from transpile.loops.evaluate import evaluate
from transpile.loops.facts import Compare, Counter, InLoop, LoopFacts, Region
from transpile.loops.libc import COPY, FILL, FRESH, HARMLESS, PURE
from transpile.loops.polynomial import Polynomial, number, variable
from transpile.loops.state import Address, State, Value
from transpile.loops.updates import chooser

_MAX_DEPTH = 12
_MAX_LOOPS = 400

Body = Callable[[State, Function], None]


def call(state: State, expression: Call | CallThrough, body: Body) -> Value:
    """The value of a call, with all that the function does. ``body`` goes through a function's statements."""
    if isinstance(expression, CallThrough):
        evaluate(state, expression.pointer)
        return _unknown_call(state, expression, "a function through a pointer")
    name = expression.name
    if name in COPY | FILL:
        return _moved(state, expression)
    callee = next((function for function in state.unit.functions if function.name == name), None)
    if _by_reference(state, name):
        return _unknown_call(state, expression, f"'{name}', which takes references")
    if callee is not None and not callee.type.variadic and len(state.loops) < _MAX_LOOPS:
        if name in state.calls or len(state.calls) >= _MAX_DEPTH:
            return _unknown_call(state, expression, f"'{name}', which calls itself")
        return _entered(state, expression, callee, body)
    if name in PURE | FRESH | HARMLESS:
        return _computed(state, expression)
    return _unknown_call(state, expression, f"'{name}'")


def _by_reference(state: State, name: str) -> bool:
    """Whether the function may change its arguments: then nothing is known of them any more."""
    prototype = state.unit.prototypes.get(name)
    functions = [function.type for function in state.unit.functions if function.name == name]
    types = [*functions, *([prototype.type] if prototype else [])]
    return any(isinstance(p, Reference) and not p.const for type in types for p in type.parameters)


def _computed(state: State, expression: Call) -> Value:
    values = [evaluate(state, argument) for argument in expression.arguments]
    if not is_integer(expression.type):
        return None
    chosen = "abs" if expression.name in ("abs", "labs", "llabs") else chooser(state.unit, expression.name)
    known = tuple(value for value in values if isinstance(value, Polynomial))
    if chosen and len(known) == len(values):
        return state.operation(chosen, known, expression.type)
    return state.unknown(expression.name, expression.type, f"'{expression.name}' computes it")


def _unknown_call(state: State, expression: Call | CallThrough, what: str) -> Value:
    given = [evaluate(state, argument) for argument in expression.arguments]
    for argument in expression.arguments:
        for changed in variables(argument) if what.endswith("references") else ():
            state.values[changed] = None
    regions = tuple(value.region for value in given if isinstance(value, Address))
    state.effect(f"a call of {what}", expression.span, regions)
    return state.unknown("result", expression.type, f"{what} gives it") if is_integer(expression.type) else None


def _entered(state: State, expression: Call, callee: Function, body: Body) -> Value:
    values = [evaluate(state, argument) for argument in expression.arguments]
    for parameter, value in zip(callee.parameters, values, strict=False):
        state.values[parameter] = value
        state.access(Region(parameter), (), "write", expression.span, parameter.type)
    calls, results = state.calls, state.results
    state.calls, state.results = (*calls, callee.name), []
    body(state, callee)
    given, state.calls, state.results = state.results, calls, results
    if len(given) == 1:
        return given[0]
    if not is_integer(expression.type):
        return None
    return state.unknown(callee.name, expression.type, f"'{callee.name}' gives it")


def _moved(state: State, expression: Call) -> Value:
    """``memcpy``, ``memmove`` and ``memset`` as a loop over elements."""
    first, second, amount = expression.arguments
    to = evaluate(state, _plain(first))
    source = evaluate(state, _plain(second))
    length = evaluate(state, amount)
    places = [to, source] if expression.name in COPY else [to]
    state.use(length, amount.type, amount.span)
    count = _elements(length, places)
    if count is None:
        regions = tuple(value.region for value in places if isinstance(value, Address))
        state.effect(
            f"a call of '{expression.name}' whose length is not a number of elements", expression.span, regions
        )
        return to
    loop = state.number()
    symbol = f"index@{loop}"
    state.terms[symbol] = Counter(loop, UNSIGNED_LONG)
    before, start = state.frames, state.position
    bound = Compare(count - variable(symbol) - number(1), ">=")
    state.frames = (*before, InLoop(loop))
    for kind, at in zip(("write", "read"), places, strict=False):
        assert isinstance(at, Address)
        _touch(state, at, variable(symbol), kind == "write", expression.span)
    state.frames = before
    state.position += 1
    state.loops[loop] = LoopFacts(
        loop, None, before, start, state.position, expression.span, symbol, number(0), 1, (bound,), state.calls
    )
    return to


def _touch(state: State, at: Address, index: Polynomial, writes: bool, span: Span) -> None:
    state.follow(at, span)
    subscripts = (*at.subscripts, at.offset + index)
    state.access(at.region, subscripts, "write" if writes else "read", span, at.element)


def _plain(argument: Expression) -> Expression:
    """``argument`` without its conversions from one pointer type to another."""
    while isinstance(argument, Cast) and isinstance(argument.operand.type, Pointer):
        argument = argument.operand
    return argument


def _elements(length: Value, places: list[Value]) -> Polynomial | None:
    """How many elements ``length`` bytes are in all ``places``."""
    plain = (at.element if isinstance(at, Address) and not isinstance(at.element, Struct) else None for at in places)
    sizes = {size(element) if element else None for element in plain}
    width = sizes.pop()
    if sizes or not width or not isinstance(length, Polynomial):
        return None
    if any(coefficient % width for coefficient in length.terms.values()):
        return None
    return Polynomial({monomial: coefficient // width for monomial, coefficient in length.terms.items()})
