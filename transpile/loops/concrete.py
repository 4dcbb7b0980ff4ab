"""Loops run at small sizes: which elements their accesses touch in which iterations.

Parameters get numbers, loops are unrolled, subscripts computed. What depends on data is left open: a condition may then
hold (``None``), a subscript has no value. Long loops are looked at near their ends only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from transpile.loops.facts import (
    Access,
    Compare,
    Condition,
    Counter,
    Data,
    Every,
    Facts,
    InBranch,
    InLoop,
    LoopFacts,
    Operation,
    Some,
    Terms,
    Unknown,
)
from transpile.loops.polynomial import Polynomial, Symbol

MOST = 40
"""So many iterations of one loop are looked at: the first and the last of them."""


class Open(Exception):
    """The value depends on data."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Numbers for parameters; ``memory`` is what is read from memory, as long as it is never looked at twice."""

    values: Mapping[Symbol, int]

    def value(self, polynomial: Polynomial, terms: Terms, counters: Mapping[Symbol, int]) -> int:
        """Raises Open for what depends on data, and for what C leaves undefined."""
        return polynomial.evaluate(lambda symbol: self._symbol(symbol, terms, counters))

    def _symbol(self, symbol: Symbol, terms: Terms, counters: Mapping[Symbol, int]) -> int:
        if symbol in counters:
            return counters[symbol]
        if symbol in self.values:
            return self.values[symbol]
        match terms[symbol]:
            case Operation(operator, arguments, region=None):
                return operated(operator, [self.value(a, terms, counters) for a in arguments])
        raise Open


def operated(operator: str, values: Sequence[int]) -> int:
    """What C computes, where nothing wraps around."""
    match operator, values:
        case "min", _:
            return min(values)
        case "max", _:
            return max(values)
        case "abs", (one,):
            return abs(one)
        case "/", (one, two) if two:
            return abs(one) // abs(two) * (1 if (one < 0) == (two < 0) else -1)
        case "%", (one, two) if two:
            return abs(one) % abs(two) * (-1 if one < 0 else 1)
        case "&", (one, two):
            return one & two
        case "|", (one, two):
            return one | two
        case "^", (one, two):
            return one ^ two
        case ">>", (one, two) if 0 <= two < 64:
            return one >> two
    raise Open


def truth(condition: Condition, sizes: Sizes, terms: Terms, counters: Mapping[Symbol, int]) -> bool | None:
    """Whether ``condition`` holds; None if that depends on data."""
    match condition:
        case Compare(value, relation):
            try:
                number = sizes.value(value, terms, counters)
            except Open:
                return None
            return number >= 0 if relation == ">=" else (number == 0) == (relation == "==")
        case Every(parts):
            found = [truth(part, sizes, terms, counters) for part in parts]
            return False if False in found else None if None in found else True
        case Some(parts):
            found = [truth(part, sizes, terms, counters) for part in parts]
            return True if True in found else None if None in found else False
        case Data():
            return None


@dataclass(frozen=True, slots=True)
class Touch:
    """``access`` touches ``element`` in the iteration ``counters``; ``certain`` if no data decides about it."""

    access: Access
    element: tuple[int, ...]
    counters: tuple[int, ...]
    certain: bool


@dataclass(frozen=True, slots=True)
class Iteration:
    counters: Mapping[Symbol, int]
    order: tuple[int, ...]
    certain: bool


def touches(facts: Facts, access: Access, sizes: Sizes, limit: int = 20_000) -> Iterator[Touch]:
    """All elements that ``access`` touches, in the order of the program; nothing when its subscripts depend on data."""
    left = limit
    for found in iterations(facts, access, sizes):
        left -= 1
        if left < 0:
            return
        try:
            element = tuple(sizes.value(subscript, facts.terms, found.counters) for subscript in access.subscripts)
        except Open:
            continue
        yield Touch(access, element, found.order, found.certain)


def iterations(facts: Facts, access: Access, sizes: Sizes) -> Iterator[Iteration]:
    """The iterations of the loops around ``access`` in which it happens."""
    found = iter([Iteration({}, (), True)])
    for frame in access.where:
        if isinstance(frame, InLoop):
            found = _iterated(found, facts.loops[frame.loop], facts.terms, sizes)
        else:
            found = _guarded(found, frame, facts.terms, sizes)
    return found


def _iterated(outer: Iterator[Iteration], loop: LoopFacts, terms: Terms, sizes: Sizes) -> Iterator[Iteration]:
    for iteration in outer:
        if loop.first is None:
            yield Iteration(iteration.counters, (*iteration.order, 0), False)
            continue
        for value, certain in counter_values(loop, terms, sizes, iteration.counters):
            counters = {**iteration.counters, loop.symbol: value}
            yield Iteration(counters, (*iteration.order, value), iteration.certain and certain)


def counter_values(
    loop: LoopFacts, terms: Terms, sizes: Sizes, outer: Mapping[Symbol, int]
) -> Iterator[tuple[int, bool]]:
    """The values of a counter, each with whether the iteration surely happens."""
    assert loop.first is not None
    try:
        value = sizes.value(loop.first, terms, outer)
    except Open:
        return
    runs: list[tuple[int, bool]] = []
    while len(runs) <= 10_000:
        holds = [truth(bound, sizes, terms, {**outer, loop.symbol: value}) for bound in loop.bounds]
        if False in holds or (None in holds and len(runs) == 4):
            break
        runs.append((value, None not in holds))
        value += loop.step
    yield from runs if len(runs) <= MOST else runs[: MOST // 2] + runs[-MOST // 2 :]


def _guarded(found: Iterator[Iteration], branch: InBranch, terms: Terms, sizes: Sizes) -> Iterator[Iteration]:
    for iteration in found:
        holds = truth(branch.condition, sizes, terms, iteration.counters)
        if holds is not False:
            yield Iteration(iteration.counters, iteration.order, iteration.certain and holds is True)


def varies_with_data(polynomial: Polynomial, terms: Terms) -> bool:
    """Whether memory or an unknown value takes part in ``polynomial``."""
    return any(_from_data(symbol, terms) for symbol in polynomial.symbols)


def _from_data(symbol: Symbol, terms: Terms) -> bool:
    match terms[symbol]:
        case Unknown():
            return True
        case Operation("read"):
            return True
        case Operation(_, arguments):
            return any(varies_with_data(argument, terms) for argument in arguments)
    return False


def parameters(facts: Facts) -> list[Symbol]:
    """The symbols that get numbers: all but counters, operations and unknown values."""
    return [s for s, term in facts.terms.items() if not isinstance(term, Counter | Operation | Unknown)]


_PATTERNS = ((4,), (5, 4, 6, 3, 7), (6, 1, 5, 2), (1, 6, 2, 5), (2, 3))


def small_sizes(facts: Facts) -> Iterator[Sizes]:
    """Numbers to try: all alike, and different ones."""
    names = parameters(facts)
    for pattern in _PATTERNS[: len(_PATTERNS) if len(names) > 1 else 2]:
        yield Sizes({name: pattern[index % len(pattern)] for index, name in enumerate(names)})
