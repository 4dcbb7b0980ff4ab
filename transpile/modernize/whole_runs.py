"""The check with runs of whole programs: what GnuCOBOL's executable and the Python do with the same input and files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from transpile.differential.coverage import Reached
from transpile.differential.differing import difference
from transpile.differential.inputs import generated, reading
from transpile.differential.programs import Compared, Different, NotRun, Settings, compare
from transpile.differential.running import Inputs, PythonProgram
from transpile.emulators.cobol.build import build_program, facts
from transpile.emulators.cobol.programs import Program, Run
from transpile.emulators.cuda.bounded import Limits
from transpile.errors import TranspileError
from transpile.modernize.checks import PROGRAM, Found, Outcome, WholeCase
from transpile.modernize.subject import Key, Subject
from transpile.translation import Rung

GIVEN = "The input that was given"
_LIMITS = Limits(cpu_s=5, wall_s=5.0, output_bytes=1 << 20)
_MOST_CASES = 3
_DAYS = ("2001/02/03 04:05:06.07", "2019/11/30 22:21:20.19")
"""A program that does the same on both does not look at the clock."""


@dataclass(frozen=True, slots=True)
class WholeRuns:
    """Runs ``runs`` of each program: with the user's input, and with others that are made from it and the program."""

    runs: int = 20
    name: str = PROGRAM

    def __call__(self, subject: Subject) -> Outcome:
        compiler = facts(subject.dialect).version
        with tempfile.TemporaryDirectory(prefix="transpile-") as folder:
            settings = Settings(Path(folder), tuple(_known(subject)), self.runs, subject.seed, subject.dialect)
            found = compare(subject.unit, subject.module, settings)
            match found:
                case NotRun(reason=reason):
                    return _for_all(subject, Rung(PROGRAM, "open", reason))
                case Different():
                    return _different(subject, found)
                case Compared():
                    return Outcome(_compared(subject, found, compiler), tuple(_cases(subject, settings)))


def _known(subject: Subject) -> Iterator[Inputs]:
    given = subject.given
    if given.stdin is not None or given.files:
        yield Inputs(given.stdin or b"", given.files, GIVEN)


def _for_all(subject: Subject, rung: Rung) -> Outcome:
    return Outcome({key: Found(rung) for key, _, _ in subject.methods})


def _different(subject: Subject, found: Different) -> Outcome:
    told = f"{found.what}, with {_shown(found.inputs)}"
    failed = Found(Rung(PROGRAM, "failed", told), 1, (told,))
    apart = Found(Rung(PROGRAM, "open", "a run of the program differs, in which it was not reached"))
    main = subject.module.classes[-1]
    names = set(found.methods) or {f"{main.class_name}.{main.methods[0].name}"}
    return Outcome({key: failed if name in names else apart for key, name in _names(subject)})


def _shown(inputs: Inputs) -> str:
    """The inputs of a run, for people."""
    told = [f"{name} = {_quoted(content)}" for name, content in sorted(inputs.files.items())]
    return ", ".join([f"input {_quoted(inputs.stdin)}", *told])


def _quoted(content: bytes) -> str:
    text = repr(content[:400].decode("latin-1"))
    return f"{text} … ({len(content)} bytes)" if len(content) > 400 else text


def _names(subject: Subject) -> Iterator[tuple[Key, str]]:
    for key, one, method in subject.methods:
        yield key, f"{one.class_name}.{method.name}"


def _compared(subject: Subject, found: Compared, compiler: str) -> dict[Key, Found]:
    reached = {each.method: each for each in found.methods}
    left_out = "".join(f"; {times} left out: {why}" for why, times in found.left_out.items())
    unknown = "".join(f"; {each}" for each in found.unknown)
    return {key: _of_method(reached.get(name), f"{left_out}{unknown}; {compiler}") for key, name in _names(subject)}


def _of_method(reached: Reached | None, more: str) -> Found:
    if reached is None or not reached.runs:
        return Found(Rung(PROGRAM, "open", f"no run reaches it{more}"))
    lines = f"{reached.reached} of its {reached.lines} lines reached"
    detail = f"no difference in {reached.runs} runs that reach it, {lines}{more}"
    return Found(Rung(PROGRAM, "passed", detail), reached.runs)


# Runs that become tests


def _cases(subject: Subject, settings: Settings) -> Iterator[WholeCase]:
    """The input that was given and some that were made, with what GnuCOBOL does, where the clock makes no
    difference."""
    made = islice(generated(reading(subject.unit), subject.seed, settings.known), _MOST_CASES - len(settings.known))
    try:
        program = build_program(
            subject.source,
            settings.builds,
            dialect=subject.dialect,
            copybooks=subject.copybooks,
            name=Path(subject.unit.file).name,
        )
    except TranspileError:
        return
    candidates = [*settings.known, *made]
    with PythonProgram(subject.module) as python:
        for inputs, ours in zip(candidates, python.run_all(candidates, _LIMITS), strict=True):
            run = None if ours.run.timed_out else _steady(program, inputs)
            if run is not None and not difference(run, ours.run):
                yield _case(inputs, run)


def _steady(program: Program, inputs: Inputs) -> Run | None:
    """What GnuCOBOL does with ``inputs``, if it ends well, and does the same on another day."""
    first: Run | None = None
    for day in _DAYS:
        run = program.run(inputs.stdin, inputs.files, environment={"COB_CURRENT_DATE": day}, limits=_LIMITS)
        if run.exit_code < 0 or run.timed_out or (first is not None and run != first):
            return None
        first = run
    return first


def _case(inputs: Inputs, run: Run) -> WholeCase:
    left = {name: content for name, content in run.files.items() if inputs.files.get(name) != content}
    return WholeCase(
        inputs.about or "Some input",
        inputs.stdin.decode("latin-1"),
        tuple((name, content.decode("latin-1")) for name, content in sorted(inputs.files.items())),
        run.stdout.decode("latin-1"),
        run.exit_code,
        tuple((name, content.decode("latin-1")) for name, content in sorted(left.items())),
    )
