"""Calls: functions of the unit are executed in place, CUDA's own have their meaning here, others are looked at by what
they can reach."""

from __future__ import annotations

from collections.abc import Sequence

from transpile.c.tree import Call, CallThrough, Expression
from transpile.c.types import Float, Pointer, Reference, Void, is_integer, is_scalar, size
from transpile.c.unit import Function as Definition
from transpile.kernels.words import ATOMICS, BARRIERS, EXCHANGES, FENCES, LOADS
from transpile.solvers.kernels.logic import TRUE, Scope, Term, conjunction, negate, number_of
from transpile.solvers.kernels.machine import Frame, Machine, State, join
from transpile.solvers.kernels.values import FunctionValue, PointerValue, StructValue, Value

MAX_DEPTH = 24
_COPIES = {"memcpy", "__builtin_memcpy", "memmove", "__builtin_memmove"}
_FILLS = {"memset", "__builtin_memset"}
_SILENT = {"printf", "assert", "__nanosleep", "__trap", "__builtin_unreachable", "__builtin_trap"}
_VARIES = {"clock", "clock64", "__activemask", "__ballot_sync", "__all_sync", "__any_sync"}
_STORES = {"__stcg", "__stcs", "__stwt", "__stwb"}


def call(machine: Machine, node: Call) -> Value:
    name = node.name
    if name in BARRIERS:
        return _barrier(machine, node)
    if name == "__builtin_assume":
        return _assumed(machine, node)
    definition = next((f for f in machine.unit.unit.functions if f.name == name), None)
    arguments = [] if definition and _takes_references(definition) else _evaluated(machine, node.arguments)
    if definition is not None:
        return _inlined(machine, node, definition, arguments)
    if name in FENCES or name in _SILENT:
        return machine.unknown(node.type)
    if name in ATOMICS:
        return _atomic(machine, node, arguments)
    if name in LOADS:
        return machine.load(_pointer(arguments[0]), node.type, node)
    if name in _STORES and len(arguments) == 2:
        element = node.arguments[0].type
        stored = machine.complete(element.to) if isinstance(element, Pointer) else node.type
        machine.touch(_pointer(arguments[0]), size(stored), node, "write")
        return machine.unknown(node.type)
    if name in EXCHANGES or name in _VARIES:
        return machine.unknown(node.type, name)
    if name in _COPIES | _FILLS:
        return _bytes(machine, node, arguments)
    if name in ("__mul24", "__umul24"):
        return _short_product(machine, node, arguments)
    if name in ("std::min", "std::max"):
        return _extreme(machine, node, arguments)
    if name.startswith("make_"):
        return _made(machine, node, arguments)
    return _external(machine, node, arguments)


def call_through(machine: Machine, node: CallThrough) -> Value:
    """A call through a pointer: of each function that it may point to."""
    pointer = machine.evaluate(machine, node.pointer)
    arguments = _evaluated(machine, node.arguments)
    choices = pointer.choices if isinstance(pointer, FunctionValue) else ((TRUE, None),)
    before, ends, found = machine.state, [], machine.unknown(node.type)
    for condition, name in choices:
        definition = next((f for f in machine.unit.unit.functions if f.name == name), None)
        machine.state = before.under(condition)
        if definition is None or _takes_references(definition):
            machine.problem("call through a pointer to a function that is not known", node)
        else:
            value = _inlined(machine, node, definition, arguments)
            found = machine.either(condition, value, found, node.type)
        ends.append(machine.state)
    machine.state = join(ends)
    return found


def _evaluated(machine: Machine, nodes: Sequence[Expression]) -> list[Value]:
    return [machine.evaluate(machine, node) for node in nodes]


def _takes_references(definition: Definition) -> bool:
    return any(isinstance(parameter, Reference) for parameter in definition.type.parameters)


def _pointer(value: Value) -> PointerValue:
    return value if isinstance(value, PointerValue) else PointerValue(((TRUE, None),))


def _number(value: Value) -> Term | None:
    return None if isinstance(value, PointerValue | FunctionValue | StructValue) else value


def _barrier(machine: Machine, node: Call) -> Value:
    _evaluated(machine, node.arguments)
    if not machine.state.dead and not machine.recorder.quiet:
        machine.recorder.barrier(machine.state.path, node.span, len(machine.facts))
    return machine.unknown(node.type, node.name, Scope.BLOCK)


def _assumed(machine: Machine, node: Call) -> Value:
    machine.recorder.quiet += 1
    value = _number(machine.evaluate(machine, node.arguments[0]))
    machine.recorder.quiet -= 1
    if value is not None and not machine.state.dead:
        fact = machine.arithmetic.truth(value, node.arguments[0].type)
        machine.facts.append(negate(conjunction((*machine.state.path, negate(fact)))))
        machine.assume(f"{node.span}: {node.span.line_text.strip()}")
    return machine.unknown(node.type)


def _atomic(machine: Machine, node: Call, arguments: Sequence[Value]) -> Value:
    machine.touch(_pointer(arguments[0]), size(node.type), node, "atomic")
    return machine.unknown(node.type, name=node.name)


def _bytes(machine: Machine, node: Call, arguments: Sequence[Value]) -> Value:
    count = _number(arguments[2]) if len(arguments) == 3 else None
    bytes_ = None if count is None else number_of(count)
    if node.name in ("memcpy", "memmove") or node.name.endswith(("memcpy", "memmove")):
        machine.touch(_pointer(arguments[1]), bytes_, node, "read")
    machine.touch(_pointer(arguments[0]), bytes_, node, "write")
    return arguments[0]


def _short_product(machine: Machine, node: Call, arguments: Sequence[Value]) -> Value:
    """The product of the lower 24 bits; where the operands have no others, the product."""
    left, right = map(_number, arguments)
    if left is None or right is None:
        return machine.unknown(node.type)
    type, arithmetic = node.type, machine.arithmetic
    low, high = (0, (1 << 24) - 1) if node.name == "__umul24" else (-(1 << 23), (1 << 23) - 1)
    inside = []
    for value in (left, right):
        inside.append(arithmetic.compare("<=", type, arithmetic.number(low, type), value))
        inside.append(arithmetic.compare("<=", type, value, arithmetic.number(high, type)))
    other = arithmetic.convert(arithmetic.opaque(node.name, type, (left, right)), type, type)
    return machine.either(conjunction(inside), arithmetic.binary("*", type, left, right), other, type)


def _extreme(machine: Machine, node: Call, arguments: Sequence[Value]) -> Value:
    left, right = map(_number, arguments)
    if left is None or right is None or not is_integer(node.type):
        return _function_of(machine, node, arguments)
    less = machine.arithmetic.compare("<", node.type, left, right)
    yes, no = (left, right) if node.name == "std::min" else (right, left)
    return machine.either(less, yes, no, node.type)


def _made(machine: Machine, node: Call, arguments: Sequence[Value]) -> Value:
    """``make_int4(…)``."""
    return StructValue({(name,): value for name, value in zip("xyzw", arguments, strict=False)})


def _inlined(machine: Machine, node: Expression, definition: Definition, arguments: Sequence[Value]) -> Value:
    if len(machine.frames) >= MAX_DEPTH or any(frame.name == definition.name for frame in machine.frames):
        machine.problem(f"recursion: '{definition.name}' calls itself", node)
        return machine.unknown(node.type)
    if _takes_references(definition) or len(arguments) != len(definition.parameters):
        machine.problem(f"a call of '{definition.name}', which takes references", node)
        return machine.unknown(node.type)
    for parameter, value in zip(definition.parameters, arguments, strict=True):
        machine.write_local((parameter, ()), value)
    frame = Frame(definition.name)
    machine.frames.append(frame)
    machine.execute(machine, definition.body)
    machine.frames.pop()
    ways: list[tuple[State, Value | None]] = [(returned.state, returned.value) for returned in frame.returns]
    ways.append((machine.state, None))
    alive = [(state, value) for state, value in ways if not state.dead]
    machine.state = join([state for state, _ in ways])
    if isinstance(node.type, Void) or not alive or any(value is None for _, value in alive):
        return machine.unknown(node.type)
    return _chosen(machine, node, alive)


def _chosen(machine: Machine, node: Expression, ways: Sequence[tuple[State, Value | None]]) -> Value:
    found = ways[-1][1]
    for state, value in reversed(ways[:-1]):
        assert value is not None and found is not None
        found = machine.either(conjunction(state.path), value, found, node.type)
    assert found is not None
    return found


def _external(machine: Machine, node: Call, arguments: Sequence[Value]) -> Value:
    """A function whose body is not there."""
    prototype = machine.unit.unit.prototypes.get(node.name)
    library = prototype is None or prototype.system
    reaches = any(isinstance(value, PointerValue | FunctionValue) for value in arguments)
    if library and not reaches:
        return _function_of(machine, node, arguments)
    if reaches:
        machine.problem(f"a call of '{node.name}', whose body is not known, with a pointer", node)
    elif not machine.trust_external:
        machine.problem(f"a call of '{node.name}', whose body is not known", node)
    else:
        machine.assume(f"'{node.name}' touches no memory that threads share, and has no barrier")
    return machine.unknown(node.type)


def _function_of(machine: Machine, node: Call, arguments: Sequence[Value]) -> Value:
    """What a function of the mathematical kind gives: the same for the same arguments."""
    numbers = [number for number in map(_number, arguments) if number is not None]
    if not numbers or len(numbers) < len(arguments) or not is_scalar(node.type) or isinstance(node.type, Pointer):
        return machine.unknown(node.type)
    made = machine.arithmetic.opaque(node.name, node.type, numbers)
    return machine.arithmetic.convert(made, node.type, node.type) if not isinstance(node.type, Float) else made
