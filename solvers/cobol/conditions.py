"""Conditions: comparisons of any two operands, class and sign tests, names of conditions."""

from __future__ import annotations

import z3

from transpile.cobol import tree
from transpile.cobol.programs import CharacterClass
from transpile.cobol.statements import Selection
from transpile.solvers.cobol.operands import Characters, Evaluation, Numeric, Operand, Repeated
from transpile.solvers.storage.storage import Spelled
from transpile.solvers.storage.values import (
    Int,
    NoTerm,
    Number,
    Text,
    Truth,
    both,
    compared,
    integer,
    known,
    texts_related,
)

_SIGNS: dict[str, tree.Relation] = {"POSITIVE": ">", "NEGATIVE": "<", "ZERO": "="}
NOT_NEGATIVE = (
    "what an unsigned COMP-5 item of 8 bytes is compared with is not negative: GnuCOBOL 3.1 compares unsigned"
)
_TURNED: dict[tree.Relation, tree.Relation] = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def condition(evaluation: Evaluation, tested: tree.Condition) -> Truth:
    match tested:
        case tree.Comparison(operator, left, right):
            return related(evaluation, operator, evaluation.operand(left), evaluation.operand(right))
        case tree.ClassTest(operand, name):
            return _class(evaluation, evaluation.operand(operand), name)
        case tree.SignTest(operand, sign):
            return compared(_SIGNS[sign], evaluation.number(operand), Number(integer(0)))
        case tree.NamedCondition(reference):
            return _named(evaluation, reference)
        case tree.Not(inner):
            return _simple(z3.Not(condition(evaluation, inner)))
        case tree.And(operands):
            return _in_order(evaluation, operands, True)
        case tree.Or(operands):
            return _in_order(evaluation, operands, False)
        case tree.Always(truth):
            return z3.BoolVal(truth)
    raise NoTerm("this condition is not in the model")


def _in_order(evaluation: Evaluation, operands: tuple[tree.Condition, ...], every: bool) -> Truth:
    """AND (``every``) or OR: an operand is looked at only if those before it leave it open."""
    first, *others = operands
    found = condition(evaluation, first)
    if not others:
        return found
    with evaluation.where(found if every else _simple(z3.Not(found))):
        rest = _in_order(evaluation, tuple(others), every)
    return _simple(z3.And(found, rest) if every else z3.Or(found, rest))


def related(evaluation: Evaluation, operator: tree.Relation, left: Operand, right: Operand) -> Truth:
    match left, right:
        case Numeric(), Numeric():
            _as_gnucobol_compares(evaluation, left, right)
            return compared(operator, left.number, right.number)
        case Numeric(), Repeated(zero=True):
            return compared(operator, left.number, Number(integer(0)))
        case Repeated(), Repeated():
            return texts_related(operator, left.filled(1), right.filled(1))
        case Repeated(), _:
            return related(evaluation, _TURNED[operator], right, left)
        case Numeric() | Characters(), Repeated():
            characters = evaluation.characters(left)
            return texts_related(operator, characters, right.filled(len(characters)))
        case Numeric() | Characters(), Numeric() | Characters():
            for each in (left, right):
                if isinstance(each, Numeric) and each.spot is not None and each.spot.field.view.separate:
                    raise NoTerm(
                        "a text beside a number with a separate sign, which GnuCOBOL 3.1 compares as it stands"
                    )
            return texts_related(operator, evaluation.characters(left), evaluation.characters(right))
    raise NoTerm("this comparison is not in the model")


def _as_gnucobol_compares(evaluation: Evaluation, left: Numeric, right: Numeric) -> None:
    """libcob 3.1 compares an unsigned binary item of 8 bytes as unsigned with whatever number (``cob_cmp_u64``), and
    cobc takes the absolute value of a literal with more digits than the DISPLAY item beside it."""
    spot = left.spot
    if spot is None or spot.number is None:
        return
    type_ = spot.number
    if type_.bits == 64 and not type_.signed and not type_.scale and not right.number.scale:
        evaluation.assume(right.number.units >= 0, NOT_NEGATIVE)
    literal = known(right.number.units) if right.spot is None else None
    room = 10 ** (type_.digits - type_.scale + right.number.scale)
    if spot.field.view.coding == "display" and literal is not None and literal <= -room:
        raise NoTerm("a number below what the item holds, which GnuCOBOL 3.1 takes for one above")


def _named(evaluation: Evaluation, reference: tree.Reference) -> Truth:
    found = evaluation.scene.condition(reference)
    if found is None:
        raise NoTerm(f"{reference.name}, a switch, is not in the model")
    held = evaluation.held(evaluation.item(found.item, reference.subscripts))
    ways = [within(evaluation, held, each) for each in found.condition.values]
    return _simple(z3.Or(*ways))


def within(evaluation: Evaluation, value: Operand, wanted: tree.Range) -> Truth:
    low = evaluation.operand(wanted.low)
    if wanted.high is None:
        return related(evaluation, "=", value, low)
    high = evaluation.operand(wanted.high)
    return both([related(evaluation, ">=", value, low), related(evaluation, "<=", value, high)])


# EVALUATE


def chosen(
    evaluation: Evaluation,
    subjects: tuple[tree.Expression | tree.Condition, ...],
    choices: tuple[tuple[Selection, ...], ...],
) -> Truth:
    """Whether one of the WHEN phrases is met."""
    ways = [both([_selected(evaluation, *pair) for pair in zip(subjects, choice, strict=False)]) for choice in choices]
    return _simple(z3.Or(*ways))


def _selected(evaluation: Evaluation, subject: tree.Expression | tree.Condition, selection: Selection) -> Truth:
    wanted = selection.object
    if wanted is None:
        return z3.BoolVal(True)
    found = _matches(evaluation, subject, wanted)
    return _simple(z3.Not(found)) if selection.negated else found


def _matches(
    evaluation: Evaluation, subject: tree.Expression | tree.Condition, wanted: tree.Condition | tree.Range
) -> Truth:
    if isinstance(subject, tree.Condition):
        if isinstance(wanted, tree.Range):
            if not isinstance(wanted.low, tree.Reference):
                raise NoTerm("a value as object of EVALUATE TRUE")
            wanted = tree.NamedCondition(wanted.low, span=wanted.span)
        return _simple(condition(evaluation, subject) == condition(evaluation, wanted))
    if isinstance(wanted, tree.Range):
        return within(evaluation, evaluation.operand(subject), wanted)
    raise NoTerm("a condition as object of EVALUATE")


# Class tests


def _class(evaluation: Evaluation, operand: Operand, name: str) -> Truth:
    match operand:
        case Numeric(spot=None) | Repeated():
            raise NoTerm("a class test of something that is no item")
        case Numeric(spot=spot) if spot is not None:
            return _number_class(evaluation, operand, name)
        case Characters(text=content):
            return both([_in_class(evaluation, each, name) for each in content.chars])
    raise NoTerm("this class test is not in the model")


def _computed(held: object) -> bool:
    """The number did not come from where the paragraph began, or from outside."""
    return isinstance(held, z3.ArithRef) and held.num_args() > 0 and held.decl().kind() != z3.Z3_OP_UNINTERPRETED


def _number_class(evaluation: Evaluation, operand: Numeric, name: str) -> Truth:
    spot = operand.spot
    assert spot is not None
    place = evaluation.storage.layout.places[spot.field.number]
    held = evaluation.storage.held[place.cell]
    if name == "NUMERIC" and place.cell.field is not None and not isinstance(held, Text | Spelled):
        if spot.field.view.coding in ("display", "packed") and not _computed(held):
            raise NoTerm(f"whether {spot.field.origin} is NUMERIC: that it is is taken for granted")
        return z3.BoolVal(True)
    view = spot.field.view
    if view.coding != "display" or view.separate:
        raise NoTerm(f"a class test of {spot.field.origin}, which is not plain digits")
    characters = list(evaluation.bytes(spot).chars)
    if name != "NUMERIC" or spot.number is None or not spot.number.signed:
        return both([_in_class(evaluation, each, name) for each in characters])
    last = characters.pop(0 if view.leading else -1)
    signed = _simple(z3.Or(_between(last, 48, 57), _between(last, 112, 121)))
    return both([signed, *(_in_class(evaluation, each, name) for each in characters)])


def _in_class(evaluation: Evaluation, char: Int, name: str) -> Truth:
    match name:
        case "NUMERIC":
            return _between(char, 48, 57)
        case "ALPHABETIC":
            return _simple(z3.Or(char == 32, _between(char, 65, 90), _between(char, 97, 122)))
        case "ALPHABETIC-UPPER":
            return _simple(z3.Or(char == 32, _between(char, 65, 90)))
        case "ALPHABETIC-LOWER":
            return _simple(z3.Or(char == 32, _between(char, 97, 122)))
    known = next((each for each in evaluation.scene.tree.environment.special_names.classes if each.name == name), None)
    if known is None:
        raise NoTerm(f"the class {name} is not in the model")
    return _simple(z3.Or(*(_between(char, *_bounds(each)) for each in _flat(known))))


def _flat(known: CharacterClass) -> list[tree.Range]:
    """The ranges of a class; a literal of several characters is each of them."""
    found: list[tree.Range] = []
    for each in known.ranges:
        if each.high is None and isinstance(each.low, tree.Text):
            codes = [tree.Text(bytes((code,)), span=each.span) for code in each.low.value]
            found += [tree.Range(code, span=each.span) for code in codes]
        else:
            found.append(each)
    return found


def _bounds(given: tree.Range) -> tuple[int, int]:
    ends = sorted(_code(each) for each in (given.low, given.high or given.low))
    return ends[0], ends[1]


def _code(value: tree.Expression) -> int:
    match value:
        case tree.Text(content) if len(content) == 1:
            return content[0]
        case tree.Number(position):
            return int(position) - 1
    raise NoTerm("this value of a class")


def _between(char: Int, low: int, high: int) -> Truth:
    return _simple(z3.And(char >= low, char <= high))


def _simple(term: z3.ExprRef | bool) -> Truth:
    made = z3.simplify(z3.BoolVal(term) if isinstance(term, bool) else term)
    assert isinstance(made, z3.BoolRef)
    return made
