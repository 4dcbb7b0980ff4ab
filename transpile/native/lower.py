"""From a function's basic blocks to blocks ready for a target's emitter, with the relation at every edge.

The passes in order: micro-operations, frame, liveness (with what crosses calls), ranges, forms, flags across edges.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from transpile.native import arguments, calls
from transpile.native.abi import SourceAbi, TargetAbi
from transpile.native.arguments import Crossing, Defined
from transpile.native.block import FunctionContext, LoweredBlock
from transpile.native.cfg import Block, Function
from transpile.native.edges import FlagEdges
from transpile.native.frame import FrameAnalysis, FramePlan, FrameRewriter
from transpile.native.liveness import BlockLiveness, Demand, FunctionLiveness, bytes_mask, live_bytes
from transpile.native.micro import Code, Micro, Reg
from transpile.native.ranges import flow as range_flow
from transpile.native.relation import BOXED, FULL, Form, Frame, Place, Relation

Translate = Callable[[Block], list[list[Micro]]]
"""The source ISA's micro-operations of a block, one group per instruction."""


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


@dataclass(slots=True)
class LoweredFunction:
    function: Function
    context: FunctionContext
    blocks: list[CheckedBlock]


@dataclass(slots=True)
class Prepared:
    """A function after the frame pass, before liveness has settled over the file."""

    function: Function
    plan: FramePlan
    micros: dict[str, list[Micro]]
    gaps: dict[str, int]
    defined: dict[str, Defined]
    groups: Mapping[str, list[list[Micro]]]
    liveness: dict[str, BlockLiveness] = field(default_factory=dict)
    relied: dict[str, int] = field(default_factory=dict)
    """Registers that callers in this file expect to survive although the convention says otherwise (gcc's IPA-RA)."""
    crossings: dict[str, Crossing] = field(default_factory=dict)
    kept: dict[str, Mapping[str, int]] = field(default_factory=dict)
    """Callee -> what it preserves and this function relies on."""
    spared: dict[str, frozenset[str]] = field(default_factory=dict)
    """Callee of this file -> everything that it never changes although the convention would let it."""

    def adopt(self, other: Prepared) -> None:
        """Take the frame, and what follows from it, of another preparation of the same function."""
        self.plan, self.micros, self.gaps, self.defined = other.plan, other.micros, other.gaps, other.defined


def prepare(function: Function, translate: Translate, abi: SourceAbi) -> Prepared:
    """Micro-operations and frame of one function.

    Raises:
        FrameError: the stack pointer cannot be followed.
        UnsupportedError: an instruction has no micro-operations.
    """
    return _prepare(function, {block.label: translate(block) for block in function.blocks}, abi, 0, {})


def _prepare(
    function: Function,
    groups: Mapping[str, list[list[Micro]]],
    abi: SourceAbi,
    skew: int,
    skews: Mapping[str, int],
    private: int = 0,
) -> Prepared:
    clobbered = [n for n in abi.registers if n not in abi.callee_saved]
    analysis = FrameAnalysis(function, groups, abi.stack_pointer, clobbered, skew, skews, private)
    plan = analysis.run()
    rewriter = FrameRewriter(analysis, plan)
    micros: dict[str, list[Micro]] = {}
    gaps: dict[str, int] = {}
    gap = 0
    for position, block in enumerate(function.blocks):
        if block.label in plan.dead_landings:
            micros[block.label], gap = [Micro(Code.TRAP)], 0
            continue
        body, gap = rewriter.rewrite(block.label, gap if block.after_call else 0, position == 0)
        gaps[block.label] = gap
        micros[block.label] = body
    for block in function.blocks:
        if block.label in plan.dead_landings:
            block.successors = ()
    defined = arguments.flow(function, micros, abi)
    return Prepared(function, plan, micros, gaps, defined, groups)


def settle(functions: Sequence[Prepared], abi: SourceAbi) -> None:
    """Liveness of all functions of a file: what a function needs at entry is what its callers must provide."""
    _align(functions, abi)
    preserved = calls.preserved(functions, abi)
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


def _align(functions: Sequence[Prepared], abi: SourceAbi) -> None:
    """Give functions that are always called with a misaligned stack the skew that lets the target stay aligned."""
    skews = calls.skews(functions, abi)
    if not any(skews.values()):
        return
    for old in functions:
        called = {b.ending.target for b in old.function.blocks if b.ending.kind == "call"}
        if skews.get(old.function.name) or any(skews.get(name) for name in called):
            own = skews.get(old.function.name, 0)
            old.adopt(_prepare(old.function, old.groups, abi, own, skews))


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


def _with_private_slots(prepared: Prepared, abi: SourceAbi, size: int) -> Prepared:
    """The same function with ``size`` bytes at the bottom of its frame that belong to the translation."""
    plan = prepared.plan
    new = _prepare(prepared.function, prepared.groups, abi, plan.skew, plan.callee_skews, size)
    new.relied, new.kept, new.crossings = prepared.relied, prepared.kept, prepared.crossings
    new.spared = prepared.spared
    demands = {}
    for label, crossing in prepared.crossings.items():
        demands[label] = Demand({n: bytes_mask(0, live) for n, live in crossing.sizes.items()})
        if arguments.VARIADIC_COUNT in crossing.sizes:
            arguments.separate_variadic_count(Crossing({abi.variadic_count: 1}), new.micros[label], abi, exact=True)
    new.liveness = FunctionLiveness(new.function, new.micros, abi, demands).run()
    return new


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
        slots = sum(place.slot >= 0 for place in self.homes.values())
        if slots:
            self.prepared = _with_private_slots(prepared, source, 8 * slots)
        self.sizes = self._edge_sizes()
        self.ranges = range_flow(prepared.function, {n: r.micros for n, r in prepared.liveness.items()}, source)
        self.flags = FlagEdges(prepared, target).run()

    def run(self) -> LoweredFunction:
        context = FunctionContext(
            name=self.function.name,
            homes=self.homes,
            free=self._free(),
            march=str(self.options.get("march", "")),
            memory_model=str(self.options.get("memory_model", "relaxed")),
            trap_division=bool(self.options.get("trap_division", False)),
        )
        entries = {b.label: self._entry(b) for b in self.function.blocks}
        checked = []
        for position, block in enumerate(self.function.blocks):
            last = block.breaks or position + 1 == len(self.function.blocks)
            following = "" if last else self.function.blocks[position + 1].label
            checked.append(self._block(block, entries, following))
        return LoweredFunction(self.function, context, checked)

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
        taken = {self.target.homes[name + ".lo"] for name in low}
        spare = [r for r in self.target.high_candidates if r not in taken]
        slot = 0
        for name in sorted(high, key=self.source.vectors.index):
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
            if name.endswith(".hi") and not self._upper_half_known(block, crossed):
                continue
            if self._is_entry(block) and name == self.source.results[0]:
                home = self._default_result()
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

    def _upper_half_known(self, block: Block, crossed: bool) -> bool:
        """Upper halves do not cross calls, as no function takes or returns 16-byte vectors. At a function's entry they
        are undefined: whatever their homes hold will do."""
        return self._is_entry(block) or not crossed

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
            if name.endswith(".hi"):
                continue
            home = self._default_result() if name == self.source.results[0] else self.homes[name]
            if base in self.vectors:
                form = Form(64) if size == 8 else BOXED if self.target.split_vectors else Form(8 * size)
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
        return CheckedBlock(block, lowered, entry, exits, dead, undefined)

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
            stack = plan.entry[block.label].copy()
            depth = self._depth_after(block)
            if stack.dynamic:
                return Frame(depth, plan.size, "slot", True, 0, plan.skew, plan.size)
            gap = plan.call_gap(depth, block.ending.target)
            return Frame(depth, plan.size - gap, "slot", skew=plan.skew, size=plan.size)
        return Frame(-plan.skew, skew=plan.skew, size=plan.size)

    def _depth_after(self, block: Block) -> int:
        for successor in block.successors:
            return self.prepared.plan.entry[self.blocks[successor].label].depth
        return self.prepared.plan.size - 8
