"""Host functions are followed, and what is wrong in them is refused at its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from transpile.matching.nests import Same
from transpile.matching.proof import Proof

PROVED = [
    "2mm", "atax", "bicg", "correlation", "covariance", "fdtd-2d", "floyd-warshall", "gemm", "gesummv", "heat-3d",
    "jacobi-1d", "lu", "mvt", "nussinov", "syrk", "trmm",
]  # fmt: skip

C = """void f(int n, double s, const double *a, double *b, double *c)
{
    double t;
    b[0] = 1.0;
    for (int i = 0; i < n; i++)
        b[i] = s * a[i] + b[i];
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < n; i++) {
            t = b[i];
            c[i] = c[i] + t * k;
        }
    if (n > 7)
        c[0] = s;
}
"""
CUDA = """
__global__ void first(int n, double s, const double *a, double *b)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        b[i] = s * a[i] + b[i];
}
__global__ void second(int n, int k, const double *b, double *c)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    double t;
    t = b[i];
    c[i] = c[i] + t * k;
}
static void f_on_cpu(int n, double s, const double *a, double *b, double *c)
{
    double t;
    b[0] = 1.0;
    for (int i = 0; i < n; i++)
        b[i] = s * a[i] + b[i];
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < n; i++) {
            t = b[i];
            c[i] = c[i] + t * k;
        }
    if (n > 7)
        c[0] = s;
}
void f(int n, double s, const double *a, double *b, double *c)
{
    if (n < 5) {
        f_on_cpu(n, s, a, b, c);
        return;
    }
    double t;
    const size_t bytes = extent(n) * sizeof(double);
    double *d_a, *d_b, *d_c;
    b[0] = 1.0;
    CHECK(cudaMalloc(&d_a, bytes));
    CHECK(cudaMalloc(&d_b, bytes));
    CHECK(cudaMalloc(&d_c, bytes));
    CHECK(cudaMemcpy(d_a, a, bytes, cudaMemcpyHostToDevice));
    CHECK(cudaMemcpy(d_b, b, bytes, cudaMemcpyHostToDevice));
    CHECK(cudaMemcpy(d_c, c, bytes, cudaMemcpyHostToDevice));
    if (n > 0) {
        first<<<blocks(n, 256), 256>>>(n, s, d_a, d_b);
        CHECK(cudaGetLastError());
    }
    for (int k = 0; k < 3; k++) {
        if (n > 0) {
            second<<<blocks(n, 256), 256>>>(n, k, d_b, d_c);
            CHECK(cudaGetLastError());
        }
    }
    CHECK(cudaMemcpy(b, d_b, bytes, cudaMemcpyDeviceToHost));
    CHECK(cudaMemcpy(c, d_c, bytes, cudaMemcpyDeviceToHost));
    if (n > 7)
        c[0] = s;
    CHECK(cudaFree(d_a));
    CHECK(cudaFree(d_b));
    CHECK(cudaFree(d_c));
}
"""
WRONG = tomllib.loads((Path(__file__).parent / "wrong_hosts.toml").read_text())


def replaced(text: str, old: str, new: str) -> str:
    assert old in text, old
    at = text.rindex(old)
    return text[:at] + new + text[at + len(old) :]


@pytest.fixture
def followed(prove: Callable[..., Proof], check: str) -> Callable[[str], Proof]:
    return lambda cuda: prove(C, cuda, dict.fromkeys("abc", "n"), {8: ("t",)})


@pytest.mark.parametrize("name", PROVED)
def test_emitted_programs_are_proved(name: str, emitted: Callable[..., object]) -> None:
    proof = emitted(name).prove()  # type: ignore[attr-defined]
    assert proof.lost is None
    assert [one.outcome for one in proof.nests if not isinstance(one.outcome, Same)] == []
    assert proof.proved, proof.unproved


def test_the_right_program_is_proved(followed: Callable[[str], Proof], check: str) -> None:
    proof = followed(check + CUDA)
    assert proof.proved, proof
    assert [one.kernel for one in proof.nests] == ["first", "second"]
    assert not proof.unset


@pytest.mark.parametrize("name", WRONG)
def test_wrong_hosts_are_refused(name: str, followed: Callable[[str], Proof], check: str) -> None:
    fault = WRONG[name]
    proof = followed(replaced(check + CUDA, fault["old"], fault["new"]))
    assert not proof.proved
    said = [(proof.lost.message, proof.lost.theirs)] if proof.lost else []
    said += [(one.reason, one.theirs) for one in proof.unproved]
    said += [(o.reason, o.theirs) for n in proof.nests if not isinstance(o := n.outcome, Same)]
    assert any(re.search(fault["reason"], message) and fault["line"] in span.line_text for message, span in said), said
