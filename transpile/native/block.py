"""A block ready to be emitted, and what an emitter needs to know about its surroundings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from transpile.native.micro import Micro
from transpile.native.relation import EdgeFlags, Form, Place, Range


@dataclass(frozen=True, slots=True)
class ArgumentDemand:
    """What a call needs: source location -> form. Everything else that the callee may clobber is dead."""

    forms: Mapping[str, Form]


@dataclass(slots=True)
class LoweredBlock:
    """A basic block as micro-operations under its entry relation.

    ``entry``: live-in source location -> (place, form). ``exit``: live-out source location -> (place, form), the same
    at every exit of this block (for calls: what must survive and the arguments). ``ranges``: facts at entry.
    ``flags_in`` / ``flags_out``: flags that cross the edge. ``live_after[i]``: source locations live after
    ``micros[i]`` (names as in Relation, mapped to the number of low bytes that are live).
    """

    label: str
    micros: Sequence[Micro]
    entry: Mapping[str, tuple[Place, Form]]
    exit: Mapping[str, tuple[Place, Form]]
    ranges: Mapping[str, Range]
    live_after: Sequence[Mapping[str, int]]
    flags_in: EdgeFlags | None = None
    flags_out: EdgeFlags | None = None
    next_label: str = ""
    """The label that follows in the output: a jump there is a fall-through and costs nothing."""


@dataclass(slots=True)
class FunctionContext:
    """What all blocks of a function share.

    ``homes``: source location -> Place (a location without a home is never live across instructions of this function).
    ``free``: target integer registers that this function leaves unused and that a call may clobber, beyond the
    emitter's own scratch registers. ``free_vector`` likewise. ``private_frame``: no address in the frame escapes, so
    that with ``memory_model == "tso"`` accesses relative to sp need no ordering. ``large``: the function may exceed
    32 KiB. ``alignments``: symbol -> power of two that certainly divides its address.
    """

    name: str
    homes: Mapping[str, Place]
    free: Sequence[str] = ()
    free_vector: Sequence[str] = ()
    march: str = ""
    memory_model: str = "relaxed"
    trap_division: bool = False
    pic: bool = False
    private_frame: bool = False
    alignments: Mapping[str, int] = field(default_factory=dict)
    large: bool = False


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One emitted line: an instruction (``text`` without indentation) or, with ``label`` set, a local label.

    Local labels inside a block are named ``.Lt_<block>_<n>`` and are only branched to forwards, or backwards from
    atomic retry loops. ``source_line`` ties it to the source for reports.
    """

    text: str = ""
    label: str = ""
    source_line: int = 0


@dataclass(slots=True)
class EmittedBlock:
    """What the emitter returns."""

    lines: list[TargetLine] = field(default_factory=list)
