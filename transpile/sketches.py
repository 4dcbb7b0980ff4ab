"""Sketches: parts of a refuted proposal become holes, and are filled until a proof passes.

Holes are what the proposal's model was unsure of, and what the counterexample points at: the instructions that make a
wrong output. Numbers are the solver's to find, from counterexamples (``immediates``). What else may stand in a hole is
finite (``transpile.native.canonical.fillings``): each filling is read like any proposal and judged by the prover; one
that leaves fewer outputs wrong is where the next step begins.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
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
from transpile.native.canonical.fillings import HOLES, Filling, Fillings, Wrong, by_shapes
from transpile.native.canonical.repair import outputs
from transpile.native.canonical.source import CanonicalBlock, canonical
from transpile.native.canonical.target import Read, Unspeakable, read, write
from transpile.planning import BlockUnit, Body, cost
from transpile.targets import syntax_of

STEPS = 3
"""Fillings that may build on one another."""
FILLINGS = 300
"""Fillings of one step that are given to the prover."""
BATCH = 60
"""Fillings that are assembled together."""
RLIMIT = 20_000
"""Solver units of each of those proofs."""
STORE = re.compile(r"of store (\d+)")
"""How the prover names what is wrong with a store."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A body and the outputs it gets wrong; ``wrong`` is empty for one that is proved, None if it cannot be told."""

    body: Body
    wrong: frozenset[str] | None

    def nearer(self, other: Tried) -> bool:
        if self.wrong is None:
            return False
        return other.wrong is None or self.wrong < other.wrong


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
        if form is None:
            return None
        numbers = self._numbers(unit, given)
        if numbers is not None:
            return numbers
        syntax = syntax_of(self.target.abi.name)
        fillings = Fillings(form, syntax, self.forms)
        try:
            tokens = tuple(write(given.body, form, syntax, arrange=False))
        except Unspeakable:
            return None
        now = self._tried(unit, given.body)
        doubts = given.doubts
        told: list[str] = []
        for _ in range(STEPS):
            choices = islice(fillings.of(tokens, doubts, _wrong(now.wrong or frozenset(), form)), FILLINGS)
            found = self._step(unit, now, list(choices), fillings)
            if found is None:
                return None
            now, filling = found
            told.append(filling.told)
            if not now.wrong:
                return Candidate(now.body, cost(now.body), given.proposer, filled=tuple(told))
            tokens, doubts = filling.tokens, ()
        return None

    def _step(
        self, unit: BlockUnit, now: Tried, given: Sequence[Filling], fillings: Fillings
    ) -> tuple[Tried, Filling] | None:
        """The first filling that is proved, or else the first that is nearer than ``now``."""
        seen: set[Body] = set()
        for start in range(0, len(given), BATCH):
            bodies = [(filling, self._read(filling, fillings)) for filling in given[start : start + BATCH]]
            fresh = [(filling, one.body) for filling, one in bodies if one is not None and one.body not in seen]
            seen.update(body for _, body in fresh)
            self.checker.expect(body for _, body in fresh)
            nearer = None
            for filling, body in fresh:
                tried = self._tried(unit, body)
                if tried.wrong is not None and not tried.wrong:
                    return tried, filling
                if nearer is None and tried.nearer(now):
                    nearer = tried, filling
            if nearer is not None:
                return nearer
        return None

    def _read(self, filling: Filling, fillings: Fillings) -> Read | None:
        try:
            return read(filling.tokens, fillings.block, fillings.syntax)
        except Unspeakable:
            return None

    def _tried(self, unit: BlockUnit, body: Body) -> Tried:
        if self.checker.missing(unit, body):
            return Tried(body, None)
        try:
            outcome = self.checker.attempt(unit, body, RLIMIT)
        except TranspileError:
            raise
        except Exception:
            return Tried(body, None)
        if isinstance(outcome, Undecided):
            return Tried(body, None)
        if isinstance(outcome.verdict, Proved):
            return Tried(body, frozenset())
        return Tried(body, frozenset(outcome.difference.names) if outcome.difference is not None else None)

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


def _wrong(names: frozenset[str], form: CanonicalBlock) -> Wrong:
    """What the obligations that fail are about."""
    registers = (token for token in outputs(sorted(names), form) if token[0] == "x" and token[1:].isdigit())
    stores = (int(found[1]) for found in map(STORE.search, sorted(names)) if found)
    leaving = any("exit" in name for name in names)
    return Wrong(tuple(registers), tuple(dict.fromkeys(stores)), leaving, "return address" in names)


@cache
def forms(target: str) -> Mapping[tuple[str, ...], Sequence[str]]:
    """Instruction forms that the embedded model knows, by their operands."""
    path = WEIGHTS / target / "shared_vocabulary.json"
    return by_shapes(json.loads(path.read_text()) if path.exists() else ())
