"""The procedure division of a program: its paragraphs in order, what ALTER changes, and how its files are opened."""

from __future__ import annotations

from transpile.cobol import statements as verbs
from transpile.cobol.walking import walk
from transpile.legacy.types import Number
from transpile.restructure.procedures import Division, Position
from transpile.restructure.scope import Scope


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
            made.places.append(Position(number, section, paragraph, last))
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
