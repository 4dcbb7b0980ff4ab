"""Loops of a grid as threads: each computes its counters in 64 bits and looks whether the loop's conditions hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from transpile.c.printing import show, text
from transpile.c.spelling import type_text
from transpile.c.tree import Binary, Block, Cast, Constant, Expression, Name, Statement, Unary, Variable
from transpile.c.types import LONG_LONG, UNSIGNED_LONG, Integer
from transpile.c.walking import bare, substitute
from transpile.cuda.context import INDENT, controlled
from transpile.cuda.counting import Count, bounding
from transpile.cuda.plan import Axis
from transpile.cuda.resolve import GridLoop
from transpile.errors import Span

_NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "!=": "=="}
MOST_BLOCKS = {"x": 2147483647, "y": 65535, "z": 65535}


@dataclass(frozen=True, slots=True)
class Threads:
    """One loop of a grid in its kernel. ``at`` is the variable that goes through its iterations: the counter itself,
    or one of 64 bits."""

    loop: GridLoop
    at: Variable
    strided: bool

    @property
    def counter(self) -> Variable:
        return self.loop.loop.counter

    @property
    def axis(self) -> Axis:
        return self.loop.axis

    @property
    def type(self) -> str:
        return "long long" if self.at is not self.counter else type_text(self.counter.type)

    @property
    def first(self) -> str:
        """The first value of this thread's."""
        return self.value(f"({self.wide})blockIdx.{self.axis} * blockDim.{self.axis} + threadIdx.{self.axis}")

    @property
    def wide(self) -> str:
        """The type of 64 bits in which it is computed."""
        type = self.at.type
        return "size_t" if isinstance(type, Integer) and not type.signed else "long long"

    def value(self, thread: str) -> str:
        """The value in the iteration of number ``thread``, a sum of 64 bits."""
        loop = self.loop.loop
        step = abs(loop.step)
        moved: Expression = _verbatim(thread if step == 1 else f"{step} * ({thread})")
        first = bare(loop.start)
        if isinstance(first, Constant) and first.value == 0 and loop.step > 0:
            return text(moved)
        if loop.step < 0 and step == 1:
            moved = _verbatim(f"({thread})")
        start = loop.start
        if self.wide != type_text(bare(start).type) and loop.step < 0:
            start = widened(start)
        sign = "+" if loop.step > 0 else "-"
        return text(Binary(sign, start, moved, type=self.at.type, span=loop.span), macros=True)

    def guard(self, at: Expression | None = None) -> Expression:
        """The loop's own conditions, for the value ``at``."""
        loop = self.loop.loop
        value = at or Name(self.at, type=self.at.type, span=loop.span)
        found: Expression | None = None
        for bound in loop.bounds:
            left: Expression = substitute(bound.left, {loop.counter: value})
            right = bound.right
            unsigned = isinstance(bare(right).type, Integer) and bare(right).type == UNSIGNED_LONG
            if self.at is not self.counter and loop.step < 0 and unsigned:
                right = widened(right)
            one = Binary(bound.comparison, left, right, type=bound.condition.type, span=loop.span)
            found = one if found is None else Binary("&&", found, one, type=one.type, span=loop.span)
        assert found is not None
        return found

    def outside(self) -> str:
        """The opposite of the guard."""
        found = self.guard()
        if isinstance(found, Binary) and found.operator in _NEGATED:
            return text(dataclasses.replace(found, operator=_NEGATED[found.operator]), macros=True)
        return text(Unary("!", found, type=found.type, span=found.span), macros=True)

    @property
    def advance(self) -> str:
        """The step to this thread's next iteration."""
        step = self.loop.loop.step
        by = f"({self.wide})gridDim.{self.axis} * blockDim.{self.axis}"
        return f"{self.at.name} {'+' if step > 0 else '-'}= {by if abs(step) == 1 else f'{abs(step)} * ({by})'}"

    @property
    def definition(self) -> list[str]:
        """The counter, where it is not ``at`` itself."""
        if self.at is self.counter:
            return []
        type = type_text(self.counter.type)
        value = f"{self.at.name}{' - 1' * self.loop.loop.stepping}"
        return [f"const {type} {self.counter.name} = ({type}){value if value == self.at.name else f'({value})'};"]


def _verbatim(shown: str) -> Expression:
    """An operand that is written already; it binds as a product does."""
    variable = Variable(-1, shown, LONG_LONG, "automatic", LONG_LONG)
    return Name(variable, type=LONG_LONG, span=Span("", 1))


def widened(expression: Expression) -> Expression:
    if isinstance(bare(expression), Constant):
        return expression
    return Cast(bare(expression), type=LONG_LONG, span=expression.span)


def threads(
    loops: Sequence[GridLoop],
    counts: Sequence[Count],
    block: Sequence[int],
    stride: bool,
    names: Sequence[str],
    wide: bool = False,
) -> tuple[Threads, ...]:
    """``names`` are those of the variables of 64 bits; ``wide``: all loops have one."""
    found = []
    for loop, count, name in zip(loops, counts, names, strict=True):
        type = loop.loop.counter.type
        assert isinstance(type, Integer)
        narrow = wide or type.bits < 64 or loop.loop.stepping or (not type.signed and loop.loop.step < 0)
        at = Variable(-1, name, LONG_LONG, "automatic", LONG_LONG) if narrow else loop.loop.counter
        side = block["xyz".index(loop.axis)]
        few = count.known is not None and count.known <= MOST_BLOCKS[loop.axis] * side
        found.append(Threads(loop, at, stride or (loop.axis != "x" and not few)))
    return tuple(found)


def covered(parts: Sequence[Threads], body: Sequence[str], may_return: bool) -> list[str]:
    """``body`` for every iteration of the loops, at no indentation."""
    if not parts:
        return list(body)
    hoisted = next((part for part in parts if may_return and _hoists(part, parts)), None)
    if hoisted is not None:
        rest = tuple(part for part in parts if part is not hoisted)
        return [
            f"const {hoisted.type} {hoisted.at.name} = {hoisted.first};",
            f"if ({hoisted.outside()})",
            f"{INDENT}return;",
            *hoisted.definition,
            *covered(rest, body, may_return),
        ]
    part = parts[0]
    inner = [*part.definition, *covered(parts[1:], body, False)]
    before = [line for declaration in part.loop.before for line in show(declaration, macros=True).splitlines()]
    guard = text(part.guard(), macros=True)
    if part.strided:
        head = f"for ({part.type} {part.at.name} = {part.first}; {guard}; {part.advance})"
        return [*before, *controlled(head, inner)]
    return [
        *before,
        f"const {part.type} {part.at.name} = {part.first};",
        *controlled(f"if ({guard})", inner),
    ]


def _hoists(part: Threads, parts: Sequence[Threads]) -> bool:
    """Whether the guard of ``part`` can come first."""
    around = {other.counter for other in parts}
    return not (part.strided or any(p.loop.before for p in parts)) and not around.intersection(bounding(part.loop.loop))


def body_lines(body: Statement) -> list[str]:
    """The statements of ``body`` without its braces."""
    if not isinstance(body, Block):
        return show(body, macros=True).splitlines()
    lines = [line for statement in body.statements for line in show(statement, macros=True).splitlines()]
    return [*body.opening, *lines, *body.closing]
