"""A part of the host function that works with memory of its own: what combines the results of blocks.

Its buffers belong to no array of the C function: they are allocated, given to kernels, read back and freed there. What
it may do is a list of ``Step``; whether the steps do what the C loop does is for ``reductions`` to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from transpile.c.tree import Assign, Declare, Expression, If, Name, Statement, Variable
from transpile.c.types import Pointer, is_arithmetic
from transpile.c.walking import bare, variables
from transpile.errors import Span
from transpile.matching.memory import Lost
from transpile.matching.runtime import TO_DEVICE, TO_HOST, Allocation, Fetch, Launch, Nothing, Release, operation
from transpile.matching.values import Values


@dataclass(frozen=True, slots=True)
class Allocated:
    """``buffer`` then has ``size`` bytes, in terms of the C side, of which nothing is known."""

    buffer: Variable
    size: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Launched:
    """A launch; arguments are in terms of the C side, but for buffers of the section, which are themselves."""

    launch: Launch
    configuration: tuple[Expression, ...]
    arguments: tuple[Expression | Variable, ...]


@dataclass(frozen=True, slots=True)
class Copied:
    """One number between a variable of the host and the first element of ``buffer``."""

    variable: Variable
    buffer: Variable
    size: Expression
    to_host: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Joining:
    """A statement of the host that combines two numbers."""

    statement: Statement


Step: TypeAlias = Allocated | Launched | Copied | Joining


@dataclass(frozen=True, slots=True)
class Section:
    """The ``steps`` that stand for the C ``loop``, where the conditions ``entered`` hold.

    ``own`` are the host's variables that are the C function's, as they were called when the section began.
    """

    loop: Statement
    entered: tuple[Expression, ...]
    steps: tuple[Step, ...]
    own: tuple[tuple[Variable, Variable], ...]
    span: Span


@dataclass(slots=True)
class Sections:
    """Reads sections; ``argument`` gives what a kernel gets in terms of the C side."""

    values: Values
    argument: Callable[[Expression], Expression]
    live: dict[Variable, Span] = field(default_factory=dict)
    declared: set[Variable] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)
    unasked: Launch | None = None

    def read(self, loop: Statement, condition: Expression, statements: Sequence[Statement]) -> Section:
        """The section in the statements that ``condition`` guards. Raises ``Lost``."""
        entered = self.values.resolved(condition)
        for statement in statements:
            self._step(loop, statement)
        self._ask(False)
        if self.live:
            variable, span = next(iter(self.live.items()))
            raise Lost(f"'{variable.name}' is not freed", loop.span, span)
        meaning = self.values.names.meaning.items()
        own = tuple((theirs, ours.variable) for theirs, ours in meaning if isinstance(ours, Name))
        return Section(loop, (entered,), tuple(self.steps), own, condition.span)

    def _step(self, loop: Statement, statement: Statement) -> None:
        found = operation(statement)
        self._ask(isinstance(found, Nothing) and found.asks)
        match found:
            case Allocation(variable=variable, size=size, span=span):
                self._allocate(variable, size, span)
            case Launch():
                configuration = tuple(map(self.values.resolved, found.configuration))
                arguments = tuple(self._argument(one) for one in found.arguments)
                self.steps.append(Launched(found, configuration, arguments))
                self.unasked = found
            case Fetch(variable=variable, buffer=buffer, size=size, kind=kind, span=span):
                if buffer not in self.live or kind not in (TO_HOST, TO_DEVICE):
                    raise Lost(f"'{buffer.name}' points to no memory of the device", loop.span, span)
                self.steps.append(Copied(variable, buffer, size, kind == TO_HOST, span))
            case Release(variable=variable, span=span):
                if self.live.pop(variable, None) is None:
                    raise Lost(f"'{variable.name}' has no memory to free", loop.span, span)
            case Nothing():
                pass
            case _:
                self._plain(loop, statement)

    def _plain(self, loop: Statement, statement: Statement) -> None:
        """A declaration, or a combination of numbers."""
        match statement:
            case Declare(variable=variable, initial=None):
                plain = isinstance(variable.type, Pointer) or is_arithmetic(variable.type)
                if plain and variable.storage == "automatic" and not (variable.volatile or variable.attributes):
                    self.declared.add(variable)
                    return
            case Declare() if self.values.define(statement):
                return
            case Assign() | If():
                self.steps.append(Joining(statement))
                return
        raise Lost("more than a launch", loop.span, statement.span)

    def _allocate(self, variable: Variable, size: Expression, span: Span) -> None:
        if variable not in self.declared or variable in self.live or not isinstance(variable.type, Pointer):
            raise Lost(f"it is not clear what '{variable.name}' is for", span, span)
        if any(isinstance(one, Allocated) and one.buffer == variable for one in self.steps):
            raise Lost(f"'{variable.name}' is allocated twice", span, span)
        self.live[variable] = span
        self.steps.append(Allocated(variable, self.values.resolved(size), span))

    def _argument(self, value: Expression) -> Expression | Variable:
        given = bare(value)
        if isinstance(given, Name) and given.variable in self.live:
            return given.variable
        if self.live.keys() & set(variables(value)):
            raise Lost("a part of a buffer", value.span, value.span)
        return self.argument(value)

    def _ask(self, asks: bool) -> None:
        if self.unasked and not asks:
            raise Lost("nobody asks whether this launch succeeds", self.unasked.span, self.unasked.span)
        self.unasked = None
