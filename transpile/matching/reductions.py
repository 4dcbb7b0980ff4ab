"""Whether a section of the host function combines what a C loop combines: in its kernels, and between them.

Followed is what each number and each buffer of the section holds: the value that the C variable had at the start, and
what the iterations contribute, each so many times. In the end the variable must hold both, each once. The iterations
themselves, and what each contributes, are proved as for other loops.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from transpile.c.constants import integer_of
from transpile.c.tree import (
    Binary,
    Declare,
    Expression,
    Name,
    Statement,
    Variable,
)
from transpile.c.types import CType, Pointer, size
from transpile.c.walking import bare, targets, walk
from transpile.errors import SourceErrors, Span
from transpile.kernels.unit import CudaUnit
from transpile.matching.bodies import exact
from transpile.matching.combining import Contents, Each, KernelCall, One, Partials, parameter_of
from transpile.matching.functions import Shared
from transpile.matching.launched import LaunchedNest
from transpile.matching.nests import Outcome, Same, Unproved, prove
from transpile.matching.partial import Differs, Result, is_neutral, results, taken_apart
from transpile.matching.sections import Allocated, Copied, Joining, Launched, Section
from transpile.matching.updates import assumption, combined, update
from transpile.solvers.launches.joined import Joined, Operation
from transpile.solvers.launches.shared import NotFollowed

START, ITERATIONS = "start", "iterations"


def prove_section(
    section: Section, cuda: CudaUnit, shared: Shared, private: Collection[Variable], unsteady: Collection[Variable]
) -> Outcome:
    """Whether the section does what its loop does. ``private`` are variables of which each iteration may have its own;
    those that are ``unsteady`` may change otherwise than by assignment."""
    try:
        return _Section(section, cuda, shared, private, unsteady).run()
    except (Differs, NotFollowed) as found:
        return Unproved(str(found), found.span, section.loop.span)
    except SourceErrors as error:
        return Unproved(str(error), section.span, section.loop.span)
    except KeyError:
        return Unproved("there is no such kernel", section.span, section.loop.span)


class _Section:
    def __init__(
        self,
        section: Section,
        cuda: CudaUnit,
        shared: Shared,
        private: Collection[Variable],
        unsteady: Collection[Variable],
    ) -> None:
        self.section = section
        self.cuda = cuda
        self.shared = shared
        self.private = private
        self.reduced = {
            variable: operation
            for variable in _changed(section.loop)
            if variable not in private and variable not in unsteady and (operation := _reduced(section.loop, variable))
        }
        self.ours = {theirs: ours for theirs, ours in section.own if ours in self.reduced}
        """The host's variables that are reduced, as the C function calls them."""
        self.numbers = {theirs: Joined(self.reduced[ours], {(ours, START): 1}) for theirs, ours in self.ours.items()}
        self.sizes: dict[Variable, Expression] = {}
        self.contents: dict[Variable, Contents] = {}
        self.done: Same | None = None
        self.assumptions: dict[str, None] = {}
        self.joined: Span | None = None
        """Where a variable of the C function has got another value."""

    def run(self) -> Outcome:
        if not self.reduced:
            raise Differs("there is no variable into which the loop only combines values", self.section.span)
        for step in self.section.steps:
            self._step(step)
        if self.done is None:
            raise Differs("no kernel does the loop", self.section.span)
        for theirs, ours in self.ours.items():
            wanted = [(ours, START), (ours, ITERATIONS)]
            if not self.numbers[theirs].holds(wanted):
                raise Differs(f"'{ours.name}' does not get what the loop combines", self.section.span)
        if set(self.ours.values()) != self.reduced.keys():
            raise Differs("a variable of the loop is missing", self.section.span)
        for ours, operation in self.reduced.items():
            self.assumptions |= dict.fromkeys(assumption(ours.name, operation))
        pairs = tuple((ours, operation.operator) for ours, operation in self.reduced.items())
        combined = (*self.done.combined, *pairs)
        return replace(self.done, assumptions=tuple(self.assumptions), combined=combined)

    def _step(self, step: Allocated | Launched | Copied | Joining) -> None:
        match step:
            case Allocated(buffer=buffer, size=bytes_of_buffer):
                self.sizes[buffer] = bytes_of_buffer
            case Copied():
                self._copy(step)
            case Joining(statement=statement):
                self._join(statement)
            case Launched():
                if self.joined:
                    raise Differs("a launch after the result was taken", step.launch.span)
                self._launch(step)

    # On the host

    def _copy(self, step: Copied) -> None:
        type = _pointed(step.buffer)
        if type != step.variable.type or integer_of(step.size) != size(type):
            raise Differs("not one number is copied", step.span)
        if not step.to_host:
            value = self.numbers.get(step.variable)
            self._require_room(step.buffer, None, type, step.span)
            if value is None:
                raise Differs(f"what '{step.variable.name}' holds is not followed", step.span)
            self.contents[step.buffer] = One(value)
            return
        contents = self.contents.get(step.buffer)
        if not isinstance(contents, One):
            raise Differs(f"'{step.buffer.name}' does not hold the result", step.span)
        self._set(step.variable, contents.value, step.span)

    def _set(self, variable: Variable, value: Joined, span: Span) -> None:
        own = {theirs for theirs, _ in self.section.own}
        if variable in own and variable not in self.ours:
            raise Differs(f"'{variable.name}' is not what the loop combines", span)
        if variable in own:
            self.joined = span
        if variable.type != value.operation.type or variable.storage not in ("automatic", "parameter"):
            raise Differs(f"'{variable.name}' is of another type", span)
        self.numbers[variable] = value

    def _join(self, statement: Statement) -> None:
        found = update(statement)
        value = bare(found.value) if found is not None and found.value is not None else None
        if found is None or found.negative or not (isinstance(found.target, Name) and isinstance(value, Name)):
            raise Differs("more than the results of blocks are combined", statement.span)
        one, two = self.numbers.get(found.target.variable), self.numbers.get(value.variable)
        if one is None or two is None or not one.operation == two.operation == found.operation:
            raise Differs("this combines something else than the loop does", statement.span)
        self._set(found.target.variable, one.join(two), statement.span)

    # Launches

    def _launch(self, step: Launched) -> None:
        span = step.launch.span
        kernel = self.cuda.kernel(step.launch.kernel)
        if len(kernel.parameters) != len(step.arguments):
            raise Differs("the kernel has other parameters", span)
        given = dict(zip(kernel.parameters, step.arguments, strict=True))
        buffers = [one for one in given.values() if isinstance(one, Variable)]
        arrays = [bare(one) for one in given.values() if isinstance(one, Expression) and isinstance(one.type, Pointer)]
        if len(set(buffers)) < len(buffers) or len(set(arrays)) < len(arrays):
            raise Differs("the kernel gets an array twice", span)
        parts = taken_apart(kernel)
        launch = KernelCall(step, parts, given)
        if self.done is None:
            self._first(launch)
        else:
            self._further(launch)

    def _first(self, launch: KernelCall) -> None:
        """The kernel that does the iterations of the C loop."""
        paired = {one: self._accumulated(one, launch) for one in launch.parts.accumulators}
        if len(set(paired.values())) < len(paired) or set(paired.values()) != self.reduced.keys():
            raise Differs("the kernel combines into other variables than the loop", launch.span)
        operations = {theirs: self.reduced[ours] for theirs, ours in paired.items()}
        values: dict[Variable, Joined] = {}
        for theirs, ours in paired.items():
            start = self._start(theirs, launch, operations[theirs])
            values[theirs] = start.join(Joined(operations[theirs], {(ours, ITERATIONS): 1}))
        self._prove(launch, self.section.loop, paired, self.section.entered)
        self._effects(launch, operations, values)

    def _further(self, launch: KernelCall) -> None:
        """A kernel that combines what blocks have left."""
        partial = Partials(launch, self.contents)
        self._prove(launch, partial.loop(), partial.paired, (partial.launched,), partial.arguments())
        values = {
            theirs: self._start(theirs, launch, partial.operations[theirs]).join(partial.values[theirs])
            for theirs in launch.parts.accumulators
        }
        self._effects(launch, partial.operations, values, partial.read)

    def _accumulated(self, accumulator: Variable, launch: KernelCall) -> Variable:
        """The C variable that the kernel's ``accumulator`` is for."""
        named = [ours for ours in self.reduced if ours.name == accumulator.name]
        found = (named or list(self.reduced))[0]
        if found.type != accumulator.type:
            raise Differs(f"'{accumulator.name}' has another type", launch.span)
        return found

    def _start(self, accumulator: Variable, launch: KernelCall, operation: Operation) -> Joined:
        """What every thread starts from: nothing, or the variable's own value where it may take part several times."""
        initial = launch.parts.initial(accumulator)
        if initial is not None and is_neutral(initial, operation):
            return Joined(operation, {})
        parameter = accumulator if initial is None else parameter_of(initial)
        given = launch.given.get(parameter) if parameter is not None and parameter.type == operation.type else None
        value = bare(given) if isinstance(given, Expression) else None
        if isinstance(value, Name) and self.reduced.get(value.variable) == operation and operation.idempotent:
            return Joined(operation, {(value.variable, START): 1})
        raise Differs(f"'{accumulator.name}' does not start from what changes nothing", launch.span)

    def _prove(
        self,
        launch: KernelCall,
        loop: Statement,
        paired: Mapping[Variable, Variable],
        entered: tuple[Expression, ...],
        arguments: Mapping[Variable, Expression] | None = None,
    ) -> None:
        """The nest of the kernel does the iterations of ``loop``, each once."""
        step, kept = launch.step, launch.passed(paired)
        given = [(arguments or {}).get(one, launch.expression(one)) for one in kept]
        part = launch.parts.only_nest([one for one in launch.given if one not in kept])
        nest = LaunchedNest(loop, step.launch, step.configuration, tuple(given), entered)
        outcome = prove(nest, self.cuda, self.shared, {*self.private, *paired.values()}, part, paired)
        if isinstance(outcome, Unproved):
            raise Differs(outcome.reason, outcome.theirs)
        self.done = self.done or outcome
        self.assumptions |= dict.fromkeys(outcome.assumptions)

    def _effects(
        self,
        launch: KernelCall,
        operations: Mapping[Variable, Operation],
        values: Mapping[Variable, Joined],
        read: Collection[Variable] = (),
    ) -> None:
        """What the kernel leaves in its buffers. ``values`` is what all threads of the grid have combined."""
        for result in results(launch.parts, launch.block, operations, self.cuda):
            buffer = launch.given[result.array]
            if not isinstance(buffer, Variable) or _pointed(buffer) != operations[result.accumulator].type:
                raise Differs(f"'{result.array.name}' is not a buffer for results", launch.span)
            if buffer in read and (result.atomic or not launch.one_block):
                raise Differs(f"'{buffer.name}' is written while other blocks read it", launch.span)
            self.contents[buffer] = self._kept(launch, result, buffer, values[result.accumulator])

    def _kept(self, launch: KernelCall, result: Result, buffer: Variable, value: Joined) -> Contents:
        type = _pointed(buffer)
        if result.each and not launch.one_block:
            if result.atomic:
                raise Differs("elements of the buffer are combined with what is not known", launch.span)
            self._require_room(buffer, launch.blocks, type, launch.span)
            return Each(value, launch.blocks)
        if not (result.atomic or launch.one_block):
            raise Differs(f"several blocks write to '{buffer.name}'", launch.span)
        self._require_room(buffer, None, type, launch.span)
        if not result.atomic:
            return One(value)
        before = self.contents.get(buffer)
        if not isinstance(before, One) or before.value.operation != value.operation:
            raise Differs(f"what '{buffer.name}' holds before is not known", launch.span)
        return One(before.value.join(value))

    def _require_room(self, buffer: Variable, count: Expression | None, type: CType, span: Span) -> None:
        """The buffer has ``count`` elements at least, or one. No launch has no blocks."""
        given, one = self.sizes.get(buffer), size(type)
        constant = integer_of(given) if given is not None else None
        enough = count is None and constant is not None and one is not None and constant >= one
        known = [exact(found.count) for found in self.contents.values() if isinstance(found, Each)]
        known = [exact(count)] if count is not None else known
        match given:
            case Binary(operator="*", left=left, right=right) if size(given.type) == 8:
                pairs = ((left, right), (right, left))
                enough |= any(integer_of(bytes_of) == one and exact(many) in known for many, bytes_of in pairs)
        if not enough:
            raise Differs(f"'{buffer.name}' may be too small", span)


def _changed(loop: Statement) -> Iterator[Variable]:
    """Numbers outside of the loop that it changes."""
    inside = {node.variable for node in walk(loop) if isinstance(node, Declare)}
    found = dict.fromkeys(t.variable for t in targets(loop) if isinstance(t, Name))
    yield from (one for one in found if one not in inside and one.storage in ("automatic", "parameter"))


def _reduced(loop: Statement, variable: Variable) -> Operation | None:
    return None if variable.volatile else combined(loop, variable)


def _pointed(buffer: Variable) -> CType:
    assert isinstance(buffer.type, Pointer)
    return buffer.type.to
