"""Launches within a section of the host function, and kernels that combine what the blocks of another have left."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from transpile.c.constants import integer_of
from transpile.c.tree import (
    Binary,
    Block,
    Cast,
    Constant,
    Declare,
    Evaluate,
    Expression,
    For,
    Increment,
    Index,
    Name,
    Statement,
    Variable,
)
from transpile.c.types import INT, LONG_LONG, CType, Integer, is_integer
from transpile.c.walking import bare, substitute, walk
from transpile.errors import Span
from transpile.matching.bodies import exact
from transpile.matching.numbers import sides_of
from transpile.matching.partial import Differs, Parts, block_of
from transpile.matching.sections import Launched
from transpile.matching.updates import combined, update
from transpile.solvers.launches.joined import Joined, Operation


@dataclass(frozen=True, slots=True)
class One:
    """The first element of a buffer holds this."""

    value: Joined


@dataclass(frozen=True, slots=True)
class Each:
    """The first ``count`` elements of a buffer hold this together, one for each block."""

    value: Joined
    count: Expression


Contents: TypeAlias = One | Each


@dataclass(frozen=True, slots=True)
class KernelCall:
    step: Launched
    parts: Parts
    given: Mapping[Variable, Expression | Variable]

    @property
    def span(self) -> Span:
        return self.step.launch.span

    @property
    def blocks(self) -> Expression:
        """The number of blocks; they lie along x."""
        first, *others = sides_of(self.step.configuration[0])
        narrow = isinstance(first.type, Integer) and first.type.bits == 32
        if not narrow or any(integer_of(side) != 1 for side in others):
            raise Differs("blocks in several dimensions", self.span)
        return first

    @property
    def one_block(self) -> bool:
        return integer_of(self.blocks) == 1

    @property
    def block(self) -> dict[str, int]:
        return block_of(sides_of(self.step.configuration[1]), self.span)

    def expression(self, parameter: Variable) -> Expression:
        found = self.given[parameter]
        assert isinstance(found, Expression)
        return found

    def passed(self, paired: Collection[Variable]) -> list[Variable]:
        """The parameters that are neither accumulators nor buffers of the section."""
        initial = {parameter_of(value) for one in paired if (value := self.parts.initial(one)) is not None}
        left_out = {*paired, *initial}
        return [one for one, given in self.given.items() if isinstance(given, Expression) and one not in left_out]


class Partials:
    """What a kernel does with the results of blocks, as a loop over them: ``for (b = 0; b < n; b++) v += a[b];``."""

    def __init__(self, launch: KernelCall, contents: Mapping[Variable, Contents]) -> None:
        self.launch = launch
        self.updates = []
        self.read: list[Variable] = []
        self.paired: dict[Variable, Variable] = {}
        self.operations: dict[Variable, Operation] = {}
        self.values: dict[Variable, Joined] = {}
        counters: dict[Variable, None] = {}
        counts: list[Expression] = []
        for number, accumulator in enumerate(launch.parts.accumulators):
            nest = launch.parts.nest
            operation = combined(nest, accumulator)
            array, counter, statement = _element(nest, accumulator)
            buffer = launch.given.get(array)
            found = contents.get(buffer) if isinstance(buffer, Variable) else None
            if operation is None or not isinstance(found, Each) or found.value.operation != operation:
                raise Differs(f"'{accumulator.name}' is not what the blocks have left", statement.span)
            assert isinstance(buffer, Variable)
            self.read.append(buffer)
            self.updates.append(statement)
            self.operations[accumulator] = operation
            self.values[accumulator] = found.value
            self.paired[accumulator] = _fresh(accumulator, number)
            self.paired[array] = _fresh(array, len(launch.given) + number)
            counters[counter] = None
            counts.append(exact(found.count))
        if len(counters) != 1 or any(count != counts[0] for count in counts):
            raise Differs("this does not go through the results of the blocks", launch.span)
        (self.counter,) = counters
        self.count = counts[0]
        self.number = _fresh(self.counter, -1, INT, "count")

    @property
    def _many(self) -> Expression:
        return Name(self.number, type=INT, span=self.launch.span)

    @property
    def launched(self) -> Expression:
        """There is a block: no launch has none. None has more than 2^31 - 1."""
        zero = Constant(0, "0", type=INT, span=self.launch.span)
        return Binary(">", self._many, zero, type=INT, span=self.launch.span)

    def arguments(self) -> dict[Variable, Expression]:
        """The arguments that are the number of blocks."""
        given = self.launch.given.items()
        return {one: self._many for one, value in given if isinstance(value, Expression) and exact(value) == self.count}

    def loop(self) -> For:
        span, counter = self.launch.span, _fresh(self.counter, -2)
        name = Name(counter, type=counter.type, span=span)
        meant = {theirs: Name(ours, type=ours.type, span=span) for theirs, ours in self.paired.items()}
        body = tuple(substitute(statement, {**meant, self.counter: name}) for statement in self.updates)
        sides = [Cast(side, type=LONG_LONG, implicit=True, span=span) for side in (name, self._many)]
        zero = Constant(0, "0", type=counter.type, span=span)
        return For(
            (Declare(counter, zero, span=span),),
            Binary("<", *sides, type=INT, span=span),
            Evaluate(Increment(name, 1, False, type=counter.type, span=span), span=span),
            Block(body, span=span),
            span=span,
        )


def _element(nest: Statement, accumulator: Variable) -> tuple[Variable, Variable, Statement]:
    """The array and the counter of the one element that is combined into ``accumulator``, and where."""
    for node in walk(nest):
        found = update(node) if isinstance(node, Statement) else None
        if found is None or not (isinstance(found.target, Name) and found.target.variable == accumulator):
            continue
        match found.value:
            case Index(base=base, subscript=subscript):
                array, counter = bare(base), exact(subscript)
                plain = isinstance(counter, Name) and is_integer(counter.type) and not found.negative
                if isinstance(array, Name) and isinstance(counter, Name) and plain:
                    return array.variable, counter.variable, found.statement
    raise Differs(f"'{accumulator.name}' is not what the blocks have left", nest.span)


def _fresh(like: Variable, number: int, type: CType | None = None, name: str = "") -> Variable:
    """A variable that is in neither unit."""
    own = type or like.type
    return Variable(-1_000 - number, name or like.name, own, "automatic", own)


def parameter_of(expression: Expression) -> Variable | None:
    found = bare(expression)
    return found.variable if isinstance(found, Name) and found.variable.storage == "parameter" else None
