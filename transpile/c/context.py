"""What is known while a file is converted: names in scope, types, and what has been found wrong.

Errors are exceptions where they are found. Statements catch them (``Context.guarded``), so that one run reports
several.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from tree_sitter import Node

from transpile.c.constants import integer_of
from transpile.c.grammar import Parsed
from transpile.c.reading import Reading, place
from transpile.c.tokens import Token
from transpile.c.tree import Expression, Notes, Pragma, Storage, Variable
from transpile.c.types import CType, Struct
from transpile.c.walking import substitute
from transpile.errors import Diagnostic, SourceError, Span, UnsupportedError

MAX_ERRORS = 20
MAX_LEVEL = 160
"""Expressions and statements within each other."""


@dataclass(frozen=True, slots=True)
class TypeName:
    """A typedef; its qualifiers go to what is declared with it."""

    name: str
    type: CType
    const: bool = False
    volatile: bool = False


@dataclass(frozen=True, slots=True)
class Enumerator:
    name: str
    value: int
    type: CType


Symbol: TypeAlias = Variable | TypeName | Enumerator


@dataclass(slots=True)
class Scope:
    """``poisoned`` names have been declared wrongly: their use is not an error of its own."""

    symbols: dict[str, Symbol] = field(default_factory=dict)
    tags: dict[str, CType] = field(default_factory=dict)
    poisoned: set[str] = field(default_factory=set)


class TooManyErrors(Exception):
    """Enough has been found wrong to stop."""


class AlreadyReported(Exception):
    """This follows from an error that has been reported."""


@dataclass(slots=True)
class Context:
    """``convert`` turns a node into an expression, ``named_type`` words into a type: what declarations and expressions
    need of each other."""

    reading: Reading
    convert: Callable[[Context, Node], Expression]
    named_type: Callable[[Context, Node, Sequence[str]], CType]
    scopes: list[Scope] = field(default_factory=lambda: [Scope()])
    structs: dict[str, Struct] = field(default_factory=dict)
    errors: list[SourceError] = field(default_factory=list)
    refused: list[UnsupportedError] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    known: dict[Variable, Expression] = field(default_factory=dict)
    parsed: Parsed | None = None
    pragmas: dict[int, Sequence[Token]] = field(default_factory=dict)
    system: bool = False
    function: str = ""
    result: CType | None = None
    _numbers: int = 0
    level: int = 0

    @property
    def cplusplus(self) -> bool:
        return self.reading.cplusplus

    @property
    def at_file_scope(self) -> bool:
        return len(self.scopes) == 1

    def text(self, node: Node) -> str:
        return self._parsed.text(node)

    def tokens(self, node: Node) -> Sequence[Token]:
        return self._parsed.tokens[self._parsed.first(node) : self._parsed.last(node) + 1]

    def words(self, node: Node) -> list[str]:
        """The words of a type as written; ``bool`` where that is a macro."""
        return ["bool" if token.macro == "bool" else token.text for token in self.tokens(node)]

    def token(self, node: Node) -> Token:
        return self._parsed.token(node)

    def first(self, node: Node) -> Token:
        return self._parsed.tokens[self._parsed.first(node)]

    def last(self, node: Node) -> Token:
        return self._parsed.tokens[self._parsed.last(node)]

    def span(self, node: Node) -> Span:
        """Where ``node`` stands: from its first token to its last, as far as they are on one line."""
        first, last = self.first(node), self.last(node)
        line = self.reading.files[first.file].line(first.line) if first.file in self.reading.files else ""
        end = last.column + len(last.text) if (last.file, last.line) == (first.file, first.line) else len(line) + 1
        return Span(first.file, first.line, first.column, max(end - first.column, 1), line)

    @property
    def _parsed(self) -> Parsed:
        assert self.parsed is not None
        return self.parsed

    def written(self, node: Node) -> str:
        """``node`` as it was written, comments and all; its tokens where macros have made it."""
        first, last = self.first(node), self.last(node)
        file = self.reading.files.get(first.file)
        if file is None or last.file != first.file or any(token.macro for token in self.tokens(node)):
            return self.text(node)
        lines = list(file.lines[first.line - 1 : last.line])
        lines[-1] = lines[-1][: last.column - 1 + len(last.text)]
        lines[0] = lines[0][first.column - 1 :]
        return "\n".join(lines)

    def notes_before(self, node: Node) -> Notes:
        """The pragmas and comments before ``node``."""
        return Notes(self.reading.remarks.before(self.first(node)), (), self.take_pragmas(node))

    def notes_around(self, node: Node, before: Notes, inner: bool = True) -> Notes:
        """``before`` with the comments behind ``node``, and those inside that none of its parts has taken."""
        first, last = self.first(node), self.last(node)
        within = self.reading.remarks.within(first, last)
        trailing = self.reading.remarks.behind(last)
        return Notes(before.leading + within * inner, trailing, before.pragmas)

    def comments_opening(self, block: Node) -> tuple[str, ...]:
        return self.reading.remarks.behind(self.first(block))

    def comments_closing(self, block: Node) -> tuple[str, ...]:
        return self.reading.remarks.before(self.last(block))

    def attributes(self, declarator: Node) -> tuple[str, ...]:
        """The attributes of the declaration that ``declarator`` stands in."""
        whole = declarator.parent
        if whole is None:
            return ()
        body = whole.child_by_field_name("body")
        tokens = (
            self.tokens(whole) if body is None else [*self.tokens(whole)[: -len(self.tokens(body))], self.first(body)]
        )
        return tuple(name for token in tokens for name in token.attributes)

    def take_pragmas(self, node: Node) -> tuple[Pragma, ...]:
        """The pragmas before ``node``, unless a node around it has them."""
        tokens = self.pragmas.pop(self._parsed.first(node), ())
        return tuple(Pragma(token.text, self.span_of(token)) for token in tokens)

    def wrong(self, node: Node, message: str, hint: str = "") -> SourceError:
        """The error that the program is wrong at ``node``, to be raised."""
        return SourceError(self.span(node), message, hint)

    def unsupported(self, node: Node, what: str, hint: str = "") -> UnsupportedError:
        """The error that ``what`` is fine, but not translated."""
        return UnsupportedError(self.span(node), f"cannot translate {what}", hint, what)

    def warn(self, node: Node, message: str, hint: str = "") -> None:
        if not self.system and len(self.diagnostics) < 5 * MAX_ERRORS:
            self.diagnostics.append(Diagnostic("warning", message, self.span(node), hint))

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Keeps an error that is raised inside, and goes on behind it. Those of system headers are not the user's."""
        try:
            yield
        except AlreadyReported:
            pass
        except UnsupportedError as error:
            if not self.system:
                self.refused.append(error)
        except SourceError as error:
            if not self.system:
                self.errors.append(error)
        if len(self.errors) >= MAX_ERRORS or len(self.refused) >= MAX_ERRORS:
            raise TooManyErrors

    def integer(self, expression: Expression) -> int | None:
        """The value of an integer constant expression; constants of C++ may stand in it."""
        return integer_of(substitute(expression, self.known) if self.known else expression)

    def incomplete(self, node: Node, type: Struct) -> Exception:
        """What the use of a structure raises whose members are not known."""
        if self.is_poisoned(type.name):
            return self.consequence(node, type.name)
        return self.wrong(node, f"'{type.name}' is not complete here")

    def too_deep(self, node: Node) -> UnsupportedError:
        return self.unsupported(node, f"code that nests more than {MAX_LEVEL} deep", "use more statements")

    @contextmanager
    def scope(self) -> Iterator[Scope]:
        scope = Scope()
        self.scopes.append(scope)
        try:
            yield scope
        finally:
            self.scopes.pop()

    def find(self, name: str) -> Symbol | None:
        return next((scope.symbols[name] for scope in reversed(self.scopes) if name in scope.symbols), None)

    def suggestion(self, name: str) -> str:
        """A hint at a declared name that resembles ``name``, if there is one."""
        known = [own for scope in self.scopes for own in scope.symbols if not own.startswith("_")]
        close = difflib.get_close_matches(name[:60], known, 1)
        return f"did you mean '{close[0]}'?" if close else ""

    def is_poisoned(self, name: str) -> bool:
        return any(name in scope.poisoned for scope in self.scopes)

    def consequence(self, node: Node, name: str) -> Exception:
        """What the use of a poisoned name raises."""
        if name in self.scopes[0].poisoned:
            return self.unsupported(node, f"'{name}', whose declaration is not translated")
        return AlreadyReported()

    def find_tag(self, name: str) -> CType | None:
        return next((scope.tags[name] for scope in reversed(self.scopes) if name in scope.tags), None)

    def is_type(self, name: str) -> bool:
        return isinstance(self.find(name), TypeName)

    def new_variable(
        self, name: str, type: CType, storage: Storage, span: Span, declared: CType | None = None
    ) -> Variable:
        return Variable(self.new_number(), name, type, storage, declared or type, span=span)

    def new_number(self) -> int:
        self._numbers += 1
        return self._numbers

    def declare(self, symbol: Symbol) -> None:
        self.scopes[-1].symbols[symbol.name] = symbol

    def complete(self, type: CType) -> CType:
        """``type`` with its members, if it is a structure whose definition has been seen."""
        if isinstance(type, Struct) and type.fields is None and type.name in self.structs:
            return replace(self.structs[type.name], alias=type.alias)
        return type

    def span_of(self, token: Token) -> Span:
        return place(self.reading.files, token)
