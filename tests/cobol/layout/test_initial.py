"""What records contain before the program runs, as GnuCOBOL has it."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from records import HERE, names, number, random_record, text, with_values

from transpile.cobol.initial import initial_bytes
from transpile.cobol.layout import Record, lay_out
from transpile.cobol.programs import Item, Occurs, Sign
from transpile.cobol.tree import Expression, Figurative, Text, Unary
from transpile.emulators.cobol.build import build_program
from transpile.errors import SourceError

needs_cobc = pytest.mark.skipif(shutil.which("cobc") is None, reason="needs cobc")


def words(value: bytes, **more: bool) -> Text:
    return Text(value, span=HERE, **more)


ZERO = Figurative("ZERO", span=HERE)
CASES: list[tuple[Item, bytes]] = [
    (Item(3, "A", "9(3)", blank_when_zero=True, span=HERE), b"   "),
    (Item(3, "A", "9(3)", blank_when_zero=True, value=number("5"), span=HERE), b"005"),
    (Item(3, "A", "X/X", span=HERE), b" / "),
    (Item(3, "A", "X/X", value=Figurative("SPACE", span=HERE), span=HERE), b"   "),
    (Item(3, "A", "ZZ9.99", span=HERE), b"  0.00"),
    (Item(3, "A", "ZZ9.99", value=ZERO, span=HERE), b"000000"),
    (Item(3, "A", "ZZ9.99", value=number("1.5"), span=HERE), b"  1.50"),
    (Item(3, "A", "ZZ9", value=words(b"7"), span=HERE), b"7  "),
    (Item(3, "A", "X(4)", value=words(b"Q"), justified=True, span=HERE), b"Q   "),
    (Item(3, "A", "X(5)", value=words(b"ab", all=True), span=HERE), b"ababa"),
    (Item(3, "A", "S9(3)", value=number("-12"), span=HERE), b"01r"),
    (Item(3, "A", "S9V9", value=number("1.25"), sign=Sign(True, True, span=HERE), span=HERE), b"+12"),
    (Item(3, "A", "S9(3)", "COMP-3", value=number("-12"), span=HERE), b"\x01\x2d"),
    (Item(3, "A", "9(3)", "COMP-3", span=HERE), b"\x00\x0f"),
    (Item(3, "A", "99", "COMP-6", value=number("12"), span=HERE), b"\x12"),
    (Item(3, "A", "S9(4)", "BINARY", value=number("-2"), span=HERE), b"\xff\xfe"),
    (Item(3, "A", "S9(4)", "COMP-5", value=number("-2"), span=HERE), b"\xfe\xff"),
    (Item(3, "A", "", "BINARY-LONG", value=number("-2"), span=HERE), b"\xfe\xff\xff\xff"),
    (Item(3, "A", "99PP", value=number("1200"), span=HERE), b"12"),
    (Item(3, "A", "9", occurs=Occurs(3, span=HERE), value=number("4"), span=HERE), b"444"),
    (Item(3, "A", "X(3)", value=Figurative("QUOTE", span=HERE), span=HERE), b'"""'),
]


def of(item: Item) -> Record:
    (record,) = lay_out([Item(1, "R", children=(item,), span=HERE)]).records
    return record


@pytest.mark.parametrize(("item", "content"), CASES, ids=[f"{n}-{item.picture}" for n, (item, _) in enumerate(CASES)])
def test_contents(item: Item, content: bytes) -> None:
    assert initial_bytes(of(item)) == content


def test_a_group_has_a_value_of_its_own_and_a_redefinition_none() -> None:
    group = Item(3, "G", value=words(b"XYZ"), children=(Item(5, "A", "9(5)", span=HERE),), span=HERE)
    other = Item(3, "H", "9(5)", redefines="G", value=number("7"), span=HERE)
    (record,) = lay_out([Item(1, "R", children=(group, other), span=HERE)]).records
    assert initial_bytes(record) == b"XYZ  "


@pytest.mark.parametrize("value", [number("-3"), Unary("-", number("3"), span=HERE)])
def test_negative_values(value: Expression) -> None:
    assert initial_bytes(of(Item(3, "A", "S9", value=value, span=HERE))) == b"s"


def test_a_number_is_no_value_for_text() -> None:
    with pytest.raises(SourceError, match="the VALUE of 'A' must be text"):
        initial_bytes(of(Item(3, "A", "X", value=number("1"), span=HERE)))


def _contents(records: list[Item], folder: Path) -> bytes:
    lines = ["       IDENTIFICATION DIVISION.", "       PROGRAM-ID. T.", "       DATA DIVISION."]
    lines.append("       WORKING-STORAGE SECTION.")
    for record in records:
        lines += text(record)
    lines.append("       PROCEDURE DIVISION.")
    lines += [f"           DISPLAY {record.name} NO ADVANCING." for record in records]
    lines.append("           GOBACK.")
    run = build_program(("\n".join(lines) + "\n").encode(), folder).run()
    assert run.ok, run.messages
    return run.stdout


@needs_cobc
def test_gnucobol_has_the_same_contents(tmp_path: Path) -> None:
    records = [Item(1, f"R{n}", children=(item,), span=HERE) for n, (item, _) in enumerate(CASES)]
    assert _contents(records, tmp_path) == b"".join(content for _, content in CASES)


@needs_cobc
@pytest.mark.parametrize("seed", range(3))
def test_gnucobol_has_the_same_contents_in_random_records(seed: int, tmp_path: Path) -> None:
    random, count = Random(seed), names()
    records = [with_values(random, random_record(random, count)) for _ in range(60)]
    theirs, at = _contents(records, tmp_path), 0
    for record, laid_out in zip(records, lay_out(records).records, strict=True):
        content, used = initial_bytes(laid_out), _used(laid_out)
        for offset in range(laid_out.size):
            assert theirs[at + offset] == content[offset] or offset not in used, (offset, "\n".join(text(record)))
        at += laid_out.size


def _used(record: Record) -> set[int]:
    """The bytes that belong to an item; none where items overlap, which GnuCOBOL does with aligned nested tables."""
    used: Counter[int] = Counter()
    for each in record.walk():
        shifts = [0]
        for dimension in each.dimensions:
            shifts = [shift + n * dimension.stride for shift in shifts for n in range(dimension.count)]
        if not each.group:
            used.update(each.offset + shift + at for shift in shifts for at in range(each.size))
    return set(used) if max(used.values()) == 1 else set()
