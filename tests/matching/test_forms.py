"""What C and CUDA write differently and means the same, each beside what looks like it and does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from transpile.matching.proof import Proof

HOST = """
extern "C" void f(int n, size_t m, double s, const double *a, double *b)
{{
    {before}
    const size_t bytes = m * sizeof(double);
    double *d_a, *d_b;
    CHECK(cudaMalloc(&d_a, bytes));
    CHECK(cudaMalloc(&d_b, bytes));
    CHECK(cudaMemcpy(d_a, a, bytes, cudaMemcpyHostToDevice));
    CHECK(cudaMemcpy(d_b, b, bytes, cudaMemcpyHostToDevice));
    {between}
    if ({entered}) {{
        kernel<<<{grid}, 256>>>(n, m, s, d_a, d_b{more});
        CHECK(cudaGetLastError());
    }}
    CHECK(cudaMemcpy(b, d_b, bytes, cudaMemcpyDeviceToHost));
    CHECK(cudaFree(d_a));
    CHECK(cudaFree(d_b));
}}
"""
KERNEL = """
{before}
__global__ void kernel(int n, size_t m, double s, const double *a, double *b{more})
{{
{body}
}}
"""
PLACE = """    const long long at = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (at >= n)
        return;
    const int i = (int)at;
"""
LONG = PLACE.replace("at >= n", "at >= m")
STRIDE = """
    for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i + 1 < m; i += (size_t)gridDim.x * blockDim.x)
"""


def c(loop: str, before: str = "", outside: str = "") -> str:
    """A C function ``f`` with this loop."""
    return f"""#include <stddef.h>
#include <stdint.h>
#include <string.h>
{outside}
void f(int n, size_t m, double s, const double *a, double *b)
{{
    {before}
    {loop}
}}
"""


def cuda(
    body: str,
    before: str = "",
    outside: str = "",
    host: str = "",
    between: str = "",
    more: tuple[str, str] = ("", ""),
    entered: str = "n > 0",
    grid: str = "blocks(n, 256)",
) -> str:
    kernel = KERNEL.format(body=body, before=outside, more=more[0])
    called = HOST.format(before=before, between=between, more=more[1], entered=entered, grid=grid)
    return f"#include <stddef.h>\n#include <stdint.h>\n#include <string.h>\n{kernel}{host}{called}"


TAPS = "struct taps { double x, y; };\n"
NAMED = TAPS + "static struct taps make(double s) { return (struct taps){.x = s, .y = 1.0}; }\n"
PLACED = NAMED.replace(".x = ", "").replace(".y = ", "")
MADE = "const struct taps k = make(s);"
MORE = (", struct taps k", ", k")
TAPPED = "for (int i = 0; i < n; i++) b[i] = k.x * a[i] + k.y;"
SUM = "static double both(const double *p, const double *q) { return p[0] + q[0]; }\n"
EVIL = SUM.replace("{", "{ ((double *)q)[0] = 1.0; ")
IMPLICIT = SUM.replace("{", "{ double *r = q; r[0] = 1.0; ")
ROUND = SUM.replace("{", "{ ((double *)(uintptr_t)q)[0] = 1.0; ")
BOTH = "for (int i = 0; i < n; i++) b[i] = both(&a[i], &b[i]);"
READ = c("for (int i = 0; i < n; i++) b[i] = s;", "memcpy(b, a, m * sizeof(double));")
STEPS = "for (int i = 0; i < m; i++) b[i] = s;"
EVERY = {"entered": "m > 0", "grid": "blocks(m, 256)"}
SKIP = "for (int i = 0; i < n; i++) { if (a[i] < s) continue; b[i] = a[i]; }"
INNER = """
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < 3; j++) { if (a[i] < s) continue; b[i] = a[i] + j; }
        b[i] += s;
    }
"""
AT = "for (int i = 0; i < n; i++) { const double *here = &b[i]; b[i] = here[0] * s; }"
COPIED = (
    "#include <string.h>",
    "static int k;\nstatic void memcpy(double *to, const double *from, size_t m) { k++; }",
)
POWER = "static _Bool odd(int x) { return x > 0 && !(x & 1); }\n"
BOOL = POWER.replace("_Bool", "__device__ bool")
TESTED = "for (int i = 0; i < n; i++) b[i] = odd(i) ? s : 0.0;"


def on_device(text: str) -> str:
    return text.replace("static double", "static __device__ double")


RIGHT: dict[str, tuple[str, str]] = {
    "source of a copy": (
        READ.replace("memcpy(b, a", "memcpy(b, a"),
        cuda(PLACE + "b[i] = s;", before="memcpy(b, a, m * sizeof(double));"),
    ),
    "source after the copy in": (
        c("for (int i = 0; i < n; i++) b[i] = a[i];", "double t; memcpy(&t, a, sizeof t);"),
        cuda(PLACE + "b[i] = a[i];", between="double t; memcpy(&t, a, sizeof t);"),
    ),
    "parameters that are only read": (
        c(BOTH, outside=SUM),
        cuda(PLACE + "b[i] = both(&a[i], &b[i]);", outside=on_device(SUM)),
    ),
    "a pointer with a promise": (c(AT), cuda(PLACE + "const double *here = &b[i]; b[i] = here[0] * s;")),
    "elements by name": (
        c(TAPPED, MADE, NAMED),
        cuda(PLACE + "b[i] = k.x * a[i] + k.y;", MADE, TAPS, PLACED[len(TAPS) :], more=MORE),
    ),
    "continue": (c(SKIP), cuda(PLACE + "if (a[i] < s) return; b[i] = a[i];")),
    "continue in a switch": (
        c(SKIP.replace("if (a[i] < s) continue;", "switch (i) { case 3: continue; default: break; }")),
        cuda(PLACE + "switch (i) { case 3: return; default: break; } b[i] = a[i];"),
    ),
    "an end of another type": (c(STEPS), cuda(LONG + "b[i] = s;", **EVERY)),
    "a truth": (c(TESTED, outside=POWER), cuda(PLACE + "b[i] = odd(i) ? s : 0.0;", outside=BOOL)),
    "an end that wraps": (
        c("for (size_t i = 0; i + 1 < m; i++) b[i] = s;"),
        cuda(STRIDE + "b[i] = s;", entered="m > 1", grid="64"),
    ),
    "a product as an end": (
        c("for (size_t i = 0; i < m * 3; i++) b[i] = s;"),
        cuda(
            LONG.replace("int i", "size_t i").replace("(int)at", "at").replace("m)", "m * 3)") + "b[i] = s;",
            entered="m * 3 > 0",
            grid="blocks(m * 3, 256)",
        ),
    ),
}
WRONG: dict[str, tuple[str, str]] = {
    "a copy's target": (
        c("for (int i = 0; i < n; i++) b[i] += a[i];", "memcpy(b, a, m * sizeof(double));"),
        cuda(PLACE + "b[i] += a[i];", between="memcpy(b, a, m * sizeof(double));"),
    ),
    "promise cast away": (c(BOTH, outside=EVIL), cuda(PLACE + "b[i] = both(&a[i], &b[i]);", outside=on_device(EVIL))),
    "promise forgotten": (
        c(BOTH, outside=IMPLICIT),
        cuda(PLACE + "b[i] = both(&a[i], &b[i]);", outside=on_device(IMPLICIT)),
    ),
    "promise by a number": (
        c(BOTH, outside=ROUND),
        cuda(PLACE + "b[i] = both(&a[i], &b[i]);", outside=on_device(ROUND)),
    ),
    "written on the host": (
        c("for (int i = 0; i < n; i++) b[i] = s;", "s = both(a, b);", EVIL),
        cuda(PLACE + "b[i] = s;", between="s = both(a, b);", host=EVIL),
    ),
    "another element": (c(AT), cuda(PLACE + "const double *here = &b[i + 1]; b[i] = here[0] * s;")),
    "a pointer to another": (c(AT), cuda(PLACE + "const double *here = &a[i]; b[i] = here[0] * s;")),
    "elements in another order": (
        c(TAPPED, MADE, NAMED.replace(".x = s, .y = 1.0", ".y = s, .x = 1.0")),
        cuda(PLACE + "b[i] = k.x * a[i] + k.y;", MADE, TAPS, PLACED[len(TAPS) :], more=MORE),
    ),
    "an element less": (
        c(TAPPED, MADE, NAMED.replace(".x = s, ", "")),
        cuda(PLACE + "b[i] = k.x * a[i] + k.y;", MADE, TAPS, PLACED[len(TAPS) :].replace("s, 1.0", "1.0"), more=MORE),
    ),
    "structure changed in the loop": (
        c("for (int i = 0; i < n; i++) { k.x += 1.0; b[i] = k.x; } b[0] = k.x;", MADE.replace("const ", ""), NAMED),
        cuda(
            PLACE + "k.x += 1.0; b[i] = k.x;", MADE.replace("const ", ""), TAPS, PLACED[len(TAPS) :], more=MORE
        ).replace("cudaFree(d_b));", "cudaFree(d_b)); b[0] = k.x;"),
    ),
    "structure changed by a pointer": (
        c(
            "for (int i = 0; i < n; i++) { double *p = &k.x; p[0] += 1.0; b[i] = k.x; }",
            MADE.replace("const ", ""),
            NAMED,
        ),
        cuda(
            PLACE + "double *p = &k.x; p[0] += 1.0; b[i] = k.x;",
            MADE.replace("const ", ""),
            TAPS,
            PLACED[len(TAPS) :],
            more=MORE,
        ),
    ),
    "another structure": (
        c(TAPPED, MADE, NAMED),
        cuda(PLACE + "b[i] = k.x * a[i] + k.y;", MADE, TAPS.replace("x, y", "y, x"), PLACED[len(TAPS) :], more=MORE),
    ),
    "return before it": (c(SKIP), cuda(PLACE + "b[i] = a[i]; if (a[i] < s) return;")),
    "return otherwise": (c(SKIP), cuda(PLACE + "if (a[i] >= s) return; b[i] = a[i];")),
    "return for an inner continue": (
        c(INNER),
        cuda(PLACE + "for (int j = 0; j < 3; j++) { if (a[i] < s) return; b[i] = a[i] + j; } b[i] += s;"),
    ),
    "return from further iterations": (
        c("for (size_t i = 0; i + 1 < m; i++) { if (a[i] < s) continue; b[i] = s; }"),
        cuda(STRIDE + "{ if (a[i] < s) return; b[i] = s; }", entered="m > 1", grid="64"),
    ),
    "wider steps": (c(STEPS.replace("i++", "i += 1L")), cuda(LONG + "b[i] = s;", **EVERY)),
    "a counter that may wrap": (
        c(STEPS.replace("int i", "unsigned i")),
        cuda(LONG.replace("int i = (int)", "unsigned i = (unsigned)") + "b[i] = s;", **EVERY),
    ),
    "a shorter counter": (
        c(STEPS.replace("int", "short")),
        cuda(LONG.replace("int i = (int)", "short i = (short)") + "b[i] = s;", **EVERY),
    ),
    "a loop that is left": (
        c("for (int i = 0; i < m; i++) { if (a[i] < s) break; b[i] = s; }"),
        cuda(LONG + "if (a[i] < s) return; b[i] = s;", **EVERY),
    ),
    "another truth": (
        c(TESTED, outside=POWER),
        cuda(PLACE + "b[i] = odd(i) ? s : 0.0;", outside=BOOL.replace("!(x & 1)", "(x & 1)")),
    ),
    "a number for a truth": (
        c(TESTED, outside=POWER.replace("_Bool", "int").replace("!(x & 1)", "x")),
        cuda(
            PLACE + "b[i] = odd(i) ? s : 0.0;",
            outside=BOOL.replace("bool", "int").replace("x > 0 && !(x & 1)", "(bool)x"),
        ),
    ),
    "an end too far": (
        c("for (size_t i = 0; i + 1 < m; i++) b[i] = s;"),
        cuda(STRIDE.replace("i + 1", "i") + "b[i] = s;", entered="m > 0", grid="64"),
    ),
    "an end too early": (
        c("for (size_t i = 0; i + 1 < m; i++) b[i] = s;"),
        cuda(STRIDE.replace("i + 1", "i + 2") + "b[i] = s;", entered="m > 1", grid="64"),
    ),
    "no stride": (
        c("for (size_t i = 0; i + 1 < m; i++) b[i] = s;"),
        cuda(
            STRIDE.replace("(size_t)gridDim.x * blockDim.x)", "blockDim.x)") + "b[i] = s;", entered="m > 1", grid="64"
        ),
    ),
    "a library function of the user's": (
        c("for (int i = 0; i < n; i++) b[i] = s;", "memcpy(b, a, m);").replace(*COPIED),
        cuda(PLACE + "b[i] = s;", before="memcpy(b, a, m);").replace(*COPIED),
    ),
}


@pytest.fixture
def proof(prove: Callable[..., Proof], check: str) -> Callable[[tuple[str, str]], Proof]:
    return lambda pair: prove(pair[0], check + pair[1], dict.fromkeys("ab", "m"))


@pytest.mark.parametrize("name", RIGHT)
def test_other_forms_are_proved(name: str, proof: Callable[[tuple[str, str]], Proof]) -> None:
    found = proof(RIGHT[name])
    assert found.lost is None, found.lost
    assert found.proved, [*found.unproved, *(one.outcome for one in found.nests)]


@pytest.mark.parametrize("name", WRONG)
def test_what_looks_alike_is_not(name: str, proof: Callable[[tuple[str, str]], Proof]) -> None:
    assert not proof(WRONG[name]).proved
