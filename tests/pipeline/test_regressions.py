"""Shapes of code that once were not proved, or not translated; most come from random programs."""

from __future__ import annotations

from pathlib import Path

import pytest

import transpile
from transpile.options import TARGETS, Options

SOURCES = sorted(Path(__file__).with_name("regressions").glob("*.s"))
CASES = [(source, target) for source in SOURCES for target in TARGETS]


@pytest.mark.parametrize(("source", "target"), CASES, ids=[f"{source.stem}-{target}" for source, target in CASES])
def test_every_block_is_proved(source: Path, target: str) -> None:
    translation = transpile.translate(source.read_text(), target, file=source.name, options=Options(jobs=1))
    assert [(b.label, b.reason) for b in translation.failing("proved")] == []
    assert translation.meets("proved")
