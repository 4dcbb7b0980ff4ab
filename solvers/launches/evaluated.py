"""The values of expressions in one thread of a block: numbers, and collections of what threads contribute.

What is no integer arithmetic on numbers that are known, and combines no collections, is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from transpile.c.constants import fitted, value_of
from transpile.c.tree import Binary, Cast, Constant, Expression, Index, Member, Name, Unary, Variable
from transpile.c.types import Array, Bool, CType, Float, Integer, Reference, is_arithmetic, is_integer
from transpile.c.walking import bare
from transpile.errors import Span
from transpile.solvers.launches.concrete import Undefined, computed
from transpile.solvers.launches.grids import AXES, built_in
from transpile.solvers.launches.joined import Joined, Operation
from transpile.solvers.launches.shared import Cell, NotFollowed, Shared, Symbol, Value


class Expressions:
    """Thread ``number`` of a block of ``sides`` threads; ``references`` say which variables other names are for."""

    def __init__(self, number: int, sides: Mapping[str, int], shared: Shared, values: dict[Variable, Value]) -> None:
        places = (number % sides["x"], number // sides["x"] % sides["y"], number // sides["x"] // sides["y"])
        self.number = number
        self.sides = sides
        self.shared = shared
        self.place = dict(zip(AXES, places, strict=True))
        self.values = values
        self.references: dict[Variable, Variable] = {}

    def value(self, expression: Expression) -> Value:
        match expression:
            case Constant(value=value):
                return value
            case Name(variable=variable):
                return self._of_variable(variable, expression)
            case Member(base=Name(variable=variable), name=axis):
                return self._coordinate(variable, axis, expression)
            case Cast(operand=operand):
                return self.kept(self.value(operand), expression.type, expression.span)
            case Index() if (cell := self.cell(expression)) is not None:
                return self.shared.read(cell, self.number, expression.span)
            case Binary(operator="&&" | "||") | Unary(operator="!"):
                return int(self.truth(expression))
            case Binary(operator=operator, left=left, right=right):
                return self.arithmetic(operator, self.value(left), self.value(right), expression)
            case Unary(operator="-", operand=operand) if isinstance(positive := self.value(operand), int):
                return self.arithmetic("-", 0, positive, expression)
        if (constant := value_of(expression)) is not None:
            return constant
        raise NotFollowed("this computation is not followed", expression.span)

    def _of_variable(self, variable: Variable, expression: Name) -> Value:
        if "shared" in variable.attributes:
            return self.shared.read((variable, 0), self.number, expression.span)
        found = self.values.get(self.meant(variable))
        if found is None:
            raise NotFollowed(f"the value of '{variable.name}' is not known here", expression.span)
        return found

    def _coordinate(self, variable: Variable, axis: str, expression: Member) -> Value:
        if not built_in(variable, ("threadIdx", "blockIdx", "blockDim", "gridDim")) or axis not in AXES:
            raise NotFollowed("this computation is not followed", expression.span)
        match variable.name:
            case "threadIdx":
                return self.place[axis]
            case "blockDim":
                return self.sides[axis]
        return Symbol(expression)

    def arithmetic(self, operator: str, left: Value, right: Value, at: Expression) -> Value:
        if isinstance(left, Joined) or isinstance(right, Joined):
            return self._joined(operator, left, right, at)
        if isinstance(left, int) and isinstance(right, int):
            try:
                return computed(operator, left, right, at)
            except Undefined as found:
                raise NotFollowed(str(found), at.span) from None
        if isinstance(at, Binary) and isinstance(left, int | Symbol) and isinstance(right, int | Symbol):
            return Symbol(replace(at, left=_written(left, at.left), right=_written(right, at.right)))
        raise NotFollowed("this computation is not followed", at.span)

    def _joined(self, operator: str, left: Value, right: Value, at: Expression) -> Joined:
        operation = next(side.operation for side in (left, right) if isinstance(side, Joined))
        sides = [side if isinstance(side, Joined) else _neutral(side, operation) for side in (left, right)]
        one, two = sides
        if one is None or two is None or operator != operation.operator or at.type != operation.type:
            raise NotFollowed("values are combined by another operation", at.span)
        if one.operation != two.operation:
            raise NotFollowed("values of different sums are combined", at.span)
        return one.join(two)

    def kept(self, value: Value, type: CType, span: Span) -> Value:
        """``value`` in a variable, or as an operand, of ``type``."""
        match value:
            case Joined(operation=operation):
                if operation.type != type:
                    raise NotFollowed("combined values are converted", span)
                return value
            case Symbol(expression=expression):
                if not is_integer(type):
                    raise NotFollowed("this conversion is not followed", span)
                return value if expression.type == type else Symbol(Cast(expression, type=type, span=span))
        assert isinstance(value, int | float)
        found = fitted(value, type) if isinstance(type, Bool | Integer | Float) else None
        if found is None:
            raise NotFollowed("this conversion is not followed", span)
        return found

    def truth(self, condition: Expression) -> bool:
        """Whether ``condition`` holds; both sides of ``&&`` are looked at only as C does."""
        match bare(condition):
            case Binary(operator="&&", left=left, right=right):
                return self.truth(left) and self.truth(right)
            case Binary(operator="||", left=left, right=right):
                return self.truth(left) or self.truth(right)
            case Unary(operator="!", operand=operand):
                return not self.truth(operand)
        value = self.value(condition)
        if isinstance(value, int):
            return value != 0
        raise NotFollowed("a condition that is not about the number of the thread", condition.span)

    def meant(self, variable: Variable) -> Variable:
        return self.references[variable] if isinstance(variable.declared, Reference) else variable

    def cell(self, element: Index) -> Cell | None:
        """The element of shared memory, if it is one."""
        array = bare(element.base)
        if not (isinstance(array, Name) and "shared" in array.variable.attributes):
            return None
        at, type = self.value(element.subscript), array.variable.type
        length = type.length if isinstance(type, Array) and is_arithmetic(type.of) else None
        if length is None or not isinstance(at, int) or array.variable.volatile:
            raise NotFollowed(f"shared memory of a form that is not followed: '{array.variable.name}'", element.span)
        if not 0 <= at < length:
            raise NotFollowed(f"'{array.variable.name}' has no element {at}", element.span)
        return array.variable, at


def _neutral(value: Value, operation: Operation) -> Joined | None:
    """A number in the place of a collection: only the neutral element is one."""
    if (
        operation.neutral is None
        or isinstance(value, Symbol | Joined)
        or fitted(operation.neutral, operation.type) != value
    ):
        return None
    return Joined(operation, {})


def _written(value: int | Symbol, was: Expression) -> Expression:
    if isinstance(value, Symbol):
        return value.expression
    return Constant(value, str(value), type=was.type, span=was.span)
