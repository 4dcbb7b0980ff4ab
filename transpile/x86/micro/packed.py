"""Packed SSE and SSE2, and the few later instructions that are a shuffle or a lane move."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from transpile.native.micro import Code, Const, Reg, Temp, Value
from transpile.x86.insn import ImmOp, MemOp, RegOp
from transpile.x86.micro.builder import Builder
from transpile.x86.micro.rows import Rows
from transpile.x86.micro.scalar import immediate, is_vector, predicate

BINARY: dict[str, tuple[str, int]] = {
    "andps": ("and", 8),
    "andpd": ("and", 8),
    "pand": ("and", 8),
    "orps": ("or", 8),
    "orpd": ("or", 8),
    "por": ("or", 8),
    "xorps": ("xor", 8),
    "xorpd": ("xor", 8),
    "pxor": ("xor", 8),
    "andnps": ("andn", 8),
    "andnpd": ("andn", 8),
    "pandn": ("andn", 8),
    "paddb": ("add", 1),
    "paddw": ("add", 2),
    "paddd": ("add", 4),
    "paddq": ("add", 8),
    "psubb": ("sub", 1),
    "psubw": ("sub", 2),
    "psubd": ("sub", 4),
    "psubq": ("sub", 8),
    "paddsb": ("adds", 1),
    "paddsw": ("adds", 2),
    "paddusb": ("addus", 1),
    "paddusw": ("addus", 2),
    "psubsb": ("subs", 1),
    "psubsw": ("subs", 2),
    "psubusb": ("subus", 1),
    "psubusw": ("subus", 2),
    "pmullw": ("mullo", 2),
    "pmulld": ("mullo", 4),
    "pmulhw": ("mulhs", 2),
    "pmulhuw": ("mulhu", 2),
    "pmuludq": ("muludq", 8),
    "pmaddwd": ("maddwd", 2),
    "psadbw": ("sad", 1),
    "pavgb": ("avg", 1),
    "pavgw": ("avg", 2),
    "pminub": ("minu", 1),
    "pmaxub": ("maxu", 1),
    "pminsw": ("mins", 2),
    "pmaxsw": ("maxs", 2),
    "pcmpeqb": ("cmpeq", 1),
    "pcmpeqw": ("cmpeq", 2),
    "pcmpeqd": ("cmpeq", 4),
    "pcmpgtb": ("cmpgt", 1),
    "pcmpgtw": ("cmpgt", 2),
    "pcmpgtd": ("cmpgt", 4),
    "packsswb": ("pack_ss", 2),
    "packssdw": ("pack_ss", 4),
    "packuswb": ("pack_us", 2),
    "punpcklbw": ("unpack_low", 1),
    "punpcklwd": ("unpack_low", 2),
    "punpckldq": ("unpack_low", 4),
    "punpcklqdq": ("unpack_low", 8),
    "punpckhbw": ("unpack_high", 1),
    "punpckhwd": ("unpack_high", 2),
    "punpckhdq": ("unpack_high", 4),
    "punpckhqdq": ("unpack_high", 8),
    "unpcklps": ("unpack_low", 4),
    "unpcklpd": ("unpack_low", 8),
    "unpckhps": ("unpack_high", 4),
    "unpckhpd": ("unpack_high", 8),
    "addps": ("fadd", 4),
    "addpd": ("fadd", 8),
    "subps": ("fsub", 4),
    "subpd": ("fsub", 8),
    "mulps": ("fmul", 4),
    "mulpd": ("fmul", 8),
    "divps": ("fdiv", 4),
    "divpd": ("fdiv", 8),
    "minps": ("fmin", 4),
    "minpd": ("fmin", 8),
    "maxps": ("fmax", 4),
    "maxpd": ("fmax", 8),
}
"""destination = destination op source: PACKED name and lane."""

UNARY: dict[str, tuple[str, int, int]] = {
    "sqrtps": ("fsqrt", 4, 16),
    "sqrtpd": ("fsqrt", 8, 16),
    "cvtdq2ps": ("i2f", 4, 16),
    "cvtdq2pd": ("i2d", 8, 8),
    "cvttps2dq": ("f2i", 4, 16),
    "cvtps2dq": ("f2ir", 4, 16),
    "cvttpd2dq": ("d2i", 8, 16),
    "cvtpd2dq": ("d2ir", 8, 16),
    "cvtpd2ps": ("d2f", 8, 16),
    "cvtps2pd": ("f2d", 4, 8),
}
"""destination = op source: PACKED name, lane and the bytes read from memory."""

SHIFTS: dict[str, tuple[str, int]] = {
    "psllw": ("shl", 2),
    "pslld": ("shl", 4),
    "psllq": ("shl", 8),
    "psrlw": ("shr", 2),
    "psrld": ("shr", 4),
    "psrlq": ("shr", 8),
    "psraw": ("sar", 2),
    "psrad": ("sar", 4),
    "pslldq": ("bytes_left", 16),
    "psrldq": ("bytes_right", 16),
}


def source(b: Builder, index: int = 1, size: int = 16) -> Value:
    """A vector operand as 16 bytes, with zeros above what is read from memory."""
    op = b.operand(index)
    if type(op) is MemOp:
        value = b.load(b.address(op), size, vector=True)
        if size == 16:
            return value
        wide = b.fresh.temp(16, vector=True)
        b.emit(Code.ZEXT, wide, value)
        return wide
    if not is_vector(op):
        raise b.refuse("an operand that is not an xmm register")
    return b.read(op, 16)


def vector(b: Builder, index: int = 0) -> Reg:
    if not is_vector(b.operand(index)):
        raise b.refuse("an operand that is not an xmm register")
    return b.register_operand(index, 16)


def binary(b: Builder, name: str, lane: int) -> None:
    dst = vector(b)
    if name == "xor" and b.insn.operands[0] == b.insn.operands[1]:
        b.emit(Code.ZEXT, dst, Const(0, 8))
    else:
        b.packed(dst, name, lane, dst, source(b))


def unary(b: Builder, name: str, lane: int, size: int) -> None:
    b.packed(vector(b), name, lane, source(b, 1, size))


def shift(b: Builder, name: str, lane: int) -> None:
    dst = vector(b)
    count: Value = Const(immediate(b, 1), 1) if type(b.operand(1)) is ImmOp else source(b)
    b.packed(dst, name, lane, dst, count)


def move(b: Builder) -> None:
    """16-byte moves; alignment does not matter to the targets."""
    dst, src = b.operand(0), b.operand(1)
    if type(dst) is MemOp:
        b.store(b.address(dst), vector(b, 1), 16)
    elif type(src) is MemOp:
        b.load_into(vector(b), b.address(src), 16)
    else:
        b.emit(Code.COPY, vector(b), vector(b, 1))


def move_low(b: Builder) -> None:
    """movlps and movlpd: the other half stays."""
    dst, src = b.operand(0), b.operand(1)
    if type(dst) is MemOp:
        b.store(b.address(dst), b.read(src, 8), 8)
    elif type(src) is MemOp:
        b.emit(Code.COPY, b.register_operand(0, 8), b.load(b.address(src), 8, vector=True))
    else:
        raise b.refuse("operands of this kind")


def move_high(b: Builder) -> None:
    """movhps and movhpd."""
    dst, src = b.operand(0), b.operand(1)
    if type(dst) is MemOp:
        half = b.fresh.temp(8)
        address = b.address(dst)
        b.packed(half, "extract", 8, vector(b, 1), Const(1, 1))
        b.store(address, half, 8)
    elif type(src) is MemOp:
        reg = vector(b)
        b.packed(reg, "insert", 8, reg, b.load(b.address(src), 8), Const(1, 1))
    else:
        raise b.refuse("operands of this kind")


def shuffle(b: Builder, lane: int, dst: Reg, first: Value, second: Value, lanes: Iterable[int]) -> None:
    b.packed(dst, "shuffle", lane, first, second, labels=tuple(map(str, lanes)))


def high_to_low(b: Builder) -> None:
    """movhlps."""
    dst = vector(b)
    shuffle(b, 8, dst, dst, vector(b, 1), (3, 1))


def low_to_high(b: Builder) -> None:
    """movlhps."""
    dst = vector(b)
    b.packed(dst, "unpack_low", 8, dst, vector(b, 1))


def pairs(b: Builder, index: int) -> list[int]:
    """The four 2-bit fields of an immediate."""
    value = immediate(b, index)
    return [value >> shift & 3 for shift in (0, 2, 4, 6)]


def shuffle_singles(b: Builder) -> None:
    """shufps."""
    dst = vector(b)
    i, j, k, m = pairs(b, 2)
    shuffle(b, 4, dst, dst, source(b), (i, j, 4 + k, 4 + m))


def shuffle_doubles(b: Builder) -> None:
    """shufpd."""
    dst = vector(b)
    value = immediate(b, 2)
    shuffle(b, 8, dst, dst, source(b), (value & 1, 2 + (value >> 1 & 1)))


def shuffle_one(b: Builder, lane: int, before: int) -> None:
    """pshufd, pshuflw and pshufhw: ``before`` lanes stay ahead of the four that are chosen."""
    value = source(b)
    chosen = [before + i for i in pairs(b, 2)]
    lanes = [*range(before), *chosen, *range(before + 4, 16 // lane)]
    shuffle(b, lane, vector(b), value, value, lanes)


def duplicate_low(b: Builder) -> None:
    """movddup."""
    value = source(b, 1, 8)
    shuffle(b, 8, vector(b), value, value, (0, 0))


def duplicate_singles(b: Builder, odd: int) -> None:
    """movsldup and movshdup."""
    value = source(b)
    shuffle(b, 4, vector(b), value, value, (odd, odd, 2 + odd, 2 + odd))


def align(b: Builder) -> None:
    """palignr: 16 bytes out of destination:source."""
    count = immediate(b, 2)
    if count > 16:
        raise b.refuse(f"palignr by {count} bytes")
    dst = vector(b)
    shuffle(b, 1, dst, source(b), dst, range(count, count + 16))


def insert(b: Builder, lane: int) -> None:
    """pinsrw and pinsrq."""
    dst = vector(b)
    index = Const(immediate(b, 2) & (16 // lane - 1), 1)
    op = b.operand(1)
    if type(op) is MemOp and lane < 4:
        value: Value = b.fresh.temp(4)
        assert type(value) is Temp
        b.load_into(value, b.address(op), lane, "z")
    else:
        value = b.read(op, max(lane, 4))
    b.packed(dst, "insert", lane, dst, value, index)


def extract(b: Builder, lane: int) -> None:
    """pextrw and pextrq."""
    index = Const(immediate(b, 2) & (16 // lane - 1), 1)
    size = max(lane, 4)
    op = b.operand(0)
    if type(op) is RegOp:
        b.packed(b.register(op, size), "extract", lane, vector(b, 1), index)
    else:
        value = b.fresh.temp(size)
        b.packed(value, "extract", lane, vector(b, 1), index)
        b.write(op, b.low(value, lane), lane)


def sign_mask(b: Builder, lane: int) -> None:
    """movmskps, movmskpd and pmovmskb."""
    b.packed(b.register_operand(0, 4), "movmask", lane, vector(b, 1))


def compare(b: Builder, lane: int) -> None:
    """cmpps and cmppd."""
    dst = vector(b)
    b.packed(dst, "fcmp", lane, dst, source(b), predicate(b))


_MOVES = "movaps movapd movdqa movups movupd movdqu lddqu movntps movntpd movntdq movntdqa"

ROWS: Rows = {
    **dict.fromkeys(_MOVES.split(), move),
    "movlps": move_low,
    "movlpd": move_low,
    "movhps": move_high,
    "movhpd": move_high,
    "movhlps": high_to_low,
    "movlhps": low_to_high,
    "shufps": shuffle_singles,
    "shufpd": shuffle_doubles,
    "pshufd": lambda b: shuffle_one(b, 4, 0),
    "pshuflw": lambda b: shuffle_one(b, 2, 0),
    "pshufhw": lambda b: shuffle_one(b, 2, 4),
    "movddup": duplicate_low,
    "movsldup": lambda b: duplicate_singles(b, 0),
    "movshdup": lambda b: duplicate_singles(b, 1),
    "palignr": align,
    "pinsrw": lambda b: insert(b, 2),
    "pinsrq": lambda b: insert(b, 8),
    "pextrw": lambda b: extract(b, 2),
    "pextrq": lambda b: extract(b, 8),
    "movmskps": lambda b: sign_mask(b, 4),
    "movmskpd": lambda b: sign_mask(b, 8),
    "pmovmskb": lambda b: sign_mask(b, 1),
    "cmpps": lambda b: compare(b, 4),
    "cmppd": lambda b: compare(b, 8),
}

for _mnemonic, (_name, _lane) in BINARY.items():
    ROWS[_mnemonic] = partial(binary, name=_name, lane=_lane)
for _mnemonic, (_name, _lane, _size) in UNARY.items():
    ROWS[_mnemonic] = partial(unary, name=_name, lane=_lane, size=_size)
for _mnemonic, (_name, _lane) in SHIFTS.items():
    ROWS[_mnemonic] = partial(shift, name=_name, lane=_lane)
