"""C files to translation units: the way in.

``parse_file`` and ``parse_text`` raise SourceErrors for what is wrong with a program. What is right but not translated
is refused with the function it stands in (``Unit.refusals``), so that the others can be used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from transpile.c.context import MAX_ERRORS, Context, TooManyErrors
from transpile.c.declare import named_type
from transpile.c.dialect import PLAIN, Dialect
from transpile.c.expressions import expression
from transpile.c.functions import Found, external
from transpile.c.grammar import named, parse_item
from transpile.c.items import Item, declared_names
from transpile.c.preprocess import Options
from transpile.c.reading import Reading, place, read
from transpile.c.source import CPLUSPLUS, SourceFile, read_source, source_text
from transpile.c.syntax import Fault, faults
from transpile.c.tokens import Token
from transpile.c.tree import Pragma
from transpile.c.unit import Include, Origin, Refusal, Unit
from transpile.errors import SourceError, SourceErrors, Span, UnsupportedError

_INCLUDE = re.compile(r'#\s*include\s*(<[^>]*>|"[^"]*")')
_NO_OPTIONS = Options()


def parse_file(path: str | Path, options: Options = _NO_OPTIONS) -> Unit:
    """The unit in the file at ``path``; its suffix says whether it is C++."""
    return _parse(read_source(path), options, Path(path).suffix in CPLUSPLUS)


def parse_text(
    text: str,
    file: str = "<text>",
    options: Options = _NO_OPTIONS,
    cplusplus: bool = False,
    dialect: Dialect = PLAIN,
    path: str = "",
) -> Unit:
    """The unit in ``text``, which messages call ``file``. Headers of the user are looked for beside the file at
    ``path``, which has the same text, or else in the current folder."""
    return _parse(source_text(text, file, path), options, cplusplus, dialect)


def _parse(source: SourceFile, options: Options, cplusplus: bool, dialect: Dialect = PLAIN) -> Unit:
    reading = read(source, options, cplusplus, dialect)
    context = Context(reading, expression, named_type)
    found = Found()
    for item in reading.headers:
        _header(context, item, found)
    refusals: list[Refusal] = []
    pragmas: list[Pragma] = []
    try:
        for item in reading.items:
            refusals += _convert(context, item, found)
            pragmas += _left(context)
    except TooManyErrors:
        pass
    if context.errors:
        raise SourceErrors(sorted(context.errors, key=_order)[:MAX_ERRORS])
    return Unit(
        source.file,
        source.lines,
        tuple(_includes(reading)),
        tuple(found.functions),
        tuple(found.globals),
        tuple(found.definitions),
        found.typedefs,
        context.structs,
        found.prototypes,
        tuple(pragmas),
        tuple(refusals),
        tuple(context.diagnostics),
        cplusplus,
        Origin(
            reading.preprocessed.text(source),
            reading.preprocessed.system_headers,
            {name: file.lines for name, file in reading.files.items() if name != source.file},
            options,
            source.path,
        ),
    )


def _order(error: SourceError) -> tuple[str, int, int]:
    return error.span.file, error.span.line, error.span.column


def _header(context: Context, item: Item, found: Found) -> None:
    """A declaration of a system header. What is not understood there is not known."""
    context.system = True
    try:
        parsed = parse_item(item.tokens, context.is_type, context.cplusplus)
        if item.refused or parsed.root.has_error:
            context.scopes[0].poisoned |= declared_names(item.tokens)
            return
        context.parsed, context.pragmas = parsed, {}
        for node in named(parsed.root):
            external(context, node, found)
    except SourceError:
        context.scopes[0].poisoned |= declared_names(item.tokens)
    finally:
        context.system = False


def _convert(context: Context, item: Item, found: Found) -> Iterator[Refusal]:
    """Adds what ``item`` declares to ``found``; gives what of it is refused."""
    for refused in _refused_words(context, item):
        context.refused.append(refused)
    if not context.refused:
        _parsed(context, item, found)
    if context.refused:
        names = {function.name for function in found.functions}
        found.functions = [function for function in found.functions if function.name != item.defines]
        if item.defines and item.defines not in names:
            _header_of(context, item, found)
        elif not item.defines:
            context.scopes[0].poisoned |= declared_names(item.tokens)
    for error in context.refused:
        yield Refusal(item.defines, error)
    context.refused.clear()
    context.function, context.result, context.level = "", None, 0


def _refused_words(context: Context, item: Item) -> Iterator[UnsupportedError]:
    for refused in item.refused:
        what = refused.what
        yield UnsupportedError(_span(context, refused.token), f"cannot translate {what}", refused.hint, what)
    if item.old_style:
        what = "parameters that are declared behind the brackets"
        hint = "declare them inside: 'int f(int a, double b)'"
        yield UnsupportedError(_span(context, item.tokens[0]), f"cannot translate {what}", hint, what)


def _span(context: Context, token: Token) -> Span:
    return place(context.reading.files, token)


def _parsed(context: Context, item: Item, found: Found) -> None:
    if not item.tokens:
        context.pragmas = dict(item.pragmas)
        return
    first = item.tokens[0]
    if item.defines == first.text and not context.is_type(first.text):
        context.errors.append(SourceError(_span(context, first), f"the result type of '{first.text}' is missing"))
        return
    parsed = parse_item(item.tokens, context.is_type, context.cplusplus)
    if wrong := [_fault(context, fault) for fault in faults(parsed)]:
        context.errors += wrong
        if len(context.errors) >= MAX_ERRORS:
            raise TooManyErrors
        return
    context.parsed, context.pragmas = parsed, dict(item.pragmas)
    for node in named(parsed.root):
        try:
            with context.guarded():
                external(context, node, found)
        except RecursionError:
            context.refused.append(context.unsupported(node, "declarations that refer to each other so deeply"))


def _fault(context: Context, fault: Fault) -> SourceError:
    span = _span(context, fault.token)
    if fault.behind:
        span = Span(span.file, span.line, span.column + len(fault.token.text), 1, span.line_text)
    return SourceError(span, fault.message)


def _header_of(context: Context, item: Item, found: Found) -> None:
    """Declares the function that is refused, so that calls of it are understood."""
    end = next(index for index, token in enumerate(item.tokens) if token.text == "{")
    semicolon = Token("punctuation", ";", 0, 0)
    _header(context, Item((*item.tokens[:end], semicolon)), found)


def _left(context: Context) -> Iterator[Pragma]:
    """The pragmas of an item that no statement has taken."""
    for tokens in context.pragmas.values():
        yield from (Pragma(token.text, context.span_of(token)) for token in tokens)
    context.pragmas = {}


def _includes(reading: Reading) -> Iterator[Include]:
    for token in reading.originals[reading.source.file]:
        if token.kind == "directive" and (match := _INCLUDE.match(token.text)):
            column = token.column + match.start(1)
            yield Include(match[1], reading.source.span(token.line, column, len(match[1])))
