"""Plans are read and written as the same plans, and what is wrong with one is said at its place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transpile.cuda.plan import (
    COPIES,
    OPERATORS,
    ArrayPlan,
    Distinct,
    Grid,
    HaloTile,
    Host,
    LoopName,
    Plan,
    Reduction,
    Scan,
    Single,
    Step,
    StripTile,
    Wavefront,
)
from transpile.cuda.plan_text import parse, show
from transpile.errors import SourceErrors, Span

PLAN = """\
array a: n * k in            # read alone
array c: m * n inout
distinct a c

12: grid y=12 x=13 block 16x16 private t,w
30:9: grid stride 64 reduce sum + reduce best min at where,col
40: grid x=41 y=40 atomic h per-block h lastprivate t
50: scan sum + block 128
60: grid y=60 x=61 tile a halo 1
70: grid y=70 x=71 block 16x16 strip 72 16
80: single
81:4: wavefront 2 * i + j block 128 private t,w
82: wavefront j - i block 256
83: wavefront -i - 3 * j block 256
90: host
"""
NOWHERE = Span("<plan>", 1)
names = st.from_regex(r"[a-z_][a-zA-Z0-9_]{0,6}", fullmatch=True)
weights = st.tuples(names, st.integers(-999, 999).filter(bool))
loops = st.builds(LoopName, st.integers(1, 9999), st.integers(0, 200))
several = st.lists(names, max_size=3).map(tuple)


@st.composite
def reductions(draw: st.DrawFn) -> Reduction:
    operator = draw(st.sampled_from(OPERATORS))
    at = draw(several) if operator in ("min", "max") else ()
    return Reduction(draw(names), operator, at, bool(at) and draw(st.booleans()))


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    count = draw(st.integers(1, 3))
    heads = draw(st.lists(loops, min_size=count, max_size=count))
    axes = tuple(zip(draw(st.permutations("xyz"[:count])), heads, strict=True))
    block = draw(st.sampled_from([(), (8, 4, 2)[:count]]))
    strip = draw(st.none() | st.builds(StripTile, loops, st.integers(1, 1024)))
    tiles = draw(st.lists(st.builds(HaloTile, names, st.integers(1, 64)), max_size=2).map(tuple))
    reduced = draw(st.lists(reductions(), max_size=2).map(tuple))
    clauses = draw(several), draw(several), draw(several)
    return Grid(axes, block, draw(st.integers(0, 65535)), reduced, *clauses, tiles, strip, per_block=draw(several))


steps = st.builds(
    Step,
    loops,
    st.one_of(
        grids(),
        st.builds(Scan, names, st.sampled_from(OPERATORS), st.integers(1, 1024)),
        st.builds(Wavefront, st.tuples(weights, weights), st.integers(1, 1024), several),
        st.just(Single()),
        st.just(Host()),
    ),
    st.just(NOWHERE),
)
plans = st.builds(
    Plan,
    st.lists(
        st.builds(ArrayPlan, names, st.sampled_from(["n", "(n + 1) * m"]), st.sampled_from(COPIES), st.just(NOWHERE)),
        max_size=3,
    ).map(tuple),
    st.lists(st.builds(Distinct, st.lists(names, min_size=1).map(tuple), st.just(NOWHERE)), max_size=2).map(tuple),
    st.lists(steps, max_size=4).map(tuple),
)


def test_what_a_line_says() -> None:
    plan = parse(PLAN)
    assert [(array.name, array.extent, array.copies) for array in plan.arrays] == [
        ("a", "n * k", "in"),
        ("c", "m * n", "inout"),
    ]
    grid = Grid((("y", LoopName(12)), ("x", LoopName(13))), (16, 16), private=("t", "w"))
    assert plan.steps[0] == Step(LoopName(12), grid, NOWHERE)
    assert plan.steps[1].how == Grid(
        (("x", LoopName(30, 9)),),
        stride=64,
        reductions=(Reduction("sum", "+"), Reduction("best", "min", ("where", "col"))),
    )
    assert plan.steps[5].how == Grid(
        (("y", LoopName(70)), ("x", LoopName(71))), (16, 16), strip=StripTile(LoopName(72), 16)
    )
    assert plan.steps[7] == Step(LoopName(81, 4), Wavefront((("i", 2), ("j", 1)), 128, ("t", "w")), NOWHERE)
    assert plan.steps[9].how == Wavefront((("i", -1), ("j", -3)))
    assert [step.span.line for step in plan.steps] == list(range(5, 16))


@settings(max_examples=60, deadline=None)
@given(plans)
def test_what_is_shown_is_read_as_the_same(plan: Plan) -> None:
    assert parse(show(plan)) == plan


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ("arrays a: n in", 1, "expected 'array', 'distinct', or a loop such as '12:' here"),
        ("array a n in", 7, "expected the name of an array and a colon here"),
        ("array a: n", 10, "expected how many elements, and 'in', 'out', 'inout' or 'scratch'"),
        ("array a:", 9, "'in', 'out', 'inout' or 'scratch' is missing here"),
        ("12: run", 5, "expected 'grid', 'scan', 'wavefront', 'single' or 'host' here"),
        ("12: grid x=a", 10, "expected the line of a loop here"),
        ("12: grid x=12 x=13", 15, "the axis x has a loop already"),
        ("12: grid y=12", 10, "the axes are x, x and y, or x, y and z"),
        ("12: grid block 0", 16, "a block has 1 to 1024 threads, at most 64 of them along z"),
        ("12: grid block 64x64", 16, "a block has 1 to 1024 threads, at most 64 of them along z"),
        ("12: grid block 16x16", 16, "the block has 2 sides for 1 loops"),
        ("12: grid reduce sum plus", 21, "expected an operator here"),
        ("12: grid reduce sum + at i", 23, "only 'min' and 'max' are reached somewhere"),
        ("12: grid reduce sum", 20, "an operator is missing here"),
        ("12: grid fast", 10, "'fast' is not a clause of 'grid'"),
        ("12: grid private t,", 18, "expected names here, with commas between them"),
        ("12: grid stride 0", 17, "expected the most blocks here, from 1 to 65535"),
        ("12: grid strip 14 16 strip 15 16", 22, "there is a loop in strips already"),
        ("12: scan s", 11, "an operator is missing here"),
        ("12: wavefront i * j", 19, "expected the sum of two counters that a front has in common here"),
        ("12: wavefront i + j stride 4", 28, "expected the sum of two counters that a front has in common here"),
        ("12: wavefront i + j block 64 stride 4", 30, "'stride' is not a clause of 'wavefront'"),
        ("12: single thread", 12, "nothing is expected here"),
    ],
)
def test_errors_have_a_place(line: str, column: int, message: str) -> None:
    with pytest.raises(SourceErrors) as raised:
        parse(f"\n{line}  # comment\n", "p.plan")
    (error,) = raised.value.errors
    assert (error.message, str(error.span)) == (message, f"p.plan:2:{column}")


@given(st.text("array in12:= xyzgridblock#+-*\n,@é", max_size=80))
def test_any_text_is_a_plan_or_wrong(text: str) -> None:
    try:
        assert parse(show(parse(text))) == parse(text)
    except SourceErrors as errors:
        assert errors.errors
