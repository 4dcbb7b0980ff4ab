"""`transpile FILE.cob --to python`: COBOL files to checked Python modules, with the rules and tests beside them."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from transpile.cli.files import STANDARD, STDIN_NAME, distinct, write_output, write_together
from transpile.cli.screen import Progress, Screen, explanation_text, wants_color
from transpile.cli.translating import Outputs, Session, quiet_unless_text
from transpile.directions.guessing import COBOL_SUFFIXES
from transpile.directions.modernizing import Asked, choices_of, files_beside
from transpile.errors import UsageError
from transpile.modernize.paragraphs import paragraphs
from transpile.modernize.results import NEVER_REACHED
from transpile.modernize.translate import TARGET, Choices, Modernized, translate_bytes, translate_file
from transpile.options import Options
from transpile.translation import BlockResult, Explanation, Translation, block_meets


def is_cobol(path: str) -> bool:
    return Path(path).suffix.lower() in COBOL_SUFFIXES


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
                write_together(files_beside(made, _main(path, files, outputs.output, folder, made), asked))
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


def _why_nothing(made: Modernized, options: Options) -> str:
    skipped = {rung.detail for one in made.found.methods.values() for rung in one.rungs if rung.outcome == "skipped"}
    missing = next((f" ({one})" for one in sorted(skipped) if "install" in one), "")
    return f", because some paragraphs do not meet --require {options.require}{missing}"


def refused_words(asked: Asked, target: str) -> None:
    """Options of this direction make no sense for another target."""
    if asked.given:
        words = "--input, --data, --no-tests, --force and --format auto|fixed|free"
        raise UsageError(f"{words} are for --to {TARGET}, not for --to {target}")
