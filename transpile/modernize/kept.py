"""Checks of programs that were made before, kept in the proof store: a second run takes no longer than the translation.

What a check said is kept under all that it depends on: the files of the program, what was emitted, every setting, the
version of GnuCOBOL, and the sources of the checkers. Checks that found a difference, or could not be made here, are
made again.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from transpile import tools
from transpile.modernize.checks import Case, Check, Checks, Found, Outcome, WholeCase, begun
from transpile.modernize.ladder import Climb, climb
from transpile.modernize.subject import Subject
from transpile.store import ProofStore, key_of
from transpile.translation import Rung

_MALFORMED = (KeyError, ValueError, TypeError, AttributeError)


def checked_once(
    subject: Subject, checks: Checks, store: Path | None, told: Callable[[str], None] = lambda name: None
) -> Climb:
    """``climb``, where checks that ``store`` knows the outcome of are not made."""
    if store is None:
        return climb(subject, checks, told)
    proofs = ProofStore(store)
    try:
        return climb(subject, tuple(_Once(check, proofs) for check in checks), told)
    finally:
        proofs.close()


@dataclass(frozen=True, slots=True)
class _Once:
    """A check that looks into the store first."""

    check: Check
    proofs: ProofStore

    @property
    def name(self) -> str:
        return self.check.name

    def __call__(self, subject: Subject) -> Outcome:
        with self.begin(subject) as outcome:
            return outcome()

    @contextmanager
    def begin(self, subject: Subject) -> Iterator[Callable[[], Outcome]]:
        key = key_of("cobol", self.name, repr(self.check), *subject.identity, _compiler())
        known = _read(self.proofs.checks(key))
        if known is not None:
            yield lambda: known
            return
        with begun(self.check, subject) as outcome:
            yield lambda: self._remembered(key, outcome())

    def _remembered(self, key: bytes, made: Outcome) -> Outcome:
        if made.methods and all(one.rung.outcome in ("passed", "open") for one in made.methods.values()):
            self.proofs.remember_checks(key, _written(made))
        return made


def _compiler() -> str:
    """Which GnuCOBOL there is, if any."""
    return _version(tools.find("cobc").command)


@cache
def _version(command: tuple[str, ...]) -> str:
    try:
        said = subprocess.run([*command, "--version"], capture_output=True, check=False, text=True).stdout
    except OSError:
        said = ""
    return f"{command} {said.partition(chr(10))[0]}"


def _written(outcome: Outcome) -> dict[str, Any]:
    rows = [
        [
            list(key[1]),
            key[0],
            [one.rung.name, one.rung.outcome, one.rung.detail, list(one.rung.assumptions)],
            one.runs,
            one.rlimit,
            [[list(case.before), list(case.after), case.output, case.ends] for case in one.cases],
        ]
        for key, one in outcome.methods.items()
    ]
    whole = [[c.about, c.stdin, list(c.files), c.output, c.exit_code, list(c.left)] for c in outcome.cases]
    return {"methods": rows, "whole": whole}


def _read(kept: Any) -> Outcome | None:
    """What was kept; None where nothing was, or nothing that makes sense."""
    if not kept:
        return None
    try:
        methods = {}
        for (begin, end), owner, (name, outcome, detail, assumed), runs, rlimit, cases in kept["methods"]:
            found = Found(Rung(name, outcome, detail, tuple(assumed)), runs, rlimit=rlimit)
            made = tuple(Case(_pairs(b), _pairs(a), output, ends) for b, a, output, ends in cases)
            methods[str(owner), (int(begin), int(end))] = replace(found, cases=made)
        whole = tuple(WholeCase(a, s, _pairs(f), o, e, _pairs(left)) for a, s, f, o, e, left in kept["whole"])
    except _MALFORMED:
        return None
    return Outcome(methods, whole)


def _pairs(rows: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((one, other) for one, other in rows)
