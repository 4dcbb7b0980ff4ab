"""What is emitted for some kernels, as a whole: to be read by people."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from transpile.c.parse import parse_file
from transpile.cuda.emit import emit
from transpile.cuda.plan_text import parse

HERE = Path(__file__).parent
LOOPS = HERE.parents[1] / "datasets" / "loops"
GOLDEN = sorted((HERE / "golden").glob("*.cu"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_text_is_the_one_that_was_reviewed(path: Path) -> None:
    unit = parse_file(LOOPS / f"{path.stem}.c")
    plan = parse((HERE / "plans" / f"{path.stem}.plan").read_text())
    assert emit(unit, unit.functions[-1], plan).text == path.read_text()


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
@pytest.mark.skipif(shutil.which("nvcc") is None, reason="needs nvcc")
def test_nvcc_accepts_the_text(path: Path, tmp_path: Path) -> None:
    command = ["nvcc", "-c", "--fmad=false", "-std=c++17", "-Werror", "all-warnings", path, "-o", tmp_path / "out.o"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
