"""ADD, SUBTRACT, MULTIPLY, DIVIDE and COMPUTE: exact values, and what their receivers keep of them.

Receivers are served in order. One that has no room for its result keeps its value where ON SIZE ERROR, or NOT, is
given, and loses high digits where not; where there is no result at all it keeps its value in any case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import z3

from transpile.cobol import statements as verbs
from transpile.cobol import tree
from transpile.legacy.types import Number as NumberType
from transpile.solvers.cobol.moving import corresponding, edited, edited_type, kept, put_units, wrapped
from transpile.solvers.cobol.operands import Evaluation, Numeric, Spot
from transpile.solvers.storage.storage import merged
from transpile.solvers.storage.values import (
    NoTerm,
    Number,
    Rounding,
    Truth,
    absolute,
    add,
    compared,
    fits,
    integer,
    multiply,
    related,
    subtract,
    units_at,
)

_SMALL = 9
"""GnuCOBOL adds whole numbers of at most so many digits to COMP-5 items in the machine's own arithmetic."""


@dataclass(slots=True)
class Results:
    """One statement on its way: ``checked`` if there is a handler, ``failed``: when it has to run."""

    evaluation: Evaluation
    checked: bool
    failed: Truth

    def store(self, receiver: verbs.Receiver, compute: Callable[[Number], Number], wraps: bool = False) -> None:
        """``compute`` gets what the receiver has now."""
        evaluation = self.evaluation
        if receiver.target.slice is not None:
            raise NoTerm("arithmetic to a part of an item")
        goal = evaluation.spot(receiver.target)
        held = evaluation.held(goal)
        own = held.number if isinstance(held, Numeric) else Number(integer(0))
        value, impossible = self.computed(lambda: compute(own))
        self.keep(goal, value, receiver.rounding, impossible, wraps)

    def computed(self, compute: Callable[[], Number]) -> tuple[Number, Truth]:
        """A value, and when there is none."""
        self.evaluation.failing = []
        value = compute()
        found, self.evaluation.failing = self.evaluation.failing, None
        self.failed = _simple(z3.Or(self.failed, *self.evaluation.stored_failing))
        return value, _simple(z3.Or(*found)) if found else z3.BoolVal(False)

    def keep(self, goal: Spot, value: Number, mode: Rounding, impossible: Truth, wraps: bool = False) -> None:
        """``impossible``: there is no value."""
        evaluation, type_ = self.evaluation, goal.number
        before = evaluation.storage
        fails = impossible
        if type_ is not None:
            cut: Rounding = "TRUNCATION" if mode == "PROHIBITED" else mode
            if self.checked:
                over = _simple(z3.Not(_room(type_, value, cut, goal)))
                fails = _simple(z3.Or(impossible, over))
            units = units_at(value, type_.scale, cut)
            if wraps and not self.checked and mode == "TRUNCATION" and type_.bits and not type_.scale:
                units = wrapped(units, type_)
            elif self.checked:
                units = units if type_.signed else absolute(units)
            else:
                units = kept(type_, value, cut, goal.field.view.coding == "index")
            put_units(evaluation, goal, units)
        elif goal.laid is not None and goal.laid.category == "numeric-edited":
            fails = self._keep_edited(goal, value, mode, impossible)
        else:
            raise NoTerm(f"arithmetic to {goal.field.origin}, which is no number in the model")
        if not z3.is_false(fails):
            evaluation.storage = merged(fails, before, evaluation.storage)
        self.failed = _simple(z3.Or(self.failed, fails))
        if mode == "PROHIBITED" and type_ is not None:
            self.failed = _simple(z3.Or(self.failed, _inexact(value, type_.scale)))

    def _keep_edited(self, goal: Spot, value: Number, mode: Rounding, impossible: Truth) -> Truth:
        assert goal.laid is not None
        type_ = edited_type(goal.laid)
        fails = impossible
        if self.checked:
            fails = _simple(z3.Or(impossible, z3.Not(_room(type_, value, mode, goal))))
        units = kept(type_, value, mode)
        edited(self.evaluation, goal, goal.laid, Number(units, type_.scale))
        return fails


def _room(type_: NumberType, value: Number, mode: Rounding, goal: Spot) -> Truth:
    """Whether the result fits."""
    if goal.field.view.coding == "index":
        return z3.BoolVal(True)
    units = units_at(value, type_.scale, mode)
    if type_.bits:
        return related("<", absolute(units), integer(1 << (type_.bits - type_.signed)))
    return fits(units, type_.digits)


def _inexact(value: Number, scale: int) -> Truth:
    return compared("<>", value, Number(units_at(value, scale), scale))


def perform(evaluation: Evaluation, statement: tree.Statement) -> Truth:
    """Do an arithmetic statement, without its phrases; returns when ON SIZE ERROR holds."""
    handler = getattr(statement, "on_size_error", None)
    results = Results(evaluation, handler is not None, z3.BoolVal(False))
    match statement:
        case verbs.Add():
            _add(results, statement)
        case verbs.Subtract():
            _subtract(results, statement)
        case verbs.Multiply():
            _multiply(results, statement)
        case verbs.Divide():
            _divide(results, statement)
        case verbs.Compute():
            _given(results, statement.targets, lambda: evaluation.number(statement.value, last=True))
        case verbs.Corresponding():
            _corresponding(results, statement)
    return results.failed


def _given(results: Results, receivers: tuple[verbs.Receiver, ...], compute: Callable[[], Number]) -> None:
    """One value for all receivers."""
    value, impossible = results.computed(compute)
    for each in receivers:
        if each.target.slice is not None:
            raise NoTerm("arithmetic to a part of an item")
        results.keep(results.evaluation.spot(each.target), value, each.rounding, impossible)


def _sum(evaluation: Evaluation, addends: tuple[tree.Expression, ...]) -> Number:
    total = evaluation.number(addends[0])
    for each in addends[1:]:
        total = add(total, evaluation.number(each))
    return total


def _add(results: Results, statement: verbs.Add) -> None:
    evaluation = results.evaluation
    if statement.giving:
        _given(results, statement.targets, lambda: _sum(evaluation, (*statement.addends, *statement.to)))
    else:
        _changed(results, (*statement.addends, *statement.to), statement.targets, add)


def _subtract(results: Results, statement: verbs.Subtract) -> None:
    evaluation = results.evaluation
    minuend = statement.minuend
    if minuend is None:
        _changed(results, statement.subtrahends, statement.targets, subtract)
    else:
        _given(
            results,
            statement.targets,
            lambda: subtract(evaluation.number(minuend), _sum(evaluation, statement.subtrahends)),
        )


def _changed(
    results: Results,
    amounts: tuple[tree.Expression, ...],
    receivers: tuple[verbs.Receiver, ...],
    change: Callable[[Number, Number], Number],
) -> None:
    """Several amounts are added up first; a single one is looked at again for each receiver."""
    evaluation = results.evaluation
    if len(amounts) > 1:
        total = _sum(evaluation, amounts)
        for each in receivers:
            results.store(each, lambda own: change(own, total))
        return
    wraps = _small(evaluation, amounts[0])
    if wraps and _unsigned_word(evaluation, amounts[0]):
        raise NoTerm("an unsigned binary number of 32 bits is added in the machine's own arithmetic")
    for each in receivers:
        results.store(each, lambda own: change(own, evaluation.number(amounts[0])), wraps)


def _small(evaluation: Evaluation, amount: tree.Expression) -> bool:
    if not isinstance(amount, tree.Number | tree.Reference | tree.Unary):
        return False
    given = evaluation.operand(amount)
    return isinstance(given, Numeric) and given.scale <= 0 and given.digits <= _SMALL


def _unsigned_word(evaluation: Evaluation, amount: tree.Expression) -> bool:
    given = evaluation.operand(amount)
    type_ = given.spot.number if isinstance(given, Numeric) and given.spot is not None else None
    return type_ is not None and type_.bits == 32 and not type_.signed


def _multiply(results: Results, statement: verbs.Multiply) -> None:
    evaluation, right = results.evaluation, statement.right
    if right is not None:
        _given(
            results, statement.targets, lambda: multiply(evaluation.number(statement.left), evaluation.number(right))
        )
        return
    for each in statement.targets:
        results.store(each, lambda own: multiply(own, evaluation.number(statement.left)))


def _divide(results: Results, statement: verbs.Divide) -> None:
    evaluation, dividend = results.evaluation, statement.dividend

    def divided(top: Number) -> Number:
        return evaluation.computed("/", top, evaluation.number(statement.divisor), last=True)

    if dividend is None:
        for each in statement.targets:
            results.store(each, divided)
    elif statement.remainder is None:
        _given(results, statement.targets, lambda: divided(evaluation.number(dividend)))
    else:
        _remainder(results, statement, dividend, statement.remainder)


def _remainder(results: Results, statement: verbs.Divide, dividend: tree.Expression, remainder: tree.Reference) -> None:
    """The rest that is left by the quotient as it is cut, before it is rounded."""
    evaluation, (receiver,) = results.evaluation, statement.targets
    goal, rest = evaluation.spot(receiver.target), evaluation.spot(remainder)
    type_ = goal.number
    if type_ is None and goal.laid is not None and goal.laid.category == "numeric-edited":
        type_ = edited_type(goal.laid)
    if type_ is None:
        raise NoTerm(f"arithmetic to {goal.field.origin}, which is no number in the model")
    top, bottom = evaluation.number(dividend), evaluation.number(statement.divisor)
    value, impossible = results.computed(lambda: evaluation.computed("/", top, bottom, last=True))
    cut = Number(units_at(value, type_.scale), type_.scale)
    left = subtract(top, multiply(cut, bottom))
    results.keep(goal, value, receiver.rounding, impossible)
    results.keep(rest, left, "TRUNCATION", impossible)


def _corresponding(results: Results, statement: verbs.Corresponding) -> None:
    evaluation = results.evaluation
    source, goal = statement.source, statement.target.target
    one, other = (evaluation.scene.laid[evaluation.scene.field(each).number] for each in (source, goal))
    for left, right in corresponding(one, other, source, goal):
        if isinstance(evaluation.held(evaluation.spot(left)), Numeric):
            receiver = verbs.Receiver(right, statement.target.rounding, span=statement.span)
            change = add if statement.verb == "ADD" else subtract
            _changed(results, (left,), (receiver,), change)


def _simple(term: z3.ExprRef | bool) -> Truth:
    made = z3.simplify(z3.BoolVal(term) if isinstance(term, bool) else term)
    assert isinstance(made, z3.BoolRef)
    return made
