"""Trials on a device: built, run, compared and timed, with the emulator in the place of the hardware."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from transpile.c.parse import parse_text
from transpile.trials.compare import EXACT, Close
from transpile.trials.device import DEVICE_SETTINGS, Device, DeviceOutcome, OnDevice, device_comparison, device_trial
from transpile.trials.facts import Facts, Shape
from transpile.trials.outcome import Differs, Unusable
from transpile.trials.subject import subject

C = """
#include <math.h>
float scale(int n, float *x)
{
    for (int i = 0; i < n; i++)
        x[i] = 2 * x[i];
    return 3;
}
"""
CUDA = """
__global__ void scale_kernel(int n, float *x)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        x[i] = 2 * x[i];
}

extern "C" float scale(int n, float *x)
{
    if (n <= 0)
        return 3;
    float *d_x;
    cudaMalloc(&d_x, n * sizeof(float));
    cudaMemcpy(d_x, x, n * sizeof(float), cudaMemcpyHostToDevice);
    scale_kernel<<<(n + 63) / 64, 64>>>(n, d_x);
    if (cudaGetLastError() != cudaSuccess)
        return -1;
    cudaMemcpy(x, d_x, n * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(d_x);
    return 3;
}
"""
FACTS = Facts((Shape("x", "n"),))
SETTINGS = replace(DEVICE_SETTINGS, seconds=0.2, most_seconds=10.0)


def ran(device: Device, folder: Path, cuda: str = CUDA, c: str = C) -> DeviceOutcome:
    return device_trial(parse_text(c), "scale", cuda, FACTS, folder, device, EXACT, settings=SETTINGS)


def test_a_right_program_agrees_and_is_timed(emulated: Callable[..., Device], folder: Path) -> None:
    found = ran(emulated(), folder)
    assert isinstance(found, OnDevice), found
    assert found.tested.inputs >= 4
    assert found.figures is not None
    size = int(found.sizes.removeprefix("n = "))
    assert size >= 4096
    assert (found.figures.copies.count, found.figures.copies.bytes) == (2, 2 * 4 * size)
    assert found.figures.call.milliseconds > 0
    assert str(found).startswith("on an emulated GPU: no difference in ")
    assert str(found).endswith("compute-sanitizer did not run")


def test_a_wrong_program_differs(emulated: Callable[..., Device], folder: Path) -> None:
    found = ran(emulated(), folder, CUDA.replace("if (i < n)", "if (i < n - 1)"))
    assert isinstance(found, Differs)
    assert "x[" in str(found.difference)
    assert "n = " in found.circumstances
    assert "threads" not in found.circumstances


def test_a_program_that_gives_up_differs(emulated: Callable[..., Device], folder: Path) -> None:
    found = ran(emulated(), folder, CUDA.replace("float *d_x;", "float *d_x; if (n > 40) exit(9);"))
    assert isinstance(found, Differs)
    assert "exit status 9" in str(found)


def test_a_text_that_nvcc_refuses_is_not_tried(emulated: Callable[..., Device], folder: Path) -> None:
    found = ran(emulated("echo 'program.cu(3): error: expected a ;' >&2; exit 1"), folder)
    assert isinstance(found, Unusable)
    assert "program.cu(3): error: expected a ;" in found.reason


def test_functions_that_are_not_rounded_alike_are_compared_closely(
    emulated: Callable[..., Device], folder: Path
) -> None:
    c, cuda = (text.replace("2 * x[i]", "expf(x[i])") for text in (C, CUDA))
    found = ran(emulated(), folder, cuda, c)
    assert isinstance(found, OnDevice), found
    assert found.tested.comparison == Close(1e-4)


def test_square_roots_are_compared_to_the_bit() -> None:
    for call, comparison in (("sqrtf(x[i])", EXACT), ("powf(x[i], 2)", Close(1e-4)), ("log(x[i])", Close(1e-4))):
        unit = parse_text(C.replace("2 * x[i]", call))
        assert device_comparison(subject(unit, "scale", FACTS), EXACT) == comparison
