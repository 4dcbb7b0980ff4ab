"""Assignments: what is written, whether it only updates what was there, and what is known of the value afterwards."""

from __future__ import annotations

from transpile.c.printing import text
from transpile.c.tree import Assign, Assignment, Call, Cast, Expression, If, Increment, Name
from transpile.c.types import Pointer, is_integer
from transpile.loops.conditions import condition
from transpile.loops.evaluate import combined, evaluate, fitted, place, scalar, subscripts_of
from transpile.loops.facts import Every, Kind, Region, Update
from transpile.loops.libc import FRESH
from transpile.loops.polynomial import number
from transpile.loops.state import Address, State, Value
from transpile.loops.updates import Selection, update_of


def assign(state: State, node: Assign | Assignment | Increment, used: bool = True) -> Value:
    """Notes all that ``node`` does and gives its value; an update whose value is ``used`` is a read, too."""
    if isinstance(node, Increment):
        return _increment(state, node, used)
    found = update_of(state.unit, node)
    at = place(state, node.target)
    if found:
        operands = [evaluate(state, operand) for operand in found.operands]
        old = _known(state, node.target)
        value = old
        if node.operator:
            value = combined(state, node.operator, old, operands[0], node.target, node.target, node.value)
        elif is_integer(node.target.type):
            value = state.unknown("value", node.target.type, "it is updated")
        if used and not isinstance(node, Assign):
            _note(state, at, node.target, "read")
        store(state, at, node.target, value, node.value, found.update)
        return value
    if node.operator:
        old = evaluate(state, node.target)
        value = combined(state, node.operator, old, evaluate(state, node.value), node.target, node.target, node.value)
    else:
        value = fresh(state, node.target, node.value)
    store(state, at, node.target, value, node.value)
    return value


def _increment(state: State, node: Increment, used: bool) -> Value:
    at = place(state, node.target)
    old = _known(state, node.target)
    new = combined(state, "+", old, number(node.step), node.target, node.target, node.target)
    arithmetic = not isinstance(node.target.type, Pointer)
    if used or not arithmetic:
        _note(state, at, node.target, "read")
    store(state, at, node.target, new, node, Update("+") if arithmetic else None)
    return new if node.prefix else old


def _known(state: State, target: Expression) -> Value:
    """The value of ``target``, without a read of it."""
    if isinstance(target, Name):
        return scalar(state, target)
    return state.unknown("value", target.type, "it is in memory") if is_integer(target.type) else None


def fresh(state: State, target: Expression, value: Expression) -> Value:
    """The value that is assigned. New memory is known by the variable that first points to it."""
    inner = value
    while isinstance(inner, Cast):
        inner = inner.operand
    if isinstance(inner, Call) and inner.name in FRESH and isinstance(target, Name):
        evaluate(state, inner)
        assert isinstance(target.type, Pointer)
        return Address(Region(target.variable), (), number(0), target.type.to)
    return evaluate(state, value)


def store(
    state: State,
    at: Address | None,
    target: Expression,
    value: Value,
    written: Expression,
    update: Update | None = None,
) -> None:
    """A write of ``value`` to ``target``, which is at ``at``."""
    if at is None:
        state.effect("a write through a pointer that may lead anywhere", target.span)
        return
    _note(state, at, target, "update" if update else "write", update, written)
    if not isinstance(target, Name):
        return
    if target.variable.storage in ("parameter", "automatic"):
        known = value if isinstance(value, Address) else fitted(state, value, written, target.type)
        state.values[target.variable] = known
    if target.variable.volatile:
        state.effect(f"'{target.variable.name}' is volatile", target.span)


def _note(
    state: State, at: Address | None, target: Expression, kind: Kind, update: Update | None = None,
    written: Expression | None = None,
) -> None:  # fmt: skip
    if at is not None:
        state.access(at.region, subscripts_of(at, target), kind, target.span, target.type, update, written)


def select(state: State, statement: If, found: Selection) -> None:
    """``if (value < target) { target = value; at = i; }`` as updates of all its targets."""
    test = Every(tuple(condition(state, other) for other in found.others))
    with state.branch(state.number(), 0, test):
        at = place(state, found.target)
        evaluate(state, found.value)
        _store_unknown(state, at, found.target, found.value, Update(found.operator))
        for follower in found.followers:
            beside = place(state, follower.target)
            evaluate(state, follower.value)
            _store_unknown(state, beside, follower.target, follower.value, Update("arg", text(found.target)))


def _store_unknown(state: State, at: Address | None, target: Expression, written: Expression, update: Update) -> None:
    value = state.unknown("value", target.type, "it is chosen by data") if is_integer(target.type) else None
    store(state, at, target, value, written, update)
