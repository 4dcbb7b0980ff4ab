"""Last touches on emitted lines that need no knowledge of the source: paired accesses, loads that extend.

Two stores are paired only when they stood next to each other, lower address first: their order does not change.
"""

from __future__ import annotations

import re

from transpile.native.block import TargetLine

_ACCESS = re.compile(r"(ldr|str) ([xqd])(\d+|zr), \[(sp|x\d+)(?:, #(-?\d+))?\]$")
_SIZES = {"x": 8, "q": 16, "d": 8}


def improve(lines: list[TargetLine], memory_model: str) -> list[TargetLine]:
    """``lines``, or fewer that do the same."""
    out: list[TargetLine] = []
    for line in lines:
        text = line.text
        if out and text[:4] in ("ldr ", "str ") and out[-1].text[:4] == text[:4]:
            paired = pair(out[-1].text, text)
            if paired:
                out[-1] = TargetLine(paired, "", out[-1].source_line)
                continue
        out.append(line)
    return out


def pair(first: str, second: str) -> str:
    """``ldp`` or ``stp`` for two accesses to neighbouring addresses; empty if they are not."""
    a, b = _ACCESS.match(first), _ACCESS.match(second)
    if a is None or b is None or a[2] != b[2] or a[4] != b[4]:
        return ""
    size = _SIZES[a[2]]
    low, high = int(a[5] or 0), int(b[5] or 0)
    load = a[1] == "ldr"
    one, two = a[2] + a[3], b[2] + b[3]
    if load and (a[3] == b[3] or one == a[4]):
        return ""
    if load and high == low - size:
        low, high, one, two = high, low, two, one
    if high != low + size or low % size or not -64 * size <= low < 64 * size:
        return ""
    where = f"[{a[4]}, #{low}]" if low else f"[{a[4]}]"
    return f"{'ldp' if load else 'stp'} {one}, {two}, {where}"
