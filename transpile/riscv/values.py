"""Values inside one block: what target registers contain, and how that relates to source values.

A ``Content`` is one 64-bit value that the emitted code computes (or finds at entry); it never changes, but may be held
by several registers, or by none any more. A ``Bind`` says how a content represents a source value.
"""

from __future__ import annotations

from typing import NamedTuple

MASK64 = (1 << 64) - 1


class EmitError(Exception):
    """The block cannot be emitted as it stands; the message says why."""


def wrap(value: int) -> int:
    """``value`` as a signed 64-bit number."""
    value &= MASK64
    return value - (1 << 64) if value >> 63 else value


def sign_extended(value: int, bits: int) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


class Content:
    """A 64-bit value: below ``2 ** u``, and the sign extension of its low ``s`` bits."""

    __slots__ = ("boxed", "const", "kept", "number", "pins", "places", "refs", "s", "stamp", "symbol", "u")

    def __init__(self, number: int, u: int = 64, s: int = 64) -> None:
        self.number = number
        self.u = u
        self.s = min(s, u + 1, 64)
        self.places: list[str] = []
        """Registers, and slots as ``[offset]``, that hold it now."""
        self.refs = 0
        """How many source locations, temporaries and pending flags need it."""
        self.kept = 0
        """Above zero while the current micro-operation may still want it."""
        self.pins = 0
        """Above zero while an instruction being built names its register."""
        self.const: int | None = None
        self.symbol: tuple[str, str, int] | None = None
        """Pseudo instruction, name, addend that compute it again."""
        self.boxed = False
        """The upper 32 bits are ones: a valid single-precision register."""
        self.stamp = 0


class Bind(NamedTuple):
    """A source value whose low ``bits`` bits are those of ``content``.

    Its upper bits are zero if ``zero``, else unknown (or dead). With ``bits == 64`` the two are equal.
    """

    content: Content
    bits: int = 64
    zero: bool = False


def bind(content: Content, bits: int, zero: bool) -> Bind:
    """The strongest ``Bind`` that says this."""
    if bits >= 64 or (zero and content.u <= bits):
        return Bind(content, 64, False)
    return Bind(content, bits, zero)


def truncated(value: Bind, bits: int, zero: bool) -> Bind:
    """The low ``bits`` of ``value``; above them zero or unknown."""
    if value.bits <= bits:
        return value if value.zero or not zero else Bind(value.content, value.bits, zero)
    return bind(value.content, bits, zero)
