"""Numbers as fields keep them: what may lose digits is written as a rule, all else plainly."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from transpile.legacy.expressions import (
    Arithmetic,
    Constant,
    Expression,
    Rounding,
)
from transpile.legacy.types import Number
from transpile.python.code import (
    PRODUCT,
    Code,
    binary,
    call,
    decimal_code,
    literal,
)
from transpile.python.extents import extent
from transpile.python.places import Kind, Places, text_code
from transpile.python.rules import cobol_rules as rules

ROUNDINGS: dict[Rounding, rules.Rounding] = {
    "down": "TRUNCATION",
    "half-up": "NEAREST-AWAY-FROM-ZERO",
    "half-even": "NEAREST-EVEN",
    "half-down": "NEAREST-TOWARD-ZERO",
    "up": "AWAY-FROM-ZERO",
    "ceiling": "TOWARD-GREATER",
    "floor": "TOWARD-LESSER",
    "prohibited": "PROHIBITED",
}


@dataclass(slots=True)
class Storing(Places):
    """The constants and results that are stored."""

    def constant(self, constant: Constant) -> Code:
        value = constant.value
        if isinstance(value, bool | str):
            return Code(str(value)) if isinstance(value, bool) else text_code(value)
        match self.kind(constant):
            case "int":
                return literal(int(value))
            case "float":
                return literal(float(value))
        shown = Decimal(value)
        if isinstance(constant.type, Number):
            shown = rules.scaled(rules.unscaled(shown, constant.type.scale), constant.type.scale)
        self.uses.use("decimal", "Decimal")
        return decimal_code(shown)

    def fit(self, value: Expression, type: Number, rounding: Rounding = "down") -> Code:
        if isinstance(value, Constant) and not isinstance(value.value, str | bool | float) and not type.bits:
            return self.constant(Constant(folded(value.value, type, rounding), type))
        if not type.scale and rounding == "down" and (quotient := self._whole_quotient(value, type)):
            return quotient
        source = extent(value)
        if source.scale is not None and source.scale <= type.scale:
            rounding = "down"
        code = self.stored(value, type, rounding)
        kind = self.kind(value)
        if rounding == "half-up" and type.scale and not type.bits:
            signed_ = {} if type.signed else {"signed": "False"}
            return self.call("fit_rounded", code, literal(type.digits), literal(type.scale), **signed_)
        if rounding != "down":
            mode = [] if rounding == "half-up" else [literal(ROUNDINGS[rounding])]
            code, kind = self.call("rounded", code, literal(type.scale), *mode), "decimal"
        fits = source.within(type) and (rounding == "down" or _room_to_round(value, type))
        if type.bits:
            return self._fit_native(code, kind, type, fits)
        signed = {} if type.signed else {"signed": "False"}
        if type.scale:
            if fits and kind == "decimal" and source.scale == type.scale:
                return code
            return self.call("fit_decimal", code, literal(type.digits), literal(type.scale), **signed)
        if fits or (not type.signed and source.magnitude.within(type) and rounding == "down"):
            whole = code if kind == "int" else call("int", code)
            return whole if fits else call("abs", whole)
        if not type.signed and source.never_negative and kind == "int":
            limit = f"{10**type.digits:_}" if type.digits > 5 else str(10**type.digits)
            return binary(code, "%", Code(limit))
        return self.call("fit_int", code, literal(type.digits), **signed)

    def _fit_native(self, code: Code, kind: Kind, type: Number, fits: bool) -> Code:
        signed = {} if type.signed else {"signed": "False"}
        if not type.scale:
            if fits:
                return code if kind == "int" else call("int", code)
            return self.call("fit_native", code, literal(type.bits // 8), **signed)
        digits = self.call("unscaled", code, literal(type.scale))
        kept = self.call("fit_native", digits, literal(type.bits // 8), **signed)
        return self.call("scaled", kept, literal(type.scale))

    def stored(self, value: Expression, type: Number, rounding: Rounding) -> Code:
        """A number that is cut or rounded at once: how far a quotient goes on makes no difference then."""
        if isinstance(value, Arithmetic) and value.operator == "/" and rounding in ("down", "half-up"):
            scales = [extent(each).scale for each in (value.left, value.right)]
            if type.scale <= 36 and all(scale is not None and scale <= 40 for scale in scales):
                return self.call("quotient", self.exact(value.left), self.exact(value.right))
        return self.exact(value)

    def _whole_quotient(self, value: Expression, type: Number) -> Code | None:
        match value:
            case Arithmetic(operator="/", left=left, right=right) if self.kind(left) == self.kind(right) == "int":
                top, bottom = extent(left), extent(right)
                positive = bottom.low is not None and bottom.low > 0
                if top.never_negative and positive and extent(value).within(type):
                    return Code(f"{self.code(left).at(PRODUCT)} // {self.code(right).at(PRODUCT + 1)}", PRODUCT)
        return None


def folded(value: int | Decimal, type: Number, rounding: Rounding) -> int | Decimal:
    """The constant that a field of ``type`` keeps of ``value``."""
    exact = rules.rounded(value, type.scale, ROUNDINGS[rounding]) if rounding != "down" else value
    if type.scale:
        return rules.fit_decimal(exact, type.digits, type.scale, type.signed)
    return rules.fit_int(exact, type.digits, type.signed)


def _room_to_round(value: Expression, type: Number) -> bool:
    """Rounding up the value that is furthest from zero stays within ``type``."""
    unit = Constant(rules.scaled(1, type.scale), Number(1, type.scale))
    more, less = extent(Arithmetic("+", value, unit)), extent(Arithmetic("-", value, unit))
    return more.within(type) and (less.within(type) or extent(value).never_negative)
