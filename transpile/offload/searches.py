"""Loops that stop at the first iteration for which something holds, as reductions: the smallest such iteration.

``for (i = 0; i < n; i++) if (x[i] == t) return i;`` looks no further than it must. With the minimum of all ``i`` that
are found, iterations behind the first one do not matter, but they are looked at: their elements have to be there.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from transpile.c.tree import (
    Assign,
    Assignment,
    Binary,
    Block,
    Break,
    Call,
    CallThrough,
    Constant,
    Continue,
    Declare,
    Evaluate,
    Expression,
    For,
    Goto,
    If,
    Increment,
    Label,
    Name,
    Node,
    Return,
    Statement,
    Switch,
    Unary,
    Variable,
    While,
)
from transpile.c.types import INT, LONG_LONG, Integer
from transpile.c.unit import Function
from transpile.c.walking import declared, substitute, transform, variables, walk
from transpile.errors import Diagnostic, Span
from transpile.loops.counted import Counted, counted
from transpile.loops.libc import PURE

_WIDE = 64


@dataclass(frozen=True, slots=True)
class Searched:
    """A function without searches that stop early, and what that takes for granted."""

    function: Function
    assumed: tuple[Diagnostic, ...]


def without_early_ends(function: Function) -> Searched:
    """``function`` with such loops as reductions, and what they find behind them."""
    work = _Searches(function)
    body = transform(function.body, work.change)
    return Searched(replace(function, body=body), tuple(work.assumed))


@dataclass(frozen=True, slots=True)
class _Search:
    """``for (...) { before; if (condition) { found; leave } }``"""

    loop: For
    counter: Variable
    before: tuple[Statement, ...]
    test: If
    found: tuple[Statement, ...]


@dataclass(slots=True)
class _Searches:
    function: Function
    assumed: list[Diagnostic] = field(default_factory=list)
    made: int = 0

    def change(self, node: Node) -> Node:
        if not isinstance(node, Block):
            return node
        statements = [new for old in node.statements for new in self._statements(old)]
        return replace(node, statements=tuple(statements)) if len(statements) > len(node.statements) else node

    def _statements(self, statement: Statement) -> list[Statement]:
        search = _search(statement) if isinstance(statement, For) else None
        if search is None:
            return [statement]
        made = self._reduction(search)
        if made is None:
            return [statement]
        text = f"that elements are there behind the first one for which the loop on line {statement.span.line} ends"
        self.assumed.append(Diagnostic("note", f"it is taken for granted {text}", statement.span))
        return made

    def _reduction(self, search: _Search) -> list[Statement] | None:
        """The declaration of the place, the loop that finds it, and what happens there."""
        loop, span = search.loop, search.loop.span
        counter = Name(search.counter, type=search.counter.type, span=search.test.span)
        type = _wide_enough(search.counter)
        place = self._place(search.counter, type)
        name = Name(place, type=type, span=search.test.span)
        better = "<" if _upward(loop, search) else ">"
        nothing = _last(type, better == "<", span)
        comes_first = Binary(better, counter, name, type=INT, span=search.test.span)
        both = Binary("&&", search.test.condition, comes_first, type=INT, span=search.test.span)
        noted = Assign(name, "", counter, type, span=search.test.span)
        body = Block((*search.before, If(both, noted, span=search.test.span)), span=loop.body.span)
        reduction = replace(loop, body=body)
        shape = counted(reduction)
        if not isinstance(shape, Counted) or not _ends_in_time(shape, type):
            return None
        self.made += 1
        found = [substitute(statement, {search.counter: name}) for statement in search.found]
        there = Binary("!=", name, nothing, type=INT, span=span)
        what = If(there, Block(tuple(found), span=span), span=search.test.span)
        return [Declare(place, nothing, span=span), reduction, what]

    def _place(self, counter: Variable, type: Integer) -> Variable:
        """A new variable for the first iteration that is found."""
        body = self.function.body
        taken = {*self.function.parameters, *declared(body), *variables(body)}
        names = {variable.name for variable in taken}
        number = max(variable.number for variable in taken) + 1 + self.made
        name = f"first_{counter.name}" + f"_{self.made + 1}" * bool(self.made)
        while name in names:
            name += "_"
        return Variable(number, name, type, "automatic", type, span=counter.span)


def _search(loop: For) -> _Search | None:
    """``loop`` as a search, if it has no effects but where it ends."""
    match loop.initial:
        case (Declare(counter),):
            pass
        case _:
            return None
    inside = loop.body.statements if isinstance(loop.body, Block) else (loop.body,)
    if not inside or not isinstance(inside[-1], If) or inside[-1].otherwise is not None:
        return None
    *before, test = inside
    assert isinstance(test, If)
    then = test.then.statements if isinstance(test.then, Block) else (test.then,)
    if not then or not isinstance(then[-1], Break | Return) or not all(isinstance(one, Declare) for one in before):
        return None
    found = then[:-1] if isinstance(then[-1], Break) else then
    own = set(declared(Block(tuple(before), span=loop.span)))
    used = set(variables(Block(tuple(found), span=loop.span)))
    if own & used or any(_jumps(one) for one in then[:-1]) or not all(map(_only_computes, (*before, test.condition))):
        return None
    return _Search(loop, counter, tuple(before), test, tuple(found))


def _jumps(statement: Statement) -> bool:
    return any(isinstance(n, Break | Continue | Goto | Label | Return | For | While | Switch) for n in walk(statement))


def _only_computes(node: Node) -> bool:
    """Whether nothing is written, and nothing called that might write."""
    for inner in walk(node):
        match inner:
            case Call(name) if name not in PURE:
                return False
            case CallThrough() | Assignment() | Increment() | Evaluate():
                return False
            case Name(variable) if variable.volatile:
                return False
    return True


def _upward(loop: For, search: _Search) -> bool:
    """Whether the counter grows; loops that are not counted are sorted out later."""
    bare_loop = replace(loop, body=Block((), span=loop.body.span))
    shape = counted(bare_loop)
    return not isinstance(shape, Counted) or shape.step > 0


def _wide_enough(counter: Variable) -> Integer:
    return counter.type if isinstance(counter.type, Integer) and counter.type.bits == _WIDE else LONG_LONG


def _last(type: Integer, upward: bool, span: Span) -> Expression:
    """A value behind all iterations."""
    largest = 2 ** (type.bits - type.signed) - 1
    ending = ("" if type.signed else "u") + ("ll" if type.name == "long long" else "l")
    number = Constant(largest, f"{largest}{ending}", type=type, span=span)
    if upward:
        return number
    one = Constant(1, "1", type=type, span=span)
    return Binary("-", Unary("-", number, type=type, span=span), one, type=type, span=span)


def _ends_in_time(shape: Counted, type: Integer) -> bool:
    """Whether no iteration has the value that stands for none."""
    if shape.stepping or (shape.step < 0 and not type.signed):
        return False
    narrow = isinstance(shape.counter.type, Integer) and shape.counter.type.bits < type.bits
    return narrow or all(bound.comparison in ("<", ">", "!=") for bound in shape.bounds)
