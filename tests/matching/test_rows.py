"""Matrices whose size is a parameter are pointers to numbers in CUDA."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from transpile.matching.proof import Proof

C = """void f(int n, int m, double s, double a[n][m], double b[n][m])
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            b[i][j] = s * a[i][j];
}
"""
CUDA = """
__global__ void kernel(int n, int m, double s, const double *a, double *b)
{
    const long long i64 = (long long)blockIdx.y * blockDim.y + threadIdx.y;
    if (i64 >= n)
        return;
    const int i = (int)i64;
    const long long j64 = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (j64 >= m)
        return;
    const int j = (int)j64;
    b[(long long)i * m + j] = s * a[(long long)i * m + j];
}
void f(int n, int m, double s, double *a, double *b)
{
    const size_t bytes = (size_t)((n > 0 && m > 0 ? (size_t)n : 0) * m) * sizeof(double);
    double *d_a, *d_b;
    CHECK(cudaMalloc(&d_a, bytes));
    CHECK(cudaMalloc(&d_b, bytes));
    CHECK(cudaMemcpy(d_a, a, bytes, cudaMemcpyHostToDevice));
    CHECK(cudaMemcpy(d_b, b, bytes, cudaMemcpyHostToDevice));
    if (n > 0 && m > 0) {
        const dim3 block(16, 16);
        const dim3 grid(blocks(m, 16), blocks(n, 16));
        kernel<<<grid, block>>>(n, m, s, d_a, d_b);
        CHECK(cudaGetLastError());
    }
    CHECK(cudaMemcpy(b, d_b, bytes, cudaMemcpyDeviceToHost));
    CHECK(cudaFree(d_a));
    CHECK(cudaFree(d_b));
}
"""
THREE = {
    "double a[n][m], double b[n][m]": "double a[n][3][m], double b[n][3][m]",
    "b[i][j]": "b[i][2][j]",
    "a[i][j]": "a[i][1][j]",
    "b[(long long)i * m + j]": "b[(long long)i * 3 * m + (long long)2 * m + j]",
    "a[(long long)i * m + j]": "a[(long long)i * 3 * m + (long long)1 * m + j]",
    "(size_t)n : 0) * m)": "(size_t)n : 0) * 3 * m)",
}
WRONG = {
    "other lengths": {"b[(long long)i * m": "b[(long long)i * n"},
    "a product that may overflow": {"b[(long long)i * m": "b[i * m"},
    "another element": {"b[(long long)i * m + j]": "b[(long long)j * m + i]"},
    "the row alone": {"b[(long long)i * m + j]": "b[(long long)i * m]"},
    "less memory": {"(size_t)n : 0) * m)": "(size_t)n : 0))"},
    "rows declared otherwise": {"double a[n][m]": "double a[n][n]"},
    "lengths that change": {
        "{\n    for (int i": "{\n    m--;\n    for (int i",
        "double *d_a, *d_b;": "double *d_a, *d_b;\n    m--;",
    },
    "lengths that a pointer changes": {
        "{\n    for (int i": "{\n    int *p = &m;\n    for (int i",
        "{\n    const size_t bytes": "{\n    int *p = &m;\n    const size_t bytes",
    },
}


def changed(text: str, faults: dict[str, str]) -> str:
    for old, new in faults.items():
        text = text.replace(old, new)
    return text


@pytest.fixture
def proof(prove: Callable[..., Proof], check: str) -> Callable[[dict[str, str]], Proof]:
    extent = "(n > 0 && m > 0 ? (size_t)n : 0) * m"
    return lambda faults: prove(
        changed(C, faults),
        check + changed(CUDA, faults),
        dict.fromkeys("ab", extent.replace("* m", "* 3 * m") if faults is THREE else extent),
    )


@pytest.mark.parametrize("more", [{}, THREE])
def test_rows_of_any_length_are_numbers(more: dict[str, str], proof: Callable[[dict[str, str]], Proof]) -> None:
    found = proof(more)
    assert found.proved, found


@pytest.mark.parametrize("name", WRONG)
def test_other_elements_are_not(name: str, proof: Callable[[dict[str, str]], Proof]) -> None:
    assert changed(C + CUDA, WRONG[name]) != C + CUDA
    assert not proof(WRONG[name]).proved
