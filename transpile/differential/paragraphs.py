"""Paragraphs of a COBOL program against the methods made of them: the same storage goes into both, and what is there
afterwards, and what was displayed, must be the same.

``compare`` runs GnuCOBOL's module of the program and the emitted Python, each in a process of its own, on states at the
bounds and at random; on all states where few values count. ``NotRun`` says what is out of reach of such runs.
"""

from __future__ import annotations

import itertools
import random
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from transpile.cobol.programs import Program
from transpile.differential.ends import End, SideBySide
from transpile.differential.harness import Harness, NoHarness, Range, harness, paragraphs
from transpile.differential.methods import Matched, Methods, match
from transpile.differential.reach import REGISTERS, OutOfReach, Reach, reach
from transpile.differential.states import Storage, storage_of
from transpile.differential.values import Cell, Drawing, cells_of, domains
from transpile.emulators.cuda.bounded import Limits
from transpile.errors import SourceError, SourceErrors
from transpile.python.correspondence import Correspondence, Method
from transpile.python.emitter import Module
from transpile.restructure.program import Restructured

VALID = "numeric items hold digits, within their PICTURE"


_COBOL = Limits(wall_s=0.5, output_bytes=4 << 20)
_PYTHON = Limits(wall_s=2.0, output_bytes=4 << 20)


@dataclass(frozen=True, slots=True)
class Settings:
    """``exhaustive``: so many combinations of values are tried one by one. A module that ends the run is started again
    at most ``restarts`` times for each range. ``folder`` keeps what GnuCOBOL builds."""

    states: int = 100
    exhaustive: int = 20_000
    seed: int = 0
    restarts: int = 8
    cobol: Limits = _COBOL
    python: Limits = _PYTHON
    folder: Path | None = None


USUAL_SETTINGS = Settings()


@dataclass(frozen=True, slots=True)
class Changed:
    """What an item is afterwards, in COBOL and in Python."""

    item: str
    cobol: str
    python: str


@dataclass(frozen=True, slots=True)
class Difference:
    """``given`` are the items that are not as at the start of the program: with fewer of them nothing differs.
    ``state`` is all of them as bytes."""

    given: tuple[tuple[str, str], ...]
    changed: tuple[Changed, ...]
    state: bytes = field(repr=False, default=b"")

    def __str__(self) -> str:
        given = ", ".join(f"{name} = {value}" for name, value in self.given) or "at the start of the program"
        changed = "; ".join(f"{each.item}: COBOL {each.cobol}, Python {each.python}" for each in self.changed)
        return f"{given} → {changed}"


@dataclass(frozen=True, slots=True)
class Compared:
    """``runs``: states on which both ran and were compared. ``dropped``: those that say nothing, as COBOL itself went
    out of its tables or did not end. ``exhaustive``: these were all values of what the range reads, under
    ``assumptions``. ``unseen``: items that have no place in the Python, for whatever reason."""

    runs: int
    dropped: int = 0
    exhaustive: bool = False
    difference: Difference | None = None
    assumptions: tuple[str, ...] = (VALID,)
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotRun:
    reason: str


Outcome: TypeAlias = Compared | NotRun


@dataclass(frozen=True, slots=True)
class Subject:
    """A program and the Python made of it. ``ranges`` are all that have a method, if None."""

    found: Restructured
    name: str
    module: Module
    ranges: tuple[Range, ...] | None = None


def compare(
    found: Restructured,
    name: str,
    module: Module,
    ranges: Iterable[Range] | None = None,
    settings: Settings = USUAL_SETTINGS,
) -> Mapping[Range, Outcome]:
    """What became of each of ``ranges`` (pairs of numbers of paragraphs) of the program ``name``. Raises ``ToolError``
    without GnuCOBOL."""
    return compare_subject(Subject(found, name, module, None if ranges is None else tuple(ranges)), settings)


def compare_subject(subject: Subject, settings: Settings = USUAL_SETTINGS) -> Mapping[Range, Outcome]:
    prepared = _prepared(subject)
    reachable = [each for each, what in prepared.ranges.items() if isinstance(what, _Reachable)]
    outcomes: dict[Range, Outcome] = {each: what for each, what in prepared.ranges.items() if isinstance(what, NotRun)}
    if reachable:
        outcomes |= _run(subject, prepared, reachable, settings)
    return {each: outcomes[each] for each in prepared.ranges}


@dataclass(frozen=True, slots=True)
class _Reachable:
    found: Reach
    method: Method


@dataclass(frozen=True, slots=True)
class _Prepared:
    program: Program
    made: Correspondence
    storage: Storage | None
    ranges: Mapping[Range, _Reachable | NotRun]


def _prepared(subject: Subject) -> _Prepared:
    program = subject.found.unit.program(subject.name)
    made = next(each for each in subject.module.classes if each.program.origin == program.name)
    wanted = subject.ranges
    if wanted is None:
        wanted = tuple(each.paragraphs for each in made.methods if each.paragraphs is not None)
    try:
        registers = {record.root.origin for record in made.program.records}
        storage = storage_of(program, tuple(name for name in REGISTERS if name in registers))
    except SourceError as error:
        return _Prepared(program, made, None, {each: NotRun(error.message) for each in wanted})
    places = paragraphs(program)
    ranges: dict[Range, _Reachable | NotRun] = {}
    for each in wanted:
        method = made.method(each)
        try:
            ranges[each] = (
                _Reachable(reach(storage, places, *each), method)
                if method is not None
                else NotRun("there is no method for it")
            )
        except OutOfReach as error:
            ranges[each] = NotRun(str(error))
    return _Prepared(program, made, storage, ranges)


def _run(
    subject: Subject, prepared: _Prepared, reachable: Sequence[Range], settings: Settings
) -> Mapping[Range, Outcome]:
    storage = prepared.storage
    assert storage is not None
    try:
        made = harness(subject.found.unit, prepared.program, storage, reachable)
    except NoHarness as error:
        return {each: NotRun(str(error)) for each in reachable}
    with ExitStack() as stack:
        folder = settings.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="transpile-")))
        try:
            side_by_side = stack.enter_context(_side_by_side(subject, prepared, storage, made, folder, settings))
        except SourceErrors as error:
            return {each: NotRun(f"GnuCOBOL refuses the program: {error.errors[0].message}") for each in reachable}
        base = side_by_side.start()
        return {
            each: _Comparison(side_by_side, storage, base, what.found, at, settings).outcome()
            for at, each in enumerate(reachable)
            if isinstance(what := prepared.ranges[each], _Reachable)
        }


def _side_by_side(
    subject: Subject, prepared: _Prepared, storage: Storage, made: Harness, folder: Path, settings: Settings
) -> SideBySide:
    matched: Matched = match(subject.found, prepared.made, storage)
    methods = [each.method for each in prepared.ranges.values() if isinstance(each, _Reachable)]
    program = prepared.made.program
    entry = next(each.name for each in prepared.made.methods if each.origin == _origin_of_entry(program))
    running = Methods(
        subject.module, prepared.made, matched, [each.name for each in methods], storage.size, settings.python
    )
    return SideBySide(
        made.build(folder, settings.cobol),
        lambda: made.build(folder, settings.cobol, checked=True),
        running,
        matched,
        storage,
        frozenset(at for at, each in enumerate(methods) if each.name == entry),
        bool(prepared.program.data.local_storage),
    )


def _origin_of_entry(program: object) -> str:
    functions = getattr(program, "functions", ())
    return next(str(each.origin) for each in functions if each.name == getattr(program, "entry", None))


@dataclass(slots=True)
class _Comparison:
    """One range."""

    both: SideBySide
    storage: Storage
    base: bytes
    found: Reach
    which: int
    settings: Settings
    alike: set[str] = field(default_factory=set)

    def outcome(self) -> Compared:
        states, exhaustive = self._states()
        runs = dropped = 0
        restarts = self.settings.restarts
        for state, end in self.both.ends(self.which, states, restarts):
            restarts -= end.restarted
            self.alike |= end.alike
            if end.drops:
                dropped += 1
            elif end.differs and not self.both.sound(self.which, state):
                dropped += 1
                restarts -= 1
            elif end.differs:
                return self._compared(runs + 1, dropped, False, self._difference(state, end))
            else:
                runs += 1
        return self._compared(runs, dropped, exhaustive and restarts >= 0, None)

    def _compared(self, runs: int, dropped: int, exhaustive: bool, difference: Difference | None) -> Compared:
        limited = [
            f"{item.name} is {low} to {high}"
            for key, (low, high) in self.found.limits.items()
            if (item := self.found.mentioned.get(key)) is not None
        ]
        limited += [f"{name} is 1 to {high}" for name, high in self.found.numbers.items()]
        limited += sorted(self.alike)
        return Compared(runs, dropped, exhaustive, difference, (VALID, *limited), self.both.matched.missing)

    def _states(self) -> tuple[Iterator[bytes], bool]:
        """The states to run, and whether these are all that count."""
        cells = cells_of(self.storage, self.found)
        drawing = Drawing(self.base, cells, self.found, random.Random(self.settings.seed))
        read = cells_of(self.storage, self.found, read=True)
        every = domains(read, self.settings.exhaustive) if not _overlap(read) else None
        if every is None:
            return drawing.states(self.settings.states), False
        return drawing.every(read, every), True

    def _difference(self, state: bytes, end: End) -> Difference:
        """With as many items as possible as at the start; not where each try would take all its time."""
        cells = cells_of(self.storage, self.found)
        late = end.python is not None and end.python.how == "late"
        for cell in () if late else cells:
            part = slice(cell.at, cell.at + cell.size)
            if state[part] != self.base[part]:
                simpler = state[: cell.at] + self.base[part] + state[cell.at + cell.size :]
                if self._differs(simpler):
                    state = simpler
        if not late:
            end = next(end for _, end in self.both.ends(self.which, [state]))
        given = []
        for cell in cells:
            part = slice(cell.at, cell.at + cell.size)
            if state[part] != self.base[part]:
                given.append((cell.name, cell.show(state[part])))
        return Difference(
            tuple(dict(given).items()), tuple(Changed(*each) for each in end.changes(self.storage)), state
        )

    def _differs(self, state: bytes) -> bool:
        end = next(end for _, end in self.both.ends(self.which, [state]))
        return not end.drops and end.differs and self.both.sound(self.which, state)


def _overlap(cells: Sequence[Cell]) -> bool:
    ranges = sorted((cell.at, cell.at + cell.size) for cell in cells)
    return any(first[1] > second[0] for first, second in itertools.pairwise(ranges))
