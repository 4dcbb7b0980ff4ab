"""The text of a module: its classes, with fields, views and properties, and the methods of the program."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from transpile.legacy.fields import Field
from transpile.legacy.types import Floating, Number
from transpile.solvers.storage.coding import coding_of
from transpile.solvers.storage.values import NoTerm


@dataclass(frozen=True, slots=True)
class View:
    """Bytes of a record as the text describes them; ``dimensions``: number and distance of elements."""

    kind: str
    offset: int
    size: int
    digits: int = 0
    signed: bool = False
    sign: str = "none"
    scale: int = 0
    dimensions: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Class:
    """``types`` are the annotated attributes: the innermost type, without lists around it."""

    name: str
    record: bool
    types: Mapping[str, str]
    views: Mapping[str, View | None]
    properties: Mapping[str, ast.expr]
    methods: Mapping[str, ast.FunctionDef]
    size: int = 0
    """Of a record, in bytes."""


@dataclass(frozen=True, slots=True)
class Module:
    classes: Mapping[str, Class]
    constants: Mapping[str, ast.expr]
    imported: Mapping[str, str] = field(default_factory=dict)
    """Names that mean what a module has under that name."""
    functions: frozenset[str] = frozenset()

    def builtin(self, name: str) -> bool:
        """It is what Python has under that name, and not something of the module."""
        return not (name in self.classes or name in self.constants or name in self.imported or name in self.functions)

    def rule(self, name: str) -> str:
        """The module and name of something imported, ``cobol_rules.edit``; the name itself for what is built in."""
        if name in self.constants or name in self.classes or name in self.functions:
            return ""
        found = self.imported.get(name, name)
        return found.removeprefix("transpile.python.rules.")


def parse(text: str) -> Module:
    """Raises NoTerm where the text is no Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise NoTerm(f"the module cannot be read: {error}") from None
    classes: dict[str, Class] = {}
    constants: dict[str, ast.expr] = {}
    imported: dict[str, str] = {}
    functions: set[str] = set()
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name):
                if name in classes or name in imported or name in constants:
                    raise NoTerm(f"there are two things that are called {name}")
                classes[name] = _class(node)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                constants[name] = value
            case ast.ImportFrom(module=str(module), names=names):
                imported |= {each.asname or each.name: f"{module}.{each.name}" for each in names}
            case ast.Import(names=names):
                imported |= {each.asname or each.name: each.name for each in names}
            case ast.FunctionDef(name=name):
                functions.add(name)
            case ast.Expr() | ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
                pass
            case _:
                raise NoTerm(f"the module does something besides (line {node.lineno})")
    return Module(classes, constants, imported, frozenset(functions))


def _class(node: ast.ClassDef) -> Class:
    types: dict[str, str] = {}
    views: dict[str, View | None] = {}
    properties: dict[str, ast.expr] = {}
    methods: dict[str, ast.FunctionDef] = {}
    size = 0
    for each in node.body:
        names = list(_defined(each))
        taken = types.keys() | views.keys() | properties.keys() | methods.keys()
        if any(name in taken for name in names):
            raise NoTerm(f"the class {node.name} has two things that are called {', '.join(names)}")
        match each:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                types[name] = _innermost(annotation)
            case ast.Assign(targets=[ast.Name(id="SIZE")], value=ast.Constant(value=int(value))):
                size = value
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                views[name] = _view(value)
            case ast.FunctionDef(name=name) if not each.decorator_list:
                methods[name] = each
            case ast.FunctionDef(name=name, decorator_list=[ast.Name(id="property")]):
                returned = _returned(each)
                if returned is not None:
                    properties[name] = returned
    record = [ast.unparse(base) for base in node.bases] == ["Record"]
    return Class(node.name, record, types, views, properties, methods, size)


def _defined(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.FunctionDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            yield from (each.id for each in targets if isinstance(each, ast.Name))


def _innermost(annotation: ast.expr) -> str:
    while isinstance(annotation, ast.Subscript) and isinstance(annotation.value, ast.Name):
        if annotation.value.id != "list":
            break
        annotation = annotation.slice
    return ast.unparse(annotation)


def _returned(function: ast.FunctionDef) -> ast.expr | None:
    """What a property gives, if it is one expression."""
    body = [each for each in function.body if not _says_nothing(each)]
    match body:
        case [ast.Return(value=ast.expr() as value)]:
            return value
    return None


def _says_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


# Views


def _view(node: ast.expr) -> View | None:
    """None for what is no view, or one that has no meaning here."""
    match node:
        case ast.Call(func=ast.Name(id="Table"), args=[item, *rest], keywords=[]):
            inner, dimensions = _view(item), [_pair(each) for each in rest]
            if inner is None or not dimensions or None in dimensions:
                return None
            found = tuple(each for each in dimensions if each is not None)
            return _with(inner, dimensions=found)
        case ast.Call(func=ast.Name(id="Scaled"), args=[item, ast.expr() as scale, *_], keywords=[]):
            inner, number = _view(item), _number(scale)
            return None if inner is None or number is None else _with(inner, scale=number)
        case ast.Call(func=ast.Name(id=name), args=[first, second, *_]):
            offset, size = _number(first), _number(second)
            named = {each.arg: each.value for each in node.keywords}
            if offset is None or size is None or not all(isinstance(each, ast.Constant) for each in named.values()):
                return None
            given = {key: each.value for key, each in named.items() if isinstance(each, ast.Constant)}
            return _item(name, offset, size, given)
    return None


def _item(name: str, offset: int, size: int, named: Mapping[str | None, object]) -> View | None:
    signed = bool(named.get("signed", True))
    match name, sorted(key or "" for key in named):
        case "Text", []:
            return View("text", offset, size)
        case "Display", [] | ["sign"]:
            sign = str(named.get("sign", "none"))
            return View("display", offset, size, size - sign.endswith("separate"), sign != "none", sign)
        case "Packed", [] | ["signed"]:
            return View("packed", offset, size // 2 + 1, size, signed)
        case "Binary", [] | ["native"] | ["signed"] | ["native", "signed"]:
            return View("native" if named.get("native") else "binary", offset, size, 0, signed)
    return None


def _with(view: View, *, scale: int | None = None, dimensions: tuple[tuple[int, int], ...] | None = None) -> View:
    return View(
        view.kind,
        view.offset,
        view.size,
        view.digits,
        view.signed,
        view.sign,
        view.scale if scale is None else scale,
        view.dimensions if dimensions is None else dimensions,
    )


def _number(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return -value
    return None


def _pair(node: ast.expr) -> tuple[int, int] | None:
    match node:
        case ast.Tuple(elts=[first, second]):
            a, b = _number(first), _number(second)
            return None if a is None or b is None else (a, b)
    return None


def view_of(field: Field) -> View:
    """The view that ``field`` must have, to be what it is."""
    dimensions = tuple((each.count, each.stride) for each in field.dimensions)
    if not isinstance(field.type, Number):
        if isinstance(field.type, Floating):
            raise NoTerm(f"{field.origin} is a floating-point number")
        return View("text", field.view.offset, field.view.size, dimensions=dimensions)
    coding = coding_of(field)
    kind = coding.kind if coding.kind in ("display", "packed", "binary") else "native"
    digits = 0 if kind in ("binary", "native") else coding.digits
    return View(kind, field.view.offset, coding.size, digits, coding.signed, coding.sign, field.type.scale, dimensions)
