"""What a source block's divisions tell: their divisors are not zero, or x86 would have faulted.

Targets define division by zero, so their terms ask for it; these facts answer.
"""

from __future__ import annotations

from transpile.solvers import terms as t
from transpile.solvers.machine import Machine
from transpile.solvers.terms import Term, postorder

_DIVISIONS = frozenset(("udiv", "urem", "sdiv", "srem"))


def divisors(source: Machine) -> list[Term]:
    """The divisors that the final state of ``source`` depends on."""
    roots: list[Term] = list(source.registers.values())
    for store in source.log:
        roots.extend((store.guard, store.address, store.value))
    roots.extend(leaving.guard for leaving in source.exits)
    found = {term.args[1] for term in postorder(roots) if term.op in _DIVISIONS}
    return [term for term in found if term.op != "const"]


def zero_tests(source: Machine) -> list[Term]:
    """Equalities that cannot hold where ``source`` does not fault."""
    return [t.eq(divisor, t.const(0, divisor.width)) for divisor in divisors(source)]
