"""The examples of docs/cuda-input.md are true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from transpile.c.parse import parse_text
from transpile.errors import SourceErrors

PAGE = Path(__file__).parents[2] / "docs" / "cuda-input.md"
BLOCKS = re.findall(r"```(c|cpp)\n(.*?)```\n(?:\n```text\n(.*?)```)?", PAGE.read_text(), re.S)


@pytest.mark.parametrize(("language", "text", "said"), BLOCKS, ids=range(len(BLOCKS)))
def test_example(language: str, text: str, said: str) -> None:
    try:
        unit = parse_text(text, "scale.c", cplusplus=language == "cpp")
        unit.require()
        assert unit.functions and not unit.diagnostics
        rendered = ""
    except SourceErrors as error:
        rendered = error.render() + "\n"
    assert rendered == said


def test_there_are_examples() -> None:
    assert len(BLOCKS) == 4
