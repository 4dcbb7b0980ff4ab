"""`transpile port DIR`: a repository to another target, on a copy or in place, with a report of what it takes."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from transpile.cli.files import write_output
from transpile.cli.screen import Screen
from transpile.errors import UsageError
from transpile.findings import github, sarif
from transpile.options import Options
from transpile.port import crossing, markdown, pages
from transpile.port.assembly import Choices
from transpile.port.changes import Change, changes_of, copy, uncommitted, unified, write
from transpile.port.crossing import Ran
from transpile.port.plan import Plan, plan_for
from transpile.port.records import Ported, port_findings, record
from transpile.port.tree import Tree, walk
from transpile.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of this command."""

    output: Path | None = None
    in_place: bool = False
    dry_run: bool = False
    diff: bool = False
    force: bool = False
    build: str = ""
    test: str = ""
    run_timeout: int = 600
    reports: Sequence[Path] = ()
    style: str = "text"
    exclude: Sequence[str] = ()
    include: Sequence[Path] = ()
    define: Sequence[str] = ()
    substitutes: bool = False
    unconfined: bool = False


def port_folder(folder: Path, to: str, asked: Asked, options: Options, screen: Screen) -> int:
    """Exit code 0: nothing is left to a person, and what was to be run has passed."""
    refuse(folder, to, asked)
    tree = walk(folder, asked.exclude)
    choices = Choices(tuple(asked.include), tuple(asked.define), asked.substitutes)
    with screen.progress(folder.name or str(folder)) as progress:
        plan = plan_for(tree, to, options, choices, progress or (lambda done, total: None))
    changes = changes_of(tree, plan.texts)
    wrote, ran = carried_out(tree, plan, changes, asked, screen)
    name = folder.resolve().name or str(folder)
    ported = Ported(name, plan, changes, options.require, wrote, ran, tree.skipped)
    tell(ported, asked, screen)
    return 0 if ported.meets else 1


def refuse(folder: Path, to: str, asked: Asked) -> None:
    """Raises UsageError for what cannot be wanted together."""
    if asked.in_place and asked.output:
        raise UsageError("--in-place and -o exclude each other")
    if (asked.in_place or asked.output) and asked.dry_run:
        raise UsageError("--dry-run writes nothing: leave out -o and --in-place")
    if (asked.build or asked.test) and to not in crossing.TRIPLES:
        raise UsageError(f"--build and --test need a target that programs run on, not {to}")
    if asked.in_place and not asked.force and (why := uncommitted(folder)):
        raise UsageError(why, "commit first, port into a copy with -o DIR, or say --force")
    for report in asked.reports:
        if report.suffix not in (".md", ".html", ".json", ".sarif"):
            raise UsageError(f"{report}: reports end in .md, .html, .json or .sarif")


def carried_out(
    tree: Tree, plan: Plan, changes: list[Change], asked: Asked, screen: Screen
) -> tuple[str, list[tuple[str, Ran]]]:
    """Writes what was asked for and runs what was asked for; where to, and how it went."""
    commands = [(role, command) for role, command in (("build", asked.build), ("test", asked.test)) if command]
    wrote = ""
    if asked.in_place:
        write(tree.root, changes)
        wrote = str(tree.root)
    elif asked.output:
        copy(tree.root, asked.output)
        write(asked.output, changes)
        return str(asked.output), run_all(commands, asked.output, plan.to, asked, screen)
    if not commands:
        return wrote, []
    with TemporaryDirectory(prefix="transpile-port-") as name:
        place = Path(name) / "copy"
        copy(tree.root, place)
        write(place, changes)
        return wrote, run_all(commands, place, plan.to, asked, screen)


def run_all(
    commands: list[tuple[str, str]], folder: Path, to: str, asked: Asked, screen: Screen
) -> list[tuple[str, Ran]]:
    """Each command in turn, none after one that failed."""
    done: list[tuple[str, Ran]] = []
    if not commands:
        return done
    sandbox = None if asked.unconfined else Sandbox.detect()
    if sandbox is not None and not sandbox.isolates:
        screen.note(f"--build and --test run with bounds alone: {sandbox.reason}")
    with crossing.surroundings(crossing.target(to)) as environment:
        for role, command in commands:
            screen.note(f"{role}: {command}")
            ran = crossing.run(command, folder, environment, asked.run_timeout, sandbox)
            done.append((role, ran))
            if not ran.passed:
                break
    return done


def tell(ported: Ported, asked: Asked, screen: Screen) -> None:
    """The reports, the patch, and in words what was found."""
    for report in asked.reports:
        write_output(str(report), rendered(ported, report.suffix))
    if asked.diff:
        sys.stdout.flush()
        patch = "".join(unified(list(ported.changes)))
        sys.stdout.buffer.write(patch.encode("utf-8", "surrogateescape"))
    match asked.style:
        case "text":
            if asked.diff or asked.reports:
                screen.note(f"{markdown.summary(ported)}; {len(ported.plan.left)} items left")
            elif screen.level >= 0:
                click.echo(markdown.document(ported), nl=False)
        case "github":
            for line in github(list(port_findings(ported)), ported.verdicts):
                click.echo(line, err=asked.diff)
        case style:
            click.echo(rendered(ported, f".{style}"), nl=False, err=asked.diff)


def rendered(ported: Ported, suffix: str) -> str:
    match suffix:
        case ".html":
            return pages.page(ported)
        case ".json":
            return json.dumps(record(ported), indent=2) + "\n"
        case ".sarif":
            return json.dumps(sarif(list(port_findings(ported))), indent=2) + "\n"
        case _:
            return markdown.document(ported)
