"""Comments, each with what it stands before: a statement, a paragraph, an item, a file. Those at the head of a program,
up to its next division, are the program's."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator

from transpile.cobol.programs import FileControl, FileDescription, Item, Program
from transpile.cobol.statements import Execute, Paragraph, Section
from transpile.cobol.tree import Node, Statement
from transpile.cobol.unit import Unit
from transpile.cobol.walking import walk

_DIVISION = re.compile(r"\b(ENVIRONMENT|DATA|PROCEDURE)\s+DIVISION\b", re.IGNORECASE)


def remarks(unit: Unit) -> dict[int, tuple[str, ...]]:
    """The comments of a node, by its identity."""
    places: dict[str, list[tuple[int, int, Node]]] = defaultdict(list)
    for program in unit.programs:
        for line, node in _anchors(program):
            places[node.span.file].append((line, node.span.column, node))
    for program in _all(unit.programs):
        # What stands between the name of a program and its next division is found at that division's line.
        places[unit.file].append((_head_end(unit, program), 0, program))
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


def _anchors(program: Program) -> Iterable[tuple[int, Node]]:
    """What comments are said of, and the line before which they stand."""
    kinds = Statement | Paragraph | Section | Item | FileControl | FileDescription
    for node in walk(program):
        if isinstance(node, kinds):
            yield node.span.line, node
        if isinstance(node, Execute) and node.last_line > node.span.line:
            yield node.last_line, node
        if isinstance(node, Item):
            yield from ((each.span.line, node) for each in node.conditions)
        if isinstance(node, Program):
            yield node.span.line, node


def _all(programs: Iterable[Program]) -> Iterator[Program]:
    for program in programs:
        yield program
        yield from _all(program.programs)


def _head_end(unit: Unit, program: Program) -> int:
    """The line of the next division of a program."""
    first = program.span.line
    return next((at for at, line in enumerate(unit.lines[first:], first + 1) if _DIVISION.search(line)), first)
