"""`transpile FILE.c --to cuda`: C files to checked CUDA files, and the plans that they follow."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from transpile.cli.files import STANDARD, STDIN_NAME, output_paths, read_source, write_output
from transpile.cli.screen import Progress, Screen, explanation_text, wants_color
from transpile.cli.translating import Outputs, Session, quiet_unless_text
from transpile.cuda.plan_text import show
from transpile.directions.offloading import Asked, choices_of
from transpile.directions.writing import may_write
from transpile.errors import UsageError
from transpile.offload.several import translate_file, translate_text
from transpile.offload.translate import TARGET, Choices, Offloaded
from transpile.options import Options
from transpile.translation import BlockResult, Explanation, Translation, block_meets


def offload_files(
    files: Sequence[str], asked: Asked, options: Options, outputs: Outputs, screen: Screen, include: Sequence[Path]
) -> int:
    """Translate each file and write it when it meets the requirement."""
    session = Session(options, outputs, quiet_unless_text(screen, outputs))
    destinations = output_paths(files, outputs.output, ".cu")
    if asked.save_plan and len(files) > 1:
        raise UsageError("--save-plan is for one file at a time")
    choices = choices_of(asked, options, include)
    for path, destination in zip(files, destinations, strict=True):
        name = STDIN_NAME if path == STANDARD else path
        found: list[Offloaded] = []

        def work(progress: Progress | None, path: str = path, found: list[Offloaded] = found) -> Translation:
            found.append(offloaded(path, choices))
            return found[0].translation

        translation = session.attempt(name, TARGET, work)
        if translation is not None and may_write(translation, options):
            write_output(destination, translation.text)
        elif translation is not None and outputs.style == "text":
            screen.message(f"{name}: nothing is written" + why_nothing(translation, options))
        if asked.save_plan and found:
            save_plan(found[0], asked.save_plan)
    return session.finish()


def save_plan(found: Offloaded, path: str) -> None:
    """Keep the plan that was followed, if there is one."""
    if len(found.translation.functions) > 1:
        raise UsageError("--save-plan is for one function at a time", "choose it with --function")
    if found.plan is not None:
        write_output(path, show(found.plan))


def explain_nest(path: str, line: str, asked: Asked, options: Options, screen: Screen, include: Sequence[Path]) -> int:
    """Print the loop nest at ``line`` beside its kernels; exit code 1 when it does not meet the requirement."""
    result = offloaded(path, choices_of(asked, options, include)).translation
    if not result.text:
        errors = [diagnostic.render(screen.colored) for diagnostic in result.diagnostics]
        click.echo("\n".join(errors), err=True, color=screen.colored)
        return 1
    block = nest_at(result, line)
    function = next(one.name for one in result.functions if block in one.blocks)
    shown = explanation_text(Explanation(result.file, TARGET, function, block))
    click.echo(shown, color=wants_color(screen.color, sys.stdout))
    return 0 if block_meets(block, options.require) else 1


def nest_at(translation: Translation, line: str) -> BlockResult:
    """The nest that ``line``, or a label, is in."""
    blocks = list(translation.blocks)
    for block in blocks:
        if block.label == line or (line.isdigit() and block.first_line <= int(line) <= block.last_line):
            return block
    known = ", ".join(f"{block.label} (lines {block.first_line}-{block.last_line})" for block in blocks)
    raise UsageError(f"nothing at '{line}' runs on the device", f"there are: {known}" if known else "")


def why_nothing(translation: Translation, options: Options) -> str:
    if not translation.text:
        return ": no loop runs on the device"
    return f", because some loops do not meet --require {options.require}"


def offloaded(path: str, choices: Choices) -> Offloaded:
    if path == STANDARD:
        return translate_text(read_source(path), STDIN_NAME, choices)
    return translate_file(path, choices)


def refused_words(asked: Asked, target: str) -> None:
    """Options of this direction make no sense for another target."""
    if asked.given:
        raise UsageError(f"--function, --extent, --scratch, --plan and -D are for --to {TARGET}, not for --to {target}")
