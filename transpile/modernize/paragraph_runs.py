"""The check with runs of single paragraphs: the same storage goes into GnuCOBOL's module of the program and into the
method, and must come out the same."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from transpile.differential.paragraphs import Compared, Settings, compare
from transpile.differential.paragraphs import Outcome as Said
from transpile.differential.preparing import NotRun
from transpile.differential.samples import Sample
from transpile.emulators.cobol.build import facts
from transpile.modernize.checks import PARAGRAPH, Case, Found, Outcome
from transpile.modernize.subject import Key, Subject
from transpile.translation import Rung


@dataclass(frozen=True, slots=True)
class ParagraphRuns:
    """Runs each range of paragraphs that has a method on ``states``, at the bounds and at random."""

    states: int = 100
    name: str = PARAGRAPH

    def __call__(self, subject: Subject) -> Outcome:
        compiler = facts(subject.dialect).version
        found: dict[Key, Found] = {}
        with tempfile.TemporaryDirectory(prefix="transpile-") as folder:
            settings = Settings(self.states, seed=subject.seed, folder=Path(folder))
            for one in subject.module.classes:
                ranges = subject.ranges(one)
                said = (
                    compare(subject.restructured, one.program.origin, subject.module, ranges, settings)
                    if ranges
                    else {}
                )
                found |= {(one.class_name, key): _found(each, compiler) for key, each in said.items()}
        return Outcome(found)


def _found(said: Said, compiler: str) -> Found:
    match said:
        case NotRun(reason=reason):
            return Found(Rung(PARAGRAPH, "open", reason))
        case Compared(difference=None, runs=0):
            return Found(Rung(PARAGRAPH, "open", f"no run says anything: {said.dropped} were left out"))
        case Compared(difference=None):
            return _same(said, compiler)
        case Compared():
            rung, differs = Rung(PARAGRAPH, "failed", str(said.difference)), (str(said.difference),)
            known = said.difference.sample if said.difference is not None else None
            return Found(rung, said.runs, differs, (_case(known),) if known is not None else ())


def _same(said: Compared, compiler: str) -> Found:
    which = "all values of what it reads" if said.exhaustive else "states at the bounds and at random"
    dropped = f"; {said.dropped} left out: GnuCOBOL itself leaves a table, or does not end" if said.dropped else ""
    unseen = f"; not compared: {', '.join(said.unseen)}, which Python does not have" if said.unseen else ""
    detail = f"no difference in {said.runs} runs: {which}{dropped}{unseen}; {compiler}"
    rung = Rung(PARAGRAPH, "passed", detail, said.assumptions)
    return Found(rung, said.runs, cases=tuple(map(_case, said.samples)))


def _case(one: Sample) -> Case:
    return Case(one.before, one.after, one.output, one.ends)
