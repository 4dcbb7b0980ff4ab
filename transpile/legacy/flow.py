"""Control flow with jumps: nodes of statements without jumps, and how each is left.

A function of an old language is read as such a graph; ``transpile.legacy.structuring`` says it in statements."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeAlias, assert_never

from transpile.errors import Span
from transpile.legacy.expressions import Expression
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
class End:
    """The function returns."""


Leave: TypeAlias = Go | Branch | Fork | Depending | End


@dataclass(frozen=True, slots=True)
class Node:
    """``body`` has no ``Break`` or ``Continue`` that is not of a loop in it; ``Return`` and ``Stop`` are allowed."""

    label: str
    body: Body = ()
    leave: Leave = End()


def ways(leave: Leave) -> tuple[str, ...]:
    """The labels where control may go on, in the order of the arms."""
    match leave:
        case Go():
            return (leave.to,)
        case Branch():
            return (leave.yes, leave.no)
        case Fork():
            return leave.ways
        case Depending():
            return (*leave.ways, leave.otherwise)
        case End():
            return ()
    assert_never(leave)


def redirected(leave: Leave, to: dict[str, str]) -> Leave:
    """``leave`` with other labels; those that ``to`` does not name stay."""
    match leave:
        case Go():
            return Go(to.get(leave.to, leave.to))
        case Branch():
            return replace(leave, yes=to.get(leave.yes, leave.yes), no=to.get(leave.no, leave.no))
        case Fork():
            return replace(leave, ways=tuple(to.get(label, label) for label in leave.ways))
        case Depending():
            labels = tuple(to.get(label, label) for label in leave.ways)
            return replace(leave, ways=labels, otherwise=to.get(leave.otherwise, leave.otherwise))
        case End():
            return leave
    assert_never(leave)
