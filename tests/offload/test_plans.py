"""Plans that are proposed for functions that make arrays for themselves, return from loops, or name sizes."""

from __future__ import annotations

import pytest

from transpile.c.parse import parse_text
from transpile.cuda.plan_text import show
from transpile.offload.naming import named_extents
from transpile.offload.rules import proposals, reasons
from transpile.solvers.loops.analysis import analyse


def plans(c: str, name: str = "f") -> list[list[str]]:
    unit = parse_text(c, "f.c")
    function = unit.function(name)
    return [show(one.plan).splitlines() for one in proposals(analyse(unit, function, named_extents(function)))]


def local(declaration: str, then: str = "") -> list[str]:
    c = f"""#include <stdlib.h>
typedef struct {{ double re, im; }} Complex;
void f(size_t n, double *x) {{
    {declaration}
    for (size_t i = 0; i < n; i++) t[i] = t[i];
    {then}
}}"""
    found = plans(c)
    return [line for line in found[0] if line.startswith("array t:")] if found else []


@pytest.mark.parametrize(
    ("declaration", "plan"),
    [
        ("double *t = malloc(n * sizeof(double));", "array t: n scratch"),
        ("double *t = malloc(sizeof *t * (n + 1));", "array t: n + 1 scratch"),
        ("double *t = calloc(n, sizeof(double));", "array t: n inout"),
        ("char *t = malloc(n);", "array t: n scratch"),
        ("Complex *t = malloc(n * sizeof(Complex));", "array t: n scratch"),
        ("int t[100];", "array t: 100 scratch"),
        ("int t[4] = {1, 2};", "array t: 4 inout"),
    ],
)
def test_arrays_that_a_function_makes_for_itself(declaration: str, plan: str) -> None:
    assert local(declaration) == [plan]


@pytest.mark.parametrize(
    ("declaration", "then"),
    [
        ("double *t = malloc(n * sizeof(float));", ""),
        ("double *t = malloc(n * sizeof(double));", "t = realloc(t, n);"),
        ("double *t = malloc(n * sizeof(double));", "double **p = &t; *p = 0;"),
        ("double *t = x;", ""),
    ],
)
def test_arrays_whose_size_or_place_is_not_sure_get_no_plan(declaration: str, then: str) -> None:
    assert local(declaration, then) == []


def test_a_size_is_known_by_its_name_unless_it_changes() -> None:
    unit = parse_text(
        "void f(double *x, long x_size, int *at, int n_at, int *p, int p_len, int *q, int qs) { p_len = qs; }", "f.c"
    )
    assert named_extents(unit.function("f")) == {"x": "x_size", "at": "n_at"}


def test_a_loop_that_needs_an_unknown_extent_stays_on_the_host() -> None:
    c = """void f(int n, const int *at, int *x, int *y) {
    for (int i = 0; i < n; i++) if (y[i]) y[i] = x[at[i]];
    for (int i = 0; i < n; i++) y[i] += 1;
}"""
    (plan,) = plans(c)
    assert plan[-2:] == ["2:5: host", "3:5: grid x=3:5 block 256"]


def test_a_loop_that_returns_stays_on_the_host_round_parallel_ones() -> None:
    c = """int f(int x_size, double *x) {
    for (int i = 0; i < x_size; i++) {
        if (x[i] == 0) return i;
        for (int j = i + 1; j < x_size; j++) x[j] -= x[i];
    }
    return x_size;
}"""
    assert plans(c)[0] == ["array x: x_size inout", "4:9: grid x=4:9 block 256"]


def test_sequential_loops_alone_make_no_kernel() -> None:
    c = """void f(int n, double *x) {
    for (int i = 1; i < n; i++)
        for (int j = i; j > 0; j--) x[j % 3] = x[(j + 1) % 3] / x[j];
}"""
    assert plans(c) == []


def test_an_element_that_is_read_as_well_is_not_updated_atomically() -> None:
    c = """void f(int n, double *u, const double *l) {
    for (int i = 0; i < n; i++) u[0] -= l[i] * u[1 + i];
}"""
    assert not any("atomic" in line for plan in plans(c) for line in plan)


def test_constants_need_not_be_compared_with_arrays() -> None:
    c = """static const int weights[2][2] = {{1, 2}, {3, 4}};
void f(int n, const int *x, int *y) {
    for (int i = 0; i < n; i++) y[i] = weights[i % 2][0] * x[i] + weights[1][i % 2];
}"""
    found = plans(c)[0]
    assert "distinct x y" in found and len([line for line in found if line.startswith("distinct")]) == 1
    (weights,) = (line for line in found if line.startswith("array weights"))
    assert weights.endswith("* 2 in")


@pytest.mark.parametrize(
    ("c", "message"),
    [
        (
            "void f(int n, char **s, int *y) { for (int i = 0; i < n; i++) y[i] = s[i][0]; }",
            "'s' is an array of pointers into memory that the device does not read",
        ),
        (
            "void f(int n, int *at, int *x, int *y) { for (int i = 0; i < n; i++) if (y[i]) y[i] = x[at[i]]; }",
            "the extent of 'x' is not known: data decides which element it is, in x[at[i]]",
        ),
        (
            "void f(int n, int *x) { for (int i = 1; i < n; i++) x[i] = x[i] / x[i - 1]; }",
            "the loop over 'i' is sequential: it reads x[i - 1], which an earlier iteration writes as x[i]",
        ),
    ],
)
def test_why_nothing_runs_on_the_device(c: str, message: str) -> None:
    unit = parse_text(c, "f.c")
    analysis = analyse(unit, unit.function("f"))
    assert not list(proposals(analysis))
    assert reasons(analysis)[0].message.startswith(message)


def test_a_single_element_is_an_array_of_one() -> None:
    (plan,) = plans("void f(int n, const int *x, int *y) { y[0] = x[0]; for (int i = 0; i < n; i++) y[i] += x[0]; }")
    assert "array x: 1 in" in plan
