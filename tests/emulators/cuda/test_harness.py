"""Arrays with a placement: their sizes come with the input, and they may overlap."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from transpile.emulators.cuda.build import build_c
from transpile.emulators.cuda.harness import Parameter, Placement, Signature, harness
from transpile.emulators.cuda.run import Program, Rounding

ROUNDINGS: tuple[Rounding, ...] = ("nearest", "upward", "downward", "to-zero")
TEXT = "void move(int n, int *a, const int *b) { for (int i = 0; i < n; i++) a[i] = b[i] + 10; }"
MOVE = Signature("move", (Parameter("n", "int"), Parameter("a", "int", ("0",)), Parameter("b", "int", ("0",), True)))


@pytest.fixture(scope="module")
def move(folder: Path) -> Program:
    return build_c(TEXT, harness(MOVE, placed=True), folder)


def arguments(n: int, *arrays: tuple[Placement, tuple[int, ...]]) -> bytes:
    pieces = [placement.packed + struct.pack(f"={len(content)}i", *content) for placement, content in arrays]
    return struct.pack("=i", n) + b"".join(pieces)


def outputs(content: bytes) -> tuple[int, ...]:
    return struct.unpack(f"={len(content) // 4}i", content)


def test_arrays_of_their_own_are_given_back_one_behind_the_other(move: Program) -> None:
    run = move.run(arguments(2, (Placement(0, 8), (0, 0)), (Placement(1, 8), (1, 2))))
    assert run.ok and outputs(run.outputs) == (11, 12, 1, 2)


def test_an_array_may_start_within_another(move: Program) -> None:
    run = move.run(arguments(2, (Placement(0, 12), (1, 2, 3)), (Placement(0, 0, 4), ())))
    assert run.ok and outputs(run.outputs) == (12, 13, 3)


def test_the_owner_of_the_memory_may_start_behind_the_other(move: Program) -> None:
    run = move.run(arguments(2, (Placement(0, 12, 4), (1, 2, 3)), (Placement(0, 0, 0), ())))
    assert run.ok and outputs(run.outputs) == (1, 11, 21)


def test_memory_ends_where_the_placement_says(move: Program) -> None:
    run = move.run(arguments(3, (Placement(0, 12), (0, 0, 0)), (Placement(1, 8), (1, 2))))
    assert [fault.kind for fault in run.faults] == ["out-of-bounds"]


def test_the_function_rounds_as_asked(folder: Path) -> None:
    text = "double f(double a, double b) { return a / b; }"
    both = (Parameter("a", "double"), Parameter("b", "double"))
    program = build_c(text, harness(Signature("f", both, "double")), folder)
    given = struct.pack("=2d", 1.0, -3.0)
    found = {rounding: struct.unpack("=d", program.run(given, rounding=rounding).outputs)[0] for rounding in ROUNDINGS}
    assert found["nearest"] == 1.0 / -3.0
    assert found["downward"] < found["upward"] == found["to-zero"]
