"""Comparisons of two registers: operands extended alike, 0 or 1 as a result."""

from __future__ import annotations

from transpile.riscv.emitter import Emitter
from transpile.riscv.values import Bind, Content

Compare = tuple[str, Content, Content]
"""A branch mnemonic and its operands."""

INVERSE = {"beq": "bne", "bne": "beq", "blt": "bge", "bge": "blt", "bltu": "bgeu", "bgeu": "bltu"}
IMMEDIATE = {"slt": "slti", "sltu": "sltiu"}


def negated(compare: Compare) -> Compare:
    return INVERSE[compare[0]], compare[1], compare[2]


def as_bit(e: Emitter, made: Compare, to: str | None = None) -> Content:
    """0 or 1 for a comparison."""
    op, a, b = made
    if a.const is not None and b.const is not None:
        return e.give(e.constant(int(holds(op, a.const, b.const))), to)
    if op in ("beq", "bne"):
        return equality(e, op, a, b, to)
    if op in ("blt", "bge"):
        return order(e, "slt", op == "bge", a, b, to)
    return order(e, "sltu", op == "bgeu", a, b, to)


def holds(op: str, a: int, b: int) -> bool:
    mask = (1 << 64) - 1
    return {
        "beq": a == b,
        "bne": a != b,
        "blt": a < b,
        "bge": a >= b,
        "bltu": a & mask < b & mask,
        "bgeu": a & mask >= b & mask,
    }[op]


def equality(e: Emitter, op: str, a: Content, b: Content, to: str | None) -> Content:
    if a.const is not None:
        a, b = b, a
    if b.const is not None and -2048 < b.const <= 2047:
        difference = e.add_constant(a, -b.const, True, None) if b.const else a
    else:
        difference = e.rr("xor", a, b, max(a.u, b.u), max(a.s, b.s))
    if difference.u <= 1:
        return e.give(difference, to) if op == "bne" else e.ri("xori", difference, 1, 1, 64, to)
    if op == "beq":
        return e.seq(("seqz", difference.number), ("seqz {d}, {0}",), (difference,), 1, 64, to)
    return e.seq(("snez", difference.number), ("snez {d}, {0}",), (difference,), 1, 64, to)


def order(e: Emitter, mnemonic: str, inverse: bool, a: Content, b: Content, to: str | None) -> Content:
    """``a < b``, or not."""
    first = None if inverse else to
    if mnemonic == "slt" and b is e.zero:
        return flipped(e, e.shift("srli", a, 63, first), inverse, to)
    value = b.const
    if value is not None and -2048 <= value < 2048:
        return flipped(e, e.ri(IMMEDIATE[mnemonic], a, value, 1, 64, first), inverse, to)
    if a.const is not None and inverse and -2048 <= a.const + 1 < 2048 and (mnemonic == "slt" or a.const >= 0):
        return e.ri(IMMEDIATE[mnemonic], b, a.const + 1, 1, 64, to)
    if a.const is not None and not inverse and -2048 <= a.const + 1 < 2048 and (mnemonic == "slt" or a.const >= 0):
        if a.const:
            return flipped(e, e.ri(IMMEDIATE[mnemonic], b, a.const + 1, 1, 64), True, to)
        if mnemonic == "sltu":
            return equality(e, "bne", b, e.zero, to)
    return flipped(e, e.rr(mnemonic, a, b, 1, 64, first), inverse, to)


def flipped(e: Emitter, content: Content, inverse: bool, to: str | None) -> Content:
    return e.ri("xori", content, 1, 1, 64, to) if inverse else content


# Operands


def signed_pair(e: Emitter, a: Bind, b: Bind, width: int) -> tuple[Content, Content]:
    return e.signed(a, width), e.signed(b, width)


def extension_cost(e: Emitter, value: Bind, width: int, signed: bool) -> int:
    content = value.content
    if value.bits < width and value.zero:
        known, name, steps = content.u <= value.bits, "zext", 1 if value.bits <= 11 else 2
        width = value.bits
    elif signed:
        known, name, steps = content.s <= width, "sext", 1 if width == 32 else 2
    else:
        known, name, steps = content.u <= width, "zext", 1 if width <= 11 else 2
    if known or content.const is not None:
        return 0
    done = e.numbers.get((name, width, content.number))
    if (done is not None and done.places) or e.will_extend(content, width, name):
        return 0
    return steps


def unsigned_pair(e: Emitter, a: Bind, b: Bind, width: int) -> tuple[Content, Content]:
    """Both operands extended alike, sign or zero, whatever costs less: the order as unsigned numbers is the same."""
    if width == 64:
        return e.full(a), e.full(b)
    with_sign = extension_cost(e, a, width, True) + extension_cost(e, b, width, True)
    without = extension_cost(e, a, width, False) + extension_cost(e, b, width, False)
    if with_sign <= without:
        return signed_pair(e, a, b, width)
    return e.unsigned(a, width), e.unsigned(b, width)


def equal_pair(e: Emitter, a: Bind, b: Bind, width: int) -> tuple[Content, Content]:
    if b.content is e.zero:
        return zero_test(e, a, width), e.zero
    return unsigned_pair(e, a, b, width)


def zero_test(e: Emitter, a: Bind, width: int) -> Content:
    """Zero exactly when the low ``width`` bits are."""
    if width == 64:
        return e.full(a)
    if width == 16 and extension_cost(e, a, 16, False) and extension_cost(e, a, 16, True):
        return e.shift("slli", e.low(a, 16), 48)
    if extension_cost(e, a, width, True) <= extension_cost(e, a, width, False):
        return e.signed(a, width)
    return e.unsigned(a, width)


def less(e: Emitter, a: Content, b: Content) -> Compare:
    """``a < b``, signed, against zero where an equal test with zero exists."""
    if b.const == 1:
        return "bge", e.zero, a
    if a.const == -1:
        return "bge", b, e.zero
    return "blt", a, b


def below(e: Emitter, a: Content, b: Content) -> Compare:
    if b.const == 1:
        return "beq", a, e.zero
    if a.const == 0:
        return "bne", b, e.zero
    if b.const == 0:
        return "bne", e.zero, e.zero
    return "bltu", a, b


def sign_test(e: Emitter, result: Bind, width: int) -> Content:
    """Negative exactly when bit ``width - 1`` is set."""
    if width == 64:
        return e.full(result)
    if extension_cost(e, result, width, True):
        content = e.low(result, width)
        return e.sext(content, 32) if width == 32 else e.shift("slli", content, 64 - width)
    return e.signed(result, width)
