"""Functions called with differently aligned stacks: callers of each kind get a copy. Where there can be none, proofs
hold while the address of the frame is of no consequence.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import transpile
from transpile import planning
from transpile.native import calls
from transpile.options import TARGETS, Options

SOURCE = Path(__file__).with_name("regressions").joinpath("mixed_alignment.s").read_text()
LEAKS = {
    "stored": "\tleaq -4(%rbp), %rcx\n\tmovq %rcx, place(%rip)\n",
    "compared": "\tleaq -4(%rbp), %rcx\n\tcmpq %rcx, %rdi\n\tjne .L1\n\tincl %edi\n.L1:\n",
    "returned": "\tleaq -4(%rbp), %rdx\n",
}


def unproved(text: str, target: str) -> set[str]:
    """The functions with a block that is not proved."""
    translation = transpile.translate(text, target, options=Options(jobs=1, allow_untranslated=True))
    return {f.name for f in translation.functions if any(block.verdict.word != "proved" for block in f.blocks)}


def leaking(leak: str) -> str:
    return SOURCE.replace("\tmovl %edi, -4(%rbp)\n", LEAKS[leak] + "\tmovl %edi, -4(%rbp)\n", 1)


@pytest.fixture
def no_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "copies", lambda functions, abi: [])


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("leak", LEAKS)
def test_copies_have_frames_of_their_own(leak: str, target: str) -> None:
    assert unproved(leaking(leak), target) == set()


@pytest.mark.usefixtures("no_copies")
@pytest.mark.parametrize("target", TARGETS)
def test_one_frame_for_all_callers_is_proved(target: str) -> None:
    assert unproved(SOURCE, target) == set()


@pytest.mark.usefixtures("no_copies")
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("leak", LEAKS)
def test_callers_are_not_proved_when_the_address_gets_out(leak: str, target: str) -> None:
    assert unproved(leaking(leak), target) == {"odd"}


@pytest.mark.usefixtures("no_copies")
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("leak", LEAKS)
def test_checker_finds_the_leak_if_the_analysis_does_not(
    leak: str, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "_self_contained", lambda prepared: True)
    assert "leaf" in unproved(leaking(leak), target)
