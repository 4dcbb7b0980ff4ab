"""Hostile text is answered with a message, in bounded time and memory."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from transpile.c import preprocess, reading
from transpile.c.parse import parse_text
from transpile.errors import TranspileError

SECONDS = 8


def body(text: str) -> str:
    return f"int f(int x) {{\n{text}\nreturn x; }}\n"


ERRORS = {
    "statements": (body("x = x + 1;\n" * 15_000), "the program is too large"),
    "lines": (body("x++;\n" * 30_000), "the program is too large"),
    "brackets": (body(f"x = {'(' * 10000}1{')' * 10000};"), "brackets nest more than 200 deep"),
    "braces": (body("{" * 10000 + "}" * 10000), "brackets nest more than 200 deep"),
    "calls": (body(f"x = {'f(' * 10000}1{')' * 10000};"), "brackets nest more than 200 deep"),
    "long line": (f"int x = {'1+' * 60_000}1;", "the program is too large"),
    "open braces": ("{" * 60_000, "the program is too large"),
    "long number": (f"int x = {'9' * 100_000};", "a number of 100000 characters"),
    "long fraction": (f"double x = 1.{'9' * 100_000};", "a number of 100002 characters"),
    "NUL": ("int x;\0int y;", "NUL byte in the program"),
    "bytes": ("int \udcff x;", "stray"),
    "marks": ("@" * 20_000, "stray '@' in the program"),
    "comment": ("int x; /* " + "a" * 1_000_000, "unterminated comment"),
    "quote": ('char *s = "' + "a" * 100_000, "missing terminating"),
    "size": (" " * (4 << 20) + " ", "at most 4194304 are read"),
    "errors": (body("y = 1;\n" * 4_000), "'y' is not declared"),
    "syntax errors": (body("x = ;\n" * 1_000), "expected an expression before ';'"),
    "arguments": (body(f"x = f({'1,' * 10_000}1);"), "takes 1 argument"),
    "nested macros": ("#define M(a) a a\nint x = " + "M(" * 200 + "1" + ")" * 200 + ";", "preprocessing this"),
    "device": ('#include "/dev/zero"\n', "preprocessing this failed"),
    "folder": ('#include "/tmp"\n', "header '/tmp' is not found"),
    "line directive": ('#line 5 "/dev/zero"\nint x;\n', "not a regular file"),
}  # fmt: skip

REFUSED = {
    "signs": body(f"x = {'- ' * 10_000}1;"),
    "marks": body(f"x = {'!' * 10_000}1;"),
    "stars": body(f"x = {'*' * 10_000}x;"),
    "sum": body(f"x = {'x + ' * 8_000}1;"),
    "choices": body(f"x = {'x ? 1 : ' * 3_000}1;"),
    "else": body(f"if (x) x = 1; {'else if (x) x = 2; ' * 3_000}"),
    "ifs": body(f"{'if (x) ' * 3_000};"),
    "assignments": body(f"{'x = ' * 5_000}1;"),
    "subscripts": body(f"x{'[1]' * 5_000};"),
    "commas": body(f"{'x, ' * 5_000}x;"),
    "conversions": body(f"x = {'(int)' * 5_000}x;"),
    "labels": body("".join(f"l{n}:" for n in range(3_000)) + ";"),
    "pointers": f"int {'*' * 20_000}p;",
    "bounds": f"int a{'[2]' * 3_000};",
}

FINE = {
    "empty": "",
    "newlines": "\n" * 200_000,
    "pragmas": "#pragma omp x\n" * 10_000,
    "semicolons": ";" * 8_000,
    "long name": f"int {'a' * 100_000};",
    "long string": 'char *s = "' + "a" * 100_000 + '";',
    "strings": "char *s = " + '"a" ' * 10_000 + ";",
    "joined lines": "\\\n" * 50_000,
    "initialiser": f"int a[] = {{{'1,' * 8_000}}};",
    "enumerators": f"enum {{{','.join(f'a{n}' for n in range(5_000))}}};",
    "declarators": f"int {','.join(f'a{n}' for n in range(5_000))};",
    "cases": body(f"switch (x) {{{''.join(f'case {n}:' for n in range(3_000))}; }}"),
    "functions": "".join(f"int f{n}(int x) {{ return x; }}\n" for n in range(500)),
    "macro calls": "#define N 3\n#define F(x) ((x)+N)\n" + body("x = F(N) + F(x) * N;\n" * 500),
    "typedefs": "typedef int t0;\n" + "".join(f"typedef t{n} *t{n + 1};\n" for n in range(500)) + "t500 a;",
    "crlf": "int f(int x) {\r\n    return x;\r\n}\r\n",
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(reading, "MAX_TOKENS", 50_000)
    monkeypatch.setattr(preprocess, "MAX_MEMORY", 1 << 28)
    text, message = ERRORS[name]
    started = time.process_time()
    with pytest.raises(TranspileError) as caught:
        parse_text(text, "t.c")
    assert time.process_time() - started < SECONDS
    assert message in caught.value.diagnostics[0].message
    assert len(caught.value.diagnostics) <= 20
    assert len(caught.value.render()) < 20_000


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name: str) -> None:
    started = time.process_time()
    unit = parse_text(REFUSED[name], "t.c")
    assert time.process_time() - started < SECONDS
    assert not unit.functions
    assert unit.refusals[0].error.message.startswith("cannot translate ")


@pytest.mark.parametrize("name", FINE)
def test_fine(name: str) -> None:
    started = time.process_time()
    unit = parse_text(FINE[name], "t.c")
    assert time.process_time() - started < SECONDS
    assert not unit.refusals


def test_a_preprocessor_that_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preprocess, "TIME_LIMIT", 1)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(TranspileError, match="takes longer than 1 seconds"):
        parse_text(f'#include "{tmp_path / "pipe"}"\n', "t.c")


def test_a_preprocessor_that_says_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preprocess, "MAX_OUTPUT", 100_000)
    growth = "#define A0 x x x x x x x x x x\n" + "".join(f"#define A{n + 1} {f'A{n} ' * 10}\n" for n in range(5))
    with pytest.raises(TranspileError, match="gives more than"):
        parse_text(f"{growth}A5", "t.c")
