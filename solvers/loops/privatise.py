"""Arrays of which each iteration of a loop may have its own.

An array is private to the iterations of a loop when each of them reads only elements that it has itself written before.
What the array holds after the loop is another question, which the caller has to answer. A read is shown to be covered
by the writes that certainly come before it: one under the same loops, one in a loop that has ended, or one in an
earlier iteration of a loop around both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import z3

from transpile.c.tree import Variable
from transpile.loops.facts import Access, Compare, Condition, Every, Facts, Frame, InBranch, InLoop, LoopFacts
from transpile.loops.polynomial import Polynomial, number, variable
from transpile.solvers.loops.encode import Encoder, impossible


def is_private(facts: Facts, loop: LoopFacts | None, array: Variable, assumed: Sequence[Polynomial] = ()) -> bool:
    """Whether each iteration of ``loop``, or each call of the function where that is None, reads of ``array`` only what
    it has written before."""
    own = [a for a in facts.accesses if a.region.variable == array and a.subscripts]
    inside = [a for a in own if loop is None or loop.number in a.loops]
    plain = all(len(a.subscripts) == 1 and not a.region.path for a in inside)
    unknown = any(region.variable == array for effect in facts.effects for region in effect.regions)
    if not plain or unknown or not inside or any(effect.everywhere for effect in facts.effects):
        return False
    writes = [a for a in inside if a.kind == "write"]
    return all(_covered(facts, loop, a, writes, assumed) for a in inside if a.reads)


def _covered(
    facts: Facts, loop: LoopFacts | None, read: Access, writes: Sequence[Access], assumed: Sequence[Polynomial]
) -> bool:
    encoder = Encoder(facts)
    covers = [
        z3.And([encoder.condition(condition) for condition in conditions])
        for write in writes
        for conditions in _covers(facts, loop, read, write)
    ]
    return impossible(encoder, [*encoder.domain(read.where), z3.Not(z3.Or(covers))], assumed)


def _covers(facts: Facts, loop: LoopFacts | None, read: Access, write: Access) -> Iterator[list[Condition]]:
    """Conditions on the iteration of ``read``, each of which means that ``write`` has been there before."""
    shared = _shared(read.where, write.where)
    inner = shared.index(InLoop(loop.number)) + 1 if loop is not None else 0
    if write.position < read.position:
        yield from _at(facts, write.where[len(shared) :], write, read)
    for place in range(inner, len(shared)):
        frame = shared[place]
        if isinstance(frame, InLoop):
            yield from _at(facts, write.where[place:], write, read, facts.loops[frame.loop])


def _shared(one: tuple[Frame, ...], two: tuple[Frame, ...]) -> tuple[Frame, ...]:
    length = 0
    while length < min(len(one), len(two)) and one[length] == two[length]:
        length += 1
    return one[:length]


def _at(
    facts: Facts, frames: tuple[Frame, ...], write: Access, read: Access, around: LoopFacts | None = None
) -> Iterator[list[Condition]]:
    """When ``write`` touches the element of ``read`` in some iteration of the loops in ``frames``, of which at most one
    may move it; in an earlier iteration of ``around``, if that is given."""
    loops = [facts.loops[frame.loop] for frame in frames if isinstance(frame, InLoop)]
    if any(one.first is None or abs(one.step) != 1 for one in loops):
        return
    moving = [one for one in loops if one.symbol in write.subscripts[0].symbols]
    if len(moving) > 1 or len(moving) < len(loops):
        return
    if not moving:
        yield [Compare(write.subscripts[0] - read.subscripts[0], "=="), *_conditions(frames)]
        return
    one = moving[0]
    slope = write.subscripts[0].coefficient(one.symbol)
    if slope is None or slope not in (number(1), number(-1)):
        return
    rest = write.subscripts[0].substitute({one.symbol: number(0)})
    there = (read.subscripts[0] - rest) * slope
    found = [*_passed(one), *one.bounds, *_conditions(frames)]
    moved = [_put(condition, one.symbol, there) for condition in found]
    if around is not None:
        moved.append(Compare((variable(one.symbol) - there) * number(one.step) - number(1), ">="))
    if all(condition is not None for condition in moved):
        yield [condition for condition in moved if condition is not None]


def _passed(loop: LoopFacts) -> Iterator[Condition]:
    """The loop has come to its first value."""
    assert loop.first is not None
    yield Compare((variable(loop.symbol) - loop.first) * number(loop.step), ">=")


def _conditions(frames: tuple[Frame, ...]) -> Iterator[Condition]:
    yield from (frame.condition for frame in frames if isinstance(frame, InBranch))


def _put(condition: Condition, symbol: str, there: Polynomial) -> Condition | None:
    """``condition`` with ``there`` in the place of ``symbol``; None if it is not made of plain comparisons."""
    match condition:
        case Compare(value, relation):
            return Compare(value.substitute({symbol: there}), relation)
        case Every(parts):
            moved = [_put(part, symbol, there) for part in parts]
            return None if None in moved else Every(tuple(part for part in moved if part is not None))
    return None
