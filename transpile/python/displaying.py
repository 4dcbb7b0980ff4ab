"""DISPLAY: one text for ``print``, an f-string where there are several pieces, in several lines if it is long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from transpile.legacy.expressions import Constant, Expression, Load, Place
from transpile.legacy.statements import Operation
from transpile.legacy.types import Floating, Number
from transpile.python.code import Code, call, escaped, literal, quoted
from transpile.python.extents import extent
from transpile.python.lines import INDENT
from transpile.python.operations import operation, option
from transpile.python.wrapping import WIDTH

if TYPE_CHECKING:
    from transpile.python.statements import Statements


@operation("display")
def _display(writer: Statements, statement: Operation) -> None:
    pieces = [piece for each in statement.inputs for piece in _shown(writer, each)]
    ending = [] if option(statement, "advancing") != "no" else ['end=""']
    if option(statement, "upon") == "err":
        writer.expressions.uses.use("", "sys")
        ending.append("file=sys.stderr")
    elif ending:
        ending.append("flush=True")
    writer.expressions.uses.use("cobol_console", "use_latin_1")
    room = WIDTH - len(INDENT) * writer.lines.depth
    if _is_f_string(pieces) and not ending and len(_f_string(pieces)) + len("print()") > room:
        with writer.lines.block("print("):
            writer.lines.add(*_in_lines(pieces, room - len(INDENT)))
        writer.lines.add(")")
    else:
        writer.lines.add(str(call("print", *_arguments(pieces), *ending)))


def _arguments(pieces: list[str | Code]) -> list[Code | str]:
    if all(isinstance(piece, str) for piece in pieces):
        text = "".join(str(piece) for piece in pieces)
        return [literal(text)] if text else []
    if len(pieces) == 1 and isinstance(pieces[0], Code) and not pieces[0].text.startswith("{"):
        return [pieces[0]]
    if not _is_f_string(pieces):
        return [*(_plain(piece) for piece in pieces), 'sep=""']
    return [Code(_f_string(pieces))]


def _is_f_string(pieces: list[str | Code]) -> bool:
    """There is something to put in a text, and all of it may stand there."""
    codes = [piece.text for piece in pieces if isinstance(piece, Code)]
    return bool(codes) and len(pieces) > 1 and not any(sign in code for code in codes for sign in ('"', "'", "\\"))


def _f_string(pieces: list[str | Code]) -> str:
    plain = "".join(piece for piece in pieces if isinstance(piece, str))
    quote = quoted(plain)[0]
    return f"f{quote}" + "".join(_in_f_string(piece, quote) for piece in pieces) + quote


def _in_lines(pieces: list[str | Code], room: int) -> list[str]:
    """A text in several, which Python joins; in one if there is room in a line of its own."""
    if len(_f_string(pieces)) <= room:
        return [_f_string(pieces)]
    groups: list[list[str | Code]] = [[]]
    for piece in pieces:
        if groups[-1] and len(_f_string([*groups[-1], piece])) > room:
            groups.append([])
        groups[-1].append(piece)
    return [
        str(_arguments(group)[0]) if all(isinstance(p, str) for p in group) else _f_string(group) for group in groups
    ]


def _plain(piece: str | Code) -> Code:
    if isinstance(piece, str):
        return literal(piece)
    return Code(f'f"{piece.text}"') if piece.text.startswith("{") else piece


def _in_f_string(piece: str | Code, quote: str) -> str:
    if isinstance(piece, str):
        return escaped(piece, quote).replace("{", "{{").replace("}", "}}")
    return piece.text if piece.text.startswith("{") else f"{{{piece.text}}}"


def _shown(writer: Statements, value: Expression) -> Iterator[str | Code]:
    """Text as it is, or code; code that starts with ``{`` is a replacement field with a format."""
    expressions = writer.expressions
    match value:
        case Constant(value=str(text)):
            yield text
        case Load(place=Place(field=field)) if isinstance(field.type, Number):
            yield _number(writer, value, field.type)
        case Load(place=Place(field=field)) if isinstance(field.type, Floating):
            single = ["single=True"] if field.type.bits == 32 else []
            yield expressions.call("show_float", expressions.code(value), *single)
        case Constant(value=number):
            yield str(number)
        case _ if expressions.kind(value) == "float":
            yield expressions.call("show_float", expressions.code(value))
        case _ if expressions.kind(value) in ("int", "decimal"):
            yield call("str", expressions.code(value))
        case _:
            yield expressions.code(value)


def _number(writer: Statements, value: Load, type: Number) -> Code:
    expressions, view = writer.expressions, value.place.field.view
    code = expressions.code(value)
    if view.coding in ("native", "index", "pointer"):
        if type.scale:
            code = expressions.call("unscaled", code, literal(type.scale))
        signed = [] if type.signed else ["signed=False"]
        return expressions.call("show_native", code, literal(view.size), *signed)
    known = extent(value)
    if not type.scale and not type.signed and known.never_negative and known.within(type):
        return Code(f"{{{code}:0{type.digits}d}}")
    more: list[Code | str] = [literal(type.scale)] if type.scale else []
    if type.signed:
        more.append("signed=True")
    if view.separate and not view.leading:
        more.append("trailing=True")
    return expressions.call("show", code, literal(type.digits), *more)
