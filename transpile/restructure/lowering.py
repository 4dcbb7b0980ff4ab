"""One statement of COBOL as statements of the form: which verb is whose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from transpile.cobol import statements as verbs
from transpile.cobol import tree as cobol
from transpile.legacy.expressions import Place
from transpile.legacy.statements import Assign, Body, Operation
from transpile.restructure import (
    arithmetic, calling, control, filing, initializing, moving, showing, strings, tables,
)  # fmt: skip
from transpile.restructure.block import Block
from transpile.restructure.jumps import Jump
from transpile.restructure.scope import unsupported, whole


def _move(block: Block, statement: verbs.Move) -> Body:
    return moving.move(block.scope, statement)


def _initialize(block: Block, statement: verbs.Initialize) -> Body:
    return initializing.initialize(block.scope, statement)


def _corresponding(block: Block, statement: verbs.Corresponding) -> Body:
    if statement.verb != "MOVE":
        return arithmetic.add_corresponding(block, statement)
    scope = block.scope
    pairs = moving.corresponding(scope, statement.source, statement.target.target)
    return tuple(made for source, goal in pairs for made in moving.assign(scope, source, goal))


def _nothing(block: Block, statement: cobol.Statement) -> Body:
    return ()


def _next_sentence(block: Block, statement: verbs.NextSentence) -> Body:
    return (Jump(block.sentence_end),)


def _alter(block: Block, statement: verbs.Alter) -> Body:
    made = []
    for changed, to in statement.changes:
        field, places = block.scope.altered[block.procedures.label(changed, block.section)]
        at = places.index(block.procedures.label(to, block.section))
        made.append(Assign(Place(field), whole(at + 1)))
    return tuple(made)


def _execute(block: Block, statement: verbs.Execute) -> Body:
    return (Operation("execute", options=(("language", statement.language), ("text", statement.text))),)


def _unsupported(block: Block, statement: verbs.Unsupported) -> Body:
    raise unsupported(statement.span, statement.verb)


_Lower = Callable[[Block, Any], Body]
_VERBS: dict[type[cobol.Statement], _Lower] = {
    verbs.Accept: showing.accept,
    verbs.Add: arithmetic.add,
    verbs.Alter: _alter,
    verbs.Call: calling.call,
    verbs.Cancel: calling.cancel,
    verbs.Close: filing.close,
    verbs.Compute: arithmetic.compute,
    verbs.Continue: _nothing,
    verbs.Corresponding: _corresponding,
    verbs.Delete: filing.delete,
    verbs.Display: showing.display,
    verbs.Divide: arithmetic.divide,
    verbs.Evaluate: control.evaluate,
    verbs.Execute: _execute,
    verbs.Exit: control.exit_,
    verbs.GoBack: control.go_back,
    verbs.GoTo: control.go_to,
    verbs.If: control.if_,
    verbs.Initialize: _initialize,
    verbs.Inspect: strings.inspect,
    verbs.Move: _move,
    verbs.Multiply: arithmetic.multiply,
    verbs.NextSentence: _next_sentence,
    verbs.Open: filing.open_,
    verbs.Perform: control.perform,
    verbs.Read: filing.read,
    verbs.Release: filing.release,
    verbs.Return: filing.return_,
    verbs.Rewrite: filing.rewrite,
    verbs.Search: tables.search,
    verbs.Set: tables.set_,
    verbs.Sort: filing.sort,
    verbs.Start: filing.start,
    verbs.Stop: control.stop,
    verbs.StringTogether: strings.string,
    verbs.Subtract: arithmetic.subtract,
    verbs.Unstring: strings.unstring,
    verbs.Unsupported: _unsupported,
    verbs.Write: filing.write,
}


def lower(block: Block, statement: cobol.Statement) -> Body:
    """What ``statement`` does. The first of several statements has the remarks."""
    made = _VERBS[type(statement)](block, statement)
    remarks = block.scope.said(statement)
    placed = [replace(each, span=each.span or statement.span) for each in made]
    if placed and remarks:
        placed[0] = replace(placed[0], remarks=(*remarks, *placed[0].remarks))
    return tuple(placed)
