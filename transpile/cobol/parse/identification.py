"""Programs: the identification division, nesting, and END PROGRAM."""

from __future__ import annotations

from dataclasses import replace

from transpile.cobol.communication import interface_block
from transpile.cobol.parse.cursor import Cursor
from transpile.cobol.parse.data import data_division, items
from transpile.cobol.parse.embedding import block_of
from transpile.cobol.parse.environment import environment_division
from transpile.cobol.parse.operands import text_value
from transpile.cobol.parse.procedure import is_header, procedure_division
from transpile.cobol.problems import Problems
from transpile.cobol.programs import Program
from transpile.cobol.tokens import TEXT, WORD, tokenize
from transpile.errors import SourceError

_DEPTH = 40
"""Python frames that one program within another may take up of the bound on nesting."""
_OTHERS = frozenset({"FUNCTION-ID", "CLASS-ID", "INTERFACE-ID", "METHOD-ID", "FACTORY", "OBJECT"})


def programs(p: Cursor) -> tuple[Program, ...]:
    """All programs of a file, one after the other."""
    found: list[Program] = []
    while not p.ended:
        if not _at_program(p):
            what = f"'IDENTIFICATION DIVISION' is expected here, not {p.shown()}"
            p.problems.add(SourceError(p.span(), what, _hint(p)))
            _skip_to_program(p)
            continue
        program, ended = _program(p)
        if ended:
            found.append(program)
        else:
            found += [replace(program, programs=()), *program.programs]
    return tuple(found)


def _hint(p: Cursor) -> str:
    return "text in columns 1 to 7? then give --format free" if p.at == 0 else ""


def _at_program(p: Cursor) -> bool:
    return is_header(p) or p.text == "PROGRAM-ID" or p.text in _OTHERS


def _skip_to_program(p: Cursor) -> None:
    p.at += 1
    while not (p.ended or _at_program(p)):
        p.at += 1


def _program(p: Cursor) -> tuple[Program, bool]:
    """A program, and whether END PROGRAM ends it."""
    start = p.at
    p.enter(_DEPTH)
    outer = p.known
    p.known = outer.inner()
    name, initial, common, recursive = _identification(p)
    environment = environment_division(p)
    data = data_division(p)
    procedure = None
    if p.text == "PROCEDURE" and p.next == "DIVISION":
        procedure = procedure_division(p)
    inner: list[Program] = []
    while p.text in ("IDENTIFICATION", "ID", "PROGRAM-ID") and _at_program(p):
        program, ended = _program(p)
        inner += [program] if ended else [replace(program, programs=()), *program.programs]
    ended = _end(p, name)
    p.known = outer
    p.depth -= _DEPTH
    program = Program(name, environment, data, procedure, tuple(inner), initial, common, recursive, span=p.span(start))
    return _with_block(program), ended


def _with_block(program: Program) -> Program:
    """What CICS tells of each command, where the program asks for it."""
    named = block_of(program)
    if not named:
        return program
    problems = Problems()
    block = items(Cursor(tokenize(interface_block(named), problems), problems, {}), [])
    data = replace(program.data, working_storage=(*program.data.working_storage, *block))
    return replace(program, data=data)


def _identification(p: Cursor) -> tuple[str, bool, bool, bool]:
    """The name of the program, and whether it is INITIAL, COMMON, RECURSIVE."""
    if p.text in ("IDENTIFICATION", "ID") and p.next == "DIVISION":
        p.at += 2
        p.period("the division header")
    if p.text in _OTHERS:
        p.refuse(p.text)
    if not p.accept("PROGRAM-ID"):
        if is_header(p):
            return "", False, False, False
        p.fail(f"'PROGRAM-ID' is expected here, not {p.shown()}")
    p.skip(".")
    name = _name(p)
    if p.accept("AS"):
        text_value(p)
    initial = common = recursive = False
    while p.text in ("IS", "INITIAL", "COMMON", "RECURSIVE", "PROGRAM"):
        initial |= p.text == "INITIAL"
        common |= p.text == "COMMON"
        recursive |= p.text == "RECURSIVE"
        p.at += 1
    p.period("PROGRAM-ID")
    return name, initial, common, recursive


def _name(p: Cursor) -> str:
    if p.kind == TEXT:
        return text_value(p).decode("latin-1").upper()
    if p.kind != WORD:
        p.fail(f"the name of the program is expected here, not {p.shown()}")
    p.at += 1
    return p.texts[p.at - 1]


def _end(p: Cursor, name: str) -> bool:
    if not p.accept_all("END", "PROGRAM"):
        if p.text == "END":
            p.fail(f"{p.shown()} without its beginning")
        return False
    at = p.at
    ended = _name(p)
    if ended != name and name:
        p.problems.report(p.span(at), f"END PROGRAM names '{ended}', but the program is '{name}'")
    p.period("END PROGRAM")
    return True
