"""Runs micro-operations on Python integers: what they mean, said a second time, for tests only."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field

from packed_interpreter import packed

from transpile.native.micro import Address, Code, Cond, Const, Micro, Reg, Symbol, Temp, Value


def mask(size: int) -> int:
    return (1 << (8 * size)) - 1


def signed(value: int, size: int) -> int:
    value &= mask(size)
    return value - (1 << (8 * size)) if value >> (8 * size - 1) else value


def to_float(bits: int, size: int) -> float:
    return struct.unpack("<f" if size == 4 else "<d", (bits & mask(size)).to_bytes(size, "little"))[0]


def from_float(value: float, size: int) -> int:
    try:
        return int.from_bytes(struct.pack("<f" if size == 4 else "<d", value), "little")
    except OverflowError:
        return int.from_bytes(struct.pack("<f", math.copysign(math.inf, value)), "little")


def is_nan(bits: int, size: int) -> bool:
    return math.isnan(to_float(bits, size))


def quiet(bits: int, size: int) -> int:
    return bits | (1 << (22 if size == 4 else 51))


def default_nan(size: int) -> int:
    return 0xFFC00000 if size == 4 else 0xFFF8 << 48


def chosen_nan(a: int, b: int, size: int) -> int:
    """Of two NaNs the manual says the first (SDM vol. 1, table 4-7); Unicorn has the x87 rule for SSE too."""
    if not (is_nan(a, size) and is_nan(b, size)):
        return a if is_nan(a, size) else b
    signals = [quiet(v, size) != v for v in (a, b)]
    if signals[0] != signals[1]:
        return b if signals[0] else a
    significands = [v & ((1 << (23 if size == 4 else 52)) - 1) for v in (a, b)]
    if significands[0] == significands[1]:
        return min(a, b)
    return a if significands[0] > significands[1] else b


def float_operation(name: str, a: int, b: int, size: int) -> int:
    """x86's add, sub, mul, div, min and max, with its choice of NaN."""
    if name in ("min", "max"):
        if is_nan(a, size) or is_nan(b, size):
            return b
        x, y = to_float(a, size), to_float(b, size)
        return a if (x < y if name == "min" else y < x) else b
    if is_nan(a, size) or is_nan(b, size):
        return quiet(chosen_nan(a, b, size), size)
    x, y = to_float(a, size), to_float(b, size)
    try:
        result = {"add": x.__add__, "sub": x.__sub__, "mul": x.__mul__, "div": x.__truediv__}[name](y)
    except ZeroDivisionError:
        if x == 0:
            return default_nan(size)
        result = math.copysign(math.inf, x) * math.copysign(1, y)
    if math.isnan(result):
        return default_nan(size)
    return from_float(result, size)


def square_root(a: int, size: int) -> int:
    if is_nan(a, size):
        return quiet(a, size)
    value = to_float(a, size)
    if value < 0:
        return default_nan(size)
    return from_float(math.sqrt(value), size)


def float_to_integer(a: int, size: int, to: int, nearest: bool) -> int:
    value = to_float(a, size)
    bad = 1 << (8 * to - 1)
    if math.isnan(value) or math.isinf(value):
        return bad
    whole = round(value) if nearest else math.trunc(value)
    return whole & mask(to) if -bad <= whole < bad else bad


def convert_float(a: int, size: int, to: int) -> int:
    if is_nan(a, size):
        sign = a >> (8 * size - 1)
        if to == 8:
            return sign << 63 | 0x7FF << 52 | 1 << 51 | (a & 0x3FFFFF) << 29
        return sign << 31 | 0xFF << 23 | 1 << 22 | (a >> 29 & 0x3FFFFF)
    return from_float(to_float(a, size), to)


def integer_to_float(value: int, to: int) -> int:
    """Rounded once; ``struct`` would round to double first."""
    if to == 8 or abs(value) < 1 << 53:
        return from_float(float(value), to)
    drop = abs(value).bit_length() - 30
    sticky = (abs(value) >> drop) | (1 if abs(value) & ((1 << drop) - 1) else 0)
    return from_float(math.copysign(float(sticky << drop), value), 4)


def float_compare(a: int, b: int, size: int) -> str:
    """Which of z, p, c ucomis sets."""
    if is_nan(a, size) or is_nan(b, size):
        return "zpc"
    x, y = to_float(a, size), to_float(b, size)
    return "z" if x == y else "c" if x < y else ""


@dataclass
class State:
    """Registers as integers (8 or 16 bytes), flags as sets of letters, memory as bytes."""

    registers: dict[str, int]
    flags: str
    memory: dict[int, int] = field(default_factory=dict)
    symbols: dict[str, int] = field(default_factory=dict)
    thread_pointer: int = 0
    temps: dict[int, int] = field(default_factory=dict)
    made: dict[int, dict[str, bool]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.made[-1] = {flag: flag in self.flags for flag in "ozscp"}

    def value(self, v: Value) -> int:
        if isinstance(v, Const):
            return v.value
        if isinstance(v, Reg):
            return self.registers[v.name] >> (8 * v.offset) & mask(v.size)
        if isinstance(v, Temp):
            return self.temps[v.index] & mask(v.size)
        assert isinstance(v, Symbol)
        return self.symbol(v)

    def symbol(self, v: Symbol) -> int:
        return (self.symbols[v.name] + v.addend - (self.thread_pointer if "tpoff" in v.kind else 0)) & mask(8)

    def assign(self, dst: Reg | Temp, value: int) -> None:
        value &= mask(dst.size)
        if isinstance(dst, Temp):
            assert dst.index not in self.temps, f"temp {dst.index} is assigned twice"
            self.temps[dst.index] = value
        elif dst.size == 4 and not dst.vector:
            self.registers[dst.name] = value
        else:
            keep = self.registers[dst.name] & ~(mask(dst.size) << (8 * dst.offset))
            self.registers[dst.name] = keep | value << (8 * dst.offset)

    def address(self, a: Address) -> int:
        total = a.disp
        if a.base is not None:
            total += self.value(a.base)
        if a.index is not None:
            total += self.value(a.index) * a.scale
        if a.symbol is not None:
            total += self.symbol(a.symbol)
        if a.segment == "fs":
            total += self.thread_pointer
        return total & mask(8)

    def load(self, at: int, size: int) -> int:
        return int.from_bytes(bytes(self.memory[at + i] for i in range(size)), "little")

    def store(self, at: int, value: int, size: int) -> None:
        for i, byte in enumerate((value & mask(size)).to_bytes(size, "little")):
            self.memory[at + i] = byte

    def holds(self, cond: Cond) -> bool:
        f = self.made[cond.flags]
        cc = cond.cc

        positive = {
            "o": lambda: f["o"],
            "b": lambda: f["c"],
            "e": lambda: f["z"],
            "be": lambda: f["c"] or f["z"],
            "s": lambda: f["s"],
            "p": lambda: f["p"],
            "l": lambda: f["s"] != f["o"],
            "le": lambda: f["z"] or f["s"] != f["o"],
        }
        if cc in positive:
            return positive[cc]()
        return not self.holds(cond.negated)

    def run(self, micros: list[Micro]) -> str | None:
        """Where it jumps, or None when it falls through."""
        for micro in micros:
            if micro.code is Code.BRANCH:
                assert micro.cond is not None
                if self.holds(micro.cond):
                    return micro.target
            elif micro.code is Code.JUMP:
                return micro.target
            else:
                self.step(micro)
        return None

    def step(self, m: Micro) -> None:
        if m.code is Code.FLAGS:
            self.made[m.id] = flags(m.name, m.size, [self.value(a) for a in m.args])
        elif m.code is Code.LOAD:
            assert m.address is not None and m.dst is not None
            value = self.load(self.address(m.address), m.size)
            self.assign(m.dst, signed(value, m.size) if m.name == "s" else value)
        elif m.code is Code.STORE:
            assert m.address is not None
            self.store(self.address(m.address), self.value(m.args[0]), m.size)
        elif m.code in (Code.ATOMIC, Code.CAS):
            self.atomic(m)
        elif m.code is not Code.FENCE:
            assert m.dst is not None, m
            self.assign(m.dst, self.result(m))

    def atomic(self, m: Micro) -> None:
        assert m.address is not None
        at = self.address(m.address)
        old = self.load(at, m.size)
        a = self.value(m.args[0])
        if m.code is Code.CAS:
            new = self.value(m.args[1]) if old == a else old
        else:
            new = {"add": old + a, "sub": old - a, "and": old & a, "or": old | a, "xor": old ^ a, "xchg": a}[m.name]
        self.store(at, new, m.size)
        if m.dst is not None:
            self.assign(m.dst, old)

    def result(self, m: Micro) -> int:
        assert m.dst is not None
        code = m.code
        if code is Code.LEA:
            assert m.address is not None
            return self.address(m.address)
        if code is Code.TLSBASE:
            return self.thread_pointer
        if code in (Code.SETCC, Code.SELECT):
            assert m.cond is not None
            if code is Code.SETCC:
                return int(self.holds(m.cond))
            return self.value(m.args[0 if self.holds(m.cond) else 1])
        args = [self.value(a) for a in m.args]
        if code is Code.PACKED:
            return packed(m, args)
        if code is Code.SEXT:
            return signed(args[0], m.args[0].size)  # type: ignore[union-attr]
        if code in (Code.I2F, Code.F2I, Code.F2IR, Code.F2F):
            return convert(code, args[0], m.args[0].size, m.dst.size)  # type: ignore[union-attr]
        check_sizes(m)
        return compute(code, args, m.dst.size)


SAME_SIZE = (Code.ADD, Code.SUB, Code.AND, Code.OR, Code.XOR, Code.NOT, Code.NEG, Code.COPY)
WIDE_ONLY = (Code.MUL, Code.UDIV, Code.UREM, Code.SDIV, Code.SREM, Code.BSWAP, Code.CLZ, Code.CTZ, Code.POPCNT)


def check_sizes(m: Micro) -> None:
    """The contract of ``transpile.native.micro`` on operand sizes."""
    assert m.dst is not None
    sizes = {m.dst.size} | {a.size for a in m.args if not isinstance(a, Symbol)}
    assert m.size == m.dst.size, m
    if m.code in SAME_SIZE:
        assert len(sizes) == 1, m
    elif m.code in WIDE_ONLY:
        assert len(sizes) == 1 and m.size in (4, 8), m
    elif m.code in (Code.SHL, Code.SHR, Code.SAR, Code.ROL, Code.ROR):
        assert m.size in (4, 8) and m.args[0].size == m.size and not isinstance(m.args[0], Const), m  # type: ignore
    elif m.code is Code.ZEXT:
        assert m.args[0].size < m.dst.size and m.dst.size != 2, m  # type: ignore[union-attr]


def convert(code: Code, a: int, size: int, to: int) -> int:
    if code is Code.I2F:
        return integer_to_float(signed(a, size), to)
    if code is Code.F2F:
        return convert_float(a, size, to)
    return float_to_integer(a, size, to, code is Code.F2IR)


def divide(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def compute(code: Code, args: list[int], size: int) -> int:
    bits = 8 * size
    a = args[0]
    b = args[1] if len(args) > 1 else 0
    n = b % bits
    name = code.name
    table = {
        "COPY": lambda: a,
        "ZEXT": lambda: a,
        "SYMADDR": lambda: a,
        "ADD": lambda: a + b,
        "SUB": lambda: a - b,
        "AND": lambda: a & b,
        "OR": lambda: a | b,
        "XOR": lambda: a ^ b,
        "MUL": lambda: a * b,
        "MULHU": lambda: a * b >> 64,
        "MULHS": lambda: signed(a, 8) * signed(b, 8) >> 64,
        "UDIV": lambda: a // b,
        "UREM": lambda: a % b,
        "SDIV": lambda: divide(signed(a, size), signed(b, size)),
        "SREM": lambda: signed(a, size) - signed(b, size) * divide(signed(a, size), signed(b, size)),
        "NOT": lambda: ~a,
        "NEG": lambda: -a,
        "SHL": lambda: a << n,
        "SHR": lambda: a >> n,
        "SAR": lambda: signed(a, size) >> n,
        "ROL": lambda: a << n | a >> (bits - n),
        "ROR": lambda: a >> n | a << (bits - n),
        "BSWAP": lambda: int.from_bytes(a.to_bytes(size, "little"), "big"),
        "CLZ": lambda: bits - a.bit_length(),
        "CTZ": lambda: (a & -a).bit_length() - 1 if a else bits,
        "POPCNT": lambda: a.bit_count(),
        "FSQRT": lambda: square_root(a, size),
    }
    if name in table:
        return table[name]()
    return float_operation(name[1:].lower(), a, b, size)


def flags(kind: str, size: int, args: list[int]) -> dict[str, bool]:
    """The flags that a FLAGS micro-operation defines."""
    top = 1 << (8 * size - 1)

    def of_result(r: int) -> dict[str, bool]:
        r &= mask(size)
        return {"z": r == 0, "s": bool(r & top), "p": (r & 0xFF).bit_count() % 2 == 0}

    if kind in ("add", "adc"):
        a, b, c = args[0], args[1], args[2] if kind == "adc" else 0
        r = a + b + c
        return of_result(r) | {"c": r > mask(size), "o": bool((a ^ r) & (b ^ r) & top)}
    if kind in ("sub", "sbb"):
        a, b, c = args[0], args[1], args[2] if kind == "sbb" else 0
        r = a - b - c
        return of_result(r) | {"c": r < 0, "o": bool((a ^ b) & (a ^ r) & top)}
    if kind == "logic":
        return of_result(args[0]) | {"c": False, "o": False}
    if kind == "inc":
        return of_result(args[0]) | {"o": args[0] == top}
    if kind == "dec":
        return of_result(args[0]) | {"o": args[0] == top - 1}
    if kind == "result":
        return of_result(args[0])
    if kind in ("shl", "shr", "sar"):
        a, n, r = args
        assert 0 < n < 8 * size
        if kind == "shl":
            c = bool(a >> (8 * size - n) & 1)
            return of_result(r) | {"c": c, "o": bool(r & top) != c}
        c = bool(a >> (n - 1) & 1)
        return of_result(r) | {"c": c, "o": kind == "shr" and bool(a & top)}
    if kind == "carry":
        return {"c": bool(args[0])}
    if kind == "zero":
        return {"z": args[0] == 0}
    if kind == "overflow":
        return {"c": bool(args[0]), "o": bool(args[0])}
    if kind == "fcmp":
        found = float_compare(args[0], args[1], size)
        return {"o": False, "s": False} | {flag: flag in found for flag in "zpc"}
    assert kind == "none"
    return {}
