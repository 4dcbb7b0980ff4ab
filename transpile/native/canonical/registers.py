"""Registers for the temporaries of a body: linear scan over code that only branches forwards."""

from __future__ import annotations

from collections.abc import Sequence

from transpile.native.canonical.source import CanonicalBlock
from transpile.native.canonical.syntax import Parsed, Syntax

TEMPORARY = "$"
"""How the names of temporaries begin."""
Span = tuple[int, int]


def assign(lines: Sequence[Parsed | str], block: CanonicalBlock, syntax: Syntax) -> list[list[str]] | None:
    """The texts of every line's operands; None when registers run out or one cannot be spelled.

    Line ``i`` reads at time ``2 i`` and writes at ``2 i + 1``, so that a result may take an operand's place.
    """
    uses: dict[str, list[int]] = {}
    vector: dict[str, bool] = {}
    for index, line in enumerate(lines):
        for position, operand in enumerate(() if isinstance(line, str) else line.operands):
            if operand.kind == "reg" and operand.text not in syntax.constant:
                written = not isinstance(line, str) and position in line.writes and not line.tied
                uses.setdefault(operand.text, []).append(2 * index + written)
                if vector.setdefault(operand.text, syntax.vector(operand.shape)) != syntax.vector(operand.shape):
                    return None
    busy = _busy(uses, block, 2 * len(lines) + 1)
    chosen: dict[str, str] = {}
    temporaries = [name for name in uses if name.startswith(TEMPORARY)]
    for name in sorted(temporaries, key=lambda n: (uses[n][0], n)):
        span = (uses[name][0], uses[name][-1])
        register = _free(span, busy, _pool(block, vector[name], syntax))
        if register is None:
            return None
        busy.setdefault(register, []).append(span)
        chosen[name] = register
    return _spelled(lines, chosen, syntax)


def _pool(block: CanonicalBlock, vector: bool, syntax: Syntax) -> tuple[str, ...]:
    return (*syntax.scratch(vector), *(r for r in block.spare if syntax.is_vector(r) == vector))


def _busy(uses: dict[str, list[int]], block: CanonicalBlock, end: int) -> dict[str, list[Span]]:
    """When registers that the relation or the body names may not be taken."""
    busy: dict[str, list[Span]] = {}
    named = {name for name in uses if not name.startswith(TEMPORARY)}
    for register in named | block.entry | block.exit:
        times = uses.get(register, [])
        start = -1 if register in block.entry else times[0] if times else end
        stop = end if register in block.exit else times[-1] if times else -1
        busy[register] = [(start, stop)]
    return busy


def _free(span: Span, busy: dict[str, list[Span]], pool: Sequence[str]) -> str | None:
    for register in pool:
        if all(span[1] < a or b < span[0] for a, b in busy.get(register, ())):
            return register
    return None


def _spelled(lines: Sequence[Parsed | str], chosen: dict[str, str], syntax: Syntax) -> list[list[str]] | None:
    texts: list[list[str]] = []
    for line in lines:
        row: list[str] = []
        for operand in () if isinstance(line, str) else line.operands:
            if operand.kind != "reg":
                row.append(operand.text)
                continue
            text = syntax.spell(operand.shape, chosen.get(operand.text, operand.text))
            if text is None:
                return None
            row.append(text)
        texts.append(row)
    return texts
