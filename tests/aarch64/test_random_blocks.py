"""Random blocks of micro-operations must do on AArch64 what they mean."""

from __future__ import annotations

import random

import pytest
from block_machine import INTEGER, POINTERS, VECTOR, Case, Cpu, differences, emit_and_assemble

from transpile.native.effects import CONDITION_FLAGS, FLAG_DEFINES
from transpile.native.micro import CONDITIONS, SP, Address, Code, Cond, Const, Micro, Reg, Temp, Value

BINARY = (Code.ADD, Code.SUB, Code.AND, Code.OR, Code.XOR)
SHIFTS = (Code.SHL, Code.SHR, Code.SAR, Code.ROL, Code.ROR)
WIDE = (Code.MUL, Code.BSWAP, Code.CLZ, Code.CTZ, Code.POPCNT, Code.MULHU, Code.MULHS)
CONSTANTS = (0, 1, 2, 7, 8, 63, 255, 256, 4095, 4096, 0x1000FF, 0xFF00FF, 0x7FFFFFFF, 1 << 31, (1 << 32) - 1, 1 << 40)
FREE = tuple(n for n in INTEGER if n not in POINTERS)


class Maker:
    """Random micro-operations over registers, temps and memory."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.ops: list[Micro] = []
        self.temps: list[Temp] = []
        self.count = 0
        self.made: list[tuple[int, str]] = []
        self.names = rng.sample(FREE, 5)

    def reg(self, size: int) -> Reg:
        high = size == 1 and self.rng.random() < 0.1
        return Reg(self.rng.choice(self.names), size, 1 if high else 0)

    def value(self, size: int, constant: bool = True) -> Value:
        rng = self.rng
        kind = rng.randrange(10)
        if constant and kind < 3:
            raw = rng.choice(CONSTANTS) if kind else -rng.choice(CONSTANTS)
            return Const(raw & ((1 << 8 * size) - 1), size)
        fitting = [t for t in self.temps if t.size >= size and not t.vector]
        if fitting and kind < 6:
            return Temp(rng.choice(fitting).index, size)
        return self.reg(size)

    def new_temp(self, size: int, vector: bool = False) -> Temp:
        self.count += 1
        return Temp(self.count, size, vector)

    def target(self, size: int) -> Reg | Temp:
        return self.reg(size) if self.rng.random() < 0.6 else self.new_temp(size)

    def emit(self, micro: Micro) -> None:
        self.ops.append(micro)
        if isinstance(micro.dst, Temp):
            self.temps.append(micro.dst)

    def address(self) -> Address:
        rng = self.rng
        base = Reg(rng.choice(tuple(POINTERS)), 8) if rng.random() < 0.7 else SP
        if rng.random() < 0.3:
            small, index = self.new_temp(8), self.reg(8)
            self.emit(Micro(Code.AND, 8, small, (index, Const(7, 8))))
            return Address(base, small, rng.choice((1, 2, 4, 8)), rng.randrange(-40, 40))
        return Address(base, None, 1, rng.randrange(-64, 64))

    def flags(self) -> None:
        rng = self.rng
        kind = rng.choice(("sub", "sub", "add", "logic", "inc", "dec", "result", "shl", "shr", "sar", "adc", "sbb"))
        size = rng.choice((1, 2, 4, 8))
        args: tuple[Value, ...]
        if kind in ("sub", "add"):
            args = (self.value(size, False), self.value(size))
        elif kind in ("adc", "sbb"):
            carry = self.new_temp(1)
            self.emit(Micro(Code.AND, 1, carry, (self.value(1, False), Const(1, 1))))
            args = (self.value(size, False), self.value(size), carry)
        elif kind in ("shl", "shr", "sar"):
            size = max(size, 4)
            wide, result = self.value(size, False), self.new_temp(size)
            count = Const(rng.randrange(1, 8 * size), 1)
            self.emit(Micro(Code[kind.upper()], size, result, (wide, count)))
            args = (wide, count, result)
        else:
            result = self.new_temp(size)
            code, second = {
                "logic": (rng.choice((Code.AND, Code.XOR)), self.value(size)),
                "inc": (Code.ADD, Const(1, size)),
                "dec": (Code.SUB, Const(1, size)),
                "result": (Code.OR, self.value(size)),
            }[kind]
            self.emit(Micro(code, size, result, (self.value(size, False), second)))
            args = (result,)
        number = len(self.made)
        self.made.append((number, kind))
        self.ops.append(Micro(Code.FLAGS, size, args=args, name=kind, id=number))
        if kind in ("sub", "add") and size >= 4 and rng.random() < 0.5:
            code = Code.SUB if kind == "sub" else Code.ADD
            self.emit(Micro(code, size, self.target(size), args))

    def condition(self) -> Cond | None:
        if not self.made:
            return None
        number, kind = self.made[-1]
        ccs = [cc for cc in CONDITIONS if set(CONDITION_FLAGS[cc]) <= set(FLAG_DEFINES[kind])]
        return Cond(self.rng.choice(ccs), number)

    def conditional(self) -> None:
        cond = self.condition()
        if cond is None:
            self.flags()
        elif self.rng.random() < 0.5:
            self.emit(Micro(Code.SETCC, 1, self.target(1), cond=cond))
        else:
            size = self.rng.choice((2, 4, 8))
            self.emit(Micro(Code.SELECT, size, self.target(size), (self.value(size), self.value(size)), cond=cond))

    def memory(self) -> None:
        rng = self.rng
        size = rng.choice((1, 2, 4, 8))
        if rng.random() < 0.5:
            value = self.value(size)
            self.emit(Micro(Code.STORE, size, args=(value,), address=self.address()))
            return
        extend = rng.choice(("", "z", "s"))
        wide = rng.choice([s for s in (4, 8) if s > size] or [size]) if extend else size
        name = extend if wide > size else ""
        address = self.address()
        self.emit(Micro(Code.LOAD, size, self.target(wide), address=address, name=name))

    def computation(self) -> None:
        rng = self.rng
        size = rng.choice((1, 2, 4, 4, 8, 8))
        kind = rng.randrange(9)
        wide = max(size, 4)
        if kind < 3:
            code = rng.choice(BINARY)
            a, b = self.value(size), self.value(size)
            self.emit(Micro(code, size, self.target(size), (a, b)))
        elif kind == 3:
            a, count = self.value(wide, False), self.value(1)
            self.emit(Micro(rng.choice(SHIFTS), wide, self.target(wide), (a, count)))
        elif kind == 4:
            code = rng.choice(WIDE)
            wide = 8 if code in (Code.MULHU, Code.MULHS) else wide
            args = (self.value(wide, False),) if code in WIDE[1:5] else (self.value(wide, False), self.value(wide))
            self.emit(Micro(code, wide, self.target(wide), args))
        elif kind == 5:
            small = rng.choice([s for s in (1, 2, 4) if s < wide])
            code = rng.choice((Code.SEXT, Code.ZEXT))
            self.emit(Micro(code, wide, self.target(wide), (self.value(small, False),)))
        elif kind == 6:
            self.emit(Micro(rng.choice((Code.NOT, Code.NEG)), size, self.target(size), (self.value(size),)))
        elif kind == 7:
            self.emit(Micro(Code.COPY, size, self.target(size), (self.value(size),)))
        else:
            scale = rng.choice((1, 2, 4, 8))
            index = self.value(8, False) if rng.random() < 0.8 else None
            base = self.value(8, False) if rng.random() < 0.8 or index is None else None
            assert not isinstance(base, Const) and not isinstance(index, Const)
            disp = rng.choice((0, 8, -1, 4096, 100000, -(1 << 31)))
            address = Address(base, index, scale, disp)  # type: ignore[arg-type]
            self.emit(Micro(Code.LEA, wide, self.target(wide), address=address))

    def division(self) -> None:
        rng = self.rng
        size = rng.choice((4, 8))
        divisor = self.new_temp(size)
        self.emit(Micro(Code.OR, size, divisor, (self.value(size, False), Const(4, size))))
        other = self.new_temp(size)
        self.emit(Micro(Code.SHR, size, other, (self.value(size, False), Const(1, 1))))
        code = rng.choice((Code.UDIV, Code.UREM, Code.SDIV, Code.SREM))
        self.emit(Micro(code, size, self.target(size), (other, divisor)))
        if rng.random() < 0.5:
            pair = {Code.UDIV: Code.UREM, Code.UREM: Code.UDIV, Code.SDIV: Code.SREM, Code.SREM: Code.SDIV}[code]
            self.emit(Micro(pair, size, self.target(size), (other, divisor)))

    def atomic(self) -> None:
        rng = self.rng
        size = rng.choice((1, 2, 4, 8))
        # Exclusive accesses fault when misaligned.
        address = Address(Reg(rng.choice(tuple(POINTERS)), 8), None, 1, 8 * rng.randrange(-4, 4))
        if rng.random() < 0.4:
            args = (self.value(size, False), self.value(size))
            self.emit(Micro(Code.CAS, size, self.target(size), args, address))
            return
        name = rng.choice(("add", "sub", "and", "or", "xor", "xchg"))
        dst = self.target(size) if rng.random() < 0.8 else None
        self.emit(Micro(Code.ATOMIC, size, dst, (self.value(size),), address, name=name))

    def block(self, length: int) -> list[Micro]:
        rng = self.rng
        for _ in range(length):
            kind = rng.randrange(20)
            if kind < 10:
                self.computation()
            elif kind < 13:
                self.memory()
            elif kind < 15:
                self.flags()
            elif kind < 18:
                self.conditional()
            elif kind < 19:
                self.division()
            else:
                self.atomic()
        cond = self.condition()
        if cond is not None and rng.random() < 0.7:
            self.ops.append(Micro(Code.BRANCH, 8, cond=cond, target="taken", name="next"))
        return self.ops


class FloatMaker(Maker):
    """Scalar floating-point and packed operations, with a few integer ones around them."""

    def __init__(self, rng: random.Random, packed: bool) -> None:
        super().__init__(rng)
        self.packed = packed
        self.vectors = rng.sample(VECTOR, 4)

    def vector(self, size: int) -> Value:
        fitting = [t for t in self.temps if t.vector and t.size >= size]
        if fitting and self.rng.random() < 0.4:
            return Temp(self.rng.choice(fitting).index, size, True)
        return Reg(self.rng.choice(self.vectors), size)

    def vector_target(self, size: int) -> Reg | Temp:
        if self.rng.random() < 0.7:
            return Reg(self.rng.choice(self.vectors), size)
        return self.new_temp(size, True)

    def scalar(self) -> None:
        rng = self.rng
        size = rng.choice((4, 8))
        kind = rng.randrange(10)
        if kind < 4:
            code = rng.choice((Code.FADD, Code.FSUB, Code.FMUL, Code.FDIV, Code.FMIN, Code.FMAX))
            self.emit(Micro(code, size, self.vector_target(size), (self.vector(size), self.vector(size))))
        elif kind == 4:
            self.emit(Micro(Code.FSQRT, size, self.vector_target(size), (self.vector(size),)))
        elif kind == 5:
            self.emit(Micro(Code.I2F, size, self.vector_target(size), (self.value(rng.choice((4, 8)), False),)))
        elif kind == 6:
            code, wide = rng.choice((Code.F2I, Code.F2IR)), rng.choice((4, 8))
            self.emit(Micro(code, wide, self.target(wide), (self.vector(size),)))
        elif kind == 7:
            self.emit(Micro(Code.F2F, size, self.vector_target(size), (self.vector(12 - size),)))
        elif kind == 8:
            number = len(self.made)
            self.made.append((number, "fcmp"))
            args = (self.vector(size), self.vector(size))
            self.ops.append(Micro(Code.FLAGS, size, args=args, name="fcmp", id=number))
            self.conditional()
        else:
            args = (self.vector(size), self.vector(size), Const(rng.randrange(8), 1))
            dst = self.vector_target(size)
            self.emit(Micro(Code.PACKED, size, dst, args, name="fcmp_scalar", lane=size))

    def moves(self) -> None:
        rng = self.rng
        size = rng.choice((4, 8, 16))
        kind = rng.randrange(7)
        if kind == 0:
            self.emit(Micro(Code.COPY, size, self.vector_target(size), (self.vector(size),)))
        elif kind == 1:
            self.emit(Micro(Code.ZEXT, 16, self.vector_target(16), (self.vector(min(size, 8)),)))
        elif kind == 2:
            small = min(size, 8)
            if rng.random() < 0.5:
                self.emit(Micro(Code.COPY, small, self.vector_target(small), (self.value(small),)))
            else:
                self.emit(Micro(Code.COPY, small, self.target(small), (self.vector(small),)))
        elif kind == 3:
            self.emit(Micro(Code.STORE, size, args=(self.vector(size),), address=self.address()))
        elif kind == 4:
            address = self.address()
            self.emit(Micro(Code.LOAD, size, self.vector_target(size), address=address))
        elif kind == 5:
            self.emit(Micro(Code.COPY, 16, self.vector_target(16), (Const(rng.choice((0, (1 << 128) - 1, 5)), 16),)))
        else:
            # The upper half of a register, as movhpd and movhlps see it.
            high = Reg(rng.choice(self.vectors), 8, 8)
            other: Value = self.vector(8)
            if rng.random() < 0.5:
                self.emit(Micro(Code.COPY, 8, high, (other,)))
            else:
                self.emit(Micro(Code.COPY, 8, self.vector_target(8), (high,)))

    def lanes(self) -> None:
        rng = self.rng
        name = rng.choice(tuple(LANES))
        lane = rng.choice(LANES[name])
        a, b = self.vector(16), self.vector(16)
        labels: tuple[str, ...] = ()
        dst: Reg | Temp = self.vector_target(16)
        args: tuple[Value, ...] = (a, b)
        if name in ("shl", "shr", "sar"):
            if rng.random() < 0.6:
                args = (a, Const(rng.randrange(8 * lane + 3), 1))
            else:
                count = self.new_temp(8, True)
                small = self.value(8)
                if rng.random() < 0.8:
                    few = self.new_temp(8)
                    self.emit(Micro(Code.AND, 8, few, (self.value(8, False), Const(31, 8))))
                    small = few
                self.emit(Micro(Code.COPY, 8, count, (small,)))
                wide = self.new_temp(16, True)
                self.emit(Micro(Code.ZEXT, 16, wide, (count,)))
                args = (a, wide)
        elif name in ("bytes_left", "bytes_right"):
            args = (a, Const(rng.randrange(18), 1))
        elif name == "shuffle":
            count = 16 // lane
            labels = tuple(str(rng.randrange(2 * count)) for _ in range(count))
            if rng.random() < 0.5:
                labels = rng.choice(KNOWN_SHUFFLES[lane])
        elif name == "insert":
            args = (a, self.value(8 if lane == 8 else 4, False), Const(rng.randrange(16 // lane), 1))
        elif name == "extract":
            dst = self.target(8 if lane == 8 else 4)
            args = (a, Const(rng.randrange(16 // lane), 1))
        elif name == "movmask":
            dst, args = self.target(4), (a,)
        elif name == "fcmp":
            args = (a, b, Const(rng.randrange(8), 1))
        elif name in ("fsqrt", "i2f", "i2d", "f2i", "f2ir", "d2i", "d2ir", "d2f", "f2d"):
            args = (a,)
        self.emit(Micro(Code.PACKED, dst.size, dst, args, name=name, lane=lane, labels=labels))

    def block(self, length: int) -> list[Micro]:
        for _ in range(length):
            kind = self.rng.randrange(10)
            if kind < 3:
                self.moves()
            elif kind < 9 and self.packed:
                self.lanes()
            elif kind < 8:
                self.scalar()
            else:
                self.computation()
        return self.ops


INTEGERS = (1, 2, 4, 8)
LANES: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("and", "or", "xor", "andn", "add", "sub", "unpack_low", "unpack_high"), INTEGERS),
    **dict.fromkeys(("adds", "addus", "subs", "subus", "avg"), (1, 2)),
    **dict.fromkeys(("mullo", "mulhs", "mulhu", "maddwd", "mins", "maxs", "pack_us"), (2,)),
    **dict.fromkeys(("sad", "minu", "maxu"), (1,)),
    **dict.fromkeys(("cmpeq", "cmpgt"), (1, 2, 4)),
    **dict.fromkeys(("fadd", "fsub", "fmul", "fdiv", "fsqrt", "fmin", "fmax", "fcmp"), (4, 8)),
    **dict.fromkeys(("i2f", "i2d", "f2i", "f2ir", "f2d"), (4,)),
    **dict.fromkeys(("d2i", "d2ir", "d2f"), (8,)),
    "muludq": (8,),
    "shl": (2, 4, 8),
    "shr": (2, 4, 8),
    "sar": (2, 4),
    "bytes_left": (1,),
    "bytes_right": (1,),
    "shuffle": (2, 4, 8),
    "pack_ss": (2, 4),
    "insert": (2, 8),
    "extract": (2, 4, 8),
    "movmask": (1, 4, 8),
}
KNOWN_SHUFFLES = {
    2: [
        tuple(str(x) for x in order)
        for order in ((1, 0, 3, 2, 5, 4, 7, 6), (3, 2, 1, 0, 4, 5, 6, 7), (8, 9, 2, 3, 4, 5, 6, 7))
    ],
    4: [
        tuple(text)
        for text in (
            "0246",
            "1357",
            "0415",
            "2637",
            "0426",
            "1032",
            "3210",
            "1111",
            "2301",
            "2345",
            "5670",
            "0123",
            "4567",
        )
    ],
    8: [tuple(text) for text in ("01", "10", "02", "12", "21", "13", "03", "23", "11", "30")],
}


def vector_live(rng: random.Random) -> dict[str, int]:
    return live_out(rng, VECTOR, (4, 8, 16, 16)) | live_out(rng, FREE, (4, 8)) | dict.fromkeys(POINTERS, 8)


def live_out(rng: random.Random, names: tuple[str, ...], sizes: tuple[int, ...]) -> dict[str, int]:
    return {name: rng.choice(sizes) for name in names if rng.random() < 0.8}


def check(cases: list[Case], seed: int, runs: int, floats: bool = False) -> None:
    rng = random.Random(seed)
    cpu = Cpu()
    for case, code in zip(cases, emit_and_assemble(cases), strict=True):
        for _ in range(runs):
            found = differences(cpu, case, code, rng, floats)
            assert not found, "\n".join([*found, *(str(m) for m in case.micros), *case.lines])


@pytest.mark.parametrize("march", ["", "armv8.1-a"])
def test_random_integer_blocks(march: str) -> None:
    rng = random.Random(7 + len(march))
    cases = []
    for _ in range(350):
        micros = Maker(rng).block(rng.randrange(1, 9))
        live = live_out(rng, FREE, (1, 2, 4, 8, 8)) | dict.fromkeys(POINTERS, 8)
        cases.append(Case(micros, live, march=march))
    check(cases, 8, 4)


def test_random_integer_blocks_in_order() -> None:
    """The tso memory model changes how memory is accessed, not what is computed."""
    rng = random.Random(9)
    cases = []
    for number in range(80):
        micros = Maker(rng).block(rng.randrange(1, 9))
        live = live_out(rng, FREE, (1, 2, 4, 8)) | dict.fromkeys(POINTERS, 8)
        march = "armv8.3-a" if number % 2 else ""
        cases.append(Case(micros, live, march=march, memory_model="tso"))
    check(cases, 10, 3)


@pytest.mark.parametrize("packed", [False, True])
def test_random_vector_blocks(packed: bool) -> None:
    rng = random.Random(11)
    cases = [Case(FloatMaker(rng, packed).block(rng.randrange(1, 7)), vector_live(rng)) for _ in range(500)]
    check(cases, 12, 4, floats=True)


@pytest.mark.parametrize("packed", [False, True])
def test_single_vector_operations(packed: bool) -> None:
    """With NaNs among the operands: the results of longer blocks may depend on their payloads."""
    rng = random.Random(13)
    cases = []
    while len(cases) < 400:
        micros = FloatMaker(rng, packed).block(1)
        if len(micros) == 1:
            cases.append(Case(micros, vector_live(rng)))
    check(cases, 14, 5, floats=True)
