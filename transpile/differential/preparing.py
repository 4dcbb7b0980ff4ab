"""A program, the Python made of it, and the module that GnuCOBOL is to make: all that does not depend on a state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from transpile.cobol.programs import Program
from transpile.differential.harness import Harness, NoHarness, Range, harness, paragraphs
from transpile.differential.reach import REGISTERS, OutOfReach, Reach, reach
from transpile.differential.states import Storage, storage_of
from transpile.errors import SourceError
from transpile.python.correspondence import Correspondence, Method
from transpile.python.emitter import Module
from transpile.restructure.program import Restructured


@dataclass(frozen=True, slots=True)
class NotRun:
    reason: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A program and the Python made of it. ``ranges`` are all that have a method, if None."""

    found: Restructured
    name: str
    module: Module
    ranges: tuple[Range, ...] | None = None


@dataclass(frozen=True, slots=True)
class Reachable:
    found: Reach
    method: Method


@dataclass(frozen=True, slots=True)
class Prepared:
    """``harness`` performs those of ``ranges`` that are reachable, in their order; None where there are none."""

    subject: Subject
    program: Program
    made: Correspondence
    storage: Storage
    ranges: Mapping[Range, Reachable | NotRun]
    harness: Harness | None

    @property
    def reachable(self) -> list[tuple[Range, Reachable]]:
        return [(each, what) for each, what in self.ranges.items() if isinstance(what, Reachable)]

    @property
    def entry(self) -> str:
        """The method that runs the program."""
        program = self.made.program
        named = zip(program.functions, self.made.methods, strict=True)
        return next(method.name for function, method in named if function.name == program.entry)

    @property
    def places(self) -> dict[int, str]:
        """The Python of elementary items, by their identity."""
        return _places(self.subject.found, self.made)

    def refused(self, reason: str) -> Mapping[Range, NotRun]:
        """What cannot be run at all."""
        return {each: what if isinstance(what, NotRun) else NotRun(reason) for each, what in self.ranges.items()}


def prepare(subject: Subject) -> Prepared | Mapping[Range, NotRun]:
    """Or, where nothing can be run, why not."""
    program = subject.found.unit.program(subject.name)
    made = next(each for each in subject.module.classes if each.program.origin == program.name)
    wanted = subject.ranges
    if wanted is None:
        wanted = tuple(each.paragraphs for each in made.methods if each.paragraphs is not None)
    try:
        registers = {record.root.origin for record in made.program.records}
        storage = storage_of(program, tuple(name for name in REGISTERS if name in registers))
    except SourceError as error:
        return {each: NotRun(error.message) for each in wanted}
    places = _places(subject.found, made)
    ranges = {each: _reachable(program, made, storage, places, each) for each in wanted}
    prepared = Prepared(subject, program, made, storage, ranges, None)
    try:
        files = [tuple(what.found.files.values()) for _, what in prepared.reachable]
        text = harness(subject.found.unit, program, storage, [each for each, _ in prepared.reachable], files)
    except NoHarness as error:
        return prepared.refused(str(error))
    return replace(prepared, harness=text) if prepared.reachable else prepared.refused("")


def _reachable(
    program: Program, made: Correspondence, storage: Storage, places: Mapping[int, str], wanted: Range
) -> Reachable | NotRun:
    method = made.method(wanted)
    if method is None:
        return NotRun("there is no method for it")
    try:
        found = reach(storage, paragraphs(program), *wanted)
    except OutOfReach as error:
        return NotRun(str(error))
    for each in found.files.values():
        if each.file not in made.files or (each.random and id(each.number) not in places):
            return NotRun(f"the Python has no place for the file {each.file}, or for its key")
    return Reachable(found, method)


def _places(found: Restructured, made: Correspondence) -> dict[int, str]:
    return {
        id(found.laid[number].item): place
        for number, place in made.places.items()
        if number in found.laid and number not in made.counters
    }
