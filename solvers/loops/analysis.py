"""The way in: all that is known of the loops of a function.

``analyse`` gives the loops as a tree in the order of the text, each with its verdict, its scalars and its accesses, and
what the verdicts rest on. Loops of functions that are called stand where they are called.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from transpile.c.tree import For
from transpile.c.unit import Function, Unit
from transpile.errors import Diagnostic, Span
from transpile.loops.collect import collect
from transpile.loops.counted import Counted, Irregular
from transpile.loops.facts import Access, Facts, InLoop, LoopFacts, Obligation
from transpile.loops.scalars import ScalarUse
from transpile.solvers.loops.assumptions import Assumption, NoWrap, Wraps, aliasing, ranges, said_once
from transpile.solvers.loops.dependence import Runs
from transpile.solvers.loops.extents import ArrayUse, NoExtent, array_uses
from transpile.solvers.loops.judge import in_fronts, judge
from transpile.solvers.loops.verdicts import Carried, Unknown, Verdict, explained


@dataclass(frozen=True, slots=True)
class Loop:
    """One loop; ``calls`` are the functions that lead to it. ``assumptions`` are those that its verdict needs."""

    facts: LoopFacts = field(repr=False)
    shape: Counted | Irregular
    verdict: Verdict
    scalars: tuple[ScalarUse, ...]
    accesses: tuple[Access, ...] = field(repr=False)
    assumptions: tuple[Assumption, ...]
    loops: tuple[Loop, ...]

    @property
    def node(self) -> For | None:
        return self.shape.node if isinstance(self.shape, Counted) else None

    @property
    def counter(self) -> str:
        return self.shape.counter.name if isinstance(self.shape, Counted) else ""

    @property
    def span(self) -> Span:
        return self.facts.span

    @property
    def calls(self) -> tuple[str, ...]:
        return self.facts.calls

    @property
    def explanation(self) -> Diagnostic:
        return explained(self.verdict, self.counter, self.span)

    def walk(self) -> Iterator[Loop]:
        """This loop and those within it, outer before inner."""
        yield self
        for inner in self.loops:
            yield from inner.walk()


@dataclass(frozen=True, slots=True)
class Analysis:
    """``outside`` are accesses that no loop is around."""

    function: Function = field(repr=False)
    facts: Facts = field(repr=False)
    loops: tuple[Loop, ...]
    assumptions: tuple[Assumption, ...]
    outside: tuple[Access, ...] = field(repr=False)
    arrays: tuple[ArrayUse, ...]

    @property
    def refusals(self) -> tuple[Diagnostic, ...]:
        """What nobody can go on without: arrays whose extent has to be given."""
        unknown = ((use.variable.name, use.extent) for use in self.arrays)
        return tuple(extent.asked(name) for name, extent in unknown if isinstance(extent, NoExtent))

    def walk(self) -> Iterator[Loop]:
        for loop in self.loops:
            yield from loop.walk()


_NO_EXTENTS: Mapping[str, str] = {}


def analyse(unit: Unit, function: Function, extents: Mapping[str, str] = _NO_EXTENTS) -> Analysis:
    """What is known of the loops of ``function``. ``extents`` are the user's own: C expressions by array name."""
    facts = collect(unit, function)
    known = list(ranges(facts))
    wraps = [found for _, found in known if isinstance(found, Wraps)]
    assumed = tuple(found.value for _, found in known if isinstance(found, NoWrap) and found.checkable)
    runs = Runs(facts, assumed)
    needed = [(obligation, found) for obligation, found in known if not isinstance(found, Wraps)]

    def build(numbers: tuple[int, ...]) -> tuple[Loop, ...]:
        return tuple(one for number in numbers if (one := loop(facts.loops[number])) is not None)

    def loop(of: LoopFacts) -> Loop | None:
        if of.shape is None:
            return None
        verdict, scalars = judge(runs, of, wraps)
        inside = tuple(access for access in facts.accesses if of.number in access.loops)
        around = {of.number, *(frame.loop for frame in of.where if isinstance(frame, InLoop))}
        rests = [found for obligation, found in needed if _rests_on(around, of, obligation, found)]
        assumptions = said_once([*aliasing(inside, facts), *rests])
        below = build(_below(facts, of.number))
        if len(below) == 1 and isinstance(below[0].verdict, Carried | Unknown):
            verdict = in_fronts(runs, of, verdict, below[0].facts, wraps)
        return Loop(of, of.shape, verdict, scalars, inside, assumptions, below)

    loops = build(_below(facts, None))
    everything = [*aliasing(facts.accesses, facts), *(found for _, found in needed)]
    outside = tuple(access for access in facts.accesses if not access.loops)
    arrays = array_uses(facts, extents, assumed, wraps)
    return Analysis(function, facts, loops, said_once(everything), outside, arrays)


def _rests_on(around: set[int], loop: LoopFacts, obligation: Obligation, found: Assumption) -> bool:
    """Whether the verdict on ``loop`` may need what was found for ``obligation``."""
    if isinstance(found, NoWrap) and found.checkable:
        return True
    own = {frame.loop for frame in obligation.where if isinstance(frame, InLoop)}
    return own <= around or loop.number in own or obligation.testing == loop.number


def _below(facts: Facts, number: int | None) -> tuple[int, ...]:
    """The loops directly within the loop ``number``."""
    found = []
    for loop in facts.loops.values():
        around = [frame.loop for frame in loop.where if isinstance(frame, InLoop)]
        if (around[-1] if around else None) == number:
            found.append(loop.number)
    return tuple(found)
