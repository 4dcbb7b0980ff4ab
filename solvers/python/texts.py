"""Text of a known length: parts, comparisons, f-strings and methods of ``str``."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import z3

from transpile.solvers.python.values import Bool, Bytes, Num, PyValue, constant_of, negation, truth_of, units_of, whole
from transpile.solvers.storage.coding import Coding
from transpile.solvers.storage.inspecting import inspected
from transpile.solvers.storage.values import (
    SPACE,
    Int,
    NoTerm,
    Relation,
    Text,
    Truth,
    fits,
    integer,
    known,
    known_text,
    text,
    texts_related,
)

if TYPE_CHECKING:
    from transpile.solvers.python.expressions import Evaluation

MAX_CHOICES = 256
NO_ROOM = "digits without room"
"""A number is shown with more digits than are expected, or with a sign: the text has another length. It is an error
here, which no COBOL makes."""


def joined(pieces: list[Text]) -> Text:
    return Text(tuple(char for piece in pieces for char in piece.chars))


# Parts


def slice_of(value: Text, start: Int | None, stop: Int | None) -> Text:
    """``value[start:stop]``, where its length is known."""
    first = 0 if start is None else known(start)
    last = len(value) if stop is None else known(stop)
    if first is not None and last is not None:
        return Text(value.chars[first:last])
    raise NoTerm("a part of text whose place depends on the data")


def character(value: Text, at: Int) -> Text:
    """``value[at]``, which is in it."""
    number = known(at)
    if number is not None:
        return Text((value.chars[number],)) if 0 <= number < len(value) else text(" ")
    if len(value) > MAX_CHOICES or not len(value):
        raise NoTerm("a character of a long text, whose place depends on the data")
    chosen = value.chars[-1]
    for index in reversed(range(len(value) - 1)):
        chosen = _either(at == index, value.chars[index], chosen)
    return Text((chosen,))


def with_part(value: Text, start: Int, new: Text) -> Text:
    """``rules.with_part``, where the part lies in the text."""
    number = known(start)
    if number is not None:
        at = number - 1
        return Text(value.chars[:at] + new.chars + value.chars[at + len(new) :])
    if len(value) * max(1, len(new)) > MAX_CHOICES * 4:
        raise NoTerm("a part of a long text, whose place depends on the data")
    chars = list(value.chars)
    for at in range(len(value) - len(new) + 1):
        for offset, char in enumerate(new.chars):
            chars[at + offset] = _either(start == at + 1, char, chars[at + offset])
    return Text(tuple(chars))


# Comparing


def related(relation: Relation, left: Text, right: Text) -> Truth:
    """As Python compares: text of another length is not equal, and less where it is the beginning."""
    size = min(len(left), len(right))
    if len(left) == len(right):
        return texts_related(relation, left, right) if size else z3.BoolVal(relation in ("=", "<=", ">="))
    if relation in ("=", "<>"):
        return z3.BoolVal(relation == "<>")
    shorter = len(left) < len(right)
    if not size:
        return z3.BoolVal(shorter == (relation in ("<", "<=")))
    strict: Relation = "<" if relation in ("<", "<=") else ">"
    inclusive: Relation = "<=" if strict == "<" else ">="
    wins = shorter == (strict == "<")
    return texts_related(inclusive if wins else strict, Text(left.chars[:size]), Text(right.chars[:size]))


def contains(whole_: Text, part: Text) -> Truth:
    """``part in whole``."""
    if len(whole_) * max(1, len(part)) > MAX_CHOICES * 4:
        raise NoTerm("the search for text in a long text")
    places = range(len(whole_) - len(part) + 1)
    found = [related("=", Text(whole_.chars[at : at + len(part)]), part) for at in places]
    return truth_of(z3.Or(*found)) if found else z3.BoolVal(False)


def consists(value: PyValue, characters: frozenset[int]) -> Truth:
    """``set(value) <= characters``."""
    if not isinstance(value, Text):
        raise NoTerm("a set of something that is no text")
    runs = _runs(characters)
    return _every(value, lambda char: z3.Or(*(z3.And(char >= low, char <= high) for low, high in runs)))


def _runs(characters: frozenset[int]) -> list[tuple[int, int]]:
    """The first and last of each run of codes."""
    firsts = sorted(code for code in characters if code - 1 not in characters)
    lasts = sorted(code for code in characters if code + 1 not in characters)
    return list(zip(firsts, lasts, strict=True))


def digits_only(value: Text) -> Truth:
    return _every(value, lambda char: z3.And(char >= 48, char <= 57)) if len(value) else z3.BoolVal(False)


def _every(value: Text, condition: object) -> Truth:
    assert callable(condition)
    return truth_of(z3.And(*(condition(char) for char in value.chars))) if len(value) else z3.BoolVal(True)


# Numbers as text


def printed(value: PyValue) -> Text:
    """``str(value)``, of text, or of a number that is a constant."""
    if isinstance(value, Text):
        return value
    found = constant_of(value)
    if isinstance(value, Num) and isinstance(found, int) and value.kind == "int":
        return text(str(found))
    raise NoTerm("the digits of a number, of which it is not known how many there are")


def formatted(evaluation: Evaluation, value: PyValue, spec: str) -> Text:
    """``f"{value:05d}"`` of an int that has no more digits."""
    size = re.fullmatch(r"0(\d+)d", spec)
    if size is None or not isinstance(value, Num) or value.kind != "int":
        raise NoTerm(f"the format {spec!r}")
    found = constant_of(value)
    if isinstance(found, int):
        return text(format(found, spec))
    return digits(evaluation, value, int(size[1]))


def digits(evaluation: Evaluation, value: Num, size: int) -> Text:
    """The digits of an int, where it is not negative and has no more."""
    units = value.units
    evaluation.note(negation(fits(units, size, signed=False)), NO_ROOM)
    return evaluation.storage.codings.encode(Coding("display", size, size, False), units)


# Methods


def method(evaluation: Evaluation, name: str, owner: ast.expr, node: ast.Call) -> PyValue:
    if node.keywords:
        raise NoTerm(f"the method {name} with named arguments")
    match name, owner:
        case "zfill", ast.Call(func=ast.Name(id="str"), args=[number], keywords=[]) if evaluation.module.builtin("str"):
            return _zfilled(evaluation, evaluation.value(number), [evaluation.value(each) for each in node.args])
        case "bit_length" | "as_tuple" | "quantize", _:
            raise NoTerm(f"the method {name} of numbers")
    value, arguments = evaluation.value(owner), [evaluation.value(each) for each in node.args]
    match value, name, [constant_of(each) for each in arguments]:
        case Text(), "encode", ["latin-1"]:
            return Bytes(value)
        case Bytes(text=found), "decode", ["latin-1"]:
            return found
        case Text(), "ljust" | "rjust", [int(size), *rest] if all(isinstance(each, str) for each in rest):
            return _justified(value, name == "ljust", size, str(rest[0]) if rest else " ")
        case Text(), "isdecimal", []:
            return Bool(digits_only(value))
    match value, name, arguments:
        case Text(), "count", [Text() as pattern]:
            return _counted(value, pattern)
        case Text(), "replace", [Text() as old, Text() as new] if len(old) == len(new):
            return Text(inspected(value).replace("ALL", old, new).new)
    return _of_constants(value, name, arguments)


def _zfilled(evaluation: Evaluation, value: PyValue, arguments: list[PyValue]) -> Text:
    match value, [constant_of(each) for each in arguments]:
        case Num(kind="int"), [int(size)]:
            found = constant_of(value)
            return text(str(found).zfill(size)) if isinstance(found, int) else digits(evaluation, value, size)
    raise NoTerm("zfill of something else than an int")


def _justified(value: Text, left: bool, size: int, filler: str) -> Text:
    if len(filler) != 1:
        raise NoTerm(f"text that is filled with {filler!r}")
    more = text(filler * max(0, size - len(value))).chars
    return Text(value.chars + more if left else more + value.chars)


def _counted(value: Text, pattern: Text) -> Num:
    found, _ = inspected(value).tally("ALL", pattern)
    return whole(found, len(str(len(value))))


def _of_constants(value: PyValue, name: str, arguments: list[PyValue]) -> PyValue:
    """A method of text where all of it is known."""
    given = [constant_of(each) for each in arguments]
    known_names = ("strip", "lstrip", "rstrip", "replace", "zfill")
    if isinstance(value, Text) and name in known_names and None not in given:
        data = known_text(value)
        if data is not None:
            try:
                return text(str(getattr(data.decode("latin-1"), name)(*given)))
            except (TypeError, UnicodeEncodeError) as error:
                raise NoTerm(f"the method {name} of text: {error}") from None
    raise NoTerm(f"the method {name} is not in the model")


# Characters


def upper_or_lower(value: Text, upper: bool) -> Text:
    """ASCII letters in the other case."""
    first, shift = (97, -32) if upper else (65, 32)
    return Text(tuple(_either(z3.And(c >= first, c <= first + 25), c + shift, c) for c in value.chars))


def filled(pattern: Text, size: int) -> Text:
    if not len(pattern):
        raise NoTerm("ALL of an empty text")
    return Text((pattern.chars * (size // len(pattern) + 1))[:size])


def fitted_right(value: Text, size: int) -> Text:
    chars = value.chars[max(0, len(value) - size) :]
    return Text((integer(SPACE),) * (size - len(chars)) + chars)


def _either(condition: z3.ExprRef, yes: Int, no: Int) -> Int:
    return units_of(z3.If(condition, yes, no))
