"""Whether a CUDA program does what a C function does, in one call.

A program is ``proved`` when its host function is followed beside the C function, every launch does what the loop in
whose place it stands does, and every buffer has the size of its array. Three things are for the caller to show: that
the iterations of ``Same.loops`` do not depend on each other, that the variables called private are, and that of
``unset`` arrays each element is written before it is read or copied back, and all are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import z3

from transpile.c.printing import text
from transpile.c.tree import Assign, Call, Cast, Declare, Expression, For, Name, Node, Statement, Variable
from transpile.c.types import CType, Pointer
from transpile.c.unit import Function, Unit
from transpile.c.walking import children, declared, targets, variables, walk
from transpile.errors import SourceErrors, Span
from transpile.kernels.unit import CudaUnit
from transpile.loops.counted import Irregular, counted, nest
from transpile.matching.bodies import Mismatch, Names
from transpile.matching.functions import Shared, computing, quiet
from transpile.matching.hosts import follow
from transpile.matching.launched import Followed, Known, LaunchedNest
from transpile.matching.memory import Buffer, Lost
from transpile.matching.nests import Outcome, Same, Unproved, prove
from transpile.matching.numbers import evaluate
from transpile.matching.promises import promises
from transpile.matching.reductions import prove_section
from transpile.matching.rows import with_numbers
from transpile.matching.screening import screen
from transpile.matching.sections import Launched, Section
from transpile.matching.sizes import wrong_size
from transpile.matching.values import owned, points, unsteady
from transpile.solvers.integers import Integers, NoInteger

ELEMENTS = "'{}' has {} elements, and none of these factors is negative"
INDETERMINATE = "nothing depends on what '{}' holds where nothing has been written since it was allocated"
WORKSPACE = "what '{}' holds in the end does not matter"
_NONE: Mapping[Span, Collection[Variable]] = {}


@dataclass(frozen=True, slots=True)
class Mapped:
    """The outcome for the statement of the C function at ``span``, mostly a loop, and the launch of ``kernel``."""

    span: Span
    kernel: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Proof:
    """``lost`` is where the host functions differ; then there is nothing else."""

    lost: Mismatch | None
    nests: tuple[Mapped, ...] = ()
    buffers: tuple[Buffer, ...] = ()
    unset: tuple[Variable, ...] = ()
    unproved: tuple[Unproved, ...] = ()
    """What else could not be shown: sizes of buffers, and computations of the host that may overflow."""
    assumptions: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    """Arrays that are taken not to overlap, though not all of them are ``restrict``."""

    @property
    def followed(self) -> bool:
        return self.lost is None

    @property
    def proved(self) -> bool:
        return self.followed and not self.unproved and all(isinstance(one.outcome, Same) for one in self.nests)


def prove_program(
    unit: Unit,
    function: Function,
    cuda: CudaUnit,
    extents: Mapping[str, str],
    private: Mapping[Span, Collection[Variable]] = _NONE,
    discarded: Collection[str] = (),
) -> Proof:
    """What is known of ``cuda`` as a translation of ``function``.

    ``extents`` are the numbers of elements of arrays, as C: ``nx * (ny + 1)``. ``private`` are the variables of which
    each iteration of the loop at that place may have its own. Arrays called ``discarded`` are workspace.
    """
    try:
        screen(unit, function, cuda)
        return _Program(unit, function, cuda, extents, discarded).run(private)
    except Lost as lost:
        return Proof(lost.mismatch)
    except SourceErrors as errors:
        return Proof(Mismatch(str(errors.errors[0]), function.span, errors.errors[0].span))


class _Program:
    def __init__(
        self,
        unit: Unit,
        function: Function,
        cuda: CudaUnit,
        extents: Mapping[str, str],
        discarded: Collection[str],
    ) -> None:
        self.unit = replace(unit, functions=tuple(map(with_numbers, unit.functions)))
        self.function = with_numbers(function)
        self.cuda = cuda
        self.extents = extents
        self.discarded = frozenset(one for one in function.parameters if one.name in set(discarded))
        self.host = Shared(self.unit, cuda, "host")
        self.device = Shared(self.unit, cuda, "device")
        self.helpers = computing(cuda.unit)
        self.owned = {one.name: one for one in map(owned, self.helpers.values())}

    def run(self, private: Mapping[Span, Collection[Variable]]) -> Proof:
        theirs = self._theirs()
        names = self.host.names(self.function, theirs)
        if names is None:
            raise Lost("the function has another type", self.function.span, theirs.span)
        silent = quiet(self.unit)
        promised = promises(self.unit, silent)
        known = Known(self._is_function, frozenset(self.helpers), silent, self.discarded, promised)
        followed = follow(self.function.body, theirs.body, _ordered(names, theirs), known)
        self._require_private(followed, private)
        nests = tuple(self._mapped(found, private.get(found.loop.span, ())) for found in followed.nests)
        nests += tuple(one for found in followed.sections for one in self._combined(found, private))
        open_ones = (*self._sizes(followed), *self._overflows(followed))
        assumed = tuple(dict.fromkeys((*self._assumed(followed), *_of(nests))))
        unset = tuple(one for one in followed.unset if one not in self._fresh())
        return Proof(None, nests, followed.buffers, unset, open_ones, assumed, self._apart(followed))

    def _theirs(self) -> Function:
        try:
            found = self.cuda.unit.function(self.function.name)
        except KeyError:
            raise Lost("there is no such function", self.function.span, self.function.span) from None
        if {"global", "device"}.intersection(found.variable.attributes):
            raise Lost("it is no function of the host", self.function.span, found.span)
        return found

    def _is_function(self, name: str) -> bool:
        """Whether the CUDA function ``name`` is the C function under another name."""
        found = [one for one in self.cuda.unit.functions if one.name == name]
        if len(found) != 1 or name == self.function.name or found[0].variable.attributes:
            return False
        promised = zip(self.function.type.parameters, found[0].type.parameters, strict=False)
        if any(_restrict(yours) and not _restrict(mine) for mine, yours in promised):
            return False
        return self.host.bodies_match(self.function, found[0])

    def _mapped(self, found: LaunchedNest, private: Collection[Variable]) -> Mapped:
        return Mapped(found.loop.span, found.launch.kernel, prove(found, self.cuda, self.device, private))

    def _combined(self, found: Section, private: Mapping[Span, Collection[Variable]]) -> Iterator[Mapped]:
        """One outcome for all kernels of a section."""
        body = self.function.body
        outcome = prove_section(found, self.cuda, self.device, private.get(found.loop.span, ()), unsteady(body))
        for kernel in dict.fromkeys(step.launch.kernel for step in found.steps if isinstance(step, Launched)):
            yield Mapped(found.loop.span, kernel, outcome)

    def _require_private(self, followed: Followed, private: Mapping[Span, Collection[Variable]]) -> None:
        """What a launched loop leaves in its own variables is seen by nobody."""
        for found, span in _loops(followed):
            own = {*private.get(found.span, ()), *_counters(found)} - set(declared(found))
            for variable in own.intersection(target_variables(found)):
                outside = self._outside(variable, followed, private)
                if outside is not None:
                    raise Lost(f"'{variable.name}' is used outside of the loop", outside, span)

    def _outside(
        self, variable: Variable, followed: Followed, private: Mapping[Span, Collection[Variable]]
    ) -> Span | None:
        """Where ``variable`` is used but in loops that have their own, or that set it first."""
        own: set[int] = set()
        for found, _ in _loops(followed):
            if variable in {*private.get(found.span, ()), *_counters(found)}:
                own |= {id(node) for node in walk(found)}
        for node in walk(self.function.body):
            match node:
                case For(initial=(Assign(target=Name(variable=first), operator=""),)) if first == variable:
                    own |= {id(below) for below in walk(node)}
        named = (node for node in walk(self.function.body) if isinstance(node, Name) and id(node) not in own)
        inside = next((node.span for node in named if node.variable == variable), None)
        computed = (value.span for value in _computed(followed) if variable in variables(value))
        return inside or next(computed, None)

    def _sizes(self, followed: Followed) -> Iterator[Unproved]:
        changed = target_variables(self.function.body)
        steady = [one for one in self.function.parameters if one not in changed]
        for buffer in followed.buffers:
            extent = self.extents.get(buffer.array.name)
            reason = "nobody says how many elements it has"
            if extent is not None:
                found = wrong_size(buffer, extent, steady, self.owned)
                if found is None:
                    continue
                reason = found
            yield Unproved(f"the buffer of '{buffer.array.name}': {reason}", buffer.span)

    def _overflows(self, followed: Followed) -> Iterator[Unproved]:
        """What the CUDA function computes for itself, and launches do not depend on, is defined as well."""
        for value in dict.fromkeys(part for whole in followed.evaluated for part in _without_pointers(whole)):
            numbers = Integers(functions=self.owned)
            try:
                evaluate(numbers, value)
            except NoInteger as error:
                yield Unproved(str(error), value.span)
                continue
            for one in numbers.defined:
                if not _always(one.condition, numbers) and not self._in_c(one.expression):
                    yield Unproved(f"'{text(one.expression)}' may overflow", one.expression.span)

    def _in_c(self, expression: Expression) -> bool:
        return any(node == expression for node in walk(self.function.body))

    def _apart(self, followed: Followed) -> tuple[str, ...]:
        arrays = sorted({buffer.array.name for buffer in followed.buffers})
        pointers = [one.type for one in self.function.parameters if isinstance(one.type, Pointer)]
        promised = all(pointer.restrict for pointer in pointers)
        return () if promised or len(arrays) < 2 else tuple(arrays)

    def _assumed(self, followed: Followed) -> Iterator[str]:
        for name in sorted({buffer.array.name for buffer in followed.buffers}):
            if name in self.extents:
                yield ELEMENTS.format(name, self.extents[name])
        yield from (WORKSPACE.format(one.name) for one in self.discarded)
        yield from (INDETERMINATE.format(one.name) for one in followed.unset if one in self._fresh())

    def _fresh(self) -> set[Variable]:
        """Arrays of the C function whose elements have no values before they are written (C11 7.22.3.4)."""
        found = [node for node in walk(self.function.body) if isinstance(node, Declare)]
        return (
            {one.variable for one in found if one.initial and _allocates(one.initial)}
            - unsteady(self.function.body)
            - target_variables(self.function.body)
        )


def target_variables(node: Node) -> set[Variable]:
    return {target.variable for target in targets(node) if isinstance(target, Name)}


def _ordered(names: Names, theirs: Function) -> Names:
    """``names`` with the parameters in their order."""
    first = {parameter: names.meaning[parameter] for parameter in theirs.parameters}
    return Names({**first, **names.meaning}, names.functions)


def _counters(loop: Statement) -> Iterator[Variable]:
    """Counters of the loops that may be done by threads."""
    shape = nest(loop) if isinstance(loop, For) else None
    if shape is not None and not isinstance(shape, Irregular):
        yield from (one.counter for one in shape.loops)
    for node in walk(loop):
        if isinstance(node, For) and not isinstance(found := counted(node), Irregular):
            yield found.counter


def _loops(followed: Followed) -> Iterator[tuple[Statement, Span]]:
    """The statements that are done on the device, and where they are launched."""
    yield from ((one.loop, one.launch.span) for one in followed.nests)
    yield from ((one.loop, one.span) for one in followed.sections)


def _computed(followed: Followed) -> Iterator[Expression]:
    yield from followed.evaluated
    for found in followed.nests:
        yield from (*found.arguments, *found.configuration, *found.entered)


def _without_pointers(value: Expression) -> Iterator[Expression]:
    """The largest parts of ``value`` in which there are none, as in ``overlap(a, n * 8, b, m * 8)``."""
    if not any(isinstance(node, Expression) and points(node.type) for node in walk(value)):
        yield value
    elif not points(value.type):
        for below in children(value):
            if isinstance(below, Expression):
                yield from _without_pointers(below)


def _always(claim: z3.BoolRef, numbers: Integers) -> bool:
    solver = z3.Solver()
    solver.set(rlimit=1_000_000)
    small = [z3.And(value < 2**62, value > -(2**62)) for value in numbers.variables.values()]
    solver.add(*numbers.facts, *small, z3.Not(claim))
    return bool(solver.check() == z3.unsat)


def _of(nests: tuple[Mapped, ...]) -> Iterator[str]:
    for one in nests:
        if isinstance(one.outcome, Same):
            yield from one.outcome.assumptions


def _restrict(type: CType) -> bool:
    return isinstance(type, Pointer) and type.restrict


def _allocates(value: Expression) -> bool:
    while isinstance(value, Cast):
        value = value.operand
    return isinstance(value, Call) and value.name in ("malloc", "aligned_alloc")
