"""RISC-V semantics of our own: A, Zba, Zbb, Zbs, jumps, and (next door) F and D, which SLEIGH gets wrong.

Decoded from the 32-bit word (unprivileged ISA manual, instruction listings). A store-conditional always succeeds;
``jalr`` targets are taken to be even.
"""

from __future__ import annotations

from collections.abc import Callable

from transpile.solvers import pcode as l
from transpile.solvers import terms as t
from transpile.solvers.arithmetic import equal
from transpile.solvers.overrides_riscv_float import FLOAT
from transpile.solvers.pcode import CONSTANT, Instruction, Isa, RawOp
from transpile.solvers.riscv_fields import Compute, Rows, compute, funct3, immediate, opaque, rd, rs1, rs2, temporary, x
from transpile.solvers.terms import Term


def override(isa: Isa, instruction: Instruction) -> Rows:
    return None


def decode(code: bytes) -> Rows:
    """The operations of one 4-byte instruction, or None where SLEIGH's are used."""
    if len(code) != 4:
        return None
    word = int.from_bytes(code, "little")
    handler = _BY_OPCODE.get(word & 0x7F)
    return handler(word) if handler is not None else None


# Integer rows


def _low(width: int, value: Term) -> Term:
    return t.extract(value, 0, width)


def _count(value: Term, width: int) -> Term:
    """The low 5 or 6 bits that a shift of ``width`` bits looks at, in the width of the value."""
    return t.zext(t.extract(value, 0, 5 if width == 32 else 6), width)


def _rotate_left(a: Term, count: Term) -> Term:
    width = a.width
    back = t.band(t.sub(t.const(width, width), count), t.const(width - 1, width))
    return t.bor(t.shl(a, count), t.lshr(a, back))


def _rotate_right(a: Term, count: Term) -> Term:
    width = a.width
    back = t.band(t.sub(t.const(width, width), count), t.const(width - 1, width))
    return t.bor(t.lshr(a, count), t.shl(a, back))


def trailing_zeros(a: Term) -> Term:
    """Of a term, in its own width; the width for 0."""
    one = t.const(1, a.width)
    below = t.band(t.bnot(a), t.sub(a, one))
    return t.popcount(below, a.width)


def byte_reverse(a: Term) -> Term:
    value = t.extract(a, 0, 8)
    for at in range(8, a.width, 8):
        value = t.concat(value, t.extract(a, at, 8))
    return value


def _or_bytes(a: Term) -> Term:
    value = None
    for at in range(0, 64, 8):
        byte = t.extract(a, at, 8)
        full = t.ite(t.eq(byte, t.const(0, 8)), t.const(0, 8), t.const(255, 8))
        value = full if value is None else t.concat(full, value)
    assert value is not None
    return value


def _shift_add(count: int, word_index: bool) -> Compute:
    def operate(a: Term, b: Term) -> Term:
        index = t.zext(_low(32, a), 64) if word_index else a
        return t.add(t.shl(index, t.const(count, 64)), b)

    return operate


def _word(function: Compute) -> Compute:
    """A 32-bit operation on low halves, sign-extended."""
    return lambda *args: t.sext(function(*[_low(32, a) for a in args]), 64)


def _select(keep_first: Compute) -> Compute:
    return lambda a, b: t.ite(keep_first(a, b), a, b)


def _bit(b: Term) -> Term:
    return t.shl(t.const(1, 64), _count(b, 64))


def _divide(a: Term, b: Term) -> Term:
    """-1 for a zero divisor, where SMT-LIB's division gives 1 or -1."""
    return t.ite(equal(b, t.const(0, b.width)), t.const(-1, b.width), t.sdiv(a, b))


# (funct7, funct3) of opcode 0x33
_REGISTER: dict[tuple[int, int], Compute] = {
    (0x10, 2): _shift_add(1, False),
    (0x10, 4): _shift_add(2, False),
    (0x10, 6): _shift_add(3, False),
    (0x20, 7): lambda a, b: t.band(a, t.bnot(b)),
    (0x20, 6): lambda a, b: t.bor(a, t.bnot(b)),
    (0x20, 4): lambda a, b: t.bnot(t.bxor(a, b)),
    (0x05, 4): _select(t.slt),
    (0x05, 5): _select(t.ult),
    (0x05, 6): _select(lambda a, b: t.slt(b, a)),
    (0x05, 7): _select(lambda a, b: t.ult(b, a)),
    (0x30, 1): lambda a, b: _rotate_left(a, _count(b, 64)),
    (0x30, 5): lambda a, b: _rotate_right(a, _count(b, 64)),
    (0x14, 1): lambda a, b: t.bor(a, _bit(b)),
    (0x24, 1): lambda a, b: t.band(a, t.bnot(_bit(b))),
    (0x34, 1): lambda a, b: t.bxor(a, _bit(b)),
    (0x24, 5): lambda a, b: t.band(t.lshr(a, _count(b, 64)), t.const(1, 64)),
    (0x01, 4): _divide,
    (0x00, 1): lambda a, b: t.shl(a, _count(b, 64)),
    (0x00, 5): lambda a, b: t.lshr(a, _count(b, 64)),
    (0x20, 5): lambda a, b: t.ashr(a, _count(b, 64)),
}

# (funct7, funct3) of opcode 0x3b
_REGISTER_WORD: dict[tuple[int, int], Compute] = {
    (0x04, 0): _shift_add(0, True),
    (0x10, 2): _shift_add(1, True),
    (0x10, 4): _shift_add(2, True),
    (0x10, 6): _shift_add(3, True),
    (0x01, 4): _word(_divide),
    (0x00, 1): _word(lambda a, b: t.shl(a, _count(b, 32))),
    (0x00, 5): _word(lambda a, b: t.lshr(a, _count(b, 32))),
    (0x20, 5): _word(lambda a, b: t.ashr(a, _count(b, 32))),
    (0x30, 1): _word(lambda a, b: _rotate_left(a, _count(b, 32))),
    (0x30, 5): _word(lambda a, b: _rotate_right(a, _count(b, 32))),
}

# (immediate, funct3) of opcodes 0x13 and 0x1b
_UNARY: dict[tuple[int, int], Compute] = {
    (0x600, 1): lambda a: t.lzcount(a, 64),
    (0x601, 1): trailing_zeros,
    (0x602, 1): lambda a: t.popcount(a, 64),
    (0x604, 1): lambda a: t.sext(_low(8, a), 64),
    (0x605, 1): lambda a: t.sext(_low(16, a), 64),
    (0x287, 5): _or_bytes,
    (0x6B8, 5): byte_reverse,
}
_UNARY_WORD: dict[tuple[int, int], Compute] = {
    (0x600, 1): lambda a: t.zext(t.lzcount(_low(32, a), 32), 64),
    (0x601, 1): lambda a: t.zext(trailing_zeros(_low(32, a)), 64),
    (0x602, 1): lambda a: t.zext(t.popcount(_low(32, a), 32), 64),
}


def _register(word: int) -> Rows:
    function = _REGISTER.get((word >> 25, funct3(word)))
    return compute(x(rd(word)), function, x(rs1(word)), x(rs2(word))) if function else None


def _register_word(word: int) -> Rows:
    if word >> 25 == 0x04 and funct3(word) == 4 and rs2(word) == 0:
        return compute(x(rd(word)), lambda a: t.zext(_low(16, a), 64), x(rs1(word)))
    function = _REGISTER_WORD.get((word >> 25, funct3(word)))
    return compute(x(rd(word)), function, x(rs1(word)), x(rs2(word))) if function else None


def _immediate_row(word: int) -> Rows:
    function = _UNARY.get((word >> 20, funct3(word)))
    if function is None:
        count, kind = word >> 20 & 63, (word >> 26, funct3(word))
        bit = t.const
        by_kind: dict[tuple[int, int], Compute] = {
            (0x18, 5): lambda a: _rotate_right(a, t.const(count, 64)),
            (0x0A, 1): lambda a: t.bor(a, bit(1 << count, 64)),
            (0x12, 1): lambda a: t.band(a, bit(~(1 << count), 64)),
            (0x1A, 1): lambda a: t.bxor(a, bit(1 << count, 64)),
            (0x12, 5): lambda a: t.zext(t.extract(a, count, 1), 64),
        }
        function = by_kind.get(kind)
    return compute(x(rd(word)), function, x(rs1(word))) if function else None


def _immediate_word(word: int) -> Rows:
    function = _UNARY_WORD.get((word >> 20, funct3(word)))
    count = word >> 20 & 63
    if word >> 26 == 0x02 and funct3(word) == 1:
        function = lambda a: t.shl(t.zext(_low(32, a), 64), t.const(count, 64))  # noqa: E731
    elif word >> 25 == 0x30 and funct3(word) == 5:
        function = _word(lambda a: _rotate_right(a, t.const(count & 31, 32)))
    return compute(x(rd(word)), function, x(rs1(word))) if function else None


# Jumps, system, atomics


def _jalr(word: int) -> Rows:
    link, base = rd(word), x(rs1(word))
    if immediate(word) or link not in (0, 1):
        return opaque("jalr with an offset or an unusual link register")
    if link == 0:
        return [RawOp(l.RETURN if rs1(word) == 1 else l.BRANCHIND, (), (base,))]
    return [RawOp(l.CALLIND, (), (base,))]


def _system(word: int) -> Rows:
    if word in (0x00100073, 0xC0001073):
        return [RawOp(l.TRAP)]
    return opaque("system instruction")


def _fence(word: int) -> Rows:
    if funct3(word) != 0:
        return opaque("fence.i")
    before, after = (
        "".join(letter for bit, letter in ((8, "i"), (4, "o"), (2, "r"), (1, "w")) if word >> shift & bit)
        for shift in (24, 20)
    )
    if not before or not after:
        return []
    return [RawOp(l.MARK, (), (), f"fence:{_FENCES.get((before, after), before + ',' + after)}")]


_FENCES = {("rw", "rw"): "full", ("r", "rw"): "load", ("rw", "w"): "store"}


_ATOMIC: dict[int, Compute] = {
    0x00: t.add,
    0x01: lambda old, new: new,
    0x04: t.bxor,
    0x08: t.bor,
    0x0C: t.band,
    0x10: _select(t.slt),
    0x14: _select(lambda a, b: t.slt(b, a)),
    0x18: _select(t.ult),
    0x1C: _select(lambda a, b: t.ult(b, a)),
}


def _atomic(word: int) -> Rows:
    size = {2: 4, 3: 8}.get(funct3(word), 0)
    kind, destination, address = word >> 27, x(rd(word)), x(rs1(word))
    if not size:
        return opaque("atomic of another size")
    old, where, new = temporary(0, size), temporary(1), temporary(2, size)
    source = x(rs2(word), size)
    extended = RawOp(l.COMPUTE, (destination,), (old,), lambda a: t.sext(a, 64))
    if kind == 0x02:
        return [RawOp(l.LOAD, (old,), (address,)), extended]
    atomic = RawOp(l.MARK, (), (), "atomic")
    if kind == 0x03:
        zero = RawOp(l.COPY, (destination,), ((CONSTANT, 0, 8),))
        return [atomic, RawOp(l.STORE, (), (address, source)), zero]
    function = _ATOMIC.get(kind)
    if function is None:
        return opaque("atomic operation")
    return [
        atomic,
        RawOp(l.COPY, (where,), (address,)),
        RawOp(l.LOAD, (old,), (where,)),
        RawOp(l.COMPUTE, (new,), (old, source), function),
        extended,
        RawOp(l.STORE, (), (where, new)),
    ]


_BY_OPCODE: dict[int, Callable[[int], Rows]] = {
    **FLOAT,
    0x0F: _fence,
    0x13: _immediate_row,
    0x1B: _immediate_word,
    0x2F: _atomic,
    0x33: _register,
    0x3B: _register_word,
    0x67: _jalr,
    0x73: _system,
}
