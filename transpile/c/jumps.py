"""Where ``break``, ``continue``, ``case`` and ``goto`` may stand (C11 6.8.1 and 6.8.6)."""

from __future__ import annotations

from collections.abc import Iterator

from transpile.c.tree import (
    Block,
    Break,
    Case,
    Continue,
    DoWhile,
    For,
    Goto,
    Label,
    Node,
    Statement,
    Switch,
    While,
)
from transpile.c.walking import children, walk
from transpile.errors import SourceError


def misplaced(body: Block) -> Iterator[SourceError]:
    """The jumps of a function that lead nowhere."""
    labels: set[str] = set()
    for node in walk(body):
        if isinstance(node, Label) and node.name in labels:
            yield SourceError(node.span, f"the label '{node.name}' is set twice")
        if isinstance(node, Label):
            labels.add(node.name)
    for node in walk(body):
        if isinstance(node, Goto) and node.label not in labels:
            yield SourceError(node.span, f"there is no label '{node.label}'")
    waiting: list[tuple[Node, bool, bool]] = [(body, False, False)]
    while waiting:
        node, in_loop, in_switch = waiting.pop()
        if isinstance(node, Break) and not (in_loop or in_switch):
            yield SourceError(node.span, "'break' outside of a loop and of a switch")
        if isinstance(node, Continue) and not in_loop:
            yield SourceError(node.span, "'continue' outside of a loop")
        if isinstance(node, Case) and not in_switch:
            yield SourceError(node.span, "'case' outside of a switch")
        loop = in_loop or isinstance(node, For | While | DoWhile)
        switch = in_switch or isinstance(node, Switch)
        waiting += [(child, loop, switch) for child in children(node) if isinstance(child, Statement)]
