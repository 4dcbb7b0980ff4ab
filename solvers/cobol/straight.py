"""Statements that neither wait for anything nor go anywhere: one state becomes another, whatever the conditions in them
are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import z3

from transpile.cobol import statements as verbs
from transpile.cobol import tree
from transpile.solvers.cobol import arithmetic, inspecting, moving, stringing, unstringing
from transpile.solvers.cobol.conditions import chosen, condition
from transpile.solvers.cobol.operands import Evaluation
from transpile.solvers.cobol.scene import Scene
from transpile.solvers.storage.steps import Path
from transpile.solvers.storage.storage import Storage, merged
from transpile.solvers.storage.values import NoTerm, Truth

_SIMPLE = verbs.Move | verbs.Continue | verbs.Initialize | verbs.Set | verbs.Inspect
Fallible: TypeAlias = (
    verbs.Add | verbs.Subtract | verbs.Multiply | verbs.Divide | verbs.Compute | verbs.Corresponding
    | verbs.StringTogether | verbs.Unstring
)  # fmt: skip
"""Statements that say what is done where something is too large."""


@dataclass(frozen=True, slots=True)
class State:
    path: Path
    storage: Storage


def is_straight(statement: tree.Statement) -> bool:
    match statement:
        case verbs.If(_, then, otherwise):
            return _all((*then, *otherwise))
        case verbs.Evaluate(_, branches, other):
            return _all(tuple(each for branch in branches for each in branch.statements)) and _all(other or ())
        case verbs.Execute():
            return statement.declares
    if isinstance(statement, Fallible):
        handler = handler_of(statement)
        return handler is None or _all((*(handler.yes or ()), *(handler.no or ())))
    return isinstance(statement, _SIMPLE)


def _all(statements: Sequence[tree.Statement]) -> bool:
    return all(is_straight(each) for each in statements)


def done(scene: Scene, state: State, statements: Sequence[tree.Statement]) -> State | None:
    """The state behind ``statements``; None if no run comes there."""
    current: State | None = state
    for each in statements:
        if current is None:
            return None
        current = _one(scene, current, each)
    return current


def _one(scene: Scene, state: State, statement: tree.Statement) -> State | None:
    evaluation = Evaluation(scene, state.storage)
    match statement:
        case verbs.If(tested, then, otherwise):
            truth = condition(evaluation, tested)
            return _either(scene, _settled(evaluation, state), truth, then, otherwise)
        case verbs.Evaluate():
            return _evaluate(scene, state, statement, 0)
        case verbs.Move(value, targets):
            _move(evaluation, value, targets)
        case verbs.Corresponding(verb="MOVE"):
            _move_corresponding(evaluation, statement)
        case verbs.Initialize():
            moving.initialize(evaluation, statement)
        case verbs.Set():
            moving.set_(evaluation, statement)
        case verbs.Inspect():
            inspecting.inspect(evaluation, statement)
        case verbs.Continue() | verbs.Execute():
            pass
        case _:
            return _computed(scene, state, evaluation, statement)
    return _settled(evaluation, state)


def _move(evaluation: Evaluation, value: tree.Expression, targets: tuple[tree.Reference, ...]) -> None:
    """An element or a part of an item is looked at once, a whole item for each target."""
    parted = isinstance(value, tree.Reference) and (value.subscripts or value.slice is not None)
    once = evaluation.operand(value) if parted and len(targets) > 1 else None
    for target in targets:
        if not parted and isinstance(value, tree.Reference) and _itself(evaluation, value, target):
            continue
        moving.move(evaluation, once or evaluation.operand(value), evaluation.spot(target), once is not None)


def _itself(evaluation: Evaluation, value: tree.Reference, target: tree.Reference) -> bool:
    """An elementary item moved to itself stays as it is, whatever it holds."""
    if target.subscripts or target.slice is not None or value != target:
        return False
    spot = evaluation.spot(target)
    return not spot.group


def _settled(evaluation: Evaluation, state: State) -> State | None:
    path = evaluation.settle(state.path)
    return None if path is None else State(path, evaluation.storage)


def _computed(scene: Scene, state: State, evaluation: Evaluation, statement: tree.Statement) -> State | None:
    assert isinstance(statement, Fallible)
    failed, handler = attempted(evaluation, statement), handler_of(statement)
    after = _settled(evaluation, state)
    if handler is None:
        return after
    return _either(scene, after, failed, handler.yes or (), handler.no or ())


def handler_of(statement: Fallible) -> verbs.Handler | None:
    """What is done ON SIZE ERROR, or ON OVERFLOW."""
    if isinstance(statement, verbs.StringTogether | verbs.Unstring):
        return statement.on_overflow
    return statement.on_size_error


def attempted(evaluation: Evaluation, statement: Fallible) -> Truth:
    """Whether it failed."""
    if isinstance(statement, verbs.StringTogether):
        return stringing.string(evaluation, statement)
    if isinstance(statement, verbs.Unstring):
        return unstringing.take_apart(evaluation, statement)
    return arithmetic.perform(evaluation, statement)


def _evaluate(scene: Scene, state: State, statement: verbs.Evaluate, at: int) -> State | None:
    if at == len(statement.branches):
        return done(scene, state, statement.other or ())
    branch = statement.branches[at]
    evaluation = Evaluation(scene, state.storage)
    truth = chosen(evaluation, statement.subjects, branch.choices)
    after = _settled(evaluation, state)
    if after is None:
        return None
    yes, no = after.path.where(truth), after.path.where(negated(truth))
    hit = None if yes is None else done(scene, State(yes, after.storage), branch.statements)
    missed = None if no is None else _evaluate(scene, State(no, after.storage), statement, at + 1)
    return _joined(after, truth, hit, missed)


def _either(
    scene: Scene,
    state: State | None,
    truth: Truth,
    then: Sequence[tree.Statement],
    otherwise: Sequence[tree.Statement],
) -> State | None:
    if state is None:
        return None
    yes, no = state.path.where(truth), state.path.where(negated(truth))
    one = None if yes is None else done(scene, State(yes, state.storage), then)
    other = None if no is None else done(scene, State(no, state.storage), otherwise)
    return _joined(state, truth, one, other)


def _joined(before: State, truth: Truth, one: State | None, other: State | None) -> State | None:
    """What holds behind both ways; what was found out on one of them holds if that was taken."""
    if one is None or other is None:
        return one or other
    common = len(before.path.conditions)
    found: list[Truth] = []
    for way, taken in ((one, truth), (other, negated(truth))):
        found += [z3.Implies(taken, each) for each in _beyond(way.path, common, taken)]
    path = replace(
        before.path,
        conditions=(*before.path.conditions, *found),
        assumed=one.path.assumed | other.path.assumed,
    )
    return State(path, merged(truth, one.storage, other.storage))


def _beyond(path: Path, common: int, taken: Truth) -> list[Truth]:
    return [each for each in path.conditions[common:] if not each.eq(taken)]


def _move_corresponding(evaluation: Evaluation, statement: verbs.Corresponding) -> None:
    source, goal = statement.source, statement.target.target
    one, other = (evaluation.scene.laid[evaluation.scene.field(each).number] for each in (source, goal))
    if not one.group or not other.group:
        raise NoTerm("CORRESPONDING of what is no group")
    for left, right in moving.corresponding(one, other, source, goal):
        moving.move(evaluation, evaluation.operand(left), evaluation.spot(right))


def negated(truth: Truth | bool) -> Truth:
    made = z3.simplify(z3.Not(truth))
    assert isinstance(made, z3.BoolRef)
    return made
