"""Expressions of the form as Python: whole numbers are ``int``, other exact ones ``Decimal``, text ``str``."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

from transpile.errors import Span, UnsupportedError
from transpile.legacy.expressions import (
    Arithmetic,
    Both,
    Bytes,
    Compare,
    Consists,
    Constant,
    Digits,
    Edited,
    Either,
    Expression,
    Fit,
    Intrinsic,
    Load,
    Local,
    Named,
    Negative,
    Not,
    NumberIn,
    Padded,
    Part,
    Place,
    Repeated,
    Rounding,
    ToFloat,
    Unedited,
)
from transpile.legacy.fields import Field
from transpile.legacy.statements import Program
from transpile.legacy.types import Floating, Number, Text
from transpile.python.code import (
    PRODUCT,
    Code,
    all_of,
    any_of,
    attribute,
    binary,
    call,
    compare,
    item,
    literal,
    method,
    minus,
    negation,
    part,
    quoted,
    shifted,
)
from transpile.python.extents import extent
from transpile.python.names import Names, inside, snake
from transpile.python.rules import cobol_rules as rules

Kind: TypeAlias = Literal["int", "decimal", "float", "text", "truth"]
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
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_WHOLE = frozenset(
    {"pointer", "count", "length", "returned", "integer", "integer-part", "mod", "factorial", "sign", "ord", "ord-max"}
    | {"ord-min", "integer-of-date", "integer-of-day", "date-of-integer", "day-of-integer", "stored-char-length"}
    | {"seconds-past-midnight"}
)
"""What gives ``int``."""
_SHORT = 12
"""Texts up to this size are compared with constants of their size."""


SELF = Code("self")


@dataclass(slots=True)
class Uses:
    """What a module needs: names by the module that they come from."""

    names: dict[str, set[str]] = field(default_factory=dict)

    def use(self, module: str, name: str) -> str:
        self.names.setdefault(module, set()).add(name)
        return name

    def rule(self, name: str) -> str:
        return self.use("cobol_rules", name)


@dataclass(slots=True)
class Expressions:
    """``known`` are the values that outcomes of an operation may name; ``counters`` are fields that are variables of a
    loop here; ``owner`` is the program's object, in the words that are used here."""

    program: Program
    names: Names
    uses: Uses
    owner: Code = SELF
    outer: Expressions | None = None
    known: dict[str, Code] = field(default_factory=dict)
    counters: dict[int, Code] = field(default_factory=dict)

    # Places

    def place(self, place: Place) -> Code:
        """The attribute, or the element of a list."""
        if place.field.number in self.counters:
            return self.counters[place.field.number]
        if place.field.number not in self.names.roots:
            if self.outer is None:
                raise unsupported(place.field.origin, "it belongs to no record of the program")
            return self.outer.place(place)
        record = self.names.roots[place.field.number]
        subscripts = [self.index(each) for each in place.subscripts]
        if not self.names.is_area(record):
            return self._plain(place.field, subscripts)
        owner = attribute(self.owner, self.names.attributes[record.root.number])
        if place.field is record.root or place.field == record.root:
            return attribute(owner, "text" if place.field.type is None else "value")
        view = attribute(owner, self.names.attributes[place.field.number])
        return item(view, *subscripts) if subscripts else view

    def _plain(self, field: Field, subscripts: list[Code]) -> Code:
        parent = self.names.parents.get(field.number)
        outer = len(parent.dimensions) if parent else 0
        owner = self._plain(parent, subscripts[:outer]) if parent else self.owner
        code = attribute(owner, self.names.attributes[field.number])
        for subscript in subscripts[outer:]:
            code = item(code, subscript)
        return code

    def index(self, subscript: Expression) -> Code:
        return shifted(self.whole(subscript), -1)

    def record(self, field: Field) -> Code:
        """The object whose bytes hold ``field``."""
        if field.number not in self.names.roots and self.outer is not None:
            return self.outer.record(field)
        return attribute(self.owner, self.names.attributes[self.names.roots[field.number].root.number])

    def offset(self, place: Place) -> Code:
        """Where the field starts in its record."""
        total: Code = literal(place.field.view.offset)
        for subscript, dimension in zip(place.subscripts, place.field.dimensions, strict=True):
            index = self.index(subscript)
            if index.text.isdecimal():
                total = shifted(total, int(index.text) * dimension.stride)
            else:
                step = index if dimension.stride == 1 else binary(index, "*", literal(dimension.stride))
                total = step if total.text == "0" else binary(total, "+", step)
        return total

    def is_shared(self, field: Field) -> bool:
        if field.number in self.names.roots:
            return self.names.is_area(self.names.roots[field.number])
        return self.outer is not None and self.outer.is_shared(field)

    # Values

    def kind(self, expression: Expression) -> Kind:
        match expression:
            case Arithmetic(operator="+" | "-" | "*", left=left, right=right):
                return "int" if self.kind(left) == self.kind(right) == "int" else "decimal"
            case Arithmetic() | Unedited():
                return "decimal"
            case Negative(operand=operand):
                return "int" if self.kind(operand) == "int" else "decimal"
            case Constant(value=bool()):
                return "truth"
            case Constant(value=value, type=type):
                return kind_of(type) if isinstance(type, Number | Text | Floating) else _kind_of_value(value)
            case Intrinsic(name=name) if name in _WHOLE or name.startswith("tally "):
                return "int"
            case Intrinsic(type=type):
                return kind_of(type) if isinstance(type, Number | Text | Floating) else "decimal"
            case Load(type=type) | Fit(type=type) | NumberIn(type=type) | ToFloat(type=type):
                return kind_of(type)
            case Compare() | Both() | Either() | Not() | Named() | Consists():
                return "truth"
            case Local(type=type):
                return "text" if isinstance(type, Text) else "truth"
        return "text"

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
                return self._digits(value, of)
            case NumberIn(text=text, type=type):
                return self._number_in(text, type)
            case Padded():
                return self._padded(expression)
            case Repeated(text=text, type=type):
                return self._repeated(text, type.size or 1)
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

    def constant(self, constant: Constant) -> Code:
        value = constant.value
        if isinstance(value, bool | str):
            return Code(str(value)) if isinstance(value, bool) else text_code(value)
        match self.kind(constant):
            case "int":
                return literal(int(value))
            case "float":
                return literal(float(value))
        shown = f"{value:f}" if isinstance(value, Decimal) else str(value)
        if isinstance(constant.type, Number):
            shown = str(rules.scaled(rules.unscaled(Decimal(value), constant.type.scale), constant.type.scale))
        self.uses.use("decimal", "Decimal")
        return call("Decimal", quoted(shown))

    def call(self, rule: str, *arguments: Code | str, **named: Code | str) -> Code:
        return call(self.uses.rule(rule), *arguments, **named)

    def exact(self, expression: Expression) -> Code:
        """A number that arithmetic can be done with: ``int`` or ``Decimal``."""
        code = self.code(expression)
        return self.call("decimal_of", code) if self.kind(expression) == "float" else code

    def whole(self, expression: Expression) -> Code:
        code = self.exact(expression)
        return code if self.kind(expression) == "int" else call("int", code)

    def _arithmetic(self, expression: Arithmetic) -> Code:
        left, right = self.exact(expression.left), self.exact(expression.right)
        match expression.operator:
            case "/":
                return self.call("divide", left, right)
            case "**":
                return self.call("power", left, right)
        return binary(left, expression.operator, right)

    # Storing numbers

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

    # Text

    def bytes_of(self, target: Place | Part) -> Code:
        """The bytes as text, a character each."""
        place = target.place if isinstance(target, Part) else target
        field = place.field
        start = target.start if isinstance(target, Part) else None
        length = target.length if isinstance(target, Part) else None
        if isinstance(field.type, Text) or (field.type is None and self.is_shared(field)):
            whole = self.place(place)
            if _depends(field):
                whole = method(self.record(field), "area", self.offset(place), self.size_now(field))
            return whole if start is None else self._slice(whole, start, length, field.view.size)
        if not self.is_shared(field):
            return self._slice(self._encoded(place), start, length, field.view.size)
        offset = self.offset(place)
        size = literal(field.view.size)
        if start is not None:
            first = self.index(start)
            offset = shifted(offset, int(first.text)) if first.text.isdecimal() else binary(offset, "+", first)
            size = self.whole(length) if length else shifted(literal(field.view.size), 0)
            if length is None:
                size = binary(literal(field.view.size), "-", first) if first.text != "0" else size
        return method(self.record(field), "area", offset, size)

    def size_now(self, group: Field) -> Code:
        """The bytes of a group up to the last element that counts of the table in it."""
        found = [member for member in inside(group) if len(member.dimensions) > len(group.dimensions)]
        table = next(member for member in found if member.dimensions[len(group.dimensions)].depending is not None)
        dimension = table.dimensions[len(group.dimensions)]
        assert dimension.depending is not None
        count = self.whole(Load(Place(dimension.depending)))
        unused = group.view.size - dimension.count * dimension.stride
        used = count if dimension.stride == 1 else binary(count, "*", literal(dimension.stride))
        return used if not unused else binary(literal(unused), "+", used)

    def _slice(self, whole: Code, start: Expression | None, length: Expression | None, size: int) -> Code:
        if start is None:
            return whole
        first = self.index(start)
        if length is None:
            return whole if first.text == "0" else part(whole, first, None)
        count = self.whole(length)
        if count.text == "1":
            return item(whole, first)
        if count.text.isdecimal():
            end = shifted(first, int(count.text))
        else:
            end = count if first.text == "0" else binary(first, "+", count)
        return part(whole, None if first.text == "0" else first, None if end.text == str(size) else end)

    def _encoded(self, place: Place) -> Code:
        """The bytes that a number of its own would have in a record."""
        field, view = place.field, place.field.view
        type, value = field.type, self.place(place)
        if not isinstance(type, Number):
            raise unsupported(field.origin, "its bytes are used, but it is no view of a record")
        if self.kind(Load(place)) == "decimal":
            value = self.call("unscaled", value, literal(type.scale))
        signed = {} if type.signed else {"signed": "False"}
        match view.coding:
            case "display":
                sign = sign_of(field)
                more = [] if sign == "none" else [literal(sign)]
                data = self.call("encode_display", value, literal(type.digits), *more)
            case "packed":
                data = self.call("encode_packed", value, literal(type.digits), **signed)
            case coding:
                native = {} if coding == "binary" else {"native": "True"}
                data = self.call("encode_binary", value, literal(view.size), **signed, **native)
        return method(data, "decode", literal("latin-1"))

    def size(self, expression: Expression) -> int | None:
        """How many characters a text has, if that is known."""
        match expression:
            case Constant(value=str(text)):
                return len(text)
            case Load(place=place) | Bytes(target=Place() as place):
                return None if _depends(place.field) else place.field.view.size
            case Bytes(target=Part(length=Constant(value=int(length)))):
                return length
            case Bytes(target=Part(place=place, start=Constant(value=int(start)), length=None)):
                return None if _depends(place.field) else place.field.view.size - start + 1
            case Padded(type=type) | Repeated(type=type) | Edited(type=type):
                return type.size
            case Digits(of=of):
                return of.digits + max(0, -of.scale)
            case Intrinsic(type=Text(size=size)):
                return size
        return None

    def _digits(self, value: Expression, of: Number) -> Code:
        code = self.exact(value)
        if self.kind(value) == "int" and extent(value).never_negative and extent(value).within(of) and not of.scale:
            return (
                Code(f'f"{{{code}:0{of.digits}d}}"')
                if '"' not in code.text
                else method(call("str", code), "zfill", literal(of.digits))
            )
        more = [literal(of.scale)] if of.scale else []
        return self.call("digits_text", code, literal(of.digits), *more)

    def _number_in(self, text: Expression, type: Number) -> Code:
        more = [literal(type.scale)] if type.scale else []
        named = {"comma": "True"} if self.program.decimal_comma else {}
        digits = self.call("number_of_text", self.code(text), literal(type.digits), *more, **named)
        if not type.signed:
            digits = call("abs", digits)
        return self.call("scaled", digits, literal(type.scale)) if type.scale else digits

    def _padded(self, padded: Padded) -> Code:
        want = padded.type.size
        assert want is not None
        if isinstance(padded.text, Constant) and isinstance(padded.text.value, str):
            text = padded.text.value
            return text_code(rules.fit_right(text, want) if padded.right else rules.fit_text(text, want))
        code, have = self.code(padded.text), self.size(padded.text)
        if have == want:
            return code
        if have is None:
            return self.call("fit_right" if padded.right else "fit_text", code, literal(want))
        if have < want:
            return method(code, "rjust" if padded.right else "ljust", literal(want))
        return part(code, literal(have - want), None) if padded.right else part(code, None, literal(want))

    def _repeated(self, text: Expression, size: int) -> Code:
        if isinstance(text, Constant) and isinstance(text.value, str):
            return text_code(rules.fill(text.value, size))
        return self.call("fill", self.code(text), literal(size))

    def edited(self, edited: Edited, value: Code | None = None) -> Code:
        """``value`` is that of ``edited``, if it is written otherwise than usual."""
        if value is None:
            value = self.code(edited.value) if self.kind(edited.value) == "text" else self.exact(edited.value)
        if self.kind(edited.value) == "text":
            return self.call("edit_text", value, literal(edited.picture))
        named: dict[str, Code | str] = {"blank_when_zero": "True"} if edited.blank else {}
        if self.program.decimal_comma:
            named["comma"] = "True"
        if self.program.currency != "$":
            named["currency"] = literal(self.program.currency)
        return self.call("edit", value, literal(edited.picture), **named)

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

    # Truth

    def truth(self, condition: Expression) -> Code:
        match condition:
            case Compare():
                return self.comparison(condition)
            case Both(operands=operands):
                return all_of([self.truth(each) for each in operands])
            case Either(operands=operands):
                return any_of([self.truth(each) for each in operands])
            case Not(operand=operand):
                return self.inverted(operand)
            case Named(condition=meaning):
                return self.truth(meaning)
            case Consists():
                return self._consists(condition)
            case Local(name=name):
                return Code(snake(name))
            case Constant(value=bool(value)):
                return Code(str(value))
        raise unsupported(type(condition).__name__, "it is no condition")

    def inverted(self, operand: Expression) -> Code:
        match operand:
            case Compare(operator=operator, left=left, right=right, order=order):
                return self.comparison(Compare(_OPPOSITE[operator], left, right, order))  # type: ignore[arg-type]
            case Not(operand=inner):
                return self.truth(inner)
            case Either(operands=operands) if all(isinstance(each, Compare) for each in operands):
                return self.truth(Both(tuple(Not(each) for each in operands)))
        return negation(self.truth(operand))

    def comparison(self, test: Compare) -> Code:
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
        return compare(call("set", text), "<=", Code(f"CLASS_{test.name.upper().replace('-', '_')}"))

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


def unsupported(what: str, reason: str, span: Span | None = None) -> UnsupportedError:
    return UnsupportedError(span or Span("", 1), f"'{what}': {reason}", mnemonic=what)


def folded(value: int | Decimal, type: Number, rounding: Rounding) -> int | Decimal:
    """The constant that a field of ``type`` keeps of ``value``."""
    exact = rules.rounded(value, type.scale, ROUNDINGS[rounding]) if rounding != "down" else value
    if type.scale:
        return rules.fit_decimal(exact, type.digits, type.scale, type.signed)
    return rules.fit_int(exact, type.digits, type.signed)


def kind_of(type: Number | Floating | Text) -> Kind:
    match type:
        case Number(scale=scale):
            return "decimal" if scale else "int"
        case Floating():
            return "float"
    return "text"


def sign_of(field: Field) -> rules.Sign:
    """Where the sign of digits is, in the words of the rules."""
    if not isinstance(field.type, Number) or not field.type.signed:
        return "none"
    if field.view.separate:
        return "leading separate" if field.view.leading else "trailing separate"
    return "leading" if field.view.leading else "trailing"


def _kind_of_value(value: int | Decimal | float | str | bool) -> Kind:
    match value:
        case int():
            return "int"
        case Decimal():
            return "decimal"
        case float():
            return "float"
    return "text"


def _room_to_round(value: Expression, type: Number) -> bool:
    """Rounding up the value that is furthest from zero stays within ``type``."""
    unit = Constant(rules.scaled(1, type.scale), Number(1, type.scale))
    more, less = extent(Arithmetic("+", value, unit)), extent(Arithmetic("-", value, unit))
    return more.within(type) and (less.within(type) or extent(value).never_negative)


def _depends(field: Field) -> bool:
    """It holds a table of which only some elements count now."""
    return any(
        (
            member.dimensions[len(field.dimensions) :]
            and any(d.depending for d in member.dimensions[len(field.dimensions) :])
        )
        or _depends(member)
        for member in field.members
    )


def text_code(text: str) -> Code:
    """A literal, or the repetition of one where that is shorter to read."""
    if len(text) > 8 and len(set(text)) == 1:
        return Code(f"{quoted(text[0])} * {len(text)}", PRODUCT)
    stripped = text.rstrip(" ")
    if len(text) - len(stripped) > 12:
        return method(literal(stripped), "ljust", literal(len(text)))
    return literal(text)
