"""NVIDIA's compiler, where there is one; what it says is read the same everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from transpile.trials.nvcc import Compiled, NotCompiled, Refused, compiled, find_nvcc

KERNEL = """
__global__ void scale(int n, float *x)
{
    __shared__ float first[64];
    first[threadIdx.x] = x[0];
    __syncthreads();
    if (threadIdx.x < n)
        x[threadIdx.x] = first[0] * 2.0f;
}

void run(int n, float *x) { scale<<<1, 64>>>(n, x); }
"""

needs_nvcc = pytest.mark.skipif(find_nvcc() is None, reason="needs nvcc")


def stub(folder: Path, said: str, status: int) -> Path:
    """A compiler that says what the real one said once."""
    path = folder / "nvcc"
    (folder / "said").write_text(said)
    path.write_text(f"#!/bin/sh\ncat {folder / 'said'}\nexit {status}\n")
    path.chmod(0o755)
    return path


SAID = """\
ptxas info    : 0 bytes gmem
ptxas info    : Compiling entry function '_Z5scaleiPf' for 'sm_80'
ptxas info    : Function properties for _Z5scaleiPf
    16 bytes stack frame, 4 bytes spill stores, 8 bytes spill loads
ptxas info    : Used 9 registers, used 1 barriers, 256 bytes smem, 368 bytes cmem[0]
ptxas info    : Compiling entry function '_Z5otherv' for 'sm_80'
ptxas info    : Function properties for _Z5otherv
    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas info    : Used 4 registers, used 0 barriers, 352 bytes cmem[0]
"""


def test_resources_are_those_of_each_kernel(tmp_path: Path) -> None:
    outcome = compiled(KERNEL, nvcc=stub(tmp_path, SAID, 0))
    assert isinstance(outcome, Compiled)
    first, second = outcome.kernels
    assert (first.kernel, first.registers, first.shared, first.stack, first.spilled) == ("scale", 9, 256, 16, 12)
    assert (second.kernel, second.registers, second.shared, second.stack, second.spilled) == ("other", 4, 0, 0, 0)


def test_an_error_without_a_line_is_kept(tmp_path: Path) -> None:
    said = "ptxas error   : Entry function '_Z5scaleiPf' uses too much shared data (0x10000 bytes, 0xc000 max)\n"
    outcome = compiled(KERNEL, nvcc=stub(tmp_path, said, 255))
    assert isinstance(outcome, Refused)
    assert outcome.failures[0].span is None and "too much shared data" in outcome.failures[0].message


def test_a_compiler_that_breaks_is_no_verdict(tmp_path: Path) -> None:
    outcome = compiled(KERNEL, nvcc=stub(tmp_path, "nvcc fatal   : Cannot find compiler\n", 1))
    assert outcome == NotCompiled("nvcc failed: nvcc fatal   : Cannot find compiler")


def test_without_a_compiler_the_reason_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CUDACXX", "CUDA_HOME", "CUDA_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("transpile.trials.nvcc._installed_by_pip", lambda: iter(()))
    assert compiled(KERNEL) == NotCompiled("no nvcc")


def test_the_compiler_is_looked_for_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    monkeypatch.delenv("CUDACXX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CUDA_HOME", str(tmp_path))
    made = stub(tmp_path / "bin", "", 0)
    assert find_nvcc() == made


@needs_nvcc
def test_a_right_text_compiles() -> None:
    outcome = compiled(KERNEL)
    assert isinstance(outcome, Compiled), str(outcome)
    (kernel,) = outcome.kernels
    assert kernel.kernel == "scale" and kernel.shared == 256 and kernel.registers > 0


@needs_nvcc
def test_an_error_is_placed_in_the_text() -> None:
    outcome = compiled(KERNEL.replace("(n, x); }", "(n, y); }"), "scale.cu")
    assert isinstance(outcome, Refused)
    (failure,) = outcome.failures
    where, line, caret = failure.diagnostic.render().splitlines()
    assert where == 'scale.cu:11:49: error: compile: identifier "y" is undefined'
    assert caret.index("^") == line.index("y);")


@needs_nvcc
def test_a_host_function_in_a_kernel_is_refused() -> None:
    text = "void host(); __global__ void kernel() { host(); }"
    outcome = compiled(text)
    assert isinstance(outcome, Refused) and "host" in outcome.failures[0].message
