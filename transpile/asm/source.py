"""GNU assembler text, read into statements without losing anything a writer needs.

``parse`` keeps comments and blank lines, expands macros, makes numeric labels unique local ones, and gives every
statement its place, section and syntax. All that is wrong with a file comes out in one ``SourceErrors``. Input is
bounded: MAX_LINE characters a line, MAX_STATEMENTS in all, MAX_ERRORS messages; time is linear in the input.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from transpile.asm.directives import DIRECTIVES, TEXT, DirectiveClass, Section, SectionTracker
from transpile.asm.expressions import ExpressionError, evaluate
from transpile.asm.lines import LABEL, MAX_LINE, Raw, raw_statements
from transpile.asm.macros import MACRO_WORD, REGISTER_NAME, expand
from transpile.asm.numeric import NumericLabels
from transpile.errors import SourceError, SourceErrors, Span

MAX_STATEMENTS = 2_000_000
MAX_ERRORS = 100
MAX_PREFIXES = 64


class Kind(Enum):
    BLANK = "blank"
    LABEL = "label"
    DIRECTIVE = "directive"
    INSTRUCTION = "instruction"


class Statement(NamedTuple):
    """One statement. ``name`` is the label, the directive with its dot in lower case (``x = 1`` is ``.set x, 1``), or
    the first word of the instruction; ``args`` is what follows it; ``text`` is all of it, without comment.

    ``line`` and ``column`` are the place in ``file``; what a macro makes has the place of its outermost call.
    """

    kind: Kind
    name: str
    args: str
    text: str
    comment: str
    file: str
    line: int
    column: int
    line_text: str
    section: Section
    syntax: str
    """``att`` or ``intel``."""

    @property
    def span(self) -> Span:
        return Span(self.file, self.line, self.column, max(len(self.text), 1), self.line_text)


@dataclass(slots=True)
class SourceFile:
    """A file as statements. ``constants`` are the absolute symbols that ``.set`` and ``=`` gave a value once."""

    file: str
    statements: list[Statement] = field(default_factory=list)
    constants: dict[str, int] = field(default_factory=dict)


# label, directive or instruction, or nothing at all; whatever needs more thought does not match
_FAST = re.compile(r"[ \t]*+(?:([A-Za-z_.$][\w.$]*+)(:|[ \t]++|$))?+([^\"#;/\\='{\0]*+)$")
_FAST_STRING = re.compile(r"[ \t]*+(\.[a-z]\w*+)([ \t]++)([^\"#;/\\='{\0]*+\"(?:[^\"\\\0]|\\.)*+\"[^\"#;/\\='{\0]*+)$")
_ASSIGNMENT = re.compile(
    r'("(?:[^"\\]|\\.)+"|[A-Za-z_.$\x80-\U0010ffff][\w.$\x80-\U0010ffff]*)\s*(==?)(?!=)\s*(.*)$', re.S
)
_WORD = re.compile(r"([^\s,]+)(?:,p[nt]\b)?\s*(.*)$", re.S)
_LINEMARKER = re.compile(r'#\s*(?:line\s+)?\d+ "')
_DIRECTIVE_CLASS = {name: row.kind for name, row in DIRECTIVES.items()}
PREFIXES = frozenset(
    {"lock", "rep", "repe", "repz", "repne", "repnz", "notrack", "bnd", "data16", "data32", "addr32", "rex64",
     "rex.w", "rex", "xacquire", "xrelease", "cs", "ds", "es", "fs", "gs", "ss"}
)  # fmt: skip
"""Words that may stand before a mnemonic, or alone as a statement that belongs to the next instruction."""


def parse(text: str, file: str) -> SourceFile:
    """Reads ``text``; raises SourceErrors with everything that is wrong with it."""
    return _Reader(file).read(text)


def parse_bytes(data: bytes, file: str) -> SourceFile:
    """Like parse. Bytes that are not UTF-8 become surrogates; write the result with ``errors="surrogateescape"``."""
    return parse(data.decode("utf-8", "surrogateescape"), file)


def parse_file(path: str | Path) -> SourceFile:
    return parse_bytes(Path(path).read_bytes(), str(path))


class _TooMany(Exception):
    """Stops reading; the errors so far are all there will be."""


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.statements: list[Statement] = []
        self.errors: list[SourceError] = []
        self.constants: dict[str, int] = {}
        self.assigned: set[str] = set()
        self.sections = SectionTracker()
        self.section = TEXT
        self.syntax = "att"
        self.lone_prefixes: list[int] = []
        self.numeric: NumericLabels | None = None

    def read(self, text: str) -> SourceFile:
        with suppress(_TooMany):
            self._statements(text)
        for error in self.numeric.missing() if self.numeric else ():
            self._quietly(error)
        if self.errors:
            raise SourceErrors(self.errors)
        if self.lone_prefixes:
            _join_prefixes(self.statements, self.lone_prefixes)
        if "@tlsgd" in text or "@TLSGD" in text:
            _drop_padding(self.statements)
        return SourceFile(self.file, self.statements, self.constants)

    def _statements(self, text: str) -> None:
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        lines = text.split("\n")
        if lines and not lines[-1]:
            lines.pop()
        self._check_lines(text, lines)
        if NumericLabels.used(text):
            self.numeric = NumericLabels(text, self._add)
        linemarkers = bool(lines and _LINEMARKER.match(lines[0]))
        if linemarkers or MACRO_WORD.search(text) or REGISTER_NAME.search(text):
            raws = raw_statements(lines, self.file, linemarkers, self._add)
            for raw in expand(raws, {}, self._add):
                self._classify(raw)
        else:
            self._plain(lines)

    def _check_lines(self, text: str, lines: list[str]) -> None:
        if len(lines) > MAX_STATEMENTS:
            span = Span(self.file, MAX_STATEMENTS + 1)
            self._fatal(SourceError(span, f"more than {MAX_STATEMENTS} lines", "split the file"))
        longest = max(map(len, lines), default=0)
        if longest > MAX_LINE:
            number = next(n for n, line in enumerate(lines, 1) if len(line) > MAX_LINE)
            message = f"line too long ({len(lines[number - 1])} characters; the limit is {MAX_LINE})"
            self._fatal(SourceError(Span(self.file, number), message))

    def _plain(self, lines: list[str]) -> None:
        """No macros, no line markers: one regular expression a line, and the long way for the few that need it."""
        fast, fast_string, file = _FAST.match, _FAST_STRING.match, self.file
        append, inert, new = self.statements.append, _INERT, tuple.__new__
        number, total = 0, len(lines)
        while number < total:
            line = lines[number]
            number += 1
            match = fast(line) or fast_string(line)
            if match is None:
                number = self._long_way(lines, number)
                continue
            name, separator, args = match.groups()
            if name is None:
                if not args or args.isspace():
                    blank = Kind.BLANK, "", "", "", "", file, number, 1, line, self.section, self.syntax
                    append(new(Statement, blank))
                else:
                    number = self._long_way(lines, number)
                continue
            column = match.start(1) + 1
            if separator == ":":
                if args and not args.isspace():
                    number = self._long_way(lines, number)
                    continue
                kind, args, text = Kind.LABEL, "", name + ":"
            else:
                args = args.rstrip()
                text = line.strip()
                kind = Kind.INSTRUCTION
                if name[0] == ".":
                    kind = Kind.DIRECTIVE
                    if name not in inert:
                        self._directive(Raw(text, file, number, column, line, ""), name.lower(), args)
                        continue
                if self.numeric is not None:
                    text, args = self.numeric.replace(text, args, Span(file, number, column, len(text), line))
                if kind is Kind.INSTRUCTION and not args and name in PREFIXES:
                    self.lone_prefixes.append(len(self.statements))
            append(new(Statement, (kind, name, args, text, "", file, number, column, line, self.section, self.syntax)))

    def _long_way(self, lines: list[str], number: int) -> int:
        """Reads line ``number``, and the rest of a block comment that begins there; the last line it read."""
        for raw in raw_statements(lines, self.file, False, self._add, start=number - 1, one=True):
            self._classify(raw)
            number = raw.line
        return number

    def _classify(self, raw: Raw) -> None:
        text = raw.text
        if not text:
            self._append(Kind.BLANK, "", "", raw)
            return
        position = 0
        while match := LABEL.match(text, position):
            name = self.numeric.define(match[1]) if self.numeric and match[1].isdecimal() else match[1]
            position = match.end()
            comment = raw.comment if position == len(text) else ""
            column = raw.column + match.start(1)
            self._append(Kind.LABEL, name, "", raw._replace(text=name + ":", column=column, comment=comment))
        if position:
            text = text[position:]
            raw = raw._replace(text=text, column=raw.column + position)
            if not text:
                return
        if match := _ASSIGNMENT.match(text):
            if match[1] == ".":
                self._add(SourceError(raw.span, "assignment to '.'", "write '.zero' or '.org'"))
                return
            name = ".equiv" if match[2] == "==" else ".set"
            self._directive(raw, name, f"{match[1]}, {match[3].rstrip()}")
            return
        word = _WORD.match(text)
        if not word or not (word[1][0].isalpha() or word[1][0] in "._{$"):
            self._add(SourceError(raw.span, f"expected an instruction, a directive or a label, not '{text[:20]}'"))
        elif text[0] == ".":
            self._directive(raw, word[1].lower(), word[2])
        else:
            self._instruction(raw, word[1], word[2])

    def _instruction(self, raw: Raw, name: str, args: str) -> None:
        if self.numeric is not None:
            text, args = self.numeric.replace(raw.text, args, raw.span)
            raw = raw._replace(text=text)
        if not args and name.lower() in PREFIXES:
            self.lone_prefixes.append(len(self.statements))
        self._append(Kind.INSTRUCTION, name, args, raw)

    def _directive(self, raw: Raw, name: str, args: str) -> None:
        kind = _DIRECTIVE_CLASS.get(name)
        if kind is None:
            close = difflib.get_close_matches(name[:40], DIRECTIVES, 1)
            hint = f"did you mean '{close[0]}'?" if close else "only directives of gcc and clang for ELF are known"
            self._add(SourceError(raw.span, f"unknown directive '{name[:40]}'", hint))
            return
        if kind is DirectiveClass.SECTION:
            try:
                self.sections.apply(name, args)
            except ValueError as error:
                self._add(SourceError(raw.span, str(error)))
            self.section = self.sections.current
        elif kind is DirectiveClass.SYNTAX:
            self._switch(raw, name, args)
        elif name in _SETTERS:
            self._set(args)
        if self.numeric is not None:
            text, args = self.numeric.replace(raw.text, args, raw.span)
            raw = raw._replace(text=text)
        self._append(Kind.DIRECTIVE, name, args, raw)

    def _switch(self, raw: Raw, name: str, args: str) -> None:
        if name in (".intel_syntax", ".att_syntax"):
            self.syntax = name[1:].removesuffix("_syntax")
            if name == ".att_syntax" and args.strip() == "noprefix":
                self._add(SourceError(raw.span, "'.att_syntax noprefix' is not read", "write registers with '%'"))
        elif name.startswith(".code") and name != ".code64":
            self._add(SourceError(raw.span, f"{name[5:7]}-bit code", "only 64-bit x86 code is translated"))

    def _set(self, args: str) -> None:
        name, _, value = args.partition(",")
        name = name.strip()
        if name in self.assigned:
            self.constants.pop(name, None)
            return
        self.assigned.add(name)
        try:
            self.constants[name] = evaluate(value, self.constants)
        except ExpressionError:
            return

    def _append(self, kind: Kind, name: str, args: str, raw: Raw) -> None:
        if len(self.statements) >= MAX_STATEMENTS:
            self._fatal(SourceError(raw.span, f"more than {MAX_STATEMENTS} statements", "split the file"))
        text, comment, file, line, column, line_text = (
            raw.text,
            raw.comment,
            raw.file,
            raw.line,
            raw.column,
            raw.line_text,
        )
        statement = kind, name, args, text, comment, file, line, column, line_text, self.section, self.syntax
        self.statements.append(Statement(*statement))

    def _add(self, error: SourceError) -> None:
        self.errors.append(error)
        if len(self.errors) >= MAX_ERRORS:
            self._fatal(SourceError(error.span, "too many errors; the rest of the file was not read"))

    def _fatal(self, error: SourceError) -> None:
        self._quietly(error)
        raise _TooMany

    def _quietly(self, error: SourceError) -> None:
        if len(self.errors) >= MAX_ERRORS:
            self.errors[MAX_ERRORS - 1 :] = [error]
        else:
            self.errors.append(error)


_SETTERS = frozenset({".set", ".equ", ".equiv"})
_INERT = frozenset(
    name
    for name, row in DIRECTIVES.items()
    if row.kind not in (DirectiveClass.SECTION, DirectiveClass.SYNTAX, DirectiveClass.MACRO) and name not in _SETTERS
)
"""Directives that change nothing about how the following text is read."""


def _join_prefixes(statements: list[Statement], lone: list[int]) -> None:
    """``lock`` alone on a line, or before ``;``, belongs to the instruction after it."""
    dropped: set[int] = set()
    for index in reversed(lone):
        prefix = statements[index]
        following = next(_code_after(statements, index), None)
        if following is None or statements[following].kind is not Kind.INSTRUCTION:
            continue
        insn = statements[following]
        if insn.args.count(" ") > MAX_PREFIXES and insn.name in PREFIXES:
            continue
        comment = " ".join(filter(None, (prefix.comment, insn.comment)))
        if insn.name == prefix.name:
            statements[index] = insn._replace(comment=comment)
        else:
            statements[index] = prefix._replace(args=insn.text, text=f"{prefix.text} {insn.text}", comment=comment)
        dropped.add(following)
    statements[:] = [statement for index, statement in enumerate(statements) if index not in dropped]


def _code_after(statements: list[Statement], index: int) -> Iterator[int]:
    """The first statement after ``index`` that is more than a comment."""
    for position in range(index + 1, len(statements)):
        if statements[position].kind is not Kind.BLANK:
            yield position
            return


_PADDING = frozenset({(".byte", "0x66"), (".value", "0x6666"), (".word", "0x6666")})


def _drop_padding(statements: list[Statement]) -> None:
    """Operand-size prefixes written as data only stretch the general-dynamic TLS sequence for the linker (psABI,
    "Thread-Local Storage")."""
    dropped: set[int] = set()
    for index, statement in enumerate(statements):
        if (statement.name, statement.args) in _PADDING and statement.section.executable:
            following = next(_code_after(statements, index), None)
            if following is not None and statements[following].kind is Kind.INSTRUCTION:
                dropped.add(index)
    statements[:] = [statement for index, statement in enumerate(statements) if index not in dropped]
