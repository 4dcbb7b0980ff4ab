"""Each pattern of a plan, at sizes around those of blocks, against the C function; in every order of the threads."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from transpile.c.parse import parse_text
from transpile.cuda.emit import emit
from transpile.cuda.plan_text import parse
from transpile.emulators.cuda.harness import Parameter, Signature
from transpile.errors import SourceErrors

N = Parameter("n", "int")
Made = Callable[..., Any]
SIZES = (-1, 0, 1, 31, 32, 33, 200)


def array(name: str, type: str, extent: str, constant: bool = False) -> Parameter:
    return Parameter(name, type, tuple(extent.split(" * ")), constant)


def planned(c: str, plan: str) -> str:
    """A plan whose loops are named by the comments in their lines: ``@i`` is the line with ``/* i */``."""
    lines = {match[1]: n for n, line in enumerate(c.splitlines(), 1) if (match := re.search(r"/\* (\w+) \*/", line))}
    return re.sub(r"@(\w+)", lambda match: str(lines[match[1]]), plan)


def ints(seed: int, count: int, low: int = -50, high: int = 50) -> list[int]:
    rng = random.Random(seed)
    return [rng.randint(low, high) for _ in range(max(count, 0))]


def floats(seed: int, count: int) -> list[float]:
    return [value / 8 for value in ints(seed, count, -800, 800)]


REDUCTIONS = """
typedef struct { int x; } unused;
unsigned long reductions(int n, const int *x, const double *f, int *report) {
    int sum = 3, count = 0, all = 1, any = 0, bits = -1, mask = 0, odd = 5;
    unsigned product = 7;
    int least = 40, where = -1, most = x[0], last = 0;
    double largest = -1e300, total = 0.5;
    for (int i = 0; i < n; i++) { /* a */
        if (x[i] % 7 == 0)
            continue;
        sum += x[i];
        count++;
        product *= 2 * x[i] + 1;
        all = all && x[i] > -49;
        any = any || x[i] == 13;
        bits &= x[i];
        mask |= x[i];
        odd ^= x[i];
    }
    for (int i = 0; i < n; i++) { /* b */
        if (x[i] < least) {
            least = x[i];
            where = i;
        }
        if (x[i] >= most) { most = x[i]; last = i; }
        largest = f[i] > largest ? f[i] : largest;
        total -= f[i];
    }
    const int large = largest * 8, whole = total * 8;
    int found[] = {sum, count, all, any, bits, mask, odd, least, where, most, last, large, whole};
    for (int i = 0; i < 13; i++) /* c */
        report[i] = found[i];
    return product;
}
"""


def test_reductions_of_all_kinds(case: Made) -> None:
    plan = """
array x: n in
array f: n in
array report: 13 out
@a: grid block 32 stride 3 reduce sum + reduce count + reduce product * reduce all && reduce any || reduce bits & \
reduce mask | reduce odd ^
@b: grid block 32 reduce least min at where reduce most max at-last last reduce largest max reduce total +
@c: host
"""
    signature = Signature(
        "reductions",
        (
            N,
            Parameter("x", "int", ("n + 1",), True),
            Parameter("f", "double", ("n",), True),
            Parameter("report", "int", ("13",)),
        ),
        "unsigned long",
    )
    built = case(REDUCTIONS, planned(REDUCTIONS, plan), signature)
    for n in (0, 1, 31, 32, 33, 200):
        built.agree(n, ints(n, n + 1), floats(n, n), [0] * 13)


def test_a_reduction_over_two_axes_and_one_over_rows(case: Made) -> None:
    c = """
#include <stddef.h>
float norms(size_t m, size_t n, const float *a, int *count) {
    float sum = 0;
    int block = 0;
    for (size_t i = 0; i < m; i++) /* i */
        for (size_t j = 0; j < n; j++) {
            sum += a[i * n + j];
            if (a[i * n + j] > 0) block += 1;
        }
    *count = block;
    return sum;
}
"""
    plan = planned(c, "array a: m * n in\narray count: 1 out\n@i: grid y=@i x=7 reduce sum + reduce block +\n")
    signature = Signature(
        "norms",
        (
            Parameter("m", "size_t"),
            Parameter("n", "size_t"),
            Parameter("a", "float", ("m", "n"), True),
            Parameter("count", "int", ("1",)),
        ),
        "float",
    )
    built = case(c, plan, signature)
    for m, n in ((0, 3), (3, 0), (1, 1), (17, 15), (16, 33)):
        built.agree(m, n, floats(m + n, m * n), [0])


def test_scans_carry_a_variable_or_an_element(case: Made) -> None:
    c = """
int scans(int n, const int *x, int *inclusive, int *largest, int *running) {
    int sum = 5, top = -1000;
    for (int i = 0; i < n; i++) { /* sum */
        int twice = 2 * x[i];
        sum += twice;
        inclusive[i] = sum;
    }
    for (int i = n - 1; i >= 0; i--) { largest[i] = top; if (x[i] > top) top = x[i]; } /* top */
    for (int i = 1; i < n; i++) /* run */
        running[i] += running[i - 1];
    return sum + top;
}
"""
    plan = """
array x: n in
array inclusive: n out
array largest: n out
array running: n inout
@sum: scan sum + block 32
@top: scan top max block 64
@run: scan running + block 2
"""
    arrays = [Parameter(name, "int", ("n",)) for name in ("inclusive", "largest", "running")]
    signature = Signature("scans", (N, Parameter("x", "int", ("n",), True), *arrays), "int")
    built = case(c, planned(c, plan), signature)
    for n in (*SIZES, 700):
        built.agree(n, ints(n, n), [0] * max(n, 0), [0] * max(n, 0), ints(n + 1, n))


def test_histograms_and_other_atomic_updates(case: Made) -> None:
    c = """
#include <stddef.h>
void histogram(int n, const int *x, int *counts, unsigned *flags, double *weights, size_t *sizes, float *less,
               long *low) {
    int i;
    for (i = 0; i < n; ++i) { /* i */
        const int bin = x[i] & 7;
        counts[bin]++;
        flags[bin] |= 1u << (x[i] & 31);
        weights[bin] += 0.5;
        sizes[bin] += bin;
        less[bin] -= 1.0f;
        if (x[i] < low[bin])
            low[bin] = x[i];
    }
}
"""
    kinds = {
        "counts": "int",
        "flags": "unsigned",
        "weights": "double",
        "sizes": "size_t",
        "less": "float",
        "low": "long",
    }
    plan = "array x: n in\n" + "".join(f"array {name}: 8 inout\n" for name in kinds)
    plan += f"@i: grid block 32 stride 2 atomic {','.join(kinds)}\n"
    parameters = (N, Parameter("x", "int", ("n",), True), *(Parameter(a, t, ("8",)) for a, t in kinds.items()))
    built = case(c, planned(c, plan), Signature("histogram", parameters))
    for n in SIZES:
        zeros = [[k] * 8 for k in range(len(kinds))]
        built.agree(n, ints(n, n), *zeros)


def test_blocks_add_to_copies_of_their_own_first(case: Made) -> None:
    """Fewer, as many, and more elements than threads; all types that CUDA adds atomically."""
    c = """
void histograms(int n, const int *x, int *few, unsigned *equal, long *many, double *weights) {
    for (int i = 0; i < n; i++) { /* i */
        if (x[i] == 0)
            continue;
        few[x[i] & 7]++;
        equal[x[i] & 31] -= 3;
        many[x[i] & 127] += i;
        weights[x[i] & 1] += 0.5;
    }
}
"""
    counts = {"few": ("int", 8), "equal": ("unsigned", 32), "many": ("long", 128), "weights": ("double", 2)}
    plan = "array x: n in\n" + "".join(f"array {name}: {count} inout\n" for name, (_, count) in counts.items())
    plan += f"@i: grid block 32 stride 3 atomic {','.join(counts)} per-block {','.join(counts)}\n"
    arrays = (Parameter(name, type, (str(count),)) for name, (type, count) in counts.items())
    built = case(c, planned(c, plan), Signature("histograms", (N, Parameter("x", "int", ("n",), True), *arrays)))
    for n in SIZES:
        built.agree(n, ints(n, n), *([k] * count for k, (_, count) in enumerate(counts.values())))


def test_loops_of_all_shapes(case: Made) -> None:
    """Steps, descending loops, triangles, declarations between loops, private and last values, outer counters."""
    c = """
#include <stdbool.h>
int shapes(int n, const int *x, int *a, int *b, int *c, unsigned char *d) {
    int i, j, t = 0, last = -7, buffer[3];
    bool even = false;
    for (i = 2; i <= n - 2; i += 3) /* step */
        a[i] = x[i] + 1;
    a[0] += i;
    for (i = n - 1; i >= 1; i -= 2) { /* down */
        even = i % 2 == 0;
        t = x[i];
        last = t + even;
        for (j = 0; j < 3; j++) buffer[j] = t * j;
        b[i] = buffer[2] - buffer[1];
    }
    for (int k = 0; k < n; k++) { /* rows */
        int *row = c + k * n;
        for (int l = k + 1; l < n; l++) /* columns */
            row[l] += x[k] * x[l];
    }
    for (unsigned char u = 0; u < n && u < 100; u++) /* small */
        d[u] = u ^ 1;
    for (int k = n; k-- > 0;) { /* stepping */
        if (x[k] < 0) continue;
        d[k] += 2;
    }
    return last;
}
"""
    plan = """
array x: n in
array a: n inout
array b: n inout
array c: n * n inout
array d: n inout
@step: grid block 32
@down: grid block 32 private t,even,buffer lastprivate last
@rows: grid y=@rows x=@columns block 8x4
@small: grid block 32
@stepping: grid block 32
"""
    arrays = [Parameter(name, "int", ("n",)) for name in ("a", "b")]
    signature = Signature(
        "shapes",
        (
            N,
            Parameter("x", "int", ("n",), True),
            *arrays,
            Parameter("c", "int", ("n", "n")),
            Parameter("d", "unsigned char", ("n",)),
        ),
        "int",
    )
    built = case(c, planned(c, plan), signature)
    for n in (1, 2, 31, 32, 33, 65, 120):
        built.agree(n, ints(n, n), ints(1, n), ints(2, n), ints(3, n * n), ints(4, n, 0, 200))


def test_the_host_between_kernels(case: Made) -> None:
    """Copies of elements and of whole arrays, in loops and branches, early returns, helper functions, local arrays."""
    c = """
#include <math.h>
#include <stdlib.h>
#include <string.h>
#define LIMIT 40.0
static double square(double x) { return x * x; } /* of x */
static double scaled(double x) { return square(x) / 4; }
double host(int n, double *restrict a, double *restrict b) {
    const int half = n / 2;
    double *copy = malloc((n > 0 ? n : 1) * sizeof *copy);
    double change = 1e9;
    int steps = 0;
    for (int i = 0; i < n; i++) /* first */
        a[i] = sqrt(fabs(a[i])) + scaled(b[i]);
    if (n == 7) {
        free(copy);
        return a[3];
    }
    while (change > LIMIT && steps < 5) {
        for (int i = 0; i < n; i++) /* copy */
            copy[i] = a[i];
        if (n > half + 1)
            b[half] = a[half] + 1;
        else
            for (int i = 0; i < n; i++) /* else */
                b[i] += 1;
        for (int i = 1; i < n - 1; i++) /* relax */
            a[i] = 0.25 * (copy[i - 1] + 2 * copy[i] + copy[i + 1]) + b[i];
        change = 0;
        for (int i = 0; i < n; i++) /* change */
            change += fabs(a[i] - copy[i]);
        steps++;
        if (steps == 3)
            break;
    }
    for (int i = 0; i < n; i++) /* host */
        b[i] += a[i];
    memmove(a, b, half * sizeof *a);
    free(copy);
    return change;
}
"""
    plan = """
array a: n inout
array b: n inout
array copy: n scratch
@first: grid block 32
@copy: grid block 32
@else: single
@relax: grid block 32
@change: host
@host: host
"""
    signature = Signature("host", (N, Parameter("a", "double", ("n",)), Parameter("b", "double", ("n",))), "double")
    built = case(c, planned(c, plan), signature)
    for n in (1, 2, 7, 31, 32, 33, 65):
        built.agree(n, floats(n, n), floats(n + 1, n))


def test_arrays_that_overlap_are_computed_on_the_host(case: Made) -> None:
    c = """
void shift(int n, int *a, const int *b) {
    for (int i = 0; i < n; i++) /* i */
        a[i] = b[i] + 1;
}
void both(int n, int offset, int *a) {
    shift(n - 1, a + offset, a);
}
"""
    plan = planned(c, "array a: n inout\narray b: n in\ndistinct a b\n@i: grid block 32\n")
    signature = Signature("both", (N, Parameter("offset", "int"), Parameter("a", "int", ("n",))))
    wrapper = 'extern "C" void both(int n, int offset, int *a)\n{\n    shift(n - 1, a + offset, a);\n}\n'
    built = case(c, plan, signature, function="shift", more=wrapper)
    for offset in (0, 1):
        built.agree(33, offset, ints(1, 33))


def test_rows_of_variable_length_and_structures(case: Made) -> None:
    c = """
enum kind { NONE, SOME };
struct pair { float x, y; };
#define W 4
void rows(int n, int m, double a[restrict n][m], const double b[n][m], struct pair p[], int fixed[][W]) {
    for (int i = 0; i < n; i++) /* i */
        for (int j = 0; j < m; j++) /* j */
            a[i][j] = 2 * b[i][j] + a[i][0] * SOME;
    for (int i = 0; i < n; i++) { /* k */
        struct pair swapped = {.x = p[i].y, .y = p[i].x};
        p[i] = swapped;
        for (int w = 0; w < W; w++)
            fixed[i][w] += w;
    }
    if (n > 1)
        a[1][0] += fixed[0][2];
}
"""
    plan = """
array a: n * m inout
array b: n * m in
array p: n inout
array fixed: n * 4 inout
@i: grid x=@i
@k: grid block 32
"""
    signature = Signature(
        "rows",
        (
            N, Parameter("m", "int"), Parameter("a", "double", ("n", "m")), Parameter("b", "double", ("n", "m"), True),
            Parameter("p", "double", ("n",)), Parameter("fixed", "int", ("n", "4")),
        ),
    )  # fmt: skip
    built = case(c, planned(c, plan), signature)
    for n, m in ((0, 0), (1, 1), (3, 5), (40, 3)):
        built.agree(n, m, floats(1, n * m), floats(2, n * m), floats(3, n), ints(4, 4 * n))


def test_stencils_in_shared_memory(case: Made) -> None:
    c = """
#include <stddef.h>
#define W 20
void stencils(int rows, size_t cols, const float *a, float *b, const float *in, float *out, const int grid[][W],
              int sums[][W]) {
    for (int i = 1; i < rows - 1; i++) /* i */
        for (size_t j = 1; j + 1 < cols; j++) /* j */
            b[i * cols + j] = a[(i - 1) * cols + j] + a[(i + 1) * cols + j] + a[i * cols + j - 1] - 4 * a[i * cols + j];
    for (int k = 2; k < rows; k++) /* k */
        out[k] = in[k - 2] + in[k] * in[k - 1];
    for (int i = 0; i < rows - 1; i++) /* r */
        for (int j = 0; j < W - 2; ++j) /* s */
            sums[i][j] = grid[i][j] + grid[i + 1][j + 2];
}
"""
    plan = """
array a: rows * cols in
array b: rows * cols inout
array in: rows in
array out: rows inout
array grid: rows * 20 in
array sums: rows * 20 inout
@i: grid y=@i x=@j block 8x4 tile a halo 1
@k: grid block 16 tile in halo 2
@r: grid y=@r x=@s block 4x4 stride 4 tile grid halo 2
"""
    kinds = {"a": ("float", "cols"), "b": ("float", "cols"), "in": ("float", "1"), "out": ("float", "1")}
    kinds |= {"grid": ("int", "20"), "sums": ("int", "20")}
    arrays = [Parameter(n, t, ("rows", more), n in ("a", "in", "grid")) for n, (t, more) in kinds.items()]
    signature = Signature("stencils", (Parameter("rows", "int"), Parameter("cols", "size_t"), *arrays))
    built = case(c, planned(c, plan), signature)
    for rows, cols in ((0, 0), (1, 5), (3, 3), (6, 10), (10, 7), (33, 17)):
        sizes = [rows * cols, rows * cols, rows, rows]
        values = [floats(k, size) for k, size in enumerate(sizes)]
        built.agree(rows, cols, *values, ints(1, 20 * rows), ints(2, 20 * rows))


def test_products_in_strips(case: Made) -> None:
    c = """
#include <stddef.h>
void products(int m, size_t n, int k, float alpha, const float *a, const float *b, float *c, float *d) {
    for (int i = 0; i < m; i++) /* i */
        for (size_t j = 0; j < n; j++) { /* j */
            float sum = 0.0f;
            c[i * n + j] *= alpha;
            for (int p = 0; p < k; p++) /* p */
                sum += a[i * k + p] * b[p * n + j];
            c[i * n + j] += sum;
        }
    for (int i = 1; i < m; i++) /* r */
        for (int j = 0; j < m; j++) { /* s */
            float dot = 1.5f;
            for (int p = 1; 2 * p <= k; ++p) /* q */
                dot -= a[i * k + p] * a[j * k + p] + a[i * k + 2 * p - 1];
            d[i * m + j] = dot;
        }
}
"""
    plan = """
array a: m * k in
array b: k * n in
array c: m * n inout
array d: m * m inout
@i: grid y=@i x=@j block 4x4 strip @p 4
@r: grid y=@r x=@s block 8x8 strip @q 8
"""
    arrays = [array("a", "float", "m * k", True), array("b", "float", "k * n", True)]
    arrays += [array("c", "float", "m * n"), array("d", "float", "m * m")]
    scalars = [Parameter("m", "int"), Parameter("n", "size_t"), Parameter("k", "int"), Parameter("alpha", "float")]
    built = case(c, planned(c, plan), Signature("products", (*scalars, *arrays)))
    for m, n, k in ((0, 1, 1), (1, 1, 1), (3, 5, 0), (4, 4, 4), (5, 9, 7), (17, 8, 21)):
        sizes = (m * k, k * n, m * n, m * m)
        built.agree(m, n, k, 0.5, *(floats(number, size) for number, size in enumerate(sizes)))


def test_pointers_that_trade_places(case: Made) -> None:
    c = """
#include <stdlib.h>
static const double weights[3] = {0.25, 0.5, 0.25};
void sweeps(int n, int steps, double *u, double *v) {
    double *swap;
    for (int t = 0; t < steps; t++) {
        for (int i = 1; i < n - 1; i++) /* i */
            v[i] = weights[0] * u[i - 1] + weights[1] * u[i] + weights[2] * u[i + 1];
        swap = u;
        u = v;
        v = swap;
    }
    if (n > 2)
        u[1] += v[2];
}
"""
    plan = "array u: n inout\narray v: n inout\narray weights: 3 in\n@i: grid block 32\n"
    signature = Signature(
        "sweeps", (N, Parameter("steps", "int"), array("u", "double", "n"), array("v", "double", "n"))
    )
    built = case(c, planned(c, plan), signature)
    for n, steps in ((0, 1), (1, 1), (5, 0), (33, 1), (40, 2)):
        built.agree(n, steps, floats(1, n), floats(2, n))


def test_what_is_taken_for_granted_is_said() -> None:
    unit = parse_text(
        "#include <math.h>\n#include <stddef.h>\n"
        "void f(size_t n, double *x) { for (size_t i = 0; i < n; i++) x[i] = sqrt(exp(x[i])); }"
    )
    emitted = emit(unit, unit.functions[0], parse("array x: n inout\n3: grid"))
    assert emitted.assumptions == (
        "the counter 'i' of the loop on line 3 stays a block away from the ends of its type",
        "'exp' gives the same on the device as on the host",
    )


def test_more_rows_than_a_grid_has_blocks(case: Made) -> None:
    c = """
void add(int m, int n, int *a) {
    for (int i = 0; i < m; i++) /* i */
        for (int j = 0; j < n; j++) /* j */
            a[i * n + j] += i;
}
"""
    plan = planned(c, "array a: m * n inout\n@i: grid y=@i x=@j block 1x1\n")
    built = case(c, plan, Signature("add", (Parameter("m", "int"), N, array("a", "int", "m * n"))))
    built.agree(65540, 1, [0] * 65540, orders=("reverse",))


def test_a_scan_leaves_out_what_its_sum_does_not_need(case: Made) -> None:
    c = """
int pack(int n, int *x, const int *y) {
    int k = 0;
    for (int i = 0; i < n; i++) { /* scan */
        if (x[i] > 0) {
            x[i] = y[k];
            k += 1;
        } else if (x[i] < -10) {
            x[i] = 0;
        }
    }
    return k;
}
"""
    plan = planned(c, "array x: n inout\narray y: n in\ndistinct x y\n@scan: scan k + block 32\n")
    built = case(c, plan, Signature("pack", (N, array("x", "int", "n"), array("y", "int", "n", True)), "int"))
    for n in (0, 1, 33, 300):
        built.agree(n, ints(n, n), ints(1, n))


def test_a_first_value_is_converted_as_c_does() -> None:
    unit = parse_text("void f(unsigned long n, int *a) { for (int i = n - 1; i >= 0; i--) a[i] = i; }")
    text = emit(unit, unit.functions[0], parse("array a: n inout\n1: grid")).text
    assert "if ((int)(n - 1) >= 0) {" in text and "(long long)(int)(n - 1) - (" in text


def test_the_host_computes_with_long_double_and_returns_from_loops(case: Made) -> None:
    c = """
double first(int n, const double *a, double *b) {
    double part = 3.1415926535897932384626433832795L / (n + 1);
    for (int i = 0; i < n; i++) /* grid */
        b[i] = a[i] + 1;
    for (int i = 0; i < n; i++) /* host */
        for (int j = 0; j < 2; j++) {
            if (b[i] * j > 40)
                return part;
            part += b[i];
        }
    return part;
}
"""
    plan = planned(c, "array a: n in\narray b: n inout\ndistinct a b\n@grid: grid\n@host: host\n")
    signature = Signature("first", (N, array("a", "double", "n", True), array("b", "double", "n")), "double")
    built = case(c, plan, signature)
    for n in (0, 1, 300):
        built.agree(n, floats(n, n), floats(1, n))


def test_references_and_functions_that_call_each_other() -> None:
    text = """
#include <algorithm>
static float later(float x);
static float early(float x) { return later(x) + 1; }
static float later(float x) { return x > 0 ? x : early(1 - x); }
void relu(float *a, int n, float &largest) {
#pragma omp parallel for
    for (int i = 0; i < n; ++i) {
        a[i] = std::max(a[i], 0.0f) + early(a[i]);
        largest = std::max(largest, a[i]);
    }
}
"""
    unit = parse_text(text, cplusplus=True)
    shown = emit(unit, unit.function("relu"), parse("array a: n inout\n8: grid reduce largest max")).text
    assert "static __device__ float later(float x);" in shown
    assert "void relu(float *a, int n, float &largest)\n" in shown
    assert "largest = max(largest, a[i]);" in shown
    assert "CHECK(cudaMemcpy(&largest, largest_of_block, sizeof largest, cudaMemcpyDeviceToHost));" in shown
    assert "#pragma" not in shown


def test_fronts_in_all_directions(case: Made) -> None:
    """Rows of another length than columns, triangles, counters of all types, steps, and continue."""
    c = """
#include <stddef.h>
#define LARGER(x, y) ((x) > (y) ? (x) : (y))
void fronts(int n, size_t m, const int *x, int *a, int *b, int *c, int *d) {
    int i, j, w;
    for (int t = 0; t < 3; t++)
        for (size_t r = 1; r < m; r++) { /* up */
            const int *above = a + (r - 1) * n;
            for (int k = 1; k < n - 1; k++) {
                if (x[k] % 5 == 0)
                    continue;
                a[r * n + k] = above[k + 1] / 2 - a[r * n + k - 1] / 2 + x[k];
            }
        }
    for (i = n - 2; i >= 0; i -= 2) /* down */
        for (j = i + 1; j < n; j++) {
            w = b[i * n + j - 1];
            for (int k = i; k < j; k++)
                w = LARGER(w, b[i * n + k] + b[(k + 1) * n + j] / 2);
            b[i * n + j] = w + 1;
        }
    for (size_t r = m; r > 1; r--) /* back */
        for (unsigned char k = 100; k > 1; k--)
            c[(r - 2) * 100 + k - 1] = (c[(r - 1) * 100 + k - 1] - c[(r - 2) * 100 + k]) / 2;
    for (int t = -3; t < 4; t++) /* time */
        for (int k = n - 2; k >= 1; --k)
            d[k] = (d[k - 1] - d[k] + d[k + 1]) / 3;
}
"""
    plan = """
array x: n in
array a: m * n inout
array b: n * n inout
array c: m * 101 inout
array d: n inout
@up: wavefront 2 * r + k block 32
@down: wavefront j - i block 32 private w
@back: wavefront -r - k block 64
@time: wavefront 2 * t - k block 4
"""
    extents = {"a": "m * n", "b": "n * n", "c": "m * 101", "d": "n"}
    arrays = (array("x", "int", "n", True), *(array(name, "int", extent) for name, extent in extents.items()))
    built = case(c, planned(c, plan), Signature("fronts", (N, Parameter("m", "size_t"), *arrays)))
    for n, m in ((0, 0), (1, 2), (2, 1), (3, 3), (33, 5), (9, 34)):
        sizes = (n, m * n, n * n, m * 101, n)
        built.agree(n, m, *(ints(number, size) for number, size in enumerate(sizes)))


SPARSE = """
#include <stddef.h>
void sparse(int rows, const int *ptr, const unsigned *col, const double *v, const double *x, double *y) {
    for (int i = 0; i < rows; i++) /* i */
        for (int k = ptr[i]; k < ptr[i + 1]; k++)
            y[i] += v[k] * x[col[k]];
}
"""


def test_extents_that_the_host_looks_for(case: Made) -> None:
    """Arrays of exactly the size that is used: an element more or less would be a fault."""
    plan = """
array ptr: rows > 0 ? (size_t)rows + 1 : 0 in
array col: max for (i = 0; i < rows) if (ptr[i + 1] > ptr[i]) (size_t)ptr[i + 1] in
array v: max for (i = 0; i < rows) if (ptr[i + 1] > ptr[i]) (size_t)ptr[i + 1] in
array x: max for (i = 0; i < rows) for (k = ptr[i]; k < ptr[i + 1]) (size_t)col[k] + 1 in
array y: rows inout
@i: grid block 32
"""
    arrays = (
        Parameter("ptr", "int", ("pointers",), True),
        Parameter("col", "unsigned", ("most",), True),
        Parameter("v", "double", ("most",), True),
        Parameter("x", "double", ("reach",), True),
        Parameter("y", "double", ("rows",)),
    )
    scalars = tuple(Parameter(name, "int") for name in ("rows", "pointers", "most", "reach"))
    wrapped = """
void wrapped(int rows, int pointers, int most, int reach, const int *ptr, const unsigned *col, const double *v,
             const double *x, double *y) { sparse(rows, ptr, col, v, x, y); }
"""
    signature = Signature("wrapped", (*scalars, *arrays))
    c = SPARSE + wrapped
    built = case(c, planned(c, plan), signature, "sparse", 'extern "C" ' + wrapped.strip())
    for pointers in ([], [0, 0], [0, 3], [0, 2, 2, 5], [4, 6, 1, 3], [*range(0, 80, 2)]):
        rows = max(len(pointers) - 1, 0)
        runs = [(a, b) for a, b in pairwise(pointers) if b > a]
        most = max((b for _, b in runs), default=0)
        col = [(7 * k) % 11 for k in range(most)]
        reach = max((col[k] + 1 for a, b in runs for k in range(a, b)), default=0)
        values = floats(1, most), floats(2, reach), floats(3, rows)
        built.agree(rows, len(pointers), most, reach, pointers, col, *values)


@pytest.mark.parametrize(
    ("extent", "message"),
    [
        ("max for (i = 0) ptr[i]", "a loop is written as 'for (i = 0; i < n)'"),
        ("max for (i = 0; i < rows ptr[i]", "')' is missing"),
        ("max for (i = 0; i < rows)", "an expression is missing behind the loops"),
        ("max for (i = 0; i < rows) ptr[i], ", "it is not an expression"),
        ("max for (i = 0; i < rows) ptr[i] = 1; ", "it is not an expression"),
        ("max for (i = 0; i < rows) lost[i]", "'lost' is not declared"),
        ("max for (i = 0; i < rows) f(i)", "it does more than to count"),
        ("max if (rows ? ptr[0] : 1) if (i = 2) 1", "it is not an expression"),
    ],
)
def test_searches_that_are_refused(extent: str, message: str) -> None:
    unit = parse_text(SPARSE)
    with pytest.raises(SourceErrors, match=re.escape(message)):
        emit(unit, unit.functions[-1], parse(f"array ptr: {extent} in\n4: host\n"))
