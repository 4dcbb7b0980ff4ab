"""Types, sizes and conversions, against the compiler."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from transpile.c.conversions import common, compatible, default_promoted, promoted
from transpile.c.parse import parse_text
from transpile.c.spelling import declaration, type_text
from transpile.c.tree import Declare
from transpile.c.types import (
    BOOL,
    CHAR,
    DOUBLE,
    FLOAT,
    INT,
    LONG,
    LONG_DOUBLE,
    LONG_LONG,
    SHORT,
    UNSIGNED,
    UNSIGNED_CHAR,
    UNSIGNED_LONG,
    UNSIGNED_LONG_LONG,
    VOID,
    Array,
    Field,
    Function,
    Pointer,
    Struct,
    alignment,
    layout,
    members,
    size,
)

needs_gcc = pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")

DECLARATIONS = """
int a; const long b; unsigned c, *d, **e; long long unsigned int f; short g[3]; double h[2][3]; const char *i;
char *const j = 0; const char *const k = 0; int *l[4]; int (*m)[4]; int (*n)(int, double);
int *(*o[2])(const char *, ...);
double (*(*p)(int))[3]; signed char q; long double r; _Bool s; volatile int *t; float *restrict u;
unsigned char v[4], *w;
struct tag { int x; struct tag *next; } x, *y; union u { int i; float f; } z; enum colour { RED, GREEN = -1 } aa;
typedef double real; real ab; typedef real vector[3]; vector ac, *ad; const vector ae; typedef int (*callback)(real);
callback af;
struct { int p, q; } ag; long int signed ah; int unsigned ai; int long const *aj; char ak[] = "text";
int al[] = {1, 2, [7] = 3};
int am[][2] = {{1}, {2}, {3}}; void *an; void (*ao)(void); typedef struct point { real x, y; } point; point ap[2];
enum big { HUGE = 5 } aq;
unsigned short ar; extern int as_[]; static const double at = 1; int (*au(int x))(double);
point (*av)(point *, int [3]); int aw[sizeof(point)];
char ax[3] = {'a', 'b'}, ay = 'c'; short (*(az[2]))[2]; int const volatile ba; float bb[GREEN + 2 * 2];
"""


@needs_gcc
def test_declared_types(tmp_path: Path) -> None:
    """gcc takes the declaration that is printed of each variable for one of the same type."""
    unit = parse_text(DECLARATIONS, "d.c")
    unit.require()
    variables = [declared.variable for declared in unit.globals]
    assert len(variables) == 53
    checks = "".join(
        f'_Static_assert(__builtin_types_compatible_p(__typeof__({v.name}), {type_text(v.type)}), "{v.name}");\n'
        for v in variables
        if "unnamed" not in type_text(v.type)
    )
    again = "".join(f"extern {declaration(v)};\n" for v in variables if v.storage == "global" and v.name != "ag")
    (tmp_path / "d.c").write_text(DECLARATIONS + checks + again)
    subprocess.run(["gcc", "-std=gnu17", "-w", "-fsyntax-only", tmp_path / "d.c"], check=True)


STRUCTS = """
struct a { char c; int i; char d; }; struct b { char c; double d; short s[3]; }; struct c { struct a x[2]; char y; };
union d { char c[5]; int i; }; struct e { long double l; char c; }; struct f { _Bool b; void *p; char c; };
struct g { int x : 3, y : 7; unsigned z : 30; char c; }; struct h { char c; int : 0; char d; };
struct i { short s : 9; char c; };
struct j { struct { int p; char q; }; union { char r; long s; }; }; struct k { int n; char flexible[]; };
struct l { long a : 40; int b : 20; char c : 4; }; struct m { char c : 1; long d : 63; }; struct n { int a; int : 5;
int b : 30; };
"""


@needs_gcc
def test_layouts(tmp_path: Path) -> None:
    unit = parse_text(STRUCTS, "s.c")
    checks = ""
    for name, struct in unit.structs.items():
        if "unnamed" in name:
            continue
        checks += f'_Static_assert(sizeof({name}) == {size(struct)}, "{name}");\n'
        checks += f'_Static_assert(_Alignof({name}) == {alignment(struct)}, "{name}");\n'
        offsets = layout(struct)
        assert offsets is not None
        for field, offset in zip(struct.fields or (), offsets[0], strict=True):
            if field.name and field.width is None:
                checks += f'_Static_assert(__builtin_offsetof({name}, {field.name}) == {offset}, "{field.name}");\n'
    assert checks.count("sizeof") == 14
    (tmp_path / "s.c").write_text(STRUCTS + checks)
    subprocess.run(["gcc", "-w", "-fsyntax-only", tmp_path / "s.c"], check=True)


@pytest.mark.parametrize(
    ("left", "right", "result"),
    [
        (CHAR, UNSIGNED_CHAR, INT), (INT, UNSIGNED, UNSIGNED), (LONG, UNSIGNED, LONG), (LONG, LONG_LONG, LONG_LONG),
        (LONG_LONG, UNSIGNED_LONG, UNSIGNED_LONG_LONG), (INT, FLOAT, FLOAT), (FLOAT, DOUBLE, DOUBLE),
        (LONG_DOUBLE, FLOAT, LONG_DOUBLE), (BOOL, SHORT, INT), (UNSIGNED_LONG, INT, UNSIGNED_LONG),
    ],
)  # fmt: skip
def test_common_types(left: object, right: object, result: object) -> None:
    assert common(left, right) == common(right, left) == result  # type: ignore[arg-type]


def test_promotions() -> None:
    assert [promoted(type) for type in (BOOL, CHAR, SHORT, UNSIGNED, LONG, FLOAT)] == [
        INT,
        INT,
        INT,
        UNSIGNED,
        LONG,
        FLOAT,
    ]
    assert [default_promoted(type) for type in (FLOAT, CHAR, Pointer(INT))] == [DOUBLE, INT, Pointer(INT)]


def test_compatible_types() -> None:
    assert compatible(Array(INT), Array(INT, 3))
    assert not compatible(Array(INT, 2), Array(INT, 3))
    assert not compatible(Pointer(INT), Pointer(UNSIGNED))
    assert compatible(Function(INT, (DOUBLE,)), Function(INT, prototyped=False))
    assert not compatible(Function(INT, (DOUBLE,)), Function(INT, (INT,)))


def test_sizes_that_are_not_known() -> None:
    assert size(Array(DOUBLE)) is None
    assert size(Struct("struct s")) is None
    assert layout(Struct("struct s")) is None
    assert size(VOID) == 1


def test_members_of_anonymous_structures() -> None:
    inner = Struct("union u", (Field("f", FLOAT), Field("i", INT)), True)
    outer = Struct("struct s", (Field("n", INT), Field("", inner)))
    assert [(len(path), member.name) for path, member in members(outer)] == [(0, "n"), (1, "f"), (1, "i")]


def test_the_name_a_type_was_written_with_is_kept_but_not_compared() -> None:
    unit = parse_text("#include <stdint.h>\n#include <stdbool.h>\nuint8_t x; bool b; unsigned char y; enum e { A } z;")
    x, b, y, z = (declared.variable for declared in unit.globals)
    assert (type_text(x.type), type_text(b.type), type_text(z.type)) == ("uint8_t", "bool", "enum e")
    assert x.type == y.type


def test_parameters_are_pointers_and_remember_how_they_were_written() -> None:
    unit = parse_text("void f(int n, const double a[n][8], float b[restrict], int c[const 4], int g(void)) {}")
    n, a, b, c, g = unit.function("f").parameters
    assert a.type == Pointer(Array(DOUBLE, 8), const=True)
    assert isinstance(a.declared, Array) and a.declared.length is None and a.declared.extent is not None
    assert isinstance(b.type, Pointer) and b.type.restrict
    assert c.type == Pointer(INT) and g.type == Pointer(Function(INT))
    assert declaration(n) == "int n"


def test_typedefs_carry_qualifiers() -> None:
    unit = parse_text("typedef const int ci; ci x = 1; ci *p; typedef int *ip; const ip q = 0;")
    variables = {declared.variable.name: declared.variable for declared in unit.globals}
    assert variables["x"].const
    assert variables["p"].type == Pointer(INT, const=True)
    assert variables["q"].const and variables["q"].type == Pointer(INT)


def test_an_initialiser_tells_the_length() -> None:
    unit = parse_text(
        'int a[] = {1, [5] = 2, 3}; char s[] = "ab" "c"; int m[][2] = {1, 2, 3}; struct { int x[2]; } t[] = {1, 2, 3};'
    )
    lengths = [
        d.variable.type.length for d in unit.globals if isinstance(d, Declare) and isinstance(d.variable.type, Array)
    ]
    assert lengths == [7, 4, 2, 2]
