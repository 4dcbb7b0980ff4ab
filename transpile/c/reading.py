"""A file as items to parse: preprocessing, places, headers, comments.

``read`` is where the text of the user's file, that of the user's headers and the output of the preprocessor come
together; whatever comes after it sees tokens with places only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from transpile.c.builtins import PROTOTYPES
from transpile.c.dialect import PLAIN, Dialect
from transpile.c.headers import Piece, needed, pieces
from transpile.c.items import Item, Unbalanced, own_items
from transpile.c.origins import Origins, macros_of
from transpile.c.preprocess import Options, OutputLine, Preprocessed, preprocess
from transpile.c.remarks import Remarks
from transpile.c.source import SourceFile, read_source
from transpile.c.tokens import Token, tokenise
from transpile.errors import SourceError, SourceErrors, Span

MAX_TOKENS = 250_000
MAX_ERRORS = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """``files`` are the user's: the file itself and the headers it includes, by the names that the compiler gives them.
    ``originals`` are their tokens, with comments and directives."""

    source: SourceFile
    preprocessed: Preprocessed
    files: Mapping[str, SourceFile]
    originals: Mapping[str, Sequence[Token]]
    headers: tuple[Item, ...]
    items: tuple[Item, ...]
    remarks: Remarks
    cplusplus: bool
    dialect: Dialect = PLAIN


def read(source: SourceFile, options: Options, cplusplus: bool, dialect: Dialect = PLAIN) -> Reading:
    """``source`` as items. Raises SourceErrors for what the preprocessor and the brackets show to be wrong."""
    preprocessed = preprocess(source, options, cplusplus)
    lines = preprocessed.lines
    files = {source.file: source}
    for name in dict.fromkeys(line.file for line in lines if not line.system):
        files.setdefault(name, source if name == source.file else read_source(name))
    originals = _originals(files)
    tokens = dialect.rewrite(_bounded(_own_tokens(lines, originals), files))
    try:
        items = tuple(own_items(tokens, cplusplus))
    except Unbalanced as error:
        raise SourceErrors([SourceError(place(files, error.token), error.message)]) from None
    headers = needed(_pieces(lines), {token.text.removeprefix("std::") for token in tokens if token.kind == "name"})
    used = {name: {line.line for line in lines if line.file == name} for name in files}
    remarks = Remarks(originals, used)
    return Reading(source, preprocessed, files, originals, tuple(headers), items, remarks, cplusplus, dialect)


def _originals(files: Mapping[str, SourceFile]) -> dict[str, Sequence[Token]]:
    """The tokens of the user's files as written. Programs that are too large are found here, before much is done."""
    found: dict[str, Sequence[Token]] = {}
    left = MAX_TOKENS
    for name, file in files.items():
        found[name] = tuple(islice(tokenise(file.text, 1, name), left + 1))
        left -= len(found[name])
        if left < 0:
            raise _too_large(files, found[name][-1])
    return found


def _too_large(files: Mapping[str, SourceFile], token: Token) -> SourceError:
    message = f"the program is too large: this is behind the first {MAX_TOKENS} words of it"
    return SourceError(place(files, token), message, "give only the file with the loops to translate")


def place(files: Mapping[str, SourceFile], token: Token, length: int = 0) -> Span:
    """Where ``token`` stands, or the text of ``length`` characters that begins with it."""
    line = files[token.file].line(token.line) if token.file in files else ""
    return Span(token.file, token.line, token.column, length or max(len(token.text), 1), line)


def _own_tokens(lines: Sequence[OutputLine], originals: Mapping[str, Sequence[Token]]) -> Iterator[Token]:
    """The tokens of the user's lines in the order of the output, with their places; ``#pragma`` lines are tokens."""
    macros = {name: takes for original in originals.values() for name, takes in macros_of(original).items()}
    origins = {name: Origins(original, macros) for name, original in originals.items()}
    own = (line for line in lines if not line.system)
    groups = [list(group) for _, group in groupby(own, _one_line)]
    following: dict[str, int] = {}
    next_lines: list[int] = []
    for group in reversed(groups):
        next_lines.append(following.get(group[0].file, 1 << 60))
        following[group[0].file] = group[0].line
    for group, next_line in zip(groups, reversed(next_lines), strict=True):
        if _is_directive(group[0]):
            yield from map(_pragma, group)
        else:
            yield from origins[group[0].file].place(group, next_line)


def _one_line(line: OutputLine) -> tuple[str, int, int, bool]:
    """What the parts of one line of a file share, of which the output makes several."""
    return line.file, line.reading, line.line, _is_directive(line)


def _is_directive(line: OutputLine) -> bool:
    return line.text.lstrip().startswith("#")


def _pragma(line: OutputLine) -> Token:
    text = " ".join(line.text.split())
    return Token("directive", text, line.line, len(line.text) - len(line.text.lstrip()) + 1, line.file)


def _bounded(tokens: Iterable[Token], files: Mapping[str, SourceFile]) -> list[Token]:
    """``tokens`` as a list, if they are not too many and all of them are of C."""
    kept: list[Token] = []
    errors: list[SourceError] = []
    for token in tokens:
        kept.append(token)
        if len(kept) > MAX_TOKENS:
            errors.append(_too_large(files, token))
            break
        if token.kind == "stray" and len(errors) < MAX_ERRORS:
            errors.append(SourceError(place(files, token), _stray(token.text)))
    if errors:
        raise SourceErrors(errors)
    return kept


def _stray(text: str) -> str:
    return f"missing terminating {text} character" if text in "\"'" else f"stray '{text}' in the program"


def _pieces(lines: Sequence[OutputLine]) -> list[Piece]:
    """The declarations of compiler and system headers. Those of the C++ library are not C."""
    builtin = [OutputLine(text, "<builtin>", 0, True) for text in PROTOTYPES.splitlines()]
    system = [line for line in lines if line.system and "/c++/" not in line.file]
    return [*pieces(builtin), *pieces(system)]
