"""Entering a counted loop: what its counter runs through, and which other variables follow it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from transpile.c.constants import integer_of
from transpile.c.tree import Assign, Block, Continue, Evaluate, Increment, Name, Statement, Variable
from transpile.c.types import Integer
from transpile.c.walking import bare, targets, walk
from transpile.loops.conditions import compared
from transpile.loops.counted import Bound, Counted
from transpile.loops.evaluate import evaluate
from transpile.loops.facts import Condition, Counter, Data, InLoop, LoopFacts, Obligation
from transpile.loops.polynomial import Polynomial, number, variable
from transpile.loops.state import Address, State, Value


def enter(state: State, shape: Counted) -> LoopFacts:
    """The facts of the loop, whose frame is entered. Values that it changes have not been forgotten yet."""
    start = state.values.get(shape.counter)
    if start is None and shape.counter.storage == "parameter":
        start = state.parameter(shape.counter)
    loop = state.number()
    symbol = f"{shape.counter.name}@{loop}"
    if not isinstance(start, Polynomial):
        start = state.unknown(shape.counter.name, shape.counter.type, "it varies")
    state.use(start, shape.counter.type, shape.span)
    first = start
    if shape.stepping:
        first = first + number(shape.step)
    outside, begin = state.frames, state.position
    state.terms[symbol] = Counter(loop, shape.counter.type)
    facts = LoopFacts(loop, shape, outside, begin, begin, shape.span, symbol, first, shape.step, (), state.calls)
    state.loops[loop] = facts
    state.frames = (*outside, InLoop(loop))
    tested = variable(symbol) - number(shape.step) if shape.stepping else variable(symbol)
    state.values[shape.counter] = tested
    bounds = tuple(_bound(state, shape, bound, facts) for bound in shape.bounds)
    whole = LoopFacts(loop, shape, outside, begin, begin, shape.span, symbol, first, shape.step, bounds, state.calls)
    state.loops[loop] = whole
    return whole


def _bound(state: State, shape: Counted, bound: Bound, facts: LoopFacts) -> Condition:
    """The condition that holds in each iteration. It is tested outside of them, too."""
    before = set(state.obligations)
    left, right = evaluate(state, bound.left), evaluate(state, bound.right)
    state.use(left, bound.left.type, bound.left.span)
    state.use(right, bound.right.type, bound.right.span)
    for obligation in [o for o in state.obligations if o not in before]:
        del state.obligations[obligation]
        if shape.stepping:
            continue  # the value before the step, which is one that the counter has had
        late = Obligation(obligation.value, obligation.type, obligation.where, obligation.span, facts.number)
        state.obligations[late] = None
    if not (isinstance(left, Polynomial) and isinstance(right, Polynomial)):
        return Data("the condition of the loop")
    assert facts.first is not None
    upward = bound.scale * shape.step > 0
    if bound.comparison == "!=":
        at_start = left.substitute({facts.symbol: facts.first})
        ahead = right - at_start if upward else at_start - right
        state.obligations[Obligation(ahead, _WIDE, facts.where, bound.condition.span)] = None
        return compared(left, "<" if upward else ">", right)
    if not shape.stepping:
        _past(state, shape, bound, left, right)
    return compared(left, bound.comparison, right)


_WIDE = Integer(64, False, "unsigned long")


def _past(state: State, shape: Counted, bound: Bound, left: Polynomial, right: Polynomial) -> None:
    """The value that ends the loop must exist: ``i >= 0`` never fails for an unsigned ``i``."""
    of = shape.counter.type
    if not bound.plain or not isinstance(of, Integer) or (of.signed and of.bits >= 32):
        return
    strict = bound.comparison in ("<", ">")
    beyond = shape.step - (1 if shape.step > 0 else -1) if strict else shape.step
    before, state.frames = state.frames, state.frames[:-1]
    state.oblige(right + number(beyond), of, bound.condition.span)
    state.frames = before


def grown(shape: Counted, values: Mapping[Variable, Value]) -> Callable[[LoopFacts], dict[Variable, Value]]:
    """Variables that each iteration adds a constant to, once: their values at the start of an iteration."""
    found: dict[Variable, tuple[Value, int]] = {}
    if abs(shape.step) == 1 and not any(isinstance(node, Continue) for node in walk(shape.node.body)):
        body = shape.node.body
        for statement in body.statements if isinstance(body, Block) else (body,):
            match _growth(statement):
                case Variable() as grower, int(by) if _changed_once(shape, grower) and grower in values:
                    found[grower] = values[grower], by
    return lambda facts: {v: _at(value, by, facts) for v, (value, by) in found.items()}


def _growth(statement: Statement) -> tuple[Variable, int] | None:
    match statement:
        case Evaluate(Increment(Name(grower), by)):
            return grower, by
        case Assign(Name(grower), "+" | "-" as sign, value) if (by_ := integer_of(bare(value))) is not None:
            return grower, by_ if sign == "+" else -by_
    return None


def _changed_once(shape: Counted, grower: Variable) -> bool:
    return sum(isinstance(t, Name) and t.variable == grower for t in targets(shape.node.body)) == 1


def _at(value: Value, by: int, facts: LoopFacts) -> Value:
    assert facts.first is not None
    done = (variable(facts.symbol) - facts.first) * number(by * facts.step)
    match value:
        case Polynomial():
            return value + done
        case Address():
            return replace(value, offset=value.offset + done)
    return None
