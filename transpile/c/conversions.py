"""The implicit conversions of C11 6.3 and 6.5: which type an operation is done in."""

from __future__ import annotations

from transpile.c.types import (
    DOUBLE,
    INT,
    UNSIGNED,
    Arithmetic,
    Array,
    Bool,
    CType,
    Float,
    Function,
    Integer,
    Pointer,
    Reference,
    Struct,
    Void,
)

_RANKS = {"char": 1, "short": 2, "int": 3, "long": 4, "long long": 5, "__int128": 6}


def rank(type: Bool | Integer) -> int:
    """6.3.1.1: ``long`` ranks below ``long long`` though they have one size."""
    if isinstance(type, Bool):
        return 0
    return _RANKS[type.name.removeprefix("unsigned ").removeprefix("signed ")]


def promoted(type: Arithmetic) -> Arithmetic:
    """6.3.1.1p2, the integer promotions: ``char`` becomes ``int``; floating types stay."""
    if isinstance(type, Float) or rank(type) > rank(INT):
        return plain(type)
    if isinstance(type, Integer) and type.bits == 32 and not type.signed:
        return UNSIGNED
    return INT


def default_promoted(type: CType) -> CType:
    """6.5.2.2p6: what an argument becomes where no prototype says otherwise."""
    if isinstance(type, Float):
        return DOUBLE if type.bits < 64 else plain(type)
    return promoted(type) if isinstance(type, Bool | Integer) else type


def common(left: Arithmetic, right: Arithmetic) -> Arithmetic:
    """6.3.1.8, the usual arithmetic conversions: the type in which ``left + right`` is computed."""
    if isinstance(left, Float) or isinstance(right, Float):
        floats = [type for type in (left, right) if isinstance(type, Float)]
        return plain(max(floats, key=lambda type: type.bits))
    left, right = promoted(left), promoted(right)
    assert isinstance(left, Integer) and isinstance(right, Integer)
    if left.signed == right.signed:
        return left if rank(left) >= rank(right) else right
    unsigned, signed = (right, left) if left.signed else (left, right)
    if rank(unsigned) >= rank(signed):
        return unsigned
    if signed.bits > unsigned.bits:
        return signed
    return Integer(signed.bits, False, f"unsigned {signed.name}")


def plain(type: Arithmetic) -> Arithmetic:
    """``type`` without the name of a typedef: the result of an operation has no alias."""
    if not type.alias:
        return type
    match type:
        case Integer(bits, signed, name):
            return Integer(bits, signed, name)
        case Float(bits):
            return Float(bits)
    return Bool()


def decayed(type: CType, const: bool = False) -> CType:
    """6.3.2.1: arrays and functions as pointers; ``const`` when the array is constant."""
    match type:
        case Array(of):
            return Pointer(of, const)
        case Function():
            return Pointer(type)
    return type


def compatible(left: CType, right: CType) -> bool:
    """6.2.7, without qualifiers. Arrays of unknown length fit any length."""
    match left, right:
        case (Pointer(a), Pointer(b)):
            return compatible(a, b)
        case (Array(a, n), Array(b, m)):
            return compatible(a, b) and (n is None or m is None or n == m)
        case (Function(), Function()):
            return compatible(left.result, right.result) and _same_parameters(left, right)
        case (Reference(a), Reference(b)):
            return compatible(a, b)
    return left == right


def _same_parameters(left: Function, right: Function) -> bool:
    if not (left.prototyped and right.prototyped):
        return True
    same = len(left.parameters) == len(right.parameters) and left.variadic == right.variadic
    return same and all(map(compatible, left.parameters, right.parameters))


def composite(left: CType, right: CType) -> CType | None:
    """The type of ``c ? left : right`` for operands that are not both arithmetic; None when they do not go together."""
    match left, right:
        case (Void(), _) | (_, Void()):
            return Void()
        case (Pointer(), Pointer()):
            return _composite_pointer(left, right)
        case (Pointer(), Integer() | Bool()):
            return left
        case (Integer() | Bool(), Pointer()):
            return right
        case (Struct(), Struct()) if left == right:
            return left
    return None


def _composite_pointer(left: Pointer, right: Pointer) -> Pointer:
    to = left.to
    if isinstance(right.to, Void) or (isinstance(to, Array) and to.length is None):
        to = right.to
    return Pointer(to, left.const or right.const, volatile=left.volatile or right.volatile)


def assignable(target: CType, value: CType) -> str:
    """How a value goes into an object: empty for good, ``"warning"`` as compilers do, or ``"error"``."""
    match target, value:
        case (Bool() | Integer() | Float(), Bool() | Integer() | Float()) | (Bool(), Pointer()):
            return ""
        case (Pointer(), Pointer()):
            return "" if _pointers_mix(target, value) else "warning"
        case (Pointer(), Integer() | Bool()) | (Integer(), Pointer()):
            return "warning"
        case (Struct(), Struct()) if target == value:
            return ""
    return "error"


def _pointers_mix(target: Pointer, value: Pointer) -> bool:
    if (value.const and not target.const) or (value.volatile and not target.volatile):
        return False
    return isinstance(target.to, Void) or isinstance(value.to, Void) or compatible(target.to, value.to)
