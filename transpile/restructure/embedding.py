"""EXEC … END-EXEC: an operation that reads its inputs and sets its targets, whatever else it does."""

from __future__ import annotations

from collections.abc import Iterator

from transpile.cobol import embedded
from transpile.cobol import statements as verbs
from transpile.cobol.embedded import Host
from transpile.cobol.names import Index, Register
from transpile.legacy.expressions import Bytes, Expression, Load, Place
from transpile.legacy.fields import Field
from transpile.legacy.statements import Body, Operation, Perform
from transpile.restructure.block import Block
from transpile.restructure.scope import Scope, whole


def execute(block: Block, statement: verbs.Execute) -> Body:
    scope = block.scope
    if statement.declares:
        return ()
    found = [(host, place) for host in embedded.hosts(scope.names, statement) for place in _places(scope, host)]
    options = [("language", statement.language), ("text", statement.key)]
    options += [("line", line) for line in statement.text.splitlines()]
    outcomes = tuple(_handlers(block, statement))
    if outcomes:
        options.append(("note", "That later commands go there is not acted on: it is for their methods to do."))
    if embedded.leaves(statement):
        options.append(("note", "It does not come back: end it with an exception, as sys.exit() does."))
    for declaration in embedded.declarations(scope.names, statement) if statement.text[:4].upper() == "OPEN" else ():
        options += [("declared", line) for line in declaration.text.splitlines()]
    inputs = tuple(_value(place) for host, place in found if host.reads)
    targets = tuple(place for host, place in found if host.writes)
    return (Operation("execute", inputs, targets, tuple(options), outcomes),)


def _handlers(block: Block, statement: verbs.Execute) -> Iterator[tuple[str, Body]]:
    """Where HANDLE says that later commands go, each by its condition."""
    procedures = block.scope.names
    for condition, name in embedded.handlers(statement):
        if name in procedures.paragraphs or name in procedures.sections:
            label = verbs.Label(name, span=statement.span)
            yield condition, (Perform(block.procedures.from_here(label, block.section)),)


def _value(place: Place) -> Expression:
    return Load(place) if place.field.type is not None else Bytes(place)


def _places(scope: Scope, host: Host) -> Iterator[Place]:
    """Of a table, the first element stands for all."""
    field = _field(scope, host)
    if field is not None:
        yield Place(field, tuple(whole(1) for _ in field.dimensions))


def _field(scope: Scope, host: Host) -> Field | None:
    match host.declared.meaning:
        case Index(name, item):
            return scope.index(name, item)
        case Register(name):
            return scope.registers.get(name)
    return scope.fields.get(id(host.item))
