"""A source file as a program: which statements are code, where functions begin, what is referred to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from transpile.asm.directives import DIRECTIVES, DirectiveClass
from transpile.asm.source import Kind, SourceFile, Statement
from transpile.errors import SourceError, SourceErrors, UnsupportedError
from transpile.native.cfg import Function, InsnItem, Item, LabelItem, orphans, split_functions
from transpile.native.insn import SourceInsn, SourceIsa
from transpile.native.natives import RENAMES

_SYMBOL = re.compile(r"(?<![\w.$@%])[A-Za-z_.$][\w.$]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
FALLS = ("branch", "call", "icall", "rep")
"""Endings after which control may go on with what follows."""
DEBUG_SECTION = re.compile(r"\.(z?debug_|eh_frame|gnu\.debuglto|stab)")


@dataclass(slots=True)
class Program:
    """``insns``: by statement index, and why some of them are ``refused``: these are called ``(bad)``.
    ``renamed``: libc symbols that the runtime takes over in this file."""

    source: SourceFile
    functions: list[Function] = field(default_factory=list)
    insns: dict[int, SourceInsn] = field(default_factory=dict)
    refused: dict[int, SourceError] = field(default_factory=dict)
    defined: frozenset[str] = frozenset()
    renamed: dict[str, str] = field(default_factory=dict)


def directive_class(statement: Statement) -> DirectiveClass | None:
    row = DIRECTIVES.get(statement.name)
    return row.kind if row is not None else None


def symbols_in(arguments: str) -> list[str]:
    """Names in a directive's arguments, outside strings."""
    return _SYMBOL.findall(_STRING.sub("", arguments))


def analyse(source: SourceFile, decode: Callable[[Statement], SourceInsn], isa: SourceIsa) -> Program:
    """Decode all instructions and cut the file into functions.

    Raises:
        SourceErrors: everything that cannot be read, and code outside any function.
    """
    program = Program(source)
    items, errors = _items(program, decode, isa)
    labels = {s.name for s in source.statements if s.kind is Kind.LABEL}
    program.defined = frozenset(labels | _assigned(source))
    _rename(program, items, isa)
    entries = _entries(source, items, labels, isa)
    for item in orphans(items, entries)[:1]:
        span = source.statements[item.statement].span
        errors.append(
            SourceError(span, "code before the first function", "give it a label with '.type name, @function'")
        )
    referenced, taken, jumped = _references(source, items, isa)
    errors.extend(_data_in_code(program, isa, jumped | entries))
    if errors:
        raise SourceErrors(sorted(errors, key=lambda error: error.span.line))
    section = [statement.section.name for statement in source.statements]
    program.functions = split_functions(items, entries, referenced, taken, isa, section.__getitem__)
    exported = _exported(source)
    for function in program.functions:
        function.internal = function.name not in exported and function.name not in taken
    return program


def _items(
    program: Program, decode: Callable[[Statement], SourceInsn], isa: SourceIsa
) -> tuple[list[Item], list[SourceError]]:
    """Labels and instructions of the executable sections, and what cannot be read; fills ``insns`` and ``refused``."""
    errors: list[SourceError] = []
    items: list[Item] = []
    handlers: Statement | None = None
    for index, statement in enumerate(program.source.statements):
        if statement.name == ".cfi_lsda":
            handlers = statement
        elif statement.kind is Kind.LABEL and statement.section.executable:
            items.append(LabelItem(statement.name, index))
        elif statement.kind is Kind.INSTRUCTION:
            if not statement.section.executable:
                hint = "put '.text' before the code"
                errors.append(SourceError(statement.span, "an instruction outside an executable section", hint))
                continue
            try:
                insn = decode(statement)
            except UnsupportedError as error:
                program.refused[index] = error
                insn = isa.unreadable(statement.text, statement.line, statement.column)
            except SourceError as error:
                errors.append(error)
                continue
            program.insns[index] = insn
            items.append(InsnItem(insn, index))
            if handlers is not None:
                message, hint = "exception handlers are not translated", "compile with -fno-exceptions"
                program.refused.setdefault(index, UnsupportedError(handlers.span, message, hint))
                handlers = None
    return items, errors


def _data_in_code(program: Program, isa: SourceIsa, jumped: set[str]) -> Iterator[SourceError]:
    """Data that control would run into: machine code in disguise."""
    reached: dict[str, bool] = {}
    for index, statement in enumerate(program.source.statements):
        section = statement.section.name
        if statement.kind is Kind.INSTRUCTION:
            if index in program.insns:
                ending = isa.ending(program.insns[index])
                reached[section] = ending is None or (ending.kind in FALLS and ending.returns)
        elif statement.kind is Kind.LABEL:
            reached[section] = reached.get(section, False) or statement.name in jumped
        elif (
            statement.section.executable and reached.get(section) and directive_class(statement) is DirectiveClass.DATA
        ):
            reached[section] = False
            hint = "write the instruction by its name"
            yield UnsupportedError(statement.span, "data in the middle of code is not translated", hint, statement.name)


def _exported(source: SourceFile) -> set[str]:
    """Symbols that other files can see."""
    found: set[str] = set()
    for statement in source.statements:
        if statement.kind is Kind.DIRECTIVE and statement.name in (".globl", ".global", ".weak"):
            found.update(name.strip() for name in statement.args.split(","))
    return found


def _assigned(source: SourceFile) -> set[str]:
    """Symbols that .set or .comm define."""
    names = {".set", ".equ", ".comm", ".lcomm", ".equiv"}
    found = set()
    for statement in source.statements:
        if statement.kind is Kind.DIRECTIVE and statement.name in names:
            found.add(statement.args.partition(",")[0].strip())
    return found


def _entries(source: SourceFile, items: Iterable[Item], labels: set[str], isa: SourceIsa) -> set[str]:
    """Labels at which functions begin."""
    entries = _exported(source)
    code = {item.name for item in items if isinstance(item, LabelItem)}
    for statement in source.statements:
        if statement.kind is not Kind.DIRECTIVE:
            continue
        if statement.name == ".type" and "function" in statement.args:
            entries.add(statement.args.partition(",")[0].strip())
    for item in items:
        ending = isa.ending(item.insn) if isinstance(item, InsnItem) else None
        if ending is not None and ending.kind == "call" and ending.target in labels:
            entries.add(ending.target)
    return entries & code


def _references(source: SourceFile, items: Iterable[Item], isa: SourceIsa) -> tuple[set[str], set[str], set[str]]:
    """Labels referred to by anything, those referred to other than by a direct jump or call, and those by one."""
    taken: set[str] = set()
    direct: set[str] = set()
    for item in items:
        if isinstance(item, InsnItem):
            taken.update(isa.symbols(item.insn))
            direct.update(isa.destinations(item.insn))
    for statement in source.statements:
        if statement.kind is Kind.DIRECTIVE and directive_class(statement) is DirectiveClass.DATA:
            named = "." in statement.args or statement.args[:1].isalpha()
            if named and not DEBUG_SECTION.match(statement.section.name):
                taken.update(symbols_in(statement.args))
    return taken | direct, taken, direct


def _rename(program: Program, items: list[Item], isa: SourceIsa) -> None:
    """Send calls of variadic and callback-taking libc functions to the runtime."""
    program.renamed = {n: r for n, r in RENAMES.items() if n not in program.defined}
    for position, item in enumerate(items):
        if isinstance(item, InsnItem):
            insn = isa.renamed(item.insn, program.renamed)
            if insn is not item.insn:
                items[position] = InsnItem(insn, item.statement)
                program.insns[item.statement] = insn


def rename_in(arguments: str, renames: dict[str, str]) -> str:
    """A data directive's arguments with the runtime's names."""
    if not any(name in renames for name in symbols_in(arguments)):
        return arguments
    return _SYMBOL.sub(lambda m: renames.get(m[0], m[0]), arguments)
