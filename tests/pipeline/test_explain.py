"""One block, named by its label or a line."""

from __future__ import annotations

from pathlib import Path

import pytest

import transpile
from transpile import planning
from transpile.errors import UsageError
from transpile.options import Options

SOURCE = (Path(__file__).parents[1] / "golden/sources/calls.s").read_text()
OPTIONS = Options(jobs=1)


def explain(block: str) -> transpile.Explanation:
    return transpile.explain(SOURCE, block, "aarch64", file="calls.s", options=OPTIONS)


def test_by_label_and_by_line() -> None:
    line = SOURCE.splitlines().index("\tsubl\t$1, %eax") + 1
    by_label = explain(".L2")
    assert by_label == explain(str(line))
    assert (by_label.function, by_label.block.label, by_label.block.verdict.word) == ("fact", ".L2", "proved")
    assert by_label.block.relation["frame"]


def test_only_its_function_is_lowered(monkeypatch: pytest.MonkeyPatch) -> None:
    lowered: list[str] = []
    lower = planning.FilePlan.lower
    monkeypatch.setattr(planning.FilePlan, "lower", lambda plan, name: (lowered.append(name), lower(plan, name))[1])
    explain("either")
    assert lowered == ["either"]


@pytest.mark.parametrize(
    ("block", "hint"), [("fakt", "did you mean fact"), ("?", "give a label"), ("9999", "the nearest is on line")]
)
def test_unknown_blocks(block: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        explain(block)
    assert hint in caught.value.hint
