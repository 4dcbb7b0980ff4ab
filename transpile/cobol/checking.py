"""Are the names of a program declared? Every reference, label and file name of its trees is looked up."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from transpile.cobol import embedded
from transpile.cobol.names import Names, Symbol, names_of, unknown
from transpile.cobol.problems import MAX_ERRORS, hinted
from transpile.cobol.programs import ConditionName, Item, Program, RefusedSection
from transpile.cobol.statements import (
    Accept,
    Alter,
    Close,
    Delete,
    Display,
    Execute,
    GoTo,
    Label,
    Open,
    Perform,
    Read,
    Return,
    Section,
    Sort,
    Start,
)
from transpile.cobol.tree import FunctionCall, NamedCondition, Node, Reference
from transpile.cobol.unit import Unit
from transpile.cobol.walking import walk
from transpile.cobol.words import INTRINSIC, RESERVED
from transpile.errors import SourceError, SourceErrors

_DEVICES = frozenset(
    {"SYSLIST", "SYSLST", "SYSPCH", "SYSPUNCH", "PRINT", "PRINTER", "PRINTER-1", "SYSERR", "USER", "SYSIN", "SYSOUT"}
)
"""System names that are no reserved words."""


def check(unit: Unit) -> None:
    """Raises SourceErrors if a name in ``unit`` is unknown or ambiguous; the first ``MAX_ERRORS`` are told."""
    found = (error for program in unit.programs for error in _program(program, None))
    errors = list(islice(found, MAX_ERRORS))
    if errors:
        errors.sort(key=lambda error: (error.span.file, error.span.line, error.span.column))
        raise SourceErrors([hinted(error, unit.fixed) for error in errors])


def _program(program: Program, outer: Names | None) -> Iterator[SourceError]:
    names = names_of(program, outer)
    yield from _files(names)
    yield from _data(names)
    if program.procedure:
        for argument in program.procedure.using:
            yield from _nodes(names, argument, None)
        for section in (*program.procedure.declaratives, *program.procedure.sections):
            yield from _section(names, section)
    for inner in program.programs:
        yield from _program(inner, names)


def _files(names: Names) -> Iterator[SourceError]:
    """SELECT and FD belong together, and keys are items."""
    for control in names.program.environment.files:
        if control.name not in names.files:
            yield unknown(control.span, "file description (FD or SD) of", control.name, names.files)
        for reference in (control.record_key, control.relative_key, control.status):
            if reference is not None:
                yield from _nodes(names, reference, None)
        for key, _ in control.alternate_keys:
            yield from _nodes(names, key, None)
    for name, file in names.files.items():
        if name not in names.controls:
            yield SourceError(file.span, f"the file '{name}' has no SELECT entry in FILE-CONTROL")
        for node in (file.depending, file.linage):
            if node is not None:
                yield from _nodes(names, node, None)


def _data(names: Names) -> Iterator[SourceError]:
    data = names.program.data
    for records in (*(file.records for file in data.files), data.working_storage, data.local_storage, data.linkage):
        yield from _redefined(records)
        for item in records:
            yield from _nodes(names, item, None)
            for node in walk(item):
                if isinstance(node, Item):
                    yield from _redefined(node.children)


def _redefined(items: tuple[Item, ...]) -> Iterator[SourceError]:
    seen: set[str] = set()
    for item in items:
        if item.redefines and item.redefines not in seen:
            yield unknown(item.span, "item to redefine (of the same level, before it)", item.redefines, seen)
        if item.level not in (66, 78):
            seen.add(item.name)


def _section(names: Names, section: Section) -> Iterator[SourceError]:
    if section.use:
        for file in section.use.files:
            if file not in names.files and not (names.outer and file in names.outer.files):
                yield unknown(section.use.span, "file", file, names.files)
    for paragraph in section.paragraphs:
        for sentence in paragraph.sentences:
            for statement in sentence.statements:
                yield from _nodes(names, statement, section)


def _nodes(names: Names, root: Node, section: Section | None) -> Iterator[SourceError]:
    conditions: set[int] = set()
    for node in walk(root):
        try:
            match node:
                case NamedCondition(reference):
                    conditions.add(id(reference))
                    _condition(names, reference)
                case Reference() if id(node) not in conditions:
                    names.resolve(node)
                case Execute():
                    yield from embedded.check(names, node)
                case FunctionCall(name) if name not in INTRINSIC:
                    raise unknown(node.span, "function", name, INTRINSIC)
                case Display(upon=name) | Accept(source=name) if name and not _device(names, name):
                    raise unknown(node.span, "device", name, _DEVICES)
                case _:
                    for label in _procedures(node):
                        names.procedure(label, section)
                    for label in _file_labels(node):
                        names.file(label)
        except SourceError as error:
            yield error


def _condition(names: Names, reference: Reference) -> None:
    found = names.resolve(reference).meaning
    switch = isinstance(found, Symbol) and found.kind == "switch"
    if not switch and not isinstance(found, ConditionName | RefusedSection):
        hint = "compare it with something, or declare a condition (level 88)"
        raise SourceError(reference.span, f"'{reference.name}' is no condition", hint)


def _device(names: Names, name: str) -> bool:
    """The terminal and the like: a system name, a reserved word, or a mnemonic name."""
    first = name.split()[0]
    return first in _DEVICES or first in RESERVED or bool(names.find(name))


def _procedures(node: Node) -> tuple[Label, ...]:
    """The paragraphs and sections that a statement names."""
    match node:
        case Perform(first, last):
            return tuple(label for label in (first, last) if label is not None)
        case GoTo(labels):
            return labels
        case Alter(changes):
            return tuple(label for pair in changes for label in pair)
        case Sort(input_procedure=source, output_procedure=target):
            pairs = (*(source or ()), *(target or ()))
            return tuple(label for label in pairs if label is not None)
        case _:
            return ()


def _file_labels(node: Node) -> tuple[Label, ...]:
    """The files that a statement names."""
    match node:
        case Close(files):
            return tuple(label for label, _ in files)
        case Open(files):
            return tuple(label for _, label in files)
        case Delete(file) | Read(file) | Return(file) | Start(file):
            return (file,)
        case Sort(using=using, giving=giving):
            return (*using, *giving)
        case _:
            return ()
