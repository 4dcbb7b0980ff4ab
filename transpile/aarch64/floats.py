"""Scalar floating point with x86's rules where the two machines differ.

``minsd`` returns its second operand unless the first is smaller; conversions out of range give 0x80..0 where Arm
saturates and turns NaN into 0.
"""

from __future__ import annotations

from transpile.aarch64.nzcv import spill_nzcv
from transpile.aarch64.registers import FLOAT_BY_SIZE, W, X, integer
from transpile.aarch64.state import State
from transpile.aarch64.values import const_val
from transpile.aarch64.vectors import finish_vector
from transpile.native.micro import Code, Micro, Value

_BINARY = {Code.FADD: "fadd", Code.FSUB: "fsub", Code.FMUL: "fmul", Code.FDIV: "fdiv"}


def operand(state: State, value: Value, size: int) -> str:
    return FLOAT_BY_SIZE[size][state.use(state.value(value))]


def arithmetic(state: State, m: Micro) -> None:
    """FADD FSUB FMUL FDIV FSQRT."""
    dst = m.dst
    assert dst is not None
    size = dst.size
    sources = ", ".join([operand(state, a, size) for a in m.args])
    target = state.result(dst)
    state.emit(f"{_BINARY.get(m.code, 'fsqrt')} {FLOAT_BY_SIZE[size][target]}, {sources}")
    finish_vector(state, dst, target, 8 * size)


def extreme(state: State, m: Micro) -> None:
    """FMIN: a < b ? a : b. FMAX: b < a ? a : b."""
    dst = m.dst
    assert dst is not None
    size = dst.size
    a, b = (operand(state, v, size) for v in m.args)
    spill_nzcv(state)
    state.emit(f"fcmp {a}, {b}")
    target = state.result(dst)
    state.emit(f"fcsel {FLOAT_BY_SIZE[size][target]}, {a}, {b}, {'mi' if m.code is Code.FMIN else 'gt'}")
    finish_vector(state, dst, target, 8 * size)


def from_integer(state: State, m: Micro) -> None:
    """I2F."""
    dst, arg = m.dst, m.args[0]
    assert dst is not None
    source = state.operand(state.value(arg), m.args[0].size)
    target = state.result(dst)
    state.emit(f"scvtf {FLOAT_BY_SIZE[dst.size][target]}, {source}")
    finish_vector(state, dst, target, 8 * dst.size)


def to_integer(state: State, m: Micro) -> None:
    """F2I truncates, F2IR rounds to nearest even; both give the minimum for what does not fit.

    4 bytes: converted to 64 bits, what does not fit 32 shows as such. 8 bytes: Arm's answer is wrong only for what
    saturates at the maximum, which is no conversion's true result. In both, NaN (Arm: 0) is a second test.
    """
    dst = m.dst
    assert dst is not None
    source = operand(state, m.args[0], m.args[0].size)
    spill_nzcv(state)
    wide = state.scratch()
    state.emit(f"{'fcvtzs' if m.code is Code.F2I else 'fcvtns'} {X[wide]}, {source}")
    if dst.size == 4:
        state.emit(f"cmp {X[wide]}, {W[wide]}, sxtw")
        state.emit(f"fccmp {source}, {source}, #1, eq")
    else:
        state.emit(f"cmn {X[wide]}, #1")
        state.emit(f"fccmp {source}, {source}, #1, vc")
    limit = integer(state.use(const_val(1 << (8 * dst.size - 1))), dst.size)
    target = state.result(dst)
    fits = "eq" if dst.size == 4 else "vc"
    state.emit(f"csel {integer(target, dst.size)}, {integer(wide, dst.size)}, {limit}, {fits}")
    state.finish(dst, target)


def convert(state: State, m: Micro) -> None:
    """F2F."""
    dst = m.dst
    assert dst is not None
    source = operand(state, m.args[0], m.args[0].size)
    target = state.result(dst)
    state.emit(f"fcvt {FLOAT_BY_SIZE[dst.size][target]}, {source}")
    finish_vector(state, dst, target, 8 * dst.size)
