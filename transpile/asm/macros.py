"""Macros, repetition and conditional assembly, expanded before statements are understood.

``.macro .rept .irp .irpc .if…`` as the GNU assembler manual describes them; ``.altmacro`` and ``.include`` are refused.
Names that ``.set`` gives to registers (``.equ ACL, %rax``) stand for them from there on.
Bounded: MAX_DEPTH nested expansions, MAX_EXPANDED statements and MAX_CHARACTERS of text in all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from transpile.asm.arguments import declared_parameters, longest_prefix, split_arguments, unquoted
from transpile.asm.expressions import ExpressionError, evaluate, shorten
from transpile.asm.lines import LABEL, MAX_LINE, Raw, split_line
from transpile.errors import SourceError

MAX_DEPTH = 64
MAX_EXPANDED = 2_000_000
MAX_CHARACTERS = 1 << 28

MACRO_WORD = re.compile(
    r"\.(?i:macro|rept|irpc?|if\w*|else\w*|endif|end[mr]|endmacro|include|(?:no)?altmacro|purgem|exitm|err\w*|warning|"
    r"print|abort|end)\b(?![.])"
)
REGISTER_NAME = re.compile(r"(?im)^\s*(?:\.(?:set|equ|equiv)\s+[\w.$]+\s*,|[A-Za-z_.$][\w.$]*\s*==?)\s*%[a-z]")
"""Text with no match of either needs none of this module."""

_WORD = re.compile(r"([^\s,:;\"'()]+)\s*(.*)$", re.S)
_ASSIGNMENT = re.compile(r"([A-Za-z_.$][\w.$]*)\s*==?(?!=)\s*(.*)$", re.S)
_REGISTER = re.compile(r"%[A-Za-z]\w*$")
_NAME = re.compile(r"(?<![\w.$%@\"])[A-Za-z_.$][\w.$]*")
_PARAMETER = re.compile(r"\\(?:@|\(\)|[A-Za-z_.$][\w.$]*)")
_KEYWORD = re.compile(r"([A-Za-z_$][\w$]*)\s*=(?!=)\s*(.*)$", re.S)

_OPENERS = {".macro": ".endm", ".rept": ".endr", ".irp": ".endr", ".irpc": ".endr"}
_CLOSERS = {".endm", ".endmacro", ".endr"}
Report = Callable[[SourceError], None]


class _Stop(Exception):
    """``.end``, or a bound was passed: nothing more is read."""


@dataclass(slots=True)
class _Macro:
    name: str
    parameters: list[tuple[str, str, str]]
    """Name, ``req``, ``vararg`` or nothing, and the default."""
    body: list[Raw]


@dataclass(slots=True)
class _Level:
    """One source of statements; ``macro`` when ``.exitm`` may leave it; ``conditions`` when it was entered."""

    source: Iterator[Raw]
    macro: bool = False
    conditions: int = 0


@dataclass(slots=True)
class _Condition:
    opened: Raw
    active: bool
    taken: bool
    """Some branch was taken, so ``.else`` is not."""
    outer: bool
    last: bool = False
    """``.else`` was seen."""


@dataclass(slots=True)
class _Expander:
    constants: dict[str, int]
    report: Report
    macros: dict[str, _Macro] = field(default_factory=dict)
    registers: dict[str, str] = field(default_factory=dict)
    """Other names of registers."""
    defined: set[str] = field(default_factory=set)
    levels: list[_Level] = field(default_factory=list)
    conditions: list[_Condition] = field(default_factory=list)
    count: int = 0
    characters: int = 0
    calls: int = 0
    origin: Raw | None = None

    def run(self, raws: Iterable[Raw]) -> Iterator[Raw]:
        self.levels.append(_Level(iter(raws)))
        try:
            while self.levels:
                raw = self.next()
                if raw is not None:
                    yield from self.statement(raw)
        except _Stop:
            return
        for condition in self.conditions:
            self.error(condition.opened, "'.if' without '.endif'")

    def next(self) -> Raw | None:
        """The next statement of the innermost source, or None at its end, which is left then."""
        raw = next(self.levels[-1].source, None)
        if raw is None:
            self.levels.pop()
        elif len(self.levels) == 1:
            self.origin = raw
        else:
            self.bound(raw)
        return raw

    def bound(self, raw: Raw) -> None:
        self.count += 1
        self.characters += len(raw.text)
        if self.count > MAX_EXPANDED or self.characters > MAX_CHARACTERS:
            self.error(raw, f"macros expand to more than {MAX_EXPANDED} statements or {MAX_CHARACTERS} characters")
            raise _Stop

    def error(self, raw: Raw, message: str, hint: str = "") -> None:
        self.report(SourceError((self.placed(raw)).span, message, hint))

    def placed(self, raw: Raw) -> Raw:
        """``raw`` at the place of the outermost call it comes from."""
        origin = self.origin
        if origin is None or len(self.levels) <= 1:
            return raw
        return raw._replace(file=origin.file, line=origin.line, column=1, line_text=raw.text)

    @property
    def active(self) -> bool:
        return not self.conditions or self.conditions[-1].active

    def statement(self, raw: Raw) -> Iterator[Raw]:
        """Does what ``raw`` says, or hands it on."""
        text = raw.text
        position = 0
        while self.active and text and (label := LABEL.match(text, position)):
            self.defined.add(label[1])
            position = label.end()
            comment = raw.comment if position == len(text) else ""
            yield self.placed(raw._replace(text=f"{label[1]}:", column=raw.column + label.start(1), comment=comment))
        if position:
            text = text[position:]
            raw = raw._replace(text=text, column=raw.column + position)
            if not text:
                return
        match = _WORD.match(text)
        word, args = (match[1], match[2]) if match else ("", "")
        lower = word.lower()
        if lower.startswith((".if", ".else", ".endif")):
            self.conditional(raw, lower, args)
        elif not self.active:
            return
        elif lower in self.macros:
            self.call(raw, self.macros[lower], args)
        elif handler := _HANDLERS.get(lower):
            handler(self, raw, lower, args)
        elif text:
            if not self.note_assignment(text, lower, args):
                yield self.placed(self.with_registers(raw))
        elif len(self.levels) == 1:
            yield raw

    def note_assignment(self, text: str, word: str, args: str) -> bool:
        """Whether ``text`` only names a register, which no other statement says."""
        if word in (".set", ".equ", ".equiv"):
            name, _, value = args.partition(",")
        elif word[:1] != "." and (match := _ASSIGNMENT.match(text)):
            name, value = match[1], match[2]
        else:
            return False
        name, value = name.strip(), value.strip()
        self.defined.add(name)
        value = self.registers.get(value, value)
        if _REGISTER.match(value):
            self.registers[name] = value
            return True
        self.registers.pop(name, None)
        try:
            self.constants[name] = evaluate(value, self.constants)
        except ExpressionError:
            self.constants.pop(name, None)
        return False

    def with_registers(self, raw: Raw) -> Raw:
        """``raw`` with the registers' own names, if it is an instruction."""
        if not self.registers or raw.text[:1] == ".":
            return raw
        text = _NAME.sub(lambda match: self.registers.get(match[0], match[0]), raw.text)
        return raw._replace(text=text) if text != raw.text else raw

    # Conditions

    def conditional(self, raw: Raw, word: str, args: str) -> None:
        if word.startswith(".if"):
            holds = self.active and self.holds(raw, word, args)
            if len(self.conditions) >= MAX_DEPTH:
                self.error(raw, f"conditions nested deeper than {MAX_DEPTH}")
                raise _Stop
            self.conditions.append(_Condition(raw, holds, holds, self.active))
            return
        if len(self.conditions) <= self.levels[-1].conditions:
            self.error(raw, f"'{word}' without '.if'")
            return
        if word == ".endif":
            self.conditions.pop()
            return
        condition = self.conditions[-1]
        if condition.last:
            self.error(raw, f"'{word}' after '.else'")
        condition.last = word == ".else"
        condition.active = condition.outer and not condition.taken and (condition.last or self.holds(raw, ".if", args))
        condition.taken |= condition.active

    def holds(self, raw: Raw, word: str, args: str) -> bool:
        if word in (".ifdef", ".ifndef", ".ifnotdef"):
            return (args.strip() in self.defined) == (word == ".ifdef")
        if word in (".ifb", ".ifnb"):
            return (not args.strip()) == (word == ".ifb")
        if word in (".ifc", ".ifnc", ".ifeqs", ".ifnes"):
            parts = [part.strip().strip("'\"") for part in split_arguments(args, spaces=False)]
            if len(parts) != 2:
                self.error(raw, f"'{word}' compares two strings")
                return False
            return (parts[0] == parts[1]) == (word in (".ifc", ".ifeqs"))
        compare = _COMPARE.get(word)
        if compare is None:
            self.error(raw, f"unknown condition '{word}'")
            return False
        return compare(self.value(raw, args))

    def value(self, raw: Raw, text: str) -> int:
        try:
            return evaluate(text, self.constants)
        except ExpressionError as error:
            self.error(raw, error.message)
            return 0

    # Macros

    def push(self, raw: Raw, source: Iterator[Raw], macro: bool = False) -> None:
        if len(self.levels) > MAX_DEPTH:
            self.error(raw, f"macros nested deeper than {MAX_DEPTH}", "does a macro call itself without an '.if'?")
            raise _Stop
        self.levels.append(_Level(source, macro, len(self.conditions)))

    def body(self, raw: Raw, opener: str) -> list[Raw]:
        """The statements up to the end that belongs to ``opener``."""
        nested = [opener]
        lines: list[Raw] = []
        while True:
            line = next(self.levels[-1].source, None)
            if line is None:
                self.error(raw, f"'{opener}' without '{_OPENERS[opener]}'")
                return []
            if len(self.levels) > 1:
                self.bound(line)
            first = line.text.split(None, 1)
            word = first[0].lower() if first else ""
            if word in _OPENERS:
                nested.append(word)
            elif word in _CLOSERS:
                nested.pop()
                if not nested:
                    return lines
            if line.text:
                lines.append(line)

    def define(self, raw: Raw, word: str, args: str) -> None:
        parts = args.replace(",", " ", 1).split(None, 1)
        body = self.body(raw, ".macro")
        if not parts:
            self.error(raw, "'.macro' needs a name")
            return
        parameters, rest = declared_parameters(parts[1] if len(parts) > 1 else "")
        if rest:
            self.error(raw, f"cannot read the macro parameter '{shorten(rest)}'")
        if parts[0].lower() in self.macros:
            self.error(raw, f"macro '{parts[0]}' is defined already", "'.purgem' removes a macro")
        self.macros[parts[0].lower()] = _Macro(parts[0], parameters, body)

    def call(self, raw: Raw, macro: _Macro, args: str) -> None:
        values = self.bind(raw, macro, args)
        self.calls += 1
        self.push(raw, self.substituted(macro.body, values, self.calls - 1), macro=True)

    def bind(self, raw: Raw, macro: _Macro, args: str) -> dict[str, str]:
        values = {name: default for name, _, default in macro.parameters}
        given = split_arguments(args)
        names = [name for name, _, _ in macro.parameters]
        position = 0
        for number, argument in enumerate(given):
            keyword = _KEYWORD.match(argument)
            if keyword and keyword[1] in values:
                values[keyword[1]] = unquoted(keyword[2])
            elif position >= len(names):
                self.error(raw, f"too many arguments for macro '{macro.name}'")
                break
            elif macro.parameters[position][1] == "vararg":
                values[names[position]] = ",".join(given[number:])
                break
            else:
                if argument:
                    values[names[position]] = unquoted(argument)
                position += 1
        for name, mode, _ in macro.parameters:
            if mode == "req" and not values[name]:
                self.error(raw, f"macro '{macro.name}' needs a value for '{name}'")
        return values

    def substituted(self, body: list[Raw], values: dict[str, str], number: int) -> Iterator[Raw]:
        def replace(match: re.Match[str]) -> str:
            token = match[0]
            if token == "\\()":
                return ""
            if token == "\\@":
                return str(number)
            name = token[1:]
            if name in values:
                return values[name]
            return longest_prefix(name, values) or token

        for raw in body:
            text = _PARAMETER.sub(replace, raw.text) if "\\" in raw.text else raw.text
            if len(text) > MAX_LINE:
                self.error(raw, f"a macro makes a line longer than {MAX_LINE} characters")
                raise _Stop
            if text is raw.text:
                yield raw
                continue
            pieces, _, _ = split_line(text, False)
            for _, piece in pieces:
                yield raw._replace(text=piece)

    def repeat(self, raw: Raw, word: str, args: str) -> None:
        body = self.body(raw, word)
        if word == ".rept":
            count = self.value(raw, args)
            if count < 0:
                self.error(raw, f"'.rept {count}'")
            bound: Iterator[dict[str, str]] = ({} for _ in range(count))
        else:
            name, _, rest = args.replace(",", " ", 1).partition(" ")
            values = [unquoted(v) for v in split_arguments(rest)] if word == ".irp" else list(unquoted(rest.strip()))
            name = name.removeprefix("\\")
            bound = ({name: value} for value in values or [""])
        if body:
            self.push(raw, (line for values in bound for line in self.substituted(body, values, 0)))

    def leave(self, raw: Raw, word: str, args: str) -> None:
        while len(self.levels) > 1:
            level = self.levels.pop()
            del self.conditions[level.conditions :]
            if level.macro:
                return
        self.error(raw, "'.exitm' outside a macro")

    def purge(self, raw: Raw, word: str, args: str) -> None:
        if self.macros.pop(args.strip().lower(), None) is None:
            self.error(raw, f"there is no macro '{shorten(args.strip())}'")

    def refuse(self, raw: Raw, word: str, args: str) -> None:
        self.error(raw, f"'{word}' is not read", _REFUSED[word])

    def stray(self, raw: Raw, word: str, args: str) -> None:
        self.error(raw, f"'{word}' without its beginning")

    def complain(self, raw: Raw, word: str, args: str) -> None:
        self.error(raw, args.strip().strip('"') or "'.err' in the source")

    def ignore(self, raw: Raw, word: str, args: str) -> None:
        """``.print`` and the like say something while assembling, nothing about the code."""

    def stop(self, raw: Raw, word: str, args: str) -> None:
        raise _Stop


_REFUSED = {
    ".include": "run the file through the C preprocessor with '#include', or paste the included text",
    ".altmacro": "write the macro with \\name parameters and '.macro' alone",
}
_COMPARE: dict[str, Callable[[int], bool]] = {
    ".if": lambda v: v != 0,
    ".ifne": lambda v: v != 0,
    ".ifeq": lambda v: v == 0,
    ".ifgt": lambda v: v > 0,
    ".ifge": lambda v: v >= 0,
    ".iflt": lambda v: v < 0,
    ".ifle": lambda v: v <= 0,
}
_Handler = Callable[[_Expander, Raw, str, str], None]
_HANDLERS: dict[str, _Handler] = {
    ".macro": _Expander.define,
    ".rept": _Expander.repeat,
    ".irp": _Expander.repeat,
    ".irpc": _Expander.repeat,
    ".exitm": _Expander.leave,
    ".purgem": _Expander.purge,
    ".include": _Expander.refuse,
    ".altmacro": _Expander.refuse,
    ".endm": _Expander.stray,
    ".endmacro": _Expander.stray,
    ".endr": _Expander.stray,
    ".error": _Expander.complain,
    ".err": _Expander.complain,
    ".abort": _Expander.complain,
    ".warning": _Expander.ignore,
    ".print": _Expander.ignore,
    ".noaltmacro": _Expander.ignore,
    ".end": _Expander.stop,
}


def expand(raws: Iterable[Raw], constants: dict[str, int], report: Report) -> Iterator[Raw]:
    """``raws`` with macros expanded; fills ``constants`` with the absolute symbols set on the way."""
    return _Expander(constants, report).run(raws)
