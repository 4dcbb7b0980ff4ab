"""A search for cheaper translations of one block: small changes to a proved body, each kept only if it is proved too.

The changes are those of a peephole optimiser and of stochastic superoptimisers (Schkufza et al., "Stochastic
superoptimization", ASPLOS 2013): leave an instruction out and read its operand instead, or what an earlier instruction
made in the same way; compute a value where it is wanted; put two instructions into one. What they do to the meaning is
not looked at: the prover decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from transpile.native.canonical.fusion import Fusion, Row, Rows, flat, keep_marks, rows_of
from transpile.native.canonical.registers import TEMPORARY
from transpile.native.canonical.source import CanonicalBlock
from transpile.native.canonical.syntax import Operand, Syntax, shapes
from transpile.native.canonical.target import SPACE, Unspeakable, read
from transpile.planning import Body


class Ground(Protocol):
    """Where the search tries bodies of one block."""

    def sizes(self, bodies: Sequence[Body]) -> Sequence[int | None]:
        """The machine instructions of each body; None where the assembler refuses one."""
        ...

    def proves(self, bodies: Sequence[Body]) -> Iterator[bool]:
        """Whether each body is a proved translation, one after the other as they are asked for."""
        ...


@dataclass(slots=True)
class Search:
    """For one target; ``fusions`` are those of its instruction set."""

    syntax: Syntax
    fusions: Sequence[Fusion]
    tries: int = 120
    """Proofs for one block."""

    def cheaper(self, tokens: Sequence[str], block: CanonicalBlock, ground: Ground) -> tuple[str, ...] | None:
        """Tokens of the cheapest proved body found from those of a proved one; None if there is none.

        Raises:
            Unspeakable: ``tokens`` spell no body.
        """
        first = rows_of(tokens)
        best: Rows | None = first
        (cost,) = ground.sizes([read(flat(first), block, self.syntax).body])
        left = self.tries
        found = first
        while best is not None and cost is not None and left > 0:
            found = best
            best = None
            fewer = self._fewer(found, block, cost, ground)[:left]
            for (size, rows, _), proved in zip(fewer, ground.proves([body for _, _, body in fewer]), strict=True):
                left -= 1
                if proved:
                    best, cost = rows, size
                    break
        return flat(best or found) if (best or found) is not first else None

    def _fewer(self, rows: Rows, block: CanonicalBlock, cost: int, ground: Ground) -> list[tuple[int, Rows, Body]]:
        """Changes of ``rows`` that are smaller."""
        bodies: dict[Body, Rows] = {}
        for changed in self._all(rows):
            try:
                body = read(flat(changed), block, self.syntax).body
            except Unspeakable:
                continue
            bodies.setdefault(body, changed)
        sizes = ground.sizes(list(bodies))
        return [
            (size, changed, body)
            for size, (body, changed) in zip(sizes, bodies.items(), strict=True)
            if size is not None and size < cost
        ]

    def _all(self, rows: Rows) -> Iterator[Rows]:
        for index in range(len(rows)):
            yield from self._without(rows, index)
        for fusion in self.fusions:
            yield from fusion.apply(rows)

    def _without(self, rows: Rows, index: int) -> Iterator[Rows]:
        """Bodies without line ``index``: its result is not needed, is an operand of it, or is made in its place."""
        row = rows[index]
        before, after = rows[:index], keep_marks(row, rows[index + 1 :])
        writes = self._writes(row)
        if len(writes) != 1:
            if not self.syntax.leaves(row.form.replace(SPACE, " ")) and not self.syntax.touches_memory(row.form):
                yield before + after
            return
        result = row.operands[writes[0]]
        yield before + after
        sources = [o for n, o in enumerate(row.operands) if n not in writes and (_register(o) or o == "zero")]
        for source in dict.fromkeys((*sources, *self._alike(before, row, writes[0]))):
            if source == result:
                continue
            yield before + _renamed(after, result, source, self._writes)
            yield from self._made_as(before, after, source, result)
            yield from self._users_moved(before, after, result, source)

    def _alike(self, before: Rows, row: Row, result: int) -> Iterator[str]:
        """What an earlier line made in the same way, or wrote to or read from the same place in memory."""
        memory = self.syntax.touches_memory(row.form.replace(SPACE, " "))
        reads = tuple(o for n, o in enumerate(row.operands) if n != result)
        for other in reversed(before):
            if memory and self.syntax.touches_memory(other.form.replace(SPACE, " ")):
                if other.operands[1:] == row.operands[1:]:
                    yield other.operands[0]
            elif other.form == row.form and tuple(o for n, o in enumerate(other.operands) if n != result) == reads:
                yield other.operands[result]

    def _made_as(self, before: Rows, after: Rows, source: str, result: str) -> Iterator[Rows]:
        """``source`` is called ``result`` from its definition on."""
        for place in range(len(before) - 1, -1, -1):
            row = before[place]
            writes = self._writes(row)
            if any(row.operands[n] == source for n in writes):
                operands = tuple(result if n in writes and o == source else o for n, o in enumerate(row.operands))
                head = (*before[:place], Row(row.marks, row.form, operands))
                yield head + _renamed(before[place + 1 :], source, result, self._writes) + after
                yield head + _renamed(before[place + 1 :] + after, source, result, self._writes)
                return

    def _users_moved(self, before: Rows, after: Rows, result: str, source: str) -> Iterator[Rows]:
        """The first user of the copy ``result`` moves to the place of the copy and reads ``source``."""
        for place, row in enumerate(after):
            writes = self._writes(row)
            if any(o == result for n, o in enumerate(row.operands) if n not in writes):
                operands = tuple(source if o == result and n not in writes else o for n, o in enumerate(row.operands))
                moved = Row((), row.form, operands)
                yield (*before, moved, *after[:place], *keep_marks(row, after[place + 1 :]))
                return
            if any(row.operands[n] == result for n in writes):
                return

    def _writes(self, row: Row) -> tuple[int, ...]:
        kinds = tuple(
            Operand("imm" if s == "i" else "sym" if s in ("sym", "k") else "reg", o, s)
            for s, o in zip(shapes(row.form), row.operands, strict=True)
        )
        writes, _ = self.syntax.written(row.form.replace(SPACE, " "), kinds)
        return writes


def _register(token: str) -> bool:
    return token[:1] in ("x", TEMPORARY) and token[1:].isdigit()


def _renamed(rows: Rows, old: str, new: str, writes: Callable[[Row], tuple[int, ...]]) -> Rows:
    """``rows`` that read ``new`` instead of ``old`` up to the next value of ``old``."""
    found: list[Row] = []
    for index, row in enumerate(rows):
        written = writes(row)
        operands = tuple(new if o == old and n not in written else o for n, o in enumerate(row.operands))
        found.append(Row(row.marks, row.form, operands))
        if any(row.operands[n] == old for n in written):
            return (*found, *rows[index + 1 :])
    return tuple(found)
