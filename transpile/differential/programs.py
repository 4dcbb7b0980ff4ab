"""Whole programs, run twice: as GnuCOBOL's executable and as the emitted Python.

With the same input and files both must print the same, end with the same status and leave the same files, byte for
byte. That says nothing about inputs that were not tried. Runs that mean nothing are left out and counted, with why.
"""

from __future__ import annotations

import itertools
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from transpile.cobol import statements as verbs
from transpile.cobol.tree import FunctionCall, Text
from transpile.cobol.unit import Unit
from transpile.cobol.walking import walk
from transpile.differential.coverage import Reached, lines_of, reached
from transpile.differential.differing import difference, of_records
from transpile.differential.external import External, external_files, programs_of
from transpile.differential.inputs import Reading, generated, reading
from transpile.differential.keyed import Keyed, rows_for_python, rows_in
from transpile.differential.running import Inputs, PythonProgram, PythonRun, run_cobol
from transpile.differential.shrinking import shrink
from transpile.emulators.cobol.build import Dialect, build_program
from transpile.emulators.cobol.programs import Program, Run
from transpile.emulators.cuda.bounded import Limits
from transpile.errors import SourceError, SourceErrors, ToolError
from transpile.python.emitter import Module

_QUICK = Limits(cpu_s=2, wall_s=1.0, memory_bytes=256 << 20, output_bytes=1 << 20)
_LONG = Limits(cpu_s=20, wall_s=30.0)
_PYTHON = Limits(cpu_s=5, wall_s=5.0, output_bytes=8 << 20)
_SHORT = Limits(cpu_s=2, wall_s=1.5, output_bytes=8 << 20)
_TOGETHER = 8
_ROUND = 10
"""So many generated inputs are run before others are made from them."""
_CHECKS = ("-fec=bound", "-fec=data-incompatible")
_NO_NUMBER = "a field of digits holds something else, and the programs differ"
_OUTSIDE = (
    (re.compile(r"out of bounds|out of range|OCCURS DEPENDING ON"), "the COBOL program leaves a table or a field"),
    (re.compile(r"not numeric"), _NO_NUMBER),
)
_USELESS = 5
"""So many generated inputs with which the COBOL program does not end are enough."""


@dataclass(frozen=True, slots=True)
class Settings:
    """``builds``: where what GnuCOBOL builds is kept. ``known`` inputs are run first, and others are made from them, up
    to ``runs`` in all. Inputs with which they differ are made smaller for so many seconds."""

    builds: Path
    known: tuple[Inputs, ...] = ()
    runs: int = 20
    seed: int = 0
    dialect: Dialect = field(default_factory=Dialect)
    shrinking_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Compared:
    """No run differed. ``left_out``: runs that say nothing, by why. ``unknown``: what was not tried or not compared."""

    runs: int
    methods: tuple[Reached, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Different:
    """``what`` differs with ``inputs``, the smallest found; ``run`` counts from 1. ``methods`` are those that ran with
    these inputs."""

    run: int
    what: str
    inputs: Inputs
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotRun:
    reason: str


Result: TypeAlias = Compared | Different | NotRun


def compare(unit: Unit, module: Module, settings: Settings) -> Result:
    """Run both programs with the known inputs and with generated ones."""
    if reason := obstacle(unit):
        return NotRun(reason)
    try:
        program = _built(unit, settings, ())
        with PythonProgram(module) as python:
            return _Comparing(unit, module, settings, program, python).compare()
    except (SourceError, SourceErrors) as error:
        return NotRun(f"GnuCOBOL does not compile it: {error.diagnostics[0].message}")
    except ToolError as error:
        return NotRun("; ".join(filter(None, (error.message, error.hint))))


def _built(unit: Unit, settings: Settings, options: tuple[str, ...]) -> Program:
    given = settings.dialect
    dialect = Dialect(given.std, given.free_format or not unit.fixed, (*given.options, *options))
    copybooks: dict[str, bytes] = {}
    for each in unit.copybooks:
        content = Path(each.path).read_bytes()
        names = {Path(each.path).name, each.name.strip("\"'")}
        copybooks |= {name: content for name in names if Path(name).name == name}
    text = "\n".join((*unit.lines, "")).encode("latin-1")
    return build_program(text, settings.builds, dialect=dialect, copybooks=copybooks, name=Path(unit.file).name)


def obstacle(unit: Unit) -> str:
    """Why running ``unit`` would say nothing; empty if it does not."""
    if not unit.programs:
        return "there is no program in it"
    main = unit.programs[0].procedure
    if main is not None and main.using:
        return "it is called by another program, with parameters"
    names = {program.name for program, _ in programs_of(unit)}
    for program in unit.programs:
        for node in walk(program):
            match node:
                case verbs.Execute(language=language):
                    return f"it has EXEC {language}"
                case verbs.Call(program=Text(value=value)) if value.decode("latin-1").strip().upper() not in names:
                    return f"it calls '{value.decode('latin-1').strip()}', which is not in this file"
                case FunctionCall(name="RANDOM" | "WHEN-COMPILED" as name):
                    return f"FUNCTION {name} gives every program other values"
    return ""


@dataclass(slots=True)
class _Comparing:
    unit: Unit
    module: Module
    settings: Settings
    program: Program
    python: PythonProgram
    checked: Program | None = None
    left_out: Counter[str] = field(default_factory=Counter)
    notes: dict[str, str] = field(default_factory=dict)
    """What to say of files, and an example of each reason why runs that differ were left out."""
    keyed: dict[str, Keyed] = field(default_factory=dict)
    """Files that are compared record for record."""
    templates: list[Inputs] = field(default_factory=list)
    """The known inputs, and those with which lines were reached that none before had reached."""

    def compare(self) -> Result:
        read, files = reading(self.unit), external_files(self.unit)
        for each in files:
            for name in each.names if each.keyed else ():
                self.keyed.setdefault(name, Keyed(each, name, self.settings.builds))
        ran: list[PythonRun] = []
        lines: set[int] = set()
        for pairs, limits in self._batches(read):
            for (inputs, cobol), python in zip(
                pairs, self.python.run_all([inputs for inputs, _ in pairs], limits), strict=True
            ):
                if not (what := self._difference(cobol, python.run)):
                    ran.append(python)
                    found = set().union(*python.reached.values())
                    if not found <= lines and inputs not in self.templates:
                        self.templates.append(inputs)
                    lines |= found
                elif why := self._outside(inputs, python):
                    self.left_out[why] += 1
                    self.notes.setdefault(why, f"{why}: {inputs.about}, {what}")
                else:
                    return self._shrunk(len(ran) + 1, what, inputs, python, _sizes(files))
        if not ran:
            why = "; ".join(f"{why} ({times} runs)" for why, times in self.left_out.items())
            return NotRun(f"no run says anything: {why}")
        unknown = (*read.unknown, *self.notes.values())
        methods = reached(self.module.text, [each.reached for each in ran])
        return Compared(len(ran), methods, dict(self.left_out), unknown)

    def _batches(self, read: Reading) -> Iterator[tuple[list[tuple[Inputs, Run]], Limits]]:
        """Inputs with what COBOL does with them, and the limits for Python."""
        given = [self._for_python(inputs) for inputs in self.settings.known]
        known = [(inputs, self._cobol(self.program, inputs, _LONG)) for inputs in given]
        usable = [pair for pair in known if self._says_something(pair[1])]
        self.templates += given
        yield usable, _LONG
        making = self._generated(read, self.settings.runs - len(usable))
        while some := list(itertools.islice(making, _ROUND)):
            yield some, _PYTHON

    def _for_python(self, inputs: Inputs) -> Inputs:
        """Files with keys that GnuCOBOL made, as Python keeps them."""
        files = dict(inputs.files)
        for name, keyed in self.keyed.items():
            if name in files:
                content = rows_for_python(keyed.left_by_cobol(files))
                files = {each: known for each, known in files.items() if not keyed.owns(each)}
                files[name] = content
        return replace(inputs, files=files)

    def _cobol(self, program: Program, inputs: Inputs, limits: Limits) -> Run:
        files = dict(inputs.files)
        for name, keyed in self.keyed.items():
            if name in files:
                files |= keyed.for_cobol(rows_in(files[name]))
        return run_cobol(program, replace(inputs, files=files), limits)

    def _generated(self, read: Reading, wanted: int) -> Iterator[tuple[Inputs, Run]]:
        seen: list[Inputs] = []
        found = useless = 0
        alike = not read.accepted and not read.files
        source = generated(read, self.settings.seed, self.templates, self.keyed)
        for inputs in itertools.islice(source, 1 if alike else 3 * max(wanted, 0)):
            if found >= wanted or useless >= _USELESS:
                return
            if inputs in seen:
                continue
            seen.append(inputs)
            cobol = self._cobol(self.program, inputs, _QUICK)
            if self._says_something(cobol):
                found += 1
                yield inputs, cobol
            else:
                useless += 1

    def _says_something(self, cobol: Run) -> bool:
        if cobol.timed_out or -cobol.exit_code in (signal.SIGXFSZ, signal.SIGXCPU, signal.SIGKILL):
            self.left_out["the COBOL program does not end"] += 1
        elif cobol.exit_code < 0 or "signal SIG" in cobol.messages:
            self.left_out["the COBOL program crashes"] += 1
        else:
            return True
        return False

    def _methods(self, run: PythonRun) -> tuple[str, ...]:
        return tuple(name for name in lines_of(self.module.text) if name in run.reached)

    def _difference(self, cobol: Run, python: Run) -> str:
        apart = {name for name in {**cobol.files, **python.files} if any(k.owns(name) for k in self.keyed.values())}
        if what := difference(cobol, python, apart):
            return what
        for name, keyed in self.keyed.items():
            if (name in cobol.files) != (name in python.files):
                return f"file {name}: only {'COBOL' if name in cobol.files else 'Python'} leaves it"
            if name in cobol.files:
                try:
                    theirs = keyed.left_by_cobol(cobol.files)
                except ToolError as error:
                    self.notes.setdefault(name, f"{name} is not compared: {error.message}")
                    continue
                ours = keyed.left_by_python(python.files[name])
                if theirs != ours:
                    return of_records(name, theirs, ours)
        return ""

    def _outside(self, inputs: Inputs, python: PythonRun) -> str:
        """Why it has no meaning what the COBOL program does with these inputs; empty if all checks pass. Inputs that
        were given are meant for the program: numbers that Python does not find there are its own fault."""
        if python.odd and inputs not in self.settings.known:
            return _NO_NUMBER
        if self.checked is None:
            self.checked = _built(self.unit, self.settings, _CHECKS)
        checked = self._cobol(self.checked, inputs, _LONG)
        if not checked.exit_code:
            return ""
        return next((why for pattern, why in _OUTSIDE if pattern.search(checked.messages)), "")

    def _shrunk(self, run: int, what: str, inputs: Inputs, python: PythonRun, sizes: Mapping[str, int]) -> Different:
        smallest = Different(run, what, inputs, self._methods(python))

        deadline = time.monotonic() + self.settings.shrinking_s

        def first_that_differs(candidates: Sequence[Inputs]) -> int | None:
            nonlocal smallest
            for start in range(0, len(candidates), _TOGETHER):
                if time.monotonic() > deadline:
                    break
                some = [
                    (each, self._cobol(self.program, each, _QUICK)) for each in candidates[start : start + _TOGETHER]
                ]
                ended = [at for at, (_, cobol) in enumerate(some) if cobol.exit_code >= 0 and not cobol.timed_out]
                runs = self.python.run_all([some[at][0] for at in ended], _SHORT)
                for at, made in zip(ended, runs, strict=True):
                    differs = self._difference(some[at][1], made.run)
                    if differs and not self._outside(some[at][0], made):
                        smallest = Different(run, differs, some[at][0], self._methods(made))
                        return start + at
            return None

        shrink(inputs, sizes, first_that_differs)
        return smallest


def _sizes(files: Sequence[External]) -> dict[str, int]:
    return {name: 0 if each.keyed else each.size for each in files if not each.lines for name in each.names}
