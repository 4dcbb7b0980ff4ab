"""Packed operations: NEON, one row per entry of ``transpile.native.micro.PACKED``.

Where one instruction does it, a row of ``DIRECT`` names it; the rest have a function each.
"""

from __future__ import annotations

from collections.abc import Callable

from transpile.aarch64.nzcv import spill_nzcv
from transpile.aarch64.registers import FLOAT_BY_SIZE, W, X, integer
from transpile.aarch64.shuffle import shuffle
from transpile.aarch64.state import State
from transpile.aarch64.values import Val, const_val
from transpile.aarch64.vectors import finish_vector
from transpile.errors import ToolError
from transpile.native.micro import Const, Micro, Reg

ARRANGEMENT = {1: "16b", 2: "8h", 4: "4s", 8: "2d"}
LANE = {1: "b", 2: "h", 4: "s", 8: "d"}

DIRECT: dict[str, str] = {
    "and": "and {d}.16b, {a}.16b, {b}.16b",
    "or": "orr {d}.16b, {a}.16b, {b}.16b",
    "xor": "eor {d}.16b, {a}.16b, {b}.16b",
    "andn": "bic {d}.16b, {b}.16b, {a}.16b",
    "add": "add {d}.{t}, {a}.{t}, {b}.{t}",
    "sub": "sub {d}.{t}, {a}.{t}, {b}.{t}",
    "adds": "sqadd {d}.{t}, {a}.{t}, {b}.{t}",
    "addus": "uqadd {d}.{t}, {a}.{t}, {b}.{t}",
    "subs": "sqsub {d}.{t}, {a}.{t}, {b}.{t}",
    "subus": "uqsub {d}.{t}, {a}.{t}, {b}.{t}",
    "mullo": "mul {d}.{t}, {a}.{t}, {b}.{t}",
    "avg": "urhadd {d}.{t}, {a}.{t}, {b}.{t}",
    "minu": "umin {d}.{t}, {a}.{t}, {b}.{t}",
    "maxu": "umax {d}.{t}, {a}.{t}, {b}.{t}",
    "mins": "smin {d}.{t}, {a}.{t}, {b}.{t}",
    "maxs": "smax {d}.{t}, {a}.{t}, {b}.{t}",
    "cmpeq": "cmeq {d}.{t}, {a}.{t}, {b}.{t}",
    "cmpgt": "cmgt {d}.{t}, {a}.{t}, {b}.{t}",
    "unpack_low": "zip1 {d}.{t}, {a}.{t}, {b}.{t}",
    "unpack_high": "zip2 {d}.{t}, {a}.{t}, {b}.{t}",
    "fadd": "fadd {d}.{t}, {a}.{t}, {b}.{t}",
    "fsub": "fsub {d}.{t}, {a}.{t}, {b}.{t}",
    "fmul": "fmul {d}.{t}, {a}.{t}, {b}.{t}",
    "fdiv": "fdiv {d}.{t}, {a}.{t}, {b}.{t}",
    "fsqrt": "fsqrt {d}.{t}, {a}.{t}",
    "i2f": "scvtf {d}.4s, {a}.4s",
    "d2f": "fcvtn {d}.2s, {a}.2d",
    "f2d": "fcvtl {d}.2d, {a}.2s",
}
"""``t``: arrangement of the lanes."""

SEQUENCES: dict[str, tuple[str, ...]] = {
    "mulhs": (
        "smull {x}.4s, {a}.4h, {b}.4h",
        "smull2 {y}.4s, {a}.8h, {b}.8h",
        "uzp2 {d}.8h, {x}.8h, {y}.8h",
    ),
    "mulhu": (
        "umull {x}.4s, {a}.4h, {b}.4h",
        "umull2 {y}.4s, {a}.8h, {b}.8h",
        "uzp2 {d}.8h, {x}.8h, {y}.8h",
    ),
    "muludq": (
        "xtn {x}.2s, {a}.2d",
        "xtn {y}.2s, {b}.2d",
        "umull {d}.2d, {x}.2s, {y}.2s",
    ),
    "maddwd": (
        "smull {x}.4s, {a}.4h, {b}.4h",
        "smull2 {y}.4s, {a}.8h, {b}.8h",
        "addp {d}.4s, {x}.4s, {y}.4s",
    ),
    "sad": (
        "uabd {x}.16b, {a}.16b, {b}.16b",
        "uaddlp {x}.8h, {x}.16b",
        "uaddlp {x}.4s, {x}.8h",
        "uaddlp {d}.2d, {x}.4s",
    ),
    "i2d": ("sxtl {x}.2d, {a}.2s", "scvtf {d}.2d, {x}.2d"),
    "fmin": ("fcmgt {x}.{t}, {b}.{t}, {a}.{t}", "bsl {x}.16b, {a}.16b, {b}.16b", "mov {d}.16b, {x}.16b"),
    "fmax": ("fcmgt {x}.{t}, {a}.{t}, {b}.{t}", "bsl {x}.16b, {a}.16b, {b}.16b", "mov {d}.16b, {x}.16b"),
    # Floats below 2**31 convert truly or saturate at the minimum; the rest, NaN too, gives the minimum.
    "f2i": (
        "movi {y}.4s, #0x4f, lsl #24",
        "fcmgt {x}.4s, {y}.4s, {a}.4s",
        "fcvtzs {y}.4s, {a}.4s",
        "movi {z}.4s, #0x80, lsl #24",
        "bsl {x}.16b, {y}.16b, {z}.16b",
        "mov {d}.16b, {x}.16b",
    ),
    "f2ir": (
        "movi {y}.4s, #0x4f, lsl #24",
        "fcmgt {x}.4s, {y}.4s, {a}.4s",
        "fcvtns {y}.4s, {a}.4s",
        "movi {z}.4s, #0x80, lsl #24",
        "bsl {x}.16b, {y}.16b, {z}.16b",
        "mov {d}.16b, {x}.16b",
    ),
    # Through 64 bits: what does not come back from 32 bits is out of range.
    "d2i": (
        "fcvtzs {y}.2d, {a}.2d",
        "fcmeq {x}.2d, {a}.2d, {a}.2d",
        "xtn {z}.2s, {y}.2d",
        "sxtl {w}.2d, {z}.2s",
        "cmeq {y}.2d, {y}.2d, {w}.2d",
        "and {x}.16b, {x}.16b, {y}.16b",
        "xtn {x}.2s, {x}.2d",
        "movi {y}.2s, #0x80, lsl #24",
        "bsl {x}.8b, {z}.8b, {y}.8b",
        "mov {d}.16b, {x}.16b",
    ),
}
SEQUENCES["d2ir"] = ("fcvtns {y}.2d, {a}.2d", *SEQUENCES["d2i"][1:])
_LOW_HALF = frozenset(("d2f", "d2i", "d2ir"))

_COMPARES: dict[int, tuple[str, bool, bool]] = {
    # predicate: mnemonic, operands swapped, result inverted
    0: ("fcmeq", False, False),
    1: ("fcmgt", True, False),
    2: ("fcmge", True, False),
    4: ("fcmeq", False, True),
    5: ("fcmgt", True, True),
    6: ("fcmge", True, True),
}
"""``lt`` is ``b > a``; 3 and 7 (unordered, ordered) compare each operand with itself."""


def packed(state: State, m: Micro) -> None:
    """PACKED."""
    name = m.name
    special = SPECIAL.get(name)
    if special is not None:
        special(state, m)
        return
    assert m.dst is not None
    vals = [state.value(a) for a in m.args]
    if len(vals) == 2 and vals[0] is vals[1] and name in ("xor", "sub", "andn", "cmpeq", "cmpgt", "subs", "subus"):
        constant(state, m, name == "cmpeq")
        return
    regs = [f"v{state.use(v)}" for v in vals]
    fields = {"a": regs[0], "b": regs[-1], "t": ARRANGEMENT.get(m.lane, "")}
    row = DIRECT.get(name)
    if row is not None:
        target = state.result(m.dst)
        state.emit(row.format(d=f"v{target}", **fields))
    elif name in SEQUENCES:
        target = sequence(state, m, SEQUENCES[name], fields)
    else:
        raise ToolError(f"packed operation {name!r} is unknown")
    finish_vector(state, m.dst, target, 64 if name in _LOW_HALF else 128)


def sequence(state: State, m: Micro, rows: tuple[str, ...], fields: dict[str, str]) -> int:
    """Emit ``rows``. A final ``mov`` from ``x`` only says that ``x`` is the result: then ``x`` is computed in place."""
    assert m.dst is not None
    in_place = rows[-1] == "mov {d}.16b, {x}.16b"
    text = "\n".join(rows)
    for letter in "yzw":
        if f"{{{letter}}}" in text:
            fields[letter] = f"v{state.scratch(state.vectors)}"
    if in_place:
        target = state.result(m.dst, early=True)
        fields["x"] = f"v{target}"
        rows = rows[:-1]
    else:
        fields["x"] = f"v{state.scratch(state.vectors)}"
        target = state.result(m.dst)
    for row in rows:
        state.emit(row.format(d=f"v{target}", **fields))
    return target


def constant(state: State, m: Micro, ones: bool) -> None:
    assert m.dst is not None
    target = state.result(m.dst)
    state.emit(f"movi v{target}.2d, #{'0xffffffffffffffff' if ones else '0'}")
    finish_vector(state, m.dst, target, 128 if ones else 1)


def shift(state: State, m: Micro) -> None:
    """shl, shr, sar by a constant or by a vector's low half."""
    dst, count, lane, width = m.dst, m.args[1], m.lane, 8 * m.lane
    assert dst is not None
    t = ARRANGEMENT[lane]
    val = state.value(m.args[0])
    if not isinstance(count, Const):
        shift_variable(state, m, val)
        return
    n = count.value
    if n >= width and m.name != "sar":
        constant(state, m, False)
        return
    if n == 0:
        state.assign(dst, val)
        return
    mnemonic = {"shl": "shl", "shr": "ushr", "sar": "sshr"}[m.name]
    source, target = state.use(val), state.result(dst)
    state.emit(f"{mnemonic} v{target}.{t}, v{source}.{t}, #{min(n, width)}")
    finish_vector(state, dst, target)


def shift_variable(state: State, m: Micro, val: Val) -> None:
    """``ushl`` and ``sshl`` take a signed byte per lane: the count is clamped to the lane's width first."""
    dst, width = m.dst, 8 * m.lane
    assert dst is not None
    count = state.use(state.value(m.args[1]))
    source = state.use(val)
    t = ARRANGEMENT[m.lane]
    spill_nzcv(state)
    amount, limit = state.scratch(), state.use(const_val(width))
    state.emit(f"fmov {X[amount]}, d{count}")
    state.emit(f"cmp {X[amount]}, #{width}")
    state.emit(f"csel {X[amount]}, {X[amount]}, {X[limit]}, lo")
    if m.name != "shl":
        state.emit(f"neg {X[amount]}, {X[amount]}")
    counts = state.scratch(state.vectors)
    state.emit(f"dup v{counts}.{t}, {X[amount] if m.lane == 8 else W[amount]}")
    target = state.result(dst)
    state.emit(f"{'sshl' if m.name == 'sar' else 'ushl'} v{target}.{t}, v{source}.{t}, v{counts}.{t}")
    finish_vector(state, dst, target)


def shift_bytes(state: State, m: Micro) -> None:
    """bytes_left, bytes_right: ``ext`` with zeros."""
    dst, count = m.dst, m.args[1]
    assert dst is not None and isinstance(count, Const)
    n = count.value
    val = state.value(m.args[0])
    if n == 0:
        state.assign(dst, val)
    elif n >= 16:
        constant(state, m, False)
    else:
        source = state.use(val)
        if m.name == "bytes_right" and n == 8:
            target = state.result(dst)
            state.emit(f"mov d{target}, v{source}.d[1]")
            finish_vector(state, dst, target, 64)
            return
        zero = state.scratch(state.vectors)
        state.emit(f"movi v{zero}.2d, #0")
        target = state.result(dst)
        left = m.name == "bytes_left"
        first, second, at = (zero, source, 16 - n) if left else (source, zero, n)
        state.emit(f"ext v{target}.16b, v{first}.16b, v{second}.16b, #{at}")
        finish_vector(state, dst, target, 128 if left else 128 - 8 * n)


def pack(state: State, m: Micro) -> None:
    """pack_ss, pack_us: narrow a into the low half, b into the high half."""
    dst = m.dst
    assert dst is not None
    a, b = (state.use(state.value(v)) for v in m.args)
    mnemonic = "sqxtn" if m.name == "pack_ss" else "sqxtun"
    wide, low, whole = ARRANGEMENT[m.lane], {2: "8b", 4: "4h"}[m.lane], ARRANGEMENT[m.lane // 2]
    target = state.result(dst, early=True)
    state.emit(f"{mnemonic} v{target}.{low}, v{a}.{wide}")
    state.emit(f"{mnemonic}2 v{target}.{whole}, v{b}.{wide}")
    finish_vector(state, dst, target)


def insert(state: State, m: Micro) -> None:
    dst, index = m.dst, m.args[2]
    assert dst is not None and isinstance(index, Const)
    value = state.value(m.args[1])
    if value.vector:
        source = f"v{state.use(value)}.{LANE[m.lane]}[0]"
    else:
        source = state.operand(value, 8 if m.lane == 8 else 4)
    target = changed(state, m, state.value(m.args[0]))
    state.emit(f"mov v{target}.{LANE[m.lane]}[{index.value}], {source}")
    finish_vector(state, dst, target)


def changed(state: State, m: Micro, val: Val) -> int:
    """A register with the content of ``val`` that may be changed and becomes the result."""
    dst = m.dst
    assert dst is not None
    source = state.use(val)
    if not val.weak and not state.live(val, state.i, dst.name if isinstance(dst, Reg) else ""):
        return source
    target = state.result(dst, early=True)
    state.emit(f"mov v{target}.16b, v{source}.16b")
    return target


def extract(state: State, m: Micro) -> None:
    dst, index = m.dst, m.args[1]
    assert dst is not None and isinstance(index, Const)
    source = state.use(state.value(m.args[0]))
    target = state.result(dst)
    name = X[target] if m.lane == 8 else W[target]
    state.emit(f"{'mov' if m.lane >= 4 else 'umov'} {name}, v{source}.{LANE[m.lane]}[{index.value}]")
    state.finish(dst, target, u=8 * m.lane)


def move_mask(state: State, m: Micro) -> None:
    """Sign bits, gathered by shifts and additions inside each half; then the halves are joined."""
    dst = m.dst
    assert dst is not None
    source = state.use(state.value(m.args[0]))
    bits = state.scratch(state.vectors)
    v = f"v{bits}"
    t = ARRANGEMENT[m.lane]
    state.emit(f"ushr {v}.{t}, v{source}.{t}, #{8 * m.lane - 1}")
    steps = {1: (("8h", 7), ("4s", 14), ("2d", 28)), 4: (("2d", 31),), 8: ()}[m.lane]
    for arrangement, n in steps:
        state.emit(f"usra {v}.{arrangement}, {v}.{arrangement}, #{n}")
    low, high = state.scratch(), state.scratch()
    lane, per_half = {1: ("b", 8), 4: ("s", 2), 8: ("s", 1)}[m.lane]
    at = {"b": 8, "s": 2}[lane]
    mnemonic = "umov" if lane == "b" else "mov"
    state.emit(f"{mnemonic} {W[low]}, {v}.{lane}[0]")
    state.emit(f"{mnemonic} {W[high]}, {v}.{lane}[{at}]")
    target = state.result(dst)
    state.emit(f"orr {integer(target, 4)}, {W[low]}, {W[high]}, lsl #{per_half}")
    state.finish(dst, target, u=2 * per_half)


def compare(state: State, m: Micro) -> None:
    """fcmp: all lanes; fcmp_scalar: the low one."""
    dst, predicate = m.dst, m.args[2]
    assert dst is not None and isinstance(predicate, Const)
    a, b = (state.use(state.value(v)) for v in m.args[:2])
    scalar = m.name == "fcmp_scalar"
    number = predicate.value & 7
    whole = "8b" if scalar else "16b"

    def name(reg: int) -> str:
        return FLOAT_BY_SIZE[dst.size][reg] if scalar else f"v{reg}.{ARRANGEMENT[m.lane]}"

    if number in (3, 7):
        other = state.scratch(state.vectors)
        target = state.result(dst, early=True)
        state.emit(f"fcmeq {name(target)}, {name(a)}, {name(a)}")
        state.emit(f"fcmeq {name(other)}, {name(b)}, {name(b)}")
        state.emit(f"and v{target}.{whole}, v{target}.{whole}, v{other}.{whole}")
        inverted = number == 3
    else:
        mnemonic, swapped, inverted = _COMPARES[number]
        first, second = (b, a) if swapped else (a, b)
        target = state.result(dst)
        state.emit(f"{mnemonic} {name(target)}, {name(first)}, {name(second)}")
    if inverted:
        state.emit(f"mvn v{target}.{whole}, v{target}.{whole}")
    finish_vector(state, dst, target, 64 if scalar else 128)


SPECIAL: dict[str, Callable[[State, Micro], None]] = {
    "shl": shift,
    "shr": shift,
    "sar": shift,
    "bytes_left": shift_bytes,
    "bytes_right": shift_bytes,
    "shuffle": shuffle,
    "pack_ss": pack,
    "pack_us": pack,
    "insert": insert,
    "extract": extract,
    "movmask": move_mask,
    "fcmp": compare,
    "fcmp_scalar": compare,
}
