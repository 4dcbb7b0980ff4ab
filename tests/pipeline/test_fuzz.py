"""Random changes of real assembly: a translation or a TranspileError, and never a fault of the program."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import transpile
from transpile.errors import TranspileError
from transpile.options import Options

SOURCES = [path.read_text() for path in sorted((Path(__file__).parents[1] / "golden/sources").glob("*.s"))]
OPTIONS = Options(jobs=1, rlimit=10_000, allow_untranslated=True)
TOKENS = sorted(
    {word for text in SOURCES for word in text.replace(",", " , ").split()} | {"\0", '"', "(", "{", ";", "="}
)


@st.composite
def mutants(draw: st.DrawFn) -> str:
    lines = draw(st.sampled_from(SOURCES)).splitlines()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(("drop", "double", "swap", "token", "cut", "join"))):
            case "drop" if len(lines) > 1:
                del lines[at]
            case "double":
                lines.insert(at, lines[draw(st.integers(0, len(lines) - 1))])
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "token":
                words = lines[at].replace(",", " , ").split() or [""]
                words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(TOKENS))
                lines[at] = "\t" + " ".join(words)
            case "cut":
                lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
            case _:
                lines[at] += draw(st.sampled_from(TOKENS))
    return "\n".join(lines)


@given(mutants(), st.sampled_from(("riscv", "aarch64")))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_changed_sources_never_break_the_program(source: str, to: str) -> None:
    with suppress(TranspileError):
        translation = transpile.translate(source, to, options=OPTIONS)
        for block in translation.blocks:
            assert "internal error" not in block.reason, block.reason
