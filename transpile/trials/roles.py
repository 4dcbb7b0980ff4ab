"""What the elements of arrays mean, as far as the text of a function shows it.

An array whose elements are subscripts of another holds subscripts; one whose neighbours bound a loop holds row
pointers; one whose single elements bound loops holds sizes. Everything else is plain. A guess that is wrong costs
inputs, which the C function then refuses; it never makes a comparison wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from transpile.c.tree import (
    Assign,
    Binary,
    Constant,
    Declare,
    DoWhile,
    Expression,
    For,
    Index,
    Name,
    Node,
    Variable,
    While,
)
from transpile.c.types import INT, is_integer
from transpile.c.types import element as pointee
from transpile.c.unit import Function
from transpile.c.walking import bare, free, walk
from transpile.trials.facts import PLAIN, Role, RowPointers, Sizes, Subscripts


def roles(function: Function, extents: Mapping[str, Expression]) -> dict[str, Role]:
    """A role for each array of ``extents``, which says how many elements the arrays of ``function`` have."""
    arrays = {variable: extents[variable.name] for variable in function.parameters if variable.name in extents}
    holding = _holding(function, arrays)
    found: dict[str, Role] = dict.fromkeys(extents, PLAIN)
    for node in walk(function.body):
        if isinstance(node, Index) and (root := _root(node)) in arrays:
            for variable, limit in _subscripts(node.subscript, arrays[root], arrays, holding):
                found[variable.name] = Subscripts(limit)
    for loop in walk(function.body):
        if isinstance(loop, For | While | DoWhile) and loop.condition is not None:
            found.update({v.name: role for v, role in _bounds(loop, function, arrays, holding)})
    return found


def _root(index: Expression) -> Variable | None:
    """The variable that an element is reached through: ``a`` of ``a[i][j]``."""
    base = bare(index)
    while isinstance(base, Index):
        base = bare(base.base)
    return base.variable if isinstance(base, Name) else None


def _holding(function: Function, arrays: Mapping[Variable, Expression]) -> dict[Variable, Variable]:
    """Local variables that hold an element of an integer array, and the array."""
    held: dict[Variable, Variable] = {}
    for node in walk(function.body):
        match node:
            case Declare(variable=variable, initial=Expression() as source):
                pass
            case Assign(target=Name(variable), operator="", value=source):
                pass
            case _:
                continue
        array = _element(source, arrays, held)
        if array is not None and is_integer(variable.type):
            held[variable] = array
    return held


def _element(
    expression: Expression, arrays: Mapping[Variable, Expression], held: Mapping[Variable, Variable]
) -> Variable | None:
    """The integer array that ``expression`` is an element of."""
    expression = bare(expression)
    if isinstance(expression, Name):
        return held.get(expression.variable)
    array = _root(expression) if isinstance(expression, Index) else None
    inner = pointee(array.type) if array is not None and array in arrays else None
    return array if inner is not None and is_integer(inner) else None


def _subscripts(
    subscript: Expression,
    limit: Expression,
    arrays: Mapping[Variable, Expression],
    holding: Mapping[Variable, Variable],
) -> Iterator[tuple[Variable, Expression]]:
    """Arrays whose elements ``subscript`` is made of, with what bounds them: ``limit / m`` for ``index[i] * m + j``."""
    subscript = bare(subscript)
    array = _element(subscript, arrays, holding)
    if array is not None:
        yield array, limit
        return
    match subscript:
        case Binary(operator="+" | "-", left=left, right=right):
            yield from _subscripts(left, limit, arrays, holding)
            yield from _subscripts(right, limit, arrays, holding)
        case Binary(operator="*", left=left, right=right):
            for factor, other in ((left, right), (right, left)):
                if _over_parameters(other):
                    shorter = Binary(span=subscript.span, type=INT, operator="/", left=limit, right=bare(other))
                    yield from _subscripts(factor, shorter, arrays, holding)


def _over_parameters(expression: Expression) -> bool:
    """Has a value before the function runs: nothing but parameters and constants."""
    parts = (n for n in walk(expression) if isinstance(n, Name | Index))
    return all(isinstance(n, Name) and n.variable.storage == "parameter" for n in parts)


def _bounds(
    loop: For | While | DoWhile,
    function: Function,
    arrays: Mapping[Variable, Expression],
    holding: Mapping[Variable, Variable],
) -> Iterator[tuple[Variable, Role]]:
    """Arrays that say how often ``loop`` runs."""
    assert loop.condition is not None
    for array in _elements(loop.condition, arrays, holding):
        starts = isinstance(loop, For) and any(array in _elements(s, arrays, holding) for s in loop.initial)
        if starts or (not isinstance(loop, For) and _neighbours(function, array)):
            yield array, RowPointers(_total(loop.body, arrays))
        elif all(_constant(index.subscript) for index in _uses(function, array)):
            yield array, Sizes()
        elif (total := _total(loop.body, arrays)) is not None:
            yield array, Subscripts(total)


def _elements(
    node: Node, arrays: Mapping[Variable, Expression], holding: Mapping[Variable, Variable]
) -> list[Variable]:
    found = [_element(n, arrays, holding) for n in walk(node) if isinstance(n, Index | Name)]
    return list(dict.fromkeys(array for array in found if array is not None))


def _uses(function: Function, array: Variable) -> list[Index]:
    return [n for n in walk(function.body) if isinstance(n, Index) and _root(n) == array]


def _neighbours(function: Function, array: Variable) -> bool:
    """Both ``array[i]`` and ``array[i + 1]`` appear."""
    return any(isinstance(bare(use.subscript), Binary) for use in _uses(function, array))


def _constant(expression: Expression) -> bool:
    return isinstance(bare(expression), Constant)


def _total(body: Node, arrays: Mapping[Variable, Expression]) -> Expression | None:
    """The extent of the first array in ``body`` whose extent is known from the scalars: that many elements the rows
    have together."""
    for node in walk(body):
        if not isinstance(node, Index) or not isinstance(bare(node.subscript), Name):
            continue
        root = _root(node)
        if root is None or root not in arrays:
            continue
        extent = arrays[root]
        names = {array.name for array in arrays}
        return extent if names.isdisjoint(variable.name for variable in free(extent)) else None
    return None
