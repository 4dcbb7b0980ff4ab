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
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

from transpile.differential.ends import End, SideBySide
from transpile.differential.harness import Range, built_together, is_called
from transpile.differential.inputs import typed
from transpile.differential.listening import Listener
from transpile.differential.literals import Literals, literals
from transpile.differential.methods import Methods, OpenFiles, Ran, match
from transpile.differential.preparing import NotRun, Prepared, Subject, prepare
from transpile.differential.reach import Reach
from transpile.differential.samples import Naming, Sample, chosen, naming
from transpile.differential.solving import Item, Solving, Variable, typed_variables
from transpile.differential.states import RECORDS, Storage
from transpile.differential.values import SIMPLE, Cell, Drawing, cells_of, domains
from transpile.emulators.cobol.modules import Module as CobolModule
from transpile.emulators.cuda.bounded import Limits
from transpile.errors import SourceErrors
from transpile.python.emitter import Module
from transpile.restructure.program import Restructured

VALID = "numeric items hold digits, within their PICTURE"
FILES = (
    "its files are open as the program opens them, or closed where it opens them itself; those that it reads have up "
    "to two records, each as in the record area; of what it writes the record area is compared"
)


UNSOUND = 40
"""After so many states on which the two differ, but COBOL does what means nothing, there are no more."""
_PROBES, _PROBES_EACH, _PROBES_IN_ALL = 600, 10, 2000
"""Runs in search of states: of one range at most, at least, and of all if they are no more than that."""
_COBOL = Limits(wall_s=0.5, output_bytes=4 << 20)
_PYTHON = Limits(wall_s=2.0, output_bytes=8 << 20)


@dataclass(frozen=True, slots=True)
class Settings:
    """``exhaustive``: so many combinations of values are tried one by one. A module that ends the run is started again
    at most ``restarts`` times for each range. ``folder`` keeps what GnuCOBOL builds."""

    states: int = 100
    exhaustive: int = 20_000
    seed: int = 0
    restarts: int = 16
    samples: int = 5
    """So many runs of each range are kept."""
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
    ``state`` is all of them as bytes, and what is typed.
    ``sample`` is the run of GnuCOBOL in Python's own terms, where there is one."""

    given: tuple[tuple[str, str], ...]
    changed: tuple[Changed, ...]
    state: bytes = field(repr=False, default=b"")
    sample: Sample | None = field(repr=False, compare=False, default=None)

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
    samples: tuple[Sample, ...] = field(default=(), repr=False, compare=False)


Outcome: TypeAlias = Compared | NotRun


def compare(
    found: Restructured,
    name: str,
    module: Module,
    ranges: Iterable[Range] | None = None,
    settings: Settings = USUAL_SETTINGS,
) -> Mapping[Range, Outcome]:
    """What became of each of ``ranges`` (pairs of numbers of paragraphs) of the program ``name``. Raises ``ToolError``
    without GnuCOBOL."""
    return next(compare_all([Subject(found, name, module, None if ranges is None else tuple(ranges))], settings))


def compare_all(
    subjects: Iterable[Subject], settings: Settings = USUAL_SETTINGS, together: int = 20
) -> Iterator[Mapping[Range, Outcome]]:
    """The same for many programs, so many of which are compiled ``together`` where they allow it: that is faster."""
    pending = iter(subjects)
    while some := list(itertools.islice(pending, together)):
        prepared = [prepare(each) for each in some]
        with ExitStack() as stack:
            folder = settings.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="transpile-")))
            texts = [each.harness for each in prepared if isinstance(each, Prepared) and each.harness]
            modules = built_together(texts, folder, settings.cobol)
            for each in prepared:
                yield _compared(each, modules, folder, settings) if isinstance(each, Prepared) else each


def _compared(
    prepared: Prepared, modules: Mapping[int, CobolModule], folder: Path, settings: Settings
) -> Mapping[Range, Outcome]:
    text = prepared.harness
    assert text is not None
    try:
        module = modules.get(id(text)) or text.build(folder, settings.cobol)
    except SourceErrors as error:
        return prepared.refused(f"GnuCOBOL refuses the program: {error.errors[0].message}")
    matched = match(prepared.subject.found, prepared.made, prepared.storage)
    methods = [each.method.name for _, each in prepared.reachable]
    files = [tuple(each.found.files.values()) for _, each in prepared.reachable]
    opened = OpenFiles(files, prepared.storage.numbers.get(RECORDS, 0), prepared.places)
    running = Methods(
        prepared.subject.module,
        prepared.made,
        matched,
        methods,
        prepared.storage.size,
        settings.python,
        opened,
        called=is_called(prepared.subject.found.unit, prepared.program),
    )
    outcomes: dict[Range, Outcome] = {each: what for each, what in prepared.ranges.items() if isinstance(what, NotRun)}
    with (
        SideBySide(
            module,
            lambda: text.build(folder, settings.cobol, checked=True),
            running,
            matched,
            prepared.storage,
            frozenset(at for at, each in enumerate(methods) if each == prepared.entry),
            bool(prepared.program.data.local_storage),
            frozenset(at for at, (_, what) in enumerate(prepared.reachable) if what.found.files or what.found.called),
        ) as both,
        Listener(prepared) as listener,
    ):
        base = both.start()
        names = naming(prepared.subject.found, prepared.made, prepared.storage, matched)
        known = literals(prepared.subject.found.unit) if any(w.found.accepted for _, w in prepared.reachable) else None
        probes = min(2 * settings.states, _PROBES, max(_PROBES_EACH, _PROBES_IN_ALL // len(methods)))
        for at, (each, what) in enumerate(prepared.reachable):
            comparison = _Comparison(
                both, prepared.storage, base, what.found, at, settings, names, known, listener, probes
            )
            outcomes[each] = comparison.outcome()
    return {each: outcomes[each] for each in prepared.ranges}


@dataclass(slots=True)
class _Comparison:
    """One range."""

    both: SideBySide
    storage: Storage
    base: bytes
    found: Reach
    which: int
    settings: Settings
    naming: Naming
    literals: Literals | None
    listener: Listener
    probes: int
    samples: list[Sample] = field(default_factory=list)
    alike: set[str] = field(default_factory=set)

    def outcome(self) -> Compared:
        states, exhaustive = self._states()
        runs = dropped = unsound = 0
        restarts = self.settings.restarts
        for state, end in self.both.ends(self.which, states, restarts):
            restarts -= end.restarts
            self.alike |= end.alike
            if end.drops:
                dropped += 1
            elif end.differs and not self.both.sound(self.which, state):
                dropped += 1
                unsound += 1
                if unsound >= UNSOUND:
                    return self._compared(runs, dropped, False, None)
            elif end.differs:
                return self._compared(runs + 1, dropped, False, self._difference(state, end))
            else:
                runs += 1
                self._keep(state, end)
        return self._compared(runs, dropped, exhaustive and restarts >= 0, None)

    def _keep(self, state: bytes, end: End) -> None:
        if len(self.samples) < 10 * self.settings.samples and end.cobol is not None:
            kept = self._sample(state, end.cobol)
            self.samples += [kept] if kept is not None else []

    def _sample(self, state: bytes, cobol: Ran) -> Sample | None:
        """None where something is typed, or files are open: setting values does not bring that about."""
        apart = self.found.accepted or self.found.files
        return None if apart else self.naming.sample(self.base, state, cobol)

    def _compared(self, runs: int, dropped: int, exhaustive: bool, difference: Difference | None) -> Compared:
        limited = [
            f"{item.name} is {low} to {high}"
            for key, (low, high) in self.found.limits.items()
            if (item := self.found.mentioned.get(key)) is not None
        ]
        limited += [f"{name} is 1 to {high}" for name, high in self.found.numbers.items() if name != RECORDS]
        limited += [FILES] if self.found.files else []
        limited += sorted(self.alike)
        return Compared(
            runs,
            dropped,
            exhaustive,
            difference,
            (VALID, *limited),
            self.both.matched.missing,
            chosen(self.samples, self.settings.samples),
        )

    def _states(self) -> tuple[Iterator[bytes], bool]:
        """The states to run, and whether these are all that count."""
        cells = cells_of(self.storage, self.found)
        chance = random.Random(self.settings.seed)
        drawing = Drawing(self.base, cells, self.found, chance)
        if self.found.accepted and self.literals is not None:
            drawing.typed = partial(typed, tuple(self.found.accepted.values()), self.literals, chance)
            return self._drawn(drawing), False
        read = cells_of(self.storage, self.found, read=True)
        every = domains(read, self.settings.exhaustive) if not _overlap(read) else None
        if every is None:
            return self._drawn(drawing), False
        return drawing.every(read, every), True

    def _drawn(self, drawing: Drawing) -> Iterator[bytes]:
        """Those that are solved for, and others."""
        solved = list(itertools.islice(self._solved(drawing), self.settings.states // 4))
        yield from solved
        yield from drawing.states(self.settings.states - len(solved))

    def _solved(self, drawing: Drawing) -> Iterator[bytes]:
        if not self.found.computes:
            return
        chance = random.Random(self.settings.seed)
        moods = itertools.cycle((SIMPLE, None, SIMPLE, "even"))
        other = replace(drawing, random=chance)
        if self.found.accepted and self.literals is not None:
            other.typed = partial(typed, tuple(self.found.accepted.values()), self.literals, chance)
        tops = [self.storage.places[key].laid for key in self.found.accepted]
        items = [
            Item(cell) for cell in drawing.cells if cell.numeric and cell.low is None and cell.key in self.found.read
        ]

        def variables(state: bytes) -> list[Variable]:
            return [*items, *typed_variables(state, self.storage.size, tops)]

        solving = Solving(
            partial(self.listener.hear, self.which),
            lambda: other.state(next(moods)),
            variables,
            sorted(self.found.literals),
            chance,
            self.probes,
        )
        yield from solving.states()

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
        for count in (0, 1, 2, 3, 5, 8) if not late else ():
            shorter = state[: self.storage.size] + b"".join(self._lines(state)[:count])
            if count < len(self._lines(state)) and self._differs(shorter):
                state = shorter
                break
        if not late:
            end = next(end for _, end in self.both.ends(self.which, [state]))
        given = []
        for cell in cells:
            part = slice(cell.at, cell.at + cell.size)
            if state[part] != self.base[part]:
                given.append((cell.name, cell.show(state[part])))
        if self.found.accepted:
            given.append(("what is typed", repr(state[self.storage.size :].decode("latin-1"))))
        changed = tuple(Changed(*each) for each in end.changes(self.storage))
        sample = self._sample(state, end.cobol) if end.cobol is not None else None
        return Difference(tuple(dict(given).items()), changed, state, sample)

    def _lines(self, state: bytes) -> list[bytes]:
        return state[self.storage.size :].splitlines(keepends=True)

    def _differs(self, state: bytes) -> bool:
        end = next(end for _, end in self.both.ends(self.which, [state]))
        return not end.drops and end.differs and self.both.sound(self.which, state)


def _overlap(cells: Sequence[Cell]) -> bool:
    ranges = sorted((cell.at, cell.at + cell.size) for cell in cells)
    return any(first[1] > second[0] for first, second in itertools.pairwise(ranges))
