"""The strongest check: a proof that the method does what the paragraph does, for every input."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
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
        found = {}
        for one in subject.module.classes:
            proofs = _proofs(subject, one)
            for key, proof in proofs.items():
                found[one.class_name, key] = Found(_rung(one, key, proofs), rlimit=proof.rlimit)
        return Outcome(found)


def _proofs(subject: Subject, one: Correspondence) -> _Proofs:
    """Those of all methods of a class; of many, several processes do some each."""
    prover = Prover(subject.restructured, one, subject.module.text, subject.rlimit)
    wanted = subject.ranges(one)
    jobs = min(subject.jobs, len(wanted) // FEW)
    if jobs < 2 or "fork" not in multiprocessing.get_all_start_methods():
        return {each: prover(each) for each in wanted}
    found: dict[tuple[int, int], Proof] = {}
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), _remember, (prover,)) as pool:
        waiting = {each: pool.submit(_prove, each) for each in wanted}
        for each, proof in waiting.items():
            try:
                found[each] = proof.result()
            except BrokenProcessPool:
                found[each] = Proof(False, "the process of the prover ended")
    return found


_provers: list[Prover] = []
"""What a process of the pool proves with."""


def _remember(prover: Prover) -> None:
    _provers.append(prover)


def _prove(paragraphs: tuple[int, int]) -> Proof:
    return _provers[-1](paragraphs)


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
