"""Working storage for generated COBOL programs: items of all common pictures and usages, in groups and tables.

``data_of`` makes it; ``Data`` says what there is, so that statements can be written about it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


Kind = Literal["number", "text", "letters", "edited", "edited text"]

_FIRST = words(
    "GROSS NET BASE TOTAL UNIT LAST FIRST DUE PAID OPEN PRIOR YEARLY MONTHLY DAILY WEEKLY STOCK ORDER CLAIM"
    " LOAN TAX SALES AGENT BRANCH CREDIT DEBIT FREIGHT PENSION POLICY INVOICE LEDGER BUDGET REFUND"
)
_NUMBERS = words(
    "AMOUNT RATE-PCT BALANCE-AMT COST PRICE FEE CHARGE-AMT INTEREST BONUS DISCOUNT QUANTITY COUNT-NO HOURS"
    " DAYS POINTS WEIGHT MARGIN PREMIUM SURCHARGE DEPOSIT"
)
_TEXTS = words("NAME CODE-TXT CITY REGION TITLE-TXT STATUS-CD REMARK MEMO STREET GRADE BRAND UNIT-TXT CATEGORY")
_EDITED = words(
    "ZZZ,ZZ9.99- -(6)9.99 $$$,$$9.99 **,**9.99 Z(5)9 9(4)/99 ZZ9.9+ +++,++9.99 $**9.99CR ZZ,ZZ9.99DB"
    " -9(3).9(3) Z(7) 99B99B99 $ZZ9.99- 9(3)V99+ *(5) ZZZ.ZZ +9(5) 9,999.99CR ---,--9"
)
_EDITED_TEXT = ("XXBXXX", "XX/XX/XX", "XXX0XXX", "XBXBX")
_WORDS = ("ACTIVE", "CLOSED", "N", "Y", "A1", "NORTH", "10025", "", "LONDON", "X-1,B", "  PAD", "1.5-", "abc", "AABBA")
CONTROL_SIZE = 4


@dataclass(frozen=True, slots=True)
class Item:
    """``size`` are characters of a text, digits of a number. ``counts``: of the tables around it. ``groups``: what it
    lies in. ``steady``: nothing but loops may change it."""

    name: str
    kind: Kind
    size: int
    scale: int = 0
    signed: bool = False
    usage: str = "DISPLAY"
    counts: tuple[int, ...] = ()
    steady: bool = False
    signed_apart: bool = False
    justified: bool = False

    @property
    def whole(self) -> bool:
        return self.kind == "number" and self.scale == 0


@dataclass(frozen=True, slots=True)
class Table:
    """``index`` is its INDEXED BY; ``items`` are its elements."""

    name: str
    count: int
    index: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """The lines of one level 01 or 77, without columns; ``names`` are all that it declares. ``over`` is what it
    redefines."""

    lines: tuple[str, ...]
    names: tuple[str, ...]
    over: str = ""


@dataclass(slots=True)
class Data:
    """``flags`` are names of level 88, ``pairs`` groups that have names of items in common, ``controls`` what serves
    as subscripts, ``counters`` what loops count. ``blank`` are groups of texts, which may get any bytes; ``steady``
    those in which no number has a sign that zero could have, too."""

    records: list[Record] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    blank: list[str] = field(default_factory=list)
    steady: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    controls: list[Item] = field(default_factory=list)
    counters: list[Item] = field(default_factory=list)

    def overlap(self, names: Sequence[str]) -> bool:
        """Whether some of ``names`` lie over each other, other than as the same item."""
        found = [each for each in names if self.record(each) is not None]
        return any(self._over(one, other) for at, one in enumerate(found) for other in found[at + 1 :])

    def elements(self, names: Sequence[str]) -> bool:
        """Whether two of ``names`` are elements of one table, which may be the same element."""
        tables = [item.name for item in self.items if item.counts and item.name in names]
        return any(names.count(name) > 1 for name in tables)

    def partly(self, names: Sequence[str]) -> bool:
        """Whether a text, parts of which are meant, is among ``names`` twice."""
        return any(item.kind != "number" and names.count(item.name) > 1 for item in self.items)

    def _over(self, one: str, other: str) -> bool:
        first, second = self.record(one), self.record(other)
        assert first is not None and second is not None
        if first is second:
            return one != other and {one, other} & {*self.groups, first.names[0]} != set()
        return first.over == second.names[0] or second.over == first.names[0]

    def record(self, name: str) -> Record | None:
        return next((each for each in self.records if name in each.names), None)


def data_of(rng: random.Random) -> Data:
    """Working storage of about thirty items."""
    making = _Making(rng, Data())
    for _ in range(rng.randint(6, 10)):
        making.alone()
    for _ in range(rng.randint(2, 3)):
        making.group()
    for _ in range(2):
        making.table()
    making.square()
    making.same_names()
    making.shared()
    making.texts()
    making.controls()
    return making.data


@dataclass(slots=True)
class _Making:
    rng: random.Random
    data: Data
    taken: set[str] = field(default_factory=set)

    def name(self, endings: tuple[str, ...]) -> str:
        while True:
            found = f"{self.rng.choice(_FIRST)}-{self.rng.choice(endings)}"
            if self.rng.random() < 0.2:
                found += f"-{self.rng.randint(1, 9)}"
            if found not in self.taken:
                self.taken.add(found)
                return found

    def item(self, counts: tuple[int, ...] = (), plain: bool = False) -> tuple[Item, str]:
        """An item and its description behind the level."""
        pick = self.rng.random()
        if pick < 0.58:
            return self.number(counts, plain)
        if pick < 0.82:
            return self.text(counts, plain)
        if pick < 0.95:
            return self.edited(counts)
        picture = self.rng.choice(_EDITED_TEXT)
        item = Item(self.name(_TEXTS), "edited text", len(picture), counts=counts)
        return item, f"{item.name} PIC {picture}"

    def number(self, counts: tuple[int, ...] = (), plain: bool = False) -> tuple[Item, str]:
        rng = self.rng
        usage = rng.choice(("DISPLAY", "DISPLAY", "COMP-3", "COMP-3", "COMP", "COMP-5"))
        signed = rng.random() < 0.65
        digits = rng.choice((1, 2, 3, 3, 4, 5, 5, 6, 7, 7, 8, 9, 9, 10, 11, 13, 15, 18))
        scale = min(digits, rng.choice((0, 0, 0, 1, 2, 2, 2, 2, 3, 4)))
        picture = _picture(digits, scale)
        separate = ""
        if signed and usage == "DISPLAY" and rng.random() < 0.4:
            separate = rng.choice((" SIGN LEADING SEPARATE", " SIGN TRAILING SEPARATE", " SIGN LEADING"))
        apart = separate.endswith("SEPARATE")
        item = Item(self.name(_NUMBERS), "number", digits, scale, signed, usage, counts, signed_apart=apart)
        shown = "" if usage == "DISPLAY" else f" {usage}"
        value = "" if counts or plain else f" VALUE {literal(rng, item)}" if rng.random() < 0.7 else ""
        return item, f"{item.name} PIC {'S' if signed else ''}{picture}{shown}{separate}{value}"

    def text(self, counts: tuple[int, ...] = (), plain: bool = False) -> tuple[Item, str]:
        size = self.rng.choice((1, 2, 3, 4, 5, 6, 8, 10, 12, 20))
        name = self.name(_TEXTS)
        if not plain and self.rng.random() < 0.1:
            return Item(name, "letters", size, counts=counts), f"{name} PIC A({size})"
        right = " JUSTIFIED RIGHT" if self.rng.random() < 0.08 else ""
        value = "" if counts or plain or self.rng.random() < 0.4 else f" VALUE {word(self.rng, size)}"
        return Item(name, "text", size, counts=counts, justified=bool(right)), f"{name} PIC X({size}){right}{value}"

    def edited(self, counts: tuple[int, ...]) -> tuple[Item, str]:
        picture = self.rng.choice(_EDITED)
        item = Item(self.name(_NUMBERS) + "-ED", "edited", 8, 2 if "." in picture else 0, counts=counts)
        return item, f"{item.name} PIC {picture}"

    def flags(self, item: Item, level: str) -> Iterator[str]:
        """Level 88 below an item."""
        if item.kind not in ("number", "text") or item.counts or self.rng.random() < 0.6:
            return
        for _ in range(self.rng.randint(1, 2)):
            name = "IS-" + self.name(_TEXTS)
            if item.kind == "text":
                values = " ".join(word(self.rng, item.size) for _ in range(self.rng.randint(1, 3)))
            else:
                numbers = sorted((literal(self.rng, item) for _ in range(2)), key=float)
                low, high = numbers
                values = low if low == high or self.rng.random() < 0.4 else f"{low} THRU {high}"
            self.data.flags.append(name)
            yield f"{level} {name} VALUE {values}."

    def add(self, lines: list[str], *items: Item) -> None:
        names = tuple(line.split()[1].rstrip(".") for line in lines)
        indexes = tuple(line.split("INDEXED BY ")[1].rstrip(".") for line in lines if "INDEXED BY" in line)
        over = lines[0].partition("REDEFINES ")[2].rstrip(".")
        self.data.records.append(Record(tuple(lines), (*names, *indexes), over))
        self.data.items.extend(items)

    def alone(self) -> None:
        item, said = self.item()
        self.add([f"{self.rng.choice(('01', '77'))} {said}.", *self.flags(item, "    88")], item)

    def group(self) -> None:
        name = self.name(("RECORD-GRP", "FIELDS", "TOTALS-GRP"))
        lines, items = [f"01 {name}."], []
        for _ in range(self.rng.randint(2, 5)):
            if self.rng.random() < 0.15:
                lines.append("    05 FILLER PIC X(2) VALUE SPACES.")
            item, said = self.item()
            items.append(item)
            lines += [f"    05 {said}.", *self.flags(item, "        88")]
        self.grouped(name, items)
        self.add(lines, *items)

    def texts(self) -> None:
        name, count = self.name(("TEXTS-GRP",)), self.rng.randint(2, 5)
        made = [self.text(), self.text((), plain=True), self.text((count,))]
        lines = [f"01 {name}.", *(f"    05 {said}." for _, said in made)]
        lines[-1] = f"{lines[-1][:-1]} OCCURS {count}."
        items = [item for item, _ in made]
        self.grouped(name, items)
        self.data.blank.append(name)
        self.add(lines, *items)

    def grouped(self, name: str, items: Sequence[Item]) -> None:
        self.data.groups.append(name)
        if not any(each.signed and each.usage in ("DISPLAY", "COMP-3") for each in items):
            self.data.steady.append(name)

    def table(self) -> None:
        name, count = self.name(("TABLE-GRP", "LIST-GRP")), self.rng.choice((3, 4, 5, 8))
        entry, index = f"{name}-ROW", f"{name}-IX"
        lines, items = [f"01 {name}.", f"    05 {entry} OCCURS {count} INDEXED BY {index}."], []
        for _ in range(self.rng.randint(2, 3)):
            item, said = self.item((count,))
            items.append(item)
            lines.append(f"        10 {said}.")
        self.data.tables.append(Table(entry, count, index, tuple(items)))
        self.grouped(name, items)
        self.add(lines, *items)

    def square(self) -> None:
        """A table of tables, or one of elementary items."""
        name = self.name(("GRID-GRP",))
        if self.rng.random() < 0.5:
            rows, columns = self.rng.randint(2, 4), self.rng.randint(2, 4)
            item, said = self.number((rows, columns))
            lines = [f"01 {name}.", f"    05 {name}-ROW OCCURS {rows}.", f"        10 {said} OCCURS {columns}."]
        else:
            count = self.rng.randint(2, 9)
            item, said = self.number((count,))
            lines = [f"01 {name}.", f"    05 {said} OCCURS {count}."]
        self.add(lines, item)

    def same_names(self) -> None:
        """Two groups for CORRESPONDING."""
        names = [self.name(_NUMBERS) for _ in range(3)]
        groups = [self.name(("SOURCE-GRP",)), self.name(("RESULT-GRP",))]
        for group in groups:
            lines = [f"01 {group}."]
            for name in names:
                digits = self.rng.randint(2, 7)
                usage = self.rng.choice(("", " COMP-3", " COMP"))
                lines.append(f"    05 {name} PIC S{_picture(digits, min(2, digits - 1))}{usage} VALUE 1.")
            self.add(lines)
        self.data.pairs.append((groups[0], groups[1]))

    def shared(self) -> None:
        """Bytes that are seen in two ways."""
        date, parts = self.name(("DATE-NUM",)), self.name(("DATE-PARTS",))
        year, month, day = (self.name((word,)) for word in ("YEAR-NO", "MONTH-NO", "DAY-NO"))
        self.add([f"01 {date} PIC 9(8) VALUE 20240229."], Item(date, "number", 8))
        self.add(
            [
                f"01 {parts} REDEFINES {date}.",
                f"    05 {year} PIC 9(4).",
                f"    05 {month} PIC 99.",
                f"    05 {day} PIC 99.",
            ],
            Item(year, "number", 4),
            Item(month, "number", 2),
            Item(day, "number", 2),
        )
        area, seen = self.name(("AREA-TXT",)), self.name(("AREA-SEEN",))
        text, said = self.text((), plain=True)
        size = text.size + 4
        self.add([f"01 {area} PIC X({size}) VALUE SPACES."], Item(area, "text", size))
        self.add([f"01 {seen} REDEFINES {area}.", f"    05 {said}."], text)
        self.grouped(seen, [text])
        self.data.blank.append(seen)

    def controls(self) -> None:
        """Subscripts and counters of loops."""
        for number in range(1, 4):
            name, usage = f"SUB-{number}", self.rng.choice(("", " COMP", " COMP-3", " COMP-5"))
            self.add([f"01 {name} PIC 9{usage} VALUE 1."])
            self.data.controls.append(Item(name, "number", 1, steady=True))
        for number in range(1, CONTROL_SIZE + 1):
            name = f"COUNTER-{number}"
            usage = self.rng.choice(("", " COMP", " COMP-3", " COMP-5"))
            self.add([f"01 {name} PIC {self.rng.choice(('99', 'S9(4)', '9(3)'))}{usage} VALUE 0."])
            self.data.counters.append(Item(name, "number", 2, steady=True))


def _picture(digits: int, scale: int) -> str:
    before, behind = digits - scale, f"V9({scale})" if scale else ""
    return (f"9({before})" if before else "") + behind


def literal(rng: random.Random, item: Item) -> str:
    """A number that fits ``item``: often at a bound."""
    size, scale = item.size, max(item.scale, 0)
    most = 10 ** min(size, 9) - 1
    unit = 10**scale
    value = rng.choice((0, 1, unit, 5, most, most - 1, rng.randint(0, most), rng.randint(0, min(most, 20 * unit))))
    value = min(value, most)
    shown = decimals(value, scale)
    return f"-{shown}" if item.signed and value and rng.random() < 0.35 else shown


def decimals(value: int, scale: int) -> str:
    if not scale:
        return str(value)
    digits = str(value).rjust(scale + 1, "0")
    return f"{digits[:-scale]}.{digits[-scale:]}"


def word(rng: random.Random, size: int) -> str:
    """A literal of at most ``size`` characters."""
    found = rng.choice(_WORDS)[:size]
    return f'"{found}"' if found else "SPACES"
