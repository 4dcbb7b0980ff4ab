"""IF, EVALUATE, PERFORM in all its forms, GO TO, EXIT, STOP."""

from __future__ import annotations

from transpile.cobol import statements as verbs
from transpile.cobol import tree as cobol
from transpile.cobol.walking import walk
from transpile.legacy.expressions import Both, Constant, Either, Expression, Load, Place
from transpile.legacy.statements import (
    Assign,
    Body,
    Break,
    Continue,
    If,
    Leave,
    Operation,
    Perform,
    Repeat,
    Stop,
    While,
)
from transpile.legacy.types import Truth
from transpile.restructure.arithmetic import step
from transpile.restructure.block import Block
from transpile.restructure.conditions import condition, named, negated, within
from transpile.restructure.expressions import number
from transpile.restructure.jumps import Jump, JumpDepending
from transpile.restructure.moving import assign
from transpile.restructure.scope import Scope, unsupported
from transpile.restructure.showing import shown


def if_(block: Block, statement: verbs.If) -> Body:
    then, otherwise = block.body(statement.then), block.body(statement.otherwise)
    tested = condition(block.scope, statement.condition)
    if not then and otherwise:
        return (If(negated(tested), otherwise),)
    return (If(tested, then, otherwise),)


# EVALUATE


def evaluate(block: Block, statement: verbs.Evaluate) -> Body:
    made = block.body(statement.other)
    for branch in reversed(statement.branches):
        ways = [_choice(block.scope, statement.subjects, choice) for choice in branch.choices]
        tested = ways[0] if len(ways) == 1 else Either(tuple(ways))
        made = (If(tested, block.body(branch.statements), made),)
    return made


_SUBJECT = cobol.Expression | cobol.Condition


def _choice(scope: Scope, subjects: tuple[_SUBJECT, ...], choice: tuple[verbs.Selection, ...]) -> Expression:
    tests = []
    for subject, selection in zip(subjects, choice, strict=False):
        if selection.object is not None:
            tested = _selected(scope, subject, selection.object)
            tests.append(negated(tested) if selection.negated else tested)
    if not tests:
        return Constant(True, Truth())
    return tests[0] if len(tests) == 1 else Both(tuple(tests))


def _selected(scope: Scope, subject: _SUBJECT, chosen: cobol.Condition | cobol.Range) -> Expression:
    if isinstance(subject, cobol.Expression):
        if isinstance(chosen, cobol.Range):
            return within(scope, subject, chosen)
        raise unsupported(chosen.span, "a condition as object of EVALUATE")
    if isinstance(chosen, cobol.Range):
        if not isinstance(chosen.low, cobol.Reference):
            raise unsupported(chosen.span, "a value as object of EVALUATE TRUE")
        tested = named(scope, chosen.low)
    else:
        tested = condition(scope, chosen)
    own = condition(scope, subject)
    match own, tested:
        case Constant(value=truth), _:
            return tested if truth else negated(tested)
        case _, Constant(value=truth):
            return own if truth else negated(own)
    return Either((Both((own, tested)), Both((negated(own), negated(tested)))))


# PERFORM


def perform(block: Block, statement: verbs.Perform) -> Body:
    if statement.varying:
        return _varying(block, statement)
    if statement.times is not None:
        times = number(block.scope, statement.times)
        return (Repeat(times, _performed(block, statement, (Continue(),))),)
    if statement.until is not None:
        return _until(block, statement, statement.until)
    if statement.first is not None:
        return _performed(block, statement, ())
    once = _performed(block, statement, (Break(),))
    return (While(None, (*once, Break())),) if _leaves(statement) else once


def _leaves(statement: verbs.Perform) -> bool:
    """Whether there is an EXIT PERFORM in it, at any depth."""
    exits = (node for node in walk(statement) if isinstance(node, verbs.Exit))
    return any(each.what in ("PERFORM", "CYCLE") for each in exits)


def _performed(block: Block, statement: verbs.Perform, cycle: Body, breaks: bool = True) -> Body:
    """What is done in each round."""
    if statement.first is None:
        return block.inside(cycle, breaks).body(statement.body)
    return (Perform(block.procedures.performed(statement.first, statement.last, block.section)),)


def _until(block: Block, statement: verbs.Perform, until: cobol.Condition) -> Body:
    done = condition(block.scope, until)
    if done == Constant(False, Truth()):
        return (While(None, _performed(block, statement, (Continue(),))),)
    if not statement.test_after:
        return (While(negated(done), _performed(block, statement, (Continue(),))),)
    if statement.first is None and _leaves(statement):
        test = If(done, (Break(),))
        return (While(None, (*_performed(block, statement, (test, Continue())), test)),)
    return (While(negated(done), _performed(block, statement, ()), after=True),)


def _varying(block: Block, statement: verbs.Perform) -> Body:
    scope, parts = block.scope, statement.varying
    steps = [step(scope, each.counter, number(scope, each.step)) for each in parts]
    begins = [tuple(assign(scope, each.start, each.counter)) for each in parts]
    done = [condition(scope, each.until) for each in parts]
    after = statement.test_after
    last = len(parts) - 1
    cycle: Body = (steps[last], Continue())
    if after:
        cycle = (If(done[last], (Break(),)), *cycle)
    made = _performed(block, statement, cycle, breaks=not last)
    for at in range(last, -1, -1):
        again = begins[at + 1] if at < last else ()
        if after:
            made = (While(None, (*made, If(done[at], (Break(),)), steps[at], *again)),)
        else:
            made = (While(negated(done[at]), (*made, steps[at], *again)),)
    return (*(each for begin in begins for each in begin), *made)


# Leaving


def exit_(block: Block, statement: verbs.Exit) -> Body:
    match statement.what:
        case "PROGRAM":
            return (Leave(called=True),)
        case "PARAGRAPH":
            return (Jump(block.paragraph_end),)
        case "SECTION":
            return (Jump(block.section_end),)
        case "FUNCTION":
            raise unsupported(statement.span, "EXIT FUNCTION")
    if block.cycle is None or not (block.breaks or statement.what == "CYCLE"):
        raise unsupported(statement.span, f"EXIT PERFORM {statement.what} here")
    return block.cycle if statement.what == "CYCLE" else (Break(),)


def stop(block: Block, statement: verbs.Stop) -> Body:
    if statement.literal is not None:
        options = (("upon", "out"), ("advancing", "yes"))
        return (Operation("display", (shown(block.scope, statement.literal),), (), options), Operation("pause"))
    return (*_status(block, statement.status), Stop(_returned(block)))


def go_back(block: Block, statement: verbs.GoBack) -> Body:
    return (*_status(block, statement.status), Leave())


def _status(block: Block, status: cobol.Expression | None) -> Body:
    if status is None:
        return ()
    return (Assign(_return_code(block.scope), number(block.scope, status)),)


def _return_code(scope: Scope) -> Place:
    return Place(scope.register("RETURN-CODE"))


def _returned(block: Block) -> Expression:
    return Load(_return_code(block.scope))


def go_to(block: Block, statement: verbs.GoTo) -> Body:
    ways = tuple(block.procedures.label(label, block.section) for label in statement.labels)
    if statement.depending is not None:
        return (JumpDepending(number(block.scope, statement.depending), ways),)
    altered = block.scope.altered.get(block.paragraph)
    if altered is None:
        return tuple(Jump(way) for way in ways)
    made, places = altered
    return (JumpDepending(Load(Place(made)), tuple(places)), *(Jump(way) for way in ways))
