"""Languages that add to C: what they write otherwise, and functions for which C has no prototype."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from transpile.c.tokens import Token
from transpile.c.types import CType

Generic: TypeAlias = CType | int | Literal["pointee", "common"]
"""What a function gives that takes anything: always one type, that of the argument of this index, what the first one
points to (the others are converted to it), or the common type of all, to which they are converted."""


def _unchanged(tokens: Sequence[Token]) -> Sequence[Token]:
    return tokens


@dataclass(frozen=True, slots=True)
class Dialect:
    """``rewrite`` makes C of the user's preprocessed tokens; tokens it adds have the places of others. ``generic`` are
    functions whose arguments are taken as they are."""

    rewrite: Callable[[Sequence[Token]], Sequence[Token]] = _unchanged
    generic: Mapping[str, Generic] = field(default_factory=dict)


PLAIN = Dialect()
