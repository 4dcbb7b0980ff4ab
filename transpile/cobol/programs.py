"""Programs, with their environment and data divisions, as they are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from transpile.cobol.statements import Execute, ProcedureDivision, SortKey
from transpile.cobol.tree import Expression, Node, Range, Reference

# The data division

Usage: TypeAlias = Literal[
    "DISPLAY",
    "BINARY",
    "COMP-1",
    "COMP-2",
    "COMP-3",
    "COMP-5",
    "COMP-6",
    "COMP-X",
    "INDEX",
    "POINTER",
    "BINARY-CHAR",
    "BINARY-SHORT",
    "BINARY-LONG",
    "BINARY-DOUBLE",
    "NATIONAL",
]
"""COMP and COMP-4 are BINARY, PACKED-DECIMAL is COMP-3."""


@dataclass(frozen=True, slots=True)
class Occurs(Node):
    """``OCCURS low TO high TIMES DEPENDING ON …``; ``low`` is None for a fixed number."""

    PARTS = ("depending", "keys")
    high: int
    low: int | None = None
    depending: Reference | None = None
    keys: tuple[SortKey, ...] = ()
    indexes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConditionName(Node):
    """Level 88."""

    PARTS = ("values", "when_false")
    name: str
    values: tuple[Range, ...]
    when_false: Expression | None = None


@dataclass(frozen=True, slots=True)
class Sign(Node):
    leading: bool
    separate: bool


@dataclass(frozen=True, slots=True)
class Item(Node):
    """A data description entry with the entries below it. ``name`` is empty for FILLER. ``picture`` is the character
    string as written, in upper case. ``usage`` and ``sign`` are None where the clause is not given (a group's count for
    its items)."""

    PARTS = ("sign", "occurs", "value", "conditions", "children")
    level: int
    name: str
    picture: str = ""
    usage: Usage | None = None
    unsigned: bool = False
    """``UNSIGNED`` of BINARY-LONG and its like."""
    sign: Sign | None = None
    occurs: Occurs | None = None
    redefines: str = ""
    renames: tuple[Reference, Reference | None] | None = None
    """Level 66."""
    value: Expression | None = None
    constant: bool = False
    """Level 78, or ``CONSTANT AS``: ``value`` is what the name stands for."""
    justified: bool = False
    synchronized: bool = False
    blank_when_zero: bool = False
    external: bool = False
    globally: bool = False
    conditions: tuple[ConditionName, ...] = ()
    children: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Linage(Node):
    PARTS = ("lines", "footing", "top", "bottom")
    lines: Expression
    footing: Expression | None = None
    top: Expression | None = None
    bottom: Expression | None = None


@dataclass(frozen=True, slots=True)
class FileDescription(Node):
    """FD or SD, with its records. ``record_sizes`` are the bounds of RECORD CONTAINS or VARYING, in bytes."""

    PARTS = ("depending", "linage", "records")
    name: str
    sort: bool
    records: tuple[Item, ...]
    record_sizes: tuple[int | None, int | None] = (None, None)
    varying: bool = False
    depending: Reference | None = None
    linage: Linage | None = None
    external: bool = False
    globally: bool = False
    report: str = ""


@dataclass(frozen=True, slots=True)
class RefusedSection(Node):
    """A section that is known by name and not translated: REPORT, SCREEN, COMMUNICATION; ``names`` are those that it
    declares."""

    name: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataDivision(Node):
    PARTS = ("files", "working_storage", "local_storage", "linkage", "refused", "embedded")
    files: tuple[FileDescription, ...] = ()
    working_storage: tuple[Item, ...] = ()
    local_storage: tuple[Item, ...] = ()
    linkage: tuple[Item, ...] = ()
    refused: tuple[RefusedSection, ...] = ()
    embedded: tuple[Execute, ...] = ()
    """``EXEC … END-EXEC`` among the items: DECLARE SECTION, cursors and the like."""


# The environment division


@dataclass(frozen=True, slots=True)
class FileControl(Node):
    """A SELECT entry. ``assign``: what the file is called outside, a literal or a name."""

    PARTS = ("assign", "record_key", "alternate_keys", "relative_key", "status")
    name: str
    assign: Expression | None
    optional: bool = False
    organization: Literal["SEQUENTIAL", "LINE SEQUENTIAL", "RELATIVE", "INDEXED"] = "SEQUENTIAL"
    access: Literal["SEQUENTIAL", "RANDOM", "DYNAMIC"] = "SEQUENTIAL"
    record_key: Reference | None = None
    alternate_keys: tuple[tuple[Reference, bool], ...] = ()
    """With whether duplicates are allowed."""
    relative_key: Reference | None = None
    status: Reference | None = None


@dataclass(frozen=True, slots=True)
class Alphabet(Node):
    """``kind``: STANDARD-1, STANDARD-2, NATIVE, ASCII, EBCDIC, or empty where ``ranges`` say the order; each is a
    range, or values that are equal (ALSO)."""

    PARTS = ("ranges",)
    name: str
    kind: str = ""
    ranges: tuple[tuple[Range, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class CharacterClass(Node):
    PARTS = ("ranges",)
    name: str
    ranges: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class SpecialNames(Node):
    """``mnemonics``: mnemonic name to the device (or feature) that it stands for. ``switches``: condition name to
    the switch and whether it means on."""

    PARTS = ("alphabets", "classes")
    decimal_comma: bool = False
    currency: str = "$"
    mnemonics: tuple[tuple[str, str], ...] = ()
    switches: tuple[tuple[str, str, bool], ...] = ()
    alphabets: tuple[Alphabet, ...] = ()
    classes: tuple[CharacterClass, ...] = ()
    symbolic: tuple[tuple[str, int], ...] = ()
    """SYMBOLIC CHARACTERS: name and ordinal position, from 1."""
    sign: Sign | None = None


@dataclass(frozen=True, slots=True)
class EnvironmentDivision(Node):
    PARTS = ("special_names", "files")
    special_names: SpecialNames
    files: tuple[FileControl, ...] = ()
    collating: str = ""
    """PROGRAM COLLATING SEQUENCE: the name of an alphabet."""
    debugging: bool = False
    same_record_areas: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Program(Node):
    """One program; ``programs`` are those nested in it."""

    PARTS = ("environment", "data", "procedure", "programs")
    name: str
    environment: EnvironmentDivision
    data: DataDivision
    procedure: ProcedureDivision | None
    programs: tuple[Program, ...] = ()
    initial: bool = False
    common: bool = False
    recursive: bool = False
