"""All checks of a program, from the weakest to the strongest, and what they add up to for each method.

A difference that any check finds refutes. A proof counts where no check found a difference. Runs without a difference
that reached the method make it tested. Everything else is undecided, with the reasons.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from transpile.core.verdict import Proved, Refuted, Tested, Undecided, Verdict
from transpile.errors import ToolError, TranspileError
from transpile.modernize.checks import (
    NAMES,
    PARAGRAPH,
    PROGRAM,
    PROOF,
    PYTHON,
    Case,
    Checks,
    Found,
    Outcome,
    WholeCase,
    begun,
)
from transpile.modernize.subject import ASSUMED, Key, Subject
from transpile.translation import Rung

_NOT_ASKED = {
    PARAGRAPH: Rung(PARAGRAPH, "skipped", "it was not asked for"),
    PROOF: Rung(PROOF, "open", "no proof: it was not asked for"),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of one method: the verdict, and the checks behind it."""

    verdict: Verdict
    rungs: tuple[Rung, ...]
    cases: tuple[Case, ...] = ()


@dataclass(frozen=True, slots=True)
class Climb:
    """All checks of a program. ``seconds`` is how long each was waited for."""

    methods: Mapping[Key, Checked]
    cases: tuple[WholeCase, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)


def climb(subject: Subject, checks: Checks, told: Callable[[str], None] = lambda name: None) -> Climb:
    """Check all methods on every rung, beside each other where they can be; ``told`` hears the name of each check that
    is done."""
    outcomes: dict[str, Outcome] = {}
    skipped: dict[str, str] = {}
    seconds: dict[str, float] = {}
    with ExitStack() as stack:
        for check, outcome in [(each, stack.enter_context(begun(each, subject))) for each in checks]:
            start = time.monotonic()
            try:
                outcomes[check.name] = outcome()
            except ToolError as error:
                skipped[check.name] = f"{error.message}: {error.hint}" if error.hint else error.message
            except TranspileError as error:
                rung = Rung(check.name, "open", f"this program is outside what it can do: {error}")
                outcomes[check.name] = Outcome({key: Found(rung) for key, _, _ in subject.methods})
            seconds[check.name] = time.monotonic() - start
            told(check.name)
    _blame(outcomes)
    methods = {
        key: _checked([_found(name, key, outcomes, skipped) for name in NAMES], subject.seed)
        for key, _, _ in subject.methods
    }
    return Climb(methods, tuple(case for each in outcomes.values() for case in each.cases), seconds)


def _blame(outcomes: dict[str, Outcome]) -> None:
    """A run of the program that differs says nothing more of paragraphs that ran in it with one that is wrong."""
    paragraphs, programs = (outcomes.get(name, Outcome()).methods for name in (PARAGRAPH, PROGRAM))
    wrong = {key for key, one in paragraphs.items() if one.rung.outcome == "failed"}
    failed = {key for key, one in programs.items() if one.rung.outcome == "failed"}
    if wrong & failed:
        rung = Rung(PROGRAM, "open", "a run of the program differs, in which a wrong paragraph ran")
        kept = {key: Found(rung) if key in failed - wrong else one for key, one in programs.items()}
        outcomes[PROGRAM] = replace(outcomes[PROGRAM], methods=kept)


def _found(name: str, key: Key, outcomes: Mapping[str, Outcome], skipped: Mapping[str, str]) -> Found:
    if name in skipped:
        return Found(Rung(name, "skipped", skipped[name]))
    if name not in outcomes:
        return Found(_NOT_ASKED.get(name, Rung(name, "skipped", "it was not asked for")))
    return outcomes[name].methods.get(key, Found(Rung(name, "open", "it says nothing about this paragraph")))


def _checked(found: Sequence[Found], seed: int) -> Checked:
    rungs = tuple(each.rung for each in found)
    cases = tuple(case for each in found for case in each.cases)
    return Checked(_verdict({each.rung.name: each for each in found}, seed), rungs, cases)


def _verdict(found: Mapping[str, Found], seed: int) -> Verdict:
    failed = [each for each in found.values() if each.rung.outcome == "failed"]
    if failed:
        return Refuted({}, tuple(text for each in failed for text in each.differs or (each.rung.detail,)))
    proof = found[PROOF]
    if proof.rung.outcome == "passed":
        return Proved(tuple(dict.fromkeys((*ASSUMED, *proof.rung.assumptions))), proof.rlimit)
    runs = sum(each.runs for each in found.values() if each.rung.outcome == "passed")
    if runs:
        return Tested(runs, seed, proof.rung.detail)
    open_ones = [rung for each in found.values() if (rung := each.rung).name != PYTHON and rung.detail]
    return Undecided("; ".join(dict.fromkeys(f"{rung.name}: {rung.detail}" for rung in open_ones)))
