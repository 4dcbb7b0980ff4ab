"""One thread of a kernel during execution: its variables, where control is, and what it does to memory.

Everything the thread does not know by itself is a symbol. ``Machine.facts`` say what holds of the symbols; they hold
for every thread, with its own symbols.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from transpile.c.tree import Expression, Node, Statement, Variable
from transpile.c.types import Array, CType, Function, Integer, Pointer, Struct, is_scalar, layout, size
from transpile.errors import Span
from transpile.kernels.unit import CudaUnit, space
from transpile.solvers.kernels.accesses import Access, Kind, Path, Recorder
from transpile.solvers.kernels.arithmetic import Arithmetic
from transpile.solvers.kernels.logic import (
    FALSE,
    TRUE,
    Scope,
    Symbols,
    Term,
    conjunction,
    disjunction,
    is_false,
    negate,
)
from transpile.solvers.kernels.values import (
    UNFOLLOWED,
    Address,
    Base,
    FunctionValue,
    Offset,
    PointerValue,
    StructValue,
    Value,
    select,
)

Key = tuple[Variable, tuple[str, ...]]
"""A variable of the thread, or a member of one."""
MAX_LEAVES = 64
DYNAMIC_SHARED = Base("dynamic shared memory", "shared")
"""Where all arrays that are declared ``extern __shared__`` begin."""


@dataclass(frozen=True, slots=True)
class State:
    """``values`` of variables that are not there are unknown. Control is not here at all when the path has FALSE."""

    values: Mapping[Key, Value]
    path: Path

    @property
    def dead(self) -> bool:
        return any(map(is_false, self.path))

    def under(self, condition: Term) -> State:
        return self if condition.eq(TRUE) else replace(self, path=(*self.path, condition))

    def ended(self) -> State:
        return replace(self, path=(FALSE,))


def join(states: Sequence[State]) -> State:
    """The state behind several ways, of which a thread takes one at most."""
    alive = [state for state in states if not state.dead]
    if not alive:
        return states[0].ended()
    found = alive[0]
    for other in alive[1:]:
        found = _joined(found, other)
    return found


def _joined(first: State, second: State) -> State:
    common = 0
    for left, right in zip(first.path, second.path, strict=False):
        if not left.eq(right):
            break
        common += 1
    left, right = first.path[common:], second.path[common:]
    condition = conjunction(left)
    either = disjunction((condition, conjunction(right)))
    opposite = len(left) == len(right) == 1 and negate(left[0]).eq(right[0])
    path = first.path[:common] if opposite or not left or not right else (*first.path[:common], either)
    values: dict[Key, Value] = {}
    for key in first.values.keys() & second.values.keys():
        yes, no = first.values[key], second.values[key]
        merged = yes if yes is no else select(condition, yes, no)
        if merged is not None:
            values[key] = merged
    return State(values, path)


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be followed, so that nothing can be said of the kernel."""

    reason: str
    span: Span


@dataclass(frozen=True, slots=True)
class Returned:
    state: State
    value: Value | None


@dataclass(slots=True)
class Frame:
    """A function that is being executed, with the ways out of it and of the loops in it."""

    name: str
    returns: list[Returned] = field(default_factory=list)
    breaks: list[list[State]] = field(default_factory=list)
    continues: list[list[State]] = field(default_factory=list)


@dataclass(slots=True)
class Machine:
    """``constants`` are objects in memory that no thread writes: reading them twice gives the same. ``evaluate`` and
    ``execute`` are what calls need of expressions and statements."""

    evaluate: Callable[[Machine, Expression], Value]
    execute: Callable[[Machine, Statement], None]
    unit: CudaUnit
    arithmetic: Arithmetic
    symbols: Symbols
    recorder: Recorder
    builtins: Mapping[str, Mapping[str, Term]]
    constants: frozenset[Base]
    synchronising: frozenset[str]
    trust_external: bool = False
    state: State = field(default_factory=lambda: State({}, ()))
    frames: list[Frame] = field(default_factory=list)
    facts: list[Term] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    assumptions: dict[str, None] = field(default_factory=dict)
    written: set[Base] = field(default_factory=set)
    instances: dict[Variable, int] = field(default_factory=dict)

    def problem(self, reason: str, node: Node) -> None:
        if not self.state.dead:
            self.problems.append(Problem(reason, node.span))

    def assume(self, text: str) -> None:
        self.assumptions[text] = None

    def unknown(self, type: CType, name: str = "value", scope: Scope = Scope.THREAD) -> Value:
        """Any value of ``type``."""
        if isinstance(type, Pointer):
            return FunctionValue(((TRUE, None),)) if isinstance(type.to, Function) else UNFOLLOWED
        if isinstance(type, Struct):
            return StructValue({})
        return self.arithmetic.symbol(name, type, scope)

    def choose(self, condition: Term, yes: Callable[[], None], no: Callable[[], None]) -> None:
        """Both ways of a branch."""
        before = self.state
        self.state = before.under(condition)
        if not is_false(condition):
            yes()
        first, self.state = self.state, before.under(negate(condition))
        if not is_false(negate(condition)):
            no()
        self.state = join((first, self.state))

    def either(self, condition: Term, yes: Value, no: Value, type: CType) -> Value:
        """``condition ? yes : no`` of ``type``."""
        found = select(condition, yes, no)
        return self.unknown(type) if found is None else found

    # Variables of the thread

    def read_local(self, key: Key, type: CType) -> Value:
        type = self.complete(type)
        if isinstance(type, Struct):
            variable, path = key
            members = {
                own[len(path) :]: value
                for (other, own), value in self.state.values.items()
                if other == variable and own[: len(path)] == path
            }
            return StructValue(members)
        if key not in self.state.values:
            made = self.unknown(type, key[0].name)
            self.state = replace(self.state, values={**self.state.values, key: made})
        return self.state.values[key]

    def write_local(self, key: Key, value: Value) -> None:
        variable, path = key
        values = {
            own: held for own, held in self.state.values.items() if own[0] != variable or own[1][: len(path)] != path
        }
        if isinstance(value, StructValue):
            values |= {(variable, path + below): held for below, held in value.members.items()}
        else:
            values[key] = value
        self.state = replace(self.state, values=values)

    def forget(self, variable: Variable, path: tuple[str, ...] = ()) -> None:
        """``variable``, or a member of it, has an unknown value from here on."""
        self.write_local((variable, path), StructValue({}))

    # Memory

    def base_of(self, variable: Variable) -> Base | None:
        """The object in memory that ``variable`` is; None when it is kept as a value."""
        match space(variable):
            case "shared" if variable.external:
                return DYNAMIC_SHARED
            case "shared":
                return Base(f"{variable.name}#{variable.number}", "shared", variable)
            case "constant":
                return Base(variable.name, "constant", variable)
            case "device" | "managed":
                return Base(variable.name, "global", variable)
        if variable.storage == "global" or (variable.storage == "static"):
            return Base(f"{variable.name}#{variable.number}", "global", variable)
        if isinstance(variable.type, Array):
            return Base(f"{variable.name}#{variable.number}", "private", variable)
        return None

    def load(self, pointer: PointerValue, type: CType, node: Expression, kind: Kind = "read") -> Value:
        """The value of ``type`` in memory."""
        type = self.complete(type)
        self.touch(pointer, size(type), node, kind)
        if not is_scalar(type) or isinstance(type, Pointer) or kind == "atomic":
            return self.unknown(type, "loaded")
        address = pointer.choices[0][1]
        if len(pointer.choices) == 1 and address is not None and address.base in self.constants:
            ids = list(self.builtins["blockIdx"].values()) if address.base.space == "shared" else []
            arguments = [address.offset.index, self.arithmetic.index(address.offset.displacement), *ids]
            value = self.arithmetic.opaque(f"read {address.base.name} {address.offset.stride}", type, arguments)
            return self.arithmetic.convert(value, type, type) if isinstance(type, Integer) else value
        return self.unknown(type, "loaded")

    def touch(
        self, pointer: PointerValue, bytes_: int | None, node: Expression, kind: Kind, value: Term | None = None
    ) -> None:
        """An access to ``bytes_`` bytes at ``pointer``."""
        for condition, address in pointer.choices:
            path = self.state.path if condition.eq(TRUE) else (*self.state.path, condition)
            if any(map(is_false, path)):
                continue
            if address is None or bytes_ is None:
                self.problem("access through a pointer that is not followed", node)
                continue
            base = address.base
            if base.space == "private" or base.space == "none":
                if kind != "read" and base.variable is not None:
                    self.forget(base.variable)
                continue
            if kind != "read":
                self.written.add(base)
            self.recorder.access(Access(base, address.offset, bytes_, kind, path, node.span, value))

    def complete(self, type: CType) -> CType:
        return self.unit.unit.complete(type) if isinstance(type, Struct) else type

    def start(self, base: Base, path: tuple[str, ...] = ()) -> PointerValue:
        return PointerValue(((TRUE, Address(base, Offset(1, self.arithmetic.index(0)), path)),))

    def member(self, struct: Struct, name: str) -> tuple[int, CType] | None:
        """The offset and the type of a member."""
        found = layout(struct)
        for index, inner in enumerate(struct.fields or ()):
            if inner.name == name and found is not None:
                return found[0][index], self.complete(inner.type)
        return None
