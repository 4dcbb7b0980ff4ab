"""What is checked: a block, its translation and the relations around it; and what has to be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transpile.native.relation import Relation
from transpile.solvers import terms as t
from transpile.solvers.step import Step
from transpile.solvers.terms import Term

S = t.var("S", 64)
DYNAMIC = t.var("D", 64)
RETURN_ADDRESS = t.var("RA", 64)


@dataclass(frozen=True, slots=True)
class Convention:
    """What the prover needs of the target: stack pointer, link register, registers a callee preserves."""

    isa: str
    stack_pointer: str
    link: str
    preserved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One block to check. ``exits``: successor label, or ``call`` ``tail`` ``ret`` -> relation. ``falls`` names where
    the source and the target go when they run off their end."""

    source: Sequence[Step]
    target: Sequence[Step]
    entry: Relation
    exits: Mapping[str, Relation]
    labels: Mapping[str, str]
    """Every label of the function -> the label of its block."""
    label: str
    source_falls: str = ""
    target_falls: str = ""
    callee_skew: int | None = 0
    """``Frame.skew`` of the function that is called or jumped to at the end; 0 if it is not of this file, None if it is
    detached."""
    detached: bool = False
    """The block is of a function whose frame may lie elsewhere than the source's; see ``detached``."""
    slots: frozenset[int] = frozenset()
    """The function's private slots, as offsets from its frame's lower end."""
    undefined: frozenset[str] = frozenset()
    """Source registers that the convention leaves undefined at entry (after a call): while they are untouched, any
    target value will do for them."""


@dataclass(slots=True)
class Obligation:
    """``goal`` must hold whenever ``guard`` does; ``name`` says what it is about."""

    name: str
    guard: Term
    goal: Term


class Mismatch(Exception):
    """The translation has another shape than the source: other exits or stores."""
