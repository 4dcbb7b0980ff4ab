"""`transpile FILE.cob --to python`: COBOL files to checked Python modules, with the rules and tests beside them."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from transpile.cli.files import STANDARD, STDIN_NAME, distinct, write_output, write_together
from transpile.cli.screen import Progress, Screen, explanation_text, wants_color
from transpile.cli.translating import Outputs, Session, quiet_unless_text
from transpile.cobol.options import Format
from transpile.errors import ToolError, UsageError
from transpile.modernize.folder import laid_out, test_name
from transpile.modernize.paragraphs import paragraphs
from transpile.modernize.results import NEVER_REACHED
from transpile.modernize.subject import Given
from transpile.modernize.testing import pytest_file
from transpile.modernize.translate import STANDARD as USUAL_STANDARD
from transpile.modernize.translate import TARGET, Choices, Modernized, translate_bytes, translate_file
from transpile.options import Options
from transpile.translation import BlockResult, Explanation, Translation, block_meets

SUFFIXES = (".cob", ".cbl", ".cobol")


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


def is_cobol(path: str) -> bool:
    return Path(path).suffix.lower() in SUFFIXES


def modernize_files(
    files: Sequence[str], asked: Asked, options: Options, outputs: Outputs, screen: Screen, include: Sequence[Path]
) -> int:
    """Translate each file; write it, and what belongs beside it, when it meets the requirement."""
    session = Session(options, outputs, quiet_unless_text(screen, outputs))
    folder = _folder(files, outputs.output)
    choices = choices_of(asked, options, include)
    for path in files:
        name = STDIN_NAME if path == STANDARD else path
        found: list[Modernized] = []

        def work(progress: Progress | None, path: str = path, found: list[Modernized] = found) -> Translation:
            made = modernized(path, choices, progress)
            if outputs.output not in (None, STANDARD) and made.translation.meets(options.require):
                write_together(_files(made, _main(path, files, outputs.output, folder, made), asked))
            found.append(made)
            return made.translation

        translation = session.attempt(name, TARGET, work)
        if translation is None or not found:
            continue
        if not translation.meets(options.require):
            if outputs.style == "text":
                screen.message(f"{name}: nothing is written{_why_nothing(found[0], options)}")
        elif outputs.output in (None, STANDARD):
            write_output(STANDARD, translation.text)
            beside = sorted(found[0].subject.module.files.keys() - {found[0].subject.module.name})
            if outputs.style == "text":
                session.screen.note(f"{name}: it needs {', '.join(beside)} beside it, which -o FILE writes")
    return session.finish()


def explain_paragraph(
    path: str, wanted: str, asked: Asked, options: Options, screen: Screen, include: Sequence[Path]
) -> int:
    """Print a paragraph beside its Python; exit code 1 when it does not meet the requirement."""
    with screen.progress(path) as progress:
        made = modernized(path, choices_of(asked, options, include), progress)
    function, block = paragraph_at(made, wanted)
    shown = explanation_text(Explanation(made.translation.file, TARGET, function, block))
    click.echo(shown, color=wants_color(screen.color, sys.stdout))
    return 0 if block_meets(block, options.require) else 1


def paragraph_at(made: Modernized, wanted: str) -> tuple[str, BlockResult]:
    """The paragraph of that name, perhaps with ``OF SECTION``, or in which that line is."""
    name = re.sub(r"\s+(OF|IN)\s+", " OF ", " ".join(wanted.upper().split()))
    for function in made.translation.functions:
        for block in function.blocks:
            label = block.label.upper()
            lines = wanted.isdigit() and block.first_line <= int(wanted) <= block.last_line
            if name in (label, label.partition(" OF ")[0]) or lines:
                return function.name, block
    for one in made.subject.module.classes:
        for each in paragraphs(made.subject.unit, one):
            if each.name.upper() == name:
                raise UsageError(NEVER_REACHED.format(each.name), "no Python stands for it")
    known = ", ".join(block.label for block in made.translation.blocks)
    raise UsageError(f"there is no paragraph '{wanted}'", f"there are: {known}" if known else "")


def modernized(path: str, choices: Choices, progress: Progress | None = None) -> Modernized:
    def told(done: int, methods: int) -> None:
        if progress is not None:
            progress(done, methods)

    if path == STANDARD:
        return translate_bytes(sys.stdin.buffer.read(), STDIN_NAME, choices, told)
    return translate_file(path, choices, told)


def choices_of(asked: Asked, options: Options, include: Sequence[Path]) -> Choices:
    return Choices(
        asked.layout,
        asked.standard or USUAL_STANDARD,
        tuple(include),
        given=Given(_read(asked.input) if asked.input else None, _data(asked.data) if asked.data else {}),
        seed=options.seed,
        rlimit=options.rlimit,
        jobs=options.workers,
        store=options.store,
        models=options,
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ToolError(f"cannot read {path}: {error.strerror or error}") from error


def _data(folder: Path) -> dict[str, bytes]:
    return {path.name: _read(path) for path in sorted(folder.iterdir()) if path.is_file()}


def _folder(files: Sequence[str], output: str | None) -> bool:
    """Whether the output is a folder."""
    if output is None or output == STANDARD:
        if len(files) > 1:
            raise UsageError("several inputs need a folder to write to: -o DIR")
        return False
    if len(files) > 1 or Path(output).is_dir() or output.endswith("/"):
        return True
    if Path(output).suffix != ".py":
        raise UsageError(f"the output {output} does not end in .py", "give OUT.py, or a folder: DIR/")
    return False


def _main(path: str, files: Sequence[str], output: str | None, folder: bool, made: Modernized) -> Path:
    """Where the module goes. In a folder it has the name of the program, by which others find it that call it."""
    main = Path(output or "") / made.subject.module.name if folder else Path(output or "")
    return distinct(main, files)


def _files(made: Modernized, main: Path, asked: Asked) -> dict[Path, str]:
    tests = pytest_file(made, main.stem) if asked.tests and main.stem.isidentifier() else ""
    if tests and main.name == test_name(main):
        raise UsageError(f"{main} would be its own test", "choose another name with -o")
    return dict(laid_out(made.subject.module, main, tests, asked.force))


def _why_nothing(made: Modernized, options: Options) -> str:
    skipped = {rung.detail for one in made.found.methods.values() for rung in one.rungs if rung.outcome == "skipped"}
    missing = next((f" ({one})" for one in sorted(skipped) if "install" in one), "")
    return f", because some paragraphs do not meet --require {options.require}{missing}"


def refused_words(asked: Asked, target: str) -> None:
    """Options of this direction make no sense for another target."""
    if asked.given:
        words = "--input, --data, --no-tests, --force and --format auto|fixed|free"
        raise UsageError(f"{words} are for --to {TARGET}, not for --to {target}")
