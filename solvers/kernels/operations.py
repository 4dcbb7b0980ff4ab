"""Operations on values: arithmetic and comparisons of numbers, and what C can do with pointers."""

from __future__ import annotations

from transpile.c.types import INT, CType, element, is_integer, size
from transpile.solvers.kernels.logic import Scope, Term, conjunction, disjunction, negate
from transpile.solvers.kernels.machine import Machine
from transpile.solvers.kernels.values import (
    NULL,
    UNFOLLOWED,
    FunctionValue,
    PointerValue,
    StructValue,
    Value,
)


def whole(machine: Machine, value: Term, type: CType) -> Term:
    """``value``, of which nothing is known, within the limits of ``type``."""
    return machine.arithmetic.convert(value, type, type) if is_integer(type) else value


def computed_value(
    machine: Machine, operator: str, type: CType, left: Value, left_type: CType, right: Value, right_type: CType
) -> Value:
    """``left operator right`` in ``type``."""
    arithmetic = machine.arithmetic
    if isinstance(right, PointerValue) and operator == "+":
        left, right, left_type, right_type = right, left, right_type, left_type
    if isinstance(left, PointerValue):
        if isinstance(right, PointerValue | FunctionValue | StructValue):
            return machine.unknown(type, "distance")
        steps = arithmetic.to_index(right, right_type)
        steps = arithmetic.index(0) - steps if operator == "-" else steps
        to = element(left_type)
        bytes_ = size(machine.complete(to)) if to is not None else None
        return UNFOLLOWED if bytes_ is None else left.moved(arithmetic, steps, bytes_)
    plain = not isinstance(left, FunctionValue | StructValue)
    if isinstance(right, PointerValue | FunctionValue | StructValue) or not plain:
        return machine.unknown(type)
    if not is_integer(type):
        return arithmetic.opaque(operator, type, (left, right))
    if operator in ("<<", ">>"):
        right = arithmetic.convert(right, right_type, type)
    return arithmetic.binary(operator, type, left, right)


def compound(
    machine: Machine, operator: str, type: CType, old: Value, given: Value, given_type: CType, computed: CType
) -> Value:
    """``old operator given``, computed in ``computed``, as a value of ``type``."""
    arithmetic = machine.arithmetic
    if isinstance(old, PointerValue):
        return computed_value(machine, operator, type, old, type, given, given_type)
    if isinstance(old, FunctionValue | StructValue):
        return machine.unknown(type)
    if is_integer(type) and is_integer(computed):
        found = computed_value(
            machine, operator, computed, arithmetic.convert(old, type, computed), computed, given, given_type
        )
        plain = not isinstance(found, PointerValue | FunctionValue | StructValue)
        return arithmetic.convert(found, computed, type) if plain else found
    if isinstance(given, PointerValue | FunctionValue | StructValue):
        return machine.unknown(type)
    return whole(machine, arithmetic.opaque(f"{operator}=", type, (old, given)), type)


def _same_pointer(machine: Machine, operator: str, first: PointerValue, second: PointerValue) -> Term:
    """Only whether pointers are null is known."""
    for one, other in ((first, second), (second, first)):
        bases = [address.base if address else None for _, address in one.choices]
        if bases == [NULL] and operator in ("==", "!=") and all(address for _, address in other.choices):
            null = disjunction(given for given, address in other.choices if address and address.base == NULL)
            return null if operator == "==" else negate(null)
    return machine.arithmetic.truth(machine.arithmetic.symbol("pointer", INT, Scope.THREAD), INT)


def _same_function(machine: Machine, operator: str, first: FunctionValue, second: FunctionValue) -> Term:
    known = all(name for value in (first, second) for _, name in value.choices)
    if not known or operator not in ("==", "!="):
        return machine.arithmetic.truth(machine.arithmetic.symbol("function", INT, Scope.THREAD), INT)
    same = disjunction(
        conjunction((given, other_given))
        for given, name in first.choices
        for other_given, other in second.choices
        if name == other
    )
    return same if operator == "==" else negate(same)


def compared(machine: Machine, operator: str, type: CType, first: Value, second: Value) -> Term:
    """``first operator second``, both of ``type``."""
    arithmetic = machine.arithmetic
    match first, second:
        case PointerValue(), PointerValue():
            return _same_pointer(machine, operator, first, second)
        case FunctionValue(), FunctionValue():
            return _same_function(machine, operator, first, second)
    kinds = PointerValue | FunctionValue | StructValue
    if isinstance(first, kinds) or isinstance(second, kinds):
        return arithmetic.truth(arithmetic.symbol("pointer", INT, Scope.THREAD), INT)
    if not is_integer(type):
        return arithmetic.truth(arithmetic.opaque(operator, INT, (first, second)), INT)
    return arithmetic.compare(operator, type, first, second)
