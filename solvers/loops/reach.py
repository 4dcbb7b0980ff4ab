"""The largest subscript of an access, exactly: where it is attained, and when the access happens there.

Counters are taken out from the innermost loop to the outermost: where the subscript grows with a counter, that takes
its largest value, which its bounds and the conditions around the access give. That an inner loop runs at all bounds the
outer counters, too. The growth is proved, so the value is an upper bound; it is attained when all conditions hold
there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import z3

from transpile.c.types import LONG
from transpile.loops.facts import (
    Access,
    Compare,
    Condition,
    Counter,
    Every,
    Facts,
    Frame,
    InLoop,
    LoopFacts,
    Operation,
    Parameter,
    Term,
)
from transpile.loops.polynomial import Polynomial, Symbol, number, variable
from transpile.solvers.loops.encode import Encoder, always, impossible


@dataclass(frozen=True, slots=True)
class Reach:
    """``value`` is the largest subscript if ``conditions`` hold, and there is no access if they do not.

    ``exact`` if both is proved; else ``value`` is an upper bound, and ``why`` says what is open.
    """

    value: Polynomial
    conditions: tuple[Compare, ...]
    exact: bool
    why: str = ""
    terms: Mapping[Symbol, Term] = field(default_factory=dict, repr=False, compare=False)
    """Those that were known, and the ones that ``value`` and ``conditions`` need beside."""


@dataclass(frozen=True, slots=True)
class Unbounded:
    """No bound was found."""

    reason: str


_WAYS = 4


@dataclass(slots=True)
class _Search:
    facts: Facts
    access: Access
    assumed: tuple[Polynomial, ...]
    terms: dict[Symbol, Term]
    way: int
    """Which of several ends to take where any would do: its bits are choices."""
    kept: int = 0
    """So many of the outer loops stay: their counters are known."""
    limits: list[Polynomial] = field(default_factory=list)
    """Polynomials that are at least 0 whenever the access happens."""
    chosen: dict[Symbol, Polynomial] = field(default_factory=dict)
    runs: list[Polynomial] = field(default_factory=list)
    """At least 0 because the loops around the access run."""

    @property
    def known(self) -> Facts:
        return replace(self.facts, terms=self.terms)


def reach(
    facts: Facts, access: Access, subscript: Polynomial, assumed: tuple[Polynomial, ...], kept: int = 0
) -> Reach | Unbounded:
    """How far ``subscript``, one of those of ``access``, goes; in one iteration of the ``kept`` outer loops."""
    found = [_reach(_Search(facts, access, assumed, dict(facts.terms), 0, kept), subscript)]
    while len(found) < _WAYS and not (isinstance(found[-1], Reach) and found[-1].exact):
        found.append(_reach(_Search(facts, access, assumed, dict(facts.terms), len(found), kept), subscript))
    known = [one for one in found if isinstance(one, Reach)]
    return next((one for one in known if one.exact), known[0] if known else found[0])


def _reach(search: _Search, subscript: Polynomial) -> Reach | Unbounded:
    search.limits += [part for c in _plain(search) if c.relation == ">=" for part in _parts(search, c.value)]
    value = subscript
    for number_ in reversed(search.access.loops[search.kept :]):
        loop = search.facts.loops[number_]
        if loop.first is None:
            continue
        found = _taken(search, loop, value)
        if isinstance(found, Unbounded):
            return found
        value = found
    if strange := [s for s in value.symbols if not _computable(search, s)]:
        return Unbounded(f"'{strange[0].split('?')[0].split('@')[0]}' is not known before the loops run")
    return _judged(search, value)


def _parts(search: _Search, limit: Polynomial) -> Iterator[Polynomial]:
    """``limit``, which is at least 0, with each argument of a ``min`` in its place."""
    for symbol in limit.symbols:
        match search.terms[symbol], limit.terms.get((symbol,)):
            case Operation("min", arguments), 1:
                for argument in arguments:
                    yield from _parts(search, limit.substitute({symbol: argument}))
                return
            case Operation("max", arguments), -1:
                for argument in arguments:
                    yield from _parts(search, limit.substitute({symbol: argument}))
                return
    yield limit


def _computable(search: _Search, symbol: Symbol) -> bool:
    match search.terms[symbol]:
        case Parameter():
            return True
        case Counter(loop):
            return loop in search.access.loops[: search.kept]
        case Operation(_, arguments):
            return all(_computable(search, inner) for a in arguments for inner in a.symbols)
    return False


def _plain(search: _Search) -> Iterator[Compare]:
    """The comparisons that all hold when the access happens."""
    for frame in search.access.where:
        if isinstance(frame, InLoop):
            loop = search.facts.loops[frame.loop]
            for bound in loop.bounds:
                yield from _comparisons(bound)
        else:
            yield from _comparisons(frame.condition)


def _comparisons(condition: Condition) -> Iterator[Compare]:
    match condition:
        case Compare():
            yield condition
        case Every(parts):
            for part in parts:
                yield from _comparisons(part)


def _taken(search: _Search, loop: LoopFacts, value: Polynomial) -> Polynomial | Unbounded:
    """``value`` with the counter of ``loop`` at the end that makes it largest."""
    assert loop.first is not None
    name = loop.symbol.split("@")[0]
    found = _ends(search, loop)
    if isinstance(found, Unbounded):
        return found
    growths = list(_growths(search, value, loop.symbol))
    if None in growths:
        return Unbounded(_open(search, value, loop.symbol))
    signs = {_sign(search, growth) for growth in growths if growth is not None and growth.terms}
    if len(signs) > 1 or None in signs:
        return Unbounded(f"it is not known whether it grows with '{name}'")
    if signs:
        end = found.high if signs.pop() else found.low
    else:
        end = (found.high if loop.step > 0 else found.low) if search.way & 1 else loop.first
    at = {loop.symbol: end}
    search.limits = [limit for limit in search.limits if loop.symbol not in limit.symbols]
    search.limits += found.runs
    search.chosen = {symbol: put(search.terms, chosen, at) for symbol, chosen in search.chosen.items()}
    search.chosen[loop.symbol] = end
    search.runs += found.runs
    return put(search.terms, value, at)


def _open(search: _Search, value: Polynomial, counter: Symbol) -> str:
    reads = [s for s in value.symbols if _is_read(search.terms[s]) and counter in deep(search.terms, variable(s))]
    if reads:
        return "data decides which element it is"
    return f"'{counter.split('@')[0]}' takes part in it in a way that is not understood"


def _is_read(term: Term) -> bool:
    return isinstance(term, Operation) and term.operator == "read"


def _growths(search: _Search, value: Polynomial, counter: Symbol) -> Iterator[Polynomial | None]:
    """What ``value`` grows by with ``counter``, or something of the same sign; one for each place of the counter."""
    yield value.coefficient(counter)
    for symbol in value.symbols:
        match search.terms[symbol]:
            case Operation("/" | ">>", (inner, by)) if counter in deep(search.terms, inner):
                outer = value.coefficient(symbol)
                through = inner.coefficient(counter)
                plain = through is not None and counter in inner.symbols and (by.constant or 0) > 0
                yield outer * through if outer is not None and through is not None and plain else None
            case Operation(_, arguments) if any(counter in deep(search.terms, argument) for argument in arguments):
                yield None


def deep(terms: Mapping[Symbol, Term], value: Polynomial) -> frozenset[Symbol]:
    """The symbols of ``value``, and those within its terms."""
    found = set(value.symbols)
    for symbol in value.symbols:
        term = terms[symbol]
        if isinstance(term, Operation):
            found.update(*(deep(terms, argument) for argument in term.arguments))
    return frozenset(found)


def put(terms: dict[Symbol, Term], value: Polynomial, at: Mapping[Symbol, Polynomial]) -> Polynomial:
    """``value`` with the counters ``at`` replaced, also within its terms; new ones are added to ``terms``."""
    inner: dict[Symbol, Polynomial] = dict(at)
    for symbol in value.symbols:
        term = terms[symbol]
        if isinstance(term, Operation) and not at.keys().isdisjoint(deep(terms, variable(symbol))):
            arguments = tuple(put(terms, argument, at) for argument in term.arguments)
            inner[symbol] = _operation(terms, term, arguments)
    return value.substitute(inner)


def _sign(search: _Search, growth: Polynomial) -> bool | None:
    """Whether ``growth`` is at least 0 (or at most 0) whenever the access happens."""
    if growth.constant is not None:
        return growth.constant >= 0
    for upward in (True, False):
        goal = Compare(growth if upward else -growth, ">=")
        if always(search.known, search.access.where, [goal], search.assumed):
            return upward
    return None


@dataclass(frozen=True, slots=True)
class _Ends:
    """The smallest and the largest value of a counter; ``runs`` are at least 0, as the loop runs at all."""

    low: Polynomial
    high: Polynomial
    runs: tuple[Polynomial, ...]


def _ends(search: _Search, loop: LoopFacts) -> _Ends | Unbounded:
    """Where the counter of ``loop`` starts and ends, in terms of what is around the loop."""
    assert loop.first is not None
    upward = loop.step > 0
    above, below = list(_bounds(search, loop.symbol, True)), list(_bounds(search, loop.symbol, False))
    far = above if upward else below
    if not far:
        return Unbounded(f"the end of '{loop.symbol.split('@')[0]}' is not understood")
    runs = tuple(end - loop.first if upward else loop.first - end for end in far)
    if loop.step == 1:
        return _Ends(_tightest(search, False, [loop.first, *below]), _tightest(search, True, far), runs)
    if loop.step == -1:
        return _Ends(_tightest(search, False, far), _tightest(search, True, [loop.first, *above]), runs)
    tight = _tightest(search, upward, far)
    steps = _quotient(search, tight - loop.first if upward else loop.first - tight, abs(loop.step))
    last = loop.first + steps * number(loop.step)
    return _Ends(loop.first, last, runs) if upward else _Ends(last, loop.first, runs)


def _bounds(search: _Search, counter: Symbol, above: bool) -> Iterator[Polynomial]:
    """What the counter is at most, or at least."""
    for limit in search.limits:
        slope = limit.coefficient(counter)
        by = slope.constant if slope is not None else None
        if by and (by < 0) == above:
            rest = limit.substitute({counter: number(0)})
            yield _quotient(search, rest, -by) if above else -_quotient(search, rest, by)


def _quotient(search: _Search, value: Polynomial, by: int) -> Polynomial:
    """``value / by`` rounded down, where it is at least 0."""
    if all(coefficient % by == 0 for coefficient in value.terms.values()):
        return Polynomial({monomial: coefficient // by for monomial, coefficient in value.terms.items()})
    if value.constant is not None:
        return number(value.constant // by)
    return _operation(search.terms, Operation("/", (), LONG), (value, number(by)))


def _operation(terms: dict[Symbol, Term], like: Operation, arguments: tuple[Polynomial, ...]) -> Polynomial:
    region = like.region.name if like.region else ""
    symbol = f"{like.operator}{region}({', '.join(map(str, arguments))})"
    terms[symbol] = replace(like, arguments=arguments)
    return variable(symbol)


def _tightest(search: _Search, upward: bool, ends: list[Polynomial]) -> Polynomial:
    """The least of ``ends``, or the greatest if not ``upward``; any of them where it is not known which it is."""
    left = list(dict.fromkeys(ends))
    best = left.pop(0)
    for end in left:
        ahead = end - best if upward else best - end
        if always(search.known, search.access.where, [Compare(ahead, ">=")], search.assumed):
            continue
        if always(search.known, search.access.where, [Compare(-ahead, ">=")], search.assumed) or search.way & 2:
            best = end
    return best


def _judged(search: _Search, value: Polynomial) -> Reach:
    """Whether the access happens at the place found exactly when it happens at all."""
    conditions: list[Compare] = []
    why = ""
    for frame in _within(search):
        if isinstance(frame, InLoop):
            loop = search.facts.loops[frame.loop]
            if loop.first is None:
                why = "a loop around it is not counted"
                continue
            conditions.append(_there(search, Compare(_passed(loop), ">=")))
            needed: list[Condition] = list(loop.bounds)
        else:
            needed = [frame.condition]
        for condition in needed:
            plain = list(_comparisons(condition))
            conditions += [_there(search, comparison) for comparison in plain]
            if not _is_plain(condition):
                why = "it happens only under a condition that depends on data"
    conditions += [_there(search, Compare(run, ">=")) for run in search.runs if not why]
    if any(not _computable(search, symbol) for c in conditions for symbol in c.value.symbols):
        why = why or "a condition around it is not known before the loops run"
        conditions = [c for c in conditions if all(_computable(search, s) for s in c.value.symbols)]
    if not why and not always(search.known, search.access.where, conditions, search.assumed):
        why = "it may be less"
    if why:
        conditions = [c for c in conditions if always(search.known, search.access.where, [c], search.assumed)]
    kept = _simplified(search, conditions)
    return Reach(value, kept, not why, why, search.terms)


def _within(search: _Search) -> tuple[Frame, ...]:
    """What is around the access, within the loops that are kept."""
    places = [place for place, frame in enumerate(search.access.where, 1) if isinstance(frame, InLoop)]
    return search.access.where[places[search.kept - 1] if search.kept else 0 :]


def _passed(loop: LoopFacts) -> Polynomial:
    """At least 0 once the loop has come to its first value."""
    assert loop.first is not None
    return (variable(loop.symbol) - loop.first) * number(1 if loop.step > 0 else -1)


def _there(search: _Search, condition: Compare) -> Compare:
    return Compare(put(search.terms, condition.value, search.chosen), condition.relation)


def _is_plain(condition: Condition) -> bool:
    return isinstance(condition, Compare) or (
        isinstance(condition, Every) and all(_is_plain(part) for part in condition.parts)
    )


def _simplified(search: _Search, conditions: list[Compare]) -> tuple[Compare, ...]:
    """Without what follows from the others."""
    kept = list(dict.fromkeys(conditions))
    for condition in sorted(kept, key=lambda c: -len(str(c.value))):
        others = [c for c in kept if c != condition]
        if follows(search.known, others, [condition], search.assumed):
            kept = others
    return tuple(kept)


def follows(facts: Facts, given: list[Compare], goals: list[Compare], assumed: tuple[Polynomial, ...]) -> bool:
    """Whether ``goals`` hold for all sizes for which ``given`` do."""
    encoder = Encoder(facts)
    wanted = z3.And([encoder.condition(goal) for goal in goals])
    return impossible(encoder, [*(encoder.condition(c) for c in given), z3.Not(wanted)], assumed)
