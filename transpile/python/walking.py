"""What is in statements and expressions of the form, at any depth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from transpile.legacy.expressions import Expression
from transpile.legacy.statements import Body, Statement


def pieces_of(statement: Statement) -> Iterator[Expression | Body]:
    """The expressions and bodies of a statement."""
    for each in fields(statement):
        if each.name not in ("span", "remarks"):
            yield from _found(getattr(statement, each.name))


def statements_of(body: Body) -> Iterator[Statement]:
    """All statements in ``body``, inner ones too."""
    for statement in body:
        yield statement
        for each in pieces_of(statement):
            if isinstance(each, tuple):
                yield from statements_of(each)


def expressions_in(statement: Statement) -> Iterator[Expression]:
    """All expressions in a statement, and in those in it."""
    for each in pieces_of(statement):
        if isinstance(each, Expression):
            yield from expressions_of(each)
        else:
            for inner in each:
                yield from expressions_in(inner)


def expressions_of(expression: Expression) -> Iterator[Expression]:
    """An expression, and all in it."""
    yield expression
    for each in parts_of(expression):
        yield from expressions_of(each)


def parts_of(expression: Expression) -> Iterator[Expression]:
    """The expressions directly in one."""
    for name in expression.PARTS:
        yield from (each for each in _found(getattr(expression, name)) if isinstance(each, Expression))


def _found(value: object) -> Iterator[Expression | Body]:
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, tuple):
        if value and all(isinstance(each, Statement) for each in value):
            yield value
        else:
            for each in value:
                yield from _found(each)
