"""A function as micro-operations with its stack frame laid out: what every later pass begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from transpile.native.abi import SourceAbi
from transpile.native.arguments import Crossing, Defined
from transpile.native.cfg import Block, Function
from transpile.native.frame import FrameAnalysis, FramePlan, FrameRewriter
from transpile.native.liveness import BlockLiveness
from transpile.native.micro import Code, Micro

Translate = Callable[[Block], list[list[Micro]]]
"""The source ISA's micro-operations of a block, one group per instruction."""


@dataclass(slots=True)
class Prepared:
    """A function after the frame pass, before liveness has settled over the file."""

    function: Function
    plan: FramePlan
    micros: dict[str, list[Micro]]
    gaps: dict[str, int]
    groups: Mapping[str, list[list[Micro]]]
    defined: dict[str, Defined] = field(default_factory=dict)
    liveness: dict[str, BlockLiveness] = field(default_factory=dict)
    relied: dict[str, int] = field(default_factory=dict)
    """Registers that callers in this file expect to survive although the convention says otherwise (gcc's IPA-RA)."""
    crossings: dict[str, Crossing] = field(default_factory=dict)
    kept: dict[str, Mapping[str, int]] = field(default_factory=dict)
    """Callee -> what it preserves and this function relies on."""
    wide: tuple[str, ...] = ()
    """Vector registers that live whole across some call between functions of this file."""
    used_in_file: frozenset[str] = frozenset()
    spared: dict[str, frozenset[str]] = field(default_factory=dict)
    """Callee of this file -> everything that it never changes although the convention would let it."""
    detached: frozenset[str] = frozenset()
    """Functions of this file whose frames may lie at different addresses on the two machines."""

    def adopt(self, other: Prepared) -> None:
        """Take the frame, and what follows from it, of another preparation of the same function."""
        self.plan, self.micros, self.gaps = other.plan, other.micros, other.gaps


def prepare(function: Function, translate: Translate, abi: SourceAbi) -> Prepared:
    """Micro-operations and frame of one function.

    Raises:
        FrameError: the stack pointer cannot be followed.
        UnsupportedError: an instruction has no micro-operations.
    """
    return with_frame(function, {block.label: translate(block) for block in function.blocks}, abi, 0, {})


def with_frame(
    function: Function,
    groups: Mapping[str, list[list[Micro]]],
    abi: SourceAbi,
    skew: int,
    skews: Mapping[str, int],
    private: int = 0,
) -> Prepared:
    """The function with its frame laid out; ``private`` bytes at the bottom of it belong to the translation."""
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
    return Prepared(function, plan, micros, gaps, groups)
