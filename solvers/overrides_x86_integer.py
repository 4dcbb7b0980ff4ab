"""x86-64 integer and scalar floating-point instructions with semantics of our own.

Flags that the manual leaves undefined (Intel SDM volume 2, "Flags Affected") become fresh unknowns. ``bsf`` and
``bsr`` of zero leave the destination unchanged, as processors do; whether its upper half survives a 4-byte one differs
between them, here it is cleared.
"""

from __future__ import annotations

from collections.abc import Callable

from transpile.solvers import conversions as f
from transpile.solvers import pcode as l
from transpile.solvers import terms as t
from transpile.solvers.overrides_riscv import byte_reverse, trailing_zeros
from transpile.solvers.pcode import RAM, REGISTER, UNIQUE, Instruction, Isa, RawOp, Varnode
from transpile.solvers.terms import Term

Rows = list[RawOp] | None
Handler = Callable[[Isa, Instruction], Rows]
Compute = Callable[..., Term | tuple[Term, ...]]


def operands(instruction: Instruction) -> list[str]:
    """The operand texts of the disassembly."""
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(instruction.body):
        depth += (letter == "[") - (letter == "]")
        if letter == "," and not depth:
            parts.append(instruction.body[start:at].strip())
            start = at + 1
    parts.append(instruction.body[start:].strip())
    return parts


def source(isa: Isa, instruction: Instruction, text: str, size: int) -> tuple[list[RawOp], Varnode]:
    """An operand that is read: operations that fetch it, and where it then is. Registers need none."""
    register = isa.registers.get(text)
    if register is not None:
        return [], (REGISTER, register[1], size)
    fetch: list[RawOp] = []
    for op in instruction.ops:
        memory = next((v for v in op.ins if v[0] == RAM), None)
        if memory is not None and op.code not in l.CONTROL:
            return fetch, (RAM, memory[1], size)
        if op.code == l.LOAD:
            out = (UNIQUE, 0xF0000000, size)
            return [*fetch, RawOp(l.LOAD, (out,), op.ins)], out
        fetch.append(op)
    raise l.Unliftable(f"{instruction.mnemonic} {instruction.body}")


def undefine(isa: Isa, flags: str) -> list[RawOp]:
    """Operations that make each of the flags (``CPAZSO``) unknown."""
    return [RawOp(l.UNDEFINED, (isa.register(flag + "F"),)) for flag in flags]


def _undefined_after(flags: str) -> Handler:
    return lambda isa, instruction: [*instruction.ops, *undefine(isa, flags)]


def _shift(isa: Isa, instruction: Instruction) -> Rows:
    """OF is undefined unless the count is 1; a count of 0, which keeps it, is only known where it is written."""
    texts = operands(instruction)
    count = 1 if len(texts) == 1 else int(texts[-1], 16) if texts[-1].startswith("0x") else None
    wide = texts[0].startswith("qword") or (texts[0] in isa.registers and isa.registers[texts[0]][2] == 8)
    if count is not None and count & (0x3F if wide else 0x1F) in (0, 1):
        return None
    return [*instruction.ops, *undefine(isa, "O")]


def _shift_right(isa: Isa, instruction: Instruction) -> Rows:
    """SLEIGH clears OF for a count of 1; it is the old sign, which is the sign of the result shifted back."""
    own = _shift(isa, instruction)
    if own is not None or instruction.body.rpartition(",")[2].strip() != "0x1":
        return own
    overflow = isa.register("OF")
    shift = next(op for op in instruction.ops if op.code == _RIGHT)
    old: Varnode = (UNIQUE, 0xF0000300, shift.ins[0][2])
    rest = [op for op in instruction.ops if op.outs != (overflow,)]
    at = rest.index(shift)
    sign = RawOp(l.COMPUTE, (overflow,), (old,), f.sign)
    return [*rest[:at], RawOp(l.COPY, (old,), (shift.ins[0],)), *rest[at:], sign]


_RIGHT = l.opcode("INT_RIGHT")


def _refused(isa: Isa, instruction: Instruction) -> Rows:
    return [RawOp(l.OPAQUE, (), (), instruction.mnemonic.lower())]


def _exchange_add(isa: Isa, instruction: Instruction) -> Rows:
    """SLEIGH forgets that a 4-byte result clears the upper half of the register."""
    register = isa.register(operands(instruction)[1])
    if register[2] != 4:
        return None
    wide: Varnode = (REGISTER, register[1], 8)
    return [*instruction.ops, RawOp(l.COMPUTE, (wide,), (register,), lambda a: t.zext(a, 64))]


def _exchange(isa: Isa, instruction: Instruction) -> Rows:
    """SLEIGH forgets it here too, where the other operand is memory."""
    registers = [isa.registers.get(text) for text in operands(instruction)]
    narrow = [found for found in registers if found is not None and found[2] == 4]
    if None not in registers or not narrow:
        return None
    ((_, offset, _),) = narrow
    wide: Varnode = (REGISTER, offset, 8)
    return [*instruction.ops, RawOp(l.COMPUTE, (wide,), ((REGISTER, offset, 4),), lambda a: t.zext(a, 64))]


def _shift_double(isa: Isa, instruction: Instruction) -> Rows:
    """A count above 16 leaves 2-byte operands undefined (SDM volume 2, SHLD): none that varies has a meaning."""
    _, register, count = operands(instruction)
    if isa.register(register)[2] == 2 and not (count.startswith("0x") and int(count, 16) <= 16):
        return _refused(isa, instruction)
    return _shift(isa, instruction)


def _move_swapped(isa: Isa, instruction: Instruction) -> Rows:
    def own(op: RawOp) -> RawOp:
        return RawOp(l.COMPUTE, op.outs, op.ins, byte_reverse) if op.code == l.CALLOTHER else op

    ops = [own(op) for op in instruction.ops]
    out = ops[-1].outs
    if out and out[0][0] == REGISTER and out[0][2] == 4:
        ops.append(RawOp(l.COMPUTE, ((REGISTER, out[0][1], 8),), out, lambda a: t.zext(a, 64)))
    return ops


def result(isa: Isa, name: str, function: Compute, *ins: Varnode) -> list[RawOp]:
    """Write a general register; 4-byte results clear the upper half."""
    space, offset, size = isa.register(name)
    if size != 4:
        return [RawOp(l.COMPUTE, ((space, offset, size),), ins, function)]

    def extended(*args: Term) -> Term:
        value = function(*args)
        assert not isinstance(value, tuple)
        return t.zext(value, 64)

    return [RawOp(l.COMPUTE, ((space, offset, 8),), ins, extended)]


def _flag(isa: Isa, name: str, function: Compute, *ins: Varnode) -> RawOp:
    return RawOp(l.COMPUTE, (isa.register(name),), ins, function)


def _is_zero(a: Term) -> Term:
    return t.eq(a, t.const(0, a.width))


def _scan(forwards: bool) -> Handler:
    def rows(isa: Isa, instruction: Instruction) -> Rows:
        destination, text = operands(instruction)
        size = isa.register(destination)[2]
        fetch, value = source(isa, instruction, text, size)

        def index(a: Term, old: Term) -> Term:
            last = t.const(a.width - 1, a.width)
            found = trailing_zeros(a) if forwards else t.sub(last, t.lzcount(a, a.width))
            return t.ite(_is_zero(a), old, found)

        kept = (UNIQUE, 0xF0000100, size)
        return [
            *fetch,
            RawOp(l.COPY, (kept,), (value,)),
            *result(isa, destination, index, kept, isa.register(destination)),
            _flag(isa, "ZF", _is_zero, kept),
            *undefine(isa, "CSOPA"),
        ]

    return rows


def _count_zeros(trailing: bool) -> Handler:
    def rows(isa: Isa, instruction: Instruction) -> Rows:
        destination, text = operands(instruction)
        size = isa.register(destination)[2]
        fetch, value = source(isa, instruction, text, size)
        kept = (UNIQUE, 0xF0000100, size)
        function: Callable[[Term], Term] = trailing_zeros if trailing else lambda a: t.lzcount(a, a.width)
        return [
            *fetch,
            RawOp(l.COPY, (kept,), (value,)),
            *result(isa, destination, function, kept),
            _flag(isa, "CF", _is_zero, kept),
            _flag(isa, "ZF", lambda a: _is_zero(function(a)), kept),
            *undefine(isa, "SOPA"),
        ]

    return rows


_PAIRS = {1: ("AH", "AL"), 2: ("DX", "AX"), 4: ("EDX", "EAX"), 8: ("RDX", "RAX")}
_SIZES = {"byte ptr": 1, "word ptr": 2, "dword ptr": 4, "qword ptr": 8}


def _divide(signed: bool) -> Handler:
    """The quotient is taken to fit, as x86 faults otherwise. Where the upper half is only the extension of the
    lower one the division is done at the operand's own width, as the targets do it."""

    def quotient_and_rest(high: Term, low: Term, divisor: Term) -> tuple[Term, ...]:
        width = low.width
        dividend = t.concat(high, low)
        extend = t.sext if signed else t.zext
        divide, remain = (t.sdiv, t.srem) if signed else (t.udiv, t.urem)
        if extend(low, 2 * width) is dividend or high is t.extract(extend(low, 2 * width), width, width):
            quotient, rest = divide(low, divisor), remain(low, divisor)
        else:
            wide = extend(divisor, 2 * width)
            quotient = t.extract(divide(dividend, wide), 0, width)
            rest = t.extract(remain(dividend, wide), 0, width)
        return (t.zext(quotient, 64), t.zext(rest, 64)) if width == 32 else (quotient, rest)

    def rows(isa: Isa, instruction: Instruction) -> Rows:
        text = operands(instruction)[-1]
        register = isa.registers.get(text)
        size = register[2] if register is not None else next(n for p, n in _SIZES.items() if text.startswith(p))
        fetch, divisor = ([], register) if register is not None else source(isa, instruction, text, size)
        high, low = (isa.register(n) for n in _PAIRS[size])
        outs = tuple((REGISTER, v[1], 8 if size == 4 else size) for v in (low, high))
        return [*fetch, RawOp(l.COMPUTE, outs, (high, low, divisor), quotient_and_rest), *undefine(isa, "COPAZS")]

    return rows


# Scalar floating point


def _scalar(function: Callable[[Term, Term], Term], size: int) -> Handler:
    """Destination and source are read, the low ``size`` bytes of the destination written."""

    def rows(isa: Isa, instruction: Instruction) -> Rows:
        destination, text = operands(instruction)[:2]
        fetch, value = source(isa, instruction, text, size)
        low = (REGISTER, isa.register(destination)[1], size)
        return [*fetch, RawOp(l.COMPUTE, (low,), (low, value), function)]

    return rows


def _to_integer(size: int, rounding: str) -> Handler:
    def rows(isa: Isa, instruction: Instruction) -> Rows:
        destination, text = operands(instruction)
        fetch, value = source(isa, instruction, text, size)
        width = 8 * isa.register(destination)[2]
        return [*fetch, *result(isa, destination, lambda a: f.indefinite(a, width, rounding), value)]

    return rows


def _nothing(isa: Isa, instruction: Instruction) -> Rows:
    return []


INTEGER: dict[str, Handler] = {
    "SHL": _shift,
    "SAL": _shift,
    "SHR": _shift_right,
    "SAR": _shift,
    "ROL": _shift,
    "ROR": _shift,
    "RCL": _shift,
    "RCR": _shift,
    "SHLD": _shift_double,
    "SHRD": _shift_double,
    "MUL": _undefined_after("SZPA"),
    "IMUL": _undefined_after("SZPA"),
    "DIV": _divide(False),
    "IDIV": _divide(True),
    "BT": _undefined_after("OSPA"),
    "BTS": _undefined_after("OSPA"),
    "BTR": _undefined_after("OSPA"),
    "BTC": _undefined_after("OSPA"),
    "ANDN": _undefined_after("PA"),
    "BLSR": _undefined_after("PA"),
    "BLSI": _undefined_after("PA"),
    "BLSMSK": _undefined_after("PA"),
    "XADD": _exchange_add,
    "XCHG": _exchange,
    "MOVBE": _move_swapped,
    "PUSHF": _refused,
    "PUSHFQ": _refused,
    "POPF": _refused,
    "POPFQ": _refused,
    "PDEP": _refused,
    "PEXT": _refused,
    "BSF": _scan(True),
    "BSR": _scan(False),
    "TZCNT": _count_zeros(True),
    "LZCNT": _count_zeros(False),
    "BZHI": _undefined_after("PA"),
    "BEXTR": _undefined_after("SPA"),
    "PREFETCHNTA": _nothing,
    "PREFETCHT0": _nothing,
    "PREFETCHT1": _nothing,
    "PREFETCHT2": _nothing,
    "CVTTSD2SI": _to_integer(8, ""),
    "CVTTSS2SI": _to_integer(4, ""),
    "CVTSD2SI": _to_integer(8, "r"),
    "CVTSS2SI": _to_integer(4, "r"),
    "MINSD": _scalar(f.x86_min, 8),
    "MINSS": _scalar(f.x86_min, 4),
    "MAXSD": _scalar(f.x86_max, 8),
    "MAXSS": _scalar(f.x86_max, 4),
}
