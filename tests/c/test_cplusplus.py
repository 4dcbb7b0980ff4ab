"""C++ that is C in other words is read; the rest is refused by name."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from transpile.c.parse import parse_file, parse_text
from transpile.c.printing import show, show_function
from transpile.c.tree import Name
from transpile.c.types import BOOL, CHAR, DOUBLE, INT, Array, Reference
from transpile.c.unit import Unit
from transpile.c.walking import walk
from transpile.errors import SourceErrors

PROGRAM = """#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
using namespace std;
using real = double;
constexpr int N = 5;
struct point { double x, y; };
extern "C" {
static int twice(const int *p) { return *p * 2; }
}
static inline double norm(const point &p) { return std::sqrt(p.x * p.x + p.y * p.y); }
// scales and sums
static void scale(real *a, int n, const double &f, double &sum, std::size_t m) noexcept {
    bool any = false;
    real row[N] = {1, 2};
    for (int i = 0; i < n; ++i) {
        a[i] = std::max(a[i] * f, static_cast<double>(i)) + double(i) / 2;
        sum += std::abs(a[i]) + std::min<double>(a[i], 3) + fabs(row[i % N]);
        any = any || a[i] > 3;
    }
    if (any && a != nullptr) sum = -sum;
    float q = std::pow(2.0f, 3.0f), r = std::sqrt(2.0f) + sqrtf(3);
    uint8_t *b = reinterpret_cast<uint8_t *>(a);
    sum += std::abs(-3) + int(q) + (n < N && m > (size_t)(3)) + b[0] + twice(&n) + r;
    point pt = {1, 2};
    sum += norm(pt) + (true ? 1 : 0);
}
int main() {
    double a[4] = {1.5, -2.5, 3.5, 4.5}, sum = 0;
    scale(a, 4, 1.5, sum, 4);
    std::printf("%.17g %.17g\\n", sum, a[2]);
}
"""


@pytest.mark.skipif(shutil.which("g++") is None, reason="needs g++")
def test_a_program_behaves_the_same(tmp_path: Path) -> None:
    source = tmp_path / "p.cpp"
    source.write_text(PROGRAM)
    unit = parse_file(source)
    unit.require()
    lines = list(unit.lines)
    for function in reversed(unit.functions):
        lines[function.first_line - 1 : function.last_line] = [show_function(function)]
    (tmp_path / "q.cpp").write_text("\n".join(lines))
    outputs = []
    for name in ("p", "q"):
        subprocess.run(["g++", "-w", "-o", tmp_path / name, tmp_path / f"{name}.cpp"], check=True)
        outputs.append(subprocess.run([tmp_path / name], capture_output=True, check=True).stdout)
    assert outputs[0] == outputs[1] != b""


def parsed(text: str) -> Unit:
    unit = parse_text(text, "t.cpp", cplusplus=True)
    unit.require()
    return unit


def test_references() -> None:
    function = parsed("void f(double &x, const int &n) { x = n; }").function("f")
    assert [parameter.type for parameter in function.parameters] == [Reference(DOUBLE), Reference(INT, const=True)]
    assert [node.type for node in walk(function.body) if isinstance(node, Name)] == [DOUBLE, INT]
    assert show_function(function) == "void f(double &x, const int &n) {\n    x = n;\n}"


def test_types_that_differ_from_c() -> None:
    body = (
        parsed("void f(int a) { bool b = a > 1; char c = 'x'; b = !a; double d[2 + 1 > 2 ? 4 : 5]; }")
        .function("f")
        .body
    )
    values = [getattr(statement, "initial", None) for statement in body.statements]
    assert [value.type for value in values if value is not None] == [BOOL, CHAR]


def test_constants_are_bounds() -> None:
    (declared,) = parsed("const int N = 4, M = N * 2; double a[M];").globals[2:]
    assert isinstance(declared.variable.type, Array) and declared.variable.type.length == 8


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("std::max(a, 2)", "std::max(a, 2)"), ("std::min<double>(a, x)", "std::min<double>(a, x)"),
        ("std::sqrt(x)", "sqrt(x)"), ("std::sqrt(y)", "sqrtf(y)"), ("std::sqrt(a)", "sqrt(a)"),
        ("std::abs(a)", "abs(a)"),
        ("std::abs(x)", "fabs(x)"), ("std::abs(l)", "labs(l)"), ("std::pow(y, 2)", "pow(y, 2)"),
        ("std::pow(y, y)", "powf(y, y)"), ("std::isnan(y)", "__builtin_isnan(y)"), ("::f()", "f()"),
        ("static_cast<float>(x) * 2", "(float)x * 2"), ("int(x) + 1", "(int)x + 1"),
        ("const_cast<int *>(p)[1]", "((int *)p)[1]"),
    ],
)  # fmt: skip
def test_functions_and_casts(text: str, printed: str) -> None:
    unit = parsed(f"int f(); void g(int a, double x, float y, long l, const int *p) {{ ({text}); }}")
    assert show(unit.function("g").body.statements[0]) == f"{printed};"


REFUSED = [
    ("template <typename T> T f(T x) { return x; }", 1, "templates ('template')"),
    ("class A { public: int x; };", 1, "classes ('class')"),
    ("struct A { int x; int f() const { return x; } };", 23, "member functions"),
    ("struct A { int x; A() : x(1) {} };", 19, "member functions"),
    ("namespace n { int f() { return 1; } }", 1, "namespaces ('namespace')"),
    ("int f() { auto x = 3; return x; }", 11, "deduced types ('auto')"),
    ("int f() { const auto x = 3; return x; }", 17, "deduced types ('auto')"),
    ("int f() { int y = 1; int z = [&](int x) { return x; }(y); return z; }", 30, "lambda functions"),
    ("int f(int *v) { int s = 0; for (int x : v) s += x; return s; }", 28, "range-based for"),
    ("int f() { try { return 1; } catch (int e) { throw; } }", 11, "exceptions ('try')"),
    ("int *f() { return new int[3]; }", 19, "new and delete ('new')"),
    ("int f(std::vector<int> &v) { return v[0]; }", 7, "'std::vector'"),
    ('int main() { std::cout << "x"; }', 14, "'std::cout'"),
    ("struct A { int x; }; A operator+(A a, A b) { return a; }", 24, "overloaded operators ('operator')"),
    ("int f(int a, int b = 3) { return a; }", 20, "default arguments"),
    ("int f(int a) { return a; } double f(double a) { return a; }", 35, "overloaded functions ('f')"),
    ("int f(int a) { int &b = a; return b; }", 20, "reference variables"),
    ("int f(int &&a) { return a; }", 11, "rvalue references"),
    ("enum class E { A };", 6, "classes ('class')"),
    ("int f() { int x{3}; return x; }", 16, "initialisers without '='"),
    ("thread_local int x;", 1, "thread-local storage ('thread_local')"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "column", "what"), REFUSED)
def test_refused_by_name(text: str, column: int, what: str) -> None:
    unit = parse_text(text + "\nint other() { return 1; }", "t.cpp", cplusplus=True)
    assert [function.name for function in unit.functions] == ["other"]
    assert (unit.refusals[0].error.span.column, unit.refusals[0].error.mnemonic) == (column, what)


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("int f() { return unknown(3); }", 18, "'unknown' is not declared"),
        ("void h(int &x); void i() { h(3); }", 30,
         "argument 1 of 'h' is a reference: it takes a variable of type 'int'"),
        ("int f(int a, double b) { return std::max(a, b); }", 33,
         "'std::max' takes two numbers of one type, not 'int' and 'double'"),
    ],
)  # fmt: skip
def test_errors(text: str, column: int, message: str) -> None:
    with pytest.raises(SourceErrors) as caught:
        parse_text(text, "t.cpp", cplusplus=True)
    assert [(error.span.column, error.message) for error in caught.value.errors] == [(column, message)]


def test_comparisons_are_not_templates() -> None:
    function = parsed("int f(int a, int b, int c) { return a < b && c > (b); }").function("f")
    assert show(function.body.statements[0]) == "return a < b && c > b;"
