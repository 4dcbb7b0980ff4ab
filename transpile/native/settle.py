"""Liveness settled over a file: what its functions need of, and leave to, each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from transpile.native import arguments, calls
from transpile.native.abi import SourceAbi
from transpile.native.arguments import Crossing
from transpile.native.liveness import Demand, FunctionLiveness, bytes_mask, live_bytes
from transpile.native.micro import Reg
from transpile.native.prepare import Prepared, with_frame


def settle(functions: Sequence[Prepared], abi: SourceAbi) -> None:
    """Liveness of all functions of a file: what a function needs at entry is what its callers must provide."""
    sites = calls.call_sites(functions, abi)
    skews = calls.skews(functions, sites)
    _align(functions, skews, abi)
    preserved = calls.preserved(functions, abi)
    for prepared in functions:
        prepared.defined = arguments.flow(prepared.function, prepared.micros, abi, preserved)
    by_name = {p.function.name: p for p in functions}
    summaries: dict[str, dict[str, int]] = {p.function.name: {} for p in functions}
    callers: dict[str, list[Prepared]] = {}
    for prepared in functions:
        for block in prepared.function.blocks:
            if block.ending.kind in ("call", "tail"):
                callers.setdefault(block.ending.target, []).append(prepared)
    work = list(functions)
    for prepared in functions:
        targets = {b.ending.target for b in prepared.function.blocks if b.ending.kind == "call"}
        prepared.spared = {name: preserved[name] for name in targets if name in preserved}
    while work:
        prepared = work.pop()
        _liveness(prepared, abi, summaries)
        for callee in calls.rely(prepared, by_name, preserved, abi):
            if not any(callee is queued for queued in work):
                work.append(callee)
        entry = prepared.liveness[prepared.function.blocks[0].label].entry
        summary = {name: live_bytes(mask) for name, mask in entry.items()}
        if summary != summaries[prepared.function.name]:
            summaries[prepared.function.name] = summary
            for caller in callers.get(prepared.function.name, ()):
                if not any(caller is queued for queued in work):
                    work.append(caller)
    _note_wide(functions, abi)
    detached = calls.detached(functions, sites, skews)
    for prepared in functions:
        prepared.detached = detached


def _note_wide(functions: Sequence[Prepared], abi: SourceAbi) -> None:
    """Tell all functions which whole vector registers live across calls between them, and which are used at all."""
    wide = sorted({name for p in functions for name, size in p.relied.items() if size == 16}, key=abi.vectors.index)
    if not wide:
        return
    used: set[str] = set()
    for prepared in functions:
        for result in prepared.liveness.values():
            used.update(result.entry, *result.after)
            used.update(m.dst.name for m in result.micros if isinstance(m.dst, Reg))
    for prepared in functions:
        prepared.wide, prepared.used_in_file = tuple(wide), frozenset(used)


def _align(functions: Sequence[Prepared], skews: Mapping[str, int], abi: SourceAbi) -> None:
    """Give functions that are always called with a misaligned stack the skew that lets the target stay aligned."""
    if not any(skews.values()):
        return
    for old in functions:
        called = {b.ending.target for b in old.function.blocks if b.ending.kind == "call"}
        if skews.get(old.function.name) or any(skews.get(name) for name in called):
            own = skews.get(old.function.name, 0)
            old.adopt(with_frame(old.function, old.groups, abi, own, skews))


def _liveness(prepared: Prepared, abi: SourceAbi, summaries: Mapping[str, Mapping[str, int]]) -> None:
    demands: dict[str, Demand] = {}
    prepared.crossings = {}
    for block in prepared.function.blocks:
        if block.label in prepared.plan.dead_landings:
            continue
        crossing = arguments.crossing(block, prepared.defined[block.label], abi, summaries)
        if crossing is not None:
            target = block.ending.target
            crossing = arguments.separate_variadic_count(
                crossing, prepared.micros[block.label], abi, exact=block.ending.kind == "tail" or target in summaries
            )
            if block.ending.kind in ("ret", "tail") and prepared.relied:
                crossing = replace(crossing, sizes={**crossing.sizes, **prepared.relied})
            prepared.crossings[block.label] = crossing
            demands[block.label] = Demand({n: bytes_mask(0, size) for n, size in crossing.sizes.items()})
    prepared.liveness = FunctionLiveness(prepared.function, prepared.micros, abi, demands).run()


def with_private_slots(prepared: Prepared, abi: SourceAbi, size: int) -> Prepared:
    """The same function with ``size`` bytes at the bottom of its frame that belong to the translation."""
    plan = prepared.plan
    new = with_frame(prepared.function, prepared.groups, abi, plan.skew, plan.callee_skews, size)
    new.relied, new.kept, new.crossings = prepared.relied, prepared.kept, prepared.crossings
    new.spared, new.detached = prepared.spared, prepared.detached
    demands = {}
    for label, crossing in prepared.crossings.items():
        demands[label] = Demand({n: bytes_mask(0, live) for n, live in crossing.sizes.items()})
        if arguments.VARIADIC_COUNT in crossing.sizes:
            arguments.separate_variadic_count(Crossing({abi.variadic_count: 1}), new.micros[label], abi, exact=True)
    new.liveness = FunctionLiveness(new.function, new.micros, abi, demands).run()
    return new
