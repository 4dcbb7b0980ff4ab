"""What is checked: a C function, and a CUDA text that claims to replace it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from transpile.c.unit import Function, Unit
from transpile.solvers.loops.analysis import Analysis
from transpile.trials.device import Device
from transpile.trials.facts import Facts
from transpile.trials.trial import Settings


@dataclass(frozen=True, slots=True)
class Subject:
    """A C function with its analysis, and a CUDA text that claims to replace it. ``file`` is what messages call it."""

    unit: Unit
    function: Function
    analysis: Analysis
    text: str
    file: str
    facts: Facts
    settings: Settings
    extents: Mapping[str, str] = field(default_factory=dict)
    """How many elements the arrays have that the device has a copy of."""
    checked: frozenset[frozenset[str]] = frozenset()
    """Pairs of arrays that the text itself finds out to overlap, and then leaves to the C code."""
    discarded: frozenset[str] = frozenset()
    """Arrays that are workspace: what they hold before and after does not matter."""
    written_first: frozenset[str] = frozenset()
    """Those of them of which nothing is read before it is written."""
    device: Device | None = None
    """The GPU to run the text on as well."""
    emitted: bool = True
    """The text is one of our own: the number of threads of a block stands for nothing else in it."""
