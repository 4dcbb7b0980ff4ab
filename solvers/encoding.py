"""What the encoders of all ISAs share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from transpile.errors import TranspileError
from transpile.native.micro import Symbol
from transpile.solvers.pcode import RawOp


class EncodingError(TranspileError):
    """``messages``: position of the instruction -> why it has no meaning here."""

    def __init__(self, messages: Mapping[int, str]) -> None:
        self.messages = dict(messages)
        first = min(self.messages)
        super().__init__(f"{len(self.messages)} instructions cannot be encoded; number {first}: {self.messages[first]}")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.messages,)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A target text, taken apart: either operations of our own, or a text to assemble in which ``symbols`` maps
    constants to the symbols they stand for. ``target``: where it branches to or what it calls."""

    text: str = ""
    symbols: Mapping[int, Symbol] = field(default_factory=dict)
    target: str = ""
    ops: Sequence[RawOp] | None = None


def symbol(name: str, addend: str | None = "", kind: str = "") -> Symbol:
    """A symbol from its written parts."""
    return Symbol(name, int(addend.replace(" ", ""), 0) if addend else 0, kind)
