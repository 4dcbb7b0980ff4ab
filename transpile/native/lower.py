"""From a function's basic blocks to blocks ready for a target's emitter, with the relation at every edge.

The passes in order: micro-operations, frame, liveness (with what crosses calls), ranges, forms, flags across edges.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from transpile.native import arguments, calls
from transpile.native.abi import SourceAbi, TargetAbi
from transpile.native.arguments import Crossing
from transpile.native.block import FunctionContext, LoweredBlock
from transpile.native.cfg import Block, Function
from transpile.native.edges import FlagEdges
from transpile.native.frame import FrameAnalysis, FrameError
from transpile.native.liveness import live_bytes
from transpile.native.micro import Reg
from transpile.native.natives import PROTOTYPES
from transpile.native.prepare import Prepared
from transpile.native.ranges import flow as range_flow
from transpile.native.relation import BOXED, FULL, Form, Frame, Place, Relation
from transpile.native.settle import with_private_slots

LARGE = 2000
"""Micro-operations from which on a function may be too large for a target's shortest branches (AArch64: 32 KiB)."""


@dataclass(slots=True)
class CheckedBlock:
    """A block with everything the emitter and the checker need.

    ``exits``: successor label -> relation there; the keys ``call``, ``tail`` and ``ret`` stand for control leaving the
    function. ``trap`` marks a landing that cannot be reached: it must trap.
    """

    source: Block
    lowered: LoweredBlock
    entry: Relation
    exits: dict[str, Relation] = field(default_factory=dict)
    trap: bool = False
    undefined: frozenset[str] = frozenset()
    """Locations without a value at entry: what a call may clobber and is no result."""
    callee_skew: int | None = 0
    """``Frame.skew`` of the function of this file that the block calls or jumps to; None if that one is detached."""
    detached: bool = False
    """The function's frame may lie elsewhere than the source's: nothing may depend on its address."""


@dataclass(slots=True)
class LoweredFunction:
    function: Function
    context: FunctionContext
    blocks: list[CheckedBlock]


class Lowering:
    """Relations and blocks of one settled function for one target."""

    def __init__(
        self, prepared: Prepared, source: SourceAbi, target: TargetAbi, options: Mapping[str, str | bool]
    ) -> None:
        self.prepared = prepared
        self.function = prepared.function
        self.source = source
        self.target = target
        self.options = options
        self.blocks = prepared.function.by_label()
        self.vectors = frozenset(source.vectors)
        self.survivors = frozenset((*source.callee_saved, *source.results, *source.vector_results))
        self.homes = self._homes()
        self.shared_halves = frozenset(f"{name}.hi" for name in prepared.wide if f"{name}.hi" in self.homes)
        slots = sum(place.slot >= 0 for place in self.homes.values())
        if slots:
            self.prepared = with_private_slots(prepared, source, 8 * slots)
        self.sizes = self._edge_sizes()
        self.ranges = range_flow(
            prepared.function, {n: r.micros for n, r in prepared.liveness.items()}, source, self.sizes
        )
        self.flags = FlagEdges(prepared, target).run()

    def run(self) -> LoweredFunction:
        self._reach_slots()
        context = FunctionContext(
            name=self.function.name,
            homes=self.homes,
            free=self._free(),
            march=str(self.options.get("march", "")),
            memory_model=str(self.options.get("memory_model", "relaxed")),
            large=sum(len(result.micros) for result in self.prepared.liveness.values()) > LARGE,
            private_frame=not calls.frame_escapes(self.prepared),
            trap_division=bool(self.options.get("trap_division", False)),
        )
        entries = {b.label: self._entry(b) for b in self.function.blocks}
        checked = []
        for position, block in enumerate(self.function.blocks):
            last = block.breaks or position + 1 == len(self.function.blocks)
            following = "" if last else self.function.blocks[position + 1].label
            checked.append(self._block(block, entries, following))
        return LoweredFunction(self.function, context, checked)

    def _reach_slots(self) -> None:
        """Private slots lie at fixed distances from the stack pointer only while the frame has a known size."""
        slots = frozenset(name for name, place in self.homes.items() if place.slot >= 0)
        for block in self.function.blocks if slots else ():
            if self.prepared.plan.entry[block.label].dynamic and slots & self.sizes[block.label].keys():
                line = block.insns[0].line if block.insns else 0
                raise FrameError("more vectors are in use than registers hold while the frame has no fixed size", line)

    def split(self, sizes: Mapping[str, int]) -> dict[str, int]:
        """Live bytes by relation location: vectors whole, or as halves where the target keeps halves."""
        if not self.target.split_vectors:
            return dict(sizes)
        out: dict[str, int] = {}
        for name, size in sizes.items():
            if name in self.vectors:
                out[name + ".lo"] = min(size, 8)
                if size > 8:
                    out[name + ".hi"] = size - 8
            else:
                out[name] = size
        return out

    def split_masks(self, masks: Mapping[str, int]) -> dict[str, int]:
        if not self.target.split_vectors:
            return {name: live_bytes(mask) for name, mask in masks.items()}
        out: dict[str, int] = {}
        for name, mask in masks.items():
            if name not in self.vectors:
                out[name] = mask.bit_length()
                continue
            if mask & 0xFF:
                out[name + ".lo"] = (mask & 0xFF).bit_length()
            if mask >> 8:
                out[name + ".hi"] = (mask >> 8).bit_length()
        return out

    def _homes(self) -> dict[str, Place]:
        homes = {name: Place(register) for name, register in self.target.homes.items()}
        first, argument = self.source.results[0], self.source.arguments[0]
        homes[arguments.VARIADIC_COUNT] = homes[first]
        if not self._interfere(first, argument):
            homes[first] = homes[argument]
        if not self.target.split_vectors:
            return homes
        high, low = set(), set()
        for result in self.prepared.liveness.values():
            for masks in (result.entry, *result.after):
                for name, mask in masks.items():
                    if name in self.vectors:
                        low.add(name)
                        if mask >> 8:
                            high.add(name)
        unused = (v for v in self.source.vectors if v not in self.prepared.used_in_file)
        for name, other in zip(self.prepared.wide, unused, strict=False):
            homes[name + ".hi"] = homes[other + ".lo"]
        shared = {homes[name + ".hi"].register for name in self.prepared.wide if name + ".hi" in homes}
        taken = shared | {self.target.homes[name + ".lo"] for name in low}
        spare = [r for r in self.target.high_candidates if r not in taken]
        slot = 0
        for name in sorted(high, key=self.source.vectors.index):
            if name + ".hi" in homes:
                continue
            if spare:
                homes[name + ".hi"] = Place(spare.pop(0))
            else:
                homes[name + ".hi"] = Place(slot=slot)
                slot += 8
        return homes

    def _interfere(self, one: str, other: str) -> bool:
        """Whether two locations are ever live at the same time."""
        return any(
            one in masks and other in masks
            for result in self.prepared.liveness.values()
            for masks in (result.entry, result.exit, *result.after)
        )

    def _free(self) -> tuple[str, ...]:
        used: set[str] = set()
        for result in self.prepared.liveness.values():
            used.update(result.entry)
            for micro in result.micros:
                if isinstance(micro.dst, Reg):
                    used.add(micro.dst.name)
        return tuple(
            self.target.homes[name]
            for name in self.source.registers
            if name not in used
            and name not in self.source.callee_saved
            and name != self.source.stack_pointer
            and name not in self.source.results
        )

    def _edge_sizes(self) -> dict[str, dict[str, int]]:
        """Live bytes at each block's entry."""
        return {b.label: self.split_masks(self.prepared.liveness[b.label].entry) for b in self.function.blocks}

    def _is_entry(self, block: Block) -> bool:
        return block is self.function.blocks[0]

    def _entry(self, block: Block) -> Relation:
        places: dict[str, tuple[Place, Form]] = {}
        crossed = self._crossed_into(block)
        for name, size in self.sizes[block.label].items():
            home = self.homes.get(name)
            base = name.partition(".")[0]
            if home is None or (crossed and base not in self.survivors and base not in self._relied(block)):
                continue
            if self._is_entry(block) or (crossed and base not in self.source.callee_saved):
                form = self.target.entry_form(name, size)
            else:
                form = self.target.form(name, size)
            if name.endswith(".hi") and not self._upper_half_known(name, block, crossed):
                continue
            if self._is_entry(block) and name == self.source.results[0]:
                home = self._default_result()
            if crossed and name == self.source.results[1] and self._returns_pair(block):
                home = Place(self.target.second_result)
            if crossed and name == self.source.arguments[0]:
                home = self._default_result()
            if crossed and name == self.source.results[0]:
                home, form = Place(self.target.result), FULL
            places[name] = (home, form)
        sizes = self.sizes[block.label]
        ranges = {n: r for n, r in self.ranges.get(block.label, {}).items() if n in places and sizes[n] >= 4}
        plan = self.prepared.plan
        stack = plan.entry[block.label]
        return Relation(
            frame=self._frame_at_entry(block),
            places=places,
            ranges=ranges,
            offsets={k: v for k, v in stack.offsets.items() if isinstance(k, str)},
            flags=self.flags.entry.get(block.label),
        )

    def _relied(self, landing: Block) -> Mapping[str, int]:
        """What the callee before ``landing`` is known to leave alone."""
        previous = self.function.blocks[self.function.blocks.index(landing) - 1]
        return self.prepared.kept.get(previous.ending.target, {}) if previous.ending.kind == "call" else {}

    def _upper_half_known(self, name: str, block: Block, crossed: bool) -> bool:
        """Upper halves do not cross calls, as no function takes or returns 16-byte vectors. At a function's entry they
        are undefined: whatever their homes hold will do."""
        if self._is_entry(block) or not crossed:
            return True
        return name in self.shared_halves and name.partition(".")[0] in self._relied(block)

    def _returns_pair(self, landing: Block) -> bool:
        """Whether a library function returned two integers, which lie where its own convention has them."""
        previous = self.function.blocks[self.function.blocks.index(landing) - 1]
        callee = previous.ending.target if previous.ending.kind == "call" else ""
        prototype = None if callee in self.prepared.spared else PROTOTYPES.get(callee)
        return prototype is not None and prototype.result == "q"

    def _default_result(self) -> Place:
        """Where the result register lives by default. At a return its value is in the convention's place, so that a
        first argument that the caller wants back can be here."""
        return Place(self.target.homes[self.source.results[0]])

    def _crossed_into(self, block: Block) -> bool:
        return block.after_call

    def _frame_at_entry(self, block: Block) -> Frame:
        plan = self.prepared.plan
        stack = plan.entry[block.label]
        if self._is_entry(block):
            return Frame(-plan.skew, skew=plan.skew, size=plan.size)
        frame = plan.relation(stack)
        gap = self._call_gap(block)
        if gap:
            return replace(frame, reserved=frame.reserved - gap, gap=frame.gap - gap)
        return frame

    def _call_gap(self, block: Block) -> int:
        if not block.after_call:
            return 0
        position = self.function.blocks.index(block)
        return self.prepared.gaps.get(self.function.blocks[position - 1].label, 0)

    def _crossing_places(self, block: Block, crossing: Crossing) -> dict[str, tuple[Place, Form]]:
        places: dict[str, tuple[Place, Form]] = {}
        returning = block.ending.kind == "ret"
        for name, size in self.split(crossing.sizes).items():
            base = name.partition(".")[0]
            if returning and name == self.source.results[0]:
                places[name] = (Place(self.target.result), FULL)
                continue
            if returning and name == self.source.arguments[0]:
                places[name] = (self._default_result(), FULL)
                continue
            if name.endswith(".hi") and name not in self.shared_halves:
                continue
            home = self._default_result() if name == self.source.results[0] else self.homes[name]
            if base in self.vectors:
                form = Form(64) if 4 < size <= 8 else BOXED if self.target.split_vectors else Form(8 * size)
            elif base in self.source.callee_saved or size == 8:
                form = FULL
            elif name in crossing.sign_extended:
                form = self.target.form(name, size)
            else:
                form = self.target.entry_form(name, size)
            places[name] = (home, form)
        return places

    def _block(self, block: Block, entries: Mapping[str, Relation], following: str) -> CheckedBlock:
        live = self.prepared.liveness[block.label]
        entry = entries[block.label]
        exits: dict[str, Relation] = {}
        exit_places: dict[str, tuple[Place, Form]] = {}
        exit_sizes: dict[str, int] = {}
        for successor in block.successors:
            label = self.blocks[successor].label
            if block.ending.kind not in ("call", "icall"):
                exits[label] = entries[label]
                exit_places.update(entries[label].places)
                exit_sizes.update(self.sizes[label])
        crossing = self.prepared.crossings.get(block.label)
        if crossing is not None:
            exit_places = self._crossing_places(block, crossing)
            if block.ending.kind in ("call", "icall"):
                for successor in block.successors:
                    landing = entries[self.blocks[successor].label]
                    for name, held in landing.places.items():
                        if name in self.source.callee_saved:
                            exit_places[name] = held
            kind = {"icall": "call", "itail": "tail"}.get(block.ending.kind, block.ending.kind)
            told = dict(exit_places)
            if arguments.VARIADIC_COUNT in told:
                told[self.source.variadic_count] = told.pop(arguments.VARIADIC_COUNT)
            exits[kind] = Relation(frame=self._frame_at_crossing(block), places=told)
        flags_out = self.flags.exit.get(block.label)
        lowered = LoweredBlock(
            label=block.label,
            micros=live.micros,
            entry=entry.places,
            exit=exit_places,
            ranges=entry.ranges,
            live_after=[self.split_masks(masks) for masks in live.after],
            flags_in=entry.flags,
            flags_out=flags_out,
            next_label=following,
        )
        undefined = self._undefined(block, entry)
        dead = block.label in self.prepared.plan.dead_landings
        leaves = block.ending.kind in ("call", "tail")
        skew: int | None = self.prepared.plan.callee_skews.get(block.ending.target, 0) if leaves else 0
        if block.ending.kind == "call" and block.ending.target in self.prepared.detached:
            skew = None
        detached = self.function.name in self.prepared.detached
        return CheckedBlock(block, lowered, entry, exits, dead, undefined, skew, detached)

    def _undefined(self, block: Block, entry: Relation) -> frozenset[str]:
        """What the convention lets a call clobber, if the callee is not one of this file that leaves it alone."""
        if not block.after_call:
            return frozenset()
        previous = self.function.blocks[self.function.blocks.index(block) - 1]
        spared = self.prepared.spared.get(previous.ending.target, frozenset())
        return frozenset(
            n for n in self.sizes[block.label] if n not in entry.places and n.partition(".")[0] not in spared
        )

    def _frame_at_crossing(self, block: Block) -> Frame:
        plan = self.prepared.plan
        if block.ending.kind in ("call", "icall"):
            depth, dynamic = self._stack_after(block)
            gap = plan.call_gap(depth, block.ending.target)
            if dynamic:
                return Frame(depth, plan.size, "slot", True, plan.size - 8 - depth - gap, plan.skew, plan.size)
            return Frame(depth, plan.size - gap, "slot", skew=plan.skew, size=plan.size)
        return Frame(-plan.skew, skew=plan.skew, size=plan.size)

    def _stack_after(self, block: Block) -> tuple[int, bool]:
        """Depth and whether it is dynamic at the end of a block."""
        plan = self.prepared.plan
        stack = plan.entry[block.label].copy()
        analysis = FrameAnalysis(self.function, self.prepared.groups, self.source.stack_pointer, (), plan.skew)
        for group in self.prepared.groups[block.label]:
            for micro in group:
                analysis.step(micro, stack)
        return stack.depth, stack.dynamic
