"""The same Python twice: run, and by the machine with inputs that are all known; and what both leave."""

from __future__ import annotations

import contextlib
import functools
import io
import itertools
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from unittest import mock

import z3

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_text
from transpile.legacy.fields import Field
from transpile.legacy.types import Number as NumberType
from transpile.python.correspondence import Correspondence
from transpile.python.emitter import Module, emit
from transpile.python.rules import cobol_programs, cobol_rules
from transpile.python.rules.cobol_rules import SizeError
from transpile.restructure.program import restructure
from transpile.solvers.python.machine import PythonMachine
from transpile.solvers.storage.cells import Layout, layout_of
from transpile.solvers.storage.coding import Codings
from transpile.solvers.storage.steps import Answer, End, Event, Head, Path, Reached
from transpile.solvers.storage.storage import Storage, fresh
from transpile.solvers.storage.values import NoTerm, Number, Text, known, known_text, text

PROBE = """\
       IDENTIFICATION DIVISION.
       PROGRAM-ID. PROBE.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01 WHOLES.
           05 N1 PIC 9(3).
           05 N2 PIC S9(5).
           05 N3 PIC S9(4) COMP-5.
       01 EXACTS.
           05 D1 PIC S9(5)V99.
           05 D2 PIC 9(3)V9(4).
           05 D3 PIC S9(5)V99.
       01 TEXTS.
           05 T1 PIC X(6).
           05 T2 PIC X(3).
       01 TABLES.
           05 ROWS OCCURS 4.
               10 GRID PIC S9(4) OCCURS 3.
               10 TAG PIC X(4).
       01 SHARED-BYTES.
           05 S1 PIC 9(4).
           05 S2 PIC S9(3)V99 COMP-3.
           05 S3 PIC S9(4) COMP.
           05 S4 PIC X(5).
           05 S5 PIC S99 OCCURS 3.
       01 SHARED-TEXT REDEFINES SHARED-BYTES PIC X(20).
       01 LINE-AREA.
           05 L1 PIC X(3).
           05 L2 PIC 9(4).
           05 FILLER PIC X.
           05 L3 PIC ZZ9.9-.
           05 LINE-GROUP.
               10 L4 PIC 9(2).
               10 L5 PIC S9(2)V9.
       01 I PIC 99.
       01 J PIC 99.
       PROCEDURE DIVISION.
       MAIN-PART.
           PERFORM WORK.
           PERFORM SECOND-PART.
           MOVE LINE-AREA TO T1.
           MOVE LINE-GROUP TO T1.
           STOP RUN.
       WORK.
           ADD 1 TO N1.
       SECOND-PART.
           ADD 2 TO N1.
"""
WORK = (1, 1)
"""The paragraph whose method is written anew."""
_OLD = "        self.wholes.n1 = (self.wholes.n1 + 1) % 1000\n"
_RULES = [name for name, each in vars(cobol_rules).items() if callable(each) and name[0] != "_" and name != "Number"]
_HEAD = f"""\
from contextlib import suppress
from cobol_rules import {", ".join(sorted({*_RULES} - {"Any", "Decimal", "Iterable", "Sequence", "dataclass"}))}
from cobol_functions import integer, integer_part, lower_case, upper_case
from cobol_console import accept
from cobol_programs import Left
"""


class Everything:
    """Knows what is certain, of conditions that are constants; others are a question too many."""

    def possible(self, conditions: tuple[z3.BoolRef, ...]) -> bool:
        raise AssertionError(f"not known: {conditions[-1]}")

    def certain(self, conditions: tuple[z3.BoolRef, ...], consequence: z3.BoolRef) -> bool:
        raise AssertionError(f"not known: {consequence}")


@functools.cache
def probe() -> Module:
    (program,) = restructure(parse_text(PROBE, Options(format="fixed")))
    return emit(program)


def written(body: str) -> str:
    """The module of ``PROBE`` with another method for the paragraph WORK."""
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    text = probe().text
    assert text.count(_OLD) == 1
    return text.replace(_OLD, lines).replace("from decimal import Decimal\n", "from decimal import Decimal\n" + _HEAD)


@dataclass(frozen=True)
class Left:
    """What a run left: ``how`` it ended, what it printed, and its fields by name and subscripts."""

    how: str
    printed: str
    fields: dict[str, int | Decimal | str]


# Run


def load(text: str) -> types.ModuleType:
    module = types.ModuleType(f"emitted_{next(_numbers)}")
    sys.modules[module.__name__] = module
    code = text.replace("from cobol_", "from transpile.python.rules.cobol_")
    exec(compile(code, module.__name__, "exec"), vars(module))
    del sys.modules[module.__name__]
    return module


_numbers = itertools.count()


def executed(text: str, method: str, given: str = "", stdin: str = "") -> Left:
    """``given`` are statements that set fields of ``self`` first."""
    correspondence = probe().classes[-1]
    program = getattr(load(text), correspondence.class_name)()
    exec(given, {"self": program, "Decimal": Decimal})
    printed = io.StringIO()
    how = "end"
    with contextlib.redirect_stdout(printed), mock.patch("sys.stdin", io.StringIO(stdin)):
        try:
            getattr(program, method)()
        except SystemExit as stopped:
            how = f"stop {stopped.code or 0}"
        except (IndexError, SizeError, ZeroDivisionError, ValueError) as error:
            how = f"error {type(error).__name__}"
        except cobol_programs.Left:
            how = "leave"
    return Left(how, printed.getvalue(), dict(fields_of(correspondence, program)))


def record_after(text: str, method: str, given: str) -> object:
    """The record SHARED-BYTES when ``method`` is through."""
    program = getattr(load(text), probe().classes[-1].class_name)()
    exec(given, {"self": program, "Decimal": Decimal})
    getattr(program, method)()
    return program.shared_bytes


def fields_of(correspondence: Correspondence, program: object) -> Iterator[tuple[str, int | Decimal | str]]:
    for field in _fields(correspondence):
        for place in _places(correspondence, field):
            yield place, eval(place, {"self": program})


def _fields(correspondence: Correspondence) -> Iterator[Field]:
    roots = [top for record in correspondence.program.records for top in (record.root, *record.overlays)]
    waiting = list(roots)
    while waiting:
        field = waiting.pop()
        waiting += field.members
        if field.number in correspondence.places and field.number not in correspondence.counters:
            yield field


def _places(correspondence: Correspondence, field: Field) -> Iterator[str]:
    for at in itertools.product(*(range(each.count) for each in field.dimensions)):
        yield correspondence.places[field.number].format(*at)


# By the machine


def modelled(text: str, paragraphs: tuple[int, int], given: str = "", stdin: str = "") -> Left:
    """Raises NoTerm for what has no meaning."""
    correspondence = probe().classes[-1]
    machine = PythonMachine(text, correspondence)
    found = machine.start(paragraphs, _given(given), Path(Everything()))
    return Walk(machine, stdin.splitlines()).to_the_end(found, correspondence)


@functools.cache
def _given(given: str) -> Storage:
    correspondence = probe().classes[-1]
    program = getattr(load(probe().text), correspondence.class_name)()
    exec(given, {"self": program, "Decimal": Decimal})
    return storage_of(correspondence, program, layout_of(correspondence.program))


@dataclass
class Walk:
    machine: PythonMachine
    lines: list[str]
    printed: str = ""
    events: int = 0

    def to_the_end(self, found: list[Reached], correspondence: Correspondence | None = None, most: int = 500) -> Left:
        for _ in range(most):
            (reached,) = found
            match reached.at:
                case End():
                    return self._left("end", reached, correspondence)
                case Event(kind="stop", values=(Number(units=code),)):
                    return self._left(f"stop {known(code)}", reached, correspondence)
                case Event(kind="error", name=name):
                    return self._left(f"error {name}", reached, correspondence)
                case Event(kind="leave"):
                    return self._left("leave", reached, correspondence)
            found = self._further(reached)
        raise TimeoutError

    def _further(self, reached: Reached) -> list[Reached]:
        match reached.at:
            case Head():
                return self.machine.advance(reached, Answer())
            case Event(kind="perform"):
                return self.machine.enter(reached)
            case Event(kind="display", values=(Text() as shown,), options=(ending, *_)):
                data = known_text(shown)
                assert data is not None, shown
                self.printed += data.decode("latin-1") + ("\n" if ending else "")
                return self.machine.advance(reached, Answer())
            case Event(kind="accept", results=(int(size),)):
                line = self.lines.pop(0) if self.lines else ""
                return self.machine.advance(reached, Answer(results=(text(line[:size].ljust(size)),)))
        raise NoTerm(f"the event {reached.at}")

    def _left(self, how: str, reached: Reached, correspondence: Correspondence | None) -> Left:
        fields = {} if correspondence is None else dict(_contents(correspondence, reached.storage))
        return Left(how, self.printed, fields)


def storage_of(correspondence: Correspondence, program: object, layout: Layout) -> Storage:
    """What ``program`` holds, as constants."""
    storage, _ = fresh(layout, Codings(), "nothing")
    for field in _fields(correspondence):
        if layout.roots[field.number].root.number in correspondence.areas:
            continue
        for at in itertools.product(*(range(each.count) for each in field.dimensions)):
            value = eval(correspondence.places[field.number].format(*at), {"self": program})
            subscripts = tuple(z3.IntVal(each) for each in at)
            storage = storage.write(field, _term(field, value), subscripts)
    for number, place in correspondence.areas.items():
        storage = storage.put_bytes(number, 0, text(eval(place, {"self": program}).text))
    return storage


def _term(field: Field, value: int | Decimal | str) -> Number | Text:
    if isinstance(value, str):
        return text(value)
    assert isinstance(field.type, NumberType)
    return Number(z3.IntVal(cobol_rules.unscaled(value, field.type.scale)), field.type.scale)


def _contents(correspondence: Correspondence, storage: Storage) -> Iterator[tuple[str, int | Decimal | str]]:
    for field in _fields(correspondence):
        for at in itertools.product(*(range(each.count) for each in field.dimensions)):
            value = storage.read(field, tuple(z3.IntVal(each) for each in at))
            place = correspondence.places[field.number].format(*at)
            if isinstance(value, Text):
                data = known_text(value)
                assert data is not None, place
                yield place, data.decode("latin-1")
            else:
                units = known(value.units)
                assert units is not None, (place, z3.simplify(value.units))
                yield place, cobol_rules.scaled(units, value.scale) if value.scale else units
