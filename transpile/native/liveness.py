"""Which bytes of which source registers, and which flags, are needed later.

A proposer's analysis: a location wrongly called dead makes a proof fail, it cannot make a wrong block pass. What is
trusted is the calling convention at calls and returns: which registers carry arguments and results.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from transpile.native.abi import SourceAbi
from transpile.native.cfg import Block, Function
from transpile.native.effects import (
    CONDITION_FLAGS,
    FLAG_DEFINES,
    FLAG_DESTROYS,
    architectural,
    defs,
    removable,
    temp_uses,
    uses,
)
from transpile.native.micro import Code, Micro, Reg, Temp

Masks = dict[str, int]
"""Location -> bit mask of its live bytes."""

FULL_REGISTER = 0xFF


def bytes_mask(low: int, high: int) -> int:
    return (1 << high) - (1 << low)


def live_bytes(mask: int) -> int:
    """How many low bytes a mask spans."""
    return mask.bit_length()


def rounded(mask: int) -> int:
    """The mask of the 1, 2, 4, 8 or 16 low bytes that cover ``mask``."""
    size = mask.bit_length()
    return mask and bytes_mask(0, 1 << (size - 1).bit_length())


@dataclass(frozen=True, slots=True)
class Demand:
    """What leaves the function at a call, tail call or return: location -> mask of the bytes that must be right."""

    masks: Mapping[str, int]


@dataclass(slots=True)
class BlockLiveness:
    """Result for one block. ``after[i]`` holds the live masks after ``micros[i]``."""

    micros: list[Micro]
    entry: Masks = field(default_factory=dict)
    exit: Masks = field(default_factory=dict)
    flags_entry: str = ""
    flags_exit: str = ""
    after: list[Masks] = field(default_factory=list)


def union(into: Masks, other: Mapping[str, int]) -> bool:
    """Add ``other`` to ``into``; whether anything was new."""
    changed = False
    for name, mask in other.items():
        old = into.get(name, 0)
        if mask & ~old:
            into[name] = old | mask
            changed = True
    return changed


def _join_flags(*letters: str) -> str:
    return "".join(c for c in "ozscp" if any(c in part for part in letters))


LANEWISE = frozenset((
    "and", "or", "xor", "andn", "add", "sub", "adds", "addus", "subs", "subus", "mullo", "mulhs", "mulhu",
    "avg", "minu", "maxu", "mins", "maxs", "cmpeq", "cmpgt", "fadd", "fsub", "fmul", "fdiv", "fmin", "fmax",
    "fsqrt", "fcmp", "i2f", "f2i", "f2ir",
))  # fmt: skip
"""Packed operations whose result lanes depend on the same lanes of their operands only."""


def _needed_bytes(micro: Micro, live: Mapping[str, int]) -> int:
    """Of the bytes of a vector operand those that matter for the live bytes of the result."""
    if not isinstance(micro.dst, Reg) or not micro.dst.vector:
        return 0xFFFF
    mask = live.get(micro.dst.name, 0)
    if micro.code is Code.COPY:
        return mask
    if micro.code is not Code.PACKED or micro.name not in LANEWISE:
        return 0xFFFF
    if micro.name in ("and", "or", "xor", "andn"):
        return mask
    lanes = 0
    for low in range(0, 16, micro.lane):
        part = bytes_mask(low, low + micro.lane)
        lanes |= part if mask & part else 0
    return lanes


class Backward:
    """One backward walk over a block; removes what nothing needs."""

    def __init__(self, abi: SourceAbi, demand: Demand | None) -> None:
        self.clobbered = frozenset((*abi.registers, *abi.vectors)) - frozenset(abi.callee_saved)
        self.demand = demand

    def walk(self, micros: Sequence[Micro], live_out: Mapping[str, int], flags_out: str) -> BlockLiveness:
        live: Masks = dict(live_out)
        temps: set[int] = set()
        wanted: dict[int, str] = {}
        pending = flags_out
        kept: list[Micro] = []
        after: list[Masks] = []
        for micro in reversed(micros):
            if micro.code is Code.FLAGS:
                letters = wanted.pop(micro.id, "")
                if architectural(micro):
                    defined = FLAG_DEFINES[micro.name]
                    letters = _join_flags(letters, "".join(c for c in pending if c in defined))
                    gone = defined + FLAG_DESTROYS.get(micro.name, "")
                    pending = "".join(c for c in pending if c not in gone)
                if not letters:
                    continue
                micro = replace(micro, live=letters)
            elif removable(micro) and not self._needed(micro, live, temps):
                continue
            kept.append(micro)
            after.append(dict(live))
            needed = _needed_bytes(micro, live)
            self._kill(micro, live)
            if micro.code in (Code.CALL, Code.ICALL, Code.TAIL, Code.ITAIL, Code.RET) and self.demand is not None:
                union(live, self.demand.masks)
            if micro.code is Code.BRANCH:
                union(live, live_out)
                pending = _join_flags(pending, flags_out)
            narrow = 4 if micro.code is Code.LEA and micro.dst is not None and micro.dst.size == 4 else 16
            for name, low, high in uses(micro):
                if name != "sp":
                    read = bytes_mask(low, min(high, narrow))
                    if low == 0 and high == 16:
                        read &= needed
                    live[name] = live.get(name, 0) | read
            temps.update(temp_uses(micro))
            if micro.cond is not None:
                need = CONDITION_FLAGS[micro.cond.cc]
                if micro.cond.flags < 0:
                    pending = _join_flags(pending, need)
                else:
                    wanted[micro.cond.flags] = _join_flags(wanted.get(micro.cond.flags, ""), need)
        kept.reverse()
        after.reverse()
        return BlockLiveness(kept, live, dict(live_out), pending, flags_out, after)

    def _needed(self, micro: Micro, live: Masks, temps: set[int]) -> bool:
        dst = micro.dst
        if isinstance(dst, Temp):
            return dst.index in temps
        if dst is None:
            return True
        if micro.code is Code.COPY and micro.args[0] == dst and dst.size != 4:
            return False
        written = defs(micro)
        return written is None or bool(live.get(written[0], 0) & bytes_mask(written[1], written[2]))

    def _kill(self, micro: Micro, live: Masks) -> None:
        if micro.code in (Code.CALL, Code.ICALL):
            for name in self.clobbered:
                live.pop(name, None)
            return
        written = defs(micro)
        if written is None:
            return
        name, low, high = written
        rest = live.get(name, 0) & ~bytes_mask(low, high)
        if rest:
            live[name] = rest
        else:
            live.pop(name, None)


class FunctionLiveness:
    """Backward data flow over a function to a fixed point."""

    def __init__(
        self, function: Function, micros: Mapping[str, Sequence[Micro]], abi: SourceAbi, demands: Mapping[str, Demand]
    ) -> None:
        self.function = function
        self.micros = micros
        self.abi = abi
        self.demands = demands

    def run(self) -> dict[str, BlockLiveness]:
        """Liveness in which all successors of a block that need a location need equally many bytes of it."""
        floor: dict[str, Masks] = {}
        while True:
            result = self._fixed_point(floor)
            if not self._raise(result, floor):
                return result

    def _raise(self, result: Mapping[str, BlockLiveness], floor: dict[str, Masks]) -> bool:
        blocks = self.function.by_label()
        changed = False
        for block in self.function.blocks:
            if len(block.successors) < 2:
                continue
            entries = [(blocks[s].label, result[blocks[s].label].entry) for s in block.successors]
            for name in {n for _, entry in entries for n in entry}:
                widest = max(rounded(entry.get(name, 0)) for _, entry in entries)
                for label, entry in entries:
                    if 0 < rounded(entry.get(name, 0)) < widest:
                        floor.setdefault(label, {})[name] = widest
                        changed = True
        return changed

    def _fixed_point(self, floor: Mapping[str, Masks]) -> dict[str, BlockLiveness]:
        blocks = self.function.by_label()
        order = [b.label for b in reversed(self.function.blocks)]
        predecessors: dict[str, list[str]] = {label: [] for label in order}
        for block in self.function.blocks:
            for successor in block.successors:
                predecessors[blocks[successor].label].append(block.label)
        result: dict[str, BlockLiveness] = {}
        work, queued = list(reversed(order)), set(order)
        while work:
            label = work.pop()
            queued.discard(label)
            block = blocks[label]
            live_out, flags_out = self._exit(block, blocks, result)
            old = result.get(label)
            if old is not None and old.exit == live_out and old.flags_exit == flags_out:
                continue
            new = Backward(self.abi, self.demands.get(label)).walk(self.micros[label], live_out, flags_out)
            new.exit = live_out
            union(new.entry, floor.get(label, {}))
            result[label] = new
            if old is None or new.entry != old.entry or new.flags_entry != old.flags_entry:
                for predecessor in predecessors[label]:
                    if predecessor not in queued:
                        queued.add(predecessor)
                        work.append(predecessor)
        return result

    def _exit(
        self, block: Block, blocks: Mapping[str, Block], result: Mapping[str, BlockLiveness]
    ) -> tuple[Masks, str]:
        live: Masks = {}
        flags = ""
        for successor in block.successors:
            known = result.get(blocks[successor].label)
            if known is not None:
                union(live, known.entry)
                flags = _join_flags(flags, known.flags_entry)
        if block.ending.kind in ("call", "icall"):
            live = {n: m for n, m in live.items() if n in self.abi.callee_saved}
            flags = ""
        return live, flags
