"""The GPU of this machine, if there is one that programs may use, as its driver names it.

The driver is asked in a process of its own: it keeps threads and memory for as long as its process lives.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from transpile.emulators.cuda.bounded import Limits, run_bounded

_LIMITS = Limits(cpu_s=30, wall_s=60.0, output_bytes=1 << 16)
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "NVIDIA_VISIBLE_DEVICES")
_PROBE = """
import ctypes
try:
    driver = ctypes.CDLL("libcuda.so.1")
except OSError:
    raise SystemExit("there is no NVIDIA driver: libcuda.so.1 is not found")
status = driver.cuInit(0)
if status == 100:
    raise SystemExit("the NVIDIA driver finds no GPU")
if status:
    raise SystemExit(f"the NVIDIA driver does not start: error {status}")
name, device, number = ctypes.create_string_buffer(256), ctypes.c_int(), ctypes.c_int()
if driver.cuDeviceGet(ctypes.byref(device), 0) or driver.cuDeviceGetName(name, 256, device):
    raise SystemExit("the NVIDIA driver finds no GPU")
attributes = []
for attribute in (75, 76):
    driver.cuDeviceGetAttribute(ctypes.byref(number), attribute, device)
    attributes.append(number.value)
print(*attributes, name.value.decode(errors="replace"))
"""


@dataclass(frozen=True, slots=True)
class Gpu:
    """The first GPU. ``architecture`` is as nvcc names it, such as ``sm_90``."""

    name: str
    architecture: str


@dataclass(frozen=True, slots=True)
class NoGpu:
    """Why no program can run on a GPU here."""

    reason: str


def find_gpu(probe: str = _PROBE) -> Gpu | NoGpu:
    """Ask the driver; ``probe`` is the Python program that does."""
    done = run_bounded([sys.executable, "-I", "-c", probe], _LIMITS, environment=device_environment())
    if done.timed_out:
        return NoGpu("the NVIDIA driver does not answer")
    if done.exit_code:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        return NoGpu(said[-1] if said else f"the NVIDIA driver fails: exit status {done.exit_code}")
    major, minor, name = done.stdout.decode(errors="replace").strip().split(" ", 2)
    return Gpu(name, f"sm_{major}{minor}")


def device_environment() -> Mapping[str, str]:
    """What a program that uses the device needs of the environment."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
