"""What names refer to: items by their qualifiers, conditions, indexes, files, paragraphs and sections.

A name in a program hides one of the same name in the programs around it; of those only GLOBAL ones are seen. What is
unknown or ambiguous raises SourceError, with the names that look like it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TypeAlias

from transpile.cobol.programs import (
    Alphabet,
    CharacterClass,
    ConditionName,
    FileControl,
    FileDescription,
    Item,
    Program,
    RefusedSection,
    SpecialNames,
)
from transpile.cobol.statements import Execute, Label, Paragraph, Section
from transpile.cobol.tree import Reference
from transpile.cobol.words import SPECIAL_REGISTERS
from transpile.errors import SourceError, Span

_DEBUGGING = frozenset({"DEBUG-LINE", "DEBUG-NAME", "DEBUG-SUB-1", "DEBUG-SUB-2", "DEBUG-SUB-3", "DEBUG-CONTENTS"})
REGISTERS = SPECIAL_REGISTERS | _DEBUGGING


@dataclass(frozen=True, slots=True)
class Index:
    """An index of INDEXED BY; it belongs to the table ``item``."""

    name: str
    item: Item


@dataclass(frozen=True, slots=True)
class Register:
    """A special register."""

    name: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name of SPECIAL-NAMES: a mnemonic, the status of a switch, or a symbolic character. ``value`` is what it
    stands for."""

    name: str
    kind: str
    value: str | int


Meaning: TypeAlias = (
    Item | ConditionName | Index | Register | Symbol | Alphabet | CharacterClass | FileDescription | RefusedSection
)


@dataclass(frozen=True, slots=True)
class Declared:
    """What a name means. ``owners`` are the groups around it, the innermost first, and the file at the end. The
    ``item`` of a level 88 name is what it tests."""

    meaning: Meaning
    owners: tuple[str, ...] = ()
    groups: tuple[Item, ...] = ()
    globally: bool = False

    @property
    def item(self) -> Item | None:
        match self.meaning:
            case Item():
                return self.meaning
            case ConditionName():
                return self.groups[0]
            case _:
                return None


@dataclass(slots=True)
class Names:
    """All names of one program. ``outer`` are those of the program around it."""

    program: Program
    outer: Names | None = None
    declared: dict[str, list[Declared]] = field(default_factory=dict)
    files: dict[str, FileDescription] = field(default_factory=dict)
    controls: dict[str, FileControl] = field(default_factory=dict)
    sections: dict[str, list[Section]] = field(default_factory=dict)
    paragraphs: dict[str, list[tuple[Section, Paragraph]]] = field(default_factory=dict)
    cursors: dict[str, list[Execute]] | None = None
    """The declarations of SQL's cursors, when they were looked for."""

    def resolve(self, reference: Reference) -> Declared:
        """What ``reference`` means here."""
        if found := self.find(reference.name, reference.qualifiers):
            if len(found) > 1:
                raise self._ambiguous(reference, found)
            return found[0]
        if reference.name in REGISTERS:
            return Declared(Register(reference.name))
        raise self._unknown(reference)

    def find(self, name: str, qualifiers: tuple[str, ...] = ()) -> list[Declared]:
        """All that a name with these qualifiers can mean, in this program or else in those around it."""
        found = [known for known in self.declared.get(name, ()) if _qualified(known.owners, qualifiers)]
        if found or self.outer is None:
            return found
        return [known for known in self.outer.find(name, qualifiers) if known.globally]

    def file(self, label: Label) -> FileDescription:
        """The file that ``label`` names."""
        scope: Names | None = self
        while scope is not None:
            file = scope.files.get(label.name)
            if file is not None and (scope is self or file.globally):
                return file
            scope = scope.outer
        raise unknown(label.span, "file", label.name, self.files)

    def procedure(self, label: Label, section: Section | None = None) -> tuple[Section, Paragraph | None]:
        """The paragraph that ``label`` names in the text of ``section``, or a section (then without paragraph)."""
        if label.section:
            return self._in_section(label)
        found = self.paragraphs.get(label.name, [])
        here = [pair for pair in found if pair[0] is section]
        sections = self.sections.get(label.name, [])
        if len(here) == 1:
            return here[0]
        if len(found) + len(sections) > 1:
            places = [pair[1].span for pair in found] + [known.span for known in sections]
            hint = "it is in lines " + ", ".join(str(span.line) for span in places) + "; say which: OF section"
            raise SourceError(label.span, f"the paragraph '{label.name}' is ambiguous", hint)
        if found:
            return found[0]
        if sections:
            return sections[0], None
        raise unknown(label.span, "paragraph or section", label.name, [*self.paragraphs, *self.sections])

    def _in_section(self, label: Label) -> tuple[Section, Paragraph | None]:
        if label.section not in self.sections:
            raise unknown(label.span, "section", label.section, self.sections)
        pairs = [pair for pair in self.paragraphs.get(label.name, []) if pair[0].name == label.section]
        if len(pairs) == 1:
            return pairs[0]
        if pairs:
            raise SourceError(label.span, f"section '{label.section}' has several paragraphs '{label.name}'")
        inside = [name for name, all_ in self.paragraphs.items() if any(p[0].name == label.section for p in all_)]
        raise unknown(label.span, f"paragraph in section '{label.section}'", label.name, inside)

    def _ambiguous(self, reference: Reference, found: list[Declared]) -> SourceError:
        ways = sorted({" OF ".join((reference.name, *known.owners[:1])) for known in found if known.owners})
        hint = "say which: " + ", ".join(ways) if len(ways) > 1 else "its declarations cannot be told apart"
        return SourceError(reference.span, f"'{reference.name}' is ambiguous", hint)

    def _unknown(self, reference: Reference) -> SourceError:
        if reference.qualifiers and (known := self.find(reference.name)):
            owners = " OF ".join((reference.name, *known[0].owners))
            of = " OF ".join(reference.qualifiers)
            message = f"'{reference.name}' is not in '{of}'"
            return SourceError(reference.span, message, f"declared is {owners}" if known[0].owners else "")
        scope: Names | None = self
        names: list[str] = []
        while scope is not None:
            names += scope.declared
            scope = scope.outer
        if reference.name in self.paragraphs or reference.name in self.sections:
            hint = "it is a paragraph: is the period before it missing?"
            return SourceError(reference.span, f"the name '{reference.name}' is not declared as data", hint)
        return unknown(reference.span, "name", reference.name, names)

    def all_items(self) -> Iterator[Declared]:
        for declared in self.declared.values():
            yield from (known for known in declared if isinstance(known.meaning, Item))


def unknown(span: Span, what: str, name: str, known: Iterable[str]) -> SourceError:
    near = get_close_matches(name, list(known), 3, 0.75)
    hint = "did you mean " + " or ".join(f"'{other}'" for other in near) + "?" if near else ""
    return SourceError(span, f"the {what} '{name}' is not declared", hint)


def _qualified(owners: tuple[str, ...], qualifiers: tuple[str, ...]) -> bool:
    """``qualifiers`` are among ``owners``, in this order."""
    at = 0
    for owner in owners:
        if at < len(qualifiers) and owner == qualifiers[at]:
            at += 1
    return at == len(qualifiers)


def names_of(program: Program, outer: Names | None = None) -> Names:
    """The names that ``program`` declares."""
    names = Names(program, outer)
    data = program.data
    for control in program.environment.files:
        names.controls.setdefault(control.name, control)
    for file in data.files:
        names.files.setdefault(file.name, file)
        names.declared.setdefault(file.name, []).append(Declared(file, (), (), file.globally))
        for record in file.records:
            _declare(names, record, (file.name,), (), file.globally or record.globally)
    for item in (*data.working_storage, *data.local_storage, *data.linkage):
        _declare(names, item, (), (), item.globally)
    for refused in data.refused:
        for name in refused.names:
            names.declared.setdefault(name, []).append(Declared(refused))
    _special(names, program.environment.special_names)
    _procedures(names, program)
    return names


def _declare(names: Names, item: Item, owners: tuple[str, ...], groups: tuple[Item, ...], globally: bool) -> None:
    def known(name: str, meaning: Meaning, around: tuple[str, ...], within: tuple[Item, ...]) -> None:
        names.declared.setdefault(name, []).append(Declared(meaning, around, within, globally))

    inner = (item.name, *owners) if item.name else owners
    if item.name:
        known(item.name, item, owners, groups)
    for condition in item.conditions:
        known(condition.name, condition, inner, (item, *groups))
    if item.occurs:
        for index in item.occurs.indexes:
            known(index, Index(index, item), inner, (item, *groups))
    for child in item.children:
        _declare(names, child, inner, (item, *groups), globally)


def _special(names: Names, special: SpecialNames) -> None:
    def known(name: str, meaning: Meaning) -> None:
        names.declared.setdefault(name, []).append(Declared(meaning, globally=True))

    for name, device in special.mnemonics:
        known(name, Symbol(name, "mnemonic", device))
    for name, switch, _ in special.switches:
        known(name, Symbol(name, "switch", switch))
    for name, position in special.symbolic:
        known(name, Symbol(name, "character", position))
    for alphabet in special.alphabets:
        known(alphabet.name, alphabet)
    for known_class in special.classes:
        known(known_class.name, known_class)


def _procedures(names: Names, program: Program) -> None:
    if program.procedure is None:
        return
    for section in (*program.procedure.declaratives, *program.procedure.sections):
        if section.name:
            names.sections.setdefault(section.name, []).append(section)
        for paragraph in section.paragraphs:
            if paragraph.name:
                names.paragraphs.setdefault(paragraph.name, []).append((section, paragraph))
