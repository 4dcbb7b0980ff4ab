"""Items to syntax trees, by tree-sitter's grammar of C.

That grammar knows no typedefs, so the text it gets is not the user's: every name of a type is written ``int``, names
that the grammar takes for something else are replaced, literals are stand-ins, and so is a postfix ``++``. What a node
stands for is asked of its tokens, never of that text.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

import tree_sitter_c
from tree_sitter import Language, Node, Parser

from transpile.c.tokens import Token
from transpile.c.words import CPLUSPLUS_KEYWORDS, KEYWORDS, TYPE_WORDS

LANGUAGE = Language(tree_sitter_c.language())
_SPECIAL = frozenset({
    "TRUE", "FALSE", "true", "false", "NULL", "nullptr", "defined", "offsetof", "alignof", "noreturn", "thread_local",
    "constexpr", "asm", "alignas", "typeof", "__alignof__", "_unaligned", "__unaligned", "__try", "__except",
    "__finally", "__leave", "bool", "size_t", "ssize_t", "ptrdiff_t", "intptr_t", "uintptr_t", "charptr_t",
    "nullptr_t", "max_align_t", "wchar_t",
})  # fmt: skip
"""What the grammar reserves beyond C; with names like ``int8_t``, which it takes for types."""
_MASKED = TYPE_WORDS - frozenset({
    "void", "char", "short", "int", "long", "float", "double", "signed", "unsigned",
})  # fmt: skip
_STANDS = {"string": '""', "char": "'c'", "number": "0", "reference": "*"}
POSTFIX = "[0]"
"""What ``x++`` is written as: the grammar reads ``-x++`` as ``(-x)++``, but knows what binds as tightly as brackets."""
_LABEL = 20
_TAGS = ("struct", "union", "enum")


@dataclass(slots=True)
class Masked:
    """The text for tree-sitter; ``starts`` and ``ends`` are the byte offsets of each token in it."""

    text: bytes
    starts: list[int]
    ends: list[int]


@dataclass(slots=True)
class _Scope:
    """What its names are: types or not. ``in_typedef`` and ``is_tag`` say what its brace interrupts."""

    names: dict[str, bool] = field(default_factory=dict)
    in_typedef: bool = False
    is_tag: bool = False


@dataclass(slots=True)
class _Masker:
    """Writes tokens so that the grammar sees which names are types.

    A name that is declared anew hides the type of that name until the scope ends. ``seen_type`` tells that: what
    follows a type within one declaration is declared by it.
    """

    tokens: Sequence[Token]
    is_type: Callable[[str], bool]
    cplusplus: bool
    scopes: list[_Scope] = field(default_factory=lambda: [_Scope()])
    open: list[int] = field(default_factory=list)
    closed: int = 0
    seen_type: bool = False
    in_typedef: bool = False

    def run(self) -> Iterator[str]:
        for at, token in enumerate(self.tokens):
            if token.kind == "name":
                yield self._name(at, token.text)
            elif token.text in ("++", "--") and self._is_postfix(at):
                yield POSTFIX
            elif token.text == "..." and self._is_case_range(at):
                yield "|"
            elif token.text == ":" and self._is_unnamed_field(at):
                yield f"v{at} :"
            elif token.kind == "punctuation" and self._lone_operand(at):
                yield " "
            else:
                self._punctuation(at, token.text)
                yield _STANDS.get(token.kind, token.text)

    def _name(self, at: int, text: str) -> str:
        before = self.tokens[at - 1].text if at else ""
        if text in KEYWORDS or (self.cplusplus and text in CPLUSPLUS_KEYWORDS):
            self.in_typedef |= text == "typedef"
            self.seen_type |= text in TYPE_WORDS or text == "bool"
            return "int" if text in _MASKED or text == "bool" else text
        if before in _TAGS:
            self.seen_type = True
        elif before not in (".", "->", "goto"):
            if self.seen_type:
                self.scopes[-1].names[text] = self.in_typedef
            elif self._names_type(text):
                self.seen_type = True
                return "int"
        return f"v{at}" if text in _SPECIAL or "::" in text or text.endswith("_t") else text

    def _names_type(self, text: str) -> bool:
        for scope in reversed(self.scopes):
            if text in scope.names:
                return scope.names[text]
        return self.is_type(text)

    def _punctuation(self, at: int, text: str) -> None:
        if text in (";", "{", "}", "(", ")", "=", ":", "?") or (text == "," and self.open):
            self.seen_type = False
        if text == "{":
            is_tag = any(token.text in _TAGS for token in self.tokens[max(at - 2, 0) : at])
            self.scopes.append(_Scope({}, self.in_typedef, is_tag))
            self.in_typedef = False
        elif text == "}" and len(self.scopes) > 1:
            scope = self.scopes.pop()
            self.in_typedef, self.seen_type = scope.in_typedef, scope.is_tag
        elif text == "(":
            self.open.append(at)
        elif text == ")" and self.open:
            self.closed = self.open.pop()
        elif text == ";":
            self.in_typedef = False

    def _is_postfix(self, at: int) -> bool:
        """Whether ``++`` belongs to what stands before it. ``self.closed`` is the bracket that was closed last."""
        before = self.tokens[at - 1]
        if before.text == ")":
            head = self.tokens[self.closed - 1].text if self.closed else ""
            inside = self.tokens[self.closed + 1]
            is_type = inside.text in KEYWORDS - {"sizeof"} or (inside.kind == "name" and self._names_type(inside.text))
            return head not in ("if", "while", "for", "switch") and not is_type
        return before.text in ("]", "++", "--") or (before.kind == "name" and before.text not in KEYWORDS)

    def _is_unnamed_field(self, at: int) -> bool:
        """Whether this is in ``int : 3;``, which the grammar does not know. The member gets a name then."""
        before = self.tokens[at - 1]
        is_type = before.text in TYPE_WORDS or (before.kind == "name" and self._names_type(before.text))
        return self.scopes[-1].is_tag and is_type

    def _is_case_range(self, at: int) -> bool:
        """Whether this is in ``case 1 ... 3:``, which the grammar does not know."""
        for token in reversed(self.tokens[max(at - _LABEL, 0) : at]):
            if token.text == "case":
                return True
            if token.text in ("[", ",", ";", "{", "}"):
                break
        return False

    def _lone_operand(self, at: int) -> bool:
        """Whether this is a bracket of ``sizeof (x)``, which the grammar takes for a type in ``sizeof (x)[0]``."""
        start = at if self.tokens[at].text == "(" else at - 2
        if start < 1 or start + 2 >= len(self.tokens) or self.tokens[start - 1].text != "sizeof":
            return False
        first, name, last = self.tokens[start : start + 3]
        if first.text != "(" or last.text != ")" or name.kind != "name" or name.text in KEYWORDS:
            return False
        return not self._names_type(name.text) and not (self.cplusplus and name.text in CPLUSPLUS_KEYWORDS)


def masked(tokens: Sequence[Token], is_type: Callable[[str], bool], cplusplus: bool) -> Masked:
    """``tokens`` as the text that the grammar reads."""
    parts = [part.encode() for part in _Masker(tokens, is_type, cplusplus).run()]
    starts, ends, offset = [], [], 0
    for part in parts:
        starts.append(offset)
        offset += len(part)
        ends.append(offset)
        offset += 1
    return Masked(b" ".join(parts), starts, ends)


@dataclass(slots=True)
class Parsed:
    """An item's syntax tree, and the tokens below its nodes."""

    root: Node
    tokens: Sequence[Token]
    masked: Masked

    def first(self, node: Node) -> int:
        """The index of the first token of ``node``."""
        return self.index(node.start_byte)

    def index(self, offset: int) -> int:
        """The token at ``offset`` of the masked text, or the next one."""
        return min(bisect_left(self.masked.ends, offset + 1), len(self.tokens) - 1)

    def last(self, node: Node) -> int:
        """The index of its last token."""
        return max(bisect_right(self.masked.starts, max(node.end_byte - 1, node.start_byte)) - 1, 0)

    def token(self, node: Node) -> Token:
        return self.tokens[self.first(node)]

    def text(self, node: Node) -> str:
        """The tokens of ``node`` with blanks between them."""
        return " ".join(token.text for token in self.tokens[self.first(node) : self.last(node) + 1])


def parse_item(tokens: Sequence[Token], is_type: Callable[[str], bool], cplusplus: bool) -> Parsed:
    text = masked(tokens, is_type, cplusplus)
    return Parsed(Parser(LANGUAGE).parse(text.text).root_node, tokens, text)


def named(node: Node, but: Collection[str] = ("comment",)) -> list[Node]:
    """The children of ``node`` that mean something."""
    return [child for child in node.named_children if child.type not in but]


def part(node: Node, name: str) -> Node:
    """The child of ``node`` that the grammar calls ``name``."""
    found = node.child_by_field_name(name)
    assert found is not None, f"{node.type} has no {name}"
    return found
