"""Where nodes stand in nested statements: in an arm of the node before them, behind it, or behind a loop."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field

from transpile.legacy.flow import RETURN, Branch, Go, Graph, Node, Switch
from transpile.legacy.nesting import COPIED, Nesting, nest, switch, through

DEEPEST = 12
"""So many arms and loops are in one another at most."""

LONGEST = 60
"""So many of them when those count too that become ``elif``."""

FLAGS = 3
"""So many places are gone to over others in one row of nodes; where there are more, a ``Switch`` chooses."""

SMALL = 8
"""The way out of a loop stays in it if it has so many statements at most, and the loop is left in other ways too."""


@dataclass(slots=True)
class Placing:
    """``parent``: the node that another is in, or behind. ``within`` and ``behind``: what is done after a node's own
    arms, in this order: in the loop that it is the header of, and behind that. Nodes in neither are in the one arm that
    goes to them. ``size``: how many statements a node has, with all those in it."""

    graph: Graph
    nesting: Nesting
    parent: dict[str, str]
    within: dict[str, list[str]] = field(default_factory=dict)
    behind: dict[str, list[str]] = field(default_factory=dict)
    joined: set[str] = field(default_factory=set)
    size: Counter[str] = field(default_factory=Counter)

    def header(self, label: str) -> bool:
        return self.nesting.loop[label] == label

    def small(self, label: str) -> bool:
        """It may stand at more than one place."""
        node = self.graph.nodes[label]
        return isinstance(node.leave, Go) and len(node.body) <= COPIED and not self.header(label)


def place(graph: Graph) -> Placing:
    """``graph`` gets a ``Switch`` where jumps forward cross each other too often."""
    while True:
        placing = _placed(graph)
        if not _switched(placing):
            return placing


def _placed(graph: Graph) -> Placing:
    nesting = nest(graph)
    number = nesting.number
    before = _before(graph, number)
    count = Counter({label: len(sources) for label, sources in before.items()})
    placing = Placing(graph, nesting, {})
    left: dict[str, list[str]] = {}
    for label in nesting.order[1:]:
        dominator = nesting.dominator[label]
        header = _left(placing, dominator, label, before[label])
        placing.parent[label] = header or dominator
        if header:
            left.setdefault(header, []).append(label)
        elif count[label] > 1:
            placing.within.setdefault(dominator, []).append(label)
    _measure(placing)
    for header, labels in left.items():
        _leave(placing, header, labels, count)
    _flatten(placing)
    for rows in (placing.within, placing.behind):
        for row in rows.values():
            row.sort(key=lambda label: number[label])
            placing.joined.update(row)
    _measure(placing)
    return placing


def _before(graph: Graph, number: dict[str, int]) -> dict[str, list[str]]:
    """Where jumps forward to a node come from."""
    before: dict[str, list[str]] = {}
    for label, to in graph.edges():
        if number[label] < number[to]:
            before.setdefault(to, []).append(label)
    return before


def _left(placing: Placing, dominator: str, label: str, sources: list[str]) -> str | None:
    """The header of the outermost loop that is left on the way from ``dominator`` to ``label``. Nothing is brought out
    of what a ``Switch`` chooses from, unless all of it goes there, or ``sources`` are out of it already."""
    inside = set(placing.nesting.loops(label))
    found = None
    for header in placing.nesting.loops(dominator):
        if header in inside:
            break
        if isinstance(placing.graph.nodes[header].leave, Switch) and header != dominator:
            place_inside = found or dominator
            if all(_is_in(placing, source, place_inside) for source in sources):
                break
        found = header
    return found


def _is_in(placing: Placing, label: str, outer: str) -> bool:
    while label != outer and label in placing.parent:
        label = placing.parent[label]
    return label == outer


def _measure(placing: Placing) -> None:
    placing.size = Counter()
    for label in sorted(placing.parent, key=lambda one: -placing.nesting.number[one]):
        placing.size[label] += _statements(placing.graph.nodes[label])
    for label in reversed(_outside_in(placing)):
        if label in placing.parent:
            placing.size[placing.parent[label]] += placing.size[label]


def _statements(node: Node) -> int:
    return len(node.body) + (not isinstance(node.leave, Go))


def _outside_in(placing: Placing) -> list[str]:
    """All nodes, each behind its parent."""
    children: dict[str, list[str]] = {}
    for label, parent in placing.parent.items():
        children.setdefault(parent, []).append(label)
    found = [placing.graph.entry]
    for label in found:
        found += children.get(label, ())
    return found


def _leave(placing: Placing, header: str, labels: list[str], count: Counter[str]) -> None:
    """What loops go to when they are left stands behind them; what is short may stand in them, but not all of it."""
    short = [label for label in labels if count[label] == 1 and _short(placing, label)]
    if len(short) == len(labels):
        short.remove(next((label for label in reversed(short) if not _final(placing, label)), short[-1]))
    for label in labels:
        if label in short:
            placing.parent[label] = placing.nesting.dominator[label]
        else:
            placing.behind.setdefault(header, []).append(label)


def _short(placing: Placing, label: str) -> bool:
    return placing.size[label] <= SMALL and not placing.header(label)


def _final(placing: Placing, label: str) -> bool:
    return placing.graph.nodes[label].leave == Go(RETURN)


def _flatten(placing: Placing) -> None:
    """What is too deep in others stands behind the header of the loop around it, or behind the first node."""
    entry = placing.graph.entry
    depth, chain, home = {entry: 0}, {entry: 0}, {entry: entry}
    behind = {label for labels in placing.behind.values() for label in labels}
    within = {label for labels in placing.within.values() for label in labels}
    for label in _outside_in(placing)[1:]:
        parent = placing.parent[label]
        loop = placing.header(parent) and label not in behind
        arm = label not in within and label not in behind
        home[label] = parent if loop else home[parent]
        depth[label] = depth[parent] + loop + (arm and not _chained(placing, parent, label))
        chain[label] = chain[parent] + arm
        if not arm or home[label] == parent or placing.size[label] <= SMALL:
            continue
        if depth[label] > DEEPEST or chain[label] > LONGEST:
            lifted = _lift(placing, label, home[label])
            behind.difference_update(lifted)
            within.update(lifted)
            depth[label], chain[label] = depth[home[label]] + 1, 0


def _lift(placing: Placing, label: str, home: str) -> list[str]:
    """``label``, and whatever it may go to that stands in the same arms, is to stand behind ``home``."""
    number = placing.nesting.number
    lifted = [label]
    above = placing.parent[label]
    while above != home:
        for rows in (placing.within, placing.behind):
            row = rows.get(above, [])
            lifted += (other for other in row if number[other] > number[label])
            row[:] = [other for other in row if number[other] < number[label]]
        above = placing.parent[above]
    placing.parent.update(dict.fromkeys(lifted, home))
    placing.within.setdefault(home, []).extend(lifted)
    return lifted


def _chained(placing: Placing, parent: str, label: str) -> bool:
    """It becomes an ``elif``."""
    leave, node = placing.graph.nodes[parent].leave, placing.graph.nodes[label]
    return not node.body and isinstance(node.leave, Branch) and isinstance(leave, Branch) and label == leave.no


def _switched(placing: Placing) -> bool:
    """Rows of nodes with too many jumps over some of them get a ``Switch``."""
    graph, number = placing.graph, placing.nesting.number
    rows = [(header, row, True) for header, row in placing.within.items()]
    rows += [(header, row, False) for header, row in placing.behind.items()]
    spans = _spans(placing)
    before = _before(graph, number)
    found = False
    for header, nodes, inside in rows:
        leave = graph.nodes[header].leave
        row = [label for label in nodes if not _copied(placing, label, header)]
        chosen = inside and isinstance(leave, Switch)
        if _crossing(placing, row, before, spans) <= (0 if chosen else FLAGS):
            continue
        found = True
        edges = dict.fromkeys((label, to) for to in row for label in before[to])
        if chosen:
            through(graph, header, tuple(row), edges)
        else:
            switch(graph, tuple(row), edges)
    return found


def _copied(placing: Placing, label: str, header: str) -> bool:
    """It is small, and can be done and left from wherever control goes to it."""
    return placing.small(label) and placing.graph.nodes[label].leave in (Go(RETURN), Go(header))


def _crossing(placing: Placing, row: list[str], before: dict[str, list[str]], spans: dict[str, tuple[int, int]]) -> int:
    """How many nodes of ``row`` are gone to over others of it."""
    starts = sorted((spans[label][0], index) for index, label in enumerate(row))
    found = 0
    for index, label in enumerate(row):
        found += any(_index(source, row, starts, spans) < index for source in before[label])
    return found


def _index(source: str, row: list[str], starts: list[tuple[int, int]], spans: dict[str, tuple[int, int]]) -> int:
    """After how many nodes of ``row`` the one with ``source`` in it comes; the header's own come first."""
    start = spans[source][0]
    found = bisect_right(starts, (start, len(row))) - 1
    if found >= 0 and start < spans[row[starts[found][1]]][1]:
        return starts[found][1] + 1
    return 0


def _spans(placing: Placing) -> dict[str, tuple[int, int]]:
    """Numbers for all nodes such that those in a node have numbers between its two."""
    outside_in = _outside_in(placing)
    count = Counter(dict.fromkeys(outside_in, 1))
    for label in reversed(outside_in[1:]):
        count[placing.parent[label]] += count[label]
    following = {placing.graph.entry: 1}
    spans = {placing.graph.entry: (0, count[placing.graph.entry])}
    for label in outside_in[1:]:
        parent = placing.parent[label]
        start = following[parent]
        following[parent] += count[label]
        following[label] = start + 1
        spans[label] = (start, start + count[label])
    return spans
