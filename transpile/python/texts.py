"""Text, and the bytes of fields as text."""

from __future__ import annotations

from dataclasses import dataclass

from transpile.legacy.expressions import (
    Bytes,
    Constant,
    Digits,
    Edited,
    Expression,
    Intrinsic,
    Load,
    Local,
    Padded,
    Part,
    Place,
    Repeated,
)
from transpile.legacy.fields import Field
from transpile.legacy.types import Number, Text
from transpile.python.code import (
    Code,
    binary,
    call,
    item,
    literal,
    method,
    part,
    shifted,
)
from transpile.python.extents import extent
from transpile.python.names import inside
from transpile.python.places import sign_of, text_code, unsupported
from transpile.python.rules import cobol_rules as rules
from transpile.python.storing import Storing


@dataclass(slots=True)
class Texts(Storing):
    """What is text, how long it is, and how it is brought to a size."""

    def bytes_of(self, target: Place | Part) -> Code:
        """The bytes as text, a character each."""
        place = target.place if isinstance(target, Part) else target
        field = place.field
        start = target.start if isinstance(target, Part) else None
        length = target.length if isinstance(target, Part) else None
        if isinstance(field.type, Text) or (field.type is None and self.is_shared(field)):
            whole = self.place(place)
            if _depends(field):
                whole = method(self.record(field), "area", self.offset(place), self.size_now(field))
            return whole if start is None else self._slice(whole, start, length, field.view.size)
        if not self.is_shared(field):
            return self._slice(self._encoded(place), start, length, field.view.size)
        offset = self.offset(place)
        size = literal(field.view.size)
        if start is not None:
            first = self.index(start)
            offset = shifted(offset, int(first.text)) if first.text.isdecimal() else binary(offset, "+", first)
            size = self.whole(length) if length else shifted(literal(field.view.size), 0)
            if length is None:
                size = binary(literal(field.view.size), "-", first) if first.text != "0" else size
        return method(self.record(field), "area", offset, size)

    def size_now(self, group: Field) -> Code:
        """The bytes of a group up to the last element that counts of the table in it."""
        found = [member for member in inside(group) if len(member.dimensions) > len(group.dimensions)]
        table = next(member for member in found if member.dimensions[len(group.dimensions)].depending is not None)
        dimension = table.dimensions[len(group.dimensions)]
        assert dimension.depending is not None
        count = self.whole(Load(Place(dimension.depending)))
        unused = group.view.size - dimension.count * dimension.stride
        used = count if dimension.stride == 1 else binary(count, "*", literal(dimension.stride))
        return used if not unused else binary(literal(unused), "+", used)

    def _slice(self, whole: Code, start: Expression | None, length: Expression | None, size: int) -> Code:
        if start is None:
            return whole
        first = self.index(start)
        if length is None:
            return whole if first.text == "0" else part(whole, first, None)
        count = self.whole(length)
        if count.text == "1":
            return item(whole, first)
        if count.text.isdecimal():
            end = shifted(first, int(count.text))
        else:
            end = count if first.text == "0" else binary(first, "+", count)
        return part(whole, None if first.text == "0" else first, None if end.text == str(size) else end)

    def _encoded(self, place: Place) -> Code:
        """The bytes that a number of its own would have in a record."""
        field, view = place.field, place.field.view
        type, value = field.type, self.place(place)
        if not isinstance(type, Number):
            raise unsupported(field.origin, "its bytes are used, but it is no view of a record")
        if self.kind(Load(place)) == "decimal":
            value = self.call("unscaled", value, literal(type.scale))
        signed = {} if type.signed else {"signed": "False"}
        match view.coding:
            case "display":
                sign = sign_of(field)
                more = [] if sign == "none" else [literal(sign)]
                data = self.call("encode_display", value, literal(type.digits), *more)
            case "packed":
                data = self.call("encode_packed", value, literal((field.beyond or type).digits), **signed)
            case coding:
                native = {} if coding == "binary" else {"native": "True"}
                data = self.call("encode_binary", value, literal(view.size), **signed, **native)
        return method(data, "decode", literal("latin-1"))

    def size(self, expression: Expression) -> int | None:
        """How many characters a text has, if that is known."""
        match expression:
            case Constant(value=str(text)):
                return len(text)
            case Load(place=place) | Bytes(target=Place() as place):
                return None if _depends(place.field) else place.field.view.size
            case Bytes(target=Part(length=Constant(value=int(length)))):
                return length
            case Bytes(target=Part(place=place, start=Constant(value=int(start)), length=None)):
                return None if _depends(place.field) else place.field.view.size - start + 1
            case Padded(type=type) | Repeated(type=type) | Edited(type=type):
                return type.size
            case Digits(of=of):
                return of.digits + max(0, -of.scale)
            case Intrinsic(type=Text(size=size)) | Local(type=Text(size=size)):
                return size
        return None

    def digits(self, value: Expression, of: Number) -> Code:
        code, shown = self.exact(value), Number(of.digits, of.scale, of.signed)
        if self.kind(value) == "int" and extent(value).never_negative and extent(value).within(shown) and not of.scale:
            return (
                Code(f'f"{{{code}:0{of.digits}d}}"')
                if '"' not in code.text
                else method(call("str", code), "zfill", literal(of.digits))
            )
        more = [literal(of.scale)] if of.scale else []
        return self.call("digits_text", code, literal(of.digits), *more)

    def number_in(self, text: Expression, type: Number) -> Code:
        more = [literal(type.scale)] if type.scale else []
        named = {"comma": "True"} if self.program.decimal_comma else {}
        digits = self.call("number_of_text", self.code(text), literal(type.digits), *more, **named)
        if not type.signed:
            digits = call("abs", digits)
        return self.call("scaled", digits, literal(type.scale)) if type.scale else digits

    def padded(self, padded: Padded) -> Code:
        want = padded.type.size
        if want is None:
            raise unsupported(self.program.origin, "text is assigned to a part of a size that is not known")
        if isinstance(padded.text, Constant) and isinstance(padded.text.value, str):
            text = padded.text.value
            return text_code(rules.fit_right(text, want) if padded.right else rules.fit_text(text, want))
        code, have = self.code(padded.text), self.size(padded.text)
        if have == want:
            return code
        if have is None:
            return self.call("fit_right" if padded.right else "fit_text", code, literal(want))
        if have < want:
            return method(code, "rjust" if padded.right else "ljust", literal(want))
        return part(code, literal(have - want), None) if padded.right else part(code, None, literal(want))

    def repeated(self, text: Expression, size: int) -> Code:
        if isinstance(text, Constant) and isinstance(text.value, str):
            return text_code(rules.fill(text.value, size))
        return self.call("fill", self.code(text), literal(size))

    def edited(self, edited: Edited, value: Code | None = None) -> Code:
        """``value`` is that of ``edited``, if it is written otherwise than usual."""
        if value is None:
            value = self.code(edited.value) if self.kind(edited.value) == "text" else self.exact(edited.value)
        if self.kind(edited.value) == "text":
            return self.call("edit_text", value, literal(edited.picture))
        named: dict[str, Code | str] = {"blank_when_zero": "True"} if edited.blank else {}
        if self.program.decimal_comma:
            named["comma"] = "True"
        if self.program.currency != "$":
            named["currency"] = literal(self.program.currency)
        return self.call("edit", value, literal(edited.picture), **named)


def _depends(field: Field) -> bool:
    """It holds a table of which only some elements count now."""
    return any(
        (
            member.dimensions[len(field.dimensions) :]
            and any(d.depending for d in member.dimensions[len(field.dimensions) :])
        )
        or _depends(member)
        for member in field.members
    )
