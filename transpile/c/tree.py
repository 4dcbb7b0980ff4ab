"""The syntax tree of C: what a program says, with every type and every conversion spelled out.

Each node has the place in the user's file where it stands (``span``), each expression its ``type``. Two nodes are equal
when they mean the same; their places, and how a number was written, do not count. Names refer to ``Variable`` objects,
so that two variables of one name in different scopes are different. Trees are immutable: ``transpile.c.walking`` makes
new ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeAlias

from transpile.c.types import CType
from transpile.errors import Span

Storage: TypeAlias = Literal["automatic", "static", "parameter", "global", "function"]


@dataclass(frozen=True, slots=True)
class Variable:
    """One declared object or function; ``number`` is its identity within a unit.

    ``declared`` is the type as written where ``type`` is what it means: parameters ``double a[n][m]`` are pointers.
    ``const`` and ``volatile`` are qualifiers of the object itself. ``attributes`` are those of its declarations, as
    written.
    """

    number: int
    name: str = field(compare=False)
    type: CType = field(compare=False, repr=False)
    storage: Storage = field(compare=False)
    declared: CType = field(compare=False, repr=False)
    const: bool = field(default=False, compare=False, repr=False)
    volatile: bool = field(default=False, compare=False, repr=False)
    external: bool = field(default=False, compare=False, repr=False)
    attributes: tuple[str, ...] = field(default=(), compare=False, repr=False)
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """``PARTS`` names the fields that hold nodes, in the order of the text."""

    PARTS: ClassVar[tuple[str, ...]] = ()
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression(Node):
    type: CType = field(repr=False)


# Expressions, in the order of C11 6.5


@dataclass(frozen=True, slots=True)
class Constant(Expression):
    """A number, a character or an enumerator. ``text`` is how it was written; ``macro`` names the macro that stood for
    it, if one did: after ``#define N 8``, ``N`` is ``Constant(8, "8", "N")``."""

    value: int | float
    text: str = field(compare=False)
    macro: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class String(Expression):
    """String literals, as written: adjacent ones are one node."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name(Expression):
    variable: Variable


@dataclass(frozen=True, slots=True)
class Index(Expression):
    """``base[subscript]``; the base is an array or a pointer, never the other way round."""

    PARTS: ClassVar[tuple[str, ...]] = ("base", "subscript")
    base: Expression
    subscript: Expression


@dataclass(frozen=True, slots=True)
class Member(Expression):
    """``base.name``; ``base->name`` is the member of a ``Dereference``. The name is empty for a step into an anonymous
    structure."""

    PARTS: ClassVar[tuple[str, ...]] = ("base",)
    base: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """A call of a function by its name. ``assert(x)`` is one, too."""

    PARTS: ClassVar[tuple[str, ...]] = ("arguments",)
    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class CallThrough(Expression):
    """A call through a pointer."""

    PARTS: ClassVar[tuple[str, ...]] = ("pointer", "arguments")
    pointer: Expression
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Increment(Expression):
    """``++x``, ``x++``, ``--x`` and ``x--``; ``step`` is 1 or -1."""

    PARTS: ClassVar[tuple[str, ...]] = ("target",)
    target: Expression
    step: int
    prefix: bool


@dataclass(frozen=True, slots=True)
class CompoundLiteral(Expression):
    """``(struct point){1, 2}``."""

    PARTS: ClassVar[tuple[str, ...]] = ("initial",)
    initial: InitializerList


@dataclass(frozen=True, slots=True)
class AddressOf(Expression):
    PARTS: ClassVar[tuple[str, ...]] = ("operand",)
    operand: Expression


@dataclass(frozen=True, slots=True)
class Dereference(Expression):
    PARTS: ClassVar[tuple[str, ...]] = ("operand",)
    operand: Expression


@dataclass(frozen=True, slots=True)
class Unary(Expression):
    """``operator`` is one of ``+ - ~ !``."""

    PARTS: ClassVar[tuple[str, ...]] = ("operand",)
    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class SizeOf(Expression):
    """``sizeof`` of a type, or of an expression that is not evaluated; ``alignment`` for ``_Alignof``."""

    PARTS: ClassVar[tuple[str, ...]] = ("operand",)
    of: CType
    operand: Expression | None = None
    alignment: bool = False


@dataclass(frozen=True, slots=True)
class Cast(Expression):
    """A conversion to ``type``; ``implicit`` when C makes it without being asked. Arrays and functions that become
    pointers are such, too."""

    PARTS: ClassVar[tuple[str, ...]] = ("operand",)
    operand: Expression
    implicit: bool = False


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    """Arithmetic, shifts, comparisons, ``&& ||``. Operands have been converted to the type of the computation."""

    PARTS: ClassVar[tuple[str, ...]] = ("left", "right")
    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Conditional(Expression):
    PARTS: ClassVar[tuple[str, ...]] = ("condition", "yes", "no")
    condition: Expression
    yes: Expression
    no: Expression


@dataclass(frozen=True, slots=True)
class Assignment(Expression):
    """An assignment whose value is used, or that stands in a comma expression; see ``Assign`` for the fields."""

    PARTS: ClassVar[tuple[str, ...]] = ("target", "value")
    target: Expression
    operator: str
    value: Expression
    computed: CType


@dataclass(frozen=True, slots=True)
class Comma(Expression):
    PARTS: ClassVar[tuple[str, ...]] = ("left", "right")
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Designator(Node):
    """``.name``, ``[first]``, or ``[first ... last]`` of GNU C."""

    PARTS: ClassVar[tuple[str, ...]] = ("first", "last")
    name: str = ""
    first: Expression | None = None
    last: Expression | None = None


@dataclass(frozen=True, slots=True)
class Item(Node):
    """One element of an initialiser list, as written."""

    PARTS: ClassVar[tuple[str, ...]] = ("designators", "value")
    designators: tuple[Designator, ...]
    value: Expression


@dataclass(frozen=True, slots=True)
class InitializerList(Expression):
    """``{1, [3] = 2, .x = 4}``; ``type`` is that of the object it fills."""

    PARTS: ClassVar[tuple[str, ...]] = ("items",)
    items: tuple[Item, ...]


# Statements, in the order of C11 6.7 and 6.8


@dataclass(frozen=True, slots=True)
class Pragma:
    """``#pragma`` and what follows it, as one line."""

    text: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Notes:
    """What stands around a statement: comments as written, and the pragmas before it."""

    leading: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()
    pragmas: tuple[Pragma, ...] = ()


NO_NOTES = Notes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Node):
    notes: Notes = field(default=NO_NOTES, compare=False)


@dataclass(frozen=True, slots=True)
class Declare(Statement):
    """The declaration of one variable: ``int i, j = 1;`` are two of these. ``initial`` has the variable's type."""

    PARTS: ClassVar[tuple[str, ...]] = ("initial",)
    variable: Variable
    initial: Expression | None = None


@dataclass(frozen=True, slots=True)
class Definition(Statement):
    """A typedef, structure or enumeration within a function, or a prototype there, as preprocessed text."""

    text: str


@dataclass(frozen=True, slots=True)
class Assign(Statement):
    """``target = value;``, or ``target operator= value;`` where ``operator`` is not empty.

    The latter is computed in the type ``computed``, to which ``value`` has been converted but for shifts and pointers,
    and the result goes back into the type of the target.
    """

    PARTS: ClassVar[tuple[str, ...]] = ("target", "value")
    target: Expression
    operator: str
    value: Expression
    computed: CType


@dataclass(frozen=True, slots=True)
class Evaluate(Statement):
    """An expression for its effects: a call, ``i++``, or a comma expression."""

    PARTS: ClassVar[tuple[str, ...]] = ("expression",)
    expression: Expression


@dataclass(frozen=True, slots=True)
class Empty(Statement):
    """``;``"""


@dataclass(frozen=True, slots=True)
class Block(Statement):
    """``opening`` are comments behind the brace that opens it, ``closing`` those before the one that closes it."""

    PARTS: ClassVar[tuple[str, ...]] = ("statements",)
    statements: tuple[Statement, ...]
    opening: tuple[str, ...] = field(default=(), compare=False)
    closing: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class If(Statement):
    PARTS: ClassVar[tuple[str, ...]] = ("condition", "then", "otherwise")
    condition: Expression
    then: Statement
    otherwise: Statement | None = None


@dataclass(frozen=True, slots=True)
class For(Statement):
    """``initial`` holds nothing, one statement, or several declarations; ``step`` is ``Assign`` or ``Evaluate``."""

    PARTS: ClassVar[tuple[str, ...]] = ("initial", "condition", "step", "body")
    initial: tuple[Statement, ...]
    condition: Expression | None
    step: Statement | None
    body: Statement


@dataclass(frozen=True, slots=True)
class While(Statement):
    PARTS: ClassVar[tuple[str, ...]] = ("condition", "body")
    condition: Expression
    body: Statement


@dataclass(frozen=True, slots=True)
class DoWhile(Statement):
    PARTS: ClassVar[tuple[str, ...]] = ("body", "condition")
    body: Statement
    condition: Expression


@dataclass(frozen=True, slots=True)
class Switch(Statement):
    PARTS: ClassVar[tuple[str, ...]] = ("subject", "body")
    subject: Expression
    body: Statement


@dataclass(frozen=True, slots=True)
class Case(Statement):
    """``case value:`` with the statements up to the next one; ``default:`` has no value. Control falls through."""

    PARTS: ClassVar[tuple[str, ...]] = ("value", "last", "body")
    value: Expression | None
    body: tuple[Statement, ...]
    last: Expression | None = None


@dataclass(frozen=True, slots=True)
class Break(Statement):
    """``break;``"""


@dataclass(frozen=True, slots=True)
class Continue(Statement):
    """``continue;``"""


@dataclass(frozen=True, slots=True)
class Return(Statement):
    PARTS: ClassVar[tuple[str, ...]] = ("value",)
    value: Expression | None = None


@dataclass(frozen=True, slots=True)
class Goto(Statement):
    label: str


@dataclass(frozen=True, slots=True)
class Label(Statement):
    PARTS: ClassVar[tuple[str, ...]] = ("statement",)
    name: str
    statement: Statement
