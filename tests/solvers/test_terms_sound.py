"""Random expressions, once through the simplifying constructors and once spelled raw in Z3: they must be equal."""

from __future__ import annotations

from random import Random

import z3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transpile.solvers import terms as t
from transpile.solvers.smt_encode import Encoder
from transpile.solvers.terms import Program, Term

RLIMIT = 400_000

BINARY = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "band": lambda a, b: a & b,
    "bor": lambda a, b: a | b,
    "bxor": lambda a, b: a ^ b,
    "shl": lambda a, b: a << b,
    "lshr": z3.LShR,
    "ashr": lambda a, b: a >> b,
    "udiv": z3.UDiv,
    "urem": z3.URem,
    "sdiv": lambda a, b: a / b,
    "srem": z3.SRem,
}
COMPARE = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "ult": z3.ULT,
    "ule": z3.ULE,
    "slt": lambda a, b: a < b,
    "sle": lambda a, b: a <= b,
    "carry": lambda a, b: z3.Not(z3.BVAddNoOverflow(a, b, False)),
    "scarry": lambda a, b: z3.Not(z3.And(z3.BVAddNoOverflow(a, b, True), z3.BVAddNoUnderflow(a, b))),
    "sborrow": lambda a, b: z3.Not(z3.And(z3.BVSubNoOverflow(a, b), z3.BVSubNoUnderflow(a, b, True))),
}
OPERATIONS = [
    *BINARY, *COMPARE, "neg", "bnot", "zext", "sext", "extract", "concat", "ite", "const", "boolean",
    "popcount", "lzcount",
]  # fmt: skip
INTERESTING = (0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 0x3F, 0x7F, 0x80, 0xF0, 0xFF, 0xFF00, 0x5A, -1, -2, -8, -16)

step = st.tuples(st.sampled_from(OPERATIONS), *[st.integers(0, 1 << 16)] * 4)
programs = st.lists(step, min_size=1, max_size=14)


class Pair:
    """A value in both spellings."""

    def __init__(self, term: Term, raw: z3.BitVecRef) -> None:
        assert term.width == raw.size()
        self.term = term
        self.raw = raw
        self.width = term.width


def bit(condition: z3.BoolRef) -> z3.BitVecRef:
    return z3.If(condition, z3.BitVecVal(1, 1, condition.ctx), z3.BitVecVal(0, 1, condition.ctx))


class Builder:
    """Runs a random program on pairs."""

    def __init__(self, widths: tuple[int, ...], context: z3.Context) -> None:
        self.context = context
        self.widths = widths
        self.pairs = [
            Pair(t.var(f"{name}{width}", width), z3.BitVec(f"{name}{width}:{width}", width, context))
            for width in (*widths, 1)
            for name in "ab"
        ]

    def pick(self, choice: int, width: int | None = None) -> Pair:
        pool = [pair for pair in self.pairs if width is None or pair.width == width]
        if width is not None and choice % 5 == 0:
            return self.constant(choice // 5, width)
        return pool[-1 - choice % len(pool)] if pool else self.constant(choice, width or 1)

    def constant(self, choice: int, width: int) -> Pair:
        value = INTERESTING[choice % len(INTERESTING)] if choice % 3 else 1 << (choice // 3) % width
        return Pair(t.const(value, width), z3.BitVecVal(value, width, self.context))

    def run(self, program: list[tuple[str, int, int, int, int]]) -> None:
        for name, i, j, k, extra in program:
            pair = self.apply(name, i, j, k, extra)
            if pair.width <= 2 * max(self.widths):
                self.pairs.append(pair)

    def apply(self, name: str, i: int, j: int, k: int, extra: int) -> Pair:
        a = self.pick(i)
        width = a.width
        if name in BINARY:
            b = self.pick(j, width)
            return Pair(getattr(t, name)(a.term, b.term), BINARY[name](a.raw, b.raw))
        if name in COMPARE:
            b = self.pick(j, width)
            return Pair(getattr(t, name)(a.term, b.term), bit(COMPARE[name](a.raw, b.raw)))
        if name == "const":
            return self.constant(extra, width)
        if name in ("neg", "bnot"):
            return Pair(getattr(t, name)(a.term), -a.raw if name == "neg" else ~a.raw)
        if name in ("zext", "sext"):
            more = extra % (max(self.widths) + 1)
            build = z3.ZeroExt if name == "zext" else z3.SignExt
            return Pair(getattr(t, name)(a.term, width + more), build(more, a.raw))
        if name == "extract":
            low = extra % width if extra % 2 else 0
            size = 1 + k % (width - low)
            return Pair(t.extract(a.term, low, size), z3.Extract(low + size - 1, low, a.raw))
        if name == "concat":
            b = self.pick(j)
            return Pair(t.concat(a.term, b.term), z3.Concat(a.raw, b.raw))
        if name == "ite":
            b, c = self.pick(j, width), self.pick(k, 1)
            return Pair(t.ite(c.term, a.term, b.term), z3.If(c.raw == 1, a.raw, b.raw))
        if name == "boolean":
            a, b = self.pick(i, 1), self.pick(j, 1)
            operation = ("band", "bor", "bxor", "ult", "slt", "eq")[extra % 6]
            if operation in BINARY:
                return Pair(getattr(t, operation)(a.term, b.term), BINARY[operation](a.raw, b.raw))
            return Pair(getattr(t, operation)(a.term, b.term), bit(COMPARE[operation](a.raw, b.raw)))
        return self.count(name, a, 8)

    def count(self, name: str, a: Pair, width: int) -> Pair:
        raw = z3.BitVecVal(0 if name == "popcount" else a.width, width, self.context)
        for position in range(a.width):
            here = z3.Extract(position, position, a.raw)
            if name == "popcount":
                raw = raw + z3.ZeroExt(width - 1, here)
            else:
                raw = z3.If(here == 1, z3.BitVecVal(a.width - 1 - position, width, self.context), raw)
        return Pair(getattr(t, name)(a.term, width), raw)


def assert_equal(pair: Pair, encoder: Encoder) -> None:
    solver = z3.SolverFor("QF_BV", ctx=encoder.context)
    solver.set("rlimit", RLIMIT)
    solver.add(pair.raw != encoder.expression(pair.term))
    assert solver.check() != z3.sat, f"{pair.term} differs from {pair.raw}: {solver.model()}"


def assert_in_bounds(pair: Pair, encoder: Encoder) -> None:
    """What ``unsigned_bits`` and ``signed_bits`` promise."""
    width, unsigned, signed = pair.width, t.unsigned_bits(pair.term), t.signed_bits(pair.term)
    solver = z3.SolverFor("QF_BV", ctx=encoder.context)
    solver.set("rlimit", RLIMIT)
    wrong = []
    if unsigned < width:
        wrong.append(z3.LShR(pair.raw, unsigned) != 0)
    if signed < width:
        wrong.append(z3.SignExt(width - signed, z3.Extract(signed - 1, 0, pair.raw)) != pair.raw)
    if wrong:
        solver.add(z3.Or(*wrong))
        assert solver.check() != z3.sat, f"{pair.term}: {unsigned} unsigned, {signed} signed bits"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs, st.sampled_from([(8,), (8, 16), (4, 8), (3, 5)]))
def test_constructors_agree_with_z3(program: list[tuple[str, int, int, int, int]], widths: tuple[int, ...]) -> None:
    t.reset()
    encoder = Encoder()
    builder = Builder(widths, encoder.context)
    builder.run(program)
    for pair in builder.pairs[2 * len(widths) + 2 :][-3:]:
        assert_equal(pair, encoder)
        assert_in_bounds(pair, encoder)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs, st.sampled_from([(32, 64), (8, 32, 64), (64, 128)]), st.randoms(use_true_random=False))
def test_evaluation_agrees_with_z3(
    program: list[tuple[str, int, int, int, int]], widths: tuple[int, ...], random: Random
) -> None:
    t.reset()
    context = z3.main_ctx()
    builder = Builder(widths, context)
    builder.run(program)
    pairs = builder.pairs
    variables = pairs[: 2 * len(widths) + 2]
    compiled = Program([pair.term for pair in pairs])
    for _ in range(2):
        values = [
            random.choice((random.getrandbits(pair.width), random.choice(INTERESTING) & ((1 << pair.width) - 1)))
            for pair in variables
        ]
        env = {pair.term.name: value for pair, value in zip(variables, values, strict=True)}
        constants = [(pair.raw, z3.BitVecVal(value, pair.width)) for pair, value in zip(variables, values, strict=True)]
        for pair, value in zip(pairs, compiled.run({**dict.fromkeys(compiled.names, 0), **env}), strict=True):
            assert z3.simplify(z3.substitute(pair.raw, *constants)).as_long() == value, pair.term
