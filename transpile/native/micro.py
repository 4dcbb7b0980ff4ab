"""Micro-operations: what a source instruction does, spelled so that any target can emit it.

A source ISA (``transpile.x86``) turns each instruction into a few of these; a target ISA (``transpile.riscv``,
``transpile.aarch64``) turns them into its own instructions. They are a *proposer's* language: nothing here is trusted,
every block that is emitted from them is checked against the instruction semantics by ``transpile.solvers``.

Registers are named as the source manual names the full register (``rax``, ``xmm0``); ``size`` and ``offset`` are bytes.
Writing 4 bytes of an integer register clears its upper half; writing 1 or 2 bytes keeps the rest. Writing part of a
vector register keeps the rest; ``ZEXT`` to 16 bytes clears it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Reg:
    """``size`` bytes at byte ``offset`` of a source register: ``ah`` is ``Reg("rax", 1, 1)``."""

    name: str
    size: int
    offset: int = 0

    @property
    def vector(self) -> bool:
        return self.name.startswith("xmm")


@dataclass(frozen=True, slots=True)
class Temp:
    """A value that lives only inside one block. ``vector`` temps hold floating-point or packed data.

    Reading it with a smaller ``size`` reads its low bytes. Assigned exactly once.
    """

    index: int
    size: int
    vector: bool = False


@dataclass(frozen=True, slots=True)
class Const:
    """An immediate, stored as an unsigned value modulo ``2 ** (8 * size)``."""

    value: int
    size: int

    @property
    def signed(self) -> int:
        half = 1 << (8 * self.size - 1)
        return self.value - (half << 1) if self.value >= half else self.value


@dataclass(frozen=True, slots=True)
class Symbol:
    """The address of ``name`` + ``addend``. ``kind`` says how it is reached.

    ``""`` direct; ``"got"`` the address read from the global offset table (as a value this *is* the symbol's address);
    ``"tpoff"`` its offset from the thread pointer; ``"gottpoff"`` that offset read from the GOT.
    """

    name: str
    addend: int = 0
    kind: str = ""

    @property
    def size(self) -> int:
        return 8


@dataclass(frozen=True, slots=True)
class Native:
    """A value where the *target's* calling convention puts it: ``ret0``, ``ret1`` (integer results), ``fret0``,
    ``fret1`` (floating-point results). Appears only in ``COPY`` at the start of the block after a call."""

    name: str
    size: int = 8


Value: TypeAlias = Reg | Temp | Const | Symbol | Native


@dataclass(frozen=True, slots=True)
class Address:
    """``base + index * scale + disp (+ symbol)``, 64 bits. ``Reg("sp", 8)`` as base is the *target's* stack pointer:
    the frame pass has rewritten ``rsp`` to it. ``segment == "fs"`` is thread-local: base is the thread pointer."""

    base: Reg | Temp | None = None
    index: Reg | Temp | None = None
    scale: int = 1
    disp: int = 0
    symbol: Symbol | None = None
    segment: str = ""


SP = Reg("sp", 8)
"""The target's own stack pointer, as an address base or the destination of SP_ADD."""


class Code(Enum):
    """``dst`` and ``args`` per code; sizes in bytes. Integer operations at sizes 4 and 8 unless noted."""

    # Moves. COPY also crosses classes bit for bit (movd, movq): vector <-> integer at sizes 4 and 8.
    COPY = auto()  # dst, a                     any size incl. 1, 2, 16
    LOAD = auto()  # dst; address               op.size = bytes in memory 1 2 4 8 16; dst.size == op.size, or larger
    #                                             with op.name "z"/"s": zero-/sign-extending load (integer dst)
    STORE = auto()  # address; a                op.size = a.size 1 2 4 8 16
    LEA = auto()  # dst; address                dst.size 4 or 8
    SYMADDR = auto()  # dst, Symbol             dst.size 8
    TLSBASE = auto()  # dst                     the thread pointer (x86 %fs:0), size 8
    # Integer arithmetic: dst, a, b. Constants may stand as b (and as a for SUB).
    ADD = auto()
    SUB = auto()
    AND = auto()
    OR = auto()
    XOR = auto()
    MUL = auto()
    MULHU = auto()  # high half of the full product, size 8 only
    MULHS = auto()
    UDIV = auto()  # divisor non-zero, no overflow: assumed
    UREM = auto()
    SDIV = auto()
    SREM = auto()
    NOT = auto()  # dst, a
    NEG = auto()
    # Sizes 1 and 2 are allowed for ADD..XOR, NOT, NEG: the result is the low bytes.
    SHL = auto()  # dst, a, count               count modulo 32 (size 4) or 64 (size 8); Const or a value of size >= 1
    SHR = auto()
    SAR = auto()
    ROL = auto()
    ROR = auto()
    SEXT = auto()  # dst, a                     a.size < dst.size
    ZEXT = auto()  # dst, a                     a.size < dst.size; dst.size 16 clears the rest of a vector register
    BSWAP = auto()
    CLZ = auto()  # leading zeros, the width in bits for 0
    CTZ = auto()
    POPCNT = auto()
    # Flags. FLAGS defines all flags at once from its operands; consumers name it through Cond.flags.
    FLAGS = auto()  # op.name = kind (see FLAG_KINDS), op.size = width, args; op.imm == 1: private, for a Cond in this
    #                 block only, the source machine's flags keep their value
    SETCC = auto()  # dst (size 1) = cond
    SELECT = auto()  # dst = cond ? a : b       sizes 4, 8; 2 as the low half of 4
    # Control; always last in a block except CALL targets known not to return.
    BRANCH = auto()  # if cond goto target, else fall through to op.name (a label)
    JUMP = auto()  # target
    IJUMP = auto()  # a: jump to a code address held in a value (jump table); op.labels the possible labels
    CALL = auto()  # target symbol
    ICALL = auto()  # a
    TAIL = auto()  # jump to another function, frame already released
    ITAIL = auto()
    RET = auto()
    TRAP = auto()  # ud2, hlt
    # Stack frame, inserted by the frame pass (offsets are bytes, multiples of 16).
    ENTER = auto()  # sp -= op.imm; if op.name == "ra": store the link register at sp + op.imm - 8 + op.lane
    LEAVE = auto()  # if op.name == "ra": reload the link register from there; sp += op.imm
    SP_ADD = auto()  # sp += op.imm, or += a value in args[0] (dynamic frames)
    SP_COPY = auto()  # sp = args[0] + op.imm    (dynamic frames)
    # Atomics (always sequentially ordered as x86's lock prefix).
    ATOMIC = auto()  # dst = old value; address; a; op.name in add sub and or xor xchg; dst may be None
    CAS = auto()  # dst = old value; address; args = expected, new; op.size 1 2 4 8
    FENCE = auto()  # op.name in "full", "load", "store"
    # Scalar floating point, sizes 4 and 8; dst, a, b are vector registers or temps of that size.
    FADD = auto()
    FSUB = auto()
    FMUL = auto()
    FDIV = auto()
    FSQRT = auto()  # dst, a
    FMIN = auto()  # x86 minss/minsd: a < b ? a : b (b when unordered or both zero)
    FMAX = auto()  # x86: b < a ? a : b
    I2F = auto()  # dst (size 4 or 8, vector), a integer (size 4 or 8, signed)
    F2I = auto()  # dst integer, a vector; truncates; out of range or NaN gives 0x80..0 (cvttsd2si)
    F2IR = auto()  # the same, rounding to nearest even (cvtsd2si, lrint)
    F2F = auto()  # dst.size 4 <-> 8
    # Packed: dst (16 bytes), args 16-byte vectors, Const counts or integers; op.name and op.lane: see PACKED.
    PACKED = auto()


FLAG_KINDS = {
    "sub": "args a, b: flags of a - b (cmp, sub, neg with a = 0, cmpxchg, scas)",
    "add": "args a, b: flags of a + b",
    "logic": "args r: ZF SF PF of r; CF = OF = 0 (and, or, xor, test)",
    "inc": "args r (the result): ZF SF PF of r, OF = r is the minimum; CF is kept",
    "dec": "args r (the result): ZF SF PF of r, OF = r is the maximum; CF is kept",
    "result": "args r: ZF SF PF of r; CF and OF not available (mul, shifts whose CF and OF are dead)",
    "shl": "args a, count Const 1..width-1, r: ZF SF PF of r; CF the last bit shifted out; OF = msb(r) xor CF",
    "shr": "args a, count Const, r: likewise; OF = msb(a)",
    "sar": "args a, count Const, r: likewise; OF = 0",
    "carry": "args c (a size-1 value, 0 or 1): only CF, in CF (bt, adc chains)",
    "zero": "args r: only ZF, set when r == 0 (bsf, bsr: r the source)",
    "overflow": "args o (size 1, 0 or 1), r: CF = OF = o, ZF SF PF of r are undefined (mul, imul)",
    "adc": "args a, b, c (size 1): flags of a + b + c",
    "sbb": "args a, b, c (size 1): flags of a - b - c",
    "fcmp": "args a, b floats of size: ucomis: unordered ZF=PF=CF=1, a>b 000, a<b CF, equal ZF",
    "none": "flags destroyed, not available afterwards",
}


CONDITIONS = ("o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g")
"""Condition codes in the order of the x86 encoding; ``cc ^ 1`` negates."""


@dataclass(frozen=True, slots=True)
class Cond:
    """``cc`` of the flags that the FLAGS micro-op numbered ``flags`` defined; -1: flags live at block entry."""

    cc: str
    flags: int

    @property
    def negated(self) -> Cond:
        return Cond(CONDITIONS[CONDITIONS.index(self.cc) ^ 1], self.flags)


@dataclass(frozen=True, slots=True)
class Micro:
    """One micro-operation; fields that a code does not use stay at their defaults."""

    code: Code
    size: int = 8
    dst: Reg | Temp | None = None
    args: tuple[Value, ...] = ()
    address: Address | None = None
    cond: Cond | None = None
    target: str = ""
    name: str = ""
    lane: int = 0
    imm: int = 0
    id: int = -1
    """For FLAGS: its number in the block, which ``Cond.flags`` refers to."""
    live: str = ""
    """For FLAGS, filled by liveness: which of ``ozscp`` are needed later (in this block or after it)."""
    labels: tuple[str, ...] = ()
    line: int = 0
    """Source line of the instruction this came from."""


PACKED: dict[str, str] = {
    # name: meaning. ``lane`` is the lane size in bytes; a, b are 16-byte vectors.
    "and": "a & b",
    "or": "a | b",
    "xor": "a ^ b",
    "andn": "~a & b",
    "add": "lanes 1 2 4 8",
    "sub": "lanes 1 2 4 8",
    "adds": "signed saturating, lanes 1 2",
    "addus": "unsigned saturating, lanes 1 2",
    "subs": "signed saturating, lanes 1 2",
    "subus": "unsigned saturating, lanes 1 2",
    "mullo": "low half of the product, lane 2 (4 is SSE4.1)",
    "mulhs": "high half of the signed product, lane 2",
    "mulhu": "high half of the unsigned product, lane 2",
    "muludq": "even 4-byte lanes, unsigned, to 8-byte products",
    "maddwd": "signed 2-byte products added in pairs to 4-byte lanes",
    "sad": "sums of absolute differences of bytes, per 8-byte half",
    "avg": "(a + b + 1) >> 1 unsigned, lanes 1 2",
    "minu": "lane 1",
    "maxu": "lane 1",
    "mins": "lane 2",
    "maxs": "lane 2",
    "cmpeq": "all ones or zero, lanes 1 2 4",
    "cmpgt": "signed, lanes 1 2 4",
    "shl": "args a, count: Const or 16-byte vector (low 8 bytes count); lanes 2 4 8; count >= width gives 0",
    "shr": "likewise",
    "sar": "likewise, count >= width fills with the sign; lanes 2 4",
    "bytes_left": "args a, Const n: shift the 16 bytes towards the high end by n bytes (pslldq)",
    "bytes_right": "psrldq",
    "unpack_low": "interleave the low halves of a and b, lanes 1 2 4 8 (punpckl.., unpcklp.)",
    "unpack_high": "interleave the high halves",
    "shuffle": "args a, b; labels hold the lane numbers in decimal, 0.. from a, then from b (pshufd, shufps, ...)",
    "pack_ss": "saturate lanes of `lane` bytes of a then b to half that, signed (packsswb lane 2, packssdw lane 4)",
    "pack_us": "to unsigned bytes (packuswb, lane 2)",
    "insert": "args a, integer value, Const index: lane replaced (pinsrw lane 2; movlps/movhps lane 8 from memory)",
    "extract": "dst integer (4 or 8 bytes, zero-extended), args a, Const index (pextrw; lane 8: movhps/movhlps stores)",
    "movmask": "dst integer 4: sign bits of lanes 1 4 8 (pmovmskb, movmskps, movmskpd)",
    "fadd": "lanes 4 8",
    "fsub": "lanes 4 8",
    "fmul": "lanes 4 8",
    "fdiv": "lanes 4 8",
    "fsqrt": "args a",
    "fmin": "x86 rule, lanes 4 8",
    "fmax": "x86 rule, lanes 4 8",
    "fcmp": "args a, b, Const predicate 0..7 as cmpps: eq lt le unord ne nlt nle ord; all ones or zero; lanes 4 8",
    "fcmp_scalar": "cmpss/cmpsd: like fcmp on the low lane only, dst.size 4 or 8, args vectors of that size",
    "i2f": "signed 4-byte lanes to floats (cvtdq2ps), lane 4",
    "i2d": "low two signed 4-byte lanes to doubles (cvtdq2pd)",
    "f2i": "4-byte floats to signed, truncating, x86 out-of-range rule (cvttps2dq)",
    "f2ir": "rounding to nearest (cvtps2dq)",
    "d2i": "two doubles to two signed 4-byte lanes, truncating, upper half cleared (cvttpd2dq)",
    "d2ir": "rounding to nearest (cvtpd2dq)",
    "d2f": "two doubles to two floats, upper half cleared (cvtpd2ps)",
    "f2d": "low two floats to doubles (cvtps2pd)",
}
