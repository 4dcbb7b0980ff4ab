"""A CUDA host function followed beside the C function: the same statements, and launches in the place of loops.

What is followed: for each array of the C function, a buffer of the device, how large it is, and which of the two has
the current values. At a launch the device must have them, where the host goes on it must. Everything else of the host
function must be the C function's, statement by statement. What the CUDA function computes for itself has no effects
and reads no memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from transpile.c.tree import (
    Assign,
    Block,
    Break,
    Call,
    CallThrough,
    Continue,
    Declare,
    DoWhile,
    Evaluate,
    Expression,
    For,
    Goto,
    If,
    Label,
    Name,
    Node,
    Return,
    Statement,
    Variable,
    While,
)
from transpile.c.types import Pointer
from transpile.c.walking import bare, targets, variables, walk
from transpile.errors import Span
from transpile.loops.counted import base_variable
from transpile.matching.bodies import Names, flat, match_expressions, match_statements, same_type
from transpile.matching.buffers import buffers_of
from transpile.matching.forms import Loop, first, last
from transpile.matching.functions import LIBRARY
from transpile.matching.launched import Followed, Known, LaunchedNest
from transpile.matching.memory import Lost, Memory
from transpile.matching.runtime import (
    TO_DEVICE,
    TO_HOST,
    Allocation,
    Copy,
    ElementCopy,
    Launch,
    Nothing,
    Operation,
    Release,
    operation,
)
from transpile.matching.sections import Section, Sections
from transpile.matching.values import (
    Values,
    alone,
    is_size_of,
    only_element,
    require_no_pointers_kept,
    sets_element,
    unsteady,
)

_LAUNCHED = (For, While, DoWhile, Assign, Evaluate)


def follow(ours: Block, theirs: Block, names: Names, known: Known) -> Followed:
    """Follow the bodies of both functions; ``names`` are the parameters' on entry. Raises ``Lost``."""
    for body in (ours, theirs):
        for node in walk(body):
            if isinstance(node, Goto | Label):
                raise Lost("a jump", node.span, node.span)
    found = _Follower(ours, names, known, buffers_of(ours, theirs, names))
    followed = found.run(ours, theirs)
    arrays = {buffer.array for buffer in followed.buffers}
    launched = [*(nest.loop for nest in followed.nests), *(section.loop for section in followed.sections)]
    require_no_pointers_kept(ours, arrays, launched)
    return followed


class _Follower:
    def __init__(self, ours: Block, names: Names, known: Known, arrays: Mapping[Variable, Variable]) -> None:
        self.names = names
        self.known = known
        self.arrays = arrays
        self.values = Values(names, known.helpers, unsteady(ours))
        self.memory = Memory()
        self.nests: dict[int, LaunchedNest] = {}
        self.sections: dict[int, Section] = {}
        self.depth = 0
        self.leaving = False
        self.begun = False
        self.unasked: Span | None = None
        """A launch of which nobody has asked yet whether it succeeded."""

    def run(self, ours: Block, theirs: Block) -> Followed:
        self.sequence(list(flat([ours])), list(flat([theirs])))
        self._leave(ours.span, theirs.span)
        memory = self.memory
        evaluated = tuple(dict.fromkeys(self.values.evaluated))
        nests, sections = tuple(self.nests.values()), tuple(self.sections.values())
        return Followed(nests, tuple(memory.made.values()), tuple(memory.unset), evaluated, sections)

    def sequence(self, ours: Sequence[Statement], theirs: Sequence[Statement]) -> None:
        waiting = list(ours)
        for statement in theirs:
            found = operation(statement)
            self._ask(found)
            if self._own(statement, found, waiting[0] if waiting else None):
                continue
            if not waiting:
                raise Lost("a statement that the C code does not have", statement.span, statement.span)
            self.begun = True
            self._pair(waiting.pop(0), statement, found)
        self._ask(None)
        if waiting:
            raise Lost("a statement is missing", waiting[0].span, theirs[-1].span if theirs else waiting[0].span)

    def _ask(self, found: Operation | None) -> None:
        """A launch is followed at once by a look whether it succeeded: nothing else tells of all that may fail."""
        if self.unasked and not (isinstance(found, Nothing) and found.asks):
            raise Lost("nobody asks whether this launch succeeds", self.unasked, self.unasked)
        self.unasked = None

    # What the CUDA side does for itself

    def _own(self, statement: Statement, found: Operation | None, ours: Statement | None) -> bool:
        """Whether ``statement`` is about the device alone; it is then done."""
        match found:
            case Allocation() | Release() if self.depth and not (self.leaving and isinstance(found, Release)):
                raise Lost("memory is allocated or freed more or less than once", found.span, found.span)
            case Allocation():
                self._allocate(found)
                return True
            case Copy():
                self._copy(found)
                return True
            case ElementCopy():
                self._copy_element(found, ours)
                return True
            case Release(variable, span):
                self.memory.release(variable, span)
                return True
            case Nothing():
                return True
        match statement:
            case Declare(variable=variable) if isinstance(ours, Declare) and ours.variable.name == variable.name:
                return False
            case Declare(variable=variable, initial=None):
                return variable in self.arrays and variable.storage == "automatic"
            case Declare():
                return self.values.define(statement)
            case If(condition=condition, then=then, otherwise=None):
                return self._falls_back(condition, list(flat([then])))
        return False

    def _falls_back(self, condition: Expression, statements: Sequence[Statement]) -> bool:
        """``f_on_cpu(the parameters); return;``: under whatever condition, that is what the C function does."""
        if self.begun or self.memory.made:
            return False
        match statements:
            case [Evaluate(expression=Call() as call), Return(value=None)] | [Return(value=Call() as call)]:
                given = [argument.variable for argument in call.arguments if isinstance(argument, Name)]
                own = [variable for variable in self.names.meaning if variable.storage == "parameter"]
                if self.known.fallback(call.name) and given == own and len(given) == len(call.arguments):
                    self.values.resolved(condition)
                    return True
        return False

    def _allocate(self, made: Allocation) -> None:
        array = self.arrays.get(made.variable)
        if array is None or made.variable in self.memory.live or made.variable.storage != "automatic":
            raise Lost(f"it is not clear what '{made.variable.name}' is for", made.span, made.span)
        element = alone(array.type)
        pointed = made.variable.type
        if element is None or not (isinstance(pointed, Pointer) and same_type(pointed.to, element)):
            raise Lost(f"'{made.variable.name}' cannot stand for '{array.name}'", made.span, made.span)
        self.memory.allocate(made.variable, array, self.values.resolved(made.size), made.span)

    def _copy(self, copy: Copy) -> None:
        device, host = (copy.to, copy.source) if copy.kind == TO_DEVICE else (copy.source, copy.to)
        array = self._copied(device, host, copy.kind, copy.span)
        if self.memory.sizes[device] != self.values.resolved(copy.size):
            raise Lost(f"not all of '{array.name}' is copied", copy.span, copy.span)
        if copy.kind == TO_DEVICE:
            self.memory.to_device(array, copy.span)
        else:
            self.memory.to_host(array, copy.span)

    def _copied(self, device: Variable, host: Variable, kind: int, span: Span) -> Variable:
        """The array that is copied between a pointer to the device and one of the host."""
        array, meant = self.arrays.get(device), self.names.meaning.get(host)
        same = isinstance(meant, Name) and meant.variable == array
        if kind not in (TO_DEVICE, TO_HOST) or array is None or not same:
            raise Lost("a copy between other arrays", span, span)
        if device not in self.memory.sizes:
            raise Lost(f"'{device.name}' points to no memory of the device", span, span)
        return array

    def _copy_element(self, copy: ElementCopy, ours: Statement | None) -> None:
        """To the host, just before the statement that uses the element, or to the device after one."""
        device, host = (copy.to, copy.source) if copy.kind == TO_DEVICE else (copy.source, copy.to)
        bases = bare(device.base), bare(host.base)
        if not (isinstance(bases[0], Name) and isinstance(bases[1], Name)):
            raise Lost("a copy between other arrays", copy.span, copy.span)
        array = self._copied(bases[0].variable, bases[1].variable, copy.kind, copy.span)
        element = self.values.resolved(host.subscript)
        one = device.subscript == host.subscript and is_size_of(copy.size, alone(array.type))
        if not one or device.type != alone(array.type) or host.type != device.type:
            raise Lost("not one element is copied", copy.span, copy.span)
        if copy.kind == TO_DEVICE:
            self.memory.give_back(array, element, copy.span)
        elif ours is None or only_element(ours, array) != element:
            raise Lost(f"this is not the element of '{array.name}' that is used next", copy.span, copy.span)
        else:
            self.memory.lend(array, element, copy.span)

    # What both sides do

    def _pair(self, ours: Statement, theirs: Statement, found: Operation | None) -> None:
        launched = [node for node in walk(theirs) if isinstance(node, Statement) and operation(node)]
        if not launched:
            self._on_host(ours, theirs)
            return
        match ours, theirs:
            case _ if isinstance(found, Launch):
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
        memory = self.memory
        calls = [node for node in walk(ours) if isinstance(node, Call)]
        loud = any(call.name not in LIBRARY | self.known.quiet for call in calls)
        loud |= any(isinstance(node, CallThrough) for node in walk(ours))
        written = {base for target in targets(ours) if (base := base_variable(target))}
        written |= self.known.promises.given_away(ours)
        for array in list(memory.sides) if loud else memory.sides.keys() & set(variables(ours)):
            element = None if loud else only_element(ours, array)
            sides = memory.sides[array]
            if element is not None and (sides.element == element or (sides.host and array in written)):
                if array in written:
                    memory.write_element(array, element)
            elif element is not None and not sides.host and sets_element(ours, array):
                memory.write_element(array, element)
            else:
                memory.read(array, ours.span, theirs)
                if loud or array in written:
                    memory.write(array)
        for array in written - memory.sides.keys():
            memory.write(array)

    def _forget(self, ours: Node) -> None:
        """What depends on variables which ``ours`` changes is not what it was."""
        changed = {target.variable for target in targets(ours) if isinstance(target, Name)}
        changed |= {node.variable for node in walk(ours) if isinstance(node, Declare)}
        self.values.forget(changed)
        self.memory.forget(changed)

    def _both(self, ours: If, theirs: If) -> None:
        self._uses(ours.condition, theirs.span)
        self._forget(ours.condition)
        before = self.memory.state()
        left = self._branch(ours.then, theirs.then)
        after = self.memory.state()
        self.memory.restore(before if left else replace(after, sides=before.sides))
        if self._branch(ours.otherwise, theirs.otherwise):
            self.memory.restore(after)
        elif not left:
            self.memory.meet(after.sides)

    def _branch(self, ours: Statement | None, theirs: Statement | None) -> bool:
        """Whether the function is left at the end of the branch."""
        mine, yours = (list(flat([branch])) if branch else [] for branch in (ours, theirs))
        outer, self.leaving = self.leaving, bool(mine) and isinstance(mine[-1], Return)
        self.depth += 1
        self.sequence(mine, yours)
        self.depth -= 1
        left, self.leaving = self.leaving, outer
        return left

    def _loop(self, ours: Loop, theirs: Loop) -> None:
        """A loop on the host with launches in it: what holds at its start holds each time."""
        self.sequence(first(ours), first(theirs))
        leaving = [n for n in walk(ours.body) if isinstance(n, Break | Continue | Return)]
        if leaving:
            raise Lost("a loop around launches that is left in the middle", leaving[0].span, theirs.span)
        self._forget(ours)
        self.depth += 1
        while True:
            before = dict(self.memory.sides)
            self._header(ours, theirs)
            self.sequence(list(flat([ours.body])), list(flat([theirs.body])))
            self.sequence(last(ours), last(theirs))
            self._header(ours, theirs)
            self._forget(ours)
            self.memory.meet(before)
            if self.memory.sides == before:
                break
        self.depth -= 1

    def _header(self, ours: Loop, theirs: Loop) -> None:
        if ours.condition is None or theirs.condition is None:
            if ours.condition is not theirs.condition:
                raise Lost("another condition", ours.span, theirs.span)
            return
        found = match_expressions(ours.condition, theirs.condition, self.names)
        if found is not None:
            raise Lost(found.message, found.ours, found.theirs)
        self._uses(ours.condition, theirs.span)

    # Launches

    def _entered(self, ours: For, condition: Expression, statements: Sequence[Statement]) -> None:
        """``if (condition) { constants; a launch }``, or what combines the results of blocks in memory of its own."""
        if any(isinstance(operation(statement), Allocation) for statement in statements):
            section = Sections(self.values, self._argument).read(ours, condition, statements)
            self._touch(ours, section.span)
            self.sections[id(ours)] = section
            return
        entered = self.values.resolved(condition)
        launches: list[Launch] = []
        for statement in statements:
            found = operation(statement)
            self._ask(found)
            if isinstance(found, Launch):
                launches.append(found)
                self.unasked = found.span
            elif not (isinstance(found, Nothing) or (isinstance(statement, Declare) and self.values.define(statement))):
                raise Lost("more than a launch", ours.span, statement.span)
        self._ask(None)
        if len(launches) != 1:
            raise Lost("not one launch", ours.span, condition.span)
        self._launch(ours, launches[0], (entered,))
        self.unasked = None

    def _launch(self, ours: Statement, launch: Launch, entered: tuple[Expression, ...]) -> None:
        if not isinstance(ours, _LAUNCHED) or any(isinstance(node, Return) for node in walk(ours)):
            raise Lost("a launch in the place of something else than a loop", ours.span, launch.span)
        configuration = tuple(self.values.resolved(value) for value in launch.configuration)
        arguments = tuple(self._argument(value) for value in launch.arguments)
        buffers = [bare(value) for value in launch.arguments if isinstance(value.type, Pointer)]
        if len(set(buffers)) < len(buffers):
            raise Lost("the kernel gets an array twice", ours.span, launch.span)
        self.nests[id(ours)] = LaunchedNest(ours, launch, configuration, arguments, entered)
        self.unasked = launch.span
        self._touch(ours, launch.span)

    def _touch(self, ours: Statement, theirs: Span) -> None:
        """The device does what ``ours`` does."""
        written = {base for target in targets(ours) if (base := base_variable(target))}
        written |= self.known.promises.given_away(ours) | self.known.promises.pointed_into(ours)
        self.memory.launch(set(variables(ours)), written, ours.span, theirs)
        self._forget(ours)

    def _argument(self, value: Expression) -> Expression:
        """A number, or a buffer as its array: pointers to the host are no use to a kernel."""
        given = bare(value)
        if not isinstance(value.type, Pointer):
            return self.values.resolved(value)
        if not (isinstance(given, Name) and given.variable in self.memory.sizes):
            raise Lost("a pointer that is not to a buffer of the device", value.span, value.span)
        array = self.arrays[given.variable]
        return Name(span=value.span, type=array.type, variable=array)

    def _leave(self, ours: Span, theirs: Span) -> None:
        self.memory.leave(set(self.known.discarded), ours, theirs)
