"""Expressions: what they are worth to the thread, and what evaluating them does. One case per kind of node."""

from __future__ import annotations

from dataclasses import replace

from transpile.c.tree import (
    AddressOf,
    Assignment,
    Binary,
    Call,
    CallThrough,
    Cast,
    Comma,
    CompoundLiteral,
    Conditional,
    Constant,
    Dereference,
    Expression,
    Increment,
    Index,
    InitializerList,
    Member,
    Name,
    SizeOf,
    Unary,
    Variable,
)
from transpile.c.types import (
    INT,
    Array,
    Bool,
    CType,
    Float,
    Function,
    Integer,
    Pointer,
    Struct,
    is_integer,
    size,
)
from transpile.solvers.kernels.calls import call, call_through
from transpile.solvers.kernels.initial import filled
from transpile.solvers.kernels.logic import (
    TRUE,
    Scope,
    Term,
    conjunction,
    disjunction,
    is_false,
    is_true,
    negate,
    number_of,
)
from transpile.solvers.kernels.machine import Machine
from transpile.solvers.kernels.operations import compared, compound, computed_value, whole
from transpile.solvers.kernels.places import DYNAMIC, Local, Place, address_of, read, write
from transpile.solvers.kernels.values import (
    NULL,
    UNFOLLOWED,
    FunctionValue,
    PointerValue,
    StructValue,
    Value,
)

_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


def evaluate(machine: Machine, node: Expression) -> Value:
    """The value of ``node``, which is not an array."""
    match node:
        case Constant(value):
            return _constant(machine, node, value)
        case Name(variable) if isinstance(variable.type, Function):
            return FunctionValue(((TRUE, variable.name),))
        case Name() | Index() | Member() | Dereference() | CompoundLiteral():
            return _loaded(machine, node)
        case Cast(operand):
            return _cast(machine, node, operand)
        case Binary():
            return _binary(machine, node)
        case Unary(operator, operand):
            return _unary(machine, node, operator, operand)
        case Conditional(given, yes, no):
            return _conditional(machine, node, given, yes, no)
        case Assignment(target, operator, value, computed):
            return assign(machine, node, target, operator, value, computed)
        case Increment():
            return _increment(machine, node)
        case Comma(left, right):
            evaluate(machine, left)
            return evaluate(machine, right)
        case AddressOf(operand):
            return _address(machine, operand)
        case SizeOf(of):
            known = size(machine.complete(of))
            return machine.unknown(node.type) if known is None else machine.arithmetic.number(known, node.type)
        case Call():
            return call(machine, node)
        case CallThrough():
            return call_through(machine, node)
        case InitializerList():
            return StructValue(filled(machine, node, node.type))
    return machine.unknown(node.type)


def scalar(machine: Machine, node: Expression) -> Term:
    """The value of ``node`` as a number."""
    value = evaluate(machine, node)
    if isinstance(value, PointerValue | FunctionValue | StructValue):
        return machine.arithmetic.symbol("address", node.type, Scope.THREAD)
    return value


def truth(machine: Machine, node: Expression) -> Term:
    """Whether ``node`` is not zero."""
    arithmetic = machine.arithmetic
    match node:
        case Unary("!", operand):
            return negate(truth(machine, operand))
        case Binary(operator, left, right) if operator in ("&&", "||"):
            return _logical(machine, operator, left, right)
        case Binary(operator, left, right) if operator in _COMPARISONS:
            return _comparison(machine, operator, left, right)
        case Cast(operand) if is_integer(node.type) and is_integer(operand.type) and _widens(operand.type, node.type):
            return truth(machine, operand)
    value = evaluate(machine, node)
    if isinstance(value, FunctionValue | StructValue):
        return machine.arithmetic.truth(machine.arithmetic.symbol("function", INT, Scope.THREAD), INT)
    if isinstance(value, PointerValue):
        null = disjunction(given for given, address in value.choices if address and address.base == NULL)
        if any(address is None for _, address in value.choices):
            return arithmetic.truth(arithmetic.symbol("pointer", INT, Scope.THREAD), INT)
        return negate(null)
    if isinstance(node.type, Float):
        return arithmetic.truth(arithmetic.opaque("nonzero", INT, (value,)), INT)
    return arithmetic.truth(value, node.type)


def place(machine: Machine, node: Expression) -> Place:
    """Where the lvalue ``node`` is."""
    match node:
        case Name(variable):
            base = machine.base_of(variable)
            return Local(variable) if base is None else machine.start(base)
        case Index(base_node, subscript):
            return _element(machine, node, base_node, subscript)
        case Member(base_node, name):
            return _member(machine, node, base_node, name)
        case Dereference(operand):
            return _pointer(machine, operand)
        case Cast(operand):
            return place(machine, operand)
    value = evaluate(machine, node)
    if isinstance(value, PointerValue):
        return value
    temporary = _temporary(machine, node, value)
    return temporary


def _temporary(machine: Machine, node: Expression, value: Value) -> Local:
    variable = Variable(-1 - len(machine.instances), "temporary", node.type, "automatic", node.type)
    machine.instances[variable] = 0
    machine.write_local((variable, ()), value)
    return Local(variable)


def _element(machine: Machine, node: Expression, base: Expression, subscript: Expression) -> Place:
    array = isinstance(base.type, Array)
    found = place(machine, base) if array else _pointer(machine, base)
    steps = index_value(machine, subscript)
    if isinstance(found, Local):
        known = number_of(steps)
        return Local(found.variable, (*found.path, DYNAMIC if known is None else f"[{known}]"))
    inner = size(machine.complete(node.type))
    if inner is None:
        return UNFOLLOWED
    return found.moved(machine.arithmetic, steps, inner)


def _member(machine: Machine, node: Expression, base: Expression, name: str) -> Place:
    found = place(machine, base)
    if isinstance(found, Local):
        return Local(found.variable, (*found.path, name))
    struct = machine.complete(base.type)
    member = machine.member(struct, name) if isinstance(struct, Struct) else None
    if member is None:
        return UNFOLLOWED
    choices = tuple(
        (given, address and replace(address, offset=address.offset.into(member[0]), path=(*address.path, name)))
        for given, address in found.choices
    )
    return PointerValue(choices)


def _pointer(machine: Machine, node: Expression) -> PointerValue:
    value = evaluate(machine, node)
    return value if isinstance(value, PointerValue) else UNFOLLOWED


def index_value(machine: Machine, node: Expression) -> Term:
    """The value of an integer expression as an index."""
    while isinstance(node, Cast) and is_integer(node.operand.type) and _widens(node.operand.type, node.type):
        node = node.operand
    return machine.arithmetic.to_index(scalar(machine, node), node.type)


def _widens(source: CType, target: CType) -> bool:
    """Whether ``target`` has all values of ``source``."""
    if isinstance(source, Bool):
        return True
    if not isinstance(source, Integer) or not isinstance(target, Integer):
        return False
    return (source.bits < target.bits and (not source.signed or target.signed)) or source == target


def _constant(machine: Machine, node: Expression, value: int | float) -> Value:
    if isinstance(node.type, Pointer):
        return machine.start(NULL)
    if isinstance(value, float):
        return machine.arithmetic.opaque(f"constant {value!r}", node.type, ())
    if isinstance(node.type, Float):
        return machine.arithmetic.opaque(f"constant {float(value)!r}", node.type, ())
    return machine.arithmetic.number(value, node.type)


def _loaded(machine: Machine, node: Expression) -> Value:
    match node:
        case Member(Name(variable), name) if variable.name in machine.builtins and variable.external:
            return machine.builtins[variable.name][name]
        case Name(variable) if variable.name == "warpSize" and variable.external:
            return machine.arithmetic.number(32, node.type)
        case CompoundLiteral(initial):
            return evaluate(machine, initial)
    return read(machine, place(machine, node), node.type, node)


def _address(machine: Machine, operand: Expression) -> Value:
    if isinstance(operand.type, Function):
        return evaluate(machine, operand)
    return address_of(machine, place(machine, operand))


def _cast(machine: Machine, node: Cast, operand: Expression) -> Value:
    source, target = operand.type, node.type
    if isinstance(source, Array):
        return address_of(machine, place(machine, operand))
    if isinstance(target, Bool) and is_integer(source):
        return machine.arithmetic.flag(truth(machine, operand), target)
    value = evaluate(machine, operand)
    match value:
        case PointerValue():
            return value if isinstance(target, Pointer) else machine.unknown(target, "address")
        case FunctionValue():
            return value if isinstance(target, Pointer) else machine.unknown(target, "address")
        case StructValue():
            return value
    if isinstance(target, Pointer):
        known = number_of(value)
        return machine.start(NULL) if known == 0 else machine.unknown(target)
    if is_integer(source) and is_integer(target):
        return machine.arithmetic.convert(value, source, target)
    if isinstance(target, Float | Integer | Bool):
        if isinstance(source, Float) and source == target:
            return value
        return whole(machine, machine.arithmetic.opaque("to", target, (value,)), target)
    return value


def _unary(machine: Machine, node: Expression, operator: str, operand: Expression) -> Value:
    arithmetic = machine.arithmetic
    if operator == "!":
        return arithmetic.flag(truth(machine, node), node.type)
    value = scalar(machine, operand)
    if operator == "+":
        return value
    if not is_integer(node.type):
        return arithmetic.opaque(operator, node.type, (value,))
    minus = arithmetic.binary("-", node.type, arithmetic.number(0, node.type), value)
    return minus if operator == "-" else arithmetic.binary("-", node.type, minus, arithmetic.number(1, node.type))


def _binary(machine: Machine, node: Binary) -> Value:
    if node.operator in ("&&", "||") or node.operator in _COMPARISONS:
        return machine.arithmetic.flag(truth(machine, node), node.type)
    left, right = evaluate(machine, node.left), evaluate(machine, node.right)
    return computed_value(machine, node.operator, node.type, left, node.left.type, right, node.right.type)


def _logical(machine: Machine, operator: str, left: Expression, right: Expression) -> Term:
    first = truth(machine, left)
    if is_true(first) or is_false(first):
        return truth(machine, right) if is_true(first) == (operator == "&&") else first
    found: list[Term] = []
    goes_on = first if operator == "&&" else negate(first)
    machine.choose(goes_on, lambda: found.append(truth(machine, right)), lambda: None)
    return conjunction((first, found[0])) if operator == "&&" else disjunction((first, found[0]))


def _conditional(machine: Machine, node: Expression, given: Expression, yes: Expression, no: Expression) -> Value:
    condition = truth(machine, given)
    if is_true(condition) or is_false(condition):
        return evaluate(machine, yes if is_true(condition) else no)
    found: list[Value] = []
    machine.choose(condition, lambda: found.append(evaluate(machine, yes)), lambda: found.append(evaluate(machine, no)))
    return machine.either(condition, found[0], found[1], node.type)


def assign(
    machine: Machine, node: Expression, target: Expression, operator: str, value: Expression, computed: CType
) -> Value:
    """``target operator= value``; ``node`` is what messages point to."""
    given = evaluate(machine, value)
    where = place(machine, target)
    if operator:
        old = read(machine, where, target.type, target)
        given = compound(machine, operator, target.type, old, given, value.type, computed)
    write(machine, where, given, target.type, target)
    return given


def _increment(machine: Machine, node: Increment) -> Value:
    target = node.target
    where = place(machine, target)
    old = read(machine, where, target.type, target)
    operator = "+" if node.step > 0 else "-"
    computed = target.type if isinstance(target.type, Integer) and target.type.bits >= 32 else INT
    type_of_one = INT if isinstance(old, PointerValue) else computed
    one = machine.arithmetic.number(1, type_of_one)
    new = compound(machine, operator, target.type, old, one, type_of_one, computed)
    write(machine, where, new, target.type, target)
    return new if node.prefix else old


def _comparison(machine: Machine, operator: str, left: Expression, right: Expression) -> Term:
    return compared(machine, operator, left.type, evaluate(machine, left), evaluate(machine, right))
