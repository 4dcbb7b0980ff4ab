"""A program of the user's as a module of GnuCOBOL that performs any range of its paragraphs on a given state.

The program stays as it is written, copybooks included; only an entry is put before its first paragraph, and records for
what is handed over before its procedure division; STOP RUN and GOBACK go to the end of the entry. The entry copies the
bytes of a state over all records, whatever their usage, performs the range, and copies them back.
"""

from __future__ import annotations

import re
import struct
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from transpile.cobol.names import Names
from transpile.cobol.programs import Program, SpecialNames
from transpile.cobol.source import source_bytes, source_text
from transpile.cobol.statements import Exit, GoBack, Paragraph, Section, Stop
from transpile.cobol.unit import Unit
from transpile.cobol.walking import walk
from transpile.differential.opened import Opened
from transpile.differential.states import RECORDS, Slot, Storage
from transpile.emulators.cobol.build import Dialect, build_module
from transpile.emulators.cobol.modules import Module
from transpile.emulators.cuda.bounded import Limits
from transpile.errors import SourceErrors, Span

Range = tuple[int, int]
"""The numbers of the paragraphs where it begins and at whose end it returns, from 0 in the order of the text,
declaratives included."""
LOOK = 0
"""Asks the entry for the state as it is, without performing anything."""
ENDS: Mapping[bytes, Literal["returned", "stopped", "left"]] = {
    struct.pack("<i", -1): "returned",
    struct.pack("<i", -2): "stopped",
    struct.pack("<i", -3): "left",
}
"""What the entry leaves in its first parameter: the range came to its end, or to a STOP RUN or GOBACK."""
_OWN_BYTES = 8
"""Behind the state: a pointer."""
_LEAVING = re.compile(r"(?:(STOP\s+RUN)|GOBACK|EXIT\s+PROGRAM)(?![\w-])", re.IGNORECASE)
_HEADER = re.compile(r"PROCEDURE\s+DIVISION(\s+USING(?=\s))?", re.IGNORECASE)


class NoHarness(Exception):
    """The program cannot be made a module; the message says why, for the user."""


@dataclass(frozen=True, slots=True)
class Harness:
    """``text`` is COBOL; its entry performs ``ranges[n - 1]`` when asked for ``n``."""

    entry: str
    text: bytes
    copybooks: dict[str, bytes]
    free_format: bool
    ranges: tuple[Range, ...]

    def build(self, folder: Path, limits: Limits, *, checked: bool = False) -> Module:
        """``checked``: with all that GnuCOBOL can check at run time, for which it does some arithmetic otherwise; else
        with what it checks of tables in passing. Raises ``SourceErrors`` and ``ToolError`` as ``build_module`` does."""
        dialect = Dialect(free_format=self.free_format, options=("-O0", "-debug" if checked else "-fec=EC-BOUND"))
        module = build_module(self.text, self.entry, folder, dialect=dialect, copybooks=self.copybooks)
        module.limits = limits
        return module

    @property
    def alone(self) -> bool:
        """It is not to be compiled with others: it has several programs, or its end is marked."""
        return re.search(rb"END\s+PROGRAM", self.text, re.IGNORECASE) is not None


def built_together(texts: Sequence[Harness], folder: Path, limits: Limits) -> Mapping[int, Module]:
    """Modules by the identities of those of ``texts`` that GnuCOBOL compiles in one run."""
    found: dict[str, Harness] = {}
    for text in texts:
        fits = not text.copybooks and not text.free_format and not text.alone
        if fits and text.entry.upper() not in {entry.upper() for entry in found}:
            found[text.entry] = text
    if len(found) < 2:
        return {}
    whole = b"".join(text.text + f"       END PROGRAM {entry}.\n".encode() for entry, text in found.items())
    try:
        first = Harness(next(iter(found)), whole, {}, False, ()).build(folder, limits)
    except SourceErrors:
        return {}
    modules = {}
    for entry in found:
        path = first.path.with_name(f"{entry}.so")
        if not path.exists():
            path.symlink_to(first.path.name)
        modules[id(found[entry])] = Module(path, entry, limits)
    return modules


def call(which: int, state: bytes) -> tuple[bytes, bytes]:
    """The parameters of the entry; nothing may be behind the storage in ``state``."""
    return struct.pack("<i", which), state + bytes(_OWN_BYTES)


def harness(
    unit: Unit, program: Program, storage: Storage, ranges: Sequence[Range], files: Sequence[Sequence[Opened]] = ()
) -> Harness:
    """``files``: for each range, those that are open when it begins. Raises ``NoHarness`` where the program has what it
    does not own, or its text is not in one piece."""
    if reason := _foreign(unit, program, storage):
        raise NoHarness(reason)
    assert program.procedure is not None
    places = paragraphs(program)
    prefix = _free_prefix(storage.names)
    labels = {number: f"{prefix}-{number}" for each in ranges for number in each if not places[number][1].name}
    first = sum(len(section.paragraphs) for section in program.procedure.declaratives)
    performed = [_named(places, labels, each) for each in ranges]
    edits = [
        _header(program, prefix, storage),
        _entry(
            places[first], labels.pop(first, "") if not places[first][0].name else "", prefix, storage, performed, files
        ),
        *((places[number][1].span, [f"{label}."], 0) for number, label in labels.items()),
        *_leaving(unit, program, prefix),
    ]
    if any(span.file != unit.file for span, _, _ in edits):
        raise NoHarness("its procedure division is in a copybook")
    lines = _alone(unit, program)
    return Harness(
        _entry_name(lines, program.name),
        "\n".join([*_edited(lines, edits, unit.fixed), ""]).encode("latin-1"),
        _copybooks(unit),
        not unit.fixed,
        tuple(ranges),
    )


def is_called(unit: Unit, program: Program) -> bool:
    """It is run for another program: it is nested in one, or works on what lies there."""
    return bool(program.data.linkage) or not any(each is program for each in unit.programs)


def _foreign(unit: Unit, program: Program, storage: Storage) -> str:
    """Why its storage is not all its own, or its states cannot be set."""
    if program.procedure is None:
        return "it has no procedure division"
    if any(each.by == "VALUE" for each in program.procedure.using) or program.procedure.returning is not None:
        return "it has a parameter BY VALUE, or RETURNING"
    if any(slot.linked and slot.ahead for slot in storage.slots):
        return "a record of its LINKAGE SECTION has no name"
    if program.data.refused:
        return f"it has a {program.data.refused[0].name} SECTION"
    if program.environment.same_record_areas:
        return "files share their record areas"
    return "" if storage.slots else "it has no data"


def paragraphs(program: Program) -> list[tuple[Section, Paragraph]]:
    """All paragraphs by their numbers."""
    procedure = program.procedure
    if procedure is None:
        return []
    sections = (*procedure.declaratives, *procedure.sections)
    return [(section, paragraph) for section in sections for paragraph in section.paragraphs]


_Edit = tuple[Span, list[str], int]
"""Lines to put in before a place, and how many characters there they replace."""


def _alone(unit: Unit, program: Program) -> list[str]:
    """The lines of the file; of a program that is nested in another, only its own. Raises ``NoHarness`` where it has
    more of the other than its place."""
    lines = list(_lines(unit))
    if any(each is program for each in unit.programs):
        return lines
    for outer in unit.programs:
        special = outer.environment.special_names
        if special != SpecialNames(span=special.span) or outer.environment.collating:
            raise NoHarness("it is nested in a program with SPECIAL-NAMES")
    begin = program.span.line - 1
    ending = re.compile(rf"END\s+PROGRAM\s+[\"']?{re.escape(program.name)}(?![\w-])", re.IGNORECASE)
    end = next((at for at in range(begin, len(lines)) if ending.search(lines[at])), len(lines))
    return [line if begin <= at <= end else "" for at, line in enumerate(lines)]


def _header(program: Program, prefix: str, storage: Storage) -> _Edit:
    assert program.procedure is not None
    span, using = program.procedure.span, bool(program.procedure.using)
    numbers = f"05 {prefix}-NUMBER PIC S9(9) COMP-5 OCCURS {len(storage.numbers)}." if storage.numbers else ""
    largest = max(slot.size for slot in storage.slots)
    lines = [
        *([] if program.data.linkage else ["LINKAGE SECTION."]),
        f"01 {prefix}-WHICH PIC S9(9) COMP-5.",
        f"01 {prefix}-STATE.",
        f"05 {prefix}-AREA PIC X({storage.area}).",
        *([numbers] if numbers else []),
        f"05 {prefix}-POINTER USAGE POINTER.",
        f"01 {prefix}-BYTES PIC X({largest}).",
        f"PROCEDURE DIVISION USING {prefix}-WHICH {prefix}-STATE",
    ]
    found = _HEADER.match(span.line_text, span.column - 1)
    if found is None or using != bool(found[1]):
        raise NoHarness("PROCEDURE DIVISION does not stand in one line, with USING if it has that")
    return span, lines, len(found[0])


def _entry(
    place: tuple[Section, Paragraph],
    label: str,
    prefix: str,
    storage: Storage,
    performed: Sequence[str],
    files: Sequence[Sequence[Opened]],
) -> _Edit:
    """The entry before the first paragraph, which gets a name where it has none."""
    section, paragraph = place
    head = [f"{prefix}-SECTION SECTION."] if section.name else []
    opened = list(_opened(files, prefix, storage))
    lines = [
        *head,
        f"{prefix}-ENTRY.",
        *(line for slot in storage.slots if slot.linked for line in _linked(slot, prefix)),
        f"PERFORM {prefix}-INTO",
        *opened,
        *([f"PERFORM {prefix}-INTO"] if opened else []),
        f"EVALUATE {prefix}-WHICH",
        *(f"WHEN {at} {_performing(at, names, _sorting(files, at), prefix)}" for at, names in enumerate(performed, 1)),
        "END-EVALUATE",
        f"MOVE -1 TO {prefix}-WHICH GO TO {prefix}-OUT.",
        f"{prefix}-STOP. MOVE -2 TO {prefix}-WHICH GO TO {prefix}-OUT.",
        f"{prefix}-LEFT. MOVE -3 TO {prefix}-WHICH.",
        f"{prefix}-OUT.",
        *(line for slot in storage.slots if not slot.linked for line in _copied(slot, prefix, False)),
        *_numbers(storage, prefix, False),
        "GOBACK.",
        f"{prefix}-INTO. IF {prefix}-WHICH > 0",
        *(line for slot in storage.slots if not slot.linked for line in _copied(slot, prefix, True)),
        *_numbers(storage, prefix, True),
        "CONTINUE END-IF.",
        *(
            line
            for at, names in enumerate(performed, 1)
            for line in _procedures(at, names, _sorting(files, at), prefix, storage)
        ),
    ]
    if section.name:
        return section.span, lines, 0
    if not paragraph.name:
        lines.append(f"{label or f'{prefix}-FIRST'}.")
    return paragraph.span, lines, 0


def _opened(files: Sequence[Sequence[Opened]], prefix: str, storage: Storage) -> Iterator[str]:
    """Opens the files of the range; what is in the record areas then is written to those that are read."""
    found = []
    for at, some in enumerate(files, 1):
        lines = []
        for each in some:
            if each.filled and not each.sorts:
                missed = "INVALID KEY CONTINUE" if each.keyed else ""
                written = f"WRITE {each.record} {missed} END-WRITE"
                filled = f"PERFORM {_count(prefix, storage)} TIMES {written} END-PERFORM"
                lines.append(f"OPEN OUTPUT {each.file} {filled} CLOSE {each.file}")
            if each.opens:
                lines.append(f"OPEN {each.mode} {each.file}")
        found += [f"WHEN {at}", *lines] if lines else []
    if found:
        yield from (f"EVALUATE {prefix}-WHICH", *found, "END-EVALUATE")


def _count(prefix: str, storage: Storage) -> str:
    return f"{prefix}-NUMBER ({list(storage.numbers).index(RECORDS) + 1})"


def _sorting(files: Sequence[Sequence[Opened]], at: int) -> Opened | None:
    """The file that is being sorted when range number ``at``, from 1, begins."""
    return next((each for each in files[at - 1] if each.sorts), None) if files else None


def _performing(at: int, names: str, sorting: Opened | None, prefix: str) -> str:
    if sorting is None:
        return f"PERFORM {names}"
    return (
        f"SORT {sorting.file} ON ASCENDING KEY {sorting.record} "
        f"INPUT PROCEDURE IS {prefix}-TAKE-{at} OUTPUT PROCEDURE IS {prefix}-GIVE-{at}"
    )


def _procedures(at: int, names: str, sorting: Opened | None, prefix: str, storage: Storage) -> Iterator[str]:
    """Those of the SORT in which the range runs, if it needs one."""
    if sorting is None:
        return
    performed = f"PERFORM {prefix}-INTO PERFORM {names}."
    if sorting.mode == "RELEASE":
        yield from (f"{prefix}-TAKE-{at}. {performed}", f"{prefix}-GIVE-{at}. CONTINUE.")
    else:
        filled = f"PERFORM {_count(prefix, storage)} TIMES RELEASE {sorting.record} END-PERFORM."
        yield from (f"{prefix}-TAKE-{at}. {filled}", f"{prefix}-GIVE-{at}. {performed}")


def _leaving(unit: Unit, program: Program, prefix: str) -> Iterator[_Edit]:
    """STOP RUN and GOBACK bring the state back, where they stand in the text itself and have no status; so does EXIT
    PROGRAM in what others call."""
    assert program.procedure is not None
    has_caller = is_called(unit, program)
    for section in program.procedure.sections:
        for node in walk(section):
            match node:
                case Stop() | GoBack():
                    leaves = node.status is None
                case Exit(what="PROGRAM"):
                    leaves = has_caller
                case _:
                    leaves = False
            if leaves and node.span.file == unit.file:
                found = _LEAVING.match(node.span.line_text, node.span.column - 1)
                if found is not None:
                    yield node.span, [f"GO TO {prefix}-{'STOP' if found[1] else 'LEFT'}"], len(found[0])


def _linked(slot: Slot, prefix: str) -> Iterator[str]:
    """A record of the LINKAGE SECTION lies where the state lies."""
    yield f"SET {prefix}-POINTER TO ADDRESS OF {prefix}-AREA"
    if slot.offset:
        yield f"SET {prefix}-POINTER UP BY {slot.offset}"
    yield f"SET ADDRESS OF {slot.address} TO {prefix}-POINTER"


def _copied(slot: Slot, prefix: str, into: bool) -> Iterator[str]:
    whole, part = f"{prefix}-AREA ({slot.offset + 1}:{slot.size})", f"{prefix}-BYTES (1:{slot.size})"
    yield f"SET {prefix}-POINTER TO ADDRESS OF {slot.address}"
    if slot.ahead:
        yield f"SET {prefix}-POINTER DOWN BY {slot.ahead}"
    yield f"SET ADDRESS OF {prefix}-BYTES TO {prefix}-POINTER"
    yield f"MOVE {whole} TO {part}" if into else f"MOVE {part} TO {whole}"


def _numbers(storage: Storage, prefix: str, into: bool) -> Iterator[str]:
    for at, name in enumerate(storage.numbers, 1):
        if name == RECORDS:
            continue
        number = f"{prefix}-NUMBER ({at})"
        verb = "MOVE" if name in ("RETURN-CODE", "TALLY") else "SET"
        to, value = (name, number) if into else (number, name)
        yield f"MOVE {value} TO {to}" if verb == "MOVE" else f"SET {to} TO {value}"


def _named(places: Sequence[tuple[Section, Paragraph]], labels: Mapping[int, str], wanted: Range) -> str:
    """What PERFORM calls the range: its section where it is all of one, as EXIT SECTION is seen then."""
    begin, end = wanted
    section = places[begin][0]
    numbers = [at for at, (each, _) in enumerate(places) if each is section]
    if section.name and (numbers[0], numbers[-1]) == wanted:
        return section.name

    def name(number: int) -> str:
        around, paragraph = places[number]
        if not paragraph.name:
            return labels[number]
        return f"{paragraph.name} OF {around.name}" if around.name else paragraph.name

    return name(begin) if begin == end else f"{name(begin)} THRU {name(end)}"


def _free_prefix(names: Names) -> str:
    """The beginning of names that the program does not have."""
    taken = {*names.declared, *names.paragraphs, *names.sections, *names.files}
    number = 0
    while any(name.startswith(f"DIFF{number}-") for name in taken):
        number += 1
    return f"DIFF{number}"


# The text


def _entry_name(lines: Sequence[str], name: str) -> str:
    """``name`` as it is written: GnuCOBOL tells capitals apart."""
    pattern = re.compile(rf"PROGRAM-ID[\s.]*[\"']?({re.escape(name)})(?![\w-])", re.IGNORECASE)
    found = pattern.search("\n".join(lines))
    return found[1] if found else name


def _lines(unit: Unit) -> tuple[str, ...]:
    """The file as it was read: a character for each byte."""
    if all(line.isascii() for line in unit.lines):
        return unit.lines
    path = Path(unit.file)
    if path.is_file():
        return source_bytes(path.read_bytes(), unit.file).lines
    return source_text("\n".join(unit.lines), unit.file).lines


def _edited(lines: list[str], edits: Sequence[_Edit], fixed: bool) -> list[str]:
    for span, added, replaced in sorted(edits, key=lambda edit: (edit[0].line, edit[0].column), reverse=True):
        line = lines[span.line - 1]
        before, after = line[: span.column - 1], line[span.column - 1 + replaced :]
        blanks = re.sub(r"[^\t]", " ", line[: span.column - 1 + replaced])
        wrapped = [piece for each in added for piece in _wrapped(each)]
        kept = [before] if before[7 if fixed else 0 :].strip() else []
        lines[span.line - 1 : span.line] = [*kept, *wrapped, blanks + after]
    return lines


def _wrapped(line: str) -> list[str]:
    """In the columns that count, whatever the format."""
    return textwrap.wrap(
        line, 60, initial_indent=" " * 7, subsequent_indent=" " * 11, break_long_words=False, break_on_hyphens=False
    )


def _copybooks(unit: Unit) -> dict[str, bytes]:
    """By the names that GnuCOBOL looks for."""
    found: dict[str, bytes] = {}
    for book in unit.copybooks:
        path = Path(book.path)
        content = path.read_bytes()
        if Path(book.name).name != book.name:
            raise NoHarness(f"the copybook '{book.name}' is in a folder of its own")
        name = book.name if "." in book.name else book.name + path.suffix
        if found.setdefault(name, content) != content:
            raise NoHarness(f"there are several copybooks '{book.name}'")
    return found
