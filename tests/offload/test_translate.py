"""C to CUDA as a whole: what is proved, what is tested, what is refused, and what is said about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from transpile.core import verdict
from transpile.errors import SourceErrors, UsageError
from transpile.offload.translate import Choices, Offloaded, translate_c, translate_c_text
from transpile.report import report
from transpile.translation import BlockResult, Translation

LOOPS = Path(__file__).parents[2] / "datasets" / "loops"


def done(text: str, choices: Choices) -> Offloaded:
    return translate_c_text(text, "f.c", choices)


def only(translation: Translation) -> BlockResult:
    (block,) = translation.blocks
    return block


def rungs(block: BlockResult) -> dict[str, str]:
    return {rung.name: rung.outcome for rung in block.rungs}


def test_a_map_is_proved(choices: Choices) -> None:
    found = translate_c(LOOPS / "gemm.c", choices)
    block = only(found.translation)
    assert isinstance(block.verdict, verdict.Proved)
    outcomes = rungs(block)
    assert outcomes.pop("compiled") in ("passed", "skipped")
    assert outcomes == {"tested": "passed", "race-free": "passed", "proved": "passed"}
    assert (block.label, block.first_line, block.last_line) == ("gemm:5:5", 5, 10)
    assert block.target_text[0].startswith("__global__ void gemm_kernel(")
    assert found.translation.meets("proved")
    assert report([found.translation], "proved")["files"][0]["functions"][0]["blocks"][0]["rungs"]


def test_a_time_loop_stays_on_the_host(choices: Choices) -> None:
    found = translate_c(LOOPS / "jacobi-1d.c", choices).translation
    assert [block.verdict.word for block in found.blocks] == ["proved", "proved"]
    (note,) = (d for d in found.diagnostics if "the loop over 't' is sequential" in d.message)
    assert (note.severity, note.span and note.span.line) == ("note", 7)


def test_sums_are_proved_over_the_reals_and_tested_within_a_tolerance(choices: Choices) -> None:
    text = "float dot(int n, const float *x, const float *y)\n{\n    float s = 0;\n    for (int i = 0; i < n; i++)\n"
    block = only(done(f"{text}        s += x[i] * y[i];\n    return s;\n}}\n", choices).translation)
    assert isinstance(block.verdict, verdict.Proved)
    assert any("sums of 's' may be taken in another order" in one for one in block.verdict.assumptions)
    (tested,) = (rung for rung in block.rungs if rung.name == "tested")
    assert "within 0.0001" in tested.detail


def test_arrays_that_may_overlap_are_checked_at_run_time(choices: Choices) -> None:
    text = "void f(int n, float *a, float *b)\n{\n    for (int i = 0; i < n; i++)\n        a[i] = b[i] + 1;\n}\n"
    found = done(text, choices).translation
    assert "if (overlap(" in found.text
    proof = only(found).verdict
    assert isinstance(proof, verdict.Proved)
    assert "'b' and 'a' do not overlap, which the program looks at before it starts" in proof.assumptions


def test_a_sequential_loop_is_refused_with_the_dependence(choices: Choices) -> None:
    text = "void f(int n, double *a)\n{\n    for (int i = 1; i < n; i++)\n        a[i] = a[i - 1] * 0.5 + a[i];\n}\n"
    found = done(text, choices)
    assert found.plan is None
    assert found.translation.text == ""
    assert not found.translation.meets("any")
    (error,) = found.translation.diagnostics
    assert (error.severity, error.span and error.span.line) == ("error", 4)
    assert "reads a[i - 1], which an earlier iteration writes as a[i] (distance 1)" in error.message


def test_an_extent_that_nobody_knows_is_asked_for(choices: Choices) -> None:
    text = (
        "void f(int n, const int *at, double *a)\n{\n    for (int i = 0; i < n; i++)\n        a[i] = a[at[i] + n];\n}\n"
    )
    text = text.replace("a[i] = a[at[i] + n]", "if (a[i] > 0) a[i] = at[at[i]]")
    found = done(text, choices)
    assert found.plan is None
    assert any("extent of 'at' is not known" in d.message for d in found.translation.diagnostics)
    given = done(text, replace(choices, extents={"at": "n"}))
    assert given.plan is not None


def test_a_wrong_plan_is_refuted(choices: Choices) -> None:
    """The loop carries a value from one iteration to the next."""
    text = "void f(int n, int *a)\n{\n    for (int i = 1; i < n; i++)\n        a[i] = a[i - 1] + 1;\n}\n"
    plan = "array a: n inout\n3: grid x=3 block 32\n"
    block = only(done(text, replace(choices, plan=plan)).translation)
    assert isinstance(block.verdict, verdict.Refuted)
    assert rungs(block)["tested"] == "failed"


def test_a_plan_that_makes_no_sense_is_an_error_in_the_plan(choices: Choices) -> None:
    with pytest.raises(SourceErrors) as caught:
        translate_c(LOOPS / "gemm.c", replace(choices, plan="array a: m*k in\n99: grid x=99\n", plan_file="my.plan"))
    assert "my.plan:2" in caught.value.render()


@pytest.mark.parametrize(
    ("text", "function", "message"),
    [
        ("int x;", "", "no function with a loop in f.c"),
        ("int g(void) { return 1; }", "f", "f.c has no function 'f'"),
        (
            "void f(int *a) { for (int i = 0; i < 4; i++) a[i] = 0; }"
            "void g(int *a) { for (int i = 0; i < 4; i++) a[i] = 1; }",
            "",
            "f.c has several functions with loops: f, g",
        ),
    ],
)
def test_which_function_is_meant(text: str, function: str, message: str, choices: Choices) -> None:
    with pytest.raises(UsageError) as caught:
        done(text, replace(choices, function=function))
    assert caught.value.message == message
    assert caught.value.hint


def test_loops_of_called_functions_run_on_the_device(choices: Choices) -> None:
    found = translate_c(LOOPS / "3mm.c", choices).translation
    assert [(b.verdict.word, b.first_line) for b in found.blocks] == [("proved", 5), ("proved", 21), ("proved", 22)]
    assert "multiply" not in found.text


def test_what_threads_call_stays_a_call(choices: Choices) -> None:
    found = translate_c(LOOPS / "deriche.c", choices).translation
    assert {block.verdict.word for block in found.blocks} <= {"tested", "proved"}
    assert "__device__ void backward(" in found.text


def test_elements_that_may_not_be_used_are_taken_to_exist(choices: Choices) -> None:
    text = """void f(int n, const int *restrict x, int *restrict y) {
    if (y[0] < 0) return;
    y[0] = x[0];
    for (int i = 0; i < n; i++)
        y[i] += 1;
    for (int i = 0; i < n; i++)
        y[i] += x[0];
}
"""
    notes = [d.message for d in done(text, choices).translation.diagnostics]
    assert any(m.startswith("it is taken for granted that 'x' has ") for m in notes)
    sure = text.replace("y[0] < 0", "n < 0")
    assert not any("even if" in d.message for d in done(sure, choices).translation.diagnostics)


@pytest.mark.parametrize("shape", ["n][m][k", "n][m][4"])
def test_arrays_of_three_dimensions_are_found_in_one(choices: Choices, shape: str) -> None:
    ends = shape.split("][")
    text = (
        f"void f(int n, int m, int k, float a[{shape}], const float b[{shape}])\n{{\n"
        f"    for (int i = 0; i < {ends[0]}; i++)\n        for (int j = 0; j < {ends[1]}; j++)\n"
        f"            for (int l = 0; l < {ends[2]}; l++)\n                a[i][j][l] = b[i][j][l] * 2;\n}}\n"
    )
    assert not isinstance(only(done(text, choices).translation).verdict, verdict.Refuted)


def test_workspace_of_no_elements_is_no_fault(choices: Choices) -> None:
    kernel = LOOPS / "doitgen.c"
    found = translate_c(kernel, replace(choices, scratch=frozenset({"fibre"})))
    assert only(found.translation).verdict.word == "proved"
