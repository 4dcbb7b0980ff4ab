"""COPY, EXEC SQL INCLUDE and REPLACE: copybooks in the place of the statements that name them.

Text words are compared without regard to case and blanks, as the standard says. What stems from a copybook keeps its
place there; text that replaces something stands where that stood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from transpile.cobol.code import Builder, Code
from transpile.cobol.communication import sqlca
from transpile.cobol.problems import Problems
from transpile.cobol.replacing import Rule, replace, rules
from transpile.errors import SourceError, Span

EXTENSIONS = ("", ".CPY", ".cpy", ".CBL", ".cbl", ".COB", ".cob")
MAX_DEPTH = 32
MAX_TEXT = 16 * 1024 * 1024
MAX_COPIES = 4096
_STATEMENT = re.compile(
    r"""\"[^\"\n]*\"|'[^'\n]*'|(?<![\w-])(?:
      (?P<include>EXEC\s+SQL\s+INCLUDE\s+(?P<member>\"[^\"\n]+\"|'[^'\n]+'|[\w./$\#@-]+)\s+END-EXEC(?![\w-])\s*\.?)
    | EXEC(?:UTE)?\s+[A-Z0-9]+\s(?:(?!\sEXEC\s).)*?END-EXEC(?![\w-])
    | (?P<copy>COPY)(?=\s)|(?P<replace>REPLACE)(?=\s))""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_COPY = re.compile(
    r"COPY\s+(?P<name>\"[^\"\n]+\"|'[^'\n]+'|[\w./-]*[\w-])"
    r"(?:\s+(?:OF|IN)\s+(?P<library>\"[^\"\n]+\"|'[^'\n]+'|[\w./-]*[\w-]))?"
    r"(?:\s+SUPPRESS(?:\s+PRINTING)?)?[\s,;]*(?P<replacing>REPLACING(?=[\s=]))?",
    re.IGNORECASE,
)
_REPLACE = re.compile(r"REPLACE\s+(?:(?P<off>(?:LAST\s+)?OFF)|(?:ALSO\s+)?)", re.IGNORECASE)
_SUPPLIED = {"DFHAID": "CICS", "DFHBMSCA": "CICS", "SQLDA": "the database"}
"""Copybooks that programs do not have beside them."""
_PERIOD = re.compile(r"[\s,;]*\.")
_END = re.compile(r"\.(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Copybook:
    """A copybook that the program has, and where it asks for it."""

    name: str
    path: str
    span: Span


@dataclass(slots=True)
class Copier:
    """Expands the COPY statements of one program. ``load`` reads a copybook in the format of the program."""

    paths: tuple[Path, ...]
    load: Callable[[Path], Code]
    problems: Problems
    copybooks: list[Copybook] = field(default_factory=list)
    _size: int = 0
    _found: dict[tuple[str, str, Path], Path] = field(default_factory=dict)

    def expand(self, code: Code, file: str) -> Code:
        """``code`` with copybooks in place of COPY, and REPLACE done."""
        return self._replaced(self._copied(code, (file,)))

    def _copied(self, code: Code, chain: tuple[str, ...]) -> Code:
        out = Builder()
        at = 0
        for found in _statements(code.text, "copy", "include"):
            if found.start() < at:
                continue
            try:
                end, book = self._include(code, found, chain) or self._copy(code, found.start(), chain)
            except SourceError as error:
                self.problems.add(error)
                end, book = _statement_end(code.text, found.start()), Code()
            out.take(code, at, found.start())
            out.plain("\n")
            out.take(book, 0, len(book.text))
            out.plain("\n")
            at = end
        if not at:
            return code
        out.take(code, at, len(code.text))
        return out.code()

    def _copy(self, code: Code, start: int, chain: tuple[str, ...]) -> tuple[int, Code]:
        """The end of the COPY statement that starts at ``start``, and the text it stands for."""
        found = _COPY.match(code.text, start)
        if not found:
            raise SourceError(code.place(start, 4), "COPY needs the name of a copybook")
        span = code.place(found.start("name"), len(found["name"]))
        replacing: list[Rule] = []
        end = found.end()
        if found["replacing"]:
            replacing, end = rules(code, end)
        period = _PERIOD.match(code.text, end)
        if not period:
            message = "the COPY statement is not understood here; it ends with a period"
            raise SourceError(code.place(_next(code.text, end)), message)
        book = self._book(span, _plain(found["name"]), _plain(found["library"] or ""), chain)
        return period.end(), replace(book, replacing) if replacing else book

    def _include(self, code: Code, found: re.Match[str], chain: tuple[str, ...]) -> tuple[int, Code] | None:
        """The same of EXEC SQL INCLUDE; None for COPY."""
        if not found["include"]:
            return None
        span = code.place(found.start("member"), len(found["member"]))
        return found.end(), self._book(span, _plain(found["member"]), "", chain)

    def _book(self, span: Span, name: str, library: str, chain: tuple[str, ...]) -> Code:
        asked = name, library, Path(chain[-1]).parent
        if asked not in self._found:
            try:
                self._found[asked] = self._find(span, *asked)
            except SourceError:
                if name.upper() != "SQLCA":
                    raise
                return sqlca()
        path = self._found[asked]
        if path in map(Path, chain):
            way = " → ".join([*map(_short, chain), _short(str(path))])
            raise SourceError(span, f"the copybook '{name}' copies itself: {way}")
        if len(chain) > MAX_DEPTH:
            raise SourceError(span, f"copybooks are nested more than {MAX_DEPTH} deep")
        if len(self.copybooks) >= MAX_COPIES:
            raise SourceError(span, f"the program has more than {MAX_COPIES} COPY statements")
        code = self.load(path)
        self._size += len(code.text)
        if self._size > MAX_TEXT:
            raise SourceError(span, f"copybooks amount to more than {MAX_TEXT // 1024 // 1024} MB of text")
        self.copybooks.append(Copybook(name, str(path), span))
        return self._copied(code, (*chain, str(path)))

    def _find(self, span: Span, name: str, library: str, beside: Path) -> Path:
        folders = [*self.paths, beside, Path(".")]
        _refuse_way_out(span, name, library)
        tried = list(dict.fromkeys(folder / case for folder in folders for case in _cases(library)))
        for folder in [*tried, *(folders if library else [])]:
            for spelling in _cases(name):
                for extension in EXTENSIONS:
                    path = folder / (spelling + extension)
                    if path.is_file():
                        return path
        searched = "searched: " + ", ".join(f"{folder}/" for folder in tried) + "; as it is and with .cpy .cbl .cob"
        whose = f"{name.upper()} comes with {_SUPPLIED[name.upper()]}: " if name.upper() in _SUPPLIED else ""
        raise SourceError(span, f"the copybook '{name}' is not found", f"{searched}\n{whose}add a folder with -I")

    def _replaced(self, code: Code) -> Code:
        """REPLACE statements do what they say up to the next one."""
        out = Builder()
        at = 0
        active: list[Rule] = []
        for found in _statements(code.text, "replace"):
            if found.start() < at:
                continue
            try:
                end, new = self._replace(code, found.start())
            except SourceError as error:
                self.problems.add(error)
                end, new = _statement_end(code.text, found.start()), active
            _take(out, code, at, found.start(), active)
            at, active = end, new
        if not at:
            return code
        _take(out, code, at, len(code.text), active)
        return out.code()

    def _replace(self, code: Code, start: int) -> tuple[int, list[Rule]]:
        found = _REPLACE.match(code.text, start)
        assert found
        new, end = ([], found.end()) if found["off"] else rules(code, found.end())
        period = _PERIOD.match(code.text, end)
        if not period:
            raise SourceError(code.place(_next(code.text, end)), "a REPLACE statement ends with a period")
        return period.end(), new


def _take(out: Builder, code: Code, start: int, end: int, active: list[Rule]) -> None:
    if not active:
        out.take(code, start, end)
        return
    part = Builder()
    part.take(code, start, end)
    replaced = replace(part.code(), active)
    out.take(replaced, 0, len(replaced.text))


def _statements(text: str, *kinds: str) -> Iterator[re.Match[str]]:
    """Where COPY, INCLUDE or REPLACE stands as a word, outside of literals and of what else EXEC says."""
    lower = text.lower()
    if not any(kind in lower for kind in kinds):
        return
    for found in _STATEMENT.finditer(text):
        if any(found[kind] for kind in kinds):
            yield found


def _statement_end(text: str, start: int) -> int:
    """Behind the period of a statement that is not understood."""
    found = _END.search(text, start)
    return found.end() if found else len(text)


def _next(text: str, at: int) -> int:
    """The first character behind ``at`` that is no blank."""
    while at < len(text) and text[at] in " \n,;":
        at += 1
    return at


def _refuse_way_out(span: Span, name: str, library: str) -> None:
    """COPY takes files from the folders that are searched, and from nowhere else."""
    for part in (name, library):
        if Path(part).is_absolute() or ".." in Path(part).parts:
            hint = "give the folder with -I, and COPY the name of the file in it"
            raise SourceError(span, f"'{part}' leads out of the folders that COPY searches", hint)


def _cases(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((name, name.lower(), name.upper())))


def _plain(text: str) -> str:
    return text[1:-1] if text[:1] in "\"'" and text else text


def _short(path: str) -> str:
    return Path(path).name
