"""Finds the ``asm`` statements of a C or C++ text, those in macro bodies too, and takes them apart.

The text is not preprocessed: what a macro puts into a statement is known only as far as this file defines it. Nothing
is raised for a text that is no C; what cannot be read is a statement of the kind ``unreadable``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

from transpile.c.tokens import Token
from transpile.inline.branches import Branch, around, branches
from transpile.inline.expansion import definitions, expanded, undefined
from transpile.inline.literals import LiteralError, joined
from transpile.inline.places import Directive, Lines, Placed, closing, parts, split
from transpile.inline.statement import Kind, Macro, Operand, Statement

KEYWORDS = frozenset({"asm", "__asm__", "__asm"})
QUALIFIERS = frozenset({"volatile", "__volatile__", "__volatile", "inline", "__inline__", "__inline", "goto"})
_BEFORE = frozenset({";", "{", "}", ")", ":", "else", "do", ","})
_HEADS = frozenset({"if", "while", "for", "switch", "constexpr"})
_OPEN_CODE = frozenset(
    {")", "const", "volatile", "noexcept", "override", "final", "mutable", "&", "&&", "else", "do", "try"}
)
_SCOPES = frozenset({"class", "enum", "namespace", "struct", "union"})
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_LONGEST_HEAD = 200
"""Tokens in front of a function's body that are looked at."""
_LOCK = re.compile(r'(?:"\s*(?:lock\s*;?)?\s*(?:\\n)?(?:\\t)?")?')
MOST = 10_000
"""Statements of one file."""


def statements(text: str, file: str = "<input>") -> tuple[Statement, ...]:
    """Every piece of inline assembly in ``text``, in its order."""
    tokens, directives = split(text)
    strings, others = _string_macros(directives), definitions(directives)
    source = _Source(text, file, Lines.of(text), branches(directives), strings, others, undefined(directives))
    found = list(_in_code(tokens, source))
    for directive in directives:
        if directive.name:
            macro = Macro(directive.name, directive.parameters or (), directive.start, directive.end)
            found.extend(_in_macro(directive.body, source, macro))
    return tuple(sorted(found, key=lambda statement: statement.start)[:MOST])


@dataclass(frozen=True, slots=True)
class _Source:
    text: str
    file: str
    lines: Lines
    branches: Sequence[Branch]
    macros: Mapping[str, Sequence[Token]]
    definitions: Mapping[str, Directive]
    undefined: Mapping[str, int]


def _string_macros(directives: Sequence[Directive]) -> dict[str, Sequence[Token]]:
    """Macros without parameters that are made of literals and other names, and are defined once.

    One that is a lock prefix in one branch and nothing in another is the prefix: with it an instruction does all that
    it does without.
    """
    bodies: dict[str, list[tuple[Token, ...]]] = {}
    refused: set[str] = set()
    for one in directives:
        if one.name and one.parameters is None and all(t.token.kind in ("string", "name") for t in one.body):
            bodies.setdefault(one.name, []).append(tuple(t.token for t in one.body))
        elif one.name:
            refused.add(one.name)
    found: dict[str, Sequence[Token]] = {}
    for name, given in bodies.items():
        prefixes = [body for body in given if _LOCK.fullmatch("".join(token.text for token in body))]
        if name not in refused and (len(given) == 1 or len(prefixes) == len(given)):
            found[name] = max(given, key=lambda body: len("".join(token.text for token in body)))
    return found


def constant_macros(text: str) -> dict[str, str]:
    """What macros without parameters stand for, of those that the file defines once."""
    found: dict[str, str] = {}
    again: set[str] = set()
    for one in split(text)[1]:
        if one.name:
            again |= {one.name} & found.keys()
            found[one.name] = " ".join(token.text for token in one.body)
            again |= set() if one.parameters is None else {one.name}
    return {name: body for name, body in found.items() if name not in again}


def _in_macro(body: Sequence[Placed], source: _Source, macro: Macro) -> Iterator[Statement]:
    at = 0
    while at < len(body):
        if body[at].text in KEYWORDS and body[at].token.kind == "name":
            statement, at = _read(body, at, source, "statement", macro)
            yield statement
        else:
            at += 1


def _in_code(tokens: Sequence[Placed], source: _Source) -> Iterator[Statement]:
    """``braces`` holds, for each open one, whether it belongs to a function's body."""
    braces: list[bool] = []
    brackets: list[int] = []
    closed_by: dict[int, int] = {}
    at = 0
    while at < len(tokens):
        word = tokens[at].text
        if word == "{":
            braces.append(_opens_code(tokens, at) or (bool(braces) and braces[-1]))
        elif word == "}" and braces:
            braces.pop()
        elif word == "(":
            brackets.append(at)
        elif word == ")" and brackets:
            closed_by[at] = brackets.pop()
        elif word in KEYWORDS and tokens[at].token.kind == "name":
            kind = _kind(tokens, at, bool(braces) and braces[-1], closed_by)
            if kind is not None:
                statement, at = _read(tokens, at, source, kind, None)
                yield statement
                continue
        at += 1


def _opens_code(tokens: Sequence[Placed], at: int) -> bool:
    """Whether a brace begins statements: behind a parameter list, or what may follow one; not those of a class."""
    before = tokens[at - 1].text if at else ""
    if before in _OPEN_CODE:
        return True
    head: list[str] = []
    depth = 0
    for back in range(at - 1, max(at - _LONGEST_HEAD, -1), -1):
        word = tokens[back].text
        if depth == 0 and (word == ";" or (word == "}" and tokens[back + 1].text not in (",", "{"))):
            break
        depth += (word in _CLOSING) - (word in _OPENING)
        if depth < 0:
            break
        if depth == 0:
            head.append(word)
    named = bool(_SCOPES & set(head))
    return "->" in head or "requires" in head or (not named and (before == "]" or (before == "}" and ":" in head)))


def _kind(tokens: Sequence[Placed], at: int, inside: bool, closed_by: Mapping[int, int]) -> Kind | None:
    """What the keyword at ``at`` begins; None: the name that a declaration has in the assembler."""
    before = tokens[at - 1] if at else None
    after = tokens[at + 1].text if at + 1 < len(tokens) else ""
    if after == "{" or (tokens[at].text == "__asm" and after != "(" and after not in QUALIFIERS):
        return "microsoft"
    inside = inside or after in QUALIFIERS or _has_colon(tokens, at + 1)
    if before is None or before.text in _BEFORE - {")", ","}:
        return "statement" if inside else "top level"
    if before.text == ")":
        opening = closed_by.get(at - 1, 0)
        head = tokens[opening - 1].text if opening else ""
        named = after not in QUALIFIERS and not _has_colon(tokens, at + 1)
        return None if named and head not in _HEADS else "statement"
    for back in range(at - 1, max(at - 40, -1), -1):
        if tokens[back].text in (";", "{", "}", ")"):
            break
        if tokens[back].text == "register":
            return "register"
    return "statement" if inside and after in QUALIFIERS else None


def _has_colon(tokens: Sequence[Placed], opening: int) -> bool:
    end = closing(tokens, opening) if opening < len(tokens) and tokens[opening].text == "(" else -1
    return end > 0 and len(parts(tokens[opening + 1 : end], ":")) > 1


def _read(tokens: Sequence[Placed], at: int, source: _Source, kind: Kind, macro: Macro | None) -> tuple[Statement, int]:
    """The statement whose keyword is at ``at``, and the index behind it."""
    opening = at + 1
    qualifiers: list[str] = []
    while opening < len(tokens) and tokens[opening].text in QUALIFIERS:
        qualifiers.append(tokens[opening].text)
        opening += 1
    bracket = tokens[opening].text if opening < len(tokens) else ""
    end = closing(tokens, opening) if bracket in ("(", "{") else -1
    if bracket == "{":
        kind = "microsoft"
    problem = "" if end >= 0 or kind == "microsoft" else "its brackets are not closed"
    if macro is not None and bracket not in ("(", "{"):
        kind, problem = "unreadable", "the macro holds only a part of a statement"
    elif problem:
        kind = "unreadable"
    first, last = tokens[at], tokens[end if end >= 0 else at]
    line, column, line_text = source.lines.place(first.start)
    bare = Statement(
        source.file, line, column, first.start, last.end, source.text[first.start : last.end], line_text, kind,
        first.text, tuple(qualifiers), macro=macro, guards=around(first.start, source.branches), problem=problem,
    )  # fmt: skip
    behind = (end if end >= 0 else at) + 1
    if kind not in ("statement", "top level"):
        return bare, behind
    hidden = {name for name, start in source.undefined.items() if macro is not None or start < bare.start}
    hidden.update(macro.parameters if macro is not None else ())
    return _fields(bare, tokens[opening + 1 : end], source, hidden), behind


def _fields(bare: Statement, inner: Sequence[Placed], source: _Source, hidden: Set[str]) -> Statement:
    sections: Sequence[Sequence[Placed]] = ()
    problem, template = "", ""
    operands: list[tuple[Operand, ...]] = []
    clobbers: tuple[str, ...] = ()
    macros = {name: body for name, body in source.macros.items() if name not in hidden}
    try:
        sections = parts(expanded(inner, source.definitions, hidden), ":")
        template = joined([one.token for one in sections[0]], macros)
        operands = [tuple(_operands(section, source.text, macros)) for section in sections[1:3]]
        clobbers = tuple(joined([one.token for one in part], macros) for part in parts(_at(sections, 3), ",") if part)
    except LiteralError as error:
        problem = str(error)
    labels = tuple(part[0].text for part in parts(_at(sections, 4), ",") if part)
    if len(sections) > 5:
        problem = problem or "it has more than four colons"
    outputs, inputs = (*operands, (), ())[:2]
    return replace(
        bare, template=template, outputs=outputs, inputs=inputs, clobbers=clobbers, labels=labels,
        extended=len(sections) > 1, problem=problem,
    )  # fmt: skip


def _at(sections: Sequence[Sequence[Placed]], index: int) -> Sequence[Placed]:
    return sections[index] if index < len(sections) else ()


def _operands(section: Sequence[Placed], text: str, macros: Mapping[str, Sequence[Token]]) -> Iterator[Operand]:
    for part in parts(section, ","):
        if not part:
            continue
        name, rest = "", part
        if part[0].text == "[":
            end = closing(part, 0)
            name, rest = "".join(one.text for one in part[1:end]), part[end + 1 :]
        opening = next((at for at, one in enumerate(rest) if one.text == "("), -1)
        end = closing(rest, opening) if opening >= 0 else -1
        if opening <= 0 or end < 0:
            raise LiteralError(f"'{part[0].text[:20]}' does not begin an operand")
        constraint = joined([one.token for one in rest[:opening]], macros)
        yield Operand(constraint, _expression(rest[opening + 1 : end], text), name)


def _expression(tokens: Sequence[Placed], text: str) -> str:
    """An expression as it is written; of a macro that is in its place here, its tokens."""
    gaps = [text[one.end : other.start] for one, other in pairwise(tokens)]
    if all(re.fullmatch(r"(?:\s|\\\r?\n|/\*[\s\S]*?\*/|//[^\n]*\n)*", gap) for gap in gaps) and all(
        one.end <= other.start for one, other in pairwise(tokens)
    ):
        written = text[tokens[0].start : tokens[-1].end] if tokens else ""
        return " ".join(written.replace("\\\n", " ").replace("\\\r\n", " ").split())
    return " ".join(one.text for one in tokens)
