"""The rules module with only what one program uses, to be copied beside it.

What is kept is the module's own text, in its order: the wanted functions and all that they need.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from transpile.python.rules import cobol_rules


@dataclass(frozen=True, slots=True)
class _Part:
    """One statement of the module: the names it binds, those it mentions, and its lines."""

    node: ast.stmt
    binds: frozenset[str]
    mentions: frozenset[str]
    text: str

    @property
    def definition(self) -> bool:
        return isinstance(self.node, ast.FunctionDef | ast.ClassDef)


def select(names: Collection[str]) -> str:
    """The text of a module that has ``names``. Raises ``KeyError`` where the rules do not have them all."""
    source = Path(cobol_rules.__file__).read_text()
    document, *parts = _parts(source)
    if unknown := set(names) - {name for part in parts for name in part.binds}:
        raise KeyError(", ".join(sorted(unknown)))
    needed = _needed(parts, set(names))
    out = document.text + "\n"
    last = document
    for part in parts:
        text = _import(part.node, needed) if isinstance(part.node, ast.Import | ast.ImportFrom) else part.text
        if not text or not (part.binds & needed or _future(part.node)):
            continue
        out += _gap(last, part) + text + "\n"
        last = part
    return out


def _parts(source: str) -> Iterator[_Part]:
    lines = source.splitlines()
    body = ast.parse(source).body
    end, at = 0, 0
    while at < len(body):
        node = body[at]
        # A string behind an assignment says what the name is.
        following = body[at + 1] if at + 1 < len(body) and isinstance(node, ast.Assign | ast.AnnAssign) else None
        last = following if isinstance(following, ast.Expr) else node
        stop = last.end_lineno or node.lineno
        mentions = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
        yield _Part(node, frozenset(_bound(node)), frozenset(mentions), _without_heading(lines[end:stop]))
        end, at = stop, at + (2 if last is following else 1)


def _without_heading(lines: list[str]) -> str:
    """The lines of a statement, without a comment that stands apart above it."""
    text = "\n".join(lines).strip("\n")
    while text.startswith("#"):
        heading, blank, rest = text.partition("\n\n")
        if not blank or any(not line.startswith("#") for line in heading.splitlines()):
            break
        text = rest.lstrip("\n")
    return text


def _bound(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (alias.asname or alias.name for alias in names)
        case ast.Assign(targets=targets):
            yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def _needed(parts: Collection[_Part], names: set[str]) -> set[str]:
    """``names`` and all that they need; of an assignment to several names, all."""
    while True:
        more = {name for part in parts if part.binds & names and not _imports(part.node) for name in part.mentions}
        if more <= names:
            return names
        names = names | more


def _imports(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _import(node: ast.Import | ast.ImportFrom, needed: set[str]) -> str:
    """The import of what is needed."""
    if _future(node):
        return ast.unparse(node)
    kept = [alias for alias in node.names if (alias.asname or alias.name) in needed]
    if not kept:
        return ""
    if isinstance(node, ast.Import):
        return ast.unparse(ast.Import(kept))
    return ast.unparse(ast.ImportFrom(node.module, kept, node.level))


def _gap(before: _Part, part: _Part) -> str:
    if before.definition or part.definition:
        return "\n\n"
    same = _imports(before.node) and _imports(part.node) and not _future(before.node)
    return "" if same or not (_imports(before.node) or isinstance(before.node, ast.Expr)) else "\n"
