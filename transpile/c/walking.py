"""Looking through trees, and making new ones from them.

Every function here takes any node and works on all of it, however deep: none of them recurses into bodies by hand.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from transpile.c.tree import (
    Assign,
    Assignment,
    Cast,
    Declare,
    Expression,
    Increment,
    Name,
    Node,
    Variable,
)

N = TypeVar("N", bound=Node)


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below ``node``, in the order of the text."""
    for part in node.PARTS:
        held: object = getattr(node, part)
        if isinstance(held, Node):
            yield held
        elif isinstance(held, tuple):
            yield from held


def walk(node: Node) -> Iterator[Node]:
    """``node`` and everything below it, parents first, in the order of the text."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(reversed(tuple(children(found))))


def transform(node: N, change: Callable[[Node], Node]) -> N:
    """A tree in which ``change`` has been applied to every node, from the leaves up.

    ``change`` gets a node whose parts are changed already and returns it, or another one that can stand in its place.
    Parts that do not change are shared with the old tree.
    """
    done: dict[int, Node] = {}
    waiting = [_Visit(node, False)]
    while waiting:
        visit = waiting.pop()
        if visit.below_done:
            done[id(visit.node)] = change(_rebuilt(visit.node, done))
        else:
            waiting.append(_Visit(visit.node, True))
            waiting.extend(_Visit(child, False) for child in children(visit.node))
    return done[id(node)]  # type: ignore[return-value]


class _Visit(NamedTuple):
    node: Node
    below_done: bool


def _rebuilt(node: Node, done: Mapping[int, Node]) -> Node:
    parts: dict[str, object] = {}
    for part in node.PARTS:
        held: object = getattr(node, part)
        if isinstance(held, Node):
            if done[id(held)] is not held:
                parts[part] = done[id(held)]
        elif isinstance(held, tuple) and any(done[id(below)] is not below for below in held):
            parts[part] = tuple(done[id(below)] for below in held)
    return dataclasses.replace(node, **parts) if parts else node  # type: ignore[arg-type]


def substitute(node: N, values: Mapping[Variable, Expression]) -> N:
    """``node`` with expressions in the place of variables. Their declarations stay as they are."""

    def change(found: Node) -> Node:
        return values.get(found.variable, found) if isinstance(found, Name) else found

    return transform(node, change)


def variables(node: Node) -> tuple[Variable, ...]:
    """The variables that ``node`` names, each once, by their first appearance. Called functions are not among them."""
    return tuple(dict.fromkeys(found.variable for found in walk(node) if isinstance(found, Name)))


def declared(node: Node) -> tuple[Variable, ...]:
    """The variables that are declared within ``node``."""
    return tuple(found.variable for found in walk(node) if isinstance(found, Declare))


def free(node: Node) -> tuple[Variable, ...]:
    """The variables that ``node`` names and does not declare."""
    own = set(declared(node))
    return tuple(variable for variable in variables(node) if variable not in own)


def targets(node: Node) -> Iterator[Expression]:
    """What ``node`` writes to, by assignment or increment, in the order of the text. Calls may write more."""
    for found in walk(node):
        if isinstance(found, Assign | Assignment | Increment):
            yield found.target


def bare(expression: Expression) -> Expression:
    """``expression`` without the implicit conversions around it."""
    while isinstance(expression, Cast) and expression.implicit:
        expression = expression.operand
    return expression
