"""From flag definitions to tests: the comparison that sets NZCV for the conditions wanted, or a test without NZCV."""

from __future__ import annotations

from transpile.aarch64.flag_state import INVERSE, MODES, Flags, Test, test_of
from transpile.aarch64.immediates import is_bitmask
from transpile.aarch64.nzcv import compare_text, spill_nzcv, take
from transpile.aarch64.registers import FLOAT_BY_SIZE, W, X, integer
from transpile.aarch64.single_flags import combined, parity
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
        mode = flags.mode.removesuffix("_edge")
        if mode == out.nzcv or (mode in ("sub", "result") and "c" not in out.live and out.nzcv in ("logic", "sub")):
            return
    if not flags.args:
        raise ToolError(f"flags in NZCV as {flags.mode!r} cannot be handed on as {out.nzcv!r}")
    emit_compare(state, flags)
    if flags.mode == "logic" and out.nzcv == "sub":
        val = as_zero_test(flags)
        assert val is not None
        state.emit(f"cmp {integer(state.use(val), flags.size)}, #0")
        take(state, flags, "sub")
