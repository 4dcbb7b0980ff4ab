"""Conditions and choices that fold where they are known, without going through the terms below them again."""

from __future__ import annotations

from collections.abc import Iterable

import z3

from transpile.solvers.storage.values import Int, Text, Truth

YES, NO = z3.BoolVal(True), z3.BoolVal(False)


def every(conditions: Iterable[Truth]) -> Truth:
    found: list[Truth] = []
    for each in conditions:
        if z3.is_false(each):
            return NO
        if not z3.is_true(each):
            found.append(each)
    return _together(z3.And, found, YES)


def some(conditions: Iterable[Truth]) -> Truth:
    found: list[Truth] = []
    for each in conditions:
        if z3.is_true(each):
            return YES
        if not z3.is_false(each):
            found.append(each)
    return _together(z3.Or, found, NO)


def _together(joined: object, found: list[Truth], none: Truth) -> Truth:
    if len(found) < 2:
        return found[0] if found else none
    assert callable(joined)
    made = joined(*found)
    assert isinstance(made, z3.BoolRef)
    return made


def no(condition: Truth) -> Truth:
    if z3.is_true(condition):
        return NO
    if z3.is_false(condition):
        return YES
    if z3.is_not(condition):
        inner = condition.arg(0)
        assert isinstance(inner, z3.BoolRef)
        return inner
    return z3.Not(condition)


def chosen(condition: Truth, yes: Int, other: Int) -> Int:
    if z3.is_true(condition) or yes.eq(other):
        return yes
    return other if z3.is_false(condition) else z3.If(condition, yes, other)


def equal(left: Int, right: Int) -> Truth:
    if left.eq(right):
        return YES
    if isinstance(left, z3.IntNumRef) and isinstance(right, z3.IntNumRef):
        return NO
    made = left == right
    assert isinstance(made, z3.BoolRef)
    return made


def matches(value: Text, pattern: Text) -> tuple[Truth, ...]:
    """For each position of ``value``, whether all of ``pattern`` stands there."""
    last = len(value) - len(pattern)
    return tuple(
        every(equal(value.chars[at + offset], each) for offset, each in enumerate(pattern.chars)) if at <= last else NO
        for at in range(len(value))
    )
