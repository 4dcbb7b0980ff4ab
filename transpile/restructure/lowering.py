"""One statement of COBOL as statements of the form: which verb is whose."""

from __future__ import annotations

from dataclasses import replace

from transpile.cobol import statements as verbs
from transpile.cobol import tree as cobol
from transpile.legacy.expressions import Place
from transpile.legacy.statements import Assign, Body
from transpile.restructure import (
    arithmetic,
    calling,
    control,
    embedding,
    filing,
    initializing,
    moving,
    showing,
    strings,
    tables,
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


def _unsupported(block: Block, statement: verbs.Unsupported) -> Body:
    raise unsupported(statement.span, statement.verb)


def _lowered(block: Block, statement: cobol.Statement) -> Body:
    """A row for each verb."""
    match statement:
        case verbs.Accept():
            return showing.accept(block, statement)
        case verbs.Add():
            return arithmetic.add(block, statement)
        case verbs.Alter():
            return _alter(block, statement)
        case verbs.Call():
            return calling.call(block, statement)
        case verbs.Cancel():
            return calling.cancel(block, statement)
        case verbs.Close():
            return filing.close(block, statement)
        case verbs.Compute():
            return arithmetic.compute(block, statement)
        case verbs.Continue():
            return _nothing(block, statement)
        case verbs.Corresponding():
            return _corresponding(block, statement)
        case verbs.Delete():
            return filing.delete(block, statement)
        case verbs.Display():
            return showing.display(block, statement)
        case verbs.Divide():
            return arithmetic.divide(block, statement)
        case verbs.Evaluate():
            return control.evaluate(block, statement)
        case verbs.Execute():
            return embedding.execute(block, statement)
        case verbs.Exit():
            return control.exit_(block, statement)
        case verbs.GoBack():
            return control.go_back(block, statement)
        case verbs.GoTo():
            return control.go_to(block, statement)
        case verbs.If():
            return control.if_(block, statement)
        case verbs.Initialize():
            return _initialize(block, statement)
        case verbs.Inspect():
            return strings.inspect(block, statement)
        case verbs.Move():
            return _move(block, statement)
        case verbs.Multiply():
            return arithmetic.multiply(block, statement)
        case verbs.NextSentence():
            return _next_sentence(block, statement)
        case verbs.Open():
            return filing.open_(block, statement)
        case verbs.Perform():
            return control.perform(block, statement)
        case verbs.Read():
            return filing.read(block, statement)
        case verbs.Release():
            return filing.release(block, statement)
        case verbs.Return():
            return filing.return_(block, statement)
        case verbs.Rewrite():
            return filing.rewrite(block, statement)
        case verbs.Search():
            return tables.search(block, statement)
        case verbs.Set():
            return tables.set_(block, statement)
        case verbs.Sort():
            return filing.sort(block, statement)
        case verbs.Start():
            return filing.start(block, statement)
        case verbs.Stop():
            return control.stop(block, statement)
        case verbs.StringTogether():
            return strings.string(block, statement)
        case verbs.Subtract():
            return arithmetic.subtract(block, statement)
        case verbs.Unstring():
            return strings.unstring(block, statement)
        case verbs.Unsupported():
            return _unsupported(block, statement)
        case verbs.Write():
            return filing.write(block, statement)
    raise unsupported(statement.span, type(statement).__name__)


def lower(block: Block, statement: cobol.Statement) -> Body:
    """What ``statement`` does. The first of several statements has the remarks."""
    made = _lowered(block, statement)
    remarks = block.scope.said(statement)
    placed = [replace(each, span=each.span or statement.span) for each in made]
    if placed and remarks:
        placed[0] = replace(placed[0], remarks=(*remarks, *placed[0].remarks))
    return tuple(placed)
