"""How often the loops of a grid run, as C that the host evaluates in 64 bits.

An inner loop whose bounds depend on the counters around it gets as many threads as its longest run needs. It is assumed
that no loop runs 2^63 times.
"""

from __future__ import annotations

import dataclasses
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from transpile.c.printing import text
from transpile.c.tree import Binary, Cast, Constant, Expression, Name, Unary, Variable
from transpile.c.types import INT, Bool, CType, Integer, is_integer
from transpile.c.walking import bare, substitute, variables
from transpile.errors import SourceError, Span
from transpile.loops.counted import Bound, Counted
from transpile.loops.polynomial import Polynomial, number
from transpile.loops.polynomial import variable as symbol

_HOLDS: Mapping[str, Callable[[int, int], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "!=": operator.ne,
}  # fmt: skip
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Count:
    """``entered`` is the C condition of a first iteration, empty if ``threads`` says it; ``threads`` is the number of
    iterations, once there is one. ``known`` is that number if it is one."""

    entered: str
    threads: str
    known: int | None


class Values:
    """Expressions as polynomials over C operands, which keep their types to be written as C again."""

    def __init__(self) -> None:
        self._types: dict[str, CType] = {}

    def polynomial(self, expression: Expression) -> Polynomial:
        """``expression`` in integers; what could wrap around is an operand as a whole."""
        match expression:
            case Constant(int() as value) if not expression.macro:
                return number(value)
            case Cast(operand) if is_integer(operand.type) and _keeps(operand, expression.type):
                return self.polynomial(operand)
            case Binary("+" | "-" | "*" as sign, left, right) if _exact(expression.type):
                one, two = self.polynomial(left), self.polynomial(right)
                return one + two if sign == "+" else one - two if sign == "-" else one * two
            case Unary("-", operand) if _exact(expression.type):
                return -self.polynomial(operand)
        shown = text(expression, macros=True)
        if not isinstance(bare(expression), Name | Constant):
            shown = f"({shown})"
        if isinstance(expression, Cast) and expression.implicit:
            shown = f"({text(dataclasses.replace(expression, implicit=False), macros=True)})"
        self._types[shown] = expression.type
        return symbol(shown)

    def text(self, value: Polynomial) -> str:
        """``value`` as C whose operations have 64 bits."""
        terms = sorted(value.terms.items(), key=lambda term: (term[1] < 0, -len(term[0]), term[0]))
        if not terms:
            return "0"
        shown = ""
        for place, (operands, factor) in enumerate(terms):
            factors = [*([str(abs(factor))] if abs(factor) != 1 or not operands else []), *operands]
            alone = len(terms) == 1 and (len(factors) == 1 or not operands)
            if (place == 0 or len(factors) > 1) and not alone and not any(map(self._is_wide, factors)):
                factors[0] = f"(long long){factors[0]}"
            elif len(factors) > 1:
                factors.sort(key=lambda operand: not self._is_wide(operand))
            sign = (" - " if factor < 0 else " + ") if place else "-" * (factor < 0)
            shown += sign + " * ".join(factors)
        return shown

    def unsigned(self, value: Polynomial) -> bool:
        types = [self._types[operand] for operand in value.symbols if operand in self._types]
        return any(isinstance(type, Integer) and type.bits == 64 and not type.signed for type in types)

    def _is_wide(self, operand: str) -> bool:
        type = self._types.get(operand)
        return isinstance(type, Integer) and type.bits == 64


def _keeps(operand: Expression, to: CType) -> bool:
    """Whether a conversion keeps the value, modulo 2^64 at least."""
    of = operand.type
    if isinstance(operand, Constant) and isinstance(operand.value, int) and operand.value >= 0:
        return isinstance(to, Integer) and operand.value < 2 ** (to.bits - 1)
    if isinstance(of, Bool):
        return isinstance(to, Integer)
    if not isinstance(of, Integer) or not isinstance(to, Integer):
        return False
    return to.bits == 64 or (to.bits > of.bits and (to.signed or not of.signed)) or (to == of)


def _exact(type: CType) -> bool:
    return isinstance(type, Integer) and (type.signed or type.bits == 64)


def counts(loops: Sequence[Counted], span: Span) -> tuple[Count, ...]:
    """The counts of nested ``loops``, outermost first. ``span``: where the plan asks for them."""
    values = Values()
    hull: dict[str, tuple[Polynomial, Polynomial]] = {}
    found: list[Count] = []
    for loop in loops:
        own = [_distance(values, loop, bound) for bound in loop.bounds]
        around = {other.counter for other in loops[: len(found)]}
        free = not around.intersection(bounding(loop))
        widest = [_extreme(distance, hull, True, loop, span) for distance in own]
        steps = [
            _ceiling(values, distance, abs(bound.scale * loop.step))
            for distance, bound in zip(widest, loop.bounds, strict=True)
        ]
        shown = steps[0]
        for other in steps[1:]:
            shown = f"std::min<long long>({shown}, {other})"
        known = widest[0].constant if len(widest) == 1 and abs(loop.step * loop.bounds[0].scale) == 1 else None
        conditions = [_entered(values, loop, bound) for bound in loop.bounds] if free else []
        entered = " && ".join(condition for condition in conditions if condition)
        found.append(Count(entered, shown, known))
        ends = _ends(values, loop)
        hull[loop.counter.name] = (
            _extreme(ends[0], hull, False, loop, span),
            _extreme(ends[1], hull, True, loop, span),
        )
    return tuple(found)


def fronts(loops: tuple[Counted, Counted], weights: tuple[int, int], span: Span) -> tuple[str, str]:
    """The smallest and the largest sum of ``weights`` times the counters of two nested ``loops``, if both run."""
    values = Values()
    (low, high), inner = (_ends(values, loop) for loop in loops)
    hull = {loops[0].counter.name: (low, high)}
    outer = symbol(loops[0].counter.name) * number(weights[0])
    near, far = (outer + end * number(weights[1]) for end in inner)
    if weights[1] < 0:
        near, far = far, near
    first, last = _extreme(near, hull, False, loops[1], span), _extreme(far, hull, True, loops[1], span)
    return values.text(first), values.text(last)


def _ends(values: Values, loop: Counted) -> tuple[Polynomial, Polynomial]:
    """What the counter is at least and at most."""
    start = values.polynomial(loop.start)
    reach = _distance(values, loop, loop.bounds[0]) - number(1)
    return (start, start + reach) if loop.step > 0 else (start - reach, start)


def bounding(loop: Counted) -> set[Variable]:
    """What the start and the bounds of ``loop`` depend on, beside its counter."""
    sides = [side for bound in loop.bounds for side in (bound.left, bound.right)]
    return {v for side in (loop.start, *sides) for v in variables(side)} - {loop.counter}


def _distance(values: Values, loop: Counted, bound: Bound) -> Polynomial:
    """How far the compared value is from ending the loop at first; it comes ``scale * step`` closer each time."""
    first = substitute(bound.left, {loop.counter: loop.start})
    distance = values.polynomial(bound.right) - values.polynomial(first)
    upward = bound.scale * loop.step > 0
    return (distance if upward else -distance) + number(bound.comparison.endswith("=") and bound.comparison != "!=")


def _ceiling(values: Values, distance: Polynomial, by: int) -> str:
    if by == 1:
        return values.text(distance)
    if distance.constant is not None:
        return str(-(-distance.constant // by))
    above = values.text(distance + number(by - 1))
    shown = above if re.fullmatch(r"\w+", above) else f"({above})"
    return f"{'(long long)' * values.unsigned(distance)}{shown} / {by}"


def _extreme(
    value: Polynomial, hull: Mapping[str, tuple[Polynomial, Polynomial]], largest: bool, loop: Counted, span: Span
) -> Polynomial:
    """The largest or smallest that ``value`` is for any counters of the loops around ``loop``."""
    for counter, (low, high) in hull.items():
        factor = value.coefficient(counter)
        by = None if factor is None else factor.constant
        hidden = any(counter in re.findall(r"\w+", operand) for operand in value.symbols if operand != counter)
        if by is None or hidden:
            raise SourceError(
                span,
                f"how many threads the loop on line {loop.span.line} needs depends on '{counter}' in a way that is not "
                "understood",
                "keep that loop in the thread",
            )
        if by:
            value = value.substitute({counter: high if (by > 0) == largest else low})
    return value


def _entered(values: Values, loop: Counted, bound: Bound) -> str:
    """The bound for the first value of the counter; nothing if it holds anyway."""
    first = substitute(bound.left, {loop.counter: loop.start})
    constant = values.polynomial(first).constant
    right = values.polynomial(bound.right).constant
    if constant is not None and right is not None and _HOLDS[bound.comparison](constant, right):
        return ""
    if constant is None or constant < 0:
        left: Expression = Binary(bound.comparison, first, bound.right, type=INT, span=bound.condition.span)
        return text(left, macros=True)
    number = Constant(constant, str(constant), type=INT, span=bound.condition.span)
    flipped = Binary(_FLIPPED[bound.comparison], bound.right, number, type=INT, span=bound.condition.span)
    return text(flipped, macros=True)
