"""The real compiler, and a library in the place of NVIDIA's: what is emitted by nvcc is timed call by call."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from transpile.device.build import build
from transpile.device.program import DeviceProgram
from transpile.emulators.cuda.harness import Parameter, Placement, Signature, harness
from transpile.trials.nvcc import find_nvcc

HERE = Path(__file__).parent
CUDA = """
__global__ void twice_kernel(int n, float *x)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        x[i] = 2 * x[i];
}
extern "C" void twice(int n, float *x)
{
    float *d_x;
    cudaMalloc(&d_x, n * sizeof(float));
    cudaMemcpy(d_x, x, n * sizeof(float), cudaMemcpyHostToDevice);
    for (int k = 0; k < 3; k++)
        twice_kernel<<<(n + 63) / 64, 64>>>(n, d_x);
    cudaMemcpy(x, d_x, n * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(d_x);
}
"""
RIG = harness(Signature("twice", (Parameter("n", "int"), Parameter("x", "float", ("0",)))), placed=True)
needs_nvcc = pytest.mark.skipif(find_nvcc() is None, reason="needs nvcc")


@needs_nvcc
def test_without_a_driver_the_program_says_so(tmp_path: Path) -> None:
    nvcc = find_nvcc()
    assert nvcc is not None
    ran = DeviceProgram(build(CUDA, RIG, tmp_path, nvcc, "sm_80")).run(_given())
    if shutil.which("nvidia-smi") is None:
        assert [fault.kind for fault in ran.faults] == ["unsupported"]
        assert ran.faults[0].message.startswith("there is no GPU: ")


@needs_nvcc
def test_launches_and_copies_are_timed_apart(tmp_path: Path) -> None:
    """The library does what the kernel would do, and says that each launch takes 2 ms and anything else 1 ms."""
    subprocess.run(
        ["g++", "-c", "-fPIC", "-o", str(tmp_path / "fake.o"), str(HERE / "fake_cudart.cpp")], check=True, timeout=60
    )
    nvcc = tmp_path / "nvcc"
    nvcc.write_text(f'#!/bin/sh\nexec {find_nvcc()} -cudart none "$@" {tmp_path / "fake.o"}\n')
    nvcc.chmod(0o755)
    ran, figures = DeviceProgram(build(CUDA, RIG, tmp_path, nvcc, "sm_80")).timed(_given())
    assert ran.ok, ran.faults
    assert ran.outputs == b"".join(map(_float, (8.0, 16.0)))
    assert figures is not None
    assert (figures.kernels.count, figures.kernels.milliseconds) == (3, 6.0)
    assert (figures.copies.count, figures.copies.milliseconds, figures.copies.bytes) == (2, 2.0, 16)
    assert [(name, sum_.count) for name, sum_ in figures.by_kernel] == [("twice_kernel", 3)]


def _given() -> bytes:
    return (2).to_bytes(4, "little") + Placement(0, 8).packed + _float(1.0) + _float(2.0)


def _float(value: float) -> bytes:
    import struct

    return struct.pack("=f", value)
