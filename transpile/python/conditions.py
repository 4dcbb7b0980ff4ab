"""Conditions: comparisons, classes, and what is put together from them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from transpile.legacy.expressions import (
    Both,
    Bytes,
    Compare,
    Consists,
    Constant,
    Either,
    Expression,
    Load,
    Local,
    Named,
    Not,
    Part,
    Place,
    Relation,
    Repeated,
)
from transpile.legacy.fields import Field
from transpile.legacy.types import Number, Text
from transpile.python.code import COMPARISON, Code, attribute, call, literal, method
from transpile.python.named import place_of
from transpile.python.names import snake
from transpile.python.places import sign_of, text_code, unsupported
from transpile.python.relations import all_of, any_of, compare, negation
from transpile.python.texts import Texts

_TURNED: dict[Relation, Relation] = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_SHORT = 12
"""Texts up to this size are compared with constants of their size."""


@dataclass(slots=True)
class Conditions(Texts):
    """What is true or false."""

    def truth(self, condition: Expression) -> Code:
        match condition:
            case Compare():
                return self.comparison(condition)
            case Both(operands=operands):
                return all_of(self.truth(each) for each in operands)
            case Either(operands=operands):
                return any_of(self.truth(each) for each in operands)
            case Not(operand=operand):
                return self.inverted(operand)
            case Named():
                return self.named(condition)
            case Consists():
                return self._consists(condition)
            case Local(name=name):
                return Code(snake(name))
            case Constant(value=bool(value)):
                return Code(str(value))
        raise unsupported(type(condition).__name__, "it is no condition")

    def inverted(self, operand: Expression) -> Code:
        return negation(self.truth(operand))

    def named(self, condition: Named) -> Code:
        """A property of the object that has the field, or what it means where there is none."""
        if condition.of.number not in self.names.roots and self.outer is not None:
            return self.outer.named(condition)
        name = self.names.conditions.get((condition.of.number, condition.name))
        if name is None or condition.of.number in self.counters:
            return self.truth(condition.condition)
        return attribute(self.holder(place_of(condition)), name)

    def comparison(self, test: Compare) -> Code:
        if isinstance(test.left, Constant) and not isinstance(test.right, Constant):
            test = replace(test, operator=_TURNED[test.operator], left=test.right, right=test.left)
        left, right = self.kind(test.left), self.kind(test.right)
        if left == "text" and right == "text":
            return self._texts(test)
        if "float" in (left, right):
            a, b = (self._double(each) for each in (test.left, test.right))
            return compare(self.call("compare_floats", a, b), test.operator, literal(0))
        return compare(self.code(test.left), test.operator, self.code(test.right))

    def _double(self, expression: Expression) -> Code:
        code = self.code(expression)
        return code if self.kind(expression) == "float" else call("float", code)

    def _texts(self, test: Compare) -> Code:
        left, right = self._repeating(test.left, test.right), self._repeating(test.right, test.left)
        if left is None or right is None:
            return self._against_all(test, left is None)
        a, b = self.size(left), self.size(right)
        if test.order:
            order = self.order(test.order)
            return compare(self.call("compare", self.code(left), self.code(right), order), test.operator, literal(0))
        if a is not None and b is not None:
            if a == b:
                return compare(self.code(left), test.operator, self.code(right))
            if isinstance(right, Constant) and (b > a or a <= _SHORT):
                return self._with_constant(self.code(left), a, test.operator, str(right.value))
            if isinstance(left, Constant) and (a > b or b <= _SHORT):
                text = str(left.value).ljust(b)
                return (
                    compare(text_code(text), test.operator, self.code(right))
                    if a <= b
                    else self._by_rule(test, left, right)
                )
            if test.operator in ("==", "!=") and isinstance(right, Constant):
                stripped = method(self.code(left), "rstrip", literal(" "))
                return compare(stripped, test.operator, literal(str(right.value).rstrip(" ")))
        return self._by_rule(test, left, right)

    def _with_constant(self, left: Code, size: int, operator: str, text: str) -> Code:
        if len(text) <= size:
            return compare(left, operator, text_code(text.ljust(size)))
        return compare(method(left, "ljust", literal(len(text))), operator, text_code(text))

    def _by_rule(self, test: Compare, left: Expression, right: Expression) -> Code:
        return compare(self.call("compare", self.code(left), self.code(right)), test.operator, literal(0))

    def _repeating(self, side: Expression, other: Expression) -> Expression | None:
        """``side`` with the size of the other; None where that is not known."""
        if not (isinstance(side, Repeated) and side.type.size is None):
            return side
        size = self.size(other)
        return None if size is None else Repeated(side.text, Text(size))

    def _against_all(self, test: Compare, turned: bool) -> Code:
        all, other = (test.left, test.right) if turned else (test.right, test.left)
        assert isinstance(all, Repeated)
        more = [self.order(test.order)] if test.order else []
        compared = self.call("compare_all", self.code(other), self.code(all.text), *more)
        operator = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(test.operator, test.operator)
        return compare(compared, operator if turned else test.operator, literal(0))

    def order(self, name: str) -> Code:
        return Code(f"ORDER_{name.upper().replace('-', '_')}")

    def _consists(self, test: Consists) -> Code:
        target, field = test.target, None
        match target:
            case Load(place=place) | Bytes(target=Place() as place):
                field = place.field
        if test.name == "numeric" and field is not None and isinstance(field.type, Number):
            return self._numeric(target, field)
        text = self.code(target) if self.kind(target) == "text" else self.call("digits_text", self.code(target), "1")
        match test.name:
            case "numeric":
                return method(text, "isdecimal")
            case "alphabetic" | "alphabetic-lower" | "alphabetic-upper":
                return self.call("is_" + test.name.replace("-", "_"), text)
        return Code(f"{call('set', text)} <= CLASS_{test.name.upper().replace('-', '_')}", COMPARISON)

    def _numeric(self, target: Expression, field: Field) -> Code:
        if not self.is_shared(field) or field.view.coding not in ("display", "packed"):
            return Code("True")
        place = target.place if isinstance(target, Load) else target.target  # type: ignore[attr-defined]
        data = method(self.bytes_of(Part(place, Constant(1, Number(1)))), "encode", literal("latin-1"))
        if field.view.coding == "packed":
            assert isinstance(field.type, Number)
            return self.call("is_numeric_packed", data, **({} if field.type.signed else {"signed": "False"}))
        sign = sign_of(field)
        return self.call("is_numeric_display", data, *([] if sign == "none" else [literal(sign)]))
