"""Whether two pieces of code do the same, operation by operation: the body of a loop and the body of a kernel.

What is compared are typed trees. They match when every operation, conversion and access is the same and in the same
order; names may differ. Nothing is reordered and no algebra is done on floating point, so that a match means equal bits
wherever the operations themselves give equal bits. Integers may be computed in a wider type than C's signed one, which
changes nothing where C is defined (C11 6.5p5).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from transpile.c.constants import integer_of
from transpile.c.tree import (
    Binary,
    Block,
    Call,
    Cast,
    Declare,
    Empty,
    Expression,
    Name,
    Node,
    Statement,
    Unary,
    Variable,
)
from transpile.c.types import DOUBLE, Array, Bool, CType, Integer, Pointer, is_arithmetic, is_integer
from transpile.errors import Span
from transpile.loops.libc import PURE
from transpile.matching.forms import plain


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The first place where the two differ: in the C file, and in the CUDA file."""

    message: str
    ours: Span
    theirs: Span


@dataclass(slots=True)
class Names:
    """What the names of the CUDA side mean. A name that is not here matches nothing.

    ``meaning`` gives variables as expressions of the C side, ``functions`` the C functions that those of the CUDA side,
    by their names, are known to agree with.
    """

    meaning: dict[Variable, Expression] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)

    def pair(self, theirs: Variable, ours: Variable, span: Span) -> None:
        """The variable ``theirs`` is from now on what the C side calls ``ours``."""
        self.meaning[theirs] = Name(span=span, type=ours.type, variable=ours)


_MEMORY = ("shared", "constant", "device", "managed")
"""Attributes of variables that are not the thread's own."""


class _Differ(Exception):
    def __init__(self, mismatch: Mismatch) -> None:
        super().__init__(mismatch.message)
        self.mismatch = mismatch


def match_statements(ours: Sequence[Statement], theirs: Sequence[Statement], names: Names) -> Mismatch | None:
    """The first difference between two sequences of statements; None when there is none.

    Variables that ``theirs`` declares are added to ``names``.
    """
    try:
        _Matcher(names).sequence(ours, theirs)
    except _Differ as found:
        return found.mismatch
    return None


def match_expressions(ours: Expression, theirs: Expression, names: Names) -> Mismatch | None:
    """The same for two expressions."""
    try:
        _Matcher(names).expression(ours, theirs)
    except _Differ as found:
        return found.mismatch
    return None


def flat(statements: Sequence[Statement]) -> Iterator[Statement]:
    """The statements without braces that mean nothing and without ``;``. Scopes do not count: variables are objects."""
    for statement in statements:
        match statement:
            case Block():
                yield from flat(statement.statements)
            case Empty():
                pass
            case _:
                yield statement


class _Matcher:
    def __init__(self, names: Names) -> None:
        self.names = names

    def sequence(self, ours: Sequence[Statement], theirs: Sequence[Statement]) -> None:
        left, right = list(flat(ours)), list(flat(theirs))
        for mine, yours in zip(left, right, strict=False):
            self.node(mine, yours)
        if len(left) > len(right):
            raise _differ("a statement is missing", left[len(right)].span, _last(right, left))
        if len(right) > len(left):
            raise _differ("a statement that the C code does not have", _last(left, right), right[len(left)].span)

    def node(self, ours: Node, theirs: Node) -> None:
        match ours, theirs:
            case Expression(), Expression():
                self.expression(ours, theirs)
            case (Statement(), Statement()) if isinstance(ours, Block) or isinstance(theirs, Block):
                self.sequence([ours], [theirs])
            case Declare(), Declare():
                self._declared(ours, theirs)
            case _:
                self._form(ours, theirs)
                self._parts(ours, theirs)

    def expression(self, ours: Expression, theirs: Expression) -> None:
        if self._same_integer(ours, theirs):
            return
        ours, theirs = plain(ours), plain(theirs)
        if isinstance(theirs, Name):
            if ours != self.names.meaning.get(theirs.variable):
                raise _differ(f"'{theirs.variable.name}' is not what stands here", ours.span, theirs.span)
            return
        self._form(ours, theirs)
        if not _same_value_type(ours, theirs):
            raise _differ("an operation on another type", ours.span, theirs.span)
        if isinstance(ours, Call) and isinstance(theirs, Call):
            self._called(ours, theirs)
        self._parts(ours, theirs)

    def _called(self, ours: Call, theirs: Call) -> None:
        """Arguments have the same types: variable ones are not converted, and C++ chooses functions by them."""
        for mine, yours in zip(ours.arguments, theirs.arguments, strict=False):
            if not _same_value_type(mine, yours):
                raise _differ("an argument of another type", mine.span, yours.span)
        if theirs.name in PURE and not _one_type(theirs.name) and not _chosen(theirs.arguments):
            raise _differ(f"C++ may have another '{theirs.name}' for this type", ours.span, theirs.span)

    def _declared(self, ours: Declare, theirs: Declare) -> None:
        mine, yours = ours.variable, theirs.variable
        alike = mine.storage == yours.storage == "automatic" and not (mine.volatile or yours.volatile)
        alike &= not set(_MEMORY).intersection(yours.attributes)
        if not (alike and same_type(mine.type, yours.type)):
            raise _differ(f"'{mine.name}' is declared otherwise", ours.span, theirs.span)
        self._parts(ours, theirs)
        self.names.pair(yours, mine, theirs.span)

    def _form(self, ours: Node, theirs: Node) -> None:
        """Everything of a node but its parts, its type and the place where it stands."""
        if type(ours) is not type(theirs):
            raise _differ("another operation", ours.span, theirs.span)
        for name in _fields(ours):
            mine, yours = getattr(ours, name), getattr(theirs, name)
            if isinstance(ours, Call) and name == "name":
                same = self.names.functions.get(yours) == mine
            elif isinstance(ours, Cast) and name == "implicit":
                same = True
            elif isinstance(mine, CType) and isinstance(yours, CType):
                same = same_type(mine, yours)
            else:
                same = mine == yours and not isinstance(mine, Variable)
            if not same:
                raise _differ("another operation", ours.span, theirs.span)

    def _parts(self, ours: Node, theirs: Node) -> None:
        for part in ours.PARTS:
            mine, yours = _listed(getattr(ours, part)), _listed(getattr(theirs, part))
            if all(isinstance(one, Statement) for one in (*mine, *yours)):
                self.sequence(mine, yours)  # type: ignore[arg-type]
            elif len(mine) != len(yours):
                raise _differ("another operation", ours.span, theirs.span)
            else:
                for one, other in zip(mine, yours, strict=True):
                    self.node(one, other)

    def _same_integer(self, ours: Expression, theirs: Expression) -> bool:
        """Whether two integer expressions have the same value wherever C is defined, by their form alone."""
        if not (is_integer(ours.type) and is_integer(theirs.type)):
            return False
        constant = integer_of(ours)
        if constant is not None and constant == integer_of(theirs):
            return True
        mine, yours = exact(ours), exact(theirs)
        if (mine, yours) != (ours, theirs) and _truth(mine) and _truth(yours):
            self.expression(mine, yours)
            return True
        match mine, yours:
            case _, Name(variable=variable):
                meant = self.names.meaning.get(variable)
                return meant is not None and exact(meant) == mine
            case Binary(operator="+" | "-" | "*"), Binary() if mine.operator == yours.operator:
                left = self._same_integer(mine.left, yours.left)
                return left and self._same_integer(mine.right, yours.right) and _no_narrower(mine.type, yours.type)
            case Unary(operator="-"), Unary(operator="-"):
                return self._same_integer(mine.operand, yours.operand) and _no_narrower(mine.type, yours.type)
        return False


def exact(expression: Expression) -> Expression:
    """``expression`` without the conversions around it that keep every value."""
    while isinstance(expression, Cast) and _keeps_all(expression.operand, expression.type):
        expression = expression.operand
    return expression


def same_type(ours: CType, theirs: CType) -> bool:
    """Whether two types are the same but for what they promise of what they point to."""
    match ours, theirs:
        case Pointer(to=a), Pointer(to=b):
            return same_type(a, b) and ours.volatile == theirs.volatile
        case Array(of=a), Array(of=b):
            return ours.length is not None and ours.length == theirs.length and same_type(a, b)
    return ours == theirs


def _same_value_type(ours: Expression, theirs: Expression) -> bool:
    return same_type(ours.type, theirs.type) or (_truth(ours) and _truth(theirs))


def _one_type(name: str) -> bool:
    """Whether a function of the C library is one for ``float`` alone, or one of ``std`` that is read as C++ has it."""
    return name.startswith("std::") or (name.endswith("f") and name[:-1] in PURE)


def _chosen(arguments: Sequence[Expression]) -> bool:
    """Whether C++ chooses the same function of the C library for these arguments: it has others for ``float``."""
    converted = [one for one in arguments if isinstance(one, Cast) and one.implicit and is_arithmetic(one.type)]
    if len(arguments) == 1 and converted:
        return converted[0].type == DOUBLE and is_integer(converted[0].operand.type)
    return not converted


def _truth(expression: Expression) -> bool:
    """Whether it is 0 or 1, as ``int`` in C and as ``bool`` in C++."""
    match expression:
        case Binary(operator="<" | "<=" | ">" | ">=" | "==" | "!=" | "&&" | "||") | Unary(operator="!"):
            return is_integer(expression.type)
    return False


def _keeps_all(operand: Expression, type: CType) -> bool:
    return _keeps(operand.type, type) or (isinstance(type, Bool) and _truth(operand))


def _keeps(narrow: CType, wide: CType) -> bool:
    """Whether every value of an integer type is one of the other, and stays what it is."""
    match narrow, wide:
        case Bool(), Integer():
            return True
        case Integer(bits=a, signed=s), Integer(bits=b, signed=t):
            return (s == t and a <= b) or (t and not s and a < b)
    return False


def _no_narrower(ours: CType, theirs: CType) -> bool:
    """Whether a sum of the same values is the same in both: the same wrapping, or none in C and enough room."""
    if same_type(ours, theirs):
        return True
    match ours, theirs:
        case Integer(bits=a, signed=True), Integer(bits=b, signed=True):
            return a <= b
    return False


def _fields(node: Node) -> list[str]:
    skipped = {*node.PARTS, "type"}
    return [one.name for one in dataclasses.fields(node) if one.compare and one.name not in skipped]


def _listed(part: object) -> tuple[Node, ...]:
    match part:
        case None:
            return ()
        case tuple():
            return part
        case Node():
            return (part,)
    raise TypeError(part)


def _last(shorter: Sequence[Node], longer: Sequence[Node]) -> Span:
    return shorter[-1].span if shorter else longer[0].span


def _differ(message: str, ours: Span, theirs: Span) -> _Differ:
    return _Differ(Mismatch(message, ours, theirs))
