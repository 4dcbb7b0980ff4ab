"""Graphs with the same runs and fewer nodes: no detours over empty nodes, nothing that is never reached, straight lines
in one node, and conditions that lead to the same place joined by and, or."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from transpile.legacy.expressions import Both, Compare, Either, Expression, Not, Relation
from transpile.legacy.flow import RETURN, Branch, Depending, End, Go, Graph, Node, arms, redirected
from transpile.legacy.statements import Return, Statement, Stop
from transpile.legacy.types import Floating

JOINED = 4
"""So many conditions are one at most; more are hard to read."""


def simplified(nodes: Sequence[Node]) -> tuple[Graph, tuple[str, ...]]:
    """The graph of ``nodes``, of which the first is done first, and those that no way leads to."""
    graph = Graph(nodes[0].label, {node.label: node for node in nodes})
    if len(graph.nodes) != len(nodes):
        raise ValueError("two nodes have the same label")
    for label, node in graph.nodes.items():
        if label == RETURN or any(to != RETURN and to not in graph.nodes for to in arms(node.leave)):
            raise ValueError(f"node {label!r} goes to no node")
    _drop_unreached(graph)
    unreached = tuple(node.label for node in nodes if node.label not in graph.nodes)
    _thread(graph)
    _drop_unreached(graph)
    _join_conditions(graph)
    _join_lines(graph)
    return graph, unreached


def _drop_unreached(graph: Graph) -> None:
    seen = {graph.entry}
    pending = [graph.entry]
    while pending:
        for to in graph.successors(pending.pop()):
            if to not in seen:
                seen.add(to)
                pending.append(to)
    graph.nodes = {label: node for label, node in graph.nodes.items() if label in seen}


def negated(condition: Expression) -> Expression:
    match condition:
        case Not(operand):
            return operand
        case Compare(operator, left, right) if operator in ("==", "!=") or not (_floating(left) or _floating(right)):
            return replace(condition, operator=_OPPOSITE[operator])
    return Not(condition)


_OPPOSITE: dict[Relation, Relation] = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def _floating(value: Expression) -> bool:
    """A number that may be none, which is neither less nor not less than any."""
    return isinstance(getattr(value, "type", None), Floating)


def _thread(graph: Graph) -> None:
    """Jumps to empty nodes go where those go."""
    ends: dict[str, str] = {RETURN: RETURN}
    for label in graph.nodes:
        path: dict[str, None] = {}
        while label not in ends and label not in path and (to := _detour(graph.nodes[label])) is not None:
            path[label] = None
            label = to
        end = ends.get(label, label)
        ends.update((passed, end) for passed in path)
        ends.setdefault(label, end)
    for label, node in graph.nodes.items():
        leave = Go(RETURN) if _ends(node) else redirected(node.leave, ends)
        if isinstance(leave, Branch | Depending) and len(set(arms(leave))) == 1:
            leave = Go(arms(leave)[0])
        graph.nodes[label] = replace(node, leave=leave)


def _detour(node: Node) -> str | None:
    if node.body:
        return None
    match node.leave:
        case Go(to):
            return to
        case End():
            return RETURN
    return None


def _ends(node: Node) -> bool:
    return isinstance(node.leave, End) or (bool(node.body) and leaves(node.body[-1]))


def leaves(statement: Statement) -> bool:
    """Nothing of the function is done behind ``statement``."""
    return isinstance(statement, Return | Stop)


def _join_conditions(graph: Graph) -> None:
    count = Counter(to for _, to in graph.edges())
    for label in reversed(tuple(graph.nodes)):
        node = graph.nodes.get(label)
        while node is not None and isinstance(node.leave, Branch) and (leave := _joined(graph, node, count)):
            node = graph.nodes[label] = replace(node, leave=leave)


def _joined(graph: Graph, node: Node, count: Counter[str]) -> Branch | None:
    """How ``node`` is left if the one condition behind it is looked at along with its own."""
    assert isinstance(node.leave, Branch)
    first = node.leave
    for label, other in ((first.no, first.yes), (first.yes, first.no)):
        if label in (RETURN, graph.entry, node.label) or count[label] != 1 or graph.nodes[label].body:
            continue
        second = graph.nodes[label].leave
        if not isinstance(second, Branch) or second.remarks or other not in (second.yes, second.no):
            continue
        if _operands(first.condition) + _operands(second.condition) > JOINED:
            continue
        del graph.nodes[label]
        count[other] -= 1
        rest = second.no if second.yes == other else second.yes
        if label == first.no:
            towards = second.condition if second.yes == other else negated(second.condition)
            return replace(first, condition=_either(first.condition, towards), no=rest)
        towards = second.condition if second.yes == rest else negated(second.condition)
        return replace(first, condition=_both(first.condition, towards), yes=rest)
    return None


def _operands(condition: Expression) -> int:
    match condition:
        case Both(operands) | Either(operands):
            return sum(map(_operands, operands))
        case Not(operand):
            return _operands(operand)
    return 1


def _either(left: Expression, right: Expression) -> Either:
    return Either((*_parts(left, Either), *_parts(right, Either)))


def _both(left: Expression, right: Expression) -> Both:
    return Both((*_parts(left, Both), *_parts(right, Both)))


def _parts(condition: Expression, kind: type[Both] | type[Either]) -> tuple[Expression, ...]:
    return condition.operands if isinstance(condition, kind) else (condition,)


def _join_lines(graph: Graph) -> None:
    """A node that only one other goes to, and that goes nowhere else, is the end of that one."""
    count = Counter(to for _, to in graph.edges())
    for label in tuple(graph.nodes):
        if label not in graph.nodes:
            continue
        node, body = graph.nodes[label], list(graph.nodes[label].body)
        while isinstance(node.leave, Go) and count[to := node.leave.to] == 1 and to not in (label, graph.entry, RETURN):
            node = graph.nodes.pop(to)
            body += node.body
        graph.nodes[label] = Node(label, tuple(body), node.leave)
