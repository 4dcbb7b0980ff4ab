"""File statements: the event that each is, and what it leaves.

``options`` of an event are the name of the operation and its arguments as far as they are constant, the first digits of
the statuses that the statement deals with among them; ``values`` are the bytes of the record, or of its keys, where the
operation looks at them, and numbers. The status is one of the fields that the event changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import z3

from transpile.cobol import statements as verbs
from transpile.cobol import tree
from transpile.cobol.programs import FileDescription
from transpile.legacy.files import File
from transpile.solvers.cobol.moving import move
from transpile.solvers.cobol.operands import Evaluation
from transpile.solvers.cobol.scene import Scene
from transpile.solvers.storage.steps import Answer, Event
from transpile.solvers.storage.values import NoTerm, Number, Text, Truth, Value, known

FileStatement = verbs.Open | verbs.Close | verbs.Read | verbs.Write | verbs.Rewrite | verbs.Delete | verbs.Start
TRUTHS = ("at end", "invalid key", "ok", "end of page")
_EXPECTS = {"at end": "1", "invalid key": "2"}
_KEYED = ("read", "start", "delete")
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
    asked = _asked(evaluation, statement, file, at)
    expects = "" if file.status is not None else _expected(statement)
    options = (*asked.options, *((f"expects={expects}",) if expects else ()))
    values = (*asked.values, *(_keys(evaluation, file) if options[0] in _KEYED else ()))
    return Event("file", file.origin, options, values, _changes(evaluation, file), TRUTHS)


def _keys(evaluation: Evaluation, file: File) -> tuple[Value, ...]:
    """What an indexed file looks for."""
    if file.organization != "indexed":
        return ()
    places = [each.place.field for each in file.keys]
    roots = evaluation.storage.layout.roots
    return tuple(
        evaluation.storage.bytes(roots[each.number].root.number, each.view.offset, each.view.size) for each in places
    )


def _changes(evaluation: Evaluation, file: File) -> frozenset[int]:
    """The record area, and the records of the fields that go with the file."""
    places = [each.field for each in (file.status, file.relative) if each is not None]
    roots = evaluation.storage.layout.roots
    return frozenset(roots[each.number].root.number for each in (file.record.root, *places))


@dataclass(frozen=True, slots=True)
class Asked:
    """The name of an operation with its arguments: constants are options, others values."""

    options: tuple[str, ...]
    values: tuple[Value, ...] = ()

    def given(self, value: Value, name: str = "") -> Asked:
        number = known(value.units) if isinstance(value, Number) and not value.scale else None
        if number is not None:
            return Asked((*self.options, f"{name}{number}"), self.values)
        return Asked((*self.options, f"{name}value"), (*self.values, value))


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


def _asked(evaluation: Evaluation, statement: FileStatement, file: File, at: int) -> Asked:
    match statement:
        case verbs.Open(files):
            return Asked(("open", files[at][0].lower()))
        case verbs.Close(files):
            how = files[at][1].lower()
            return Asked(("close", *((how,) if how else ())))
        case verbs.Read():
            return _read(evaluation, statement, file)
        case verbs.Write(advancing=advancing, on_end_of_page=page):
            if page is not None:
                raise NoTerm("END-OF-PAGE is not in the model")
            _one_size(file, statement)
            asked = _relative(evaluation, file, Asked(("write",), (_area(evaluation, file),)))
            return _advancing(evaluation, advancing, asked)
        case verbs.Rewrite():
            _one_size(file, statement)
            return _relative(evaluation, file, Asked(("rewrite",), (_area(evaluation, file),)))
        case verbs.Delete():
            return _relative(evaluation, file, Asked(("delete",)))
        case verbs.Start():
            return _start(evaluation, statement, file)


def _one_size(file: File, statement: verbs.Write | verbs.Rewrite) -> None:
    if file.sizes[0] != file.sizes[1]:
        raise NoTerm(f"{statement.record.name} is one of several records of different sizes")


def _area(evaluation: Evaluation, file: File) -> Text:
    root = file.record.root.number
    return evaluation.storage.bytes(root, 0, evaluation.storage.layout.sizes[root])


def _relative(evaluation: Evaluation, file: File, asked: Asked) -> Asked:
    if file.relative is None:
        return asked
    if file.access == "sequential":
        raise NoTerm("the RELATIVE KEY of a file that is read or written in sequence")
    return asked.given(_held(evaluation, file))


def _held(evaluation: Evaluation, file: File) -> Value:
    assert file.relative is not None
    if file.relative.subscripts:
        raise NoTerm("a RELATIVE KEY in a table")
    return evaluation.storage.read(file.relative.field)


def _read(evaluation: Evaluation, statement: verbs.Read, file: File) -> Asked:
    if statement.direction == "PREVIOUS":
        method = "read_previous"
    else:
        keyed = statement.key is not None or statement.on_invalid_key is not None or file.access == "random"
        keyed = keyed or (file.access == "dynamic" and statement.on_end is None)
        by_key = not statement.direction and file.organization not in _SEQUENTIAL and keyed
        method = "read" if by_key else "read_next"
    if method != "read" and file.relative is not None:
        raise NoTerm("the RELATIVE KEY of a file that is read in sequence")
    asked = Asked((method,))
    if method != "read":
        return asked
    if file.relative is not None:
        return asked.given(_held(evaluation, file))
    number = _key(evaluation, statement, file)
    return Asked((method, *((str(number),) if number else ())))


def _key(evaluation: Evaluation, statement: verbs.Read | verbs.Start, file: File) -> int:
    """The number of the key; it must be a whole one."""
    if statement.key is None:
        return 0
    wanted = evaluation.scene.field(statement.key)
    for at, key in enumerate(file.keys):
        if key.place.field.number == wanted.number:
            return at
    raise NoTerm(f"{statement.key.name}, the first part of a key")


def _start(evaluation: Evaluation, statement: verbs.Start, file: File) -> Asked:
    asked = Asked(("start", statement.relation))
    if file.relative is not None:
        return asked.given(_held(evaluation, file))
    number = _key(evaluation, statement, file)
    return Asked((*asked.options, *((f"key={number}",) if number else ())))


def _advancing(evaluation: Evaluation, advancing: verbs.Advancing | None, asked: Asked) -> Asked:
    """The side of the lines, and how many they are."""
    if advancing is None:
        return asked
    side = advancing.side.lower()
    if advancing.mnemonic:
        raise NoTerm("ADVANCING by a mnemonic name is not in the model")
    if advancing.lines is None:
        return Asked((*asked.options, f"{side}=0", "page=True"), asked.values)
    return asked.given(evaluation.number(advancing.lines), f"{side}=")


# What it brings


def before(evaluation: Evaluation, statement: FileStatement) -> None:
    """FROM: what is moved to the record first."""
    if isinstance(statement, verbs.Write | verbs.Rewrite) and statement.value is not None:
        move(evaluation, evaluation.operand(statement.value), evaluation.spot(statement.record))


def outcome(evaluation: Evaluation, statement: FileStatement, at: int, answer: Answer) -> Outcome:
    """READ INTO's target, where the operation succeeded, is left to ``into``."""
    file = file_of(evaluation.scene, _name(evaluation.scene, statement, at))
    at_end, invalid, ok = (answer.truths[name] for name in TRUTHS[:3])
    told = {"at end": at_end, "invalid key": invalid}
    facts = [z3.Not(z3.And(at_end, invalid)), z3.Not(z3.And(ok, z3.Or(at_end, invalid)))]
    if file.status is None:
        expected = _expected(statement)
        facts.append(z3.Or(ok, *(told[name] for name, each in _EXPECTS.items() if each in expected)))
    else:
        digit = _status(evaluation, file).chars[0]
        facts += [at_end == (digit == 49), invalid == (digit == 50), ok == (digit == 48)]
    phrases: list[tuple[Truth, tuple[tree.Statement, ...]]] = []
    done: tuple[tree.Statement, ...] = ()
    for name, handler in _phrases(statement):
        if handler.yes is not None:
            phrases.append((told[name], handler.yes))
        done = (*done, *(handler.no or ()))
    return Outcome(z3.And(*facts), (*phrases, (ok, done)), ok)


def _status(evaluation: Evaluation, file: File) -> Text:
    assert file.status is not None
    goal = file.status.field
    found = None if file.status.subscripts else evaluation.storage.read(goal)
    if not isinstance(found, Text) or len(found) != 2:
        raise NoTerm(f"the status {goal.origin}, which is not two characters")
    return found


def into(evaluation: Evaluation, statement: verbs.Read) -> None:
    if statement.into is None:
        return
    record = description(evaluation.scene, statement.file).records[0]
    move(evaluation, evaluation.held(evaluation.item(record, ())), evaluation.spot(statement.into))
