"""The search for cheaper bodies as a proposer: it starts from the rules' translation and proves what it tries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from transpile.checker import BlockChecker
from transpile.core.loop import Candidate, Judged
from transpile.core.verdict import Proved, Undecided
from transpile.native.abi import TargetIsa
from transpile.native.canonical.source import canonical
from transpile.native.canonical.target import Unspeakable, read, write
from transpile.planning import BlockUnit, Body, cost
from transpile.search import Search
from transpile.sizes import Sizes
from transpile.targets import fusions_of, syntax_of

RLIMIT = 20_000
"""Solver units of a proof while the search tries changes."""


@dataclass(slots=True)
class Trials:
    """The search's ground for one block."""

    checker: BlockChecker
    known: Sizes
    unit: BlockUnit

    def sizes(self, bodies: Sequence[Body]) -> list[int | None]:
        """The machine instructions of each body."""
        self.known.learn(bodies)
        found = [self.known.of(body) for body in bodies]
        return [size if isinstance(size, int) else None for size in found]

    def proves(self, bodies: Sequence[Body]) -> Iterator[bool]:
        """Whether few solver units prove each body."""
        self.checker.expect(bodies)
        for body in bodies:
            yield self._proved(body)

    def _proved(self, body: Body) -> bool:
        try:
            if self.checker.missing(self.unit, body):
                return False
            outcome = self.checker.attempt(self.unit, body, RLIMIT)
        except Exception:
            return False
        return not isinstance(outcome, Undecided) and isinstance(outcome.verdict, Proved)


@dataclass(slots=True)
class SearchProposer:
    """``bodies``: the rules' translations, by the identity of the block."""

    target: TargetIsa
    checker: BlockChecker
    sizes: Sizes
    bodies: Mapping[int, Body]
    name: str = "search"
    learns: bool = False
    search: Search = field(init=False)

    def __post_init__(self) -> None:
        name = self.target.abi.name
        self.search = Search(syntax_of(name), fusions_of(name))

    def prepare(self, units: Sequence[BlockUnit]) -> None:
        """Nothing is asked ahead."""

    def propose(self, unit: BlockUnit, feedback: Sequence[Judged[Body]]) -> list[Candidate[Body]]:
        """The cheapest body found, if one is cheaper than the rules'."""
        body = self.bodies.get(id(unit.block))
        form = canonical(unit.block, unit.function, self.target.abi)
        if feedback or body is None or form is None:
            return []
        try:
            tokens = write(body, form, self.search.syntax)
            found = self.search.cheaper(tokens, form, Trials(self.checker, self.sizes, unit))
            best = read(found, form, self.search.syntax).body if found is not None else None
        except Unspeakable:
            return []
        return [Candidate(best, cost(best), self.name)] if best is not None else []
