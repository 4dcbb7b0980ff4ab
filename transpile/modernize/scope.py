"""What the text of a method may name: the rules, what its module has, and what Python computes with.

It is narrow on purpose. Whatever reaches out of the program (files, modules, attributes of classes) may be named only
as the rules' own translation of that method names it; values of the program may be set one by one, never exchanged as
whole objects, so that no two places of the program become one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from transpile.python.emitter import Module
from transpile.python.splicing import ERRORS, OTHERS, method_at, rules

_BUILTINS = "abs all any bool bytes chr divmod enumerate float frozenset int len list max min ord print range reversed"
BUILTINS = frozenset([*_BUILTINS.split(), "round", "set", "sorted", "str", "sum", "tuple", "zip"])
GIVEN = BUILTINS | rules().keys() | OTHERS.keys() | ERRORS
"""What may be called everywhere."""
_METHODS = (
    "count endswith find index isalpha isdigit isspace isupper join ljust lower lstrip partition quantize removeprefix "
    "removesuffix replace rfind rjust rpartition rstrip split startswith strip title upper zfill"
)
METHODS = frozenset(_METHODS.split())
"""Of texts and numbers."""
_SIMPLE = frozenset({"int", "str", "float", "bool", "Decimal"})
_VIEWS = frozenset({"Text", "Display", "Packed", "Binary", "Scaled", "Float"})


@dataclass(frozen=True, slots=True)
class Scope:
    """``functions`` may be called; ``constants`` read; ``taken`` are names that no variable may have. ``values`` are
    attributes that hold one value, ``tables`` those that hold a list of them. ``dotted`` and ``targets`` are pieces of
    the rules' own text that may stand in others as they are."""

    name: str
    functions: frozenset[str]
    constants: frozenset[str]
    taken: frozenset[str]
    attributes: frozenset[str]
    values: frozenset[str]
    tables: frozenset[str]
    dotted: frozenset[str]
    targets: frozenset[str]


def scope_of(module: Module, class_name: str, method: str) -> Scope:
    """What may be named in a method of one of the module's classes."""
    tree = ast.parse(module.text)
    own = method_at(module, class_name, method)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    bound = set(_bound(tree))
    called = {node.id for node in ast.walk(own) if isinstance(node, ast.Name)} & bound
    own_variables = {n.id for n in ast.walk(own) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    modules = {each.name for node in tree.body if isinstance(node, ast.Import) for each in node.names}
    constants = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    values, tables, others = _fields(classes)
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    methods = {node.name for one in classes for node in one.body if isinstance(node, ast.FunctionDef)}
    places = [node for node in ast.walk(own) if isinstance(node, ast.Attribute | ast.Subscript)]
    return Scope(
        method,
        frozenset((called - modules - constants) | GIVEN) - own_variables,
        frozenset(constants),
        frozenset(bound | GIVEN | {"self"}) - own_variables,
        frozenset(used | values | tables | others | methods | METHODS),
        frozenset(values - tables - others),
        frozenset(tables - values - others),
        frozenset(
            ast.unparse(node) for node in places if isinstance(node.value, ast.Name) and node.value.id in modules
        ),
        frozenset(ast.unparse(node) for node in places if isinstance(node.ctx, ast.Store)),
    )


def _bound(tree: ast.Module) -> Iterator[str]:
    """The names that the module has."""
    for node in tree.body:
        match node:
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (each.asname or each.name for each in names)
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (each.id for each in targets if isinstance(each, ast.Name))


def _fields(classes: list[ast.ClassDef]) -> tuple[set[str], set[str], set[str]]:
    """Attributes that hold a value, a list of values, and something else."""
    values, tables, others = set[str](), set[str](), set[str]()
    for node in (each for one in classes for each in one.body):
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                text = ast.unparse(annotation)
                plain = text.replace("list[", "").rstrip("]")
                kind = others if plain not in _SIMPLE or name == "called" else tables if plain != text else values
                kind.add(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id=function))):
                (values if function in _VIEWS else tables if function == "Table" else others).add(name)
            case ast.Assign(targets=[ast.Name(id=name)]):
                others.add(name)
    return values, tables, others
