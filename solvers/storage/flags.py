"""Conditions and choices that fold where they are known, without a look at the terms below them: what is known is one
of two objects, ``YES`` and ``NO``."""

from __future__ import annotations

from collections.abc import Iterable

import z3

from transpile.solvers.storage.values import Int, Text, Truth

YES, NO = z3.BoolVal(True), z3.BoolVal(False)


def every(conditions: Iterable[Truth]) -> Truth:
    found: list[Truth] = []
    for each in conditions:
        if each is NO:
            return NO
        if each is not YES:
            found.append(each)
    return _together(z3.And, found, YES)


def some(conditions: Iterable[Truth]) -> Truth:
    found: list[Truth] = []
    for each in conditions:
        if each is YES:
            return YES
        if each is not NO:
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
    if condition is YES:
        return NO
    return YES if condition is NO else z3.Not(condition)


def chosen(condition: Truth, yes: Int, other: Int) -> Int:
    if condition is YES or yes is other:
        return yes
    return other if condition is NO else z3.If(condition, yes, other)


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
