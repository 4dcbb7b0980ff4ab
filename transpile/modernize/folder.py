"""What lies in a folder of translated programs: the modules of each, and the rules that they share.

Files that were not made here are never replaced unless the caller forces it, and neither are rules of another version:
programs that are there already were checked with them.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

from transpile.errors import UsageError
from transpile.python.emitter import Module
from transpile.python.rules import cobol_rules
from transpile.python.selection import select

RULES = "cobol_rules.py"
MADE_HERE = ("translated from COBOL.", "Made by transpile.")
"""One of these is in the docstring of every program and every file of tests that is written."""
_HINT = "--force replaces it; -o names another place"


def laid_out(module: Module, main: Path, tests: str, force: bool) -> Mapping[Path, str]:
    """The files to write for ``module``, whose own text goes to ``main``. Raises UsageError where something else is in
    the way."""
    if main.name in module.files and main.name != module.name:
        raise UsageError(f"{main.name} is the name of a module of rules", "choose another name with -o")
    files = {main: module.text}
    for name, text in module.files.items():
        path = main.parent / name
        if name == RULES:
            files[path] = _shared_rules(path, text, force)
        elif name != module.name:
            _require_same(path, text, force)
            files[path] = text
    if tests:
        files[main.parent / test_name(main)] = tests
    for path, text in files.items():
        if not force and path.exists() and not _made_here(path, text):
            raise UsageError(f"{path} is there already, and was not made by transpile", _HINT)
    return files


def test_name(main: Path) -> str:
    return f"test_{main.name}"


def _made_here(path: Path, text: str) -> bool:
    """Whether what is at ``path`` says of itself that it is from here, or says the same as ``text``."""
    if not path.is_file():
        return False
    said = _docstring(_text(path))
    return bool(said) and (said == _docstring(text) or any(mark in said.partition("\n")[0] for mark in MADE_HERE))


def _text(path: Path) -> str:
    return path.read_text(errors="replace")


def _docstring(text: str) -> str:
    try:
        return ast.get_docstring(ast.parse(text)) or ""
    except (SyntaxError, ValueError):
        return ""


def _require_same(path: Path, text: str, force: bool) -> None:
    """What is at ``path``, if anything, is ``text`` already, or may be replaced."""
    if force or not path.is_file() or _text(path) == text or not _made_here(path, text):
        return
    raise UsageError(f"{path} is of another version, or was changed", _HINT)


def _shared_rules(path: Path, text: str, force: bool) -> str:
    """The rules that are there, if they are of this version, and those in ``text``."""
    if not path.is_file() or (force and not _made_here(path, text)):
        return text
    there = _text(path)
    known = _names(there)
    try:
        same = select(known) == there
    except KeyError:
        same = False
    if not same:
        _require_same(path, text, force)
        known &= _names(Path(cobol_rules.__file__).read_text())
    return select(known | _names(text))


def _names(text: str) -> set[str]:
    """What the module in ``text`` defines."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return set()
    names: set[str] = set()
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case ast.Assign(targets=targets):
                names |= {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
    return names
