"""Compiler directives: the source format, ``>>DEFINE`` and ``>>IF``; those that only steer listings and checks are
skipped, and others refused by name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from transpile.cobol.options import Format
from transpile.cobol.problems import Problems
from transpile.errors import SourceError, Span, UnsupportedError

MAX_LINE = 1000
"""Longest line with a directive."""
_SOURCE = re.compile(r"\s*>>\s*SOURCE\s+(?:FORMAT\s+)?(?:IS\s+)?(FREE|FIXED)\b", re.IGNORECASE)
_SET = re.compile(r".{0,6}\$\s*SET\s+SOURCE-?FORMAT\s*\(?\s*[\"'(]?\s*(FREE|FIXED)\b", re.IGNORECASE)
_DIRECTIVE = re.compile(r"\s*(?:>>\s*|\$)([A-Z-]+)\s*(.*?)\s*$", re.IGNORECASE)
_SKIPPED = frozenset({"LISTING", "PAGE", "TURN", "LEAP-SECOND", "FLAG-02", "FLAG-85", "SET", "PROPAGATE"})
_DEFINE = re.compile(r"(?:CONSTANT\s+)?([\w-]+)\s+(?:AS\s+)?(.+?)(?:\s+(OVERRIDE))?$", re.IGNORECASE)
_DEFINED = re.compile(r"([\w-]+)\s+(?:IS\s+)?(NOT\s+)?DEFINED$", re.IGNORECASE)
_COMPARED = re.compile(
    r"([\w-]+|'[^']*'|\"[^\"]*\")\s+(?:IS\s+)?(NOT\s+)?(=|<>|<=|>=|<|>|EQUAL(?:\s+TO)?)\s*(.+)$", re.I
)


def is_directive(line: str, format: Format) -> bool:
    if "$" not in line and ">>" not in line:
        return False
    if format != "free" and line[6:7] == "$":
        return True
    text = line.lstrip()
    if format != "free" and line[6:7] in "*/":
        return False
    return (text.startswith(">>") and text[2:4].upper() != "D ") or text[:4].upper() == "$SET"


def source_format(line: str) -> Format | None:
    found = _SOURCE.match(line) or _SET.match(line)
    if not found:
        return None
    return "free" if found[1].upper() == "FREE" else "fixed"


@dataclass(slots=True)
class _Branch:
    span: Span
    outer: bool
    """The text around it is read."""
    taken: bool
    """One of its branches was."""
    reading: bool
    closed: bool = False
    """ELSE was there."""


@dataclass(slots=True)
class Conditional:
    """The state of conditional compilation; ``defines`` live on from one file to the copybooks that it has."""

    defines: dict[str, str] = field(default_factory=dict)
    branches: list[_Branch] = field(default_factory=list)

    @property
    def skipping(self) -> bool:
        return bool(self.branches) and not self.branches[-1].reading

    def directive(self, line: str, span: Span) -> bool:
        """Does what the line says; False if it is none of ours."""
        if len(line) > MAX_LINE:
            raise SourceError(span, f"a directive of more than {MAX_LINE} characters")
        found = _DIRECTIVE.match(line if line.lstrip().startswith((">>", "$")) else line[6:])
        if not found:
            return self.skipping
        word, rest = found[1].upper(), found[2]
        if word in ("IF", "ELIF", "ELSE-IF", "ELSE", "END-IF", "END"):
            self._branch(word, rest, span)
        elif self.skipping or word in _SKIPPED:
            pass
        elif word == "DEFINE":
            self._define(rest, span)
        else:
            raise UnsupportedError(span, f"cannot follow the directive >>{word}", mnemonic=f">>{word}")
        return True

    def finish(self, problems: Problems) -> None:
        for branch in self.branches:
            problems.report(branch.span, "this >>IF has no >>END-IF")
        self.branches.clear()

    def _branch(self, word: str, rest: str, span: Span) -> None:
        if word == "IF":
            outer = not self.skipping
            true = outer and self._true(rest, span)
            self.branches.append(_Branch(span, outer, true, true))
            return
        if not self.branches:
            raise SourceError(span, f">>{word} without >>IF")
        branch = self.branches[-1]
        if word in ("END-IF", "END"):
            self.branches.pop()
        elif branch.closed:
            raise SourceError(span, f">>{word} after >>ELSE")
        elif word == "ELSE":
            branch.reading, branch.closed = branch.outer and not branch.taken, True
        else:
            branch.reading = branch.outer and not branch.taken and self._true(rest, span)
            branch.taken |= branch.reading

    def _define(self, rest: str, span: Span) -> None:
        found = _DEFINE.match(rest)
        if not found:
            self.defines[rest.strip().upper()] = ""
            return
        name, value = found[1].upper(), found[2].strip()
        if value.upper() == "OFF":
            self.defines.pop(name, None)
        elif value.upper() != "PARAMETER":
            self.defines[name] = _plain(value)

    def _true(self, text: str, span: Span) -> bool:
        text = text.rstrip(".").strip()
        if found := _DEFINED.match(text):
            return (found[1].upper() in self.defines) != bool(found[2])
        if found := _COMPARED.match(text):
            left, right = (_value(self.defines.get(part.upper(), _plain(part))) for part in (found[1], found[4]))
            return _holds(left, found[3].upper(), right) != bool(found[2])
        raise UnsupportedError(span, f"cannot decide the condition '{text}'", mnemonic=">>IF")


def _plain(text: str) -> str:
    return text[1:-1] if len(text) >= 2 and text[0] in "\"'" and text[-1] == text[0] else text


def _value(text: str) -> tuple[int, str]:
    return (int(text), "") if text.lstrip("+-").isdecimal() else (0, text)


def _holds(left: tuple[int, str], operator: str, right: tuple[int, str]) -> bool:
    match operator:
        case "<":
            return left < right
        case ">":
            return left > right
        case "<=":
            return left <= right
        case ">=":
            return left >= right
        case "<>":
            return left != right
        case _:
            return left == right
