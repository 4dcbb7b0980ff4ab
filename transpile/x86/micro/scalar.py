"""Scalar SSE: moves of one float, arithmetic, comparison and conversion."""

from __future__ import annotations

from functools import partial

from transpile.native.micro import Code, Const, Reg
from transpile.x86.insn import MemOp, Operand, RegOp
from transpile.x86.micro.builder import VECTORS, Builder
from transpile.x86.micro.rows import Rows


def is_vector(op: Operand) -> bool:
    return type(op) is RegOp and op.name in VECTORS


def move_float(b: Builder, size: int) -> None:
    """movss and movsd: a load clears the rest of the register, a move between registers keeps it."""
    dst, src = b.operand(0), b.operand(1)
    if type(dst) is MemOp:
        b.store(b.address(dst), b.read(src, size), size)
    elif type(src) is MemOp:
        load_cleared(b, b.register_operand(0, 16), src, size)
    else:
        b.emit(Code.COPY, b.register_operand(0, size), b.read(src, size))


def load_cleared(b: Builder, dst: Reg, src: MemOp, size: int) -> None:
    b.emit(Code.ZEXT, dst, b.load(b.address(src), size, vector=True))


def move_bits(b: Builder, size: int) -> None:
    """movd and movq."""
    dst, src = b.operand(0), b.operand(1)
    if not is_vector(dst):
        if not is_vector(src):
            raise b.refuse("a move without an xmm register")
        b.write(dst, b.read(src, size), size)
    elif type(src) is MemOp:
        load_cleared(b, b.register_operand(0, 16), src, size)
    else:
        value = b.read(src, size)
        if not is_vector(src):
            crossed = b.fresh.temp(size, vector=True)
            b.emit(Code.COPY, crossed, value)
            value = crossed
        b.emit(Code.ZEXT, b.register_operand(0, 16), value)


def binary(b: Builder, code: Code, size: int) -> None:
    dst = b.register_operand(0, size)
    b.emit(code, dst, dst, b.read(b.operand(1), size, vector=True))


def square_root(b: Builder, size: int) -> None:
    b.emit(Code.FSQRT, b.register_operand(0, size), b.read(b.operand(1), size, vector=True))


def compare(b: Builder, size: int) -> None:
    """ucomiss, comisd and the like; they differ only in exceptions."""
    left = b.register_operand(0, size)
    b.flags("fcmp", size, left, b.read(b.operand(1), size, vector=True))


def integer_to_float(b: Builder, size: int) -> None:
    src = b.operand(1)
    if not isinstance(src, RegOp | MemOp):
        raise b.refuse("operands of this kind")
    width = src.size if src.size in (4, 8) else 4
    b.emit(Code.I2F, b.register_operand(0, size), b.read(src, width))


def float_to_integer(b: Builder, code: Code, size: int) -> None:
    b.emit(code, b.register_operand(0), b.read(b.operand(1), size, vector=True))


def convert(b: Builder, to: int) -> None:
    b.emit(Code.F2F, b.register_operand(0, to), b.read(b.operand(1), 12 - to, vector=True))


def predicate(b: Builder) -> Const:
    """The last operand of cmpps and the like: 0 to 7."""
    value = immediate(b, 2)
    if value > 7:
        raise b.refuse(f"comparison predicate {value}")
    return Const(value, 1)


def compare_to_mask(b: Builder, size: int) -> None:
    """cmpss and cmpsd: all ones or zero in the low lane."""
    dst = b.register_operand(0, size)
    source = b.read(b.operand(1), size, vector=True)
    b.packed(dst, "fcmp_scalar", size, dst, source, predicate(b))


def immediate(b: Builder, index: int) -> int:
    value = b.read(b.operand(index), 1)
    if type(value) is not Const:
        raise b.refuse("an operand that must be a constant")
    return value.value


ROWS: Rows = {
    "movss": lambda b: move_float(b, 4),
    "movsd": lambda b: move_float(b, 8),
    "movd": lambda b: move_bits(b, 4),
    "movq": lambda b: move_bits(b, 8),
    "sqrtss": lambda b: square_root(b, 4),
    "sqrtsd": lambda b: square_root(b, 8),
    "cvtsi2ss": lambda b: integer_to_float(b, 4),
    "cvtsi2sd": lambda b: integer_to_float(b, 8),
    "cvttss2si": lambda b: float_to_integer(b, Code.F2I, 4),
    "cvttsd2si": lambda b: float_to_integer(b, Code.F2I, 8),
    "cvtss2si": lambda b: float_to_integer(b, Code.F2IR, 4),
    "cvtsd2si": lambda b: float_to_integer(b, Code.F2IR, 8),
    "cvtss2sd": lambda b: convert(b, 8),
    "cvtsd2ss": lambda b: convert(b, 4),
    "cmpss": lambda b: compare_to_mask(b, 4),
    "cmpsd": lambda b: compare_to_mask(b, 8),
}

_ARITHMETIC = {
    "add": Code.FADD,
    "sub": Code.FSUB,
    "mul": Code.FMUL,
    "div": Code.FDIV,
    "min": Code.FMIN,
    "max": Code.FMAX,
}

for _suffix, _size in (("ss", 4), ("sd", 8)):
    for _name, _code in _ARITHMETIC.items():
        ROWS[_name + _suffix] = partial(binary, code=_code, size=_size)
    for _name in ("comi", "ucomi"):
        ROWS[_name + _suffix] = partial(compare, size=_size)
