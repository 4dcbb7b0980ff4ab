"""`--verify gpu` on the command line: what it adds to the report, and what it says where there is no GPU."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from transpile.cli import main
from transpile.device.gpu import Gpu, NoGpu
from transpile.trials.device import DEVICE_SETTINGS, Device, device_trial

SAXPY = """
void saxpy(int n, float a, const float *restrict x, float *restrict y)
{
    for (int i = 0; i < n; i++)
        y[i] += a * x[i];
}
"""


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRANSPILE_STORE", "none")
    (tmp_path / "saxpy.c").write_text(SAXPY)
    return tmp_path


def test_the_rung_is_reported(
    source: Path, folder: Path, emulated: Callable[..., Device], monkeypatch: pytest.MonkeyPatch
) -> None:
    device = emulated()
    monkeypatch.setenv("TRANSPILE_STORE", str(folder / "proofs.sqlite"))
    monkeypatch.setenv("TRANSPILE_LM", "none")
    short = replace(DEVICE_SETTINGS, seconds=0.2)
    monkeypatch.setattr("transpile.offload.on_gpu.device_trial", partial(device_trial, settings=short))
    monkeypatch.setattr("transpile.directions.offloading.find_device", lambda: device)
    assert main(["saxpy.c", "--to", "cuda", "--verify", "gpu", "-o", "out.cu", "--report", "r.json"]) == 0
    block = json.loads((source / "r.json").read_text())["files"][0]["functions"][0]["blocks"][0]
    rung = next(row for row in block["rungs"] if row["name"] == "run on a GPU")
    assert rung["outcome"] == "passed", rung
    assert "on an emulated GPU: no difference in" in rung["detail"]
    assert "(3 copies, " in rung["detail"]


@pytest.mark.parametrize(
    ("gpu", "nvcc", "said", "hint"),
    [
        (NoGpu("no driver"), Path("nvcc"), "needs a GPU (no driver)", "the CPU emulator"),
        (NoGpu("no driver"), None, "needs a GPU (no driver) and nvcc", "pip install nvidia-cuda-nvcc"),
        (Gpu("H200", "sm_90"), None, "needs nvcc", "pip install nvidia-cuda-nvcc"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    gpu: Gpu | NoGpu,
    nvcc: Path | None,
    said: str,
    hint: str,
) -> None:
    monkeypatch.setattr("transpile.trials.device.find_gpu", lambda: gpu)
    monkeypatch.setattr("transpile.trials.device.find_nvcc", lambda: nvcc)
    assert main(["saxpy.c", "--to", "cuda", "--verify", "gpu", "-o", "out.cu"]) == 2
    shown = capsys.readouterr().err
    assert f"error: --verify gpu {said}\n" in shown
    assert hint in shown
    assert not (source / "out.cu").exists()
