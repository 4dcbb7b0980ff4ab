"""Which records a range of paragraphs may change: by what its statements name as receivers, and those of all that it
performs or comes to. Where a statement may change anything, so may the range.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from transpile.cobol import statements as verbs
from transpile.cobol.names import Index, Register
from transpile.cobol.programs import Item
from transpile.cobol.tree import Node, Reference, Statement
from transpile.cobol.walking import walk
from transpile.solvers.cobol.executing import changes
from transpile.solvers.cobol.scene import Scene
from transpile.solvers.storage.cells import Layout
from transpile.solvers.storage.values import NoTerm

_NOTHING = (
    verbs.Close
    | verbs.Continue
    | verbs.Display
    | verbs.Evaluate
    | verbs.Exit
    | verbs.If
    | verbs.NextSentence
    | verbs.Stop
    | verbs.GoBack
    | verbs.Perform
    | verbs.GoTo
)
"""Statements that change no item themselves; those in them are looked at, too."""
_RECEIVING = verbs.Add | verbs.Compute | verbs.Corresponding | verbs.Divide | verbs.Multiply | verbs.Subtract
_FILES = verbs.Open | verbs.Read | verbs.Write | verbs.Rewrite | verbs.Delete | verbs.Start


class _Anything(Exception):
    """There is no telling what is changed."""


@dataclass(slots=True)
class Written:
    """``known`` are the ranges that were asked for before."""

    scene: Scene
    layout: Layout
    known: dict[tuple[int, int], frozenset[int] | None] = field(default_factory=dict)

    def records(self, begin: int, end: int) -> frozenset[int] | None:
        """The numbers of the first fields of records that may change; None for any."""
        if (begin, end) not in self.known:
            try:
                self.known[begin, end] = frozenset(self._of_range(begin, end))
            except (_Anything, NoTerm):
                self.known[begin, end] = None
        return self.known[begin, end]

    def _of_range(self, begin: int, end: int) -> Iterator[int]:
        if self.scene.alters:
            raise _Anything
        pending, seen = [(begin, end)], set[tuple[int, int]]()
        while pending:
            number, last = pending.pop()
            if (number, last) in seen:
                continue
            seen.add((number, last))
            stop = self.scene.paragraphs[number]
            for node in walk(stop.paragraph):
                yield from self._of_node(node)
                pending += self._goes_to(node, stop.section, last)
            if number != last and number + 1 < len(self.scene.paragraphs):
                pending.append((number + 1, last))

    def _goes_to(self, node: Node, section: verbs.Section, last: int) -> Iterator[tuple[int, int]]:
        match node:
            case verbs.Perform(first=verbs.Label() as first, last=through):
                begin, end = self.scene.range(first, section)
                yield begin, end if through is None else self.scene.range(through, section)[1]
            case verbs.GoTo(labels):
                yield from ((self.scene.range(label, section)[0], last) for label in labels)

    def _of_node(self, node: Node) -> Iterator[int]:
        match node:
            case verbs.Receiver(target=target) | verbs.Varying(counter=target) | verbs.Accept(target=target):
                yield self._record(target)
            case verbs.Move(targets=targets) | verbs.Initialize(targets=targets) | verbs.Set(targets=targets):
                for each in targets:
                    if not isinstance(each, Reference):
                        raise _Anything
                    yield self._record(each)
            case verbs.Divide(remainder=Reference() as remainder):
                yield self._record(remainder)
            case verbs.StringTogether(target=target, pointer=pointer):
                yield from map(self._record, filter(None, (target, pointer)))
            case verbs.Unstring(pointer=pointer, tallying=tallying):
                yield from map(self._record, filter(None, (pointer, tallying)))
            case verbs.UnstringTarget(target=target, delimiter=delimiter, count=count):
                yield from map(self._record, filter(None, (target, delimiter, count)))
            case verbs.Inspect(target=Reference() as target):
                yield self._record(target)
            case verbs.Tally(counter=counter):
                yield self._record(counter)
            case verbs.Execute(declares=declares):
                yield from () if declares else self._executed(node)
            case _ if isinstance(node, _FILES):
                yield from self._of_file(node)
            case _ if isinstance(node, _NOTHING | _RECEIVING):
                return
            case Statement():
                raise _Anything

    def _executed(self, node: verbs.Execute) -> frozenset[int]:
        found = changes(self.scene, self.layout, node)
        if found is None:
            raise _Anything
        return found

    def _of_file(self, node: Node) -> Iterator[int]:
        """The record areas of all files, their statuses and keys: which one a statement is about does not matter."""
        if isinstance(node, verbs.Read) and node.into is not None:
            yield self._record(node.into)
        for file in self.scene.program.files:
            if file.external or file.linage is not None or file.depending is not None:
                raise _Anything
            fields = [file.record.root, *(each.field for each in (file.status, file.relative) if each is not None)]
            yield from (self.layout.roots[each.number].root.number for each in fields)

    def _record(self, reference: Reference) -> int:
        meaning = self.scene.names.resolve(reference).meaning
        condition = self.scene.condition(reference)
        item = condition.item if condition is not None else meaning
        match item:
            case Item() if id(item) in self.scene.fields:
                number = self.scene.fields[id(item)].number
            case Index() | Register():
                number = self.scene.field(reference).number
            case _:
                raise _Anything
        return self.layout.roots[number].root.number
