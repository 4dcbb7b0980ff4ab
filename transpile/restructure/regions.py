"""Bodies with jumps, taken apart into nodes of a graph.

A statement that no jump is in stays whole. An ``If`` with jumps becomes a branch, a loop with jumps a cycle, and a
statement with outcomes that jump a fork.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from transpile.legacy.expressions import Arithmetic, Compare, Expression, Load, Place
from transpile.legacy.flow import Branch, Depending, End, Fork, Go, Leave, Node
from transpile.legacy.statements import (
    Assign,
    Body,
    Break,
    Continue,
    If,
    Operation,
    Repeat,
    Statement,
    Stop,
    Store,
    While,
)  # fmt: skip
from transpile.legacy.statements import Leave as Left
from transpile.restructure.jumps import Jump, JumpDepending, Mark, jumping, leaves_loop
from transpile.restructure.scope import whole


@dataclass(slots=True)
class Apart:
    """Collects nodes. ``prefix`` makes labels unique; ``flag`` gives a field to remember a number in."""

    prefix: str
    flag: Callable[[str], Place]
    nodes: list[Node] = field(default_factory=list)
    _count: int = 0
    _loops: list[tuple[str, str]] = field(default_factory=list)
    """Of each loop that is taken apart: where Break and Continue go."""

    def fresh(self) -> str:
        self._count += 1
        return f"{self.prefix}:{self._count}"

    def take(self, body: Body, label: str, following: str) -> None:
        """Nodes for ``body``, entered at ``label``, with ``following`` behind it."""
        pending: list[Statement] = []
        here: str | None = label
        for statement in body:
            if here is None:
                if not isinstance(statement, Mark):
                    continue
                here = statement.label
                continue
            if _ends(statement):
                self.nodes.append(Node(here, (*pending, statement), End()))
                pending, here = [], None
                continue
            if not self._breaks_up(statement):
                pending.append(statement)
                continue
            behind = self._behind(statement)
            self._leave(statement, here, tuple(pending), behind)
            pending, here = [], behind
        if here is not None:
            self.nodes.append(Node(here, tuple(pending), Go(following)))

    def _breaks_up(self, statement: Statement) -> bool:
        return jumping(statement) or (bool(self._loops) and leaves_loop(statement))

    def _behind(self, statement: Statement) -> str | None:
        """Where the next statement begins; None if control does not come there."""
        match statement:
            case Jump() | Break() | Continue():
                return None
            case Mark():
                return statement.label
        return self.fresh()

    def _leave(self, statement: Statement, label: str, pending: Body, behind: str | None) -> None:
        def node(leave: Leave, also: Body = ()) -> None:
            self.nodes.append(Node(label, (*pending, *also), leave))

        match statement, behind:
            case Jump(), _:
                node(Go(statement.to))
            case Break(), _:
                node(Go(self._loops[-1][0]))
            case Continue(), _:
                node(Go(self._loops[-1][1]))
            case Mark(), _:
                node(Go(statement.label))
            case JumpDepending(), str():
                node(Depending(statement.value, statement.ways, behind, statement.span, statement.remarks))
            case If(), str():
                yes, no = self.fresh(), self.fresh()
                node(Branch(statement.condition, yes, no, statement.span, statement.remarks))
                self.take(statement.then, yes, behind)
                self.take(statement.otherwise, no, behind)
            case While(), str():
                node(Go(self._loop(statement, behind)))
            case Repeat(), str():
                counter = self.flag("count")
                node(Go(self._loop(_counted(statement, counter), behind)), (Assign(counter, statement.times),))
            case Store(), str():
                wrong, right = self.fresh(), self.fresh()
                node(Fork(replace(statement, wrong=(), right=()), (wrong, right)))
                self.take(statement.wrong, wrong, behind)
                self.take(statement.right, right, behind)
            case Operation(), str():
                self._outcomes(statement, node, behind)
            case _:
                raise AssertionError(statement)

    def _loop(self, loop: While, behind: str) -> str:
        """The nodes of a loop; its entry."""
        head, body = self.fresh(), self.fresh()
        test: Leave = Go(body) if loop.condition is None else Branch(loop.condition, body, behind, loop.span)
        self.nodes.append(Node(head, (), test))
        self._loops.append((behind, head))
        self.take(loop.body, body, head)
        self._loops.pop()
        return body if loop.after else head

    def _outcomes(self, statement: Operation, node: Callable[[Leave, Body], None], behind: str) -> None:
        if any(_always(name) for name, _ in statement.outcomes):
            self._remembered(statement, node, behind)
            return
        ways = [self.fresh() for _ in statement.outcomes]
        names = [(name, ()) for name, _ in statement.outcomes]
        node(Fork(replace(statement, outcomes=(*names, ("otherwise", ()))), (*ways, behind)), ())
        for way, (_, body) in zip(ways, statement.outcomes, strict=True):
            self.take(body, way, behind)

    def _remembered(self, statement: Operation, node: Callable[[Leave, Body], None], behind: str) -> None:
        """Outcomes leave a number behind, which says where to go on: more than one of them may be done."""
        chosen = self.flag("outcome")
        kept: list[tuple[str, Body]] = []
        ways: list[str] = []
        for name, body in statement.outcomes:
            if _always(name):
                kept.append((name, body))
                continue
            ways.append(self.fresh())
            kept.append((name, (Assign(chosen, whole(len(ways))),)))
            self.take(body, ways[-1], behind)
        done = replace(statement, outcomes=tuple(kept))
        node(Depending(Load(chosen), tuple(ways), behind, statement.span), (Assign(chosen, whole(0)), done))


def _ends(statement: Statement) -> bool:
    """Control does not come behind it."""
    return isinstance(statement, Stop) or (isinstance(statement, Left) and not statement.called)


def _always(name: str) -> bool:
    """Outcomes that are no alternatives of others."""
    return name in ("end", "input", "output") or name.startswith("field ")


def _counted(loop: Repeat, counter: Place) -> While:
    """The same as a loop that counts down."""
    down = Assign(counter, Arithmetic("-", Load(counter), whole(1)))
    positive: Expression = Compare(">", Load(counter), whole(0))
    return While(positive, (down, *loop.body), span=loop.span, remarks=loop.remarks)
