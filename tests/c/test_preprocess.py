"""The preprocessor: options, headers, and the place of every token behind macros and includes."""

from __future__ import annotations

from pathlib import Path

import pytest

from transpile.c.parse import parse_file, parse_text
from transpile.c.preprocess import Options
from transpile.c.source import read_source
from transpile.c.tree import Constant, Name
from transpile.c.unit import Unit
from transpile.c.walking import walk
from transpile.errors import SourceErrors, ToolError, UsageError


def parsed(text: str, options: Options = Options()) -> Unit:  # noqa: B008
    unit = parse_text(text, "t.c", options)
    unit.require()
    return unit


def places(text: str) -> list[tuple[str, int, int]]:
    """The names and numbers in the last function of ``text`` and where they stand."""
    body = parsed(text).functions[-1].body
    return [
        (node.variable.name if isinstance(node, Name) else node.text, node.span.line, node.span.column)
        for node in walk(body)
        if isinstance(node, Name | Constant)
    ]


def test_blanks_and_comments() -> None:
    assert places("int f(int a) {\n\treturn  a /* x */  +\t\t3   +a;\n}") == [("a", 2, 10), ("3", 2, 24), ("a", 2, 29)]


def test_macros_without_arguments() -> None:
    text = "#define N 8\n#define M (N + 1)\n#define EMPTY\nint f(int a) { EMPTY return N * a + M EMPTY + a; }"
    assert places(text) == [("8", 4, 29), ("a", 4, 33), ("8", 4, 37), ("1", 4, 37), ("a", 4, 47)]


def test_macros_with_arguments() -> None:
    text = "#define SQ(x) ((x) * (x))\nint f(int a, int b) { return SQ(a) + b + SQ( b ); }"
    assert places(text) == [("a", 2, 33), ("a", 2, 33), ("b", 2, 38), ("b", 2, 46), ("b", 2, 46)]


def test_macros_over_several_lines() -> None:
    text = "#define MAX(a, b) ((a) > (b) ? (a) : (b))\nint f(int a, int b) {\n  return MAX(a,\n     b + 1) + b;\n}"
    assert places(text) == [
        ("a", 3, 14), ("b", 4, 6), ("1", 4, 10), ("a", 3, 14), ("b", 4, 6), ("1", 4, 10), ("b", 4, 15),
    ]  # fmt: skip


def test_macros_that_span_lines_and_statements() -> None:
    text = "#define LOOP(i, n) \\\n    for (int i = 0; \\\n         i < n; i++)\n"
    text += "void f(int n, int *a) {\n    LOOP(k, n)\n        a[k] = n;\n}"
    assert places(text)[-3:] == [("a", 6, 9), ("k", 6, 11), ("n", 6, 16)]
    assert ("n", 5, 13) in places(text)


def test_macros_of_system_headers() -> None:
    text = "#include <stddef.h>\n#include <limits.h>\nint f(int *a, int b) { return a == NULL && b < INT_MAX || b; }"
    assert places(text) == [("a", 3, 31), ("0", 3, 36), ("b", 3, 44), ("0x7fffffff", 3, 48), ("b", 3, 59)]


def test_conditional_text() -> None:
    text = "#if 0\nint g;\n#endif\nint f(int a) {\n#ifdef X\n    return 1;\n#else\n    return a;\n#endif\n}"
    assert places(text) == [("a", 8, 12)]
    unit = parsed(text, Options(define=("X",)))
    assert [node.span.line for node in walk(unit.functions[0].body) if isinstance(node, Constant)] == [6]


def test_joined_lines() -> None:
    assert places("int f(int a) { return a \\\n   + a; }") == [("a", 1, 23), ("a", 2, 6)]


def test_own_headers(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "h.h").write_text(
        "// twice\nstatic inline int twice(int x) { return x + x; }\nextern int shared;\n"
    )
    (tmp_path / "main.c").write_text(
        '#include <stdlib.h>\n#include "h.h"\nint f(int a) { return twice(a) + shared; }\n'
    )
    unit = parse_file(tmp_path / "main.c", Options(include=(str(tmp_path / "inner"),)))
    assert [(Path(f.span.file).name, f.name, f.first_line) for f in unit.functions] == [
        ("h.h", "twice", 1),
        ("main.c", "f", 3),
    ]
    assert [(include.name, include.system, include.span.line, include.span.column) for include in unit.includes] == [
        ("<stdlib.h>", True, 1, 10),
        ('"h.h"', False, 2, 10),
    ]
    assert unit.function("f").body.statements[0].span.line_text == "int f(int a) { return twice(a) + shared; }"


def test_errors_in_own_headers(tmp_path: Path) -> None:
    (tmp_path / "h.h").write_text("int g(void) {\n    return 1 +;\n}\n")
    (tmp_path / "main.c").write_text('#include "h.h"\nint f(void) { return x; }\n')
    with pytest.raises(SourceErrors) as caught:
        parse_file(tmp_path / "main.c")
    found = [(Path(error.span.file).name, error.span.line, error.span.column) for error in caught.value.errors]
    assert found == [("h.h", 2, 15), ("main.c", 1 + 1, 22)]


def test_a_header_read_twice(tmp_path: Path) -> None:
    (tmp_path / "h.h").write_text("int NAME(int x) { return x * FACTOR; }\n")
    text = '#define NAME two\n#define FACTOR 2\n#include "h.h"\n#undef NAME\n#undef FACTOR\n'
    text += '#define NAME three\n#define FACTOR 3\n#include "h.h"\n'
    (tmp_path / "main.c").write_text(text)
    unit = parse_file(tmp_path / "main.c")
    assert [(f.name, f.span.line, f.span.column) for f in unit.functions] == [("two", 1, 5), ("three", 1, 5)]


def test_options() -> None:
    text = "int f(void) { return A + B\n#ifdef __STRICT_ANSI__\n + 5\n#endif\n; }"
    unit = parsed(text, Options(define=("A=1", "B", "C"), undefine=("C",), standard="c11"))
    assert [node.text for node in walk(unit.functions[0].body) if isinstance(node, Constant)] == ["1", "1", "5"]


def test_a_missing_preprocessor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSPILE_CC", "no-such-compiler")
    with pytest.raises(ToolError) as caught:
        parse_text("int x;")
    assert "no-such-compiler" in caught.value.message
    assert "TRANSPILE_CC" in caught.value.hint


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path, why in (
        (tmp_path, "a folder"),
        (tmp_path / "no.c", "No such file"),
        (Path("/dev/zero"), "not a regular file"),
    ):
        with pytest.raises(UsageError) as caught:
            read_source(path)
        assert why in caught.value.message


HEADERS = [
    "stdio", "stdlib", "math", "string", "stdint", "stddef", "stdbool", "assert", "complex", "omp", "limits", "float",
    "ctype", "time", "errno", "inttypes", "setjmp", "signal", "stdarg", "wchar", "unistd", "pthread",
]  # fmt: skip


def test_headers_of_the_system() -> None:
    """All of them together; what is used of them is known, and nothing of them is an error."""
    text = "".join(f"#include <{name}.h>\n" for name in HEADERS)
    text += """int f(FILE *out, const char *s, size_t n, uint64_t h, bool b, jmp_buf where, time_t t, va_list list) {
    fprintf(out, "%zu %" PRIu64, strlen(s) + n, h);
    double *p = malloc(n * sizeof *p);
    div_t d = div(7, 2);
    struct tm *now = localtime(&t);
    struct timespec exact = {.tv_sec = t, .tv_nsec = 5};
    pthread_t thread;
    omp_set_num_threads(4);
    wchar_t wide = L'x';
    if (isdigit(*s) && isnan(sqrt(p[0])) && errno == EINTR && !signbit(p[1])) return setjmp(where) + wide;
    qsort(p, n, sizeof *p, NULL);
    return d.quot + now->tm_year + (int)exact.tv_nsec + fpclassify(DBL_MAX) + getpid() + INT_MAX + b;
}
"""
    unit = parsed(text)
    assert not unit.diagnostics
    assert unit.prototypes["strlen"].system
    assert {"size_t", "FILE", "uint64_t", "jmp_buf", "pthread_t"} <= set(unit.typedefs)
    assert "remove" not in unit.prototypes
    assert [function.name for function in unit.functions] == ["f"]


def test_complex_headers_are_harmless_until_used() -> None:
    unit = parse_text(
        "#include <complex.h>\nint f(void) { return 1; }\nint g(void) { double complex z = I; return 2; }"
    )
    assert [function.name for function in unit.functions] == ["f"]
    assert [refusal.error.mnemonic for refusal in unit.refusals] == ["complex arithmetic ('_Complex')"]


def test_type_generic_functions_are_refused_by_name() -> None:
    unit = parse_text("#include <tgmath.h>\nfloat f(float x) { return sqrt(x); }")
    assert unit.refusals and "__builtin_tgmath" in unit.refusals[0].error.message
