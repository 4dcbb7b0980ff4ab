"""Makes the benchmark of the rules importable: its cases are the tests' too."""

from __future__ import annotations

import decimal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from transpile.python.rules.cobol_rules import EXACT

sys.path[:0] = [str(Path(__file__).parents[2] / "benchmarks")]


@pytest.fixture(autouse=True)
def exact_arithmetic() -> Iterator[None]:
    with decimal.localcontext(EXACT):
        yield
