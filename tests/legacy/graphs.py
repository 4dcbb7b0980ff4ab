"""Graphs of jumps for tests, and two interpreters: of a graph, and of statements. Each logs the bodies that it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Literal
from zlib import crc32

from transpile.legacy.expressions import Both, Compare, Constant, Either, Expression, Local, Not
from transpile.legacy.flow import Branch, Depending, End, Fork, Go, Leave, Node
from transpile.legacy.statements import (
    Body,
    Break,
    Continue,
    Dispatch,
    If,
    Operation,
    Perform,
    Return,
    SetLocal,
    Statement,
    Stop,
    Store,
    While,
)


@dataclass(frozen=True, slots=True)
class Asked(Expression):
    """A question to whoever runs the program."""

    name: str


@dataclass(frozen=True, slots=True)
class Drawn(Expression):
    """What was drawn when the statement ``draw`` was done."""

    draw: str


Value = bool | int | str
Answer = Callable[[str], int]


def does(*names: str) -> Body:
    return tuple(Perform((name,)) for name in names)


def fork(name: str, *outcomes: str) -> Operation:
    return Operation(name, outcomes=tuple((outcome, does(f"{name}-{outcome}")) for outcome in outcomes))


class Stuck(Exception):
    """It ran for so long that it is stopped."""


@dataclass(slots=True)
class Run:
    """A run that asks and logs; the answers depend on the seed, who asks, and how often that was before."""

    seed: int
    limit: int
    longest: int = 1000
    asked: Counter[str] = field(default_factory=Counter)
    drawn: dict[str, int] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    steps: int = 0

    def answer(self, name: str) -> int:
        self.asked[name] += 1
        return crc32(f"{self.seed} {name} {self.asked[name]}".encode()) >> 7

    def step(self) -> None:
        self.steps += 1
        if self.steps > self.limit or len(self.log) > self.longest:
            raise Stuck

    def value(self, expression: Expression, locals_: dict[Local, Value]) -> Value:
        match expression:
            case Asked(name):
                return self.answer(name)
            case Drawn(draw):
                return self.drawn[draw]
            case Constant(value):
                assert isinstance(value, Value)
                return value
            case Local():
                return locals_[expression]
            case Not(operand):
                return not self.true(operand, locals_)
            case Both(operands):
                return all(self.true(one, locals_) for one in operands)
            case Either(operands):
                return any(self.true(one, locals_) for one in operands)
            case Compare("==" | "!=" as operator, left, right):
                return (self.value(left, locals_) == self.value(right, locals_)) is (operator == "==")
        raise AssertionError(expression)

    def true(self, expression: Expression, locals_: dict[Local, Value]) -> bool:
        value = self.value(expression, locals_)
        return value if isinstance(value, bool) else bool(int(value) & 1)

    def outcome(self, statement: Operation | Store) -> int:
        assert isinstance(statement, Operation)
        self.log.append(statement.name)
        return self.answer(statement.name) % len(statement.outcomes)


Signal = Literal["", "break", "continue", "return"]


def run_graph(nodes: Iterable[Node], run: Run) -> None:
    known = {node.label: node for node in nodes}
    label = next(iter(known))
    while True:
        run.step()
        node = known[label]
        if _body(node.body, run, {}):
            return
        following = _leave(node.leave, run)
        if following is None:
            return
        label = following


def _leave(leave: Leave, run: Run) -> str | None:
    match leave:
        case Go(to):
            return to
        case Branch(condition, yes, no):
            return yes if run.true(condition, {}) else no
        case Depending(value, ways, otherwise):
            number = run.value(value, {})
            return ways[int(number) - 1] if 1 <= int(number) <= len(ways) else otherwise
        case Fork(statement, ways):
            index = run.outcome(statement)
            assert isinstance(statement, Operation)
            return None if _body(statement.outcomes[index][1], run, {}) else ways[index]
        case End():
            return None
    raise AssertionError(leave)


def run_body(body: Body, run: Run) -> None:
    assert _body(body, run, {}) in ("", "return")


def _body(body: Body, run: Run, locals_: dict[Local, Value]) -> Signal:
    for statement in body:
        if signal := _statement(statement, run, locals_):
            return signal
    return ""


def _statement(statement: Statement, run: Run, locals_: dict[Local, Value]) -> Signal:
    match statement:
        case Perform((name,)):
            run.log.append(name)
            run.drawn[name] = run.answer(name) % 6
        case SetLocal(local, value):
            locals_[local] = run.value(value, locals_)
        case If(condition, then, otherwise):
            return _body(then if run.true(condition, locals_) else otherwise, run, locals_)
        case While():
            return _loop(statement, run, locals_)
        case Dispatch(state, parts):
            return _body(dict(parts)[str(locals_[state])], run, locals_)
        case Operation():
            return _body(statement.outcomes[run.outcome(statement)][1], run, locals_)
        case Break():
            return "break"
        case Continue():
            return "continue"
        case Return() | Stop():
            return "return"
        case _:
            raise AssertionError(statement)
    return ""


def _loop(loop: While, run: Run, locals_: dict[Local, Value]) -> Signal:
    first = True
    while True:
        run.step()
        checked = loop.condition is not None and not (loop.after and first)
        if checked and loop.condition is not None and not run.true(loop.condition, locals_):
            return ""
        first = False
        signal = _body(loop.body, run, locals_)
        if signal == "break":
            return ""
        if signal == "return":
            return signal


def statements(body: Body) -> Iterator[Statement]:
    """All statements in ``body``, loops included."""
    pending = list(body)
    while pending:
        statement = pending.pop()
        yield statement
        pending += inner(statement)


def inner(statement: Statement) -> list[Statement]:
    match statement:
        case If():
            return [*statement.then, *statement.otherwise]
        case While():
            return list(statement.body)
        case Dispatch():
            return [one for _, body in statement.parts for one in body]
        case Operation():
            return [one for _, body in statement.outcomes for one in body]
    return []


def random_nodes(random: Random, size: int, back: float, ends: float = 0.05) -> list[Node]:
    """``size`` nodes; ``back`` is the part of their jumps that go backward, ``ends`` that of nodes that end."""
    labels = [f"n{index}" for index in range(size)]

    def to(index: int) -> str:
        if index + 1 == size or random.random() < back:
            return labels[random.randrange(index + 1)]
        return labels[min(size - 1, index + 1 + int(random.expovariate(0.4)))]

    nodes = []
    for index, label in enumerate(labels):
        body = does(*(f"{label}.{number}" for number in range(random.choice((0, 1, 1, 2, 5)))))
        leave = _random_leave(random, label, partial(to, index))
        if isinstance(leave, Depending):
            body += does(f"{label}.draw")
        if random.random() < ends:
            leave, body = random.choice([(End(), body), (leave, (*body, Stop()))])
        nodes.append(Node(label, body, leave))
    return nodes


def _random_leave(random: Random, label: str, to: Callable[[], str]) -> Leave:
    match random.randrange(12):
        case 0 | 1 | 2 | 3:
            return Go(to())
        case 4:
            return Depending(Drawn(f"{label}.draw"), tuple(to() for _ in range(random.randint(1, 4))), to())
        case 5 | 6:
            statement = fork(label, *("bad", "good", "odd")[: random.randint(2, 3)])
            return Fork(statement, tuple(to() for _ in statement.outcomes))
    return Branch(Asked(label), to(), to())


def shown(body: Body, depth: int = 0) -> list[str]:
    """``body`` as indented lines."""
    lines = []
    for statement in body:
        for line in _lines(statement):
            lines += shown(line, depth + 1) if isinstance(line, tuple) else ["    " * depth + line]
    return lines


def _lines(statement: Statement) -> list[str | Body]:
    match statement:
        case Perform((name,)):
            return [name]
        case SetLocal(local, value):
            return [f"{_text(local)} = {_text(value)}"]
        case If(condition, then, otherwise):
            return [f"if {_text(condition)}:", then, *(["else:", otherwise] if otherwise else [])]
        case While(None, body):
            return ["while True:", body]
        case While(condition, body, after=False):
            return [f"while {_text(condition)}:", body]
        case While(condition, body):
            return ["do:", body, f"while {_text(condition)}"]
        case Dispatch(state, parts):
            arms = [[f"case {name}:", body] for name, body in parts]
            return [f"match {_text(state)}:", *(line for arm in arms for line in arm)]
        case Operation(name, outcomes=outcomes):
            arms = [[f"on {outcome}:", body] for outcome, body in outcomes if body]
            return [name, *(line for arm in arms for line in arm)]
    return [type(statement).__name__.lower()]


def _text(expression: Expression | None) -> str:
    match expression:
        case Asked(name) | Drawn(name):
            return name
        case Local(name):
            return "_".join(name)
        case Not(operand):
            return f"not {_text(operand)}"
        case Either(operands):
            return f"({' or '.join(map(_text, operands))})"
        case Both(operands):
            return f"({' and '.join(map(_text, operands))})"
        case Constant(value):
            return repr(value)
        case Compare(operator, left, right):
            return f"{_text(left)} {operator} {_text(right)}"
    raise AssertionError(expression)


def parsed(text: str) -> list[Node]:
    """Nodes from lines: a label, its statements, and ``-> label``, ``-> end``, ``q ? yes : no``, ``q # a b`` (DEPENDING
    ON), or ``name ! outcome=label …`` (a fork). Where no label is said, the next line follows."""
    rows = [line.split() for line in text.strip().splitlines()]
    return [_parsed(row, rows[index + 1][0] if index + 1 < len(rows) else "end") for index, row in enumerate(rows)]


def _parsed(row: list[str], following: str) -> Node:
    label, *words = (word.rstrip(":") if index == 0 else word for index, word in enumerate(row))
    following = following.rstrip(":")
    for sign in ("->", "?", "!", "#"):
        if sign in words:
            at = words.index(sign)
            return Node(label, *_left(sign, words[:at], words[at + 1 :], following))
    return Node(label, does(*words), End() if following == "end" else Go(following))


def _left(sign: str, before: list[str], after: list[str], following: str) -> tuple[Body, Leave]:
    match sign:
        case "->":
            return does(*before), End() if after == ["end"] else Go(after[0])
        case "?":
            no = after[2] if len(after) > 2 else following
            return does(*before[:-1]), Branch(Asked(before[-1]), after[0], no)
        case "#":
            return does(*before[:-1]), Depending(Drawn(before[-1]), tuple(after), following)
    outcomes = [word.split("=") for word in after]
    statement = Operation(before[-1], outcomes=tuple((outcome, ()) for outcome, _ in outcomes))
    return does(*before[:-1]), Fork(statement, tuple(to or following for _, to in outcomes))
