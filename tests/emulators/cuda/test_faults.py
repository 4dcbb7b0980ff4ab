"""Right programs with one thing made wrong: the fault has its name and its line, or the output differs from C's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from transpile.emulators.cuda.run import ORDERS, Program

Build = Callable[..., Program]
Inputs = Callable[..., bytes]
BARRIER = "    __syncthreads();\n"


@dataclass(frozen=True, slots=True)
class Mutant:
    """``old`` becomes ``new``. The fault is in the line that starts with ``at``; with none, its line is not fixed."""

    source: str
    old: str
    new: str
    size: int
    kind: str
    at: str = ""


MUTANTS = {
    "guard off by one": Mutant("saxpy", "(i < n)", "(i <= n)", 100, "out-of-bounds", "if (i <= n) y[i]"),
    "host pointer in a kernel": Mutant("saxpy", "(n, a, d_x,", "(n, a, x,", 100, "host-pointer", "if (i < n) y[i]"),
    "device pointer on the host": Mutant("reduce", "+= sums[", "+= d_sums[", 100, "device-pointer", "for (int i = 0;"),
    "input not copied": Mutant("saxpy", "cudaMemcpy(d_x", "cudaMemcpy(d_y", 100, "uninitialised", "if (i < n) y[i]"),
    "copy of too much": Mutant("saxpy", "d_y, bytes,", "d_y, bytes + 1,", 100, "api", "CHECK(cudaMemcpy(y,"),
    "wrong direction": Mutant(
        "saxpy", "y, d_y,", "d_y, y,", 100, "api", "CHECK(cudaMemcpy(d_y, y, bytes, cudaMemcpyDev"
    ),
    "block of 2048": Mutant("saxpy", "block = 128", "block = 2048", 100, "launch", "saxpy_kernel<<<"),
    "empty grid": Mutant("saxpy", "(n + block - 1) / block", "n / block", 100, "launch", "saxpy_kernel<<<"),
    "double free": Mutant("saxpy", "cudaFree(d_y)", "cudaFree(0 + d_x)", 100, "double-free", "CHECK(cudaFree(0 +"),
    "leak": Mutant("saxpy", "    CHECK(cudaFree(d_y));\n", "", 100, "leak"),
    "use after free": Mutant("saxpy", "int block", "cudaFree(d_x); int block", 9, "use-after-free", "if (i < n) y[i]"),
    "barrier in a branch": Mutant(
        "reduce",
        "+ half];\n        __syncthreads()",
        "+ half], __syncthreads()",
        100,
        "barrier",
        "if (threadIdx.x < half)",
    ),
    "exit before a barrier": Mutant(
        "reduce", "    partial[", "    if (i >= n) return; else\n    partial[", 100, "barrier"
    ),
    "no barrier after loads": Mutant("reduce", BARRIER, "", 128, "race"),
    "no barrier before stores": Mutant(
        "matmul", "[threadIdx.x];\n        __syncthreads();", "[threadIdx.x];", 9, "race"
    ),
    "no atomic in a block": Mutant(
        "histogram", "atomicAdd(&own[values[i] % BINS], 1u)", "own[values[i] % BINS]++", 96, "race", "own[values[i]"
    ),
    "no atomic in a grid": Mutant(
        "histogram", "atomicAdd(&counts[bin], own[bin])", "counts[bin] += own[bin]", 900, "race", "if (own[bin]) counts"
    ),
    "no atomic for a variable": Mutant("histogram", "atomicAdd(&total, 1ull)", "total++", 96, "race", "total++"),
    "no fence": Mutant("shuffle", "            __threadfence();\n", "", 500, "race", "for (int block = lane"),
    "shared memory not cleared": Mutant(
        "histogram", "own[bin] = 0", "(void)bin", 96, "uninitialised", "atomicAdd(&own[values[i]"
    ),
    "shared memory half written": Mutant(
        "reduce",
        "partial[threadIdx.x] = i < n ? values[i] : 0",
        "if (i < n) partial[threadIdx.x] = values[i]",
        100,
        "uninitialised",
        "if (threadIdx.x < half)",
    ),
    "no wait for managed memory": Mutant(
        "scale", "CHECK(cudaStreamSynchronize(stream))", ";", 9, "unsynchronised", "for (int i = 0; i < n; i++) values"
    ),
    "signed overflow": Mutant(
        "reduce", "? values[i] :", "? values[i] << 30 :", 100, "undefined", "partial[threadIdx.x]"
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_faults_are_found(name: str, cuda: Build, inputs: Inputs, cuda_text: Callable[..., str]) -> None:
    mutant = MUTANTS[name]
    program = cuda(mutant.source, mutant.old, mutant.new)
    rows = cuda_text(mutant.source, mutant.old, mutant.new).splitlines()
    for order in ORDERS:
        run = program.run(inputs(mutant.source, mutant.size), order)
        found = [fault for fault in run.faults if fault.kind == mutant.kind]
        assert found and not run.ok, (order, run)
        lines = [rows[fault.line - 1].strip() for fault in found if fault.line]
        assert lines or mutant.kind == "leak", found
        assert any(line.startswith(mutant.at) for line in lines) or not mutant.at, (lines, run.faults)


def differing_orders(program: Program, plain: Program, given: bytes) -> list[str]:
    """The orders in which a program, not watched for races, computes something else than C."""
    wanted = plain.run(given)
    assert wanted.ok, wanted
    return [order for order in ORDERS if program.run(given, order, races=False).outputs != wanted.outputs]


@pytest.mark.parametrize(
    ("source", "old", "new", "size"),
    [
        ("saxpy", "(n + block - 1) / block", "n / block", 129),
        ("saxpy", "CHECK(cudaMemcpy(y, d_y, bytes, cudaMemcpyDeviceToHost));", "", 100),
        ("saxpy", "if (i < n)", "if (i + 1 < n)", 100),
        ("reduce", BARRIER, "", 128),
        ("histogram", "atomicAdd(&counts[bin], own[bin])", "counts[bin] = own[bin]", 900),
    ],
    ids=["grid too small", "output not copied", "last element left out", "no barrier", "blocks overwrite each other"],
)
def test_wrong_outputs_differ_from_c(
    source: str, old: str, new: str, size: int, cuda: Build, plain_c: Build, inputs: Inputs
) -> None:
    given = inputs(source, size)
    assert differing_orders(cuda(source), plain_c(source), given) == []
    assert differing_orders(cuda(source, old, new), plain_c(source), given)


def test_a_refused_launch_that_nobody_asks_about_is_a_fault_of_its_own(cuda: Build, inputs: Inputs) -> None:
    given = inputs("saxpy", 100)
    launch = "<<<(n + block - 1) / block, block>>>(n, a, d_x, d_y);"
    asked = cuda("saxpy", launch, "<<<1, 2048>>>(n, a, d_x, d_y);").run(given)
    assert asked.exit_code == 1 and "invalid configuration argument" in asked.messages
    assert [fault.kind for fault in asked.faults] == ["launch"]
    check = "\n    CHECK(cudaGetLastError());"
    unasked = cuda("saxpy", launch + check, "<<<1, 2048>>>(n, a, d_x, d_y);").run(given)
    assert unasked.exit_code == 0
    assert [fault.kind for fault in unasked.faults] == ["launch", "unchecked"]


def test_threads_that_left_do_not_keep_the_others_from_going_on(cuda: Build, plain_c: Build, inputs: Inputs) -> None:
    mutant = MUTANTS["exit before a barrier"]
    run = cuda(mutant.source, mutant.old, mutant.new).run(inputs("reduce", 100))
    assert "barrier" in {fault.kind for fault in run.faults}
    assert run.exit_code == 0 and len(run.outputs) == 4
