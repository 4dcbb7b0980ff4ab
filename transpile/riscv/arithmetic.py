"""Extensions and integer arithmetic on contents, with known ranges and constant folding."""

from __future__ import annotations

from collections.abc import Callable

from transpile.riscv.builder import Builder
from transpile.riscv.values import MASK64, Bind, Content, sign_extended, wrap

SHIFT_FOLD: dict[str, Callable[[int, int], int]] = {
    "slli": lambda a, n: a << n,
    "srli": lambda a, n: (a & MASK64) >> n,
    "srai": lambda a, n: a >> n,
    "slliw": lambda a, n: sign_extended(a << n, 32),
    "srliw": lambda a, n: sign_extended((a & 0xFFFFFFFF) >> n, 32),
    "sraiw": lambda a, n: sign_extended(a, 32) >> n,
}


class Arithmetic(Builder):
    """Methods return the content of a result; ``to`` as in ``Builder``."""

    # Extensions

    def sext(self, a: Content, bits: int, to: str | None = None) -> Content:
        """The sign extension of the low ``bits`` of ``a``."""
        if a.s <= bits:
            return self.give(a, to)
        if a.const is not None:
            return self.give(self.constant(sign_extended(a.const, bits)), to)
        key = ("sext", bits, a.number)
        if bits == 32:
            result = self.seq(key, ("sext.w {d}, {0}",), (a,), 64, 32, to)
        elif self.zbb and bits in (8, 16):
            result = self.seq(key, (f"sext.{'b' if bits == 8 else 'h'} {{d}}, {{0}}",), (a,), 64, bits, to)
        else:
            shift = 64 - bits
            result = self.seq(key, (f"slli {{d}}, {{0}}, {shift}", f"srai {{d}}, {{d}}, {shift}"), (a,), 64, bits, to)
        if a.u <= bits:
            self.numbers.setdefault(("zext", bits, result.number), a)
        return result

    def zext(self, a: Content, bits: int, to: str | None = None) -> Content:
        """The zero extension of the low ``bits`` of ``a``."""
        if a.u <= bits:
            return self.give(a, to)
        if a.const is not None:
            return self.give(self.constant(a.const & ((1 << bits) - 1)), to)
        key = ("zext", bits, a.number)
        if bits <= 11:
            code: tuple[str, ...] = (f"andi {{d}}, {{0}}, {(1 << bits) - 1}",)
        elif self.zba and bits == 32:
            code = ("add.uw {d}, {0}, zero",)
        elif self.zbb and bits == 16:
            code = ("zext.h {d}, {0}",)
        else:
            code = (f"slli {{d}}, {{0}}, {64 - bits}", f"srli {{d}}, {{d}}, {64 - bits}")
        result = self.seq(key, code, (a,), bits, 64, to)
        if a.s <= bits:
            self.numbers.setdefault(("sext", bits, result.number), a)
        return result

    def full(self, value: Bind, to: str | None = None) -> Content:
        """The source value itself."""
        if value.bits == 64:
            return self.give(value.content, to)
        return self.zext(value.content, value.bits, to)

    def low(self, value: Bind, bits: int) -> Content:
        """Anything whose low ``bits`` are the value's."""
        if value.bits >= bits or not value.zero:
            return self.pin(value.content)
        return self.zext(value.content, value.bits)

    def signed(self, value: Bind, bits: int, to: str | None = None) -> Content:
        """The sign extension of the value's low ``bits``."""
        if value.bits < bits and value.zero:
            return self.zext(value.content, value.bits, to)
        if bits == 64:
            return self.give(value.content, to)
        return self.sext(value.content, bits, to)

    def unsigned(self, value: Bind, bits: int, to: str | None = None) -> Content:
        """The zero extension of the value's low ``bits``."""
        if value.bits < bits and value.zero:
            return self.zext(value.content, value.bits, to)
        if bits == 64:
            return self.give(value.content, to)
        return self.zext(value.content, bits, to)

    # Arithmetic

    def add(self, a: Content, b: Content, wide: bool = True, to: str | None = None) -> Content:
        """``a + b``; if not ``wide`` the low 32 bits, sign-extended."""
        if a.const is not None:
            a, b = b, a
        if a.const is None and b.const is not None:
            return self.add_constant(a, b.const if wide else sign_extended(b.const, 32), wide, to)
        u, s = sum_range(max(a.u, b.u), max(a.s, b.s), wide)
        return self.rr("add" if wide else "addw", a, b, u, s, to)

    def add_constant(self, a: Content, value: int, wide: bool, to: str | None = None) -> Content:
        if value == 0:
            return self.give(a, to) if wide else self.sext(a, 32, to)
        constant = self.constant(value)
        u, s = sum_range(max(a.u, constant.u), max(a.s, constant.s), wide)
        mnemonic = "addi" if wide else "addiw"
        if -2048 <= value < 2048:
            return self.ri(mnemonic, a, value, u, s, to)
        if -4096 <= value <= 4094 and not self.in_register(constant):
            first = 2047 if value > 0 else -2048
            code = (f"{mnemonic} {{d}}, {{0}}, {first}", f"{mnemonic} {{d}}, {{d}}, {value - first}")
            return self.seq((mnemonic, a.number, value), code, (a,), u, s, to)
        return self.rr("add" if wide else "addw", a, constant, u, s, to)

    def sub(self, a: Content, b: Content, wide: bool = True, to: str | None = None) -> Content:
        if b.const is not None and a.const is None:
            return self.add_constant(a, wrap(-b.const) if wide else sign_extended(-b.const, 32), wide, to)
        s = min(64, max(a.s, b.s) + 1)
        return self.rr("sub" if wide else "subw", a, b, 64, s if wide else min(s, 32), to)

    def mul(self, a: Content, b: Content, wide: bool = True, to: str | None = None) -> Content:
        u, s = min(64, a.u + b.u), min(64, a.s + b.s)
        if not wide and (s > 32 or u > 31):
            u, s = 64, min(s, 32)
        return self.rr("mul" if wide else "mulw", a, b, u, s, to)

    def logic(self, mnemonic: str, a: Content, b: Content, to: str | None = None) -> Content:
        """``and``, ``or``, ``xor`` of whole registers."""
        if a.const is not None and b.const is None:
            a, b = b, a
        if a is b:
            return self.give(self.zero if mnemonic == "xor" else a, to)
        u, s = max(a.u, b.u), max(a.s, b.s)
        if mnemonic == "and":
            u = min(a.u, b.u)
        value = b.const
        if value is None or a.const is not None:
            return self.rr(mnemonic, a, b, u, s, to)
        if mnemonic == "and":
            if value in (0, -1):
                return self.give(a if value else self.zero, to)
            if value > 0 and value & (value + 1) == 0:
                return self.zext(a, value.bit_length(), to)
        elif value == 0:
            return self.give(a, to)
        if -2048 <= value < 2048:
            return self.ri(mnemonic + "i", a, value, u, s, to)
        return self.rr(mnemonic, a, b, u, s, to)

    def shift(self, mnemonic: str, a: Content, count: int, to: str | None = None) -> Content:
        """``slli srli srai`` and their ``w`` forms by a constant."""
        if count == 0:
            return self.sext(a, 32, to) if mnemonic[-1] == "w" else self.give(a, to)
        if a.const is not None:
            return self.give(self.constant(SHIFT_FOLD[mnemonic](a.const, count)), to)
        u, s = shift_range(mnemonic, a, count)
        return self.ri(mnemonic, a, count, u, s, to)

    def shift_up(self, a: Content, count: int, to: str | None = None) -> Content:
        """``zext32(a) << count``: an index scaled in two instructions."""
        known = self.numbers.get(("zext", 32, a.number))
        if (known is not None and known.places) or a.const is not None or a.u <= 32:
            return self.shift("slli", self.zext(a, 32), count, to)
        key = ("zshl", count, a.number)
        if self.zba:
            return self.seq(key, (f"slli.uw {{d}}, {{0}}, {count}",), (a,), 32 + count, 64, to)
        code = ("slli {d}, {0}, 32", f"srli {{d}}, {{d}}, {32 - count}")
        return self.seq(key, code, (a,), 32 + count, 64, to)


def sum_range(u: int, s: int, wide: bool) -> tuple[int, int]:
    """The range of a sum whose operands have at most these; not ``wide``: sign-extended from 32 bits."""
    u, s = min(64, u + 1), min(64, s + 1)
    if not wide and (s > 32 and u > 31):
        return 64, 32
    return u, s if wide else min(s, 32)


def shift_range(mnemonic: str, a: Content, count: int) -> tuple[int, int]:
    u, s = a.u, a.s
    if mnemonic == "slli":
        return min(64, u + count), min(64, s + count)
    if mnemonic == "srli":
        return max(0, u - count), 64
    if mnemonic == "srai":
        return (max(0, u - count) if u < 64 else 64), max(1, s - count)
    if mnemonic == "slliw":
        u, s = u + count, s + count
        return (u, s) if u <= 31 else (64, min(s, 32))
    if mnemonic == "srliw":
        return min(32, u) - count if u >= count else 0, 64
    u = min(32, u)
    return (max(0, u - count) if u < 32 else 64), max(1, min(s, 32) - count)
