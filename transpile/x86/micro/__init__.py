"""x86-64 instructions as micro-operations.

``translate`` gives what one instruction does, ``translate_rep`` one round of a repeated string instruction; ``Fresh``
carries what a block's instructions share. An instruction without a row here raises UnsupportedError.
"""

from __future__ import annotations

from transpile.native.micro import Micro
from transpile.x86.insn import Insn
from transpile.x86.micro import arithmetic, atomic, bits, control, moves, packed, scalar, shifts, strings
from transpile.x86.micro.builder import Builder
from transpile.x86.micro.fresh import ENTRY, UNDEFINED, Fresh
from transpile.x86.micro.rows import Rows
from transpile.x86.micro.strings import is_repeated, translate_rep

__all__ = ["ENTRY", "ROWS", "UNDEFINED", "Fresh", "is_repeated", "translate", "translate_rep"]

ROWS: Rows = {
    **moves.ROWS,
    **arithmetic.ROWS,
    **shifts.ROWS,
    **bits.ROWS,
    **atomic.ROWS,
    **control.ROWS,
    **strings.ROWS,
    **scalar.ROWS,
    **packed.ROWS,
}
"""Every mnemonic that is translated."""


def translate(insn: Insn, fresh: Fresh) -> list[Micro]:
    """What ``insn`` does, after the instructions that ``fresh`` has seen."""
    b = Builder(insn, fresh)
    row = ROWS.get(insn.mnemonic)
    if row is None:
        raise b.refuse()
    if is_repeated(insn):
        raise b.refuse("a repeated string instruction inside a block")
    row(b)
    fresh.learn(b.ops)
    return b.ops
