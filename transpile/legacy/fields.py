"""What a program remembers: records, their fields, and tables of them.

A record whose fields have values of their own is plain. Where bytes are shared (one field lies over another, or a group
is moved as a whole), the record is an area of bytes, and fields are views of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from transpile.legacy.types import Floating, Number, Text

Coding: TypeAlias = Literal["display", "binary", "packed", "native", "float", "text", "index", "pointer"]
"""How a value is kept in bytes: digits as characters, big-endian binary, packed decimal, binary of the machine …"""


@dataclass(frozen=True, slots=True)
class View:
    """Where a field lies: ``offset`` and ``size`` in bytes, from the start of its record (of the first element, within
    tables). ``leading`` and ``separate`` say where the sign of digits is."""

    offset: int
    size: int
    coding: Coding
    leading: bool = False
    separate: bool = False


@dataclass(frozen=True, slots=True)
class Dimension:
    """A table's number of elements, the bytes from one to the next, and the field that says how many count now."""

    count: int
    stride: int
    depending: Field | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """An elementary field, or a group of ``members``.

    ``name`` is what a program in the new language calls it, in words: ``("net", "pay")``; ``origin`` is what it was
    called. ``dimensions`` are those of the tables around it and its own, the outermost first. ``shared``: its bytes are
    seen otherwise than through itself, so that it is a view; groups are shared if any of their members is, or they are
    used as a whole. ``initial`` is its value at the start.
    """

    number: int
    name: tuple[str, ...] = field(compare=False)
    origin: str = field(compare=False)
    type: Number | Floating | Text | None = field(compare=False)
    """None for groups."""
    view: View = field(compare=False, repr=False)
    dimensions: tuple[Dimension, ...] = field(default=(), compare=False, repr=False)
    members: tuple[Field, ...] = field(default=(), compare=False, repr=False)
    shared: bool = field(default=False, compare=False)
    initial: int | str | float | bytes | None = field(default=None, compare=False, repr=False)
    """Of numbers in units of the last digit."""
    beyond: Number | None = field(default=None, compare=False, repr=False)
    """What it may hold where a loop counts it, or something is counted in it, beyond its type."""
    remark: str = field(default="", compare=False, repr=False)
    """What the old program said of it beside its type, for a comment."""


@dataclass(frozen=True, slots=True)
class Record:
    """A field that is in no other, with what lies over it. ``parameter``: it belongs to the caller."""

    root: Field
    overlays: tuple[Field, ...] = ()
    parameter: bool = False
    local: bool = False
    """It is new at every call."""
    external: str = ""
    """All programs of a run that name it so have the same one."""
    reason: str = ""
    """Why it is an area of bytes, in words for the user; empty where it is plain."""
