"""Assignments, and choices between nothing but assignments, which need no path of their own."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import z3

from transpile.solvers.python.contents import room, write
from transpile.solvers.python.expressions import Asked, Evaluation
from transpile.solvers.python.inspecting import changed, counts, is_step
from transpile.solvers.python.places import Target, Whole
from transpile.solvers.python.unstringing import piece_taken, takes_piece
from transpile.solvers.python.values import (
    Line,
    PyValue,
    Several,
    Worker,
    choose_value,
    negation,
    same_value,
    truth_of,
)
from transpile.solvers.storage.inspecting import Inspection, Region
from transpile.solvers.storage.storage import Storage, merged
from transpile.solvers.storage.unstringing import Unstring, Varying
from transpile.solvers.storage.values import NoTerm, Truth

NO_ROOM = "bytes of a record without room"
"""The view of a number has not the bytes for its digits: Python spoils the record, or raises ValueError."""
Assignment = ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr
"""A statement of its own is one that goes on with an inspection."""


@dataclass(frozen=True, slots=True)
class Assigned:
    storage: Storage
    locals: Mapping[str, PyValue]


def assigned(evaluation: Evaluation, node: Assignment) -> Assigned:
    """What is remembered after ``node``, where it raises nothing."""
    match node:
        case ast.Expr(value=value):
            return _step(evaluation, value)
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if counts(evaluation.locals, value):
            return _step(evaluation, value, name)
        case ast.Assign(targets=targets, value=value):
            return _all(evaluation, targets, value)
        case ast.AugAssign(target=target, op=op, value=value):
            read = ast.copy_location(_loaded(target), target)
            return _all(evaluation, [target], ast.copy_location(ast.BinOp(read, op, value), node))
        case ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value, simple=1):
            return _all(evaluation, [target], value)
    raise NoTerm(f"the assignment {ast.unparse(node)[:60]} is not in the model")


def _step(evaluation: Evaluation, node: ast.expr, name: str = "") -> Assigned:
    """The next phrase of an inspection; ``name``: the variable that gets what it found."""
    made = changed(evaluation, node)
    if made is None or name == "self":
        raise NoTerm(f"the call {ast.unparse(node)[:60]} is not in the model")
    value, evaluation.locals = made
    if name:
        _put(evaluation, ast.Name(name, ast.Store()), value)
    return Assigned(evaluation.storage, evaluation.locals)


def _loaded(target: ast.expr) -> ast.expr:
    """The same place, to be read."""
    match target:
        case ast.Name(id=name):
            return ast.Name(name, ast.Load())
        case ast.Attribute(value=value, attr=name):
            return ast.Attribute(value, name, ast.Load())
        case ast.Subscript(value=value, slice=index):
            return ast.Subscript(value, index, ast.Load())
    raise NoTerm(f"the target {ast.unparse(target)[:60]}")


def _all(evaluation: Evaluation, targets: Sequence[ast.expr], node: ast.expr) -> Assigned:
    value = evaluation.value(node)
    match value, targets:
        case Inspection() | Unstring(), [ast.Name(id=name)] if name != "self":
            return Assigned(evaluation.storage, {**evaluation.locals, name: value})
    for target in targets:
        _put(evaluation, target, value)
    return Assigned(evaluation.storage, evaluation.locals)


def _put(evaluation: Evaluation, target: ast.expr, value: PyValue) -> None:
    match target:
        case ast.Name(id="self"):
            raise NoTerm("another self")
        case ast.Name(id=name):
            if isinstance(value, Line | Several | Region | Varying | Inspection | Unstring):
                raise NoTerm(f"the variable {name} is given something that is only used at once")
            evaluation.locals = {**evaluation.locals, name: value}
        case ast.Tuple(elts=elements):
            if not isinstance(value, Several) or len(value.values) != len(elements):
                raise NoTerm("an assignment to several places")
            for each, part in zip(elements, value.values, strict=True):
                _put(evaluation, each, part)
        case _:
            _put_field(evaluation, target, value)


def _put_field(evaluation: Evaluation, node: ast.expr, value: PyValue) -> None:
    ref = evaluation.ref(node)
    if ref is None or evaluation.places.property_of(ref) is not None:
        raise NoTerm(f"an assignment to {ast.unparse(node)[:60]}")
    target = evaluation.places.target(ref)
    if isinstance(value, Line):
        value = evaluation.line(value, _size(evaluation, target))
    condition = room(evaluation.places, target, value)
    if condition is not None:
        evaluation.note(negation(condition), NO_ROOM)
        if z3.is_false(condition):
            return
    evaluation.storage = write(evaluation.places, evaluation.storage, target, ref.subscripts, value)


def _size(evaluation: Evaluation, target: Target) -> int:
    """Of text that is cut or filled when it is assigned."""
    if isinstance(target, Whole):
        return target.area.size
    if evaluation.places.takes_any_text(target):
        return target.view.size
    raise NoTerm("a line of a length that is not known")


# Choices


class _Crooked(Exception):
    """It is more than assignments."""


def straight(
    evaluation: Evaluation, condition: Truth, body: Sequence[ast.stmt], orelse: Sequence[ast.stmt]
) -> Assigned | None:
    """``if condition: body else: orelse`` at once; None where that cannot be: it does something besides."""
    try:
        return _choice(evaluation, condition, body, orelse)
    except (_Crooked, NoTerm, Asked):
        return None


def _choice(evaluation: Evaluation, condition: Truth, body: Sequence[ast.stmt], orelse: Sequence[ast.stmt]) -> Assigned:
    if not all(isinstance(each, _SIMPLE) or is_step(each) for each in (*body, *orelse)):
        raise _Crooked
    other = truth_of(z3.Not(condition))
    ways = evaluation.path.where(condition), evaluation.path.where(other)
    made = [
        None if path is None else _block(replace(evaluation, path=path, raised=[]), block)
        for path, block in zip(ways, (body, orelse), strict=True)
    ]
    yes, no = made
    if yes is None or no is None:
        found = yes or no
        if found is None:
            raise _Crooked
        return found
    return Assigned(merged(condition, yes.storage, no.storage), _merged_locals(condition, yes.locals, no.locals))


_SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.If, ast.Pass)


def with_piece(evaluation: Evaluation, node: ast.If) -> Assigned:
    """``if piece := unstring.next(): …``; the piece is forgotten afterwards."""
    name, present = piece_taken(evaluation, node.test)
    if node.orelse or evaluation.raised:
        raise NoTerm("an Unstring that does more than to take a piece")
    try:
        made = _choice(evaluation, present, node.body, [])
    except _Crooked:
        raise NoTerm("a piece of an Unstring with which more is done than to assign it") from None
    return Assigned(made.storage, {each: value for each, value in made.locals.items() if each != name})


def _block(evaluation: Evaluation, block: Sequence[ast.stmt]) -> Assigned:
    made = Assigned(evaluation.storage, evaluation.locals)
    for node in block:
        here = replace(evaluation, storage=made.storage, locals=made.locals, raised=[])
        match node:
            case ast.If(test=test) if takes_piece(test):
                made = with_piece(here, node)
            case ast.If(test=test, body=body, orelse=orelse):
                condition = here.truth(test)
                if here.raised:
                    raise _Crooked
                made = _choice(here, condition, body, orelse)
            case ast.Assign() | ast.AugAssign() | ast.AnnAssign() | ast.Expr():
                made = assigned(here, node)
                if here.raised:
                    raise _Crooked
    return made


def _merged_locals(condition: Truth, yes: Mapping[str, PyValue], no: Mapping[str, PyValue]) -> dict[str, PyValue]:
    """Those that have a value both ways; not those of an INSPECT or STRING that differ."""
    found: dict[str, PyValue] = {}
    for name in yes.keys() & no.keys():
        a, b = yes[name], no[name]
        if same_value(a, b):
            found[name] = a
        elif not isinstance(a, Worker) and not isinstance(b, Worker):
            found[name] = choose_value(condition, a, b)
    return found
