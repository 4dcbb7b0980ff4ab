"""C++ text as tree-sitter's tree, and what the lowering asks of its nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import tree_sitter
import tree_sitter_cuda
from tree_sitter import Node

_LANGUAGE = tree_sitter.Language(tree_sitter_cuda.language())
_DEFINED = re.compile(r"(!?)\s*defined\s*\(\s*(\w+)\s*\)")
PREDEFINED = frozenset({"M_PI"})
"""Macros that <math.h> has; no other is defined when a baseline is read."""


class Unconvertible(Exception):
    """C++ that has no lowering here; the message says what it is and on which line."""


def parse(text: str) -> Node:
    return tree_sitter.Parser(_LANGUAGE).parse(text.encode()).root_node


def text(node: Node) -> str:
    return (node.text or b"").decode()


def refuse(node: Node, what: str) -> Unconvertible:
    shown = " ".join(text(node).split())
    return Unconvertible(f"line {node.start_point[0] + 1}: {what}: {shown[:80]}")


def part(node: Node, name: str) -> Node:
    found = node.child_by_field_name(name)
    if found is None:
        raise refuse(node, f"no {name}")
    return found


def named(node: Node) -> list[Node]:
    """The children that mean something."""
    return [child for child in node.named_children if child.type != "comment"]


def walk(root: Node) -> Iterator[Node]:
    """All nodes below ``root`` and itself, in the order of the text."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


def ancestors(node: Node) -> Iterator[Node]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent


def identifiers(root: Node) -> frozenset[str]:
    return frozenset(text(node) for node in walk(root) if node.type == "identifier")


def declared_name(declarator: Node) -> str:
    """The name in ``&x``, ``x[3][3]``, ``x = 1`` or ``f(int)``."""
    for node in walk(declarator):
        if node.type in ("identifier", "field_identifier"):
            return text(node)
    raise refuse(declarator, "nothing is declared")


def method(call: Node) -> tuple[str, str] | None:
    """``("x", "size")`` for ``x.size()``."""
    function = part(call, "function")
    if function.type != "field_expression" or part(function, "argument").type != "identifier":
        return None
    return text(part(function, "argument")), text(part(function, "field"))


def assigned_names(root: Node) -> set[str]:
    """Variables that are assigned, incremented or changed by a method's call below ``root``."""
    found = set()
    for node in walk(root):
        if node.type == "assignment_expression" and part(node, "left").type == "identifier":
            found.add(text(part(node, "left")))
        elif node.type == "update_expression":
            found.add(declared_name(node))
    return found


def preprocessed(source: str) -> str:
    """``source`` with its ``#if defined`` groups decided, and without directives; lines stay where they are."""
    kept: list[str] = []
    taken: list[bool] = []
    for line in source.splitlines():
        words = line.strip().removeprefix("#").split(None, 1)
        if not line.strip().startswith("#"):
            kept.append(line if all(taken) else "")
            continue
        match words:
            case ["if", condition]:
                taken.append(_holds(condition))
            case ["else" | "endif", *_] if not taken:
                raise Unconvertible(f"'{line.strip()}' belongs to no '#if'")
            case ["else", *_]:
                taken[-1] = not taken[-1]
            case ["endif", *_]:
                taken.pop()
        kept.append("")
    return re.sub(r"\bNO_INLINE\b ?", "", "\n".join(kept))


def _holds(condition: str) -> bool:
    tests = _DEFINED.findall(condition)
    if "&&" in condition or not tests or _DEFINED.sub("", condition).replace("||", "").strip():
        raise Unconvertible(f"the condition '#if {condition}' is not understood")
    return any((name in PREDEFINED) != bool(negated) for negated, name in tests)
