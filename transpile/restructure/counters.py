"""Which items may count beyond their PICTURE: GnuCOBOL steps the counters of PERFORM VARYING, and counts in the
TALLYING of INSPECT and UNSTRING, without regard to it as long as the bytes have room.

A counter is left out only where no loop steps it out of its PICTURE: nothing but such loops, and MOVE of literals, sets
it, and each loop ends in time by a limit that is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from transpile.cobol import layout, tree
from transpile.cobol import statements as verbs
from transpile.cobol.embedded import hosts
from transpile.cobol.names import Names
from transpile.cobol.programs import Item
from transpile.cobol.walking import children, walk

_WITHOUT_WRITES = (
    verbs.If, verbs.Evaluate, verbs.Perform, verbs.Display, verbs.GoTo, verbs.Exit, verbs.Stop, verbs.Continue,
    verbs.Open, verbs.Close, verbs.GoBack,
)  # fmt: skip


@dataclass(slots=True)
class _Counter:
    """``loops`` are the lowest and the highest value of each, after its last step, None where these are not known;
    ``others`` are values that loops begin with, or that are moved there."""

    item: Item
    loops: list[tuple[int, int] | None] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    disturbed: bool = False


@dataclass(slots=True)
class Counted:
    """By the identity of items: those that may hold more than their PICTURE says, and those of them of which all loops
    end before a step has no room in the bytes."""

    beyond: set[int] = field(default_factory=set)
    roomy: set[int] = field(default_factory=set)


def count(names: Names, laid: dict[int, layout.Field], shared: Callable[[Item], bool], counted: Counted) -> None:
    """Add what a program counts. ``shared``: whether the bytes of an item are seen in other ways too."""
    if names.program.procedure is None:
        return
    looking = _Looking(names, laid, shared)
    nodes = list(walk(names.program.procedure))
    for node in nodes:
        if isinstance(node, verbs.Perform):
            looking.counters |= {id(item): _Counter(item) for item in looking.steps(node)}
        found = map(looking.item, _tallying(node))
        looking.tallied |= {id(item) for item in found if item is not None}
    counted.beyond |= looking.tallied
    for node in nodes:
        if isinstance(node, verbs.Perform):
            for each in node.varying:
                looking.loop(each)
        looking.writes(node)
    nested = bool(names.program.programs) or names.outer is not None
    for counter in looking.counters.values():
        if nested or not looking.stays(counter):
            if looking.has_room(counter) and not nested and id(counter.item) not in counted.beyond:
                counted.roomy.add(id(counter.item))
            counted.beyond.add(id(counter.item))


def _tallying(node: tree.Node) -> Iterator[tree.Reference]:
    """What a statement counts in."""
    match node:
        case verbs.Inspect(tallying=tallying):
            yield from (tally.counter for tally in tallying)
        case verbs.Unstring(tallying=tree.Reference() as counter):
            yield counter


@dataclass(slots=True)
class _Looking:
    names: Names
    laid: dict[int, layout.Field]
    shared: Callable[[Item], bool]
    counters: dict[int, _Counter] = field(default_factory=dict)
    tallied: set[int] = field(default_factory=set)

    def item(self, reference: tree.Reference) -> Item | None:
        meaning = self.names.resolve(reference).meaning
        return meaning if isinstance(meaning, Item) and id(meaning) in self.laid else None

    def largest(self, item: Item) -> int | None:
        picture = self.laid[id(item)].picture
        return None if picture is None or picture.scale else 10**picture.size - 1

    def steps(self, perform: verbs.Perform) -> Iterator[Item]:
        """The counters of a loop."""
        for each in perform.varying:
            item = self.item(each.counter)
            if item is not None and not self.laid[id(item)].group:
                yield item

    def loop(self, varying: verbs.Varying) -> None:
        item = self.item(varying.counter)
        if item is None or id(item) not in self.counters:
            return
        counter = self.counters[id(item)]
        step, start = _whole(varying.step), _whole(varying.start)
        counter.loops.append(None if step is None else self.limits(varying, item, step))
        counter.steps.append(step or 0)
        largest = self.largest(item)
        counter.others.append(start if start is not None else largest or 0)

    def limits(self, varying: verbs.Varying, item: Item, step: int) -> tuple[int, int] | None:
        """The values up to which the loop counts."""
        largest = self.largest(item)
        if largest is None:
            return None
        smallest = -largest if self.laid[id(item)].signed else 0
        tests = varying.until.operands if isinstance(varying.until, tree.Or) else (varying.until,)
        for test in tests:
            match test:
                case tree.Comparison(operator, tree.Reference() as left, right) if self.item(left) is item:
                    pass
                case _:
                    continue
            bounds = self.bounds(right)
            if bounds is None or left.subscripts:
                continue
            low, high = bounds
            if step > 0 and operator in (">", ">="):
                return smallest, high + step - (operator == ">=")
            if step < 0 and operator in ("<", "<="):
                return low + step + (operator == "<="), largest
        return None

    def bounds(self, limit: tree.Expression) -> tuple[int, int] | None:
        if (known := _whole(limit)) is not None:
            return known, known
        item = self.item(limit) if isinstance(limit, tree.Reference) and limit.slice is None else None
        if item is None or id(item) in self.counters.keys() | self.tallied or not self.laid[id(item)].numeric:
            return None
        if self.laid[id(item)].usage not in ("DISPLAY", "BINARY", "COMP-3") or self.shared(item):
            return None
        largest = self.largest(item)
        return None if largest is None else (-largest if self.laid[id(item)].signed else 0, largest)

    def writes(self, node: tree.Node) -> None:
        """Note what a statement changes."""
        match node:
            case verbs.Move(value, targets):
                for target in targets:
                    self.moved(value, target)
            case verbs.Initialize(replacing=()):
                pass
            case verbs.Add() | verbs.Subtract() | verbs.Multiply() | verbs.Divide() | verbs.Compute():
                self.disturb(*(each.target for each in node.targets))
                if isinstance(node, verbs.Divide) and node.remainder is not None:
                    self.disturb(node.remainder)
            case verbs.Execute():
                self.disturb_items(host.item for host in hosts(self.names, node))
            case tree.Statement() if not isinstance(node, _WITHOUT_WRITES):
                self.disturb(*_own(node))

    def moved(self, value: tree.Expression, target: tree.Reference) -> None:
        item, known = self.item(target), _whole(value)
        counter = self.counters.get(id(item)) if item is not None else None
        if counter is not None and known is not None and target.slice is None:
            counter.others.append(known)
        else:
            self.disturb(target)

    def disturb(self, *references: tree.Reference) -> None:
        self.disturb_items(self.item(each) for each in references)

    def disturb_items(self, items: Iterable[Item | None]) -> None:
        for item in items:
            for part in self.laid[id(item)].walk() if item is not None and id(item) in self.laid else ():
                if id(part.item) in self.counters:
                    self.counters[id(part.item)].disturbed = True

    def has_room(self, counter: _Counter) -> bool:
        """Whether the bytes hold what a step of each loop, one after the other, adds to what the PICTURE allows."""
        largest, laid = self.largest(counter.item), self.laid[id(counter.item)]
        if largest is None or None in counter.loops:
            return False
        room = (1 << (8 * laid.size - laid.signed)) - 1 if laid.usage == "BINARY" else 10 * largest
        return min(counter.steps) > 0 and largest + sum(counter.steps) <= room

    def stays(self, counter: _Counter) -> bool:
        """Whether no loop leaves the PICTURE, even where another one around it steps on what an inner one left."""
        largest = self.largest(counter.item)
        if counter.disturbed or largest is None:
            return False
        ends = [each for each in counter.loops if each is not None]
        if len(ends) < len(counter.loops):
            return False
        smallest = -largest if self.laid[id(counter.item)].signed else 0
        if len(counter.loops) == 1 and len(counter.others) == 1:
            return smallest <= ends[0][0] and ends[0][1] <= largest
        if min(counter.steps) < 0:
            return False
        return max(*(high for _, high in ends), *counter.others) + max(counter.steps) <= largest


def _whole(value: tree.Expression) -> int | None:
    match value:
        case tree.Number() if value.value == int(value.value):
            return int(value.value)
        case tree.Unary("-", tree.Number() as number) if number.value == int(number.value):
            return -int(number.value)
        case tree.Figurative("ZERO"):
            return 0
    return None


def _own(node: tree.Node) -> Iterator[tree.Reference]:
    """What a statement names, without the statements in it."""
    for each in children(node):
        if isinstance(each, tree.Reference):
            yield each
        if not isinstance(each, tree.Statement):
            yield from _own(each)
