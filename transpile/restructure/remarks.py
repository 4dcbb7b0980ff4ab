"""Comments, each with what it stands before: a statement, a paragraph, an item."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable

from transpile.cobol.programs import Item, Program
from transpile.cobol.statements import Paragraph, Section
from transpile.cobol.tree import Node, Statement
from transpile.cobol.unit import Unit
from transpile.cobol.walking import walk


def remarks(unit: Unit) -> dict[int, tuple[str, ...]]:
    """The comments of a node, by its identity."""
    places: dict[str, list[tuple[int, int, Node]]] = defaultdict(list)
    for program in unit.programs:
        for node in _anchors(program):
            places[node.span.file].append((node.span.line, node.span.column, node))
    found: dict[int, list[str]] = defaultdict(list)
    for anchors in places.values():
        anchors.sort(key=lambda anchor: anchor[:2])
    lines = {file: [anchor[0] for anchor in anchors] for file, anchors in places.items()}
    for comment in unit.comments:
        known = lines.get(comment.file, [])
        at = bisect_left(known, comment.line) if not comment.inline else bisect_right(known, comment.line) - 1
        if any(c.isalnum() for c in comment.text) and 0 <= at < len(known):
            found[id(places[comment.file][at][2])].append(comment.text)
    return {node: tuple(texts) for node, texts in found.items()}


def _anchors(program: Program) -> Iterable[Node]:
    return (node for node in walk(program) if isinstance(node, Statement | Paragraph | Section | Item | Program))
