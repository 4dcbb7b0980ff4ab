"""Attributes are kept with what they are declared for; dialects add tokens and functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from transpile.c.dialect import Dialect
from transpile.c.parse import parse_text
from transpile.c.preprocess import Options
from transpile.c.tokens import Token
from transpile.c.tree import Call, Return
from transpile.c.types import DOUBLE, FLOAT, INT
from transpile.c.walking import declared, walk


def test_attributes_of_a_function_are_those_of_all_its_declarations() -> None:
    unit = parse_text(
        'int f(void) __attribute__((cold));\n__attribute__((hot, section("a,b"))) int f(void) { return 1; }'
    )
    assert unit.function("f").variable.attributes == ("cold", "hot", 'section("a,b")')


def test_attributes_of_a_declaration_go_to_each_variable_in_it() -> None:
    unit = parse_text("__attribute__((a)) int x, *y; int z __attribute__((b(1, 2)));")
    assert [found.variable.attributes for found in unit.globals] == [("a",), ("a",), ("b(1,2)",)]


def test_attributes_within_a_function_end_with_the_declaration() -> None:
    unit = parse_text("void f(void) { __attribute__((a)) static int x[3]; int y; }")
    found = {variable.name: variable.attributes for variable in declared(unit.function("f").body)}
    assert found == {"x": ("a",), "y": ()}


def test_functions_of_a_dialect_are_typed_by_their_arguments() -> None:
    dialect = Dialect(generic={"load": "pointee", "pick": 1, "widest": "common", "go": INT})
    text = "void f(float *p, double d, int i) { load(p, i); pick(i, d); widest(i, p[0]); go(p); }"
    body = parse_text(text, cplusplus=True, dialect=dialect).function("f").body
    calls = [node for node in walk(body) if isinstance(node, Call)]
    assert [call.type for call in calls] == [FLOAT, DOUBLE, FLOAT, INT]
    assert calls[0].arguments[1].type == FLOAT


def test_a_dialect_rewrites_tokens_and_places_stay() -> None:
    def rewrite(tokens: Sequence[Token]) -> Sequence[Token]:
        return [replace(token, text="return") if token.text == "give" else token for token in tokens]

    body = parse_text("int f(void) {\n  give 7;\n}", dialect=Dialect(rewrite)).function("f").body
    (statement,) = body.statements
    assert isinstance(statement, Return)
    assert (statement.span.line, statement.span.column) == (2, 3)


def test_headers_can_be_included_before_the_text(tmp_path: Path) -> None:
    (tmp_path / "prelude.h").write_text("#define TWO 2\ntypedef int whole;\nint unused(nonsense);\n")
    options = Options(system=(str(tmp_path),), before=("prelude.h",))
    unit = parse_text("whole f(void) { return TWO; }", options=options)
    assert unit.function("f").result == INT and unit.functions[0].span.line == 1
