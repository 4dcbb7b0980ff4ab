"""What is known while a function is lowered: names and what they stand for, the lines written so far, what must be
freed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from tree_sitter import Node

from pareval.cpp_types import Record, Type

PRIMARY, POSTFIX, UNARY, PRODUCT, SUM, SHIFT, COMPARISON, EQUALITY = 16, 15, 14, 12, 11, 10, 9, 8
BIT_AND, BIT_XOR, BIT_OR, AND, OR, CONDITIONAL, ASSIGNMENT = 7, 6, 5, 4, 3, 2, 1


@dataclass(frozen=True, slots=True)
class Choice:
    """``condition ? chosen : other``, where an assignment may say it as a statement."""

    condition: str
    chosen: str
    other: str


@dataclass(frozen=True, slots=True)
class Value:
    """An expression in C; ``level`` is the precedence of its outermost operator. ``members`` are the values of
    a structure that is made here."""

    text: str
    type: Type
    level: int = PRIMARY
    choice: Choice | None = None
    members: tuple[str, ...] = ()

    def at(self, level: int) -> str:
        """The text as an operand of something that binds as ``level`` does."""
        return self.text if self.level >= level else f"({self.text})"


@dataclass(slots=True)
class Sequence:
    """A vector or a queue: an array that is reached through ``pointer``.

    ``size``: its number of elements, in C, ``counter``: whether that is a variable of its own that changes.
    ``capacity``: an upper bound in terms of the parameters; empty when the array must grow. ``columns``: the length of
    a row where it is a vector of vectors. ``head``: the first element of a queue. ``slot``: the place of the
    element that a loop appends in each turn. ``required``: elements that the caller must make room for,
    ``overwritten``: whatever is in them; ``copies``: bounds of what is assigned to it."""

    pointer: str
    element: Type
    size: str
    counter: bool = False
    capacity: str = ""
    columns: str = ""
    head: str = ""
    slot: str = ""
    required: str = ""
    overwritten: bool = False
    copies: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Signature:
    """A function that can be called. ``passes_size`` says which vectors are followed by their size."""

    name: str
    returns: Type
    parameters: tuple[Type, ...]
    references: tuple[bool, ...]
    passes_size: tuple[bool, ...]


Binding: TypeAlias = Value | Sequence | Signature
Sink: TypeAlias = Callable[["Lowering", Node], None]


@dataclass(slots=True)
class Unit:
    """What the functions of one file share. ``statics``: texts of functions in the order they are needed."""

    records: dict[str, Record] = field(default_factory=dict)
    globals: dict[str, Binding] = field(default_factory=dict)
    arithmetic: set[str] = field(default_factory=set)
    statics: list[str] = field(default_factory=list)
    used: list[Record] = field(default_factory=list)

    def use(self, record: Record) -> None:
        if record not in self.used:
            self.used.append(record)


@dataclass(slots=True)
class Lowering:
    """One function. ``names``: all identifiers of its C++ text. ``owned``: pointers to free, by scope.
    ``initial``: variables that never change, by values that hold at the start.
    ``certain``: whether what is lowered is evaluated exactly once, so that loops may be put before it."""

    unit: Unit
    body: Node
    names: frozenset[str]
    expression: Callable[[Lowering, Node], Value]
    statement: Callable[[Lowering, Node], None]
    sink: Sink
    static: Callable[[Unit, str, Node], Signature]
    returns: Type
    lines: list[str] = field(default_factory=list)
    depth: int = 1
    scopes: list[dict[str, Binding]] = field(default_factory=lambda: [{}])
    owned: list[list[str]] = field(default_factory=lambda: [[]])
    initial: dict[str, Value] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    certain: bool = True

    def emit(self, line: str) -> None:
        self.lines.append("    " * self.depth + line)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Lines between ``head {`` and ``}``."""
        self.emit(f"{head} {{")
        with self.scope():
            yield
        self.emit("}")

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Lines and names of a compound statement; what it owns is freed at its end."""
        self.scopes.append({})
        self.owned.append([])
        self.depth += 1
        before, self.certain = self.certain, True
        yield
        self.certain = before
        self.free(self.owned.pop())
        self.depth -= 1
        self.scopes.pop()

    @contextmanager
    def captured(self) -> Iterator[list[str]]:
        """The lines of a part, to be placed by the caller."""
        before, self.lines = self.lines, []
        yield self.lines
        self.lines = before

    @contextmanager
    def bound(self, bindings: dict[str, Binding]) -> Iterator[None]:
        self.scopes.append(bindings)
        yield
        self.scopes.pop()

    @contextmanager
    def uncertain(self) -> Iterator[None]:
        before, self.certain = self.certain, False
        yield
        self.certain = before

    def free(self, pointers: Iterable[str]) -> None:
        """Unless the last statement has left already."""
        last = self.lines[-1].strip() if self.lines else ""
        if last.startswith(("return", "break;", "continue;")):
            return
        for name in pointers:
            self.emit(f"free({name});")

    def bind(self, name: str, binding: Binding) -> None:
        self.scopes[-1][name] = binding

    def find(self, name: str) -> Binding | None:
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return self.unit.globals.get(name)

    def index(self, *nodes: Node) -> str:
        """The name of a loop's variable that neither ``nodes`` nor the surroundings use."""
        taken = {name for scope in self.scopes for name in scope}
        taken |= {n.text.decode() for node in nodes for n in _identifiers(node) if n.text}
        return next(name for name in ("i", "j", "k", "m", "n", "p", "q") if name not in taken)

    def fresh(self, name: str) -> str:
        """``name``, or one like it, for a variable that the C++ text has not."""
        number, candidate = 1, name
        while candidate in self.names or candidate in self.made or self.find(candidate):
            number += 1
            candidate = f"{name}{number}"
        self.made.add(candidate)
        return candidate


def _identifiers(node: Node) -> Iterator[Node]:
    if node.type == "identifier":
        yield node
    for child in node.children:
        yield from _identifiers(child)
