"""A CUDA host function followed beside the C function: the same statements, and launches in the place of loops.

What is followed: for each array of the C function, a buffer of the device, how large it is, and which of the two has
the current values. At a launch the device must have them, where the host goes on it must. Everything else of the host
function must be the C function's, statement by statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from transpile.c.tree import (
    Block,
    Break,
    Call,
    Continue,
    Declare,
    DoWhile,
    Evaluate,
    Expression,
    For,
    Goto,
    If,
    Name,
    Node,
    Return,
    Statement,
    Variable,
    While,
)
from transpile.c.types import Pointer
from transpile.c.walking import bare, substitute, targets, variables, walk
from transpile.errors import Span
from transpile.loops.counted import base_variable
from transpile.matching.bodies import Mismatch, Names, flat, match_expressions, match_statements
from transpile.matching.runtime import TO_DEVICE, TO_HOST, Allocation, Copy, Launch, Nothing, Release, operation


class Lost(Exception):
    """The two functions could not be followed any further."""

    def __init__(self, reason: str, ours: Span, theirs: Span) -> None:
        super().__init__(reason)
        self.mismatch = Mismatch(reason, ours, theirs)


@dataclass(frozen=True, slots=True)
class LaunchedNest:
    """A loop of the C function and the launch that stands for it.

    ``configuration`` and ``arguments`` are in terms of the C side, but for buffers, which are their arrays. ``entered``
    are conditions around the launch alone: where they do not hold, nothing is launched.
    """

    loop: For
    launch: Launch
    configuration: tuple[Expression, ...]
    arguments: tuple[Expression, ...]
    entered: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Buffer:
    """Memory of the device for ``array``; ``size`` in bytes, in terms of the C side."""

    array: Variable
    size: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Followed:
    """What was found. ``unset`` are arrays whose buffer was used before anything was copied into it."""

    nests: tuple[LaunchedNest, ...]
    buffers: tuple[Buffer, ...]
    unset: tuple[Variable, ...]


@dataclass(frozen=True, slots=True)
class _Sides:
    """Who has the current values of an array; ``unset``: the buffer has never been filled."""

    host: bool = True
    device: bool = False
    unset: bool = True

    def meet(self, other: _Sides) -> _Sides:
        return _Sides(self.host and other.host, self.device and other.device, self.unset or other.unset)


Loop: TypeAlias = For | While | DoWhile
Fallback: TypeAlias = Callable[[str], bool]
"""Whether a function of the CUDA side, by its name, is the C function itself."""


def follow(ours: Block, theirs: Block, names: Names, fallback: Fallback) -> Followed:
    """Follow the bodies of both functions; ``names`` are the parameters' on entry. Raises ``Lost``."""
    return _Follower(names, fallback, _buffers(theirs, names)).run(ours, theirs)


def _buffers(theirs: Block, names: Names) -> dict[Variable, Variable]:
    """Pointers to the device and the C arrays they are for: by what is copied, else by name. It is a guess, which the
    copies and the kernels must bear out."""
    arrays = {mine.variable.name: mine.variable for mine in names.meaning.values() if isinstance(mine, Name)}
    found: dict[Variable, Variable] = {}
    for node in walk(theirs):
        match operation(node) if isinstance(node, Statement) else None:
            case Copy(to=to, source=source, kind=kind):
                device, host = (to, source) if kind == TO_DEVICE else (source, to)
                found.setdefault(device, arrays.get(host.name, host))
            case Allocation(variable=variable) if variable.name.removeprefix("d_") in arrays:
                found.setdefault(variable, arrays[variable.name.removeprefix("d_")])
    return found


class _Follower:
    def __init__(self, names: Names, fallback: Fallback, arrays: Mapping[Variable, Variable]) -> None:
        self.names = names
        self.fallback = fallback
        self.arrays = arrays
        self.definitions: dict[Variable, Expression] = {}
        """Constants of the host function that the C side does not have, in terms of the C side."""
        self.sizes: dict[Variable, Expression] = {}
        """The sizes of the buffers that there are, in bytes."""
        self.sides: dict[Variable, _Sides] = {}
        self.nests: dict[int, LaunchedNest] = {}
        self.made: dict[Variable, Buffer] = {}
        self.unset: dict[Variable, None] = {}
        self.depth = 0

    def run(self, ours: Block, theirs: Block) -> Followed:
        self.sequence(list(flat([ours])), list(flat([theirs])))
        self._leave(ours.span, theirs.span)
        return Followed(tuple(self.nests.values()), tuple(self.made.values()), tuple(self.unset))

    def sequence(self, ours: Sequence[Statement], theirs: Sequence[Statement]) -> None:
        waiting = list(ours)
        for statement in theirs:
            if self._own(statement, waiting[0] if waiting else None):
                continue
            if not waiting:
                raise Lost("a statement that the C code does not have", statement.span, statement.span)
            self._pair(waiting.pop(0), statement)
        if waiting:
            raise Lost("a statement is missing", waiting[0].span, theirs[-1].span if theirs else waiting[0].span)

    # What the CUDA side does for itself

    def _own(self, statement: Statement, ours: Statement | None) -> bool:
        """Whether ``statement`` is about the device alone; it is then done."""
        match operation(statement):
            case Allocation() as made:
                self._allocate(made)
                return True
            case Copy() as copy:
                self._copy(copy)
                return True
            case Release(variable, span):
                if self.sizes.pop(variable, None) is None:
                    raise Lost(f"'{variable.name}' has no memory to free", span, span)
                return True
            case Nothing():
                return True
        match statement:
            case Declare(variable=variable) if isinstance(ours, Declare) and ours.variable.name == variable.name:
                return False
            case Declare(variable=variable, initial=None):
                return variable in self.arrays
            case Declare(variable=variable, initial=Expression() as value) if variable.const:
                self.definitions[variable] = self._resolved(value)
                return True
            case If(then=then, otherwise=None):
                return self._falls_back(list(flat([then])))
        return False

    def _falls_back(self, statements: Sequence[Statement]) -> bool:
        """``f_on_cpu(the parameters); return;``: under whatever condition, that is what the C function does."""
        if self.made:
            return False
        match statements:
            case [Evaluate(expression=Call() as call), Return(value=None)] | [Return(value=Call() as call)]:
                given = [argument.variable for argument in call.arguments if isinstance(argument, Name)]
                own = [variable for variable in self.names.meaning if variable.storage == "parameter"]
                return self.fallback(call.name) and given == own and len(given) == len(call.arguments)
        return False

    def _allocate(self, made: Allocation) -> None:
        array = self.arrays.get(made.variable)
        if array is None or made.variable in self.sizes or self.depth:
            raise Lost(f"it is not clear what '{made.variable.name}' is for", made.span, made.span)
        if array in (buffer.array for buffer in self.made.values()):
            raise Lost(f"'{array.name}' has two buffers", made.span, made.span)
        self.sizes[made.variable] = self._resolved(made.size)
        self.made[made.variable] = Buffer(array, self.sizes[made.variable], made.span)
        self.sides[array] = _Sides()

    def _copy(self, copy: Copy) -> None:
        device, host = (copy.to, copy.source) if copy.kind == TO_DEVICE else (copy.source, copy.to)
        array, meant = self.arrays.get(device), self.names.meaning.get(host)
        same = isinstance(meant, Name) and meant.variable == array
        if copy.kind not in (TO_DEVICE, TO_HOST) or array is None or not same:
            raise Lost("a copy between other arrays", copy.span, copy.span)
        if self.sizes.get(device) != self._resolved(copy.size):
            raise Lost(f"not all of '{array.name}' is copied", copy.span, copy.span)
        sides = self.sides[array]
        if copy.kind == TO_DEVICE:
            self._need(sides.host, f"the host's '{array.name}' is out of date here", copy.span)
            self.sides[array] = _Sides(True, True, False)
        else:
            self._need(sides.device, f"the device's '{array.name}' is out of date here", copy.span)
            self.sides[array] = replace(sides, host=True)

    def _need(self, holds: bool, reason: str, theirs: Span, ours: Span | None = None) -> None:
        if not holds:
            raise Lost(reason, ours or theirs, theirs)

    def _resolved(self, expression: Expression) -> Expression:
        """``expression`` of the CUDA side in terms of the C side."""
        values = {**self.names.meaning, **self.definitions}
        values |= {
            d: Name(span=expression.span, type=a.type, variable=a) for d, a in self.arrays.items() if d in self.sizes
        }
        for variable in variables(expression):
            if variable not in values:
                raise Lost(f"the value of '{variable.name}' is not known here", expression.span, expression.span)
        return substitute(expression, values)

    # What both sides do

    def _pair(self, ours: Statement, theirs: Statement) -> None:
        launched = [found for node in walk(theirs) if isinstance(node, Statement) and (found := operation(node))]
        if not launched:
            self._on_host(ours, theirs)
            return
        match ours, theirs:
            case For(), _ if isinstance(found := operation(theirs), Launch):
                self._launch(ours, found, ())
            case If(), If() if match_expressions(ours.condition, theirs.condition, self.names) is None:
                self._both(ours, theirs)
            case For(), If(condition=condition, then=then, otherwise=None):
                self._entered(ours, condition, list(flat([then])))
            case For() | While() | DoWhile(), For() | While() | DoWhile() if type(ours) is type(theirs):
                self._loop(ours, theirs)
            case _:
                raise Lost("launches in the place of something else than a loop", ours.span, theirs.span)

    def _on_host(self, ours: Statement, theirs: Statement) -> None:
        """A statement without launches: the same on both sides, on arrays that the host has."""
        if isinstance(ours, Return):
            self._need(not (self.unset and self.depth), "results may be left behind here", theirs.span, ours.span)
        found = match_statements([ours], [theirs], self.names)
        if found is not None:
            raise Lost(found.message, found.ours, found.theirs)
        self._uses(ours, theirs.span)
        for node in walk(ours):
            if isinstance(node, Return):
                self._leave(node.span, theirs.span)
        self._forget(ours)

    def _uses(self, ours: Node, theirs: Span) -> None:
        """The host reads or writes the arrays that ``ours`` names."""
        known = set(self.sides)
        named = known.intersection(variables(ours))
        for node in walk(ours):
            pointer = isinstance(node, Declare) and isinstance(node.variable.type, Pointer)
            kept = pointer or any(isinstance(t.type, Pointer) for t in targets(node) if t is not None)
            if kept and known.intersection(variables(node)):
                raise Lost("a pointer into an array is kept", node.span, theirs)
        written = {base for target in targets(ours) if (base := base_variable(target))}
        passed = {v for node in walk(ours) if isinstance(node, Call) for a in node.arguments for v in variables(a)}
        for array in named:
            self._need(self.sides[array].host, f"the host's '{array.name}' is out of date here", theirs, ours.span)
            if array in written | passed:
                self.sides[array] = replace(self.sides[array], device=False)

    def _forget(self, ours: Node) -> None:
        """Constants that depend on variables which ``ours`` changes are not what they were."""
        changed = {target.variable for target in targets(ours) if isinstance(target, Name)}
        changed |= {node.variable for node in walk(ours) if isinstance(node, Declare)}
        for table in (self.definitions, self.sizes):
            for variable in [v for v, value in table.items() if changed.intersection(variables(value))]:
                del table[variable]

    def _both(self, ours: If, theirs: If) -> None:
        self._uses(ours.condition, theirs.span)
        before = dict(self.sides)
        self.depth += 1
        self.sequence(list(flat([ours.then])), list(flat([theirs.then])))
        after, self.sides = self.sides, before
        mine, yours = ([branch] if branch else [] for branch in (ours.otherwise, theirs.otherwise))
        self.sequence(list(flat(mine)), list(flat(yours)))
        self.depth -= 1
        self._meet(after)

    def _loop(self, ours: Loop, theirs: Loop) -> None:
        """A loop on the host with launches in it: what holds at its start holds each time."""
        self.sequence(_initial(ours), _initial(theirs))
        leaving = [n for n in walk(ours.body) if isinstance(n, Break | Continue | Return | Goto)]
        if leaving:
            raise Lost("a loop around launches that is left in the middle", leaving[0].span, theirs.span)
        self._forget(ours)
        self.depth += 1
        while True:
            before = dict(self.sides)
            self._header(ours, theirs)
            self.sequence(list(flat([ours.body])), list(flat([theirs.body])))
            self.sequence(_step(ours), _step(theirs))
            self._header(ours, theirs)
            self._forget(ours)
            self._meet(before)
            if self.sides == before:
                break
        self.depth -= 1

    def _header(self, ours: Loop, theirs: Loop) -> None:
        if ours.condition is None or theirs.condition is None:
            self._need(ours.condition is theirs.condition, "another condition", theirs.span, ours.span)
            return
        found = match_expressions(ours.condition, theirs.condition, self.names)
        if found is not None:
            raise Lost(found.message, found.ours, found.theirs)
        self._uses(ours.condition, theirs.span)

    def _meet(self, other: Mapping[Variable, _Sides]) -> None:
        self.sides = {array: sides.meet(other.get(array, sides)) for array, sides in self.sides.items()}

    # Launches

    def _entered(self, ours: For, condition: Expression, statements: Sequence[Statement]) -> None:
        """``if (condition) { constants; a launch }``"""
        entered = self._resolved(condition)
        self._uses(entered, condition.span)
        launches: list[Launch] = []
        for statement in statements:
            found = operation(statement)
            if isinstance(found, Launch):
                launches.append(found)
            elif (launches and not isinstance(found, Nothing)) or not self._own(statement, None):
                raise Lost("more than a launch", ours.span, statement.span)
        if len(launches) != 1:
            raise Lost("not one launch", ours.span, condition.span)
        self._launch(ours, launches[0], (entered,))

    def _launch(self, ours: For, launch: Launch, entered: tuple[Expression, ...]) -> None:
        configuration = tuple(self._resolved(value) for value in launch.configuration)
        arguments = tuple(self._resolved(value) for value in launch.arguments)
        for value in configuration:
            self._uses(value, launch.span)
        for value in arguments:
            if not isinstance(bare(value), Name):
                self._uses(value, launch.span)
        named = set(variables(ours))
        for array in [array for array in self.sides if array in named]:
            sides = self.sides[array]
            if sides.unset:
                self.unset[array] = None
            self._need(
                sides.device or sides.unset, f"the device's '{array.name}' is out of date", launch.span, ours.span
            )
        written = {base for target in targets(ours) if (base := base_variable(target))}
        for array in written.intersection(self.sides):
            self.sides[array] = replace(self.sides[array], host=False, device=True)
        self.nests[id(ours)] = LaunchedNest(ours, launch, configuration, arguments, entered)
        self._forget(ours)

    def _leave(self, ours: Span, theirs: Span) -> None:
        for array, sides in self.sides.items():
            self._need(sides.host, f"'{array.name}' is not copied back", theirs, ours)


def _initial(loop: Loop) -> list[Statement]:
    return list(loop.initial) if isinstance(loop, For) else []


def _step(loop: Loop) -> list[Statement]:
    return [loop.step] if isinstance(loop, For) and loop.step else []
