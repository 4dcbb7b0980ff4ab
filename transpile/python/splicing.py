"""Another text for one method of a module: its imports, and the modules beside it, follow from what is used then."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import replace
from functools import cache
from pathlib import Path

from transpile.python.emitter import Module, beside, imports
from transpile.python.places import Uses
from transpile.python.rules import cobol_rules

ERRORS = frozenset({"SizeError"})
"""Of the rules."""
OTHERS = {"Decimal": "decimal", "suppress": "contextlib"}
"""What else a method may use, and where it comes from."""


def method_at(module: Module, class_name: str, method: str) -> ast.FunctionDef:
    """A method of one of its classes. Raises KeyError."""
    for owner in ast.parse(module.text).body:
        if isinstance(owner, ast.ClassDef) and owner.name == class_name:
            for node in owner.body:
                if isinstance(node, ast.FunctionDef) and node.name == method:
                    return node
    raise KeyError(f"{class_name}.{method}")


def method_text(module: Module, class_name: str, method: str) -> str:
    """Its lines, as they are outside of a class."""
    node = method_at(module, class_name, method)
    lines = module.text.splitlines()[node.lineno - 1 : node.end_lineno]
    return textwrap.dedent("\n".join(lines)) + "\n"


def spliced(module: Module, class_name: str, method: str, text: str) -> Module:
    """``module`` with ``text`` as that method. It may use the functions of ``cobol_rules``
    and ``OTHERS``; what else it uses must be there."""
    node = method_at(module, class_name, method)
    lines = module.text.splitlines()
    new = textwrap.indent(text.rstrip("\n"), "    ").splitlines()
    lines[node.lineno - 1 : node.end_lineno] = [line.rstrip() for line in new]
    return _with_imports(module, "\n".join(lines) + "\n")


@cache
def rules() -> dict[str, ast.FunctionDef]:
    """The public functions of ``cobol_rules``."""
    body = ast.parse(Path(cobol_rules.__file__).read_text()).body
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")}


def _with_imports(module: Module, text: str) -> Module:
    tree = ast.parse(text)
    used = _used(tree)
    uses, lines = Uses(), text.splitlines()
    written = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    known: set[str] = set()
    for node in written:
        origin = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        for each in node.names if origin != "__future__" else ():
            known.add(each.name)
            if each.name in used:
                uses.use(origin, each.name)
    for name in sorted(used - known):
        if name in rules() or name in ERRORS:
            uses.rule(name)
        elif name in OTHERS:
            uses.use(OTHERS[name], name)
    start, end = written[0].lineno - 1, written[-1].end_lineno
    lines[start:end] = imports(uses)
    return replace(module, files={module.name: "\n".join(lines) + "\n", **beside(uses)})


def _used(tree: ast.Module) -> set[str]:
    """The names that are used and are no variables of the functions where they stand."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    inside = {id(node) for function in functions for node in ast.walk(function)}
    loaded = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
    used = {node.id for node in loaded if id(node) not in inside}
    for function in functions:
        names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
        stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        used |= {node.id for node in names if node.id not in stored}
    return used
