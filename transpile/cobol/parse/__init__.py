"""COBOL files to syntax trees: the way in.

``parse_file`` and ``parse_text`` raise SourceErrors for all that is wrong with a file, copybooks included.
"""

from __future__ import annotations

from pathlib import Path

from transpile.cobol.code import Code, SourceFile
from transpile.cobol.copying import Copier
from transpile.cobol.directives import Conditional
from transpile.cobol.entries import without_entries
from transpile.cobol.lines import Comment, Reader, wants_debugging
from transpile.cobol.options import Format, Options
from transpile.cobol.parse.cursor import Cursor
from transpile.cobol.parse.identification import programs
from transpile.cobol.parse.procedure import VERBS
from transpile.cobol.problems import Problems, TooManyErrors, hinted
from transpile.cobol.programs import Program
from transpile.cobol.source import guess_format, read_source, source_bytes, source_text
from transpile.cobol.tokens import tokenize
from transpile.cobol.unit import Unit
from transpile.errors import SourceError, SourceErrors

_NO_OPTIONS = Options()


def parse_file(path: str | Path, options: Options = _NO_OPTIONS) -> Unit:
    """The unit in the file at ``path``."""
    return _parse(read_source(path), options)


def parse_text(text: str, file: str = "<text>", options: Options = _NO_OPTIONS) -> Unit:
    """The unit in ``text``, which messages call ``file``."""
    return _parse(source_text(text, file), options)


def parse_bytes(data: bytes, file: str = "<text>", options: Options = _NO_OPTIONS) -> Unit:
    """The unit in ``data``, the content of a file, which messages call ``file``."""
    return _parse(source_bytes(data, file), options)


def _parse(source: SourceFile, options: Options) -> Unit:
    reading = Reading(source, options)
    found: tuple[Program, ...] = ()
    try:
        found = reading.programs()
    except TooManyErrors:
        pass
    except SourceError as error:
        reading.problems.errors.append(error)
    if reading.problems.errors:
        raise SourceErrors([hinted(error, reading.format == "fixed") for error in _sorted(reading.problems, source)])
    return Unit(
        source.name,
        tuple(source.shown(line) for line in source.lines),
        reading.format == "fixed",
        found,
        tuple(sorted(reading.comments, key=lambda comment: (comment.file, comment.line, comment.column))),
        tuple(reading.copier.copybooks),
    )


def _sorted(problems: Problems, source: SourceFile) -> list[SourceError]:
    """Errors of the file itself before those of its copybooks."""
    return sorted(problems.errors, key=lambda e: (e.span.file != source.name, e.span.file, e.span.line, e.span.column))


class Reading:
    """One file on its way from lines to trees."""

    def __init__(self, source: SourceFile, options: Options) -> None:
        self.source = source
        self.format: Format = guess_format(source) if options.format == "auto" else options.format
        self.problems = Problems()
        self.comments: list[Comment] = []
        self.conditional = Conditional({name.upper(): value for name, value in options.defines})
        self.debugging = options.debugging or wants_debugging(source)
        self.copier = Copier(options.copy_paths, self._load, self.problems)

    def programs(self) -> tuple[Program, ...]:
        code = self._read(self.source)
        code = without_entries(code, self.comments, self.format == "fixed")
        code = self.copier.expand(code, self.source.name)
        return programs(Cursor(tokenize(code, self.problems), self.problems, VERBS))

    def _read(self, source: SourceFile) -> Code:
        reader = Reader(source, self.format, self.problems, self.conditional, self.debugging)
        code = reader.read()
        self.comments += reader.comments
        return code

    def _load(self, path: Path) -> Code:
        return self._read(read_source(path))
