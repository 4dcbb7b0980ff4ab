"""Extents that data decides: the searches for them, and where there is none."""

from __future__ import annotations

import pytest

from transpile.c.parse import parse_text
from transpile.solvers.loops.analysis import analyse
from transpile.solvers.loops.extents import Extent, NoExtent


def extents(c: str) -> dict[str, Extent | NoExtent]:
    unit = parse_text(f"#include <stddef.h>\n{c}")
    return {use.variable.name: use.extent for use in analyse(unit, unit.functions[-1]).arrays}


def search(c: str, array: str) -> str:
    found = extents(c)[array]
    assert isinstance(found, Extent), found.reason
    return found.expression


SPARSE = """void f(int rows, const int *ptr, const int *col, const double *v, const double *x, double *y) {
    for (int i = 0; i < rows; i++)
        for (int k = ptr[i]; k < ptr[i + 1]; k++)
            y[i] += v[k] * x[col[k]];
}"""


@pytest.mark.parametrize(
    ("array", "expected", "usual"),
    [
        ("ptr", "rows > 0 ? (size_t)rows + 1 : 0", ""),
        (
            "v",
            "max for (i = 0; i < rows) if (ptr[i + 1] > ptr[i]) (size_t)ptr[i + 1]",
            "rows > 0 ? (size_t)ptr[rows] : 0",
        ),
        (
            "x",
            "max for (i = 0; i < rows) for (k = ptr[i]; k < ptr[i + 1]) (size_t)col[k] + 1",
            "rows > 0 ? (size_t)rows : 0",
        ),
    ],
)
def test_a_sparse_matrix(array: str, expected: str, usual: str) -> None:
    found = extents(SPARSE)[array]
    assert isinstance(found, Extent)
    assert (found.expression, found.usual) == (expected, usual)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("for (int i = 0; i < n; i++) y[x[i]]++;", "max for (i = 0; i < n) (size_t)x[i] + 1"),
        ("for (int i = n - 1; i >= 0; i--) y[x[i] * 2] = 1;", "max for (i = 0; i < n) (size_t)x[i] * 2 + 1"),
        ("for (int i = 0; i < n; i++) y[x[i]] = z[i];", "max for (i = 0; i < n) (size_t)x[i] + 1"),
        ("for (int i = 0; i < n; i++) y[x[z[i]]] = 1;", "max for (i = 0; i < n) (size_t)x[z[i]] + 1"),
        ("for (int i = 0; i < n; i++) for (int j = 0; j < 4; j++) y[x[i] * 4 + j] = 1;",
         "max for (i = 0; i < n) (size_t)x[i] * 4 + 4"),
        ("if (n > 3) for (int i = 0; i < n; i++) y[x[i]] = 1;", "max if (n >= 4) for (i = 0; i < n) (size_t)x[i] + 1"),
        ("for (int i = 0; i < n; i++) if (i > 3) y[x[i]] = 1;",
         "max for (i = 0; i < n) if (i >= 4) (size_t)x[i] + 1"),
        ("for (int i = 0; i < n; i++) if (z[i]) y[x[i]] = 1;",
         "max for (i = 0; i < n) if (z[i] != 0) (size_t)x[i] + 1"),
        ("y[n] = 0; for (int i = 0; i < n; i++) y[x[i]] = 1;",
         "max for (i = 0; i < n) (size_t)x[i] + 1, (size_t)n + 1"),
    ],
)  # fmt: skip
def test_searches(body: str, expected: str) -> None:
    assert search(f"void f(int n, const int *x, const int *z, int *y) {{ {body} }}", "y") == expected


@pytest.mark.parametrize(
    "body",
    [
        "for (int i = 0; i < n; i++) if (y[i]) y[x[i]] = 1;",
        "for (int i = 0; i < n; i++) { if (z[i] < 0) return; y[x[i]] = 1; }",
        "if (!x) return; for (int i = 0; i < n; i++) y[x[i]] = 1;",
        "for (int i = 0; i < n; i++) { x[i] = i; y[x[i]] = 1; }",
        "for (int i = 0; i < n; i++) y[y[i]] = 1;",
        "for (int i = 0; i < n; i += 2) y[x[i]] = 1;",
        "int k = 0; while (k < n) { y[x[k]] = 1; k++; }",
        "int t[2] = {5, 7}; for (int i = 0; i < 2; i++) y[t[i]] = 1;",
    ],
)
def test_what_is_not_looked_for(body: str) -> None:
    """Under conditions that depend on data, in what the function writes or makes itself, in loops of other kinds."""
    found = extents(f"void f(int n, int *restrict x, const int *restrict z, int *restrict y) {{ {body} }}")["y"]
    assert isinstance(found, NoExtent)
