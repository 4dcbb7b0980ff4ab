"""The benchmark of the loops finds out wrong translations by itself."""

from __future__ import annotations

from array import array
from dataclasses import replace
from pathlib import Path

import cuda_kernels
import pytest
from cuda_kernels import LOOPS, Judged, judged, summary, table

from transpile.corpora.loops import load
from transpile.offload.translate import Choices, translate_c

TOLERANCES = {"double": 1e-9}
(KERNEL,) = [kernel for kernel in load(LOOPS) if kernel.name == "jacobi-1d"]


def test_a_right_translation_is_right_and_a_wrong_one_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choices = Choices(seconds=0.1, cache=tmp_path)
    right = judged(KERNEL, choices, TOLERANCES, 120)
    assert (right.accepted, right.proved, right.wrong, right.error) == (True, True, "", "")
    assert right.runs == 3 * len(KERNEL.sizes)
    assert right.parallel == len(right.verdicts) == 2
    assert 0 < right.nest_s < 100

    done = translate_c(KERNEL.source, choices)
    text = done.translation.text.replace("[i - 1]", "[i]")
    assert text != done.translation.text
    broken = replace(done, translation=replace(done.translation, text=text))
    monkeypatch.setattr(cuda_kernels, "translate_c", lambda source, choices: broken)
    wrong = judged(KERNEL, choices, TOLERANCES, 120)
    assert wrong.accepted and "differs" in wrong.wrong
    assert "0 of them proved throughout" in summary([wrong])
    assert "WRONG" in table([wrong])


def test_tolerances_are_relative_to_the_largest_value() -> None:
    one, other = array("d", [1e6, 1.0]), array("d", [1e6, 1.0001])
    assert cuda_kernels._alike(one, other, 1e-9)
    assert not cuda_kernels._alike(one, other, 0.0)
    assert not cuda_kernels._alike(array("d", [1.0, 1.0]), array("d", [1.0, 1.0001]), 1e-9)
    assert not cuda_kernels._alike(array("d", [0.0]), array("d", [-0.0]), 0.0)


def test_what_is_refused_is_not_accepted() -> None:
    refused = Judged("f", error="the loop is sequential")
    assert not refused.accepted
    assert summary([refused]).startswith("1 kernels: 0 with")
