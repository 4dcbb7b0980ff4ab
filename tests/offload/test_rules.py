"""Which loops the rules put on the device."""

from __future__ import annotations

from pathlib import Path

from transpile.c.parse import parse_file, parse_text
from transpile.cuda.plan_text import show
from transpile.offload.rules import beside_the_device, proposals
from transpile.solvers.loops.analysis import Analysis, analyse

LOOPS = Path(__file__).parents[2] / "datasets" / "loops"


def of_text(text: str) -> Analysis:
    unit = parse_text(text)
    return analyse(unit, unit.functions[-1])


def of_kernel(name: str) -> Analysis:
    unit = parse_file(LOOPS / f"{name}.c")
    return analyse(unit, unit.functions[-1])


def steps(analysis: Analysis) -> list[str]:
    """The steps of the best plan."""
    plan = next((proposal.plan for proposal in proposals(analysis)), None)
    return [line for line in show(plan).splitlines() if line[0].isdigit()] if plan else []


def test_a_sum_in_one_loop_of_the_host_runs_on_the_device() -> None:
    assert steps(of_kernel("trisolv")) == ["6:9: grid x=6:9 block 256 reduce sum +"]


def test_a_sum_in_two_loops_of_the_host_is_not_worth_it() -> None:
    sums = """void f(int n, double *a) {
        for (int i = 0; i < n; i++) for (int j = 1; j < n; j++) {
            a[0] *= a[j];
            double s = 0;
            for (int k = 0; k < n; k++) s += a[k];
            a[j] = s;
        }
    }"""
    assert steps(of_text(sums)) == []


def test_nests_without_parallel_loops_run_in_fronts() -> None:
    assert steps(of_kernel("seidel-2d")) == ["8:9: wavefront 2 * i + j block 256"]
    assert steps(of_kernel("cholesky")) == ["7:5: wavefront i + j block 256"]


def test_fronts_leave_parallel_loops_inside_to_the_grid() -> None:
    rows = """void f(int n, int m, double *a) {
        for (int t = 0; t < n; t++) for (int i = 1; i < n; i++) for (int j = 0; j < m; j++)
            a[i * m + j] = 1 - a[(i - 1) * m + j];
    }"""
    assert steps(of_text(rows)) == ["2:65: grid x=2:65 block 256"]


def test_a_nest_without_a_parallel_loop_stays_on_the_host() -> None:
    assert steps(of_kernel("ludcmp")) == [
        "6:5: wavefront i + j block 256",
        "18:9: grid x=18:9 block 256 reduce w +",
        "25:9: grid x=25:9 block 256 reduce w +",
    ]


def test_what_is_between_kernels_runs_in_one_thread() -> None:
    found = steps(of_kernel("nussinov"))
    assert found == ["18:9: grid x=18:9 block 256", "21:9: single"]


def test_workspace_is_not_copied() -> None:
    text = "void f(int n, const float *restrict a, float *restrict t, float *restrict b)\n{\n"
    text += "    for (int i = 0; i < n; i++)\n        t[i] = a[i] * 2;\n"
    text += "    for (int i = 0; i < n; i++)\n        b[i] = t[n - 1 - i];\n}\n"
    analysis = of_text(text)
    copies = {
        array.name: array.copies for proposal in proposals(analysis, {"t"}) for array in proposal.plan.arrays
    }  # fmt: skip
    assert copies == {"a": "in", "t": "scratch", "b": "out"}


def test_calls_in_loops_of_the_device_stay() -> None:
    analysis = of_kernel("deriche")
    body = analysis.function.body
    beside = beside_the_device(analysis)
    outer = [loop.node for loop in analysis.walk() if loop.node is not None and len(loop.calls) == 1]
    assert all(beside(statement) for statement in body.statements if statement not in outer)
    assert not any(beside(loop.body) for loop in outer)


def test_a_warp_lies_along_the_innermost_loop() -> None:
    """Threads that run together read neighbouring elements."""
    assert steps(of_kernel("gemm"))[0].endswith("block 32x8")
    assert steps(of_kernel("heat-3d"))[-1].endswith("block 32x4x2")
