"""From facts to the verdict on one loop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement

from transpile.c.printing import text
from transpile.c.tree import Binary, Expression
from transpile.c.walking import bare, walk
from transpile.errors import Span
from transpile.loops.concrete import varies_with_data
from transpile.loops.counted import Irregular
from transpile.loops.facts import Access, Facts, InLoop, LoopFacts, Region
from transpile.loops.scalars import ScalarUse, scalar_uses
from transpile.solvers.loops.assumptions import Wraps
from transpile.solvers.loops.dependence import Dependence, Doubt, Runs, alike, collide
from transpile.solvers.loops.verdicts import (
    Carried,
    Histogram,
    Parallel,
    Reduced,
    Reduction,
    Scan,
    Unknown,
    Verdict,
    Wavefront,
)
from transpile.solvers.loops.wavefronts import front


def judge(runs: Runs, loop: LoopFacts, wraps: Sequence[Wraps]) -> tuple[Verdict, tuple[ScalarUse, ...]]:
    """The verdict on ``loop``, and what becomes of the scalars that it writes."""
    facts = runs.facts
    scalars = scalar_uses(facts, loop)
    refused = _refused(facts, loop, wraps)
    if refused is not None:
        return refused, scalars
    found = list(_meetings(runs, loop))
    reduced = [*_reduced_scalars(scalars), *_reduced_arrays(facts, found)]
    doubts = [doubt for doubt in found if isinstance(doubt, Doubt) and not _only_updates(doubt.one, doubt.two)]
    dependences = [d for d in found if isinstance(d, Dependence) and not _only_updates(d.source, d.target)]
    blocking = [s for s in scalars if s.role in ("scan", "carried")]
    certain = bool(blocking) or any(d.witness.certain for d in dependences)
    if doubts and not certain:
        return _doubtful(doubts[0]), scalars
    if doubts:
        return Carried(tuple(sorted(dependences, key=_weight)), tuple(blocking)), scalars
    return _verdict(dependences, blocking, reduced), scalars


def _verdict(dependences: list[Dependence], blocking: list[ScalarUse], reduced: list[Reduced]) -> Verdict:
    if dependences or blocking:
        scan = _scan(dependences, blocking)
        return scan or Carried(tuple(sorted(dependences, key=_weight)), tuple(blocking))
    if any(one.by_data for one in reduced):
        return Histogram(tuple(reduced))
    return Reduction(tuple(reduced)) if reduced else Parallel()


def _weight(found: Dependence) -> tuple[bool, int]:
    """Sure ones first, and what can be cured last."""
    return not found.witness.certain, ("flow", "anti", "output").index(found.kind)


def in_fronts(runs: Runs, loop: LoopFacts, verdict: Verdict, inner: LoopFacts, wraps: Sequence[Wraps]) -> Verdict:
    """``verdict`` on ``loop``, or that it runs in fronts with ``inner``, a sequential loop directly in it."""
    if not isinstance(verdict, Carried | Unknown):
        return verdict
    if any(_refused(runs.facts, one, wraps) is not None for one in (loop, inner)):
        return verdict
    found = front(runs, loop, inner)
    return verdict if found is None else Wavefront(found, verdict)


def _refused(facts: Facts, loop: LoopFacts, wraps: Sequence[Wraps]) -> Unknown | None:
    if isinstance(loop.shape, Irregular):
        return Unknown(loop.shape.reason, loop.shape.span)
    for effect in facts.effects:
        if effect.everywhere or InLoop(loop.number) in effect.where:
            return Unknown(f"there is {effect.what}, whose effects are not known", effect.span)
    for wrap in wraps:
        if wrap.touches([loop.number, *(frame.loop for frame in loop.where if isinstance(frame, InLoop))]):
            return Unknown(wrap.reason, wrap.obligation.span, "use a signed type, or a condition that excludes it")
    return None


def _doubtful(doubt: Doubt) -> Unknown:
    by_data = doubt.reason.endswith("depends on data")
    hint = "it is parallel if no two iterations use the same element" if by_data else ""
    return Unknown(doubt.reason, doubt.one.span, hint)


def _meetings(runs: Runs, loop: LoopFacts) -> Iterator[Dependence | Doubt]:
    """Every pair of accesses that meet, or may meet, in different iterations of ``loop``."""
    for one, two in combinations_with_replacement(_distinct(runs.facts, loop), 2):
        if (one.writes or two.writes) and alike(one, two):
            found = collide(runs, loop, one, two)
            yield from [found] if isinstance(found, Doubt) else found


def _distinct(facts: Facts, loop: LoopFacts) -> list[Access]:
    """Accesses to memory in ``loop``, one of each kind; arrays that are made anew in each iteration are left out."""
    inside = [access for access in facts.accesses if access.subscripts and loop.number in access.loops]
    own = {access.region.variable for access in inside if access.kind == "declare"}
    found: dict[tuple[object, ...], Access] = {}
    for access in inside:
        if access.region.variable not in own:
            found.setdefault((access.region, access.subscripts, access.kind, access.update, access.where), access)
    return list(found.values())


def _only_updates(one: Access, two: Access) -> bool:
    """Both put something in with the same operator: their order does not matter."""
    return one.update is not None and one.update == two.update and one.update.operator != "arg"


def _reduced_scalars(scalars: tuple[ScalarUse, ...]) -> Iterator[Reduced]:
    for use in scalars:
        if use.role == "reduction":
            yield Reduced(use.region, use.operator, use.span, use.leader)


def _reduced_arrays(facts: Facts, found: list[Dependence | Doubt]) -> Iterator[Reduced]:
    seen: dict[tuple[Region, str], Reduced] = {}
    for meeting in found:
        one, two = (meeting.one, meeting.two) if isinstance(meeting, Doubt) else (meeting.source, meeting.target)
        if _only_updates(one, two) and one.update is not None:
            by_data = any(varies_with_data(s, facts.terms) for a in (one, two) for s in a.subscripts)
            key = one.region, one.update.operator
            by_data = by_data or (key in seen and seen[key].by_data)
            seen[key] = Reduced(one.region, one.update.operator, one.span, "", True, by_data)
    yield from seen.values()


def _scan(dependences: list[Dependence], blocking: list[ScalarUse]) -> Scan | None:
    """Only running sums, in scalars or from one element of an array to the next."""
    operators = {use.operator for use in blocking if use.role == "scan"}
    if any(use.role != "scan" for use in blocking):
        return None
    for found in dependences:
        operator = _recurrence(found)
        if not operator:
            return None
        operators.add(operator)
    if len(operators) != 1:
        return None
    regions = [*(use.region for use in blocking), *(found.source.region for found in dependences)]
    span: Span = blocking[0].span if blocking else dependences[0].source.span
    return Scan(tuple(dict.fromkeys(regions)), operators.pop(), span)


def _recurrence(found: Dependence) -> str:
    """The operator of ``a[i] = a[i - 1] + e``, where ``e`` reads nothing of ``a``."""
    write, read = found.source, found.target
    if found.kind != "flow" or abs(found.distance or 0) != 1 or write.value is None or write.where != read.where:
        return ""
    match bare(write.value):
        case Binary("+" | "*" | "&" | "|" | "^" as operator, left, right):
            sides = [bare(left), bare(right)]
            own = [side for side in sides if side.span == read.span]
            others = [side for side in sides if side.span != read.span]
            if len(own) == 1 and not any(_reads(other, own[0]) for other in others):
                return operator
    return ""


def _reads(expression: Expression, element: Expression) -> bool:
    array = text(element).split("[")[0]
    return any(isinstance(node, Expression) and text(node) == array for node in walk(expression))
