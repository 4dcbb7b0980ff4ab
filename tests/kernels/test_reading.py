"""CUDA text as units: what is read, where things stand, and what is refused."""

from __future__ import annotations

import pytest

from transpile.c.printing import show_function, text
from transpile.c.tree import Call, Declare, Variable
from transpile.c.types import FLOAT, INT
from transpile.c.walking import walk
from transpile.errors import SourceErrors
from transpile.kernels.reading import read_cuda
from transpile.kernels.unit import CudaUnit, launch_bounds, space

PROGRAM = """\
#include <cuda_runtime.h>
#include <stdio.h>
#define CHECK(call)                                                  \\
    do {                                                             \\
        cudaError_t error = (call);                                  \\
        if (error != cudaSuccess) {                                  \\
            fprintf(stderr, "%s\\n", cudaGetErrorString(error));      \\
            exit(1);                                                 \\
        }                                                            \\
    } while (0)
__constant__ float weights[16];
__device__ int counter;
__host__ __device__ __forceinline__ int square(int x) { return x * x; }
extern "C" __global__ void __launch_bounds__(256, 2) k(float *__restrict__ a, const int *b, int n) {
    __shared__ float tile[16][17], other;
    extern __shared__ float dynamic[];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) tile[0][threadIdx.x] = a[i];
    __syncthreads();
    atomicAdd(&a[0], 1);
    int v = __ldg(&b[3]);
    float4 q = make_float4(1, 2, 3, 4);
    a[0] = fminf(q.x, sqrtf(2.0f)) + min(i, v) + other + dynamic[0] + weights[1];
    v = __shfl_down_sync(0xffffffff, v, 16);
}
int main(void) {
    float *d;
    int n = 100;
    CHECK(cudaMalloc(&d, n * sizeof(float)));
    dim3 block(16, 16), grid((n + 15) / 16, square(2));
    k<<<grid, block, 0>>>(d, NULL, n);
    if (n) k<<<(n + 255) / 256, dim3(256)>>>(d, nullptr, square(n));
    CHECK(cudaGetLastError());
    CHECK(cudaFree(d));
    return 0;
}
"""


@pytest.fixture(scope="module")
def unit() -> CudaUnit:
    found = read_cuda(PROGRAM, "program.cu")
    found.unit.require()
    return found


def test_functions_by_where_they_run(unit: CudaUnit) -> None:
    assert [function.name for function in unit.kernels] == ["k"]
    assert [function.name for function in unit.device_functions] == ["square"]
    assert [function.name for function in unit.host_functions] == ["square", "main"]
    assert launch_bounds(unit.kernel("k")) == ("256", "2")
    with pytest.raises(KeyError):
        unit.kernel("main")


def test_variables_by_memory(unit: CudaUnit) -> None:
    assert {d.variable.name: space(d.variable) for d in unit.globals} == {"weights": "constant", "counter": "device"}
    own: dict[str, Variable] = {}
    for node in walk(unit.kernel("k").body):
        if isinstance(node, Declare):
            own[node.variable.name] = node.variable
    shared = {name for name, variable in own.items() if space(variable) == "shared"}
    assert shared == {"tile", "other", "dynamic"} and own["dynamic"].external and space(own["i"]) == "host"


def test_launches_have_configuration_and_place(unit: CudaUnit) -> None:
    first, second = unit.launches()
    assert [text(part) for part in first.configuration] == ["grid", "block", "0"]
    assert [text(part) for part in second.configuration] == ["(n + 255) / 256", "__dim3(256)"]
    assert [text(part) for part in second.arguments] == ["d", "nullptr", "square(n)"]
    assert (first.kernel, first.caller, first.span.line, first.span.column) == ("k", "main", 31, 5)
    assert (second.span.line, second.span.column) == (32, 12)


def test_builtins_have_types(unit: CudaUnit) -> None:
    calls = {node.name: node for node in walk(unit.kernel("k").body) if isinstance(node, Call)}
    assert calls["atomicAdd"].type == FLOAT and calls["atomicAdd"].arguments[1].type == FLOAT
    assert calls["__ldg"].type == calls["__shfl_down_sync"].type == INT
    assert "dim3 block = __dim3(16, 16);" in show_function(unit.unit.function("main"))


@pytest.mark.parametrize(
    ("source", "line", "column", "words"),
    [
        ("__global__ void k(int *a) {\n  a[0] = nothing;\n}", 2, 10, "'nothing' is not declared"),
        ("__global__ void k(int *a) { }\nvoid f() { k<<<1, 2>>>(); }", 2, 12, "'k' takes 1 argument"),
        ("__global__ void k(float4 *a) {\n  atomicAdd();\n}", 2, 3, "takes more arguments"),
        ("__global__ void k(int *a) {\n  k<<<1, 2(a);\n}", 2, 6, "expected"),
    ],
)
def test_errors_have_places(source: str, line: int, column: int, words: str) -> None:
    with pytest.raises(SourceErrors) as caught:
        read_cuda(source, "k.cu")
    (first, *_) = caught.value.errors
    assert words in first.message and (first.span.line, first.span.column) == (line, column)


def test_what_is_not_c_is_refused_by_name() -> None:
    source = "template <class T> __global__ void t(T *a) { a[0] = 1; }\n__global__ void k(int *a) { a[0] = 1; }"
    unit = read_cuda(source, "k.cu")
    assert unit.kernel("k").name == "k"
    assert any("templates" in refusal.error.message for refusal in unit.unit.refusals)


def test_the_launch_of_a_template_is_refused_and_no_more() -> None:
    source = """template <int N> __global__ void t(int *a) { a[0] = N; }
void launches(int *a) {
    t<4 * 2><<<1, 2>>>(a);
}
int other(int x) { return x < 3 > 1; }
"""
    unit = read_cuda(source, "k.cu").unit
    assert [function.name for function in unit.functions] == ["other"]
    (refusal,) = [refusal for refusal in unit.refusals if refusal.function == "launches"]
    assert "'t'" in refusal.error.message and refusal.error.span.line == 3


@pytest.mark.parametrize(
    "source", ["k<<<", "k<<<1,2>>>", "void f() { dim3 }", "void f() { dim3 a(; }", "<<<>>>()", "dim3 d("]
)
def test_hostile_text_is_an_error_with_a_place(source: str) -> None:
    with pytest.raises(SourceErrors) as caught:
        read_cuda(source, "k.cu")
    assert all(error.span.line == 1 for error in caught.value.errors)


def test_comparisons_and_shifts_are_no_launches() -> None:
    unit = read_cuda("int f(int a, int b) { return a << (b < 3); }\nint g(int a) { return a >> 1 > 2; }")
    assert not list(unit.launches()) and len(unit.unit.functions) == 2
