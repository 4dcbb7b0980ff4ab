"""Calls with other names of what they call, in bodies and in whole programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from transpile.legacy.statements import (
    Body,
    Dispatch,
    If,
    Operation,
    Perform,
    Program,
    Repeat,
    Statement,
    Store,
    While,
)
from transpile.restructure.naming import Words


def renamed(body: Body, names: Mapping[Words, Words], further: int = 0) -> Body:
    """``body`` where what is performed has the names that ``names`` gives it; ``further``: of calls so far out."""
    return tuple(_renamed(statement, names, further) for statement in body)


def renamed_within(
    programs: tuple[Program, ...], names: Mapping[Words, Words], further: int = 1
) -> tuple[Program, ...]:
    """``programs`` where what they perform of the program around them has the names that ``names`` gives it."""
    made = []
    for program in programs:
        functions = tuple(replace(each, body=renamed(each.body, names, further)) for each in program.functions)
        inner = renamed_within(program.programs, names, further + 1)
        made.append(replace(program, functions=functions, programs=inner))
    return tuple(made)


def _renamed(statement: Statement, names: Mapping[Words, Words], further: int) -> Statement:
    match statement:
        case Perform() if statement.further == further:
            return replace(statement, function=names[statement.function])
        case If():
            then, otherwise = renamed(statement.then, names, further), renamed(statement.otherwise, names, further)
            return replace(statement, then=then, otherwise=otherwise)
        case While() | Repeat():
            return replace(statement, body=renamed(statement.body, names, further))
        case Store():
            wrong, right = renamed(statement.wrong, names, further), renamed(statement.right, names, further)
            return replace(statement, wrong=wrong, right=right)
        case Operation():
            outcomes = tuple((name, renamed(each, names, further)) for name, each in statement.outcomes)
            return replace(statement, outcomes=outcomes)
        case Dispatch():
            return replace(
                statement, parts=tuple((name, renamed(each, names, further)) for name, each in statement.parts)
            )
    return statement
