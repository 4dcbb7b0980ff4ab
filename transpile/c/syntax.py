"""What is wrong with text that the grammar cannot read, as a compiler would say it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import LogType, Node, Parser

from transpile.c.grammar import LANGUAGE, Parsed
from transpile.c.tokens import Token
from transpile.c.words import KEYWORDS, TYPE_WORDS

_OPERATORS = {
    "=", "+", "-", "*", "/", "%", "<", ">", "!", "&", "|", "^", "~", "?", "(", "[", ",", "==", "!=", "<=", ">=", "&&",
    "||", "<<", ">>", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=",
}  # fmt: skip
MAX_FAULTS = 5
_BEHIND = 200
"""So much of the text behind an error is read to find it."""
_COMPARISONS = {"==", "!=", "<=", ">="}
_EXPRESSION_WORDS = {"return", "case", "sizeof"}
_NEEDS_BRACKET = {"if", "while", "for", "switch"}


@dataclass(frozen=True, slots=True)
class Fault:
    """``behind``: something is missing right behind ``token``; else ``token`` itself is wrong."""

    token: Token
    message: str
    behind: bool = False


def faults(parsed: Parsed) -> Iterator[Fault]:
    """What stops the grammar: each time the place where the text stops to be the beginning of any C. The statement is
    then left out to find the next one."""
    text, last = parsed.masked.text, -1
    for _ in range(MAX_FAULTS):
        root = Parser(LANGUAGE).parse(text).root_node
        if not root.has_error:
            return
        broken = next(_broken(root))
        at = parsed.index(_first_error(text, broken))
        if at <= last:
            return
        last = at
        yield _described(parsed, at, broken.type if broken.is_missing and parsed.first(broken) == at else "")
        text = _without_statement(parsed, text, at)


def _broken(root: Node) -> Iterator[Node]:
    """The nodes that are errors, in the order of the text."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_missing or node.is_error:
            yield node
        elif node.has_error:
            waiting.extend(reversed(node.children))


def _first_error(text: bytes, broken: Node) -> int:
    """The offset of the first token with which ``text`` is not the beginning of any C; ``broken`` is not far away."""
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
    parser.parse(text[: broken.end_byte + _BEHIND])
    return found[0] if found else broken.start_byte


def _without_statement(parsed: Parsed, text: bytes, at: int) -> bytes:
    """``text`` with an empty statement in the place of the one that the token at ``at`` is in."""
    edges = [-1, *_edges(parsed.tokens)]
    behind = bisect_left(edges, at)
    first, last = edges[behind - 1] + 1, (edges[behind] if behind < len(edges) else len(parsed.tokens))
    if last < len(parsed.tokens) and parsed.tokens[last].text == ";":
        last += 1
    start, end = parsed.masked.starts[min(first, at)], parsed.masked.ends[max(last - 1, at)]
    return text[:start] + b" " * (end - start - 1) + b";" + text[end:]


def _edges(tokens: Sequence[Token]) -> Iterator[int]:
    """Where statements end: the braces, and the semicolons that are not within brackets."""
    depth = 0
    for index, token in enumerate(tokens):
        if token.text in ("{", "}"):
            depth = 0
            yield index
        elif token.text == ";" and not depth:
            yield index
        else:
            depth = max(depth + {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0), 0)


def _described(parsed: Parsed, at: int, missing: str) -> Fault:
    """The fault at ``at``; ``missing`` is what would mend it, if one token does."""
    token, before = parsed.tokens[at], parsed.tokens[max(at - 1, 0)]
    shown = f"'{token.text}'" if len(token.text) <= 40 else "this"
    if before.text in _NEEDS_BRACKET and token.text != "(":
        return Fault(token, f"expected '(' after '{before.text}'")
    if token.text.endswith("=") and token.text not in _COMPARISONS and before.text not in _OPERATORS:
        return Fault(token, f"what stands before {shown} cannot be assigned to")
    if before.text in (",", "(") and not any(other.text == "{" for other in parsed.tokens[:at]):
        return Fault(token, f"expected a parameter before {shown}")
    if _open_conditional(parsed.tokens[:at]):
        return Fault(token, f"expected ':' before {shown}")
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


def _open_conditional(tokens: Sequence[Token]) -> bool:
    """Whether a ``?`` waits for its ``:`` behind ``tokens``."""
    marks = 0
    for token in reversed(tokens):
        if token.text in (";", "{", "}"):
            break
        marks += {"?": 1, ":": -1}.get(token.text, 0)
    return marks > 0 and tokens[-1].text not in _OPERATORS
