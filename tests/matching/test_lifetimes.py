"""Memory that is freed where the function ends early, arrays of its own, and functions that call themselves."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from transpile.matching.proof import Proof

C = """#include <stdbool.h>
#include <stdlib.h>
static void fill(int n, double s, double *own)
{
    own[n] = s;
    if (n > 0)
        fill(n - 1, s, own);
}
double f(int n, double s, const double *a)
{
    if (n < 3) {
        s += a[0];
        return s;
    }
    double *own = malloc(n * sizeof(double));
    bool seen = false;
    for (int i = 0; i < n; i++)
        own[i] = s * a[i];
    fill(n - 1, s, own);
    s = own[1];
    if (s > 7)
        seen = true;
    free(own);
    return seen ? s : 0.0;
}
"""
CUDA = """#include <stdbool.h>
#include <stdlib.h>
static void fill(int n, double s, double *own)
{
    own[n] = s;
    if (n > 0)
        fill(n - 1, s, own);
}
__global__ void kernel(int n, double s, const double *a, double *own)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        own[i] = s * a[i];
}
double f(int n, double s, const double *a)
{
    const size_t bytes = extent(n) * sizeof(double);
    double *d_a;
    CHECK(cudaMalloc(&d_a, bytes));
    CHECK(cudaMemcpy(d_a, a, bytes, cudaMemcpyHostToDevice));
    if (n < 3) {
        s += a[0];
        CHECK(cudaFree(d_a));
        return s;
    }
    double *own = (double *)malloc(n * sizeof(double));
    double *d_own;
    CHECK(cudaMalloc(&d_own, bytes));
    bool seen = false;
    if (n > 0) {
        kernel<<<blocks(n, 256), 256>>>(n, s, d_a, d_own);
        CHECK(cudaGetLastError());
    }
    CHECK(cudaMemcpy(own, d_own, bytes, cudaMemcpyDeviceToHost));
    fill(n - 1, s, own);
    s = own[1];
    if (s > 7)
        seen = true;
    free(own);
    CHECK(cudaFree(d_a));
    CHECK(cudaFree(d_own));
    return seen ? s : 0.0;
}
"""
WRONG = tomllib.loads((Path(__file__).parent / "wrong_lifetimes.toml").read_text())


@pytest.fixture
def proof(prove: Callable[..., Proof], check: str) -> Callable[[str, str], Proof]:
    return lambda c, cuda: prove(c, check + cuda, {"a": "n", "own": "n"})


def replaced(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def test_the_right_program_is_proved(proof: Callable[[str, str], Proof]) -> None:
    found = proof(C, CUDA)
    assert found.proved, found
    assert not found.unset
    assert any("'own' holds where nothing has been written" in one for one in found.assumptions)


@pytest.mark.parametrize("name", WRONG)
def test_wrong_programs_are_not(name: str, proof: Callable[[str, str], Proof]) -> None:
    fault = WRONG[name]
    pair = fault.get("c", ["", ""]), fault.get("cuda", ["", ""])
    c = replaced(C, *pair[0]) if pair[0][0] else C
    found = proof(c, replaced(CUDA, *pair[1]) if pair[1][0] else CUDA)
    assert not found.proved
    assert fault["reason"] in str(found.lost.message if found.lost else found.unproved)


def test_zeros_are_values(proof: Callable[[str, str], Proof]) -> None:
    """What ``calloc`` gives may be read before it is written, and the device does not have it."""
    c, cuda = (one.replace("malloc(n * sizeof(double))", "calloc(n, sizeof(double))") for one in (C, CUDA))
    assert [one.name for one in proof(c, cuda).unset] == ["own"]


def test_an_array_that_is_allocated_again_is_told(proof: Callable[[str, str], Proof]) -> None:
    again = "own = (double *)calloc(n, 8);\n    bool seen = false;"
    c, cuda = (replaced(one, "bool seen = false;", again) for one in (C, CUDA))
    found = proof(c, cuda)
    assert found.unset or not found.proved
