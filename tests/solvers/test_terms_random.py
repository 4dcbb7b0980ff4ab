"""Terms against plain integer arithmetic: everything small exhaustively, everything else at random.

Each constructor call is mirrored by a calculation on Python integers; ``evaluate`` of the simplified term must give the
same number, and lie within ``unsigned_bits`` and ``signed_bits``.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Iterator

import pytest

from transpile.solvers import terms as t
from transpile.solvers.terms import Program, Term

Values = list[int]
"""One value per environment."""


def mask(width: int) -> int:
    return (1 << width) - 1


def signed(value: int, width: int) -> int:
    return value - (1 << width) if value >> (width - 1) else value


def sdiv(a: int, b: int, width: int) -> int:
    x, y = signed(a, width), signed(b, width)
    if y == 0:
        return 1 if x < 0 else -1
    return abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)


def srem(a: int, b: int, width: int) -> int:
    x, y = signed(a, width), signed(b, width)
    return x if y == 0 else abs(x) % abs(y) * (-1 if x < 0 else 1)


def overflows(value: int, width: int) -> bool:
    return not -(1 << (width - 1)) <= value < 1 << (width - 1)


Binary = Callable[[int, int, int], int]
ARITHMETIC: dict[str, Binary] = {
    "add": lambda a, b, w: a + b,
    "sub": lambda a, b, w: a - b,
    "mul": lambda a, b, w: a * b,
    "band": lambda a, b, w: a & b,
    "bor": lambda a, b, w: a | b,
    "bxor": lambda a, b, w: a ^ b,
    "shl": lambda a, b, w: a << b if b < w else 0,
    "lshr": lambda a, b, w: a >> b,
    "ashr": lambda a, b, w: signed(a, w) >> b,
    "udiv": lambda a, b, w: a // b if b else -1,
    "urem": lambda a, b, w: a % b if b else a,
    "sdiv": sdiv,
    "srem": srem,
}
COMPARISONS: dict[str, Binary] = {
    "eq": lambda a, b, w: a == b,
    "ne": lambda a, b, w: a != b,
    "ult": lambda a, b, w: a < b,
    "ule": lambda a, b, w: a <= b,
    "slt": lambda a, b, w: signed(a, w) < signed(b, w),
    "sle": lambda a, b, w: signed(a, w) <= signed(b, w),
    "carry": lambda a, b, w: a + b > mask(w),
    "scarry": lambda a, b, w: overflows(signed(a, w) + signed(b, w), w),
    "sborrow": lambda a, b, w: overflows(signed(a, w) - signed(b, w), w),
}


class Value:
    """A term and what it must evaluate to in each environment."""

    __slots__ = ("expected", "term")

    def __init__(self, term: Term, expected: Values) -> None:
        self.term = term
        self.expected = expected

    @property
    def width(self) -> int:
        return self.term.width


def binary(name: str, a: Value, b: Value) -> Value:
    width = a.width
    compute = ARITHMETIC.get(name) or COMPARISONS[name]
    keep = mask(width if name in ARITHMETIC else 1)
    expected = [compute(x, y, width) & keep for x, y in zip(a.expected, b.expected, strict=True)]
    return Value(getattr(t, name)(a.term, b.term), expected)


def unary(name: str, a: Value, width: int, low: int = 0) -> Value:
    n, keep = a.width, mask(width)
    if name == "extract":
        return Value(t.extract(a.term, low, width), [x >> low & keep for x in a.expected])
    if name in ("neg", "bnot"):
        return Value(getattr(t, name)(a.term), [(-x if name == "neg" else ~x) & keep for x in a.expected])
    term = getattr(t, name)(a.term, width)
    if name == "zext":
        return Value(term, a.expected)
    if name == "sext":
        return Value(term, [signed(x, n) & keep for x in a.expected])
    if name == "popcount":
        return Value(term, [x.bit_count() & keep for x in a.expected])
    return Value(term, [n - x.bit_length() & keep for x in a.expected])


def select(c: Value, a: Value, b: Value) -> Value:
    expected = [x if choice else y for choice, x, y in zip(c.expected, a.expected, b.expected, strict=True)]
    return Value(t.ite(c.term, a.term, b.term), expected)


def concat(a: Value, b: Value) -> Value:
    expected = [x << b.width | y for x, y in zip(a.expected, b.expected, strict=True)]
    return Value(t.concat(a.term, b.term), expected)


def constant(value: int, width: int, count: int) -> Value:
    return Value(t.const(value, width), [value & mask(width)] * count)


def check(values: list[Value], environments: list[dict[str, int]], about: str = "") -> None:
    program = Program([value.term for value in values])
    for i, environment in enumerate(environments):
        for value, found in zip(values, program.run(environment), strict=True):
            assert found == value.expected[i], f"{about} {value.term} in {environment}"
    for value in values:
        width = value.width
        unsigned_limit, signed_limit = 1 << t.unsigned_bits(value.term), 1 << (t.signed_bits(value.term) - 1)
        for expected in value.expected:
            assert expected < unsigned_limit, f"{about} {value.term} has unsigned_bits {unsigned_limit}"
            assert -signed_limit <= signed(expected, width) < signed_limit, f"{about} {value.term} has signed_bits"


# Exhaustive, with three bits


class Small:
    """Two variables of three bits and all constants, in all 64 environments."""

    def __init__(self, width: int = 3) -> None:
        t.reset()
        pairs = list(itertools.product(range(1 << width), repeat=2))
        self.environments = [{"x": x, "y": y} for x, y in pairs]
        self.x = Value(t.var("x", width), [x for x, _ in pairs])
        self.y = Value(t.var("y", width), [y for _, y in pairs])
        self.constants = [constant(value, width, len(pairs)) for value in range(1 << width)]
        self.width = width

    def literals(self) -> Iterator[Value]:
        """Comparisons of the variables with each other and with all constants, and sign bits."""
        operands = [(self.x, self.y), (self.y, self.x)]
        operands += [(self.x, k) for k in self.constants] + [(k, self.x) for k in self.constants]
        for a, b in operands:
            for name in ("eq", "ult", "slt"):
                yield binary(name, a, b)
        yield unary("extract", self.x, 1, self.width - 1)
        yield unary("extract", binary("sub", self.x, self.y), 1, self.width - 1)
        yield binary("sborrow", self.x, self.y)

    def inner(self) -> Iterator[Value]:
        """Many different terms of one operator."""
        x, y, width = self.x, self.y, self.width
        for name in ARITHMETIC:
            yield binary(name, x, y)
            yield from (binary(name, x, k) for k in self.constants)
        for low, high in ((0, 1), (0, 2), (1, 1), (1, 2), (2, 1)):
            piece = unary("extract", x, high, low)
            yield unary("zext", piece, width)
            yield unary("sext", piece, width)
            if high < width:
                yield concat(piece, unary("extract", y, width - high, 0))
        condition = binary("ult", x, y)
        yield from (select(condition, x, k) for k in self.constants)
        yield from (select(condition, self.constants[2], k) for k in self.constants)
        yield unary("bnot", x, width)


def distinct(values: Iterable[Value], environments: list[dict[str, int]]) -> list[Value]:
    """Each term once, after checking all of them."""
    values = list(values)
    check(values, environments)
    return list({value.term: value for value in values}.values())


@pytest.mark.parametrize("name", ["band", "bor", "bxor"])
def test_all_pairs_of_comparisons(name: str) -> None:
    small = Small()
    rows = distinct(small.literals(), small.environments)
    rows = distinct([*rows, *[unary("bnot", value, 1) for value in rows]], small.environments)
    for i, a in enumerate(rows):
        check([binary(name, a, b) for b in rows[: i + 1]], small.environments, f"{name} with {a.term}:")


@pytest.mark.parametrize("name", [*ARITHMETIC, *COMPARISONS])
def test_all_operations_of_two_levels(name: str) -> None:
    small = Small()
    others = [small.x, small.y, *small.constants]
    for a in distinct(small.inner(), small.environments):
        values = [binary(name, a, b) for b in others] + [binary(name, b, a) for b in others]
        check(values, small.environments, f"{name} with {a.term}:")


def test_all_selections() -> None:
    small = Small()
    arms = [small.x, small.y, *small.constants, binary("add", small.x, small.constants[1])]
    for condition in small.literals():
        values = [select(condition, a, b) for a in arms for b in arms]
        check(values, small.environments, f"condition {condition.term}:")


def test_all_selections_under_a_condition() -> None:
    """What the outer condition says about the inner one."""
    small = Small()
    x, y, z = small.x, small.y, small.constants[5]
    plain = distinct(small.literals(), small.environments)
    rows = [*plain, *[unary("bnot", value, 1) for value in plain]]
    for outer in plain:
        inner = [(select(c, x, y), select(c, y, z)) for c in rows]
        values = [select(outer, a, z) for a, _ in inner] + [select(outer, z, a) for _, a in inner]
        check(values, small.environments, f"condition {outer.term}:")
    few = rows[::5]
    for first, second in itertools.combinations(few, 2):
        outer = binary("band", first, second)
        inner = [select(c, x, y) for c in (first, unary("bnot", first, 1), *few)]
        values = [select(outer, a, z) for a in inner] + [select(outer, z, a) for a in inner]
        check(values, small.environments, f"condition {outer.term}:")


def test_random_boolean_functions() -> None:
    """Four bits, all 16 environments."""
    generator = random.Random(4)
    environments = [{f"b{i}": n >> i & 1 for i in range(4)} for n in range(16)]
    for number in range(500):
        t.reset()
        values = [Value(t.var(f"b{i}", 1), [e[f"b{i}"] for e in environments]) for i in range(4)]
        for _ in range(25):
            a, b, c = (generator.choice(values[-8:]) for _ in range(3))
            name = generator.choice(("band", "bor", "bxor", "bnot", "ite", "ite"))
            if name == "ite":
                values.append(select(a, b, c))
            else:
                values.append(unary("bnot", a, 1) if name == "bnot" else binary(name, a, b))
        check(values, environments, f"function {number}:")


def test_all_slices_of_two_levels() -> None:
    small = Small()
    for a in distinct(small.inner(), small.environments):
        values = [unary(name, a, 6) for name in ("zext", "sext", "popcount", "lzcount")]
        values += [unary("extract", a, n, low) for low in range(3) for n in range(1, 4 - low)]
        values += [concat(a, small.y), concat(small.constants[5], a), concat(a, small.constants[6])]
        values += [unary("extract", v, n, low) for v in values[:2] for low in range(6) for n in range(1, 7 - low)]
        check(values, small.environments, f"slices of {a.term}:")


def test_all_small_sums_extended() -> None:
    """Extending a sum pushes the extension inside only where nothing wraps."""
    small = Small()
    for extend in ("zext", "sext"):
        x = unary(extend, small.x, 5)
        for factor in range(32):
            product = binary("mul", x, constant(factor, 5, 64))
            sums = [binary("add", product, constant(k, 5, 64)) for k in range(32)]
            values = [unary(name, value, 7) for name in ("zext", "sext") for value in sums]
            values += [unary("extract", value, 1, 4) for value in sums]
            check(values, small.environments, f"{factor} * {x.term}:")


@pytest.mark.parametrize("name", COMPARISONS)
def test_all_comparisons_of_extensions(name: str) -> None:
    small = Small()
    left = [unary(extend, small.x, 5) for extend in ("zext", "sext")]
    right = [unary(extend, small.y, 5) for extend in ("zext", "sext")]
    right += [constant(value, 5, 64) for value in range(32)]
    values = [binary(name, a, b) for a in left for b in right]
    check([*values, *[binary(name, b, a) for a in left for b in right]], small.environments)


# Random programs

WIDTHS = [(8, 1), (4, 8, 1), (8, 16, 32, 64, 1), (32, 64, 1), (16, 8, 1), (3, 5, 1), (2, 1)]
INTERESTING = (0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 31, 32, 63, -1, -2, -3, -8, 0xFF, -256, 0xFF00)
CHOICES = [
    *["add", "sub", "band", "bor", "bxor", "shl", "lshr", "ashr"] * 3, *ARITHMETIC, *COMPARISONS, *COMPARISONS,
    *["select", "slice", "extend", "concat", "boolean"] * 5, "neg", "bnot", "popcount", "lzcount",
    *["lanes", "runs"] * 2,
]  # fmt: skip


class RandomProgram:
    """Values built from each other by random constructor calls."""

    def __init__(self, seed: int, length: int, samples: int) -> None:
        self.random = random.Random(seed)
        self.widths = self.random.choice(WIDTHS)
        self.samples = samples
        self.environments: list[dict[str, int]] = [{} for _ in range(samples)]
        self.values: dict[int, list[Value]] = {}
        for width, name in itertools.product(self.widths, "xy"):
            numbers = [self.sample(width) for _ in range(samples)]
            for environment, number in zip(self.environments, numbers, strict=True):
                environment[f"{name}{width}"] = number
            self.add(Value(t.var(f"{name}{width}", width), numbers))
        for _ in range(length):
            self.add(self.step(self.random.choice(CHOICES)))

    def add(self, value: Value) -> None:
        if value.width <= 128:
            self.values.setdefault(value.width, []).append(value)

    def sample(self, width: int) -> int:
        number = self.random.getrandbits(width)
        edges = (0, 1, mask(width), 1 << (width - 1), mask(width - 1), number & 0xF, -(number & 7), number, number)
        return self.random.choice(edges) & mask(width)

    def pick(self, width: int) -> Value:
        known = self.values.get(width)
        if not known or self.random.random() < 0.25:
            edges = (1 << (width - 1), mask(width - 1), 1 << width // 2, mask(width // 2))
            return constant(self.random.choice((*INTERESTING, *edges)) & mask(width), width, self.samples)
        recent = known[-1 - min(int(self.random.expovariate(0.5)), len(known) - 1)]
        return recent if self.random.random() < 0.6 else self.random.choice(known)

    def step(self, name: str) -> Value:
        pick, choose = self.pick, self.random.choice
        width = choose(list(self.values))
        if name in ARITHMETIC or name in COMPARISONS:
            return binary(name, pick(width), pick(width))
        if name == "select":
            return select(pick(1), pick(width), pick(width))
        if name == "slice":
            size = choose([w for w in self.widths if w <= width] or [width])
            return unary("extract", pick(width), size, choose((0, width - size, self.random.randint(0, width - size))))
        if name == "extend":
            return unary(
                choose(("zext", "sext")), pick(width), choose([w for w in self.widths if w >= width] or [width])
            )
        if name == "concat":
            return concat(pick(width), pick(choose(self.widths)))
        if name == "lanes":
            return self.lanes(choose([w for w in self.widths if w % 16 == 0] or [width]))
        if name == "runs":
            return self.runs(width)
        if name == "boolean":
            return binary(choose(("band", "bor", "bxor")), pick(1), pick(1))
        return unary(name, pick(width), width if name in ("neg", "bnot") else choose(self.widths))

    def lanes(self, width: int) -> Value:
        """The halves of two values added or subtracted on their own, in one register."""
        a, b, half = self.pick(width), self.pick(width), max(width // 2, 1)
        low_a, low_b = unary("extract", a, half), unary("extract", b, half)
        operation, test = self.random.choice((("add", "carry"), ("sub", "ult"), ("add", "ult"), ("sub", "carry")))
        carry = unary("zext", binary(test, low_a, low_b), width)
        shifted = binary("shl", carry, constant(half, width, self.samples))
        total = binary(operation, a, b)
        correction = "sub" if operation == "add" else "add"
        return binary(correction if self.random.random() < 0.9 else operation, total, shifted)

    def runs(self, width: int) -> Value:
        """Sums of bits that are repeated over runs, side by side or overlapping."""
        total = constant(self.random.choice((0, 0, 1, mask(width), 0xF0)), width, self.samples)
        for _ in range(self.random.randint(1, 3)):
            bit = unary("zext", self.pick(1), width)
            for name in self.random.choice((("add",), ("sub",), ("sub", "add"))):
                place = constant(self.random.randint(0, width - 1), width, self.samples)
                total = binary(name, total, binary("shl", bit, place))
        return total


@pytest.mark.parametrize("part", range(4))
def test_random_programs(part: int) -> None:
    for seed in range(part * 700, part * 700 + 700):
        t.reset()
        program = RandomProgram(seed, 30, 10)
        check([value for row in program.values.values() for value in row], program.environments, f"seed {seed}:")
