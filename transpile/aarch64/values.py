"""Values of one block and the registers that hold them.

Each micro-operation's result is a new ``Val``; names (source locations, temps) point to the Val they currently mean, so
a copy costs nothing and an old value lives on under another name. Some Vals are made only when used (``lazy``).
"""

from __future__ import annotations

from collections.abc import Iterable

from transpile.native.micro import Symbol


class Val:
    """``reg`` is -1 while in no register. The register's content is below ``2 ** u`` and the sign extension of its low
    ``s`` bits; ``u32`` and ``s32`` say the same of its low half (of vectors only ``u`` is used)."""

    __slots__ = (
        "amount", "args", "const", "lazy", "names", "pins", "reg", "s", "s32", "symbol", "u", "u32", "vector", "weak",
    )  # fmt: skip

    def __init__(self, reg: int = -1, vector: bool = False, u: int = 64, s: int = 64, u32: int = 32, s32: int = 32):
        self.reg = reg
        self.vector = vector
        self.u = u
        self.s = s
        self.u32 = u32 if u32 < u else u
        self.s32 = s32
        self.const: int | None = None
        self.symbol: Symbol | None = None
        self.lazy = ""
        """How to make it when it is in no register: ``const symbol and mul sxtw shl slot spilled``."""
        self.args: tuple[Val, ...] = ()
        self.amount = 0
        """A lazy value's further parameter: shift count, slot offset, or width in bytes."""
        self.pins = 0
        """How many pending uses keep it alive beyond its names."""
        self.names: dict[str | int, None] = {}
        self.weak = False
        """Kept only in case it is wanted again."""


def const_val(value: int) -> Val:
    """A 64-bit constant, made when used."""
    value &= (1 << 64) - 1
    low = value & 0xFFFFFFFF
    val = Val(-1, False, value.bit_length(), signed_bits(value, 64), low.bit_length(), signed_bits(low, 32))
    val.const = value
    val.lazy = "const"
    return val


def symbol_val(symbol: Symbol) -> Val:
    val = Val()
    val.symbol = symbol
    val.lazy = "symbol"
    return val


def signed_bits(value: int, width: int) -> int:
    """The fewest bits that ``value`` is the sign extension of."""
    if value >> (width - 1):
        value ^= (1 << width) - 1
    return value.bit_length() + 1


class Bank:
    """The integer or the vector registers: who is in which, and which must not be touched by the current step."""

    __slots__ = ("locked", "owner", "reserve", "scratch")

    def __init__(self, scratch: Iterable[int], reserve: Iterable[int]) -> None:
        self.owner: list[Val | None] = [None] * 32
        self.locked: set[int] = set()
        self.scratch = tuple(scratch)
        self.reserve = tuple(r for r in reserve if r not in self.scratch)
        """Used when the scratch registers run out: homes of locations that are dead here."""

    def forget(self, reg: int) -> None:
        """``reg`` is about to be overwritten."""
        old = self.owner[reg]
        if old is not None and old.reg == reg:
            old.reg = -1
        self.owner[reg] = None

    def put(self, val: Val, reg: int) -> None:
        old = self.owner[reg]
        if old is not None and old is not val and old.reg == reg:
            old.reg = -1
        self.owner[reg] = val
        val.reg = reg
