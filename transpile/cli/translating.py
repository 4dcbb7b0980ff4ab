"""`transpile FILE.s…` and `transpile check`: from paths to paths, with everything that is said on the way."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

import transpile
from transpile.cli.files import STANDARD, STDIN_NAME, output_paths, read_source, write_output
from transpile.cli.screen import Progress, Screen, failing_lines, tested_lines, verdict_table, yield_table
from transpile.core.yields import summed
from transpile.directions.writing import may_write
from transpile.errors import TranspileError
from transpile.findings import Finding, findings, github, sarif
from transpile.html import page
from transpile.options import Options, Target
from transpile.report import report, total
from transpile.translation import Translation

MET, NOT_MET = 0, 1


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where results go; ``style`` is how findings are told."""

    output: str | None
    report: str | None
    html: str | None
    style: str = "text"


@dataclass(slots=True)
class Session:
    """One command's files: what became of them, and the worst exit code so far."""

    options: Options
    outputs: Outputs
    screen: Screen
    done: list[Translation] = field(default_factory=list)
    exit_code: int = MET

    def attempt(self, name: str, target: str, work: Callable[[Progress | None], Translation]) -> Translation | None:
        """Run ``work`` for one file. Errors in it are told, kept for the reports, and do not stop other files."""
        try:
            with self.screen.progress(name) as progress:
                translation = work(progress)
        except TranspileError as error:
            self.exit_code = max(self.exit_code, error.exit_code)
            self.done.append(Translation("", name, target, (), tuple(error.diagnostics)))
            self.tell(self.done[-1])
            return None
        if not translation.meets(self.options.require):
            self.exit_code = max(self.exit_code, NOT_MET)
        self.done.append(translation)
        self.tell(translation)
        return translation

    def tell(self, translation: Translation) -> None:
        """In words, what is wrong with a file; other styles are told at the end."""
        if self.outputs.style != "text":
            return
        screen = self.screen
        for diagnostic in translation.diagnostics:
            if diagnostic.severity == "error" or screen.level >= 0:
                screen.message(diagnostic.render(screen.colored))
        for line in failing_lines(translation, self.options.require, screen.level > 0):
            screen.message(line)
        if screen.level > 0:
            for line in tested_lines(translation):
                screen.message(line)

    def finish(self) -> int:
        """Write the reports, tell the findings, print the verdict table."""
        require = self.options.require
        if self.outputs.report:
            write_output(self.outputs.report, json_text(report(self.done, require)))
        if self.outputs.html:
            write_output(self.outputs.html, page(self.done, require))
        if self.outputs.style != "text":
            in_file = self.outputs.output not in (None, STANDARD)
            click.echo(self.styled_findings(), nl=False, err=not in_file)
        elif any(translation.functions for translation in self.done):
            self.screen.note(verdict_table(self.done))
            yields = yield_table(summed(translation.yields for translation in self.done))
            if yields:
                self.screen.note(f"\n{yields}")
                self._tell_cost()
        return self.exit_code

    def _tell_cost(self) -> None:
        """What the language models' tokens cost, if their price was given."""
        price = self.options.lm_price
        rows = summed(translation.yields for translation in self.done).rows.values()
        sent, received = sum(row.tokens_in for row in rows), sum(row.tokens_out for row in rows)
        if price is not None and sent:
            total = (sent * price[0] + received * price[1]) / 1e6
            self.screen.note(f"cost of {sent} tokens in and {received} out: {total:.4g}")

    def styled_findings(self) -> str:
        found: list[Finding] = []
        for translation in self.done:
            found.extend(findings(translation, self.options.require))
        match self.outputs.style:
            case "sarif":
                return json_text(sarif(found))
            case "github":
                return "".join(f"{line}\n" for line in github(found, total(self.done)))
            case _:
                return json_text(report(self.done, self.options.require))


def translate_files(
    files: Sequence[str], to: Target, options: Options, outputs: Outputs, screen: Screen, include: Sequence[Path]
) -> int:
    """Translate each file and write it when it meets the requirement, or when traps stand where it does not."""
    session = Session(options, outputs, quiet_unless_text(screen, outputs))
    destinations = output_paths(files, outputs.output)
    together = translate_together(files, to, options, session.screen, include) if len(files) > 1 else {}
    for path, destination in zip(files, destinations, strict=True):
        name = STDIN_NAME if path == STANDARD else path

        def work(progress: Progress | None, path: str = path, name: str = name) -> Translation:
            known = together.get(path)
            if isinstance(known, TranspileError):
                raise known
            if known is not None:
                return known
            source = read_source(path, include)
            return transpile.translate(source, to, file=name, options=options, progress=progress)

        translation = session.attempt(name, to, work)
        if translation is not None and may_write(translation, options):
            write_output(destination, translation.text)
        elif translation is not None and outputs.style == "text":
            screen.message(f"{name}: nothing is written, because some blocks do not meet --require {options.require}")
    return session.finish()


def translate_together(
    files: Sequence[str], to: Target, options: Options, screen: Screen, include: Sequence[Path]
) -> dict[str, Translation | TranspileError]:
    """Several files, shared out among the processes."""
    results: dict[str, Translation | TranspileError] = {}
    sources: dict[str, str] = {}
    for path in files:
        try:
            sources[path] = read_source(path, include)
        except TranspileError as error:
            results[path] = error
    named = [(text, STDIN_NAME if path == STANDARD else path) for path, text in sources.items()]
    with screen.progress("files") as progress:
        done = transpile.translate_many(named, to, options=options, progress=progress)
    return results | dict(zip(sources, done, strict=True))


def check_file(
    source: str,
    output: str,
    to: Target | None,
    options: Options,
    outputs: Outputs,
    screen: Screen,
    include: Sequence[Path],
) -> int:
    """Check ``output`` against ``source``; nothing is translated and nothing but reports is written."""
    session = Session(options, outputs, quiet_unless_text(screen, outputs))

    def work(progress: Progress | None) -> Translation:
        texts = read_source(source, include), read_source(output)
        return transpile.check(*texts, to, file=source, output_file=output, options=options, progress=progress)

    session.attempt(source, to or "", work)
    return session.finish()


def quiet_unless_text(screen: Screen, outputs: Outputs) -> Screen:
    """Other programs read stderr when the findings go there: nothing else may stand in it."""
    return screen if outputs.style == "text" else Screen(screen.color, -1)


def json_text(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"
