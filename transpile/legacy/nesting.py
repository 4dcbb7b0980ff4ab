"""Which loops a graph has, one within another, and which node dominates which.

Loops are those of strongly connected components: every one is entered at one node, its header. Components with more
entries get a ``Switch`` in front, as do loops that are nested deeper than anybody reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from transpile.legacy.expressions import Constant, Local
from transpile.legacy.flow import RETURN, Branch, Go, Graph, Node, Switch, redirected
from transpile.legacy.statements import SetLocal
from transpile.legacy.types import Text

DEEPEST = 6
"""So many loops are in one another at most."""

COPIED = 3
"""A node with so many statements may be there twice."""


@dataclass(slots=True)
class Nesting:
    """``order``: the nodes, each before those that it goes to, loops aside; ``number``: where they are in it.
    ``loop``: the header of the innermost loop that a node is in (a header is in its own); ``outer``: the header of the
    loop around that of a header. ``dominator``: the last node that all ways to a node come through."""

    order: tuple[str, ...]
    number: dict[str, int]
    loop: dict[str, str | None]
    outer: dict[str, str | None]
    dominator: dict[str, str]

    def loops(self, label: str) -> Iterator[str]:
        """The headers of the loops that a node is in, the innermost first."""
        header = self.loop[label]
        while header is not None:
            yield header
            header = self.outer[header]


@dataclass(slots=True)
class _Component:
    """``entries`` are the nodes where it is entered, or, ``deep`` in other loops, those that jumps back go to."""

    nodes: set[str]
    entries: tuple[str, ...]
    deep: bool


def nest(graph: Graph) -> Nesting:
    """``graph`` gets a ``Switch`` wherever its loops have no one header."""
    while True:
        loop, outer, tangled = _loops(graph)
        if not tangled:
            break
        for component in tangled:
            if component.deep or not _copied(graph, component):
                targets = set(component.entries)
                switch(graph, component.entries, {edge: None for edge in graph.edges() if edge[1] in targets})
    order = ordered(graph.entry, graph.successors, graph.nodes)
    number = {label: index for index, label in enumerate(order)}
    return Nesting(order, number, loop, outer, _dominators(graph, order, number))


def ordered(
    entry: str, successors: Callable[[str], Iterable[str]], nodes: Iterable[str], towards: set[str] | None = None
) -> tuple[str, ...]:
    """Reverse postorder, and in the order of the program where it may be. ``towards`` gets what jumps back go to."""
    place = {label: index for index, label in enumerate(nodes)}
    found: list[str] = []
    active = {entry: True}
    stack = [(entry, _later_first(successors(entry), place))]
    while stack:
        label, rest = stack[-1]
        for to in rest:
            if to not in active:
                active[to] = True
                stack.append((to, _later_first(successors(to), place)))
                break
            if active[to] and towards is not None:
                towards.add(to)
        else:
            active[label] = False
            found.append(label)
            stack.pop()
    return tuple(reversed(found))


def _later_first(labels: Iterable[str], place: dict[str, int]) -> Iterator[str]:
    return iter(sorted((label for label in labels if label in place), key=lambda label: -place[label]))


def _dominators(graph: Graph, order: tuple[str, ...], number: dict[str, int]) -> dict[str, str]:
    """Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm"; loops have one header, so one round is enough."""
    before: dict[str, list[str]] = {label: [] for label in order}
    for label, to in graph.edges():
        if number[label] < number[to]:
            before[to].append(label)
    found = {order[0]: order[0]}
    for label in order[1:]:
        last, *others = sorted(before[label], key=lambda one: number[one])
        for other in others:
            while last != other:
                if number[last] < number[other]:
                    other = found[other]
                else:
                    last = found[last]
        found[label] = last
    return found


def _loops(graph: Graph) -> tuple[dict[str, str | None], dict[str, str | None], list[_Component]]:
    loop: dict[str, str | None] = dict.fromkeys(graph.nodes)
    outer: dict[str, str | None] = {}
    tangled: list[_Component] = []
    pending: list[tuple[list[str], str | None, int]] = [(list(graph.nodes), None, 1)]
    place = {label: index for index, label in enumerate(graph.nodes)}
    sources: dict[str, list[str]] = {label: [] for label in graph.nodes}
    for label, to in graph.edges():
        sources[to].append(label)
    while pending:
        nodes, around, depth = pending.pop()
        for component in _components(graph, nodes, around):
            inside = set(component)
            entries = [one for one in component if one == graph.entry or not inside.issuperset(sources[one])]
            deep = len(entries) == 1 and depth == DEEPEST
            if deep:
                entries = _headers(graph, entries[0], component)
            if len(entries) > 1:
                tangled.append(_Component(inside, tuple(sorted(entries, key=lambda label: place[label])), deep))
                continue
            outer[entries[0]] = around
            loop.update(dict.fromkeys(component, entries[0]))
            pending.append((component, entries[0], depth + 1))
    return loop, outer, tangled


def _headers(graph: Graph, header: str, nodes: list[str]) -> list[str]:
    """Where jumps back within ``nodes`` go to."""
    towards = {header}
    ordered(header, graph.successors, nodes, towards)
    return list(towards)


def _components(graph: Graph, nodes: list[str], without: str | None) -> Iterator[list[str]]:
    """The loops among ``nodes`` when nothing goes to ``without`` (Tarjan)."""
    inside = set(nodes) - {without}
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    active: set[str] = set()
    for start in nodes:
        stack = [(start, iter(graph.successors(start)))] if start in inside and start not in index else []
        while stack:
            label, rest = stack[-1]
            if label not in index:
                index[label] = low[label] = len(index)
                path.append(label)
                active.add(label)
            for to in rest:
                if to in inside and to not in index:
                    stack.append((to, iter(graph.successors(to))))
                    break
                if to in active:
                    low[label] = min(low[label], index[to])
            else:
                stack.pop()
                if stack:
                    low[stack[-1][0]] = min(low[stack[-1][0]], low[label])
                if low[label] == index[label]:
                    component = [path.pop()]
                    while component[-1] != label:
                        component.append(path.pop())
                    active.difference_update(component)
                    if len(component) > 1 or label in graph.successors(label):
                        yield component


def _copied(graph: Graph, component: _Component) -> bool:
    """Of two entries, a small one that only leads to the other is there twice, so that one entry is left."""
    for label in component.entries:
        node = graph.nodes[label]
        others = set(component.entries) - {label}
        inside = component.nodes.intersection(graph.successors(label))
        if len(others) != 1 or inside != others or len(node.body) > COPIED or not isinstance(node.leave, Go | Branch):
            continue
        copy = _new(graph, label)
        for source in tuple(graph.nodes):
            if source not in component.nodes:
                _redirect(graph, source, {label: copy})
        if graph.entry == label:
            graph.entry = copy
        graph.nodes[copy] = replace(node, label=copy)
        return True
    return False


def switch(graph: Graph, targets: tuple[str, ...], edges: Iterable[tuple[str, str]]) -> None:
    """The jumps ``edges``, which are to ``targets``, set a state and go to a new node that goes where it says."""
    label = _new(graph, targets[0])
    node = Node(label, (), Switch(Local(_state(graph), Text(None)), (), ()))
    if graph.entry in targets:
        edges = [*edges, (RETURN, graph.entry)]
    graph.nodes = dict(_inserted(graph, targets[0], node))
    through(graph, label, targets, edges)


def through(graph: Graph, label: str, targets: tuple[str, ...], edges: Iterable[tuple[str, str]]) -> None:
    """As ``switch``, with the ``Switch`` at ``label``. An edge from nowhere is that into the function."""
    node = graph.nodes[label]
    assert isinstance(node.leave, Switch)
    leave = node.leave
    name = {to: to if to not in leave.names else f"{to} {len(leave.names)}" for to in targets}
    graph.nodes[label] = Node(label, (), Switch(leave.state, leave.names + tuple(name.values()), leave.ways + targets))
    for source, to in edges:
        way = _new(graph, f"{source} {to}")
        value = Constant(name[to], Text(len(name[to])))
        graph.nodes[way] = Node(way, (SetLocal(leave.state, value),), Go(label))
        if source == RETURN:
            graph.entry = way
        else:
            _redirect(graph, source, {to: way})


def _state(graph: Graph) -> tuple[str, ...]:
    number = sum(isinstance(node.leave, Switch) for node in graph.nodes.values()) + 1
    return ("state",) if number == 1 else ("state", str(number))


def _inserted(graph: Graph, before: str, node: Node) -> Iterator[tuple[str, Node]]:
    for label, other in graph.nodes.items():
        if label == before:
            yield node.label, node
        yield label, other


def _new(graph: Graph, label: str) -> str:
    number = 2
    while f"{label} {number}" in graph.nodes:
        number += 1
    return f"{label} {number}"


def _redirect(graph: Graph, source: str, to: dict[str, str]) -> None:
    node = graph.nodes[source]
    graph.nodes[source] = replace(node, leave=redirected(node.leave, to))
