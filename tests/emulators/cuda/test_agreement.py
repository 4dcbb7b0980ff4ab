"""Right programs compute what the C function computes, byte for byte, in every order, and nothing is found wrong."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from transpile.emulators.cuda.build import build
from transpile.emulators.cuda.harness import Parameter, Signature, harness
from transpile.emulators.cuda.run import Order, Program

SIZES: dict[str, list[tuple[int, ...]]] = {
    "saxpy": [(0,), (1,), (127,), (128,), (129,), (1000,)],
    "stencil": [(3, 3), (8, 16), (9, 17), (7, 100), (40, 31)],
    "reduce": [(0,), (1,), (127,), (128,), (129,), (700,)],
    "scale": [(1,), (127,), (128,), (129,), (1000,)],
    "histogram": [(1,), (95,), (96,), (97,), (1000,)],
    "scan": [(0,), (1,), (31,), (33,), (512,)],
    "matmul": [(0,), (1,), (7,), (8,), (9,), (19,)],
    "shuffle": [(1,), (95,), (97,), (3500,)],
}
RUNS: list[tuple[Order, int]] = [("forward", 0), ("reverse", 0), ("random", 1), ("random", 2)]

FEATURES = (1, 7, 42, 1275, 32, 1411, 32, 131010, 29, 1, 40, -11, 1, 706, 1025, 1)


@pytest.mark.parametrize("name", SIZES)
def test_agrees_with_c(
    name: str, cuda: Callable[..., Program], plain_c: Callable[..., Program], inputs: Callable[..., bytes]
) -> None:
    emulated, expected = cuda(name), plain_c(name)
    seen = set()
    for sizes in SIZES[name]:
        given = inputs(name, *sizes)
        wanted = expected.run(given)
        assert wanted.ok, wanted
        seen.add(wanted.outputs)
        for order, seed in RUNS:
            run = emulated.run(given, order, seed)
            assert run.ok, (sizes, order, run)
            assert run.outputs == wanted.outputs, (sizes, order)
    assert len(seen) == len(SIZES[name]), "the outputs do not depend on the inputs"


def test_features(folder: Path) -> None:
    text = (Path(__file__).parent / "sources" / "features.cu").read_text()
    emulated = build(text, harness(Signature("features", (Parameter("result", "int", ("16",)),))), folder)
    for order, seed in RUNS:
        run = emulated.run(bytes(64), order, seed)
        assert run.ok, (order, run)
        assert struct.unpack("<16i", run.outputs) == FEATURES
