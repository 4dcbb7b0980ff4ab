"""Expressions without brackets mean to the reader what they mean to the compiler, effects included."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from transpile.c.constants import value_of
from transpile.c.parse import parse_text
from transpile.c.printing import show
from transpile.c.tree import Evaluate, Expression

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")

BINARY = ["+", "-", "*", "&", "|", "^", "<", ">", "<=", ">=", "==", "!=", "&&", "||"]
LEAVES = [
    "1",
    "2u",
    "3",
    "-4",
    "5L",
    "sizeof(int)",
    "(char)300",
    "'a'",
    "sizeof 1",
    "-sizeof(long)",
    "(short)-7",
    "~8",
    "!0",
]


@st.composite
def chains(draw: st.DrawFn) -> str:
    """Operands and operators side by side, with few brackets."""
    parts = [draw(st.sampled_from(LEAVES))]
    for _ in range(draw(st.integers(1, 7))):
        operator = draw(st.sampled_from([*BINARY, "? 6 :", "<< 2 +", ">> 1 |"]))
        prefix = draw(st.sampled_from(["", "", "- ", "!", "~", "(unsigned)", "(_Bool)"]))
        parts += [operator, prefix + draw(st.sampled_from(LEAVES))]
    return " ".join(parts)


@settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(chains(), min_size=150, max_size=150))
def test_values_without_brackets(tmp_path_factory: pytest.TempPathFactory, expressions: list[str]) -> None:
    unit = parse_text("void f(void) {\n" + "".join(f"({source});\n" for source in expressions) + "}\n")
    trees = [
        statement.expression for statement in unit.function("f").body.statements if isinstance(statement, Evaluate)
    ]
    folder = tmp_path_factory.mktemp("values")
    checks = "".join(
        f"if (({source}) != {value}) puts({number});\n"
        for number, (source, tree) in enumerate(zip(expressions, trees, strict=True))
        if (value := as_c(tree)) is not None
    )
    checks = checks.replace("puts(", 'printf("%d\\n", ')
    (folder / "p.c").write_text(f"#include <stdio.h>\nint main(void) {{\n{checks}return 0; }}\n")
    subprocess.run(["gcc", "-w", "-o", folder / "p", folder / "p.c"], check=True)
    wrong = subprocess.run([folder / "p"], capture_output=True, text=True, check=True).stdout.split()
    assert [expressions[int(number)] for number in wrong] == []


def as_c(tree: Expression) -> str | None:
    value = value_of(tree)
    if not isinstance(value, int) or value == -(1 << 63):
        return None
    return f"{value}ull" if value >= 1 << 63 else f"{value}ll"


EFFECTS = """
struct s { int v, *p; struct s *next; };
static int a[8], i, j, k, x, y, z, *p, *q; static struct s one, two, *r; static double d;
static void reset(void) {
    for (int n = 0; n < 8; n++) a[n] = n * 3 + 1;
    i = 1; j = 2; k = 3; x = 10; y = -20; z = 7; p = a + 2; q = a + 5; d = 2.5;
    one = (struct s){4, a + 1, &two}; two = (struct s){6, a + 3, &one}; r = &one;
}
static int next(int n) { return n + 1; }
"""
STATEMENTS = [
    "z = -i++;", "z = !j--;", "z = *p++;", "z = ~k--;", "z = -*p++;", "z = (int)d++;", "z = - -i--;",
    "z = *--q + *p++;", "z = -a[i++];", "z = !a[j]++;", "z = -one.v++;", "z = -r->v--;", "z = *r->p++;", "z = ++*p;",
    "z = (*p)++;", "z = -(*q)--;", "z = sizeof a[i++];", "z = sizeof(a)[0];", "z = r++->v;", "z = -r->next->p[1]++;",
    "*p++ = *q--;", "*p++ += i++;", "z = i++ + j--;", "z = x - -y;", "z = x-(-y)-z;", "z = x - (y - z);",
    "z = x / (y / z);", "z = (x, y), z;", "z = x, y;", "z = x ? y : z ? i : j;", "z = (x ? y : z) ? i : j;",
    "z = x ? y, i : z;", "x = y = z;", "x += y -= z;", "z = x & y == z;", "z = (x & y) == z;", "z = x << y + 30;",
    "z = (x << 2) + y;", "z = !x == y;", "z = !(x == y);", "z = -x * y;", "z = -(x * y);", "z = (char)x * 30;",
    "z = (char)(x * 30);", "z = (unsigned char)-x;", "z = *&x;", "z = &a[3] - p;", "z = *(p + i);", "z = *p + i;",
    "z = next(i++) + next(*p++);", "if (i) ++j; else --j;", "while (i--) ++k;", "for (; i < 5; ++i) ++j;",
    "do ++i; while (i < 4);", "return ++i, z;", "z = (x > y) - (x < y);", "z = x && !y || z;", "z = x && (!y || z);",
    "a[i = j] = 5;", "(i ? &x : &y)[0] = 9;", "(*r).v = 5;", "(&one)->v = 6;", "*(int *)((char *)a + 4) = 3;",
    "z = ((int (*)(int))next)(4);", "z = (*next)(4);", "z = *a;", "z = 2[a];", "z = \"abc\"[1];",
    "z = *\"abc\" + sizeof \"abc\";", "z = (x ^ y) & z | x;", "z = x % 3 * 2;", "z = x - y + z;",
    "z = (struct s){1, p, 0}.v;", "z = (int[]){4, 5}[1];", "switch (x) { case 10: ++z; default: --y; }",
    "z = +x + +y;", "z = x--- -y;", "z = i+++j;", "{ int z = x, y = z; x = y + z; }", "z = 1 ? x : y, y = 3;",
    "d = x / 4 + x / 4.0;", "z = d * 3;", "z -= d;", "y >>= 1;",
]  # fmt: skip


def test_effects(tmp_path: Path) -> None:
    """Each statement, and what is printed of it, leave all variables alike."""
    functions = "".join(f"static int f{n}(void) {{ {source} return z; }}\n" for n, source in enumerate(STATEMENTS))
    unit = parse_text(EFFECTS + functions, "effects.c")
    printed = "".join(f"static int g{n}(void) {show(unit.function(f'f{n}').body)}\n" for n in range(len(STATEMENTS)))
    calls = "".join(f"    check({n}, f{n}, g{n});\n" for n in range(len(STATEMENTS)))
    harness = """
#include <stdio.h>
#include <string.h>
struct all { int result, a[8], i, j, k, x, y, z; int *p, *q; struct s one, two, *r; double d; };
static struct all run(int (*f)(void)) {
    struct all s;
    memset(&s, 0, sizeof s);
    reset();
    s.result = f();
    memcpy(s.a, a, sizeof a);
    s.i = i, s.j = j, s.k = k, s.x = x, s.y = y, s.z = z, s.p = p, s.q = q, s.r = r, s.d = d;
    s.one.v = one.v, s.one.p = one.p, s.two.v = two.v, s.two.p = two.p;
    return s;
}
static void check(int n, int (*f)(void), int (*g)(void)) {
    struct all s = run(f), t = run(g);
    if (memcmp(&s, &t, sizeof s)) printf("%d\\n", n);
}
"""
    program = f"{EFFECTS}{functions}{printed}{harness}int main(void) {{\n{calls}    return 0;\n}}\n"
    (tmp_path / "p.c").write_text(program)
    subprocess.run(["gcc", "-w", "-o", tmp_path / "p", tmp_path / "p.c"], check=True)
    wrong = subprocess.run([tmp_path / "p"], capture_output=True, text=True, check=True).stdout.split()
    assert [STATEMENTS[int(number)] for number in wrong] == []
