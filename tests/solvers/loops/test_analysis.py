"""Small functions, one claim each."""

from __future__ import annotations

import pytest

from transpile.c.parse import parse_text
from transpile.solvers.loops.analysis import Analysis, analyse
from transpile.solvers.loops.assumptions import ByType, Distinct, NoWrap, Rows
from transpile.solvers.loops.extents import Extent, NoExtent
from transpile.solvers.loops.verdicts import Carried, Unknown, word


def analysed(text: str, **extents: str) -> Analysis:
    unit = parse_text(f"#include <stddef.h>\n#include <math.h>\n#include <string.h>\n#include <stdlib.h>\n{text}")
    return analyse(unit, unit.functions[-1], extents)


def verdicts(text: str) -> list[str]:
    return [word(loop.verdict) for loop in analysed(text).walk()]


def body(
    statements: str, parameters: str = "int n, double *restrict a, const double *restrict b, const int *restrict x"
) -> str:
    return f"void f({parameters}) {{ {statements} }}"


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("for (int i = 0; i < n; i++) a[i] = b[i];", "parallel"),
        ("for (int i = 0; i < n; i++) a[2 * i] = a[2 * i + 1];", "parallel"),
        ("for (int i = 0; i < n; i++) a[i / 2] = b[i];", "carried"),
        ("for (int i = 0; i < n; i++) a[i % 4] += b[i];", "reduction"),
        ("for (int i = 1; i < n; i++) a[i] = a[i - 1] + b[i];", "scan"),
        ("for (int i = 1; i < n; i++) a[i] = a[i - 1] * 2 - b[i];", "carried"),
        ("for (int i = 1; i < n; i++) a[i - 1] = a[i];", "carried"),
        ("for (int i = 0; i < n; i++) a[0] += b[i];", "reduction"),
        ("for (int i = 0; i < n; i++) a[x[i]] += b[i];", "histogram"),
        ("for (int i = 0; i < n; i++) a[x[i]] = b[i];", "unknown"),
        ("for (int i = 0; i < n; i++) a[i] = b[x[i]];", "parallel"),
        ("double s = 0; for (int i = 0; i < n; i++) { s += b[i]; a[i] = s; }", "scan"),
        ("double s = 0; for (int i = 0; i < n; i++) s = s + b[i] * 2; a[0] = s;", "reduction"),
        ("double s = 0; for (int i = 0; i < n; i++) s = fmax(s, b[i]); a[0] = s;", "reduction"),
        ("double s = 0; for (int i = 0; i < n; i++) if (b[i] > s) s = b[i]; a[0] = s;", "reduction"),
        ("double s; int k; for (int i = 0; i < n; i++) if (b[i] > s) { s = b[i]; k = i; } a[k] = s;", "reduction"),
        ("double s = 0; for (int i = 0; i < n; i++) a[i] = s += b[i];", "scan"),
        ("int s = 0; for (int i = 0; i < n; i++) if (b[i] > 0) s++; a[0] = s;", "reduction"),
        ("int s = 0; for (int i = 0; i < n; i++) s += 0.5 * b[i]; a[0] = s;", "carried"),
        ("int s = 0; for (int i = 0; i < n; i++) s = s + b[i]; a[0] = s;", "carried"),
        ("int k; for (int i = 0; i < n; i++) { double s = 0; if (b[i] > s) { s = b[i]; k = i; } } a[k]++;", "carried"),
        ("again: for (int i = 0; i < n; i++) a[i] = b[i]; if (n--) goto again;", "unknown"),
        ("int s = 1; for (int i = 0; i < n; i++) s = s && b[i] > 0; a[0] = s;", "reduction"),
        ("_Bool s = 1; for (int i = 0; i < n; i++) s = s != (_Bool)b[i]; a[0] = s;", "reduction"),
        ("int s = 1; for (int i = 0; i < n; i++) s = s != (_Bool)b[i]; a[0] = s;", "carried"),
        ("double t; for (int i = 0; i < n; i++) { t = b[i]; a[i] = t * t; }", "parallel"),
        ("double t; for (int i = 0; i < n; i++) { if (x[i]) t = 1; else t = 2; a[i] = t; }", "parallel"),
        ("double t = 0; for (int i = 0; i < n; i++) { if (x[i]) t = 1; a[i] = t; }", "carried"),
        ("double t = 0; for (int i = 0; i < n; i++) if (x[i]) t = b[i]; a[0] = t;", "carried"),
        ("int k = 0; for (int i = 0; i < n; i++) { a[k] = b[i]; k++; }", "parallel"),
        ("int k = 0; for (int i = 0; i < n; i++) if (x[i]) a[k++] = b[i];", "carried"),
        ("for (int i = 0; i < n; i++) { double t[2]; t[0] = b[i]; a[i] = t[0]; }", "parallel"),
        ("for (int i = 0; i < n; i++) a[i] = rand();", "unknown"),
        ("for (int i = 0; i < n; i++) { if (b[i] < 0) break; a[i] = 1; }", "unknown"),
        ("for (int i = 0; i < n; i++) { if (b[i] < 0) continue; a[i] = 1; }", "parallel"),
        ("for (int i = 0; i < n; i++) a[i] = sqrt(b[i]);", "parallel"),
        ("for (int i = 0; i < n; i++) memcpy(a + i * 4, b, 4 * sizeof *a);", "parallel"),
        ("for (int i = 0; i < n; i++) memcpy(a + i * 4, b, 5 * sizeof *a);", "carried"),
        ("for (int i = 0; i < n; i++) if (i < 3) a[3 * i] = a[i + 1];", "carried"),
        ("for (int i = 0; i < n; i++) if (i < 3) a[3 * i] = a[i + 7];", "parallel"),
    ],
)  # fmt: skip
def test_one_loop(statements: str, expected: str) -> None:
    assert verdicts(body(statements))[0] == expected


SWAPPED = """
void f(int n, int steps, double *restrict u, double *restrict v) {
    for (int t = 0; t < steps; t++) {
        for (int i = 1; i < n - 1; i++) v[i] = u[i - 1] + u[i + 1];
        double *old = u; u = v; v = old;
    }
}"""


def test_sweeps_over_swapped_grids_are_parallel_and_their_time_loop_is_unknown() -> None:
    found = analysed(SWAPPED)
    assert [word(loop.verdict) for loop in found.walk()] == ["unknown", "parallel"]
    sweep = found.loops[0].loops[0]
    assert [str(a) for a in sweep.assumptions] == ["'u' and 'v' do not overlap"]
    assert len(found.refusals) == 2


@pytest.mark.parametrize(
    "statements",
    [
        "double *p = a; for (int i = 0; i < n; i++) { if (x[i]) p = a + 1; p[i] = 1; }",
        "double *p = a; for (int i = 0; i < n; i++) { p[0] = 1; if (x[i]) p++; }",
        "double *p; for (int i = 0; i < n; i++) { if (x[i]) p = a; else p = a + 1; p[i] = 1; }",
    ],
)
def test_pointers_that_change_are_not_followed(statements: str) -> None:
    assert verdicts(body(statements)) == ["unknown"]


def test_a_pointer_that_is_set_in_each_iteration_is_known() -> None:
    statements = "double *p; for (int i = 0; i < n; i++) { p = a + 4 * i; for (int j = 0; j < 4; j++) p[j] = 1; }"
    assert verdicts(body(statements)) == ["parallel", "parallel"]


def test_volatile_memory_is_an_effect() -> None:
    assert verdicts("void f(int n, volatile int *a) { for (int i = 0; i < n; i++) a[i] = 1; }") == ["unknown"]


def test_arrays_of_one_name_are_different() -> None:
    found = analysed(
        "static int one(const int *k) { return k[0]; } static int two(const int *k) { return k[0]; }"
        "void f(const int *x, const int *y, int *restrict a) { a[one(x)] = 1; a[two(y)] = 2; }"
    )
    first, second = (access.subscripts for access in found.outside if access.writes and access.subscripts)
    assert first != second


def test_what_changes_by_reference_is_not_known() -> None:
    text = "void g(int &k) { k = 7; } void f(int n, double *a) { int k = 2; g(k); a[k] = 1; }"
    unit = parse_text(text, cplusplus=True)
    (use,) = analyse(unit, unit.functions[-1]).arrays
    assert isinstance(use.extent, NoExtent)


def test_a_private_last_value_lives_on() -> None:
    found = analysed(body("double t = 0; for (int i = 0; i < n; i++) { t = b[i]; a[i] = t; } a[0] = t;"))
    (use,) = [use for use in found.loops[0].scalars if use.region.name == "t"]
    assert (use.role, use.live_out) == ("private", True)


def test_an_induction_has_its_closed_form() -> None:
    found = analysed(body("int k = 5; for (int i = 2; i < n; i++) { a[k] = b[i]; k += 3; }"))
    (use,) = [use for use in found.loops[0].scalars if use.region.name == "k"]
    assert use.role == "induction"
    assert use.value is not None
    assert use.value.evaluate(lambda symbol: 4) == 5 + 3 * 2


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("int n, double *a, const double *b", Distinct),
        ("int n, double *a, const float *b", ByType),
        ("int n, unsigned *a, const int *b", Distinct),
        ("int n, double *a, const char *b", Distinct),
        ("int n, double *restrict a, const double *b", None),
    ],
)
def test_arrays_that_may_overlap(parameters: str, expected: type | None) -> None:
    found = analysed(f"void f({parameters}) {{ for (int i = 0; i < n; i++) a[i] = b[i]; }}")
    assert [type(a) for a in found.loops[0].assumptions] == ([expected] if expected else [])


def test_rows_behind_pointers_are_assumed_apart() -> None:
    found = analysed("void f(int n, double **a) { for (int i = 0; i < n; i++) a[i][0] = 1; }")
    assert word(found.loops[0].verdict) == "parallel"
    assert [type(a) for a in found.loops[0].assumptions] == [Rows, ByType]
    assert [refusal.message for refusal in found.refusals] == [
        "the extent of 'a' is not known: it is reached through pointers in memory"
    ]


def test_unsigned_bounds_that_may_wrap_around_are_an_assumption() -> None:
    found = analysed("void f(size_t n, double *a) { for (size_t i = 0; i < n - 1; i++) a[i] = 1; }")
    (assumption,) = [a for a in found.assumptions if isinstance(a, NoWrap)]
    assert str(assumption) == "n - 1 does not wrap around: it is at least 0"
    assert assumption.checkable


def test_a_condition_that_excludes_wrapping_is_seen() -> None:
    text = "void f(size_t n, double *a) { if (n < 2) return; for (size_t i = 0; i < n - 1; i++) a[i] = 1; }"
    assert not [a for a in analysed(text).assumptions if isinstance(a, NoWrap)]


@pytest.mark.parametrize(
    "loop",
    [
        "for (size_t i = 0; i < n; i++) a[i - 1] = 1;",
        "for (size_t i = n - 1; i >= 0; i--) a[i] = 1;",
        "for (unsigned char i = 0; i < 256; i++) a[i] = 1;",
    ],
)
def test_arithmetic_that_does_wrap_around_is_not_believed(loop: str) -> None:
    found = analysed(f"void f(size_t n, double *a) {{ {loop} }}")
    verdict = found.loops[0].verdict
    assert isinstance(verdict, Unknown)
    assert "wraps around" in verdict.reason
    assert isinstance(found.arrays[0].extent, NoExtent)


@pytest.mark.parametrize(
    ("statements", "extent"),
    [
        ("for (int i = 0; i < n; i++) a[i] = 1;", "n > 0 ? (size_t)n : 0"),
        ("for (int i = 0; i < n; i += 3) a[i] = 1;", "n > 0 ? (size_t)((n - 1) / 3) * 3 + 1 : 0"),
        ("for (int i = 0; i < 10; i++) a[i] = 1;", "10"),
        ("a[n] = 1;", "(size_t)n + 1"),
        ("for (int i = 0; i < n; i++) if (i + 2 < n) a[i + 2] = 1;", "n >= 3 ? (size_t)n : 0"),
        ("for (int i = 0; i < x[0]; i++) a[i] = 1;", "x[0] > 0 ? (size_t)x[0] : 0"),
        (
            "for (int i = 0; i < n; i++) for (int k = x[i]; k < x[i + 1]; k++) a[k] = 1;",
            "max for (i = 0; i < n) if (x[i + 1] > x[i]) (size_t)x[i + 1]",
        ),
        ("for (int i = 0; i < n; i++) if (b[i] > 0) a[x[i]] = 1;", ""),
        ("if (n < 1) { if (n == 0) return; else return; } a[0] = 1;", "n > 0 ? 1 : 0"),
        ("if (n < 1) { if (x[0]) return; } a[0] = 1;", "1"),
    ],
)
def test_extents(statements: str, extent: str) -> None:
    found = next(use.extent for use in analysed(body(statements)).arrays if use.variable.name == "a")
    assert (found.expression if isinstance(found, Extent) else "") == extent


def test_the_users_extent_is_taken() -> None:
    text = "void f(int n, const int *x, float *a) { for (int i = 0; i < n; i++) if (a[0] > i) a[x[i]] += 1; }"
    without, given = analysed(text), analysed(text, a="4 * n")
    (refusal,) = without.refusals
    assert refusal.message == "the extent of 'a' is not known: data decides which element it is, in a[x[i]]"
    assert refusal.span is not None
    assert refusal.hint.startswith("say how many elements 'a' has: --extent 'a=…'")
    assert not given.refusals
    assert next(use.extent for use in given.arrays if use.variable.name == "a") == Extent("4 * n", (), False, (), True)


def test_loops_of_called_functions_stand_where_they_are_called() -> None:
    found = analysed(
        "static void one(int n, double *p) { for (int i = 0; i < n; i++) p[i] = 1; }"
        "void f(int n, double *a) { for (int j = 0; j < n; j++) one(4, a + 4 * j); }"
    )
    assert [(loop.counter, word(loop.verdict), loop.calls) for loop in found.walk()] == [
        ("j", "parallel", ("f",)),
        ("i", "parallel", ("f", "one")),
    ]


def test_a_sequential_loop_says_what_would_help() -> None:
    found = analysed("void f(int n, double *a) { for (int i = 0; i < n; i++) a[i] = a[i + 1]; }")
    verdict = found.loops[0].verdict
    assert isinstance(verdict, Carried)
    assert verdict.dependences[0].distance == 1
    assert found.loops[0].explanation.hint == "write to another array than 'a', and copy it back after the loop"


def test_recursion_and_unknown_calls_are_effects() -> None:
    found = analysed(
        "int g(int n) { return n ? g(n - 1) : 0; } void f(int n, int *a) { for (int i = 0; i < n; i++) a[i] = g(i); }"
    )
    verdict = found.loops[0].verdict
    assert isinstance(verdict, Unknown)
    assert verdict.reason == "there is a call of 'g', which calls itself, whose effects are not known"
