"""Workspace of which each iteration of a parallel loop gets its own part.

A loop that is sequential only because its iterations share workspace becomes parallel when they do not. Where the
analysis shows that an iteration reads only what it has written itself, and the user says that what the array holds
before and after does not matter, element ``p[e]`` becomes ``p[e * threads + thread]``. The array is then larger than
the caller's, so all that use it have to be on the device.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from transpile.c.tree import (
    AddressOf,
    Binary,
    Block,
    Cast,
    Constant,
    Declare,
    Empty,
    Expression,
    For,
    Index,
    Name,
    Node,
    Statement,
    Variable,
)
from transpile.c.types import UNSIGNED_LONG, CType, Pointer, is_arithmetic, is_integer
from transpile.c.unit import Function, Unit
from transpile.c.walking import bare, targets, transform, variables, walk
from transpile.loops.counted import Counted
from transpile.solvers.loops.analysis import Analysis, Loop
from transpile.solvers.loops.privatise import is_private
from transpile.solvers.loops.verdicts import Carried


@dataclass(frozen=True, slots=True)
class Expanded:
    """``loops`` are the places of the loops, by line and column, that have to run on the device; nothing of ``arrays``
    is read before it is written."""

    unit: Unit
    function: Function
    loops: frozenset[tuple[int, int]]
    arrays: frozenset[str]


def expanded(unit: Unit, analysis: Analysis, scratch: Collection[str]) -> Expanded | None:
    """The function in which iterations of loops have their own workspace; None where that helps no loop."""
    arrays = [use.variable for use in analysis.arrays if use.variable.name in scratch and not use.below_zero]
    arrays = [array for array in arrays if _only_indexed(array, analysis.function)]
    chains = [chain for loop in analysis.loops for chain in _chains(analysis, loop, arrays)]
    wanted = {array for chain in chains for array in _shared(chain[0])}
    if not wanted or not all(_within(array, chains, analysis.function) for array in wanted):
        return None
    body: Block = analysis.function.body
    for chain in chains:
        node = chain[0].node
        assert node is not None
        own = frozenset(_shared(chain[0]))
        body = _replaced(body, node, _apart(node, own, [_shape(loop) for loop in chain]))
    function = replace(analysis.function, body=body)
    functions = tuple(function if one is analysis.function else one for one in unit.functions)
    places = frozenset((chain[0].span.line, chain[0].span.column) for chain in chains)
    return Expanded(replace(unit, functions=functions), function, places, frozenset(array.name for array in wanted))


def _shared(loop: Loop) -> tuple[Variable, ...]:
    """The arrays that make ``loop`` sequential."""
    if not isinstance(loop.verdict, Carried):
        return ()
    return tuple(dict.fromkeys(found.source.region.variable for found in loop.verdict.dependences))


def _chains(analysis: Analysis, loop: Loop, arrays: Collection[Variable]) -> Iterator[list[Loop]]:
    """Loops that would be parallel if their iterations had ``arrays`` of their own, with the loops directly in them
    that would be, too."""
    if _would_be(analysis, loop, arrays):
        chain = [loop]
        while (inner := _only_loop(chain[-1])) is not None and _would_be(analysis, inner, arrays):
            chain.append(inner)
        yield chain
        return
    for inner in loop.loops:
        yield from _chains(analysis, inner, arrays)


def _would_be(analysis: Analysis, loop: Loop, arrays: Collection[Variable]) -> bool:
    match loop.verdict:
        case Carried(dependences=dependences, scalars=()):
            shared = {found.source.region.variable for found in dependences}
        case _:
            return False
    simple = loop.node is not None and len(loop.calls) == 1 and _simple(loop)
    return simple and all(array in arrays and is_private(analysis.facts, loop.facts, array) for array in shared)


def _simple(loop: Loop) -> bool:
    """Whether the loop counts by one from what is known at its start to one limit."""
    match loop.shape:
        case Counted(step=1, bounds=(bound,), stepping=False) as shape if bound.plain and bound.comparison == "<":
            changed = {target.variable for target in targets(shape.node) if isinstance(target, Name)}
            limits = {*variables(shape.start), *variables(bound.right)}
            return changed.isdisjoint(limits) and not shape.reads
    return False


def _only_loop(loop: Loop) -> Loop | None:
    if len(loop.loops) != 1 or loop.node is None:
        return None
    body = loop.node.body
    statements = body.statements if isinstance(body, Block) else (body,)
    rest = [one for one in statements if not isinstance(one, Declare | Empty)]
    return loop.loops[0] if len(rest) == 1 and rest[0] is loop.loops[0].node else None


def _only_indexed(array: Variable, function: Function) -> bool:
    """Whether ``array`` is a parameter whose elements are numbers, and only ``array[e]`` names it."""
    if array.storage != "parameter" or not isinstance(array.type, Pointer) or not is_arithmetic(array.type.to):
        return False
    nodes = list(walk(function.body))
    named = sum(isinstance(node, Name) and node.variable == array for node in nodes)
    indexed = sum(_is_element(node, frozenset((array,))) for node in nodes)
    taken = any(isinstance(node, AddressOf) and _is_element(node.operand, frozenset((array,))) for node in nodes)
    return named == indexed and not taken


def _is_element(node: Node, arrays: Collection[Variable]) -> bool:
    return isinstance(node, Index) and isinstance(base := bare(node.base), Name) and base.variable in arrays


def _within(array: Variable, chains: list[list[Loop]], function: Function) -> bool:
    """Whether ``array`` is used in loops of ``chains`` only, and made their own by all that use it."""
    inside = {id(node) for chain in chains if chain[0].node is not None for node in walk(chain[0].node)}
    users = [chain[0] for chain in chains if chain[0].node is not None and array in variables(chain[0].node)]
    named = (node for node in walk(function.body) if isinstance(node, Name) and node.variable == array)
    return all(array in _shared(loop) for loop in users) and all(id(node) in inside for node in named)


def _shape(loop: Loop) -> Counted:
    assert isinstance(loop.shape, Counted)
    return loop.shape


def _replaced(body: Block, old: For, new: Statement) -> Block:
    return transform(body, lambda node: new if node is old else node)


def _apart(node: For, arrays: frozenset[Variable], shapes: list[Counted]) -> For:
    """``node`` with elements of ``arrays`` that belong to the iteration of the loops ``shapes``."""

    def change(found: Node) -> Node:
        if isinstance(found, Index) and _is_element(found, arrays):
            return replace(found, subscript=_own(found.subscript, shapes))
        return found

    return transform(node, change)


def _own(subscript: Expression, shapes: list[Counted]) -> Expression:
    found: Expression | None = None if _is_zero(subscript) else _wide(subscript)
    for shape in shapes:
        name = Name(span=subscript.span, type=shape.counter.type, variable=shape.counter)
        own, threads = _less(name, shape.start), _less(shape.bounds[0].right, shape.start)
        found = own if found is None else _computed("+", _computed("*", found, threads), own)
    assert found is not None
    return found


def _less(value: Expression, start: Expression) -> Expression:
    return _wide(value) if _is_zero(start) else _computed("-", _wide(value), _wide(start))


def _is_zero(value: Expression) -> bool:
    inner = bare(value)
    return isinstance(inner, Constant) and inner.value == 0


def _computed(operator: str, left: Expression, right: Expression) -> Expression:
    return Binary(span=left.span, type=UNSIGNED_LONG, operator=operator, left=left, right=right)


def _wide(value: Expression) -> Expression:
    """``value`` as ``size_t``."""
    inner = bare(value)
    assert is_integer(inner.type)
    type: CType = replace(UNSIGNED_LONG, alias="size_t")
    return inner if inner.type == UNSIGNED_LONG else Cast(span=value.span, type=type, operand=inner)
