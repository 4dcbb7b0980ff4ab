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
    Comma,
    Declare,
    DoWhile,
    Evaluate,
    Expression,
    If,
    Name,
    Statement,
    Variable,
)
from transpile.c.walking import bare
from transpile.errors import Span
from transpile.matching.bodies import flat

TO_DEVICE, TO_HOST = 1, 2
"""``cudaMemcpyKind`` (CUDA Runtime API, data types)."""
_HARMLESS = ("cudaGetLastError", "cudaPeekAtLastError", "cudaDeviceSynchronize")


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
    """A call without an effect that anyone could see, as long as it succeeds."""


Operation: TypeAlias = Allocation | Copy | Release | Launch | Nothing


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
            isinstance(tested := bare(left), Name)
            and tested.variable == error
            and integer_of(bare(right)) == 0
            and _ends(list(flat([then])))
        ):
            called = bare(value)
            return _call(called) if isinstance(called, Call) else None
    return None


def _ends(statements: Sequence[Statement]) -> bool:
    """Whether the program ends there, having printed at most."""
    called = [s.expression.name for s in statements if isinstance(s, Evaluate) and isinstance(s.expression, Call)]
    prints = all(name == "fprintf" for name in called[:-1])
    return len(called) == len(statements) > 0 and called[-1] in ("exit", "abort") and prints


def _call(call: Call) -> Operation | None:
    match call.name, [bare(argument) for argument in call.arguments]:
        case "cudaMalloc", [AddressOf(operand=Name(variable=variable)), size]:
            return Allocation(variable, size, call.span)
        case "cudaMemcpy", [Name(variable=to), Name(variable=source), size, kind] if integer_of(kind) is not None:
            return Copy(to, source, size, integer_of(kind) or 0, call.span)
        case "cudaFree", [Name(variable=variable)]:
            return Release(variable, call.span)
        case name, [] if name in _HARMLESS:
            return Nothing()
    return None
