"""Plans as text, a line for each array and each loop: ``12: grid y=12 x=13 block 16x16``.

``parse`` raises SourceErrors with the lines of the plan; ``show`` writes what ``parse`` reads as the same plan.
``docs/cuda-plans.md`` describes the language.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from transpile.cuda.plan import (
    AXES,
    COPIES,
    OPERATORS,
    ArrayPlan,
    Axis,
    Copies,
    Distinct,
    Grid,
    HaloTile,
    Host,
    How,
    LoopName,
    Operator,
    Plan,
    Reduction,
    Scan,
    Single,
    Step,
    StripTile,
    Wavefront,
)
from transpile.errors import SourceError, SourceErrors, Span

_WAYS = "'grid', 'scan', 'wavefront', 'single' or 'host'"
_FRONT = re.compile(r"(-?) *(?:(\d{1,3}) *\* *)?([A-Za-z_]\w*) *([-+]) *(?:(\d{1,3}) *\* *)?([A-Za-z_]\w*)")
_LOOP = r"(\d{1,7})(?::(\d{1,4}))?"
_STEP = re.compile(rf"{_LOOP}:\s+")
_NAME = re.compile(r"[A-Za-z_]\w*")
_WORD = re.compile(r"\S+")
_MAX_BYTES: Final = 1 << 20
_MAX_ERRORS: Final = 20
_SIDES: Final = (1024, 1024, 64)
_THREADS: Final = 1024


def parse(text: str, file: str = "<plan>") -> Plan:
    """The plan in ``text``; raises SourceErrors."""
    if len(text) > _MAX_BYTES:
        raise SourceErrors([SourceError(Span(file, 1), "the plan is too long")])
    arrays: list[ArrayPlan] = []
    distinct: list[Distinct] = []
    steps: list[Step] = []
    errors: list[SourceError] = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            for found in _line(_Words(line, file, number)):
                match found:
                    case ArrayPlan():
                        arrays.append(found)
                    case Distinct():
                        distinct.append(found)
                    case Step():
                        steps.append(found)
        except SourceError as error:
            errors.append(error)
    if errors:
        raise SourceErrors(errors[:_MAX_ERRORS])
    return Plan(tuple(arrays), tuple(distinct), tuple(steps), file)


class _Words:
    """The words of a line, one after another, and errors at them."""

    def __init__(self, line: str, file: str, number: int) -> None:
        self.code = line.split("#", 1)[0].rstrip()
        self._found = list(_WORD.finditer(self.code))
        self._at = 0
        self._place = (file, number, line)

    def __bool__(self) -> bool:
        return self._at < len(self._found)

    def skip(self, end: int) -> None:
        """Go on with what follows column ``end`` of the line."""
        self._found = [word for word in _WORD.finditer(self.code) if word.start() >= end]
        self._at = 0

    def rest(self) -> tuple[str, int]:
        """What is left of the line, and where it begins."""
        start = self._found[self._at].start() if self else len(self.code)
        return self.code[start:], start

    def peek(self) -> str:
        return self._found[self._at].group() if self else ""

    def take(self, what: str) -> str:
        if not self:
            raise self.error(f"{what} is missing here", behind=True)
        self._at += 1
        return self._found[self._at - 1].group()

    def expect(self, word: str) -> None:
        if self.take(f"'{word}'") != word:
            raise self.error(f"expected '{word}' here")

    def span(self, behind: bool = False) -> Span:
        file, number, line = self._place
        if behind or not self._found:
            return Span(file, number, len(self.code) + 1, 1, line)
        word = self._found[max(self._at - 1, 0)]
        return Span(file, number, word.start() + 1, len(word.group()), line)

    def error(self, message: str, hint: str = "", behind: bool = False) -> SourceError:
        """An error at the last word taken."""
        return SourceError(self.span(behind), message, hint)


def _line(words: _Words) -> Iterator[ArrayPlan | Distinct | Step]:
    if not words:
        return
    start = len(words.code) - len(words.code.lstrip())
    if head := _STEP.match(words.code, start):
        loop = LoopName(int(head[1]), int(head[2] or 0))
        words.skip(head.end())
        span = replace(words.span(), column=start + 1, length=head.end(2 if head[2] else 1) - start)
        how = _HOW.get(words.take(_WAYS))
        if how is None:
            raise words.error(f"expected {_WAYS} here")
        yield Step(loop, how(words, loop), span)
    elif words.peek() == "array":
        yield _array(words)
    elif words.peek() == "distinct":
        words.take("")
        span = words.span()
        names = [_name(words, "an array")]
        while words:
            names.append(_name(words, "an array"))
        yield Distinct(tuple(names), span)
    else:
        words.take("")
        raise words.error(
            "expected 'array', 'distinct', or a loop such as '12:' here", "12: grid y=12 x=13 block 16x16"
        )
    if words:
        words.take("")
        raise words.error("nothing is expected here")


def _array(words: _Words) -> ArrayPlan:
    words.take("")
    name = words.take("the name of an array")
    span = words.span()
    if not name.endswith(":") or not _NAME.fullmatch(name[:-1]):
        raise words.error("expected the name of an array and a colon here", "array a: n * k in")
    rest, start = words.rest()
    extent = rest.rpartition(" ")[0]
    words.skip(start + len(extent))
    word = words.take("'in', 'out', 'inout' or 'scratch'")
    if word not in COPIES or not extent.strip():
        raise words.error("expected how many elements, and 'in', 'out', 'inout' or 'scratch'", "array a: n * k in")
    found: Copies = next(known for known in COPIES if known == word)
    return ArrayPlan(name[:-1], " ".join(extent.split()), found, replace(span, length=len(name) - 1))


def _name(words: _Words, what: str) -> str:
    word = words.take(what)
    if not _NAME.fullmatch(word):
        raise words.error(f"expected {what} here")
    return word


def _names(words: _Words) -> tuple[str, ...]:
    found = words.take("a name").split(",")
    if not all(_NAME.fullmatch(name) for name in found):
        raise words.error("expected names here, with commas between them", "private t,w")
    return tuple(found)


def _number(words: _Words, what: str, most: int) -> int:
    word = words.take(what)
    if not re.fullmatch(r"[0-9]{1,9}", word) or not 1 <= int(word) <= most:
        raise words.error(f"expected {what} here, from 1 to {most}")
    return int(word)


def _loop(words: _Words, text: str) -> LoopName:
    match = re.fullmatch(_LOOP, text)
    if match is None:
        raise words.error("expected the line of a loop here", "12, or 12:9 for the one at column 9")
    return LoopName(int(match[1]), int(match[2] or 0))


def _grid(words: _Words, loop: LoopName) -> Grid:
    grid = Grid(tuple(_axes(words)) or (("x", loop),))
    while words:
        keyword = words.take("a clause")
        clause = _CLAUSES.get(keyword)
        if clause is None:
            raise words.error(f"'{keyword}' is not a clause of 'grid'", f"clauses are: {', '.join(_CLAUSES)}")
        grid = clause(words, grid)
    if len(grid.block) not in (0, len(grid.axes)):
        raise words.error(f"the block has {len(grid.block)} sides for {len(grid.axes)} loops")
    return grid


def _axes(words: _Words) -> Iterator[tuple[Axis, LoopName]]:
    seen: list[Axis] = []
    while words.peek()[:2] in ("x=", "y=", "z="):
        word = words.take("an axis")
        axis = next(known for known in AXES if known == word[0])
        if axis in seen:
            raise words.error(f"the axis {axis} has a loop already")
        seen.append(axis)
        yield axis, _loop(words, word[2:])
    if seen and sorted(seen) != list(AXES[: len(seen)]):
        raise words.error("the axes are x, x and y, or x, y and z")


def _block(words: _Words, grid: Grid) -> Grid:
    word = words.take("the size of a block")
    if not re.fullmatch(r"\d{1,4}(x\d{1,4}){0,2}", word):
        raise words.error("expected the size of a block here", "256, or 16x16: x first")
    sides = tuple(map(int, word.split("x")))
    if 0 in sides or math.prod(sides) > _THREADS or any(a > b for a, b in zip(sides, _SIDES, strict=False)):
        raise words.error(f"a block has 1 to {_THREADS} threads, at most {_SIDES[2]} of them along z")
    return replace(grid, block=sides)


def _reduce(words: _Words, grid: Grid) -> Grid:
    variable = _name(words, "a variable")
    operator = _operator(words)
    at: tuple[str, ...] = ()
    last = False
    if words.peek() in ("at", "at-last"):
        last = words.take("") == "at-last"
        if operator not in ("min", "max"):
            raise words.error("only 'min' and 'max' are reached somewhere")
        at = _names(words)
    return replace(grid, reductions=(*grid.reductions, Reduction(variable, operator, at, last)))


def _operator(words: _Words) -> Operator:
    word = words.take("an operator")
    for known in OPERATORS:
        if known == word:
            return known
    raise words.error("expected an operator here", f"operators are: {' '.join(OPERATORS)}")


def _tile(words: _Words, grid: Grid) -> Grid:
    name = _name(words, "an array")
    words.expect("halo")
    return replace(grid, tiles=(*grid.tiles, HaloTile(name, _number(words, "a number of elements", 64))))


def _strip(words: _Words, grid: Grid) -> Grid:
    if grid.strip is not None:
        raise words.error("there is a loop in strips already")
    loop = _loop(words, words.take("a loop"))
    return replace(grid, strip=StripTile(loop, _number(words, "the size of a strip", 1024)))


def _scan(words: _Words, loop: LoopName) -> Scan:
    scan = Scan(_name(words, "a variable"), _operator(words))
    if words:
        words.expect("block")
        scan = replace(scan, block=_number(words, "the size of a block", _THREADS))
    return scan


def _wavefront(words: _Words, loop: LoopName) -> Wavefront:
    written = [words.take("the front")]
    while words and words.peek() not in ("block", "private"):
        written.append(words.take(""))
    found = _FRONT.fullmatch(" ".join(written))
    if found is None:
        raise words.error("expected the sum of two counters that a front has in common here", "2 * i + j, or j - i")
    sign, one, first, joined, two, second = found.groups()
    weights = (first, int(f"{sign}{one or 1}")), (second, int(f"{joined}{two or 1}"))
    wavefront = Wavefront(weights)
    while words:
        match words.take("a clause"):
            case "block":
                wavefront = replace(wavefront, block=_number(words, "the size of a block", _THREADS))
            case "private":
                wavefront = replace(wavefront, private=wavefront.private + _names(words))
            case keyword:
                raise words.error(f"'{keyword}' is not a clause of 'wavefront'", "clauses are: block, private")
    return wavefront


_HOW: Mapping[str, Callable[[_Words, LoopName], How]] = {
    "grid": _grid,
    "scan": _scan,
    "wavefront": _wavefront,
    "single": lambda words, loop: Single(),
    "host": lambda words, loop: Host(),
}
_CLAUSES: Mapping[str, Callable[[_Words, Grid], Grid]] = {
    "block": _block,
    "stride": lambda words, grid: replace(grid, stride=_number(words, "the most blocks", 65535)),
    "reduce": _reduce,
    "atomic": lambda words, grid: replace(grid, atomic=grid.atomic + _names(words)),
    "per-block": lambda words, grid: replace(grid, per_block=grid.per_block + _names(words)),
    "private": lambda words, grid: replace(grid, private=grid.private + _names(words)),
    "lastprivate": lambda words, grid: replace(grid, lastprivate=grid.lastprivate + _names(words)),
    "tile": _tile,
    "strip": _strip,
}


def show(plan: Plan) -> str:
    """``plan`` as text."""
    lines = [f"array {array.name}: {array.extent} {array.copies}" for array in plan.arrays]
    lines += [f"distinct {' '.join(distinct.names)}" for distinct in plan.distinct]
    lines += [f"{step.loop}: {' '.join(_shown(step))}" for step in plan.steps]
    return "".join(f"{line}\n" for line in lines)


def _shown(step: Step) -> Iterator[str]:
    match step.how:
        case Single():
            yield "single"
        case Host():
            yield "host"
        case Scan(variable, operator, block):
            yield f"scan {variable} {operator} block {block}"
        case Wavefront(block=block, private=private) as front:
            yield f"wavefront {front} block {block}"
            if private:
                yield f"private {','.join(private)}"
        case Grid() as grid:
            yield "grid"
            yield from _shown_grid(grid)


def _shown_grid(grid: Grid) -> Iterator[str]:
    yield from (f"{axis}={loop}" for axis, loop in grid.axes)
    if grid.block:
        yield f"block {'x'.join(map(str, grid.block))}"
    if grid.stride:
        yield f"stride {grid.stride}"
    for reduction in grid.reductions:
        yield f"reduce {reduction.variable} {reduction.operator}"
        if reduction.at:
            yield f"{'at-last' if reduction.last else 'at'} {','.join(reduction.at)}"
    for keyword, names in (
        ("atomic", grid.atomic),
        ("per-block", grid.per_block),
        ("private", grid.private),
        ("lastprivate", grid.lastprivate),
    ):
        if names:
            yield f"{keyword} {','.join(names)}"
    yield from (f"tile {tile.array} halo {tile.halo}" for tile in grid.tiles)
    if grid.strip:
        yield f"strip {grid.strip.loop} {grid.strip.size}"
