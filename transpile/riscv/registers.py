"""RISC-V register names, grouped the way the emitter uses them (psABI names only)."""

from __future__ import annotations

SCRATCH = ("t3", "t4", "t5", "t6", "a7", "a6")
"""Integer registers that never are the home of a source register by default, in order of preference."""

ARGUMENTS = ("a0", "a1", "a2", "a3", "a4", "a5")
CALLER_SAVED = (*SCRATCH, "t2", "t1", "t0", *reversed(ARGUMENTS))
"""Every integer register that a call may change, best scratch first."""

CALLEE_SAVED = ("s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11")

VECTOR_SCRATCH = ("ft8", "ft9", "ft10", "ft11")
VECTOR_CALLER_SAVED = (
    *VECTOR_SCRATCH,
    *(f"ft{number}" for number in range(7, -1, -1)),
    *(f"fa{number}" for number in range(7, -1, -1)),
)
VECTOR_CALLEE_SAVED = tuple(f"fs{number}" for number in range(12))

INTEGER = frozenset((*CALLER_SAVED, *CALLEE_SAVED, "zero", "ra", "sp", "gp", "tp"))
FLOATING = frozenset((*VECTOR_CALLER_SAVED, *VECTOR_CALLEE_SAVED))
