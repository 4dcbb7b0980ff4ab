"""Looking through trees and making new ones."""

from __future__ import annotations

import pytest

from transpile.c.constants import value_of
from transpile.c.parse import parse_text
from transpile.c.printing import show, text
from transpile.c.tree import (
    Assign,
    Binary,
    Block,
    Cast,
    Constant,
    Declare,
    Expression,
    For,
    Index,
    Name,
    Node,
    Return,
)
from transpile.c.types import INT
from transpile.c.unit import Function
from transpile.c.walking import (
    bare,
    children,
    declared,
    free,
    substitute,
    targets,
    transform,
    variables,
    walk,
)

PROGRAM = """
void f(int n, double *a, const double *b, int m) {
    for (int i = 0; i < n; i++) {
        double t = b[i] * 2;
        a[i + m] += t;
        n--;
    }
}
"""


def function() -> Function:
    return parse_text(PROGRAM).function("f")


def names(found: object) -> list[str]:
    assert isinstance(found, tuple)
    return [variable.name for variable in found]


def test_walk_is_in_the_order_of_the_text() -> None:
    nodes = list(walk(function().body))
    assert isinstance(nodes[0], Block) and isinstance(nodes[1], For)
    spans = [(node.span.line, node.span.column) for node in nodes if isinstance(node, Name)]
    assert spans == sorted(spans)


def test_children() -> None:
    loop = function().body.statements[0]
    assert [type(node).__name__ for node in children(loop)] == ["Declare", "Binary", "Evaluate", "Block"]


def test_variables() -> None:
    loop = function().body.statements[0]
    assert names(variables(loop)) == ["i", "n", "b", "a", "m", "t"]
    assert names(declared(loop)) == ["i", "t"]
    assert names(free(loop)) == ["n", "b", "a", "m"]


def test_targets() -> None:
    assert [text(target) for target in targets(function().body)] == ["i", "a[i + m]", "n"]


def test_substitution_makes_a_new_tree_and_shares_the_rest() -> None:
    found = function()
    loop = found.body.statements[0]
    assert isinstance(loop, For) and isinstance(loop.body, Block)
    m = found.parameters[3]
    span = found.span
    constant = Constant(3, "3", type=INT, span=span)
    new = substitute(loop, {m: constant})
    assert show(new.body.statements[1]) == "a[i + 3] += t;" if isinstance(new.body, Block) else False
    assert show(loop.body.statements[1]) == "a[i + m] += t;"
    assert isinstance(new.body, Block) and new.body.statements[0] is loop.body.statements[0]
    assert substitute(loop, {}) is loop


def test_transformation_is_from_the_leaves_up() -> None:
    (result,) = parse_text("int f(void) { return (1 + 2) * (3 + 4); }").function("f").body.statements
    seen: list[str] = []

    def fold(node: Node) -> Node:
        if isinstance(node, Binary):
            seen.append(node.operator)
            value = value_of(node)
            return Constant(value or 0, str(value), type=node.type, span=node.span)
        return node

    assert show(transform(result, fold)) == "return 21;"
    assert seen == ["+", "+", "*"]


def test_deep_trees() -> None:
    terms = " + ".join(["x"] * 150)
    (result,) = parse_text(f"int f(int x) {{ return {terms}; }}").function("f").body.statements
    assert isinstance(result, Return) and result.value is not None
    assert len(list(walk(result))) == 300
    assert transform(result, lambda node: node) is result
    assert text(result.value) == terms
    assert hash(result.value) == hash(result.value) and result.value == result.value


def test_bare() -> None:
    (assign,) = parse_text("void f(double *a, int i) { *a = i; }").function("f").body.statements
    assert isinstance(assign, Assign) and isinstance(assign.value, Cast)
    assert isinstance(bare(assign.value), Name)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [("a[i + 1]", "a[1 + i]", False), ("a[i+1]", "a[ i + 0x1 ]", True), ("a[i]", "b[i]", False), ("*a", "a[0]", False)],
)
def test_equal_expressions(left: str, right: str, same: bool) -> None:
    body = parse_text(f"void f(int *a, int *b, int i) {{ {left}; {right}; }}").function("f").body
    first, second = body.statements
    assert (first == second) is same


def test_every_kind_of_node_says_its_parts() -> None:
    """``PARTS`` is complete: every field that can hold a node is named by it."""
    kinds = [Node]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        held = {
            name
            for base in kind.__mro__
            for name, annotation in getattr(base, "__annotations__", {}).items()
            if any(word in str(annotation) for word in ("Expression", "Statement", "Initializer", "Item", "Designator"))
        }
        if kind not in (Node, Expression) and kind.__name__ != "Statement":
            assert held == set(kind.PARTS), kind
    assert Index.PARTS == ("base", "subscript") and Declare.PARTS == ("initial",)
