"""Graphs of jumps become nested statements: what a jump led over is nested, loops are loops, and joins stand behind.

The nesting follows the dominators, as in Ramsey, "Beyond Relooper" (ICFP 2022), but what we write has no labelled
blocks. Where a jump goes over code that others need, the place that it goes to is said again if it is small, or a flag
remembers where to go. What has no structure is put into a loop around a ``Dispatch``; all around it stays nested."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from transpile.legacy.expressions import Constant, Either, Expression, Local, Not
from transpile.legacy.flow import RETURN, Branch, Fork, Go, Node, Switch, arms
from transpile.legacy.nested import initialised, left, looped
from transpile.legacy.placing import Placing, place
from transpile.legacy.simplifying import leaves, simplified
from transpile.legacy.statements import Body, Break, Continue, If, Return, SetLocal, Statement
from transpile.legacy.types import Truth

REPEATED = 9
"""What stands at several places has so many statements there altogether at most."""


@dataclass(frozen=True, slots=True)
class Structured:
    """``flags`` and ``states`` are the local variables that it needs; ``unreached`` are labels that no way leads to."""

    body: Body
    flags: tuple[Local, ...] = ()
    states: tuple[Local, ...] = ()
    unreached: tuple[str, ...] = ()


def structure(nodes: Sequence[Node]) -> Structured:
    """What ``nodes`` do when they are entered at the first, in statements."""
    graph, unreached = simplified(nodes)
    writer = _Writer(place(graph))
    body = writer.row([(graph.entry, False)], _Context(RETURN, None)).statements
    flags = tuple(writer.flags.values())
    states = tuple(node.leave.state for node in graph.nodes.values() if isinstance(node.leave, Switch))
    return Structured(initialised(tuple(body), frozenset(flags)), flags, states, unreached)


@dataclass(frozen=True, slots=True)
class _Loop:
    """``exit`` is where control goes behind it; ``depth`` is how many loops are around what is in it."""

    header: str
    exit: str
    depth: int


@dataclass(frozen=True, slots=True)
class _Context:
    """``following`` is where control goes from the end of what is written."""

    following: str
    loop: _Loop | None

    @property
    def depth(self) -> int:
        return self.loop.depth if self.loop else 0

    def direct(self, to: str) -> Body | None:
        """The statement that goes to ``to``, if there is one."""
        if self.loop and to == self.loop.exit:
            return (Break(),)
        if to == RETURN:
            return (Return(),)
        if self.loop and to == self.loop.header:
            return (Continue(),)
        return None


@dataclass(slots=True)
class _Written:
    """``live``: labels whose flags may be set at the end of ``statements``; ``gone``: those that left the loop."""

    statements: list[Statement] = field(default_factory=list)
    live: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)

    def arm(self, other: _Written) -> Body:
        """The statements of ``other``, which are to be in one of these."""
        self.live |= other.live
        self.gone |= other.gone
        return tuple(other.statements)


@dataclass(frozen=True, slots=True)
class _Short:
    """Statements that end with going ``to``; ``copied`` is the node that they are a copy of."""

    body: Body
    to: str
    copied: str | None = None


_Item: TypeAlias = tuple[str, bool]
"""A label, and whether it is the inside of the loop whose header it is."""


class _Writer:
    def __init__(self, placing: Placing) -> None:
        self.placing = placing
        self.flags: dict[tuple[str, bool], Local] = {}
        self.active: set[str] = set()
        self.wanted = {placing.graph.entry}
        self.depth: dict[str, int] = {}
        self.copied: Counter[str] = Counter()

    def row(self, items: list[_Item], context: _Context) -> _Written:
        """``items`` one after the other, each with all that stands behind it."""
        written = _Written()
        pending = self._push([], items, context)
        while pending:
            self._next(pending, context, written)
        return written

    def _next(self, pending: list[_Item], context: _Context, written: _Written) -> None:
        label, inside = pending.pop()
        if not inside:
            written.live.discard(label)
            if label in self.placing.joined and label not in self.wanted:
                return
        if written.live:
            pending.append((label, inside))
            self._guarded(pending, context, written)
        elif self.placing.header(label) and not inside:
            self._push(pending, [(one, False) for one in self.placing.behind.get(label, ())], context)
            self._loop(label, _Context(_following(pending, context), context.loop), written)
        else:
            self._push(pending, [(one, False) for one in self.placing.within.get(label, ())], context)
            rest = self._node(label, _Context(_following(pending, context), context.loop), written)
            self._push(pending, [(rest, False)] if rest else [], context)

    def _push(self, pending: list[_Item], items: list[_Item], context: _Context) -> list[_Item]:
        pending += reversed(items)
        self.depth.update((label, context.depth) for label, _ in items)
        return pending

    def _guarded(self, pending: list[_Item], context: _Context, written: _Written) -> None:
        """What is next in ``pending`` if no flag is set: up to where one leads, or may be set again."""
        test = Not(self._any(sorted(written.live)))
        inner = _Written()
        while pending and pending[-1][0] not in written.live and not inner.live:
            self._next(pending, context, inner)
        written.statements.append(If(test, written.arm(inner)))

    def _any(self, labels: list[str]) -> Expression:
        flags = tuple(self._flag(label) for label in labels)
        return flags[0] if len(flags) == 1 else Either(flags)

    def _flag(self, label: str) -> Local:
        """It leads to ``label``, or to the next round of the loop that starts there, if that is around."""
        back = label in self.active
        if (label, back) not in self.flags:
            words = ("again" if back else "to", *re.findall("[a-z0-9]+", label.lower()))
            taken = {flag.name for flag in self.flags.values()}
            name = words if words not in taken else (*words, str(len(taken) + 1))
            self.flags[label, back] = Local(name, Truth())
        return self.flags[label, back]

    def _loop(self, header: str, context: _Context, written: _Written) -> None:
        loop = _Loop(header, context.following, context.depth + 1)
        self.active.add(header)
        body = self.row([(header, True)], _Context(header, loop))
        self.active.remove(header)
        written.statements.append(looped(tuple(body.statements)))
        exits: dict[Body, list[str]] = {}
        for label in sorted(body.gone - {context.following}):
            direct = context.direct(label)
            if direct is None and self.depth[label] < context.depth:
                written.gone.add(label)
                direct = (Break(),)
            if direct is None:
                written.live.add(label)
            else:
                exits.setdefault(direct, []).append(label)
        written.statements += (If(self._any(labels), direct) for direct, labels in exits.items())

    def _node(self, label: str, context: _Context, written: _Written) -> str | None:
        """Writes one node; the answer is the one in its arms that is to be written behind it."""
        node = self.placing.graph.nodes[label]
        written.statements += node.body
        if node.body and leaves(node.body[-1]):
            return None
        if isinstance(node.leave, Go) and self._inline(node.leave.to, label):
            return node.leave.to
        rest = self._rest(node, context)
        inner = [self._arm(to, label, rest, context, written) for to in arms(node.leave)]
        written.statements += left(node.leave, inner)
        return rest

    def _arm(self, to: str, label: str, rest: str | None, context: _Context, written: _Written) -> Body:
        if to == rest:
            return ()
        if rest is not None and (short := self._short(to, label, context)) is not None:
            return self._take(short)
        if self._inline(to, label):
            return written.arm(self.row([(to, False)], context))
        return written.arm(self._jump(to, context))

    def _inline(self, to: str, label: str) -> bool:
        return self.placing.parent.get(to) == label and to not in self.placing.joined

    def _jump(self, to: str, context: _Context) -> _Written:
        direct = () if to == context.following else context.direct(to)
        if direct is not None:
            return _Written(list(self._take(_Short(direct, to))))
        if (copy := self._copy(to, context, falls=True)) is not None:
            return _Written(list(self._take(copy)))
        self.wanted.add(to)
        flag = SetLocal(self._flag(to), Constant(True, Truth()))
        if self.depth[to] < context.depth:
            return _Written([flag, Break()], gone={to})
        return _Written([flag], live={to})

    def _take(self, short: _Short) -> Body:
        self.wanted.add(short.to)
        if short.copied is not None:
            self.copied[short.copied] += 1
        return short.body

    def _short(self, to: str, label: str, context: _Context) -> _Short | None:
        """How to go from ``label`` to ``to``, and on, if that is short and never comes to its end."""
        if self._inline(to, label):
            if not self.placing.small(to) or to in self.placing.within:
                return None
            return self._with_jump(to, context, falls=False)
        direct = context.direct(to)
        return _Short(direct, to) if direct else self._copy(to, context, falls=False)

    def _copy(self, to: str, context: _Context, *, falls: bool) -> _Short | None:
        """What the small node at ``to`` does, and the jump behind it; ``falls``: it may come to its end."""
        if to == RETURN or not self.placing.small(to):
            return None
        if (self.copied[to] + 1) * len(self.placing.graph.nodes[to].body) > REPEATED:
            return None
        short = self._with_jump(to, context, falls=falls)
        return replace(short, copied=to) if short else None

    def _with_jump(self, label: str, context: _Context, *, falls: bool) -> _Short | None:
        node = self.placing.graph.nodes[label]
        to = arms(node.leave)[0]
        if node.body and leaves(node.body[-1]):
            return _Short(node.body, RETURN)
        direct = () if falls and to == context.following else context.direct(to)
        return None if direct is None else _Short((*node.body, *direct), to)

    def _rest(self, node: Node, context: _Context) -> str | None:
        """The arm that is better written behind the statement than in it, because all others leave."""
        if not isinstance(node.leave, Branch | Fork):
            return None
        ways = arms(node.leave)
        rest = max(ways, key=lambda to: self.placing.size[to] if self._inline(to, node.label) else -1)
        if not self._inline(rest, node.label):
            return None
        falls, longest = False, 0
        for to in ways:
            if to == rest:
                continue
            short = self._short(to, node.label, context)
            if short is None:
                return None
            falls |= context.following in (to, short.to)
            longest = max(longest, len(short.body))
        if not falls:
            return rest
        following = self.placing.graph.nodes[rest]
        if longest > 1 and not following.body and isinstance(following.leave, Branch):
            return None
        return rest if self.placing.size[rest] > (6 if longest > 1 else 3) else None


def _following(pending: list[_Item], context: _Context) -> str:
    return pending[-1][0] if pending else context.following
