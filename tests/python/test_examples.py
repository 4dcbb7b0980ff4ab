"""The page of examples is what the emitter writes today."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_is_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "cobol-examples"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_was_a_jump_is_none() -> None:
    """No variable says where to go on, and there is no number of a state."""
    page = (ROOT / "docs" / "cobol-examples.md").read_text()
    code = [block for block in page.split("```") if block.startswith("python")]
    assert len(code) >= 10
    assert not any("match " in block or "goto" in block for block in code)
