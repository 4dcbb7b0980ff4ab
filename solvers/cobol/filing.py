"""File statements: the event that each is, and what it leaves.

``options`` of an event are the name of the operation, what it is given (``value`` for what is not constant), and the
first digits of the statuses that the statement deals with; ``values`` are the bytes of the record where the operation
looks at them, then what it is given, then the keys of an indexed file. The record, the status and the RELATIVE KEY may
change.
"""

from __future__ import annotations

from dataclasses import dataclass

import z3

from transpile.cobol import statements as verbs
from transpile.cobol import tree
from transpile.cobol.programs import FileDescription
from transpile.legacy.fields import Field
from transpile.legacy.files import File
from transpile.legacy.types import Text as TextType
from transpile.solvers.cobol.moving import move
from transpile.solvers.cobol.operands import Evaluation
from transpile.solvers.cobol.scene import Scene
from transpile.solvers.storage.steps import Answer, Event
from transpile.solvers.storage.values import NoTerm, Text, Truth, Value, known, units_at

FileStatement = verbs.Open | verbs.Close | verbs.Read | verbs.Write | verbs.Rewrite | verbs.Delete | verbs.Start
TRUTHS = ("at end", "invalid key", "ok", "end of page")
_EXPECTS = {"at end": "1", "invalid key": "2"}
_SEQUENTIAL = ("sequential", "line sequential")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the answer brings: ``facts`` hold of it; the statements of each phrase, and when they are done."""

    facts: Truth
    phrases: tuple[tuple[Truth, tuple[tree.Statement, ...]], ...]
    ok: Truth


def description(scene: Scene, label: verbs.Label) -> FileDescription:
    return scene.names.file(label)


def file_of(scene: Scene, name: str) -> File:
    found = next((each for each in scene.program.files if each.origin == name), None)
    if found is None:
        raise NoTerm(f"the file {name} is not in the model")
    if found.work or found.external or found.linage is not None or found.depending is not None or found.varying:
        raise NoTerm(f"the file {name} has LINAGE, records of varying size, or is for sorting")
    return found


def event(evaluation: Evaluation, statement: FileStatement, at: int) -> Event:
    """``at``: which of the files of an OPEN or CLOSE."""
    scene = evaluation.scene
    if any(each.use is not None for each in (scene.tree.procedure.declaratives if scene.tree.procedure else ())):
        raise NoTerm("USE procedures are not in the model")
    file = file_of(scene, _name(scene, statement, at))
    options, values = _asked(evaluation, statement, file, at)
    expects = "" if file.status is not None else _expected(statement)
    more = (f"expects={expects}",) if expects else ()
    if isinstance(statement, verbs.Write | verbs.Rewrite):
        values = (_area(evaluation, file), *values)
    keyed = options[0] in ("read", "start", "delete") and file.organization == "indexed"
    keys = tuple(_key_bytes(evaluation, key.place.field) for key in file.keys) if keyed else ()
    return Event("file", file.origin, (*options, *more), (*values, *keys), _changes(evaluation, file), TRUTHS)


def _changes(evaluation: Evaluation, file: File) -> frozenset[int]:
    fields = [file.record.root, *(each.field for each in (file.status, file.relative) if each is not None)]
    return frozenset(evaluation.storage.layout.roots[each.number].root.number for each in fields)


def _key_bytes(evaluation: Evaluation, field: Field) -> Text:
    root = evaluation.storage.layout.roots[field.number].root
    return evaluation.storage.bytes(root.number, field.view.offset, field.view.size)


def _name(scene: Scene, statement: FileStatement, at: int) -> str:
    match statement:
        case verbs.Open(files):
            return scene.names.file(files[at][1]).name
        case verbs.Close(files):
            return scene.names.file(files[at][0]).name
        case verbs.Write(record) | verbs.Rewrite(record):
            meaning = scene.names.resolve(record).meaning
            for file in scene.names.files.values():
                if any(each is meaning for each in file.records):
                    return file.name
            raise NoTerm(f"{record.name} is no record of a file of this program")
        case verbs.Read(file) | verbs.Delete(file) | verbs.Start(file):
            return scene.names.file(file).name


def _phrases(statement: FileStatement) -> list[tuple[str, verbs.Handler]]:
    found = [("at end", statement.on_end)] if isinstance(statement, verbs.Read) else []
    if not isinstance(statement, verbs.Open | verbs.Close):
        found.append(("invalid key", statement.on_invalid_key))
    return [(name, handler) for name, handler in found if handler is not None]


def _expected(statement: FileStatement) -> str:
    return "".join(_EXPECTS[name] for name, handler in _phrases(statement) if handler.yes is not None)


def _asked(
    evaluation: Evaluation, statement: FileStatement, file: File, at: int
) -> tuple[tuple[str, ...], tuple[Value, ...]]:
    match statement:
        case verbs.Open(files):
            return ("open", files[at][0].lower()), ()
        case verbs.Close(files):
            how = files[at][1].lower()
            return ("close", *((how,) if how else ())), ()
        case verbs.Read():
            return _read(evaluation, statement, file)
        case verbs.Write(advancing=advancing, on_end_of_page=page):
            if page is not None:
                raise NoTerm("END-OF-PAGE is not in the model")
            options, values = _advancing(evaluation, advancing)
            _one_size(file, statement)
            given = _relative(evaluation, file)
            return ("write", *("value" for _ in given), *options), (*given, *values)
        case verbs.Rewrite():
            _one_size(file, statement)
            given = _relative(evaluation, file)
            return ("rewrite", *("value" for _ in given)), given
        case verbs.Delete():
            given = _relative(evaluation, file)
            return ("delete", *("value" for _ in given)), given
        case verbs.Start():
            return _start(evaluation, statement, file)


def _one_size(file: File, statement: verbs.Write | verbs.Rewrite) -> None:
    if file.sizes[0] != file.sizes[1]:
        raise NoTerm(f"{statement.record.name} is one of several records of different sizes")


def _area(evaluation: Evaluation, file: File) -> Text:
    root = file.record.root.number
    return evaluation.storage.bytes(root, 0, evaluation.storage.layout.sizes[root])


def _relative(evaluation: Evaluation, file: File) -> tuple[Value, ...]:
    if file.relative is None:
        return ()
    if file.access == "sequential":
        raise NoTerm("the RELATIVE KEY of a file that is read or written in sequence")
    return (_held(evaluation, file),)


def _held(evaluation: Evaluation, file: File) -> Value:
    assert file.relative is not None
    if file.relative.subscripts:
        raise NoTerm("a RELATIVE KEY in a table")
    return evaluation.storage.read(file.relative.field)


def _read(evaluation: Evaluation, statement: verbs.Read, file: File) -> tuple[tuple[str, ...], tuple[Value, ...]]:
    if statement.direction == "PREVIOUS":
        method = "read_previous"
    else:
        keyed = statement.key is not None or statement.on_invalid_key is not None or file.access == "random"
        keyed = keyed or (file.access == "dynamic" and statement.on_end is None)
        by_key = not statement.direction and file.organization not in _SEQUENTIAL and keyed
        method = "read" if by_key else "read_next"
    if method != "read":
        if file.relative is not None:
            raise NoTerm("the RELATIVE KEY of a file that is read in sequence")
        return (method,), ()
    if file.relative is not None:
        return (method, "value"), (_held(evaluation, file),)
    number = _key(evaluation, statement, file)
    return (method, *((str(number),) if number else ())), ()


def _key(evaluation: Evaluation, statement: verbs.Read | verbs.Start, file: File) -> int:
    """The number of the key; it must be a whole one."""
    if statement.key is None:
        return 0
    wanted = evaluation.scene.field(statement.key)
    for at, key in enumerate(file.keys):
        if key.place.field.number == wanted.number:
            return at
    raise NoTerm(f"{statement.key.name}, the first part of a key")


def _start(evaluation: Evaluation, statement: verbs.Start, file: File) -> tuple[tuple[str, ...], tuple[Value, ...]]:
    if file.relative is not None:
        return ("start", statement.relation, "value"), (_held(evaluation, file),)
    number = _key(evaluation, statement, file)
    return ("start", statement.relation, *((f"key={number}",) if number else ())), ()


def _advancing(evaluation: Evaluation, advancing: verbs.Advancing | None) -> tuple[tuple[str, ...], tuple[Value, ...]]:
    """The side of the lines, and their number; ``page=True`` for a new page."""
    if advancing is None:
        return (), ()
    side = advancing.side.lower()
    if advancing.mnemonic:
        raise NoTerm("ADVANCING by a mnemonic name is not in the model")
    if advancing.lines is None:
        return (f"{side}=0", "page=True"), ()
    lines = evaluation.number(advancing.lines)
    number = known(units_at(lines, 0))
    return ((f"{side}=value",), (lines,)) if number is None else ((f"{side}={number}",), ())


# What it brings


def before(evaluation: Evaluation, statement: FileStatement) -> None:
    """FROM: what is moved to the record first."""
    if isinstance(statement, verbs.Write | verbs.Rewrite) and statement.value is not None:
        move(evaluation, evaluation.operand(statement.value), evaluation.spot(statement.record))


def outcome(evaluation: Evaluation, statement: FileStatement, at: int, answer: Answer) -> Outcome:
    """READ INTO's target, where the operation succeeded, is left to ``into``."""
    file = file_of(evaluation.scene, _name(evaluation.scene, statement, at))
    at_end, invalid, ok = (answer.truths[name] for name in TRUTHS[:3])
    met = {"at end": at_end, "invalid key": invalid}
    if file.status is None:
        expected = _expected(statement)
        facts = [z3.Or(ok, *(met[name] for name, each in _EXPECTS.items() if each in expected))]
        facts += [z3.Not(z3.And(a, b)) for a, b in ((at_end, invalid), (at_end, ok), (invalid, ok))]
    else:
        digit = _status(evaluation, file).chars[0]
        facts = [at_end == (digit == 49), invalid == (digit == 50), ok == (digit == 48)]
    phrases: list[tuple[Truth, tuple[tree.Statement, ...]]] = []
    done: tuple[tree.Statement, ...] = ()
    for name, handler in _phrases(statement):
        if handler.yes is not None:
            phrases.append((met[name], handler.yes))
        done = (*done, *(handler.no or ()))
    return Outcome(z3.And(*facts), (*phrases, (ok, done)), ok)


def _status(evaluation: Evaluation, file: File) -> Text:
    assert file.status is not None
    goal = file.status.field
    if not isinstance(goal.type, TextType) or goal.view.size != 2 or file.status.subscripts:
        raise NoTerm(f"the status {goal.origin}, which is not two characters")
    held = evaluation.storage.read(goal)
    assert isinstance(held, Text)
    return held


def into(evaluation: Evaluation, statement: verbs.Read) -> None:
    if statement.into is None:
        return
    record = description(evaluation.scene, statement.file).records[0]
    move(evaluation, evaluation.held(evaluation.item(record, ())), evaluation.spot(statement.into))
