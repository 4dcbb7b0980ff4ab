"""Bodies match when they do the same operations in the same order; any change of one is a mismatch."""

from __future__ import annotations

import pytest

from transpile.c.parse import parse_text
from transpile.c.tree import Call
from transpile.c.unit import Function
from transpile.c.walking import walk
from transpile.matching.bodies import Mismatch, Names, match_statements

HEAD = "#include <math.h>\nstruct p { float x, y; };\nstatic int larger(int a, int b) { return a > b ? a : b; }\n"
HEADER = "void f(int n, long m, unsigned u, double *a, const double *b, int *c, struct p *s, float t)"


def function(body: str, header: str = HEADER) -> Function:
    return parse_text(f"{HEAD}{header} {{\n{body}\n}}\n").function("f")


def matched(ours: str, theirs: str, header: str = HEADER) -> Mismatch | None:
    left, right = function(ours), function(theirs, header)
    names = Names()
    for mine, yours in zip(left.parameters, right.parameters, strict=True):
        names.pair(yours, mine, left.span)
    names.functions |= {call.name: call.name for call in walk(right.body) if isinstance(call, Call)}
    return match_statements(left.body.statements, right.body.statements, names)


SAME = {
    "itself": ("a[n] = b[n] * 2 + sqrt(a[n + 1]);", "a[n] = b[n] * 2 + sqrt(a[n + 1]);"),
    "braces": ("if (n) { a[0] = 1; } else a[1] = 2;", "{ if (n) a[0] = 1; else { { a[1] = 2; } } ; }"),
    "local names": ("double x = a[n]; a[n] = x * x;", "const double y = a[n]; a[n] = y * y;"),
    "inner loops": (
        "double z = 0; for (int k = 0; k < n; k++) z += b[k]; a[0] = z;",
        "double w = 0; for (int j = 0; j < n; j++) { w += b[j]; } a[0] = w;",
    ),
    "wider subscripts": ("a[n * n + 1] = 0;", "a[(long)n * n + 1] = 0;"),
    "wider sums": ("a[n + n * 2 - 1] = 0;", "a[(long)n + (long)n * 2 - 1l] = 0;"),
    "structures": ("s[n].x = s[n].y;", "s[n].x = s[n].y;"),
    "calls": ("c[0] = larger(c[1], n);", "c[0] = larger(c[1], n);"),
    "while": ("while (n > 0) { n /= 2; if (a[n] < 0) break; }", "while (n > 0) { n /= 2; if (a[n] < 0) { break; } }"),
}

DIFFERENT = {
    "operator": ("a[n] = b[n] + 1;", "a[n] = b[n] - 1;"),
    "order of operations": ("a[0] = a[1] + a[2] + a[3];", "a[0] = a[1] + (a[2] + a[3]);"),
    "operands": ("a[0] = a[1] - a[2];", "a[0] = a[2] - a[1];"),
    "constant": ("a[n] = 1.0;", "a[n] = 1.5;"),
    "subscript": ("a[n] = 1;", "a[n + 1] = 1;"),
    "array": ("a[n] = b[n];", "a[n] = a[n];"),
    "guard": ("if (n > 0) a[0] = 1;", "if (n >= 0) a[0] = 1;"),
    "missing statement": ("a[0] = 1; a[1] = 2;", "a[0] = 1;"),
    "further statement": ("a[0] = 1;", "a[0] = 1; a[1] = 2;"),
    "order of statements": ("a[0] = 1; a[n] = 2;", "a[n] = 2; a[0] = 1;"),
    "float for double": ("a[0] = a[1] * t;", "a[0] = (float)a[1] * t;"),
    "single precision function": ("a[0] = sqrt(a[1]);", "a[0] = sqrtf(a[1]);"),
    "type of a local": ("double x = a[0]; a[1] = x;", "float x = a[0]; a[1] = x;"),
    "unsigned wraps": ("a[u + 1] = 0;", "a[(unsigned long)u + 1] = 0;"),
    "unsigned wraps, signed target": ("a[u * 2] = 0;", "a[(long)u * 2] = 0;"),
    "narrower": ("a[m + 1] = 0;", "a[(int)m + 1] = 0;"),
    "negative to unsigned": ("a[n + 1] = 0;", "a[(unsigned long)n + 1] = 0;"),
    "other local": ("int x = 1, y = 2; c[0] = x;", "int x = 1, y = 2; c[0] = y;"),
    "initial value": ("double z = 0; a[0] = z;", "double z = 1; a[0] = z;"),
    "no initial value": ("double z = 0; a[0] = z;", "double z; a[0] = z;"),
    "else branch": ("if (n) a[0] = 1; else a[1] = 1;", "if (n) a[0] = 1;"),
    "break": ("while (n) { n--; break; }", "while (n) { n--; continue; }"),
    "member": ("s[0].x = 1;", "s[0].y = 1;"),
    "callee": ("c[0] = larger(c[1], n);", "c[0] = abs(n);"),
    "compound operator": ("a[0] += 1;", "a[0] -= 1;"),
    "increment": ("c[0]++;", "c[0]--;"),
    "static": ("static int k = 0; c[0] = k;", "int k = 0; c[0] = k;"),
    "static twice": ("static int k = 0; c[0] = k++;", "static int k = 0; c[0] = k++;"),
    "division in another type": ("a[n / 2] = 0;", "a[(long)n / 2] = 0;"),
}


@pytest.mark.parametrize("name", SAME)
def test_the_same(name: str) -> None:
    ours, theirs = SAME[name]
    assert matched(ours, theirs) is None
    assert matched(ours, ours) is None


@pytest.mark.parametrize("name", DIFFERENT)
def test_different(name: str) -> None:
    found = matched(*DIFFERENT[name])
    assert found is not None
    assert found.message


def test_the_place_of_a_mismatch_is_known_on_both_sides() -> None:
    found = matched("a[0] = 1;\na[1] = b[1] * 2;", "a[0] = 1;\n\na[1] = b[1] * 3;")
    assert found is not None
    assert (found.ours.line, found.theirs.line) == (6, 7)


def test_numbers_of_variables_of_two_units_mean_nothing() -> None:
    """The CUDA side knows a variable that the C side has under the same number."""
    header = "void f(int n, long m, unsigned u, double *a, const double *b, int *c, struct p *s, float t)"
    left, right = function("a[0] = 1;"), function("a[0] = 1;", header)
    found = match_statements(left.body.statements, right.body.statements, Names())
    assert found is not None
    assert "'a'" in found.message


def test_a_function_that_is_not_known_to_be_the_same_is_another() -> None:
    left, right = function("c[0] = larger(1, 2);"), function("c[0] = larger(1, 2);")
    names = Names()
    for mine, yours in zip(left.parameters, right.parameters, strict=True):
        names.pair(yours, mine, left.span)
    assert match_statements(left.body.statements, right.body.statements, names) is not None
