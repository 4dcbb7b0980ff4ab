"""Where a run of methods is: for each method that is not through, what is still to be done, and its local variables."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import z3

from transpile.solvers.python.liveness import exposed
from transpile.solvers.python.values import Bool, Bytes, Num, PyValue, constant_of, truth_of
from transpile.solvers.storage.inspecting import Inspection
from transpile.solvers.storage.stringing import Strung
from transpile.solvers.storage.unstringing import Unstring
from transpile.solvers.storage.values import Int, NoTerm, Number, Text, Truth, integer


@dataclass(frozen=True, slots=True)
class Rest:
    """Statements of a block from ``at`` on."""

    block: tuple[ast.stmt, ...]
    at: int = 0


@dataclass(frozen=True, slots=True)
class Loop:
    """The head of a ``while``."""

    node: ast.While


@dataclass(frozen=True, slots=True)
class Count:
    """The head of a ``for`` over a range."""

    node: ast.For
    next: Int
    stop: Int
    step: int


@dataclass(frozen=True, slots=True)
class Guarded:
    """The end of what a ``try`` or ``with suppress(…)`` is around."""

    node: ast.Try | ast.With


Work: TypeAlias = Rest | Loop | Count | Guarded


@dataclass(frozen=True, slots=True)
class Frame:
    """``work``: what is to be done next is the last."""

    method: str
    work: tuple[Work, ...]
    locals: Mapping[str, PyValue]

    @property
    def guarded(self) -> bool:
        return any(isinstance(each, Guarded) for each in self.work)

    def then(self, *work: Work) -> Frame:
        """With that to be done before the rest, the last first."""
        return replace(self, work=(*self.work, *(each for each in work if not _empty(each))))

    def without(self) -> Frame:
        """What is next is done."""
        return replace(self, work=self.work[:-1])

    def having(self, name: str, value: PyValue) -> Frame:
        return replace(self, locals={**self.locals, name: value})

    def live(self) -> Frame:
        """Without the variables that nobody looks at any more."""
        wanted: frozenset[str] = frozenset()
        for each in self.work:
            wanted = _before(each, wanted, self.guarded)
        return replace(self, locals={name: value for name, value in self.locals.items() if name in wanted})


def _empty(work: Work) -> bool:
    return isinstance(work, Rest) and work.at >= len(work.block)


def _before(work: Work, after: frozenset[str], guarded: bool) -> frozenset[str]:
    match work:
        case Rest(block=block, at=at):
            return exposed(block[at:], after, guarded)
        case Loop(node=node):
            return exposed((node,), after, guarded)
        case Count(node=node):
            inner = exposed(tuple(node.body), frozenset(), guarded)
            target = node.target.id if isinstance(node.target, ast.Name) else ""
            return after | (inner - {target})
        case Guarded(node=ast.Try(orelse=orelse, handlers=handlers)):
            bodies = [tuple(orelse), *(tuple(each.body) for each in handlers)]
            return after.union(*(exposed(body, after, True) for body in bodies))
    return after


# Keys and hidden values


def key_of(frames: tuple[Frame, ...]) -> Hashable:
    """Equal for frames that do the same from here on, given the same hidden values."""
    return tuple((each.method, tuple(_place(work) for work in each.work), _constants(each)) for each in frames)


def _place(work: Work) -> Hashable:
    match work:
        case Rest(block=block, at=at):
            return "rest", block[at].lineno, block[at].col_offset
        case Count(node=node, step=step):
            return "for", node.lineno, node.col_offset, step
        case Loop(node=node) | Guarded(node=node):
            return type(node).__name__, node.lineno, node.col_offset


def _constants(frame: Frame) -> Hashable:
    found: list[Hashable] = []
    for name, value in sorted(frame.locals.items()):
        known = constant_of(value)
        if isinstance(value, Num):
            found.append((name, value.kind, value.number.scale, value.least, value.digits, known))
        elif isinstance(value, Text):
            found.append((name, len(value), known))
        elif isinstance(value, Bytes | Inspection):
            found.append((name, type(value).__name__, len(value.text), known))
        elif isinstance(value, Unstring):
            marks = tuple((len(mark), every) for mark, every in value.delimiters)
            found.append((name, type(value).__name__, len(value.source), marks, len(value.taken)))
        elif isinstance(value, Strung):
            found.append((name, type(value).__name__, len(value.target)))
        else:
            found.append((name, type(value).__name__, known))
    return tuple(found)


def hidden_of(frames: tuple[Frame, ...]) -> tuple[Int, ...]:
    """Of each frame, the outermost first: next value and end of each counting loop, then the variables by name."""
    return tuple(term for frame in frames for term in _hidden(frame))


def _hidden(frame: Frame) -> Iterator[Int]:
    for work in frame.work:
        if isinstance(work, Count):
            yield work.next
            yield work.stop
    for _, value in sorted(frame.locals.items()):
        if constant_of(value) is None:
            yield from _terms(value)


def _terms(value: PyValue) -> tuple[Int, ...]:
    match value:
        case Num():
            return (value.units,)
        case Text(chars=chars):
            return chars
        case Bool(truth=truth):
            return (_bit(truth),)
        case Bytes(text=text):
            return text.chars
        case Inspection(text=text, taken=taken, new=new):
            return (*text.chars, *(_bit(each) for each in taken), *new)
        case Strung(target=target, pointer=pointer, overflow=overflow):
            return (*target.chars, pointer, _bit(overflow))
        case Unstring(source=source, delimiters=delimiters, given=given, failed=failed, at=at, taken=taken):
            marks = tuple(char for mark, _ in delimiters for char in mark.chars)
            return (*source.chars, *marks, given, *(_bit(each) for each in (failed, *at, *taken)))
    return ()


def _bit(truth: Truth) -> Int:
    return z3.If(truth, integer(1), integer(0))


def with_hidden(frames: tuple[Frame, ...], hidden: tuple[Int, ...]) -> tuple[Frame, ...]:
    if len(hidden) != len(hidden_of(frames)):
        raise NoTerm("another number of hidden values")
    left = list(hidden)
    return tuple(_replaced(each, left) for each in frames)


def _replaced(frame: Frame, left: list[Int]) -> Frame:
    work = tuple(
        replace(each, next=left.pop(0), stop=left.pop(0)) if isinstance(each, Count) else each for each in frame.work
    )
    locals_ = dict(frame.locals)
    for name, value in sorted(locals_.items()):
        if constant_of(value) is None:
            terms = tuple(left.pop(0) for _ in _terms(value))
            locals_[name] = _from_terms(value, terms)
    return replace(frame, work=work, locals=locals_)


def _from_terms(value: PyValue, terms: tuple[Int, ...]) -> PyValue:
    match value:
        case Num():
            return replace(value, number=Number(terms[0], value.number.scale), exact=None)
        case Text():
            return Text(terms)
        case Bool():
            made = truth_of(terms[0] == 1)
            return Bool(made)
        case Bytes():
            return Bytes(Text(terms))
        case Inspection() | Strung() | Unstring():
            raise NoTerm("an INSPECT, STRING or UNSTRING that goes on over the head of a loop")
    return value
