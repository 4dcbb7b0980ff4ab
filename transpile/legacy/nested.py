"""The statements that ways to leave a node become, once it is known what is done in their arms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import assert_never

from transpile.legacy.expressions import Compare, Constant, Either, Expression, Local, Not
from transpile.legacy.flow import Branch, Depending, End, Fork, Go, Leave, Switch, arms
from transpile.legacy.simplifying import negated
from transpile.legacy.statements import (
    Body,
    Break,
    Continue,
    Dispatch,
    If,
    Operation,
    Return,
    SetLocal,
    Statement,
    Stop,
    Store,
    While,
)
from transpile.legacy.types import Number, Truth

GUARD = 4
"""What leaves is written first if it has so many statements at most, and what goes on behind it."""


def left(leave: Leave, inner: list[Body]) -> Body:
    """``leave`` with ``inner`` done in its arms. Other arms than those that leave are written behind it if one can."""
    match leave:
        case Go() | End():
            return inner[0]
        case Branch():
            return _chosen(If(leave.condition, *inner, span=leave.span, remarks=leave.remarks))
        case Fork():
            return _forked(leave.statement, inner)
        case Depending():
            return _depending(leave, dict(zip(arms(leave), inner, strict=True)))
        case Switch():
            return (Dispatch(leave.state, tuple(zip(leave.names, inner, strict=True))),)
    assert_never(leave)


def _away(body: Body) -> bool:
    return bool(body) and isinstance(body[-1], Break | Continue | Return | Stop)


def _chosen(plain: If) -> Body:
    yes, no = plain.then, plain.otherwise
    inverse = replace(plain, condition=negated(plain.condition), then=no, otherwise=yes)
    if not yes:
        return (inverse,) if no else ()
    if not no:
        return (plain,)
    if _away(no) and not (_away(yes) and len(yes) <= len(no)) and len(no) <= GUARD:
        return (replace(inverse, otherwise=()), *yes)
    if _away(yes) and len(yes) <= GUARD:
        return (replace(plain, otherwise=()), *no)
    return (plain,)


def _forked(statement: Operation | Store, inner: list[Body]) -> Body:
    staying = [index for index, body in enumerate(inner) if not _away(body)]
    behind: Body = ()
    if len(staying) == 1:
        behind, inner[staying[0]] = inner[staying[0]], ()
    if isinstance(statement, Operation):
        outcomes = zip(statement.outcomes, inner, strict=True)
        return (replace(statement, outcomes=tuple((name, body + more) for (name, body), more in outcomes)), *behind)
    wrong, right = inner
    return (replace(statement, wrong=statement.wrong + wrong, right=statement.right + right), *behind)


def _depending(leave: Depending, inner: dict[str, Body]) -> Body:
    rest = inner.pop(leave.otherwise)
    for label, body in reversed(inner.items()):
        numbers = [number for number, way in enumerate(leave.ways, start=1) if way == label]
        tests = tuple(_equal(leave.value, number) for number in numbers)
        rest = _chosen(If(tests[0] if len(tests) == 1 else Either(tests), body, rest, span=leave.span))
    return (replace(rest[0], remarks=leave.remarks), *rest[1:]) if inner and rest else rest


def _equal(value: Expression, number: int) -> Compare:
    return Compare("==", value, Constant(number, Number(len(str(number)))))


def looped(body: Body) -> While:
    """The loop around ``body`` that ends by breaks; with a condition, in front or behind, if one can stand there."""
    match body:
        case (If(condition, (Break(),), ()) as first, *rest):
            return While(negated(condition), tuple(rest), span=first.span, remarks=first.remarks)
        case (*rest, If(condition, (Break(),), ()) as last) if not any(map(_continues, rest)):
            return While(negated(condition), tuple(rest), after=True, span=last.span)
    return While(None, body)


def _continues(statement: Statement) -> bool:
    """It may go on with the next round of the loop that it is in."""
    return isinstance(statement, Continue) or any(_continues(one) for body in bodies(statement) for one in body)


def bodies(statement: Statement) -> tuple[Body, ...]:
    """The statements in ``statement``, but for those of loops."""
    match statement:
        case If():
            return (statement.then, statement.otherwise)
        case Store():
            return (statement.wrong, statement.right)
        case Operation():
            return tuple(body for _, body in statement.outcomes)
        case Dispatch():
            return tuple(body for _, body in statement.parts)
    return ()


def initialised(body: Body, flags: frozenset[Local]) -> Body:
    """``body`` with each of ``flags`` false at first: as late, and as deep, as all that needs it is behind."""
    users: dict[Local, list[int]] = {}
    for index, statement in enumerate(body):
        for flag in _used(statement) & flags:
            users.setdefault(flag, []).append(index)
    found: list[Statement] = []
    for index, statement in enumerate(body):
        here = {flag for flag, indices in users.items() if indices[0] == index}
        deeper = frozenset(flag for flag in here if len(users[flag]) == 1 and _hidden(statement, flag))
        for flag in sorted(here - deeper, key=lambda one: one.name):
            found.append(SetLocal(flag, Constant(False, Truth())))
        found.append(_changed(statement, partial(initialised, flags=deeper)) if deeper else statement)
    return tuple(found)


def _hidden(statement: Statement, flag: Local) -> bool:
    """Only one of the bodies in ``statement`` needs ``flag``, and nothing else of it."""
    if flag in _direct(statement):
        return False
    return sum(any(flag in _used(one) for one in body) for body in _all_bodies(statement)) == 1


def _used(statement: Statement) -> set[Local]:
    return _direct(statement).union(*(_used(one) for body in _all_bodies(statement) for one in body))


def _direct(statement: Statement) -> set[Local]:
    match statement:
        case SetLocal(local):
            return {local}
        case If(condition) | While(condition):
            return _locals(condition)
    return set()


def _locals(condition: Expression | None) -> set[Local]:
    match condition:
        case Local():
            return {condition}
        case Not(operand):
            return _locals(operand)
        case Either(operands):
            return set().union(*map(_locals, operands))
    return set()


def _all_bodies(statement: Statement) -> tuple[Body, ...]:
    return (statement.body,) if isinstance(statement, While) else bodies(statement)


def _changed(statement: Statement, change: Callable[[Body], Body]) -> Statement:
    match statement:
        case If():
            return replace(statement, then=change(statement.then), otherwise=change(statement.otherwise))
        case While():
            return replace(statement, body=change(statement.body))
        case Store():
            return replace(statement, wrong=change(statement.wrong), right=change(statement.right))
        case Operation():
            return replace(statement, outcomes=tuple((name, change(body)) for name, body in statement.outcomes))
        case Dispatch():
            return replace(statement, parts=tuple((name, change(body)) for name, body in statement.parts))
    return statement
