"""The benchmark on a GPU: its programs and figures, with the emulator in the place of the hardware."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from transpile.errors import ToolError
from transpile.trials.device import Device

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import cuda_gpu
from cuda_gpu import CASES, Row, measured, table

GPU = Path(__file__).parents[2] / "benchmarks" / "gpu"
SMALL = {case.shown: replace(case, small=37, large=50) for case in CASES}


@pytest.mark.parametrize("name", ["dot", "histogram, per-block"])
def test_a_function_is_translated_checked_and_timed(name: str, emulated: Callable[..., Device], folder: Path) -> None:
    row = measured(SMALL[name], emulated(), folder, 2, 1 << 16)
    assert row.error == ""
    assert row.verdict in ("proved", "tested")
    assert row.copied == {"dot": 2 * 4 * 50 + 4, "histogram, per-block": 4 * 50 + 2 * 4 * 256}[name]
    assert row.bytes == {"dot": 8.0 * 50, "histogram, per-block": 4.0 * 50}[name]
    assert row.rate > 0


def test_a_wrong_result_is_found(
    emulated: Callable[..., Device], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The function that is called is compared with the one in the C file."""
    monkeypatch.setattr(cuda_gpu, "HERE", tmp_path)
    for name in ("saxpy.h", "saxpy.c", "main.cu"):
        shutil.copy(GPU / name, tmp_path)
    calls = (tmp_path / "saxpy.h").read_text()
    (tmp_path / "saxpy.h").write_text(calls.replace("1.5f", "2.5f", 1))
    assert measured(SMALL["saxpy"], emulated(), folder, 1, 64).error == "the result differs from that of C"


def test_figures_in_the_table() -> None:
    case = SMALL["saxpy"]
    rows = [
        Row(case, "proved", 1.0, 20.0, 12_000_000, 4e9, 1e9, 4.4e12),
        Row(case, "proved", 2.0, 20.0, 12_000_000, 4e9, 1e9, 4.4e12),
        Row(SMALL["matmul"], "tested", 2.0, 20.0, 12_000_000, 4e9, 1e9, 4.4e12),
        Row(case, "tested", error="the result differs from that of C"),
    ]
    assert [row.low for row in rows] == [False, True, False, True]
    lines = table(Device("H200", "sm_90", Path("nvcc")), rows).splitlines()
    assert lines[0] == "On H200; copies within the device move 4400 GB/s (read and written)."
    assert lines[4] == "| saxpy | 50 | proved | 1.000 | 4000 | 91 % | 1000 | 20.0 | 12 |"
    assert "45 % (below the floor)" in lines[5]
    assert "%" not in lines[6]
    assert "differs from that of C" in lines[7]


def test_without_a_gpu_it_says_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(needing: str) -> Device:
        raise ToolError(f"{needing} needs a GPU (no driver)")

    monkeypatch.setattr(cuda_gpu, "find_device", missing)
    assert cuda_gpu.main([]) == 0
    assert capsys.readouterr().out == "not run: the benchmark needs a GPU (no driver)\n"
