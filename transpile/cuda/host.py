"""The host's function: the original one, with its nests launched and its arrays kept up to date on both sides.

The state of every array is followed through the function, so that a copy is made where one side needs what the other
has written, outside of loops where that is enough.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from transpile.c.printing import show, text
from transpile.c.tree import (
    Assign,
    Block,
    Break,
    Call,
    Cast,
    Constant,
    Continue,
    Declare,
    DoWhile,
    Expression,
    For,
    Goto,
    If,
    Label,
    Name,
    Node,
    Return,
    Statement,
    Switch,
    Variable,
    While,
)
from transpile.c.walking import bare, children, declared, walk
from transpile.cuda.arrays import allocated, released, size
from transpile.cuda.capture import declared as declaration
from transpile.cuda.capture import pointers
from transpile.cuda.context import Context, indented
from transpile.cuda.dialect import innermost, unsupported
from transpile.cuda.effects import Arrays, Effects, effects
from transpile.cuda.resolve import DeviceArray
from transpile.cuda.rotation import rotations
from transpile.cuda.transfers import Place, State
from transpile.errors import SourceError, Span

_ALLOCATING = ("malloc", "calloc", "std::malloc", "std::calloc")


@dataclass(frozen=True, slots=True)
class Launch:
    """The lines that run a nest, and the arrays it uses. ``header`` is what its lines read on the host."""

    lines: tuple[str, ...]
    touched: frozenset[Variable]
    written: frozenset[Variable]
    header: tuple[Expression, ...]
    span: Span


class Host:
    """Writes the body of the function."""

    def __init__(self, context: Context, launches: Mapping[int, Launch], plan: Span) -> None:
        self._context = context
        self._launches = launches
        self._plan = plan
        function = context.function
        outside = Block(tuple(self._outside(function.body)), span=function.span)
        known = context.resolved.arrays
        roots = _reached(pointers(outside))
        self._rotations = rotations(function.body, self._around_nests(function.body), known)
        hidden = known.keys() | self._rotations.others
        aliases = {pointer: frozenset(into) for pointer, into in roots.items() if pointer not in hidden}
        self._arrays = Arrays(known, aliases, set(launches))
        self._on_host_names = {node.variable for node in self._around_nests(function.body) if isinstance(node, Name)}
        self._state = State(context, {})
        self._waiting = list(known.values())
        self._live: list[DeviceArray] = []
        self._outer = set(known) - set(declared(function.body))
        self._ready = self._outer | set(function.parameters)
        self._loops: list[State] = []
        self._reachable = True
        self._on_host_already = False
        """Whether a loop is around that is on the host with all in it."""

    def _outside(self, node: Node) -> list[Statement]:
        """The statements that set pointers outside of nests."""
        return [n for n in self._around_nests(node) if isinstance(n, Declare | Assign)]

    def _around_nests(self, node: Node) -> list[Node]:
        found: list[Node] = []
        waiting = [node]
        while waiting:
            inner = waiting.pop()
            if id(inner) not in self._launches:
                found.append(inner)
                waiting.extend(children(inner))
        return found

    def body(self, checks: Callable[[], Sequence[str]]) -> list[str]:
        """The lines between the function's braces; ``checks`` stand behind the sizes of the arrays."""
        function = self._context.function
        ready = [array for array in self._waiting if self._is_ready(array)]
        lines = [size(self._context, array) for array in ready]
        lines += checks()
        lines += self._allocate(ready, sized=True)
        lines += [""] * bool(ready)
        for statement in function.body.statements:
            lines += self.statement(statement)
            if isinstance(statement, Declare) and self._reachable:
                self._ready.add(statement.variable)
                lines += self._allocate([array for array in self._waiting if self._is_ready(array)], sized=False)
        if self._reachable:
            lines += [""] * bool(self._live) + self._leave()
        return [*function.body.opening, *_tidy(lines), *function.body.closing]

    def _is_ready(self, array: DeviceArray) -> bool:
        needed = {array.variable, *array.extent.variables}
        return all(variable in self._ready or variable.storage == "global" for variable in needed)

    def _allocate(self, arrays: Sequence[DeviceArray], sized: bool) -> list[str]:
        lines: list[str] = []
        for array in arrays:
            self._waiting.remove(array)
            self._live.append(array)
            outer = array.variable in self._outer
            unset = array.copies in ("out", "scratch")
            self._state.places[array.variable] = Place(True, unset)
            if not sized:
                lines.append(size(self._context, array))
            lines += allocated(self._context, array)
            if outer and not unset:
                lines += self._state.to_device([array.variable])
        return lines

    def _leave(self) -> list[str]:
        """The last copies, and what frees the device's memory."""
        results = [
            array.variable for array in self._live if array.copies in ("out", "inout") and array.variable in self._outer
        ]
        return [*self._state.to_host(results), *released(self._context, self._live)]

    def statement(self, node: Statement) -> list[str]:
        if not self._reachable:
            return []
        launch = self._launches.get(id(node))
        if launch is not None:
            return self._launch(node, launch)
        if id(node) in self._context.resolved.on_host:
            return self._on_host(node)
        runs = any(id(inner) in self._launches for inner in walk(node))
        match node:
            case Block():
                return self._block(node)
            case If():
                return self._if(node)
            case For() | While() | DoWhile() if runs:
                return self._loop(node)
            case For() if self._on_host_already:
                return self._on_host(node)
            case For():
                message = f"the plan does not say what becomes of the loop on line {node.span.line}"
                raise SourceError(self._plan, message, f"{node.span.line}: grid, or {node.span.line}: host")
            case Switch() | Goto() | Label() if runs or not isinstance(node, Switch):
                raise unsupported(node.span, "jumps around kernels")
            case While() | DoWhile() | Switch():
                return self._on_host(node)
            case Return():
                return self._return(node)
            case Break() | Continue():
                lines = self._state.copy().become(self._loops[-1]) + self._shown(node)
                self._reachable = False
                return lines
        return self._simple(node)

    def _shown(self, node: Statement) -> list[str]:
        return show(node, macros=True).splitlines()

    def _effects(self, code: Node, single: bool) -> Effects:
        return effects(code, self._arrays, single)

    def _launch(self, node: Statement, launch: Launch) -> list[str]:
        missing = [array for array in self._waiting if array.variable in launch.touched]
        if missing:
            name = missing[0].name
            raise SourceError(launch.span, f"how large '{name}' is, is not known yet where the loop begins")
        lines = [*node.notes.leading]
        for code in launch.header:
            lines += self._before(self._effects(code, single=True))
        lines += self._state.to_device(launch.touched)
        self._state.device_wrote(launch.written)
        return ["", *lines, *launch.lines, ""]

    def _before(self, found: Effects) -> list[str]:
        """The copies before the host does what ``found`` says."""
        single = [element for element in found.reads if element.array.variable not in found.whole]
        return self._state.to_host(found.whole) + self._state.fetch(single)

    def _after(self, found: Effects) -> list[str]:
        single = [element for element in found.writes if element.array.variable not in found.changed]
        lines = self._state.push(single)
        self._state.host_wrote(found.changed)
        return lines

    def _on_host(self, node: Statement) -> list[str]:
        """A loop without nests in it, whose iterations are followed only where it may return."""
        if isinstance(node, Switch) or not any(isinstance(inner, Return) for inner in walk(node)):
            return self._whole(node)
        assert isinstance(node, For | While | DoWhile)
        around, self._on_host_already = self._on_host_already, True
        lines = self._loop(node)
        self._on_host_already = around
        return lines

    def _whole(self, node: Statement) -> list[str]:
        """A statement that the host runs as it is, however often it loops."""
        for inner in walk(node):
            if isinstance(inner, Return | Goto):
                raise unsupported(inner.span, "a jump out of a loop on the host")
        return self._run(node, self._effects(node, single=False))

    def _simple(self, node: Statement) -> list[str]:
        if id(node) in self._rotations.moves:
            return self._move(*self._rotations.moves[id(node)], node)
        if isinstance(node, Declare) and _is_plain(node) and self._is_dropped(node.variable):
            return []
        return self._run(node, self._effects(node, single=True))

    def _move(self, target: Variable, source: Variable | None, node: Statement) -> list[str]:
        """A pointer is set, and the device's with it; both arrays are where the device has them."""
        arrays = [array.variable for array in self._rotations.arrays]
        lines = [*self._state.to_device(arrays), *self._shown(node)]
        self._state.device_wrote(arrays)
        first = isinstance(node, Declare)
        left = declaration(f"*{self._twin(target)}", innermost(target.type)) if first else self._twin(target)
        return [*lines, f"{left}{f' = {self._twin(source)}' if source else ''};"]

    def _twin(self, pointer: Variable) -> str:
        array = self._context.array(pointer)
        return self._context.device(array) if array else self._context.local(f"d_{pointer.name}")

    def _is_dropped(self, variable: Variable) -> bool:
        """Whether the device alone uses a variable."""
        if variable in self._on_host_names or variable.storage != "automatic":
            return False
        array = self._context.array(variable)
        if array is not None:
            return array.copies == "scratch"
        return not any(
            re.search(rf"\b{variable.name}\b", line) for one in self._launches.values() for line in one.lines
        )

    def _run(self, node: Statement, found: Effects) -> list[str]:
        for inner in walk(node):
            if isinstance(inner, Declare) and inner.variable in self._context.dialect.of_variable_length:
                raise unsupported(inner.span, f"the array '{inner.variable.name}' of variable length on the host")
        if found.moved and not (isinstance(node, Assign) and _allocates(node.value)):
            name = min(variable.name for variable in found.moved)
            raise unsupported(node.span, f"a change of the pointer '{name}', whose array is on the device")
        self._state.host_wrote(found.moved)
        return [*self._before(found), *self._shown(node), *self._after(found)]

    def _block(self, node: Block) -> list[str]:
        lines = [line for statement in node.statements for line in self.statement(statement)]
        return ["{", *indented([*node.opening, *lines, *node.closing]), "}"]

    def _inside(self, node: Statement) -> list[str]:
        """The lines of what an ``if`` or a loop controls, without its braces."""
        if not isinstance(node, Block):
            return self.statement(node)
        lines = [line for statement in node.statements for line in self.statement(statement)]
        return _tidy([*node.opening, *lines, *node.closing])

    def _if(self, node: If) -> list[str]:
        lines = [*node.notes.leading, *self._run_condition(node.condition)]
        start = self._state
        self._state = start.copy()
        then = self._inside(node.then)
        then_state, then_ends = self._state, not self._reachable
        self._state, self._reachable = start, True
        other = self._inside(node.otherwise) if node.otherwise is not None else []
        other_ends = not self._reachable
        self._reachable = not (then_ends and other_ends)
        if then_ends or other_ends:
            self._state = self._state if then_ends else then_state
        else:
            wanted = then_state.copy()
            wanted.meet(self._state)
            then += then_state.become(wanted)
            other += self._state.become(wanted)
        head = f"if ({text(node.condition, macros=True)}) {{"
        lines += [head, *indented(then), *(["} else {", *indented(other)] if other else []), "}"]
        return lines

    def _run_condition(self, condition: Expression) -> list[str]:
        found = self._effects(condition, single=True)
        if found.written:
            raise unsupported(condition.span, "a condition that writes an array")
        return self._before(found)

    def _return(self, node: Return) -> list[str]:
        lines = [*node.notes.leading]
        if node.value is not None:
            lines += self._run_condition(node.value)
        state = self._state.copy()
        lines += self._leave()
        self._state, self._reachable = state, False
        return [*lines, *self._shown(dataclasses.replace(node, notes=type(node.notes)()))]

    def _loop(self, node: For | While | DoWhile) -> list[str]:
        """A loop with nests in it: what is needed on either side all the time is copied before it."""
        control = [part for part in children(node) if part is not node.body]
        needed = {v for part in control for v in self._effects(part, single=False).touched}
        changed = {v for part in control for v in self._effects(part, single=False).written}
        if changed:
            raise unsupported(node.span, "the head of a loop that writes an array")
        entry = self._state
        wanted = self._first_guess(node, needed)
        while True:
            self._state = wanted.copy()
            self._looped(node, wanted)
            found = wanted.copy()
            found.meet(self._state)
            for variable in needed & found.places.keys():
                found.places[variable] = Place(True, found.places[variable].device)
            if found.places == wanted.places:
                break
            wanted = found
        lines = [*node.notes.leading, *entry.become(wanted)]
        self._state = wanted.copy()
        inside = self._looped(node, wanted)
        inside += self._state.become(wanted)
        return lines + _controlled(node, inside)

    def _first_guess(self, node: Statement, needed: set[Variable]) -> State:
        """The best that can hold before each iteration: what the loop uses is valid where it uses it."""
        guess = self._state.copy()
        nests = [self._launches[id(inner)] for inner in walk(node) if id(inner) in self._launches]
        on_device = {variable for launch in nests for variable in launch.touched}
        on_host = needed | self._effects(node, single=True).whole
        for variable, place in guess.places.items():
            guess.places[variable] = Place(place.host or variable in on_host, place.device or variable in on_device)
        return guess

    def _looped(self, node: For | While | DoWhile, wanted: State) -> list[str]:
        """The lines of one iteration; ``wanted`` is how all is to be where it is left early."""
        self._loops.append(wanted)
        lines = self._inside(node.body)
        if not self._reachable:
            self._state = wanted.copy()
        self._reachable = True
        self._loops.pop()
        return lines


def _tidy(lines: Sequence[str]) -> list[str]:
    """``lines`` with empty ones between others only, and not in a row."""
    found: list[str] = []
    for line in lines:
        if line or (found and found[-1] and not found[-1].endswith("{")):
            if line.startswith("}") and found and not found[-1]:
                found.pop()
            found.append(line)
    return found


def _controlled(node: For | While | DoWhile, inside: Sequence[str]) -> list[str]:
    """The loop around the lines of its body."""
    empty = dataclasses.replace(node, body=Block((), span=node.span), notes=dataclasses.replace(node.notes, leading=()))
    shown = show(empty, macros=True).splitlines()
    return [*shown[:-1], *indented(_tidy([*inside, "}"])[:-1]), shown[-1]]


def _is_plain(node: Declare) -> bool:
    return node.initial is None or isinstance(bare(node.initial), Constant)


def _allocates(value: Expression) -> bool:
    inner = bare(value)
    while isinstance(inner, Cast):
        inner = inner.operand
    return isinstance(inner, Call) and inner.name in _ALLOCATING


def _reached(bases: Mapping[Variable, frozenset[Variable]]) -> Mapping[Variable, frozenset[Variable]]:
    """All that pointers may point into, through other pointers as well."""
    found = dict(bases)
    for _ in bases:
        found = {p: into.union(*(found.get(v, frozenset()) for v in into)) for p, into in found.items()}
    return found
