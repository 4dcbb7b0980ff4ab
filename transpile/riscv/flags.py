"""Flags are never computed as such: each condition becomes the comparison that it means for the operands at hand."""

from __future__ import annotations

from transpile.native.micro import CONDITIONS, Code, Cond, Micro, Reg
from transpile.riscv.bits import odd_parity
from transpile.riscv.emitter import Emitter, Flags, handles
from transpile.riscv.plan import location
from transpile.riscv.values import Bind, Content, EmitError, bind

Compare = tuple[str, Content, Content]
"""A branch mnemonic and its operands."""

INVERSE = {"beq": "bne", "bne": "beq", "blt": "bge", "bge": "blt", "bltu": "bgeu", "bgeu": "bltu"}
IMMEDIATE = {"slt": "slti", "sltu": "sltiu"}
FROM_RESULT = frozenset(("e", "ne", "s", "ns"))


def negated(compare: Compare) -> Compare:
    return INVERSE[compare[0]], compare[1], compare[2]


@handles(Code.FLAGS)
def flags(e: Emitter, micro: Micro) -> None:
    kind, width = micro.name, 8 * micro.size
    uses = e.plan.flag_uses.get(micro.id)
    if not uses and (e.block.flags_out is None or e.plan.last_flags != micro.id):
        if kind not in ("inc", "dec") and not micro.imm:
            e.current_flags = None
        return
    previous = e.current_flags if kind in ("inc", "dec") else None
    wait = result_index(e, micro)
    if wait >= 0:
        made = Flags("result" if kind == "sub" or not needs_carry(e, micro) else "sum", micro.size, (), previous)
        if made.kind == "sum":
            made.args = (flag_operand(e, micro, 1, width),)
        made.wait = wait
        e.waiting = made
    else:
        made = Flags(
            kind, micro.size, tuple(flag_operand(e, micro, n, width) for n in range(len(micro.args))), previous
        )
    outer = e.current_flags
    e.define_flags(micro.id, made)
    if micro.imm:
        e.current_flags = outer


def flag_operand(e: Emitter, micro: Micro, number: int, width: int) -> Bind:
    value = micro.args[number]
    found = e.value(value)
    e.pin(found.content)
    return found


def needs_carry(e: Emitter, micro: Micro) -> bool:
    return not e.plan.conditions.get(micro.id, set()) <= FROM_RESULT


def result_index(e: Emitter, micro: Micro) -> int:
    """Where the result these flags describe is computed, if every consumer can be told from the result; else -1."""
    if micro.name not in ("sub", "add") or (e.block.flags_out is not None and e.plan.last_flags == micro.id):
        return -1
    wanted = e.plan.conditions.get(micro.id, set())
    if not wanted <= (FROM_RESULT if micro.name == "sub" else FROM_RESULT | {"b", "ae"}):
        return -1
    code = Code.SUB if micro.name == "sub" else Code.ADD
    for index in (e.index + 1, e.index + 2):
        if index >= len(e.block.micros):
            break
        other = e.block.micros[index]
        if other.cond is not None:
            break
        if other.code is code and other.args == micro.args and other.size == micro.size:
            return index if reaches(e, other, index) and (micro.name == "sub" or separate(e, micro, other)) else -1
    return -1


def reaches(e: Emitter, other: Micro, index: int) -> bool:
    dst = other.dst
    if dst is None or (isinstance(dst, Reg) and dst.offset):
        return False
    name = location(dst)
    return name in e.plan.used if name[0] == "%" else name in e.block.live_after[index]


def separate(e: Emitter, micro: Micro, other: Micro) -> bool:
    """The second operand of an addition survives it (or is not needed)."""
    if not needs_carry(e, micro):
        return True
    second = micro.args[1]
    return getattr(second, "name", "") != getattr(other.dst, "name", "?")


def find(e: Emitter, cond: Cond) -> Flags:
    found = e.flags.get(cond.flags)
    if found is None or found.wait >= 0:
        raise EmitError("flags are used that no instruction of this block has set")
    return found


def compare(e: Emitter, cond: Cond) -> Compare:
    """The comparison that is true exactly when ``cond`` holds."""
    found = find(e, cond)
    cc = cond.cc
    odd = CONDITIONS.index(cc) & 1
    # Each rule answers the even condition of a pair, or None; the odd one is its negation.
    even = CONDITIONS[CONDITIONS.index(cc) & ~1]
    made = even_compare(e, found, even)
    return negated(made) if odd else made


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


# One rule per kind: even condition -> comparison, or None to put it together from single flags


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


def sign_test(e: Emitter, result: Bind, width: int) -> Content:
    """Negative exactly when bit ``width - 1`` is set."""
    if width == 64:
        return e.full(result)
    if extension_cost(e, result, width, True):
        content = e.low(result, width)
        return e.sext(content, 32) if width == 32 else e.shift("slli", content, 64 - width)
    return e.signed(result, width)


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
