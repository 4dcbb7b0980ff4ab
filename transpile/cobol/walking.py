"""Going through trees: the nodes in a node, whichever field holds them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from transpile.cobol.tree import Node


def children(node: Node) -> Iterator[Node]:
    """The nodes directly in ``node``, in the order of its fields."""
    for name in _fields(type(node)):
        yield from _nodes(getattr(node, name))


def walk(node: Node) -> Iterator[Node]:
    """``node`` and all nodes in it, each before those in it."""
    pending = [node]
    while pending:
        found = pending.pop()
        yield found
        pending += reversed(tuple(children(found)))


_KNOWN: dict[type[Node], tuple[str, ...]] = {}


def _fields(kind: type[Node]) -> tuple[str, ...]:
    if kind not in _KNOWN:
        _KNOWN[kind] = tuple(field.name for field in fields(kind) if field.name != "span")
    return _KNOWN[kind]


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes(part)
