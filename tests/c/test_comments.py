"""Comments and pragmas belong to what they stand beside."""

from __future__ import annotations

import re

from transpile.c.parse import parse_text
from transpile.c.printing import show_function
from transpile.c.tree import Block, Declare, For, If, Statement
from transpile.c.unit import Function, Unit
from transpile.c.walking import walk


def parsed(text: str) -> Unit:
    unit = parse_text(text, "t.c")
    unit.require()
    return unit


def statements(text: str) -> tuple[Function, tuple[Statement, ...]]:
    function = parsed(text).functions[0]
    return function, function.body.statements


PROGRAM = """/* licence */

#include <stddef.h>

int counter; // how often
// above the global
static int limit = 3;

// one
/* two
   lines */
double f(double *a, /* values */ int n) { // open
    double s = 0; // sum
    // before the loop

    /* still before */
#pragma omp parallel for
#pragma unroll 4
    for (int i = 0; i < n; i++) { // loop
        /* add */ s += a[i]; /* added */
        if (s > 9) // large
            s = 9; // cut
        else // small
            s += 1;
        // end of body
    } // for
    return s; // done
    // end of function
} // f
// behind everything
"""


def test_functions_and_globals() -> None:
    unit = parsed(PROGRAM)
    (function,) = unit.functions
    assert function.notes.leading == ("// one", "/* two\n   lines */", "/* values */")
    assert function.notes.trailing == ("// f",)
    assert function.body.opening == ("// open",)
    assert function.body.closing == ("// end of function",)
    assert (function.first_line, function.last_line) == (9, 29)
    assert [declared.notes.trailing for declared in unit.globals] == [("// how often",), ()]
    assert unit.globals[1].notes.leading == ("// above the global",)


def test_statements() -> None:
    _, (declare, loop, result) = statements(PROGRAM)
    assert declare.notes.trailing == ("// sum",)
    assert loop.notes.leading == ("// before the loop", "/* still before */")
    assert [pragma.text for pragma in loop.notes.pragmas] == ["#pragma omp parallel for", "#pragma unroll 4"]
    assert [pragma.span.line for pragma in loop.notes.pragmas] == [17, 18]
    assert isinstance(loop, For) and isinstance(loop.body, Block)
    assert (loop.body.opening, loop.body.closing) == (("// loop",), ("// end of body",))
    assert loop.body.notes.trailing == ("// for",)
    assert result.notes.trailing == ("// done",)
    add, choice = loop.body.statements
    assert (add.notes.leading, add.notes.trailing) == (("/* add */",), ("/* added */",))
    assert isinstance(choice, If)
    assert choice.notes.leading == ("// large", "// small")
    assert choice.then.notes.trailing == ("// cut",)


def test_nothing_is_lost_or_doubled() -> None:
    (function,) = parsed(PROGRAM).functions
    printed = show_function(function)
    comment = re.compile(r"//.*|/\*[^*]*\*/")
    assert sorted(comment.findall(printed)) == sorted(comment.findall(PROGRAM)[3:-1])


def test_declarations_of_several_variables() -> None:
    _, found = statements("void f(void) {\n    // both\n    int a = 1, b; // behind\n}")
    assert [(s.notes.leading, s.notes.trailing) for s in found] == [(("// both",), ()), ((), ("// behind",))]


def test_comments_of_code_that_is_left_out() -> None:
    text = """void f(void) {
    int a;
#if 0 // never
    // not this
    a = 2;
#else /* always */
    // but this
    a = 1;
#endif // 0
}
"""
    (function,) = parsed(text).functions
    assert function.body.statements[1].notes.leading == ("// but this",)
    assert "not this" not in show_function(function) and "never" not in show_function(function)


def test_comments_that_are_none() -> None:
    _, (declare,) = statements('void f(void) {\n    const char *s = "// no" /* yes */ "/* no */";\n}')
    assert declare.notes.leading == ("/* yes */",)
    assert isinstance(declare, Declare) and declare.initial is not None


def test_comments_of_headers(tmp_path: object) -> None:
    text = "/* not of f */\n#define N 3\n// of f\nint f(void) { return N; }\n"
    (function,) = parsed(text).functions
    assert function.notes.leading == ("// of f",)


def test_pragmas_by_operator_and_alone() -> None:
    text = """#define PARALLEL _Pragma("omp parallel for")
#pragma omp declare simd
void f(int n) {
    PARALLEL
    for (int i = 0; i < n; i++) {
#pragma omp barrier
    }
    if (n)
#pragma omp critical
        n = 1;
}
#pragma once_more
"""
    unit = parsed(text)
    (function,) = unit.functions
    assert [pragma.text for pragma in function.notes.pragmas] == ["#pragma omp declare simd"]
    texts = [p.text for node in walk(function.body) if isinstance(node, Statement) for p in node.notes.pragmas]
    assert texts == ["#pragma omp parallel for", "#pragma omp critical"]
    assert [pragma.text for pragma in unit.pragmas] == ["#pragma omp barrier", "#pragma once_more"]


def test_carriage_returns() -> None:
    (function,) = parsed("// one\r\nint f(void) { /* two\r\n lines */\r\n    return 1; // three\r\n}\r\n").functions
    assert (function.notes.leading, function.body.opening) == (("// one",), ("/* two\n lines */",))
    assert function.body.statements[0].notes.trailing == ("// three",)
