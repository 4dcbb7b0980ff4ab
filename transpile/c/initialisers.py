"""Initialisers (C11 6.7.9): each value is converted to the type of what it fills; the list stays as written."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tree_sitter import Node

from transpile.c.context import Context
from transpile.c.grammar import named, part
from transpile.c.operators import assigned
from transpile.c.spelling import type_text
from transpile.c.tree import Designator, Expression, InitializerList, Item, String
from transpile.c.types import Array, CType, Integer, Struct, size

_STRINGS = ("string_literal", "concatenated_string")


def initial(context: Context, node: Node, type: CType, name: str) -> Expression:
    """What ``node`` puts into a new object of ``type``. Its own type tells the length that ``int a[] = {1, 2}`` has."""
    if node.type == "initializer_list":
        return filled(context, node, type)
    if isinstance(type, Array):
        found = context.convert(context, node)
        if not _is_text(type, found):
            raise context.wrong(node, f"'{name}' is an array; its values stand in braces")
        return found if type.length is None else replace(found, type=type)
    return assigned(context, node, context.convert(context, node), type, f"'{name}'")


def filled(context: Context, node: Node, type: CType) -> InitializerList:
    """The list ``{ … }`` for an object of ``type``."""
    filler = _Filler(context, type)
    items = tuple(filler.item(child) for child in named(node))
    if isinstance(type, Array) and type.length is None and type.extent is None:
        type = Array(type.of, filler.length, alias=type.alias)
    return InitializerList(items, type=type, span=context.span(node))


@dataclass(slots=True)
class _Frame:
    """An aggregate that is being filled, and its next element."""

    type: CType
    index: int = 0

    @property
    def count(self) -> int | None:
        match self.type:
            case Array(_, length):
                return length
            case Struct(_, fields, union):
                return min(len(fields or ()), 1) if union else len(fields or ())
        return 1

    @property
    def element(self) -> CType | None:
        if self.count is not None and self.index >= self.count and not self._chosen:
            return None
        match self.type:
            case Array(of):
                return of
            case Struct(_, fields):
                return (fields or ())[self.index].type
        return self.type

    @property
    def _chosen(self) -> bool:
        """Whether a designator has named a member of a union that is not the first."""
        return isinstance(self.type, Struct) and self.type.union and self.index < len(self.type.fields or ())


class _Filler:
    """Follows along which element the next value is for."""

    def __init__(self, context: Context, type: CType) -> None:
        self._context = context
        self._frames = [_Frame(context.complete(type))]
        self.length = 0

    def item(self, node: Node) -> Item:
        designators: tuple[Designator, ...] = ()
        given = node
        if node.type == "initializer_pair":
            designators = self._designated(node)
            given = part(node, "value")
        value = self._value(given)
        self._advance()
        return Item(designators, value, span=self._context.span(node))

    def _value(self, node: Node) -> Expression:
        context = self._context
        if node.type == "initializer_list":
            return filled(context, node, self._element(node))
        found = context.convert(context, node)
        while True:
            type = self._element(node)
            if _is_text(type, found):
                return replace(found, type=type)
            if found.type == type or not isinstance(type, Array | Struct):
                return assigned(context, node, found, type, "what is initialised")
            self._frames.append(_Frame(context.complete(type)))

    def _element(self, node: Node) -> CType:
        found = self._frames[-1].element
        if found is None:
            raise self._context.wrong(node, f"too many values for '{type_text(self._frames[0].type)}'")
        return self._context.complete(found)

    def _advance(self) -> None:
        self._frames[-1].index += 1
        while len(self._frames) > 1 and self._frames[-1].element is None:
            self._frames.pop()
            self._frames[-1].index += 1
        self.length = max(self.length, self._frames[0].index + (len(self._frames) > 1))

    def _designated(self, node: Node) -> tuple[Designator, ...]:
        context = self._context
        del self._frames[1:]
        found: list[Designator] = []
        for child in node.children_by_field_name("designator"):
            if found:
                self._frames.append(_Frame(self._element(child)))
            frame = self._frames[-1]
            if child.type == "field_designator":
                name = context.token(named(child)[0]).text
                frame.index = self._field(child, frame.type, name)
                found.append(Designator(name, span=context.span(child)))
            else:
                bounds = [context.convert(context, bound) for bound in named(child)]
                frame.index = self._position(child, frame.type, bounds[-1])
                found.append(Designator("", bounds[0], *bounds[1:], span=context.span(child)))
        return tuple(found)

    def _field(self, node: Node, type: CType, name: str) -> int:
        for index, member in enumerate(type.fields or () if isinstance(type, Struct) else ()):
            if member.name == name:
                return index
        raise self._context.wrong(node, f"'{type_text(type)}' has no member '{name}'")

    def _position(self, node: Node, type: CType, bound: Expression) -> int:
        index = self._context.integer(bound)
        if not isinstance(type, Array) or index is None or index < 0:
            raise self._context.wrong(node, "this is not an element of an array")
        if type.length is not None and index >= type.length:
            raise self._context.wrong(node, f"element {index} of an array of {type.length}")
        return index


def _is_text(type: CType, found: Expression) -> bool:
    """Whether a string literal fills an array of characters."""
    if not isinstance(found, String) or not isinstance(type, Array):
        return False
    assert isinstance(found.type, Array)
    return isinstance(type.of, Integer) and size(type.of) == size(found.type.of)
