"""What becomes of the scalars that a loop writes: private to an iteration, reduced, or carried from one to the next.

An access is covered when a write comes before it on every way to it, within the same iteration. Where a write stands is
known by the loops and branches around it: a write covers what follows it under the same ones, and two writes that stand
in both arms of a branch cover what follows the branch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from transpile.c.tree import Variable
from transpile.c.types import Reference
from transpile.errors import Span
from transpile.loops.facts import Access, Facts, Frame, InBranch, InLoop, LoopFacts, Region
from transpile.loops.polynomial import Polynomial

Role: TypeAlias = Literal["private", "reduction", "induction", "scan", "carried"]


@dataclass(frozen=True, slots=True)
class ScalarUse:
    """How a loop uses a scalar that it writes.

    ``operator`` of a reduction or scan; ``arg`` with ``leader`` for what is kept beside a minimum or maximum.
    ``live_out``: its last value is read after the loop. ``value`` of an induction, at the start of an iteration.
    """

    region: Region
    role: Role
    span: Span
    operator: str = ""
    leader: str = ""
    live_out: bool = False
    value: Polynomial | None = None
    first_read: Span | None = None

    @property
    def variable(self) -> Variable:
        return self.region.variable


def scalar_uses(facts: Facts, loop: LoopFacts) -> tuple[ScalarUse, ...]:
    """One for each scalar, or pointer, that ``loop`` writes."""
    cells: dict[Region, list[Access]] = {}
    for access in facts.accesses:
        if loop.number in access.loops and not access.subscripts:
            cells.setdefault(access.region, []).append(access)
    everywhere: dict[Region, list[Access]] = {region: [] for region in cells}
    for access in facts.accesses:
        for region in cells:
            if not access.subscripts and related(access.region, region):
                everywhere[region].append(access)
    inside = {region: [a for a in everywhere[region] if loop.number in a.loops] for region in cells}
    uses = [_use(loop, region, inside[region], everywhere[region]) for region in cells if _written(inside[region])]
    counts = {str(use.region): len(inside[use.region]) for use in uses if use.role == "reduction"}
    return tuple(_led(use, len(inside[use.region]), counts) for use in uses)


def _led(use: ScalarUse, updates: int, leaders: Mapping[str, int]) -> ScalarUse:
    """``use``; what is kept beside an extreme value is carried when that value itself is not reduced alike."""
    if use.operator != "arg" or leaders.get(use.leader) == updates:
        return use
    return replace(use, role="carried", operator="", leader="")


def related(one: Region, two: Region) -> bool:
    """Whether one is the other, or a part of it."""
    if one.variable != two.variable:
        return False
    short, long = sorted((one.path, two.path), key=len)
    return long == short or long.startswith(f"{short}.")


def _written(accesses: list[Access]) -> bool:
    return any(access.writes for access in accesses)


def _use(loop: LoopFacts, region: Region, inside: list[Access], everywhere: list[Access]) -> ScalarUse:
    writes = [access for access in inside if access.writes]
    span = writes[0].span
    live = _lives_on(loop, region, inside, everywhere)
    if region.variable in loop.followers:
        return ScalarUse(region, "induction", span, live_out=live, value=loop.followers[region.variable])
    exposed = [a for a in inside if a.reads and not covered(a, (w for w in inside if kills(w, region)), loop.number)]
    if not exposed:
        always = _contexts(w for w in inside if kills(w, region))
        certain = any(where == (*loop.where, InLoop(loop.number)) for where, _ in always)
        role: Role = "private" if certain or not live else "carried"
        return ScalarUse(region, role, span, live_out=live)
    updates = {a.update for a in inside if a.update}
    if len(updates) == 1 and all(access.kind == "update" for access in inside):
        update = updates.pop()
        return ScalarUse(region, "reduction", span, update.operator, update.leader, live)
    first = next((a.span for a in exposed if a.kind == "read"), exposed[0].span)
    if len(updates) == 1 and all(access.kind == "update" for access in writes):
        update = updates.pop()
        if update.operator != "arg":
            return ScalarUse(region, "scan", span, update.operator, live_out=live, first_read=first)
    return ScalarUse(region, "carried", span, live_out=live, first_read=first)


def kills(access: Access, region: Region) -> bool:
    """Whether ``access`` gives ``region`` a new value, whatever it was."""
    return access.kind in ("write", "declare") and region.path.startswith(access.region.path)


Context: TypeAlias = tuple[tuple[Frame, ...], int]


def covered(access: Access, writes: Iterable[Access], loop: int) -> bool:
    """Whether one of ``writes``, which are in iterations of ``loop``, comes before ``access`` in each of them."""
    earlier = [write for write in writes if write.position < access.position and loop in write.loops]
    return any(access.where[: len(where)] == where for where, _ in _contexts(earlier))


def _contexts(writes: Iterable[Access]) -> set[Context]:
    """Where writes happen for certain: where they stand, and after branches of which both arms write."""
    found = {(write.where, write.position) for write in writes}
    grown = True
    while grown:
        joined = set(_joined(found)) - found
        grown = bool(joined)
        found |= joined
    return found


def _joined(contexts: set[Context]) -> Iterator[Context]:
    first_arms = {_key(where): position for where, position in contexts if _arm(where) == 0}
    for where, position in contexts:
        if _arm(where) == 1 and _key(where) in first_arms:
            yield where[:-1], max(position, first_arms[_key(where)])


def _arm(where: tuple[Frame, ...]) -> int:
    return where[-1].arm if where and isinstance(where[-1], InBranch) else -1


def _key(where: tuple[Frame, ...]) -> tuple[tuple[Frame, ...], int]:
    last = where[-1]
    return where[:-1], last.number if isinstance(last, InBranch) else 0


def _lives_on(loop: LoopFacts, region: Region, inside: list[Access], everywhere: list[Access]) -> bool:
    """Whether a value that ``loop`` leaves in ``region`` may be read after it."""
    if region.variable.storage in ("global", "static") or isinstance(region.variable.declared, Reference):
        return True
    kill: Callable[[Access], bool] = lambda w: kills(w, region)  # noqa: E731
    after = [w for w in everywhere if kill(w) and w.position > loop.end]
    around = {frame.loop for frame in loop.where if isinstance(frame, InLoop)}
    for read in (a for a in everywhere if a.reads):
        if read.position > loop.end and not _reached_by(read, after):
            return True
        shared = [number for number in read.loops if number in around]
        if shared and read.position <= loop.end and not _killed(read, shared[-1], loop, everywhere, kill):
            return True
    return False


def _reached_by(read: Access, writes: list[Access]) -> bool:
    earlier = [write for write in writes if write.position < read.position]
    return any(read.where[: len(where)] == where for where, _ in _contexts(earlier))


def _killed(
    read: Access, outer: int, loop: LoopFacts, everywhere: list[Access], kill: Callable[[Access], bool]
) -> bool:
    """Whether nothing comes from an iteration of ``outer`` to ``read`` in the next one."""
    writes = [w for w in everywhere if kill(w) and outer in w.loops]
    if covered(read, writes, outer):
        return True
    level = read.where[: 1 + [f.loop if isinstance(f, InLoop) else 0 for f in read.where].index(outer)]
    return any(where == level for where, _ in _contexts(w for w in writes if w.position > loop.end))
