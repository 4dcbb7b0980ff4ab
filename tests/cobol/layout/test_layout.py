"""Where items lie: by hand, and where GnuCOBOL puts them."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest
from records import HERE, PICTURES, names, random_record, text, walk

from transpile.cobol.layout import Field, Storage, Varying, lay_out
from transpile.cobol.programs import Item, Occurs, Sign, Usage
from transpile.cobol.tree import Reference
from transpile.emulators.cobol.build import build_program
from transpile.errors import SourceError, Span, UnsupportedError

ABSENT = Reference("D", span=HERE)
needs_cobc = pytest.mark.skipif(shutil.which("cobc") is None, reason="needs cobc")


def item(level: int, name: str, picture: str = "", *children: Item, usage: Usage | None = None, **more: object) -> Item:
    return Item(level, name, picture, usage, children=children, span=HERE, **more)  # type: ignore[arg-type]


def field(storage: Storage, name: str) -> Field:
    ((_, found),) = storage.find(name)
    return found


def test_items_follow_one_another() -> None:
    storage = lay_out(
        [item(1, "R", "", item(3, "A", "X(3)"), item(3, "B", "S9(5)", usage="COMP-3"), item(3, "C", "9"))]
    )
    assert [(f.offset, f.size) for _, f in storage.walk()] == [(0, 7), (0, 3), (3, 3), (6, 1)]
    assert field(storage, "B").path == ("R", "B")


def test_a_redefinition_shares_its_bytes() -> None:
    storage = lay_out(
        [
            item(
                1,
                "R",
                "",
                item(3, "A", "9(4)"),
                item(3, "B", "", item(5, "B1", "99"), redefines="A"),
                item(3, "C", "X"),
            )
        ]
    )
    assert (field(storage, "B1").offset, field(storage, "C").offset) == (0, 4)


def test_a_larger_redefinition_is_refused() -> None:
    with pytest.raises(SourceError, match="'B' is larger than 'A'"):
        lay_out([item(1, "R", "", item(3, "A", "9(4)"), item(3, "B", "X(5)", redefines="A"))])


def test_a_record_may_be_redefined_by_a_larger_one() -> None:
    storage = lay_out([item(1, "R", "X(4)"), item(1, "S", "X(9)", redefines="R")])
    assert [record.size for record in storage.records] == [9]


def test_tables_have_strides() -> None:
    inner = item(5, "C", "99", occurs=Occurs(3, span=HERE))
    storage = lay_out([item(1, "R", "", item(3, "T", "", inner, item(5, "D", "X"), occurs=Occurs(4, span=HERE)))])
    assert [(d.count, d.stride) for d in field(storage, "C").dimensions] == [(4, 7), (3, 2)]
    assert field(storage, "D").offset == 6
    assert field(storage, "R").size == 28


def test_the_size_may_depend_on_a_number() -> None:
    depending = Reference("N", span=HERE)
    table = item(3, "T", "X(2)", occurs=Occurs(9, 1, depending, span=HERE))
    storage = lay_out([item(1, "R", "", item(3, "N", "99"), table)])
    assert field(storage, "R").varies == Varying(2, 2, depending, 1, 9)
    assert field(storage, "R").size == 20


def test_usage_and_sign_are_inherited() -> None:
    group = item(3, "G", "", item(5, "A", "S9(3)"), item(5, "B", "9(3)"), usage="COMP-3")
    signs = item(3, "H", "", item(5, "C", "S9(3)"), item(5, "D", "9(3)"), sign=Sign(True, True, span=HERE))
    storage = lay_out([item(1, "R", "", group, signs)])
    assert [field(storage, name).size for name in "ABCD"] == [2, 2, 4, 3]
    assert field(storage, "D").sign is None


def test_renames_go_from_one_item_to_another() -> None:
    parts = (item(3, "A", "XX"), item(3, "B", "9(3)"), item(3, "C", "X"))
    renames = item(66, "Q", renames=(Reference("B", span=HERE), Reference("C", span=HERE)))
    storage = lay_out([item(1, "R", "", *parts, renames)])
    assert (field(storage, "Q").offset, field(storage, "Q").size) == (2, 4)
    assert field(storage, "R").size == 6


def test_renames_in_a_redefinition() -> None:
    renames = item(66, "Q", renames=(Reference("C", span=HERE), None))
    other = item(1, "S", "", item(3, "B", "X"), item(3, "C", "9(3)"), renames, redefines="R")
    assert (field(lay_out([item(1, "R", "X(4)"), other]), "Q").offset) == 1


def test_qualifiers_choose() -> None:
    storage = lay_out([item(1, r, "", item(3, g, "", item(5, "A", "X"))) for r, g in (("R", "G"), ("S", "H"))])
    assert len(storage.find("A")) == 2
    assert [found.path for _, found in storage.find("A", ["H", "S"])] == [("S", "H", "A")]
    assert not storage.find("A", ["S", "H"])


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (item(1, "A"), "has no PICTURE"),
        (item(1, "A", "X", item(3, "B", "X")), "the group 'A' has a PICTURE"),
        (item(1, "A", "9", usage="COMP-1"), "cannot have a PICTURE"),
        (item(1, "A", "X", usage="COMP-3"), "is not numeric"),
        (item(1, "A", "9(19)", usage="BINARY"), "at most 18 digits"),
        (item(1, "A", "X", redefines="B"), "not described before it"),
        (item(1, "A", "", item(3, "B", "X", redefines="C")), "not described before it"),
        (item(1, "A", "X(300000000)"), "is larger than"),
        (
            item(1, "A", "", item(3, "B", "X"), item(66, "C", renames=(Reference("D", span=HERE), None))),
            "is not in 'A'",
        ),
    ],
)
def test_what_is_wrong(made: Item, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        lay_out([made])


def test_a_wrong_picture_is_shown_in_its_line() -> None:
    span = Span("a.cob", 7, 8, line_text="       01 A PIC 9(4)Q.")
    with pytest.raises(SourceError, match="'Q' is not a symbol") as caught:
        lay_out([Item(1, "A", "9(4)Q", span=span)])
    assert caught.value.span.column == 21


def test_national_items_are_refused_by_name() -> None:
    with pytest.raises(UnsupportedError, match="NATIONAL"):
        lay_out([item(1, "A", "X", usage="NATIONAL")])


def _measured(records: list[Item], folder: Path) -> list[tuple[int, int]]:
    """Offset and size of each item, as GnuCOBOL has them."""
    lines = ["       IDENTIFICATION DIVISION.", "       PROGRAM-ID. T.", "       DATA DIVISION."]
    lines.append("       WORKING-STORAGE SECTION.")
    for name in ("BASE", "PLACE"):
        lines.append(f"       01 {name} POINTER.")
        lines.append(f"       01 {name}-N REDEFINES {name} PIC S9(18) COMP-5.")
    for record in records:
        lines += text(record)
    lines.append("       PROCEDURE DIVISION.")
    for record in records:
        lines.append(f"           SET BASE TO ADDRESS OF {record.name}")
        lines += _places(record, 0)
    lines.append("           GOBACK.")
    run = build_program(("\n".join(lines) + "\n").encode(), folder).run()
    assert run.ok, run.messages
    return [(int(line.split()[0]), int(line.split()[1])) for line in run.stdout.decode().splitlines()]


def _places(entry: Item, tables: int) -> list[str]:
    tables += entry.occurs is not None
    element = f"{entry.name}({' '.join('1' * tables)})" if tables else entry.name
    lines = [f"           SET PLACE TO ADDRESS OF\n            {element}"]
    lines.append("           SUBTRACT BASE-N FROM PLACE-N")
    lines.append(f'           DISPLAY PLACE-N " " LENGTH OF\n            {element}')
    return lines + [line for child in entry.children for line in _places(child, tables)]


@needs_cobc
@pytest.mark.parametrize("seed", range(4))
def test_gnucobol_puts_items_in_the_same_places(seed: int, tmp_path: Path) -> None:
    random, count = Random(seed), names()
    records = [random_record(random, count) for _ in range(60)]
    ours = [(each.offset, each.size) for _, each in lay_out(records).walk()]
    items = [entry.name for record in records for entry in walk(record)]
    measured = _measured(records, tmp_path)
    wrong = [(name, a, b) for name, a, b in zip(items, ours, measured, strict=True) if a != b]
    assert not wrong


@needs_cobc
def test_sizes_of_every_usage(tmp_path: Path) -> None:
    pairs = [(usage, picture) for usage, pictures in PICTURES.items() for picture in pictures]
    pairs += [
        (usage, f"{s}9({n})") for usage in ("BINARY", "COMP-5", "COMP-3") for s in ("", "S") for n in range(1, 19)
    ]
    records = [item(1, f"F{n}", picture, usage=usage) for n, (usage, picture) in enumerate(pairs)]
    ours = [(each.offset, each.size) for _, each in lay_out(records).walk()]
    assert ours == _measured(records, tmp_path)


@needs_cobc
def test_sizes_that_vary_are_as_gnucobol_has_them(tmp_path: Path) -> None:
    depending = Reference("N", span=HERE)
    table = item(5, "T", "", item(7, "A", "X(3)"), item(7, "B", "99"), occurs=Occurs(9, 0, depending, span=HERE))
    record = item(1, "R", "", item(3, "H", "X(4)"), item(3, "G", "", item(5, "I", "X"), table))
    storage = lay_out([record])
    lines = ["       IDENTIFICATION DIVISION.", "       PROGRAM-ID. T.", "       DATA DIVISION."]
    lines += ["       WORKING-STORAGE SECTION.", "       01 N PIC 99 VALUE 9.", *text(record)]
    lines.append("       PROCEDURE DIVISION.")
    for count in (9, 4, 1, 0):
        lines.append(f"           MOVE {count} TO N")
        lines += [f"           DISPLAY FUNCTION LENGTH({name})" for name in "RG"]
    run = build_program(("\n".join([*lines, "           GOBACK.\n"])).encode(), tmp_path).run()
    varying = [field(storage, name).varies for name in "RG"]
    ours = [each.fixed + count * each.stride for count in (9, 4, 1, 0) for each in varying if each]
    assert [int(line) for line in run.stdout.split()] == ours
