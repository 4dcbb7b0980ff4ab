"""Calls that become the text of what they call: the same results, and only where that is certain."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from transpile.c.inlining import inlined, loops_within
from transpile.c.parse import parse_file, parse_text
from transpile.c.printing import show_function
from transpile.c.tree import Call, For, Statement
from transpile.c.unit import Function, Unit
from transpile.c.walking import walk

PROGRAMS = Path(__file__).parent / "programs"
LOOPS = Path(__file__).parents[2] / "datasets" / "loops"
HOSTILE = """
#include <stdio.h>
#include <string.h>
struct pair { int first, second; int both[2]; };
static int scale = 3;

static void fill(int n, int value, int *to) { for (int i = 0; i < n; i++) to[i] = value * scale + i; }
static void countdown(int n, int *to) { while (n-- > 0) to[n] += n; }
static void twice(int n, int i, int *to) { fill(n, i, to); for (int k = 0; k < n; k++) to[k] *= 2; countdown(n, to); }
static float mean(int n, const double *x) { double s = 0; for (int i = 0; i < n; i++) s += x[i]; return s / 3; }
static long sum(int n, const int *x) { long total = 0; for (int i = 0; i < n; i++) total += x[i]; return total; }
static int low(unsigned char n, const int *x) { int s = 0; for (int i = 0; i < n; i++) s += x[i]; return s; }
static void pairs(struct pair p, int *to) { for (int i = 0; i < p.second; i++) to[i] += p.first + p.both[i & 1]; }
static void reset(struct pair p, int *to) { for (int i = 0; i < 4; i++) { p.both[i & 1]++; to[i] += p.both[0]; } }
static void sized(int n, int *to) { for (unsigned i = 0; i < sizeof to / sizeof *to; i++) to[i] += n; }
static void halves(double x, int n, int *to) { for (int i = 0; i < n; i++) to[i] += (int)(x / 2 * 10); }
static int early(int n, const int *x) { for (int i = 0; i < n; i++) if (x[i] > 9) return i; return -1; }
static void shifted(int *p, int n) { for (int *end = p + n; p < end; p++) *p += 1; }
static void changes(int n, int *to) { for (int i = 0; i < n; i++) { to[i] += scale; scale++; } }
static void uses(int n, int *to) { for (int i = 0; i < n; i++) to[i] += scale; }
static void captured(int *to) { int scale = 4; uses(scale, to); }

int main(void)
{
    int a[16], i = 5, n = 8, to = 3, n_2 = 100;
    int *p = a;
    double x[4] = {1, 2.5, 1e9, 7};
    struct pair pair = {1, 7, {2, 3}};
    memset(a, 0, sizeof a);
    fill(n, i, a);
    fill(i, n, p);
    fill(to + i, to * i, p + 1);
    for (int k = 0; k < 2; k++)
        twice(n, k, a);
    if (i > 4)
        twice(to, i, p);
    else
        countdown(n, a);
    double m = mean(4, x);
    int t = sum(n, a);
    long both = low(256 + 3, a) + 1;
    t = sum(16, a);
    n = low(n, a) & 15;
    pairs(pair, a);
    reset(pair, a);
    sized(n, a);
    halves(7, n, a);
    halves(i, 3, a);
    int where = early(n, a);
    shifted(p, n);
    shifted(p, n);
    changes(3, a);
    captured(a);
    for (int k = 0; k < 16; k++)
        printf("%d ", a[k]);
    printf("%.17g %d %ld %d %d %d %d %d\\n", m, t, both, n, where, (int)(p - a), pair.both[0], n_2);
    return 0;
}
"""


def everything(unit: Unit, function: Function) -> tuple[Unit, Function]:
    return inlined(unit, function, lambda statement: True)


def text_of(text: str) -> str:
    unit = parse_text(text)
    return show_function(everything(unit, unit.function("f"))[1])


def printed(unit: Unit) -> str:
    """The file in which each function has been inlined into, one after the other."""
    lines = list(unit.lines)
    for function in reversed(unit.functions):
        lines[function.first_line - 1 : function.last_line] = [show_function(everything(unit, function)[1])]
    return "\n".join(lines)


def output(folder: Path, text: str) -> str:
    (folder / "program.c").write_text(text)
    command = ["gcc", "-std=gnu17", "-w", "-o", "program", "program.c", "-lm"]
    subprocess.run(command, cwd=folder, check=True)
    return subprocess.run([folder / "program"], capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
def test_inlined_programs_behave_the_same(tmp_path: Path) -> None:
    units = [parse_text(HOSTILE), *(parse_file(path) for path in sorted(PROGRAMS.glob("*.c")))]
    changed = 0
    for unit in units:
        text = printed(unit)
        changed += any(everything(unit, function)[0] is not unit for function in unit.functions)
        assert output(tmp_path, text) == output(tmp_path, "\n".join(unit.lines))
    assert changed > 1


def test_what_is_certain_is_inlined() -> None:
    unit = parse_text(HOSTILE)
    _, main = everything(unit, unit.function("main"))
    left = {node.name for node in walk(main.body) if isinstance(node, Call)}
    assert left == {"memset", "printf", "early", "low", "uses"}


def test_variables_take_the_place_of_parameters() -> None:
    found = text_of(
        "static void add(int n, const float *from, float *to) { for (int i = 0; i < n; i++) to[i] += from[i]; }\\n"
        "void f(int m, float *a, float *b) { add(m, a, b); }\\n".replace("\\n", "\n")
    )
    assert "for (int i = 0; i < m; i++)\n        b[i] += a[i];" in found


def test_names_do_not_capture_each_other() -> None:
    found = text_of(
        "static void add(int n, float *x) { for (int i = 0; i < n; i++) x[i] += n; }\n"
        "void f(int i, float *n) { add(i, n); }\n"
    )
    assert "for (int i_2 = 0; i_2 < i; i_2++)\n        n[i_2] += i;" in found


def test_conversions_stay() -> None:
    found = text_of(
        "static void half(double x, float *to) { for (int i = 0; i < 4; i++) to[i] = x / 2; }\n"
        "void f(int n, float *a) { half(n, a); }\n"
    )
    assert "a[i] = (double)n / 2" in found


@pytest.mark.parametrize(
    "callee",
    [
        "static void g(int n, float *x) { for (int i = 0; i < n; i++) if (x[i] > 1) return; }",
        "static void g(int n, float *x) { static int k; for (int i = 0; i < n; i++) x[i] = k++; }",
        "static void g(int n, float *x) { again: for (int i = 0; i < n; i++) if (x[i]++ > 1) goto again; }",
        "static void g(int n, float *x) { for (int i = 0; i < n; i++) x[i] = 1; if (n > 1) g(n - 1, x); }",
        "static void g(int n, float *x) { float y[n]; for (int i = 0; i < n; i++) x[i] = y[i]; }",
        "static void g(int n, volatile int x) { for (int i = 0; i < n; i++) x++; }",
        "static void g(int n, float (*x)[n]) { for (int i = 0; i < n; i++) x[i][i] = 1; }",
        "static void g(int n, float *x) { x[n] = 1; }",
        "int a; static void g(int n, float *x) { for (int i = 0; i < n; i++) x[i] = a; }",
    ],
)
def test_what_is_not_certain_stays_a_call(callee: str) -> None:
    given = "n" if "volatile" in callee else "(void *)a"
    unit = parse_text(f"{callee}\nvoid f(int n, float *a) {{ g(n, {given}); }}\n")
    function = unit.function("f")
    assert everything(unit, function) == (unit, function)


def test_no_two_loops_stand_at_one_place() -> None:
    unit = parse_file(LOOPS / "3mm.c")
    _, found = everything(unit, unit.function("three_mm"))
    loops = [node for node in walk(found.body) if isinstance(node, For)]
    places = [(loop.span.line, loop.span.column) for loop in loops]
    assert len(set(places)) == len(loops) == 12
    assert places[0] == (5, 5)
    assert {line for line, _ in places[4:]} == {21, 22}


def test_statements_are_not_shared_between_copies() -> None:
    unit = parse_file(LOOPS / "3mm.c")
    _, found = everything(unit, unit.function("three_mm"))
    statements = [id(node) for node in walk(found.body) if isinstance(node, Statement)]
    assert len(set(statements)) == len(statements)


def test_only_what_is_wanted_is_inlined() -> None:
    unit = parse_file(LOOPS / "3mm.c")
    function = unit.function("three_mm")
    first = function.body.statements[0]
    _, found = inlined(unit, function, lambda statement: statement is first)
    assert [node.name for node in walk(found.body) if isinstance(node, Call)] == ["multiply", "multiply"]


def test_loops_are_found_in_what_is_called() -> None:
    unit = parse_file(LOOPS / "3mm.c")
    assert loops_within(unit, "three_mm")
    assert not loops_within(unit, "no_such_function")
    assert not loops_within(parse_text("static void g(void) { g(); }\n"), "g")
