"""What a caller knows about the arguments of a function: how large its arrays are, and what their elements mean.

Formulas are C expressions over the scalar parameters and elements of index arrays, as text or as trees:
``n * m``, ``row[n]``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from transpile.c.tree import Expression

Formula: TypeAlias = str | Expression
Access: TypeAlias = Literal["in", "out", "inout", "scratch"]


@dataclass(frozen=True, slots=True)
class Plain:
    """Any values of the element's type."""

    says = "any values"


@dataclass(frozen=True, slots=True)
class Subscripts:
    """Whole numbers from 0 up to and without ``limit``: subscripts of another array, bins of a histogram, lengths."""

    limit: Formula

    says = "subscripts"


@dataclass(frozen=True, slots=True)
class RowPointers:
    """Where the rows of a sparse matrix start: ascending from 0. The last is ``total``; without one, any number."""

    total: Formula | None = None

    says = "ascending row pointers"


@dataclass(frozen=True, slots=True)
class Among:
    """Only these values."""

    values: tuple[float, ...]

    says = "a few values"


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes that are read from memory, such as ``n[0]``: each element takes the values of a size."""

    says = "sizes"


Role: TypeAlias = Plain | Subscripts | RowPointers | Among | Sizes
PLAIN = Plain()
FLAGS = Among((0, 1))


@dataclass(frozen=True, slots=True)
class Shape:
    """An array parameter. ``extent`` counts elements of the type that it points to. ``access`` as the function uses it:
    ``out`` is written before it is read, ``scratch`` too, but what it holds in the end means nothing. Without a
    ``role``, one is inferred."""

    name: str
    extent: Formula
    access: Access = "inout"
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Scalar:
    """The only values that a scalar parameter may take."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """``requires`` are conditions on the scalars that every call meets. ``distinct``: arrays do not overlap, whether
    ``restrict`` says so or not. Both are assumptions, and reported as such."""

    shapes: tuple[Shape, ...] = ()
    scalars: tuple[Scalar, ...] = ()
    requires: tuple[Formula, ...] = ()
    distinct: bool = False
