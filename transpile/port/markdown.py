"""The report of a port for people, as Markdown: what was done, what is left and where, what it may take."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from transpile.core.verdict import WORDS
from transpile.errors import printable
from transpile.port.items import KINDS, Item, State
from transpile.port.plan import by_file
from transpile.port.records import Ported

LISTED = 200
"""Rows of a table."""
TAIL = 30
"""Lines of a command's output."""
STATES: tuple[State, ...] = ("ported", "covered", "left", "note")
EFFORT = (
    "Minutes are a rough figure from the kind of each item and its number of lines, the same for every repository, "
    "made to compare files with each other; nobody measured them."
)


def document(ported: Ported) -> str:
    return (
        "\n".join([*_head(ported), *_left(ported), *_done(ported), *_files(ported), *_changes(ported), *_runs(ported)])
        + "\n"
    )


def _head(ported: Ported) -> Iterator[str]:
    yield f"# {cell(ported.name)} to {ported.to}"
    yield ""
    left = len(ported.plan.left)
    done = "nothing is left to do by hand" if not left else f"{left} {'item is' if left == 1 else 'items are'} left"
    yield f"{summary(ported)}; {done}." + (
        f" Written to {code(ported.wrote)}." if ported.wrote else " Nothing was written."
    )
    yield ""
    counts = Counter((item.kind, item.state) for item in ported.plan.items)
    yield from table(
        ("", "ported", "covered already", "left", "worth a look"),
        [
            (title, *(str(counts[kind, state] or "") for state in STATES))
            for kind, title in KINDS.items()
            if any(counts[kind, state] for state in STATES)
        ],
    )


def summary(ported: Ported) -> str:
    """One line: how many of what."""
    verdicts = ", ".join(f"{number} {word}" for word, number in ported.verdicts.items() if number)
    changed = sum(change.before is not None for change in ported.changes)
    new = len(ported.changes) - changed
    return f"{changed} files changed, {new} new; blocks: {verdicts or 'none'}"


def _left(ported: Ported) -> Iterator[str]:
    for state, title in (("left", "Left to do"), ("note", "Worth a look")):
        found = [item for item in ported.plan.items if item.state == state]
        if found:
            yield from ("", f"## {title}", "")
            yield from table(
                ("where", "what", "why", "what to do", "minutes"),
                [(place(item), item.what, item.why, item.hint, f"{item.minutes:.0f}") for item in found],
            )


def _done(ported: Ported) -> Iterator[str]:
    found = [item for item in ported.plan.items if item.state == "ported"]
    if found:
        yield from ("", "## Ported", "")
        yield from table(
            ("where", "what", "how", "verdict"), [(place(item), item.what, item.how, verdict(item)) for item in found]
        )


def verdict(item: Item) -> str:
    """What is known about the result; nothing where there is no code to judge."""
    if item.verdicts:
        return ", ".join(f"{item.verdicts[word]} {word}" for word in WORDS if item.verdicts.get(word))
    return "not checked: SIMDe's" if item.kind == "intrinsics" and "SIMDe" in item.how else ""


def _files(ported: Ported) -> Iterator[str]:
    rows = [
        (file, str(len(items)), f"{sum(item.minutes for item in items):.0f}")
        for file, items in by_file(ported.plan.items).items()
        if any(item.minutes for item in items)
    ]
    if rows:
        yield from ("", "## Effort", "", EFFORT, "")
        yield from table(("file", "items", "minutes"), sorted(rows, key=lambda row: -int(row[2])))
        yield from ("", f"In all: {ported.minutes:.0f} minutes.")


def _changes(ported: Ported) -> Iterator[str]:
    if ported.changes:
        yield from ("", "## Files", "")
        yield from table(
            ("file", "lines added", "removed"),
            [
                (change.path + (" (new)" if change.before is None else ""), *map(str, change.counts))
                for change in ported.changes
            ],
        )


def _runs(ported: Ported) -> Iterator[str]:
    for role, ran in ported.ran:
        ended = "stopped at the time limit" if ran.timed_out else f"exit status {ran.status}"
        yield from ("", f"## {role.capitalize()}: {'passed' if ran.passed else 'failed'}", "")
        yield from (f"{code(ran.command)}: {ended}.", "", "~~~")
        yield from (printable(line).replace("~~~", "~ ~ ~") for line in ran.output.splitlines()[-TAIL:])
        yield "~~~"


def place(item: Item) -> str:
    return f"{item.file}:{item.line}" + (f"–{item.last_line}" if item.last_line > item.line else "")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows[:LISTED]:
        yield f"| {' | '.join(map(cell, row))} |"
    if len(rows) > LISTED:
        yield from ("", f"… and {len(rows) - LISTED} more; the JSON report has all.")


def cell(text: str) -> str:
    """Text of the repository's own, which says nothing to a reader of Markdown."""
    shown = printable(" ".join(text.split()))[:300]
    shown = re.sub(r"[\\|`*_\[\]#]", r"\\\g<0>", shown)
    return shown.replace("<", "&lt;").replace(">", "&gt;")


def code(text: str) -> str:
    """``text`` in the type of a program."""
    return f"`{printable(' '.join(text.split()))[:300].replace('`', chr(39))}`"
