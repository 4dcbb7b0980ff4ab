"""State relations: how the source machine's state at a block edge is held by the target machine.

A relation is *untrusted* data. The checker assumes it at a block's entry and proves it at every exit, so a relation
that is wrong somewhere makes a proof fail; it cannot make a wrong block pass. ``S`` below is the target's stack pointer
at function entry (a multiple of 16); the source's stack pointer there is ``S - 8`` and the return address lies at
``[S - 8, S)``, as if the call had pushed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Form:
    """How a target location holds a source value: its low ``bits`` are equal, and the rest of the location is
    ``any`` thing, the ``sext`` of those bits, or (RISC-V floats) the all-ones ``nanbox``."""

    bits: int
    rest: str = "any"

    def __str__(self) -> str:
        return f"{self.bits}" if self.rest == "any" else f"{self.bits} {self.rest}"


FULL = Form(64)
S32 = Form(32, "sext")
LOW32 = Form(32)
LOW16 = Form(16)
LOW8 = Form(8)
BOXED = Form(32, "nanbox")
VECTOR = Form(128)


@dataclass(frozen=True, slots=True)
class Range:
    """Known about a *source* 64-bit register: it is below ``2 ** unsigned``, and is the sign extension of its low
    ``signed`` bits. ``Range(64, 64)`` says nothing; ``Range(32, 64)`` follows any 32-bit write."""

    unsigned: int = 64
    signed: int = 64

    def join(self, other: Range) -> Range:
        return Range(max(self.unsigned, other.unsigned), max(self.signed, other.signed))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source location lives on the target: a register, or (``slot`` >= 0) 8 bytes at ``sp + slot``
    that belong to the translation alone."""

    register: str = ""
    slot: int = -1

    def __str__(self) -> str:
        return self.register or f"[sp+{self.slot}]"


@dataclass(frozen=True, slots=True)
class EdgeFlags:
    """Source flags that are live across an edge.

    ``kind`` and ``size`` are those of the FLAGS micro-op that made them. ``places`` holds the target registers with the
    operands (each sign-extended from ``size`` to 64 bits; floats: the float register), in the order of FLAGS ``args``;
    constants stand as ``#value``. With ``kind == "nzcv"`` (AArch64) the flags are in NZCV as after ``kind`` named by
    ``nzcv`` ("sub": C is inverted; "add"; "logic"; "fcmp"). ``live`` names the flags needed, from ``ozscp``.
    """

    kind: str
    size: int
    places: tuple[str, ...]
    live: str
    nzcv: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """The stack at an edge.

    ``depth``: source sp is ``S - 8 - depth`` (static frames). ``reserved``: target sp is ``S - reserved``. ``ra`` says
    where the return address is: ``"register"`` or ``"slot"`` (in ``[S - 8, S)``). With ``dynamic`` both stack pointers
    are unknown but source sp = target sp + ``gap``; known frame registers still relate to S.
    """

    depth: int = 0
    reserved: int = 0
    ra: str = "register"
    dynamic: bool = False
    gap: int = 0
    skew: int = 0
    """8 in a function whose callers all call it with a misaligned stack: source sp at entry is then ``S``."""
    size: int = 0
    """Bytes that the function reserves when it has a frame: its private slots are at ``S - size`` and up."""


@dataclass(frozen=True, slots=True)
class Relation:
    """The relation at one edge. Keys are source locations: ``rax`` … ``r15``; for vector registers
    ``xmm0`` (whole, AArch64) or ``xmm0.lo`` / ``xmm0.hi`` (8-byte halves, RISC-V)."""

    frame: Frame
    places: Mapping[str, tuple[Place, Form]] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)
    offsets: Mapping[str, int] = field(default_factory=dict)
    """Source registers with a known value ``S + offset`` (a frame pointer)."""
    flags: EdgeFlags | None = None
