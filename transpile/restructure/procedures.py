"""Paragraphs and sections become functions.

A performed range is a region: control starts at its first paragraph, and the function returns when it comes to the end
of the last. Jumps out of the range go on in the same region. A paragraph that is entered at its start and never jumps
elsewhere is a function of its own, which regions call; so is one up to the jump that it ends with. The first of a
region that is called after it is in the region. Which functions there are, and what they are called, is settled when
all regions are known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from transpile.cobol import statements as verbs
from transpile.legacy.expressions import Place
from transpile.legacy.flow import RETURN, End, Go, Node, arms, remarked
from transpile.legacy.statements import Body, Function, Leave, Perform, Statement
from transpile.legacy.structuring import structure
from transpile.legacy.types import Number
from transpile.restructure.block import Block
from transpile.restructure.jumps import Jump, Mark, jump_remarks_kept, jumping, jumps
from transpile.restructure.lowering import lower
from transpile.restructure.naming import Namer, Words
from transpile.restructure.regions import Apart
from transpile.restructure.renaming import renamed
from transpile.restructure.scope import Scope, unsupported

Region: TypeAlias = tuple[int, int]
"""The paragraph where a function starts, and the one at whose end it returns."""

HEAD = -1
"""In place of the last paragraph of a region: it is a paragraph up to the jump that it ends with."""

_MODES = ("INPUT", "OUTPUT", "I-O", "EXTEND")


@dataclass(frozen=True, slots=True)
class Position:
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
    places: list[Position] = field(default_factory=list)
    first: int = 0
    """The first paragraph that is no declarative."""
    bodies: dict[int, Body] = field(default_factory=dict)
    through: dict[Region, tuple[int, ...]] = field(default_factory=dict)
    """The paragraphs that each region comes through."""
    called: set[int] = field(default_factory=set)
    """The paragraphs that are functions of their own."""
    heads: set[int] = field(default_factory=set)
    """The paragraphs that are functions up to the jump that they end with."""
    parts: dict[int, tuple[Node, ...]] = field(default_factory=dict)
    """The nodes of paragraphs."""
    pending: list[Region] = field(default_factory=list)
    modes: dict[str, set[str]] = field(default_factory=dict)
    named: dict[Words, Words] = field(default_factory=dict)
    """The names of functions by their provisional ones."""

    # What statements ask for

    def performed(self, first: verbs.Label, last: verbs.Label | None, section: verbs.Section) -> Words:
        begin, end = self._range(first, section)
        if last is not None:
            end = self._range(last, section)[1]
        return self.function(begin, end)

    def from_here(self, label: verbs.Label, section: verbs.Section) -> Words:
        return self.function(self._range(label, section)[0], len(self.places) - 1)

    def label(self, label: verbs.Label, section: verbs.Section) -> str:
        return f"p{self._range(label, section)[0]}"

    def after_error(self, file: str, mode: str) -> tuple[tuple[str, Body], ...]:
        for_file, by_mode = self._declared(file, 0)
        if for_file:
            return (("error", for_file),)
        known = {mode} if mode else self._opened(file)
        names = {each: "error" if len(known) == 1 else f"error {each.lower()}" for each in _MODES if each in known}
        return tuple((name, by_mode[each]) for each, name in names.items() if each in by_mode)

    def _declared(self, file: str, further: int) -> tuple[Body, dict[str, Body]]:
        """What the declaratives do for the file, and for modes; GLOBAL ones of the programs around this one, too."""
        procedure = self.scope.program.procedure
        for_file: Body = ()
        by_mode: dict[str, Body] = {}
        for section in procedure.declaratives if procedure is not None else ():
            if section.use is None or section.use.text or (further and not section.use.globally):
                continue
            for_file = for_file or (self._use(section, further) if file in section.use.files else ())
            by_mode |= {each: self._use(section, further) for each in section.use.modes}
        if self.outer is None or for_file:
            return for_file, by_mode
        outside, modes = self.outer._declared(file, further + 1)
        return outside, {**modes, **by_mode}

    def _opened(self, file: str) -> set[str]:
        """The modes that the file may be open in."""
        found = self.scope.names.files.get(file)
        own = found is not None and not (found.external or found.globally)
        return self.modes.get(file, set(_MODES)) if own else set(_MODES)

    def _use(self, section: verbs.Section, further: int) -> Body:
        numbers = [each.number for each in self.places if each.section is section]
        return (Perform(self.function(numbers[0], numbers[-1]), further),) if numbers else ()

    def _range(self, label: verbs.Label, section: verbs.Section) -> tuple[int, int]:
        """The first and the last paragraph that ``label`` stands for."""
        found, paragraph = self.scope.names.procedure(label, section)
        if paragraph is None:
            numbers = [each.number for each in self.places if each.section is found]
            if numbers:
                return numbers[0], numbers[-1]
            raise unsupported(label.span, f"the section {label.name}, which has no paragraph,")
        number = next(each.number for each in self.places if each.paragraph is paragraph)
        return number, number

    # Functions

    def function(self, begin: int, end: int) -> Words:
        """The function that runs from the start of one paragraph to the end of another; its name is not yet known."""
        if (begin, end) not in self.through and (begin, end) not in self.pending:
            self.pending.append((begin, end))
        return self.provisional((begin, end))

    def provisional(self, region: Region) -> Words:
        """What a function is called until all are known; another program has other ones."""
        return "", str(id(self)), *map(str, region)

    def _origin(self, begin: int, end: int) -> str:
        first, last = self.places[begin], self.places[begin if end == HEAD else end]
        if end in (begin, HEAD) and first.paragraph.name:
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
            if self.pending:
                raise unsupported(self.scope.program.span, "a program of nothing but USE procedures, run by another,")
            empty = Function(("main",), "", (Leave(),))
            return (empty,), empty.name
        entry = self._entry()
        while self.pending:
            region = self.pending.pop()
            self.through[region] = self._passed(region)
        self._choose(entry)
        names = self._names(entry)
        self.named = {self.provisional(region): name for region, name in names.items()}
        regions = sorted(self.through, key=lambda region: (region != entry, *region))
        made = [self._region(*each, names) for each in regions if each == entry or not self._same(each)]
        return tuple(made), names[entry]

    def _entry(self) -> Region:
        """The program's function: the first paragraph if nothing runs on behind it, else the way to the end."""
        alone = self._contained(self.first) and not self._returns(self.first)
        region = self.first, self.first if alone else len(self.places) - 1
        self.function(*region)
        return region

    def _passed(self, region: Region) -> tuple[int, ...]:
        labels = self._graph(*region)
        return tuple(number for number in range(len(self.places)) if f"p{number}" in labels)

    def _choose(self, entry: Region) -> None:
        """Which paragraphs are functions of their own."""
        passes = Counter(number for passed in self.through.values() for number in passed)
        starts = {begin for begin, _ in self.through}
        for number in passes:
            if number not in starts and self._is_head(number):
                self.heads.add(number)
            if not (self.places[number].paragraph.name and self.body(number) and self._contained(number)):
                continue
            shared = (number, number) in self.through or passes[number] > 1
            if shared or number not in starts or not self._called_after_first(number, entry):
                self.called.add(number)
        for number in self.called:
            self.through.setdefault((number, number), (number,))
        for number in self.heads:
            self.through[number, HEAD] = (number,)

    def _is_head(self, number: int) -> bool:
        """Several statements, and then a jump elsewhere."""
        match self.body(number):
            case (*rest, Jump()) if len(rest) > 1 and not any(map(jumping, rest)):
                return bool(self.places[number].paragraph.name) and not self._contained(number)
        return False

    def _called_after_first(self, number: int, entry: Region) -> bool:
        """Whether the region that starts with a paragraph has its name."""
        region = next(each for each in self.through if each[0] == number)
        named_so = self.places[number].paragraph.name == self._usual_name(region, entry)
        return named_so or self._called_first(region, entry)

    def _called_first(self, region: Region, entry: Region) -> bool:
        """A range up to an empty paragraph, as exits are, is called after the first."""
        begin, end = region
        return begin < end and (self._only(region) or (region != entry and not self._does(end)))

    def _only(self, region: Region) -> bool:
        """Nothing is done in it but what its first paragraph does."""
        return not any(self.body(number) for number in self.through[region] if number != region[0])

    def _same(self, region: Region) -> bool:
        """It does what the function of its first paragraph does."""
        begin, end = region
        return begin < end and begin in self.called and self._only(region)

    def _names(self, entry: Region) -> dict[Region, Words]:
        """What the functions are called: those of a paragraph are after it, and ranges may be, if it has none."""
        namer = Namer()
        made: dict[Region, Words] = {}
        for region in sorted(self.through, key=lambda region: (region[0] < region[1], region == entry, *region)):
            begin, place = region[0], self.places[region[0]]
            if region != entry and self._same(region):
                made[region] = made[begin, begin]
                continue
            usual = self._usual_name(region, entry)
            names = [usual, f"{usual} OF {place.section.name or 'MAIN'}"]
            if place.paragraph.name and self._called_first(region, entry):
                names.insert(0, place.paragraph.name)
            made[region] = namer.name(*names)
        return made

    def _usual_name(self, region: Region, entry: Region) -> str:
        return "MAIN" if region == entry and region[0] != region[1] else self._origin(*region)

    def _does(self, number: int) -> bool:
        sentences = self.places[number].paragraph.sentences
        return not all(isinstance(each, verbs.Continue) for sentence in sentences for each in sentence.statements)

    def body(self, number: int) -> Body:
        """The paragraph in statements of the form and jumps."""
        if number not in self.bodies:
            self.bodies[number] = self._lowered(self.places[number])
        return self.bodies[number]

    def _lowered(self, place: Position) -> Body:
        here = f"p{place.number}"
        body: list[Statement] = []
        for at, sentence in enumerate(place.paragraph.sentences):
            end = f"{here}.s{at}"
            block = Block(
                self.scope, self, place.section, here, end, f"{here}.end", f"p{place.last}.end", lower
            )  # fmt: skip
            found = block.body(sentence.statements)
            body += [*found, *((Mark(end),) if end in jumps(found) else ())]
        return jump_remarks_kept(tuple(body))

    def _contained(self, number: int) -> bool:
        here = f"p{number}"
        return all(each == here or each.startswith(f"{here}.") for each in jumps(self.body(number)))

    def _returns(self, number: int) -> bool:
        """Whether control may come to the end of a paragraph that does not jump out of itself."""
        nodes = {node.label: node for node in self._apart(number)}
        end = f"p{number}.end"
        seen, wanted = set[str](), [f"p{number}"]
        while wanted:
            label = wanted.pop()
            if label not in seen and label in nodes:
                seen.add(label)
                wanted += arms(nodes[label].leave)
            if label == end:
                return True
        return False

    def _apart(self, number: int) -> tuple[Node, ...]:
        if number not in self.parts:
            here = f"p{number}"
            apart = Apart(here, self._flag)
            apart.take(self.body(number), here, f"{here}.end")
            self.parts[number] = tuple(apart.nodes)
        return self.parts[number]

    def _graph(self, begin: int, end: int) -> dict[str, Node]:
        nodes: dict[str, Node] = {}
        wanted = [f"p{begin}"]
        while wanted:
            label = wanted.pop()
            if label in nodes:
                continue
            for node in self._nodes(label, begin, end):
                nodes[node.label] = node
                wanted += [each for each in arms(node.leave) if each != RETURN and ":" not in each]
        return nodes

    def _region(self, begin: int, end: int, names: Mapping[Region, Words]) -> Function:
        if end == HEAD:
            made = structure([Node(f"p{begin}", self.body(begin)[:-1])])
        else:
            nodes = self._graph(begin, end)
            first = nodes.pop(f"p{begin}")
            made = structure([first, *nodes.values()])
        place = self.places[begin]
        said = self.scope.said(place.paragraph)
        if self._starts(begin):
            said = (*self.scope.said(place.section), *said)
        body = _without_vain_leave(made.body)
        body = renamed(body, self.named)
        name, origin, span = names[begin, end], self._origin(begin, end), place.paragraph.span
        if end == HEAD:
            return Function(name, origin, body, said, span)
        return Function(name, origin, body, said, span, (begin, end), self._inside(begin, end, nodes))

    def _inside(self, begin: int, end: int, labels: Iterable[str]) -> frozenset[int]:
        """The paragraphs among the nodes at ``labels`` that are not called."""
        numbers = {
            begin,
            *(int(label[1:].partition(".")[0]) for label in labels if not (":" in label or label.endswith(".end"))),
        }
        return frozenset(n for n in numbers if (begin, end) == (n, n) or n not in self.called)

    def _nodes(self, label: str, begin: int, end: int) -> Iterator[Node]:
        """The nodes of the paragraph at ``label``, or that of its end."""
        number = int(label[1:].partition(".")[0])
        here = f"p{number}"
        if label == f"{here}.end":
            yield self._end(number, end)
        elif (begin, end) != (number, number) and number in self.called:
            leave = Go(f"{here}.end") if self._returns(number) else End()
            yield Node(here, (Perform(self.provisional((number, number))),), leave)
        elif number in self.heads:
            jump = self.body(number)[-1]
            assert isinstance(jump, Jump)
            yield Node(here, (Perform(self.provisional((number, HEAD))),), Go(jump.to))
        else:
            said = self.scope.said(self.places[number].paragraph) if number != begin else ()
            for node in self._apart(number):
                yield remarked(node, said) if node.label == here else node

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


def _without_vain_leave(body: Body) -> Body:
    """``body`` without an EXIT PROGRAM at its end, where the program is left anyway."""
    match body:
        case (*rest, Leave(called=True), Leave(called=False) as last):
            return (*rest, last)
    return body
