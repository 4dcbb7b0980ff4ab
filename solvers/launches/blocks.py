"""The threads of one block, run side by side on collections of contributions in the place of numbers.

Numbers of threads are what they are, so loops over halves of a block run as they would on the device; the values that
are combined are ``Joined``. Between two barriers no thread may touch what another one writes, all threads must come to
the same barrier, and each element of shared memory must be there and set before it is read. What a thread stores in
global memory is an ``Effect``. Everything else is refused.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from transpile.c.tree import (
    AddressOf,
    Assign,
    Binary,
    Block,
    Call,
    Constant,
    Declare,
    Empty,
    Evaluate,
    Expression,
    For,
    If,
    Increment,
    Index,
    Name,
    Return,
    Statement,
    Variable,
    While,
)
from transpile.c.types import INT, Pointer, Reference, is_integer
from transpile.c.unit import Function
from transpile.c.walking import bare
from transpile.errors import Span
from transpile.solvers.launches.evaluated import Expressions
from transpile.solvers.launches.joined import Joined, Operation
from transpile.solvers.launches.shared import ATOMIC, Effect, NotFollowed, Shared, Symbol, Value

MOST_STEPS: Final = 100_000
"""Statements of one thread."""
BARRIER: Final = "__syncthreads"
_COMPARED: Final = {"<": "min", "<=": "min", ">": "max", ">=": "max"}


@dataclass(frozen=True, slots=True)
class _Returned:
    value: Value | None


_Run: TypeAlias = Generator[tuple[int, ...], None, _Returned | None]


@dataclass(slots=True)
class Threads:
    """A block of ``sides`` threads.

    ``operations`` are those of the accumulators. Where control comes to ``nest``, a thread's accumulators get what it
    contributes: the collection ``{(variable, thread): 1}``.
    """

    sides: Mapping[str, int]
    functions: Mapping[str, Function]
    operations: Mapping[Variable, Operation]
    nest: Statement
    unknown: frozenset[Variable] = frozenset()
    """Variables that the nest changes, beside the accumulators."""
    effects: list[Effect] = field(default_factory=list)
    shared: Shared = field(default_factory=Shared)

    def run(self, kernel: Sequence[Statement], given: Mapping[Variable, Value]) -> tuple[Effect, ...]:
        """All threads, from the first statement to the last. Raises ``NotFollowed``."""
        count = self.sides["x"] * self.sides["y"] * self.sides["z"]
        threads = [_Thread(self, number, dict(given)) for number in range(count)]
        runs: list[_Run] = [one.sequence(kernel) for one in threads]
        while True:
            arrived = [next(run, None) for run in runs]
            if arrived.count(arrived[0]) != len(arrived):
                span = next(one.span for one, at in zip(threads, arrived, strict=True) if at is not None)
                raise NotFollowed("not all threads come to this barrier", span)
            if arrived[0] is None:
                return tuple(self.effects)
            self.shared.barrier()


class _Thread(Expressions):
    def __init__(self, block: Threads, number: int, values: dict[Variable, Value]) -> None:
        super().__init__(number, block.sides, block.shared, values)
        self.block = block
        self.calls: list[Call] = []
        self.steps = 0
        self.span = block.nest.span

    # Statements

    def sequence(self, statements: Sequence[Statement]) -> _Run:
        for statement in statements:
            returned = yield from self.statement(statement)
            if returned is not None:
                return returned
        return None

    def statement(self, statement: Statement) -> _Run:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise NotFollowed("a loop that takes too long", statement.span)
        if statement is self.block.nest:
            self._contribute()
            return None
        match statement:
            case Block(statements=inner):
                return (yield from self.sequence(inner))
            case Empty():
                pass
            case Declare(variable=variable, initial=initial):
                yield from self._declare(statement, variable, initial)
            case Assign():
                value = yield from self._called(statement.value)
                self._assign(statement, value)
            case Evaluate(expression=Call() as call):
                yield from self._evaluate(call)
            case Evaluate(expression=Increment(target=target, step=step)):
                self._store(target, self.arithmetic("+", self.value(target), step, target), statement.span)
            case If():
                return (yield from self._if(statement))
            case For():
                return (yield from self._for(statement))
            case While(condition=condition, body=body):
                return (yield from self._while(condition, [body]))
            case Return(value=None):
                return _Returned(None)
            case Return(value=Expression() as given):
                return _Returned((yield from self._called(given)))
            case _:
                raise NotFollowed("this is not part of how a block combines its values", statement.span)
        return None

    def _contribute(self) -> None:
        for variable, operation in self.block.operations.items():
            self.values[variable] = Joined(operation, {(variable, self.number): 1})
        for variable in self.block.unknown:
            self.values.pop(variable, None)

    def _declare(self, statement: Declare, variable: Variable, initial: Expression | None) -> _Run:
        if "shared" in variable.attributes and initial is None and not variable.volatile:
            return None
        if variable.storage != "automatic" or variable.volatile or variable.attributes:
            raise NotFollowed(f"'{variable.name}' is not the thread's own", statement.span)
        self.values.pop(variable, None)
        if initial is not None:
            value = yield from self._called(initial)
            self.values[variable] = self.kept(value, variable.type, statement.span)
        return None

    def _assign(self, statement: Assign, value: Value) -> None:
        target = statement.target
        if statement.operator:
            if statement.computed != target.type:
                raise NotFollowed("an update in another type", statement.span)
            value = self.arithmetic(statement.operator, self.value(target), value, target)
        self._store(target, value, statement.span)

    def _if(self, statement: If) -> _Run:
        *others, last = _conjuncts(statement.condition)
        for one in others:
            if not self.truth(one):
                return (yield from self._otherwise(statement))
        if self._chooses(last, statement):
            return None
        if self.truth(last):
            return (yield from self.statement(statement.then))
        return (yield from self._otherwise(statement))

    def _otherwise(self, statement: If) -> _Run:
        if statement.otherwise is None:
            return None
        return (yield from self.statement(statement.otherwise))

    def _chooses(self, condition: Expression, statement: If) -> bool:
        """``if (value < target) target = value;``: the smaller of two values that are combined. It is then done."""
        match condition, _only(statement.then):
            case Binary(operator="<" | "<=" | ">" | ">=" as sign, left=left, right=right), Assign() as assign:
                pass
            case _:
                return False
        target, value = assign.target, assign.value
        if is_integer(left.type) and not self._combines(left):
            return False
        operator = _COMPARED[sign] if (left, right) == (value, target) else ""
        if (left, right) == (target, value):
            operator = _COMPARED[{"<": ">", "<=": ">=", ">": "<", ">=": "<="}[sign]]
        if not operator or assign.operator or statement.otherwise is not None:
            raise NotFollowed("a choice between combined values", statement.span)
        joined = self.arithmetic(operator, self.value(target), self.value(value), target)
        self._store(target, joined, statement.span)
        return True

    def _combines(self, expression: Expression) -> bool:
        return isinstance(self.value(expression), Joined)

    def _for(self, loop: For) -> _Run:
        yield from self.sequence(loop.initial)
        if loop.condition is None:
            raise NotFollowed("a loop without a condition", loop.span)
        step = [loop.step] if loop.step is not None else []
        return (yield from self._while(loop.condition, [loop.body, *step]))

    def _while(self, condition: Expression, body: Sequence[Statement]) -> _Run:
        while self.truth(condition):
            returned = yield from self.sequence(body)
            if returned is not None:
                return returned
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise NotFollowed("a loop that takes too long", condition.span)
        return None

    # Calls

    def _called(self, expression: Expression) -> Generator[tuple[int, ...], None, Value]:
        """The value of what stands on the right of an assignment, which may be a call."""
        call = bare(expression)
        if not isinstance(call, Call):
            return self.value(expression)
        returned = yield from self._call(call)
        if returned is None or returned.value is None:
            raise NotFollowed(f"'{call.name}' gives no value", expression.span)
        return self.kept(returned.value, expression.type, expression.span)

    def _evaluate(self, call: Call) -> _Run:
        if call.name == BARRIER and not call.arguments:
            self.span = call.span
            yield (id(call), *map(id, self.calls))
        elif call.name in ATOMIC:
            self._atomic(call)
        else:
            yield from self._call(call)
        return None

    def _call(self, call: Call) -> _Run:
        function = self.block.functions.get(call.name)
        if function is None or any(one.name == call.name for one in self.calls):
            raise NotFollowed(f"what '{call.name}' does is not followed", call.span)
        for parameter, argument in zip(function.parameters, call.arguments, strict=True):
            if isinstance(parameter.declared, Reference):
                self._refer(parameter, bare(argument))
            else:
                self.values[parameter] = self.kept(self.value(argument), parameter.type, argument.span)
        self.calls.append(call)
        returned = yield from self.sequence(function.body.statements)
        self.calls.pop()
        return returned

    def _refer(self, parameter: Variable, argument: Expression) -> None:
        if (
            not isinstance(argument, Name)
            or argument.type != parameter.type
            or "shared" in argument.variable.attributes
        ):
            raise NotFollowed("a reference to something else than a variable", argument.span)
        self.references[parameter] = self.meant(argument.variable)

    def _atomic(self, call: Call) -> None:
        match call.arguments:
            case (address, value) if isinstance(place := bare(address), AddressOf) and isinstance(
                element := place.operand, Index
            ):
                self._effect(element, self.value(value), ATOMIC[call.name], call.span)
            case (pointer, value) if isinstance(name := bare(pointer), Name) and isinstance(name.type, Pointer):
                zero = Constant(0, "0", type=INT, span=call.span)
                element = Index(name, zero, type=name.type.to, span=call.span)
                self._effect(element, self.value(value), ATOMIC[call.name], call.span)
            case _:
                raise NotFollowed("an atomic operation that is not followed", call.span)

    # Memory

    def _store(self, target: Expression, value: Value, span: Span) -> None:
        value = self.kept(value, target.type, span)
        match target:
            case Name(variable=variable) if "shared" in variable.attributes:
                self.shared.write((variable, 0), value, self.number, span)
            case Name(variable=variable) if variable.storage in ("automatic", "parameter"):
                if variable.volatile or isinstance(variable.type, Pointer):
                    raise NotFollowed(f"'{variable.name}' is not followed", span)
                self.values[self.meant(variable)] = value
            case Index() if (cell := self.cell(target)) is not None:
                self.shared.write(cell, value, self.number, span)
            case Index():
                self._effect(target, value, "", span)
            case _:
                raise NotFollowed("this is not followed", span)

    def _effect(self, element: Index, value: Value, operator: str, span: Span) -> None:
        array = bare(element.base)
        if not (isinstance(array, Name) and array.variable.storage == "parameter" and not self.calls):
            raise NotFollowed("memory that is not a parameter of the kernel", span)
        if not isinstance(value, Joined) or value.operation.operator != (operator or value.operation.operator):
            raise NotFollowed("something else than what the threads combine", span)
        if value.operation.type != element.type:
            raise NotFollowed("what the threads combine is kept in another type", span)
        at = self.value(element.subscript)
        if not isinstance(at, int | Symbol):
            raise NotFollowed("this subscript is not followed", span)
        subscript = at.expression if isinstance(at, Symbol) else at
        self.block.effects.append(Effect(array.variable, subscript, value, self.number, bool(operator), span))


def _only(statement: Statement) -> Statement:
    while isinstance(statement, Block) and len(statement.statements) == 1:
        (statement,) = statement.statements
    return statement


def _conjuncts(condition: Expression) -> list[Expression]:
    inner = bare(condition)
    if isinstance(inner, Binary) and inner.operator == "&&":
        return [*_conjuncts(inner.left), *_conjuncts(inner.right)]
    return [inner]
