"""Extents that data decides, as loops that find them: ``max for (k = 0; k < rowptr[n]) (size_t)col[k] + 1``.

The loops around an access are kept as far as its largest subscript cannot be said without running them. What is read
on the way the C function reads as well, under the same conditions; and it is memory that the function never writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from transpile.loops.facts import (
    Access,
    Compare,
    Condition,
    Every,
    Facts,
    InBranch,
    InLoop,
    LoopFacts,
    Operation,
    Region,
    Terms,
    Unknown,
    symbols,
)
from transpile.loops.polynomial import Polynomial, number, variable
from transpile.loops.spell import condition_text, spelled
from transpile.solvers.loops.reach import Reach, deep, put, reach


@dataclass(frozen=True, slots=True)
class Measured:
    """``text`` is a number of elements behind the loops and conditions that find it. ``usual`` is how many there are
    where index arrays ascend from 0, or else a number for which index arrays can be made."""

    text: str
    usual: str
    exact: bool


def measured(facts: Facts, access: Access, assumed: tuple[Polynomial, ...]) -> Measured | None:
    """How many elements ``access`` reaches, by running as few of the loops around it as possible."""
    for kept in range(1, len(access.loops) + 1):
        found = reach(facts, access, access.subscripts[0], assumed, kept)
        if isinstance(found, Reach):
            return _Writer(replace(facts, terms={**facts.terms, **found.terms}), access, found, kept).measured()
    return None


@dataclass(frozen=True, slots=True)
class _Range:
    """The values of a counter: from ``low`` on while ``goes_on`` holds, up to ``last``."""

    low: Polynomial
    last: Polynomial
    goes_on: Compare


@dataclass(frozen=True, slots=True)
class _Writer:
    facts: Facts
    access: Access
    found: Reach
    kept: int

    def measured(self) -> Measured | None:
        ranges = [_range(loop) for loop in self._loops]
        words = list(self._around())
        if None in ranges or None in words or not self._nameable() or not self._regions:
            return None
        inside = [self._text(condition) for condition in self.found.conditions]
        shown = [word for word in words if word] + ([f"if ({' && '.join(inside)})"] if inside else [])
        length = self._spelled(self.found.value + number(1), wide=True)
        usual = self._usual([one for one in ranges if one is not None])
        return Measured(" ".join([*shown, length]), usual, self.found.exact)

    @property
    def _loops(self) -> list[LoopFacts]:
        return [self.facts.loops[number_] for number_ in self.access.loops[: self.kept]]

    def _nameable(self) -> bool:
        """Whether counters and arrays are known by their names before the function does anything."""
        names = [_name(loop) for loop in self._loops]
        known = len({*names, *self.facts.terms}) == len(names) + len(self.facts.terms)
        return known and all(map(_outside, self._regions))

    @property
    def _regions(self) -> set[Region]:
        """The memory that takes part."""
        ends = [end for one in map(_range, self._loops) if one is not None for end in (one.low, one.last)]
        conditions = [condition.value for condition in self.found.conditions]
        branches = [f.condition for f in self.access.where if isinstance(f, InBranch)]
        asked = [comparison.value for branch in branches for comparison in _comparisons(branch)]
        return _read(self.facts.terms, [self.found.value, *ends, *conditions, *asked])

    def _around(self) -> Iterator[str | None]:
        """The kept loops and the conditions between them; None for what cannot be asked."""
        left = self.kept
        for frame in self.access.where:
            if isinstance(frame, InLoop):
                left -= 1
                found = _range(self.facts.loops[frame.loop]) if left >= 0 else None
                if found is not None:
                    name = _name(self.facts.loops[frame.loop])
                    yield f"for ({name} = {self._spelled(found.low)}; {_turned(self._text(found.goes_on), name)})"
            elif not (plain := _comparisons(frame.condition)) or not all(map(self._known, plain)):
                yield None
            elif left > 0:
                yield f"if ({' && '.join(map(self._text, plain))})"

    def _known(self, condition: Compare) -> bool:
        """Whether nothing but counters, parameters and memory that stays takes part."""
        return not any(isinstance(self.facts.terms[s], Unknown) for s in deep(self.facts.terms, condition.value))

    def _usual(self, ranges: Sequence[_Range]) -> str:
        outer = ranges[0]
        terms = dict(self.facts.terms)
        in_bounds = [end for loop in self.facts.loops.values() for end in _bounding(loop)]
        pointers = _read(terms, in_bounds)
        if self.kept == 1 and _read(terms, [self.found.value]) <= pointers:
            length = put(terms, self.found.value, {self._loops[0].symbol: outer.last}) + number(1)
        else:
            length = outer.last - outer.low + number(1)
        runs = condition_text(Compare(outer.last - outer.low, ">="), terms)
        return f"{runs} ? {spelled(length, terms, wide=True)} : 0"

    def _spelled(self, value: Polynomial, wide: bool = False) -> str:
        return self._plain(spelled(value, self.facts.terms, wide))

    def _text(self, condition: Compare) -> str:
        return self._plain(condition_text(condition, self.facts.terms))

    def _plain(self, shown: str) -> str:
        for loop in self._loops:
            shown = shown.replace(loop.symbol, _name(loop))
        return shown


def _range(loop: LoopFacts) -> _Range | None:
    """What a loop with step 1 or -1 and one bound goes over."""
    match loop.bounds:
        case (Compare(value, ">=") as bound,) if loop.first is not None and abs(loop.step) == 1:
            if value.coefficient(loop.symbol) != number(-loop.step):
                return None
            end = value.substitute({loop.symbol: number(0)}) * number(loop.step)
            if loop.step > 0:
                return _Range(loop.first, end, bound)
            return _Range(end, loop.first, Compare(loop.first - variable(loop.symbol), ">="))
    return None


def _bounding(loop: LoopFacts) -> Iterator[Polynomial]:
    for bound in loop.bounds:
        yield from (variable(symbol) for symbol in symbols(bound))


def _read(terms: Terms, values: Sequence[Polynomial]) -> set[Region]:
    """The memory that takes part in ``values``."""
    found = (terms[symbol] for value in values for symbol in deep(terms, value))
    return {term.region for term in found if isinstance(term, Operation) and term.region is not None}


def _outside(region: Region) -> bool:
    return region.variable.storage in ("parameter", "global") and not region.path


def _name(loop: LoopFacts) -> str:
    return loop.symbol.split("@")[0]


def _turned(comparison: str, name: str) -> str:
    """``n > i`` as ``i < n``."""
    left, sign, right = comparison.partition(f" {'>=' if ' >= ' in comparison else '>'} ")
    return f"{right}{sign.replace('>', '<')}{left}" if right == name else comparison


def _comparisons(condition: Condition) -> list[Compare]:
    """``condition`` as comparisons that all hold; none if it is anything else."""
    match condition:
        case Compare():
            return [condition]
        case Every(parts):
            found = [_comparisons(part) for part in parts]
            return [one for each in found for one in each] if all(found) else []
    return []
