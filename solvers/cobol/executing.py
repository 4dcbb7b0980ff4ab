"""EXEC … END-EXEC: an event that both programs come to with the same storage, and that leaves the same."""

from __future__ import annotations

from collections.abc import Iterator

from transpile.cobol import embedded
from transpile.cobol.names import Index, Register
from transpile.cobol.statements import Execute
from transpile.legacy.fields import Field, Record
from transpile.solvers.cobol.scene import Scene
from transpile.solvers.storage.cells import Layout
from transpile.solvers.storage.steps import Event
from transpile.solvers.storage.values import NoTerm


def event(scene: Scene, layout: Layout, statement: Execute) -> Event:
    """All that it may read counts as changed, too. Raises NoTerm where another statement says that the program may go
    on elsewhere behind it."""
    if statement.language in scene.diverted:
        raise NoTerm(f"EXEC {statement.language} HANDLE says where the program goes on, which is not acted on")
    if embedded.moves_records(statement):
        raise NoTerm(f"EXEC {statement.language} sets the address of a record, which is not in the model")
    return Event("execute", statement.key, changes=changes(scene, layout, statement))


def changes(scene: Scene, layout: Layout, statement: Execute) -> frozenset[int] | None:
    """The numbers (of the first fields) of the records that it may read or change; None for any: what it names, what
    lies outside of the program, and what tells how it went."""
    if embedded.anything(statement):
        return None
    fields = [*_named(scene, statement), *(each.root for each in _outside(scene))]
    if any(each.number not in layout.roots for each in fields):
        raise NoTerm("EXEC names an item of the program around this one, which is not in the model")
    return frozenset(layout.roots[each.number].root.number for each in fields)


def _named(scene: Scene, statement: Execute) -> Iterator[Field]:
    for host in embedded.hosts(scene.names, statement):
        match host.declared.meaning:
            case Index(name, item) if (id(item), name) in scene.indexes:
                yield scene.indexes[id(item), name]
            case Register(name):
                yield from (each for each in (scene.registers.get(name),) if each is not None)
            case _ if id(host.item) in scene.fields:
                yield scene.fields[id(host.item)]
            case _:
                raise NoTerm(f"EXEC {statement.language} names something that is not in the model")


def _outside(scene: Scene) -> Iterator[Record]:
    """Records that others see as well."""
    yield from scene.program.parameters
    areas = (file.record for file in scene.program.files)
    yield from (each for each in (*scene.program.records, *areas) if each.external)
