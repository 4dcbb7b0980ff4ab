"""Which constants AArch64 instructions can carry, and how to make the others."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)
def is_bitmask(value: int, size: int) -> bool:
    """Whether ``and orr eor tst`` take ``value`` (unsigned, ``size`` bytes) as immediate (Arm ARM, DecodeBitMasks)."""
    width = 8 * size
    if value == 0 or value == (1 << width) - 1:
        return False
    element = width
    while element > 2:
        half = element >> 1
        mask = (1 << half) - 1
        if value & mask != (value >> half) & mask:
            break
        element = half
        value &= mask
    mask = (1 << element) - 1
    value &= mask
    if value & 1:
        value ^= mask
    return value != 0 and ((value | (value - 1)) + 1) & mask & (value | (value - 1)) == 0


def is_add(value: int) -> bool:
    """Whether ``add`` and ``sub`` take ``value``: 12 bits, or 12 bits shifted by 12."""
    return 0 <= value < 4096 or (0 <= value < 1 << 24 and value & 0xFFF == 0)


def add_text(value: int) -> str:
    return f"#{value}" if value < 4096 else f"#{value >> 12}, lsl #12"


@lru_cache(maxsize=4096)
def build(value: int, size: int) -> tuple[tuple[str, str], ...]:
    """``(mnemonic, operands after the destination)`` that make ``value``; the destination is also read by ``movk``
    and by every line after the first."""
    chunks = [(value >> shift) & 0xFFFF for shift in range(0, 8 * size, 16)]
    zeros = sum(c == 0 for c in chunks)
    ones = sum(c == 0xFFFF for c in chunks)
    if len(chunks) - max(zeros, ones) > 1 and is_bitmask(value, size):
        return (("mov", f"#{value:#x}"),)
    skip, first = (0xFFFF, "movn") if ones > zeros else (0, "movz")
    wanted = [(i, c) for i, c in enumerate(chunks) if c != skip] or [(0, skip)]
    rows = []
    for n, (i, c) in enumerate(wanted):
        shift = f", lsl #{16 * i}" if i else ""
        if n:
            rows.append(("movk", f"#{c:#x}{shift}"))
        elif len(wanted) == 1:
            signed = value - (1 << 8 * size) if value >> (8 * size - 1) else value
            rows.append(("mov", f"#{signed}" if abs(signed) < 65536 else f"#{value:#x}"))
        else:
            rows.append((first, f"#{(c ^ 0xFFFF if first == 'movn' else c):#x}{shift}"))
    return tuple(rows)
