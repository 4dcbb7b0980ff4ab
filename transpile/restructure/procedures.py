"""Paragraphs and sections become functions.

A performed range is a region: control starts at its first paragraph, and the function returns when it comes to the end
of the last. Jumps out of the range go on in the same region. A paragraph that is entered at its start and never jumps
elsewhere is a function of its own, which regions call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from transpile.cobol import statements as verbs
from transpile.cobol.walking import walk
from transpile.legacy.expressions import Place
from transpile.legacy.flow import RETURN, End, Go, Node, arms
from transpile.legacy.statements import Body, Function, Leave, Perform, Statement, Stop
from transpile.legacy.structuring import structure
from transpile.legacy.types import Number
from transpile.restructure.block import Block
from transpile.restructure.jumps import Mark, jumps
from transpile.restructure.lowering import lower
from transpile.restructure.naming import Namer, Words
from transpile.restructure.regions import Apart
from transpile.restructure.scope import Scope, unsupported

_MODES = ("INPUT", "OUTPUT", "I-O", "EXTEND")


@dataclass(frozen=True, slots=True)
class _Place:
    """A paragraph, where it stands, and the last paragraph of its section."""

    number: int
    section: verbs.Section
    paragraph: verbs.Paragraph
    last: int


@dataclass(slots=True)
class Division:
    """The procedure division of one program on its way into functions."""

    scope: Scope
    outer: Division | None = None
    places: list[_Place] = field(default_factory=list)
    first: int = 0
    """The first paragraph that is no declarative."""
    bodies: dict[int, Body] = field(default_factory=dict)
    functions: dict[tuple[int, int], Function] = field(default_factory=dict)
    names: dict[tuple[int, int], Words] = field(default_factory=dict)
    namer: Namer = field(default_factory=Namer)
    pending: list[tuple[int, int]] = field(default_factory=list)
    modes: dict[str, set[str]] = field(default_factory=dict)

    # What statements ask for

    def performed(self, first: verbs.Label, last: verbs.Label | None, section: verbs.Section) -> Words:
        begin, end = self._range(first, section)
        if last is not None:
            end = self._range(last, section)[1]
        return self.function(begin, end)

    def label(self, label: verbs.Label, section: verbs.Section) -> str:
        return f"p{self._range(label, section)[0]}"

    def after_error(self, file: str, mode: str) -> tuple[tuple[str, Body], ...]:
        for_file, by_mode = self._declared(file, 0)
        if for_file:
            return (("error", for_file),)
        known = {mode} if mode else self._opened(file)
        if len(known) == 1:
            return tuple(("error", by_mode[each]) for each in known if each in by_mode)
        return tuple((f"error {each.lower()}", by_mode[each]) for each in _MODES if each in known and each in by_mode)

    def _declared(self, file: str, further: int) -> tuple[Body, dict[str, Body]]:
        """What the declaratives do for the file, and for modes; GLOBAL ones of the programs around this one, too."""
        procedure = self.scope.program.procedure
        for_file: Body = ()
        by_mode: dict[str, Body] = {}
        for section in procedure.declaratives if procedure is not None else ():
            if section.use is None or section.use.text or (further and not section.use.globally):
                continue
            if file in section.use.files:
                for_file = for_file or self._use(section, further)
            by_mode |= {each: self._use(section, further) for each in section.use.modes}
        if self.outer is None or for_file:
            return for_file, by_mode
        outside, modes = self.outer._declared(file, further + 1)
        return outside, {**modes, **by_mode}

    def _opened(self, file: str) -> set[str]:
        """The modes that the file may be open in."""
        found = self.scope.names.files.get(file)
        if found is None or found.external or found.globally:
            return set(_MODES)
        return self.modes.get(file, set(_MODES))

    def _use(self, section: verbs.Section, further: int) -> Body:
        numbers = [each.number for each in self.places if each.section is section]
        return (Perform(self.function(numbers[0], numbers[-1]), further),) if numbers else ()

    def _range(self, label: verbs.Label, section: verbs.Section) -> tuple[int, int]:
        """The first and the last paragraph that ``label`` stands for."""
        found, paragraph = self.scope.names.procedure(label, section)
        if paragraph is None:
            numbers = [each.number for each in self.places if each.section is found]
            if not numbers:
                raise unsupported(label.span, f"the section {label.name}, which has no paragraph,")
            return numbers[0], numbers[-1]
        number = next(each.number for each in self.places if each.paragraph is paragraph)
        return number, number

    # Functions

    def function(self, begin: int, end: int) -> Words:
        """The function that runs from the start of one paragraph to the end of another."""
        if (begin, end) not in self.names:
            self.names[begin, end] = self.namer.name(self._called_after(begin, end))
            self.pending.append((begin, end))
        return self.names[begin, end]

    def _called_after(self, begin: int, end: int) -> str:
        """A range up to a paragraph that is empty, as exits are, is called after the first."""
        first, last = self.places[begin].paragraph, self.places[end].paragraph
        statements = (each for sentence in last.sentences for each in sentence.statements)
        alone = begin < end and first.name and not self._performed_alone(begin)
        if alone and all(isinstance(each, verbs.Continue) for each in statements):
            return first.name
        return self._origin(begin, end)

    def _performed_alone(self, number: int) -> bool:
        return (number, number) in self.names

    def _origin(self, begin: int, end: int) -> str:
        first, last = self.places[begin], self.places[end]
        if begin == end and first.paragraph.name:
            return first.paragraph.name
        if first.section is last.section and self._starts(begin) and end == first.last and first.section.name:
            return first.section.name
        name = first.paragraph.name or first.section.name or "MAIN"
        other = last.paragraph.name or last.section.name
        return f"{name} THRU {other}" if other and other != name else name

    def _starts(self, begin: int) -> bool:
        return not begin or self.places[begin - 1].section is not self.places[begin].section

    def finished(self) -> tuple[tuple[Function, ...], Words]:
        """All functions, and the name of the one that runs the program."""
        if not self.places[self.first :]:
            empty = Function(("main",), "", (Leave(),))
            return (empty,), empty.name
        entry = self._entry()
        while self.pending:
            begin, end = self.pending.pop()
            self.functions[begin, end] = self._region(begin, end)
        order = sorted(self.functions, key=lambda region: (self.names[region] != entry, *region))
        return tuple(self.functions[region] for region in order), entry

    def _entry(self) -> Words:
        """The program's function: the first paragraph if nothing runs on behind it, else the way to the end."""
        body = self.body(self.first)
        last = body[-1] if body else None
        alone = isinstance(last, Stop) or (isinstance(last, Leave) and not last.called)
        if alone and self._contained(self.first):
            return self.function(self.first, self.first)
        region = self.first, len(self.places) - 1
        if region not in self.names:
            self.names[region] = self.namer.name("MAIN" if region[0] != region[1] else self._origin(*region))
            self.pending.append(region)
        return self.names[region]

    def body(self, number: int) -> Body:
        """The paragraph in statements of the form and jumps."""
        if number not in self.bodies:
            self.bodies[number] = self._lowered(self.places[number])
        return self.bodies[number]

    def _lowered(self, place: _Place) -> Body:
        here = f"p{place.number}"
        body: list[Statement] = []
        for at, sentence in enumerate(place.paragraph.sentences):
            end = f"{here}.s{at}"
            block = Block(
                self.scope, self, place.section, here, end, f"{here}.end", f"p{place.last}.end", lower
            )  # fmt: skip
            found = block.body(sentence.statements)
            body += [*found, *((Mark(end),) if end in jumps(found) else ())]
        return tuple(body)

    def _contained(self, number: int) -> bool:
        here = f"p{number}"
        return all(each == here or each.startswith(f"{here}.") for each in jumps(self.body(number)))

    def _called(self, number: int) -> bool:
        """Whether a region calls the paragraph, and does not have its statements itself."""
        place = self.places[number]
        return bool(place.paragraph.name and self.body(number)) and self._contained(number)

    def _region(self, begin: int, end: int) -> Function:
        nodes: dict[str, Node] = {}
        wanted = [f"p{begin}"]
        while wanted:
            label = wanted.pop()
            if label in nodes:
                continue
            for node in self._nodes(label, begin, end):
                nodes[node.label] = node
                wanted += [each for each in arms(node.leave) if each != RETURN and ":" not in each]
        first = nodes.pop(f"p{begin}")
        made = structure([first, *nodes.values()])
        place = self.places[begin]
        said = self.scope.said(place.paragraph)
        if self._starts(begin):
            said = (*self.scope.said(place.section), *said)
        span = place.paragraph.span
        return Function(self.names[begin, end], self._origin(begin, end), made.body, said, span)

    def _nodes(self, label: str, begin: int, end: int) -> Iterator[Node]:
        """The nodes of the paragraph at ``label``, or that of its end."""
        number = int(label[1:].partition(".")[0])
        here = f"p{number}"
        if label == f"{here}.end":
            yield self._end(number, end)
        elif (begin, end) != (number, number) and self._called(number):
            yield Node(here, (Perform(self.function(number, number)),), Go(f"{here}.end"))
        else:
            apart = Apart(here, self._flag)
            apart.take(self.body(number), here, f"{here}.end")
            yield from apart.nodes

    def _end(self, number: int, end: int) -> Node:
        if number == end:
            return Node(f"p{number}.end", (), End())
        if number + 1 == len(self.places) or number + 1 == self.first:
            return Node(f"p{number}.end", (Leave(),), End())
        return Node(f"p{number}.end", (), Go(f"p{number + 1}"))

    def _flag(self, name: str) -> Place:
        if name == "outcome":
            return Place(self.scope.register_of("OUTCOME", Number(2)))
        return Place(self.scope.add(name, Number(9), 0))


def division(scope: Scope, outer: Division | None = None) -> Division:
    """The paragraphs of the program, which may be one within ``outer``, with what ALTER changes."""
    made = Division(scope, outer)
    procedure = scope.program.procedure
    if procedure is None:
        return made
    sections = (*procedure.declaratives, *procedure.sections)
    number = 0
    for section in sections:
        last = number + len(section.paragraphs) - 1
        for paragraph in section.paragraphs:
            made.places.append(_Place(number, section, paragraph, last))
            number += 1
    made.first = sum(len(section.paragraphs) for section in procedure.declaratives)
    for place in made.places:
        for node in walk(place.paragraph):
            if isinstance(node, verbs.Alter):
                _alter(made, place.section, node)
            elif isinstance(node, verbs.Open):
                for mode, label in node.files:
                    made.modes.setdefault(label.name, set()).add(mode)
    return made


def _alter(made: Division, section: verbs.Section, statement: verbs.Alter) -> None:
    for changed, to in statement.changes:
        label, goal = made.label(changed, section), made.label(to, section)
        if label not in made.scope.altered:
            name = f"{changed.name}-GOES-TO"
            made.scope.altered[label] = made.scope.add(name, Number(4), 0), []
        places = made.scope.altered[label][1]
        if goal not in places:
            places.append(goal)
