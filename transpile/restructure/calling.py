"""CALL and CANCEL."""

from __future__ import annotations

from transpile.cobol import statements as verbs
from transpile.cobol import tree as cobol
from transpile.legacy.expressions import Bytes, Expression, Intrinsic
from transpile.legacy.statements import Assign, Body, Operation
from transpile.legacy.types import Exact
from transpile.restructure.block import Block
from transpile.restructure.expressions import as_text, bytes_of, place, target, value
from transpile.restructure.scope import Scope, text, unsupported
from transpile.restructure.sources import of_count


def call(block: Block, statement: verbs.Call) -> Body:
    scope = block.scope
    inputs = [as_text(scope, statement.program)]
    options: list[tuple[str, str]] = []
    for argument in statement.arguments:
        by, given = _argument(scope, argument)
        options.append(("by", by))
        inputs.append(given)
    outcomes: list[tuple[str, Body]] = []
    if statement.returning is not None:
        made = place(scope, statement.returning)
        outcomes.append(("end", (Assign(made, of_count(Intrinsic("returned", (), Exact()), made)),)))
    handler = statement.on_exception
    if handler is not None and handler.yes is not None:
        outcomes.append(("exception", block.body(handler.yes)))
    if handler is not None and handler.no is not None:
        outcomes.append(("ok", block.body(handler.no)))
    return (Operation("call", tuple(inputs), (), tuple(options), tuple(outcomes)),)


def _argument(scope: Scope, argument: verbs.Argument) -> tuple[str, Expression]:
    given = argument.value
    if given is None:
        return "omitted", text("")
    if isinstance(given, cobol.AddressOf):
        raise unsupported(given.span, "ADDRESS OF")
    if isinstance(given, cobol.Reference) and scope.item(given) is not None and argument.by != "VALUE":
        if argument.by == "REFERENCE":
            return "reference", Bytes(target(scope, given))
        return argument.by.lower(), bytes_of(scope, given)
    return "content" if argument.by == "REFERENCE" else argument.by.lower(), value(scope, given)


def cancel(block: Block, statement: verbs.Cancel) -> Body:
    return (Operation("cancel", tuple(as_text(block.scope, each) for each in statement.programs)),)
