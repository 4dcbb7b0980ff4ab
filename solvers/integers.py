"""Integer expressions of C as Z3 integers, with their exact values.

Unsigned arithmetic wraps (C11 6.2.5p9), conversions do as well. Signed arithmetic that overflows is undefined: the
condition under which it does not is kept, to be assumed for code that is given and proved for code that we wrote.
Everything stays linear where C multiplies by constants; products of variables, and quotients by them, are Z3's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

import z3

from transpile.c.constants import integer_of
from transpile.c.printing import text
from transpile.c.tree import (
    Binary,
    Block,
    Call,
    Cast,
    Conditional,
    Constant,
    Declare,
    Evaluate,
    Expression,
    If,
    Name,
    Return,
    Statement,
    Unary,
    Variable,
)
from transpile.c.types import Bool, CType, Integer, is_integer, limits
from transpile.c.unit import Function
from transpile.c.walking import substitute, targets
from transpile.errors import Span

Int: TypeAlias = z3.ArithRef
Truth: TypeAlias = z3.BoolRef
MAX_DEPTH = 8
"""Calls within calls that are looked into."""
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")


class NoInteger(Exception):
    """Not an integer expression that has a value here; ``span`` is the part that has none."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.span = span


@dataclass(frozen=True, slots=True)
class Defined:
    """``condition`` must hold for ``expression`` to be defined."""

    condition: Truth
    expression: Expression


@dataclass(slots=True)
class Integers:
    """Values of expressions, sharing those of ``variables``; other variables become free ones of their type's range.

    ``facts`` define what stands in the values; they hold always. ``defined`` are the conditions of signed arithmetic.
    """

    variables: dict[Variable, Int] = field(default_factory=dict)
    facts: list[Truth] = field(default_factory=list)
    defined: list[Defined] = field(default_factory=list)
    opaque: dict[Expression, Int] = field(default_factory=dict)
    """Values that come from elsewhere: equal expressions have equal values."""
    functions: Mapping[str, Function] = field(default_factory=dict)
    """Functions that are looked into: constants, ``if``, and ``return`` of an integer."""
    stops: list[Truth] = field(default_factory=list)
    """Where a function ends the program instead of giving a value; ``facts`` say that it does not."""
    _depth: int = 0
    _path: list[Truth] = field(default_factory=list)

    def value(self, expression: Expression) -> Int:
        """The value of an integer expression. Raises ``NoInteger``."""
        if not is_integer(expression.type):
            raise NoInteger(f"'{text(expression)}' is no integer", expression.span)
        if expression in self.opaque:
            return self.opaque[expression]
        constant = integer_of(expression)
        if constant is not None:
            return z3.IntVal(constant)
        match expression:
            case Name(variable=variable) if variable.volatile:
                raise NoInteger(f"'{variable.name}' may change at any time", expression.span)
            case Name(variable=variable):
                if variable not in self.variables:
                    self.variables[variable] = self.fresh(variable.name, expression.type)
                return self.variables[variable]
            case Cast(operand=operand) if isinstance(expression.type, Bool):
                return _number(self.truth(operand))
            case Cast(operand=operand) if is_integer(operand.type):
                return self._converted(self.value(operand), operand.type, expression.type)
            case Unary(operator="+", operand=operand):
                return self.value(operand)
            case Unary(operator="-", operand=operand):
                return self._fitted(-self.value(operand), expression)
            case Unary(operator="~", operand=operand):
                return self._fitted(-self.value(operand) - 1, expression)
            case Conditional(condition=condition, yes=yes, no=no):
                holds = self.truth(condition)
                with self.under(holds):
                    chosen = self.value(yes)
                with self.under(z3.Not(holds)):
                    return z3.If(holds, chosen, self.value(no))
            case Binary(operator="+" | "-" | "*" | "/" | "%" | "<<" | ">>"):
                return self._binary(expression)
            case Call(name=name, arguments=arguments) if name in self.functions and self._depth < MAX_DEPTH:
                return self._called(self.functions[name], arguments)
            case Binary(operator="&&" | "||") | Unary(operator="!"):
                return _number(self.truth(expression))
            case Binary(operator=operator) if operator in COMPARISONS:
                return _number(self.truth(expression))
        raise NoInteger(f"the value of '{text(expression)}' is not known", expression.span)

    def truth(self, condition: Expression) -> Truth:
        """Whether ``condition`` is not zero. Raises ``NoInteger``."""
        match condition:
            case Binary(operator="&&", left=left, right=right):
                first = self.truth(left)
                with self.under(first):
                    return z3.And(first, self.truth(right))
            case Binary(operator="||", left=left, right=right):
                first = self.truth(left)
                with self.under(z3.Not(first)):
                    return z3.Or(first, self.truth(right))
            case Unary(operator="!", operand=operand):
                return z3.Not(self.truth(operand))
            case Cast(operand=operand) if is_integer(operand.type) and _keeps_truth(operand.type, condition.type):
                return self.truth(operand)
            case Binary(operator=operator, left=left, right=right) if operator in COMPARISONS:
                return _compared(operator, self.value(left), self.value(right))
        return self.value(condition) != 0

    def fresh(self, name: str, type: CType) -> Int:
        """A new value of ``type``."""
        value = z3.FreshInt(name)
        self.facts += _within(value, type)
        return value

    def _called(self, function: Function, arguments: Sequence[Expression]) -> Int:
        """What ``function`` returns. It is a fact that it does not end the program instead."""
        given = dict(zip(function.parameters, arguments, strict=True))
        inner = Integers(functions=self.functions, _depth=self._depth + 1, _path=list(self._path))
        constants: dict[Variable, Expression] = {}
        for parameter, argument in given.items():
            value = Cast(span=argument.span, type=parameter.type, operand=argument)
            constant = integer_of(value)
            if constant is not None:
                number = Constant(span=argument.span, type=parameter.type, value=constant, text=str(constant))
                constants[parameter] = number
            inner.variables[parameter] = self.value(value)
        changed = {target.variable for target in targets(function.body) if isinstance(target, Name)}
        if changed:
            raise NoInteger(f"'{function.name}' changes variables", function.span)
        found = inner._returned(list(substitute(function.body, constants).statements), function)
        self.facts += inner.facts
        self.stops += inner.stops
        self.defined += inner.defined
        return found

    def _returned(self, statements: list[Statement], function: Function) -> Int:
        """The value that the statements return."""
        if not statements:
            raise NoInteger(f"'{function.name}' may end without a value", function.span)
        first, *rest = statements
        match first:
            case Return(value=Expression() as value):
                return self.value(value)
            case Block(statements=inner):
                return self._returned([*inner, *rest], function)
            case Declare(variable=variable, initial=Expression() as value) if (
                is_integer(variable.type) and variable.storage == "automatic"
            ):
                self.variables[variable] = self.value(value)
                return self._returned(rest, function)
            case If(condition=condition, then=then, otherwise=otherwise):
                return self._either(condition, [then, *rest], [*([otherwise] if otherwise else []), *rest], function)
            case Evaluate(expression=Call(name="exit" | "abort")):
                self.stops.append(z3.And(*self._path))
                self.facts.append(z3.Not(self.stops[-1]))
                return z3.IntVal(0)
            case Evaluate(expression=Call(name="fprintf")):
                return self._returned(rest, function)
        raise NoInteger(f"'{function.name}' is not followed", first.span)

    def _either(
        self, condition: Expression, then: list[Statement], otherwise: list[Statement], function: Function
    ) -> Int:
        constant = integer_of(condition)
        if constant is not None:
            return self._returned(then if constant else otherwise, function)
        holds = self.truth(condition)
        with self.under(holds):
            yes = self._returned(then, function)
        with self.under(z3.Not(holds)):
            return z3.If(holds, yes, self._returned(otherwise, function))

    @contextmanager
    def under(self, condition: Truth) -> Iterator[None]:
        """What is evaluated here is evaluated only if ``condition`` holds."""
        self._path.append(condition)
        try:
            yield
        finally:
            self._path.pop()

    def _binary(self, expression: Binary) -> Int:
        left, right = self.value(expression.left), self.value(expression.right)
        divisor = integer_of(expression.right)
        match expression.operator:
            case "+":
                return self._fitted(left + right, expression)
            case "-":
                return self._fitted(left - right, expression)
            case "*":
                return self._fitted(left * right, expression)
            case "/" | "%" if divisor:
                quotient, rest = self._divided(left, divisor)
                fitting = self._fitted(quotient, expression)
                return fitting if expression.operator == "/" else rest
            case "<<" if divisor is not None and 0 <= divisor < _bits(expression.type):
                return self._wrapped(left * (1 << divisor), expression.type)  # as compilers define it
            case ">>" if divisor is not None and 0 <= divisor < _bits(expression.type):
                return left / (1 << divisor)  # Z3 rounds down, as machines shift
        raise NoInteger(f"the value of '{text(expression)}' is not known", expression.span)

    def _divided(self, value: Int, divisor: int) -> tuple[Int, Int]:
        """Quotient and remainder as C has them: the quotient is rounded towards zero (C11 6.5.5p6)."""
        size = abs(divisor)
        down = z3.If(value >= 0, value / size, -(-value / size))
        quotient = down if divisor > 0 else -down
        return quotient, value - quotient * divisor

    def _fitted(self, value: Int, expression: Expression) -> Int:
        """The result of an operation in the type of ``expression``."""
        if isinstance(expression.type, Integer) and expression.type.signed:
            self._require(z3.And(*_within(value, expression.type)), expression)
            return value
        return self._wrapped(value, expression.type)

    def _require(self, condition: Truth, expression: Expression) -> None:
        self.defined.append(Defined(z3.Implies(z3.And(*self._path), condition), expression))

    def _converted(self, value: Int, old: CType, new: CType) -> Int:
        low, high = value_range(old)
        lowest, highest = value_range(new)
        return value if lowest <= low and high <= highest else self._wrapped(value, new)

    def _wrapped(self, value: Int, type: CType) -> Int:
        """``value`` modulo two to the width of ``type``: a new value, and how often it went round."""
        turns = z3.FreshInt("turns")
        result = self.fresh("wrapped", type)
        self.facts.append(value == result + turns * (1 << _bits(type)))
        return result


def value_range(type: CType) -> tuple[int, int]:
    """The smallest and the largest value of ``type``, which must be an integer type."""
    found = limits(type)
    assert found is not None, type
    return found


def _within(value: Int, type: CType) -> list[Truth]:
    low, high = value_range(type)
    return [value >= low, value <= high]


def _bits(type: CType) -> int:
    return type.bits if isinstance(type, Integer) else 1


def _number(truth: Truth) -> Int:
    return z3.If(truth, z3.IntVal(1), z3.IntVal(0))


def _keeps_truth(old: CType, new: CType) -> bool:
    return isinstance(new, Bool) or _bits(new) >= _bits(old)


def _compared(operator: str, left: Int, right: Int) -> Truth:
    found: Truth = {
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
        "==": left == right,
        "!=": left != right,
    }[operator]
    return found
