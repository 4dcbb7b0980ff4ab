"""One program as its statements see it: what names stand for, and where that lies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from transpile.cobol import layout
from transpile.cobol.embedded import diverts
from transpile.cobol.names import Index, Names, Register
from transpile.cobol.programs import ConditionName, Item
from transpile.cobol.programs import Program as Tree
from transpile.cobol.statements import Alter, Execute, GoTo, Label, Paragraph, Section
from transpile.cobol.tree import Expression, Reference
from transpile.cobol.walking import walk
from transpile.legacy.fields import Field
from transpile.legacy.statements import Program
from transpile.restructure.program import Restructured
from transpile.solvers.storage.values import NoTerm


@dataclass(frozen=True, slots=True)
class Item88:
    """A condition name, and the item that it tests."""

    condition: ConditionName
    item: Item


@dataclass(frozen=True, slots=True)
class Stop:
    """A paragraph, the section that it stands in, and the number of the section's last paragraph."""

    section: Section
    paragraph: Paragraph
    last: int


@dataclass(frozen=True, slots=True)
class Scene:
    """``paragraphs`` by number, in the order of the text; those before ``first`` are declaratives."""

    tree: Tree
    program: Program
    names: Names
    fields: Mapping[int, Field]
    laid: Mapping[int, layout.Field]
    indexes: Mapping[tuple[int, str], Field]
    registers: Mapping[str, Field]
    paragraphs: tuple[Stop, ...]
    first: int
    alters: bool = False
    diverted: frozenset[str] = frozenset()
    """The languages of EXEC of which something says where later statements go on."""
    returned: frozenset[int] = frozenset()
    """Paragraphs to which a GO TO leads back: one in them, or further down."""
    changed: dict[tuple[int, int], frozenset[int] | None] = field(default_factory=dict, compare=False)
    """What ranges may change, as far as it was asked for."""

    # Data

    def field(self, reference: Reference) -> Field:
        """The field of an item, an index or a special register."""
        meaning = self.names.resolve(reference).meaning
        match meaning:
            case Item() if id(meaning) in self.fields:
                return self.fields[id(meaning)]
            case Index(name, item) if (id(item), name) in self.indexes:
                return self.indexes[id(item), name]
            case Register(name) if name in self.registers:
                return self.registers[name]
        raise NoTerm(f"{reference.name} is not in the model")

    def constant(self, reference: Reference) -> Expression | None:
        """What a level 78 name stands for."""
        meaning = self.names.resolve(reference).meaning
        return meaning.value if isinstance(meaning, Item) and meaning.constant else None

    def condition(self, reference: Reference) -> Item88 | None:
        declared = self.names.resolve(reference)
        if isinstance(declared.meaning, ConditionName):
            return Item88(declared.meaning, declared.groups[0])
        return None

    # Procedures

    def range(self, label: Label, section: Section) -> tuple[int, int]:
        """The first and the last paragraph that ``label`` stands for."""
        found, paragraph = self.names.procedure(label, section)
        numbers = [
            at
            for at, each in enumerate(self.paragraphs)
            if each.section is found and (paragraph is None or each.paragraph is paragraph)
        ]
        return numbers[0], numbers[-1]


def scene(restructured: Restructured, tree: Tree, program: Program) -> Scene:
    """``program`` is what became of ``tree``. Raises NoTerm for what changes the meaning of everything in it."""
    special = tree.environment.special_names
    if special.decimal_comma or special.currency != "$":
        raise NoTerm("DECIMAL-POINT IS COMMA and CURRENCY SIGN are not in the model")
    if tree.environment.collating:
        raise NoTerm("a COLLATING SEQUENCE is not in the model")
    scope = restructured.scopes[id(tree)]
    procedure = tree.procedure
    places: list[Stop] = []
    for section in (*procedure.declaratives, *procedure.sections) if procedure is not None else ():
        last = len(places) + len(section.paragraphs) - 1
        places += [Stop(section, paragraph, last) for paragraph in section.paragraphs]
    first = sum(len(section.paragraphs) for section in procedure.declaratives) if procedure is not None else 0
    nodes = list(walk(procedure)) if procedure is not None else []
    alters = any(isinstance(node, Alter) for node in nodes)
    diverted = frozenset(node.language for node in nodes if isinstance(node, Execute) and diverts(node))
    found = Scene(
        tree,
        program,
        scope.names,
        restructured.fields,
        restructured.laid,
        scope.indexes,
        scope.registers,
        tuple(places),
        first,
        alters,
        diverted,
    )
    return replace(found, returned=frozenset(_returned(found)))


def _returned(of: Scene) -> Iterator[int]:
    for number, place in enumerate(of.paragraphs):
        jumps = [node for node in walk(place.paragraph) if isinstance(node, GoTo)]
        goals = [of.range(label, place.section)[0] for jump in jumps for label in jump.labels]
        yield from (goal for goal in goals if goal <= number)
