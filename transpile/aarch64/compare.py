"""From flag definitions to tests: the comparison that sets NZCV for the conditions wanted, or a test without NZCV."""

from __future__ import annotations

from transpile.aarch64.flag_state import INVERSE, MODES, Flags, Test, test_of
from transpile.aarch64.immediates import add_text, is_add, is_bitmask
from transpile.aarch64.registers import FLOAT_BY_SIZE, W, X, integer
from transpile.aarch64.state import State
from transpile.aarch64.values import Val, const_val
from transpile.errors import ToolError
from transpile.native.micro import CONDITIONS
from transpile.native.relation import EdgeFlags

_RESULT_KINDS = frozenset(("logic", "result", "zero", "shl", "shr", "sar", "inc", "dec"))
"""Kinds whose last operand is the result that ZF and SF (of ``zero``: ZF) describe."""
_NO_CARRY = {
    "e": "e", "be": "e", "ne": "ne", "a": "ne", "s": "s", "l": "s", "ns": "ns", "ge": "ns", "le": "le", "g": "g",
}  # fmt: skip
"""Conditions when CF = OF = 0."""
_EQUALITY = frozenset(("e", "ne"))
_UNSIGNED = frozenset(("e", "ne", "b", "ae", "be", "a"))
_SIGNED = frozenset(("e", "ne", "l", "ge", "le", "g"))


def spill_nzcv(state: State) -> None:
    """Before NZCV is overwritten: save it if it is the only copy of flags still wanted."""
    flags = state.nzcv
    state.nzcv = None
    if flags is None or flags.pinned or flags.last < state.i or flags.saved is not None:
        return
    reg = state.scratch()
    state.emit(f"mrs {X[reg]}, nzcv")
    flags.saved = Val()
    flags.saved.pins = 1
    state.ints.put(flags.saved, reg)


def test(state: State, flags: Flags, cc: str, only: bool) -> Test:
    """A test for ``cc``; ``only``: it is for a branch and nobody else needs these flags."""
    if flags.saved is not None and state.nzcv is not flags:
        spill_nzcv(state)
        state.emit(f"msr nzcv, {X[state.use(flags.saved)]}")
        state.nzcv = flags
    if state.nzcv is flags and cc in MODES[flags.mode]:
        return test_of(flags.mode, cc)
    if flags.kind in ("nzcv", "fcmp") or not flags.args:
        if flags.kind != "fcmp":
            raise ToolError(f"condition {cc!r} cannot be had from flags kept in NZCV")
        emit_compare(state, flags)
        return test_of("fcmp", cc)
    positive = CONDITIONS[CONDITIONS.index(cc) & ~1]
    found = integer_test(state, flags, positive, only)
    return found if cc == positive else invert(found)


def invert(found: Test) -> Test:
    kind, a, b = found
    if kind == "cc":
        assert isinstance(a, str)
        return ("cc", INVERSE[a], None)
    if kind in ("any", "all"):
        assert isinstance(a, str) and isinstance(b, str)
        return ("all" if kind == "any" else "any", INVERSE[a], INVERSE[b])
    return (INVERSE[kind], a, b)


def integer_test(state: State, flags: Flags, cc: str, only: bool) -> Test:
    """``cc`` is one of ``o b e be s p l le``."""
    kind = flags.kind
    if cc == "p":
        return parity(state, flags)
    if kind in ("carry", "overflow"):
        if cc in ("b", "o"):
            return ("set", flags.args[0], 0)
        return combined(state, flags, cc)
    zero = as_zero_test(flags)
    if zero is not None:
        plain = _NO_CARRY.get(cc, "never") if kind in ("logic", "sub") else cc
        if plain == "never":
            return ("never", None, None)
        if kind in ("logic", "sub") or cc in ("e", "s"):
            return zero_test(state, flags, zero, plain, only)
    if kind in ("shl", "shr", "sar") or (kind in ("adc", "sbb") and flags.size < 4) or kind in ("result", "zero"):
        return combined(state, flags, cc)
    if kind in ("inc", "dec") and (cc == "o" or flags.size < 4):
        return combined(state, flags, cc)
    emit_compare(state, flags)
    if cc not in MODES[flags.mode]:
        raise ToolError(f"condition {cc!r} of {kind!r} flags has no test")
    return test_of(flags.mode, cc)


def as_zero_test(flags: Flags) -> Val | None:
    """The value whose comparison with zero gives ZF and SF."""
    if flags.kind in _RESULT_KINDS:
        return flags.args[-1]
    if flags.kind == "sub" and flags.args[1].const is not None:
        return flags.args[0] if flags.args[1].const & ((1 << 8 * flags.size) - 1) == 0 else None
    return None


def zero_test(state: State, flags: Flags, val: Val, cc: str, only: bool) -> Test:
    """``val`` against zero: ``e``, ``s`` or ``le``."""
    size, bits = flags.size, 8 * flags.size
    if only and val.lazy == "and" and val.reg < 0:
        found = single_bit(state, val, size, cc)
        if found is not None:
            return found
    elif only and cc == "s":
        return ("set", made(state, val), bits - 1)
    elif only and cc == "e" and (size >= 4 or val.u32 <= bits):
        return ("zero", made(state, val), size)
    emit_compare(state, flags)
    return test_of(flags.mode, cc)


def made(state: State, val: Val) -> Val:
    state.use(val)
    return val


def single_bit(state: State, val: Val, size: int, cc: str) -> Test | None:
    a, b = val.args
    if cc == "s":
        return None
    if b.const is None:
        return None
    mask = b.const & ((1 << 8 * size) - 1)
    if cc == "e" and mask and mask & (mask - 1) == 0:
        return ("clear", made(state, a), mask.bit_length() - 1)
    return None


# Comparisons. Each sets NZCV so that all conditions that are wanted can be answered.


def take(state: State, flags: Flags, mode: str) -> None:
    flags.mode = mode
    state.nzcv = flags


def emit_compare(state: State, flags: Flags) -> None:
    """Set NZCV from the operands of ``flags``."""
    spill_nzcv(state)
    kind, size = flags.kind, flags.size
    zero = as_zero_test(flags)
    if kind == "fcmp":
        names = FLOAT_BY_SIZE[size]
        left, right = (names[state.use(v)] for v in flags.args)
        state.emit(f"fcmp {left}, {right}")
        take(state, flags, "fcmp")
    elif kind in ("inc", "dec") and size >= 4 and not wanted(flags) <= {"e", "s"}:
        compare_step(state, flags)
    elif zero is not None:
        compare_zero(state, flags, zero)
    elif kind in ("adc", "sbb"):
        compare_carry(state, flags)
    elif size < 4:
        compare_narrow(state, flags)
    else:
        a, b = flags.args
        state.emit(compare_text("cmp" if kind == "sub" else "cmn", state, a, b, size))
        take(state, flags, kind)


def wanted(flags: Flags) -> set[str]:
    """The positive forms of the conditions that consumers ask for."""
    return {CONDITIONS[CONDITIONS.index(cc) & ~1] for cc in flags.ccs}


def compare_text(mnemonic: str, state: State, a: Val, b: Val, size: int) -> str:
    if b.const is not None:
        # The zero register does not go with an immediate: its number means sp there.
        left = integer(state.use(a), size)
        bits = 8 * size
        value = b.const & ((1 << bits) - 1)
        negative = (1 << bits) - value
        if is_add(value):
            return f"{mnemonic} {left}, {add_text(value)}"
        if is_add(negative):
            return f"{'cmn' if mnemonic == 'cmp' else 'cmp'} {left}, {add_text(negative)}"
        return f"{mnemonic} {left}, {state.operand(const_val(value), size)}"
    return f"{mnemonic} {state.operand(a, size)}, {state.operand(b, size)}"


def compare_zero(state: State, flags: Flags, val: Val) -> None:
    size, bits = flags.size, 8 * flags.size
    wide = 8 if size == 8 else 4
    no_carry = flags.kind in ("logic", "sub")
    equality = {_NO_CARRY.get(cc, "") for cc in flags.ccs} <= _EQUALITY and flags.id != state.flag_out
    if val.lazy == "and" and val.reg < 0 and (size >= 4 or _masks_low(val, bits, equality)):
        a, b = val.args
        mask = b.const & ((1 << bits) - 1) if b.const is not None else None
        if mask is None or not is_bitmask(mask, wide):
            right = state.operand(b if mask is None else const_val(mask), wide)
        else:
            right = f"#{mask:#x}"
        state.emit(f"tst {state.operand(a, wide)}, {right}")
        take(state, flags, "logic")
    elif size >= 4 and flags.kind == "logic" and flags.id == state.flag_out:
        source = state.operand(val, size)
        state.emit(f"tst {source}, {source}")
        take(state, flags, "logic")
    elif size >= 4:
        state.emit(f"cmp {integer(state.use(val), size)}, #0")
        take(state, flags, "sub" if no_carry else "result")
    elif equality and val.u32 > bits:
        state.emit(f"tst {state.operand(val, 4)}, #{(1 << bits) - 1:#x}")
        take(state, flags, "equal0" if no_carry else "equal")
    else:
        reg = state.use(val) if equality else state.sext(val, size)
        state.emit(f"cmp {W[reg]}, #0")
        take(state, flags, ("equal0" if equality else "sub") if no_carry else "equal" if equality else "result")


def _masks_low(val: Val, bits: int, equality: bool) -> bool:
    """Whether testing the full registers says the same as testing their low ``bits``."""
    mask = val.args[1].const
    if mask is None:
        return False
    low = mask & ((1 << bits) - 1)
    return equality or not low >> (bits - 1)


def compare_narrow(state: State, flags: Flags) -> None:
    """1- and 2-byte operands: extend as the consumers need it, or shift both to the top."""
    a, b = flags.args
    size, bits = flags.size, 8 * flags.size
    mask = (1 << bits) - 1
    out = flags.id == state.flag_out
    if flags.kind == "sub" and flags.ccs <= _UNSIGNED and not out:
        if b.const is not None:
            state.emit(compare_text("cmp", state, Val(state.zext(a, size)), const_val(b.const & mask), 4))
        else:
            state.emit(extended_compare(state, a, b, size, "uxt"))
        take(state, flags, "unsigned")
    elif flags.kind == "sub" and flags.ccs <= _SIGNED and not out:
        if b.const is not None:
            value = (b.const & mask) - (1 << bits if b.const & mask >= 1 << (bits - 1) else 0)
            state.emit(compare_text("cmp", state, Val(state.sext(a, size)), const_val(value & 0xFFFFFFFF), 4))
        else:
            state.emit(extended_compare(state, a, b, size, "sxt"))
        take(state, flags, "signed")
    else:
        left = shifted_up(state, a, 32 - bits)
        mnemonic = "cmp" if flags.kind == "sub" else "cmn"
        if b.const is not None:
            state.emit(compare_text(mnemonic, state, Val(left), const_val((b.const & mask) << (32 - bits)), 4))
        else:
            state.emit(f"{mnemonic} {W[left]}, {state.operand(b, 4)}, lsl #{32 - bits}")
        take(state, flags, flags.kind)


def shifted_up(state: State, val: Val, amount: int) -> int:
    source, target = state.operand(val, 4), state.scratch()
    state.emit(f"lsl {W[target]}, {source}, #{amount}")
    return target


def extended_compare(state: State, a: Val, b: Val, size: int, how: str) -> str:
    bits = 8 * size
    known = b.u32 <= bits if how == "uxt" else b.s32 <= bits
    left = state.zext(a, size) if how == "uxt" else state.sext(a, size)
    suffix = "" if known else f", {how}{'b' if size == 1 else 'h'}"
    return f"cmp {W[left]}, {W[state.use(b)]}{suffix}"


def compare_step(state: State, flags: Flags) -> None:
    """``inc`` and ``dec`` from the result: undo the step, then compare with it."""
    size = flags.size
    wide = 8 if size == 8 else 4
    source, target = integer(state.use(flags.args[0]), wide), integer(state.scratch(), wide)
    undo, redo = ("sub", "cmn") if flags.kind == "inc" else ("add", "cmp")
    state.emit(f"{undo} {target}, {source}, #1")
    state.emit(f"{redo} {target}, #1")
    take(state, flags, "add" if flags.kind == "inc" else "sub")


def compare_carry(state: State, flags: Flags) -> None:
    """``adc`` and ``sbb``: put the carry into C, then add or subtract with it."""
    a, b, c = flags.args
    size = flags.size
    left, right = state.operand(a, size), state.operand(b, size)
    carry = W[state.zext(c, 1)]
    zero = "xzr" if size == 8 else "wzr"
    if flags.kind == "adc":
        state.emit(f"cmp {carry}, #1")
        state.emit(f"adcs {zero}, {left}, {right}")
        take(state, flags, "add")
    else:
        state.emit(f"cmp wzr, {carry}")
        state.emit(f"sbcs {zero}, {left}, {right}")
        take(state, flags, "sub")


def leave_in_nzcv(state: State, flags: Flags, out: EdgeFlags) -> None:
    """Make NZCV at the edge mean what ``out.nzcv`` says."""
    if flags.saved is not None and state.nzcv is not flags:
        state.emit(f"msr nzcv, {X[state.use(flags.saved)]}")
        state.nzcv = flags
    if state.nzcv is flags:
        same = flags.mode in (out.nzcv, "result") or (flags.mode == "sub" and out.nzcv == "logic")
        if same and (flags.mode == out.nzcv or "c" not in out.live):
            return
    if not flags.args:
        raise ToolError(f"flags in NZCV as {flags.mode!r} cannot be handed on as {out.nzcv!r}")
    emit_compare(state, flags)
    if flags.mode == "logic" and out.nzcv == "sub":
        val = as_zero_test(flags)
        assert val is not None
        state.emit(f"cmp {integer(state.use(val), flags.size)}, #0")
        take(state, flags, "sub")


# Flags one by one, for the combinations that NZCV cannot give.


def result_of(state: State, flags: Flags) -> Val:
    """The operation's result (its low ``size`` bytes)."""
    kind = flags.kind
    if kind not in ("sub", "add", "adc", "sbb"):
        return flags.args[-1]
    key = ("result", flags.id)
    known = state.cached(key)
    if known is not None:
        return known
    wide = 8 if flags.size == 8 else 4
    mnemonic = "sub" if kind in ("sub", "sbb") else "add"
    left, right = (state.operand(v, wide) for v in flags.args[:2])
    target = state.scratch()
    state.emit(f"{mnemonic} {integer(target, wide)}, {left}, {right}")
    if len(flags.args) == 3:
        carry = integer(state.zext(flags.args[2], 1), wide)
        state.emit(f"{mnemonic} {integer(target, wide)}, {integer(target, wide)}, {carry}")
    return state.keep(key, target)


def parity(state: State, flags: Flags) -> Test:
    """PF: whether the low byte of the result has an even number of ones."""
    source = state.use(result_of(state, flags))
    target = W[fresh := state.scratch()]
    state.emit(f"eor {target}, {W[source]}, {W[source]}, lsr #4")
    state.emit(f"eor {target}, {target}, {target}, lsr #2")
    state.emit(f"eor {target}, {target}, {target}, lsr #1")
    return ("clear", state.keep(("parity", flags.id), fresh), 0)


def combined(state: State, flags: Flags, cc: str) -> Test:
    """A condition computed from single flags, each 0 or 1 in bit 0 of a register."""
    match cc:
        case "b" if flags.kind in ("shl", "shr", "sar"):
            return ("set", flags.args[0], carry_bit(flags))
        case "o" | "b" | "e" | "s":
            target = single(state, flags, {"o": "o", "b": "c", "e": "z", "s": "s"}[cc])
        case "be":
            target = join(state, "orr", single(state, flags, "c"), single(state, flags, "z"))
        case _:
            target = join(state, "eor", single(state, flags, "s"), single(state, flags, "o"))
            if cc == "le":
                target = join(state, "orr", target, single(state, flags, "z"))
    return ("set", state.keep(("flag", flags.id, cc), target), 0)


def join(state: State, mnemonic: str, a: int, b: int) -> int:
    target = state.scratch()
    state.emit(f"{mnemonic} {W[target]}, {W[a]}, {W[b]}")
    return target


def carry_bit(flags: Flags) -> int:
    count = flags.args[1].const
    assert count is not None
    return 8 * flags.size - count if flags.kind == "shl" else count - 1


def bit(state: State, val: Val, position: int) -> int:
    source, target = state.use(val), state.scratch()
    names = X if position >= 32 else W
    state.emit(f"ubfx {names[target]}, {names[source]}, #{position}, #1")
    return target


def single(state: State, flags: Flags, letter: str) -> int:
    """One flag as 0 or 1; bits above the lowest may be anything."""
    kind, size = flags.kind, flags.size
    if letter == "s":
        return bit(state, result_of(state, flags), 8 * size - 1)
    if letter == "z":
        return zero_bit(state, result_of(state, flags), size)
    if kind in ("carry", "overflow"):
        return state.use(flags.args[0])
    if kind in ("shl", "shr", "sar"):
        return shift_flag(state, flags, letter)
    if kind in ("inc", "dec"):
        return step_overflow(state, flags)
    if kind in ("adc", "sbb"):
        return carry_chain(state, flags, letter)
    raise ToolError(f"flag {letter!r} of {kind!r} has no value")


def zero_bit(state: State, val: Val, size: int) -> int:
    spill_nzcv(state)
    if size >= 4:
        state.emit(f"cmp {integer(state.use(val), size)}, #0")
    else:
        state.emit(f"tst {state.operand(val, 4)}, #{(1 << 8 * size) - 1:#x}")
    target = state.scratch()
    state.emit(f"cset {W[target]}, eq")
    return target


def shift_flag(state: State, flags: Flags, letter: str) -> int:
    a, top = flags.args[0], 8 * flags.size - 1
    if letter == "c":
        return bit(state, a, carry_bit(flags))
    if flags.kind == "shr":
        return bit(state, a, top)
    if flags.kind == "sar":
        return state.use(const_val(0))
    return join(state, "eor", bit(state, a, carry_bit(flags)), bit(state, flags.args[-1], top))


def step_overflow(state: State, flags: Flags) -> int:
    """OF of ``inc``: the result is the minimum; of ``dec``: the maximum."""
    size, bits = flags.size, 8 * flags.size
    wide = 8 if size == 8 else 4
    limit = 1 << (bits - 1)
    limit = limit if flags.kind == "inc" else limit - 1
    spill_nzcv(state)
    source = state.zext(flags.args[0], size)
    state.emit(compare_text("cmp", state, Val(source), const_val(limit), wide))
    target = state.scratch()
    state.emit(f"cset {W[target]}, eq")
    return target


def carry_chain(state: State, flags: Flags, letter: str) -> int:
    """CF and OF of 1- and 2-byte ``adc`` and ``sbb``, from operands and result."""
    a, b, _ = flags.args
    size, bits = flags.size, 8 * flags.size
    if letter == "o":
        result = result_of(state, flags)
        names = [W[state.use(v)] for v in (a, b, result)]
        first, second = W[state.scratch()], W[target := state.scratch()]
        state.emit(f"eor {first}, {names[0]}, {names[2]}")
        other = names[2] if flags.kind == "adc" else names[0]
        state.emit(f"eor {second}, {names[1]}, {other}")
        state.emit(f"and {second}, {first}, {second}")
        state.emit(f"ubfx {second}, {second}, #{bits - 1}, #1")
        return target
    carry = W[state.zext(flags.args[2], 1)]
    left, right = W[state.zext(a, size)], W[state.zext(b, size)]
    target = state.scratch()
    mnemonic = "add" if flags.kind == "adc" else "sub"
    state.emit(f"{mnemonic} {W[target]}, {left}, {right}")
    state.emit(f"{mnemonic} {W[target]}, {W[target]}, {carry}")
    state.emit(f"ubfx {W[target]}, {W[target]}, #{bits}, #1")
    return target
