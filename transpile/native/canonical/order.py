"""Bodies in the order of their source: each instruction as near as it may be to the one it translates.

Emitters put off what can wait, so that the moves at the end of a block come in an order that says nothing. A model
learns a translation that runs along its source far sooner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush

from transpile.native.canonical.syntax import Parsed, Syntax
from transpile.native.canonical.webs import Webs


def in_source_order(lines: Sequence[Parsed | str], found: Webs, ranks: Sequence[int], syntax: Syntax) -> list[int]:
    """The indices of ``lines`` by rank as far as registers, flags, memory and control allow.

    ``ranks[i]``: place in the source of what line ``i`` translates. Bodies with labels inside stay as they are.
    """
    if any(isinstance(line, str) for line in lines):
        return list(range(len(lines)))
    after: list[set[int]] = [set() for _ in lines]
    waits = [0] * len(lines)

    def edge(first: int, second: int) -> None:
        if first != second and second not in after[first]:
            after[first].add(second)
            waits[second] += 1

    last: dict[object, int] = {}
    readers: dict[object, list[int]] = {}
    for index, line in enumerate(lines):
        assert isinstance(line, Parsed)
        reads, writes = _resources(line, found.of[index], found, syntax)
        for resource in reads:
            if resource in last:
                edge(last[resource], index)
            readers.setdefault(resource, []).append(index)
        for resource in writes:
            for reader in readers.pop(resource, ()):
                edge(reader, index)
            if resource in last:
                edge(last[resource], index)
            last[resource] = index
    ready = [(ranks[i], i) for i in range(len(lines)) if not waits[i]]
    heapify(ready)
    order: list[int] = []
    while ready:
        _, index = heappop(ready)
        order.append(index)
        for following in after[index]:
            waits[following] -= 1
            if not waits[following]:
                heappush(ready, (ranks[following], following))
    return order


def _resources(line: Parsed, uses: Mapping[int, int], found: Webs, syntax: Syntax) -> tuple[set[object], set[object]]:
    """What a line reads and writes: webs (those in certain registers by register), flags, memory, everything."""
    reads: set[object] = {"all"}
    writes: set[object] = set()
    for position, operand in enumerate(line.operands):
        if operand.kind != "reg":
            continue
        if operand.text in syntax.constant:
            (writes if position in line.writes and operand.text != "zero" else reads).add(operand.text)
            continue
        resource: object = found.fixed.get(uses[position], uses[position])
        if position not in line.writes or line.tied:
            reads.add(resource)
        if position in line.writes:
            writes.add(resource)
    if syntax.touches_memory(line.template):
        writes.add("memory")
    if syntax.touches_flags(line.template):
        writes.add("flags")
    if syntax.leaves(line.template):
        writes.add("all")
    return reads, writes
