"""The report of a port as data: the same run gives the same record. Its shape is ``port.schema.json`` beside this file.

Verdicts of single blocks stand in ``translations``, in the form of the report of single files (docs/report.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from transpile import __version__
from transpile.core.verdict import WORDS
from transpile.findings import Finding, Level, findings
from transpile.options import Require
from transpile.port.changes import Change
from transpile.port.crossing import Ran
from transpile.port.items import KINDS, Item
from transpile.port.plan import Plan
from transpile.report import file_row

Json: TypeAlias = dict[str, Any]
VERSION = 1


@dataclass(frozen=True, slots=True)
class Ported:
    """A port, as it is reported. ``wrote`` says where to; empty: nothing was written."""

    name: str
    plan: Plan
    changes: Sequence[Change]
    require: Require
    wrote: str = ""
    ran: Sequence[tuple[str, Ran]] = ()
    skipped: Sequence[tuple[str, str]] = field(default=())

    @property
    def to(self) -> str:
        return self.plan.to

    @property
    def verdicts(self) -> dict[str, int]:
        counted: Counter[str] = Counter()
        for item in self.plan.items:
            counted.update(item.verdicts)
        return {word: counted[word] for word in WORDS}

    @property
    def minutes(self) -> float:
        return sum(item.minutes for item in self.plan.items)

    @property
    def meets(self) -> bool:
        """Whether nothing is left to a person, and what was run has passed."""
        return not self.plan.left and all(ran.passed for _, ran in self.ran)


def record(ported: Ported) -> Json:
    """Ready for ``json.dump``."""
    return {
        "version": VERSION,
        "tool": {"name": "transpile", "version": __version__},
        "name": ported.name,
        "target": ported.to,
        "require": ported.require,
        "meets": ported.meets,
        "verdicts": ported.verdicts,
        "minutes": round(ported.minutes),
        "items": [item_row(item) for item in ported.plan.items],
        "changes": [change_row(change) for change in ported.changes],
        "runs": [run_row(role, ran) for role, ran in ported.ran],
        "skipped": [{"path": path, "why": why} for path, why in ported.skipped],
        "translations": [file_row(translation, ported.require) for translation in ported.plan.translations],
    }


def item_row(item: Item) -> Json:
    return {
        "kind": item.kind,
        "file": item.file,
        "lines": [item.line, item.last_line],
        "what": item.what,
        "state": item.state,
        "how": item.how,
        "why": item.why,
        "hint": item.hint,
        "verdicts": {word: item.verdicts.get(word, 0) for word in WORDS} if item.verdicts else None,
        "minutes": round(item.minutes, 1),
    }


def change_row(change: Change) -> Json:
    added, removed = change.counts
    return {"path": change.path, "new": change.before is None, "added": added, "removed": removed}


def run_row(role: str, ran: Ran) -> Json:
    return {
        "role": role,
        "command": ran.command,
        "status": ran.status,
        "timed_out": ran.timed_out,
        "passed": ran.passed,
        "output": ran.output,
    }


def port_findings(ported: Ported) -> Iterator[Finding]:
    """What a person has to look at, for SARIF and annotations: items that are left, notes, and blocks."""
    for item in ported.plan.items:
        if item.state in ("left", "note"):
            level: Level = "warning" if item.state == "left" else "note"
            text = f"{item.what}: {item.why}" + (f" ({item.hint})" if item.hint else "")
            yield Finding("port", level, f"{KINDS[item.kind]}: {text}", item.file, item.line, item.last_line)
    for translation in ported.plan.translations:
        yield from (found for found in findings(translation, ported.require) if found.rule != "input")
