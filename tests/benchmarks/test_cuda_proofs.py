"""A few broken programs: what is still proved gives what the C function gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from cuda_proofs import Program, broken, judged, loops_of, programs


@pytest.fixture(scope="module")
def program() -> Callable[[str], Program]:
    found = {one.name: one for one in programs({"lu"})}
    return lambda name: found[name]


@pytest.mark.parametrize(("name", "every"), [("lu", 61)])
def test_no_broken_program_is_proved(name: str, every: int, program: Callable[[str], Program], folder: Path) -> None:
    right = program(name)
    proof = right.prove(right.text)
    assert proof.proved
    tried = [mutant for number, mutant in enumerate(broken(right.text)) if number % every == 0]
    words = Counter(judged(right, loops_of(proof), mutant, folder, 0.3) for mutant in tried)
    assert words["proved, DIFFERS"] == 0
    assert words["lost"] + words["unproved"] > len(tried) / 3
