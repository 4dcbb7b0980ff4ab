"""A plan and a function brought together: the names and lines of the plan become variables and loops.

``resolve`` raises SourceErrors with places in the plan when the two do not fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from transpile.c.tree import Block, Cast, Constant, Declare, Empty, Expression, For, Statement, Variable
from transpile.c.types import Array, Integer, Pointer, Struct, is_arithmetic, is_integer
from transpile.c.unit import Function
from transpile.c.walking import declared, free, walk
from transpile.cuda.dialect import innermost
from transpile.cuda.extents import Extent, parse_extent
from transpile.cuda.plan import ArrayPlan, Axis, Copies, Grid, Host, LoopName, Plan, Scan, Single, Step, Wavefront
from transpile.errors import SourceError, SourceErrors, Span
from transpile.loops.counted import Counted, Irregular, counted


@dataclass(frozen=True, slots=True)
class DeviceArray:
    """An array of the function that the device has a copy of."""

    variable: Variable
    extent: Extent
    copies: Copies
    span: Span

    @property
    def name(self) -> str:
        return self.variable.name


@dataclass(frozen=True, slots=True)
class GridLoop:
    """A loop whose iterations are spread over ``axis``; ``before`` are the declarations between it and the one around
    it."""

    loop: Counted
    axis: Axis
    before: tuple[Declare, ...]


@dataclass(frozen=True, slots=True)
class Nest:
    """A statement that runs on the device. ``loops`` are those of the grid, outermost first, ``body`` is what each
    thread does; for ``Single`` there are none, and ``body`` is the statement."""

    statement: Statement
    how: Grid | Scan | Wavefront | Single
    loops: tuple[GridLoop, ...]
    body: Statement
    span: Span


@dataclass(frozen=True, slots=True)
class Resolved:
    """``nests`` are known by the ``id`` of their statement, and so are the loops ``on_host``."""

    function: Function
    arrays: Mapping[Variable, DeviceArray]
    distinct: tuple[tuple[DeviceArray, ...], ...]
    nests: Mapping[int, Nest]
    on_host: frozenset[int]


def resolve(function: Function, plan: Plan, others: Sequence[Variable] = ()) -> Resolved:
    """``plan`` for ``function``; ``others`` are the variables outside of it."""
    errors: list[SourceError] = []
    names = _names(function, others)
    arrays: dict[Variable, DeviceArray] = {}
    for array in plan.arrays:
        try:
            found = _array(array, names, function)
            if found.variable in arrays:
                raise SourceError(array.span, f"there is an array '{array.name}' already")
            arrays[found.variable] = found
        except SourceError as error:
            errors.append(error)
    nests: dict[int, Nest] = {}
    on_host: set[int] = set()
    taken: dict[int, Step] = {}
    for step in plan.steps:
        try:
            statement = _statement(function, step)
            for inner in walk(statement):
                _claim(taken, inner, statement, step)
            if isinstance(step.how, Host):
                on_host.add(id(statement))
            else:
                nests[id(statement)] = _nest(function, statement, step, step.how)
        except SourceError as error:
            errors.append(error)
    distinct = list(_distinct(plan, arrays, errors))
    if errors:
        raise SourceErrors(errors)
    return Resolved(function, arrays, tuple(distinct), nests, frozenset(on_host))


def _claim(taken: dict[int, Step], inner: object, statement: Statement, step: Step) -> None:
    if id(inner) in taken:
        raise SourceError(step.span, f"the loop is within that of '{taken[id(inner)].loop}:' or around it")
    if isinstance(inner, Statement):
        taken[id(inner)] = step


def _names(function: Function, others: Sequence[Variable]) -> dict[str, list[Variable]]:
    found: dict[str, list[Variable]] = {}
    for variable in dict.fromkeys([*function.parameters, *declared(function.body), *others]):
        found.setdefault(variable.name, []).append(variable)
    return found


def variable_called(nest: Nest, name: str) -> Variable:
    """The variable from outside of ``nest`` that is called ``name`` in it."""
    for variable in free(nest.statement):
        if variable.name == name:
            return variable
    raise SourceError(nest.span, f"the loop uses no variable '{name}' from outside")


def _array(array: ArrayPlan, names: Mapping[str, Sequence[Variable]], function: Function) -> DeviceArray:
    found = names.get(array.name, ())
    if len(found) != 1:
        what = "more than one variable" if found else "no variable"
        raise SourceError(array.span, f"'{function.name}' has {what} '{array.name}'")
    variable = found[0]
    if not isinstance(variable.type, Pointer | Array):
        raise SourceError(array.span, f"'{array.name}' is not an array")
    element = innermost(variable.type)
    nested = variable.type.to if isinstance(variable.type, Pointer) else variable.type.of
    while isinstance(nested, Array):
        nested = nested.of
    if nested != element or not (is_arithmetic(element) or isinstance(element, Struct)):
        raise SourceError(array.span, f"the elements of '{array.name}' are neither numbers nor structures")
    if isinstance(variable.type, Pointer) and variable.type.const and array.copies != "in":
        raise SourceError(array.span, f"'{array.name}' is const, so it is 'in'")
    return DeviceArray(variable, parse_extent(array, names), array.copies, array.span)


def _distinct(
    plan: Plan, arrays: Mapping[Variable, DeviceArray], errors: list[SourceError]
) -> Iterator[tuple[DeviceArray, ...]]:
    by_name = {array.name: array for array in arrays.values()}
    for distinct in plan.distinct:
        missing = [name for name in distinct.names if name not in by_name]
        outlasting = ("parameter", "global", "static")
        local = [n for n in distinct.names if n in by_name and by_name[n].variable.storage not in outlasting]
        if missing:
            errors.append(SourceError(distinct.span, f"there is no line 'array {missing[0]}:'"))
        elif local:
            errors.append(SourceError(distinct.span, f"'{local[0]}' is an array of the function"))
        elif len(set(distinct.names)) < len(distinct.names):
            errors.append(SourceError(distinct.span, "an array overlaps itself"))
        else:
            yield tuple(by_name[name] for name in distinct.names)


def _statement(function: Function, step: Step) -> Statement:
    at = [
        node
        for node in walk(function.body)
        if isinstance(node, Statement) and not isinstance(node, Block) and _is_at(node, step.loop)
    ]
    loops = [node for node in at if isinstance(node, For)]
    if loops:
        return loops[0]
    if at and isinstance(step.how, Single):
        return at[0]
    raise SourceError(step.span, f"no loop of '{function.name}' begins there")


def _is_at(node: Statement, name: LoopName) -> bool:
    return node.span.line == name.line and name.column in (0, node.span.column)


def _nest(function: Function, statement: Statement, step: Step, how: Grid | Scan | Wavefront | Single) -> Nest:
    if isinstance(how, Single):
        return Nest(statement, how, (), statement, step.span)
    assert isinstance(statement, For)
    if isinstance(how, Wavefront):
        return _fronts(statement, step, how)
    axes: dict[LoopName, Axis] = {}
    for axis, name in how.axes if isinstance(how, Grid) else (("x", step.loop),):
        if name in axes:
            raise SourceError(step.span, f"the loop {name} is on two axes")
        axes[name] = axis
    loops: list[GridLoop] = []
    found: Statement = statement
    before: tuple[Declare, ...] = ()
    while axes:
        here = next((name for name in axes if _is_at(found, name)), None)
        if here is None or not isinstance(found, For):
            lines = ", ".join(map(str, axes))
            raise SourceError(step.span, f"'{step.loop}' must be the outermost of its loops, with {lines} nested in it")
        loops.append(GridLoop(_counted(found, step), axes.pop(here), before))
        body = found.body
        if axes:
            before, found = _inner(body, step)
    return Nest(statement, how, tuple(loops), body, step.span)


def _fronts(statement: For, step: Step, how: Wavefront) -> Nest:
    before, found = _inner(statement.body, step)
    assert isinstance(found, For)
    outer, inner = _counted(statement, step), _counted(found, step)
    weights = dict(how.weights)
    if weights.keys() != {outer.counter.name, inner.counter.name} or len(weights) < 2:
        names = f"'{outer.counter.name}' and '{inner.counter.name}'"
        raise SourceError(step.span, f"a front is a sum of the counters {names} of these loops")
    if 0 in weights.values() or abs(weights[inner.counter.name]) != 1 or abs(inner.step) != 1:
        raise SourceError(step.span, f"'{inner.counter.name}', and the step of its loop, count 1 or -1 in a front")
    if outer.stepping or inner.stepping:
        raise SourceError(step.span, "a loop of a wavefront takes its step in its header")
    loops = (GridLoop(outer, "x", ()), GridLoop(inner, "x", before))
    return Nest(statement, how, loops, found.body, step.span)


def _counted(loop: For, step: Step) -> Counted:
    found = counted(loop)
    if isinstance(found, Irregular):
        raise SourceError(
            step.span,
            f"the loop on line {loop.span.line} is not counted: {found.reason} (line {found.span.line})",
        )
    if not is_integer(found.counter.type):
        raise SourceError(step.span, f"the counter of the loop on line {loop.span.line} is not an integer")
    return replace(found, start=_spelled_out(found.start))


def _spelled_out(start: Expression) -> Expression:
    """The first value of a counter, with its conversion written down if that may change it."""
    if not isinstance(start, Cast) or not start.implicit or isinstance(start.operand, Constant):
        return start
    match start.operand.type, start.type:
        case Integer() as of, Integer() as to:
            wider = to.bits > of.bits and (to.signed or not of.signed)
            kept = wider or (to.bits, to.signed) == (of.bits, of.signed)
            return start if kept else replace(start, implicit=False)
    return start


def _inner(body: Statement, step: Step) -> tuple[tuple[Declare, ...], Statement]:
    """The loop that ends ``body``, and the declarations before it, which all threads can make for themselves."""
    inside = [s for s in body.statements if not isinstance(s, Empty)] if isinstance(body, Block) else [body]
    if not inside:
        raise SourceError(step.span, f"the loop around line {body.span.line} is empty")
    *before, last = inside
    declarations = tuple(s for s in before if isinstance(s, Declare))
    if len(declarations) != len(before) or not isinstance(last, For):
        odd = next((s for s in before if not isinstance(s, Declare)), last)
        raise SourceError(
            step.span,
            f"the statement on line {odd.span.line} is between the loops of the grid, so no thread would run it",
        )
    return declarations, last
