"""Calls in a body, with other names of what they call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from transpile.legacy.statements import Body, Dispatch, If, Operation, Perform, Program, Repeat, Statement, Store, While
from transpile.restructure.naming import Words


def renamed(body: Body, names: Mapping[Words, Words]) -> Body:
    """``body`` where what is performed has the names that ``names`` gives it, if any."""
    return tuple(_renamed(statement, names) for statement in body)


def renamed_program(program: Program, names: Mapping[Words, Words]) -> Program:
    """The same for a program and those in it."""
    functions = tuple(replace(each, body=renamed(each.body, names)) for each in program.functions)
    return replace(program, functions=functions, programs=tuple(renamed_program(p, names) for p in program.programs))


def _renamed(statement: Statement, names: Mapping[Words, Words]) -> Statement:
    match statement:
        case Perform():
            return replace(statement, function=names.get(statement.function, statement.function))
        case If():
            then, otherwise = renamed(statement.then, names), renamed(statement.otherwise, names)
            return replace(statement, then=then, otherwise=otherwise)
        case While() | Repeat():
            return replace(statement, body=renamed(statement.body, names))
        case Store():
            wrong, right = renamed(statement.wrong, names), renamed(statement.right, names)
            return replace(statement, wrong=wrong, right=right)
        case Operation():
            outcomes = tuple((name, renamed(each, names)) for name, each in statement.outcomes)
            return replace(statement, outcomes=outcomes)
        case Dispatch():
            return replace(statement, parts=tuple((name, renamed(each, names)) for name, each in statement.parts))
    return statement
