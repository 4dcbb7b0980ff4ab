"""The strongest check: a proof that the method does what the paragraph does, for every input."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass

from transpile.modernize.checks import PROOF, Found, Outcome
from transpile.modernize.subject import Subject
from transpile.python.correspondence import Correspondence
from transpile.solvers.paragraphs.proving import Prover
from transpile.solvers.paragraphs.walk import Proof
from transpile.translation import Rung

_Proofs = Mapping[tuple[int, int], Proof]
FEW = 12
"""Methods for which another process does not pay."""


@dataclass(frozen=True, slots=True)
class Proofs:
    """Asks for a proof of every method. What a paragraph performs is proved for itself; where it is not, the proof of
    the paragraph takes it for granted, and says so."""

    name: str = PROOF

    def __call__(self, subject: Subject) -> Outcome:
        with self.begin(subject) as outcome:
            return outcome()

    @contextmanager
    def begin(self, subject: Subject) -> Iterator[Callable[[], Outcome]]:
        """Of many methods, several processes prove some each."""
        provers = [
            Prover(subject.restructured, one, subject.module.text, subject.rlimit) for one in subject.module.classes
        ]
        wanted = [(at, each) for at, one in enumerate(subject.module.classes) for each in subject.ranges(one)]
        jobs = min(subject.jobs, len(wanted) // FEW)
        if jobs < 2 or "fork" not in multiprocessing.get_all_start_methods():
            yield lambda: _outcome(subject, {(at, each): provers[at](each) for at, each in wanted})
            return
        pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), _remember, (provers,))
        try:
            waiting = {task: pool.submit(_prove, *task) for task in wanted}
            yield lambda: _outcome(subject, {task: _result(proof) for task, proof in waiting.items()})
        finally:
            pool.shutdown(cancel_futures=True)


def _outcome(subject: Subject, found: Mapping[tuple[int, tuple[int, int]], Proof]) -> Outcome:
    methods = {}
    for number, one in enumerate(subject.module.classes):
        proofs = {each: proof for (at, each), proof in found.items() if at == number}
        for key, proof in proofs.items():
            methods[one.class_name, key] = Found(_rung(one, key, proofs), rlimit=proof.rlimit)
    return Outcome(methods)


def _result(proof: Future[Proof]) -> Proof:
    try:
        return proof.result()
    except BrokenProcessPool:
        return Proof(False, "the process of the prover ended")


_provers: list[Prover] = []
"""What a process of the pool proves with."""


def _remember(provers: Sequence[Prover]) -> None:
    _provers[:] = provers


def _prove(which: int, paragraphs: tuple[int, int]) -> Proof:
    return _provers[which](paragraphs)


def _rung(one: Correspondence, key: tuple[int, int], proofs: _Proofs) -> Rung:
    proof = proofs[key]
    if not proof.proved:
        return Rung(PROOF, "open", f"no proof: {proof.reason}")
    return Rung(PROOF, "passed", "", (*proof.assumptions, *_granted(one, key, proofs)))


def _granted(one: Correspondence, key: tuple[int, int], proofs: _Proofs) -> Iterator[str]:
    """What is performed on the way, and not proved."""
    pending, seen = [key], {key}
    while pending:
        for performed in sorted(proofs[pending.pop()].performs - seen):
            seen.add(performed)
            known = proofs.get(performed)
            if known is not None and known.proved:
                pending.append(performed)
                continue
            method = one.method(performed)
            yield f"'{method.origin if method else performed}', which it performs, is right: that is not proved"
