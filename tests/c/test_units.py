"""What a file has at file scope."""

from __future__ import annotations

from pathlib import Path

import pytest

from transpile.c.literals import BadLiteral, character, number, string_type, string_units
from transpile.c.parse import parse_file, parse_text
from transpile.c.printing import show, show_function
from transpile.c.types import CHAR, DOUBLE, FLOAT, INT, LONG, UNSIGNED, Pointer, Struct
from transpile.errors import SourceErrors

TEXT = """#include <stddef.h>
// a point
typedef struct { double x, y; } point;
struct node { int v; struct node *next; } head, *tail; // list
enum colour { RED, GREEN = 3 };
typedef int (*callback)(const point *, size_t);
int total;
static int total_of[2] = {1, 2};
extern int elsewhere;
int total = 3;
int later(int n);
static inline int later(int n);
static int twice(int x) { return 2 * x; }
int later(int n) { return twice(n) + GREEN; }
"""


def test_file_scope() -> None:
    unit = parse_text(TEXT, "t.c")
    unit.require()
    assert [function.name for function in unit.functions] == ["twice", "later"]
    assert unit.functions[0].static and not unit.functions[0].inline
    assert [d.variable.name for d in unit.globals] == ["head", "tail", "total_of", "elsewhere", "total"]
    assert [d.variable.external for d in unit.globals] == [False, False, False, True, False]
    assert [show(definition) for definition in unit.definitions] == [
        "// a point\ntypedef struct { double x, y; } point;",
        "struct node { int v; struct node *next; };  // list",
        "enum colour { RED, GREEN = 3 };",
        "typedef int (*callback)(const point *, size_t);",
    ]
    assert set(unit.structs) == {"point", "struct node"}
    assert list(unit.typedefs) == ["size_t", "point", "callback"]
    assert {name: p.parameters for name, p in unit.prototypes.items()} == {"later": ("n",), "twice": ("x",)}
    assert unit.lines[6] == "int total;"


def test_structures_know_their_members() -> None:
    unit = parse_text(TEXT)
    node = unit.structs["struct node"]
    assert node.fields is not None
    inner = node.fields[1].type
    assert isinstance(inner, Pointer) and isinstance(inner.to, Struct)
    assert inner.to.fields is None and inner.to == node
    assert unit.complete(inner.to).fields == node.fields


def test_functions_by_name() -> None:
    unit = parse_text(TEXT)
    assert unit.function("later").parameters[0].name == "n"
    with pytest.raises(KeyError):
        unit.function("nothing")


def test_text_without_tags() -> None:
    unit = parse_text(
        "int f(void) { struct { int a; } x = {1}, y = x; union { float f; int i; } u; u.f = 1; return y.a + u.i; }"
    )
    assert show_function(unit.function("f")).splitlines()[1:5] == [
        "    struct unnamed_3 { int a; };",
        "    struct unnamed_3 x = {1};",
        "    struct unnamed_3 y = x;",
        "    union unnamed_6 { float f; int i; };",
    ]


def test_functions_may_share_names_with_types() -> None:
    text = "typedef int T; struct f { int f; } f2;"
    text += "T f(T x) { T y = x; { int T = 2; y = T * y; } return (T)-y * sizeof(T); }"
    assert show_function(parse_text(text).function("f")).splitlines()[-2] == "    return (T)-y * sizeof(T);"


def test_names_that_mean_something_elsewhere() -> None:
    """C has fewer words than its dialects: these are names like any other."""
    text = "enum { FALSE, TRUE }; int f(int bool, int class, int new, int this, int size_t, int nullptr, int asm_) {\n"
    text += "    int true = bool + class, false = TRUE; return true + new + this + size_t + nullptr + asm_ + false; }"
    assert parse_text(text).function("f").parameters[4].name == "size_t"


def test_a_file_says_its_language_by_its_name(tmp_path: Path) -> None:
    for name, cplusplus in (("a.c", False), ("a.cpp", True), ("a.cc", True)):
        (tmp_path / name).write_text("int f(int x) { return x < 2; }")
        assert parse_file(tmp_path / name).cplusplus is cplusplus


def test_a_header_that_includes_itself(tmp_path: Path) -> None:
    (tmp_path / "h.h").write_text('#include "h.h"\n')
    (tmp_path / "m.c").write_text('#include "h.h"\n')
    with pytest.raises(SourceErrors) as caught:
        parse_file(tmp_path / "m.c")
    (error,) = caught.value.errors
    assert (Path(error.span.file).name, error.span.line) == ("h.h", 1)


@pytest.mark.parametrize(
    ("text", "value", "type"),
    [
        ("0", 0, INT), ("0x7fffffff", 2147483647, INT), ("0x80000000", 1 << 31, UNSIGNED),
        ("2147483648", 1 << 31, LONG),
        ("0b101", 5, INT), ("1'000", 1000, INT), ("017", 15, INT), ("1.5f", 1.5, FLOAT), ("0x1.8p1", 3.0, DOUBLE),
        ("1e400", float("inf"), DOUBLE), ("16777217.0f", 16777216.0, FLOAT), (".5", 0.5, DOUBLE), ("1.", 1.0, DOUBLE),
        ("1.00000017881393432617187499f", 1.00000011920928955078125, FLOAT),
        ("1.00000017881393432617187500001f", 1.0000002384185791015625, FLOAT),
    ],
)  # fmt: skip
def test_numbers(text: str, value: float, type: object) -> None:
    assert number(text) == (value, type)


@pytest.mark.parametrize("text", ["08", "0x", "1.2.3", "12ab", "0b2", "1e", "99999999999999999999", "1lul", "1lL"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(BadLiteral):
        number(text)


def test_characters_and_strings() -> None:
    assert character("'a'", False) == (97, INT) and character("'a'", True) == (97, CHAR)
    assert character("'\\xff'", False) == (-1, INT) and character("'ab'", False) == (24930, INT)
    assert character("L'\\u00e9'", False) == (233, INT) and character("'\\''", False) == (39, INT)
    assert string_type(['"a\\0b"', '"c"']) == (CHAR, 5) and string_type(['L"ab"']) == (INT, 3)
    assert bytes(string_units(['"\\x41\\101é\\n"'])) == b"AA\xc3\xa9\n"
    for wrong in ("''", "'\\q'"):
        with pytest.raises(BadLiteral):
            character(wrong, False)
