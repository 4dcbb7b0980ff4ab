"""Values of items and states of programs: at the bounds, around literals, equal to and next to each other, and random.

Numeric items always hold digits, subscripts and sizes of tables are in their range. The same seed gives the same
states.
"""

from __future__ import annotations

import itertools
import random
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from transpile.cobol import layout, tree
from transpile.cobol.initial import encode_number, sign_of
from transpile.differential.reach import Reach
from transpile.differential.states import NUMBER_BYTES, RECORDS, Storage, elements
from transpile.python.rules import cobol_rules as rules

_NATIVE = {"COMP-5", "INDEX", "BINARY-CHAR", "BINARY-SHORT", "BINARY-LONG", "BINARY-DOUBLE", "POINTER"}
_ZEROS = {(ord("p"), ord("0")), (ord("-"), ord("+"))}
_NATIVE_DIGITS = {1: 2, 2: 4, 4: 9, 8: 18}
_MOST_ELEMENTS = 40
"""So many elements of a table get new values in each state."""
_MOODS = ("", "", "", "", "even", "even", "large", "digits")
"""What the values of a state have in common: nothing; numbers that divide each other evenly, so that results lie in the
middle between two roundings; numbers at the upper end, so that results do not fit; texts that are digits."""
SIMPLE = "simple"
"""The mood of states in which most numbers have one digit that is not zero."""
_EVEN = (1, 2, 3, 4, 5, 8, 10, 15, 16, 20, 25, 32, 40, 50, 64, 75, 80, 100, 125, 160, 200, 250, 400, 500, 625, 800)


@dataclass(frozen=True, slots=True)
class Cell:
    """One elementary item, or one element of it, at its place in a state; or an index or register, without ``laid``.
    ``key`` is the identity of the item or index. ``low`` and ``high`` bound whole numbers where the program uses it as
    a subscript."""

    name: str
    at: int
    size: int
    laid: layout.Field | None
    low: int | None = None
    high: int | None = None
    key: int = 0

    @property
    def scale(self) -> int:
        return self.laid.picture.scale if self.laid is not None and self.laid.picture is not None else 0

    @property
    def numeric(self) -> bool:
        return self.laid is None or (self.laid.numeric and self.laid.usage not in ("COMP-1", "COMP-2"))

    @property
    def bounds(self) -> tuple[int, int]:
        """The least and greatest number, in units of the last digit."""
        most = 10**self.digits - 1
        natural = -most if self.laid is not None and self.laid.signed else 0
        if self.low is not None and self.high is not None:
            unit = 10 ** max(self.scale, 0)
            high = min(self.high * unit, most)
            return min(max(self.low * unit, natural), high), high
        return natural, most

    @property
    def digits(self) -> int:
        if self.laid is None:
            return 9
        return self.laid.picture.size if self.laid.picture is not None else _NATIVE_DIGITS[self.size]

    def encoded(self, digits: int) -> bytes:
        if self.laid is None:
            return struct.pack("<i", digits)
        return encode_number(self.laid, digits)

    def value(self, content: bytes) -> Decimal:
        if self.laid is None:
            return Decimal(struct.unpack("<i", content)[0])
        return number(self.laid, content)

    def show(self, content: bytes) -> str:
        """As the program's author would write it."""
        if self.laid is None:
            return str(struct.unpack("<i", content)[0])
        if not self.laid.numeric:
            text = content.decode("latin-1")
            return f'"{text}"' if text.isprintable() else f'X"{content.hex().upper()}"'
        if self.laid.usage in ("COMP-1", "COMP-2"):
            return str(struct.unpack("<f" if self.size == 4 else "<d", content)[0])
        if not valid(self.laid, content):
            return f'X"{content.hex().upper()}"'
        return str(number(self.laid, content))


def valid(laid: layout.Field, content: bytes) -> bool:
    """A numeric item holds digits."""
    if laid.usage == "DISPLAY":
        return rules.is_numeric_display(content, sign_of(laid))
    return laid.usage != "COMP-3" or rules.is_numeric_packed(content, laid.signed)


def number(laid: layout.Field, content: bytes) -> Decimal:
    """The value of a numeric item that is not floating."""
    scale = laid.picture.scale if laid.picture is not None else 0
    if laid.usage == "DISPLAY":
        return rules.scaled(rules.decode_display(content, sign_of(laid)), scale)
    if laid.usage == "COMP-3":
        assert laid.picture is not None
        return rules.scaled(rules.decode_packed(content, laid.picture.size, laid.signed), scale)
    return rules.scaled(rules.decode_binary(content, laid.signed, laid.usage in _NATIVE), scale)


def signed_anew(laid: layout.Field, cobol: bytes, python: bytes) -> bool:
    """Whether nothing but a separate sign differs: plus in COBOL, and in Python something that is no sign."""
    kind = sign_of(laid)
    if laid.usage != "DISPLAY" or not kind.endswith("separate"):
        return False
    at = 0 if kind.startswith("leading") else len(cobol) - 1
    same = cobol[:at] == python[:at] and cobol[at + 1 :] == python[at + 1 :]
    return same and cobol[at] == ord("+") and python[at] not in b"+-"


def signs_of_zero(cobol: bytes, python: bytes) -> bool:
    """Whether nothing but signs differs that minus zeros and zeros may have: of their own, or with the digit."""
    return all(one == other or (one, other) in _ZEROS for one, other in zip(cobol, python, strict=True))


def is_minus_zero(laid: layout.Field, content: bytes) -> bool:
    return (b"p" in content or b"-" in content) and valid(laid, content) and not number(laid, content)


def cells_of(storage: Storage, found: Reach, *, read: bool = False) -> list[Cell]:
    """What is mentioned, or only what is read, element by element. Of items that lie over each other all are there."""
    cells = []
    for key in found.mentioned:
        if read and key not in found.read:
            continue
        place = storage.places[key]
        low, high = found.limits.get(key, (None, None))
        name = place.laid.name or "FILLER"
        for subscripts, start in elements(place.laid):
            shown = f"{name} ({' '.join(map(str, subscripts))})" if subscripts else name
            cells.append(Cell(shown, place.start + start, place.laid.size, place.laid, low, high, key))
    for name, most in found.numbers.items():
        cells.append(
            Cell(name, storage.numbers[name], NUMBER_BYTES, None, int(name != RECORDS), most, found.indexes[name])
        )
    return cells


# All values


def domain(cell: Cell, most: int) -> list[bytes] | None:
    """Every content of ``cell`` that counts as valid; None where these are more than ``most``."""
    if cell.numeric and (cell.laid is None or cell.laid.usage != "POINTER"):
        low, high = cell.bounds
        return [cell.encoded(value) for value in range(low, high + 1)] if high - low < most else None
    if cell.laid is not None and not cell.laid.numeric and cell.size == 1:
        return [bytes([code]) for code in range(256)] if most >= 256 else None
    return None


def domains(cells: Sequence[Cell], most: int) -> list[list[bytes]] | None:
    """The domains of all ``cells``; None where their combinations are more than ``most``."""
    found, total = [], 1
    for cell in cells:
        values = domain(cell, most)
        if values is None:
            return None
        total *= len(values)
        if total > most:
            return None
        found.append(values)
    return found


# Some values


@dataclass(slots=True)
class Drawing:
    """Draws states that differ from ``base`` in ``cells``."""

    base: bytes
    cells: Sequence[Cell]
    found: Reach
    random: random.Random
    typed: Callable[[], bytes] = bytes
    """What comes behind the storage."""
    mood: str = ""

    def states(self, count: int) -> Iterator[bytes]:
        for _ in range(count):
            yield self.state()

    def every(self, cells: Sequence[Cell], values: Sequence[Sequence[bytes]]) -> Iterator[bytes]:
        """All combinations of ``values``; what else is mentioned is drawn."""
        for chosen in itertools.product(*values):
            state = bytearray(self.state())
            for cell, content in zip(cells, chosen, strict=True):
                state[cell.at : cell.at + cell.size] = content
            yield bytes(state)

    def state(self, mood: str | None = None) -> bytes:
        state = bytearray(self.base)
        self.mood = self.random.choice(_MOODS) if mood is None else mood
        drawn: list[Decimal] = []
        for cell in self._chosen():
            state[cell.at : cell.at + cell.size] = self._content(cell, drawn)
        self._keep_within(state)
        return bytes(state) + self.typed()

    def _keep_within(self, state: bytearray) -> None:
        """Subscripts mostly lie in what their table has now."""
        sizes = {cell.key: cell for cell in self.cells if cell.key in self.found.within.values()}
        for cell in self.cells if sizes else ():
            size = sizes.get(self.found.within.get(cell.key, 0))
            if size is not None and self.random.random() < 0.97:
                most, value = (int(each.value(bytes(state[each.at : each.at + each.size]))) for each in (size, cell))
                kept = min((value - 1) % max(most, 1) + 1, cell.bounds[1])
                state[cell.at : cell.at + cell.size] = cell.encoded(kept)

    def _chosen(self) -> list[Cell]:
        """All cells, in any order: of those that overlap the last one stays."""
        cells = list(self.cells)
        self.random.shuffle(cells)
        if len(cells) <= _MOST_ELEMENTS:
            return cells
        single = [cell for cell in cells if cell.laid is None or not cell.laid.dimensions]
        return [*single, *[cell for cell in cells if cell.laid is not None and cell.laid.dimensions][:_MOST_ELEMENTS]]

    def _content(self, cell: Cell, drawn: list[Decimal]) -> bytes:
        if not cell.numeric:
            assert cell.laid is not None
            return self._float(cell) if cell.laid.numeric else self._text(cell)
        low, high = cell.bounds
        digits = self._digits(cell, low, high, drawn)
        digits = digits if low <= digits <= high else low + abs(digits) % (high - low + 1)
        drawn.append(rules.scaled(digits, cell.scale))
        return cell.encoded(digits)

    def _digits(self, cell: Cell, low: int, high: int, drawn: Sequence[Decimal]) -> int:
        if cell.name == RECORDS:
            return self.random.choice((0, 1, 1, 1, 1, 2, 2, 2, 2, 2))
        own = self._own(cell)
        if self.mood in ("even", "large", SIMPLE) and self.random.random() < (
            0.3 if own or cell.low is not None else 0.8
        ):
            return self._alike(cell, high)
        pick = self.random.random()
        if pick < 0.25 and own:
            return self._near(self.random.choice(own), cell)
        if pick < 0.45 and drawn:
            return self._near(self.random.choice(drawn), cell)
        if pick < 0.6 and self.found.literals:
            near = self._near(self.random.choice(sorted(self.found.literals)), cell)
            return -near if low < 0 and self.random.random() < 0.3 else near
        if pick < 0.75:
            return self.random.choice((0, 1, high, high - 1, low, low + 1, 10 ** max(cell.scale, 0), 5, -1, -5))
        if high - low < 200:
            return self.random.randint(low, high)
        digits = self.random.randint(1, len(str(high)))
        value = self.random.randrange(10**digits)
        if self.random.random() < 0.3:
            value = value // 10 * 10 + 5
        return -value if low < 0 and self.random.random() < 0.4 else value

    def _alike(self, cell: Cell, high: int) -> int:
        if self.mood == SIMPLE:
            most = max(cell.scale, 0) if self.random.random() < 0.7 else cell.digits - 1
            return self.random.choice((1, 1, 2, 3, 5, 5, 8)) * int(10 ** self.random.randint(0, most))
        if self.mood == "even":
            digits = self.random.choice(_EVEN) if self.random.random() < 0.6 else 5 * self.random.randrange(1, 2000)
            return digits * int(10 ** self.random.randint(0, max(cell.scale, 0)))
        if self.random.random() < 0.4:
            return high
        return high - self.random.randrange(min(max(high // 2, 1), int(10 ** self.random.randint(0, 4))))

    def _near(self, value: Decimal, cell: Cell) -> int:
        with_step = rules.unscaled(value, cell.scale) if abs(value) < Decimal(10) ** 40 else 0
        return with_step + self.random.choice((0, 0, 0, 1, -1))

    def _own(self, cell: Cell) -> list[Decimal]:
        literals = self.found.of.get(id(cell.laid.item), []) if cell.laid is not None else []
        return [each for literal in literals if (each := _number_of(literal)) is not None]

    def _text(self, cell: Cell) -> bytes:
        assert cell.laid is not None
        own = [each for e in self.found.of.get(id(cell.laid.item), []) if (each := _text_of(e, cell.size)) is not None]
        pick = self.random.random()
        if self.mood == "digits" and pick < 0.9:
            return bytes(self.random.choices(b"0123456789", k=cell.size))
        if pick < 0.5 and own:
            return self.random.choice(own)
        if pick < 0.65 and self.found.texts:
            return _padded(self.random.choice(sorted(self.found.texts)), cell.size)
        if pick < 0.75:
            return self.random.choice((b" ", b"0", b"A", b"\xff", b"\0", b"9")) * cell.size
        alphabet = self.random.choice(
            (b"AB ", b"0123456789", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"Aa1 .,-", b" 0123456789")
        )
        length = self.random.choice((cell.size, self.random.randint(0, cell.size)))
        return _padded(bytes(self.random.choices(alphabet, k=length)), cell.size)

    def _float(self, cell: Cell) -> bytes:
        values = [float(each) for each in self._own(cell)] + [0.0, 1.0, -1.0, 0.5, 100.0, 2.25]
        value = self.random.choice([*values, self.random.uniform(-1000, 1000)])
        return struct.pack("<f" if cell.size == 4 else "<d", value)


def _padded(text: bytes, size: int) -> bytes:
    return text[:size].ljust(size)


def _number_of(literal: tree.Expression) -> Decimal | None:
    match literal:
        case tree.Number(value=value):
            return value
        case tree.Unary(operator="-", operand=tree.Number(value=value)):
            return -value
        case tree.Figurative(name="ZERO"):
            return Decimal(0)
    return None


def _text_of(literal: tree.Expression, size: int) -> bytes | None:
    match literal:
        case tree.Text(value=content):
            return _padded(content, size)
        case tree.Figurative(name="SPACE"):
            return b" " * size
        case tree.Figurative(name="ZERO"):
            return b"0" * size
        case tree.Figurative(name="HIGH-VALUE"):
            return b"\xff" * size
        case tree.Figurative(name="LOW-VALUE"):
            return b"\0" * size
        case tree.Number(text=text):
            return _padded(text.encode("latin-1"), size)
    return None
