"""EXEC … END-EXEC as methods that a person fills in: one for each statement that is different from the others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from textwrap import wrap
from typing import TYPE_CHECKING

from transpile.legacy.expressions import Bytes, Expression, Load, Part, Place
from transpile.legacy.fields import Field
from transpile.legacy.statements import Body, Operation, Perform, Program
from transpile.python.code import attribute, literal
from transpile.python.expressions import Expressions
from transpile.python.lines import INDENT, Lines
from transpile.python.names import executed, inside
from transpile.python.operations import operation, option, options
from transpile.python.places import Places
from transpile.python.wrapping import WIDTH

if TYPE_CHECKING:
    from transpile.python.statements import Statements

_WIDTH = WIDTH - 2 * len(INDENT)


@operation("execute")
def _execute(writer: Statements, statement: Operation) -> None:
    writer.lines.add(f"self.{writer.expressions.names.interfaces[option(statement, 'text')]}()")


def interfaces(program: Program, expressions: Expressions, lines: Lines, main: bool) -> None:
    """The methods, at the end of the class, below a line that says what they are. ``main``: main() makes the class."""
    found: dict[str, list[Operation]] = {}
    for each in executed(program):
        found.setdefault(option(each, "text"), []).append(each)
    if found:
        lines.add("")
        where = ", or in a subclass that main() is given" if main else ""
        lines.comment(f"Interfaces: what EXEC does. Write them here{where}.")
    for at, (text, statements) in enumerate(found.items()):
        if at:
            lines.add("")
        with lines.block(f"def {expressions.names.interfaces[text]}(self) -> None:"):
            lines.add(*_docstring(statements[0], expressions))
            what = f"EXEC {option(statements[0], 'language')}{_where(statements)}"
            lines.add(f"raise NotImplementedError({literal(what)})")


def _docstring(statement: Operation, expressions: Expressions) -> Iterator[str]:
    """The statement in its lines, the attributes that it reads and sets, and what there is to say of it."""
    language, written = option(statement, "language"), options(statement, "line")
    whole = f"EXEC {language} {' '.join(written)} END-EXEC"
    if len(written) == 1 and len(whole) <= _WIDTH - 3:
        said = [whole]
    else:
        said = [f"EXEC {language}", *(line for each in written for line in _broken(f"{INDENT}{each}")), "END-EXEC"]
    if declared := options(statement, "declared"):
        said += ["", *(line for each in declared for line in _broken(each))]
    said += [""] if statement.outcomes else []
    for condition, body in statement.outcomes:
        said += [f"{condition}: self.{expressions.names.function(each.function)}()" for each in _performs(body)]
    for note in (*options(statement, "note"), _uses(statement, expressions)):
        said += ["", *wrap(note, _WIDTH)] if note else []
    safe = [line.replace("\\", "\\\\").replace('"""', "'''").rstrip() for line in said]
    if len(safe) == 1:
        yield f'"""{safe[0]}"""'
        return
    yield from (f'"""{safe[0]}', *safe[1:], '"""')


def _performs(body: Body) -> list[Perform]:
    return [each for each in body if isinstance(each, Perform)]


def _broken(line: str) -> list[str]:
    if len(line) <= _WIDTH:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    return wrap(line, _WIDTH, initial_indent=indent, subsequent_indent=indent + INDENT, drop_whitespace=True)


def _where(statements: Sequence[Operation]) -> str:
    """`` in lines 3 and 8 of x.cob``."""
    spans = {(PurePath(each.span.file).name, each.span.line): None for each in statements if each.span is not None}
    if not spans:
        return ""
    files = dict.fromkeys(file for file, _ in spans)
    said = []
    for file in files:
        *before, last = (str(line) for name, line in spans if name == file)
        said.append(f"lines {', '.join(before)} and {last} of {file}" if before else f"line {last} of {file}")
    return f" in {', '.join(said)}"


def _uses(statement: Operation, expressions: Expressions) -> str:
    """The attributes, by what is done with them."""
    read = _attributes([_place(each) for each in statement.inputs], expressions)
    written = _attributes([_place(each) for each in statement.targets], expressions)
    kinds = (
        ("Reads", [each for each in read if each not in written]),
        ("Reads, and may set,", [each for each in read if each in written]),
        ("Sets", [each for each in written if each not in read]),
    )
    return " ".join(f"{verb} {', '.join(names)}." for verb, names in kinds if names)


def _place(expression: Expression) -> Place:
    match expression:
        case Load(place=place) | Bytes(target=Place() as place) | Bytes(target=Part(place=place)) | Part(place=place):
            return place
        case Place():
            return expression
    raise AssertionError(expression)


def _attributes(places: Sequence[Place], expressions: Expressions) -> list[str]:
    """Each once; a record all of whose fields are meant is named itself."""
    numbers = {each.field.number for each in places}
    found: dict[str, None] = {}
    for place in places:
        root = _home(place.field, expressions).names.roots[place.field.number].root
        leaves = [each for each in (root, *inside(root)) if each.type is not None and each.name != ("filler",)]
        whole = root.type is None and all(each.number in numbers for each in leaves)
        found[_attribute(root if whole else place.field, place, expressions)] = None
    return list(found)


def _home(field: Field, places: Places) -> Places:
    """Those of the program whose record has ``field``."""
    while field.number not in places.names.roots and places.outer is not None:
        places = places.outer
    return places


def _attribute(field: Field, place: Place, expressions: Expressions) -> str:
    """Without ``self`` and subscripts."""
    home = _home(field, expressions)
    if field.number == home.names.roots[field.number].root.number:
        code = str(attribute(home.owner, home.names.attributes[field.number]))
    else:
        code = str(expressions.place(Place(field, place.subscripts)))
    return re.sub(r"\[[^\]]*\]", "", code.removeprefix("self."))
