"""What the proof of a CUDA program comes to for each of its kernels, with all that it takes for granted.

The prover shows that a launch does what a loop does; here is what that needs besides: that the loop's iterations are
independent, and that no element is read which nobody has written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from transpile.c.tree import Variable
from transpile.errors import Span
from transpile.kernels.unit import CudaUnit
from transpile.matching.nests import Same, Unproved
from transpile.matching.proof import Mapped, Proof, prove_program
from transpile.offload.subject import Subject
from transpile.solvers.loops.analysis import Loop
from transpile.solvers.loops.assumptions import Distinct
from transpile.solvers.loops.verdicts import Histogram, Parallel, Reduction
from transpile.solvers.loops.verdicts import Verdict as OfLoop
from transpile.translation import Rung

PROVED = "proved"
NO_FUSING = "the compiler is told not to fuse multiplications and additions (--fmad=false)"
CHECKED = ", which the program looks at before it starts"


def proved(subject: Subject, cuda: CudaUnit) -> dict[str, Rung]:
    """The rung of each kernel that is launched."""
    loops = {loop.span: loop for loop in subject.analysis.walk() if len(loop.calls) == 1 and loop.node is not None}
    private = {span: _private(loop) for span, loop in loops.items()}
    proof = prove_program(subject.unit, subject.function, cuda, subject.extents, private, subject.discarded)
    return _Proved(subject, loops, proof).rungs(cuda)


@dataclass(frozen=True, slots=True)
class _Proved:
    subject: Subject
    loops: Mapping[Span, Loop]
    proof: Proof

    def rungs(self, cuda: CudaUnit) -> dict[str, Rung]:
        reason = self._open()
        if reason:
            return {launch.kernel: Rung(PROVED, "open", reason) for launch in cuda.launches()}
        rungs: dict[str, Rung] = {}
        for one in self.proof.nests:
            found = self._rung(one)
            if one.kernel not in rungs or found.outcome == "open":
                rungs[one.kernel] = found
        return rungs

    def _open(self) -> str:
        """Why nothing is proved of the program as a whole; empty if there is no reason."""
        proof = self.proof
        if proof.lost is not None:
            return f"the host function is not followed at line {proof.lost.theirs.line}: {proof.lost.message}"
        if proof.unproved:
            return f"line {proof.unproved[0].theirs.line}: {proof.unproved[0].reason}"
        uses = {use.variable: use for use in self.subject.analysis.arrays}
        for array in proof.unset:
            use = uses.get(array)
            if array.name not in self.subject.written_first and (use is None or use.copy_in):
                return f"it is not known that every element of '{array.name}' is written before it is read"
        return ""

    def _rung(self, one: Mapped) -> Rung:
        outcome = one.outcome
        if isinstance(outcome, Unproved):
            return Rung(PROVED, "open", f"line {outcome.theirs.line}: {outcome.reason}")
        assumed: dict[str, None] = dict.fromkeys((*outcome.assumptions, *self._of_program(), NO_FUSING))
        for counted in outcome.loops:
            loop = self.loops.get(counted.span)
            if loop is None or not _independent(loop.verdict, outcome.combined):
                return Rung(PROVED, "open", f"iterations over '{counted.counter.name}' depend on each other")
            assumed |= dict.fromkeys(str(one) for one in loop.assumptions if not isinstance(one, Distinct))
        return Rung(PROVED, "passed", _said(outcome), tuple(assumed))

    def _of_program(self) -> Iterator[str]:
        """What the whole proof takes for granted. Of the arrays that it takes to be apart, the analysis knows the pairs
        that may overlap; some of these the program checks."""
        yield from self.proof.assumptions
        for assumption in self.subject.analysis.assumptions:
            if isinstance(assumption, Distinct):
                names = frozenset((assumption.one.variable.name, assumption.two.variable.name))
                yield f"{assumption}{CHECKED if names in self.subject.checked else ''}"


def _independent(verdict: OfLoop, combined: Collection[tuple[Variable, str]]) -> bool:
    """Whether iterations depend on each other at most by what the launch is proved to combine."""
    match verdict:
        case Parallel():
            return True
        case Reduction(reduced) | Histogram(reduced):
            return all(not one.region.path and (one.region.variable, one.operator) in combined for one in reduced)
    return False


def _said(same: Same) -> str:
    if not same.loops:
        return "one thread does what C does"
    names = ", ".join(f"'{loop.counter.name}'" for loop in same.loops)
    done = f"each iteration of {names} is done by one thread, as C does it"
    combined = ", ".join(f"'{variable.name}' ({operator})" for variable, operator in same.combined)
    return f"{done}; what they combine into {combined} is taken in another order" if combined else done


def _private(loop: Loop) -> list[Variable]:
    return [use.variable for use in loop.scalars if use.role == "private" and not use.live_out]
