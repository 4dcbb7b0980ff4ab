"""What a person sees: colours, the progress line, the verdict table, a block side by side with its translation."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from textwrap import dedent
from typing import IO, Literal, Protocol, TypeAlias

import click

from transpile.core.loop import RULES
from transpile.core.verdict import WORDS, Proved, Refuted, Tested
from transpile.core.yields import COUNTS, Yields
from transpile.errors import printable
from transpile.options import Require
from transpile.report import total
from transpile.translation import Attempt, BlockResult, Explanation, Translation, reason_of

Color: TypeAlias = Literal["auto", "always", "never"]

WORD_COLORS = {"proved": "green", "tested": "yellow", "refuted": "red", "undecided": "magenta"}
MAX_LISTED = 20
COSTS = {"cuda": "ns expected", "python": "nodes of its syntax tree"}
"""What costs of candidates are counted in, by target; else in instructions."""


class Progress(Protocol):
    """Told how many blocks of a file are done, and how many there are."""

    def __call__(self, done: int, blocks: int, /) -> None: ...


def wants_color(choice: str, stream: IO[str]) -> bool:
    """``NO_COLOR`` (any value but empty) speaks for ``auto`` only."""
    if choice != "auto":
        return choice == "always"
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and stream.isatty()


@dataclass(frozen=True, slots=True)
class Screen:
    """Prints messages to stderr. ``level``: -1 errors only, 0 the table, 1 and more: each block that is not proved."""

    color: Color = "auto"
    level: int = 0

    @property
    def colored(self) -> bool:
        return wants_color(self.color, sys.stderr)

    def message(self, text: str) -> None:
        click.echo(text, err=True, color=self.colored)

    def note(self, text: str) -> None:
        if self.level >= 0:
            self.message(text)

    @contextmanager
    def progress(self, name: str) -> Iterator[Progress | None]:
        """A line that counts blocks, on a terminal only."""
        if self.level < 0 or not sys.stderr.isatty():
            yield None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        console = Console(stderr=True, no_color=not self.colored)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Bar(*columns, console=console, transient=True) as bar:
            task = bar.add_task(name, total=None)

            def advance(done: int, blocks: int, /) -> None:
                bar.update(task, completed=done, total=blocks)

            yield advance


def word_styled(word: str) -> str:
    return click.style(word, fg=WORD_COLORS[word])


def verdict_table(translations: Sequence[Translation]) -> str:
    """A row for each file, a last one with the sum when there are several; zeros are dimmed."""
    rows = [(translation.file, translation.verdicts) for translation in translations]
    if len(rows) > 1:
        rows.append(("all", total(translations)))
    width = max(len(name) for name, _ in [*rows, ("file", {})])
    lines = ["  ".join([f"{'file':<{width}}", f"{'blocks':>7}", *(f"{word:>9}" for word in WORDS)])]
    for name, verdicts in rows:
        cells = [cell(word, verdicts[word]) for word in WORDS]
        lines.append("  ".join([f"{name:<{width}}", f"{sum(verdicts.values()):>7}", *cells]))
    return "\n".join(lines)


def cell(word: str, number: int) -> str:
    text = f"{number:>9}"
    return click.style(text, fg=WORD_COLORS[word]) if number else click.style(text, dim=True)


def failing_lines(translation: Translation, require: Require, unlimited: bool) -> Iterator[str]:
    """One line for each block that keeps the file from meeting ``require``, at most ``MAX_LISTED``."""
    failing = list(translation.failing(require))
    shown = failing if unlimited else failing[:MAX_LISTED]
    for function, block in shown:
        yield block_line(translation.file, function.name, block, "error")
    if len(failing) > len(shown):
        yield f"... and {len(failing) - len(shown)} more; -v lists all, --report and --html hold the details"


def tested_lines(translation: Translation) -> Iterator[str]:
    for function in translation.functions:
        for block in function.blocks:
            if isinstance(block.verdict, Tested):
                yield block_line(translation.file, function.name, block, "note")


def block_line(file: str, function: str, block: BlockResult, severity: str) -> str:
    styled = click.style(severity, fg="red" if severity == "error" else "cyan", bold=True)
    reason = f": {block.reason}" if block.reason else ""
    trap = " (traps in the output)" if block.trapped else ""
    verdict = word_styled(block.verdict.word)
    return f"{file}:{block.first_line}: {styled}: block {block.label} of {function} is {verdict}{reason}{trap}"


def explanation_text(explanation: Explanation) -> str:
    """A block, readable: both texts side by side, the relation, the verdict and what stands behind it."""
    block = explanation.block
    heading = f"{explanation.file}:{block.first_line}-{block.last_line}: block {block.label} of {explanation.function}"
    lines = [click.style(heading, bold=True), ""]
    lines += side_by_side(block.source_text, block.target_text, explanation.target)
    heading = {"cuda": "how:", "python": "runs in:"}.get(explanation.target, "at entry:")
    lines += ["", *relation_lines(block, heading), *verdict_lines(block, explanation.target)]
    lines += history_lines(block, COSTS.get(explanation.target, "instructions"))
    return "\n".join(lines)


def side_by_side(left: Sequence[str], right: Sequence[str], title: str) -> Iterator[str]:
    left = dedent("\n".join(line.expandtabs(8).rstrip() for line in left)).splitlines()
    right = [line.rstrip().expandtabs(8) for line in right]
    width = max([len("source"), *map(len, left)])
    yield f"  {'source':<{width}}  |  {title}"
    yield f"  {'-' * width}--+--{'-' * max([len(title), *map(len, right)])}"
    for position in range(max(len(left), len(right))):
        mine = left[position] if position < len(left) else ""
        yours = right[position] if position < len(right) else ""
        yield f"  {mine:<{width}}  |  {yours}".rstrip()


def relation_lines(block: BlockResult, heading: str) -> Iterator[str]:
    if not block.relation:
        return
    width = max(map(len, block.relation))
    yield heading
    for place, held in block.relation.items():
        yield f"  {place:<{width}}  {held}"
    yield ""


def verdict_lines(block: BlockResult, target: str) -> Iterator[str]:
    verdict = block.verdict
    yield f"verdict: {word_styled(verdict.word)}" + (f": {block.reason}" if block.reason else "")
    if isinstance(verdict, Proved):
        yield from (f"  assuming {assumption}" for assumption in verdict.assumptions)
    if isinstance(verdict, Tested):
        yield f"  no difference on {verdict.runs} inputs, seed {verdict.seed}"
    if isinstance(verdict, Refuted) and verdict.witness:
        yield "counterexample:"
        yield from (f"  {place} = {value:#x}" for place, value in sorted(verdict.witness.items()))
    if block.rungs:
        yield "checks:"
    for rung in block.rungs:
        yield f"  {rung.name}: {rung.outcome}" + (f": {rung.detail}" if rung.detail else "")
        yield from (f"    assuming {assumption}" for assumption in rung.assumptions)
    proposer = block.proposer or "nobody"
    match target:
        case "cuda":
            yield f"kernels: {block.cost}, planned by {proposer}"
        case "python":
            yield f"lines: {block.cost}, proposed by {proposer}; solver resources: {block.rlimit}"
        case _:
            yield f"cost: {block.cost} instructions, proposed by {proposer}; solver resources: {block.rlimit}"
    if block.trapped:
        yield "the output traps here instead of running this block"


def history_lines(block: BlockResult, unit: str) -> Iterator[str]:
    """What was tried; ``unit`` is that of costs."""
    if len(block.history) < 2 and all(attempt.step == RULES for attempt in block.history):
        return
    yield "tried:"
    for attempt in block.history:
        step = "" if attempt.step == RULES else f" ({attempt.step})"
        yield f"  {attempt.proposer}{step}, {attempt.cost} {unit}: {word_styled(attempt.verdict.word)}"
        if attempt.step != RULES:
            yield from (f"    {line}" for line in attempt_lines(attempt, block))


def attempt_lines(attempt: Attempt, block: BlockResult) -> Iterator[str]:
    """A candidate's text unless it is the one that stands above, what filled its holes, what speaks against it."""
    if attempt.text != block.target_text:
        yield from (f"| {line.expandtabs(8)}" for line in attempt.text)
    if attempt.filled:
        yield f"filled: {'; '.join(attempt.filled)}"
    reason = reason_of(attempt.verdict)
    if reason:
        yield f"{attempt.judge}: {reason}" if attempt.judge else reason
    if isinstance(attempt.verdict, Refuted) and (witness := sorted(attempt.verdict.witness.items())):
        yield "with " + ", ".join(f"{place} = {value:#x}" for place, value in witness)


def yield_table(yields: Yields) -> str:
    """A row for each step of each proposer; empty without language models."""
    rows = [(proposer, step, row) for (proposer, step), row in yields.rows.items()]
    if all(step == RULES for _, step, _ in rows):
        return ""
    shown = [name for name in COUNTS if any(getattr(row, name) for _, _, row in rows)]
    names = [printable(f"{proposer}, {step}" if step != RULES else proposer) for proposer, step, _ in rows]
    width = max(map(len, names))
    widths = {name: max(len(name), 7) for name in shown}
    lines = ["  ".join([f"{'proposer':<{width}}", *(f"{name:>{widths[name]}}" for name in shown)])]
    for name, (_, _, row) in zip(names, rows, strict=True):
        lines.append("  ".join([f"{name:<{width}}", *(f"{getattr(row, n):>{widths[n]}}" for n in shown)]))
    return "\n".join(lines)
