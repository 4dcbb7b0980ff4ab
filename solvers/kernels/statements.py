"""Statements: where control goes. One case per kind of node; loops have a module of their own."""

from __future__ import annotations

from dataclasses import replace

from transpile.c.tree import (
    Assign,
    Block,
    Break,
    Case,
    Continue,
    Declare,
    Definition,
    DoWhile,
    Empty,
    Evaluate,
    Expression,
    For,
    If,
    InitializerList,
    Return,
    Statement,
    Switch,
    While,
)
from transpile.c.types import Array, Struct
from transpile.solvers.kernels.expressions import assign, evaluate, truth
from transpile.solvers.kernels.heads import Loop
from transpile.solvers.kernels.logic import Term, conjunction, disjunction, is_false, is_true, negate
from transpile.solvers.kernels.loops import run_loop
from transpile.solvers.kernels.machine import Machine, Returned, State, join
from transpile.solvers.kernels.values import StructValue


def execute(machine: Machine, node: Statement) -> None:
    if machine.state.dead:
        return
    match node:
        case Block(statements):
            for statement in statements:
                execute(machine, statement)
        case Declare():
            _declare(machine, node)
        case Assign(target, operator, value, computed):
            assign(machine, value, target, operator, value, computed)
        case Evaluate(expression):
            evaluate(machine, expression)
        case If(condition, then, otherwise):
            _if(machine, condition, then, otherwise)
        case For(initial, condition, step, body):
            for statement in initial:
                execute(machine, statement)
            run_loop(machine, Loop(node, condition, body, step))
        case While(condition, body):
            run_loop(machine, Loop(node, condition, body))
        case DoWhile(body, condition):
            run_loop(machine, Loop(node, condition, body, first=False))
        case Switch(subject, body):
            _switch(machine, node, subject, body)
        case Break() | Continue():
            _leave(machine, node)
        case Return(value):
            given = None if value is None else evaluate(machine, value)
            machine.frames[-1].returns.append(Returned(machine.state, given))
            machine.state = machine.state.ended()
        case Empty() | Definition():
            pass
        case _:
            machine.problem("a jump that is not followed ('goto')", node)


def _declare(machine: Machine, node: Declare) -> None:
    variable = node.variable
    if machine.base_of(variable) is not None and not isinstance(variable.type, Array):
        return
    if isinstance(variable.type, Array):
        if isinstance(node.initial, InitializerList):
            evaluate(machine, node.initial)
        return
    if node.initial is None:
        machine.forget(variable)
        if not isinstance(machine.complete(variable.type), Struct):
            machine.read_local((variable, ()), variable.type)
        return
    value = evaluate(machine, node.initial)
    machine.write_local((variable, ()), value)


def _if(machine: Machine, condition: Expression, then: Statement, otherwise: Statement | None) -> None:
    given = truth(machine, condition)
    if is_true(given):
        execute(machine, then)
    elif is_false(given):
        if otherwise is not None:
            execute(machine, otherwise)
    else:
        no = (lambda: None) if otherwise is None else (lambda: execute(machine, otherwise))
        machine.choose(given, lambda: execute(machine, then), no)


def _leave(machine: Machine, node: Break | Continue) -> None:
    frame = machine.frames[-1]
    (frame.breaks if isinstance(node, Break) else frame.continues)[-1].append(machine.state)
    machine.state = machine.state.ended()


def _switch(machine: Machine, node: Switch, subject: Expression, body: Statement) -> None:
    statements = body.statements if isinstance(body, Block) else (body,)
    cases = [statement for statement in statements if isinstance(statement, Case)]
    if len(cases) < len(statements) or any(case.last for case in cases):
        machine.problem("a 'switch' that is not made of cases", node)
        return
    value = evaluate(machine, subject)
    if not hasattr(value, "sort"):
        machine.problem("a 'switch' over a pointer", node)
        return
    matches = [_matches(machine, case, value, subject) for case in cases]
    none = conjunction(negate(match) for match in matches if match is not None)
    before, frame = machine.state, machine.frames[-1]
    frame.breaks.append([])
    machine.state = before.ended()
    for case, match in zip(cases, matches, strict=True):
        entered = before.under(none if match is None else match)
        machine.state = join((replace(entered, values=before.values), machine.state))
        for statement in case.body:
            execute(machine, statement)
    left = [machine.state, *frame.breaks.pop()]
    if all(match is not None for match in matches):
        left.append(before.under(none))
    machine.state = _rejoined(before, left)


def _rejoined(before: State, left: list[State]) -> State:
    """The state behind all cases; when none of them leaves the function, all threads are there again."""
    found = join(left)
    everywhere = not found.dead and is_true(disjunction(conjunction(s.path[len(before.path) :]) for s in left))
    return replace(found, path=before.path) if everywhere else found


def _matches(machine: Machine, case: Case, value: Term, subject: Expression) -> Term | None:
    if case.value is None:
        return None
    label = evaluate(machine, case.value)
    assert not isinstance(label, StructValue)
    return machine.arithmetic.compare("==", subject.type, value, label)
