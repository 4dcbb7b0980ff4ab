"""Sketches: parts of a refuted proposal that its model was unsure of become holes, and are filled until a proof passes.

A hole is an operand or an instruction form. Numbers are the solver's to find, from counterexamples (``immediates``).
What else may stand in a hole is finite: the block's own registers, temporaries, immediates and what follows from them,
labels, and forms with the same operands. Fillings are tried one hole at a time and then in pairs; each is read like any
proposal, all are assembled together, and the prover decides about each.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice

from transpile.checker import BlockChecker
from transpile.core.loop import Candidate, Judged
from transpile.core.verdict import Proved, Undecided
from transpile.errors import TranspileError
from transpile.immediates import immediates, solve
from transpile.lm.embedded import WEIGHTS
from transpile.native.abi import TargetIsa
from transpile.native.canonical.source import MARK, CanonicalBlock, canonical
from transpile.native.canonical.syntax import shapes
from transpile.native.canonical.target import Unspeakable, read, write
from transpile.native.sketch import Hole
from transpile.planning import BlockUnit, Body, cost
from transpile.targets import syntax_of

HOLES = 4
"""Holes of one sketch."""
FILLINGS = 240
"""Fillings of one sketch that are given to the prover."""
RLIMIT = 20_000
"""Solver units of each of those proofs."""
NUMBERS = tuple(f"#{n}" for n in (0, 1, 2, 3, 4, 8, 12, 16, 24, 31, 32, 48, 63, 255, -1))


@dataclass(slots=True)
class SketchFiller:
    """The loop's repairer for one target."""

    checker: BlockChecker
    target: TargetIsa
    forms: Mapping[tuple[str, ...], Sequence[str]] = field(init=False)

    def __post_init__(self) -> None:
        self.forms = forms(self.target.abi.name)

    def repair(self, unit: BlockUnit, judged: Judged[Body]) -> Candidate[Body] | None:
        """A filling that is proved with few solver units; the loop judges it again."""
        given = judged.candidate
        form = canonical(unit.block, unit.function, self.target.abi)
        if form is None or not given.doubts:
            return None
        numbers = self._numbers(unit, given)
        if numbers is not None:
            return numbers
        try:
            tokens = write(given.body, form, syntax_of(self.target.abi.name), arrange=False)
        except Unspeakable:
            return None
        fillings = list(islice(self._fillings(tokens, given.doubts, form), FILLINGS))
        self.checker.expect(body for _, body in fillings)
        for filled, body in fillings:
            if not self.checker.missing(unit, body) and self._proved(unit, body):
                return Candidate(body, cost(body), given.proposer, filled=filled)
        return None

    def _numbers(self, unit: BlockUnit, given: Candidate[Body]) -> Candidate[Body] | None:
        """The doubtful immediates as the solver finds them: one at a time, then all."""
        syntax = syntax_of(self.target.abi.name)
        holes = immediates(given.body, given.doubts, syntax)[:HOLES]
        for chosen in (*([hole] for hole in holes), *([holes] if len(holes) > 1 else [])):
            try:
                found = solve(self.checker, unit, given.body, chosen, syntax, RLIMIT)
            except TranspileError:
                raise
            except Exception:
                continue
            if found is not None:
                return Candidate(found[0], cost(found[0]), given.proposer, filled=found[1])
        return None

    def _proved(self, unit: BlockUnit, body: Body) -> bool:
        try:
            outcome = self.checker.attempt(unit, body, RLIMIT)
        except Exception:
            return False
        return not isinstance(outcome, Undecided) and isinstance(outcome.verdict, Proved)

    def _fillings(
        self, tokens: Sequence[str], doubts: Sequence[Hole], form: CanonicalBlock
    ) -> Iterator[tuple[tuple[str, ...], Body]]:
        """Bodies that differ at the holes, with what was put where; the likeliest holes first."""
        starts = line_starts(tokens)
        holes = [starts[h.line] + 1 + h.operand for h in doubts[:HOLES] if h.line < len(starts)]
        choices = {place: self._choices(tokens, place, form) for place in holes}
        changes: list[dict[int, str]] = [{place: token} for place in holes for token in choices[place]]
        pairs = (
            {one: first, other: second}
            for n, one in enumerate(holes) for other in holes[n + 1 :]
            for first in choices[one] for second in choices[other]
        )  # fmt: skip
        syntax = syntax_of(self.target.abi.name)
        seen: set[Body] = set()
        for change in (*changes, *islice(pairs, 4 * FILLINGS)):
            try:
                body = read([change.get(n, token) for n, token in enumerate(tokens)], form, syntax).body
            except Unspeakable:
                continue
            if body not in seen:
                seen.add(body)
                yield tuple(f"{tokens[place]} -> {token}" for place, token in change.items()), body

    def _choices(self, tokens: Sequence[str], place: int, form: CanonicalBlock) -> list[str]:
        """What else may stand at a place, without what is there."""
        token = tokens[place]
        naming = form.naming
        if "{" in token:
            found = list(self.forms.get(tuple(shapes(token)), ()))
        elif token[:1] in ("x", "$") or token in syntax_of(self.target.abi.name).constant:
            found = [f"x{n}" for n in range(len(naming.registers))] + [t for t in tokens if t[:1] == "$"] + ["zero"]
        elif token[:1] in ("l", "s", "k") and token[1:].isdigit():
            found = [f"l{n}" for n in range(len(naming.labels))] + [f"s{n}" for n in range(len(naming.symbols))]
        else:
            slots = [f"{f}{n}" for n in range(len(naming.immediates.values)) for f in ("i", "neg", "lo", "hi")]
            literals = [f"{f}#{v}" for v in naming.immediates.literals for f in ("", "neg", "inc", "dec")]
            found = [*slots, *literals, *NUMBERS]
        return [t for t in dict.fromkeys(found) if t != token]


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


@cache
def forms(target: str) -> Mapping[tuple[str, ...], Sequence[str]]:
    """Instruction forms that the embedded model knows, by their operands."""
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    path = WEIGHTS / target / "shared_vocabulary.json"
    for token in json.loads(path.read_text()) if path.exists() else ():
        if "{" in token:
            found[tuple(shapes(token))].append(token)
    return found
