"""One form for what C and CUDA write in several: initialisers by name or by position, pointers with and without a
promise, and the end of an iteration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from transpile.c.constants import integer_of
from transpile.c.tree import (
    Block,
    Case,
    Cast,
    Continue,
    Designator,
    DoWhile,
    Expression,
    For,
    If,
    InitializerList,
    Item,
    Return,
    Statement,
    Switch,
    While,
)
from transpile.c.types import Array, CType, Pointer, Struct, is_arithmetic

Loop: TypeAlias = For | While | DoWhile


def plain(expression: Expression) -> Expression:
    """``expression`` without conversions that change a pointer's promises alone, and with elements by their places."""
    while isinstance(expression, Cast) and _promises_alone(expression.operand.type, expression.type):
        expression = expression.operand
    return _positional(expression) if isinstance(expression, InitializerList) else expression


def _promises_alone(old: CType, new: CType) -> bool:
    match old, new:
        case Pointer(to=one, volatile=False), Pointer(to=other, volatile=False):
            return one == other
    return False


def _positional(whole: InitializerList) -> InitializerList:
    """``{.a = 1, .b = 2}`` as ``{1, 2}``: all are named, in their order from the first on, and none has parts."""
    names = _places(whole.type)
    if names is None or len(whole.items) > len(names):
        return whole
    pairs = zip(whole.items, names, strict=False)
    if not all(len(item.designators) == 1 and _names(item.designators[0], name) for item, name in pairs):
        return whole
    return replace(whole, items=tuple(Item(span=item.span, designators=(), value=item.value) for item in whole.items))


def _places(type: CType) -> Sequence[str | int] | None:
    match type:
        case Struct(fields=tuple() as fields, union=False):
            simple = all(one.name and one.width is None and is_arithmetic(one.type) for one in fields)
            return [one.name for one in fields] if simple else None
        case Array(of=of, length=int() as length) if is_arithmetic(of):
            return range(length)
    return None


def _names(designator: Designator, place: str | int) -> bool:
    if isinstance(place, str):
        return designator.name == place
    first = designator.first
    return designator.last is None and first is not None and integer_of(first) == place


def ending(body: Statement) -> Statement:
    """``body`` of a loop as it is without the loop around it: ``return`` ends it where ``continue`` went on."""
    match body:
        case Continue():
            return Return(span=body.span, notes=body.notes, value=None)
        case Block():
            return replace(body, statements=tuple(map(ending, body.statements)))
        case If(then=then, otherwise=otherwise):
            return replace(body, then=ending(then), otherwise=ending(otherwise) if otherwise else None)
        case Switch(body=inner):
            return replace(body, body=ending(inner))
        case Case(body=inside):
            return replace(body, body=tuple(map(ending, inside)))
    return body


def first(loop: Loop) -> list[Statement]:
    """What is done once before ``loop``."""
    return list(loop.initial) if isinstance(loop, For) else []


def last(loop: Loop) -> list[Statement]:
    """What is done after its body each time."""
    return [loop.step] if isinstance(loop, For) and loop.step else []
