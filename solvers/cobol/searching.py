"""SEARCH and SEARCH ALL: the rounds of a search, as loops."""

from __future__ import annotations

from dataclasses import dataclass

import z3

from transpile.cobol import statements as verbs
from transpile.cobol import tree
from transpile.cobol.names import Index
from transpile.cobol.programs import Occurs
from transpile.legacy.fields import Field
from transpile.solvers.cobol.conditions import related
from transpile.solvers.cobol.moving import put_units, step
from transpile.solvers.cobol.operands import Evaluation, Numeric, Operand, Spot
from transpile.solvers.storage.storage import merged
from transpile.solvers.storage.values import Int, NoTerm, Number, Truth, compared, integer, units_at


@dataclass(frozen=True, slots=True)
class Table:
    """The index that a search counts up, what else it counts up, and the number of elements."""

    index: Spot
    others: tuple[Spot, ...]
    limit: Int


def table(evaluation: Evaluation, statement: verbs.Search) -> Table:
    occurs, item = _occurs(evaluation, statement)
    if not occurs.indexes:
        raise NoTerm("SEARCH of a table without an index")
    limit = integer(occurs.high)
    if occurs.depending is not None:
        limit = units_at(evaluation.number(occurs.depending), 0)
    own = evaluation.scene.indexes.get((item, occurs.indexes[0]))
    varying = statement.varying
    if varying is not None:
        meaning = evaluation.scene.names.resolve(varying).meaning
        given = evaluation.spot(varying)
        if isinstance(meaning, Index) and id(meaning.item) == item:
            return Table(given, (), limit)
        return Table(_spot(own), (given,), limit)
    return Table(_spot(own), (), limit)


def _occurs(evaluation: Evaluation, statement: verbs.Search) -> tuple[Occurs, int]:
    found = evaluation.scene.field(statement.table)
    laid = evaluation.scene.laid.get(found.number)
    if laid is None or laid.item.occurs is None:
        raise NoTerm("SEARCH of what is no table")
    return laid.item.occurs, id(laid.item)


def _spot(field: Field | None) -> Spot:
    if field is None:
        raise NoTerm("the index of a search is not in the model")
    return Spot(field, None, (), field.view.size)


def _value(evaluation: Evaluation, spot: Spot) -> Number:
    held = evaluation.held(spot)
    assert isinstance(held, Numeric)
    return held.number


def at_end(evaluation: Evaluation, found: Table) -> Truth:
    return compared(">", _value(evaluation, found.index), Number(found.limit))


def count_up(evaluation: Evaluation, found: Table) -> None:
    for each in (found.index, *found.others):
        step(evaluation, each, Number(integer(1)))


# SEARCH ALL: halving, between two bounds that are no longer candidates


def begin_halving(evaluation: Evaluation, statement: verbs.Search) -> None:
    limit = table(evaluation, statement).limit
    put_units(evaluation, _bound(evaluation, "SEARCH-LOW"), integer(0))
    put_units(evaluation, _bound(evaluation, "SEARCH-HIGH"), units_at(Number(z3.simplify(limit + 1)), 0))


def _bound(evaluation: Evaluation, name: str) -> Spot:
    return _spot(evaluation.scene.registers.get(name))


def nothing_left(evaluation: Evaluation) -> Truth:
    low, high = (_value(evaluation, _bound(evaluation, f"SEARCH-{name}")).units for name in ("LOW", "HIGH"))
    made = z3.simplify(low >= high - 1)
    assert isinstance(made, z3.BoolRef)
    return made


def halve(evaluation: Evaluation, statement: verbs.Search) -> None:
    low, high = (_value(evaluation, _bound(evaluation, f"SEARCH-{name}")).units for name in ("LOW", "HIGH"))
    middle = units_at(Number(low + high, 0, integer(2)), 0)
    put_units(evaluation, table(evaluation, statement).index, middle)


def narrow(evaluation: Evaluation, statement: verbs.Search) -> None:
    """The half in which the element must be, by the first key that differs."""
    index = table(evaluation, statement).index
    at = _value(evaluation, index).units
    before = evaluation.storage
    put_units(evaluation, _bound(evaluation, "SEARCH-LOW"), at)
    lower, evaluation.storage = evaluation.storage, before
    put_units(evaluation, _bound(evaluation, "SEARCH-HIGH"), at)
    higher = evaluation.storage
    evaluation.storage = before
    is_lower: Truth = z3.BoolVal(False)
    for key, wanted, ascending in reversed(_keys(evaluation, statement)):
        earlier = related(evaluation, "<" if ascending else ">", key, wanted)
        equal = related(evaluation, "=", key, wanted)
        is_lower = z3.Or(earlier, z3.And(equal, is_lower))
    evaluation.storage = merged(z3.simplify(is_lower), lower, higher)


def _keys(evaluation: Evaluation, statement: verbs.Search) -> list[tuple[Operand, Operand, bool]]:
    """The keys that the condition looks at, with what they are compared with, and whether they ascend."""
    occurs, _ = _occurs(evaluation, statement)
    order = {reference.name: key.ascending for key in occurs.keys for reference in key.fields}
    tested = statement.branches[0].condition
    found: list[tuple[Operand, Operand, bool]] = []
    for each in tested.operands if isinstance(tested, tree.And) else (tested,):
        if not isinstance(each, tree.Comparison) or each.operator != "=":
            raise NoTerm("this condition of SEARCH ALL is not in the model")
        left, right = each.left, each.right
        if not (isinstance(left, tree.Reference) and left.name in order):
            left, right = right, left
        if not (isinstance(left, tree.Reference) and left.name in order):
            raise NoTerm("SEARCH ALL for what is no key")
        found.append((evaluation.operand(left), evaluation.operand(right), order[left.name]))
    return found
