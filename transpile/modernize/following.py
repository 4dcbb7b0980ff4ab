"""Where control goes on to from a paragraph: the edges of the control-flow graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from transpile.cobol.names import names_of
from transpile.cobol.programs import Program
from transpile.cobol.statements import Exit, GoTo, Label, Paragraph, Perform, Sort, Stop
from transpile.cobol.tree import Statement
from transpile.cobol.walking import walk
from transpile.errors import SourceError
from transpile.modernize.paragraphs import paragraphs
from transpile.modernize.subject import Subject
from transpile.python.correspondence import Correspondence
from transpile.translation import Placed


def layout(subject: Subject) -> tuple[Placed, ...]:
    """The paragraphs that are reached, each with those that it performs or goes to, and the one that it comes to."""
    placed = []
    for one in subject.module.classes:
        standing = [each for each in paragraphs(subject.unit, one) if each.runs_in]
        labels = {each.number: each.name for each in standing}
        edges = _edges(subject.unit.program(one.program.origin), one)
        for each in standing:
            following = dict.fromkeys(labels[number] for number in edges[each.number] if number in labels)
            placed.append(Placed(one.program.origin, each.name, None, tuple(following)))
    return tuple(placed)


def _edges(program: Program, one: Correspondence) -> Mapping[int, list[int]]:
    """By numbers of paragraphs."""
    procedure = program.procedure
    sections = (*procedure.declaratives, *procedure.sections) if procedure is not None else ()
    found = [(section, paragraph) for section in sections for paragraph in section.paragraphs]
    numbers = {id(paragraph): number for number, (_, paragraph) in enumerate(found)}
    names = names_of(program)
    edges: dict[int, list[int]] = {}
    for number, (section, paragraph) in enumerate(found):
        edges[number] = []
        for label in _labels(paragraph):
            try:
                owner, named = names.procedure(label, section)
            except SourceError:
                continue
            entered = named or next(iter(owner.paragraphs), None)
            edges[number] += [numbers[id(entered)]] if entered is not None else []
    for number in _comes_through(one, [paragraph for _, paragraph in found]):
        edges[number].append(number + 1)
    return edges


def _labels(paragraph: Paragraph) -> Iterator[Label]:
    for node in walk(paragraph):
        match node:
            case GoTo(labels=labels):
                yield from labels
            case Perform(first=Label() as first):
                yield first
            case Sort(input_procedure=before, output_procedure=after):
                yield from (given[0] for given in (before, after) if given is not None)


def _comes_through(one: Correspondence, found: list[Paragraph]) -> set[int]:
    """The paragraphs whose end is followed by the next one."""
    through = set()
    for function in one.program.functions:
        if function.paragraphs is not None:
            first, last = function.paragraphs
            reached = {first, *function.inside}
            for number in range(first, last):
                if number in reached and not _leaves(found[number]):
                    reached.add(number + 1)
                    through.add(number)
    return through


def _leaves(paragraph: Paragraph) -> bool:
    statements: list[Statement] = [each for sentence in paragraph.sentences for each in sentence.statements]
    match statements[-1:]:
        case [GoTo(depending=None) | Stop(literal=None) | Exit(what="PROGRAM")]:
            return True
    return False
