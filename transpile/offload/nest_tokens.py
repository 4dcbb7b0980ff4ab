"""A loop nest, and the steps of a plan for it, as tokens for a model: without names, in the words of the analysis.

Loops are ``L0``, ``L1``, … in the order of the text, arrays ``A0``, ``A1``, … in the order of their accesses. Of each
loop the model sees what the analysis made of it, how it is bounded and how deep the grid may reach; of each access how
far neighbours are apart along each loop. What follows from the analysis (private variables, operators, copies) is not
spelled: ``read`` fills it in, so that tokens can only say plans that the analysis allows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from transpile.c.tree import Variable
from transpile.cuda.plan import AXES, Axis, Grid, Host, How, Scan, Single, Step, Wavefront
from transpile.loops.counted import Counted
from transpile.loops.facts import Compare, Facts, InBranch, Parameter
from transpile.loops.polynomial import Polynomial
from transpile.offload.footprint import IRREGULAR, Touch, touches
from transpile.offload.rules import device_form, in_function, loop_name
from transpile.solvers.loops.analysis import Analysis, Loop
from transpile.solvers.loops.verdicts import Carried, Histogram, Parallel, Reduction, Verdict
from transpile.solvers.loops.verdicts import Scan as ScanVerdict
from transpile.solvers.loops.verdicts import Wavefront as InFronts

LONGEST = 320
"""Tokens; larger nests are left to the rules."""
_NEAR = 4
"""Offsets and strides up to this are spelled as they are."""


_OTHERWISE: Mapping[type[object], str] = {Scan: "scan", Wavefront: "fronts"}


class Unspeakable(Exception):
    """Tokens that say no plan of the nest, or steps that have no tokens."""


@dataclass(frozen=True)
class Form:
    """A nest as the model sees it: the loop numbered n is ``L<n>``."""

    tokens: tuple[str, ...]
    loops: tuple[Loop, ...]

    @cached_property
    def hash(self) -> str:
        return hashlib.blake2b(" ".join(self.tokens).encode(), digest_size=8).hexdigest()


def form(analysis: Analysis, loop: Loop, shared: bool) -> Form | None:
    """The nest of ``loop``; ``shared`` if other nests use its arrays on the device. None if it is too large."""
    loops = tuple(one for one in loop.walk() if in_function(one))
    tokens = tuple(_Spelling(analysis.facts, loops).nest(loop, shared))
    return Form(tokens, loops) if len(tokens) <= LONGEST else None


@dataclass(frozen=True, slots=True)
class _Spelling:
    facts: Facts
    loops: tuple[Loop, ...]

    def nest(self, loop: Loop, shared: bool) -> Iterator[str]:
        yield "shared" if shared else "alone"
        arrays: dict[Variable, str] = {}
        found = list(touches(self.facts, iter(loop.accesses)))
        for touch in sorted(found, key=lambda touch: touch.access.position):
            arrays.setdefault(touch.region.variable, f"A{len(arrays)}")
        yield from self._loop(loop, found, arrays)

    def _loop(self, loop: Loop, found: Sequence[Touch], arrays: dict[Variable, str]) -> Iterator[str]:
        yield f"L{self.loops.index(loop)}"
        yield from self._facts(loop)
        yield "{"
        own = [touch for touch in found if touch.access.loops[-1] == loop.facts.number]
        parts: list[tuple[int, Touch | Loop]] = [(touch.access.position, touch) for touch in own]
        parts += [(one.facts.start, one) for one in loop.loops if in_function(one)]
        told: set[tuple[str, ...]] = set()
        for _, part in sorted(parts, key=lambda pair: pair[0]):
            if isinstance(part, Touch):
                words = tuple(self._touch(part, arrays))
                yield from () if words in told else words
                told.add(words)
            else:
                yield from self._loop(part, found, arrays)
        yield "}"

    def _facts(self, loop: Loop) -> Iterator[str]:
        yield _word(loop.verdict)
        yield self._bound(loop)
        how = device_form(loop, 3) if loop.node is not None else None
        yield f"axes:{len(how.axes)}" if isinstance(how, Grid) else _OTHERWISE.get(type(how), "stays")
        if isinstance(loop.shape, Counted) and loop.shape.step < 0:
            yield "down"

    def _bound(self, loop: Loop) -> str:
        counters = {other.facts.symbol for other in self.loops} - {loop.facts.symbol}
        bounds = [one.value for one in loop.facts.bounds if isinstance(one, Compare)]
        bounds += [loop.facts.first] if loop.facts.first is not None else []
        words = {self._limit(value, loop.facts.symbol, counters) for value in bounds}
        return next((word for word in ("corner", "data", "size", "few") if word in words), "data")

    def _limit(self, value: Polynomial, symbol: str, counters: set[str]) -> str:
        symbols = value.symbols - {symbol}
        if symbols & counters:
            return "corner"
        if any(not isinstance(self.facts.terms.get(one), Parameter) for one in symbols):
            return "data"
        return "size" if symbols else "few"

    def _touch(self, touch: Touch, arrays: dict[Variable, str]) -> Iterator[str]:
        kind = {"read": "rd", "write": "wr", "update": "up"}[touch.access.kind]
        yield f"{kind}{touch.size}"
        yield arrays[touch.region.variable]
        numbers = {loop.facts.number: index for index, loop in enumerate(self.loops)}
        for number in touch.access.loops:
            if number in numbers:
                yield f"{numbers[number]}:{_stride(touch.strides.get(number, 0))}"
        if touch.at:
            yield f"at:{touch.at}" if abs(touch.at) <= _NEAR else "at:far"
        if any(isinstance(frame, InBranch) for frame in touch.access.where):
            yield "if"


def _stride(stride: int) -> str:
    if stride == IRREGULAR:
        return "far"
    return str(stride) if abs(stride) <= _NEAR else "some"


def _word(verdict: Verdict) -> str:
    match verdict:
        case Parallel():
            return "parallel"
        case Reduction(reduced):
            return "gathers" if any(one.subscripted for one in reduced) else "reduces"
        case Histogram():
            return "histogram"
        case ScanVerdict():
            return "scans"
        case Carried() | InFronts():
            return "carried"
    return "unknown"


def write(steps: Sequence[Step], of: Form) -> tuple[str, ...]:
    """The tokens of ``steps``. Raises Unspeakable."""
    return tuple(word for step in steps for word in (*_written(step, of), ";"))


def _written(step: Step, of: Form) -> Iterator[str]:
    names = {loop_name(loop.span): f"L{index}" for index, loop in enumerate(of.loops)}
    try:
        yield names[step.loop]
        match step.how:
            case Host():
                yield "host"
            case Single():
                yield "single"
            case Scan():
                yield "scan"
            case Wavefront():
                yield "fronts"
            case Grid() as grid:
                if grid.tiles or grid.strip:
                    raise Unspeakable("shared memory")
                yield "grid"
                yield from (f"{axis}={names[loop]}" for axis, loop in grid.axes)
                yield "x".join(map(str, grid.block))
                if grid.stride:
                    yield f"stride:{grid.stride}"
    except KeyError as error:
        raise Unspeakable(f"no loop {error}") from None


def read(tokens: Sequence[str], of: Form) -> tuple[Step, ...]:
    """The steps that ``tokens`` say, with what follows from the analysis. Raises Unspeakable."""
    steps: list[Step] = []
    words: list[str] = []
    for token in tokens:
        if token == ";":
            steps.append(_read(words, of))
            words = []
        else:
            words.append(token)
    if words or not steps or len({step.loop for step in steps}) < len(steps):
        raise Unspeakable("steps that do not end, or none, or two of a loop")
    return tuple(steps)


def _read(words: Sequence[str], of: Form) -> Step:
    if len(words) < 2:
        raise Unspeakable("no step")
    loop = _loop(words[0], of)
    return Step(loop_name(loop.span), _how(loop, words[1], words[2:], of), loop.span)


def _loop(word: str, of: Form) -> Loop:
    if word[:1] != "L" or not word[1:].isdecimal() or len(word) > 4 or int(word[1:]) >= len(of.loops):
        raise Unspeakable(f"no loop {word}")
    loop = of.loops[int(word[1:])]
    if loop.node is None:
        raise Unspeakable(f"{word} is no loop of the text")
    return loop


def _how(loop: Loop, word: str, rest: Sequence[str], of: Form) -> How:
    match word, rest:
        case "host", []:
            return Host()
        case "single", []:
            return Single()
        case "scan", [] if isinstance(how := device_form(loop, 1), Scan):
            return how
        case "fronts", [] if isinstance(how := device_form(loop, 1), Wavefront):
            return how
        case "grid", _:
            return _grid(loop, rest, of)
    raise Unspeakable(f"no way to run a loop: {word}")


def _grid(loop: Loop, words: Sequence[str], of: Form) -> Grid:
    axes: list[tuple[Axis, Loop]] = []
    for word in words:
        axis, equals, name = word.partition("=")
        if equals and axis in AXES:
            axes.append((next(a for a in AXES if a == axis), _loop(name, of)))
    how = device_form(loop, len(axes)) if axes else None
    named = tuple((axis, loop_name(one.span)) for axis, one in axes)
    if not isinstance(how, Grid) or {name for _, name in how.axes} != {name for _, name in named}:
        raise Unspeakable("these loops are no grid")
    if {axis for axis, _ in how.axes} != {axis for axis, _ in named} or len(named) != len(how.axes):
        raise Unspeakable("an axis is missing")
    rest = words[len(axes) :]
    block = _numbers(rest[0], "x") if rest else ()
    if len(block) != len(axes) or not all(1 <= side <= 1024 for side in block):
        raise Unspeakable("no block")
    grid = replace(how, axes=named, block=block)
    match rest[1:]:
        case []:
            return grid
        case [stride] if stride.startswith("stride:") and (found := _numbers(stride[7:], "x")):
            return replace(grid, stride=found[0])
    raise Unspeakable("more than a grid")


def _numbers(text: str, between: str) -> tuple[int, ...]:
    parts = text.split(between)
    return tuple(map(int, parts)) if all(part.isdecimal() and len(part) < 5 for part in parts) else ()


def shared_with_others(analysis: Analysis, loop: Loop) -> bool:
    """Whether another nest of the function has loops that run on the device over arrays of this one."""
    own = {access.region.variable for access in loop.accesses if access.subscripts}
    return any(
        access.region.variable in own
        for other in analysis.loops
        if other is not loop
        for one in other.walk()
        if in_function(one) and one.node is not None and device_form(one, 1) is not None
        for access in one.accesses
        if access.subscripts
    )
