"""What a range of paragraphs comes to: the paragraphs that it performs, the items and literals in them, and why it may
be out of reach of runs on a state (files, other programs, the clock)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from transpile.cobol import statements as verbs
from transpile.cobol import tree
from transpile.cobol.names import Declared, Index, Names, Register, Symbol
from transpile.cobol.programs import ConditionName, Item
from transpile.cobol.statements import Paragraph, Section
from transpile.cobol.tree import Node, Reference
from transpile.cobol.walking import walk
from transpile.differential.opened import NotOpened, Opened, opened, uses
from transpile.differential.states import RECORDS, Storage
from transpile.errors import SourceError

_OUTSIDE: dict[type[Node], str] = {
    verbs.Alter: "it changes where a GO TO goes (ALTER)",
    verbs.Cancel: "it cancels another program (CANCEL)",
    verbs.Execute: "it has EXEC … END-EXEC",
    verbs.Unsupported: "it has a statement that is not translated",
}
_UNSTEADY = {"RANDOM", "CURRENT-DATE", "WHEN-COMPILED", "SECONDS-PAST-MIDNIGHT", "MODULE-TIME", "MODULE-DATE"}
_COMPUTING = verbs.Compute | verbs.Add | verbs.Subtract | verbs.Multiply | verbs.Divide
TERMINALS = {"", "SYSIN", "SYSIPT", "CONSOLE", "TERMINAL"}
_CONSOLES = {"", "CONSOLE", "SYSOUT", "SYSERR", "STDOUT", "STDERR"}
REGISTERS = ("RETURN-CODE", "TALLY")
"""Those that are part of a state."""


class OutOfReach(Exception):
    """The range does what a run on a state cannot show; the message says what."""


@dataclass(slots=True)
class Reach:
    """``mentioned`` are elementary items and ``numbers`` indexes; of them ``read`` are those whose value may count:
    all but those that are only assigned. ``limits`` are the values with which an item, by identity, is a subscript or
    the size of a table. ``of`` are literals that belong to an item: what it is compared with, its level 88 values."""

    paragraphs: list[int] = field(default_factory=list)
    mentioned: dict[int, Item] = field(default_factory=dict)
    read: set[int] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)
    indexes: dict[str, int] = field(default_factory=dict)
    """The identities of indexes, by which they are in ``limits``."""
    limits: dict[int, tuple[int, int]] = field(default_factory=dict)
    literals: set[Decimal] = field(default_factory=set)
    texts: set[bytes] = field(default_factory=set)
    of: dict[int, list[tree.Expression]] = field(default_factory=dict)
    within: dict[int, int] = field(default_factory=dict)
    """For a subscript, the item that says how many elements its table has."""
    accepted: dict[int, Item] = field(default_factory=dict)
    """Items that are typed."""
    computes: bool = False
    called: set[str] = field(default_factory=set)
    """Programs nested in this one."""
    files: dict[str, Opened] = field(default_factory=dict)
    """Those that it uses, and does not see to itself."""
    sorting: str = ""
    """The one of them that is being sorted when it begins."""
    shifted: set[tuple[int, int, int]] = field(default_factory=set)
    """Two items, the first of which is computed as the second and a number."""
    related: set[tuple[int, int]] = field(default_factory=set)
    """Pairs of items, one of which is assigned to or compared with the other."""


def reach(storage: Storage, places: Sequence[tuple[Section, Paragraph]], begin: int, end: int) -> Reach:
    """Raises ``OutOfReach``. ``places`` are all paragraphs by number."""
    looking = _Looking(storage.names, storage, places)
    looking.run(begin, end)
    looking.open()
    _spread(looking.found)
    return looking.found


def _spread(found: Reach) -> None:
    """What is assigned to a subscript, or compared with one, is in its range too."""
    for _ in range(3):
        for computed, item, ahead in sorted(found.shifted):
            if computed in found.limits and item in found.mentioned:
                low, high = found.limits[computed]
                if high >= ahead:
                    found.limits.setdefault(item, (max(low - ahead, 0), high - ahead))
        for first, second in sorted(found.related):
            for known, other in ((first, second), (second, first)):
                if known in found.limits and other in found.mentioned:
                    found.limits.setdefault(other, found.limits[known])
                    if known in found.within and other != found.within[known]:
                        found.within.setdefault(other, found.within[known])


@dataclass(slots=True)
class _Looking:
    names: Names
    storage: Storage
    places: Sequence[tuple[Section, Paragraph]]
    found: Reach = field(default_factory=Reach)
    pending: list[tuple[int, int]] = field(default_factory=list)
    used: dict[str, set[str]] = field(default_factory=dict)
    """What is done with each file."""

    def run(self, begin: int, end: int) -> None:
        self.pending.append((begin, end))
        done: set[tuple[int, int]] = set()
        seen: set[tuple[int, int]] = set()
        while self.pending:
            stretch = self.pending.pop()
            if stretch in done:
                continue
            done.add(stretch)
            for number in self._through(*stretch):
                if (number, stretch[1]) not in seen:
                    seen.add((number, stretch[1]))
                    self._paragraph(number, stretch[1])
        self.found.paragraphs = sorted({number for number, _ in seen})

    def _through(self, begin: int, end: int) -> Iterator[int]:
        """Paragraph after paragraph, up to one that always goes elsewhere."""
        last = end if begin <= end else len(self.places) - 1
        for number in range(begin, last + 1):
            yield number
            sentences = self.places[number][1].sentences
            leaving = sentences[-1].statements[-1] if sentences and sentences[-1].statements else None
            if isinstance(leaving, verbs.Stop | verbs.GoBack) or (
                isinstance(leaving, verbs.GoTo) and leaving.depending is None
            ):
                return

    def _paragraph(self, number: int, end: int) -> None:
        section, paragraph = self.places[number]
        written = {id(each) for node in walk(paragraph) for each in _only_written(node)}
        for node in walk(paragraph):
            self._refuse(node)
            self._look(node)
            self.found.computes |= isinstance(node, _COMPUTING)
            for name, done in uses(node, self.names):
                self.used.setdefault(name, set()).add(done)
            if isinstance(node, Reference):
                self._mention(node, id(node) not in written)
            self.pending += self._performed(node, section)
            if isinstance(node, verbs.GoTo):
                self.pending += [(self._range(label, section)[0], end) for label in node.labels]

    def _performed(self, node: Node, section: Section) -> Iterator[tuple[int, int]]:
        match node:
            case verbs.Perform(first=verbs.Label() as first, last=last):
                begin, end = self._range(first, section)
                yield begin, end if last is None else self._range(last, section)[1]
            case verbs.Sort(input_procedure=source, output_procedure=target):
                for first, last in filter(None, (source, target)):
                    begin, end = self._range(first, section)
                    yield begin, end if last is None else self._range(last, section)[1]

    def _range(self, label: verbs.Label, section: Section) -> tuple[int, int]:
        around, paragraph = self.names.procedure(label, section)
        numbers = [
            at
            for at, (each, inner) in enumerate(self.places)
            if each is around and (paragraph is None or inner is paragraph)
        ]
        return numbers[0], numbers[-1]

    def _refuse(self, node: Node) -> None:
        if type(node) in _OUTSIDE:
            raise OutOfReach(_OUTSIDE[type(node)])
        match node:
            case verbs.Call(program=called):
                self._call(called)
            case verbs.Accept(source=source) if self._device(source) not in TERMINALS:
                raise OutOfReach(f"it reads the clock or its environment (ACCEPT FROM {source})")
            case verbs.Stop(literal=tree.Expression()):
                raise OutOfReach("it waits for the operator (STOP literal)")
            case tree.FunctionCall(name=name) if name in _UNSTEADY:
                raise OutOfReach(f"its result is not the same every time (FUNCTION {name})")
            case verbs.Display(upon=upon) if self._device(upon) not in _CONSOLES:
                raise OutOfReach(f"it displays upon {upon}")

    def _call(self, called: tree.Expression) -> None:
        """A program that is nested in this one, with nothing but what is done on data, may be called."""
        nested = {each.name: each for each in self.names.program.programs}
        name = called.value.decode("latin-1").upper() if isinstance(called, tree.Text) else ""
        if name not in nested or nested[name].environment.files or any(map(_reaches_out, walk(nested[name]))):
            raise OutOfReach("it calls another program (CALL)")
        self.found.called.add(name)

    def open(self) -> None:
        """Find how the files are when the range begins. Raises ``OutOfReach``."""
        for name, done in self.used.items():
            try:
                how = opened(name, done, self.names)
            except NotOpened as error:
                raise OutOfReach(str(error)) from error
            for item in self.names.files[name].records:
                self._item(item, True)
            if how is not None:
                self._open(how)

    def _open(self, how: Opened) -> None:
        if how.sorts and self.found.sorting:
            raise OutOfReach(f"it sorts two files ({how.mode})")
        if any(each.outside == how.outside for each in self.found.files.values() if not how.sorts and not each.sorts):
            raise OutOfReach(f"two of its files are the same outside ({how.outside})")
        self.found.files[how.file] = how
        self.found.sorting = self.found.sorting or (how.file if how.sorts else "")
        if how.number is not None:
            self._item(how.number, True)
        if how.filled:
            self.found.numbers[RECORDS], self.found.indexes[RECORDS] = 2, 0

    def _device(self, name: str) -> str:
        for known in self.names.find(name) if name else ():
            if isinstance(known.meaning, Symbol):
                return str(known.meaning.value)
        return name

    def _look(self, node: Node) -> None:
        """Subscripts, literals, and which literals belong to which items."""
        match node:
            case Reference():
                self._subscripts(node)
            case tree.Number(value=value):
                self.found.literals.add(value)
            case tree.Text(value=content):
                self.found.texts.add(content)
            case tree.Comparison(left=left, right=right):
                self._belongs(left, right)
                self._belongs(right, left)
                self._relates(left, right)
            case verbs.Accept(target=target):
                item = self._resolved(target).item
                if item is not None:
                    self.found.accepted[id(item)] = item
            case verbs.Move(value=value, targets=targets):
                for target in targets:
                    self._relates(value, target)
            case verbs.Compute(targets=[receiver], value=tree.Binary() as value):
                self._shifts(receiver.target, value)
            case verbs.Set(targets=targets, value=value):
                for each in targets:
                    if isinstance(each, Reference) and isinstance(value, Reference):
                        self._relates(value, each)
            case verbs.Varying(counter=counter, start=start):
                self._relates(counter, start)
            case verbs.Evaluate(subjects=subjects, branches=branches):
                for branch in branches:
                    for choice in branch.choices:
                        for subject, selection in zip(subjects, choice, strict=False):
                            if isinstance(selection.object, tree.Range) and isinstance(subject, tree.Expression):
                                self._belongs(subject, selection.object.low)
                                self._belongs(subject, selection.object.high)

    def _relates(self, one: tree.Expression | None, other: tree.Expression | None) -> None:
        if isinstance(one, Reference) and isinstance(other, Reference):
            first, second = self._resolved(one).meaning, self._resolved(other).meaning
            if isinstance(first, Item | Index) and isinstance(second, Item | Index):
                self.found.related.add((id(first), id(second)))

    def _shifts(self, target: Reference, value: tree.Expression) -> None:
        found = _shifted(value)
        if found is not None:
            computed, item = self._resolved(target).meaning, self._resolved(found[0]).meaning
            self.found.shifted.add((id(computed), id(item), found[1]))

    def _belongs(self, item: tree.Expression, value: tree.Expression | None) -> None:
        if isinstance(item, Reference) and value is not None and not isinstance(value, Reference):
            declared = self._resolved(item)
            if isinstance(declared.meaning, Item):
                self.found.of.setdefault(id(declared.meaning), []).append(value)

    def _resolved(self, reference: Reference) -> Declared:
        try:
            return self.names.resolve(reference)
        except SourceError as error:
            raise OutOfReach(error.message) from error

    def _mention(self, reference: Reference, read: bool) -> None:
        declared = self._resolved(reference)
        match declared.meaning:
            case Item() as item:
                self._item(item, read)
            case ConditionName(values=values):
                item = declared.groups[0]
                self._item(item, True)
                for each in values:
                    self.found.of.setdefault(id(item), []).extend(v for v in (each.low, each.high) if v is not None)
            case Index(name=name, item=item):
                if name not in self.storage.numbers:
                    raise OutOfReach(f"there are several indexes '{name}'")
                self.found.numbers[name] = item.occurs.high if item.occurs else 1
                self.found.limits[id(declared.meaning)] = 1, self.found.numbers[name]
                self.found.indexes[name] = id(declared.meaning)
            case Register(name=name) if name not in REGISTERS:
                raise OutOfReach(f"it uses the register {name}")
            case Symbol(kind="switch"):
                raise OutOfReach(f"it uses the switch {reference.name}")

    def _item(self, item: Item, read: bool) -> None:
        place = self.storage.places.get(id(item))
        if place is None:
            raise OutOfReach(f"'{item.name}' is not in the storage of this program")
        for laid in place.laid.walk():
            if laid.varies is not None:
                self._depending(laid.varies.depending, laid.varies.low, laid.varies.high)
            if not laid.group and (laid.item.level != 66 or laid is place.laid):
                self.found.mentioned[id(laid.item)] = laid.item
                if read:
                    self.found.read.add(id(laid.item))
        for dimension in place.laid.dimensions:
            occurs = dimension.occurs
            if occurs.depending is not None:
                self._depending(occurs.depending, occurs.low if occurs.low is not None else 1, occurs.high)

    def _depending(self, reference: Reference, low: int, high: int) -> None:
        self._limit(reference, low, high)
        meaning = self._resolved(reference).meaning
        if isinstance(meaning, Item) and id(meaning) not in self.found.read:
            self._item(meaning, True)

    def _limit(self, value: tree.Expression | None, low: int, high: int) -> None:
        if value is None or (shifted := _shifted(value)) is None:
            return
        value, ahead = shifted
        low, high = max(low - ahead, 0), high - ahead
        if high < low:
            return
        meaning = self._resolved(value).meaning
        if isinstance(meaning, Item | Index):
            old = self.found.limits.get(id(meaning), (low, high))
            self.found.limits[id(meaning)] = max(low, old[0]), min(high, old[1])

    def _subscripts(self, reference: Reference) -> None:
        if not reference.subscripts and reference.slice is None:
            return
        meaning = self._resolved(reference).meaning
        item = meaning if isinstance(meaning, Item) else self._resolved(reference).item
        place = self.storage.places.get(id(item))
        if place is None:
            return
        for subscript, dimension in zip(reference.subscripts, place.laid.dimensions, strict=False):
            self._limit(subscript, 1, dimension.count)
            if isinstance(subscript, Reference) and dimension.occurs.depending is not None:
                size = self._resolved(dimension.occurs.depending).meaning
                self.found.within[id(self._resolved(subscript).meaning)] = id(size)
        if reference.slice is not None:
            self._limit(reference.slice.start, 1, place.laid.size)
            self._limit(reference.slice.length, 1, place.laid.size)


def _reaches_out(node: Node) -> bool:
    """It does more than work on data."""
    beyond = type(node) in _OUTSIDE or isinstance(node, verbs.Call | verbs.Accept | verbs.Stop)
    return beyond or (isinstance(node, tree.FunctionCall) and node.name in _UNSTEADY)


def _shifted(value: tree.Expression) -> tuple[Reference, int] | None:
    """An item, and the number that is added to it."""
    match value:
        case Reference():
            return value, 0
        case tree.Binary(operator="+" | "-" as operator, left=Reference() as item, right=tree.Number(value=ahead)):
            return item, int(ahead if operator == "+" else -ahead)
    return None


def _only_written(node: Node) -> list[Reference]:
    """What ``node`` gives a value, whatever it had: not where a part, or a table of varying size, is written."""
    found: list[Reference] = []
    match node:
        case verbs.Move(targets=targets):
            found = list(targets)
        case verbs.Compute(targets=receivers):
            found = [each.target for each in receivers]
        case verbs.Add(giving=True, targets=receivers):
            found = [each.target for each in receivers]
        case verbs.Subtract(minuend=tree.Expression(), targets=receivers):
            found = [each.target for each in receivers]
        case verbs.Multiply(right=tree.Expression(), targets=receivers):
            found = [each.target for each in receivers]
        case verbs.Divide(dividend=tree.Expression(), targets=receivers, remainder=remainder):
            found = [each.target for each in receivers] + ([remainder] if remainder else [])
    return [each for each in found if each.slice is None]
