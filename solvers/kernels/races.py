"""Whether the threads of a kernel race: the way in.

Two threads stand for all: of one block, or of different ones. The kernel is executed symbolically once; of each two
accesses that no barrier separates, the solver is asked whether different threads can do them to the same bytes.
Integers come first; bit-vectors are asked what these leave open. What is not known is never taken for the better.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import z3

from transpile.c.spelling import declaration
from transpile.c.tree import Call, Expression, Name, Return, Variable
from transpile.c.types import Array, CType, Function, Pointer, Struct, is_arithmetic
from transpile.c.unit import Function as Definition
from transpile.c.walking import substitute, walk
from transpile.kernels.reading import read_cuda
from transpile.kernels.unit import CudaUnit
from transpile.kernels.words import BARRIERS
from transpile.solvers.kernels.accesses import Access, Pair, Recorder, conflicting
from transpile.solvers.kernels.arithmetic import Arithmetic
from transpile.solvers.kernels.bits import Bits
from transpile.solvers.kernels.expressions import evaluate, truth
from transpile.solvers.kernels.integers import Integers
from transpile.solvers.kernels.launch import DIMENSIONS, Launch, geometry
from transpile.solvers.kernels.logic import TRUE, Scope, Symbols, Term
from transpile.solvers.kernels.machine import MAX_LEAVES, Frame, Key, Machine, State
from transpile.solvers.kernels.questions import Budget, Example, Questions
from transpile.solvers.kernels.statements import execute
from transpile.solvers.kernels.values import Base, FunctionValue, Value
from transpile.solvers.kernels.verdicts import Divergent, RaceFree, Racy, ThreadAccess, Undecided, Verdict

NO_ALIAS = "arrays that different pointers lead to do not overlap"
IN_BOUNDS = "every access is within its array"


@dataclass(frozen=True, slots=True)
class Settings:
    """``same_values``: writes of the same constant to the same bytes do not count as a race. ``trust_external``:
    functions without a body that get no pointers do nothing to memory."""

    budget: Budget = field(default_factory=Budget)
    same_values: bool = False
    trust_external: bool = False


_STRICT = Settings()


def check(unit: CudaUnit, kernel_name: str, launch: Launch, settings: Settings = _STRICT) -> Verdict:
    """The verdict on ``kernel_name`` launched as ``launch`` says. KeyError without such a kernel; what refuses it is
    raised."""
    kernel = unit.kernel(kernel_name)
    first = _decide(unit, kernel, launch, settings, "integers")
    if not launch.concrete or isinstance(first, RaceFree) or (isinstance(first, Racy | Divergent) and first.confirmed):
        return first
    second = _decide(unit, kernel, launch, settings, "bits")
    if isinstance(second, RaceFree) or (isinstance(second, Racy | Divergent) and second.confirmed):
        return second
    return second if isinstance(first, Undecided) else first


def _decide(
    unit: CudaUnit, kernel: Definition, launch: Launch, settings: Settings, name: Literal["integers", "bits"]
) -> Verdict:
    trial = _executed(unit, kernel, launch, settings, name, frozenset())
    if trial.problems:
        return Undecided(trial.problems[0].reason, trial.problems[0].span)
    constants = {access.base for access in trial.recorder.accesses} - trial.written
    machine = _executed(unit, kernel, launch, settings, name, frozenset(constants)) if constants else trial
    return _Judge(machine, launch, settings, name).verdict()


def _executed(
    unit: CudaUnit, kernel: Definition, launch: Launch, settings: Settings, name: str, constants: frozenset[Base]
) -> Machine:
    """The kernel executed by one thread."""
    symbols = Symbols()
    arithmetic: Arithmetic = Integers(symbols) if name == "integers" else Bits(symbols)
    space = geometry(launch, arithmetic)
    machine = Machine(
        evaluate, execute, unit, arithmetic, symbols, Recorder(), space.builtins, constants,
        _synchronising(unit), settings.trust_external,
    )  # fmt: skip
    machine.facts += space.facts
    for text in space.assumptions:
        machine.assume(text)
    machine.state = State(dict(_parameters(machine, kernel)), ())
    machine.frames.append(Frame(kernel.name))
    for assumption in launch.assumptions:
        _assume(machine, kernel, assumption)
    execute(machine, kernel.body)
    return machine


def _synchronising(unit: CudaUnit) -> frozenset[str]:
    """The functions that may reach a barrier."""
    calls = {
        function.name: {node.name for node in walk(function.body) if isinstance(node, Call)}
        for function in unit.unit.functions
    }
    found: set[str] = set(BARRIERS)
    while more := {name for name, called in calls.items() if name not in found and called & found}:
        found |= more
    return frozenset(found)


def _parameters(machine: Machine, kernel: Definition) -> Iterator[tuple[Key, Value]]:
    for parameter in kernel.parameters:
        yield from _leaves(machine, parameter, (), parameter.type, 0)


def _leaves(
    machine: Machine, parameter: Variable, path: tuple[str, ...], type: CType, count: int
) -> Iterator[tuple[Key, Value]]:
    """The members of a parameter that are numbers or pointers. Each pointer leads to an array of its own."""
    type = machine.complete(type)
    name = ".".join((parameter.name, *path))
    match type:
        case Struct(_, fields):
            for member in fields or ():
                yield from _leaves(machine, parameter, (*path, member.name), member.type, count)
        case Array(of, length):
            for index in range(min(length or 0, MAX_LEAVES)):
                yield from _leaves(machine, parameter, (*path, f"[{index}]"), of, count)
        case Pointer(to):
            unknown = FunctionValue(((TRUE, None),))
            yield (parameter, path), unknown if isinstance(to, Function) else machine.start(Base(name, "global"))
        case _:
            yield (parameter, path), machine.arithmetic.symbol(name, type, Scope.GRID, False)


def _assume(machine: Machine, kernel: Definition, assumption: str | Expression) -> None:
    """What holds of the parameters."""
    given = parsed(kernel, assumption) if isinstance(assumption, str) else assumption
    machine.recorder.quiet += 1
    machine.facts.append(truth(machine, given))
    machine.recorder.quiet -= 1
    machine.assume(assumption if isinstance(assumption, str) else given.span.line_text.strip())


def parsed(kernel: Definition, text: str) -> Expression:
    """The C expression ``text`` over the kernel's parameters. Raises SourceErrors when it is none."""
    numbers = [parameter for parameter in kernel.parameters if is_arithmetic(parameter.type)]
    header = ", ".join(declaration(parameter) for parameter in numbers)
    unit = read_cuda(f"bool assumption({header}) {{ return {text}; }}", "<assumption>").unit
    unit.require()
    found = unit.function("assumption")
    names = {own.name: own for own in numbers}
    result = next(node for node in walk(found.body) if isinstance(node, Return))
    assert result.value is not None
    values = {p: Name(names[p.name], type=p.type, span=result.span) for p in found.parameters}
    return substitute(result.value, values)


@dataclass(slots=True)
class _Judge:
    """Asks about everything that one execution has found."""

    machine: Machine
    launch: Launch
    settings: Settings
    name: Literal["integers", "bits"]
    asked: int = 0
    undecided: Undecided | None = None

    def verdict(self) -> Verdict:
        if self.machine.problems:
            return Undecided(self.machine.problems[0].reason, self.machine.problems[0].span)
        machine = self.machine
        questions = Questions(
            machine.symbols, machine.arithmetic, machine.facts, machine.builtins, self.settings.budget,
            self.settings.same_values,
        )  # fmt: skip
        possible: Verdict | None = None
        for found in self._found(questions):
            if found.confirmed:
                return found
            possible = possible or found
        if possible or self.undecided:
            return possible or self.undecided or Undecided("")
        assumptions = (NO_ALIAS, IN_BOUNDS, *machine.assumptions, *machine.arithmetic.assumptions)
        return RaceFree(assumptions, self.asked, self.name)

    def _found(self, questions: Questions) -> Iterator[Racy | Divergent]:
        if self.launch.threads != 1:
            for meeting in self.machine.recorder.meetings:
                answer = questions.diverges(meeting)
                if isinstance(answer, Example):
                    thread, other = self._threads(answer)
                    yield Divergent(meeting.span, thread, other, self._values(answer), answer.confirmed)
                elif answer is not None:
                    self.undecided = Undecided(answer, meeting.span)
        for pair, same_block in self._pairs():
            self.asked += 1
            answer = questions.race(pair, same_block)
            if isinstance(answer, Example):
                yield self._racy(pair, answer)
            elif answer is not None:
                self.undecided = Undecided(answer, pair.second.span)

    def _pairs(self) -> Iterator[tuple[Pair, bool]]:
        if self.launch.threads != 1:
            yield from ((pair, True) for pair in self.machine.recorder.pairs)
        if self.launch.blocks != 1:
            everywhere = [access for access in self.machine.recorder.accesses if access.base.space != "shared"]
            for at, first in enumerate(everywhere):
                yield from ((Pair(first, other), False) for other in everywhere[at:] if conflicting(first, other))

    def _racy(self, pair: Pair, example: Example) -> Racy:
        thread, other = self._threads(example)
        block, other_block = self._identities(example, "blockIdx")
        second = pair.second
        return Racy(
            self._access(example, pair.first, pair.first.offset.index, thread, block),
            self._access(
                example, second, self.machine.symbols.rename(second.offset.index, example.names), other, other_block
            ),
            self._values(example),
            example.confirmed,
        )

    def _access(
        self, example: Example, access: Access, index: Term, thread: tuple[int, int, int], block: tuple[int, int, int]
    ) -> ThreadAccess:
        at = _value(example, index) * access.offset.stride + access.offset.displacement
        name = access.base.name.partition("#")[0]
        return ThreadAccess(access.kind, name, access.span, thread, block, at, access.size)

    def _threads(self, example: Example) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
        return self._identities(example, "threadIdx")

    def _identities(self, example: Example, name: str) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
        ids = [self.machine.builtins[name][dimension] for dimension in DIMENSIONS]
        x, y, z = (_value(example, term) for term in ids)
        a, b, c = (_value(example, self.machine.symbols.rename(term, example.names)) for term in ids)
        return (x, y, z), (a, b, c)

    def _values(self, example: Example) -> dict[str, int]:
        """The parameters and sizes of the example."""
        symbols = self.machine.symbols
        shared = [name for name, scope in symbols.scopes.items() if scope == Scope.GRID and name not in symbols.unknown]
        return {name: _value(example, symbols.terms[name]) for name in shared if not z3.is_bool(symbols.terms[name])}


def _value(example: Example, term: Term) -> int:
    found = example.model.eval(term, model_completion=True)
    if z3.is_bv_value(found):
        return int(found.as_signed_long())
    return int(found.as_long()) if z3.is_int_value(found) else 0
