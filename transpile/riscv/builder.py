"""Building values: arithmetic on contents with value numbering, known ranges and constant folding.

Every method returns the content of a result, emitting code only if no register holds it yet. ``to`` names the source
location that receives the result: that method call is the last of its micro-operation, so operands that die there may
be overwritten, and the result is put where the location wants to live.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec

from transpile.native.block import FunctionContext, LoweredBlock
from transpile.riscv.allocation import Registers, place_name
from transpile.riscv.registers import FLOATING, INTEGER
from transpile.riscv.values import MASK64, Bind, Content, sign_extended, wrap

P = ParamSpec("P")


def scoped(build: Callable[P, Content]) -> Callable[P, Content]:
    """Let go of a function's intermediate contents when it returns; its first argument is the builder."""

    @wraps(build)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> Content:
        e = args[0]
        assert isinstance(e, Builder)
        mark = len(e.pinned)
        result = build(*args, **kwargs)
        e.unpin(mark)
        return e.pin(result)

    return wrapped


COMMUTATIVE = frozenset(("add", "addw", "and", "or", "xor", "mul", "mulw", "mulh", "mulhu"))

FOLD: dict[str, Callable[[int, int], int]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
    "mul": lambda a, b: a * b,
    "addw": lambda a, b: sign_extended(a + b, 32),
    "subw": lambda a, b: sign_extended(a - b, 32),
    "mulw": lambda a, b: sign_extended(a * b, 32),
    "slt": lambda a, b: int(a < b),
    "sltu": lambda a, b: int(a & MASK64 < b & MASK64),
}

SHIFT_FOLD: dict[str, Callable[[int, int], int]] = {
    "slli": lambda a, n: a << n,
    "srli": lambda a, n: (a & MASK64) >> n,
    "srai": lambda a, n: a >> n,
    "slliw": lambda a, n: sign_extended(a << n, 32),
    "srliw": lambda a, n: sign_extended((a & 0xFFFFFFFF) >> n, 32),
    "sraiw": lambda a, n: sign_extended(a, 32) >> n,
}


class Builder(Registers):
    """Value-numbering instruction builder."""

    def __init__(self, block: LoweredBlock, context: FunctionContext) -> None:
        super().__init__(block, context)
        self.numbers: dict[tuple[object, ...], Content] = {}
        self.last_definition: dict[str, int] = {}
        self.home_owners: dict[str, list[str]] = {}
        for name, place in context.homes.items():
            self.home_owners.setdefault(place_name(place), []).append(name)
        self.temp_target: dict[str, tuple[str, int]] = {}
        self.index = 0
        self.holding = False
        self.half_operands: list[Content] = []
        """What the current part of a result in parts still has to read."""
        self.zba = "zba" in context.march
        self.zbb = "zbb" in context.march

    # Where results go

    def release(self) -> None:
        """All operands of the current micro-operation have been read; the emitter overrides this."""

    def hints(self, name: str) -> list[str]:
        """Places for a new value of the source location ``name``, best first."""
        if name[0] == "@":
            return [name[1:]]
        name, index = self.temp_target.get(name, (name, self.index))
        wanted: list[str] = []
        if name in self.block.exit and self.last_definition.get(name, -1) <= index:
            place = place_name(self.block.exit[name][0])
            owners = self.home_owners.get(place, ())
            if all(owner == name or self.last_definition.get(owner, -1) <= index for owner in owners):
                wanted.append(place)
        home = self.context.homes.get(name)
        if home is not None and home.register not in wanted:
            wanted.append(place_name(home))
        return wanted

    def target(self, name: str, vector: bool) -> str:
        """The register to write the final value of ``name`` to."""
        family = FLOATING if vector else INTEGER
        hints = [hint for hint in self.hints(name) if hint in family]
        for hint in hints:
            if self.available(hint):
                return hint
        if hints and (name[0] == "@" or self.stays(name)):
            hint = hints[0]
            content = self.holder[hint]
            if not content.pins and hint not in self.reserved:
                self.evict(hint)
                return hint
        return self.vector_scratch() if vector else self.integer_scratch()

    def settle(self) -> None:
        """The operands of the result that is about to be written have been read."""
        if not self.holding:
            self.release()
            return
        self.busy = frozenset(place for content in self.named for place in content.places)
        self.unpin()
        for content in self.half_operands:
            content.refs -= 1
        self.half_operands = []

    def stays(self, name: str) -> bool:
        """Whether the value that ``name`` gets now is the one it leaves the block with."""
        return name in self.block.exit and self.last_definition.get(name, -1) <= self.index

    def result(self, to: str | None, vector: bool = False) -> str:
        if to is None:
            return self.vector_scratch() if vector else self.integer_scratch()
        self.settle()
        return self.target(to, vector)

    def known(self, key: tuple[object, ...], to: str | None) -> Content | None:
        """The content numbered ``key`` if some register still holds it."""
        content = self.numbers.get(key)
        if content is None or not (content.places or content.const is not None):
            return None
        if to is None or self.holding:
            self.pin(content)
        else:
            self.release()
        return content

    def define(self, key: tuple[object, ...], place: str, u: int, s: int, to: str | None, mark: int = 0) -> Content:
        content = self.numbers.get(key)
        if content is None:
            content = self.numbers[key] = self.fresh(u, s)
        self.hold_in(place, content)
        self.unname(mark)
        if to is None or self.holding:
            self.pin(content)
        return content

    def give(self, content: Content, to: str | None) -> Content:
        """``content`` is the result as it stands."""
        if to is None or self.holding:
            self.pin(content)
        else:
            self.release()
        return content

    # Instruction shapes

    def seq(
        self, key: tuple[object, ...], code: tuple[str, ...], operands: tuple[Content, ...], u: int = 64, s: int = 64,
        to: str | None = None,
    ) -> Content:  # fmt: skip
        """Integer instructions that write ``{d}``; operands ``{0}`` ``{1}`` may only be read by the first of them."""
        content = self.known(key, to)
        if content is not None:
            return content
        mark = len(self.named)
        names = [self.reg(operand) for operand in operands]
        target = self.result(to)
        for line in code:
            self.put(line.format(*names, d=target))
        return self.define(key, target, u, s, to, mark)

    def long(
        self, key: tuple[object, ...], code: tuple[str, ...], operands: tuple[Content, ...], u: int = 64, s: int = 64,
        to: str | None = None, scratch: int = 0,
    ) -> Content:  # fmt: skip
        """Like ``seq``, but operands stay intact throughout, and ``{t0}`` ``{t1}`` are scratch registers."""
        content = self.known(key, to)
        if content is not None:
            return content
        mark = len(self.named)
        names = [self.reg(operand) for operand in operands]
        temporaries = self.temporaries(scratch)
        if to is not None:
            self.settle()
            self.name_again((*operands, *(self.holder[place] for place in temporaries.values())))
            target = self.target(to, vector=False)
        else:
            target = self.result(to)
        for line in code:
            if line[-1] == ":":
                self.put_label(line[:-1])
            else:
                self.put(line.format(*names, d=target, **temporaries))
        return self.define(key, target, u, s, to, mark)

    def name_again(self, contents: Iterable[Content]) -> None:
        """Keep registers in place that a sequence under construction goes on naming after its operands were settled."""
        for content in contents:
            content.pins += 1
            self.named.append(content)

    def temporaries(self, count: int) -> dict[str, str]:
        """``count`` scratch registers, clobbered and pinned until the end of the micro-operation."""
        names = {}
        for number in range(count):
            place = self.integer_scratch()
            self.hold_in(place, self.fresh())
            self.name_again((self.holder[place],))
            names[f"t{number}"] = place
        return names

    def rr(
        self, mnemonic: str, a: Content, b: Content, u: int = 64, s: int = 64, to: str | None = None
    ) -> Content:  # fmt: skip
        if a.const is not None and b.const is not None and mnemonic in FOLD:
            return self.give(self.constant(FOLD[mnemonic](a.const, b.const)), to)
        if mnemonic in COMMUTATIVE and a.number > b.number:
            a, b = b, a
        key = (mnemonic, a.number, b.number)
        content = self.known(key, to)
        if content is not None:
            return content
        mark = len(self.named)
        first, second = self.reg(a), self.reg(b)
        target = self.result(to)
        self.put(f"{mnemonic} {target}, {first}, {second}")
        return self.define(key, target, u, s, to, mark)

    def ri(self, mnemonic: str, a: Content, imm: int, u: int = 64, s: int = 64, to: str | None = None) -> Content:
        key = (mnemonic, a.number, imm)
        content = self.known(key, to)
        if content is not None:
            return content
        mark = len(self.named)
        first = self.reg(a)
        target = self.result(to)
        self.put(f"{mnemonic} {target}, {first}, {imm}")
        return self.define(key, target, u, s, to, mark)

    def rf(
        self, mnemonic: str, operands: tuple[Content, ...], to: str | None = None, tail: str = "", boxed: bool = False
    ) -> Content:
        """A floating-point result of floating-point operands."""
        key = (mnemonic, *(operand.number for operand in operands))
        content = self.known(key, to)
        if content is not None:
            return content
        mark = len(self.named)
        names = ", ".join(self.freg(operand) for operand in operands)
        target = self.result(to, vector=True)
        self.put(f"{mnemonic} {target}, {names}{tail}")
        content = self.define(key, target, 64, 64, to, mark)
        content.boxed = boxed
        return content

    def fx(
        self, mnemonic: str, operands: tuple[Content, ...], u: int = 64, s: int = 64, to: str | None = None,
        tail: str = "",
    ) -> Content:  # fmt: skip
        """An integer result of floating-point operands (compares, conversions, moves)."""
        key = (mnemonic + tail, *(operand.number for operand in operands))
        content = self.known(key, to)
        if content is not None:
            return content
        mark = len(self.named)
        names = ", ".join(self.freg(operand) for operand in operands)
        target = self.result(to)
        self.put(f"{mnemonic} {target}, {names}{tail}")
        return self.define(key, target, u, s, to, mark)

    def xf(self, mnemonic: str, a: Content, to: str | None = None, boxed: bool = False) -> Content:
        """A floating-point result of an integer operand."""
        key = (mnemonic, a.number)
        content = self.known(key, to)
        if content is not None:
            return content
        mark = len(self.named)
        name = self.reg(a)
        target = self.result(to, vector=True)
        self.put(f"{mnemonic} {target}, {name}")
        content = self.define(key, target, 64, 64, to, mark)
        content.boxed = boxed
        return content

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
