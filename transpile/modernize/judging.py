"""What becomes of a method with another text: the checks of all, made for that method alone.

The text may be anybody's. It runs in the bounded processes of the differential room only, and what gives it its meaning
for the proof runs in a process of its own, with bounds on its memory and its time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from transpile.core.verdict import Proved, Refuted, Tested, Undecided, Verdict
from transpile.errors import TranspileError
from transpile.modernize.checks import PARAGRAPH, PROGRAM, PROOF, PYTHON, Case, Check, Checks, Found, Outcome
from transpile.modernize.kept import checked_once
from transpile.modernize.paragraph_runs import ParagraphRuns
from transpile.modernize.proposers import Task
from transpile.modernize.subject import Subject
from transpile.pool import Beat, Skip, run
from transpile.python.splicing import spliced
from transpile.translation import Rung

RANKS = {"proved": 0, "tested": 1, "undecided": 2, "refuted": 3}
STATES = 1_000
"""That a text is run on: the rules know COBOL's arithmetic, a model may have taken one that differs once in a while."""
LOST = "no proof: it took too much time or memory"


@dataclass(frozen=True, slots=True)
class InOwnProcess:
    """A check that may take any time or memory: then it says nothing."""

    check: Check

    @property
    def name(self) -> str:
        return self.check.name

    def __call__(self, subject: Subject) -> Outcome:
        def work(payload: None, skip: Skip, beat: Beat) -> Outcome:
            if skip:
                return Outcome({key: Found(Rung(self.name, "open", LOST)) for key, _, _ in subject.methods})
            beat(self.name, self.name)
            return self.check(subject)

        (found,) = run(work, [None], 1)
        if isinstance(found, TranspileError):
            raise found
        return found


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the checks say of a text, with the runs that refute it, as tests, and why it is not proved."""

    verdict: Verdict
    cases: tuple[Case, ...] = ()
    no_proof: str = ""

    @property
    def rank(self) -> int:
        """Less is better."""
        return RANKS[self.verdict.word]


@dataclass(frozen=True, slots=True)
class Judge:
    """Checks texts for methods of ``subject``. Runs come first, as they refute fastest; whole programs are run only
    where nothing else says as much as is known of the rules' translation."""

    subject: Subject
    checks: Checks
    store: Path | None

    def __call__(self, task: Task, text: str) -> Judgement:
        module = spliced(self.subject.module, task.key[0], task.method, text)
        subject = replace(self.subject, module=module, only=frozenset({task.key}))
        best, cases, no_proof = Judgement(Undecided("nothing was checked")), tuple[Case, ...](), ""
        for name in (PYTHON, PARAGRAPH, PROOF, PROGRAM):
            check = next((one for one in self.checks if one.name == name), None)
            enough = best.rank == 0 or (name == PROGRAM and best.rank <= RANKS[task.verdict.word])
            if check is None or enough:
                continue
            found = checked_once(subject, (_for_texts(check),), self.store).methods[task.key]
            cases += found.cases if isinstance(found.verdict, Refuted) else ()
            if name == PROOF and not isinstance(found.verdict, Proved):
                no_proof = next(rung.detail for rung in found.rungs if rung.name == PROOF)
            if isinstance(found.verdict, Refuted) or no_proof == LOST:
                verdict = found.verdict if isinstance(found.verdict, Refuted) else Undecided(LOST)
                return Judgement(verdict, cases, no_proof)
            best = min(best, Judgement(found.verdict), key=lambda one: one.rank)
        return Judgement(_with_reason(best.verdict, no_proof), cases, no_proof)


def _for_texts(check: Check) -> Check:
    """The check as it is made of texts that anybody wrote."""
    if check.name == PROOF:
        return InOwnProcess(check)
    return replace(check, states=max(check.states, STATES)) if isinstance(check, ParagraphRuns) else check


def _with_reason(verdict: Verdict, no_proof: str) -> Verdict:
    """A verdict that is no proof says why."""
    match verdict:
        case Tested():
            return replace(verdict, reason=no_proof or verdict.reason)
        case Undecided() if no_proof:
            return Undecided(no_proof)
    return verdict
