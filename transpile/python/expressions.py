"""Expressions of the form as Python: whole numbers are ``int``, other exact ones ``Decimal``, text ``str``."""

from __future__ import annotations

from dataclasses import dataclass

from transpile.legacy.expressions import (
    Arithmetic,
    Bytes,
    Constant,
    Digits,
    Edited,
    Expression,
    Fit,
    Intrinsic,
    Load,
    Local,
    Negative,
    NumberIn,
    Padded,
    Repeated,
    ToFloat,
    Unedited,
)
from transpile.legacy.types import Number
from transpile.python.code import (
    PRODUCT,
    Code,
    binary,
    call,
    literal,
    minus,
)
from transpile.python.conditions import Conditions
from transpile.python.extents import extent
from transpile.python.names import snake


@dataclass(slots=True)
class Expressions(Conditions):
    """All expressions of one program."""

    def code(self, expression: Expression) -> Code:
        match expression:
            case Constant():
                return self.constant(expression)
            case Load(place=place):
                return self.place(place)
            case Bytes(target=target):
                return self.bytes_of(target)
            case Arithmetic():
                return self._arithmetic(expression)
            case Negative(operand=operand):
                return minus(self.exact(operand))
            case Fit(value=value, type=type, rounding=rounding):
                return self.fit(value, type, rounding)
            case ToFloat(value=value, type=type):
                name = "single_of" if type.bits == 32 else "double_of"
                inner = self.code(value)
                return inner if self.kind(value) == "float" and type.bits == 64 else self.call(name, inner)
            case Digits(value=value, of=of):
                return self.digits(value, of)
            case NumberIn(text=text, type=type):
                return self.number_in(text, type)
            case Padded():
                return self.padded(expression)
            case Repeated(text=text, type=type):
                return self.repeated(text, type.size or 1)
            case Edited():
                return self.edited(expression)
            case Unedited(text=text, picture=picture):
                comma = [Code("comma=True")] if self.program.decimal_comma else []
                return self.call("number_of_edited", self.code(text), literal(picture), *comma)
            case Intrinsic():
                return self.intrinsic(expression)
            case Local(name=name):
                return Code(snake(name))
        return self.truth(expression)

    def _arithmetic(self, expression: Arithmetic) -> Code:
        left, right = self.exact(expression.left), self.exact(expression.right)
        match expression.operator:
            case "/":
                return self.call("divide", left, right)
            case "**":
                return self.call("power", left, right)
        return binary(left, expression.operator, right)

    def intrinsic(self, function: Intrinsic) -> Code:
        if not function.arguments and function.name in self.known:
            return self.known[function.name]
        arguments = [self.code(each) if self.kind(each) == "text" else self.exact(each) for each in function.arguments]
        if function.name == "wrap" and isinstance(function.type, Number):
            signed = {} if function.type.signed else {"signed": "False"}
            return self.call("wrap_native", *arguments, literal(function.type.bits // 8), **signed)
        if function.name == "mod" and self._plain_modulus(function):
            left, right = (self.code(each) for each in function.arguments)
            return Code(f"{left.at(PRODUCT)} % {right.at(PRODUCT + 1)}", PRODUCT)
        if function.name.startswith("accept"):
            name = self.uses.use("cobol_console", function.name.replace(" ", "_").replace("-", "_"))
            return call(name, *arguments)
        if function.name in ("max", "min", "abs"):
            text = self.kind(function) == "text"
            name = self.uses.use("cobol_functions", f"{function.name}_text") if text else function.name
            return call(name, *arguments) if len(arguments) > 1 or name == "abs" else arguments[0]
        name = function.name.replace(" ", "_").replace("-", "_")
        name = f"{name}_" if name in ("range", "ord", "sum", "slice") else name
        if name == "slice_":
            arguments[1:] = [self.whole(each) for each in function.arguments[1:]]
        return call(self.uses.use("cobol_functions", name), *arguments)

    def _plain_modulus(self, function: Intrinsic) -> bool:
        known = extent(function.arguments[1])
        whole = all(self.kind(each) == "int" for each in function.arguments)
        return whole and known.low is not None and known.low > 0
