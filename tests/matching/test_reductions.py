"""Values combined across threads are proved modulo the order; whatever combines something else is not."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from transpile.matching.nests import Same
from transpile.matching.proof import Proof

WRONG = tomllib.loads((Path(__file__).parent / "wrong_reductions.toml").read_text())
EMITTED = ["gemver", "durbin", "trisolv", "gramschmidt"]

C_SUM = """double f(int n, const double *a)
{
    double sum = 1.0;
    for (int i = 0; i < n; i++)
        sum += a[i] * a[i];
    return sum;
}
"""
SUM = """
static unsigned blocks_up_to(unsigned most, long long threads, unsigned size)
{
    const long long count = threads / size + (threads % size > 0);
    return count < most ? (unsigned)count : most;
}
static __device__ double block_sum(double value, unsigned thread, unsigned threads)
{
    __shared__ double values[64];
    __syncthreads();
    values[thread] = value;
    __syncthreads(); // stored
    for (unsigned half = threads / 2; half > 0; half /= 2) {
        if (thread < half)
            values[thread] += values[thread + half];
        __syncthreads(); // combined
    }
    return values[thread];
}
__global__ void sum_kernel(int n, const double *__restrict__ a, double *__restrict__ of_block)
{
    double sum = 0;
    for (long long i64 = (long long)blockIdx.x * blockDim.x + threadIdx.x; i64 < n;
         i64 += (long long)gridDim.x * blockDim.x) {
        const int i = (int)i64;
        sum += a[i] * a[i];
    }
    sum = block_sum(sum, threadIdx.x, blockDim.x);
    if (threadIdx.x == 0)
        of_block[blockIdx.x] = sum;
}
__global__ void blocks_kernel(unsigned count, double *__restrict__ of_block)
{
    double sum = 0; // of blocks
    for (unsigned block = threadIdx.x; block < count; block += blockDim.x)
        sum += of_block[block];
    sum = block_sum(sum, threadIdx.x, blockDim.x); // of blocks
    if (threadIdx.x == 0) // of blocks
        of_block[0] = sum;
}
double f(int n, const double *a)
{
    const size_t bytes = extent(n) * sizeof(double);
    double *d_a;
    CHECK(cudaMalloc(&d_a, bytes));
    CHECK(cudaMemcpy(d_a, a, bytes, cudaMemcpyHostToDevice));
    double sum = 1.0;
    if (n > 0) {
        const unsigned count = blocks_up_to(1024, n, 64);
        double *of_block;
        CHECK(cudaMalloc(&of_block, count * sizeof *of_block));
        sum_kernel<<<count, 64>>>(n, d_a, of_block);
        CHECK(cudaGetLastError());
        blocks_kernel<<<1, 64>>>(count, of_block);
        CHECK(cudaGetLastError()); // of blocks
        double of_all;
        CHECK(cudaMemcpy(&of_all, of_block, sizeof of_all, cudaMemcpyDeviceToHost));
        sum += of_all;
        CHECK(cudaFree(of_block));
    }
    CHECK(cudaFree(d_a));
    return sum;
}
"""
C_MAX = """int f(int n, const int *a)
{
    int best = a[0];
    for (int i = 0; i < n; i++)
        if (a[i] > best)
            best = a[i];
    return best;
}
"""
MAX = """
static __device__ int block_max(int value, unsigned thread, unsigned threads)
{
    __shared__ int values[32];
    __syncthreads();
    values[thread] = value;
    __syncthreads(); // stored
    for (unsigned half = threads / 2; half > 0; half /= 2) {
        if (thread < half && values[thread + half] > values[thread])
            values[thread] = values[thread + half];
        __syncthreads();
    }
    return values[thread];
}
__global__ void max_kernel(int n, const int *__restrict__ a, int best, int *__restrict__ of_block)
{
    const long long i64 = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i64 < n) {
        const int i = (int)i64;
        if (a[i] > best)
            best = a[i];
    }
    best = block_max(best, threadIdx.x, blockDim.x);
    if (threadIdx.x == 0)
        of_block[blockIdx.x] = best;
}
__global__ void blocks_kernel(unsigned count, int best, int *__restrict__ of_block)
{
    for (unsigned block = threadIdx.x; block < count; block += blockDim.x)
        if (of_block[block] > best)
            best = of_block[block];
    best = block_max(best, threadIdx.x, blockDim.x);
    if (threadIdx.x == 0)
        of_block[0] = best;
}
int f(int n, const int *a)
{
    const size_t bytes = extent(n) * sizeof(int);
    int *d_a;
    CHECK(cudaMalloc(&d_a, bytes));
    CHECK(cudaMemcpy(d_a, a, bytes, cudaMemcpyHostToDevice));
    int best = a[0];
    if (n > 0) {
        const unsigned count = blocks(n, 32);
        int *of_block;
        CHECK(cudaMalloc(&of_block, count * sizeof *of_block));
        max_kernel<<<count, 32>>>(n, d_a, best, of_block);
        CHECK(cudaGetLastError());
        blocks_kernel<<<1, 32>>>(count, best, of_block);
        CHECK(cudaGetLastError());
        CHECK(cudaMemcpy(&best, of_block, sizeof best, cudaMemcpyDeviceToHost));
        CHECK(cudaFree(of_block));
    }
    CHECK(cudaFree(d_a));
    return best;
}
"""
C_COUNT = """unsigned f(int n, const float *a, float least)
{
    unsigned count = 0;
    for (int i = 0; i < n; i++)
        if (a[i] > least)
            count++;
    return count;
}
"""
COUNT = """
__global__ void count_kernel(int n, const float *a, float least, unsigned *all)
{
    __shared__ unsigned counts[32];
    const unsigned thread = threadIdx.x;
    unsigned count = 0;
    const long long i64 = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i64 < n) {
        const int i = (int)i64;
        if (a[i] > least)
            count++;
    }
    counts[thread] = count;
    __syncthreads(); // stored
    for (unsigned far = 1; far < blockDim.x; far *= 2) {
        if (thread % (2 * far) == 0)
            counts[thread] += counts[thread + far];
        __syncthreads(); // combined
    }
    if (thread == 0)
        atomicAdd(all, counts[0]);
}
unsigned f(int n, const float *a, float least)
{
    const size_t bytes = extent(n) * sizeof(float);
    float *d_a;
    CHECK(cudaMalloc(&d_a, bytes));
    CHECK(cudaMemcpy(d_a, a, bytes, cudaMemcpyHostToDevice));
    unsigned count = 0;
    if (n > 0) {
        unsigned *all;
        CHECK(cudaMalloc(&all, sizeof(unsigned)));
        CHECK(cudaMemcpy(all, &count, sizeof count, cudaMemcpyHostToDevice));
        count_kernel<<<blocks(n, 32), 32>>>(n, d_a, least, all);
        CHECK(cudaGetLastError());
        CHECK(cudaMemcpy(&count, all, sizeof count, cudaMemcpyDeviceToHost));
        CHECK(cudaFree(all));
    }
    CHECK(cudaFree(d_a));
    return count;
}
"""
PROGRAMS = {"sum": (C_SUM, SUM), "max": (C_MAX, MAX), "count": (C_COUNT, COUNT)}
Prove = Callable[..., Proof]


def replaced(text: str, old: str, new: str) -> str:
    assert old in text, old
    return text.replace(old, new, 1)


def said(proof: Proof) -> list[str]:
    lost = [proof.lost.message] if proof.lost else []
    open_ones = [one.outcome.reason for one in proof.nests if not isinstance(one.outcome, Same)]
    return [*lost, *(one.reason for one in proof.unproved), *open_ones]


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_right_program_is_proved(name: str, prove: Prove, check: str) -> None:
    c, cuda = PROGRAMS[name]
    proof = prove(c, check + cuda, {"a": "n"})
    assert proof.proved, said(proof)


@pytest.mark.parametrize("name", WRONG)
def test_wrong_programs_are_not_proved(name: str, prove: Prove, check: str) -> None:
    fault = WRONG[name]
    c, cuda = PROGRAMS[fault["program"]]
    proof = prove(c, check + replaced(cuda, fault["old"], fault["new"]), {"a": "n"})
    assert not proof.proved or [one.name for one in proof.unset] == fault.get("unset")
    assert any(fault["reason"] in one for one in said(proof)) or "unset" in fault, said(proof)


def test_what_is_assumed_depends_on_the_operation(prove: Prove, check: str) -> None:
    assumed = {name: prove(c, check + cuda, {"a": "n"}).assumptions for name, (c, cuda) in PROGRAMS.items()}
    reordered = "sums of 'sum' may be taken in another order: they are equal over the reals, not to the bit"
    assert reordered in assumed["sum"]
    for exact in ("max", "count"):
        assert not any("order" in one for one in assumed[exact]), assumed[exact]


def test_signed_sums_may_overflow_in_another_order(prove: Prove, check: str) -> None:
    c, cuda = C_COUNT.replace("unsigned", "int"), COUNT.replace("unsigned *", "int *")
    cuda = cuda.replace("unsigned count", "int count").replace("unsigned counts", "int counts")
    cuda = cuda.replace("sizeof(unsigned)", "sizeof(int)").replace("unsigned f(", "int f(")
    proof = prove(c, check + cuda, {"a": "n"})
    assert proof.proved, said(proof)
    assert "sums of 'count', taken in another order, do not overflow 'int'" in proof.assumptions


@pytest.mark.parametrize(
    "update",
    [
        "sum = sum / a[i]",
        "sum += a[i] * sum",
        "sum = a[i] - sum",
        "sum = a[i]",
        "sum += (float)sum + a[i]",
        "sum = (float)(sum + a[i])",
    ],
)
def test_what_is_no_reduction_is_not_taken_for_one(update: str, prove: Prove, check: str) -> None:
    c, cuda = (replaced(text, "sum += a[i] * a[i]", update) for text in (C_SUM, SUM))
    assert not prove(c, check + cuda, {"a": "n"}).proved


def test_integers_that_round_each_sum_are_not_reduced(prove: Prove, check: str) -> None:
    c, cuda = (text.replace("count++", "count += a[i]") for text in (C_COUNT, COUNT))
    assert not prove(c, check + cuda, {"a": "n"}).proved


@pytest.mark.parametrize("name", EMITTED)
def test_emitted_reductions_are_proved(name: str, emitted: Callable[..., object]) -> None:
    proof = emitted(name).prove()  # type: ignore[attr-defined]
    assert proof.proved, said(proof)
    assert any("another order" in one for one in proof.assumptions)
