"""A COBOL file to checked Python: the way in.

The whole file is read, restructured and emitted, or refused with all that is wrong with it; then every paragraph is
checked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from transpile.cobol.options import Format
from transpile.cobol.options import Options as Reading
from transpile.cobol.parse import parse_bytes
from transpile.cobol.unit import Unit
from transpile.emulators.cobol.build import Dialect
from transpile.errors import SourceError, Span, UsageError
from transpile.modernize.chain import chain
from transpile.modernize.checks import Checks, Compiles
from transpile.modernize.choosing import Limits
from transpile.modernize.following import layout
from transpile.modernize.kept import checked_once
from transpile.modernize.ladder import Climb
from transpile.modernize.paragraph_runs import ParagraphRuns
from transpile.modernize.proofs import Proofs
from transpile.modernize.proposing import Improved, improve
from transpile.modernize.proposing import told as with_history
from transpile.modernize.results import remarks, results
from transpile.modernize.subject import Given, Subject
from transpile.modernize.whole_runs import WholeRuns
from transpile.options import DEFAULT_RLIMIT, Options
from transpile.python.emitter import emit
from transpile.restructure.program import restructured
from transpile.translation import Translation

TARGET = "python"
STANDARD = "default"
CHECKS: Checks = (Compiles(), ParagraphRuns(), WholeRuns(), Proofs())
"""What is asked of every program, from the weakest to the strongest."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a caller may choose. ``copy_paths`` are searched for copybooks before the folder of the file. ``seconds`` is
    the time that each check against GnuCOBOL may take for a program; ``jobs`` processes prove; ``store`` is the proof
    store's file; ``models`` says who proposes beside the rules."""

    format: Format = "auto"
    standard: str = STANDARD
    copy_paths: tuple[Path, ...] = ()
    given: Given = field(default_factory=Given)
    seconds: float = 10.0
    seed: int = 0
    rlimit: int = DEFAULT_RLIMIT
    jobs: int = 1
    store: Path | None = None
    checks: Checks = CHECKS
    models: Options | None = None


@dataclass(frozen=True, slots=True)
class Modernized:
    """``translation`` has the text of the module, ``subject`` the modules beside it; ``found`` is what the checks
    said."""

    translation: Translation
    subject: Subject
    found: Climb
    seconds: Mapping[str, float]


def translate_file(
    path: str | Path, choices: Choices, told: Callable[[int, int], None] = lambda done, all: None
) -> Modernized:
    """Translate the COBOL file at ``path``. Raises SourceErrors for COBOL that is wrong or refused, and UsageError
    where the file cannot be read."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    return translate_bytes(data, str(path), choices, told)


def translate_bytes(
    data: bytes, file: str, choices: Choices, told: Callable[[int, int], None] = lambda done, all: None
) -> Modernized:
    """The same for COBOL that is not in a file. ``told`` hears how many paragraphs are done, of how many."""
    if choices.standard != STANDARD:
        raise UsageError(
            f"-std={choices.standard} is not known to the rules", f"they are those of GnuCOBOL's -std={STANDARD}"
        )
    seats = chain(choices.models) if choices.models is not None else []
    start = time.monotonic()
    subject = _subject(data, file, choices)
    taken = time.monotonic() - start
    methods, checks = len(list(subject.methods)), choices.checks
    names = [check.name for check in checks]

    def done(name: str) -> None:
        told((names.index(name) + 1) * methods // len(names), methods)

    found = checked_once(subject, checks, choices.store, done)
    improved = Improved(subject, found)
    if choices.models is not None and seats:
        limits = Limits(choices.models.candidates, choices.models.feedback)
        improved = improve(subject, found, checks, choices.store, seats, limits)
    subject, known = improved.subject, improved.found
    translation = Translation(
        subject.module.text, file, TARGET, results(subject, known), tuple(remarks(subject)), layout(subject)
    )
    return Modernized(with_history(translation, improved), subject, known, {"translation": taken, **found.seconds})


def _subject(data: bytes, file: str, choices: Choices) -> Subject:
    unit = parse_bytes(data, file, Reading(choices.format, choices.copy_paths))
    if not unit.programs:
        raise SourceError(Span(file, 1), "there is no program in this file", "it begins with IDENTIFICATION DIVISION")
    made = restructured(unit)
    return Subject(
        data,
        _copybooks(unit),
        made,
        emit(*made.programs),
        Dialect(choices.standard, free_format=not unit.fixed),
        choices.given,
        choices.seed,
        choices.seconds,
        choices.rlimit,
        choices.jobs,
    )


def _copybooks(unit: Unit) -> Mapping[str, bytes]:
    return {Path(one.path).name: Path(one.path).read_bytes() for one in unit.copybooks}
