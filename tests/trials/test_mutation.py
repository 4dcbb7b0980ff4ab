"""Broken variants of programs: what is made, and that trials find out all but those that are right, too."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transpile.trials.outcome import Differs, Outcome

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

from cuda_mutation import KINDS, Mutant, mutants
from cuda_pairs import pairs

TEXTS = {pair.name: pair.cuda_text for pair in pairs(Path(__file__).parent / "programs")}
ROUND_UP = "one block more, whose threads the guard stops"
STRIDE = "the loop of the kernel covers all elements with any grid"
EMPTY = "nothing is copied either way"
EQUIVALENT = {
    "saxpy: 'n + block - 1' becomes 'n + block + 1'": ROUND_UP,
    "saxpy: '(n + block - 1) / block' becomes '((n + block - 1) / block) + 1'": ROUND_UP,
    "total: 'blocks < 3' becomes 'blocks < (3) + 1'": STRIDE,
    "total: 'blocks < 3 ? blocks : 3' becomes '(blocks < 3 ? blocks : 3) + 1'": STRIDE,
    "count: 'bins > 0' becomes 'bins > (0) - 1'": EMPTY,
    "count: '(count_bytes == 0)' becomes '(false)'": EMPTY,
}
"""Mutants among the sampled ones that compute the same, and why."""
SAMPLED = [
    (name, mutant)
    for name, every in (("saxpy", 5), ("total", 13), ("count", 17))
    for mutant in list(mutants(TEXTS[name]))[::every]
]


@pytest.mark.parametrize(("name", "mutant"), SAMPLED, ids=[f"{n}:{m.line}:{m.kind}" for n, m in SAMPLED])
def test_a_mutant_is_found_out_or_equivalent(name: str, mutant: Mutant, tried: Callable[..., Outcome]) -> None:
    outcome = tried(name, TEXTS[name], mutant.text)
    assert isinstance(outcome, Differs) != (f"{name}: {mutant.description}" in EQUIVALENT), str(outcome)


@pytest.mark.parametrize("name", TEXTS)
def test_a_mutant_is_one_edit_and_the_order_is_the_same_again(name: str) -> None:
    made = list(mutants(TEXTS[name]))
    assert made == list(mutants(TEXTS[name]))
    assert len({mutant.text for mutant in made} | {TEXTS[name]}) == len(made) + 1
    content = TEXTS[name].encode()
    for mutant in made:
        held = mutant.text.encode()
        assert held.startswith(content[: mutant.start]) and held.endswith(content[mutant.end :])
        assert mutant.line == content[: mutant.start].count(b"\n") + 1


def test_every_kind_of_fault_is_made() -> None:
    made = [mutant for text in TEXTS.values() for mutant in mutants(text)]
    assert {mutant.kind for mutant in made} == set(KINDS)


def test_macros_stay_as_they_are() -> None:
    for text in TEXTS.values():
        last = text[: text.index("while (0)")].count("\n") + 1
        assert all(mutant.line > last for mutant in mutants(text))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2000), st.integers(0, 40), st.text(max_size=5))
def test_a_damaged_text_is_no_trouble(start: int, length: int, noise: str) -> None:
    text = TEXTS["product"]
    for mutant in mutants(text[:start] + noise + text[start + length :]):
        assert mutant.kind in KINDS
