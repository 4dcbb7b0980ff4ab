"""Verdicts and extents against nests that are run: generated programs, as C for the analysis, as Python for the truth.

The Python side computes what C computes, with the wrap-around of ``size_t``; it shares nothing with the analysis.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from transpile.c.parse import parse_text
from transpile.c.tree import Binary, Cast, Conditional, Constant, Expression, Name, Return
from transpile.c.types import Integer
from transpile.solvers.loops.analysis import Analysis, Loop, analyse
from transpile.solvers.loops.assumptions import NoWrap
from transpile.solvers.loops.extents import ArrayUse, Extent
from transpile.solvers.loops.verdicts import Carried, Histogram, Parallel, Reduction, Scan

NAMES = "ijk"
MOST = 3_000


@dataclass(frozen=True)
class Linear:
    """``terms`` maps counters and parameters, or products of two, to factors."""

    terms: tuple[tuple[str, int], ...]
    constant: int

    def c(self) -> str:
        text = " + ".join(f"{factor} * {name}" if factor != 1 else name for name, factor in self.terms if factor > 0)
        text = text or "0"
        text += "".join(f" - {-factor} * {name}" for name, factor in self.terms if factor < 0)
        return text + (f" + {self.constant}" if self.constant > 0 else f" - {-self.constant}" if self.constant else "")

    def run(self, values: dict[str, int], wrap: Callable[[int], int]) -> int:
        total = self.constant
        for name, factor in self.terms:
            for part in name.split(" * "):
                factor *= values[part]
            total += factor
        return wrap(total) if self.terms else total  # 0 - 1 is an int


@dataclass(frozen=True)
class Guard:
    left: str
    sign: str
    right: Linear

    def holds(self, values: dict[str, int], wrap: Callable[[int], int]) -> bool:
        left, right = values[self.left], self.right.run(values, wrap)
        return {"<": left < right, "<=": left <= right, ">": left > right, "==": left == right}[self.sign]


@dataclass(frozen=True)
class Body:
    target: str
    at: Linear
    reads: tuple[tuple[str, Linear], ...]
    update: bool
    guard: Guard | None

    def c(self) -> str:
        value = " + ".join(f"{array}[{at.c()}]" for array, at in self.reads) or "1"
        text = f"{self.target}[{self.at.c()}] {'+=' if self.update else '='} {value};"
        return f"if ({self.guard.left} {self.guard.sign} {self.guard.right.c()}) {text}" if self.guard else text


@dataclass(frozen=True)
class Header:
    start: Linear
    sign: str
    end: Linear
    step: int


@dataclass(frozen=True)
class Nest:
    type: str
    headers: tuple[Header, ...]
    before: Body | None
    """Stands in the outermost loop, before the others."""
    body: tuple[Body, ...]

    def c(self) -> str:
        lines = ["#include <stddef.h>", f"void f({self.type} n, {self.type} m, int *restrict a, int *restrict b) {{"]
        for depth, (name, header) in enumerate(zip(NAMES, self.headers, strict=False)):
            step = f"{name} += {header.step}" if header.step > 0 else f"{name} -= {-header.step}"
            start, end = header.start.c(), header.end.c()
            lines.append(f"for ({self.type} {name} = {start}; {name} {header.sign} {end}; {step}) {{")
            if depth == 0 and self.before:
                lines.append(self.before.c())
        lines += [body.c() for body in self.body]
        return "\n".join([*lines, "}" * (len(self.headers) + 1)])


@dataclass(frozen=True)
class Touched:
    array: str
    element: int
    kind: str
    counters: tuple[int, ...]
    order: int


class TooLong(Exception):
    pass


def run(nest: Nest, n: int, m: int) -> list[Touched]:
    """Every access, in order."""
    wrap: Callable[[int], int] = (lambda v: v % (1 << 64)) if nest.type == "size_t" else (lambda v: v)
    log: list[Touched] = []
    values = {"n": n, "m": m}

    def touch(array: str, at: Linear, kind: str, counters: tuple[int, ...]) -> None:
        log.append(Touched(array, at.run(values, wrap), kind, counters, len(log)))
        if len(log) > MOST:
            raise TooLong

    def execute(body: Body, counters: tuple[int, ...]) -> None:
        if body.guard and not body.guard.holds(values, wrap):
            return
        for array, at in body.reads:
            touch(array, at, "read", counters)
        touch(body.target, body.at, "update" if body.update else "write", counters)

    def loop(depth: int, counters: tuple[int, ...]) -> None:
        if depth == len(nest.headers):
            for body in nest.body:
                execute(body, counters)
            return
        header, name = nest.headers[depth], NAMES[depth]
        value, rounds = header.start.run(values, wrap), 0
        while True:
            values[name] = value
            end = header.end.run(values, wrap)
            if not {"<": value < end, "<=": value <= end, ">": value > end, ">=": value >= end}[header.sign]:
                return
            rounds += 1
            if rounds > 200:
                raise TooLong
            if depth == 0 and nest.before:
                execute(nest.before, (*counters, value))
            loop(depth + 1, (*counters, value))
            value = wrap(value + header.step)

    loop(0, ())
    return log


def collisions(log: list[Touched], depth: int) -> Iterator[tuple[Touched, Touched]]:
    """Accesses to one element in different iterations of the loop at ``depth``, at least one of which writes."""
    held: dict[tuple[object, ...], list[Touched]] = {}
    for touch in log:
        if len(touch.counters) > depth:
            for other in held.setdefault((touch.array, touch.element, touch.counters[:depth]), []):
                if other.counters[depth] != touch.counters[depth] and {other.kind, touch.kind} != {"read"}:
                    yield other, touch
            held[touch.array, touch.element, touch.counters[:depth]].append(touch)


@st.composite
def linears(draw: st.DrawFn, counters: str, parameters: bool = True) -> Linear:
    terms = {name: draw(st.sampled_from([0, 1, 1, 1, -1, 2])) for name in counters}
    if counters and draw(st.booleans()):
        row = draw(st.sampled_from(counters))
        terms[f"{row} * n"] = 1
        terms[row] = draw(st.sampled_from([0, 0, 1]))
    if parameters:
        terms[draw(st.sampled_from("nm"))] = draw(st.sampled_from([0, 0, 1]))
    return Linear(tuple((name, factor) for name, factor in terms.items() if factor), draw(st.integers(-2, 2)))


@st.composite
def headers(draw: st.DrawFn, outer: str) -> Header:
    step = draw(st.sampled_from([1, 1, 1, 2, -1, -2]))
    near = (
        Linear(((draw(st.sampled_from(outer)), 1),), draw(st.integers(0, 1))) if outer and draw(st.booleans()) else None
    )
    low = near or Linear((), draw(st.integers(0, 2)))
    high = Linear(((draw(st.sampled_from("nm")), 1),), draw(st.integers(-2, 1)))
    if near and draw(st.booleans()):
        low, high = Linear((), 0), near
    if step > 0:
        return Header(low, draw(st.sampled_from(["<", "<="])), high, step)
    return Header(high, draw(st.sampled_from([">", ">="])), low, step)


@st.composite
def bodies(draw: st.DrawFn, counters: str) -> Body:
    reads = tuple((draw(st.sampled_from("ab")), draw(linears(counters))) for _ in range(draw(st.integers(0, 2))))
    guard = None
    if draw(st.integers(0, 3)) == 0:
        right = draw(linears(counters, parameters=False))
        guard = Guard(draw(st.sampled_from(counters)), draw(st.sampled_from(["<", "<=", ">", "=="])), right)
    target, at = draw(st.sampled_from("aab")), draw(linears(counters))
    others = tuple(read for read in reads if read != (target, at))  # a = a + b is an update as well
    return Body(target, at, others, draw(st.booleans()), guard)


@st.composite
def nests(draw: st.DrawFn, type: str) -> Nest:
    depth = draw(st.integers(1, 3))
    made: list[Header] = []
    for level in range(depth):
        made.append(draw(headers(NAMES[:level])))
    inner = tuple(draw(bodies(NAMES[:depth])) for _ in range(draw(st.integers(1, 2))))
    before = draw(bodies("i")) if depth > 1 and draw(st.integers(0, 2)) == 0 else None
    return Nest(type, tuple(made), before, inner)


def analysed(nest: Nest) -> Analysis:
    unit = parse_text(nest.c())
    return analyse(unit, unit.functions[0])


def usable(analysis: Analysis, n: int, m: int) -> bool:
    """Whether all that the analysis assumes holds at these sizes."""
    for assumption in analysis.assumptions:
        if isinstance(assumption, NoWrap):
            if not assumption.checkable:
                return False
            if assumption.value.evaluate(lambda symbol: {"n": n, "m": m}[symbol]) < 0:
                return False
    return True


def check_loop(loop: Loop, depth: int, log: list[Touched]) -> None:
    match loop.verdict:
        case Parallel():
            assert not list(collisions(log, depth))
        case Reduction(reduced) | Histogram(reduced):
            arrays = {str(one.region) for one in reduced}
            for one, two in collisions(log, depth):
                assert one.kind == two.kind == "update" and one.array in arrays
        case Scan() | Carried():
            pass


def check_witnesses(nest: Nest, loop: Loop) -> None:
    for found in loop.verdict.dependences if isinstance(loop.verdict, Carried) else ():
        witness = found.witness
        assert witness.certain
        sizes = {"n": 4, "m": 4, **dict(witness.sizes)}
        log = run(nest, sizes["n"], sizes["m"])
        array = str(found.source.region)
        early = {t.order for t in log if (t.counters, t.array) == (witness.earlier, array)
                 and (t.element,) == witness.element and t.kind == found.source.kind}  # fmt: skip
        late = {t.order for t in log if (t.counters, t.array) == (witness.later, array)
                and (t.element,) == witness.element and t.kind == found.target.kind}  # fmt: skip
        assert early and late and min(early) < max(late)


def check_distances(loop: Loop, depth: int, log: list[Touched], step: int) -> None:
    if not isinstance(loop.verdict, Carried):
        return
    proved = [d for d in loop.verdict.dependences if d.distance is not None]
    if len(loop.verdict.dependences) == len(proved) == 1:
        source, target = proved[0].source, proved[0].target
        kinds = {source.kind, target.kind}
        for one, two in collisions(log, depth):
            if {one.kind, two.kind} == kinds and len(loop.accesses) == 2:
                assert abs(two.counters[depth] - one.counters[depth]) == abs(step * (proved[0].distance or 0))


def computed(expression: Expression, values: dict[str, int]) -> int:
    """What C computes for ``expression``."""
    match expression:
        case Constant(int() as value):
            return value
        case Name(variable):
            return values[variable.name]
        case Conditional(condition, yes, no):
            return computed(yes if computed(condition, values) else no, values)
        case Cast(operand):
            result = computed(operand, values)
        case Binary("&&", left, right):
            return int(bool(computed(left, values)) and bool(computed(right, values)))
        case Binary(operator, left, right):
            one, two = computed(left, values), computed(right, values)
            result = int(OPERATORS[operator](one, two))
        case _:
            raise AssertionError(expression)
    unsigned = isinstance(expression.type, Integer) and not expression.type.signed
    return result % (1 << 64) if unsigned else result


OPERATORS: dict[str, Callable[[int, int], int]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": lambda a, b: int(a / b), ">=": operator.ge,
    ">": operator.gt, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


def extent_of(use: ArrayUse, type: str) -> Expression | None:
    if not isinstance(use.extent, Extent):
        return None
    unit = parse_text(f"#include <stddef.h>\nsize_t e({type} n, {type} m) {{ return {use.extent.expression}; }}")
    match unit.functions[0].body.statements:
        case (Return(Expression() as value),):
            return value
    raise AssertionError(use.extent.expression)


def check_extents(analysis: Analysis, extents: list[Expression | None], log: list[Touched], n: int, m: int) -> None:
    for use, extent in zip(analysis.arrays, extents, strict=True):
        elements = [touch.element for touch in log if touch.array == use.variable.name]
        if extent is None or min(elements, default=0) < 0:
            continue
        assert isinstance(use.extent, Extent)
        needed = max(elements, default=-1) + 1
        length = computed(extent, {"n": n, "m": m})
        assert length == needed if use.extent.exact else length >= needed
        if not use.copy_in:
            check_not_copied_in(use.variable.name, needed, log)


def check_not_copied_in(array: str, extent: int, log: list[Touched]) -> None:
    written: set[int] = set()
    for touch in log:
        if touch.array == array:
            assert touch.kind == "write" or touch.element in written
            written.add(touch.element)
    assert written == set(range(extent))


def check(nest: Nest) -> None:
    note(nest.c())
    analysis = analysed(nest)
    extents = [extent_of(use, nest.type) for use in analysis.arrays]
    for n, m in product(range(6), (0, 1, 2, 3, 5)):
        if not usable(analysis, n, m):
            continue
        try:
            log = run(nest, n, m)
        except TooLong:
            continue
        for loop in analysis.walk():
            depth = NAMES.index(loop.counter)
            check_loop(loop, depth, log)
            check_distances(loop, depth, log, nest.headers[depth].step)
        check_extents(analysis, extents, log, n, m)
    for loop in analysis.walk():
        check_witnesses(nest, loop)


SETTINGS = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


@SETTINGS
@given(nests("int"))
def test_signed_nests(nest: Nest) -> None:
    check(nest)


@SETTINGS
@given(nests("size_t"))
def test_unsigned_nests(nest: Nest) -> None:
    check(nest)


def test_the_oracle_finds_collisions() -> None:
    shifted = Body("a", Linear((("i", 1),), 0), (("a", Linear((("i", 1),), -1)),), False, None)
    log = run(Nest("int", (Header(Linear((), 1), "<", Linear((("n", 1),), 0), 1),), None, (shifted,)), 4, 0)
    assert [(one.element, one.kind, two.kind) for one, two in collisions(log, 0)] == [
        (1, "write", "read"),
        (2, "write", "read"),
    ]


def test_the_oracle_wraps_around() -> None:
    body = Body("a", Linear((("i", 1),), 0), (), False, None)
    nest = Nest("size_t", (Header(Linear((), 0), "<", Linear((("n", 1),), -1), 1),), None, (body,))
    with pytest.raises(TooLong):
        run(nest, 0, 0)
