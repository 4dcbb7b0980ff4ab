"""The procedure division: every statement, with all of its phrases, in alphabetical order (ISO 1989:2002, 14.8)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from transpile.cobol.tree import AddressOf, Always, Condition, Expression, Node, Range, Reference, Relation, Statement

# Phrases that several statements have

RoundingMode: TypeAlias = Literal[
    "TRUNCATION",
    "NEAREST-AWAY-FROM-ZERO",
    "NEAREST-EVEN",
    "NEAREST-TOWARD-ZERO",
    "AWAY-FROM-ZERO",
    "TOWARD-GREATER",
    "TOWARD-LESSER",
    "PROHIBITED",
]


@dataclass(frozen=True, slots=True)
class Receiver(Node):
    """Where a result goes, and how it is rounded; plain ``ROUNDED`` is nearest, away from zero."""

    PARTS = ("target",)
    target: Reference
    rounding: RoundingMode = "TRUNCATION"


@dataclass(frozen=True, slots=True)
class Handler(Node):
    """What to do when something happens (``yes``) or does not (``no``): ON SIZE ERROR, AT END, INVALID KEY, ON
    OVERFLOW, ON EXCEPTION, AT END-OF-PAGE, each with its NOT. None: the phrase is not there."""

    PARTS = ("yes", "no")
    yes: tuple[Statement, ...] | None = None
    no: tuple[Statement, ...] | None = None


# Statements


@dataclass(frozen=True, slots=True)
class Accept(Statement):
    """``source``: empty for the terminal; DATE, DATE YYYYMMDD, DAY, DAY YYYYDDD, DAY-OF-WEEK, TIME, ENVIRONMENT-VALUE,
    ARGUMENT-VALUE …, or a mnemonic name."""

    PARTS = ("target",)
    target: Reference
    source: str = ""


@dataclass(frozen=True, slots=True)
class Add(Statement):
    """``ADD addends TO targets``, or with ``giving`` their sum: then ``to`` holds what stands after TO."""

    PARTS = ("addends", "to", "targets", "on_size_error")
    addends: tuple[Expression, ...]
    targets: tuple[Receiver, ...]
    to: tuple[Expression, ...] = ()
    giving: bool = False
    on_size_error: Handler | None = None


@dataclass(frozen=True, slots=True)
class Corresponding(Statement):
    """``ADD``, ``SUBTRACT`` or ``MOVE CORRESPONDING``."""

    PARTS = ("source", "target", "on_size_error")
    verb: Literal["ADD", "SUBTRACT", "MOVE"]
    source: Reference
    target: Receiver
    on_size_error: Handler | None = None


@dataclass(frozen=True, slots=True)
class Alter(Statement):
    changes: tuple[tuple[Label, Label], ...]


@dataclass(frozen=True, slots=True)
class Argument(Node):
    PARTS = ("value",)
    value: Expression | None
    """None: OMITTED."""
    by: Literal["REFERENCE", "CONTENT", "VALUE"] = "REFERENCE"


@dataclass(frozen=True, slots=True)
class Call(Statement):
    PARTS = ("program", "arguments", "returning", "on_exception")
    program: Expression
    arguments: tuple[Argument, ...]
    returning: Reference | None = None
    on_exception: Handler | None = None
    """ON OVERFLOW too."""


@dataclass(frozen=True, slots=True)
class Cancel(Statement):
    PARTS = ("programs",)
    programs: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Close(Statement):
    """``files`` with how each is closed: LOCK, REEL, UNIT, NO REWIND, REMOVAL, or empty."""

    files: tuple[tuple[Label, str], ...]


@dataclass(frozen=True, slots=True)
class Compute(Statement):
    PARTS = ("targets", "value", "on_size_error")
    targets: tuple[Receiver, ...]
    value: Expression
    on_size_error: Handler | None = None


@dataclass(frozen=True, slots=True)
class Continue(Statement):
    """``CONTINUE``, and an ``EXIT`` that only marks the end of a paragraph."""


@dataclass(frozen=True, slots=True)
class Delete(Statement):
    PARTS = ("on_invalid_key",)
    file: Label
    on_invalid_key: Handler | None = None


@dataclass(frozen=True, slots=True)
class Display(Statement):
    """``upon``: empty for the terminal, SYSERR, or a mnemonic name."""

    PARTS = ("values",)
    values: tuple[Expression, ...]
    upon: str = ""
    advancing: bool = True


@dataclass(frozen=True, slots=True)
class Divide(Statement):
    """``dividend / divisor`` to the targets; without GIVING each target is its own dividend: ``dividend`` is None."""

    PARTS = ("dividend", "divisor", "targets", "remainder", "on_size_error")
    dividend: Expression | None
    divisor: Expression
    targets: tuple[Receiver, ...]
    remainder: Reference | None = None
    on_size_error: Handler | None = None


@dataclass(frozen=True, slots=True)
class Selection(Node):
    """One object of WHEN: ANY (None), a condition, or a range, perhaps negated."""

    PARTS = ("object",)
    object: Condition | Range | None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class When(Node):
    """``choices`` are the WHEN phrases that share the statements; each has as many objects as there are subjects."""

    PARTS = ("choices", "statements")
    choices: tuple[tuple[Selection, ...], ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Evaluate(Statement):
    PARTS = ("subjects", "branches", "other")
    subjects: tuple[Expression | Condition, ...]
    branches: tuple[When, ...]
    other: tuple[Statement, ...] | None = None


@dataclass(frozen=True, slots=True)
class Execute(Statement):
    """``EXEC SQL … END-EXEC``; ``text`` is what stands between, in lines as written."""

    language: str
    text: str
    last_line: int = field(default=0, compare=False)
    """Where END-EXEC stands."""

    @property
    def key(self) -> str:
        """The statement in one line, which is equal where it is the same: ``SQL FETCH C1 INTO :ID``."""
        blank = re.sub(r"('[^']*'|\"[^\"]*\")|\s+", lambda found: found[1] or " ", self.text)
        return f"{self.language} {blank}"

    @property
    def declares(self) -> bool:
        """It does nothing when the program comes to it."""
        words = self.text.upper().split()[:2]
        if self.language != "SQL" or not words:
            return not words
        return words[0] in ("DECLARE", "BEGIN", "END", "WHENEVER", "INCLUDE", "TYPE", "VAR") and words[-1] != "GLOBAL"


@dataclass(frozen=True, slots=True)
class Exit(Statement):
    """Leaves a program, paragraph, section or inline PERFORM; ``CYCLE`` goes on with the next iteration of that."""

    what: Literal["PROGRAM", "PARAGRAPH", "SECTION", "PERFORM", "CYCLE", "FUNCTION"]


@dataclass(frozen=True, slots=True)
class Label(Node):
    """The name of a paragraph, a section or a file, as a statement refers to it."""

    name: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class GoTo(Statement):
    """Several labels with ``depending``; none for the ``GO TO.`` that ALTER sets."""

    PARTS = ("labels", "depending")
    labels: tuple[Label, ...]
    depending: Reference | None = None


@dataclass(frozen=True, slots=True)
class If(Statement):
    """NEXT SENTENCE is the statement ``NextSentence``."""

    PARTS = ("condition", "then", "otherwise")
    condition: Condition
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Initialize(Statement):
    """``replacing``: category and value; ``to_value``: the VALUE clauses count; ``fillers``: FILLER items too."""

    PARTS = ("targets",)
    targets: tuple[Reference, ...]
    replacing: tuple[tuple[str, Expression], ...] = ()
    to_value: bool = False
    fillers: bool = False


@dataclass(frozen=True, slots=True)
class Bound(Node):
    """``BEFORE`` or ``AFTER INITIAL value``."""

    PARTS = ("value",)
    side: Literal["BEFORE", "AFTER"]
    value: Expression


@dataclass(frozen=True, slots=True)
class Tally(Node):
    """``counter FOR what value``; ``value`` is None for CHARACTERS."""

    PARTS = ("counter", "value", "bounds")
    counter: Reference
    what: Literal["CHARACTERS", "ALL", "LEADING", "TRAILING"]
    value: Expression | None
    bounds: tuple[Bound, ...] = ()


@dataclass(frozen=True, slots=True)
class Replacement(Node):
    """``what value BY by``; ``value`` is None for CHARACTERS."""

    PARTS = ("value", "by", "bounds")
    what: Literal["CHARACTERS", "ALL", "LEADING", "FIRST", "TRAILING"]
    value: Expression | None
    by: Expression
    bounds: tuple[Bound, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversion(Node):
    """``CONVERTING value TO to``."""

    PARTS = ("value", "to", "bounds")
    value: Expression
    to: Expression
    bounds: tuple[Bound, ...] = ()


@dataclass(frozen=True, slots=True)
class Inspect(Statement):
    PARTS = ("target", "tallying", "replacing", "converting")
    target: Expression
    tallying: tuple[Tally, ...] = ()
    replacing: tuple[Replacement, ...] = ()
    converting: Conversion | None = None


@dataclass(frozen=True, slots=True)
class Move(Statement):
    PARTS = ("value", "targets")
    value: Expression
    targets: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Multiply(Statement):
    """``left * right`` to the targets; without GIVING each target is its own multiplicand, and ``right`` is None."""

    PARTS = ("left", "right", "targets", "on_size_error")
    left: Expression
    right: Expression | None
    targets: tuple[Receiver, ...]
    on_size_error: Handler | None = None


@dataclass(frozen=True, slots=True)
class NextSentence(Statement):
    pass


OpenMode: TypeAlias = Literal["INPUT", "OUTPUT", "I-O", "EXTEND"]


@dataclass(frozen=True, slots=True)
class Open(Statement):
    """``files`` with the mode of each; REVERSED and NO REWIND are noise on disks."""

    files: tuple[tuple[OpenMode, Label], ...]


@dataclass(frozen=True, slots=True)
class Varying(Node):
    """``VARYING counter FROM start BY step UNTIL until``."""

    PARTS = ("counter", "start", "step", "until")
    counter: Reference
    start: Expression
    step: Expression
    until: Condition


@dataclass(frozen=True, slots=True)
class Perform(Statement):
    """Out of line with ``first`` (and ``last`` after THRU), inline with ``body``. At most one of ``times``, ``until``
    and ``varying`` (with its AFTERs) is given; ``test_after`` for WITH TEST AFTER. ``until`` is ``Always(False)`` for
    UNTIL EXIT."""

    PARTS = ("first", "last", "times", "until", "varying", "body")
    first: Label | None
    last: Label | None = None
    times: Expression | None = None
    until: Condition | None = None
    varying: tuple[Varying, ...] = ()
    test_after: bool = False
    body: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Read(Statement):
    """``direction``: NEXT, PREVIOUS, or empty; ``on_end`` and ``on_invalid_key`` as given."""

    PARTS = ("into", "key", "on_end", "on_invalid_key")
    file: Label
    direction: Literal["", "NEXT", "PREVIOUS"] = ""
    into: Reference | None = None
    key: Reference | None = None
    on_end: Handler | None = None
    on_invalid_key: Handler | None = None


@dataclass(frozen=True, slots=True)
class Release(Statement):
    PARTS = ("record", "value")
    record: Reference
    value: Expression | None = None


@dataclass(frozen=True, slots=True)
class Return(Statement):
    PARTS = ("into", "on_end")
    file: Label
    into: Reference | None = None
    on_end: Handler | None = None


@dataclass(frozen=True, slots=True)
class Rewrite(Statement):
    PARTS = ("record", "value", "on_invalid_key")
    record: Reference
    value: Expression | None = None
    on_invalid_key: Handler | None = None


@dataclass(frozen=True, slots=True)
class SearchBranch(Node):
    PARTS = ("condition", "statements")
    condition: Condition
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Search(Statement):
    """``all``: SEARCH ALL, a binary search."""

    PARTS = ("table", "varying", "branches", "at_end")
    table: Reference
    branches: tuple[SearchBranch, ...]
    varying: Reference | None = None
    all: bool = False
    at_end: tuple[Statement, ...] | None = None


@dataclass(frozen=True, slots=True)
class Set(Statement):
    """``SET targets TO value``, ``UP BY`` or ``DOWN BY``; ON and OFF of switches, TRUE and FALSE of conditions are
    ``Always``."""

    PARTS = ("targets", "value")
    targets: tuple[Reference | AddressOf, ...]
    how: Literal["TO", "UP", "DOWN"]
    value: Expression | Always


@dataclass(frozen=True, slots=True)
class SortKey(Node):
    PARTS = ("fields",)
    ascending: bool
    fields: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Sort(Statement):
    """SORT and MERGE of a file, or SORT of a table: then ``subject`` names it, with neither input nor output."""

    PARTS = ("subject", "keys", "input_procedure", "output_procedure")
    verb: Literal["SORT", "MERGE"]
    subject: Reference
    keys: tuple[SortKey, ...]
    using: tuple[Label, ...] = ()
    giving: tuple[Label, ...] = ()
    input_procedure: tuple[Label, Label | None] | None = None
    output_procedure: tuple[Label, Label | None] | None = None
    duplicates: bool = False
    collating: str = ""


@dataclass(frozen=True, slots=True)
class Start(Statement):
    PARTS = ("key", "on_invalid_key")
    file: Label
    relation: Relation = "="
    key: Reference | None = None
    on_invalid_key: Handler | None = None


@dataclass(frozen=True, slots=True)
class Stop(Statement):
    """``STOP RUN`` and GOBACK of a main program; ``literal`` for ``STOP literal``."""

    PARTS = ("status", "literal")
    status: Expression | None = None
    literal: Expression | None = None


@dataclass(frozen=True, slots=True)
class GoBack(Statement):
    PARTS = ("status",)
    status: Expression | None = None


@dataclass(frozen=True, slots=True)
class StringPart(Node):
    """``values DELIMITED BY delimiter``; None for SIZE."""

    PARTS = ("values", "delimiter")
    values: tuple[Expression, ...]
    delimiter: Expression | None


@dataclass(frozen=True, slots=True)
class StringTogether(Statement):
    """``STRING … INTO``."""

    PARTS = ("parts", "target", "pointer", "on_overflow")
    parts: tuple[StringPart, ...]
    target: Reference
    pointer: Reference | None = None
    on_overflow: Handler | None = None


@dataclass(frozen=True, slots=True)
class Subtract(Statement):
    """``SUBTRACT subtrahends FROM targets``, or with GIVING from ``minuend``."""

    PARTS = ("subtrahends", "minuend", "targets", "on_size_error")
    subtrahends: tuple[Expression, ...]
    targets: tuple[Receiver, ...]
    minuend: Expression | None = None
    on_size_error: Handler | None = None


@dataclass(frozen=True, slots=True)
class UnstringTarget(Node):
    PARTS = ("target", "delimiter", "count")
    target: Reference
    delimiter: Reference | None = None
    count: Reference | None = None


@dataclass(frozen=True, slots=True)
class Unstring(Statement):
    """``delimiters``: the value, and whether ALL of it in a row is one."""

    PARTS = ("source", "targets", "pointer", "tallying", "on_overflow")
    source: Expression
    delimiters: tuple[tuple[Expression, bool], ...]
    targets: tuple[UnstringTarget, ...]
    pointer: Reference | None = None
    tallying: Reference | None = None
    on_overflow: Handler | None = None


@dataclass(frozen=True, slots=True)
class Advancing(Node):
    """``BEFORE`` or ``AFTER ADVANCING``: a number of lines, or PAGE (None), or a mnemonic name."""

    PARTS = ("lines",)
    side: Literal["BEFORE", "AFTER"]
    lines: Expression | None
    mnemonic: str = ""


@dataclass(frozen=True, slots=True)
class Write(Statement):
    PARTS = ("record", "value", "advancing", "on_invalid_key", "on_end_of_page")
    record: Reference
    value: Expression | None = None
    advancing: Advancing | None = None
    on_invalid_key: Handler | None = None
    on_end_of_page: Handler | None = None


@dataclass(frozen=True, slots=True)
class Unsupported(Statement):
    """A statement that is known by name and not translated; ``text`` is all of it."""

    verb: str
    text: str


# The procedure division


@dataclass(frozen=True, slots=True)
class Sentence(Node):
    PARTS = ("statements",)
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Paragraph(Node):
    """``name`` is empty for statements before the first paragraph of a section, or of the division."""

    PARTS = ("sentences",)
    name: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Use(Node):
    """``USE AFTER ERROR PROCEDURE ON`` files or modes; ``text`` for other kinds (debugging, reporting), as written.
    ``globally``: in the programs within this one, too."""

    files: tuple[str, ...] = ()
    modes: tuple[OpenMode, ...] = ()
    text: str = ""
    globally: bool = False


@dataclass(frozen=True, slots=True)
class Section(Node):
    """``name`` is empty for paragraphs before the first section. ``use`` is given in DECLARATIVES."""

    PARTS = ("paragraphs", "use")
    name: str
    paragraphs: tuple[Paragraph, ...]
    use: Use | None = None


@dataclass(frozen=True, slots=True)
class ProcedureDivision(Node):
    PARTS = ("using", "returning", "declaratives", "sections")
    using: tuple[Argument, ...]
    """The ``value`` of each is a reference to an item of the LINKAGE SECTION."""
    declaratives: tuple[Section, ...]
    sections: tuple[Section, ...]
    returning: Reference | None = None
