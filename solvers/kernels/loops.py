"""Loops: one iteration stands for all of them.

At the head of iteration ``k``, variables that change by a fixed amount are their start plus ``k`` times that; others
are unknown, but the same for all threads of a block as long as the body keeps them so. Without barriers each thread
has a ``k`` of its own. With barriers all threads are in the same iteration, or the loop diverges; what an iteration
leaves open meets what the next one does before its first barrier. Loops with barriers whose bounds are numbers may be
unrolled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import z3

from transpile.c.tree import Binary, Block, Call, Evaluate, Node, Statement, Variable
from transpile.c.types import is_integer
from transpile.c.walking import variables, walk
from transpile.kernels.words import BARRIERS
from transpile.solvers.kernels.accesses import Iteration, Meeting, Open
from transpile.solvers.kernels.crossing import Crossing, cross, leave
from transpile.solvers.kernels.expressions import truth
from transpile.solvers.kernels.heads import Head, Heads, Loop
from transpile.solvers.kernels.induction import Step, addressed, changed, leaves, power, steps
from transpile.solvers.kernels.logic import (
    TRUE,
    Scope,
    Term,
    implies,
    is_false,
    is_true,
    negate,
    number_of,
)
from transpile.solvers.kernels.machine import Key, Machine, Returned, State, join
from transpile.solvers.kernels.values import UNFOLLOWED, FunctionValue, PointerValue, StructValue, Value

MAX_UNROLLED = 40


def synchronises(machine: Machine, node: Node) -> bool:
    """Whether a barrier may be reached in ``node``."""
    return any(
        isinstance(inner, Call) and (inner.name in BARRIERS or inner.name in machine.synchronising)
        for inner in walk(node)
    )


def run_loop(machine: Machine, loop: Loop) -> None:
    """Executes ``loop``."""
    frame = machine.frames[-1]
    frame.breaks.append([])
    if not (synchronises(machine, loop.body) and _unrolled(machine, loop)):
        left = frame.breaks[-1]
        frame.breaks[-1] = []
        _Symbolic(machine, loop, synchronises(machine, loop.body)).run()
        frame.breaks[-1] += left
    machine.state = join([machine.state, *frame.breaks.pop()])


def _iteration(machine: Machine, loop: Loop) -> None:
    frame = machine.frames[-1]
    frame.continues.append([])
    machine.execute(machine, loop.body)
    machine.state = join([machine.state, *frame.continues.pop()])
    if loop.step is not None and not machine.state.dead:
        machine.execute(machine, loop.step)


def _condition(machine: Machine, loop: Loop) -> Term:
    return TRUE if loop.condition is None else truth(machine, loop.condition)


def _unrolled(machine: Machine, loop: Loop) -> bool:
    """Executes iterations as long as the condition is a known value; whether that is all of the loop."""
    changing = changed(loop.parts, set())
    moving = {step.variable for step in steps(loop.body, loop.step, loop.condition, changing) if not power(step)}
    known = {
        key[0]
        for key, value in machine.state.values.items()
        if key[0] in changing - moving and not isinstance(value, PointerValue | FunctionValue | StructValue)
        if number_of(value) is not None
    }
    if not known:
        return False
    for count in range(MAX_UNROLLED):
        if loop.first or count:
            condition = _condition(machine, loop)
            if is_false(condition) or machine.state.dead:
                return True
            if not is_true(condition):
                return False
        _iteration(machine, loop)
    return machine.state.dead


@dataclass(slots=True)
class _Symbolic:
    machine: Machine
    loop: Loop
    barriers: bool
    steps: dict[Variable, Step] = field(default_factory=dict)
    changing: set[Variable] = field(default_factory=set)

    def run(self) -> None:
        machine, entry = self.machine, self.machine.state
        pointed_to: set[Variable] = set()
        for function in machine.unit.unit.functions:
            pointed_to |= addressed(function.body)
        self.changing = changed(self.loop.parts, pointed_to)
        found = steps(self.loop.body, self.loop.step, self.loop.condition, self.changing)
        self.steps = {step.variable: step for step in found if self._is_local(step) and step.variable not in pointed_to}
        uniform = {
            key for key in entry.values if key[0] in self.changing and self._scope(entry.values[key]) < Scope.THREAD
        }
        saved = self._save()
        while True:
            attempt = self._attempt(entry, uniform)
            lost = {key for key in attempt.head.loose if key in uniform and self._lost(attempt, key)}
            if not lost:
                break
            uniform -= lost
            self._restore(saved)
        self._finish(entry, attempt, uniform)

    def _heads(self, entry: State) -> Heads:
        return Heads(self.machine, self.loop, entry, self.steps, self.changing)

    def _is_local(self, step: Step) -> bool:
        used = () if step.amount is None else variables(step.amount)
        builtins = self.machine.builtins
        return all(v.name in builtins or self.machine.base_of(v) is None for v in (*used, step.variable))

    def _scope(self, value: Value) -> Scope:
        if isinstance(value, PointerValue | FunctionValue | StructValue):
            return Scope.THREAD
        return self.machine.symbols.scope(value)

    def _lost(self, attempt: _Attempt, key: Key) -> bool:
        value = attempt.end.values.get(key)
        return not attempt.end.dead and (value is None or self._scope(value) == Scope.THREAD)

    def _save(self) -> _Saved:
        recorder, frame = self.machine.recorder, self.machine.frames[-1]
        return _Saved(
            recorder.marks(),
            len(self.machine.facts),
            len(self.machine.problems),
            len(frame.returns),
            list(recorder.open),
            [replace(iteration, heads=list(iteration.heads)) for iteration in recorder.iterations],
            self.machine.state,
        )

    def _restore(self, saved: _Saved) -> None:
        recorder, frame = self.machine.recorder, self.machine.frames[-1]
        recorder.back(saved.marks)
        del self.machine.facts[saved.facts :], self.machine.problems[saved.problems :], frame.returns[saved.returns :]
        recorder.open = list(saved.open)
        recorder.iterations = [replace(iteration, heads=list(iteration.heads)) for iteration in saved.iterations]
        frame.breaks[-1].clear()
        self.machine.state = saved.state

    def _attempt(self, entry: State, uniform: set[Key]) -> _Attempt:
        """Executes the body once, at the head of any iteration."""
        machine, recorder = self.machine, self.machine.recorder
        mark, facts, returned = len(machine.symbols.terms), len(machine.facts), len(machine.frames[-1].returns)
        before, accesses = recorder.open, len(recorder.accesses)
        count = machine.arithmetic.counter("iteration", Scope.BLOCK)
        head = self._heads(entry).at(count, uniform, Scope.BLOCK)
        own = Iteration(entry.path)
        outer = [iteration.since for iteration in recorder.iterations]
        if self.barriers:
            recorder.open = []
            if self._always():
                for iteration in recorder.iterations:
                    iteration.since = (*iteration.since, count == machine.arithmetic.index(0))
            recorder.iterations.append(own)
        condition = TRUE
        if self.loop.first:
            condition = self._enter(head, entry)
            own.path = machine.state.path
        if not is_false(condition):
            _iteration(machine, self.loop)
            if not self.loop.first:
                machine.symbols.unknown.add(str(count.decl().name()))
            if not self.loop.first and not machine.state.dead:
                condition = _condition(machine, self.loop)
                machine.state = machine.state.under(condition)
        if self.barriers:
            recorder.iterations.pop()
            for iteration, since in zip(recorder.iterations, outer, strict=True):
                iteration.since = since
        frame = machine.frames[-1]
        breaks, frame.breaks[-1] = frame.breaks[-1], []
        returns = frame.returns[returned:]
        return _Attempt(head, machine.state, condition, mark, facts, accesses, own, before, breaks, returns, returned)

    def _always(self) -> bool:
        """Whether each iteration reaches a barrier, as its statements show."""
        body = self.loop.body
        direct = any(_is_barrier(statement) for statement in (body.statements if isinstance(body, Block) else (body,)))
        return direct and not leaves(body)

    def _enter(self, head: Head, entry: State) -> Term:
        """The condition at the head; what it says of the iteration before becomes a fact."""
        machine = self.machine
        condition = _condition(machine, self.loop)
        previous = self._before(head, condition)
        later = negate(head.count == machine.arithmetic.index(0))
        if previous is not None:
            machine.facts.append(implies((*entry.path, later), previous))
        simple = isinstance(self.loop.condition, Binary) and self.loop.condition.operator in ("<", "<=", ">", ">=")
        if previous is None or not simple or leaves(self.loop.body):
            machine.symbols.unknown.add(str(head.count.decl().name()))
        machine.state = machine.state.under(condition)
        return condition

    def _before(self, head: Head, condition: Term) -> Term | None:
        """``condition`` one iteration earlier, if all that it depends on is known then."""
        moving = {str(term.decl().name()) for term, _ in head.moves}
        others = set(self.machine.symbols.names_since(head.mark)) - moving
        if others & self.machine.symbols.used(condition):
            return None
        return z3.substitute(condition, *head.moves) if head.moves else condition

    def _finish(self, entry: State, attempt: _Attempt, uniform: set[Key]) -> None:
        machine, symbols = self.machine, self.machine.symbols
        together = self._together(entry, attempt)
        scope = Scope.BLOCK if together or self.barriers else Scope.THREAD
        names, facts = symbols.names_since(attempt.mark), machine.facts[attempt.facts :]
        for name in names:
            symbols.scopes[name] = max(symbols.scopes[name], Scope.BLOCK) if self.barriers else Scope.THREAD
        count = machine.arithmetic.counter("iterations", scope)
        if self.barriers:
            machine.recorder.meetings.append(
                Meeting(attempt.end.path, entry.path, self.loop.node.span, len(machine.facts))
            )
            crossing = Crossing(
                attempt.iteration,
                attempt.head.count,
                names,
                facts,
                attempt.before,
                machine.recorder.open,
                machine.recorder.accesses[attempt.accesses :],
                _transitions(machine, attempt.head, attempt.end),
                _transitions(machine, attempt.head, entry),
                attempt.iteration.closed and not leaves(self.loop.body),
            )
            cross(machine, crossing)
            leave(machine, crossing, count)
        self._exit(entry, attempt, uniform, count, scope if together or not attempt.breaks else Scope.THREAD)
        self._return(entry, attempt, Scope.BLOCK if together else Scope.THREAD)

    def _together(self, entry: State, attempt: _Attempt) -> bool:
        """Whether all threads of a block that enter the loop do the same number of iterations."""
        ways = [attempt.condition]
        ways += [term for state in attempt.breaks for term in state.path[len(entry.path) :]]
        ways += [term for returned in attempt.returns for term in returned.state.path[len(entry.path) :]]
        return all(self.machine.symbols.scope(way) < Scope.THREAD for way in ways)

    def _exit(self, entry: State, attempt: _Attempt, uniform: set[Key], count: Term, scope: Scope) -> None:
        """The state behind the loop."""
        machine = self.machine
        if attempt.breaks:
            ends = [*attempt.breaks, attempt.end]
            known = {k for k in uniform if all(self._scope(e.values.get(k, UNFOLLOWED)) < Scope.THREAD for e in ends)}
            Heads(machine, self.loop, entry, {}, self.changing).at(count, known, scope)
        else:
            head = self._heads(entry).at(count, uniform, scope)
            condition = self._enter(head, entry) if self.loop.first else _condition(machine, self.loop)
            machine.state = replace(machine.state, path=entry.path)
            machine.facts.append(implies(entry.path, negate(condition)))
            if is_true(condition):
                machine.state = machine.state.ended()

    def _return(self, entry: State, attempt: _Attempt, scope: Scope) -> None:
        """Returns from within the loop: in some iteration, or not."""
        if not attempt.returns:
            return
        machine, frame = self.machine, self.machine.frames[-1]
        del frame.returns[attempt.returned :]
        returned = machine.symbols.fresh("returned", z3.BoolSort(), scope)
        value = attempt.returns[0].value
        if value is not None:
            value = _unknown_like(machine, value)
        values = {key: held for key, held in entry.values.items() if key[0] not in self.changing}
        frame.returns.append(Returned(State(values, (*entry.path, returned)), value))
        machine.state = machine.state.under(negate(returned))


def _is_barrier(statement: Statement) -> bool:
    return isinstance(statement, Evaluate) and isinstance(call := statement.expression, Call) and call.name in BARRIERS


def _unknown_like(machine: Machine, value: Value) -> Value:
    match value:
        case PointerValue():
            return UNFOLLOWED
        case FunctionValue():
            return FunctionValue(((TRUE, None),))
        case StructValue():
            return StructValue({})
    return machine.symbols.fresh("returned value", value.sort(), Scope.THREAD)


def _transitions(machine: Machine, head: Head, state: State) -> list[tuple[Term, Term]]:
    """The symbols of the loose variables of ``head``, with the values that these have in ``state``."""
    found: list[tuple[Term, Term]] = []
    for key, made in head.loose.items():
        value = state.values.get(key)
        if value is not None and not isinstance(value, PointerValue | FunctionValue | StructValue):
            type = key[0].type
            if key[1] or not is_integer(type):
                found.append((made, value))
            else:
                found.append((machine.arithmetic.to_index(made, type), machine.arithmetic.to_index(value, type)))
    return found


@dataclass(frozen=True, slots=True)
class _Saved:
    marks: Sequence[int]
    facts: int
    problems: int
    returns: int
    open: list[Open]
    iterations: list[Iteration]
    state: State


@dataclass(slots=True)
class _Attempt:
    head: Head
    end: State
    condition: Term
    mark: int
    facts: int
    accesses: int
    iteration: Iteration
    before: list[Open]
    breaks: list[State]
    returns: list[Returned]
    returned: int
