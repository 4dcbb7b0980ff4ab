"""Numbers of elements as plans write them: products, sums and differences of the function's variables.

They are computed in 64 bits, and a factor that is negative counts as 0. Other expressions of C are taken as they are:
``n > 2 ? (size_t)n * m : 0``, ``rowptr[rows]``. And so is the largest of some behind loops and conditions:
``max for (k = 0; k < rowptr[rows]) (size_t)col[k] + 1, n``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from transpile.c.parse import parse_text
from transpile.c.printing import text
from transpile.c.tree import Assignment, Call, CallThrough, Comma, Expression, Increment, Return, Variable
from transpile.c.types import Array, CType, Integer, Pointer, is_integer
from transpile.c.walking import bare, walk
from transpile.cuda.plan import ArrayPlan
from transpile.errors import SourceError, SourceErrors

_TOKEN = re.compile(r"\s*(?:([A-Za-z_]\w*)|(\d{1,18})|([-+*/()]))")
_FURTHER = re.compile(r"[<>=?&|!\[%]|\bsize_t\b")
_EXPRESSION = re.compile(r"[\w\s()\[\]+\-*/%<>=!&|?:]*")
_EFFECT = re.compile(r"(?<![<>=!])=(?!=)|\+\+|--")
_MAX_DEPTH: Final = 50
_MAX_LENGTH: Final = 2000


@dataclass(frozen=True, slots=True)
class Extent:
    """``text`` is the number of elements as C of type ``size_t``; ``variables`` are what it names. If there is a
    ``search``, these statements find it, in the variable ``text``."""

    text: str
    variables: tuple[Variable, ...]
    search: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """``wide``: it is computed in 64 bits. ``simple``: a number or a name."""

    text: str
    level: int
    wide: bool
    signed: bool
    factors: tuple[_Part, ...] = ()


def parse_extent(array: ArrayPlan, names: Mapping[str, Sequence[Variable]]) -> Extent:
    if array.extent.startswith("max "):
        return _search(array, names)
    if _FURTHER.search(array.extent):
        return _expression(array, names)
    reader = _Reader(array, names)
    found = reader.sum(0)
    if reader.peek():
        raise reader.error(f"'{reader.peek()}' is not expected")
    factors = found.factors or (found,)
    return Extent(" * ".join(map(_counted, factors)), tuple(dict.fromkeys(reader.used)))


def _search(array: ArrayPlan, names: Mapping[str, Sequence[Variable]]) -> Extent:
    """The largest of several expressions, each behind the loops and conditions that it stands in."""
    most = "most"
    while re.search(rf"\b{most}\b", array.extent):
        most += "_"
    lines = [line for part in _parts(array.extent[len("max ") :], ",") for line in _nested(array, part.strip(), most)]
    counters = set(re.findall(r"\bfor \((\w+) =", array.extent))
    words = dict.fromkeys(re.findall(r"\b[A-Za-z_]\w*", array.extent))
    used = [names[word][0] for word in words if word not in counters and len(names.get(word, ())) == 1]
    declared = [f"{written} {variable.name}" for variable in used if (written := _written(variable.type))]
    text = "\n".join(lines).replace("std::max<size_t>", "largest")
    program = f"""typedef unsigned long size_t; size_t largest(size_t a, size_t b) {{ return a > b ? a : b; }}
        void count({", ".join(declared)}) {{ size_t {most} = 0; {text} }}"""
    try:
        body = parse_text(program).function("count").body
    except SourceErrors as found:
        raise _wrong(array, found.errors[0].message) from found
    if any(isinstance(n, Call) and n.name != "largest" for n in walk(body)):
        raise _wrong(array, "it does more than to count")
    return Extent(most, tuple(used), (f"size_t {most} = 0;", *lines))


def _nested(array: ArrayPlan, part: str, most: str, depth: int = 0) -> list[str]:
    """One of the expressions as a statement."""
    head = re.match(r"(for|if) \(", part)
    if head is None:
        _check(array, part)
        return [f"{most} = std::max<size_t>({most}, {part});"]
    inside, rest = _brackets(array, part[head.end() :])
    if not rest or depth > _MAX_DEPTH:
        raise _wrong(array, "an expression is missing behind the loops")
    inner = [f"    {line}" for line in _nested(array, rest.strip(), most, depth + 1)]
    if head[1] == "if":
        _check(array, inside)
        return [f"if ({inside})", *inner]
    loop = re.fullmatch(r"([A-Za-z_]\w*) = ([^;]+); ([^;]+)", inside)
    if loop is None:
        raise _wrong(array, "a loop is written as 'for (i = 0; i < n)'")
    for side in (loop[2], loop[3]):
        _check(array, side)
    return [f"for (long long {loop[1]} = {loop[2]}; {loop[3]}; {loop[1]}++)", *inner]


def _check(array: ArrayPlan, part: str) -> None:
    """That a part of a search is an expression without effects, but for calls."""
    if not part or len(array.extent) > _MAX_LENGTH or not _EXPRESSION.fullmatch(part) or _EFFECT.search(part):
        raise _wrong(array, "it is not an expression")


def _brackets(array: ArrayPlan, text: str) -> tuple[str, str]:
    """What stands before the bracket that closes, and what behind it."""
    depth = 1
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return text[:at], text[at + 1 :]
    raise _wrong(array, "')' is missing")


def _parts(text: str, separator: str) -> Iterator[str]:
    """``text`` cut where ``separator`` stands outside of brackets."""
    depth = start = 0
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == separator and depth == 0:
            yield text[start:at]
            start = at + 1
    yield text[start:]


def _expression(array: ArrayPlan, names: Mapping[str, Sequence[Variable]]) -> Extent:
    """Any C expression without effects."""
    if len(array.extent) > _MAX_LENGTH or not _EXPRESSION.fullmatch(array.extent):
        raise _wrong(array, "it is not an expression")
    words = dict.fromkeys(re.findall(r"\b[A-Za-z_]\w*", array.extent))
    used = [names[word][0] for word in words if len(names.get(word, ())) == 1]
    declared = [f"{written} {variable.name}" for variable in used if (written := _written(variable.type))]
    program = f"typedef unsigned long size_t; size_t count({', '.join(declared)}) {{ return {array.extent}; }}"
    try:
        body = parse_text(program).function("count").body
    except SourceErrors as found:
        raise _wrong(array, found.errors[0].message) from found
    match body.statements:
        case (Return(value=Expression() as value),):
            if any(isinstance(n, Call | CallThrough | Assignment | Increment | Comma) for n in walk(value)):
                raise _wrong(array, "it does more than to count")
            return Extent(f"(size_t)({text(bare(value))})", tuple(used))
    raise _wrong(array, "it is not an expression")


def _written(type: CType) -> str:
    """The type of an integer, or of a pointer to integers, by its canonical name; empty for others."""
    match type:
        case Integer(name=name):
            return name
        case Pointer(to=to) | Array(of=to) if isinstance(to, Integer):
            return f"const {to.name} *"
    return ""


def _wrong(array: ArrayPlan, message: str) -> SourceError:
    return SourceError(array.span, f"in the extent of '{array.name}': {message}")


def _counted(factor: _Part) -> str:
    """A factor as a ``size_t``."""
    if factor.signed:
        return f"extent({factor.text})"
    if factor.wide:
        return factor.text if factor.level == 3 else f"({factor.text})"
    return f"(size_t){factor.text if factor.level == 3 else f'({factor.text})'}"


class _Reader:
    def __init__(self, array: ArrayPlan, names: Mapping[str, Sequence[Variable]]) -> None:
        self._array = array
        self._names = names
        self._tokens: list[str] = []
        self.used: list[Variable] = []
        at = 0
        while at < len(array.extent):
            match = _TOKEN.match(array.extent, at)
            if match is None:
                raise self.error(f"'{array.extent[at:].strip()[:20]}' is not expected")
            self._tokens.append(match.group().strip())
            at = match.end()

    def error(self, message: str) -> SourceError:
        return _wrong(self._array, message)

    def peek(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def sum(self, depth: int) -> _Part:
        if depth > _MAX_DEPTH:
            raise self.error("too many brackets")
        found = self._product(depth)
        while self.peek() in ("+", "-"):
            found = _joined(found, self._tokens.pop(0), self._product(depth), 1)
        return found

    def _product(self, depth: int) -> _Part:
        found = self._primary(depth)
        factors = [found]
        while self.peek() in ("*", "/"):
            sign, right = self._tokens.pop(0), self._primary(depth)
            factors = [*factors, right] if sign == "*" and factors else []
            found = _joined(found, sign, right, 2)
        return _Part(found.text, found.level, found.wide, found.signed, tuple(factors) if len(factors) > 1 else ())

    def _primary(self, depth: int) -> _Part:
        if not self._tokens:
            raise self.error("a number or a name is missing")
        word = self._tokens.pop(0)
        if word == "(":
            inner = self.sum(depth + 1)
            if not self._tokens or self._tokens.pop(0) != ")":
                raise self.error("')' is missing")
            return inner
        if word.isdigit():
            return _Part(word, 3, False, False)
        found = self._names.get(word, ())
        if len(found) != 1 or not is_integer(found[0].type):
            raise self.error(f"'{word}' is not an integer of the function")
        self.used.append(found[0])
        type = found[0].type
        wide = isinstance(type, Integer) and type.bits == 64
        return _Part(word, 3, wide, isinstance(type, Integer) and type.signed)


def _joined(left: _Part, sign: str, right: _Part, level: int) -> _Part:
    """The operation with operands of 64 bits, one of them at least said to be so."""
    wide = left.wide or right.wide
    signed = left.signed or right.signed or sign == "-"
    first = left.text if left.level >= level else f"({left.text})"
    second = right.text if right.level > level else f"({right.text})"
    if not wide:
        first = f"(long long){first if left.level == 3 else f'({left.text})'}"
        signed = True
    return _Part(f"{first} {sign} {second}", level, True, signed)
