"""C as nvcc reads it: functions that mean in CUDA C++ what they mean in C.

What C++ does otherwise is spelled out: conversions from ``void *``, those of arguments of overloaded functions, arrays
of variable length as one dimension, ``bool``, names that are keywords. What cannot be said in CUDA is refused by name.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import TypeVar

from transpile.c.printing import text
from transpile.c.spelling import declaration
from transpile.c.tree import (
    AddressOf,
    Binary,
    Call,
    Cast,
    CompoundLiteral,
    Constant,
    Declare,
    Dereference,
    Designator,
    Expression,
    Index,
    InitializerList,
    Item,
    Member,
    Name,
    Node,
    SizeOf,
    Variable,
)
from transpile.c.types import (
    DOUBLE,
    FLOAT,
    INT,
    LONG_LONG,
    Array,
    Bool,
    CType,
    Float,
    Integer,
    Pointer,
    Reference,
    Struct,
    Void,
    is_arithmetic,
)
from transpile.c.unit import Function, Unit
from transpile.c.walking import bare, transform, walk
from transpile.errors import Span, UnsupportedError

_WORDS = """
alignas alignof and and_eq asm bitand bitor bool catch char16_t char32_t class compl const_cast constexpr decltype
delete dynamic_cast explicit export false friend mutable namespace new noexcept not not_eq nullptr operator or or_eq
private protected public reinterpret_cast static_assert static_cast template this thread_local throw true try typeid
typename using virtual wchar_t xor xor_eq
threadIdx blockIdx blockDim gridDim warpSize dim3 CHECK blocks extent overlap
"""
RESERVED = frozenset(_WORDS.split())
"""Names that mean something else in CUDA C++, or in what is emitted."""
N = TypeVar("N", bound=Node)
_NOWHERE = Span("", 1)
_MACRO = re.compile(r"\s*#\s*define\s+(\w+)\b")
_STANDARD = re.compile(r"[A-Z]+[0-9]*_(MAX|MIN|EPSILON|DIG)|M_\w+|true|false|NULL|INFINITY|NAN|HUGE_VALF?")
_CUDA_NAMES = {"std::max": "max", "std::min": "min"}


def unsupported(span: Span, what: str, hint: str = "") -> UnsupportedError:
    return UnsupportedError(span, f"cannot write {what} in CUDA", hint, what)


class Dialect:
    """The functions of one unit as CUDA C++. ``macros`` are the macros that their text needs, with their values;
    ``of_variable_length`` are local arrays that have become pointers, so that nothing may declare them."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._variables: dict[Variable, Variable] = {}
        self._rows: dict[int, Binary] = {}
        own = (unit.lines, *unit.origin.headers.values())
        self._defined = {match[1] for lines in own for line in lines if (match := _MACRO.match(line))}
        self.macros: dict[str, str] = {}
        self.of_variable_length: set[Variable] = set()

    def function(self, function: Function) -> Function:
        if function.name in RESERVED:
            raise unsupported(function.span, f"a function called '{function.name}'", "rename it")
        parameters = tuple(self.variable(parameter) for parameter in function.parameters)
        return dataclasses.replace(function, parameters=parameters, body=self.tree(function.body))

    def tree(self, node: N) -> N:
        return transform(node, self._change)

    def variable(self, variable: Variable) -> Variable:
        if variable not in self._variables:
            name = variable.name + "_" * (variable.name in RESERVED)
            type = cuda_type(variable.type, variable.span)
            declared = cuda_type(variable.declared, variable.span)
            if _varies(variable.type):
                const = isinstance(type, Pointer) and type.const
                type = declared = Pointer(innermost(type), const)
                if isinstance(variable.type, Array):
                    self.of_variable_length.add(variable)
            elif variable.storage == "parameter" and _varies(variable.declared):
                declared = type
            elif isinstance(type, Reference):
                type = type.to
            self._variables[variable] = dataclasses.replace(variable, name=name, type=type, declared=declared)
        return self._variables[variable]

    def _change(self, node: Node) -> Node:
        match node:
            case Name(variable):
                return dataclasses.replace(node, variable=self.variable(variable))
            case Declare(variable):
                return dataclasses.replace(node, variable=self.variable(variable))
            case Constant():
                return self._constant(node)
            case Index():
                return self._index(node)
            case Cast():
                return self._cast(node)
            case SizeOf(_, _, True):
                raise unsupported(node.span, "'_Alignof'")
            case SizeOf(of):
                return dataclasses.replace(node, of=cuda_type(of, node.span))
            case CompoundLiteral():
                return dataclasses.replace(node, type=cuda_type(node.type, node.span))
            case Call():
                return self._call(node)
            case InitializerList(items):
                return dataclasses.replace(node, items=_in_order(node, items))
            case AddressOf() | Dereference() | Binary("+" | "-") if _varies(node.type):
                raise unsupported(node.span, "a pointer to rows of variable length", "write a[i][j]")
            case Member() if node.name in RESERVED:
                raise unsupported(node.span, f"a member called '{node.name}'", "rename it")
        return node

    def _constant(self, node: Constant) -> Constant:
        if not node.macro:
            return node
        if node.macro in self._defined:
            if self.macros.setdefault(node.macro, node.text) != node.text:
                return dataclasses.replace(node, macro="")
        elif not _STANDARD.fullmatch(node.macro):
            return dataclasses.replace(node, macro="")
        return node

    def _index(self, node: Index) -> Expression:
        """Elements of arrays of variable length are found in one dimension."""
        base = node.base
        row = self._rows.get(id(base))
        subscript: Expression = node.subscript
        flat = row is not None or _varies(base.type)
        if flat and isinstance(node.type, Array):
            subscript = _times(subscript, self._lengths(node.type))
        if row is not None:
            subscript = Binary("+", row.right, subscript, type=LONG_LONG, span=node.span)
            base = row.left
        if not (flat and isinstance(node.type, Array)):
            return dataclasses.replace(node, base=base, subscript=subscript)
        found = Binary("+", base, subscript, type=node.type, span=node.span)
        self._rows[id(found)] = found
        return found

    def _lengths(self, type: CType) -> list[Expression]:
        """The lengths of an array's dimensions, outermost first."""
        found: list[Expression] = []
        while isinstance(type, Array):
            if type.extent is not None:
                found.append(self.tree(type.extent))
            elif type.length is not None:
                found.append(Constant(type.length, str(type.length), type=INT, span=_NOWHERE))
            type = type.of
        return found

    def _cast(self, node: Cast) -> Expression:
        operand = node.operand
        if id(operand) in self._rows:
            assert isinstance(operand, Binary)
            decayed = dataclasses.replace(operand, type=node.type)
            self._rows[id(decayed)] = decayed
            return decayed
        to, of = node.type, operand.type
        from_void = isinstance(of, Pointer) and isinstance(of.to, Void) and not isinstance(_pointed(to), Void)
        enumeration = isinstance(to, Integer) and to.alias.startswith("enum ") and not isinstance(operand, Constant)
        explicit = node.implicit and ((from_void and isinstance(to, Pointer)) or enumeration)
        return dataclasses.replace(node, type=cuda_type(to, node.span), implicit=node.implicit and not explicit)

    def _call(self, node: Call) -> Call:
        """Where C++ chooses among functions by the types of arguments, these are those that C converts to."""
        name = _CUDA_NAMES.get(node.name, node.name)
        prototype = self._unit.prototypes.get(node.name)
        if self._unit.cplusplus and name != node.name:
            return dataclasses.replace(node, name=name, arguments=tuple(map(_spelled_out, node.arguments)))
        if prototype is None or not prototype.system or self._unit.cplusplus:
            return node
        return dataclasses.replace(node, arguments=tuple(map(_spelled_out, node.arguments)))


def _spelled_out(argument: Expression) -> Expression:
    """An argument with its conversion between numbers written down."""
    if not (isinstance(argument, Cast) and argument.implicit and is_arithmetic(argument.type)):
        return argument
    inner = bare(argument)
    if inner.type == argument.type:
        return inner
    if isinstance(inner, Constant) and isinstance(inner.value, int) and argument.type == DOUBLE and not inner.macro:
        return Constant(float(inner.value), f"{inner.value}.0", type=argument.type, span=argument.span)
    return dataclasses.replace(argument, implicit=False)


def _times(subscript: Expression, lengths: Sequence[Expression]) -> Expression:
    """``subscript`` rows, in elements; computed in 64 bits as C does it."""
    found: Expression = Cast(subscript, type=LONG_LONG, span=subscript.span)
    for length in lengths:
        found = Binary("*", found, length, type=LONG_LONG, span=subscript.span)
    return found


def _in_order(node: InitializerList, items: Sequence[Item]) -> tuple[Item, ...]:
    """Initialisers without designators, and with the conversions that braces do not make in C++."""
    fields = node.type.fields or () if isinstance(node.type, Struct) else ()
    found = []
    for number, item in enumerate(items):
        match item.designators:
            case () | (Designator(name=""),) if not item.designators:
                pass
            case (Designator(name),) if number < len(fields) and name == fields[number].name:
                pass
            case _:
                raise unsupported(item.span, "a designator out of order", "give all values in order")
        value = item.value
        if isinstance(value, Cast) and is_arithmetic(value.type) and not isinstance(bare(value), Constant):
            value = dataclasses.replace(value, implicit=False)
        found.append(dataclasses.replace(item, designators=(), value=value))
    return tuple(found)


def _pointed(type: CType) -> CType | None:
    return type.to if isinstance(type, Pointer) else None


def _varies(type: CType) -> bool:
    """Whether ``type`` is an array of variable length, or points to one."""
    match type:
        case Pointer(to):
            return isinstance(to, Array) and _varies(to)
        case Array(of, length, extent):
            return (length is None and extent is not None) or _varies(of)
    return False


def innermost(type: CType) -> CType:
    """The type of the elements of an array of arrays, or of what points to such."""
    while isinstance(type, Pointer | Array):
        type = type.to if isinstance(type, Pointer) else type.of
    return type


def cuda_type(type: CType, span: Span | None) -> CType:
    """``type`` as CUDA C++ writes it."""
    match type:
        case Bool():
            return Bool(alias=type.alias if type.alias not in ("", "_Bool") else "bool")
        case Float(128) if span is not None:
            raise unsupported(span, "floating-point numbers of 128 bits", "use 'double'")
        case Integer(128) if span is not None:
            raise unsupported(span, "integers of 128 bits")
        case Pointer(to):
            return dataclasses.replace(type, to=cuda_type(to, span), restrict=False)
        case Array(of):
            return dataclasses.replace(type, of=cuda_type(of, span))
    return type


def on_device(node: Node) -> None:
    """Refuses what the host alone can compute: on the device, ``long double`` has fewer bits."""
    for inner in walk(node):
        types = [inner.type] if isinstance(inner, Expression) else []
        types += [inner.variable.type] if isinstance(inner, Declare) else []
        if any(isinstance(innermost(type), Float) and innermost(type) not in (FLOAT, DOUBLE) for type in types):
            raise unsupported(inner.span, "'long double' on the device", "use 'double', or keep its loop on the host")


def cuda_declaration(variable: Variable) -> str:
    """A parameter as CUDA C++ declares it."""
    return declaration(variable, written_length)


def written_length(extent: Expression) -> str:
    """The length of an array as the user wrote it."""
    return text(extent, macros=True)
