"""Records and fields of the form, from laid-out items."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from transpile.cobol import layout
from transpile.cobol.initial import initial_bytes, sign_of
from transpile.cobol.pictures import Picture
from transpile.cobol.programs import Item
from transpile.cobol.tree import Reference
from transpile.errors import UnsupportedError
from transpile.legacy.fields import Coding, Dimension, Field, Record, View
from transpile.legacy.types import Floating, Number, Text
from transpile.python.rules import cobol_rules as rules
from transpile.restructure.naming import Namer, Words
from transpile.restructure.sharing import Sharing

_CODINGS: dict[str, Coding] = {
    "BINARY": "binary",
    "COMP-3": "packed",
    "COMP-1": "float",
    "COMP-2": "float",
    "INDEX": "index",
}
_NATIVE_DIGITS = {1: 2, 2: 4, 4: 9, 8: 18}
"""Of such a number as text; all its values count."""
INDEX = Number(9, 0, True, 32)


def number_type(picture: Picture) -> Number:
    """What a picture that has digits keeps of a number."""
    digits = picture.size if picture.numeric else picture.digits
    return Number(digits, picture.scale, picture.signed)


def field_type(laid: layout.Field) -> Number | Floating | Text | None:
    """The type of an elementary item, None for groups."""
    if laid.group:
        return None
    if laid.usage in ("COMP-6", "COMP-X", "POINTER", "NATIONAL"):
        message = f"'{laid.name or 'FILLER'}': USAGE {laid.usage} is not translated"
        raise UnsupportedError(laid.item.span, message, mnemonic=str(laid.usage))
    if laid.usage in ("COMP-1", "COMP-2"):
        return Floating(32 if laid.usage == "COMP-1" else 64)
    if not laid.numeric:
        return Text(laid.size)
    if laid.picture is None:
        return Number(_NATIVE_DIGITS[laid.size], 0, laid.signed, 8 * laid.size)
    made = number_type(laid.picture)
    return Number(made.digits, made.scale, made.signed, 8 * laid.size) if laid.usage == "COMP-5" else made


def beyond(laid: layout.Field) -> Number | None:
    """What a whole number in binary, or packed with half a byte to spare, has room for beyond its PICTURE."""
    if laid.group or laid.picture is None or not laid.numeric or laid.picture.scale:
        return None
    made = number_type(laid.picture)
    match laid.usage:
        case "BINARY":
            return Number(made.digits, 0, made.signed, 8 * laid.size)
        case "COMP-3" if made.digits % 2 == 0:
            return Number(made.digits + 1, 0, made.signed)
    return None


def _coding(laid: layout.Field) -> Coding:
    if laid.group or not laid.numeric:
        return "text"
    if laid.usage == "DISPLAY":
        return "display"
    return _CODINGS.get(str(laid.usage), "native")


def _view(laid: layout.Field) -> View:
    sign = laid.sign
    return View(laid.offset, laid.size, _coding(laid), bool(sign and sign.leading), bool(sign and sign.separate))


@dataclass(slots=True)
class Builder:
    """Makes fields. ``numbers`` counts them; ``depending`` finds the field that a table's size depends on, which stands
    before the table; ``remarks`` gives the comments at an item."""

    sharing: Sharing
    numbers: itertools.count[int]
    depending: Callable[[Reference], Field]
    remarks: Callable[[Item], str]
    decimal_comma: bool = False
    currency: str = "$"
    fields: dict[int, Field] = field(default_factory=dict)
    """By the identity of the item."""
    laid: dict[int, layout.Field] = field(default_factory=dict)
    """By the number of the field."""

    def record(
        self, laid: layout.Record, namer: Namer, *, given: bool = False, local: bool = False, external: str = ""
    ) -> Record:
        """``given``: it lies with the caller. ``external`` is the file whose area all programs share."""
        first = laid.fields[0].item
        reason = self.sharing.reasons.get(id(laid), "")
        image = None
        if not given:
            image = initial_bytes(laid, decimal_comma=self.decimal_comma, currency=self.currency)
        made = [self._field(each, namer, image, bool(reason)) for each in laid.fields]
        external = external or (first.name if first.external else "")
        return Record(made[0], tuple(made[1:]), given, local, external, reason)

    def _field(self, laid: layout.Field, namer: Namer, image: bytes | None, shared: bool, top: bool = True) -> Field:
        if laid.usage in ("COMP-3", "COMP-6") and laid.picture is not None and "P" in laid.picture.text:
            what = f"{laid.usage} with P in its PICTURE"
            raise UnsupportedError(laid.item.span, f"{what} is not translated", mnemonic=what)
        name: Words = namer.name(laid.name or "FILLER")
        inner = Namer()
        below = laid.children
        if not shared:
            below = tuple(each for each in below if each.name or each.group)
        members = tuple(self._field(child, inner, image, shared, False) for child in below)
        initial: int | str | float | bytes | None = None
        if image is not None and shared:
            initial = image if top and laid.offset == 0 else None
        elif image is not None and not laid.group:
            initial = _value(laid, image[laid.offset : laid.offset + laid.size])
        made = Field(
            next(self.numbers),
            name,
            laid.name or "FILLER",
            field_type(laid),
            _view(laid),
            tuple(self._dimension(each) for each in laid.dimensions),
            members,
            shared,
            initial,
            beyond(laid) if id(laid.item) in self.sharing.counted.beyond else None,
            self.remarks(laid.item),
        )
        self.fields.setdefault(id(laid.item), made)
        self.laid[made.number] = laid
        return made

    def _dimension(self, dimension: layout.Dimension) -> Dimension:
        depending = dimension.occurs.depending
        return Dimension(dimension.count, dimension.stride, self.depending(depending) if depending else None)


def share_by_contents(sharing: Sharing, record: layout.Record, decimal_comma: bool, currency: str) -> None:
    """Share a record whose first contents cannot be said field by field."""
    image = initial_bytes(record, decimal_comma=decimal_comma, currency=currency)
    if not _plain(record.fields[0], image):
        sharing.share(record.fields[0].item, "its first contents are given for a group, and differ within a table")


def _plain(laid: layout.Field, image: bytes) -> bool:
    """Whether values of single fields say all that ``image`` does."""
    alike = not any(each.group and each.item.value is not None for each in laid.walk())
    for each in laid.walk():
        if each.group or not each.name:
            continue
        starts = [each.offset] if alike else _starts(each)
        contents = {image[start : start + each.size] for start in starts}
        if len(contents) > 1 or (each.numeric and not _exact(each, contents.pop())):
            return False
    return True


def _starts(laid: layout.Field) -> list[int]:
    """Where each element begins."""
    found = [laid.offset]
    for dimension in laid.dimensions:
        found = [start + at * dimension.stride for start in found for at in range(dimension.count)]
    return found


def _value(laid: layout.Field, content: bytes) -> int | str | float:
    """What ``content`` stands for: of numbers the digits."""
    picture = laid.picture
    match laid.usage:
        case "COMP-1":
            return float(struct.unpack("<f", content)[0])
        case "COMP-2":
            return float(struct.unpack("<d", content)[0])
    if not laid.numeric:
        return content.decode("latin-1")
    if laid.usage == "DISPLAY":
        return rules.decode_display(content, sign_of(laid))
    if laid.usage == "COMP-3" and picture is not None:
        return rules.decode_packed(content, picture.size, laid.signed)
    return rules.decode_binary(content, laid.signed, laid.usage != "BINARY")


def _exact(laid: layout.Field, content: bytes) -> bool:
    if laid.usage == "DISPLAY":
        return rules.is_numeric_display(content, sign_of(laid))
    return laid.usage != "COMP-3" or rules.is_numeric_packed(content, laid.signed)
