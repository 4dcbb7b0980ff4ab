"""What compilers know of the functions of one file and use against the letter of the calling convention.

gcc lets a register live across a call of a function that it can see does not touch it (``-fipa-ra``), and calls local
functions with a stack that is not aligned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from transpile.native.abi import SourceAbi
from transpile.native.cfg import Block
from transpile.native.frame import FrameAnalysis
from transpile.native.micro import SP, Code, Reg
from transpile.native.prepare import Prepared

Sites = Mapping[str, Sequence[tuple[str, int]]]
"""Function -> its callers in this file, each with the depth of its stack at the call."""


def call_sites(functions: Sequence[Prepared], abi: SourceAbi) -> Sites:
    """Where the functions of a file are called, before any of them has a skew."""
    sites: dict[str, list[tuple[str, int]]] = {}
    for prepared in functions:
        for block in prepared.function.blocks:
            depth = _call_depth(prepared, block, abi)
            if depth is not None:
                sites.setdefault(block.ending.target, []).append((prepared.function.name, depth))
    return sites


def skews(functions: Sequence[Prepared], sites: Sites) -> dict[str, int]:
    """8 for each internal function that all of its callers call with a stack pointer that is 8 modulo 16."""
    internal = [p.function.name for p in functions if p.function.internal and sites.get(p.function.name)]
    found = dict.fromkeys(internal, 0)
    for _ in range(len(internal) + 1):
        new = {name: 8 if all(_misaligned(site, found) for site in sites[name]) else 0 for name in internal}
        if new == found:
            break
        found = new
    return found


def _misaligned(site: tuple[str, int], found: Mapping[str, int]) -> int:
    """8 if this call is made with a stack pointer that is 8 modulo 16, else 0."""
    caller, depth = site
    return (8 + depth - found.get(caller, 0)) % 16


def detached(functions: Sequence[Prepared], sites: Sites, found: Mapping[str, int]) -> frozenset[str]:
    """Internal functions that some callers call with an aligned stack and some with a misaligned one.

    Their frames cannot be at the same address on both machines, which is all the same to them: they use no address of
    their frame but to access it, and call only functions of which this is true as well.
    """
    by_name = {p.function.name: p for p in functions if p.function.internal and _self_contained(p)}
    callees = {name: _callees(p) for name, p in by_name.items()}
    changed = True
    while changed:
        outside = [name for name, called in callees.items() if not called <= callees.keys()]
        changed = bool(outside)
        for name in outside:
            del callees[name]
    work = [n for n in callees if any(_misaligned(site, found) != found.get(n, 0) for site in sites.get(n, ()))]
    result: set[str] = set()
    while work:
        name = work.pop()
        if name not in result:
            result.add(name)
            work.extend(callees[name])
    return frozenset(result)


def _self_contained(prepared: Prepared) -> bool:
    kinds = {block.ending.kind for block in prepared.function.blocks}
    return not kinds & {"icall", "tail", "itail"} and not frame_escapes(prepared)


def frame_escapes(prepared: Prepared) -> bool:
    """Whether an address inside the frame may become known elsewhere."""
    return any(stack.dynamic for stack in prepared.plan.entry.values()) or any(
        micro.code is Code.LEA and micro.address is not None and micro.address.base == SP
        for result in prepared.liveness.values()
        for micro in result.micros
    )


def misaligned(functions: Sequence[Prepared], skews: Mapping[str, int], abi: SourceAbi) -> list[tuple[Prepared, Block]]:
    """Blocks that call a function of this file otherwise aligned than it expects."""
    names = {p.function.name for p in functions}
    found: list[tuple[Prepared, Block]] = []
    for prepared in functions:
        for block in prepared.function.blocks:
            depth = _call_depth(prepared, block, abi) if block.ending.target in names else None
            if depth is None:
                continue
            off = (8 + depth - skews.get(prepared.function.name, 0)) % 16 == 8
            if off and not skews.get(block.ending.target, 0):
                found.append((prepared, block))
    return found


def _call_depth(prepared: Prepared, block: Block, abi: SourceAbi) -> int | None:
    """Depth of the stack at a call, without the function's own skew; a tail call leaves it as at entry."""
    if block.label in prepared.plan.dead_landings:
        return None
    if block.ending.kind == "tail":
        return 8
    if block.ending.kind != "call":
        return None
    return _depth_at_end(prepared, block.label, abi) + prepared.plan.skew


def _depth_at_end(prepared: Prepared, label: str, abi: SourceAbi) -> int:
    stack = prepared.plan.entry[label].copy()
    analysis = FrameAnalysis(prepared.function, prepared.groups, abi.stack_pointer, ())
    for group in prepared.groups[label]:
        for micro in group:
            analysis.step(micro, stack)
    return stack.depth


def preserved(functions: Sequence[Prepared], abi: SourceAbi) -> dict[str, frozenset[str]]:
    """Function -> registers that the convention lets it change and that it never does, whatever it calls."""
    clobbered = frozenset((*abi.registers, *abi.vectors)) - frozenset(abi.callee_saved)
    names = {p.function.name for p in functions}
    written = {p.function.name: _written(p, names, clobbered) for p in functions}
    callees = {p.function.name: _callees(p) & names for p in functions}
    changed = True
    while changed:
        changed = False
        for name, called in callees.items():
            merged = written[name].union(*(written[c] for c in called))
            if merged != written[name]:
                written[name] = merged
                changed = True
    return {name: clobbered - touched for name, touched in written.items()}


def _callees(prepared: Prepared) -> set[str]:
    return {b.ending.target for b in prepared.function.blocks if b.ending.kind in ("call", "tail")}


def _written(prepared: Prepared, names: set[str], clobbered: frozenset[str]) -> frozenset[str]:
    for block in prepared.function.blocks:
        ending = block.ending
        if ending.kind in ("icall", "itail") or (ending.kind in ("call", "tail") and ending.target not in names):
            return clobbered
    found: set[str] = set()
    for groups in prepared.groups.values():
        for group in groups:
            found.update(m.dst.name for m in group if isinstance(m.dst, Reg))
    return frozenset(found)


def rely(
    caller: Prepared, by_name: Mapping[str, Prepared], kept: Mapping[str, frozenset[str]], abi: SourceAbi
) -> list[Prepared]:
    """Note what ``caller`` keeps in registers across its calls; the callees for which that is news."""
    news: list[Prepared] = []
    blocks = caller.function.by_label()
    known = frozenset((*abi.callee_saved, *abi.results, *abi.vector_results, abi.stack_pointer))
    for block in caller.function.blocks:
        callee = by_name.get(block.ending.target) if block.ending.kind in ("call", "tail") else None
        if callee is None:
            continue
        if block.ending.kind == "tail":
            if not caller.relied.keys() <= callee.relied.keys():
                callee.relied.update(caller.relied)
                news.append(callee)
            continue
        if not block.successors:
            continue
        live = caller.liveness[blocks[block.successors[0]].label].entry
        sizes = {
            name: 16 if mask >> 8 else 8
            for name, mask in live.items()
            if name in kept[callee.function.name] and name not in known
        }
        if sizes:
            caller.kept[callee.function.name] = {**caller.kept.get(callee.function.name, {}), **sizes}
        if not sizes.keys() <= callee.relied.keys():
            callee.relied.update(sizes)
            news.append(callee)
    return news
