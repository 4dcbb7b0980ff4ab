"""The programs of ``programs``, built once a session."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from transpile.trials.outcome import Outcome
from transpile.trials.trial import Settings, trial

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks"))

from cuda_pairs import Pair, pairs  # noqa: E402

PROGRAMS = {pair.name: pair for pair in pairs(Path(__file__).parent / "programs")}
QUICK = Settings(seconds=0.1, shrinking_s=0.3)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where programs are kept between the tests of a session."""
    if shutil.which("g++") is None:
        pytest.skip("needs g++")
    return tmp_path_factory.mktemp("programs")


@pytest.fixture
def program() -> Callable[[str], Pair]:
    return PROGRAMS.__getitem__


@pytest.fixture
def tried(folder: Path) -> Callable[..., Outcome]:
    """The outcome for a program, with ``old`` replaced by ``new`` in its CUDA text if they are given."""

    def outcome(name: str, old: str = "", new: str = "", settings: Settings = QUICK) -> Outcome:
        pair = PROGRAMS[name]
        assert old in pair.cuda_text
        cuda_text = pair.cuda_text.replace(old, new) if old else pair.cuda_text
        return trial(
            pair.c_text, pair.function, cuda_text, pair.facts, folder, replace(settings, comparison=pair.comparison)
        )

    return outcome
