"""What statements of a host function ask of the CUDA runtime: memory, copies, launches.

A statement is one of these operations only in a form that ends the program when the operation fails. That a call fails
is therefore never more than a program that stops with a message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from transpile.c.constants import integer_of
from transpile.c.tree import (
    AddressOf,
    Binary,
    Call,
    Cast,
    Comma,
    Declare,
    DoWhile,
    Evaluate,
    Expression,
    If,
    Index,
    Name,
    Statement,
    Variable,
)
from transpile.c.walking import bare
from transpile.errors import Span
from transpile.matching.bodies import flat

TO_DEVICE, TO_HOST = 1, 2
"""``cudaMemcpyKind`` (CUDA Runtime API, data types)."""
_ASKING = ("cudaGetLastError", "cudaPeekAtLastError")
_HARMLESS = (*_ASKING, "cudaDeviceSynchronize")
RESERVED = frozenset((
    "cudaMalloc", "cudaMemcpy", "cudaFree", *_HARMLESS, "cudaGetErrorString", "fprintf", "exit", "abort",
    "__launch", "__dim3",
))  # fmt: skip
"""Functions that mean here what the runtime and the C library say: a program must not define them."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """``cudaMalloc``: ``variable`` then points to ``size`` bytes of which nothing is known."""

    variable: Variable
    size: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Copy:
    """``cudaMemcpy`` of ``size`` bytes; ``kind`` says in which direction."""

    to: Variable
    source: Variable
    size: Expression
    kind: int
    span: Span


@dataclass(frozen=True, slots=True)
class Release:
    """``cudaFree``."""

    variable: Variable
    span: Span


@dataclass(frozen=True, slots=True)
class Launch:
    """``kernel<<<configuration>>>(arguments)``."""

    kernel: str
    configuration: tuple[Expression, ...]
    arguments: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Nothing:
    """A call without an effect that anyone could see, as long as it succeeds; ``asks`` whether a launch did."""

    asks: bool


@dataclass(frozen=True, slots=True)
class ElementCopy:
    """``cudaMemcpy(&to[e], &source[e], …)``: one element."""

    to: Index
    source: Index
    size: Expression
    kind: int
    span: Span


@dataclass(frozen=True, slots=True)
class Fetch:
    """``cudaMemcpy`` between ``&variable`` of the host, a plain variable, and the memory that ``buffer`` points to."""

    variable: Variable
    buffer: Variable
    size: Expression
    kind: int
    span: Span


Operation: TypeAlias = Allocation | Copy | ElementCopy | Fetch | Release | Launch | Nothing


def operation(statement: Statement) -> Operation | None:
    """What ``statement`` asks of the runtime; None if it is something else, or its failure would go unseen."""
    match statement:
        case Evaluate(expression=Comma(left=Call(name="__launch", arguments=configuration), right=Call() as called)):
            return Launch(called.name, configuration, called.arguments, statement.span)
        case DoWhile(body=body, condition=condition) if integer_of(condition) == 0:
            return _checked(list(flat([body])))
    return None


def _checked(statements: Sequence[Statement]) -> Operation | None:
    """``error = call; if (error != cudaSuccess) { …; exit(…); }``"""
    match statements:
        case [
            Declare(variable=error, initial=Expression() as value),
            If(condition=Binary(operator="!=", left=left, right=right), then=then, otherwise=None),
        ] if (
            error.storage == "automatic"
            and isinstance(tested := bare(left), Name)
            and tested.variable == error
            and integer_of(bare(right)) == 0
            and _ends(list(flat([then])))
        ):
            called = bare(value)
            return _call(called) if isinstance(called, Call) else None
    return None


def _ends(statements: Sequence[Statement]) -> bool:
    """Whether the program ends there, as one that failed, having printed at most."""
    calls = [s.expression for s in statements if isinstance(s, Evaluate) and isinstance(s.expression, Call)]
    if len(calls) != len(statements) or not calls or any(call.name != "fprintf" for call in calls[:-1]):
        return False
    match calls[-1]:
        case Call(name="exit", arguments=(status,)):
            return integer_of(bare(status)) not in (None, 0)
        case Call(name=name):
            return name == "abort"


def _call(call: Call) -> Operation | None:
    match call.name, [bare(argument) for argument in call.arguments]:
        case "cudaMalloc", [given, size] if isinstance(pointer := _uncast(given), AddressOf):
            return Allocation(pointer.operand.variable, size, call.span) if isinstance(pointer.operand, Name) else None
        case "cudaMemcpy", [to, source, size, direction] if (kind := integer_of(direction)) is not None:
            return _copy(to, source, size, kind, call.span)
        case "cudaFree", [Name(variable=variable)]:
            return Release(variable, call.span)
        case name, [] if name in _HARMLESS:
            return Nothing(name in _ASKING)
    return None


def _copy(to: Expression, source: Expression, size: Expression, kind: int, span: Span) -> Operation | None:
    match to, source:
        case (AddressOf(operand=Name(variable=one)), Name(variable=other)) if kind == TO_HOST:
            return Fetch(one, other, size, kind, span)
        case (Name(variable=other), AddressOf(operand=Name(variable=one))) if kind == TO_DEVICE:
            return Fetch(one, other, size, kind, span)
        case Name(variable=one), Name(variable=other):
            return Copy(one, other, size, kind, span)
        case AddressOf(operand=Index() as one), AddressOf(operand=Index() as other):
            return ElementCopy(one, other, size, kind, span)
    return None


def _uncast(expression: Expression) -> Expression:
    """``(void **)&p`` is ``&p``."""
    while isinstance(expression, Cast):
        expression = expression.operand
    return expression
