"""``emit``: a function and a plan for it become a CUDA translation unit. ``emit_together`` does it for several.

The emitter does what the plan says and nothing else; whether the plan is right is for a checker to say. It raises
SourceErrors with places in the plan where the plan makes no sense, and UnsupportedError where C cannot be said in CUDA.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from transpile.c.tree import Name
from transpile.c.unit import Function, Unit
from transpile.c.walking import free, targets, walk
from transpile.cuda.capture import written_arrays
from transpile.cuda.context import Context, Kernel, without_pragmas
from transpile.cuda.dialect import Dialect
from transpile.cuda.host import Host, Launch
from transpile.cuda.kernels import launch
from transpile.cuda.plan import Plan
from transpile.cuda.resolve import Nest, resolve
from transpile.cuda.text import Part, assembled, part_of
from transpile.errors import SourceError, Span


@dataclass(frozen=True, slots=True)
class KernelInfo:
    """One kernel of the text. ``nest`` is where its loops stand in the C file, ``line`` where the text names it first;
    ``grid`` and ``block`` are what it is launched with, as the host computes it."""

    name: str
    nest: Span
    line: int
    grid: str
    block: str
    function: str = ""
    """The function that launches it."""


@dataclass(frozen=True, slots=True)
class Emitted:
    """A CUDA translation unit. ``assumptions`` are what it takes for granted, as sentences."""

    text: str
    kernels: tuple[KernelInfo, ...]
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """A function, one of ``unit``'s, with a plan for it."""

    unit: Unit
    function: Function
    plan: Plan


def emit(unit: Unit, function: Function, plan: Plan) -> Emitted:
    """The text that does on the device what ``plan`` says of ``function``, which is one of ``unit``'s."""
    return emit_together([Planned(unit, function, plan)])


def emit_together(planned: Sequence[Planned], kept: Collection[str] = ()) -> Emitted:
    """One text for several functions of a file, at least one; functions called ``kept`` stand in it as they are."""
    parts: list[Part] = []
    for one in planned:
        parts.append(_part(one, parts))
    text = assembled(parts, kept)
    shared = parts[0].context
    kernels = tuple(_info(kernel, text, part.name) for part in parts for kernel in part.kernels)
    return Emitted(text, kernels, tuple(shared.assumptions))


def _part(planned: Planned, before: Sequence[Part]) -> Part:
    unit, function, plan = planned.unit, planned.function, planned.plan
    dialect = Dialect(unit)
    converted = dialect.function(function)
    converted = replace(converted, body=without_pragmas(converted.body))
    globals = [dialect.variable(declared.variable) for declared in unit.globals]
    resolved = resolve(converted, plan, [variable for variable in globals if variable.name in _named(converted)])
    taken = unit.words | {name for part in before for name in part.context.global_names}
    context = Context(unit, dialect, resolved, taken)
    if before:
        context.share(before[0].context)
    made = len(context.kernels)
    for array in resolved.arrays.values():
        context.device(array)
        context.size(array)
    names = _kernel_names(context, list(resolved.nests.values()))
    launches = {key: _launch(context, nest, names[key]) for key, nest in resolved.nests.items()}
    return part_of(context, function, Host(context, launches, Span(plan.file, 1)), context.kernels[made:])


def _named(function: Function) -> set[str]:
    return {node.variable.name for node in walk(function.body) if isinstance(node, Name)}


def _info(kernel: Kernel, text: str, function: str) -> KernelInfo:
    at = text.index(f" {kernel.name}(")
    return KernelInfo(kernel.name, kernel.nest, text.count("\n", 0, at) + 1, kernel.grid, kernel.block, function)


def _kernel_names(context: Context, nests: list[Nest]) -> Mapping[int, str]:
    """Names from the function, and where there are several kernels, from what they write."""
    name = context.function.name
    if len(nests) == 1:
        return {id(nests[0].statement): f"{name}_kernel"}
    return {id(nest.statement): f"{name}_{_hint(context, nest)}kernel" for nest in nests}


def _hint(context: Context, nest: Nest) -> str:
    outside = set(free(nest.statement))
    counters = {loop.loop.counter for loop in nest.loops}
    arrays = sorted(written_arrays(context, nest.statement), key=lambda variable: variable.number)
    scalars = [t.variable for t in targets(nest.statement) if isinstance(t, Name) and t.variable in outside - counters]
    for variable in (*arrays, *scalars):
        return f"{variable.name}_"
    return ""


def _launch(context: Context, nest: Nest, base: str) -> Launch:
    written = written_arrays(context, nest.statement)
    for array in context.resolved.arrays.values():
        if array.copies == "in" and array.variable in written:
            raise SourceError(array.span, f"'{array.name}' is 'in', but a kernel writes it", "inout, or scratch")
    lines = launch(context, nest, base)
    touched = {variable for variable in free(nest.statement) if context.array(variable)}
    header = []
    for loop in nest.loops:
        header += [loop.loop.start, *(bound.condition for bound in loop.loop.bounds)]
    return Launch(tuple(lines), frozenset(touched), written, tuple(header), nest.span)
