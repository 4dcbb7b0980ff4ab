"""The embedded model: it is in the package, needs no torch, and gives the same answers for the same seed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from transpile.corpora.pairs import Reader, Spoken
from transpile.errors import ToolError
from transpile.lm.embedded import WEIGHTS, build
from transpile.lm.engine import Engine
from transpile.lm.settings import Settings
from transpile.options import TARGETS, Options
from transpile.targets import syntax_of, target_isa

TALLY = Path(__file__).parents[2] / "examples" / "tally.s"
LIMIT_BYTES = 20 << 20


def blocks(target: str) -> list[Spoken]:
    return Reader(target_isa(target), syntax_of(target), Options(jobs=1)).blocks(TALLY)[:24]


@pytest.mark.parametrize("target", TARGETS)
def test_proposals_are_the_same_for_a_seed_and_some_are_there(target: str) -> None:
    found = blocks(target)
    answers = []
    for _ in range(2):
        model = build(target_isa(target), Settings(samples=6, seed=3))
        model.prepare([s.unit for s in found])
        answers.append([[c.body for c in model.propose(s.unit, ())] for s in found])
    assert answers[0] == answers[1]
    assert sum(map(len, answers[0])) >= len(found) // 2


def test_the_package_holds_small_weights_for_every_target_and_direction() -> None:
    assert sum(p.stat().st_size for p in WEIGHTS.rglob("*")) < LIMIT_BYTES
    assert {p.name for p in WEIGHTS.iterdir()} == {*TARGETS, "cuda"}


def test_each_token_has_a_probability() -> None:
    sources = [s.canonical.tokens for s in blocks("riscv")[:4]]
    for row in Engine(WEIGHTS / "riscv").generate(sources, 4):
        for sample in row:
            assert len(sample.log_probabilities) == len(sample.tokens) + 1
            assert all(value <= 1e-3 for value in sample.log_probabilities)


def test_missing_weights_are_told(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="no language model"):
        Engine(tmp_path)


def test_translating_with_the_model_imports_no_torch() -> None:
    code = (
        "import sys; from transpile import translate; from transpile.options import Options\n"
        f"translate(open({str(TALLY)!r}).read(), 'riscv', options=Options(lm='embedded', jobs=1, feedback=0))\n"
        "print('torch' in sys.modules or 'transformers' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
