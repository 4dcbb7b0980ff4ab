"""Small sources and their translations, line by line. Every block of them is proved, and no broken one is."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

import transpile
from transpile.options import TARGETS, Options

GOLDEN = runpy.run_path(str(Path(__file__).with_name("regenerate.py")))
OPTIONS: Options = GOLDEN["OPTIONS"]
CASES = [(source, target) for source in GOLDEN["SOURCES"] for target in TARGETS]
IDS = [f"{source.stem}-{target}" for source, target in CASES]

MUTATIONS = {
    "store": (r"\n\t(sw|sd|sb|sh|str|strb|strh|stp)\t[^\n]*", ""),
    "return": (r"\n\tret\b", ""),
    "condition": (r"\n\t(bnez|b\.ne|cbnz)\t", {"bnez": "beqz", "b.ne": "b.eq", "cbnz": "cbz"}),
    "call": (r"(\n\t(?:call|bl)\t)\w+", r"\1elsewhere"),
    "label": (r"\n(\.L\w+):(?=\n\t[a-z])", ""),
    "data": (r"\n\t\.(8byte|4byte|string)\t", r"\n\t.\1\t1, "),
    "added data": (r"\n\tret\b", "\n\t.4byte\t0\n\tret"),
    "two in one": (r"\n\tret\b", "\n\tnop; nop\n\tret"),
}


def mutants(text: str) -> Iterator[tuple[str, str]]:
    """Texts that each differ from ``text`` in one place, and behave differently."""
    for name, (pattern, replacement) in MUTATIONS.items():
        if isinstance(replacement, str):
            mutant = re.sub(pattern, replacement, text, count=1)
        else:
            mutant = re.sub(pattern, lambda m, words=replacement: m[0].replace(m[1], words[m[1]]), text, count=1)
        if mutant != text:
            yield name, mutant


@pytest.mark.parametrize(("source", "target"), CASES, ids=IDS)
def test_translation_is_the_expected_text_and_proved(source: Path, target: str) -> None:
    translation = transpile.translate(source.read_text(), target, file=source.name, options=OPTIONS)
    assert translation.text == GOLDEN["expected"](source, target).read_text()
    assert list(translation.failing("proved")) == []
    assert translation.meets("proved")


@pytest.mark.parametrize(("source", "target"), CASES, ids=IDS)
def test_expected_text_checks_and_no_mutant_of_it_does(source: Path, target: str) -> None:
    text = GOLDEN["expected"](source, target).read_text()
    assert transpile.check(source.read_text(), text, options=OPTIONS).meets("proved")
    tried = 0
    for name, mutant in mutants(text):
        checked = transpile.check(source.read_text(), mutant, options=OPTIONS)
        assert not checked.meets("proved"), name
        tried += 1
    assert tried
