"""Parameters ``double a[n][m]`` of C as pointers to numbers: CUDA has no types whose size varies.

C11 6.5.2.1p3: ``a[i][j]`` is element ``i * m + j``, where m is what it was on entry. That product is not computed in
the type of m, so that it has no overflow in C; here it is one of ``long long``. What is not an element stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from transpile.c.constants import integer_of
from transpile.c.tree import AddressOf, Binary, Cast, Expression, Index, Name, Node, Variable
from transpile.c.types import LONG_LONG, Array, Pointer, is_arithmetic, is_integer
from transpile.c.unit import Function
from transpile.c.walking import bare, targets, transform, variables, walk


def with_numbers(function: Function) -> Function:
    """``function`` with such parameters as pointers to numbers."""
    rows = {one: found for one in function.parameters if (found := _lengths(one, function))}
    if not rows:
        return function
    flat = {one: _flat(one) for one in rows}
    parameters = tuple(flat.get(one, one) for one in function.parameters)
    type = replace(function.type, parameters=tuple(one.type for one in parameters))
    body = transform(function.body, lambda node: _element(node, rows, flat))
    return replace(function, parameters=parameters, variable=replace(function.variable, type=type), body=body)


def _lengths(parameter: Variable, function: Function) -> tuple[Expression, ...]:
    """The lengths of the rows of ``parameter`` if one varies, and all are what they were on entry; else nothing."""
    found: list[Expression] = []
    inner = parameter.type.to if isinstance(parameter.type, Pointer) else None
    while isinstance(inner, Array) and inner.extent is not None:
        found.append(inner.extent)
        inner = inner.of
    varies = isinstance(parameter.type, Pointer) and _varies(parameter.type.to)
    if not varies or inner is None or not is_arithmetic(inner) or parameter in _changed(function):
        return ()
    plain = all((isinstance(bare(one), Name) and is_integer(one.type)) or integer_of(one) for one in found)
    named = {variable for one in found for variable in variables(one)}
    own = named <= set(function.parameters) and not named & _changed(function)
    return tuple(found) if plain and own else ()


def _varies(type: object) -> bool:
    return isinstance(type, Array) and (type.length is None or _varies(type.of))


def _changed(function: Function) -> set[Variable]:
    taken = (node.operand for node in walk(function.body) if isinstance(node, AddressOf))
    return {one.variable for one in (*targets(function.body), *taken) if isinstance(one, Name)}


def _flat(parameter: Variable) -> Variable:
    assert isinstance(parameter.type, Pointer)
    inner = parameter.type.to
    while isinstance(inner, Array):
        inner = inner.of
    return replace(parameter, type=replace(parameter.type, to=inner), declared=replace(parameter.type, to=inner))


def _element(node: Node, rows: Mapping[Variable, tuple[Expression, ...]], flat: Mapping[Variable, Variable]) -> Node:
    """``a[i][j]`` as ``a[(long long)i * m + j]``."""
    if not isinstance(node, Index) or isinstance(node.type, Array):
        return node
    subscripts = [node.subscript]
    base = bare(node.base)
    while isinstance(base, Index):
        subscripts.insert(0, base.subscript)
        base = bare(base.base)
    lengths = rows.get(base.variable, ()) if isinstance(base, Name) else ()
    if not isinstance(base, Name) or not lengths or len(subscripts) != len(lengths) + 1:
        return node
    whole = _rows(subscripts[0], lengths)
    for position, subscript in enumerate(subscripts[1:], 1):
        whole = Binary("+", whole, _rows(subscript, lengths[position:]), type=LONG_LONG, span=node.span)
    pointer = flat[base.variable]
    return replace(node, base=Name(pointer, type=pointer.type, span=base.span), subscript=whole)


def _rows(subscript: Expression, lengths: Sequence[Expression]) -> Expression:
    """So many rows, in numbers."""
    found = _wide(subscript)
    for length in lengths:
        found = Binary("*", found, _wide(length), type=LONG_LONG, span=subscript.span)
    return found


def _wide(expression: Expression) -> Expression:
    return Cast(operand=expression, implicit=True, type=LONG_LONG, span=expression.span)
