"""What ``Unstring`` of the rules means. It changes when a piece is taken, and that is done in nothing but
``if piece := unstring.next():``; the piece is known within, and nowhere else."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING

from transpile.python.rules import cobol_rules
from transpile.solvers.python.rules import Arguments, bound, meaning
from transpile.solvers.python.values import Bool, PyValue, Several, literal, whole
from transpile.solvers.storage.unstringing import Piece, Unstring, unstring
from transpile.solvers.storage.values import NoTerm, Text, Truth

if TYPE_CHECKING:
    from transpile.solvers.python.expressions import Evaluation

POINTER_DIGITS = 20
"""The pointer has no more."""


@meaning("cobol_rules.Unstring")
def _unstring(_: Evaluation, arguments: Arguments) -> PyValue:
    given, pointer = arguments.given["delimiters"], arguments.given["pointer"]
    if (arguments.given["count"], arguments.given["_failed"]) != (0, False):
        raise NoTerm("an Unstring that begins with pieces")
    if not isinstance(given, Several) and given != ():
        raise NoTerm("an Unstring with delimiters that are not in the model")
    start = literal(pointer) if isinstance(pointer, int) else arguments.whole("pointer")
    if start.digits > POINTER_DIGITS:
        raise NoTerm("an Unstring with a pointer of so many digits")
    return unstring(arguments.text("source"), list(_delimiters(given)), start.units)


def _delimiters(given: object) -> Iterator[tuple[Text, bool]]:
    for each in given.values if isinstance(given, Several) else ():
        match each:
            case Several(values=(Text() as mark, Bool() as every)):
                yield mark, Arguments("Unstring", (0, 0), {"all": every}).flag("all")
            case _:
                raise NoTerm("an Unstring with a delimiter that is not in the model")


def takes_piece(node: ast.expr) -> bool:
    """It looks like ``piece := unstring.next(…)``."""
    match node:
        case ast.NamedExpr(value=ast.Call(func=ast.Attribute(value=ast.Name(), attr="next"))):
            return True
    return False


def piece_taken(evaluation: Evaluation, node: ast.expr) -> tuple[str, Truth]:
    """The variable of the piece, and whether there is one; ``evaluation`` has both variables afterwards."""
    match node:
        case ast.NamedExpr(
            target=ast.Name(id=piece), value=ast.Call(func=ast.Attribute(value=ast.Name(id=name))) as call
        ):
            state = evaluation.locals.get(name)
            if not isinstance(state, Unstring) or piece in ("self", name):
                raise NoTerm(f"{ast.unparse(node)[:60]} is not in the model")
        case _:
            raise NoTerm(f"{ast.unparse(node)[:60]} is not in the model")
    _, *others = inspect.signature(cobol_rules.Unstring.next).parameters.values()
    arguments = bound(evaluation, "next", inspect.Signature(others), call)
    size = arguments.given["size"]
    present, found, after = state.next(size if isinstance(size, int) else arguments.size("size"))
    evaluation.locals = {**evaluation.locals, name: after, piece: found}
    return piece, present


def attribute(value: Unstring | Piece, name: str) -> PyValue:
    match value, name:
        case Unstring(), "pointer":
            return whole(value.pointer, POINTER_DIGITS)
        case Unstring(), "count":
            return whole(value.count, len(str(len(value.taken))))
        case Unstring(), "overflow":
            return Bool(value.overflow)
        case Piece(), "text":
            return value.text
        case Piece(), "delimiter":
            return value.delimiter
    raise NoTerm(f"the attribute {name} of an Unstring or its piece")
