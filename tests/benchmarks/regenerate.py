"""Write the C beside each snippet anew: ``python tests/benchmarks/regenerate.py``, then read the difference."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "benchmarks")]

from snippets import BASELINES, SNIPPETS, snippet  # noqa: E402

for name in SNIPPETS:
    (BASELINES / f"{name}.c").write_text(snippet(name).lowered().text)
