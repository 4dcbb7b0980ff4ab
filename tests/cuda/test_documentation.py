"""The examples of docs/cuda-plans.md are plans for the C functions above them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from transpile.c.parse import parse_text
from transpile.cuda.emit import emit
from transpile.cuda.plan_text import parse

TEXT = (Path(__file__).parents[2] / "docs" / "cuda-plans.md").read_text()
EXAMPLES = re.findall(r"```c\n(.*?)```\s*```text\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize(("c", "plan"), EXAMPLES)
def test_examples_are_emitted(c: str, plan: str) -> None:
    unit = parse_text(c)
    emitted = emit(unit, unit.functions[0], parse(plan))
    assert emitted.kernels
    for kernel in emitted.kernels:
        assert f"__global__ void {kernel.name}(" in emitted.text.splitlines()[kernel.line - 1]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 2
