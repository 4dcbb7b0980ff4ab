"""How many elements arrays have by the names of parameters: ``double *x, size_t x_size``.

That is a convention and no proof, so whoever relies on it says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from transpile.c.tree import AddressOf, Name, Variable
from transpile.c.types import Array, Pointer, is_integer
from transpile.c.unit import Function
from transpile.c.walking import targets, walk
from transpile.errors import Diagnostic

_FORMS = ("{}_size", "{}_len", "{}_length", "{}_count", "n_{}", "num_{}")


def named_extents(function: Function) -> Mapping[str, str]:
    """The parameters that are called as if they were the numbers of elements of others, by these."""
    changed = {target.variable for target in targets(function.body) if isinstance(target, Name)}
    operands = [node.operand for node in walk(function.body) if isinstance(node, AddressOf)]
    changed |= {operand.variable for operand in operands if isinstance(operand, Name)}
    sizes = {p.name: p for p in function.parameters if is_integer(p.type) and p not in changed}
    return {array.name: size for array in _arrays(function) for size in _sizes(array) if size in sizes}


def _arrays(function: Function) -> Iterator[Variable]:
    return (p for p in function.parameters if isinstance(p.type, Pointer) and not isinstance(p.declared, Array))


def _sizes(array: Variable) -> Iterator[str]:
    return (form.format(array.name) for form in _FORMS)


def relied_on(array: str, size: str) -> Diagnostic:
    """What is taken for granted."""
    return Diagnostic("note", f"it is taken for granted that '{array}' has '{size}' elements, as the names say")
