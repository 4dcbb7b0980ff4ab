"""Plans without a model: each loop goes where the analysis says that it may.

Parallel loops become the axes of a grid, the innermost one along x, so that neighbouring threads work on neighbouring
elements. Reductions, histograms and scans become kernels of their kind; a reduction within two loops of the host is not
worth it. A loop that has to stay sequential stays on the host, round the kernels of the loops within it; when there are
none, it stays there altogether.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from transpile.c.tree import Block, Declare, Empty, For, Statement, Variable
from transpile.c.types import Array, Pointer
from transpile.c.walking import declared, free, walk
from transpile.cuda.plan import (
    OPERATORS,
    ArrayPlan,
    Axis,
    Copies,
    Distinct,
    Grid,
    Host,
    How,
    LoopName,
    Operator,
    Plan,
    Scan,
    Single,
    Step,
    Wavefront,
)
from transpile.cuda.plan import Reduction as PlannedReduction
from transpile.errors import Diagnostic, Span
from transpile.loops.counted import Counted
from transpile.loops.facts import InLoop
from transpile.loops.polynomial import number, variable
from transpile.offload.locals import local_arrays
from transpile.solvers.loops.analysis import Analysis, Loop
from transpile.solvers.loops.assumptions import Distinct as MustBeDistinct
from transpile.solvers.loops.extents import ArrayUse, Extent, NoExtent
from transpile.solvers.loops.verdicts import Carried, Histogram, Parallel, Reduced, Reduction, Unknown
from transpile.solvers.loops.verdicts import Scan as ScanVerdict
from transpile.solvers.loops.verdicts import Wavefront as InFronts

BLOCKS: dict[int, tuple[int, ...]] = {1: (256,), 2: (32, 8), 3: (32, 4, 2)}
"""By the number of axes; a warp of 32 threads lies along x, so that it reads whole lines of memory."""
_AXES: dict[int, tuple[Axis, ...]] = {1: ("x",), 2: ("y", "x"), 3: ("z", "y", "x")}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan, and what stays on the host, with the reasons."""

    plan: Plan
    left: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class _Variant:
    """``depth``: loops of a nest that become axes, at most. ``scans``: whether scans go to the device; ``singles``:
    whether sequential loops do, among others that do."""

    depth: int
    scans: bool = True
    singles: bool = True


_VARIANTS = (_Variant(3), _Variant(2), _Variant(1), _Variant(3, singles=False), _Variant(3, False, False))


@dataclass(slots=True)
class _Steps:
    """``unknown`` arrays cannot go to the device: their extents are not known, for these reasons."""

    variant: _Variant
    unknown: Mapping[Variable, Diagnostic]
    fors: frozenset[LoopName]
    steps: list[Step] = field(default_factory=list)
    left: list[Diagnostic] = field(default_factory=list)

    def add(self, loop: Loop, how: How) -> None:
        self.steps.append(Step(loop_name(loop.span), how, loop.span))

    @property
    def parallel(self) -> int:
        return sum(isinstance(step.how, Grid | Scan | Wavefront) for step in self.steps)


def proposals(analysis: Analysis, scratch: Collection[str] = ()) -> Iterator[Proposal]:
    """Plans for a function, the best one first; they differ in how many loops of a nest become axes, and in which
    loops that are not parallel run on the device. What arrays in ``scratch`` hold before and after the call does not
    matter, and they are written before they are read."""
    seen: set[Plan] = set()
    unknown = dict(kept_on_host(analysis))
    fors = frozenset(loop_name(node.span) for node in walk(analysis.function.body) if isinstance(node, For))
    for variant in _VARIANTS:
        steps = _Steps(variant, unknown, fors)
        for loop in analysis.loops:
            _decide(loop, steps, within=False)
        if not steps.parallel:
            continue
        plan = completed(analysis, steps.steps, scratch)
        if plan not in seen:
            seen.add(plan)
            yield Proposal(plan, tuple(steps.left))


def completed(analysis: Analysis, steps: Sequence[Step], scratch: Collection[str] = ()) -> Plan:
    """The plan with ``steps``: the arrays that they need, and those of them that have to be looked at for overlaps."""
    device = {step.loop for step in steps if not isinstance(step.how, Host)}
    loops = [loop for loop in analysis.walk() if in_function(loop) and loop_name(loop.span) in device]
    used = set(_touched(loops))
    return Plan(tuple(_arrays(analysis, used, scratch)), tuple(_distinct(analysis, used)), tuple(steps))


def kept_on_host(analysis: Analysis) -> Iterator[tuple[Variable, Diagnostic]]:
    """The arrays that the device cannot have, and why."""
    own = {variable for variable, _ in local_arrays(analysis.function)}
    for use in analysis.arrays:
        variable = use.variable
        if isinstance(variable.type, Pointer) and isinstance(variable.type.to, Pointer):
            message = f"'{variable.name}' is an array of pointers into memory that the device does not read"
            yield variable, Diagnostic("error", message, variable.span, "put what they point to into one array")
        elif isinstance(use.extent, NoExtent) and variable not in own:
            yield variable, use.extent.asked(variable.name)


def reasons(analysis: Analysis) -> tuple[Diagnostic, ...]:
    """Why no loop of a function runs on the device."""
    kept = dict(kept_on_host(analysis))
    loops = [loop for loop in analysis.walk() if in_function(loop)]
    used = dict.fromkeys(v for loop in loops if not _sequential(loop) for v in _touched([loop]) if v in kept)
    return (*(kept[array] for array in used), *(loop.explanation for loop in loops))


def _sequential(loop: Loop) -> bool:
    return isinstance(loop.verdict, Carried | Unknown)


def beside_the_device(analysis: Analysis) -> Callable[[Statement], bool]:
    """Whether a statement of the function stands in no loop which may run on the device: what it calls may have such
    loops itself."""
    inside: set[int] = set()
    for loop in analysis.walk():
        if in_function(loop) and loop.node is not None and device_form(loop, 1) is not None:
            inside |= {id(node) for node in walk(loop.node)}
    beside = {id(node) for node in walk(analysis.function.body) if id(node) not in inside}
    return lambda statement: id(statement) in beside


def _decide(loop: Loop, steps: _Steps, within: bool) -> None:
    """What becomes of ``loop``; ``within`` a loop that is on the host already."""
    if not in_function(loop):
        return
    how = device_form(loop, steps.variant.depth) if loop.node is not None else None
    missing = [steps.unknown[v] for v in _touched([loop]) if v in steps.unknown]
    if how is not None and not missing and (steps.variant.scans or not isinstance(how, Scan)):
        steps.add(loop, how)
        return
    steps.left += missing if how is not None and missing else [loop.explanation]
    begun = steps.parallel
    for inner in loop.loops:
        _decide(inner, steps, within=True)
    if steps.parallel == begun and loop_name(loop.span) in steps.fors:
        steps.steps = [step for step in steps.steps if not _inside(step, loop)]
        single = within and not missing and steps.variant.singles and loop.node is not None
        steps.add(loop, Single() if single else Host())


def in_function(loop: Loop) -> bool:
    """Whether the loop stands in the function itself."""
    return len(loop.calls) == 1


def _inside(step: Step, loop: Loop) -> bool:
    return any(step.loop == loop_name(inner.span) for inner in loop.walk() if inner is not loop)


def device_form(loop: Loop, depth: int) -> How | None:
    """How ``loop`` runs on the device, if it may."""
    match loop.verdict:
        case Parallel():
            chain = _chain(loop, depth)
            axes = tuple(zip(_AXES[len(chain)], (loop_name(one.span) for one in chain), strict=True))
            return _grid(chain, Grid(tuple(reversed(axes)), BLOCKS[len(chain)]))
        case Reduction(reduced) if all(not one.subscripted for one in reduced):
            found = _reductions(reduced)
            if not found or _too_often(loop):
                return None
            return _grid([loop], Grid(_along_x(loop), BLOCKS[1], reductions=found))
        case Reduction(reduced) | Histogram(reduced) if all(one.subscripted and one.operator == "+" for one in reduced):
            if not _updates_only(loop, reduced):
                return None
            names = tuple(dict.fromkeys(one.region.variable.name for one in reduced))
            return _grid([loop], Grid(_along_x(loop), BLOCKS[1], atomic=names))
        case ScanVerdict(regions=(region,), operator=operator) if (known := _operator(operator)) is not None:
            return Scan(region.variable.name, known)
        case InFronts(front) if not _better_inside(loop):
            return _fronts(loop, Wavefront(front.weights))
    return None


def _better_inside(loop: Loop) -> bool:
    """Whether loops within both that have fronts are parallel by themselves."""
    return any(isinstance(inner.verdict, Parallel) for inner in loop.walk())


def _fronts(loop: Loop, how: Wavefront) -> Wavefront:
    private, last = _private([loop, *loop.loops])
    assert not last
    return replace(how, private=private)


def _updates_only(loop: Loop, reduced: Sequence[Reduced]) -> bool:
    """Whether ``loop`` uses the arrays that it reduces into in no other way."""
    arrays = {one.region.variable for one in reduced}
    return all(a.update is not None for a in loop.accesses if a.region.variable in arrays and a.subscripts)


def _too_often(loop: Loop) -> bool:
    """Whether two loops around a sum would start it again and again, and wait for it each time."""
    return sum(isinstance(frame, InLoop) for frame in loop.facts.where) > 1


def _operator(written: str) -> Operator | None:
    return next((operator for operator in OPERATORS if operator == written), None)


def _reductions(reduced: Sequence[Reduced]) -> tuple[PlannedReduction, ...] | None:
    found: list[PlannedReduction] = []
    for one in reduced:
        if one.operator == "arg":
            continue
        operator = _operator(one.operator)
        if operator is None:
            return None
        name = one.region.variable.name
        beside = tuple(other.region.variable.name for other in reduced if other.leader == name)
        found.append(PlannedReduction(name, operator, beside))
    return tuple(found)


def _chain(loop: Loop, depth: int) -> list[Loop]:
    """``loop`` and the parallel loops directly within it, with nothing but declarations between."""
    chain = [loop]
    while len(chain) < depth and len(chain[-1].loops) == 1:
        inner = chain[-1].loops[0]
        node = chain[-1].node
        if not (in_function(inner) and inner.node and node and isinstance(inner.verdict, Parallel)):
            break
        if not _only(node.body, inner.node):
            break
        chain.append(inner)
    return chain


def _only(body: Statement, inner: For) -> bool:
    statements = body.statements if isinstance(body, Block) else (body,)
    rest = [one for one in statements if not isinstance(one, Declare | Empty)]
    return len(rest) == 1 and rest[0] is inner


def _along_x(loop: Loop) -> tuple[tuple[Axis, LoopName], ...]:
    return (("x", loop_name(loop.span)),)


def _grid(chain: Sequence[Loop], grid: Grid) -> Grid:
    private, last = _private(chain)
    return replace(grid, private=private, lastprivate=last)


def _private(chain: Sequence[Loop]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The variables from outside of a nest that each thread has for itself, and those whose last values are read."""
    node = chain[0].node
    assert node is not None
    outside = set(free(node)) - set(declared(node))
    counters = {one.shape.counter for one in chain if isinstance(one.shape, Counted)}
    private: dict[Variable, bool] = {}
    for one in chain:
        for use in one.scalars:
            if use.role == "private" and use.variable in outside and use.variable not in counters:
                private[use.variable] = private.get(use.variable, False) or (use.live_out and one is chain[0])
    names = tuple(variable.name for variable, lives in private.items() if not lives)
    last = tuple(variable.name for variable, lives in private.items() if lives)
    return names, last


def _arrays(analysis: Analysis, used: Set[Variable], scratch: Collection[str]) -> Iterator[ArrayPlan]:
    for use in analysis.arrays:
        if use.variable in used and isinstance(use.extent, Extent):
            name = use.variable.name
            yield ArrayPlan(name, _readable(use.extent), _copies(use, name in scratch), _anywhere(use.variable))
    for own, array in local_arrays(analysis.function):
        if own in used:
            yield array


def _readable(extent: Extent) -> str:
    """The number of elements of the innermost dimension."""
    rows = _rows(extent)
    return " * ".join([rows if rows.isidentifier() else f"({rows})", *extent.inner]) if extent.inner else rows


def _rows(extent: Extent) -> str:
    """A product of sizes as ``n * m``, which plans take as 0 where a size is negative; else the whole expression."""
    if len(extent.pieces) != 1:
        return extent.expression
    (piece,) = extent.pieces
    if len(piece.length.terms) != 1:
        return extent.expression
    ((factors, times),) = piece.length.terms.items()
    positive = {compare.value + number(1) for compare in piece.conditions if compare.relation == ">="}
    if (
        not factors
        or times != 1
        or positive != {variable(factor) for factor in factors}
        or not all(map(str.isidentifier, factors))
    ):
        return extent.expression
    return " * ".join(factors)


def _copies(use: ArrayUse, scratch: bool) -> Copies:
    if not use.written:
        return "in"
    if scratch:
        return "scratch"
    return "inout" if use.copy_in else "out"


def _distinct(analysis: Analysis, used: Set[Variable]) -> Iterator[Distinct]:
    """Arrays that have memory of their own on the device must have it on the host, too. What the function makes for
    itself has, and so have constants, which nobody may write."""
    pairs: dict[tuple[str, str], None] = {}
    for assumption in analysis.assumptions:
        if not isinstance(assumption, MustBeDistinct):
            continue
        both = {assumption.one.variable, assumption.two.variable}
        if both <= used and not any(v.storage == "automatic" or _is_constant(v) for v in both):
            one, two = sorted(variable.name for variable in both)
            pairs[one, two] = None
    for pair in pairs:
        yield Distinct(pair, Span("<plan>", 1))


def _is_constant(variable: Variable) -> bool:
    return variable.const and isinstance(variable.type, Array)


def _touched(loops: Sequence[Loop]) -> list[Variable]:
    return list(dict.fromkeys(a.region.variable for loop in loops for a in loop.accesses if a.subscripts))


def loop_name(span: Span) -> LoopName:
    return LoopName(span.line, span.column)


def _anywhere(variable: Variable) -> Span:
    return variable.span or Span("<plan>", 1)
