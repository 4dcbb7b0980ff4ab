"""File verbs: OPEN, CLOSE, READ, WRITE, REWRITE, DELETE, START, and SORT, MERGE, RELEASE, RETURN."""

from __future__ import annotations

from transpile.cobol import statements as verbs
from transpile.cobol import tree as cobol
from transpile.cobol.programs import FileControl, FileDescription
from transpile.errors import SourceError
from transpile.legacy.expressions import Bytes, Expression, Load, Place
from transpile.legacy.statements import Body, Operation, Perform
from transpile.restructure.block import Block
from transpile.restructure.conditions import native_alphabets
from transpile.restructure.expressions import number
from transpile.restructure.moving import assign
from transpile.restructure.scope import Scope, unsupported, whole

_Outcomes = list[tuple[str, Body]]


def control(scope: Scope, label: verbs.Label) -> FileControl:
    names = scope.names
    file = names.file(label)
    while file.name not in names.controls or names.files.get(file.name) is not file:
        if names.outer is None:
            raise SourceError(label.span, f"the file '{file.name}' has no SELECT entry in FILE-CONTROL")
        names = names.outer
    return names.controls[file.name]


def _handled(
    block: Block, file: str, mode: str, wrong: tuple[tuple[str, verbs.Handler | None], ...]
) -> tuple[tuple[str, Body], ...]:
    """The outcomes of a file verb: those that the statement names, then the declaratives."""
    made: _Outcomes = []
    ok: Body = ()
    for name, handler in wrong:
        if handler is not None and handler.yes is not None:
            made.append((name, block.body(handler.yes)))
        if handler is not None and handler.no is not None:
            ok = (*ok, *block.body(handler.no))
    made += block.procedures.after_error(file, mode)
    if ok:
        made.append(("ok", ok))
    return tuple(made)


def open_(block: Block, statement: verbs.Open) -> Body:
    return tuple(
        Operation(
            "open",
            options=(("file", block.scope.names.file(label).name), ("mode", mode.lower())),
            outcomes=_handled(block, label.name, mode, ()),
        )
        for mode, label in statement.files
    )


def close(block: Block, statement: verbs.Close) -> Body:
    return tuple(
        Operation(
            "close",
            options=(("file", block.scope.names.file(label).name), ("how", how.lower())),
            outcomes=_handled(block, label.name, "", ()),
        )
        for label, how in statement.files
    )


def read(block: Block, statement: verbs.Read) -> Body:
    scope, file = block.scope, control(block.scope, statement.file)
    how, key = "next", 0
    if statement.direction == "PREVIOUS":
        how = "previous"
    elif not statement.direction and _by_key(file, statement):
        how = "key"
        if statement.key is not None:
            key = _key(scope, file, statement.key)[0]
    outcomes = _handled(
        block, file.name, "", (("end of file", statement.on_end), ("invalid key", statement.on_invalid_key))
    )
    if statement.into is not None:
        outcomes = _first(outcomes, tuple(assign(scope, _record(scope, statement.file), statement.into)))
    return (Operation("read", options=(("file", file.name), ("how", how), ("key", str(key))), outcomes=outcomes),)


def _by_key(file: FileControl, statement: verbs.Read) -> bool:
    if file.organization in ("SEQUENTIAL", "LINE SEQUENTIAL"):
        return False
    if statement.key is not None or statement.on_invalid_key is not None:
        return True
    return file.access == "RANDOM" or (file.access == "DYNAMIC" and statement.on_end is None)


def _first(outcomes: tuple[tuple[str, Body], ...], done: Body) -> tuple[tuple[str, Body], ...]:
    """``done`` before all else that success brings."""
    ok = next((body for name, body in outcomes if name == "ok"), ())
    return (*(each for each in outcomes if each[0] != "ok"), ("ok", (*done, *ok)))


def _record(scope: Scope, label: verbs.Label) -> cobol.Reference:
    """The first record of a file."""
    file = scope.names.file(label)
    return cobol.Reference(file.records[0].name, (file.name,), span=label.span)


def _key(scope: Scope, file: FileControl, key: cobol.Reference) -> tuple[int, int | None]:
    """The number of the key that ``key`` is, or is the first part of, and how many bytes of it count."""
    wanted = scope.field(key)
    known = [each for each in (file.record_key, *(each for each, _ in file.alternate_keys)) if each is not None]
    for at, each in enumerate(known):
        if scope.field(each) is wanted:
            return at, None
    for at, each in enumerate(known):
        if scope.field(each).view.offset == wanted.view.offset:
            return at, wanted.view.size
    if file.relative_key is not None and scope.field(file.relative_key) is wanted:
        return 0, None
    raise SourceError(key.span, f"'{key.name}' is no key of '{file.name}'")


def start(block: Block, statement: verbs.Start) -> Body:
    file = control(block.scope, statement.file)
    key, size = (0, None) if statement.key is None else _key(block.scope, file, statement.key)
    options = [("file", file.name), ("relation", statement.relation), ("key", str(key))]
    if size is not None:
        options.append(("size", str(size)))
    outcomes = _handled(block, file.name, "", (("invalid key", statement.on_invalid_key),))
    return (Operation("start", options=tuple(options), outcomes=outcomes),)


def _file_of(scope: Scope, record: cobol.Reference) -> FileDescription:
    """The file that has ``record``."""
    declared = scope.declared(record)
    names = scope.names
    while True:
        for file in names.files.values():
            if any(each is declared.meaning for each in file.records):
                return file
        if names.outer is None:
            raise SourceError(record.span, f"'{record.name}' is no record of a file")
        names = names.outer


def _from(scope: Scope, record: cobol.Reference, given: cobol.Expression | None) -> Body:
    return tuple(assign(scope, given, record)) if given is not None else ()


def write(block: Block, statement: verbs.Write) -> Body:
    scope = block.scope
    file = _file_of(scope, statement.record)
    inputs: tuple[Expression, ...] = ()
    advance = ""
    if statement.advancing is not None:
        given = statement.advancing
        if given.mnemonic:
            feature = dict(scope.program.environment.special_names.mnemonics).get(given.mnemonic, "")
            what = "page" if feature in ("C01", "FORMFEED") else "lines"
            inputs = () if what == "page" else (whole(1),)
        else:
            what = "page" if given.lines is None else "lines"
            inputs = () if given.lines is None else (number(scope, given.lines),)
        advance = f"{given.side.lower()} {what}"
    outcomes = _handled(block, file.name, "", (("invalid key", statement.on_invalid_key),))
    page = statement.on_end_of_page
    if page is not None and page.yes is not None:
        outcomes = (("end of page", block.body(page.yes)), *outcomes)
    if page is not None and page.no is not None:
        outcomes = (*outcomes, ("same page", block.body(page.no)))
    options = (("file", file.name), ("record", statement.record.name), ("advance", advance))
    done = Operation("write", inputs, (), options, outcomes)
    return (*_from(scope, statement.record, statement.value), done)


def rewrite(block: Block, statement: verbs.Rewrite) -> Body:
    file = _file_of(block.scope, statement.record)
    outcomes = _handled(block, file.name, "", (("invalid key", statement.on_invalid_key),))
    options = (("file", file.name), ("record", statement.record.name))
    done = Operation("rewrite", options=options, outcomes=outcomes)
    return (*_from(block.scope, statement.record, statement.value), done)


def delete(block: Block, statement: verbs.Delete) -> Body:
    file = control(block.scope, statement.file)
    outcomes = _handled(block, file.name, "", (("invalid key", statement.on_invalid_key),))
    return (Operation("delete", options=(("file", file.name),), outcomes=outcomes),)


# Sorting


def sort(block: Block, statement: verbs.Sort) -> Body:
    scope = block.scope
    if statement.verb == "SORT" and scope.item(statement.subject) is not None:
        return _sort_table(scope, statement)
    file = scope.names.file(verbs.Label(statement.subject.name, span=statement.subject.span))
    keys, options = _keys(scope, statement, ())
    options = [("file", file.name), *options]
    options += [("using", scope.names.file(each).name) for each in statement.using]
    options += [("giving", scope.names.file(each).name) for each in statement.giving]
    options.append(("order", _order(scope, statement)))
    outcomes: _Outcomes = []
    for name, procedure in (("input", statement.input_procedure), ("output", statement.output_procedure)):
        if procedure is not None:
            outcomes.append((name, (Perform(block.procedures.performed(*procedure, block.section)),)))
    return (Operation(statement.verb.lower(), tuple(keys), (), tuple(options), tuple(outcomes)),)


def _order(scope: Scope, statement: verbs.Sort) -> str:
    name = statement.collating or scope.program.environment.collating
    return "" if name in native_alphabets(scope) else name


def _keys(
    scope: Scope, statement: verbs.Sort, subscripts: tuple[Expression, ...]
) -> tuple[list[Expression], list[tuple[str, str]]]:
    keys: list[Expression] = []
    options: list[tuple[str, str]] = []
    for key in statement.keys:
        for each in key.fields:
            made = Place(scope.field(each), subscripts)
            keys.append(Bytes(made) if made.field.type is None else Load(made))
            options.append(("key", "ascending" if key.ascending else "descending"))
    return keys, options


def _sort_table(scope: Scope, statement: verbs.Sort) -> Body:
    table = scope.field(statement.subject)
    if not table.dimensions:
        raise SourceError(statement.subject.span, f"'{statement.subject.name}' is no table")
    outer = tuple(number(scope, each) for each in statement.subject.subscripts[: len(table.dimensions) - 1])
    if len(outer) != len(table.dimensions) - 1:
        raise unsupported(statement.span, "SORT of a table within a table without subscripts")
    keys, options = _keys(scope, statement, (*outer, whole(1)))
    if not keys:
        made = Place(table, (*outer, whole(1)))
        keys, options = [Bytes(made) if table.type is None else Load(made)], [("key", "ascending")]
    options.append(("order", _order(scope, statement)))
    return (Operation("sort table", tuple(keys), (Place(table, outer),), tuple(options)),)


def release(block: Block, statement: verbs.Release) -> Body:
    file = _file_of(block.scope, statement.record)
    done = Operation("release", options=(("file", file.name), ("record", statement.record.name)))
    return (*_from(block.scope, statement.record, statement.value), done)


def return_(block: Block, statement: verbs.Return) -> Body:
    scope = block.scope
    outcomes: list[tuple[str, Body]] = []
    handler = statement.on_end
    if handler is not None and handler.yes is not None:
        outcomes.append(("end of file", block.body(handler.yes)))
    ok = block.body(handler.no) if handler is not None else ()
    if statement.into is not None:
        ok = (*assign(scope, _record(scope, statement.file), statement.into), *ok)
    if ok:
        outcomes.append(("ok", ok))
    name = scope.names.file(statement.file).name
    return (Operation("return", options=(("file", name),), outcomes=tuple(outcomes)),)
