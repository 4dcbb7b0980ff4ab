"""Between which numbers a term lies, where that can be seen at once: choices among constants and numbers read from
text, and their sums."""

from __future__ import annotations

import z3

NUMBER_OF_TEXT = "number_of_text "
"""The function of this name, digits and scale has no more digits, unless the scale is negative."""
MAX_TERMS = 2000
"""Larger ones are not looked at."""


def bounds(term: z3.ArithRef) -> tuple[int, int] | None:
    """The least and the largest that it may be; None if that is not known."""
    low, high, left = 0, 0, MAX_TERMS
    for summand in term.children() if z3.is_add(term) else [term]:
        factor, inner = _product(summand)
        pending, ends, seen = [inner], set[int](), set[int]()
        while pending:
            at = pending.pop()
            if at.get_id() in seen:
                continue
            seen.add(at.get_id())
            left -= 1
            if z3.is_app_of(at, z3.Z3_OP_ITE):
                pending += at.children()[1:]
                continue
            found = _limits(at)
            if found is None or left < 0:
                return None
            ends |= {factor * each for each in found}
        low, high = low + min(ends), high + max(ends)
    return low, high


def within(term: z3.ArithRef, low: int, high: int | None = None) -> bool:
    """Whether it is seen at once that it lies there, the ends included."""
    found = bounds(term)
    return found is not None and low <= found[0] and (high is None or found[1] <= high)


def _limits(term: z3.ExprRef) -> tuple[int, int] | None:
    """Of a constant, or of what is read from text, or a multiple of one."""
    factor, inner = _product(term)
    if isinstance(inner, z3.IntNumRef):
        return inner.as_long() * factor, inner.as_long() * factor
    if z3.is_app_of(inner, z3.Z3_OP_UNINTERPRETED) and inner.decl().name().startswith(NUMBER_OF_TEXT):
        _, digits, scale = inner.decl().name().split()
        most = 10 ** int(digits) - 1
        return (-factor * most, factor * most) if int(scale) >= 0 else None
    return None


def _product(term: z3.ExprRef) -> tuple[int, z3.ExprRef]:
    """A factor that is constant, and the rest."""
    if z3.is_mul(term) and term.num_args() == 2 and isinstance(term.arg(0), z3.IntNumRef):
        return term.arg(0).as_long(), term.arg(1)
    return 1, term
