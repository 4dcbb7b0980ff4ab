"""Kernels with known verdicts, for launches with numbers and without."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from transpile.errors import SourceErrors
from transpile.kernels.reading import read_cuda
from transpile.kernels.unit import CudaUnit
from transpile.solvers.kernels.launch import Launch
from transpile.solvers.kernels.races import NO_ALIAS, Settings, check
from transpile.solvers.kernels.verdicts import Divergent, RaceFree, Racy, Undecided, Verdict

CORPUS = Path(__file__).with_name("corpus.cu")
CASES = re.findall(r"// (race-free|racy|divergent)( 8x8)?\n__global__ void (\w+)", CORPUS.read_text())
WORDS = {"race-free": RaceFree, "racy": Racy, "divergent": Divergent}
LINE = Launch((64, 1, 1), (4, 1, 1))


@cache
def corpus() -> CudaUnit:
    return read_cuda(CORPUS.read_text(), "corpus.cu")


def verdict_on(text: str, launch: Launch = LINE, settings: Settings = Settings()) -> Verdict:  # noqa: B008
    unit = read_cuda(text, "kernel.cu")
    return check(unit, unit.kernels[-1].name, launch, settings)


@pytest.mark.parametrize(("what", "square", "name"), CASES, ids=[name for _, _, name in CASES])
def test_known_verdict(what: str, square: str, name: str) -> None:
    launch = Launch((8, 8, 1), (2, 2, 1)) if square else LINE
    assert isinstance(check(corpus(), name, launch), WORDS[what])


@pytest.mark.parametrize("name", [name for what, square, name in CASES if what != "race-free" and not square])
def test_what_races_in_one_launch_is_not_free_of_races_in_all(name: str) -> None:
    assert not isinstance(check(corpus(), name, Launch((64, 1, 1), (None, 1, 1))), RaceFree)
    assert not isinstance(check(corpus(), name, Launch()), RaceFree)


@pytest.mark.parametrize("name", ["map", "reduction", "interleaved", "scan", "histogram", "vectors", "two_parts"])
def test_free_of_races_whatever_the_launch(name: str) -> None:
    verdict = check(corpus(), name, Launch())
    assert isinstance(verdict, RaceFree) and verdict.arithmetic == "integers"


def test_the_verdict_names_what_it_takes_for_granted() -> None:
    verdict = check(corpus(), "grid_stride", LINE)
    assert isinstance(verdict, RaceFree)
    assert NO_ALIAS in verdict.assumptions and "signed arithmetic does not overflow" in verdict.assumptions


def test_a_race_has_two_threads_at_one_place() -> None:
    verdict = check(corpus(), "shifted", LINE)
    assert isinstance(verdict, Racy) and verdict.confirmed
    first, second = verdict.first, verdict.second
    assert {first.kind, second.kind} == {"read", "write"} and first.array == second.array == "a"
    assert (first.thread, first.block) != (second.thread, second.block)
    assert first.first_byte == second.first_byte and first.span.line == second.span.line
    assert "a[i" in first.span.line_text


def test_a_race_that_depends_on_memory_is_possible_only() -> None:
    verdict = check(corpus(), "histogram_plain", LINE)
    assert isinstance(verdict, Racy) and not verdict.confirmed


def test_assumptions_are_used_and_reported() -> None:
    text = "__global__ void k(int *a, int n, int m) { a[n + threadIdx.x] = a[m + threadIdx.x]; }"
    one_block = Launch((64, 1, 1), (1, 1, 1))
    assert isinstance(verdict_on(text, one_block), Racy)
    verdict = verdict_on(text, Launch((64, 1, 1), (1, 1, 1), ("m >= n + 64 && n >= 0 && m < 1000",)))
    assert isinstance(verdict, RaceFree) and any("m >= n + 64" in assumption for assumption in verdict.assumptions)


def test_an_assumption_that_is_no_c_is_an_error() -> None:
    with pytest.raises(SourceErrors):
        verdict_on("__global__ void k(int n) {}", Launch((64, 1, 1), (1, 1, 1), ("n <",)))


@pytest.mark.parametrize(
    "body",
    [
        "goto out; out: a[threadIdx.x] = 1;",
        "external(a);",
        "int *p = (int *)b[0]; *p = 1;",
        "unknown_effect();",
    ],
)
def test_what_is_not_followed_is_undecided(body: str) -> None:
    declared = "__device__ void external(int *a); __device__ int unknown_effect(void);"
    verdict = verdict_on(f"{declared} __global__ void k(int *a, long *b) {{ {body} }}")
    assert isinstance(verdict, Undecided) and verdict.reason and verdict.span


def test_recursion_is_undecided() -> None:
    text = "__device__ int f(int n) { return n ? f(n - 1) : 0; } __global__ void k(int *a) { a[threadIdx.x] = f(3); }"
    assert isinstance(verdict_on(text), Undecided)


def test_writes_of_one_constant_race_unless_that_is_allowed() -> None:
    text = "__global__ void k(int *a) { a[0] = 1; }"
    assert isinstance(verdict_on(text), Racy)
    assert isinstance(verdict_on(text, settings=Settings(same_values=True)), RaceFree)
    differing = "__global__ void k(int *a) { a[0] = 1; a[0] = 2; }"
    assert isinstance(verdict_on(differing, settings=Settings(same_values=True)), Racy)


def test_unsigned_arithmetic_wraps_around() -> None:
    text = "__global__ void k(int *a) { unsigned i = threadIdx.x - 1u; a[i < 100u ? i : 5] = 1; }"
    verdict = verdict_on(text, Launch((64, 1, 1), (1, 1, 1)))
    assert isinstance(verdict, Racy) and verdict.confirmed
    assert {verdict.first.thread, verdict.second.thread} == {(0, 0, 0), (6, 0, 0)}


def test_counters_of_64_bits_are_incremented_in_bits() -> None:
    text = "__global__ void f(unsigned long n, float *a) { for (unsigned long i = n; i-- > 0;) a[i * i] = a[i]; }"
    assert not isinstance(verdict_on(text), RaceFree)
