"""Random records as trees, and trees as COBOL text."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from random import Random

from transpile.cobol.programs import Item, Occurs, Sign, Usage
from transpile.cobol.tree import Expression, Figurative, Number, Text
from transpile.errors import Span

HERE = Span("records.cob", 1)
PICTURES: dict[Usage | None, tuple[str, ...]] = {
    None: ("X(3)", "9(4)", "S9(3)", "S9V99", "ZZ9.99", "X(2)BX", "X", "S9(5)"),
    "BINARY": ("9", "S99", "9(3)", "S9(4)", "9(5)", "S9(9)", "9(10)", "S9(16)V99"),
    "COMP-5": ("9", "S9(3)", "9(7)", "S9(18)"),
    "COMP-3": ("9", "S99", "9(4)", "S9(5)V99", "S9(31)"),
    "COMP-6": ("9", "99", "9(5)"),
    "COMP-X": ("9", "9(5)", "9(7)", "9(11)", "X", "X(3)"),
    "COMP-1": ("",),
    "COMP-2": ("",),
    "INDEX": ("",),
    "POINTER": ("",),
    "BINARY-CHAR": ("",),
    "BINARY-SHORT": ("",),
    "BINARY-LONG": ("",),
    "BINARY-DOUBLE": ("",),
}


def random_record(random: Random, names: Iterator[int]) -> Item:
    return _group(random, names, 1, random.randint(1, 4), occurs=False)


def _group(random: Random, names: Iterator[int], level: int, depth: int, *, occurs: bool, table: bool = False) -> Item:
    table = table or occurs
    children: list[Item] = []
    for _ in range(random.randint(1, 4)):
        if depth > 1 and random.random() < 0.4:
            children.append(_group(random, names, level + 2, depth - 1, occurs=random.random() < 0.4))
        else:
            children.append(_elementary(random, names, level + 2))
    sign = random.choice((None, None, Sign(leading=True, separate=True, span=HERE)))
    times = Occurs(random.randint(2, 4), span=HERE) if occurs else None
    return Item(level, f"F{next(names)}", occurs=times, sign=sign, children=tuple(children), span=HERE)


def _elementary(random: Random, names: Iterator[int], level: int) -> Item:
    # GnuCOBOL 3.1.2 fails on pointers, and on alphabetic items, in groups that it initialises.
    usage = random.choice([usage for usage in PICTURES if usage != "POINTER"])
    picture = random.choice(PICTURES[usage])
    signed = usage is None and picture.startswith("S")
    sign = random.choice((None, Sign(leading=False, separate=True, span=HERE))) if signed else None
    times = Occurs(random.randint(2, 5), span=HERE) if random.random() < 0.2 else None
    synchronized = random.random() < 0.5 and usage not in (None, "COMP-6")
    return Item(
        level, f"F{next(names)}", picture, usage, sign=sign, occurs=times, synchronized=synchronized, span=HERE
    )  # fmt: skip


def text(item: Item) -> Iterator[str]:
    """The lines of ``item`` in fixed format."""
    clauses = [f"       {item.level:02} {item.name or 'FILLER'}"]
    if item.redefines:
        clauses.append(f"REDEFINES {item.redefines}")
    if item.picture:
        clauses.append(f"PIC {item.picture}")
    if item.usage:
        clauses.append(f"USAGE {item.usage}")
    if item.sign:
        side = "LEADING" if item.sign.leading else "TRAILING"
        clauses.append(f"SIGN {side}{' SEPARATE' * item.sign.separate}")
    if item.occurs:
        clauses.append(_occurs(item.occurs))
    clauses += ["SYNC"] * item.synchronized + ["JUSTIFIED"] * item.justified
    clauses += ["BLANK WHEN ZERO"] * item.blank_when_zero
    if item.value is not None:
        clauses.append(f"VALUE {_literal(item.value)}")
    yield from clauses[:1] + [f"           {clause}" for clause in clauses[1:]]
    yield "           ."
    for child in item.children:
        yield from text(child)


def with_values(random: Random, entry: Item) -> Item:
    """The same with VALUEs that fit."""
    if entry.children:
        return replace(entry, children=tuple(with_values(random, child) for child in entry.children))
    return replace(entry, value=_value(random, entry) if random.random() < 0.6 else None)


def _value(random: Random, entry: Item) -> Expression | None:
    if entry.usage in ("INDEX", "POINTER") or entry.picture == "ZZ9.99":
        return None
    if entry.usage in ("COMP-1", "COMP-2"):
        return number(f"{random.randint(-999, 999)}.{random.randint(0, 99):02}")
    if entry.picture.startswith("X"):
        if entry.usage == "COMP-X":
            return None
        size = 5 if "B" in entry.picture else 3 if "3" in entry.picture else 1
        word = "".join(random.choice("AB C") for _ in range(random.randint(1, size)))
        return random.choice((Text(word.encode(), span=HERE), Figurative("SPACE", span=HERE)))
    digits = random.choice((0, 1, 5, 9))
    signed = digits and ("S" in entry.picture or not entry.picture)
    sign = "-" if signed and random.random() < 0.5 else ""
    return random.choice((number(f"{sign}{digits}"), Figurative("ZERO", span=HERE)))


def _occurs(occurs: Occurs) -> str:
    if occurs.depending is None:
        return f"OCCURS {occurs.high}"
    return f"OCCURS {occurs.low} TO {occurs.high} DEPENDING ON {occurs.depending.name}"


def _literal(value: Expression) -> str:
    match value:
        case Number():
            return value.text
        case Text():
            return f'{"ALL " * value.all}"{value.value.decode("latin-1")}"'
        case Figurative():
            return value.name
    raise AssertionError(value)


def number(value: str) -> Number:
    return Number(Decimal(value), value, span=HERE)


def walk(item: Item) -> Iterator[Item]:
    yield item
    for child in item.children:
        yield from walk(child)


def names() -> Iterator[int]:
    return itertools.count()
