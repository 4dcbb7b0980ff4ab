"""The files of a program: what they are called outside, and whether it reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from transpile.cobol.layout import lay_out
from transpile.cobol.names import Names, names_of
from transpile.cobol.programs import FileControl, FileDescription, Item, Program
from transpile.cobol.statements import Move, Open, Sort
from transpile.cobol.tree import Expression, Number, Reference, Text
from transpile.cobol.unit import Unit
from transpile.cobol.walking import walk


@dataclass(frozen=True, slots=True)
class External:
    """``names``: what it may be called outside; none where only a run can tell. ``read``: the program opens it to read
    what is there."""

    file: FileDescription
    control: FileControl
    names: tuple[str, ...]
    read: bool
    last: bool
    """It is the last, or only, one that an OPEN names."""
    smallest: int
    size: int
    """Of its smallest and largest record, in bytes."""

    @property
    def keyed(self) -> bool:
        return self.control.organization in ("RELATIVE", "INDEXED")

    @property
    def lines(self) -> bool:
        return self.control.organization == "LINE SEQUENTIAL"


def programs_of(unit: Unit) -> Iterator[tuple[Program, Names]]:
    """All programs of a file, nested ones included, with the names that they know."""
    pending: list[tuple[Program, Names | None]] = [(program, None) for program in unit.programs]
    while pending:
        program, outer = pending.pop(0)
        names = names_of(program, outer)
        yield program, names
        pending += [(inner, names) for inner in program.programs]


def external_files(unit: Unit) -> tuple[External, ...]:
    """Those with SELECT entries in ``unit``, without the work files of SORT."""
    found = []
    for program, names in programs_of(unit):
        read, not_last = _read(program), _not_last(program)
        for control in program.environment.files:
            file = names.files.get(control.name)
            if file is not None and not file.sort and file.records:
                called = tuple(dict.fromkeys(_called(control.assign, control.name, program, names)))
                records = lay_out(file.records, decimal_comma=program.environment.special_names.decimal_comma).records
                sizes = [record.size for record in records]
                low, high = min(file.record_sizes[0] or sizes[0], *sizes), max(file.record_sizes[1] or 0, *sizes)
                found.append(
                    External(file, control, called, control.name in read, control.name not in not_last, low, high)
                )
    return tuple(found)


def _read(program: Program) -> set[str]:
    names: set[str] = set()
    for each in walk(program):
        match each:
            case Open():
                names |= {label.name for mode, label in each.files if mode != "OUTPUT"}
            case Sort():
                names |= {label.name for label in each.using}
    return names


def _not_last(program: Program) -> set[str]:
    """Files that an OPEN names before others."""
    opens = [each for each in walk(program) if isinstance(each, Open)]
    return {label.name for each in opens for _, label in each.files[:-1]}


def _called(assign: Expression | None, select: str, program: Program, names: Names) -> Iterator[str]:
    match assign:
        case None:
            yield select
        case Text() | Number():
            yield from _text(assign)
        case Reference():
            declared = names.find(assign.name, assign.qualifiers)
            if not declared:
                yield assign.name
                return
            item = declared[0].item
            if isinstance(item, Item) and item.value is not None:
                yield from _text(item.value)
            for each in walk(program):
                if isinstance(each, Move) and any(target.name == assign.name for target in each.targets):
                    yield from _text(each.value)


def _text(value: Expression) -> Iterator[str]:
    match value:
        case Text():
            yield value.value.decode("latin-1").rstrip(" ")
        case Number():
            yield value.text
