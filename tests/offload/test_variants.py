"""Plans compared before anything runs: the cost model, the variants of a nest, and their tokens."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transpile.c.parse import parse_file, parse_text
from transpile.c.unit import Unit
from transpile.corpora.nests import program
from transpile.cuda.emit import emit
from transpile.cuda.plan import Grid, Host, LoopName, Plan, Scan, Single, Step
from transpile.errors import Span, TranspileError
from transpile.offload.cost import Model
from transpile.offload.nest_tokens import Unspeakable, form, read, write
from transpile.offload.proposers import forbidden, nests
from transpile.offload.rules import completed, proposals
from transpile.offload.variants import preferred, variants
from transpile.solvers.loops.analysis import Analysis, analyse

LOOPS = Path(__file__).parents[2] / "datasets" / "loops"
ANYWHERE = Span("f.c", 1)
HEAD = "void f(int n, int m, float *restrict a, const float *restrict b)\n{\n"
NEST = "    for (int i = 0; i < n; i++)\n        for (int j = 0; j < m; j++)\n"
ROWS = f"{HEAD}{NEST}            a[i * m + j] = b[i * m + j];\n}}\n"
COLUMNS = f"{HEAD}{NEST}            a[j * n + i] = b[j * n + i];\n}}\n"
SWEEPS = f"{HEAD}    for (int t = 0; t < m; t++)\n        for (int i = 0; i < n; i++)\n            a[i] += b[i];\n}}\n"


def analysed(text: str) -> Analysis:
    unit = parse_text(text, "f.c")
    return analyse(unit, unit.functions[0])


def grid(x: int, y: int = 0, block: tuple[int, ...] = ()) -> list[Step]:
    outer = min(x, y) if y else x
    axes = (("x", LoopName(x)), ("y", LoopName(y))) if y else (("x", LoopName(x)),)
    return [Step(_place(outer), Grid(tuple((a, _place(n.line)) for a, n in axes), block), ANYWHERE)]  # type: ignore[misc]


def _place(line: int) -> LoopName:
    return LoopName(line, 5 if line == 3 else 9)


@pytest.mark.parametrize(("text", "good", "bad"), [(ROWS, grid(4, 3), grid(3, 4)), (COLUMNS, grid(3, 4), grid(4, 3))])
def test_neighbours_that_read_neighbours_cost_less(text: str, good: list[Step], bad: list[Step]) -> None:
    model = Model(analysed(text))
    assert model.total(good) < 0.5 * model.total(bad)


def test_few_threads_and_single_threads_cost_more() -> None:
    model = Model(analysed(ROWS))
    both = model.total(grid(4, 3, (16, 16)))
    alone = [Step(LoopName(3, 5), Single(), ANYWHERE)]
    assert both < model.total(grid(3, 0, (256,))) < model.total(alone)
    assert model.total(grid(4, 3, (16, 16))) < model.total(grid(4, 3, (2, 2)))


def test_a_launch_in_a_loop_of_the_host_is_paid_each_time() -> None:
    model = Model(analysed(SWEEPS))
    assert model.total(grid(4)) > 1024 * 4_000


def test_what_the_host_does_to_data_of_the_device_is_moved() -> None:
    text = f"{HEAD}    for (int i = 0; i < n; i++)\n        a[i] += b[i];\n    for (int i = 1; i < n; i++)\n"
    model = Model(analysed(f"{text}        a[i] = a[i - 1] * 2 + a[i];\n}}\n"))
    (device,) = grid(3)
    host = Step(LoopName(5, 5), Host(), ANYWHERE)
    apart = model.total([device]) + model.total([host])
    assert model.total([device, host]) > apart


def test_the_variant_with_neighbours_along_x_comes_first() -> None:
    analysis = analysed(COLUMNS)
    model = Model(analysis)
    best = preferred(variants(analysis.loops[0], model), model)[0]
    assert [dict(step.how.axes)["x"].line for step in best if isinstance(step.how, Grid)] == [3]


def test_what_is_as_good_as_the_usual_is_left_alone() -> None:
    analysis = analysed(ROWS)
    usual = next(proposals(analysis)).plan.steps
    model = Model(analysis)
    assert preferred(variants(analysis.loops[0], model), model, usual)[0] == usual


@pytest.mark.parametrize("name", ["gemm", "nussinov", "fdtd-2d", "lu", "deriche", "seidel-2d"])
def test_variants_keep_to_the_analysis_and_are_spoken(name: str) -> None:
    unit = parse_file(LOOPS / f"{name}.c")
    analysis = analyse(unit, unit.functions[-1])
    first = next(proposals(analysis))
    model = Model(analysis)
    for nest in nests(analysis, first.plan.steps):
        for way in variants(nest.loop, model)[:20]:
            assert forbidden(completed(analysis, way), analysis) == ""
            assert nest.form is not None
            assert read(write(way, nest.form), nest.form) == way


def test_tokens_have_no_names() -> None:
    renamed = ROWS.replace("a[", "target[").replace("*restrict a", "*restrict target").replace("int m", "int width")
    renamed = renamed.replace("* m", "* width").replace("< m", "< width")
    one, two = (form(analysis, analysis.loops[0], False) for analysis in (analysed(ROWS), analysed(renamed)))
    assert one is not None and two is not None and one.tokens == two.tokens and one.hash == two.hash
    other = form((analysis := analysed(COLUMNS)), analysis.loops[0], False)
    assert other is not None and other.hash != one.hash


WORDS = ["L0", "L1", "L2", "L99", "L-1", "grid", "scan", "single", "host", "x=L0", "y=L1", "x=L1", "y=L0", "x=L7",
         "z=L0", "16x16", "256", "0", "9999x1", "1024x1024", "stride:64", "stride:", ";", "", "A0", "x="]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_any_tokens_say_a_plan_that_the_analysis_allows_or_none(tokens: list[str]) -> None:
    analysis = analysed_once()
    found = form(analysis, analysis.loops[0], False)
    assert found is not None
    try:
        steps = read(tokens, found)
    except Unspeakable:
        return
    assert forbidden(completed(analysis, steps), analysis) == ""
    assert all(not isinstance(step.how, Scan) for step in steps)


_KNOWN: list[Analysis] = []


def analysed_once() -> Analysis:
    if not _KNOWN:
        _KNOWN.append(analysed(ROWS))
    return _KNOWN[0]


@pytest.mark.parametrize("seed", range(12))
def test_random_programs_are_c_that_the_rules_can_carry_out(seed: int) -> None:
    found = program(Random(seed))
    assert found == program(Random(seed))
    unit = parse_text(found.text, "work.c")
    analysis = analyse(unit, unit.function("work"), found.extents)
    assert analysis.loops and not analysis.refusals
    plans = [proposal.plan for proposal in proposals(analysis)]
    assert not plans or any(_emits(unit, analysis, plan) for plan in plans)


def _emits(unit: Unit, analysis: Analysis, plan: Plan) -> bool:
    try:
        return "__global__" in emit(unit, analysis.function, plan).text
    except TranspileError:
        return False
