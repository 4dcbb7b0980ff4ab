"""The strongest check: a proof that the method does what the paragraph does, for every input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from transpile.modernize.checks import PROOF, Found, Outcome
from transpile.modernize.subject import Subject
from transpile.python.correspondence import Correspondence
from transpile.solvers.paragraphs.proving import prove
from transpile.solvers.paragraphs.walk import Proof
from transpile.translation import Rung

_Proofs = Mapping[tuple[int, int], Proof]


@dataclass(frozen=True, slots=True)
class Proofs:
    """Asks for a proof of every method. What a paragraph performs is proved for itself; where it is not, the proof of
    the paragraph takes it for granted, and says so."""

    name: str = PROOF

    def __call__(self, subject: Subject) -> Outcome:
        found = {}
        for one in subject.module.classes:
            ranges = subject.ranges(one)
            proofs = prove(subject.restructured, one, subject.module.text, ranges, rlimit=subject.rlimit)
            for key, proof in proofs.items():
                found[one.class_name, key] = Found(_rung(one, key, proofs), rlimit=proof.rlimit)
        return Outcome(found)


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
