"""Why a statement has no translation, as data: a kind that programs can count, and words for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

ReasonKind: TypeAlias = Literal["portable", "foreign", "guarded", "no equal", "not read", "not handled", "not proved"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why there is no translation.

    ``portable``: it means the same everywhere as it stands. ``foreign``: it is not for x86. ``guarded``: the target
    never compiles it. ``no equal``: the target has nothing that does the same. ``not read``: the source text does not
    say enough. ``not handled``: outside of what is translated. ``not proved``: there is a translation, but its verdict
    is too weak to be emitted.
    """

    kind: ReasonKind
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


class Refusal(Exception):
    """Raised where a statement turns out to have no translation."""

    def __init__(self, kind: ReasonKind, text: str) -> None:
        super().__init__(text)
        self.reason = Reason(kind, text)
