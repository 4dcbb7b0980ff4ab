"""Small functions and the trees they become: every conversion is there, and every node has its place."""

from __future__ import annotations

import dataclasses

import pytest

from transpile.c.parse import parse_text
from transpile.c.spelling import type_text
from transpile.c.tree import (
    Assign,
    Block,
    Call,
    Cast,
    Constant,
    Declare,
    Expression,
    For,
    Index,
    Name,
    Node,
    Notes,
    String,
    Variable,
)
from transpile.c.types import INT
from transpile.c.unit import Function
from transpile.c.walking import children, walk


def function_of(text: str, name: str = "f") -> Function:
    unit = parse_text(text, "t.c")
    unit.require()
    return unit.function(name)


def dump(node: Node) -> str:
    """``node`` in brackets: its kind, what it holds, and the type of expressions behind a colon."""
    shown = [type(node).__name__]
    for field in dataclasses.fields(node):
        value = getattr(node, field.name)
        hidden = field.name in ("span", "type", "notes", "macro", "text", "opening", "closing")
        if hidden or value is None or value is False or value in ((), ""):
            continue
        if isinstance(value, Variable):
            shown.append(value.name)
        elif isinstance(value, Node):
            shown.append(dump(value))
        elif isinstance(value, tuple):
            shown += [dump(part) if isinstance(part, Node) else str(part) for part in value]
        elif isinstance(value, str | int | float):
            shown.append(str(value))
    text = " ".join(shown)
    return f"({text}):{type_text(node.type)}" if isinstance(node, Expression) else f"({text})"


GOLDEN = [
    ("y = x * 2.0;",
     "(Assign (Name y):float (Cast (Binary * (Cast (Name x):float True):double (Constant 2.0):double):double True)"
     ":float)"),
    ("y += 1.0;", "(Assign (Name y):float + (Constant 1.0):double)"),
    ("i = c + s;",
     "(Assign (Name i):int (Binary + (Cast (Name c):char True):int (Cast (Name s):short True):int):int)"),
    ("c <<= i;", "(Assign (Name c):char << (Name i):int)"),
    ("a[i] = *p++;",
     "(Assign (Index (Name a):int [4] (Name i):int):int (Dereference (Increment (Name p):int * 1):int *):int)"),
    ("p = a;", "(Assign (Name p):int * (Cast (Name a):int [4] True):int *)"),
    ("p = 0;", "(Assign (Name p):int * (Cast (Constant 0):int True):int *)"),
    ("i = *(a + 1);",
     "(Assign (Name i):int (Dereference (Binary + (Cast (Name a):int [4] True):int * (Constant 1):int):int *):int)"),
    ("i = 1[a];", "(Assign (Name i):int (Index (Name a):int [4] (Constant 1):int):int)"),
    ("i = (x < 1) && !i;",
     "(Assign (Name i):int (Binary && (Binary < (Name x):float (Cast (Constant 1):int True):float):int"
     " (Unary ! (Name i):int):int):int)"),
    ("g(i, x);", "(Evaluate (Call g (Cast (Name i):int True):double (Name x):float):int)"),
    ("h(c, x);", "(Evaluate (Call h (Cast (Name c):char True):int (Cast (Name x):float True):double):void)"),
    ("i = q->next->v;",
     "(Assign (Name i):int (Member (Dereference (Member (Dereference (Name q):struct n *):struct n next):struct n *)"
     ":struct n v):int)"),
    ("i = sizeof a / sizeof *a;",
     "(Assign (Name i):int (Cast (Binary / (SizeOf (Name a):int [4]):unsigned long (SizeOf (Dereference"
     " (Cast (Name a):int [4] True):int *):int):unsigned long):unsigned long True):int)"),
    ("x = i ? c : 2u;",
     "(Assign (Name x):float (Cast (Conditional (Name i):int (Cast (Name c):char True):unsigned int"
     " (Constant 2):unsigned int):unsigned int True):float)"),
    ("i = (c, s);", "(Assign (Name i):int (Cast (Comma (Name c):char (Name s):short):short True):int)"),
    ("i = j = 3;", "(Assign (Name i):int (Assignment (Name j):int (Constant 3):int):int)"),
    ("if (p) i = (char)i; else ;",
     "(If (Name p):int * (Assign (Name i):int (Cast (Cast (Name i):int):char True):int) (Empty))"),
    ("while (i--) { continue; }", "(While (Increment (Name i):int -1):int (Block (Continue)))"),
    ("do ++i; while (1);", "(DoWhile (Evaluate (Increment (Name i):int 1 True):int) (Constant 1):int)"),
    ("for (i = 0, j = 1; i < 3; i += 2) ;",
     "(For (Evaluate (Comma (Assignment (Name i):int (Constant 0):int):int (Assignment (Name j):int (Constant 1):int)"
     ":int):int) (Binary < (Name i):int (Constant 3):int):int (Assign (Name i):int + (Constant 2):int) (Empty))"),
    ("switch (c) { case 1: i = 2; break; default: return; }",
     "(Switch (Cast (Name c):char True):int (Block (Case (Constant 1):int (Assign (Name i):int (Constant 2):int)"
     " (Break)) (Case (Return))))"),
    ("goto end; end: i = 1;", "(Goto end)"),
    ("{ double v[2] = {1, i}; }",
     "(Block (Declare v (InitializerList (Item (Cast (Constant 1):int True):double)"
     " (Item (Cast (Name i):int True):double)):double [2]))"),
    ("{ struct n m = {.next = q, .v = c}; }",
     "(Block (Declare m (InitializerList (Item (Designator next) (Name q):struct n *)"
     " (Item (Designator v) (Cast (Name c):char True):int)):struct n))"),
    ("_Generic(x, double: c, float: i, default: s);", "(Evaluate (Name i):int)"),
    ("r(3);", "(Evaluate (CallThrough (Name r):int (*)(int) (Constant 3):int):int)"),
    ("(*r)(3);", "(Evaluate (CallThrough (Name r):int (*)(int) (Constant 3):int):int)"),
]  # fmt: skip
CONTEXT = """struct n { int v; struct n *next; };
int g(double, float); void h();
void f(float x, float y, int i, int j, char c, short s, int *p, struct n *q, int (*r)(int)) {
    int a[4];
    %s
}"""


@pytest.mark.parametrize(("text", "tree"), GOLDEN)
def test_statement(text: str, tree: str) -> None:
    assert dump(function_of(CONTEXT % text).body.statements[1]) == tree


def test_scopes() -> None:
    function = function_of(
        "int x; void f(int x) { int y = x; { int x = y; x = 1; for (int x = 0; ; ) x = 2; } x = 3; }"
    )
    targets = [node.target for node in walk(function.body) if isinstance(node, Assign)]
    variables = [target.variable for target in targets if isinstance(target, Name)]
    assert len(set(variables)) == 3
    assert variables[2] == function.parameters[0]
    assert {variable.name for variable in variables} == {"x"}


def test_kinds_of_variables() -> None:
    text = (
        "extern int e; static int s; int g; void f(int p) { static int t; int a; extern int e; a = e + s + g + p + t; }"
    )
    function = function_of(text)
    storages = {node.variable.name: node.variable.storage for node in walk(function.body) if isinstance(node, Name)}
    assert storages == {"a": "automatic", "e": "global", "s": "static", "g": "global", "p": "parameter", "t": "static"}


def test_places() -> None:
    text = "void f(double *a,\n       int n) {\n    a[n +\n      1] = 2 * (a[0]\t+ n);\n}\n"
    function = function_of(text)
    (assign,) = function.body.statements
    assert isinstance(assign, Assign)
    spans = [(node.span.line, node.span.column, node.span.length) for node in walk(assign)]
    assert spans[0] == (3, 5, 5)  # to the end of its first line
    assert spans[:4] == [(3, 5, 5), (3, 5, 5), (3, 5, 1), (3, 7, 3)]
    assert (4, 12, 14) in spans and (4, 17, 4) in spans and (4, 24, 1) in spans
    assert (function.first_line, function.last_line, function.span.line, function.span.column) == (1, 5, 1, 6)
    assert all(node.span.line_text == text.splitlines()[node.span.line - 1] for node in walk(assign))


def test_every_node_has_a_place_within_its_parent() -> None:
    function = function_of(
        CONTEXT % "for (int k = 0; k < 3; k++)\n if (a[k] > *p) { h(a[k], q->v); }\n else x = y ? 1 : 2;"
    )
    for node in walk(function.body):
        for child in children(node):
            assert (child.span.line, child.span.column) >= (node.span.line, node.span.column)


def test_several_declarations_in_a_for() -> None:
    (loop,) = function_of("void f(void) { for (int i = 0, *p = &i; ; ) ; }").body.statements
    assert isinstance(loop, For)
    assert [type_text(d.variable.type) for d in loop.initial if isinstance(d, Declare)] == ["int", "int *"]


def test_constants_keep_how_they_were_written() -> None:
    text = "#define N 0x10\n#define TWO (2)\n#define SUM 1 + 2\nenum { A = 5 };\n"
    text += "int f(void) { return N + TWO + A + 'a' + SUM; }"
    constants = [node for node in walk(function_of(text).body) if isinstance(node, Constant)]
    found = [(node.value, node.text, node.macro) for node in constants]
    assert found == [(16, "0x10", "N"), (2, "2", "TWO"), (5, "A", ""), (97, "'a'", ""), (1, "1", ""), (2, "2", "")]


def test_infinity_is_a_constant() -> None:
    constants = [node for node in walk(function_of("#include <math.h>\ndouble f(void) { return INFINITY; }").body)
                 if isinstance(node, Constant)]  # fmt: skip
    assert [(node.value, node.macro) for node in constants] == [(float("inf"), "INFINITY")]


@pytest.mark.parametrize("standard", ["gnu17", "c11"])
def test_assertions_are_calls(standard: str) -> None:
    from transpile.c.preprocess import Options

    unit = parse_text("#include <assert.h>\nvoid f(int n) { assert(n > 0); }", options=Options(standard=standard))
    (statement,) = unit.function("f").body.statements
    (call,) = [node for node in walk(statement) if isinstance(node, Call)]
    assert (call.name, call.arguments[0].type) == ("assert", INT)
    assert (call.span.line, call.span.column) == (2, 17)


def test_the_name_of_the_function_is_a_string() -> None:
    strings = [
        node for node in walk(function_of("const char *f(void) { return __func__; }").body) if isinstance(node, String)
    ]
    assert strings[0].parts == ('"f"',)


def test_implicit_conversions_are_marked() -> None:
    body = function_of("double f(int i) { return (double)i + i; }").body
    casts = [node.implicit for node in walk(body) if isinstance(node, Cast)]
    assert casts == [False, True]


def test_equality_is_of_meaning() -> None:
    first, second = (
        function_of(text).body for text in ("int f(int x) { return x + 0x10; }", "int  f(int  x){return x+16;}")
    )
    assert first == second and hash(first) == hash(second)
    assert first != function_of("int f(int x) { return x + 16L; }").body
    assert isinstance(first, Block) and first.notes == Notes()


def test_variable_arrays_keep_their_extents() -> None:
    function = function_of("void f(int n, int m, double a[n][m]) { double t[n * 2][m]; t[0][1] = a[1][0]; }")
    declared = function.body.statements[0]
    assert isinstance(declared, Declare)
    assert type_text(declared.variable.type, lambda extent: dump(extent)[1:5]) == "double [Bina][Name]"
    index = next(node for node in walk(function.body) if isinstance(node, Index))
    assert type_text(index.base.type, lambda extent: "m") == "double [m]"
