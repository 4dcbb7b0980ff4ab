"""Blocks to ask about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from transpile.options import Options
from transpile.planning import BlockUnit, FilePlan, Proposal, label_map, plan_file
from transpile.targets import target_isa

EXAMPLE = Path(__file__).parents[2] / "examples" / "tally.s"


def units_of(source: str, target: str) -> tuple[FilePlan, list[tuple[BlockUnit, Proposal]]]:
    """Every block of ``source`` with what the rules made of its function."""
    plan = plan_file(source, "test.s", target_isa(target), Options())
    found: list[tuple[BlockUnit, Proposal]] = []
    for name in plan.prepared:
        proposal = plan.lower(name)
        assert isinstance(proposal, Proposal), name
        labels = label_map(proposal.lowered.function.blocks)
        for block in proposal.lowered.blocks:
            found.append((BlockUnit(proposal.lowered, block, block.lowered.next_label, labels), proposal))
    return plan, found


@pytest.fixture
def blocks() -> Callable[[str, str], Sequence[tuple[BlockUnit, Proposal]]]:
    return lambda source, target: units_of(source, target)[1]


@pytest.fixture(scope="session")
def tallies() -> dict[str, tuple[FilePlan, list[tuple[BlockUnit, Proposal]]]]:
    """The blocks of the example, by target."""
    return {target: units_of(EXAMPLE.read_text(), target) for target in ("riscv", "aarch64")}


@pytest.fixture(params=["riscv", "aarch64"])
def tally(
    request: pytest.FixtureRequest, tallies: dict[str, tuple[FilePlan, list[tuple[BlockUnit, Proposal]]]]
) -> tuple[FilePlan, list[tuple[BlockUnit, Proposal]]]:
    """The blocks of the example, for each target."""
    return tallies[request.param]
