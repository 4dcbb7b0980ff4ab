"""Records made from their layout: valid fields whose values lie around those that the program distinguishes."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from transpile.cobol.initial import encode_number
from transpile.cobol.layout import Field
from transpile.cobol.programs import Item
from transpile.differential.literals import Literals, Value

_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(slots=True)
class Records:
    """Makes records of ``chance``. ``printable``: no byte below a space, as lines have it."""

    literals: Literals
    chance: Random
    printable: bool
    _last: dict[int, bytes] = field(default_factory=dict)

    def record(self, items: Sequence[Item]) -> bytes:
        """One of the records ``items``, which lie over each other, or what the program moves such a record to."""
        item = self.chance.choice(items)
        top = self.literals.field_of(item)
        if top is None:
            return b""
        made = bytearray(self._filled(top))
        finer = [each for other in items for each in self.literals.sources.get(id(other), ())]
        if finer and not (item.children and self.chance.random() < 0.3):
            laid = self.literals.field_of(self.chance.choice(finer))
            if laid is not None:
                content = self._filled(laid)[: len(made)]
                made[: len(content)] = content
        return bytes(made)

    def changed(self, record: bytes) -> bytes:
        """``record`` with some characters changed for others of their kind."""
        made = bytearray(record)
        for _ in range(self.chance.choice((1, 1, 2, 3)) if made else 0):
            at = self.chance.randrange(len(made))
            if chr(made[at]).isdigit():
                made[at] = self.chance.choice(b"0123456789")
            elif made[at] in _LETTERS.lower() + _LETTERS:
                letters = [each for word in self.literals.words for each in word] or list(_LETTERS)
                made[at] = self.chance.choice(letters)
        return bytes(made)

    def shifted(self, line: bytes) -> bytes:
        """``line`` with one character repeated or lost."""
        at = self.chance.randrange(max(len(line), 1))
        return line[:at] + line[at : at + 1] * self.chance.choice((0, 2, 3, 4, 6)) + line[at + 1 :]

    def refilled(self, items: Sequence[Item], record: bytes) -> bytes:
        """``record``, which is one of ``items``, with other contents of one field."""
        tops = [*items, *(each for item in items for each in self.literals.sources.get(id(item), ()))]
        top = self.literals.field_of(self.chance.choice(tops))
        fields = [each for each in top.walk() if not each.group and not each.dimensions] if top is not None else []
        if top is None or not fields:
            return record
        chosen = self.chance.choice(fields)
        at = chosen.offset - top.offset
        made = bytearray(record.ljust(at + chosen.size))
        made[at : at + chosen.size] = self.content(chosen)
        return bytes(made) if len(made) <= max(len(record), top.size) else record

    def _filled(self, top: Field) -> bytes:
        size = top.offset + top.size * (top.item.occurs.high if top.item.occurs else 1)
        made = bytearray(b" " * size)
        self._fill(made, top, 0)
        return bytes(made[top.offset :])

    def _fill(self, made: bytearray, here: Field, shift: int) -> None:
        for number in range(here.item.occurs.high if here.item.occurs else 1):
            at = here.offset + shift + number * here.size
            if here.group:
                for child in here.children:
                    if not child.redefines or self.chance.random() < 0.4:
                        self._fill(made, child, shift + number * here.size)
                values = [each for each in self.literals.of(here.item) if isinstance(each, bytes)]
                if not values or self.chance.random() > 0.1 or any(each.numeric for each in here.walk()):
                    continue
                made[at : at + here.size] = _text(self.chance.choice(values), here.size)
            else:
                made[at : at + here.size] = self.content(here)

    def content(self, here: Field) -> bytes:
        """The bytes of an elementary item. Now and then they are those of the record before."""
        key = id(here.item)
        if key in self._last and self.chance.random() < 0.35:
            return self._last[key]
        for _ in range(6):
            made = self._number(here) if here.numeric else self._characters(here)
            if not self.printable or min(made, default=32) >= 32:
                self._last[key] = made
                return made
        return b" " * here.size

    def _number(self, here: Field) -> bytes:
        picture = here.picture
        digits, scale = (picture.size, picture.scale) if picture is not None else (2 * here.size, 0)
        number = self._digits(self.literals.of(here.item), digits, scale)
        if here.signed and self.chance.random() < 0.3:
            number = -number
        if here.usage in ("COMP-1", "COMP-2"):
            return struct.pack("<f" if here.usage == "COMP-1" else "<d", number / 100)
        return encode_number(here, number if here.signed else abs(number))

    def _digits(self, known: Sequence[Value], digits: int, scale: int) -> int:
        """A number in units of its last digit that fits."""
        chance, most = self.chance, int(10**digits) - 1
        numbers = [int(each.scaleb(scale)) for each in known if isinstance(each, Decimal)]
        numbers += [int(each) for each in known if isinstance(each, bytes) and each.isdigit()]
        fitting = [each for each in numbers if abs(each) <= most]
        kind = chance.random()
        if fitting and kind < 0.5:
            return min(max(chance.choice(fitting) + chance.choice((0, 0, 0, 0, 1, -1)), -most), most)
        if kind < 0.6:
            return chance.choice((0, 0, 1, most, most - 1, int(10 ** max(scale, 0))))
        length = chance.randint(1, digits)
        return min(chance.randrange(int(10**length)), most)

    def _characters(self, here: Field) -> bytes:
        chance, size = self.chance, here.size
        known = [each for each in self.literals.of(here.item) if isinstance(each, bytes)]
        known += [str(abs(int(each))).encode() for each in self.literals.of(here.item) if isinstance(each, Decimal)]
        kind = chance.random()
        if here.category == "numeric-edited":
            return str(chance.randrange(10 ** min(size, 6))).encode().rjust(size)[:size]
        if known and kind < 0.65:
            return _text(chance.choice(known), size)
        if kind < 0.72:
            return b" " * size
        if kind < 0.78:
            return str(chance.randrange(10 ** min(size, 9))).encode().rjust(size, b"0")[:size]
        if self.literals.words and size > 1 and kind < 0.88:
            return _text(b" ".join(chance.choices(self.literals.words, k=3)), size)
        return _text(bytes(chance.choices(_LETTERS, k=chance.randint(1, max(1, min(size, 12))))), size)


def _text(value: bytes, size: int) -> bytes:
    return value * size if value in (b"\xff", b"\0", b'"') else value[:size].ljust(size)
