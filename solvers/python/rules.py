"""What the functions of the rules mean: each from its definition there. Others have no meaning here."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import z3

from transpile.python.rules import cobol_rules
from transpile.solvers.python import texts
from transpile.solvers.python.values import (
    Bool,
    Bytes,
    Line,
    Nothing,
    Num,
    PyValue,
    constant_of,
    truth_of,
    units_of,
    whole,
)
from transpile.solvers.storage.inspecting import Region, converted
from transpile.solvers.storage.unstringing import Varying
from transpile.solvers.storage.values import (
    NoTerm,
    Relation,
    Text,
    Truth,
    integer,
    resized,
    text,
    texts_related,
)

if TYPE_CHECKING:
    from transpile.solvers.python.expressions import Evaluation

Meaning: TypeAlias = "Callable[[Evaluation, Arguments], PyValue]"
MEANINGS: dict[str, Meaning] = {}


def meaning(*names: str) -> Callable[[Meaning], Meaning]:
    """What a function is that gives the meaning of the rules of ``names``."""

    def add(given: Meaning) -> Meaning:
        MEANINGS.update(dict.fromkeys(names, given))
        return given

    return add


@dataclass(frozen=True, slots=True)
class Arguments:
    """Those of a call, by the names of the parameters; defaults are as they are."""

    rule: str
    at: tuple[int, int]
    given: Mapping[str, object]

    def number(self, name: str) -> Num:
        value = self.given[name]
        if not isinstance(value, Num):
            raise NoTerm(f"{self.rule} of something that is no number")
        return value

    def whole(self, name: str) -> Num:
        value = self.number(name)
        if value.kind != "int":
            raise NoTerm(f"{self.rule} of something that is no int")
        return value

    def text(self, name: str) -> Text:
        value = self.given[name]
        if not isinstance(value, Text):
            raise NoTerm(f"{self.rule} of something that is no text")
        return value

    def constant(self, name: str) -> object:
        """Raises NoTerm for what depends on the data."""
        value = self.given[name]
        if not isinstance(value, Num | Text | Bool | Bytes):
            return value
        found = constant_of(value)
        if found is None:
            raise NoTerm(f"{self.rule} with a {name} that depends on the data")
        return found

    def size(self, name: str) -> int:
        found = self.constant(name)
        if not isinstance(found, int) or isinstance(found, bool):
            raise NoTerm(f"{self.rule} with the {name} {found!r}")
        return found

    def flag(self, name: str) -> bool:
        found = self.constant(name)
        if not isinstance(found, bool):
            raise NoTerm(f"{self.rule} with the {name} {found!r}")
        return found

    def word(self, name: str) -> str:
        found = self.constant(name)
        if not isinstance(found, str):
            raise NoTerm(f"{self.rule} with the {name} {found!r}")
        return found


def called(evaluation: Evaluation, rule: str, node: ast.Call) -> PyValue:
    """``rule`` is the module and name of the function, or the name of what is built in."""
    found = MEANINGS.get(rule)
    if found is None:
        raise NoTerm(f"the function {ast.unparse(node.func)} is not in the model")
    module, _, name = rule.rpartition(".")
    if module == "cobol_rules":
        return found(evaluation, bound(evaluation, name, inspect.signature(getattr(cobol_rules, name)), node))
    positional, named = _values(evaluation, rule, node)
    least = 0 if module == "cobol_console" else 1
    if named or (rule not in ("max", "min") and not least <= len(positional) <= 1):
        raise NoTerm(f"{rule} with such arguments")
    given = {str(at): each for at, each in enumerate(positional)}
    return found(evaluation, Arguments(rule, (node.lineno, node.col_offset), given))


def bound(evaluation: Evaluation, name: str, signature: inspect.Signature, node: ast.Call) -> Arguments:
    """The arguments of a call by the names of the parameters."""
    positional, named = _values(evaluation, name, node)
    try:
        found = signature.bind(*positional, **named)
    except TypeError as error:
        raise NoTerm(f"{name} cannot be called like this: {error}") from None
    found.apply_defaults()
    return Arguments(name, (node.lineno, node.col_offset), found.arguments)


def _values(evaluation: Evaluation, name: str, node: ast.Call) -> tuple[list[PyValue], dict[str, PyValue]]:
    if any(isinstance(each, ast.Starred) for each in node.args) or any(each.arg is None for each in node.keywords):
        raise NoTerm(f"arguments that are not written out, of {name}")
    positional = [evaluation.value(each) for each in node.args]
    return positional, {str(each.arg): evaluation.value(each.value) for each in node.keywords}


# Text


@meaning("cobol_rules.fit_text", "cobol_rules.fit_right")
def _fit_text(evaluation: Evaluation, arguments: Arguments) -> PyValue:
    size, given = arguments.size("size"), arguments.given["text"]
    left = arguments.rule == "fit_text"
    if isinstance(given, Line) and left:
        return evaluation.line(given, size)
    if isinstance(given, Varying) and left:
        return given.filled(size)
    value = arguments.text("text")
    return resized(value, size) if left else texts.fitted_right(value, size)


@meaning("cobol_rules.with_part")
def _with_part(evaluation: Evaluation, arguments: Arguments) -> PyValue:
    value, start, new = arguments.text("text"), arguments.whole("start").units, arguments.text("new")
    outside = truth_of(z3.Or(start < 1, start - 1 + len(new) > len(value)))
    evaluation.note(outside, "IndexError")
    return value if z3.is_true(outside) else texts.with_part(value, start, new)


@meaning("cobol_rules.fill")
def _fill(_: Evaluation, arguments: Arguments) -> PyValue:
    return texts.filled(arguments.text("pattern"), arguments.size("size"))


@meaning("cobol_rules.convert")
def _convert(_: Evaluation, arguments: Arguments) -> PyValue:
    within = arguments.given["region"]
    if within is not None and not isinstance(within, Nothing | Region):
        raise NoTerm("convert of a part of text that is no region of an inspection")
    old, new = arguments.word("old"), arguments.word("new")
    if len(old) != len(new):
        raise NoTerm("convert with texts of different length")
    limits = within if isinstance(within, Region) else None
    return converted(arguments.text("text"), old.encode("latin-1"), new.encode("latin-1"), limits)


@meaning("cobol_rules.compare", "cobol_rules.compare_all")
def _compare(_: Evaluation, arguments: Arguments) -> PyValue:
    if arguments.given["order"] is not None:
        raise NoTerm("a comparison by a collating sequence")
    first, second = list(arguments.given)[:2]
    rule = f"cobol_rules.{arguments.rule}"
    less, more = (
        texts_compared(rule, relation, arguments.text(first), arguments.text(second)) for relation in _LESS_AND_MORE
    )
    units = units_of(z3.If(less, integer(-1), z3.If(more, integer(1), integer(0))))
    return whole(units, 1)


_LESS_AND_MORE: tuple[Relation, Relation] = ("<", ">")


def texts_compared(rule: str, relation: Relation, left: PyValue, right: PyValue) -> Truth:
    """``compare(left, right)`` in ``relation`` to 0."""
    if not isinstance(left, Text) or not isinstance(right, Text):
        raise NoTerm(f"{rule} of something that is no text")
    if rule == "cobol_rules.compare_all":
        right = texts.filled(right, len(left))
    if not len(left) and not len(right):
        return z3.BoolVal(relation in ("=", "<=", ">="))
    return texts_related(relation, left, right)


@meaning("cobol_rules.is_numeric_display")
def _is_numeric(_: Evaluation, arguments: Arguments) -> PyValue:
    data, sign = arguments.given["data"], arguments.word("sign")
    if not isinstance(data, Bytes) or not len(data.text):
        raise NoTerm("is_numeric_display of no bytes")
    chars = data.text.chars
    leading = sign.startswith("leading")
    rest, mark = (chars[1:], chars[0]) if leading else (chars[:-1], chars[-1])
    match sign:
        case "none":
            return Bool(texts.digits_only(data.text))
        case "trailing separate" | "leading separate":
            own = z3.Or(mark == 43, mark == 45)
        case "trailing" | "leading":
            own = z3.Or(z3.And(mark >= 48, mark <= 57), z3.And(mark >= 112, mark <= 121))
        case _:
            raise NoTerm(f"the sign {sign!r}")
    found = truth_of(z3.And(own, *(z3.And(char >= 48, char <= 57) for char in rest)))
    return Bool(found)


@meaning("cobol_rules.is_alphabetic", "cobol_rules.is_alphabetic_lower", "cobol_rules.is_alphabetic_upper")
def _is_alphabetic(_: Evaluation, arguments: Arguments) -> PyValue:
    codes = {32}
    if not arguments.rule.endswith("upper"):
        codes |= set(range(97, 123))
    if not arguments.rule.endswith("lower"):
        codes |= set(range(65, 91))
    return Bool(texts.consists(arguments.text("text"), frozenset(codes)))


@meaning("cobol_rules.edit_text")
def _edit_text(_: Evaluation, arguments: Arguments) -> PyValue:
    picture, given = arguments.word("picture"), arguments.given["text"]
    value = given.all() if isinstance(given, Varying) else arguments.text("text")
    blank = cobol_rules.edit_text("", picture)
    marked = cobol_rules.edit_text("\1" * len(blank), picture)
    chars = iter(value.chars)
    made = [
        next(chars, integer(32)) if mark == "\1" else text(own).chars[0]
        for own, mark in zip(blank, marked, strict=True)
    ]
    return Text(tuple(made))


@meaning("cobol_functions.upper_case", "cobol_functions.lower_case")
def _other_case(_: Evaluation, arguments: Arguments) -> PyValue:
    return texts.upper_or_lower(arguments.text("0"), arguments.rule.endswith("upper_case"))


@meaning("len", "cobol_functions.length")
def _length(_: Evaluation, arguments: Arguments) -> PyValue:
    given = arguments.given["0"]
    if isinstance(given, Varying):
        return whole(given.length, 5)
    return whole(integer(len(arguments.text("0"))), 5)


@meaning("str")
def _str(_: Evaluation, arguments: Arguments) -> PyValue:
    value = arguments.given.get("0")
    assert isinstance(value, Num | Text | Bool | Bytes) or value is None
    if value is None or len(arguments.given) != 1:
        raise NoTerm("str of nothing, or of bytes")
    return texts.printed(value)


# From outside


@meaning("cobol_console.accept")
def _accept(_: Evaluation, arguments: Arguments) -> PyValue:
    return Line(arguments.size("0") if arguments.given else 0, arguments.at)


_CLOCK = {
    "accept_date": ("DATE", 6),
    "accept_date_yyyymmdd": ("DATE YYYYMMDD", 8),
    "accept_day": ("DAY", 5),
    "accept_day_yyyyddd": ("DAY YYYYDDD", 7),
    "accept_day_of_week": ("DAY-OF-WEEK", 1),
    "accept_time": ("TIME", 8),
}
"""What the old language calls it, and how many characters come back."""


@meaning(*(f"cobol_console.{name}" for name in _CLOCK))
def _accept_clock(evaluation: Evaluation, arguments: Arguments) -> PyValue:
    name = arguments.rule.removeprefix("cobol_console.")
    if arguments.given:
        raise NoTerm(f"{name} with arguments")
    return evaluation.answer(arguments.at, *_CLOCK[name])
