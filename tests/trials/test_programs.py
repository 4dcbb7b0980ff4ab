"""Right programs are tested; wrong ones are told what is wrong with them, on small inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from transpile.trials import outcome as says
from transpile.trials.compare import Close, Difference
from transpile.trials.facts import Facts, Shape
from transpile.trials.nvcc import find_nvcc
from transpile.trials.outcome import Differs, Outcome, Unusable
from transpile.trials.trial import Settings, trial

Tried = Callable[..., Outcome]
NAMES = ("saxpy", "blur", "total", "count", "spmv", "product", "largest")


@pytest.mark.parametrize("name", NAMES)
def test_a_right_program_is_tested_in_all_orders(name: str, tried: Tried) -> None:
    outcome = tried(name)
    assert isinstance(outcome, says.Tested), str(outcome)
    assert outcome.runs > outcome.inputs >= 8
    assert {schedule.order for schedule in outcome.schedules} == {"forward", "reverse", "random"}


WRONG = (
    ("saxpy", "if (i < n)", "if (i <= n)", "out-of-bounds"),
    ("saxpy", "(n + block - 1) / block", "n / block", "y[0]|launch"),
    ("saxpy", "a * x[i] + y[i]", "a * x[i] - y[i]", "y[0]"),
    ("saxpy", "    CHECK(cudaFree(d_x));", "", "leak"),
    ("blur", "i < rows - 1 && j < columns - 1", "i < rows && j < columns - 1", "out-of-bounds"),
    ("blur", "dim3 grid((columns - 2", "dim3 grid((rows - 2", "to["),
    ("total", "        __syncthreads();\n", "", "race"),
    ("total", "partial[threadIdx.x] = mine;\n    __syncthreads();", "partial[threadIdx.x] = mine;", "race"),
    ("total", "atomicAdd(sum, partial[0]);", "*sum += partial[0];", "race"),
    ("total", "    CHECK(cudaMemset(d_sum, 0, sizeof(float)));", "", "uninitialised"),
    ("count", "atomicAdd(&counts[keys[i]], 1u);", "counts[keys[i]]++;", "race"),
    ("spmv", "k < start[i + 1]", "k <= start[i + 1]", "out-of-bounds|y["),
    ("product", "s < TILE && tile + s < k", "s < TILE - 1 && tile + s < k", "c["),
    ("largest", "return value > than;", "return !(value <= than);", "values: some NaNs"),
)


@pytest.mark.parametrize(("name", "old", "new", "said"), WRONG)
def test_a_wrong_program_is_found_out(name: str, old: str, new: str, said: str, tried: Tried) -> None:
    outcome = tried(name, old, new)
    assert isinstance(outcome, Differs), str(outcome)
    assert any(word in str(outcome) for word in said.split("|")), str(outcome)


def test_a_program_for_multiples_of_the_block_only_is_found_out_at_the_smallest_size(tried: Tried) -> None:
    outcome = tried("saxpy", "if (i < n)\n", "")
    assert isinstance(outcome, Differs) and outcome.input is not None
    assert outcome.input.scalars["n"] == 1
    assert outcome.failures[0].span is not None
    assert outcome.failures[0].span.line_text.strip() == "y[i] = a * x[i] + y[i];"


def test_a_difference_can_be_seen_again(tried: Tried) -> None:
    patient = Settings(seconds=0.1, shrinking_s=30)
    first, second = (tried("blur", "+ from[(i + 1)", "- from[(i + 1)", settings=patient) for _ in range(2))
    assert isinstance(first, Differs) and isinstance(second, Differs)
    assert first == second and isinstance(first.difference, Difference)
    assert first.difference.where.startswith("to[")


def test_a_text_that_does_not_compile_is_placed(tried: Tried) -> None:
    outcome = tried("saxpy", "y[i] = a", "z[i] = a")
    assert isinstance(outcome, Differs)
    (failure,) = outcome.failures
    assert failure.kind == "compile" and failure.span is not None
    assert failure.span.line_text.strip() == "z[i] = a * x[i] + y[i];"


@pytest.mark.parametrize("new", ["void saxpy(long n,", "void axpy(int n,"])
def test_another_signature_is_no_replacement(new: str, tried: Tried) -> None:
    outcome = tried("saxpy", "void saxpy(int n,", new)
    assert isinstance(outcome, Differs)
    assert "no function 'void saxpy(int n, float a, const float *x, float *y)'" in str(outcome)


COPY = """
void shift(int n, const int *from, int *to) { for (int i = 0; i < n; i++) to[i] = from[i] + 1; }
"""
CUDA_COPY = """
__global__ void kernel(int n, const int *from, int *to) {
    int i = blockIdx.x * 32 + threadIdx.x;
    if (i < n) to[i] = from[i] + 1;
}
void shift(int n, const int *from, int *to) {
    if (n <= 0) return;
    int *d_from, *d_to;
    if (cudaMalloc(&d_from, n * sizeof(int)) || cudaMalloc(&d_to, n * sizeof(int))) exit(1);
    if (cudaMemcpy(d_from, from, n * sizeof(int), cudaMemcpyHostToDevice)) exit(1);
    kernel<<<(n + 31) / 32, 32>>>(n, d_from, d_to);
    if (cudaGetLastError()) exit(1);
    if (cudaMemcpy(to, d_to, n * sizeof(int), cudaMemcpyDeviceToHost)) exit(1);
    if (cudaFree(d_from) || cudaFree(d_to)) exit(1);
}
"""
COPIED = Facts((Shape("from", "n", "in"), Shape("to", "n", "out")))


def test_arrays_that_overlap_are_told_apart_from_those_that_do_not(folder: Path) -> None:
    outcome = trial(COPY, "shift", CUDA_COPY, COPIED, folder)
    assert isinstance(outcome, Differs) and outcome.input is not None
    assert outcome.input.recipe.overlap is not None


def test_that_arrays_do_not_overlap_is_an_assumption_unless_c_says_so(folder: Path) -> None:
    assumed = trial(COPY, "shift", CUDA_COPY, replace(COPIED, distinct=True), folder)
    assert isinstance(assumed, says.Tested) and assumed.assumptions == ("arrays do not overlap",)
    restricted = COPY.replace("*from", "*restrict from").replace("*to", "*restrict to")
    said = trial(restricted, "shift", CUDA_COPY, COPIED, folder)
    assert isinstance(said, says.Tested) and said.assumptions == ()


def test_a_function_that_accepts_no_input_is_not_tested(folder: Path) -> None:
    broken = COPY.replace("from[i]", "from[i + n + 1]")
    outcome = trial(broken, "shift", CUDA_COPY, COPIED, folder)
    assert isinstance(outcome, Unusable)
    assert outcome.discarded["invalid input: the C function itself: out-of-bounds"] > 8


def test_a_function_that_keeps_state_is_not_tried(folder: Path) -> None:
    outcome = trial("int calls;\n" + COPY.replace("{ for", "{ calls++; for"), "shift", CUDA_COPY, COPIED, folder)
    assert isinstance(outcome, Unusable) and "'calls'" in outcome.reason


def test_a_program_that_runs_away_is_neither_tested_nor_refuted(folder: Path) -> None:
    spins = CUDA_COPY.replace("if (i < n)", "while (i < n)")
    outcome = trial(COPY, "shift", spins, COPIED, folder, Settings(run_s=1))
    assert isinstance(outcome, Unusable)
    assert outcome.reason.startswith("a loop of the CUDA program runs away")
    assert "the C function takes less than 0.2 s" in outcome.reason


def test_a_program_that_is_slow_at_large_sizes_only_does_not_run_away(folder: Path) -> None:
    slow = "volatile int r = 0; for (long k = 0; n > 2 && k < 1000000000000; k++) r = k;\n        if (i < n)"
    outcome = trial(COPY, "shift", CUDA_COPY.replace("if (i < n)", slow), COPIED, folder, Settings(run_s=1))
    assert isinstance(outcome, Unusable)
    assert outcome.reason.startswith("the CUDA program takes more than 1 s on the emulator with n = ")


def test_a_program_that_is_wrong_where_it_ends_is_refuted(folder: Path) -> None:
    spins = CUDA_COPY.replace("if (i < n)", "while (i < n && n > 40) ;\n    if (i < n - 1)")
    assert isinstance(trial(COPY, "shift", spins, COPIED, folder, Settings(run_s=1)), Differs)


@pytest.mark.parametrize(
    ("old", "new", "called"),
    [
        ("if (cudaGetLastError()) exit(1);", "", "kernel"),
        ("if (cudaMemcpy(to, d_to, n * sizeof(int), cudaMemcpyDeviceToHost)) exit(1);",
         "cudaMemcpy(to, d_to, n * sizeof(int), cudaMemcpyDeviceToHost);", "cudaMemcpy"),
        ("if (cudaMalloc(&d_from, n * sizeof(int)) || cudaMalloc(&d_to, n * sizeof(int))) exit(1);",
         "cudaMalloc(&d_from, n * sizeof(int)); cudaMalloc(&d_to, n * sizeof(int));", "cudaMalloc"),
    ],
)  # fmt: skip
def test_calls_that_fail_must_be_noticed(old: str, new: str, called: str, folder: Path) -> None:
    assert old in CUDA_COPY
    outcome = trial(COPY, "shift", CUDA_COPY.replace(old, new), replace(COPIED, distinct=True), folder)
    assert isinstance(outcome, Differs)
    assert outcome.failures[0].kind == "unchecked"
    assert f"nobody notices when {called} fails" in outcome.failures[0].message


def test_conditions_on_sizes_are_assumptions(folder: Path) -> None:
    facts = replace(COPIED, requires=("n % 32 == 0",), distinct=True)
    multiples = CUDA_COPY.replace("if (i < n) ", "").replace("(n + 31) / 32", "n / 32")
    outcome = trial(COPY, "shift", multiples, facts, folder)
    assert isinstance(outcome, says.Tested), str(outcome)
    assert outcome.assumptions[0] == "n % 32 == 0"
    assert all(sizes["n"] % 32 == 0 for sizes in outcome.sizes)


ROUNDING = """
float rest(int n, const float *restrict x, float *restrict y)
{
    float sum = 0.0f;
    for (int i = 0; i < n; i++) {
        y[i] = ((x[i] + 1.0f) * (x[i] - 1.0f) - x[i] * x[i] + 1.0f) / 1e-6f;
        sum += y[i];
    }
    return sum;
}
"""
REST = Facts((Shape("x", "n", "in"), Shape("y", "n", "out")))
REORDERED = ROUNDING.replace("restrict ", "").replace(
    "(x[i] - 1.0f) - x[i] * x[i] + 1.0f", "(x[i] - 1.0f) + (1.0f - x[i] * x[i])"
)


@pytest.mark.parametrize(("broken", "word"), [("", "tested"), ("sum += y[i] + 1.0f", "differs")])
def test_what_rounding_alone_decides_is_no_difference(broken: str, word: str, folder: Path) -> None:
    text = REORDERED.replace("sum += y[i]", broken) if broken else REORDERED
    outcome = trial(ROUNDING, "rest", text, REST, folder, Settings(Close(1e-5), seconds=0.1))
    assert outcome.word == word, str(outcome)
    if isinstance(outcome, says.Tested):
        assert outcome.discarded["ill-conditioned: rounding decides the result"] > 0


def test_rounding_counts_when_bits_are_compared(folder: Path) -> None:
    assert isinstance(trial(ROUNDING, "rest", REORDERED, REST, folder), Differs)


def test_a_function_whose_results_are_all_rounding_is_not_tested(folder: Path) -> None:
    near = "(x[i] * 0.7f + 1.3f) * (x[i] * 0.7f - 1.3f)"
    text = ROUNDING.replace(
        "(x[i] + 1.0f) * (x[i] - 1.0f) - x[i] * x[i] + 1.0f", near + " - 0.49f * x[i] * x[i] + 1.69f"
    )
    other = text.replace("restrict ", "").replace("- 0.49f * x[i] * x[i] + 1.69f", "+ (1.69f - 0.49f * x[i] * x[i])")
    assert near in text and other.count("1.69f -") == 1
    outcome = trial(text, "rest", other, REST, folder, Settings(Close(1e-7), seconds=0.1))
    assert isinstance(outcome, Unusable), str(outcome)


def test_what_the_emulator_cannot_compile_is_not_held_against_a_program(folder: Path) -> None:
    cooperative = "#include <cooperative_groups.h>\n" + CUDA_COPY
    refused = trial(COPY, "shift", cooperative, COPIED, folder)
    assert refused.word == ("differs" if find_nvcc() is None else "unusable"), str(refused)


def test_what_the_emulator_cannot_run_is_not_held_against_a_program(folder: Path) -> None:
    inside = CUDA_COPY.replace("if (i < n)", "if (i == 0) inner<<<1, 1>>>();\n    if (i < n)")
    nested = "__global__ void inner() {}\n" + inside
    outcome = trial(COPY, "shift", nested, COPIED, folder)
    assert isinstance(outcome, Unusable) and "a launch inside a kernel" in outcome.reason, str(outcome)
