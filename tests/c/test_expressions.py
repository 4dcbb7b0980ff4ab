"""Every expression has the type and, where it is constant, the value that the compiler gives it."""

from __future__ import annotations

import math
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from transpile.c.constants import value_of
from transpile.c.parse import parse_text
from transpile.c.printing import text
from transpile.c.spelling import type_text
from transpile.c.tree import Evaluate, Expression
from transpile.c.types import Array, Pointer

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")

DECLARATIONS = """
enum colour { RED, GREEN = 7 };
struct pair { char k; double v; short xs[3]; struct pair *next; float *fp; };
extern _Bool b; extern char c; extern signed char sc; extern unsigned char uc; extern short s; extern unsigned short us;
extern int i; extern unsigned u; extern long l; extern unsigned long ul; extern long long ll;
extern unsigned long long ull; extern float f; extern double d; extern long double ld; extern enum colour e;
extern int ai[4]; extern double m[3][5]; extern struct pair st, *sp, sa[2]; extern const char *text; extern void *vp;
extern double *dp; extern const int *cip; extern int (*pa)[4]; int fi(int, double); double fd(void);
float (*fp)(float);
"""
INTEGERS = [
    "b", "c", "sc", "uc", "s", "us", "i", "u", "l", "ul", "ll", "ull", "e", "1", "2u", "3l", "4UL", "5ll", "6ULL",
    "0x7fffffff", "0x80000000", "4294967296", "0xffffffffffffffff", "017", "'a'", "'\\n'", "L'x'", "u'x'", "U'x'",
    "RED", "GREEN", "sizeof(int)", "sizeof m", "ai[1]", "st.k", "sp->xs[2]", "sa[1].k", "*ai", "fi(1, 2)", "*text",
    "i++", "--uc", "(dp - &m[0][1])", "_Alignof(double)", "sp->next->k", "1[ai]",
]  # fmt: skip
FLOATS = [
    "f",
    "d",
    "ld",
    "1.5f",
    "2.5",
    "3.L",
    "1e3",
    "0x1p-3",
    "m[1][2]",
    "st.v",
    "sa->v",
    "*dp",
    "fd()",
    "fp(1)",
    "*sp->fp",
]
POINTERS = [
    "dp",
    "ai",
    "m[1]",
    "m",
    "text",
    "cip",
    "&i",
    "&m[1]",
    "sp",
    "sp->next",
    "&st.xs",
    "st.xs",
    "pa",
    "*pa",
    "fi",
]
TYPES = ["char", "unsigned char", "short", "int", "unsigned", "long", "unsigned long long", "float", "double", "_Bool"]

integers = st.deferred(
    lambda: st.one_of(
        st.sampled_from(INTEGERS),
        st.builds("({} {} {})".format, integers, st.sampled_from(["%", "&", "|", "^", "<<", ">>"]), integers),
        st.builds("({} {} {})".format, numbers, st.sampled_from(["<", "==", "!=", ">=", "&&", "||"]), numbers),
        st.builds("({} {} {})".format, integers, st.sampled_from(["+", "-", "*", "/"]), integers),
        st.builds("({}{})".format, st.sampled_from(["~", "- ", "+ "]), integers),
        st.builds("!{}".format, numbers),
        st.builds("(({}){})".format, st.sampled_from([t for t in TYPES if t not in ("float", "double")]), numbers),
        st.builds("({} ? {} : {})".format, numbers, integers, integers),
        st.builds("sizeof({})".format, numbers),
        st.builds("(i {}= {})".format, st.sampled_from(["", "+", "<<", "&"]), integers),
        st.builds("({}, {})".format, numbers, integers),
        st.builds("ai[{}]".format, integers),
    )
)
floats = st.deferred(
    lambda: st.one_of(
        st.sampled_from(FLOATS),
        st.builds("({} {} {})".format, numbers, st.sampled_from(["+", "-", "*", "/"]), floats),
        st.builds("({} {} {})".format, floats, st.sampled_from(["+", "-", "*", "/"]), numbers),
        st.builds("(- {})".format, floats),
        st.builds("(({}){})".format, st.sampled_from(["float", "double", "long double"]), numbers),
        st.builds("({} ? {} : {})".format, numbers, floats, numbers),
        st.builds("(f {}= {})".format, st.sampled_from(["", "*", "-"]), numbers),
        st.builds("m[{}][{}]".format, integers, integers),
    )
)
numbers = integers | floats
pointers = st.deferred(
    lambda: st.one_of(
        st.sampled_from(POINTERS),
        st.builds("(dp + {})".format, integers),
        st.builds("({} + {})".format, st.sampled_from(["ai", "m", "pa", "text", "sp"]), integers),
        st.builds("&m[{}]".format, integers),
        st.builds("({} ? {} : 0)".format, numbers, st.sampled_from(["dp", "text", "vp"])),
        st.builds("({} ? vp : dp)".format, numbers),
        st.builds("((double (*)[5])dp + {})".format, integers),
    )
)


def parsed(expressions: list[str]) -> list[Expression]:
    """Each of ``expressions`` as a tree."""
    body = "".join(f"    {text};\n" for text in expressions)
    unit = parse_text(f"{DECLARATIONS}void test(void) {{\n{body}}}\n", "test.c")
    unit.require()
    statements = unit.function("test").body.statements
    assert len(statements) == len(expressions)
    return [as_expression(statement) for statement in statements]


def as_expression(statement: object) -> Expression:
    assert isinstance(statement, Evaluate)
    return statement.expression


def compile_checks(folder: Path, lines: list[str]) -> str:
    """What gcc has against a file of static assertions; the line number is the index, from 1."""
    prefix = f"{DECLARATIONS}\n#line 1\n"
    source = folder / "checks.c"
    source.write_text(prefix + "\n".join(f"void t{n}(void) {{ {line} }}" for n, line in enumerate(lines)))
    command = ["gcc", "-std=gnu17", "-w", "-fsyntax-only", "-fmax-errors=5", str(source)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


@settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(numbers | pointers, min_size=150, max_size=150))
def test_types(tmp_path_factory: pytest.TempPathFactory, expressions: list[str]) -> None:
    trees = parsed([f"({text})" for text in expressions])
    checks = []
    for source, tree in zip(expressions, trees, strict=True):
        found = tree.type
        if isinstance(found, Array):
            found = Pointer(found.of)
        checks.append(f'_Static_assert(_Generic(({source}), {type_text(found)}: 1, default: 0), "{type_text(found)}");')
    assert compile_checks(tmp_path_factory.mktemp("types"), checks) == ""


def test_a_wrong_type_would_be_seen(tmp_path: Path) -> None:
    check = '_Static_assert(_Generic((1 + 1L), int: 1, default: 0), "int");'
    assert "checks.c" not in compile_checks(tmp_path, [])
    assert "1:" in compile_checks(tmp_path, [check])


small = st.sampled_from([
    "0", "1", "2u", "3L", "5ull", "7", "0x7f", "017", "'a'", "'\\xff'", "'ab'", "RED", "GREEN", "sizeof(int)", "1.5",
    "0.1f", "2.5e-3", "0x1.8p1f", "1e10", "3.4e38f", "16777217", "0.1", "33333333.3f", "1.0e-40f", "9007199254740993",
    "-1", "(char)200", "(unsigned char)-1", "(short)70000", "(float)16777219", "(_Bool)0.5", "sizeof(struct pair)",
    "(int)-2.7",
])  # fmt: skip
constants = st.recursive(
    small,
    lambda inner: st.one_of(
        st.builds(
            "({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/", "<", ">=", "==", "&&", "||"]), inner
        ),
        st.builds("((int){} {} (int){})".format, small, st.sampled_from(["%", "&", "|", "^", "<<", ">>"]), small),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
        st.builds("({}{})".format, st.sampled_from(["- ", "!", "+ "]), inner),
        st.builds("(~(unsigned)({}))".format, small),
        st.builds("(({}){})".format, st.sampled_from(TYPES), small),
    ),
    max_leaves=6,
)


@settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(constants, min_size=200, max_size=200))
def test_constant_values(tmp_path_factory: pytest.TempPathFactory, expressions: list[str]) -> None:
    folder = tmp_path_factory.mktemp("values")
    values = [(source, value_of(tree)) for source, tree in zip(expressions, parsed(expressions), strict=True)]
    known = [(source, value) for source, value in values if value is not None and not math.isnan(value)]
    assert len(known) > 100
    checks = "".join(f"    if (({source}) != ({literal(value)})) puts({quoted(source)});\n" for source, value in known)
    program = folder / "values.c"
    program.write_text(f"#include <stdio.h>\n{DECLARATIONS}int main(void) {{\n{checks}    return 0;\n}}\n")
    subprocess.run(["gcc", "-O0", "-w", "-o", folder / "values", program], check=True)
    assert subprocess.run([folder / "values"], capture_output=True, text=True, check=True).stdout == ""


def literal(value: int | float) -> str:
    """``value`` as C writes it exactly."""
    if isinstance(value, int):
        return f"{value}ull" if value >= 1 << 63 else f"({value + 1}ll - 1)" if value < 0 else f"{value}ll"
    if math.isinf(value):
        return "__builtin_inf()" if value > 0 else "-__builtin_inf()"
    return value.hex()


def quoted(source: str) -> str:
    return '"' + source.replace("\\", "\\\\").replace('"', '\\"') + '"'


@settings(max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(numbers | pointers, min_size=30, max_size=30))
def test_printed_expressions_read_as_the_same_tree(expressions: list[str]) -> None:
    trees = parsed([f"({source})" for source in expressions])
    again = parsed([f"({text(tree)})" for tree in trees])
    assert again == trees
