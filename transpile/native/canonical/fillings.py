"""What may stand in the holes of a sketch, on the level of tokens.

Holes are the operands and forms that a model doubted, those of the instructions that make an output which is wrong, and
a copy into such an output that may be missing anywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from transpile.native.canonical.source import MARK, CanonicalBlock
from transpile.native.canonical.syntax import Operand, Syntax, shapes
from transpile.native.canonical.target import SPACE
from transpile.native.sketch import Hole

HOLES = 4
"""Doubtful places that are tried, and that pairs are made of."""
NUMBERS = tuple(f"#{n}" for n in (0, 1, 2, 3, 4, 8, 12, 16, 24, 31, 32, 48, 63, 255, -1))


@dataclass(frozen=True, slots=True)
class Filling:
    """The tokens of a body, and what was changed in them, readable."""

    tokens: tuple[str, ...]
    told: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """What a body gets wrong: tokens of registers at an exit, numbers of stores (from 1), and whether a condition."""

    registers: tuple[str, ...] = ()
    stores: tuple[int, ...] = ()
    leaving: bool = False
    link: bool = False
    """Whether the return address is not where it should be."""


@dataclass(frozen=True, slots=True)
class Fillings:
    """Fillings of one block's sketches. ``forms``: instruction forms by their operands' shapes."""

    block: CanonicalBlock
    syntax: Syntax
    forms: Mapping[tuple[str, ...], Sequence[str]]

    def of(self, tokens: Sequence[str], doubts: Sequence[Hole], wrong: Wrong) -> Iterator[Filling]:
        """Bodies that differ from ``tokens`` in one place or two, the likeliest first."""
        starts = line_starts(tokens)
        holes = [starts[h.line] + 1 + h.operand for h in doubts if h.line < len(starts)][:HOLES]
        yield from self._changes(tokens, holes)
        yield from self._copies(tokens, starts, wrong.registers)
        yield from self._changes(tokens, [p for p in self._makers(tokens, starts, wrong) if p not in holes])
        choices = {place: self._choices(tokens, place) for place in holes}
        for number, one in enumerate(holes):
            for other in holes[number + 1 :]:
                for first in choices[one]:
                    yield from (_changed(tokens, {one: first, other: second}) for second in choices[other])

    def _changes(self, tokens: Sequence[str], places: Iterable[int]) -> Iterator[Filling]:
        for place in places:
            yield from (_changed(tokens, {place: token}) for token in self._choices(tokens, place))

    def _copies(self, tokens: Sequence[str], starts: Sequence[int], wrong: Sequence[str]) -> Iterator[Filling]:
        """A copy into a wrong output, put before each line, from the last to the first."""
        sources = self._registers(tokens)
        for start in reversed(starts):
            for template in self.syntax.copies:
                token = template.replace(" ", SPACE)
                for register in wrong:
                    for source in sources:
                        added = (token, register, source)
                        yield Filling((*tokens[:start], *added, *tokens[start:]), f"+ {template} of {source}")

    def _makers(self, tokens: Sequence[str], starts: Sequence[int], wrong: Wrong) -> Iterator[int]:
        """Places in the lines that make what is wrong."""
        lines = [self._writer(tokens, starts, register) for register in wrong.registers]
        stores = [start for start in starts if self._stores(tokens, start)]
        for number in wrong.stores:
            if number <= len(stores):
                store = stores[number - 1]
                before = [start for start in starts if start < store]
                lines += [store, self._writer(tokens, before, tokens[store + 1])]
        if wrong.leaving:
            lines += [*starts[-1:], *starts[-2:-1]]
        if wrong.link:
            lines += [start for start in starts if list(tokens[start + 1 : start + 2]) == [self.syntax.link]]
        for start in dict.fromkeys(lines):
            if start is not None:
                yield from range(start, start + 1 + len(shapes(tokens[start])))

    def _writer(self, tokens: Sequence[str], starts: Sequence[int], register: str) -> int | None:
        """The last line that names ``register`` first and is no store."""
        found = (
            s for s in reversed(starts) if list(tokens[s + 1 : s + 2]) == [register] and not self._stores(tokens, s)
        )
        return next(found, None)

    def _stores(self, tokens: Sequence[str], start: int) -> bool:
        template = tokens[start].replace(SPACE, " ")
        kinds = tuple(Operand("imm" if s == "i" else "reg", "x", s) for s in shapes(template))
        return self.syntax.touches_memory(template) and self.syntax.written(template, kinds) == ((), False)

    def _registers(self, tokens: Sequence[str]) -> list[str]:
        named = [f"x{n}" for n in range(len(self.block.naming.registers))]
        return [*named, *dict.fromkeys(t for t in tokens if t[:1] == "$")]

    def _choices(self, tokens: Sequence[str], place: int) -> list[str]:
        """What else may stand at a place, without what is there."""
        token = tokens[place]
        naming = self.block.naming
        if "{" in token:
            found = list(self.forms.get(tuple(shapes(token)), ()))
        elif token[:1] in ("x", "$") or token in self.syntax.constant:
            found = [*self._registers(tokens), "zero"]
        elif token[:1] in ("l", "s", "k") and token[1:].isdigit():
            found = [f"l{n}" for n in range(len(naming.labels))] + [f"s{n}" for n in range(len(naming.symbols))]
        else:
            slots = [f"{f}{n}" for n in range(len(naming.immediates.values)) for f in ("i", "neg", "lo", "hi")]
            literals = [f"{f}#{v}" for v in naming.immediates.literals for f in ("", "neg", "inc", "dec")]
            near = [f"#{v + d}" for v in naming.immediates.literals for d in (-8, 8)]
            found = [*slots, *literals, *near, *NUMBERS]
        return [t for t in dict.fromkeys(found) if t != token]


def _changed(tokens: Sequence[str], change: Mapping[int, str]) -> Filling:
    told = ", ".join(f"{tokens[place]} -> {token}" for place, token in change.items())
    return Filling(tuple(change.get(n, token) for n, token in enumerate(tokens)), told)


def line_starts(tokens: Sequence[str]) -> list[int]:
    """Where each line of a body begins in its tokens."""
    found: list[int] = []
    place = 0
    while place < len(tokens):
        if tokens[place].startswith(MARK):
            place += 1
            continue
        found.append(place)
        place += 1 + len(shapes(tokens[place]))
    return found


def by_shapes(vocabulary: Iterable[str]) -> Mapping[tuple[str, ...], Sequence[str]]:
    """The instruction forms among ``vocabulary``, by their operands."""
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for token in vocabulary:
        if "{" in token:
            found[tuple(shapes(token))].append(token)
    return found
