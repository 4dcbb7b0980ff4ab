"""The loops of PERFORM: how they begin, when they are through, how they step on."""

from __future__ import annotations

import z3

from transpile.cobol import statements as verbs
from transpile.solvers.cobol.conditions import condition
from transpile.solvers.cobol.frames import Look
from transpile.solvers.cobol.moving import move, step
from transpile.solvers.cobol.operands import Evaluation
from transpile.solvers.storage.values import Int, Truth, add, fits, related, units_at


def begin(evaluation: Evaluation, statement: verbs.Perform, level: int) -> None:
    """The counters from ``level`` on get their first values."""
    for each in statement.varying[level:]:
        move(evaluation, evaluation.operand(each.start), evaluation.spot(each.counter))


def through(evaluation: Evaluation, statement: verbs.Perform, look: Look) -> Truth:
    if statement.times is not None:
        done, total = look.hidden
        return related(">=", done, total)
    if statement.varying:
        return condition(evaluation, statement.varying[look.level].until)
    assert statement.until is not None
    return condition(evaluation, statement.until)


def step_on(evaluation: Evaluation, statement: verbs.Perform, level: int) -> None:
    """The next round of a level: its counter steps on, and the one within begins again."""
    counter = statement.varying[level]
    spot, amount = evaluation.spot(counter.counter), evaluation.number(counter.step)
    if spot.number is not None and spot.field.view.coding in ("binary", "packed"):
        stepped = add(evaluation.number(counter.counter), amount)
        within = fits(units_at(stepped, spot.number.scale), spot.number.digits)
        evaluation.assume(within, "binary and packed counters of loops stay within their PICTURE")
    step(evaluation, spot, amount)
    for each in statement.varying[level + 1 : level + 2]:
        move(evaluation, evaluation.operand(each.start), evaluation.spot(each.counter))


def one_more(rounds: Int) -> Int:
    made = z3.simplify(rounds + 1)
    assert isinstance(made, z3.ArithRef)
    return made
