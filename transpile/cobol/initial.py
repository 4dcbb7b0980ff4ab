"""The bytes of a record before the program runs: what VALUE says, and otherwise zeros and spaces, as GnuCOBOL has it.

Bytes that belong to no item (those that SYNCHRONIZED leaves free) are zero here; GnuCOBOL leaves zeros or spaces.
"""

from __future__ import annotations

import struct
from decimal import Decimal

from transpile.cobol.layout import Field, Record
from transpile.cobol.tree import Expression, Figurative, Number, Text, Unary
from transpile.errors import SourceError
from transpile.python.rules import cobol_rules as rules
from transpile.python.rules.cobol_rules import Sign

_FIGURATIVES = {"SPACE": " ", "ZERO": "0", "QUOTE": '"', "HIGH-VALUE": "\xff", "LOW-VALUE": "\0", "NULL": "\0"}
_NATIVE = {"COMP-5", "INDEX", "POINTER", "BINARY-CHAR", "BINARY-SHORT", "BINARY-LONG", "BINARY-DOUBLE"}


def initial_bytes(record: Record, *, decimal_comma: bool = False, currency: str = "$") -> bytes:
    """All of ``record``, every element of its tables included."""
    made = bytearray(record.size)
    for each in record.fields:
        if not each.redefines:
            _Filling(made, decimal_comma, currency).fill(each, 0)
    return bytes(made)


def encode_number(field: Field, digits: int) -> bytes:
    """``digits`` (with the decimal point taken out) as the bytes of a numeric item that is not COMP-1 or COMP-2."""
    picture = field.picture
    if field.usage == "DISPLAY":
        assert picture is not None
        return rules.encode_display(digits, picture.size, sign_of(field))
    if field.usage == "COMP-3":
        assert picture is not None
        return rules.encode_packed(digits, picture.size, field.signed)
    if field.usage == "COMP-6":
        return bytes.fromhex(f"{abs(digits):0{2 * field.size}d}")
    return rules.encode_binary(digits, field.size, field.signed, field.usage in _NATIVE)


def sign_of(field: Field) -> Sign:
    """Where the sign of a DISPLAY item is, in the words of the rules."""
    match field.sign:
        case None:
            return "none"
        case sign if sign.separate:
            return "leading separate" if sign.leading else "trailing separate"
        case sign:
            return "leading" if sign.leading else "trailing"


class _Filling:
    def __init__(self, made: bytearray, decimal_comma: bool, currency: str) -> None:
        self.made, self.decimal_comma, self.currency = made, decimal_comma, currency

    def fill(self, field: Field, shift: int) -> None:
        """``field``, in all its elements, at its offset and ``shift`` more."""
        start = field.offset + shift
        if field.item.value is not None or not field.group:
            self.made[start : start + field.size] = self.content(field)
        else:
            for child in field.children:
                if not child.redefines:
                    self.fill(child, shift)
        if field.item.occurs and field.item.occurs.high > 1:
            element = bytes(self.made[start : start + field.size])
            self.made[start : start + field.size * field.item.occurs.high] = element * field.item.occurs.high

    def content(self, field: Field) -> bytes:
        value = field.item.value
        if field.usage in ("COMP-1", "COMP-2"):
            double = rules.double_of(_number(field, value))
            return struct.pack("<f", rules.single_of(double)) if field.usage == "COMP-1" else struct.pack("<d", double)
        if isinstance(value, Text | Figurative) and not (field.numeric and _zero(value)):
            return self.text(field, value).encode("latin-1")
        if field.numeric:
            return self.number(field, value)
        if field.category == "numeric-edited":
            return self.edited(field, _number(field, value)).encode("latin-1")
        if value is not None:
            raise SourceError(field.item.span, f"the VALUE of '{field.name or 'FILLER'}' must be text")
        if field.picture is not None and field.picture.category == "alphanumeric-edited":
            return rules.edit_text("", field.picture.text).encode("latin-1")
        return b" " * field.size

    def number(self, field: Field, value: Expression | None) -> bytes:
        number = _number(field, value)
        if field.picture is None or not field.picture.numeric:
            return encode_number(field, rules.fit_native(number, field.size, field.signed))
        digits = rules.unscaled(number, field.picture.scale)
        if field.usage == "COMP-5":
            return encode_number(field, rules.fit_native(digits, field.size, field.signed))
        return encode_number(field, rules.fit_int(digits, field.picture.size, field.signed))

    def edited(self, field: Field, number: Decimal) -> str:
        assert field.picture is not None
        blank = field.item.blank_when_zero
        text, comma = field.picture.text, self.decimal_comma
        return rules.edit(number, text, blank_when_zero=blank, comma=comma, currency=self.currency)

    def text(self, field: Field, value: Text | Figurative) -> str:
        if isinstance(value, Figurative):
            return _FIGURATIVES[value.name] * field.size
        content = value.value.decode("latin-1")
        return rules.fill(content, field.size) if value.all else rules.fit_text(content, field.size)


def _zero(value: Expression) -> bool:
    return isinstance(value, Figurative) and value.name == "ZERO"


def _number(field: Field, value: Expression | None) -> Decimal:
    match value:
        case None | Figurative(name="ZERO"):
            return Decimal(0)
        case Number():
            return value.value
        case Unary(operator="-", operand=Number(value=number)):
            return number.copy_negate()
        case Unary(operator="+", operand=Number(value=number)):
            return number
    raise SourceError(field.item.span, f"the VALUE of '{field.name or 'FILLER'}' must be a number")
