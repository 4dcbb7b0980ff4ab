"""The state at the head of any iteration of a loop: what is known of the variables that it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from transpile.c.tree import Expression, Node, Statement, Variable
from transpile.c.types import Integer, Pointer, element, is_integer, size
from transpile.solvers.kernels.expressions import index_value
from transpile.solvers.kernels.induction import Step, power
from transpile.solvers.kernels.logic import TRUE, Scope, Term, conjunction, implies
from transpile.solvers.kernels.machine import Key, Machine, State
from transpile.solvers.kernels.values import UNFOLLOWED, FunctionValue, PointerValue, StructValue, Value


@dataclass(frozen=True, slots=True)
class Loop:
    """``first``: the condition is evaluated before the first iteration."""

    node: Statement
    condition: Expression | None
    body: Statement
    step: Statement | None = None
    first: bool = True

    @property
    def parts(self) -> list[Node]:
        return [part for part in (self.condition, self.body, self.step) if part is not None]


@dataclass(slots=True)
class Head:
    """The state at the head of iteration ``count``; ``mark`` symbols were there before it. ``moves`` are the terms
    of the variables that change by a fixed amount, with their values one iteration before; ``loose`` the symbols of
    those that do not."""

    count: Term
    state: State
    mark: int
    moves: list[tuple[Term, Term]] = field(default_factory=list)
    loose: dict[Key, Term] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heads:
    """Makes heads of ``loop``, entered in the state ``entry``. ``steps`` are the variables that change in one way,
    ``changing`` all that change."""

    machine: Machine
    loop: Loop
    entry: State
    steps: Mapping[Variable, Step]
    changing: set[Variable]

    def at(self, count: Term, uniform: set[Key], scope: Scope) -> Head:
        """The head of iteration ``count``, where the machine is then. The variables ``uniform`` have one value for the
        threads that share ``scope``."""
        machine, entry = self.machine, self.entry
        machine.state = entry
        head = Head(count, entry, len(machine.symbols.terms))
        values = dict(entry.values)
        for key, value in entry.values.items():
            if key[0] not in self.changing:
                continue
            step = self.steps.get(key[0])
            moved = None if step is None or key[1] else self._moved(head, step, value, scope)
            values[key] = self._loose(head, key, value, uniform, scope) if moved is None else moved
        head.state = machine.state = replace(entry, values=values)
        return head

    def _moved(self, head: Head, step: Step, value: Value, scope: Scope) -> Value | None:
        """The value of a variable that changes by a fixed amount."""
        machine, arithmetic, type = self.machine, self.machine.arithmetic, step.variable.type
        if step.operator not in ("+", "-") or isinstance(value, FunctionValue | StructValue):
            return None
        machine.recorder.quiet += 1
        amount = arithmetic.index(1) if step.amount is None else index_value(machine, step.amount)
        machine.recorder.quiet -= 1
        machine.state = self.entry
        amount = amount if step.operator == "+" else -amount
        if isinstance(value, PointerValue):
            to = element(type)
            bytes_ = size(machine.complete(to)) if to is not None else None
            return None if bytes_ is None else value.moved(arithmetic, head.count * amount, bytes_)
        if not is_integer(type):
            return None
        own = max(machine.symbols.scope(value), machine.symbols.scope(amount), scope)
        made = arithmetic.symbol(step.variable.name, type, own, False)
        fact = made == arithmetic.counted(value, head.count * amount, type, self._named(step))
        machine.facts.append(implies(self.entry.path, fact))
        head.moves.append((made, made - arithmetic.from_index(amount, type)))
        return made

    def _named(self, step: Step) -> str:
        span = self.loop.node.span
        return f"the counter '{step.variable.name}' of the loop in line {span.line}"

    def _loose(self, head: Head, key: Key, value: Value, uniform: set[Key], scope: Scope) -> Value:
        """Any value that a variable may have at the head."""
        if isinstance(value, PointerValue):
            return UNFOLLOWED
        if isinstance(value, FunctionValue):
            return FunctionValue(((TRUE, None),))
        if isinstance(value, StructValue):
            return value
        machine, type = self.machine, key[0].type
        own = scope if key in uniform else Scope.THREAD
        if key[1] or isinstance(type, Pointer):
            made = machine.symbols.fresh(key[0].name, value.sort(), own)
        else:
            made = machine.arithmetic.symbol(key[0].name, type, own)
        head.loose[key] = made
        step = self.steps.get(key[0])
        grows = power(step) if step is not None and not key[1] else None
        if grows is not None and isinstance(type, Integer):
            machine.facts += self._bounds(grows[0], made, value, type)
        return made

    def _bounds(self, grows: bool, made: Term, start: Term, type: Integer) -> Iterator[Term]:
        """What is known of a variable that is multiplied or divided by a constant in each iteration."""
        arithmetic = self.machine.arithmetic
        zero = arithmetic.number(0, type)
        positive = arithmetic.compare(">", type, start, zero)
        if not grows:
            low = arithmetic.compare(">=", type, made, zero)
            high = arithmetic.compare("<=", type, made, start)
            yield implies((*self.entry.path, positive), conjunction((low, high)))
        elif arithmetic.unbounded:
            arithmetic.counted(
                start, arithmetic.index(0), type, f"a variable of the loop in line {self.loop.node.span.line}"
            )
            yield implies((*self.entry.path, positive), arithmetic.compare(">=", type, made, start))
