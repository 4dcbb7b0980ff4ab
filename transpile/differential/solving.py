"""States that chance hardly meets: results in the middle between two roundings, too large for their field, negative,
equal to what they are compared with.

The Python that is made of the program by rule says what its roundings, fields and comparisons get. That is taken to be
linear in one item, which is solved for. The states are only proposed: what they show is up to the runs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Protocol

from transpile.cobol.initial import encode_number
from transpile.cobol.layout import Field
from transpile.differential.methods import Heard
from transpile.differential.values import Cell, valid
from transpile.python.rules import cobol_rules as rules

_BARREN = 100
"""So many states to begin with in a row, from which nothing was solved, are enough."""
_VARIABLES = 10
_IDLE = 2
_MOVES = 4
_SECANTS = 5
_EACH = 3
"""So many states of each kind for each place in the program."""
_QUIET = 8
"""Where so many runs come to no such place there is none."""
_SIMPLE = 10**12
"""Quotients are taken for fractions whose denominators are no larger."""
_ROUNDED = ("fit_rounded", "rounded")


class Variable(Protocol):
    """A whole number in a state, in units of its last digit."""

    @property
    def key(self) -> int: ...

    @property
    def scale(self) -> int: ...

    @property
    def bounds(self) -> tuple[int, int]: ...

    def get(self, state: bytes) -> int | None:
        """None where it is no number."""

    def put(self, state: bytes, value: int) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Item:
    cell: Cell

    @property
    def key(self) -> int:
        return self.cell.at

    @property
    def scale(self) -> int:
        return self.cell.scale

    @property
    def bounds(self) -> tuple[int, int]:
        return self.cell.bounds

    def get(self, state: bytes) -> int | None:
        content = state[self.cell.at : self.cell.at + self.cell.size]
        if self.cell.laid is not None and not valid(self.cell.laid, content):
            return None
        return rules.unscaled(self.cell.value(content), self.cell.scale)

    def put(self, state: bytes, value: int) -> bytes:
        return state[: self.cell.at] + self.cell.encoded(value) + state[self.cell.at + self.cell.size :]


@dataclass(frozen=True, slots=True)
class Typed:
    """Digits in line ``line`` of what is typed, which begins at ``start`` of a state and is read to ``top``."""

    start: int
    line: int
    top: Field
    laid: Field

    @property
    def key(self) -> int:
        return self.start + self.line * self.top.size + self.laid.offset

    @property
    def scale(self) -> int:
        return self.laid.picture.scale if self.laid.picture is not None else 0

    @property
    def bounds(self) -> tuple[int, int]:
        return 0, int(10**self.laid.size) - 1

    @property
    def _part(self) -> slice:
        at = self.laid.offset - self.top.offset
        return slice(at, at + self.laid.size)

    def get(self, state: bytes) -> int | None:
        lines = state[self.start :].split(b"\n")
        content = lines[self.line][self._part] if self.line < len(lines) else b""
        return int(content) if len(content) == self.laid.size and content.isdigit() else None

    def put(self, state: bytes, value: int) -> bytes:
        lines = state[self.start :].split(b"\n")
        changed = bytearray(lines[self.line])
        changed[self._part] = encode_number(self.laid, value)
        lines[self.line] = bytes(changed)
        return state[: self.start] + b"\n".join(lines)


def typed_variables(state: bytes, start: int, tops: Sequence[Field]) -> Iterator[Typed]:
    """Those in ``state``, whose lines are read to ``tops``."""
    for line in range(min(3, state.count(b"\n", start))):
        for top in tops:
            for laid in top.walk():
                plain = laid.usage == "DISPLAY" and laid.numeric and not laid.signed and not laid.dimensions
                if plain and not laid.group and top.group:
                    found = Typed(start, line, top, laid)
                    if found.get(state) is not None:
                        yield found


@dataclass(slots=True)
class Solving:
    """``heard`` tells what the fields get in a run on a state. ``base`` makes states to begin with; ``landmarks``
    are the literals of the program."""

    heard: Callable[[bytes], Mapping[tuple[int, str], Heard] | None]
    base: Callable[[], bytes]
    variables: Callable[[bytes], Sequence[Variable]]
    landmarks: Sequence[Decimal]
    chance: Random
    probes: int
    """So many runs at most."""
    found: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    moved: dict[int, int] = field(default_factory=dict)
    """By the keys of variables: how often one changed anything, less how often it did not."""

    def states(self) -> Iterator[bytes]:
        heard, barren = False, 0
        while self.probes > 0 and barren < (_BARREN if heard else _QUIET):
            base = self.base()
            before = self._listen(base) or {}
            heard, barren = heard or bool(before), barren + 1
            variables = [each for each in self.variables(base) if self.moved.get(each.key, 0) > -_IDLE]
            for state in self._around(base, before, variables):
                barren = 0
                yield state

    def _around(
        self, base: bytes, before: Mapping[tuple[int, str], Heard], variables: list[Variable]
    ) -> Iterator[bytes]:
        """``base`` itself, with one item moved near a landmark or between two, and with one that is solved for."""
        if self._meets(before):
            yield base
        for variable in self.chance.choices(variables, k=_MOVES) if before and variables else ():
            moved = self._moved(base, variable)
            if self._meets(self._listen(moved) or {}):
                yield moved
        self.chance.shuffle(variables)
        for variable in variables[:_VARIABLES] if any(map(self._open, before.values())) else ():
            yield from self._solved(base, before, variable)

    def _meets(self, heard: Mapping[tuple[int, str], Heard]) -> bool:
        """A state to begin with is one of those that are looked for."""
        met = [(each, kind) for each in heard.values() for kind in self._open(each) if _is(kind, each)]
        for each, kind in met:
            self.found[each.line, each.name, kind] += 1
        return bool(met)

    def _moved(self, base: bytes, variable: Variable) -> bytes:
        low, high = variable.bounds
        given = [each for each in self.landmarks if each.adjusted() < 18]
        marks = sorted({rules.unscaled(sign * each, variable.scale) for each in given for sign in (1, -1)})
        marks = [low, *(each for each in marks if low < each < high), high]
        at = self.chance.randrange(len(marks) - 1)
        if self.chance.random() < 0.4:
            return variable.put(base, min(max(marks[at] + self.chance.choice((-1, 0, 1)), low), high))
        return variable.put(base, self.chance.randint(marks[at], marks[at + 1]))

    def _listen(self, state: bytes) -> Mapping[tuple[int, str], Heard] | None:
        if self.probes <= 0:
            return None
        self.probes -= 1
        return self.heard(state)

    def _open(self, heard: Heard) -> list[str]:
        """What is still to be found there."""
        return [kind for kind in _kinds(heard) if self.found[heard.line, heard.name, kind] < _EACH]

    def _solved(self, base: bytes, before: Mapping[tuple[int, str], Heard], variable: Variable) -> Iterator[bytes]:
        here, (low, high) = variable.get(base), variable.bounds
        if here is None or low == high or not low <= here <= high:
            return
        step = 1 if here < high else -1
        after = self._listen(variable.put(base, here + step)) or {}
        same = all(after.get(place, first).value == first.value for place, first in before.items())
        self.moved[variable.key] = self.moved.get(variable.key, 0) + (-1 if same else 1)
        for place, first in before.items():
            second = after.get(place)
            slope = _fraction(second.value - first.value) / step if second is not None else Fraction(0)
            rest = _fraction(first.value) - slope * here
            for kind in self._open(first):
                values = _solutions(kind, slope, rest, first, here) if slope else iter(())
                if kind == "equal" and not slope and not same:
                    values = self._roots(base, place, variable)
                for value in values:
                    if low <= value <= high and self._keeps(variable.put(base, value), place, kind):
                        self.found[first.line, first.name, kind] += 1
                        yield variable.put(base, value)
                        break

    def _roots(self, base: bytes, place: tuple[int, str], variable: Variable) -> Iterator[int]:
        """Where the value becomes zero, by secants: for what is rounded on its way."""
        low, high = variable.bounds
        one, other = variable.get(base) or 0, 0
        other = min(high, one + max(1000, one // 2)) if one < high else low
        first = self._heard_at(base, place, variable, one)
        for _ in range(_SECANTS):
            second = self._heard_at(base, place, variable, other)
            if first is None or second is None or first == second:
                return
            root = round(other - Fraction(second) * (other - one) / Fraction(second - first))
            if root == other:
                return
            one, first, other = other, second, min(max(root, low), high)
            yield other

    def _heard_at(self, base: bytes, place: tuple[int, str], variable: Variable, value: int) -> Decimal | None:
        heard = (self._listen(variable.put(base, value)) or {}).get(place)
        return heard.value if heard is not None else None

    def _keeps(self, state: bytes, place: tuple[int, str], kind: str) -> bool:
        """The solution is one: what was taken to be linear is, and the run comes there."""
        heard = (self._listen(state) or {}).get(place)
        return heard is not None and _is(kind, heard)


def _kinds(heard: Heard) -> list[str]:
    if heard.name.startswith("compared"):
        return ["equal"]
    kinds = ["half"] if heard.name in _ROUNDED else []
    return [*kinds, "large", "negative"] if heard.digits is not None else kinds


def _is(kind: str, heard: Heard) -> bool:
    match kind:
        case "equal":
            return heard.value == 0
        case "half":
            units = abs(Fraction(heard.value)) * Fraction(10) ** heard.scale
            return units % 2 == Fraction(1, 2)
        case "large":
            assert heard.digits is not None
            return abs(heard.value) >= Decimal(1).scaleb(heard.digits - heard.scale)
        case _:
            return heard.value < 0


def _solutions(kind: str, slope: Fraction, rest: Fraction, heard: Heard, here: int) -> Iterator[int]:
    """Whole numbers x for which ``slope`` x + ``rest`` is what ``kind`` says."""
    unit = Fraction(1, 10**heard.scale) if heard.scale >= 0 else Fraction(10**-heard.scale)
    match kind:
        case "equal":
            yield from {math.floor(-rest / slope), math.ceil(-rest / slope)}
        case "half":
            for wanted in (Fraction(1, 2), Fraction(3, 2)):
                yield from congruent(slope / unit, rest / unit - wanted, here)
        case "large":
            assert heard.digits is not None
            limit = 10**heard.digits * unit
            for bound in (limit, -limit):
                yield _beyond(slope, rest - bound, up=bound > 0)
        case _:
            yield _beyond(slope, rest, up=False)
            yield _beyond(slope, rest + unit, up=False)


def _beyond(slope: Fraction, rest: Fraction, up: bool) -> int:
    """The x next to the root of ``slope`` x + ``rest`` where that is at least 0, or, if not ``up``, below 0."""
    root = -rest / slope
    if (slope > 0) == up:
        return math.ceil(root) if up else math.floor(root) + 1
    return math.floor(root) if up else math.ceil(root) - 1


def congruent(slope: Fraction, rest: Fraction, here: int) -> Iterator[int]:
    """The whole numbers x next to ``here``, on both sides, for which ``slope`` x + ``rest`` is an even whole number."""
    scale = math.lcm(slope.denominator, rest.denominator)
    factor, target, module = int(slope * scale), int(-rest * scale), 2 * scale
    common = math.gcd(factor, module)
    if target % common:
        return
    period = module // common
    first = target // common * pow(factor // common, -1, period) % period if period > 1 else 0
    yield here + (first - here) % period
    yield here - (here - first) % period


def _fraction(value: Decimal) -> Fraction:
    exact = Fraction(value)
    return exact if exact.denominator <= _SIMPLE else exact.limit_denominator(_SIMPLE)
