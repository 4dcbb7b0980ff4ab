"""Control flow with jumps: nodes of statements without jumps, and how each is left.

A function of an old language is read as such a graph; ``transpile.legacy.structuring`` says it in statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias, assert_never

from transpile.errors import Span
from transpile.legacy.expressions import Expression, Local
from transpile.legacy.statements import Body, Operation, Store


@dataclass(frozen=True, slots=True)
class Go:
    to: str


@dataclass(frozen=True, slots=True)
class Branch:
    """``span`` and ``remarks`` are those of the ``If`` that it becomes."""

    condition: Expression
    yes: str
    no: str
    span: Span | None = field(default=None, compare=False, repr=False)
    remarks: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Fork:
    """A statement that is done, and whose outcome says where to go on: ``ways`` are labels, one for each of the
    ``outcomes`` of an operation, or for ``wrong`` and ``right`` of a ``Store``. What stands in its arms already is done
    before going there. An operation has to name all of its outcomes: nothing goes on behind it."""

    statement: Operation | Store
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Depending:
    """The first of ``ways`` if ``value`` is 1, the second if it is 2, and so on."""

    value: Expression
    ways: tuple[str, ...]
    otherwise: str
    span: Span | None = field(default=None, compare=False, repr=False)
    remarks: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Switch:
    """The one of ``ways`` whose name ``state`` has. Programs have none; it is put where structure is missing."""

    state: Local
    names: tuple[str, ...]
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class End:
    """The function returns."""


Leave: TypeAlias = Go | Branch | Fork | Depending | Switch | End

RETURN = ""
"""Where ``End`` goes to, as a label."""


@dataclass(frozen=True, slots=True)
class Node:
    """``body`` has no ``Break`` or ``Continue`` that is not of a loop in it; ``Return`` and ``Stop`` are allowed."""

    label: str
    body: Body = ()
    leave: Leave = End()


@dataclass(slots=True)
class Graph:
    """``nodes`` in the order of the program."""

    entry: str
    nodes: dict[str, Node]

    def successors(self, label: str) -> tuple[str, ...]:
        """Where control may go on within the function, once for each arm that an ``If`` would have."""
        return tuple(to for to in arms(self.nodes[label].leave) if to != RETURN)

    def edges(self) -> Iterator[tuple[str, str]]:
        for label in self.nodes:
            for to in self.successors(label):
                yield label, to


def arms(leave: Leave) -> tuple[str, ...]:
    """The labels where control may go on, one for each arm of the statement that ``leave`` becomes."""
    match leave:
        case Go():
            return (leave.to,)
        case Branch():
            return (leave.yes, leave.no)
        case Fork() | Switch():
            return leave.ways
        case Depending():
            return tuple(dict.fromkeys((*leave.ways, leave.otherwise)))
        case End():
            return (RETURN,)
    assert_never(leave)


def remarked(node: Node, remarks: tuple[str, ...]) -> Node:
    """``node`` with comments before what it does; they get lost if it does nothing."""
    if not remarks:
        return node
    if node.body:
        first, *others = node.body
        return replace(node, body=(replace(first, remarks=(*remarks, *first.remarks)), *others))
    match node.leave:
        case Branch() | Depending() as leave:
            return replace(node, leave=replace(leave, remarks=(*remarks, *leave.remarks)))
        case Fork(statement=statement) as leave:
            return replace(
                node, leave=replace(leave, statement=replace(statement, remarks=(*remarks, *statement.remarks)))
            )
    return node


def redirected(leave: Leave, to: Mapping[str, str]) -> Leave:
    """``leave`` with other labels; those that ``to`` does not name stay."""
    match leave:
        case Go():
            return Go(to.get(leave.to, leave.to))
        case Branch():
            return replace(leave, yes=to.get(leave.yes, leave.yes), no=to.get(leave.no, leave.no))
        case Fork() | Switch():
            return replace(leave, ways=tuple(to.get(label, label) for label in leave.ways))
        case Depending():
            labels = tuple(to.get(label, label) for label in leave.ways)
            return replace(leave, ways=labels, otherwise=to.get(leave.otherwise, leave.otherwise))
        case End():
            return leave
    assert_never(leave)
