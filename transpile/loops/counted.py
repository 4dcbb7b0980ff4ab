"""Counted loops: which ``for`` loops go through an arithmetic progression, and where it starts and ends.

``counted`` either gives a loop's counter, first value, step and the bounds that end it, or says what makes the loop
irregular, and where. Bounds are compared as C does it, in the type of the comparison; whether that agrees with the
integers (no wrap-around) is for those to decide who know the values. A bound that reads memory names the arrays it
reads: that the body does not change them under another name is an assumption of whoever uses the loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from transpile.c.constants import integer_of
from transpile.c.tree import (
    AddressOf,
    Assign,
    Assignment,
    Binary,
    Block,
    Break,
    Call,
    CallThrough,
    Constant,
    Declare,
    Dereference,
    DoWhile,
    Empty,
    Evaluate,
    Expression,
    For,
    Goto,
    Increment,
    Index,
    Label,
    Member,
    Name,
    Node,
    Return,
    Statement,
    Switch,
    Unary,
    Variable,
    While,
)
from transpile.c.types import is_integer
from transpile.c.walking import bare, children, targets, variables, walk
from transpile.errors import Span

Comparison: TypeAlias = Literal["<", "<=", ">", ">=", "!="]
_SWAPPED: dict[str, Comparison] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Irregular:
    """Not a counted loop; ``reason`` completes "the loop is not counted: ..."."""

    reason: str
    span: Span


@dataclass(frozen=True, slots=True)
class Bound:
    """The loop goes on while ``left comparison right``.

    ``left`` is ``scale`` times the counter plus what does not change in the loop; ``plain`` if it is the counter,
    perhaps converted. ``right`` does not change in the loop. ``condition`` is the comparison as written.
    """

    left: Expression
    comparison: Comparison
    right: Expression
    scale: int
    plain: bool
    condition: Expression


@dataclass(frozen=True, slots=True)
class Counted:
    """The counter is ``start``, ``start + step``, ... while all ``bounds`` hold.

    With ``stepping`` the condition itself takes the step after its test (``i-- > 0``): the bounds are about the value
    before, and the body sees ``start + step`` first. ``declared`` if the header declares the counter. ``reads`` are
    the arrays and pointers whose memory the bounds read.
    """

    node: For = field(repr=False)
    counter: Variable
    start: Expression
    step: int
    bounds: tuple[Bound, ...]
    declared: bool
    stepping: bool = False
    reads: tuple[Variable, ...] = ()

    @property
    def span(self) -> Span:
        return self.node.span


@dataclass(frozen=True, slots=True)
class Nest:
    """Counted loops, outermost first, each the only statement of the one around it, and the body of the innermost."""

    loops: tuple[Counted, ...]
    body: Statement


def nest(loop: For) -> Nest | Irregular:
    """The perfect nest that ``loop`` is the outermost loop of. Loops within its body may be reached by other loops'."""
    outer = counted(loop)
    if isinstance(outer, Irregular):
        return outer
    loops = [outer]
    while isinstance(below := _only(loops[-1].node.body), For):
        inner = counted(below)
        if isinstance(inner, Irregular):
            break
        loops.append(inner)
    return Nest(tuple(loops), loops[-1].node.body)


def _only(statement: Statement) -> Statement:
    while isinstance(statement, Block):
        inside = [s for s in statement.statements if not isinstance(s, Empty)]
        if len(inside) != 1:
            return statement
        statement = inside[0]
    return statement


def counted(loop: For) -> Counted | Irregular:
    """What ``loop`` counts, or why it does not."""
    if loop.condition is None:
        return Irregular("it has no condition", loop.span)
    header = _header(loop, loop.condition)
    if isinstance(header, Irregular):
        return header
    bounds: list[Bound] = []
    for condition in header.conditions:
        found = _bound(condition, header.counter, header.step)
        if isinstance(found, Irregular):
            return found
        bounds.append(found)
    return (
        _unsteady(header.counter, loop)
        or _varying(bounds, loop)
        or _leaving(loop.body)
        or Counted(
            loop, header.counter, header.start, header.step, tuple(bounds), header.declared, header.stepping,
            _memory(bounds),
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Header:
    counter: Variable
    start: Expression
    step: int
    declared: bool
    conditions: tuple[Expression, ...]
    stepping: bool


def _header(loop: For, condition: Expression) -> _Header | Irregular:
    if loop.step is None:
        return _stepping(loop, condition)
    step = _step(loop.step)
    if step is None:
        return Irregular("its step does not add a constant to one variable", loop.step.span)
    counter, by = step
    start = _start(loop, counter)
    if isinstance(start, Irregular):
        return start
    return _Header(counter, start[0], by, start[1], tuple(_conjuncts(condition)), False)


def _stepping(loop: For, condition: Expression) -> _Header | Irregular:
    """``for (i = n; i-- > 0;)``, also written ``i--`` and ``i-- != 0``."""
    tested = bare(condition)
    zero: Expression = Constant(0, "0", type=tested.type, span=tested.span)
    if isinstance(tested, Binary) and tested.operator in (">", "!="):
        zero, tested = tested.right, bare(tested.left)
    if not (isinstance(tested, Increment) and not tested.prefix and integer_of(bare(zero)) == 0 and tested.step == -1):
        return Irregular("it has no step", loop.span)
    counter = _integer_name(tested.target)
    if counter is None:
        return Irregular("its step does not add a constant to one variable", tested.span)
    start = _start(loop, counter)
    if isinstance(start, Irregular):
        return start
    test = Binary(">", tested.target, replace(zero, type=tested.target.type), type=condition.type, span=condition.span)
    return _Header(counter, start[0], -1, start[1], (test,), True)


def _start(loop: For, counter: Variable) -> tuple[Expression, bool] | Irregular:
    """The first value, and whether the header declares the counter."""
    match loop.initial:
        case ():
            return Name(counter, type=counter.type, span=loop.span), False
        case (Declare(variable, Expression() as value),) if variable == counter:
            return value, True
        case (Assign(Name(variable), "", value),) if variable == counter:
            return value, False
        case (Evaluate(Assignment(Name(variable), "", value)),) if variable == counter:
            return value, False
        case (other, *_):
            return Irregular(f"its header does not set '{counter.name}' alone", other.span)
    return Irregular("its header is not understood", loop.span)


def _step(step: Statement) -> tuple[Variable, int] | None:
    match step:
        case Evaluate(Increment(target, by)):
            return _stepped(target, by)
        case Assign(target, "+" | "-" as operator, value):
            return _stepped(target, _signed(operator, integer_of(bare(value))))
        case Assign(target, "", value):
            match bare(value):
                case Binary("+" | "-" as operator, left, right) if bare(left) == target:
                    return _stepped(target, _signed(operator, integer_of(bare(right))))
                case Binary("+", left, right) if bare(right) == target:
                    return _stepped(target, integer_of(bare(left)))
    return None


def _signed(operator: str, value: int | None) -> int | None:
    return value if value is None or operator == "+" else -value


def _stepped(target: Expression, by: int | None) -> tuple[Variable, int] | None:
    counter = _integer_name(target)
    return (counter, by) if counter and by else None


def _integer_name(target: Expression) -> Variable | None:
    return target.variable if isinstance(target, Name) and is_integer(target.variable.type) else None


def _conjuncts(condition: Expression) -> Iterator[Expression]:
    match bare(condition):
        case Binary("&&", left, right):
            yield from _conjuncts(left)
            yield from _conjuncts(right)
        case found:
            yield found


def _bound(condition: Expression, counter: Variable, step: int) -> Bound | Irregular:
    match condition:
        case Binary("<" | "<=" | ">" | ">=" | "!=" as written, left, right):
            pass
        case _:
            return Irregular("its condition is not made of comparisons that '&&' joins", condition.span)
    comparison: Comparison = written
    if counter not in variables(left):
        left, right, comparison = right, left, _SWAPPED[written]
    if counter in variables(right) or counter not in variables(left):
        return Irregular(f"'{counter.name}' does not stand on one side of its condition alone", condition.span)
    scale = _scale(left, counter)
    if not scale:
        return Irregular(f"its condition is not linear in '{counter.name}'", condition.span)
    upward = scale * step > 0
    if comparison == "!=" and abs(scale * step) != 1:
        return Irregular(f"with steps of {step}, '!=' may miss the end", condition.span)
    if comparison != "!=" and upward != comparison.startswith("<"):
        return Irregular(f"'{counter.name}' moves away from its bound", condition.span)
    return Bound(left, comparison, right, scale, isinstance(bare(left), Name), condition)


def _scale(expression: Expression, counter: Variable) -> int | None:
    """How much ``expression`` grows when ``counter`` grows by one; None if that is not a constant."""
    inner = bare(expression)
    if counter not in variables(inner):
        return 0
    match inner:
        case Name():
            return 1
        case Binary("+" | "-" as operator, left, right):
            one, two = _scale(left, counter), _scale(right, counter)
            if one is None or two is None:
                return None
            return one + two if operator == "+" else one - two
        case Binary("*", left, right):
            return _product(_scale(left, counter), integer_of(bare(right))) or _product(
                _scale(right, counter), integer_of(bare(left))
            )
        case Unary("-", operand):
            return _product(_scale(operand, counter), -1)
        case Unary("+", operand):
            return _scale(operand, counter)
    return None


def _product(one: int | None, two: int | None) -> int | None:
    return None if one is None or two is None else one * two


def _unsteady(counter: Variable, loop: For) -> Irregular | None:
    """What else than the step may change the counter."""
    if counter.storage not in ("automatic", "parameter") or counter.volatile:
        return Irregular(f"others may change '{counter.name}'", loop.span)
    for target in targets(loop.body):
        if isinstance(target, Name) and target.variable == counter:
            return Irregular(f"its body changes '{counter.name}'", target.span)
    for node in walk(loop):
        if isinstance(node, AddressOf) and isinstance(node.operand, Name) and node.operand.variable == counter:
            return Irregular(f"the address of '{counter.name}' is taken", node.span)
    return None


def _varying(bounds: list[Bound], loop: For) -> Irregular | None:
    """A bound whose value the body may change, or that has effects of its own."""
    changed = {target.variable for target in targets(loop.body) if isinstance(target, Name)}
    stored = {base for target in targets(loop.body) if (base := base_variable(target)) and not isinstance(target, Name)}
    for bound in bounds:
        for side in (bound.left, bound.right):
            for node in walk(side):
                if isinstance(node, Name) and (node.variable in changed or node.variable.volatile):
                    return Irregular(f"'{node.variable.name}' in its condition changes in the loop", node.span)
                if isinstance(node, Call | CallThrough | Increment | Assignment):
                    return Irregular("its condition calls a function or changes something", node.span)
                if _reads_memory(node) and base_variable(node) in stored:
                    return Irregular("its condition reads memory that its body writes", node.span)
    return None


def _reads_memory(node: Node) -> bool:
    return isinstance(node, Index | Dereference | Member)


def _memory(bounds: list[Bound]) -> tuple[Variable, ...]:
    nodes = (node for bound in bounds for side in (bound.left, bound.right) for node in walk(side))
    return tuple(dict.fromkeys(base for node in nodes if _reads_memory(node) and (base := base_variable(node))))


def base_variable(node: Node) -> Variable | None:
    """The variable at the bottom of ``a[i].x[j]``, ``*p`` or ``(p + 1)->x``; None if it is not a single one."""
    match node:
        case Name(variable):
            return variable
        case Index(base, _) | Member(base):
            return base_variable(base)
        case Dereference(operand):
            return base_variable(operand)
        case AddressOf(operand):
            return base_variable(operand)
        case Binary("+" | "-", left, right):
            return base_variable(left) if not is_integer(left.type) else base_variable(right)
        case Expression():
            inner = bare(node)
            return base_variable(inner) if inner is not node else None
    return None


def _leaving(body: Statement) -> Irregular | None:
    """A statement that leaves the loop other than by its condition, or may enter it."""
    for node in walk(body):
        match node:
            case Return():
                return Irregular("its body returns", node.span)
            case Goto() | Label():
                return Irregular("there is a jump or a label in its body", node.span)
    return _breaks(body)


def _breaks(node: Node) -> Irregular | None:
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Break):
            return Irregular("its body breaks out of it", found.span)
        if not isinstance(found, For | While | DoWhile | Switch):
            waiting.extend(children(found))
    return None
