"""What the rewriting changes, and what it must leave alone."""

from __future__ import annotations

import pytest

from transpile.emulators.cuda.rewrite import rewrite

KERNELS = """\
__global__ void plain(int n, float *p);
template <typename T, int B> __global__ void shaped(T *p) {}
__global__ void twice(int *p);
__global__ void twice(float *p);
__global__ void eager(float *p, int n = 3);
void host() {
"""


def known(name: str) -> str:
    return f'::cuda_emulator::emulated_kernel("{name}", {name})'


def chosen(name: str) -> str:
    call = f"[=](auto &...emulated_arguments) {{ {name}(emulated_arguments...); }}"
    return f'::cuda_emulator::emulated_chosen("{name}", {call})'


LAUNCHES = [
    ("plain<<<1, 2>>>(n, p);", known("plain") + ".emulated_on(1, 2)(n, p);"),
    ("plain <<< g, b >>> (n, p);", known("plain") + " .emulated_on( g, b ) (n, p);"),
    ("plain<<<n >> 8, n << 2>>>(n, p);", known("plain") + ".emulated_on(n >> 8, n << 2)(n, p);"),
    ("plain<<<g, b, n * sizeof(int), s>>>(n, p);", known("plain") + ".emulated_on(g, b, n * sizeof(int), s)(n, p);"),
    ("plain<<<dim3(max<int>(1, 2)), {2, 3}>>>(n);", known("plain") + ".emulated_on(dim3(max<int>(1, 2)), {2, 3})(n);"),
    ("CHECK((plain<<<1, 2>>>(n, p), last()));", f"CHECK(({known('plain')}.emulated_on(1, 2)(n, p), last()));"),
    ("elsewhere<<<1, 2>>>(n, p);", chosen("elsewhere") + ".emulated_on(1, 2)(n, p);"),
    ("if (n) space::plain<<<1, 2>>>(n, p);", f"if (n) {known('space::plain')}.emulated_on(1, 2)(n, p);"),
    ("shaped<float, 8><<<1, 2>>>(p);", known("shaped<float, 8>") + ".emulated_on(1, 2)(p);"),
    ("shaped<Pair<int, int>, 8><<<1, 2>>>(p);", known("shaped<Pair<int, int>, 8>") + ".emulated_on(1, 2)(p);"),
    ("shaped<float><<<1, 2>>>(p);", chosen("shaped<float>") + ".emulated_on(1, 2)(p);"),
    ("twice<<<1, 2>>>(p);", chosen("twice") + ".emulated_on(1, 2)(p);"),
    ("eager<<<1, 2>>>(p);", chosen("eager") + ".emulated_on(1, 2)(p);"),
]


@pytest.mark.parametrize(("launch", "call"), LAUNCHES)
def test_launches_become_calls(launch: str, call: str) -> None:
    rewritten = rewrite(KERNELS + launch + "\n}\n").text
    assert call in rewritten
    assert "<<<" not in rewritten and ">>>" not in rewritten


@pytest.mark.parametrize(
    "text",
    [
        "void f() { /* plain<<<1, 2>>>(n, p); */ }\n",
        "void f() {\n    // plain<<<1, 2>>>(n, p);\n}\n",
        'const char *s = "plain<<<1, 2>>>(n, p); __shared__ int x; __device__ int y;";\n',
        'const char *s = R"(plain<<<1, 2>>>(n, p);)";\n',
        "int f(int a) { return a << 3 >> 1; }\n",
        "__device__ int f(int a);\n__device__ int g(int a) { return a; }\n",
        "struct S { __device__ int f() const; __host__ __device__ S(); };\n",
        "extern __device__ int shared_elsewhere[4];\n",
        "template <typename T> __device__ T zero = T();\n",
    ],
)
def test_leaves_alone(text: str) -> None:
    assert rewrite(text).text == text


def test_noinline_is_no_macro() -> None:
    text = "__device__ __noinline__ int f(); __attribute__((__noinline__)) int g();\n"
    assert rewrite(text).text == text.replace(" __noinline__", " __attribute__((noinline))")


def test_macro_bodies_are_rewritten_too() -> None:
    text = "#define RUN(f, n, ...) \\\n    f<<<(n + 7) / 8, 8>>>(__VA_ARGS__)\n"
    after = ".emulated_on((n + 7) / 8, 8)(__VA_ARGS__)\n"
    assert rewrite(text).text == f"#define RUN(f, n, ...) \\\n    {chosen('f')}{after}"
    assert rewrite("__global__ void f(int n);\n" + text).text.endswith(known("f") + after)


@pytest.mark.parametrize(
    ("declaration", "expected"),
    [
        (
            "__shared__ float a[4][B + 1], b;",
            ["typedef float emulated_type_a[4][B + 1], emulated_type_b;", "auto &a = ", "auto &b = "],
        ),
        ("static __shared__ int *p;", [" typedef int *emulated_type_p;", "auto &p = "]),
        ("__shared__ volatile int x;", ["typedef volatile int emulated_type_x;"]),
        ("alignas(16) __shared__ char x[4];", ["__align__(16) typedef char emulated_type_x[4];"]),
        ("__shared__ __align__(16) unsigned char x[4];", ["typedef __align__(16) unsigned char emulated_type_x[4];"]),
        ("extern __shared__ float d[];", [" typedef float emulated_type_d[];", "(::cuda_emulator::emulated_dynamic);"]),
        (
            "extern __shared__ __align__(8) unsigned char d[];",
            [" typedef __align__(8) unsigned char emulated_type_d[];", "auto &d = "],
        ),
    ],
)
def test_shared_declarations_become_references(declaration: str, expected: list[str]) -> None:
    rewritten = rewrite(f"__global__ void k() {{\n    {declaration}\n}}\n").text
    assert "__shared__" not in rewritten
    for piece in expected:
        assert piece in rewritten


@pytest.mark.parametrize(
    ("declaration", "space", "names"),
    [
        ("__device__ int x;", "device", ["x"]),
        ("static __device__ float t[2] = {1, 2}, u;", "device", ["t", "u"]),
        ("__constant__ float c[16];", "constant", ["c"]),
        ("__device__ __constant__ float c[16];", "constant", ["c"]),
        ("__device__ __managed__ int m;", "managed", ["m"]),
        ("__device__ int (*f)(int);", "device", ["f"]),
        ("namespace n { __device__ int x; }", "device", ["x"]),
    ],
)
def test_device_variables_are_registered(declaration: str, space: str, names: list[str]) -> None:
    rewritten = rewrite(declaration + "\n").text
    assert rewritten.count("EmulatedSymbol emulated_symbol_") == len(names)
    for name in names:
        assert f'(::cuda_emulator::emulated_{space}, "{name}", &{name}, sizeof {name});' in rewritten


def test_lines_and_columns_are_those_of_the_original() -> None:
    text = KERNELS + "    int é; plain<<<\n        n,\n        2\n    >>>(n, p); wrong();\n    also();\n}\n"
    rewritten = rewrite(text)
    assert rewritten.text.count("\n") == text.count("\n")
    old, new = text.encode().split(b"\n"), rewritten.text.encode().split(b"\n")
    for line, word in [(7, b"plain"), (9, b"2"), (10, b"wrong"), (11, b"also")]:
        column = new[line - 1].rindex(word) + 1
        assert rewritten.column(line, column) == old[line - 1].rindex(word) + 1
    inside = new[6].index(b"cuda_emulator") + 1
    assert rewritten.column(7, inside) == old[6].index(b"plain") + 1


def test_what_does_not_parse_is_left_to_the_compiler() -> None:
    text = "__global__ void k( {{{ \n k<<<;\n"
    assert rewrite(text).text.count("\n") == 2
