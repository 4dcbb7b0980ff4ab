"""COBOL to Python: what is asked of it, and a unit on its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from transpile.cobol.options import Format
from transpile.directions.hearing import Hearing
from transpile.directions.includes import search_path
from transpile.directions.locating import located
from transpile.directions.reading import read_file
from transpile.directions.units import Made, Unit
from transpile.errors import UsageError
from transpile.modernize.folder import laid_out, test_name
from transpile.modernize.subject import Given
from transpile.modernize.testing import pytest_file
from transpile.modernize.translate import STANDARD as USUAL_STANDARD
from transpile.modernize.translate import Choices, Modernized, translate_bytes
from transpile.options import Options


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of this direction, as given. ``input`` is the standard input of whole runs, ``data`` the folder with
    the files that they read."""

    layout: Format = "auto"
    standard: str = ""
    input: Path | None = None
    data: Path | None = None
    tests: bool = True
    force: bool = False

    @property
    def given(self) -> bool:
        return replace(self, standard="") != Asked()


def choices_of(asked: Asked, options: Options, include: Sequence[Path]) -> Choices:
    return Choices(
        asked.layout,
        asked.standard or USUAL_STANDARD,
        tuple(include),
        given=Given(read_file(asked.input) if asked.input else None, _data(asked.data) if asked.data else {}),
        seed=options.seed,
        rlimit=options.rlimit,
        jobs=options.workers,
        store=options.store,
        models=options,
    )


def files_beside(made: Modernized, main: Path, asked: Asked) -> dict[Path, str]:
    """All files to write for a program whose module goes to ``main``, which comes first."""
    tests = pytest_file(made, main.stem) if asked.tests and main.stem.isidentifier() else ""
    if tests and main.name == test_name(main):
        raise UsageError(f"{main} would be its own test", "choose another name with -o")
    return dict(laid_out(made.subject.module, main, tests, asked.force))


def made(unit: Unit, folder: Path, values: dict[str, Any], options: Options, hearing: Hearing) -> Made:
    """``folder`` has the unit's files."""
    include = search_path(unit, folder, values.pop("include", ()))
    for name in ("input", "data"):
        if name in values:
            values[name] = folder / values[name]
    asked = Asked(**values)
    found = translate_bytes(unit.content, unit.name, choices_of(asked, options, include), hearing.progress)
    translation = found.translation
    files: dict[str, bytes] = {}
    if translation.meets(options.require):
        # Nothing else is in this folder, so that nothing is in the way of what is written.
        main = folder / ".written" / found.subject.module.name
        written = files_beside(found, main, asked)
        files = {path.name: text.encode("utf-8", "surrogateescape") for path, text in written.items()}
    return Made(translation, files, located(translation))


def _data(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        raise UsageError(f"there is no folder '{folder.name}' with data files")
    return {path.name: read_file(path) for path in sorted(folder.iterdir()) if path.is_file()}
