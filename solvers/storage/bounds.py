"""Between which numbers a term lies, where that can be seen at once: choices among constants, and their sums."""

from __future__ import annotations

import z3

MAX_TERMS = 2000
"""Larger ones are not looked at."""


def bounds(term: z3.ArithRef) -> tuple[int, int] | None:
    """The least and the largest that it may be; None if that is not known."""
    low, high, left = 0, 0, MAX_TERMS
    for summand in term.children() if z3.is_add(term) else [term]:
        factor, inner = _product(summand)
        pending, found = [inner], set[int]()
        while pending:
            at = pending.pop()
            left -= 1
            if left < 0:
                return None
            if z3.is_app_of(at, z3.Z3_OP_ITE):
                pending += at.children()[1:]
            elif isinstance(at, z3.IntNumRef):
                found.add(at.as_long() * factor)
            else:
                return None
        low, high = low + min(found), high + max(found)
    return low, high


def _product(term: z3.ExprRef) -> tuple[int, z3.ExprRef]:
    """A factor that is constant, and the rest."""
    if z3.is_mul(term) and term.num_args() == 2 and isinstance(term.arg(0), z3.IntNumRef):
        return term.arg(0).as_long(), term.arg(1)
    return 1, term
