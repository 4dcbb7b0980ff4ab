"""What code of the host does with arrays that the device has copies of: which elements, or all."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field

from transpile.c.tree import (
    Assign,
    Assignment,
    Call,
    CallThrough,
    Cast,
    Expression,
    Increment,
    Index,
    Member,
    Name,
    Node,
    SizeOf,
    Variable,
)
from transpile.c.types import Array, Pointer
from transpile.c.walking import children, walk
from transpile.cuda.resolve import DeviceArray


@dataclass(frozen=True, slots=True)
class Element:
    """An element that code names: ``a[i]``."""

    array: DeviceArray
    expression: Expression


@dataclass(slots=True)
class Effects:
    """``reads`` and ``writes`` are single elements; ``whole`` arrays are used otherwise, ``changed`` ones written."""

    reads: list[Element] = field(default_factory=list)
    writes: list[Element] = field(default_factory=list)
    whole: set[Variable] = field(default_factory=set)
    changed: set[Variable] = field(default_factory=set)
    moved: set[Variable] = field(default_factory=set)
    """Arrays whose pointers are set."""

    @property
    def touched(self) -> set[Variable]:
        return self.whole | self.changed | {element.array.variable for element in (*self.reads, *self.writes)}

    @property
    def written(self) -> set[Variable]:
        return self.changed | {element.array.variable for element in self.writes}


@dataclass(frozen=True, slots=True)
class Arrays:
    """The arrays that the device has copies of, the pointers of the host that may point into them, and the nests: what
    these do is another's business."""

    known: Mapping[Variable, DeviceArray]
    aliases: Mapping[Variable, frozenset[Variable]]
    nests: Container[int]


def effects(code: Node, arrays: Arrays, single: bool) -> Effects:
    """The effects of ``code``. With ``single``, it runs once, so that elements can be named before it does."""
    found = Effects()
    _Look(arrays, found, single).node(code)
    return found


@dataclass(slots=True)
class _Look:
    arrays: Arrays
    found: Effects
    single: bool

    def node(self, node: Node) -> None:
        if id(node) in self.arrays.nests:
            return
        match node:
            case SizeOf() | Call("free" | "std::free"):
                return
            case Assign(target, operator, value) | Assignment(target, operator, value):
                self.node(value)
                self.target(target, bool(operator))
            case Increment(target):
                self.target(target, True)
            case Call(_, arguments) | CallThrough(_, arguments):
                for argument in arguments:
                    self.argument(argument)
            case Index() | Member() if (array := self.element(node)) is not None:
                self.subscripts(node)
                self.use(Element(array, node), self.found.reads)
            case Name(variable):
                self.all_of(variable, True)
            case _:
                for child in children(node):
                    self.node(child)

    def target(self, target: Expression, read: bool) -> None:
        if isinstance(target, Name):
            if target.variable in self.arrays.known:
                self.found.moved.add(target.variable)
            return
        array = self.element(target)
        if array is None:
            self.node(target)
            return
        self.subscripts(target)
        if read or isinstance(target, Member):
            self.use(Element(array, target), self.found.reads)
        if self.use(Element(array, target), self.found.writes):
            self.found.changed.add(array.variable)

    def use(self, element: Element, among: list[Element]) -> bool:
        """Notes an element, or the whole array when which one is not known before; says whether the latter."""
        if self.single and not any(isinstance(n, Call | Increment | Assignment) for n in walk(element.expression)):
            if element not in among:
                among.append(element)
            return False
        self.found.whole.add(element.array.variable)
        return True

    def argument(self, argument: Expression) -> None:
        """A pointer that a function gets: it may reach all of the array, and write it unless it is const."""
        inner = argument
        while isinstance(inner, Cast):
            inner = inner.operand
        if isinstance(argument.type, Pointer) and argument.type.const:
            for node in walk(inner):
                if isinstance(node, Name):
                    self.all_of(node.variable, False)
        else:
            self.node(argument)

    def all_of(self, variable: Variable, changed: bool) -> None:
        for reached in (variable, *self.arrays.aliases.get(variable, ())):
            if reached in self.arrays.known:
                self.found.whole.add(reached)
                if changed:
                    self.found.changed.add(reached)

    def element(self, node: Expression) -> DeviceArray | None:
        """The array that ``node`` is an element of, or part of one."""
        if isinstance(node.type, Array):
            return None
        inner: Expression = node
        while isinstance(inner, Member):
            inner = inner.base
        levels = 0
        while isinstance(inner, Index | Cast):
            if isinstance(inner, Cast):
                inner = inner.operand
            else:
                inner, levels = inner.base, levels + 1
        if isinstance(inner, Name) and inner.variable in self.arrays.known and levels:
            return self.arrays.known[inner.variable]
        return None

    def subscripts(self, node: Expression) -> None:
        for found in _subscripts(node):
            self.node(found)


def _subscripts(node: Expression) -> Iterator[Expression]:
    match node:
        case Index(base, subscript):
            yield from _subscripts(base)
            yield subscript
        case Member(base) | Cast(base):
            yield from _subscripts(base)
