"""What each condition code means for each kind of flags: one rule per kind.

A rule answers the even condition of a pair (the odd one is its negation) with a comparison, or None where the
condition has to be put together from single flags.
"""

from __future__ import annotations

from transpile.riscv.bits import odd_parity
from transpile.riscv.comparisons import (
    Compare,
    as_bit,
    below,
    equal_pair,
    less,
    negated,
    sign_test,
    signed_pair,
    unsigned_pair,
    zero_test,
)
from transpile.riscv.emitter import Emitter
from transpile.riscv.state import Flags
from transpile.riscv.values import Bind, Content, EmitError, bind


def even_compare(e: Emitter, flags: Flags, cc: str) -> Compare:
    kind = flags.kind
    rule = RULES.get(kind)
    if rule is None:
        raise EmitError(f"condition {cc} of flags '{kind}'")
    made = rule(e, flags, cc)
    if made is not None:
        return made
    return from_bits(e, flags, cc)


def from_bits(e: Emitter, flags: Flags, cc: str) -> Compare:
    """Conditions put together from single flags."""
    if cc == "be":
        below, equal = bit(e, flags, "b"), bit(e, flags, "e")
        return "bne", e.logic("or", below, equal), e.zero
    if cc == "l":
        return "bne", e.logic("xor", bit(e, flags, "s"), bit(e, flags, "o")), e.zero
    if cc == "le":
        less = e.logic("xor", bit(e, flags, "s"), bit(e, flags, "o"))
        return "bne", e.logic("or", less, bit(e, flags, "e")), e.zero
    raise EmitError(f"condition {cc} of flags '{flags.kind}'")


def bit(e: Emitter, flags: Flags, cc: str) -> Content:
    return as_bit(e, even_compare(e, flags, cc))


def sub_rule(e: Emitter, flags: Flags, cc: str) -> Compare | None:
    return subtract(e, flags.args[0], flags.args[1], 8 * flags.size, cc)


def subtract(e: Emitter, a: Bind, b: Bind, width: int, cc: str) -> Compare | None:
    if cc == "e":
        return ("beq", *equal_pair(e, a, b, width))
    if cc == "l":
        return less(e, *signed_pair(e, a, b, width))
    if cc == "le":
        return negated(less(e, *reversed(signed_pair(e, a, b, width))))
    if cc == "b":
        return below(e, *unsigned_pair(e, a, b, width))
    if cc == "be":
        return negated(below(e, *reversed(unsigned_pair(e, a, b, width))))
    if cc == "o":
        return subtract_overflow(e, a, b, width)
    return result_compare(e, difference(e, a, b, width), width, cc)


def difference(e: Emitter, a: Bind, b: Bind, width: int) -> Bind:
    wide = width == 64
    x, y = (e.full(a), e.full(b)) if wide else (e.low(a, width), e.low(b, width))
    return bind(e.sub(x, y, wide), width, True)


def subtract_overflow(e: Emitter, a: Bind, b: Bind, width: int) -> Compare:
    if width == 64:
        x, y = e.full(a), e.full(b)
        result = e.sub(x, y)
        changed = e.logic("and", e.logic("xor", x, y), e.logic("xor", x, result))
        return "blt", changed, e.zero
    exact = e.sub(*signed_pair(e, a, b, width))
    return "bne", exact, e.sext(exact, width)


def add_rule(e: Emitter, flags: Flags, cc: str) -> Compare | None:
    a, b = flags.args
    width = 8 * flags.size
    wide = width == 64
    if cc in ("e", "s", "p"):
        return result_compare(e, total(e, a, b, width), width, cc)
    if cc == "b":
        if width < 32:
            return "bne", e.shift("srli", e.add(e.unsigned(a, width), e.unsigned(b, width)), width), e.zero
        return carry_of(e, total(e, a, b, width), a if b.content.const is None else b, width)
    if cc == "o" and wide:
        x, y = e.full(a), e.full(b)
        result = e.add(x, y)
        changed = e.logic("and", e.logic("xor", x, result), e.logic("xor", y, result))
        return "blt", changed, e.zero
    if not wide:
        exact = e.add(*signed_pair(e, a, b, width))
        if cc == "l":
            return "blt", exact, e.zero
        if cc == "o":
            return "bne", exact, e.sext(exact, width)
    return None


def total(e: Emitter, a: Bind, b: Bind, width: int) -> Bind:
    wide = width == 64
    x, y = (e.full(a), e.full(b)) if wide else (e.low(a, width), e.low(b, width))
    return bind(e.add(x, y, wide), width, True)


def carry_of(e: Emitter, result: Bind, operand: Bind, width: int) -> Compare:
    """Whether a sum is below one of its operands."""
    return ("bltu", *unsigned_pair(e, result, operand, width))


def sum_rule(e: Emitter, flags: Flags, cc: str) -> Compare | None:
    """The result of an addition and its second operand."""
    if cc == "b":
        return carry_of(e, flags.args[0], flags.args[1], 8 * flags.size)
    return result_compare(e, flags.args[0], 8 * flags.size, cc)


def result_compare(e: Emitter, result: Bind, width: int, cc: str) -> Compare:
    """ZF, SF, PF of a result."""
    if cc == "e":
        return "beq", zero_test(e, result, width), e.zero
    if cc == "s":
        return "blt", sign_test(e, result, width), e.zero
    if cc == "p":
        return "beq", odd_parity(e, e.low(result, 8)), e.zero
    raise EmitError(f"condition {cc} is not known from a result")


def result_rule(e: Emitter, flags: Flags, cc: str) -> Compare | None:
    return result_compare(e, flags.args[-1], 8 * flags.size, cc)


def logic_rule(e: Emitter, flags: Flags, cc: str) -> Compare | None:
    width, value = 8 * flags.size, flags.args[0]
    if cc in ("o", "b"):
        return "bne", e.zero, e.zero
    if cc == "l":
        cc = "s"
    elif cc == "be":
        cc = "e"
    elif cc == "le":
        return "bge", e.zero, e.signed(value, width)
    return result_compare(e, value, width, cc)


def inc_rule(e: Emitter, flags: Flags, cc: str) -> Compare | None:
    return step(e, flags, cc, -1)


def dec_rule(e: Emitter, flags: Flags, cc: str) -> Compare | None:
    return step(e, flags, cc, 1)


def step(e: Emitter, flags: Flags, cc: str, by: int) -> Compare | None:
    """inc and dec: apart from CF the flags of ``old - by`` where ``old = result + by``."""
    width, result = 8 * flags.size, flags.args[0]
    if cc in ("e", "s", "p"):
        return result_compare(e, result, width, cc)
    if cc == "b":
        if flags.previous is None:
            raise EmitError("CF is needed from before the block")
        return even_compare(e, flags.previous, "b")
    if cc == "be":
        return None
    constant = Bind(e.constant(by))
    old = total(e, result, constant, width)
    return subtract(e, old, constant, width, cc)


def shift_rule(e: Emitter, flags: Flags, cc: str) -> Compare | None:
    a, _, result = flags.args
    width = 8 * flags.size
    if cc in ("e", "s", "p"):
        return result_compare(e, result, width, cc)
    if cc == "b":
        return "bne", last_out(e, flags, width), e.zero
    if cc == "o":
        if flags.kind == "sar":
            return "bne", e.zero, e.zero
        if flags.kind == "shr":
            return "blt", sign_test(e, a, width), e.zero
        sign = as_bit(e, result_compare(e, result, width, "s"))
        return "bne", e.logic("xor", sign, last_out(e, flags, width)), e.zero
    return None


def last_out(e: Emitter, flags: Flags, width: int) -> Content:
    """CF of a shift: the last bit that left."""
    a, count = flags.args[0], flags.args[1].content.const
    if count is None:
        raise EmitError("CF of a shift by a variable")
    if flags.kind == "shl":
        return e.logic("and", e.shift("srli", e.low(a, width), width - count), e.constant(1))
    content = e.signed(a, width) if flags.kind == "sar" else e.low(a, width)
    return e.logic("and", e.shift("srli", content, min(count, 64) - 1), e.constant(1))


def carry_rule(e: Emitter, flags: Flags, cc: str) -> Compare | None:
    if cc != "b":
        raise EmitError(f"condition {cc} is not defined here")
    return "bne", e.unsigned(flags.args[0], 8), e.zero


def zero_rule(e: Emitter, flags: Flags, cc: str) -> Compare | None:
    if cc != "e":
        raise EmitError(f"condition {cc} is not defined here")
    return "beq", zero_test(e, flags.args[0], 8 * flags.size), e.zero


def overflow_rule(e: Emitter, flags: Flags, cc: str) -> Compare | None:
    if cc in ("o", "b"):
        return "bne", e.unsigned(flags.args[0], 8), e.zero
    return result_compare(e, flags.args[1], 8 * flags.size, cc)


def adc_rule(e: Emitter, flags: Flags, cc: str) -> Compare | None:
    a, b, carry = flags.args
    width = 8 * flags.size
    into = Bind(e.unsigned(carry, 8))
    if width < 64:
        if cc == "b":
            exact = e.add(e.add(e.unsigned(a, width), e.unsigned(b, width)), into.content)
            return "bne", e.shift("srli", exact, width), e.zero
        exact = e.add(e.add(*signed_pair(e, a, b, width)), into.content)
        return narrow_exact(e, exact, width, cc)
    x, y = e.full(a), e.full(b)
    partial = e.add(x, y)
    result = e.add(partial, into.content)
    if cc == "b":
        first, second = e.rr("sltu", partial, x, 1), e.rr("sltu", result, partial, 1)
        return "bne", e.logic("or", first, second), e.zero
    if cc == "o":
        return "blt", e.logic("and", e.logic("xor", x, result), e.logic("xor", y, result)), e.zero
    return result_compare(e, Bind(result), 64, cc) if cc in ("e", "s", "p") else None


def narrow_exact(e: Emitter, exact: Content, width: int, cc: str) -> Compare | None:
    """Conditions from the exact signed result of an addition or subtraction of fewer than 64 bits."""
    if cc == "l":
        return "blt", exact, e.zero
    if cc == "o":
        return "bne", exact, e.sext(exact, width)
    return result_compare(e, Bind(exact, width), width, cc) if cc in ("e", "s", "p") else None


def sbb_rule(e: Emitter, flags: Flags, cc: str) -> Compare | None:
    a, b, carry = flags.args
    width = 8 * flags.size
    into = Bind(e.unsigned(carry, 8))
    if width < 64:
        if cc == "b":
            exact = e.sub(e.sub(e.unsigned(a, width), e.unsigned(b, width)), into.content)
            return "blt", exact, e.zero
        exact = e.sub(e.sub(*signed_pair(e, a, b, width)), into.content)
        return narrow_exact(e, exact, width, cc)
    x, y = e.full(a), e.full(b)
    partial = e.sub(x, y)
    result = e.sub(partial, into.content)
    if cc == "b":
        first, second = e.rr("sltu", x, y, 1), e.rr("sltu", partial, into.content, 1)
        return "bne", e.logic("or", first, second), e.zero
    if cc == "o":
        return "blt", e.logic("and", e.logic("xor", x, y), e.logic("xor", x, result)), e.zero
    return result_compare(e, Bind(result), 64, cc) if cc in ("e", "s", "p") else None


def float_rule(e: Emitter, flags: Flags, cc: str) -> Compare | None:
    """ucomis: unordered sets ZF, PF and CF."""
    a, b = float_pair(e, flags)
    suffix = "s" if flags.size == 4 else "d"
    if cc in ("o", "s"):
        return "bne", e.zero, e.zero
    if cc == "b":
        return "beq", e.fx(f"fle.{suffix}", (b, a), 1), e.zero
    if cc == "be":
        return "beq", e.fx(f"flt.{suffix}", (b, a), 1), e.zero
    if cc == "e":
        unequal = e.logic("or", e.fx(f"flt.{suffix}", (a, b), 1), e.fx(f"flt.{suffix}", (b, a), 1))
        return "beq", unequal, e.zero
    if cc == "p":
        if a is b:
            return "beq", e.fx(f"feq.{suffix}", (a, a), 1), e.zero
        ordered = e.logic("and", e.fx(f"feq.{suffix}", (a, a), 1), e.fx(f"feq.{suffix}", (b, b), 1))
        return "beq", ordered, e.zero
    return None


def float_pair(e: Emitter, flags: Flags) -> tuple[Content, Content]:
    a, b = flags.args
    if flags.size == 4:
        return e.boxed(a), e.boxed(b)
    return e.full(a), e.full(b)


RULES = {
    "sub": sub_rule,
    "add": add_rule,
    "sum": sum_rule,
    "logic": logic_rule,
    "inc": inc_rule,
    "dec": dec_rule,
    "result": result_rule,
    "shl": shift_rule,
    "shr": shift_rule,
    "sar": shift_rule,
    "carry": carry_rule,
    "zero": zero_rule,
    "overflow": overflow_rule,
    "adc": adc_rule,
    "sbb": sbb_rule,
    "fcmp": float_rule,
}
