"""Scalar floating point."""

from __future__ import annotations

from transpile.native.micro import Code, Micro, Value
from transpile.riscv.emitter import Emitter, handles
from transpile.riscv.values import Content, bind

SUFFIX = {4: "s", 8: "d"}
BINARY = {Code.FADD: "fadd", Code.FSUB: "fsub", Code.FMUL: "fmul", Code.FDIV: "fdiv"}


def float_operand(e: Emitter, value: Value, size: int) -> Content:
    found = e.value(value)
    return e.boxed(found) if size == 4 else e.full(found)


def finish(e: Emitter, micro: Micro, content: Content) -> None:
    assert micro.dst is not None
    e.write(micro.dst, bind(content, 8 * micro.dst.size, False))


@handles(*BINARY)
def arithmetic(e: Emitter, micro: Micro) -> None:
    a, b = (float_operand(e, value, micro.size) for value in micro.args)
    mnemonic = f"{BINARY[micro.code]}.{SUFFIX[micro.size]}"
    finish(e, micro, e.rf(mnemonic, (a, b), e.to(micro.dst), boxed=micro.size == 4))


@handles(Code.FSQRT)
def square_root(e: Emitter, micro: Micro) -> None:
    a = float_operand(e, micro.args[0], micro.size)
    finish(e, micro, e.rf(f"fsqrt.{SUFFIX[micro.size]}", (a,), e.to(micro.dst), boxed=micro.size == 4))


@handles(Code.FMIN, Code.FMAX)
def extreme(e: Emitter, micro: Micro) -> None:
    a, b = (float_operand(e, value, micro.size) for value in micro.args)
    finish(e, micro, choose(e, micro.code is Code.FMIN, a, b, micro.size, e.to(micro.dst)))


def choose(e: Emitter, least: bool, a: Content, b: Content, size: int, to: str | None) -> Content:
    """x86's rule: the first operand if it is strictly less (greater), else the second."""
    suffix = SUFFIX[size]
    less = e.fx(f"flt.{suffix}", (a, b) if least else (b, a), 1)
    mark = len(e.named)
    test, first, second = e.reg(less), e.freg(a), e.freg(b)
    if to is not None:
        e.settle()
    e.name_again((less, b))
    hints = e.hints(to) if to is not None else []
    if e.available(first) and (to is None or first in hints or not e.stays(to)):
        target = first
    else:
        e.name_again((a,))
        target = e.vector_scratch(hints)
        e.put(f"fmv.{suffix} {target}, {first}")
    label = e.new_label()
    e.put(f"bnez {test}, {label}")
    e.put(f"fmv.{suffix} {target}, {second}")
    e.put_label(label)
    result = e.fresh()
    result.boxed = size == 4
    e.hold_in(target, result)
    e.unname(mark)
    if to is None or e.holding:
        e.pin(result)
    return result


@handles(Code.I2F)
def from_integer(e: Emitter, micro: Micro) -> None:
    source = micro.args[0]
    dst = micro.dst
    assert dst is not None
    size = getattr(source, "size", 8)
    value = e.value(source)
    content = e.full(value) if size == 8 else e.signed(value, 32)
    width = "l" if size == 8 else "w"
    finish(e, micro, e.xf(f"fcvt.{SUFFIX[dst.size]}.{width}", content, e.to(dst), boxed=dst.size == 4))


@handles(Code.F2F)
def between(e: Emitter, micro: Micro) -> None:
    dst = micro.dst
    assert dst is not None
    if dst.size == 8:
        a = float_operand(e, micro.args[0], 4)
        finish(e, micro, e.rf("fcvt.d.s", (a,), e.to(dst)))
    else:
        a = float_operand(e, micro.args[0], 8)
        finish(e, micro, e.rf("fcvt.s.d", (a,), e.to(dst), boxed=True))


@handles(Code.F2I, Code.F2IR)
def to_integer(e: Emitter, micro: Micro) -> None:
    source, dst = micro.args[0], micro.dst
    assert dst is not None
    size = getattr(source, "size", 8)
    a = float_operand(e, source, size)
    mode = "rtz" if micro.code is Code.F2I else "rne"
    content = convert(e, a, SUFFIX[size], mode, dst.size, e.to(dst))
    e.write(dst, bind(content, 8 * dst.size, True))


def convert(e: Emitter, a: Content, suffix: str, mode: str, size: int, to: str | None) -> Content:
    """x86's result for what does not fit is 0x80..0; RISC-V saturates, and makes NaN the largest number."""
    label = e.new_label()
    long = e.fx(f"fcvt.l.{suffix}", (a,), 64, 64, None, f", {mode}")
    key = ("f2i", size, long.number)
    code: tuple[str, ...]
    if size == 4:
        code = ("sext.w {d}, {0}", f"beq {{d}}, {{0}}, {label}", "lui {d}, 0x80000", f"{label}:")
        return e.long(key, code, (long,), 64, 32, to)
    # Only INT64_MAX is greater than its successor: a saturated result, since no float has that value.
    code = ("addi {d}, {0}, 1", "slt {d}, {d}, {0}", "add {d}, {d}, {0}")
    return e.long(key, code, (long,), 64, 64, to)
