"""C types, as an LP64 machine with the System V ABI has them, with their sizes.

Qualifiers belong to objects: ``Pointer.const`` says that what it points to is constant, and a constant variable is said
by its declaration. ``alias`` is the name a type was written with (``uint8_t``, ``enum colour``); it is not compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from transpile.c.tree import Expression


@dataclass(frozen=True, slots=True)
class Void:
    """``void``."""

    alias: str = field(default="", compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Bool:
    """``_Bool``, or ``bool`` of C++."""

    alias: str = field(default="", compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Integer:
    """``name`` is the canonical spelling: ``long`` and ``long long`` differ, ``int`` and ``signed`` do not."""

    bits: int
    signed: bool
    name: str
    alias: str = field(default="", compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Float:
    """32, 64, 80 (``long double``) or 128 (``_Float128``) bits."""

    bits: int
    alias: str = field(default="", compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Pointer:
    """``const`` and ``volatile`` say what it points to, ``restrict`` the pointer itself."""

    to: CType
    const: bool = False
    restrict: bool = field(default=False, compare=False)
    volatile: bool = False
    alias: str = field(default="", compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Reference:
    """The type of a C++ reference parameter; names of such have the type ``to``."""

    to: CType
    const: bool = False
    alias: str = field(default="", compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Array:
    """``extent`` is the bound as written. ``length`` is its value: None when it varies or is not given."""

    of: CType
    length: int | None = None
    extent: Expression | None = field(default=None, compare=False)
    alias: str = field(default="", compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Field:
    """A member; its name is empty for an anonymous structure. ``width`` is the width of a bit-field."""

    name: str
    type: CType
    width: int | None = None
    const: bool = False


@dataclass(frozen=True, slots=True)
class Struct:
    """A structure or union, known by ``name`` as it is written: ``struct point``, or ``point`` when only a typedef
    names it. Inside itself ``fields`` is None; ``Unit.complete`` gives it whole."""

    name: str
    fields: tuple[Field, ...] | None = field(default=None, compare=False)
    union: bool = False
    alias: str = field(default="", compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Function:
    """``prototyped`` is false for ``int f()`` of C, which says nothing of its parameters."""

    result: CType
    parameters: tuple[CType, ...] = ()
    variadic: bool = False
    prototyped: bool = True
    alias: str = field(default="", compare=False, kw_only=True)


CType: TypeAlias = Void | Bool | Integer | Float | Pointer | Reference | Array | Struct | Function
Arithmetic: TypeAlias = Bool | Integer | Float

VOID = Void()
BOOL = Bool()
CHAR = Integer(8, True, "char")
SIGNED_CHAR = Integer(8, True, "signed char")
UNSIGNED_CHAR = Integer(8, False, "unsigned char")
SHORT = Integer(16, True, "short")
UNSIGNED_SHORT = Integer(16, False, "unsigned short")
INT = Integer(32, True, "int")
UNSIGNED = Integer(32, False, "unsigned int")
LONG = Integer(64, True, "long")
UNSIGNED_LONG = Integer(64, False, "unsigned long")
LONG_LONG = Integer(64, True, "long long")
UNSIGNED_LONG_LONG = Integer(64, False, "unsigned long long")
INT128 = Integer(128, True, "__int128")
UNSIGNED_INT128 = Integer(128, False, "unsigned __int128")
FLOAT = Float(32)
DOUBLE = Float(64)
LONG_DOUBLE = Float(80)
FLOAT128 = Float(128)


def is_integer(type: CType) -> bool:
    return isinstance(type, Bool | Integer)


def is_arithmetic(type: CType) -> bool:
    return isinstance(type, Bool | Integer | Float)


def is_scalar(type: CType) -> bool:
    return isinstance(type, Bool | Integer | Float | Pointer)


def limits(type: CType) -> tuple[int, int] | None:
    """The smallest and the largest value of an integer type; None for others."""
    match type:
        case Bool():
            return 0, 1
        case Integer(bits, signed):
            low = -(1 << (bits - 1)) if signed else 0
            return low, low + (1 << bits) - 1
    return None


def element(type: CType) -> CType | None:
    """What a pointer points to or an array consists of; None for other types."""
    match type:
        case Pointer(to):
            return to
        case Array(of):
            return of
    return None


def size(type: CType) -> int | None:
    """``sizeof`` in bytes; None for what has no size, or none that is known before the program runs."""
    match type:
        case Bool():
            return 1
        case Void() | Function():
            return 1  # as GNU C has it, for arithmetic on void pointers
        case Integer(bits):
            return bits // 8
        case Float(bits):
            return 16 if bits > 64 else bits // 8
        case Pointer():
            return 8
        case Reference(to):
            return size(to)
        case Array(of, length):
            whole = size(of)
            return None if whole is None or length is None else whole * length
    found = layout(type)
    return found[1] if found else None


def alignment(type: CType) -> int:
    """``_Alignof`` in bytes."""
    match type:
        case Array(of):
            return alignment(of)
        case Struct(_, fields):
            return max((alignment(f.type) for f in fields or () if f.name or f.width is None), default=1)
    return size(type) or 1


def layout(struct: Struct) -> tuple[tuple[int, ...], int] | None:
    """The byte offset of each field and the size of the whole; None when the structure is incomplete.

    A bit-field's offset is that of the byte which holds its first bit.
    """
    if struct.fields is None:
        return None
    offsets: list[int] = []
    bit = end = 0
    for member in struct.fields:
        whole = size(member.type)
        if whole is None:
            whole = 0  # a flexible array member
        start = 0 if struct.union else _start(bit, member, whole * 8)
        offsets.append(start // 8)
        bit = start + (whole * 8 if member.width is None else member.width)
        end = max(end, bit)
    align = alignment(struct)
    return tuple(offsets), -(-end // (8 * align)) * align


def _start(bit: int, member: Field, bits: int) -> int:
    """The first bit of ``member`` when the fields before it end at ``bit``."""
    unit = alignment(member.type) * 8
    if member.width is None or member.width == 0:
        return -(-bit // unit) * unit
    return bit if bit // bits == (bit + member.width - 1) // bits else -(-bit // unit) * unit


def members(struct: Struct) -> Iterator[tuple[tuple[Field, ...], Field]]:
    """Every named member with the anonymous structures that lead to it."""
    for member in struct.fields or ():
        if member.name:
            yield (), member
        elif isinstance(member.type, Struct):
            for path, inner in members(member.type):
                yield (member, *path), inner
