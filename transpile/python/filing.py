"""Files: the objects that stand for them, and the statements that read and write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transpile.legacy.expressions import Load, Place
from transpile.legacy.fields import Field, Record
from transpile.legacy.files import File
from transpile.legacy.statements import Body, Operation
from transpile.legacy.types import Number
from transpile.python.code import Code, call, literal, method
from transpile.python.expressions import Expressions
from transpile.python.operations import operation, option
from transpile.python.places import Places, unsupported

if TYPE_CHECKING:
    from transpile.python.statements import Statements

_CLASSES = {
    "sequential": ("cobol_files", "SequentialFile"),
    "line sequential": ("cobol_files", "LineSequentialFile"),
    "relative": ("cobol_keyed_files", "RelativeFile"),
    "indexed": ("cobol_indexed_files", "IndexedFile"),
}
_ANY = "123456789"
_EXPECTS = {"end of file": "1", "invalid key": "2", "error": _ANY}
_TESTS = {
    "end of file": "at_end",
    "invalid key": "invalid_key",
    "error": "failed",
    "ok": "ok",
    "end of page": "end_of_page",
    "same page": "same_page",
    "otherwise": "",
}
_ORDER = {"end of page": 1, "same page": 2, "otherwise": 3}
"""Of outcomes that are asked for after the others."""
_MODES = ("input", "output", "i-o", "extend")


def file_class(file: File, expressions: Expressions) -> str:
    if file.work:
        return expressions.uses.use("cobol_sorting", "SortFile")
    kept = "line sequential" if file.linage is not None else file.organization
    return expressions.uses.use(*_CLASSES[kept])


def made(file: File, expressions: Expressions) -> Code:
    """The object of ``file``."""
    record = expressions.record(file.record.root)
    if file.work:
        return call(file_class(file, expressions), record)
    outside = expressions.code(file.outside) if file.outside is not None else literal(file.origin)
    named: dict[str, Code | str] = {}
    if file.varying or file.sizes[0] != file.sizes[1]:
        named["smallest"] = literal(file.sizes[0])
    if file.optional:
        named["optional"] = "True"
    if file.status is None:
        named["strict"] = "True"
    if file.linage is not None:
        linage = file.linage
        parts = {"lines": linage.lines, "footing": linage.footing, "top": linage.top, "bottom": linage.bottom}
        given: dict[str, Code | str] = {
            name: f"lambda: {expressions.whole(value)}" for name, value in parts.items() if value is not None
        }
        named["linage"] = call(expressions.uses.use("cobol_files", "Linage"), **given)
    if file.keys:
        named["keys"] = f"[{', '.join(_key(file, at) for at in range(len(file.keys)))}]"
    key_type = file.relative.field.type if file.relative is not None else None
    if isinstance(key_type, Number) and key_type.digits < 9:
        named["keys"] = literal(10**key_type.digits)
    if file.organization in ("relative", "indexed") and file.access == "sequential":
        named["sequential"] = "True"
    return call(file_class(file, expressions), f"lambda: {outside}", record, **named)


def _key(file: File, at: int) -> str:
    key = file.keys[at]
    view = key.place.field.view
    return f"({view.offset}, {view.size}, {key.duplicates})"


def file_of(writer: Statements, statement: Operation, name: str = "") -> tuple[File, Code]:
    """The file that a statement names, or the one of ``name``, and its object."""
    name, expressions = name or option(statement, "file"), writer.expressions
    owner: Places | None = expressions
    while owner is not None:
        for file in owner.program.files:
            if file.origin == name:
                return file, Code(f"{owner.owner}.{owner.names.files[name]}")
        owner = owner.outer
    raise unsupported(name, "there is no such file", statement.span)


@operation("open", "close", "rewrite", "delete", "start", "write", "read")
def _file_operation(writer: Statements, statement: Operation) -> None:
    file, code = file_of(writer, statement)
    arguments, named = _arguments(writer, statement, file)
    expected = _expected(statement, file)
    if expected:
        named["expects"] = literal(expected)
    name = _method(statement, file)
    done = method(code, name, *arguments, *(f"{key}={value}" for key, value in named.items()))
    if file.status is None:
        writer.lines.add(str(done))
    else:
        _assign_status(writer, file.status, done, code)
    _after(writer, statement, file, code)
    outcomes(writer, statement, code)


def _assign_status(writer: Statements, status: Place, done: Code, file: Code) -> None:
    place = writer.expressions.place(status)
    if isinstance(status.field.type, Number):
        writer.lines.add(str(done), f"{place} = {call('int', f'{file}.status')}")
    else:
        writer.lines.add(f"{place} = {done}")


def _method(statement: Operation, file: File) -> str:
    if statement.name != "read":
        return statement.name
    how = option(statement, "how") or "next"
    return "read" if how == "key" else f"read_{how}"


def _arguments(writer: Statements, statement: Operation, file: File) -> tuple[list[Code | str], dict[str, Code | str]]:
    expressions = writer.expressions
    relative = expressions.whole(Load(file.relative)) if file.relative is not None else None
    random = [relative] if relative is not None and file.access != "sequential" else []
    match statement.name:
        case "open":
            return [literal(option(statement, "mode"))], {}
        case "close":
            how = option(statement, "how")
            return ([literal(how)] if how else []), {}
        case "read" if option(statement, "how") == "key":
            key = option(statement, "key")
            return ([relative] if relative is not None else [literal(int(key))] if key not in ("", "0") else []), {}
        case "start":
            named: dict[str, Code | str] = {}
            if option(statement, "key") not in ("", "0"):
                named["key"] = option(statement, "key")
            if option(statement, "size"):
                named["size"] = option(statement, "size")
            return [literal(option(statement, "relation")), *([relative] if relative is not None else [])], named
        case "delete":
            return list(random), {}
        case "rewrite":
            return _sized(writer, statement, file, random), {}
        case "write":
            return _sized(writer, statement, file, random), _advancing(writer, statement)
    return [], {}


def _sized(writer: Statements, statement: Operation, file: File, key: list[Code]) -> list[Code | str]:
    size: Code | None = None
    field = named_record(file.record, option(statement, "record"))
    if file.depending is not None:
        size = writer.expressions.whole(Load(file.depending))
        if field.view.size != file.sizes[1] and statement.name == "write":
            size = call("min", size, literal(field.view.size))
    elif field.view.size != file.sizes[1] and file.sizes[0] != file.sizes[1]:
        size = literal(field.view.size)
    if size is None:
        return list(key)
    return [*key, size] if key or file.organization != "relative" else [Code("None"), size]


def named_record(record: Record, origin: str) -> Field:
    return next((each for each in (record.root, *record.overlays) if each.origin == origin), record.root)


def _advancing(writer: Statements, statement: Operation) -> dict[str, Code | str]:
    advance = option(statement, "advance").split()
    if not advance:
        return {}
    side, unit = advance
    if unit == "page":
        return {side: "0", "page": "True"}
    return {side: writer.expressions.whole(statement.inputs[0]) if statement.inputs else literal(1)}


def _expected(statement: Operation, file: File) -> str:
    if file.status is not None:
        return ""
    given = [name.removeprefix("error ") for name, _ in statement.outcomes]
    digits = sorted(set("".join(_EXPECTS.get(name, "") for name in given)))
    return " ".join(filter(None, ("".join(digits), *(name for name in given if name in _MODES))))


def _after(writer: Statements, statement: Operation, file: File, code: Code) -> None:
    """Fields that an operation sets beside the record."""
    expressions = writer.expressions
    sets: list[tuple[Place, str]] = []
    if statement.name == "read" and file.depending is not None:
        sets.append((file.depending, f"{code}.size"))
    if file.linage is not None and statement.name in ("open", "write"):
        writer.lines.add(f"{expressions.place(file.linage.counter)} = {code}.line")
    sequential = statement.name == "read" and option(statement, "how") != "key"
    if file.relative is not None and (sequential or (statement.name == "write" and file.access == "sequential")):
        with writer.lines.block(f"if {code}.positioned:"):
            writer.lines.add(f"{expressions.place(file.relative)} = {code}.key")
    if not sets:
        return
    with writer.lines.block(f"if {code}.ok:"):
        for place, value in sets:
            writer.lines.add(f"{expressions.place(place)} = {value}")


def outcomes(writer: Statements, statement: Operation, code: Code) -> None:
    branches: list[tuple[str, Body]] = []
    for name, body in sorted(statement.outcomes, key=lambda each: _ORDER.get(each[0], 0)):
        if name in _TESTS:
            branches.append((f"{code}.{_TESTS[name]}" if _TESTS[name] else "", body))
        elif (mode := name.removeprefix("error ")) in _MODES:
            branches.append((f'{code}.failed and {code}.mode == "{mode}"', body))
    if len(branches) > 1 and branches[-1][0].endswith(".ok") and any(b[0].endswith(".failed") for b in branches):
        branches[-1] = ("", branches[-1][1])
    if any(body for _, body in branches):
        writer.branches(branches)
