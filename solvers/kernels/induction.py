"""What a loop does to the variables of the thread: which ones it changes, and which by the same amount each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType

from transpile.c.tree import (
    AddressOf,
    Assign,
    Assignment,
    Binary,
    Block,
    Break,
    Call,
    CallThrough,
    Cast,
    Comma,
    Constant,
    Continue,
    Dereference,
    DoWhile,
    Evaluate,
    Expression,
    For,
    Increment,
    Index,
    Member,
    Name,
    Node,
    Return,
    Statement,
    Switch,
    Variable,
    While,
)
from transpile.c.types import Array
from transpile.c.walking import bare, children, targets, variables, walk

_LOOPS = For | While | DoWhile


@dataclass(frozen=True, slots=True)
class Step:
    """``variable`` changes by ``amount`` in each iteration: ``operator`` is ``+``, ``-``, ``*``, ``/``, ``<<`` or
    ``>>``. Without an amount it is 1."""

    variable: Variable
    operator: str
    amount: Expression | None
    node: Assign | Increment | Assignment


def root(target: Expression) -> Variable | None:
    """The variable of which ``target`` is the whole or a member; None for what pointers lead to."""
    while isinstance(target, Member | Index | Cast):
        if isinstance(target, Index) and not isinstance(target.base.type, Array):
            return None
        target = target.base if isinstance(target, Member | Index) else target.operand
    return target.variable if isinstance(target, Name) else None


def changed(nodes: list[Node], pointed_to: set[Variable]) -> set[Variable]:
    """The variables that ``nodes`` may change; ``pointed_to`` are those that pointers may lead to."""
    found: set[Variable] = set()
    for node in nodes:
        found |= {variable for target in targets(node) if (variable := root(target)) is not None}
        if any(isinstance(inner, Call | CallThrough) or _through_pointer(inner) for inner in walk(node)):
            found |= pointed_to
    return found


def _through_pointer(node: Node) -> bool:
    return isinstance(node, Assign | Assignment | Increment) and root(node.target) is None


def addressed(node: Node) -> set[Variable]:
    """The variables whose address is taken in ``node``."""
    found: set[Variable] = set()
    for inner in walk(node):
        if isinstance(inner, AddressOf) and (variable := root(inner.operand)) is not None:
            found.add(variable)
    return found


def steps(body: Statement, step: Statement | None, condition: Expression | None, changing: set[Variable]) -> list[Step]:
    """The variables that are changed once in each iteration, in one way."""
    everything: list[Node] = [node for node in (body, step, condition) if node is not None]
    count: dict[Variable, int] = {}
    for node in everything:
        for target in targets(node):
            if (variable := root(target)) is not None:
                count[variable] = count.get(variable, 0) + 1
    found: list[Step] = []
    for node in _certain(body, step):
        made = _step(node)
        if made is not None and count.get(made.variable) == 1 and made.variable in changing and _fixed(made, changing):
            found.append(made)
    return found


def _certain(body: Statement, step: Statement | None) -> Iterator[Node]:
    """The parts that every iteration runs through that does not leave the loop."""
    if step is not None:
        yield from _expressions(step)
    if any(isinstance(node, Continue) for node in _own(body, _LOOPS)):
        return
    for statement in body.statements if isinstance(body, Block) else (body,):
        yield from _expressions(statement)


def _expressions(statement: Statement) -> Iterator[Node]:
    if isinstance(statement, Assign):
        yield statement
    elif isinstance(statement, Evaluate):
        waiting = [statement.expression]
        while waiting:
            found = waiting.pop()
            if isinstance(found, Comma):
                waiting += [found.left, found.right]
            else:
                yield found
    elif isinstance(statement, Block):
        for inner in statement.statements:
            yield from _expressions(inner)


def _own(body: Statement, but: type | UnionType) -> Iterator[Node]:
    """``body`` and the nodes below it, without those below the statements ``but``."""
    waiting: list[Node] = [body]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(child for child in children(node) if not isinstance(child, but))


def _step(node: Node) -> Step | None:
    match node:
        case Increment(Name(variable), step):
            return Step(variable, "+" if step > 0 else "-", None, node)
        case Assign(Name(variable), operator, value) | Assignment(Name(variable), operator, value):
            if operator in ("+", "-", "*", "/", "<<", ">>"):
                return Step(variable, operator, value, node)
            return _written_out(node, variable, bare(value)) if not operator else None
    return None


def _written_out(node: Assign | Assignment, variable: Variable, value: Expression) -> Step | None:
    """``i = i + c``."""
    if not isinstance(value, Binary) or value.operator not in ("+", "-", "*", "/", "<<", ">>"):
        return None
    left, right = bare(value.left), bare(value.right)
    if value.type != variable.type:
        return None
    if isinstance(left, Name) and left.variable == variable:
        return Step(variable, value.operator, value.right, node)
    if isinstance(right, Name) and right.variable == variable and value.operator in ("+", "*"):
        return Step(variable, value.operator, value.left, node)
    return None


def _fixed(step: Step, changing: set[Variable]) -> bool:
    """Whether the amount is the same in each iteration."""
    if step.amount is None:
        return True
    moving = any(
        isinstance(node, Call | CallThrough | Index | Dereference | Increment | Assignment)
        for node in walk(step.amount)
    )
    return not moving and not changing & set(variables(step.amount))


def leaves(body: Statement) -> bool:
    """Whether a ``break`` or ``return`` may end the loop."""
    if any(isinstance(node, Return) for node in walk(body)):
        return True
    return any(isinstance(node, Break) for node in _own(body, _LOOPS | Switch))


def power(step: Step) -> tuple[bool, int] | None:
    """Whether the variable grows, and by which factor at least, when it is multiplied, divided or shifted by a
    constant."""
    amount = bare(step.amount) if step.amount is not None else None
    if not isinstance(amount, Constant) or not isinstance(amount.value, int) or amount.value < 1:
        return None
    return (step.operator in ("*", "<<"), amount.value) if step.operator in ("*", "/", "<<", ">>") else None
