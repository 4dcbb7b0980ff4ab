"""The checks of a CUDA program, from the weakest to the strongest, and what they add up to for each launch.

compiled: NVIDIA's compiler accepts it. tested: no difference on chosen inputs. race-free: no two threads race, proved
with two symbolic threads. proved: threads do exactly the iterations of the loop, each as C does, and the host around
them does what it did; only loops whose iterations are proved independent come that far.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from transpile.c.constants import integer_of
from transpile.c.tree import Call, Declare, Name
from transpile.c.types import is_integer
from transpile.c.unit import Function
from transpile.c.walking import bare, walk
from transpile.core.verdict import Proved, Refuted, Tested, Undecided, Verdict
from transpile.errors import Diagnostic, SourceErrors
from transpile.kernels.reading import read_cuda
from transpile.kernels.unit import CudaUnit, KernelLaunch
from transpile.offload.on_gpu import ON_A_GPU, ran_on
from transpile.offload.proving import PROVED, proved
from transpile.offload.small_grids import small_grids
from transpile.offload.subject import Subject
from transpile.solvers.kernels.launch import Launch
from transpile.solvers.kernels.questions import Budget
from transpile.solvers.kernels.races import Settings as RaceSettings
from transpile.solvers.kernels.races import check
from transpile.solvers.kernels.verdicts import Divergent, RaceFree, Racy
from transpile.translation import Rung
from transpile.trials import outcome as tried
from transpile.trials.nvcc import Compiled, Refused, compiled
from transpile.trials.trial import trial

TESTED, RACES, COMPILED = "tested", "race-free", "compiled"
_WRONG = "the program is wrong anyway"
_QUICK = RaceSettings(Budget(timeout_ms=1_000))


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of one launch: the verdict, and the checks behind it."""

    verdict: Verdict
    rungs: tuple[Rung, ...]


@dataclass(frozen=True, slots=True)
class Climb:
    """All checks of a program. ``kernels`` are by name; ``diagnostics`` say what is wrong with it. ``seconds`` is how
    long each check took, for all kernels together."""

    kernels: Mapping[str, Checked]
    diagnostics: tuple[Diagnostic, ...]
    refuted: bool
    seconds: Mapping[str, float]


def climb(subject: Subject, folder: Path) -> Climb:
    """Check the text on every rung. Programs of the trial are built in ``folder``."""
    return _Climber(subject, folder).run()


@dataclass(slots=True)
class _Climber:
    subject: Subject
    folder: Path
    diagnostics: list[Diagnostic] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def run(self) -> Climb:
        with self._timed(TESTED):
            testing, outcome = self._tested()
        wrong = testing.outcome == "failed"
        with self._timed(COMPILED):
            compiling = Rung(COMPILED, "skipped", _WRONG) if wrong else self._compiled()
        with self._timed(ON_A_GPU):
            running = () if wrong else self._on_a_gpu()
        with self._timed(PROVED):
            cuda = self._read()
            proving = proved(self.subject, cuda) if cuda is not None and not wrong else {}
        unproved = Rung(PROVED, "skipped", _WRONG) if wrong else Rung(PROVED, "open", "it is not launched")
        kernels: dict[str, Checked] = {}
        for name in [kernel.name for kernel in cuda.kernels] if cuda else ():
            assert cuda is not None
            proof = proving.get(name, unproved)
            with self._timed(RACES):
                racing = Rung(RACES, "skipped", _WRONG) if wrong else _of_a_map(proof) or self._races(cuda, name)
            rungs = (compiling, testing, racing, proof, *running)
            kernels[name] = Checked(self._verdict(rungs, outcome), rungs)
        refuted = any(isinstance(one.verdict, Refuted) for one in kernels.values())
        wrong |= refuted or any(rung.outcome == "failed" for rung in running)
        return Climb(kernels, tuple(self.diagnostics), wrong, self.seconds)

    @contextmanager
    def _timed(self, rung: str) -> Iterator[None]:
        start = time.monotonic()
        yield
        self.seconds[rung] = self.seconds.get(rung, 0.0) + time.monotonic() - start

    def _verdict(self, rungs: Sequence[Rung], outcome: tried.Outcome) -> Verdict:
        by_name = {rung.name: rung for rung in rungs}
        failed = [rung for rung in rungs if rung.outcome == "failed"]
        if failed:
            sizes = outcome.input.scalars if isinstance(outcome, tried.Differs) and outcome.input else {}
            witness = {name: int(value) for name, value in sizes.items() if float(value).is_integer()}
            return Refuted(witness, tuple(f"{rung.name}: {rung.detail}" for rung in failed))
        proof, racing = by_name[PROVED], by_name[RACES]
        if proof.outcome == "passed" and isinstance(outcome, tried.Tested):
            assumed = dict.fromkeys(a for rung in (racing, proof) for a in rung.assumptions)
            return Proved(tuple(assumed))
        if isinstance(outcome, tried.Tested):
            return Tested(outcome.runs, self.subject.settings.seed, proof.detail)
        return Undecided(by_name[TESTED].detail or "it was not tested")

    # The rungs

    def _compiled(self) -> Rung:
        found = compiled(self.subject.text)
        match found:
            case Compiled(architecture=architecture):
                return Rung(COMPILED, "passed", f"by nvcc for {architecture}")
            case Refused():
                said = "; ".join(failure.message for failure in found.failures[:3])
                return Rung(COMPILED, "failed", said)
        return Rung(COMPILED, "skipped", found.reason)

    def _tested(self) -> tuple[Rung, tried.Outcome]:
        subject = self.subject
        outcome = trial(
            subject.unit,
            subject.function.name,
            subject.text,
            subject.facts,
            self.folder,
            subject.settings,
            subject.file,
            small_grids(subject.text, subject.unit.words) if subject.emitted else None,
        )
        match outcome:
            case tried.Tested():
                orders = len(outcome.schedules)
                detail = f"no difference in {outcome.runs} runs ({outcome.inputs} inputs, {orders} orders of threads)"
                told = "; ".join((detail, str(outcome.comparison), *outcome.notes))
                return Rung(TESTED, "passed", told, outcome.assumptions), outcome
            case tried.Differs():
                self.diagnostics += [failure.diagnostic for failure in outcome.failures]
                said = [failure.message for failure in outcome.failures]
                said += [str(outcome.difference)] * (outcome.difference is not None)
                return Rung(TESTED, "failed", "; ".join([*said[:3], outcome.circumstances])), outcome
        return Rung(TESTED, "open", outcome.reason), outcome

    def _on_a_gpu(self) -> tuple[Rung, ...]:
        one = self.subject
        if one.device is None:
            return ()
        how = one.settings.comparison
        return (ran_on(one.device, one.unit, one.function.name, one.text, one.file, one.facts, how, self.folder),)

    def _read(self) -> CudaUnit | None:
        try:
            return read_cuda(self.subject.text, self.subject.file)
        except SourceErrors as error:
            self.diagnostics.append(Diagnostic("note", f"the prover does not read this text: {error}"))
            return None

    def _races(self, cuda: CudaUnit, kernel: str) -> Rung:
        launches = [launch for launch in cuda.launches() if launch.kernel == kernel]
        blocks = {block for launch in launches if (block := _block(cuda, launch))}
        if len(blocks) != 1:
            return Rung(RACES, "open", "it is launched with blocks of several or unknown sizes")
        try:
            found = check(cuda, kernel, Launch(blocks.pop(), _grid(launches)), _QUICK)
        except SourceErrors as error:
            return Rung(RACES, "open", str(error))
        match found:
            case RaceFree(assumptions=assumptions):
                return Rung(RACES, "passed", "", assumptions)
            case Racy(first=first, second=second):
                places = " and ".join(f"{one.kind} at line {one.span.line}" for one in (first, second))
                return Rung(RACES, "open", f"possible race for '{first.array}': {places}")
            case Divergent(span=span):
                return Rung(RACES, "open", f"the barrier on line {span.line} may not be reached by all threads")
        return Rung(RACES, "open", found.reason)


def _of_a_map(proof: Rung) -> Rung | None:
    """Threads of a proved launch do not race: they do different iterations, and these are independent, or combine
    values where the proof has looked for races."""
    if proof.outcome != "passed":
        return None
    apart = "threads do different iterations, which are independent"
    return Rung(RACES, "passed", f"{apart} but for what they combine" if "combine" in proof.detail else apart)


def _declarations(function: Function) -> Iterator[Declare]:
    return (node for node in walk(function.body) if isinstance(node, Declare))


def _grid(launches: Sequence[KernelLaunch]) -> tuple[int | None, int | None, int | None]:
    """The sizes of a grid, as far as they are known for all launches: a number of blocks goes along x."""
    if all(is_integer(launch.configuration[0].type) for launch in launches):
        return None, 1, 1
    return None, None, None


def _block(cuda: CudaUnit, launch: KernelLaunch) -> tuple[int, int, int] | None:
    """The sizes of the blocks of a launch, if they are numbers."""
    given = bare(launch.configuration[1])
    named = {d.variable: d.initial for f in cuda.unit.functions for d in _declarations(f) if d.initial is not None}
    if isinstance(given, Name) and given.variable in named:
        given = bare(named[given.variable])
    sides = given.arguments if isinstance(given, Call) and given.name == "__dim3" else (given,)
    numbers = [integer_of(side) for side in sides]
    if None in numbers:
        return None
    x, y, z = [*numbers, 1, 1][:3]
    return (x or 1, y or 1, z or 1)
