"""Arrays that a function makes for itself: memory from ``malloc``, and local arrays of fixed size.

They are known when they are declared, stay where they are, and as much of them is copied as was asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from transpile.c.printing import text
from transpile.c.tree import AddressOf, Binary, Block, Call, Cast, Declare, Expression, Name, SizeOf, Variable
from transpile.c.types import Array, CType, Integer, Pointer, Struct, Void, is_arithmetic
from transpile.c.unit import Function
from transpile.c.walking import bare, targets, walk
from transpile.cuda.plan import ArrayPlan, Copies
from transpile.errors import Span

_CHARACTERS = 8


def local_arrays(function: Function) -> Iterator[tuple[Variable, ArrayPlan]]:
    """The arrays that are declared in the body itself, with plans for them; those in inner blocks are left out."""
    moved = {target.variable for target in targets(function.body) if isinstance(target, Name)}
    moved |= set(_addressed(function.body))
    for statement in function.body.statements:
        if isinstance(statement, Declare) and statement.variable not in moved:
            found = _extent(statement)
            if found is not None:
                variable = statement.variable
                yield variable, ArrayPlan(variable.name, *found, variable.span or Span("<plan>", 1))


def _addressed(body: Block) -> Iterator[Variable]:
    for node in walk(body):
        if isinstance(node, AddressOf) and isinstance(node.operand, Name):
            yield node.operand.variable


def _extent(declared: Declare) -> tuple[str, Copies] | None:
    """How many elements a local array has, and whether it starts with values."""
    variable = declared.variable
    if variable.storage != "automatic":
        return None
    match variable.type:
        case Pointer(to) if declared.initial is not None and _plain(to):
            return _allocated(declared.initial, to)
        case Array(of, int() as length) if _plain(of):
            return str(length), "scratch" if declared.initial is None else "inout"
    return None


def _plain(element: CType) -> bool:
    return is_arithmetic(element) or isinstance(element, Struct)


def _allocated(initial: Expression, element: CType) -> tuple[str, Copies] | None:
    value = bare(initial)
    while isinstance(value, Cast):
        value = value.operand
    match value:
        case Call("malloc", (size,)):
            return _counted(size, element, "scratch")
        case Call("calloc", (count, size)) if _is_size(size, element):
            return _written(count), "inout"
    return None


def _counted(size: Expression, element: CType, copies: Copies) -> tuple[str, Copies] | None:
    """The number of elements in ``count * sizeof(element)``."""
    match bare(size):
        case Binary("*", left, right) if _is_size(right, element):
            return _written(left), copies
        case Binary("*", left, right) if _is_size(left, element):
            return _written(right), copies
        case SizeOf() as one if _is_size(one, element):
            return "1", copies
        case other if isinstance(element, Integer) and element.bits == _CHARACTERS:
            return _written(other), copies
    return None


def _is_size(expression: Expression, element: CType) -> bool:
    inner = bare(expression)
    return isinstance(inner, SizeOf) and not inner.alignment and inner.of == element and not isinstance(inner.of, Void)


def _written(count: Expression) -> str:
    return text(bare(count))
