"""Statements that are left over from COBOL until regions are made of paragraphs: jumps, and where they go to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from transpile.legacy.expressions import Expression
from transpile.legacy.statements import Body, Break, Continue, If, Operation, Repeat, Statement, Store, While


@dataclass(frozen=True, slots=True)
class Jump(Statement):
    to: str


@dataclass(frozen=True, slots=True)
class JumpDepending(Statement):
    """To the first place if ``value`` is 1, and so on; else on to the next statement."""

    PARTS: ClassVar[tuple[str, ...]] = ("value",)
    value: Expression
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark(Statement):
    """A place within a paragraph that jumps go to."""

    label: str


def bodies(statement: Statement) -> tuple[Body, ...]:
    """The bodies in a statement."""
    match statement:
        case If():
            return statement.then, statement.otherwise
        case While() | Repeat():
            return (statement.body,)
        case Store():
            return statement.wrong, statement.right
        case Operation():
            return tuple(body for _, body in statement.outcomes)
    return ()


def jump_remarks_kept(body: Iterable[Statement]) -> Body:
    """``body`` where comments before a jump, of which nothing may be left, stand before the statement before it too."""
    made: list[Statement] = []
    for statement in body:
        if isinstance(statement, Jump) and statement.remarks and made and not isinstance(made[-1], Jump | Mark):
            made[-1] = replace(made[-1], remarks=(*made[-1].remarks, *statement.remarks))
        made.append(statement)
    return tuple(made)


def within(body: Body) -> Iterator[Statement]:
    """All statements of ``body``, those in others included."""
    for statement in body:
        yield statement
        for inner in bodies(statement):
            yield from within(inner)


def jumps(body: Body) -> Iterator[str]:
    """Where ``body`` may jump to."""
    for statement in within(body):
        match statement:
            case Jump():
                yield statement.to
            case JumpDepending():
                yield from statement.ways


def leaves_loop(statement: Statement) -> bool:
    """Whether there is a ``Break`` or ``Continue`` in it of a loop around it."""
    if isinstance(statement, Break | Continue):
        return True
    return not isinstance(statement, While | Repeat) and any(map(leaves_loop, sum(bodies(statement), ())))


def jumping(statement: Statement) -> bool:
    return any(isinstance(each, Jump | JumpDepending | Mark) for each in within((statement,)))
