"""Accesses of different iterations of a loop with barriers, and of a loop and what is before and behind it.

``Crossing.names`` are the symbols of one iteration; with other symbols in their place, what is known of the
iteration is known of another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from transpile.solvers.kernels.accesses import Access, Iteration, Open
from transpile.solvers.kernels.logic import Symbols, Term
from transpile.solvers.kernels.machine import Machine


@dataclass(frozen=True, slots=True)
class Crossing:
    """``before`` is open when the loop is entered, ``tails`` at the end of an iteration, ``inside`` is all that it
    does.

    ``advanced`` are values at the end of an iteration, each with the symbol that stands for it at the head of the next;
    ``entered`` the same for the first iteration. ``certain``: each iteration reaches a barrier and none leaves early.
    """

    iteration: Iteration
    count: Term
    names: Sequence[str]
    facts: Sequence[Term]
    before: Sequence[Open]
    tails: Sequence[Open]
    inside: Sequence[Access]
    advanced: Sequence[tuple[Term, Term]]
    entered: Sequence[tuple[Term, Term]]
    certain: bool


def cross(machine: Machine, crossing: Crossing) -> None:
    """What is done before an iteration's first barrier meets what the iterations before, and the code before, leave."""
    arithmetic, recorder = machine.arithmetic, machine.recorder
    copies = _copies(machine, crossing)
    earlier = _renamed_all(machine.symbols, crossing.tails, copies)
    previous = machine.symbols.rename(crossing.count, copies)
    if crossing.certain:
        after = [previous == crossing.count - arithmetic.index(1)]
        after += [made == machine.symbols.rename(value, copies) for made, value in crossing.advanced]
        first = [crossing.count == arithmetic.index(0), *(made == value for made, value in crossing.entered)]
    else:
        after, first = [arithmetic.less(previous, crossing.count)], []
    for head in crossing.iteration.heads:
        for tail in earlier:
            recorder.pair(tail.access, head.access, (*tail.still, *head.still, *after))
        for item in crossing.before:
            recorder.pair(item.access, head.access, (*item.still, *head.still, *first))


def leave(machine: Machine, crossing: Crossing, iterations: Term) -> None:
    """What is open behind the loop, after so many ``iterations``."""
    arithmetic, recorder = machine.arithmetic, machine.recorder
    copies = _copies(machine, crossing)
    none = iterations == arithmetic.index(0)
    if crossing.certain:
        last = machine.symbols.rename(crossing.count, copies) == iterations - arithmetic.index(1)
        recorder.open = [replace(item, still=(*item.still, none)) for item in crossing.before]
        tails = _renamed_all(machine.symbols, crossing.tails, copies)
        recorder.open += [replace(tail, still=(*tail.still, last)) for tail in tails]
        for iteration in recorder.iterations:
            iteration.since = (*iteration.since, none)
    else:
        everything = [Open(access) for access in crossing.inside]
        recorder.open = [*crossing.before, *_renamed_all(machine.symbols, everything, copies)]


def _copies(machine: Machine, crossing: Crossing) -> Mapping[str, Term]:
    """Symbols for another iteration, of which the same facts hold."""
    copies = machine.symbols.copies(crossing.names, "'")
    machine.facts += [machine.symbols.rename(fact, copies) for fact in crossing.facts]
    return copies


def _renamed_all(symbols: Symbols, items: Sequence[Open], names: Mapping[str, Term]) -> list[Open]:
    return [
        Open(_renamed(symbols, item.access, names), tuple(symbols.rename(term, names) for term in item.still))
        for item in items
    ]


def _renamed(symbols: Symbols, access: Access, names: Mapping[str, Term]) -> Access:
    return replace(
        access,
        offset=replace(access.offset, index=symbols.rename(access.offset.index, names)),
        path=tuple(symbols.rename(term, names) for term in access.path),
        value=None if access.value is None else symbols.rename(access.value, names),
    )
