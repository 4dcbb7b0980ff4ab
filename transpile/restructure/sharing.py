"""Which records are areas of bytes: those whose bytes are seen otherwise than through the one field that they are of.

A record is shared as a whole. The reason is kept, for the user.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from transpile.cobol import layout
from transpile.cobol.embedded import hosts
from transpile.cobol.names import Names
from transpile.cobol.programs import ConditionName, Item
from transpile.cobol.statements import (
    Call,
    Corresponding,
    Execute,
    Initialize,
    Inspect,
    Move,
    Search,
    Sort,
    StringTogether,
)
from transpile.cobol.tree import Figurative, FunctionCall, LengthOf, Node, Reference
from transpile.cobol.walking import children
from transpile.restructure.counters import Counted, count


@dataclass(slots=True)
class Sharing:
    """``roots`` is the record of each item, ``laid`` its place there; both by the item's identity."""

    laid: dict[int, layout.Field] = field(default_factory=dict)
    roots: dict[int, layout.Record] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    """By the identity of the record."""
    pairs: list[tuple[Item, Item]] = field(default_factory=list)
    """Groups of equal structure, one of which is moved to the other: both are shared, or none."""

    counted: Counted = field(default_factory=Counted)
    looked: list[Names] = field(default_factory=list)

    def add(self, storage: layout.Storage) -> None:
        for record in storage.records:
            for each in record.walk():
                self.laid.setdefault(id(each.item), each)
                self.roots.setdefault(id(each.item), record)
                if each.redefines:
                    verb = "renames" if each.item.level == 66 else "redefines"
                    self.share(each.item, f"{each.name or 'FILLER'} {verb} part of it")

    def share(self, item: Item, reason: str) -> None:
        if id(item) in self.roots:
            self.reasons.setdefault(id(self.roots[id(item)]), reason)

    def shared(self, item: Item) -> bool:
        return id(self.roots[id(item)]) in self.reasons

    def settle(self) -> None:
        """Share what is moved from or to something shared, once all programs have been looked at."""
        self._share_pairs()
        for names in self.looked:
            count(names, self.laid, self.shared, self.counted)
        self._share_pairs()

    def _share_pairs(self) -> None:
        changed = True
        while changed:
            changed = False
            for one, other in self.pairs:
                both = any(
                    id(each.item) in self.counted.beyond for item in (one, other) for each in self.laid[id(item)].walk()
                )
                if self.shared(one) != self.shared(other) or (both and not self.shared(one)):
                    changed = True
                    for item in (one, other):
                        self.share(item, f"{one.name} is moved to {other.name}, and bytes of one of them are shared")

    def _counts(self, group: Item) -> bool:
        return any(id(each.item) in self.counted.beyond for each in self.laid[id(group)].walk())

    def look(self, names: Names) -> None:
        """Find out how the procedure division of a program uses its data."""
        uses = _Uses(self, names)
        for file in names.program.environment.files:
            fields = (file.record_key, file.relative_key, file.status, *(key for key, _ in file.alternate_keys))
            for each in fields:
                if each is not None:
                    uses.visit(each)
        if names.program.procedure is not None:
            uses.visit(names.program.procedure)
        self.looked.append(names)


def alike(one: layout.Field, other: layout.Field) -> bool:
    """Groups whose members are the same at the same places, under whatever names."""
    if one.group != other.group or one.size != other.size or one.varies or other.varies:
        return False
    if bool(one.item.occurs) != bool(other.item.occurs):
        return False
    if one.item.occurs and other.item.occurs and one.item.occurs.high != other.item.occurs.high:
        return False
    if not one.group:
        return (one.usage, one.picture, one.sign, one.item.justified) == (
            other.usage, other.picture, other.sign, other.item.justified)  # fmt: skip
    pairs = zip(one.children, other.children, strict=False)
    return len(one.children) == len(other.children) and all(alike(*pair) for pair in pairs)


class _Uses:
    def __init__(self, sharing: Sharing, names: Names) -> None:
        self.sharing, self.names = sharing, names

    def visit(self, node: Node) -> None:
        match node:
            case Move(value, targets):
                self.move(value, targets)
            case Search(table=table):
                self.inside((table,))
                self.all(each for each in children(node) if each is not table)
            case Corresponding(_, source, receiver):
                self.inside((source, receiver.target))
                self.corresponding(self.item(source), self.item(receiver.target))
                self.all(each for each in children(node) if each not in (source, receiver))
            case Initialize(targets):
                self.inside(targets)
                for _, value in node.replacing:
                    self.visit(value)
            case Sort(subject=subject) if not node.using and not node.giving and not node.input_procedure:
                self.inside((subject,))
            case Call(arguments=arguments):
                for argument in arguments:
                    if isinstance(argument.value, Reference):
                        self.whole(argument.value, "it is an argument of CALL")
                self.all(children(node))
            case Inspect(target=target) if isinstance(target, Reference):
                self.number(target, "INSPECT looks at the characters of {}")
                self.all(children(node))
            case StringTogether(parts=parts):
                for each in parts:
                    self.strung(each.values)
                self.all(children(node))
            case Execute():
                self.embedded(node)
            case FunctionCall(name="LENGTH") | LengthOf():
                pass
            case Reference():
                self.reference(node)
            case _:
                self.all(children(node))

    def all(self, nodes: Iterable[Node]) -> None:
        for each in nodes:
            self.visit(each)

    def inside(self, references: Iterable[Reference]) -> None:
        """Groups that stand for their members."""
        for reference in references:
            self.all(reference.subscripts)
            item = self.item(reference)
            if item is not None and reference.slice is not None:
                self.reference(reference)

    def corresponding(self, one: Item | None, other: Item | None) -> None:
        """A group that goes to, or comes from, an elementary item of its name is used as a whole."""
        for child in one.children if one is not None else ():
            match = next((each for each in other.children if each.name == child.name), None) if other else None
            if not child.name or match is None or id(match) not in self.sharing.laid:
                continue
            if bool(child.children) != bool(match.children):
                for item in (child, match):
                    self.sharing.share(item, f"the group {child.name} is moved as a whole")
            else:
                self.corresponding(child, match)

    def item(self, reference: Reference) -> Item | None:
        meaning = self.names.resolve(reference).meaning
        return meaning if isinstance(meaning, Item) and id(meaning) in self.sharing.laid else None

    def reference(self, reference: Reference) -> None:
        self.all(children(reference))
        declared = self.names.resolve(reference)
        item = declared.item if isinstance(declared.meaning, Item | ConditionName) else None
        if item is None or id(item) not in self.sharing.laid:
            return
        laid = self.sharing.laid[id(item)]
        if laid.group:
            self.sharing.share(item, f"the group {item.name or 'FILLER'} is used as a whole")
        elif reference.slice is not None and laid.numeric:
            self.sharing.share(item, f"parts of the number {item.name} are used")

    def whole(self, reference: Reference, reason: str) -> None:
        if item := self.item(reference):
            self.sharing.share(item, reason)

    def strung(self, values: Iterable[Node]) -> None:
        """STRING copies the bytes of numbers with a sign."""
        for value in values:
            item = self.item(value) if isinstance(value, Reference) else None
            if item is not None and self.sharing.laid[id(item)].sign is not None:
                self.sharing.share(item, f"STRING copies the bytes of {item.name}")

    def embedded(self, statement: Execute) -> None:
        """A database, or CICS, sees the bytes of the groups that it is given."""
        for host in hosts(self.names, statement):
            item = host.item
            if host.told and item is not None and id(item) in self.sharing.laid and self.sharing.laid[id(item)].group:
                self.sharing.share(item, f"EXEC {statement.language} is given the group {item.name or 'FILLER'}")

    def number(self, reference: Reference, reason: str) -> None:
        item = self.item(reference)
        if item is not None and self.sharing.laid[id(item)].numeric:
            self.sharing.share(item, reason.format(item.name))

    def move(self, value: Node, targets: tuple[Reference, ...]) -> None:
        source = self.item(value) if isinstance(value, Reference) and value.slice is None else None
        laid = self.sharing.laid[id(source)] if source is not None else None
        whole = not (laid and laid.group)
        for target in targets:
            item = self.item(target)
            goal = self.sharing.laid[id(item)] if item is not None and target.slice is None else None
            if source and laid and laid.group and goal and item and goal.group and alike(laid, goal):
                self.sharing.pairs.append((source, item))
                self.all(target.subscripts)
            elif goal is not None and goal.group and fills(value, goal):
                self.all(target.subscripts)
            else:
                whole = True
                self.reference(target)
                if goal is not None and item is not None:
                    self.bytes(value, laid, goal, item)
        if whole:
            self.visit(value)
        else:
            self.all(children(value))

    def bytes(self, value: Node, laid: layout.Field | None, goal: layout.Field, item: Item) -> None:
        """Share numbers whose bytes go from or to a group."""
        if goal.group and laid is not None and laid.numeric and not plain_digits(laid):
            self.sharing.share(laid.item, f"the bytes of {laid.name} are moved to {goal.name or 'FILLER'}")
        if laid is not None and laid.group and goal.numeric:
            self.sharing.share(item, f"the bytes of {laid.name} are moved to it")
        if isinstance(value, Figurative) and value.name != "ZERO" and goal.numeric:
            self.sharing.share(item, f"{value.name} is moved to the number {item.name}")


def plain_digits(laid: layout.Field) -> bool:
    """A number whose bytes are its digits."""
    return (
        laid.numeric
        and laid.usage == "DISPLAY"
        and laid.sign is None
        and laid.picture is not None
        and laid.picture.scale >= 0
    )


def copied_as_it_is(laid: layout.Field, goal: layout.Field) -> bool:
    """GnuCOBOL copies the digits of numbers that are no smaller than what they are moved to, JUSTIFIED or not."""
    if laid.usage != "DISPLAY" or laid.sign is not None:
        return False
    return laid.numeric and laid.size >= goal.size


def fills(value: Node, group: layout.Field) -> bool:
    """Moving ``value`` to each member of the group is the same as moving it to the group."""
    if not isinstance(value, Figurative):
        return False
    leaves = [each for each in group.walk() if not each.group]
    return value.name != "ALL" and not group.varies and all(_text(each) for each in leaves)


def _text(laid: layout.Field) -> bool:
    return laid.picture is not None and laid.category in ("alphanumeric", "alphabetic") and not laid.redefines
