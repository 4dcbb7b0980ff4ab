"""The Z3 adapter, floats on bit patterns, loads of different widths, and the term pool."""

from __future__ import annotations

import math
import random
import struct

from transpile.solvers import terms as t
from transpile.solvers.smt import GaveUp, Model, Valid, check_valid

RLIMIT = 3_000_000


def k(value: int, width: int = 64) -> t.Term:
    return t.const(value, width)


def setup_function() -> None:
    t.reset()


def test_valid_without_simplification() -> None:
    x, y = t.var("x", 64), t.var("y", 64)
    goal = t.eq(t.add(t.band(x, y), t.bor(x, y)), t.add(x, y))
    assert goal is not t.TRUE
    answer = check_valid([], [goal], RLIMIT)
    assert isinstance(answer, Valid) and answer.rlimit > 0


def test_same_query_costs_the_same() -> None:
    costs = []
    for _ in range(2):
        t.reset()
        x, y = t.var("x", 16), t.var("y", 16)
        answer = check_valid([], [t.eq(t.bxor(x, y), t.sub(t.bor(x, y), t.band(x, y)))], RLIMIT)
        assert isinstance(answer, Valid)
        costs.append(answer.rlimit)
    assert costs[0] == costs[1]


def test_rare_counterexample_is_found_and_replays() -> None:
    x, y = t.var("x", 64), t.var("y", 64)
    goal = t.ne(t.bxor(x, y), k(0x123456789))
    answer = check_valid([t.ult(x, y)], [goal], RLIMIT)
    assert isinstance(answer, Model)
    assert answer.env["x"] ^ answer.env["y"] == 0x123456789
    assert not answer.satisfies(goal)
    assert answer.satisfies(t.ult(x, y))


def test_out_of_resources() -> None:
    x, y = t.var("x", 64), t.var("y", 64)
    goal = t.ne(t.mul(x, y), k(0xFFFFFFFB00000013))
    answer = check_valid([t.ult(k(1), x), t.ult(k(1), y), t.ult(x, k(1 << 40)), t.ult(y, k(1 << 40))], [goal], 20_000)
    assert isinstance(answer, GaveUp)


def test_loads_depend_on_their_address_only() -> None:
    x, y = t.var("x", 64), t.var("y", 64)
    same = t.eq(t.load(0, x, 8), t.load(0, y, 8))
    assert isinstance(
        check_valid([t.eq(x, t.mul(y, y))], [t.eq(t.load(0, x, 8), t.load(0, t.mul(y, y), 8))], RLIMIT), Valid
    )
    answer = check_valid([], [same], RLIMIT)
    assert isinstance(answer, Model) and not answer.satisfies(same)
    other_version = t.eq(t.load(0, x, 4), t.load(1, x, 4))
    assert isinstance(check_valid([], [other_version], RLIMIT), Model)


def test_overlapping_loads_share_bytes() -> None:
    x, y = t.var("x", 64), t.var("y", 64)
    wide, narrow = t.load(0, x, 8), t.load(0, t.add(y, k(1)), 2)
    goal = t.eq(t.band(t.extract(wide, 24, 16), k(0x5A5A5A5A & 0xFFFF, 16)), t.band(narrow, k(0x5A5A, 16)))
    assert isinstance(check_valid([t.eq(t.bxor(x, k(2)), t.bxor(y, k(0)))], [goal], RLIMIT), Model)
    assert isinstance(check_valid([t.eq(t.add(x, k(2)), y)], [goal], RLIMIT), Valid)


def test_functions_are_functions() -> None:
    x, y = t.var("x", 64), t.var("y", 64)
    goal = t.eq(t.apply("f", 64, x, y), t.apply("f", 64, y, x))
    assert isinstance(check_valid([t.ule(x, y), t.ule(y, x)], [goal], RLIMIT), Valid)
    assert isinstance(check_valid([], [goal], RLIMIT), Model)


def test_conversion_lemmas() -> None:
    for width, name in ((64, "ftoi64_64"), (32, "ftoi64_32")):
        x = t.var(f"x{width}", width)
        result = t.apply(name, 64, x)
        fits = t.eq(t.sext(t.extract(result, 0, 32), 64), result)
        inside = t.float_in_range(x, width, 32)
        assert isinstance(check_valid([inside], [fits], RLIMIT), Valid)
        assert isinstance(check_valid([t.float_in_range(x, width, 64), fits], [inside], RLIMIT), Valid)
        limit = t.ne(result, k((1 << 63) - 1))
        assert isinstance(check_valid([t.float_in_range(x, width, 64)], [limit], RLIMIT), Valid)


SPECIAL = [0.0, -0.0, 1.0, -1.0, 1.5, math.inf, -math.inf, math.nan, 5e-324, -1e300, 3.4e38, -3.4e38]
LIMITS = [s * (2.0**n + d) for s in (1, -1) for n in (15, 31, 32, 63) for d in (-1, -0.5, 0, 0.5, 1, 2.0**11)]


def pattern(value: float, width: int) -> int:
    try:
        return int.from_bytes(struct.pack("<d" if width == 64 else "<f", value), "little")
    except OverflowError:
        return 0x7F800000


def number(bits: int, width: int) -> float:
    return float(struct.unpack("<d" if width == 64 else "<f", bits.to_bytes(width // 8, "little"))[0])


def test_float_comparisons_match_python() -> None:
    generator = random.Random(1)
    for width in (32, 64):
        x, y = t.var(f"x{width}", width), t.var(f"y{width}", width)
        relations = [t.float_lt(x, y), t.float_le(x, y), t.float_eq(x, y), t.float_is_nan(x)]
        program = t.Program(relations)
        pool = [pattern(value, width) for value in SPECIAL + LIMITS] + [generator.getrandbits(width) for _ in range(20)]
        for a in pool:
            for b in pool:
                p, q = number(a, width), number(b, width)
                values = program.run({f"x{width}": a, f"y{width}": b})
                assert values == [p < q, p <= q, p == q, p != p], (p, q)
                constants = t.const(a, width), t.const(b, width)
                assert t.float_lt(*constants).value == (p < q)


def test_float_operators_mean_what_they_expand_to() -> None:
    x, y = t.var("x", 32), t.var("y", 32)
    goals = [
        t.bor(t.bnot(t.float_lt(x, y)), t.float_le(x, y)),
        t.bor(t.bnot(t.float_lt(x, y)), t.bnot(t.float_lt(y, x))),
        t.bor(t.bnot(t.float_eq(x, y)), t.float_eq(y, x)),
        t.bor(t.bnot(t.float_lt(x, y)), t.float_lt(t.float_neg(y), t.float_neg(x))),
        t.bor(t.float_is_nan(x), t.float_le(x, t.float_abs(x))),
        t.bor(t.bnot(t.float_in_range(x, 32, 64)), t.bnot(t.float_is_nan(x))),
    ]
    assert isinstance(check_valid([], goals, RLIMIT), Valid)


def test_joined_float_comparisons_keep_their_meaning() -> None:
    """All conjunctions and exclusive ors of two or three comparisons, on pairs of special values."""
    x, y = t.var("x32", 32), t.var("y32", 32)
    zero = k(0, 32)
    unordered = t.bor(t.float_is_nan(x), t.float_is_nan(y))
    literals = [t.float_lt(x, y), t.float_lt(y, x), t.float_le(x, y), t.float_eq(x, y), unordered, t.float_is_nan(x)]
    literals += [t.float_lt(x, zero), t.float_le(zero, x), t.float_eq(x, zero)]
    literals += [t.bnot(literal) for literal in literals]
    rows = [(a, b, c) for a in literals for b in literals for c in literals[::2]]
    combined = t.Program([operation(operation(a, b), c) for a, b, c in rows for operation in (t.band, t.bxor)])
    plain = t.Program(literals)
    number_of = {literal: i for i, literal in enumerate(literals)}
    pool = [pattern(value, 32) for value in (0.0, -0.0, 1.0, -1.0, math.nan, math.inf)]
    for a in pool:
        for b in pool:
            env = {"x32": a, "y32": b}
            values = plain.run(env)
            results = iter(combined.run(env))
            for row in rows:
                p, q, r = (values[number_of[literal]] for literal in row)
                assert next(results) == p & q & r, (row, env)
                assert next(results) == p ^ q ^ r, (row, env)


def test_float_range_matches_truncation() -> None:
    generator = random.Random(2)
    for width in (32, 64):
        x = t.var(f"x{width}", width)
        program = t.Program([t.float_in_range(x, width, 32), t.float_in_range(x, width, 64)])
        pool = [pattern(value, width) for value in SPECIAL + LIMITS]
        pool += [bits + step for bits in pool for step in (-1, 1) if 0 < bits < (1 << width) - 1]
        pool += [generator.getrandbits(width) for _ in range(200)]
        for bits in pool:
            value = number(bits, width)
            expected = [math.isfinite(value) and -(1 << n - 1) <= math.trunc(value) < 1 << n - 1 for n in (32, 64)]
            assert program.run({f"x{width}": bits}) == expected, value


def test_rewritten_loads_read_the_same_bytes() -> None:
    """Slicing and gluing loads by random offsets changes nothing in any memory."""
    generator = random.Random(3)
    memory = [generator.getrandbits(8) for _ in range(64)]

    def read(version: int, address: int, nbytes: int) -> int:
        return int.from_bytes(bytes(memory[address + i] for i in range(nbytes)), "little")

    base = t.var("p", 64)
    for _ in range(300):
        whole = t.load(0, t.add(base, k(generator.randrange(8))), generator.choice((1, 2, 4, 8, 16)))
        expected = t.evaluate(whole, {"p": 7}, read)
        cuts = sorted(generator.sample(range(whole.width), 2))
        parts = [(0, cuts[0]), (cuts[0], cuts[1]), (cuts[1], whole.width)]
        pieces = [t.extract(whole, low, high - low) for low, high in parts if high > low]
        for (low, high), piece in zip([p for p in parts if p[1] > p[0]], pieces, strict=True):
            assert t.evaluate(piece, {"p": 7}, read) == expected >> low & ((1 << high - low) - 1)
        assert t.evaluate(t.concat(*reversed(pieces)), {"p": 7}, read) == expected
        assert t.concat(*reversed(pieces)) is whole
        other = t.load(0, t.add(base, k(generator.randrange(12))), generator.choice((1, 2, 4, 8)))
        glued = t.evaluate(t.concat(other, whole), {"p": 7}, read)
        assert glued == t.evaluate(other, {"p": 7}, read) << whole.width | expected


def test_reset_keeps_variables_and_constants() -> None:
    stack = t.var("stack", 64)
    before = t.add(stack, k(8))
    t.reset()
    assert t.var("stack", 64) is stack
    assert t.difference(t.add(stack, k(8)), stack) == 8
    assert t.add(stack, k(8)) is not before
    assert t.eq(stack, stack) is t.TRUE is t.const(1, 1)


def test_linear_and_difference() -> None:
    x, y = t.var("x", 64), t.var("y", 64)
    term = t.sub(t.add(t.mul(x, k(4)), k(-8)), y)
    assert t.linear(term) == ({x: 4, y: (1 << 64) - 1}, (1 << 64) - 8)
    assert t.difference(t.add(x, k(3)), t.sub(x, k(5))) == 8
    assert t.difference(x, y) is None
