"""Pragmas of OpenMP: what is said of those that are wrong, and of those that nobody can check."""

from __future__ import annotations

import pytest

from transpile.c.parse import parse_text
from transpile.errors import Diagnostic
from transpile.solvers.loops.analysis import analyse
from transpile.solvers.loops.claims import claims

HEAD = (
    "double f(int n, int m, double *restrict a, const double *restrict b, const int *restrict x) {\ndouble s = 0, t;\n"
)


def said(pragma: str, loop: str) -> list[Diagnostic]:
    unit = parse_text(f"{HEAD}#pragma omp {pragma}\n{loop}\na[0] = s; return t;\n}}", "f.c")
    return list(claims(analyse(unit, unit.functions[-1])))


@pytest.mark.parametrize(
    ("pragma", "loop"),
    [
        ("parallel for", "for (int i = 0; i < n; i++) a[i] = b[i];"),
        ("parallel for reduction(+:s)", "for (int i = 0; i < n; i++) s += b[i];"),
        ("parallel for reduction(- : s) schedule(static)", "for (int i = 0; i < n; i++) s -= b[i];"),
        ("for reduction(task, +:a[:4])", "for (int i = 0; i < n; i++) a[i % 4] += b[i];"),
        ("parallel for reduction(max:s)", "for (int i = 0; i < n; i++) if (b[i] > s) s = b[i];"),
        ("for private(t)", "for (int i = 0; i < n; i++) { t = b[i]; a[i] = t; }"),
        ("parallel for collapse(2)", "for (int i = 0; i < n; i++) for (int j = 0; j < m; j++) a[i * m + j] = 1;"),
        ("parallel for", "for (int i = 0; i < n; i++) {\n#pragma omp atomic\na[x[i]] += b[i]; }"),
        ("parallel for", "for (int i = 0; i < n; i++) {\n#pragma omp critical\ns += b[i]; }"),
        ("simd safelen(4)", "for (int i = 4; i < n; i++) a[i] = a[i - 4];"),
        ("for ordered", "for (int i = 1; i < n; i++) {\n#pragma omp ordered\na[i] = a[i - 1]; }"),
        ("parallel", "for (int i = 1; i < n; i++) a[i] = a[i - 1] * 2 - b[i];"),
        ("flush", "for (int i = 1; i < n; i++) a[i] = a[i - 1] * 2 - b[i];"),
    ],
)
def test_nothing_is_said_of_what_is_right(pragma: str, loop: str) -> None:
    assert said(pragma, loop) == []


BUT = "the pragma on line 3 claims that the iterations are independent, but "


@pytest.mark.parametrize(
    ("pragma", "loop", "why"),
    [
        ("parallel for", "for (int i = 1; i < n; i++) a[i] = a[i - 1] * 2 - b[i];",
         "the loop is sequential: it reads a[i - 1], which an earlier iteration writes as a[i] (distance 1); "
         "with n = 4, iterations (1) and (2) meet at [1]"),
        ("parallel for collapse(2)",
         "for (int i = 0; i < n; i++) for (int j = 1; j < m; j++) a[i * m + j] = a[i * m + j - 1] / b[j];",
         "the loop is sequential: it reads a[i * m + j - 1], which an earlier iteration writes as a[i * m + j] "
         "(distance 1); with n = 4, m = 4, iterations (0, 1) and (0, 2) meet at [1]"),
        ("for", "for (int i = 1; i < n; i++) for (int j = 1; j < m; j++) "
         "a[i * m + j] = a[(i - 1) * m + j] / a[i * m + j - 1];",
         "the loop is sequential: it reads a[i * m + j - m], which an earlier iteration writes as a[i * m + j] "
         "(distance 1); with n = 4, m = 4, iterations (1, 1) and (2, 1) meet at [5]"),
        ("parallel for", "for (int i = 0; i < n; i++) s += b[i];", "all of them update 's' (+)"),
        ("simd reduction(*:s)", "for (int i = 0; i < n; i++) s += b[i];", "'s' is combined with '+', not with '*'"),
        ("parallel for", "for (int i = 0; i < n; i++) a[0] += b[i];", "all of them update 'a' (+)"),
        ("parallel for", "for (int i = 1; i < n; i++) a[i] = a[i - 1] + b[i];",
         "each iteration needs what those before have made of 'a'"),
        ("parallel for", "for (int i = 1; i < n; i++) s = b[i] - s;", "one iteration leaves 's' to the next"),
    ],
)  # fmt: skip
def test_a_claim_that_is_wrong(pragma: str, loop: str, why: str) -> None:
    (found,) = said(pragma, loop)
    assert (found.severity, found.message) == ("warning", BUT + why)
    assert str(found.span) == "f.c:3:1"


@pytest.mark.parametrize(
    ("loop", "why"),
    [
        ("for (int i = 0; i < n; i++) a[x[i]] = b[i];", "which element a[x[i]] is depends on data"),
        ("for (int i = 0; i < n; i++) a[x[i]] += b[i];", "data decides which elements of 'a' are updated"),
        ("for (int i = 0; i < n; i++) { if (x[i] < 0) break; a[i] = 1; }", "its body breaks out of it"),
    ],
)
def test_a_claim_that_nobody_can_check_is_not_relied_on(loop: str, why: str) -> None:
    (found,) = said("parallel for", loop)
    assert found.severity == "note"
    assert found.message == BUT.removesuffix("but ") + f"which is not proved and not relied on: {why}"
