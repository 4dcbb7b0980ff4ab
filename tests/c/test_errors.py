"""What is wrong with a program is said at its place, several faults at once; what is not translated, by name."""

from __future__ import annotations

import pytest

from transpile.c.parse import parse_text
from transpile.errors import SourceError, SourceErrors, UnsupportedError

SYNTAX = [
    ("int f(int a) { return a + ; }", 1, 27, "expected an expression before ';'"),
    ("int f(int a) {\n    int b = 3\n    return b;\n}", 2, 14, "expected ';' before 'return'"),
    ("int f(int a) { for (int i = 0; i < 3, i++) a; return a; }", 1, 42, "expected ';' before ')'"),
    ("int f(int a) { if a > 3 return 1; return a; }", 1, 19, "expected '(' after 'if'"),
    ("int f(int a) { return (a; }", 1, 25, "expected ')' before ';'"),
    ("int f(int a) { return a[3; }", 1, 26, "expected ']' before ';'"),
    ("int f(int a) { if (a) { return 1; }", 1, 14, "this '{' is never closed"),
    ("int f(int a) { return 1; } }", 1, 28, "this '}' closes nothing"),
    ("int f(int a) { return a]; }", 1, 24, "expected '}' before ']'"),
    ("int f(int a, ) { return a; }", 1, 14, "expected a parameter before ')'"),
    ("int f(int a) { a = a ? 1; return a; }", 1, 25, "expected ':' before ';'"),
    ("int f(int a) { 3 = a; return a; }", 1, 18, "what stands before '=' cannot be assigned to"),
    ("int f(int a) { double 3x = 4; return a; }", 1, 23, "expected a name before '3x'"),
    ("int f(int a) { else a = 3; return a; }", 1, 16, "'else' is not expected here"),
    ("f(int a) { return a; }", 1, 1, "the result type of 'f' is missing"),
    ("struct s { int a };", 1, 17, "expected ';' before '}'"),
    ("int f(int a) { retrun a; }", 1, 16, "unknown type 'retrun'"),
    ("int x = 3 +;", 1, 12, "expected an expression before ';'"),
    ("int f(int a) { return a @ 2; }", 1, 25, "stray '@' in the program"),
    ("int f(void) { char c = 'a; return c; }", 1, 24, "missing terminating ' character"),
    ("#if 1\nint x;\n", 1, 1, "unterminated #if"),
    ('int a;\n#include "not/here.h"\n', 2, 11, "header 'not/here.h' is not found"),
    ("int a;\n#error stop\n", 2, 2, "#error stop"),
]  # fmt: skip

MEANING = [
    ("int f(int n) { return m + n; }", 1, 23, "'m' is not declared"),
    ("int f(double d) { return d % 2; }", 1, 26, "'%' does not take values of type 'double' and 'int'"),
    ("void f(const int *a) { a[0] = 1; }", 1, 24, "this is constant and cannot be assigned to"),
    ("struct p { int x; }; int f(struct p *p) { return p.x; }", 1, 50, "'struct p *' has no members"),
    ("struct p { int x; }; int f(struct p p) { return p.y; }", 1, 51, "'struct p' has no member 'y'"),
    ("int f(struct q *p) { return p->x; }", 1, 29, "'struct q' is not complete here"),
    ("int f(int n) { return n(3); }", 1, 23, "'int' is not a function"),
    ("int f(int n) { return f(1, 2); }", 1, 23, "'f' takes 1 argument; 2 given"),
    ("int f(int n) { return n[0]; }", 1, 23, "'int' is neither an array nor a pointer"),
    ("int f(int n) { return *n; }", 1, 23, "'int' is not a pointer"),
    ("int f(int *a, double d) { return a[d]; }", 1, 36, "a subscript of type 'double'"),
    ("void f(void) { int x; double x; }", 1, 30, "'x' is declared twice in one scope"),
    ("void f(void) { int b[]; }", 1, 20, "the array 'b' has no length"),
    ("int a[-1];", 1, 7, "the bound of an array is negative: -1"),
    ("int a; double a;", 1, 15, "'a' is declared with another type, 'int', before"),
    ("int f(int); double f(int);", 1, 20, "'f' is declared with another type, 'int (int)', before"),
    ("int f(void) { return 1; } int f(void) { return 2; }", 1, 31, "'f' is defined twice"),
    ("struct s { int a; }; struct s { int b; };", 1, 22, "'struct s' is defined a second time"),
    ("struct s { int a, a; };", 1, 1, "'struct s' has two members called 'a'"),
    ("void f(uint8_t x) {}", 1, 8, "unknown type 'uint8_t'"),
    ("int f(void) { return 089; }", 1, 22, "'089' is not an octal number"),
    ("int f(void) { return 99999999999999999999; }", 1, 22, "'99999999999999999999' does not fit any integer type"),
    ("int a[2] = {1, 2, 3};", 1, 19, "too many values for 'int [2]'"),
    ("int a[2] = {[2] = 3};", 1, 13, "element 2 of an array of 2"),
    ("int a[2] = 3;", 1, 12, "'a' is an array; its values stand in braces"),
    ("struct s { int a; } x = {.b = 1};", 1, 26, "'struct s' has no member 'b'"),
    ("void f(int n) { break; }", 1, 17, "'break' outside of a loop and of a switch"),
    ("void f(int n) { if (n) continue; }", 1, 24, "'continue' outside of a loop"),
    ("void f(int n) { goto x; }", 1, 17, "there is no label 'x'"),
    ("void f(int n) { switch (n) { case n: ; } }", 1, 35, "the value of a case is not an integer constant"),
    ("void f(int n) { return n; }", 1, 24, "'f' returns nothing"),
    ("struct s { int a; }; int f(struct s x) { if (x) return 1; return 0; }", 1, 45,
     "a value of type 'struct s' is neither true nor false"),
    ("struct s { int a; }; void f(struct s x) { x = 3; }", 1, 43,
     "'int' does not fit what is assigned to, which is 'struct s'"),
]  # fmt: skip


def errors_of(text: str, cplusplus: bool = False) -> list[SourceError]:
    with pytest.raises((SourceErrors, SourceError)) as caught:
        parse_text(text, "t.c", cplusplus=cplusplus)
    error = caught.value
    return list(error.errors) if isinstance(error, SourceErrors) else [error]  # type: ignore[list-item]


@pytest.mark.parametrize(("text", "line", "column", "message"), SYNTAX + MEANING)
def test_one_error(text: str, line: int, column: int, message: str) -> None:
    (error,) = errors_of(text)
    assert (error.span.file, error.span.line, error.span.column, error.message) == ("t.c", line, column, message)
    assert error.span.line_text == text.splitlines()[line - 1]


def test_several_errors_at_once() -> None:
    text = """int f(int x) {
    x = ;
    for (int i = 0; i < 3, i++) x;
    while x > 3 { x--; }
    x = 4 5;
    return x
}
int g(int y) { return z + y; }
int h(int y) { return y.a + q; }
int k(int y) { int a = b; return a + c; }
"""
    places = [(error.span.line, error.span.column) for error in errors_of(text)]
    assert places == [(2, 9), (3, 31), (4, 11), (5, 10), (6, 13), (8, 23), (9, 23), (10, 24), (10, 38)]


def test_errors_are_bounded() -> None:
    assert len(errors_of("int f(void) {\n" + "    x = 1;\n" * 1000 + "}\n")) == 20


def test_a_wrong_declaration_is_reported_once() -> None:
    errors = errors_of("int f(void) { unknown x; x = 3; return x + x; }")
    assert [error.message for error in errors] == ["unknown type 'unknown'"]


def test_hints() -> None:
    assert errors_of("int counter; int f(void) { return conter; }")[0].hint == "did you mean 'counter'?"
    assert errors_of("void f(uint8_t x) {}")[0].hint == "#include <stdint.h>"
    assert errors_of("struct p { int x; }; int f(struct p *p) { return p.x; }")[0].hint == "write '->x'"
    assert errors_of('#include "nowhere.h"')[0].hint == "name the folder that holds it with -I"


def test_the_message_shows_the_line() -> None:
    rendered = errors_of("int f(int n) {\n\treturn m + n;\n}")[0].diagnostics[0].render()
    assert rendered == "t.c:2:9: error: 'm' is not declared\n    \treturn m + n;\n    \t       ^"


REFUSED = [
    ('void f(void) { asm("nop"); }', 16, "inline assembly ('asm')"),
    ("int f(void) { int x = ({ int y = 1; y; }); return x; }", 23, "statements within an expression"),
    ("void f(void) { __builtin_frob(3); }", 16, "the builtin '__builtin_frob'"),
    ("int f(a, b) int a; double b; { return a; }", 1, "parameters that are declared behind the brackets"),
    ("void f(void) { _Complex double z; }", 16, "complex arithmetic ('_Complex')"),
    ("void f(void) { __int128 z; }", 16, "wide integers ('__int128')"),
    ("void f(int x) { typeof(x) y = x; }", 17, "typeof ('typeof')"),
    ("void f(void) { _Atomic int x; }", 16, "atomic types ('_Atomic')"),
    ("void f(int n, ...) { __builtin_va_list l; __builtin_va_start(l, n); }", 43,
     "variable arguments ('__builtin_va_start')"),
    ("int f(void) { int g(int x) { return x; } return g(1); }", 15, "functions within functions"),
    ("int f(int x) { return x ?: 2; }", 23, "'?:' without a middle operand"),
    ("double f(void) { return 1.5i; }", 25, "the suffix 'i' of a number"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "column", "what"), REFUSED)
def test_refused_by_name(text: str, column: int, what: str) -> None:
    unit = parse_text(text + "\nint other(void) { return 1; }", "t.c")
    assert [function.name for function in unit.functions] == ["other"]
    error = unit.refusals[0].error
    assert isinstance(error, UnsupportedError)
    assert (unit.refusals[0].function, error.span.column, error.mnemonic) == ("f", column, what)
    assert error.message == f"cannot translate {what}"
    with pytest.raises(SourceErrors):
        unit.function("f")
    with pytest.raises(SourceErrors):
        unit.require()
    unit.require(["other"])


def test_what_uses_a_refused_declaration_is_refused() -> None:
    text = """typedef float v4 __attribute__((vector_size(16)));
struct s { int a; } __attribute__((packed));
v4 f(void);
int g(struct s *p) { return p->a; }
int h(void) { return 1; }
void k(void) { f(); }
"""
    unit = parse_text(text, "t.c")
    assert [function.name for function in unit.functions] == ["h"]
    assert {refusal.function for refusal in unit.refusals} == {"", "g", "k"}


def test_bit_fields_are_refused_where_they_are_used() -> None:
    unit = parse_text(
        "struct s { int a : 3, b; };\nint f(struct s *p) { return p->a; }\nint g(struct s *p) { return p->b; }"
    )
    assert [(refusal.function, refusal.error.span.column) for refusal in unit.refusals] == [("f", 32)]


def test_unknown_functions_are_warned_of() -> None:
    unit = parse_text("int f(int n) { return unknown(n, 1.0f); }", "t.c")
    (warning,) = unit.diagnostics
    assert (warning.severity, warning.span and warning.span.column) == ("warning", 23)
    assert warning.message == "'unknown' is not declared; it is taken to return int"


def test_pointers_that_do_not_fit_are_warned_of() -> None:
    unit = parse_text(
        "void f(const int *a, int n) { int *b = a; double *c = b; b = n; n = 0; b = 0; void *v = c; b = v; }"
    )
    assert [warning.span and warning.span.column for warning in unit.diagnostics] == [40, 55, 58]
