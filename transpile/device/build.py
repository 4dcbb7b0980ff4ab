"""Build a CUDA text for a GPU with nvcc, together with a program that calls it and the stopwatch.

Multiplications and additions are not fused, so that results can be compared to the bit with those of C.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from transpile.emulators.cuda.bounded import Limits, run_bounded
from transpile.errors import ToolError

_RUNTIME = Path(__file__).parent / "runtime"
_LIMITS = Limits(cpu_s=120, wall_s=300.0, output_bytes=256 << 20)
_MEMORY_BYTES = 8 << 30
_WRAPPED = ("cudaMemcpy", "cudaMemcpyAsync", "cudaMemset", "cudaLaunchKernel", "__cudaLaunchKernel")
_OPTIONS = ("-std=c++17", "-O2", "--fmad=false", "-lineinfo", "-w", "-I", str(_RUNTIME))


def build(
    cu_text: str,
    program_cpp: str,
    folder: Path,
    nvcc: Path,
    architecture: str,
    parts: Sequence[str] = ("harness.cu", "stopwatch.cu"),
) -> Path:
    """The program of ``cu_text`` and ``program_cpp``, which has the main function. Raises ToolError with what nvcc says
    where one of them does not compile."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "program.cu").write_text(cu_text)
    (folder / "main.cu").write_text(program_cpp)
    linked = [argument for name in _WRAPPED for argument in ("-Xlinker", f"--wrap={name}")]
    sources = ["program.cu", "main.cu", *(str(_RUNTIME / part) for part in parts)]
    command = [str(nvcc), f"-arch={architecture}", *_OPTIONS, *linked, *sources, "-o", "on-device"]
    done = run_bounded(
        command,
        _LIMITS,
        environment={"PATH": os.environ.get("PATH", os.defpath)},
        cwd=folder,
        data_bytes=_MEMORY_BYTES,
    )
    if done.timed_out or done.exit_code < 0:
        raise ToolError("nvcc was stopped: it took too much time or memory")
    if done.exit_code:
        said = (done.stdout + done.stderr).decode(errors="replace").strip().splitlines()
        raise ToolError("nvcc does not build the program", hint="\n".join(said[:8]))
    return folder / "on-device"
