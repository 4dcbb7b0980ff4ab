"""Small programs whose paragraphs run on one record: in GnuCOBOL, and in the machine with constants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from textwrap import dedent

import pytest
import z3

from transpile.cobol.checking import check
from transpile.cobol.options import Options
from transpile.cobol.parse import parse_text
from transpile.legacy.fields import Field
from transpile.legacy.types import Number as NumberType
from transpile.restructure.program import restructured
from transpile.solvers.cobol.machine import CobolMachine, machine
from transpile.solvers.storage.cells import Layout, layout_of
from transpile.solvers.storage.coding import Codings, coding_of
from transpile.solvers.storage.steps import Answer, End, Event, Head, Path, Reached
from transpile.solvers.storage.storage import Elements, Storage, fresh
from transpile.solvers.storage.values import Text, Truth, known, known_text, text


class Simplifying:
    """Enough for constants."""

    def possible(self, conditions: tuple[Truth, ...]) -> bool:
        solver = z3.Solver()
        solver.set(rlimit=2_000_000)
        return bool(solver.check(*conditions) != z3.unsat)

    def certain(self, conditions: tuple[Truth, ...], consequence: Truth) -> bool:
        return not self.possible((*conditions, z3.Not(consequence)))


@dataclass(frozen=True, slots=True)
class Ran:
    """What is in the record afterwards, what was displayed, and the kind of the event that it ended with."""

    record: bytes
    shown: bytes
    end: str


@dataclass(slots=True)
class Built:
    """A program: its machine and its text."""

    text: str
    machine: CobolMachine
    layout: Layout
    codings: Codings = field(default_factory=Codings)
    _blank: Storage | None = None

    @property
    def root(self) -> Field:
        found = next(each for each in self.machine.scene.fields.values() if each.origin == "R")
        return found

    @property
    def fields(self) -> Mapping[str, Field]:
        scene = self.machine.scene
        return {each.origin: each for each in (*scene.fields.values(), *scene.indexes.values())}

    def paragraph(self, name: str) -> int:
        stops = self.machine.scene.paragraphs
        return next(at for at, each in enumerate(stops) if each.paragraph.name == name)

    def storage(self, record: bytes | None = None) -> Storage:
        """Of which nothing is known, but for the record."""
        made, _ = fresh(self.layout, self.codings, "x")
        return made if record is None else made.put_bytes(self.root.number, 0, text(record))

    def start(self, name: str, storage: Storage | None = None, last: str = "") -> list[Reached]:
        given = self.storage() if storage is None else storage
        numbers = self.paragraph(name), self.paragraph(last or name)
        return self.machine.start(numbers, given, Path(Simplifying()))

    def run(self, name: str, record: bytes) -> Ran:
        """All inputs are constants: there is one way."""
        (at,) = self.start(name, self._constant(record))
        shown = b""
        for _ in range(10_000):
            match at.at:
                case End():
                    break
                case Event(kind="display", options=options, values=(Text() as value,)):
                    content = known_text(value)
                    assert content is not None, value
                    shown += content + (b"\n" if options == ("newline",) else b"")
                    (at,) = self.machine.advance(at, Answer())
                case Event(kind="perform"):
                    (at,) = self.machine.enter(at)
                case Head():
                    (at,) = self.machine.advance(at, Answer())
                case Event(kind=kind):
                    return Ran(self._bytes(at.storage), shown, kind)
        return Ran(self._bytes(at.storage), shown, "end")

    def _constant(self, record: bytes) -> Storage:
        """Tables are constant arrays that get their elements."""
        if self._blank is None:
            self._blank = self._zeros()
        return self._blank.put_bytes(self.root.number, 0, text(record))

    def _zeros(self) -> Storage:
        made = self.storage()
        for cell in made.layout.cells[self.root.number]:
            if cell.counts:
                parts = 1 if cell.number is not None else cell.size
                made = made.having(cell, Elements(tuple(z3.K(z3.IntSort(), z3.IntVal(0)) for _ in range(parts))))
        return made

    def _bytes(self, storage: Storage) -> bytes:
        size = self.layout.sizes[self.root.number]
        found = [known(each) for each in storage.bytes(self.root.number, 0, size).chars]
        assert None not in found, [n for n, each in enumerate(found) if each is None]
        return bytes(each for each in found if each is not None)

    def plain(self, record: bytes) -> bytes:
        """The record with the numbers in it written anew: GnuCOBOL keeps the sign of a zero."""
        made = bytearray(record)
        for cell in self.layout.cells[self.root.number]:
            if cell.field is None or not isinstance(cell.field.type, NumberType):
                continue
            coding = coding_of(cell.field)
            for start, _ in cell.starts():
                value = self.codings.decode(coding, text(record[start : start + cell.size]))
                again = self.codings.encode(coding, value)
                if self.codings.holds_digits(coding, again):
                    made[start : start + cell.size] = known_text(again) or b""
        return bytes(made)


def _program(record: str, paragraphs: Mapping[str, str], storage: str = "") -> str:
    """A module that gets the number of a paragraph, from 1, and a record ``R`` for it to work on."""
    lines = ["IDENTIFICATION DIVISION.", "PROGRAM-ID. T.", "DATA DIVISION.", "WORKING-STORAGE SECTION."]
    lines += [dedent(storage), "LINKAGE SECTION.", "01 CHOICE PIC 9(4).", "01 R.", dedent(record)]
    lines += ["PROCEDURE DIVISION USING CHOICE R.", "CHOOSE.", "EVALUATE CHOICE"]
    lines += [f"WHEN {at} PERFORM {name}" for at, name in enumerate(paragraphs, 1)]
    lines += ["END-EVALUATE.", "GOBACK."]
    for name, statements in paragraphs.items():
        lines += [f"{name}.", dedent(statements)]
    return "\n".join(lines) + "\n"


def _built(content: str) -> Built:
    unit = parse_text(content, "t.cob", Options(format="free"))
    check(unit)
    made = restructured(unit)
    return Built(content, machine(made, unit.programs[0], made.programs[0]), layout_of(made.programs[0]))


@pytest.fixture
def built() -> Callable[[str], Built]:
    return _built


@pytest.fixture
def program() -> Callable[..., str]:
    return _program


@pytest.fixture
def paragraph() -> Callable[..., Built]:
    """A program with the paragraph P, those after it by name, and working storage."""

    def make(storage: str, statements: str, **others: str) -> Built:
        return _built(_program("05 FILLER PIC X.", {"P": statements, **others}, storage))

    return make
