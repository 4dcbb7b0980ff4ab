"""A program of the form as a Python module, with the modules that it needs beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from transpile.errors import Span, UnsupportedError
from transpile.legacy.statements import Body, Function, Leave, Perform, Program, Statement
from transpile.python import displaying as displaying
from transpile.python import rules as rules_package
from transpile.python import sorting as sorting
from transpile.python.calling import callable_, entry_point, leaves_called
from transpile.python.code import Code, attribute, quoted
from transpile.python.correspondence import Correspondence, correspondence
from transpile.python.embedding import interfaces
from transpile.python.expressions import Expressions
from transpile.python.filing import file_class, made
from transpile.python.lines import Lines
from transpile.python.named import name_conditions
from transpile.python.names import Scope, camel, executed, names_of, records_of, snake
from transpile.python.places import Places, Uses
from transpile.python.records import Records
from transpile.python.selection import select
from transpile.python.statements import Statements
from transpile.python.walking import statements_of
from transpile.python.wrapping import wrapped

_WHOLE = (
    "cobol_records",
    "cobol_console",
    "cobol_programs",
    "cobol_files",
    "cobol_keyed_files",
    "cobol_indexed_files",
    "cobol_functions",
    "cobol_sorting",
)
"""Modules that are copied as they are."""
_TAKEN = {"Decimal", "main", "dataclass", "field", "suppress", "sys", "os"}


@dataclass(frozen=True, slots=True)
class Module:
    """``files`` are texts by name; ``name`` is the one to run, the others belong beside it. ``classes``: what stands
    for what, a program after those that are nested in it."""

    name: str
    files: Mapping[str, str]
    classes: tuple[Correspondence, ...] = ()

    @property
    def text(self) -> str:
        return self.files[self.name]


def emit(program: Program, *others: Program) -> Module:
    """``program`` is what the module runs, ``others`` are those that it may call. Raises ``UnsupportedError`` where
    there is no Python for something."""
    try:
        return _emitted(program, *others)
    except RecursionError:
        span = next((each.span for each in program.functions if each.span is not None), Span("", 1))
        raise UnsupportedError(span, "something in the program is nested too deeply", mnemonic="nesting") from None


def _emitted(program: Program, *others: Program) -> Module:
    uses, lines = Uses(), Lines()
    module = Scope({*_TAKEN, *_public_names()})
    classes: list[Correspondence] = []
    for each in (*others, program):
        classes += _program(each, uses, lines, module, None, alone=not others, main=each is program)
    uses.rule("use_exact_arithmetic")
    _main(program, uses, lines)
    name = f"{snake(program.name)}.py"
    body = [piece for line in lines.made for piece in wrapped(line)]
    head = [*_docstring(program), "", *imports(uses)]
    blank = ["", ""] if body[0].startswith(("class ", "@", "def ")) else [""]
    text = "\n".join([*head, *blank, *body]).rstrip("\n") + "\n"
    return Module(name, {name: text, **beside(uses)}, tuple(classes))


def _public_names() -> set[str]:
    folder = Path(rules_package.__file__).parent
    texts = [path.read_text() for path in folder.glob("cobol_*.py")]
    found = set()
    for text in texts:
        for line in text.splitlines():
            words = line.replace("(", " ").replace(":", " ").split()
            if line.startswith(("def ", "class ")):
                found.add(words[1])
    return found


def _docstring(program: Program) -> list[str]:
    said = _said(program.remarks)
    if not said:
        return [f'"""{program.origin}, translated from COBOL."""']
    first = f"{program.origin}, translated from COBOL."
    return [f'"""{first}', "", *(line.replace("\\", "\\\\").replace('"""', "'''") for line in said), '"""']


def imports(uses: Uses) -> list[str]:
    """The lines that import what a module needs."""
    lines = ["from __future__ import annotations", ""]
    plain = sorted(uses.names.get("", ()))
    lines += [f"import {name}" for name in plain]
    own = sorted(module for module in uses.names if module.startswith("cobol_"))
    others = sorted(module for module in uses.names if module and module not in own)
    for group in (others, own):
        if group is own and lines[-1]:
            lines.append("")
        for module in group:
            names = sorted(uses.names[module], key=_import_order)
            lines += wrapped_import(module, names)
    return lines


def _import_order(name: str) -> tuple[int, str]:
    """Constants, classes, functions, as ruff sorts them."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2), name


def wrapped_import(module: str, names: list[str]) -> list[str]:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= 120:
        return [line]
    return [f"from {module} import (", *(f"    {name}," for name in names), ")"]


def beside(uses: Uses) -> dict[str, str]:
    """The modules that are used, and those that they use."""
    folder = Path(rules_package.__file__).parent
    texts: dict[str, str] = {}
    wanted = sorted(set(uses.names) & set(_WHOLE))
    rules = set(uses.names.get("cobol_rules", ()))
    while wanted:
        name = wanted.pop()
        source = (folder / f"{name}.py").read_text()
        rules |= _imported(source, "cobol_rules")
        texts[f"{name}.py"] = source.replace("transpile.python.rules.", "")
        wanted += [other for other in _WHOLE if f"{other}.py" not in texts and _imported(source, other)]
    return {"cobol_rules.py": select(rules), **texts}


def _imported(source: str, module: str) -> set[str]:
    """The names that ``source`` takes from one of the modules."""
    _, found, rest = source.partition(f"from transpile.python.rules.{module} import ")
    if not found:
        return set()
    names = rest[1:].partition(")")[0] if rest.startswith("(") else rest.partition("\n")[0]
    return {name.strip() for name in names.split(",") if name.strip()}


def _program(
    program: Program, uses: Uses, lines: Lines, module: Scope, outer: Expressions | None, *, alone: bool, main: bool
) -> list[Correspondence]:
    names = names_of(program, module)
    classes: list[Correspondence] = []
    conditions = name_conditions(program, names)
    expressions = Expressions(program, names, uses, outer=outer)
    for inner in program.programs:
        around = replace(expressions, owner=Code("self.outer"), outer=_further_out(outer))
        classes += _program(inner, uses, lines, module, around, alone=False, main=False)
    records = Records(expressions, lines, conditions)
    _alphabets(program, lines)
    for record in records_of(program):
        records.classes(record)
    uses.use("dataclasses", "dataclass")
    lines.add("@dataclass(slots=True)")
    with lines.block(f"class {names.program}:"):
        lines.add(f'"""What {program.origin} works on, and its paragraphs."""', "")
        before = len(lines.made)
        if outer is not None:
            lines.add(f"outer: {outer.names.program}")
        if leaves_called(program):
            lines.add("called: bool = False")
        for record in records_of(program):
            if names.is_area(record):
                records.area_attribute(record)
            else:
                records.attribute(record.root)
        for file in program.files:
            uses.use("dataclasses", "field")
            lines.comment(*_said(file.remarks))
            lines.add(f"{names.files[file.origin]}: {file_class(file, expressions)} = field(init=False)")
        if before == len(lines.made):
            lines.made.pop()
        inner_names = [(inner, camel(inner.name)) for inner in program.programs]
        if program.files or inner_names:
            lines.add("")
            with lines.block("def __post_init__(self) -> None:"):
                for inner, made_name in inner_names:
                    register = uses.use("cobol_programs", "register")
                    initial = ", initial=True" if inner.initially else ""
                    lines.add(f"{register}({quoted(inner.origin)}, lambda: {made_name}(self){initial})")
                for file in program.files:
                    code = str(made(file, expressions))
                    if file.external:
                        code = f"{uses.use('cobol_programs', 'external_file')}({quoted(file.origin)}, lambda: {code})"
                    lines.add(f"self.{names.files[file.origin]} = {code}")
        records.properties(0)
        if outer is not None or callable_(program, alone and not program.programs):
            lines.add("")
            entry_point(program, expressions, lines)
        for function in program.functions:
            lines.add("")
            _function(program, function, expressions, lines)
        interfaces(program, expressions, lines, main)
    lines.add("", "")
    if outer is None and callable_(program, alone and not program.programs):
        initial = ", initial=True" if program.initially else ""
        lines.add(
            f"{uses.use('cobol_programs', 'register')}({quoted(program.origin)}, {names.program}{initial})", "", ""
        )
    return [*classes, correspondence(program, names, expressions.counted)]


def _further_out(outer: Places | None) -> Places | None:
    """What is around a program, as the programs in it name it."""
    if outer is None:
        return None
    owner = attribute(Code("self.outer"), str(outer.owner).removeprefix("self."))
    return replace(outer, owner=owner, outer=_further_out(outer.outer))


def _alphabets(program: Program, lines: Lines) -> None:
    for name, places in program.orders:
        lines.add(f"ORDER_{name.upper().replace('-', '_')} = {places!r}")
    for name, characters in program.classes:
        lines.add(f"CLASS_{name.upper().replace('-', '_')} = frozenset({quoted(''.join(sorted(characters)))})")
    if program.orders or program.classes:
        lines.add("", "")


def _function(program: Program, function: Function, expressions: Expressions, lines: Lines) -> None:
    entry = function.name == program.entry
    leaving = "return" if entry and not _performed(program, function.name) else "raise Left"
    if leaving != "return" and any(isinstance(each, Leave) for each in statements_of(function.body)):
        expressions.uses.use("cobol_programs", "Left")
    with lines.block(f"def {expressions.names.function(function.name)}(self) -> None:"):
        said = _said(function.remarks)
        body = _without_last_leave(function.body) if leaving == "return" else function.body
        for at, remark in enumerate(said):
            text = remark.replace("\\", "\\\\").replace('"""', "'''")
            opening = '"""' if not at else ""
            closing = '"""' if at == len(said) - 1 else ""
            lines.add(f"{opening}{_sentence(text) if not at else text}{closing}")
        try:
            Statements(expressions, lines, leaving).body(body)
        except UnsupportedError as error:
            if error.span.file or function.span is None:
                raise
            raise UnsupportedError(function.span, error.message, error.hint, mnemonic=error.mnemonic) from error
        if not said and lines.made[-1].lstrip().startswith("def "):
            lines.add(f'"""{function.origin} does nothing."""')


def _said(remarks: tuple[str, ...]) -> list[str]:
    """Comments without those that are only a line."""
    return [remark.strip() for remark in remarks if remark.strip(" *-=")]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _performed(program: Program, name: tuple[str, ...]) -> bool:
    bodies = [function.body for function in program.functions]
    return any(isinstance(each, Perform) and each.function == name for body in bodies for each in statements_of(body))


def _without_last_leave(body: Body) -> Body:
    last: Statement | None = body[-1] if body else None
    return body[:-1] if isinstance(last, Leave) and not last.called else body


def _main(program: Program, uses: Uses, lines: Lines) -> None:
    name = next(line for line in reversed(lines.made) if line.startswith("class ")).split()[1].rstrip(":")
    given = executed(program)
    with lines.block(f"def main(program: type[{name}] = {name}) -> None:" if given else "def main() -> None:"):
        if given:
            lines.add('"""Run the program, or a subclass of it that has the interfaces."""')
        lines.add("use_exact_arithmetic()")
        if "cobol_console" in uses.names:
            lines.add(f"{uses.use('cobol_console', 'use_latin_1')}()")
        run = f"{'program' if given else name}().{_entry(program)}()"
        if "Left" in uses.names.get("cobol_programs", ()):
            uses.use("contextlib", "suppress")
            with lines.block("with suppress(Left):"):
                lines.add(run)
        else:
            lines.add(run)
    lines.add("", "", 'if __name__ == "__main__":', "    main()")


def _entry(program: Program) -> str:
    return names_of(program, Scope()).function(program.entry)
