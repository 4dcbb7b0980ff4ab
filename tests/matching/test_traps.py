"""Programs that look like the C function and are another: names, types and memory that mean something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from transpile.matching.proof import Proof

HEADER = "int n, long m, float t, const double *a, double *b, int *c"
C = """#include <math.h>
#include <stdlib.h>
{ours}
void f({header})
{{
    {before}for (int i = 0; i < n; i++) {{
        {body}
    }}
    {after}
}}
"""
CUDA = """
{theirs}
__global__ void kernel(int n, long m, float t, const double *a, double *b, int *c)
{{
    const long long at = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (at >= n)
        return;
    const int i = (int)at;
    {body}
}}
void f({header})
{{
    {before}const size_t bytes = extent(n) * sizeof(double), less = extent(n) * sizeof(int);
    double *d_a, *d_b;
    int *d_c;
    CHECK(cudaMalloc(&d_a, bytes));
    CHECK(cudaMalloc(&d_b, bytes));
    CHECK(cudaMalloc(&d_c, less));
    CHECK(cudaMemcpy(d_a, a, bytes, cudaMemcpyHostToDevice));
    CHECK(cudaMemcpy(d_b, b, bytes, cudaMemcpyHostToDevice));
    CHECK(cudaMemcpy(d_c, c, less, cudaMemcpyHostToDevice));
    if (n > 0) {{
        {launch};
        CHECK(cudaGetLastError());
    }}
    CHECK(cudaMemcpy(b, d_b, bytes, cudaMemcpyDeviceToHost));
    CHECK(cudaMemcpy(c, d_c, less, cudaMemcpyDeviceToHost));
    CHECK(cudaFree(d_a));
    CHECK(cudaFree(d_b));
    CHECK(cudaFree(d_c));
    {after}
}}
"""
LAUNCH = "kernel<<<blocks(n, 64), 64>>>(n, m, t, d_a, d_b, d_c)"
GENERIC = "kernel<<<{}>>>(n, m, t, d_a, d_b, d_c)"
LARGER = "int larger(int x, int y) { return x > y ? x : y; }\n"
LESS = "int less_than(double x, double y) { return x < y; }\n"


@dataclass(frozen=True, slots=True)
class Case:
    """Bodies and file scopes of both sides; ``after`` and ``before`` stand in both functions unless a pair is given."""

    body: str
    yours: str = ""
    ours: str = ""
    theirs: str = ""
    before: str = ""
    after: str = ""
    launch: str = LAUNCH
    header: str = HEADER
    private: tuple[str, ...] = ()

    def c(self) -> str:
        before, after = self.before.split("|")[0], self.after.split("|")[0]
        return C.format(body=self.body, ours=self.ours, before=before, after=after, header=HEADER)

    def cuda(self) -> str:
        before, after = self.before.split("|")[-1], self.after.split("|")[-1]
        return CUDA.format(
            body=self.yours or self.body, theirs=self.theirs, before=before, after=after, launch=self.launch,
            header=self.header,
        )  # fmt: skip


SAME = {
    "function of another name": Case(
        "c[i] = larger(c[i], i);",
        "c[i] = more(c[i], i);",
        f"static {LARGER}",
        f"static __device__ {LARGER.replace('larger', 'more')}",
    ),
    "row of an array": Case("double *row = b + i;\n row[0] = a[i];"),
    "plain": Case("b[i] = a[i];"),
    "function": Case("c[i] = larger(c[i], i);", "", f"static {LARGER}", f"static __device__ {LARGER}"),
    "truth": Case("c[i] = less_than(a[i], b[i]);", "", f"static {LESS}", f"static __device__ {LESS}"),
    "constant": Case(
        "b[i] = w[i % 2];", "", "static const double w[2] = {1, 2};", "__constant__ double w[2] = {1, 2};"
    ),
    "constant for the host, too": Case("b[i] = W;", "", "static const double W = 3;", "static const double W = 3;"),
    "structure": Case(
        "struct p q = {a[i], 1};\n b[i] = q.x;", "", "struct p { double x, y; };", "struct p { double x, y; };"
    ),
    "library": Case("b[i] = sqrt(a[i]) + fabs(a[i]) + floorf(t);"),
    "float to double": Case("b[i] = sqrt(t);", "b[i] = sqrt((double)t);"),
    "integers in functions for double": Case("b[i] = sqrt(i);"),
    "enumerators": Case("c[i] = B + i;", "", "enum { A, B };", "enum { A, B };"),
    "characters": Case("c[i] = 'x';"),
    "more blocks": Case("b[i] = a[i];", launch=GENERIC.format("blocks(n, 64) + 3, 64")),
    "private": Case(
        "k = c[i];\n c[i] = k + 1;", "int k;\n k = c[i];\n c[i] = k + 1;", before="int k;\n", private=("k",)
    ),
    "own counter": Case("for (int k = 0; k < 3; k++) { if (k == i) continue; b[i] += k; }"),
    "host after it": Case("b[i] = a[i];", after="b[0] = c[0];"),
}

DIFFERENT = {
    "long double": Case("b[i] = a[i] * 2.0L;"),
    "a name that CUDA has": Case(
        "c[i] = max(c[i], i);",
        "",
        f"static {LARGER.replace('larger', 'max')}",
        f"__device__ {LARGER.replace('larger', 'max')}",
    ),
    "written through a pointer": Case("double *p = (double *)a + i;\n *p = 1;"),
    "another of the C functions": Case(
        "c[i] = larger(c[i], i);",
        "c[i] = less(c[i], i);",
        f"static {LARGER}static {LARGER.replace('larger', 'less').replace('>', '<')}",
        f"static __device__ {LARGER.replace('larger', 'less').replace('>', '<')}",
    ),
    "overloaded for float": Case("b[i] = sqrt(t);"),
    "overloaded power": Case("b[i] = pow(a[i], 2);"),
    "overloaded absolute value": Case("b[i] = abs(a[i]);"),
    "absolute value of long": Case("b[i] = abs(m);"),
    "another function": Case(
        "c[i] = larger(c[i], i);", "", f"static {LARGER}", f"static __device__ {LARGER.replace('>', '<')}"
    ),
    "function of another type": Case(
        "c[i] = larger(c[i], i);", "", f"static {LARGER}", f"static __device__ {LARGER.replace('int y', 'unsigned y')}"
    ),
    "function by reference": Case(
        "c[i] = larger(c[i], i);", "", f"static {LARGER}", f"static __device__ {LARGER.replace('int y', 'int &y')}"
    ),
    "function of the host": Case("c[i] = larger(c[i], i);", "", f"static {LARGER}", f"static {LARGER}"),
    "library function defined anew": Case(
        "b[i] = cbrt(a[i]);", theirs="__device__ double cbrt(double x) { return x; }"
    ),
    "function with a memory": Case(
        "c[i] = next(i);",
        "",
        "static int next(int x) { static int k = 0; return k++ + x; }",
        "static __device__ int next(int x) { static int k = 0; return k++ + x; }",
    ),
    "recursion": Case(
        "c[i] = down(i);",
        "",
        "static int down(int x) { return x > 0 ? down(x - 1) : 0; }",
        "static __device__ int down(int x) { return x > 0 ? down(x - 1) : 0; }",
    ),
    "not on the device": Case("c[i] = rand();"),
    "constant of another value": Case(
        "b[i] = w[i % 2];", "", "static const double w[2] = {1, 2};", "__constant__ double w[2] = {1, 3};"
    ),
    "constant of another type": Case("b[i] = W;", "", "static const double W = 3;", "static const float W = 3;"),
    "constant that is written": Case(
        "b[i] = w[i % 2];",
        "",
        "static const double w[2] = {1, 2};",
        "__constant__ double w[2] = {1, 2};\nvoid set(double *x) { cudaMemcpyToSymbol(w, x, 16); }",
    ),
    "variable of the file": Case("c[i] = k;", "", "int k = 1;", "__device__ int k = 1;"),
    "variable of the file on both sides": Case("b[i] = a[i];", "", "int k = 1;", "int k = 2;", after="c[0] = k;"),
    "structure of another layout": Case(
        "struct p q = {1, 2};\n b[i] = q.x;", "", "struct p { double x, y; };", "struct p { double y, x; };"
    ),
    "a type of CUDA": Case("b[i] = ((struct float2){1, 2}).x;", "", "struct float2 { float x, y; };", ""),
    "enumerator of another value": Case("c[i] = B + i;", "", "enum { A, B };", "enum { B, A };"),
    "macro": Case("c[i] = W;", "", "#define W 4", "#define W 5"),
    "sizes of characters": Case("c[i] = sizeof 'x';"),
    "sizes of truth": Case("c[i] = sizeof(i < 3);"),
    "shared by the block": Case("double x = a[i];\n b[i] = x;", "__shared__ double x;\n x = a[i];\n b[i] = x;"),
    "shared by the block, private in C": Case(
        "k = c[i];\n c[i] = k + 1;", "__shared__ int k;\n k = c[i];\n c[i] = k + 1;", before="int k;\n", private=("k",)
    ),
    "static in the kernel": Case("int k = c[i];\n c[i] = k;", "static int k = c[i];\n c[i] = k;"),
    "volatile": Case("b[i] = a[i];", before="volatile int k = 1;\n"),
    "parameter is written": Case("b[i] = n;", "n = n + 1;\n b[i] = n;"),
    "leaves the loop": Case("if (a[i] > 0) break;\n b[i] = a[i];", "if (a[i] > 0) return;\n b[i] = a[i];"),
    "goes on": Case("if (i > 3) continue;\n b[i] = a[i];", "if (i > 4) return;\n b[i] = a[i];"),
    "counter is read after": Case(
        "b[i] = a[i];", "b[i] = a[i];", before="int i, k = 0;\n", after="c[0] = k;|c[0] = k + 0 * 1;"
    ),
    "private is read after": Case(
        "k = c[i];\n c[i] = k + 1;",
        "int k;\n k = c[i];\n c[i] = k + 1;",
        before="int k = 0;\n",
        after="c[0] = k;",
        private=("k",),
    ),
    "not private": Case("k = c[i];\n c[i] = k + 1;", "int k;\n k = c[i];\n c[i] = k + 1;", before="int k;\n"),
    "own name for a coordinate": Case("b[i] = a[i];", theirs="const uint3 blockIdx = {0, 0, 0};"),
    "too few blocks": Case("b[i] = a[i];", launch=GENERIC.format("n / 64, 64")),
    "no blocks": Case("b[i] = a[i];", launch=GENERIC.format("blocks(n - 1, 64), 64")),
    "too large blocks": Case("b[i] = a[i];", launch=GENERIC.format("blocks(n, 64), dim3(64, 32)")),
    "idle axis": Case("b[i] = a[i];", launch=GENERIC.format("dim3(blocks(n, 64), 1, 2), 64")),
    "shared memory": Case("b[i] = a[i];", launch=GENERIC.format("blocks(n, 64), 64, 16")),
    "offset": Case("b[i] = a[i];", launch="kernel<<<blocks(n, 64), 64>>>(n, m, t, d_a + 1, d_b, d_c)"),
    "rounded argument": Case("b[i] = t;", launch="kernel<<<blocks(n, 64), 64>>>(n, m, (int)t, d_a, d_b, d_c)"),
    "narrowed argument": Case("b[i] = m;", launch="kernel<<<blocks(n, 64), 64>>>(n, (int)m, t, d_a, d_b, d_c)"),
    "another type of the function": Case("b[i] = a[i];", header=HEADER.replace("long m", "int m")),
    "unsigned in the function": Case("b[i] = a[i];", header=HEADER.replace("int n", "unsigned n")),
    "order of parameters": Case(
        "b[i] = a[i];", header=HEADER.replace("const double *a, double *b", "double *b, const double *a")
    ),
    "pointer into an array": Case("p[i] = a[i];", "b[i] = a[i];", before="double *p = b;\n"),
    "array under another name": Case("b[i] = a[i];", before="double *p = b;\n", after="c[0] = (int)p[0];"),
    "read by a function": Case(
        "b[i] = a[i];",
        "",
        "static double *kept;\nstatic double first(void) { return kept[0]; }",
        "static double *kept;\nstatic double first(void) { return kept[0]; }",
        after="c[0] = (int)first();",
    ),
    "address of a size": Case(
        "b[i] = a[i];",
        "",
        "static void change(int *p) { *p = 1; }",
        "static void change(int *p) { *p = 1; }",
        before="change(&n);\n",
    ),
}


def tried(case: Case, prove: Callable[..., Proof], check: str) -> Proof:
    line = next(n for n, line in enumerate(case.c().split("\n"), 1) if "for (" in line)
    return prove(case.c(), check + case.cuda(), dict.fromkeys("abc", "n"), {line: case.private})


@pytest.mark.parametrize("name", SAME)
def test_the_same(name: str, prove: Callable[..., Proof], check: str) -> None:
    proof = tried(SAME[name], prove, check)
    assert proof.proved, proof


@pytest.mark.parametrize("name", DIFFERENT)
def test_different(name: str, prove: Callable[..., Proof], check: str) -> None:
    proof = tried(DIFFERENT[name], prove, check)
    assert not proof.proved
