"""What the emulators need of a proof problem. The shapes are those of ``transpile.solvers``, which is not imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from transpile.native.micro import Symbol
from transpile.native.relation import Relation


class Step(Protocol):
    """One instruction, or a local label; see ``transpile.solvers.step``."""

    @property
    def text(self) -> str: ...
    @property
    def code(self) -> bytes: ...
    @property
    def target(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def symbols(self) -> tuple[tuple[int, Symbol, bool], ...]: ...


class Case(Protocol):
    """A block, its translation and the relations around it; see ``transpile.solvers.prove``."""

    @property
    def source(self) -> Sequence[Step]: ...
    @property
    def target(self) -> Sequence[Step]: ...
    @property
    def entry(self) -> Relation: ...
    @property
    def exits(self) -> Mapping[str, Relation]: ...
    @property
    def labels(self) -> Mapping[str, str]: ...
    @property
    def label(self) -> str: ...
    @property
    def source_falls(self) -> str: ...
    @property
    def target_falls(self) -> str: ...
    @property
    def undefined(self) -> frozenset[str]: ...
    @property
    def slots(self) -> frozenset[int]: ...


class Convention(Protocol):
    """What testing needs of the target; see ``transpile.solvers.prove``."""

    @property
    def isa(self) -> str: ...
    @property
    def link(self) -> str: ...
    @property
    def preserved(self) -> tuple[str, ...]: ...


class Model(Protocol):
    """A counterexample of the solver: variables, and bytes by (version of memory, address)."""

    @property
    def env(self) -> Mapping[str, int]: ...
    @property
    def memory(self) -> Mapping[tuple[int, int], int]: ...
