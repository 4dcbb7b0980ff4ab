"""What is wrong with text that the grammar cannot read, as a compiler would say it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import LogType, Node, Parser

from transpile.c.grammar import LANGUAGE, Parsed
from transpile.c.tokens import Token
from transpile.c.words import KEYWORDS, TYPE_WORDS

_OPERATORS = {
    "=", "+", "-", "*", "/", "%", "<", ">", "!", "&", "|", "^", "~", "?", "(", "[", ",", "==", "!=", "<=", ">=", "&&",
    "||", "<<", ">>", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=",
}  # fmt: skip
_EXPRESSION_WORDS = {"return", "case", "sizeof"}
_NEEDS_BRACKET = {"if", "while", "for", "switch"}


@dataclass(frozen=True, slots=True)
class Fault:
    """``behind``: something is missing right behind ``token``; else ``token`` itself is wrong."""

    token: Token
    message: str
    behind: bool = False


def faults(parsed: Parsed) -> Iterator[Fault]:
    """What stops the grammar: first the place where the text stops to be the beginning of any C, then the places that
    the parser had to mend to go on, one per line."""
    if not parsed.root.has_error:
        return
    missing = {parsed.first(node): node.type for node in _broken(parsed.root) if node.is_missing}
    at = _first_error(parsed)
    yield _described(parsed, at, missing.get(at, ""))
    line = parsed.tokens[at].line
    for node in _broken(parsed.root):
        at = parsed.first(node)
        if parsed.tokens[at].line > line:
            line = parsed.tokens[at].line
            yield _described(parsed, at, missing.get(at, ""))


def _broken(root: Node) -> Iterator[Node]:
    """The nodes that are errors, in the order of the text."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_missing or node.is_error:
            yield node
        elif node.has_error:
            waiting.extend(reversed(node.children))


def _first_error(parsed: Parsed) -> int:
    """The index of the first token with which the text is not the beginning of any C."""
    position = 0
    found: list[int] = []

    def listen(kind: LogType, message: str) -> None:
        nonlocal position
        if message.startswith("process version:"):
            position = int(message.rpartition("col:")[2])
        elif message.startswith("detect_error") and not found:
            found.append(position)

    parser = Parser(LANGUAGE)
    parser.logger = listen
    parser.parse(parsed.masked.text)
    offset = found[0] if found else next(_broken(parsed.root)).start_byte
    return parsed.index(offset)


def _described(parsed: Parsed, at: int, missing: str) -> Fault:
    """The fault at ``at``; ``missing`` is what would mend it, if one token does."""
    token, before = parsed.tokens[at], parsed.tokens[max(at - 1, 0)]
    shown = f"'{token.text}'" if len(token.text) <= 40 else "this"
    if before.text in _NEEDS_BRACKET and token.text != "(":
        return Fault(token, f"expected '(' after '{before.text}'")
    if before.text in TYPE_WORDS or (missing.endswith("identifier") and before.text not in _OPERATORS):
        return Fault(token, f"expected a name before {shown}")
    if before.text in _OPERATORS or before.text in _EXPRESSION_WORDS:
        return Fault(token, f"expected an expression before {shown}")
    if missing and not missing.isidentifier():
        return Fault(before, f"expected '{missing}' before {shown}", missing in (";", ")", "]"))
    ends_before = token.kind in ("number", "string", "char") or token.text in ("{", "}") or token.text in KEYWORDS
    if ends_before:
        return Fault(before, f"expected ';' before {shown}", True)
    if token.kind == "name":
        return Fault(token, f"expected ';' or an operator before {shown}")
    return Fault(token, f"{shown} is not expected here")
