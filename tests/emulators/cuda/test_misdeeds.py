"""Each wrong thing that a program can do is found, in the right line, and only that."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest

from transpile.emulators.cuda import faults
from transpile.emulators.cuda.bounded import Limits
from transpile.emulators.cuda.build import build
from transpile.emulators.cuda.harness import Parameter, Signature, harness
from transpile.emulators.cuda.run import Program, Run

TEXT = (Path(__file__).parent / "sources" / "misdeeds.cu").read_text()
SIGNATURE = Signature("misdeeds", (Parameter("which", "int"), Parameter("result", "int", ("4",))))
IN_KERNELS = {
    1: ("out-of-bounds", "before_start"),
    2: ("out-of-bounds", "far_past_end"),
    3: ("out-of-bounds", "half_outside"),
    4: ("null-pointer", "store_at_null"),
    5: ("read-only", "store_constant"),
    6: ("undefined", "past_variable"),
    7: ("misaligned", "not_aligned"),
    8: ("stack-overflow", "too_deep"),
    9: ("local-memory", "others_local"),
    10: ("warp", "own_mask"),
    11: ("warp", "absent_lane"),
    12: ("warp", "two_lines"),
    13: ("barrier", "two_barriers"),
    14: ("shared-size", "large_shared"),
    15: ("out-of-bounds", "past_shared"),
    16: ("out-of-bounds", "past_dynamic"),
    17: ("assert", "failing"),
    18: ("undefined", "overflowing"),
    20: ("race", "other_value"),
    21: ("race", "read_and_write"),
    22: ("race", "read_of_atomic"),
    25: ("undefined", "division"),
    26: ("out-of-bounds", "copied"),
    27: ("out-of-bounds", "structures"),
    28: ("race", "two_stores"),
    29: ("out-of-bounds", "cleared"),
    30: ("use-after-free", "fill"),
    57: ("race", "unlocked_too_soon"),
}
ON_THE_HOST = {
    31: "device-pointer",
    32: "device-pointer",
    33: "device-pointer",
    34: "host-call",
    35: "out-of-bounds",
    36: "out-of-bounds",
    37: "api",
    38: "api",
    39: "api",
    40: "api",
    41: "launch",
    42: "launch",
    43: "launch",
    44: "launch",
    46: "bad-free",
    48: "null-pointer",
    52: "null-pointer",
    55: "api",
}
SHORT = Limits(cpu_s=2, wall_s=20)
RIGHT = [0, 19, 23, 45, 58]


@pytest.fixture(scope="module")
def misdeeds(folder: Path) -> Program:
    return build(TEXT, harness(SIGNATURE), folder)


def commit(program: Program, which: int, limits: Limits = SHORT) -> Run:
    return program.run(struct.pack("<5i", which, 9, 9, 9, 9), limits=limits)


def line_of(mark: object) -> int:
    (line,) = [number for number, row in enumerate(TEXT.splitlines(), 1) if row.endswith(f"/* {mark} */")]
    return line


@pytest.mark.parametrize("which", RIGHT)
def test_nothing_is_found_where_nothing_is_wrong(misdeeds: Program, which: int) -> None:
    run = commit(misdeeds, which)
    assert run.ok, run
    assert run.outputs == struct.pack("<4i", 9, 9, 9, 9)
    assert run.confined


@pytest.mark.parametrize("which", IN_KERNELS)
def test_faults_in_kernels(misdeeds: Program, which: int) -> None:
    kind, kernel = IN_KERNELS[which]
    run = commit(misdeeds, which)
    assert not run.ok
    found = {(fault.kernel, fault.line) for fault in run.faults if fault.kind == kind}
    assert (kernel, line_of(which)) in found, run


@pytest.mark.parametrize("which", ON_THE_HOST)
def test_faults_on_the_host(misdeeds: Program, which: int) -> None:
    run = commit(misdeeds, which)
    assert not run.ok
    found = [fault for fault in run.faults if fault.kind == ON_THE_HOST[which]]
    assert [(fault.kernel, fault.line) for fault in found] == [("", line_of(which))], run


def test_every_kind_has_a_meaning() -> None:
    runtime = Path(faults.__file__).parent / "runtime"
    text = "".join(path.read_text() for path in runtime.glob("*.cpp"))
    kinds = set(re.findall(r'\b(?:stop|record)\("([a-z-]+)"', text))
    assert len(kinds) > 20
    assert kinds - {faults.UNCONFINED, faults.FAILING} <= faults.KINDS.keys()


def test_the_thread_of_a_fault_is_named(misdeeds: Program) -> None:
    (fault,) = commit(misdeeds, 16).faults
    assert (fault.block, fault.thread) == ((0, 0, 0), (7, 0, 0))
    assert str(fault).startswith(
        f"line {line_of(16)}: out-of-bounds in past_dynamic, block (0, 0, 0), thread (7, 0, 0): "
    )


def test_a_kernel_does_not_reach_the_hosts_stack(misdeeds: Program) -> None:
    assert [(fault.kind, fault.kernel) for fault in commit(misdeeds, 56).faults] == [("host-pointer", "fill")]


def test_memory_that_nobody_wrote_is_poisoned(misdeeds: Program) -> None:
    run = commit(misdeeds, 54)
    (pattern,) = set(struct.unpack("<4I", run.outputs))
    (number,) = struct.unpack("<f", struct.pack("<I", pattern))
    assert number != number


def test_endless_kernels_are_stopped(misdeeds: Program) -> None:
    run = commit(misdeeds, 24, Limits(cpu_s=1, wall_s=20))
    assert [(fault.kind, fault.kernel, fault.line) for fault in run.faults] == [("time", "endless", line_of(24))]


def test_programs_that_sleep_for_ever_are_stopped(misdeeds: Program) -> None:
    run = commit(misdeeds, 49, Limits(cpu_s=5, wall_s=0.5))
    assert [fault.kind for fault in run.faults] == ["time"]


def test_endless_output_is_cut_off(misdeeds: Program) -> None:
    run = commit(misdeeds, 50, Limits(cpu_s=5, output_bytes=1 << 16))
    assert [fault.kind for fault in run.faults] == ["output"]
    assert len(run.messages) == 1 << 16


def test_programs_that_abort_or_leave_early_are_noticed(misdeeds: Program) -> None:
    assert [fault.kind for fault in commit(misdeeds, 47).faults] == ["crash"]
    assert [fault.kind for fault in commit(misdeeds, 51).faults] == ["unfinished"]


def test_programs_reach_no_files_no_network_and_no_other_processes(misdeeds: Program) -> None:
    run = commit(misdeeds, 53)
    assert run.confined and run.ok, run
    assert struct.unpack("<4i", run.outputs) == (1, 1, 1, 1), "each call fails with EPERM"
