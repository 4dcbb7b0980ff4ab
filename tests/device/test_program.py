"""Runs of programs that are built for a device: how they end, and what their reports say."""

from __future__ import annotations

from pathlib import Path

import pytest

from transpile.device.gpu import Gpu, NoGpu, find_gpu
from transpile.device.program import DeviceProgram, Sum, read_figures
from transpile.emulators.cuda.bounded import Limits

REPORT = """\
device NVIDIA H200
call 1 12.500000
kernels 3 0.250000
copies 2 8.125000 8388608
kernel _Z12saxpy_kernelifPKfPf 3 0.250000
end
"""


def program(folder: Path, script: str) -> DeviceProgram:
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return DeviceProgram(path)


def test_a_report_is_read(tmp_path: Path) -> None:
    figures = read_figures(REPORT)
    assert figures is not None
    assert (figures.call, figures.kernels) == (Sum(1, 12.5), Sum(3, 0.25))
    assert figures.copies == Sum(2, 8.125, 8388608)
    assert figures.by_kernel == (("saxpy_kernel", Sum(3, 0.25)),)
    assert str(figures) == ("kernels 0.250 ms (3 launches), copies 8.125 ms (2 copies, 8.39 MB), whole call 12.500 ms")


@pytest.mark.parametrize("cut", range(len(REPORT.splitlines())))
def test_a_report_that_lacks_a_sum_or_its_end_says_nothing(cut: int) -> None:
    rows = REPORT.splitlines()
    needed = not rows[cut].startswith(("device", "kernel "))
    assert (read_figures("\n".join(rows[:cut] + rows[cut + 1 :])) is None) == needed


@pytest.mark.parametrize(
    ("script", "kind", "said"),
    [
        ("echo 'none no CUDA-capable device is detected' >&$R; exit 3", "unsupported", "no CUDA-capable device"),
        ("echo 'fault an illegal memory access' >&$R; exit 3", "device", "an illegal memory access"),
        ("echo 'missing void f()' >&$R; exit 3", "harness", "the text does not define void f()"),
        ("echo 'a.cu:3: out of memory' >&2; exit 1", "exit", "exit status 1: a.cu:3: out of memory"),
        ("kill -SEGV $$", "crash", "signal 11"),
        ("exit 0", "unfinished", "before the function returned"),
        ("sleep 20", "time", "too long"),
        ("exec head -c 2000000 /dev/zero", "output", "too much"),
    ],
)
def test_how_it_ended_is_a_fault(tmp_path: Path, script: str, kind: str, said: str) -> None:
    # dash knows no numbers above 9 after >&.
    script = script.replace(">&$R", "> /proc/self/fd/$TRANSPILE_DEVICE_REPORT")
    ran = program(tmp_path, script).run(b"", limits=Limits(cpu_s=5, wall_s=1.0, output_bytes=1 << 20))
    assert [fault.kind for fault in ran.faults] == [kind]
    assert said in ran.faults[0].message


def test_outputs_and_messages_are_apart(tmp_path: Path) -> None:
    made = program(tmp_path, f"cat; echo said >&2; printf '{REPORT}' > /proc/self/fd/$TRANSPILE_DEVICE_REPORT")
    ran, figures = made.timed(b"given")
    assert (ran.ok, ran.outputs, ran.messages) == (True, b"given", "said\n")
    assert figures == read_figures(REPORT)


SANITIZER = """\
[ "$2" = memcheck ] || exit 0
shift 5
echo '========= COMPUTE-SANITIZER' > "$1"
echo '========= Invalid __global__ write of size 4 bytes' >> "$1"
echo '=========     at scale_kernel(int, float *)+0x90' >> "$1"
echo '========= ERROR SUMMARY: 1 error' >> "$1"
exit 87
"""


def test_what_the_sanitizer_finds_is_read(tmp_path: Path) -> None:
    sanitizer = tmp_path / "compute-sanitizer"
    sanitizer.write_text(f"#!/bin/sh\n{SANITIZER}")
    sanitizer.chmod(0o755)
    made = program(tmp_path, "exit 0")
    found, other = (made.sanitized(sanitizer, tool, b"") for tool in ("memcheck", "racecheck"))
    assert found is not None and other is not None
    assert found.findings == ("Invalid __global__ write of size 4 bytes",)
    assert other.findings == ()
    sanitizer.write_text("#!/bin/sh\nexit 1\n")
    assert made.sanitized(sanitizer, "memcheck", b"") is None


def test_a_gpu_is_named() -> None:
    assert find_gpu("print(9, 0, 'NVIDIA H200 NVL')") == Gpu("NVIDIA H200 NVL", "sm_90")


@pytest.mark.parametrize(
    ("probe", "reason"),
    [
        ("raise SystemExit('the NVIDIA driver finds no GPU')", "the NVIDIA driver finds no GPU"),
        ("raise SystemExit(4)", "the NVIDIA driver fails: exit status 4"),
    ],
)
def test_why_there_is_no_gpu(probe: str, reason: str) -> None:
    assert find_gpu(probe) == NoGpu(reason)
