"""Conditions: comparisons of any two operands, classes, signs, names of conditions and switches."""

from __future__ import annotations

from transpile.cobol import tree as cobol
from transpile.cobol.names import Symbol
from transpile.cobol.programs import CharacterClass, ConditionName, Item
from transpile.errors import SourceError
from transpile.legacy.expressions import (
    Both,
    Bytes,
    Compare,
    Consists,
    Constant,
    Either,
    Expression,
    Load,
    Named,
    Not,
    Place,
    Relation,
    Repeated,
)
from transpile.legacy.types import Number, Text, Truth
from transpile.restructure.expressions import as_text, bytes_of, is_text, is_zero, number, pattern, place, value
from transpile.restructure.naming import words
from transpile.restructure.scope import Scope, text, unsupported, whole

_RELATIONS: dict[str, Relation] = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_SIGNS: dict[str, Relation] = {"POSITIVE": ">", "NEGATIVE": "<", "ZERO": "=="}
_TURNED: dict[Relation, Relation] = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def condition(scope: Scope, tested: cobol.Condition) -> Expression:
    match tested:
        case cobol.Comparison(operator, left, right):
            return compare(scope, _RELATIONS[operator], left, right)
        case cobol.ClassTest(operand, name):
            return _class(scope, operand, name)
        case cobol.SignTest(operand, sign):
            return Compare(_SIGNS[sign], number(scope, operand), whole(0))
        case cobol.NamedCondition(reference):
            return named(scope, reference)
        case cobol.Not(operand=inner):
            return negated(condition(scope, inner))
        case cobol.And(operands):
            return Both(tuple(condition(scope, each) for each in operands))
        case cobol.Or(operands):
            return Either(tuple(condition(scope, each) for each in operands))
        case cobol.Always(truth):
            return Constant(truth, Truth())
    raise unsupported(tested.span, "this condition")


_NEGATED: dict[Relation, Relation] = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def negated(tested: Expression) -> Expression:
    match tested:
        case Compare(operator, left, right, order):
            return Compare(_NEGATED[operator], left, right, order)
        case Not(inner):
            return inner
        case Constant(truth, Truth()):
            return Constant(not truth, Truth())
    return Not(tested)


def compare(scope: Scope, operator: Relation, left: cobol.Expression, right: cobol.Expression) -> Expression:
    """Two operands, each of which may be a figurative constant."""
    one, other = pattern(scope, left), pattern(scope, right)
    if one is not None and other is None:
        return compare(scope, _TURNED[operator], right, left)
    if one is not None and other is not None:
        return Compare(operator, text(one[:1]), text(other[:1]), collating(scope))
    if other is not None:
        if is_zero(right) and not is_text(value(scope, left)):
            return Compare(operator, number(scope, left), whole(0))
        return Compare(operator, as_text(scope, left), Repeated(text(other), Text(None)), collating(scope))
    first, second = value(scope, left), value(scope, right)
    if not is_text(first) and not is_text(second):
        return Compare(operator, first, second)
    return Compare(operator, as_text(scope, left), as_text(scope, right), collating(scope))


def collating(scope: Scope) -> str:
    """The name of the program's collating sequence; empty for that of the bytes."""
    name = scope.program.environment.collating
    return "" if not name or name in native_alphabets(scope) else name


def native_alphabets(scope: Scope) -> frozenset[str]:
    kinds = ("NATIVE", "ASCII", "STANDARD-1", "STANDARD-2")
    return frozenset(each.name for each in scope.program.environment.special_names.alphabets if each.kind in kinds)


def _class(scope: Scope, operand: cobol.Expression, name: str) -> Expression:
    if isinstance(operand, cobol.Reference):
        meaning = scope.declared(operand).meaning
        if isinstance(meaning, Item):
            made = place(scope, operand)
            if operand.slice is None and isinstance(made.field.type, Number):
                return _number_class(made, name)
            return Consists(bytes_of(scope, operand), name.lower())
    return Consists(as_text(scope, operand), name.lower())


def _number_class(made: Place, name: str) -> Expression:
    """A number that has its own place is always one."""
    if name == "NUMERIC" and not made.field.shared:
        return Constant(True, Truth())
    return Consists(Load(made) if name == "NUMERIC" else Bytes(made), name.lower())


def named(scope: Scope, reference: cobol.Reference) -> Expression:
    """A level 88 name, or the status of a switch."""
    declared = scope.declared(reference)
    match declared.meaning:
        case ConditionName() as known:
            item = declared.groups[0]
            subject = cobol.Reference(item.name, declared.owners[1:], reference.subscripts, span=reference.span)
            made = scope.fields[id(item)]
            tests = tuple(within(scope, _own(scope, item, subject), each) for each in known.values)
            return Named(words(known.name), made, tests[0] if len(tests) == 1 else Either(tests))
        case Symbol(kind="switch") as switch:
            return Compare("==", Load(Place(scope.switch(str(switch.value)))), whole(int(scope.means_on(switch.name))))
    raise SourceError(reference.span, f"'{reference.name}' is no condition")


def _own(scope: Scope, item: Item, subject: cobol.Reference) -> cobol.Reference:
    """``subject``, which names ``item``; a FILLER gets a name for that."""
    if not item.name:
        raise unsupported(subject.span, "a condition of a FILLER")
    return subject


def within(scope: Scope, subject: cobol.Expression, values: cobol.Range) -> Expression:
    """Whether a value is in a range of EVALUATE or of a level 88 name."""
    if values.high is None:
        return compare(scope, "==", subject, values.low)
    return Both((compare(scope, ">=", subject, values.low), compare(scope, "<=", subject, values.high)))


def class_characters(known: CharacterClass) -> frozenset[str]:
    """The characters of a class of SPECIAL-NAMES."""
    found: set[str] = set()
    for each in known.ranges:
        low = _character(each.low)
        if each.high is None:
            found |= set(low)
        else:
            first, last = sorted((ord(low[0]), ord(_character(each.high)[0])))
            found |= {chr(code) for code in range(first, last + 1)}
    return frozenset(found)


def _character(value_: cobol.Expression) -> str:
    match value_:
        case cobol.Text(content):
            return content.decode("latin-1")
        case cobol.Number():
            return chr(int(value_.value) - 1)
    raise unsupported(value_.span, "this value of a class")
