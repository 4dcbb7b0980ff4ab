"""Which methods a paragraph runs in, and which lines of the file it has.

A paragraph whose statements stand in several methods (a range with GO TO, and the paragraph alone) runs in all of
them; one that stands in none is never reached.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from transpile.cobol.programs import Program
from transpile.cobol.statements import Continue, Paragraph, Section
from transpile.cobol.unit import Unit
from transpile.cobol.walking import walk
from transpile.errors import Span
from transpile.modernize.subject import Key
from transpile.python.correspondence import Correspondence


@dataclass(frozen=True, slots=True)
class Standing:
    """One paragraph of a program. ``name`` has its section where that is needed, ``last_line`` is in the file of
    ``span``. ``runs_in`` are the methods that have its statements, or run it from the start to the end."""

    number: int
    name: str
    span: Span
    last_line: int
    runs_in: tuple[Key, ...]


def paragraphs(unit: Unit, one: Correspondence) -> tuple[Standing, ...]:
    """The paragraphs of a program that do something or are run, in the order of the text."""
    program = unit.program(one.program.origin)
    found = list(_numbered(program))
    named = [name for name, _ in found]
    methods = _methods(one)
    ends = _ends(unit)
    standing = []
    for number, (name, paragraph) in enumerate(found):
        section, _, own = name.rpartition("/")
        twice = [each.rpartition("/")[2] for each in named].count(own) > 1
        label = f"{own} OF {section}" if own and section and twice else own or section or one.program.origin
        last = min((end for end in ends.get(paragraph.span.file, ()) if end >= paragraph.span.line), default=0)
        keys = tuple((one.class_name, range_) for range_ in methods.get(number, ()))
        if keys or _does_something(paragraph):
            standing.append(Standing(number, label, paragraph.span, last or _last_line(paragraph), keys))
    return tuple(standing)


def _numbered(program: Program) -> Iterator[tuple[str, Paragraph]]:
    """All paragraphs, each with ``SECTION/PARAGRAPH``."""
    procedure = program.procedure
    for section in (*procedure.declaratives, *procedure.sections) if procedure is not None else ():
        for paragraph in section.paragraphs:
            yield f"{section.name}/{paragraph.name}", paragraph


def _methods(one: Correspondence) -> Mapping[int, list[tuple[int, int]]]:
    """By the numbers of paragraphs, the ranges that have their statements. A range that has none of its own belongs to
    the paragraph where it begins."""
    ranges: dict[int, list[tuple[int, int]]] = {}
    for function in one.program.functions:
        if function.paragraphs is not None:
            for number in sorted(function.inside) or function.paragraphs[:1]:
                ranges.setdefault(number, []).append(function.paragraphs)
    return ranges


def _does_something(paragraph: Paragraph) -> bool:
    return any(not isinstance(each, Continue) for sentence in paragraph.sentences for each in sentence.statements)


def _last_line(paragraph: Paragraph) -> int:
    return max(node.span.line for node in walk(paragraph) if node.span.file == paragraph.span.file)


def _ends(unit: Unit) -> Mapping[str, list[int]]:
    """By file, the lines where something ends because something else begins behind it."""
    begins: dict[str, set[int]] = {unit.file: {len(unit.lines) + 1}}
    pending = list(unit.programs)
    while pending:
        program = pending.pop()
        pending += program.programs
        for node in (program, *walk(program)):
            if isinstance(node, Program | Section | Paragraph):
                begins.setdefault(node.span.file, set()).add(node.span.line)
    return {file: sorted(line - 1 for line in lines) for file, lines in begins.items()}
