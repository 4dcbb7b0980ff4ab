"""Places and values: identifiers, literals, arithmetic and functions."""

from __future__ import annotations

from decimal import Decimal

from transpile.cobol import layout
from transpile.cobol import tree as cobol
from transpile.cobol.names import Symbol
from transpile.cobol.programs import Item
from transpile.errors import SourceError
from transpile.legacy.expressions import (
    Arithmetic,
    Bytes,
    Constant,
    Digits,
    Expression,
    Intrinsic,
    Load,
    Negative,
    Part,
    Place,
    Target,
)
from transpile.legacy.types import Exact, Floating, Number, Text, Truth, Type
from transpile.restructure.scope import Scope, text, unsupported, whole

FIGURATIVES = {"SPACE": " ", "ZERO": "0", "QUOTE": '"', "HIGH-VALUE": "\xff", "LOW-VALUE": "\0", "NULL": "\0"}
_ONE = whole(1)


def place(scope: Scope, reference: cobol.Reference) -> Place:
    """The element that ``reference`` names, without its slice."""
    made = scope.field(reference)
    if len(reference.subscripts) != len(made.dimensions):
        count = len(made.dimensions)
        message = f"'{reference.name}' needs {count or 'no'} subscript{'' if count == 1 else 's'}"
        raise SourceError(reference.span, f"{message}, and has {len(reference.subscripts)}")
    return Place(made, tuple(number(scope, each) for each in reference.subscripts))


def target(scope: Scope, reference: cobol.Reference) -> Target:
    """What ``reference`` writes to."""
    made = place(scope, reference)
    if reference.slice is not None:
        return _part(scope, made, reference.slice)
    return made


def _part(scope: Scope, made: Place, part: cobol.Slice) -> Part:
    length = number(scope, part.length) if part.length is not None else None
    return Part(made, number(scope, part.start), length)


def value(scope: Scope, expression: cobol.Expression) -> Expression:
    """What ``expression`` is worth. Figurative constants are one character: who knows their size does not ask here."""
    match expression:
        case cobol.Number():
            return literal(expression)
        case cobol.Text(content, all=False):
            return text(content.decode("latin-1"))
        case cobol.Text() | cobol.Figurative():
            return text(pattern(scope, expression) or "")
        case cobol.Reference():
            return _reference(scope, expression)
        case cobol.FunctionCall():
            from transpile.restructure.functions import call

            return call(scope, expression)
        case cobol.Unary("-", operand):
            return _negative(number(scope, operand))
        case cobol.Unary(_, operand):
            return number(scope, operand)
        case cobol.Binary(operator, left, right):
            return Arithmetic(operator, number(scope, left), number(scope, right))
        case cobol.LengthOf(operand):
            return length(scope, operand)
    raise unsupported(expression.span, "ADDRESS OF")


def _negative(operand: Expression) -> Expression:
    if isinstance(operand, Constant) and isinstance(operand.value, int | Decimal) and operand.value:
        assert isinstance(operand.type, Number)
        return Constant(-operand.value, Number(operand.type.digits, operand.type.scale, True))
    return Negative(operand)


def literal(number_: cobol.Number) -> Constant:
    exact = number_.value
    scale = max(0, -int(exact.as_tuple().exponent))
    digits = max(1, len(exact.as_tuple().digits), scale)
    made: int | Decimal = int(exact) if scale == 0 else exact
    return Constant(made, Number(len(str(abs(int(exact)))) if scale == 0 else digits, scale, exact < 0))


def pattern(scope: Scope, expression: cobol.Node) -> str | None:
    """The characters that a figurative constant, ``ALL "…"`` or a symbolic character repeats; None for others."""
    match expression:
        case cobol.Figurative("HIGH-VALUE" | "LOW-VALUE" as name) if name in scope.extremes:
            return scope.extremes[name]
        case cobol.Figurative(name) if name in FIGURATIVES:
            return FIGURATIVES[name]
        case cobol.Text(content, all=True):
            return content.decode("latin-1")
        case cobol.Reference():
            meaning = scope.declared(expression).meaning
            if isinstance(meaning, Symbol) and isinstance(meaning.value, int):
                return chr(meaning.value - 1)
            if isinstance(meaning, Item) and meaning.constant and meaning.value is not None:
                return pattern(scope, meaning.value)
    return None


def is_zero(expression: cobol.Node) -> bool:
    return isinstance(expression, cobol.Figurative) and expression.name == "ZERO"


def _reference(scope: Scope, reference: cobol.Reference) -> Expression:
    meaning = scope.declared(reference).meaning
    if isinstance(meaning, Item) and meaning.constant:
        if meaning.value is None:
            raise unsupported(reference.span, f"the constant '{reference.name}'")
        return value(scope, meaning.value)
    if (repeated := pattern(scope, reference)) is not None:
        return text(repeated)
    made = place(scope, reference)
    if reference.slice is not None:
        return Bytes(_part(scope, made, reference.slice))
    if made.field.type is not None:
        return Load(made)
    laid = scope.item(reference)
    if laid is not None and laid.varies:
        return Bytes(Part(made, _ONE, size(scope, laid)))
    return Bytes(made)


def number(scope: Scope, expression: cobol.Expression) -> Expression:
    """The value of something numeric."""
    if is_zero(expression):
        return whole(0)
    found = value(scope, expression)
    if isinstance(kind(found), Text):
        raise SourceError(expression.span, "a number is needed here")
    return found


def kind(expression: Expression) -> Type:
    """The type of a value."""
    found: object = getattr(expression, "type", None)
    assert isinstance(found, Number | Exact | Floating | Text | Truth), expression
    return found


def is_text(expression: Expression) -> bool:
    return isinstance(kind(expression), Text)


def size(scope: Scope, laid: layout.Field) -> Expression:
    """How many bytes an item has now."""
    if laid.varies is None:
        return whole(laid.size)
    count = number(scope, laid.varies.depending)
    return Arithmetic("+", whole(laid.varies.fixed), Arithmetic("*", count, whole(laid.varies.stride)))


def length(scope: Scope, operand: cobol.Expression) -> Expression:
    """How many characters ``operand`` has."""
    if isinstance(operand, cobol.Reference) and operand.slice is None:
        laid = scope.item(operand)
        if laid is not None:
            return size(scope, laid)
    if isinstance(operand, cobol.Text):
        return whole(len(operand.value))
    if isinstance(operand, cobol.Figurative):
        return _ONE
    if isinstance(operand, cobol.Number):
        return whole(len([c for c in operand.text if c.isdigit()]))
    return Intrinsic("length", (value(scope, operand),), Exact())


def as_text(scope: Scope, expression: cobol.Expression) -> Expression:
    """``expression`` as the characters that text is compared with, or filled from: of numbers their digits."""
    match expression:
        case cobol.Number():
            return text("".join(c for c in expression.text if c.isdigit()))
        case cobol.Unary(_, cobol.Number() as operand):
            return as_text(scope, operand)
    return digits(value(scope, expression), expression)


def digits(found: Expression, source: cobol.Expression) -> Expression:
    match kind(found):
        case Text():
            return found
        case Number() as of:
            return Digits(found, of)
        case Exact() if isinstance(found, Intrinsic):
            return Digits(found, Number(18, 0, True))
    raise unsupported(source.span, "this number as text")


def bytes_of(scope: Scope, reference: cobol.Reference) -> Expression:
    """The bytes of an item, whatever it holds."""
    made = target(scope, reference)
    if isinstance(made, Place) and isinstance(made.field.type, Text):
        return Load(made)
    laid = scope.item(reference)
    if laid is not None and laid.varies and isinstance(made, Place):
        return Bytes(Part(made, _ONE, size(scope, laid)))
    return Bytes(made)
