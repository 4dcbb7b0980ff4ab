"""Arguments for one call, made from sizes, a distribution and a seed; the same again for the same three."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from transpile.emulators.cuda.harness import Placement
from transpile.trials.elements import Element
from transpile.trials.facts import Among, Plain, RowPointers, Sizes, Subscripts
from transpile.trials.formulas import Unknown, value
from transpile.trials.subject import ArrayParameter, ScalarParameter, Subject
from transpile.trials.values import DESCENDING, EQUAL, SMALL, ZEROS, Distribution, column, scalar


@dataclass(frozen=True, slots=True)
class Overlap:
    """``second`` starts ``shift`` units of its elements behind ``first``, or before it when that is negative."""

    first: str
    second: str
    shift: int

    def __str__(self) -> str:
        return f"{self.second} = {self.first} {'-' if self.shift < 0 else '+'} {abs(self.shift)}"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an input is made from; ``turn`` chooses among the values of other scalars."""

    sizes: Mapping[str, int]
    distribution: Distribution
    turn: int
    seed: int
    overlap: Overlap | None = None

    @property
    def plainer(self) -> Recipe | None:
        """The same sizes with values that hardly any function refuses."""
        return None if self.distribution == SMALL else replace(self, distribution=SMALL)


@dataclass(frozen=True, slots=True)
class Input:
    """``memory`` is that of each array, ``counts`` how many units it has. Of two that overlap, ``placements`` says
    which memory holds both."""

    recipe: Recipe
    scalars: Mapping[str, float]
    memory: Mapping[str, bytes]
    counts: Mapping[str, int]
    placements: Mapping[str, Placement]

    @property
    def empty(self) -> bool:
        """Some array has no elements."""
        return 0 in self.counts.values()

    def packed(self, subject: Subject) -> bytes:
        """As the harness reads it."""
        elements = {s.name: Element((s.leaf,), s.leaf.width) for s in subject.scalars}
        pieces = [elements[s.name].packed([[self.scalars[s.name]]]) for s in subject.scalars]
        for array in subject.arrays:
            pieces += [self.placements[array.name].packed, self.memory.get(array.name, b"")]
        return b"".join(pieces)


class Invalid(Exception):
    """No arguments follow from these sizes."""


def make(subject: Subject, recipe: Recipe, most_units: int) -> Input:
    """The input of ``recipe``. Raises Invalid when its sizes are not allowed, or need more than ``most_units``."""
    random = Random(recipe.seed)
    scalars = {s.name: _scalar(s, recipe) for s in subject.scalars}
    values: dict[str, float | Sequence[float]] = dict(scalars)
    try:
        if not all(value(condition, values) for condition in subject.requires):
            raise Invalid("the facts exclude these sizes")
    except Unknown as error:
        raise Invalid(str(error)) from error
    memory: dict[str, bytes] = {}
    counts: dict[str, int] = {}
    for array, count in _in_order(subject, values, most_units):
        columns = _columns(array, count, values, recipe, random)
        _check_range(array, columns)
        counts[array.name] = count
        memory[array.name] = array.element.packed(columns)
        if array.element.simple:
            values[array.name] = list(columns[0])
    return _placed(subject, recipe, scalars, memory, counts)


def _in_order(
    subject: Subject, values: Mapping[str, float | Sequence[float]], most_units: int
) -> Iterator[tuple[ArrayParameter, int]]:
    """Arrays and their units, so that those come first whose elements the extents of others need."""
    waiting, left = list(subject.arrays), most_units
    while waiting:
        for array in waiting:
            try:
                count = max(value(array.extent, values), 0) * array.element.count(values)
                if array.bound is not None:
                    value(array.bound, values)
            except Unknown as error:
                reason = str(error)
                continue
            left -= count
            if left < 0:
                raise Invalid("the arrays would be too large")
            yield array, count
            waiting.remove(array)
            break
        else:
            raise Invalid(reason)


def _scalar(parameter: ScalarParameter, recipe: Recipe) -> float:
    if parameter.values:
        return parameter.values[recipe.turn % len(parameter.values)]
    size = recipe.sizes.get(parameter.name)
    if size is None:
        return scalar(recipe.distribution, parameter.leaf, recipe.turn)
    least, most = parameter.leaf.range
    if not least <= size <= most:
        raise Invalid(f"{parameter.name} cannot be {size}")
    return size


def _columns(
    array: ArrayParameter,
    count: int,
    values: Mapping[str, float | Sequence[float]],
    recipe: Recipe,
    random: Random,
) -> Sequence[Sequence[float]]:
    match array.role:
        case Plain():
            return [column(recipe.distribution, leaf, count, random) for leaf in array.element.leaves]
        case Among(allowed):
            return [random.choices(allowed, k=count)]
        case Sizes():
            return [[recipe.sizes[array.name]] * count]
        case Subscripts():
            assert array.bound is not None
            limit = min(value(array.bound, values), array.element.leaves[0].range[1] + 1)
            return [_subscripts(limit, count, recipe.distribution, random)]
        case RowPointers():
            total = random.randint(0, 3 * count) if array.bound is None else max(value(array.bound, values), 0)
            return [_row_pointers(total, count, recipe.distribution, random)]


def _check_range(array: ArrayParameter, columns: Sequence[Sequence[float]]) -> None:
    for leaf, held in zip(array.element.leaves, columns, strict=True):
        least, most = leaf.range
        if not leaf.floating and held and not (least <= min(held) and max(held) <= most):
            raise Invalid(f"the elements of '{array.name}' cannot be so large or small")


def _subscripts(limit: int, count: int, distribution: Distribution, random: Random) -> Sequence[float]:
    last = max(limit - 1, 0)
    if distribution in (EQUAL, ZEROS):
        return [last if distribution is EQUAL else 0] * count
    drawn = [random.randint(0, last) for _ in range(count)]
    if drawn:
        drawn[random.randrange(count)] = last
    return sorted(drawn, reverse=True) if distribution is DESCENDING else drawn


def _row_pointers(total: int, count: int, distribution: Distribution, random: Random) -> Sequence[float]:
    if count < 2:
        return [0] * count
    if distribution is EQUAL:  # all in one row
        middle = random.randrange(1, count)
        return [0] * middle + [total] * (count - middle)
    return [0, *sorted(random.randint(0, total) for _ in range(count - 2)), total]


def _placed(
    subject: Subject,
    recipe: Recipe,
    scalars: Mapping[str, float],
    memory: dict[str, bytes],
    counts: Mapping[str, int],
) -> Input:
    number = {array.name: place for place, array in enumerate(subject.arrays)}
    placements = {name: Placement(number[name], len(content)) for name, content in memory.items()}
    overlap = recipe.overlap
    if overlap is not None:
        unit = next(array.element.width for array in subject.arrays if array.name == overlap.second)
        first, second = memory[overlap.first], memory.pop(overlap.second)
        before, after = max(-overlap.shift, 0) * unit, max(overlap.shift, 0) * unit
        needed = max(before + len(first), after + len(second))
        content = bytearray(needed)
        # Whatever has a role keeps its values.
        roles = {array.name: array.role for array in subject.arrays}
        layers = [(before, first), (after, second)]
        for at, layer in layers if isinstance(roles[overlap.first], Plain) else reversed(layers):
            content[at : at + len(layer)] = layer
        memory[overlap.first] = bytes(content)
        placements[overlap.first] = Placement(number[overlap.first], needed, before)
        placements[overlap.second] = Placement(number[overlap.first], 0, after)
    return Input(recipe, scalars, memory, counts, placements)


def overlaps(subject: Subject) -> Iterator[Overlap]:
    """Ways in which C lets two arrays overlap, one of them written and neither ``restrict``."""
    if subject.distinct:
        return
    free = [array for array in subject.arrays if not array.restrict]
    for at, first in enumerate(free):
        for second in free[at + 1 :]:
            written = {first.access, second.access} - {"in"}
            if written and _alike(first.element, second.element):
                yield from (Overlap(first.name, second.name, shift) for shift in (0, 1, -1))


def _alike(first: Element, second: Element) -> bool:
    """C lets one be accessed as the other: equal types but for signs, or bytes."""
    if any(all(leaf.code in "bB" for leaf in element.leaves) for element in (first, second)):
        return True
    codes = [[(leaf.code.lower(), leaf.offset) for leaf in element.leaves] for element in (first, second)]
    return codes[0] == codes[1] and first.width == second.width
