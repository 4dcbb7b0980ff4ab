"""Makes what the tests share importable, and arithmetic exact."""

from __future__ import annotations

import decimal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from transpile.python.rules.cobol_rules import EXACT

sys.path[:0] = [str(Path(__file__).parent)]


@pytest.fixture(autouse=True)
def exact_arithmetic() -> Iterator[None]:
    with decimal.localcontext(EXACT):
        yield
