"""The orders in which threads and blocks take their turns, and the limits of a run."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from transpile.emulators.cuda.bounded import Limits
from transpile.emulators.cuda.build import build
from transpile.emulators.cuda.harness import Parameter, Signature, harness
from transpile.emulators.cuda.run import Order, Program

BLOCKS, THREADS = 7, 40
TEXT = """
__device__ int clock_of_all;
__global__ void note(int *first, int *second) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    first[i] = atomicAdd(&clock_of_all, 1);
    __syncthreads();
    second[i] = atomicAdd(&clock_of_all, 1);
}
extern "C" void order(int *first, int *second) {
    int *d_first, *d_second;
    size_t bytes = 7 * 40 * sizeof(int);
    cudaMalloc(&d_first, bytes);
    cudaMalloc(&d_second, bytes);
    note<<<7, 40>>>(d_first, d_second);
    cudaGetLastError();
    cudaMemcpy(first, d_first, bytes, cudaMemcpyDeviceToHost);
    cudaMemcpy(second, d_second, bytes, cudaMemcpyDeviceToHost);
    cudaFree(d_first);
    cudaFree(d_second);
}
"""
ARRAYS = (Parameter("first", "int", ("7", "40")), Parameter("second", "int", ("7", "40")))
Turns = list[tuple[int, list[int], list[int]]]


@pytest.fixture(scope="module")
def turns(folder: Path) -> Callable[[Order, int], Turns]:
    """Blocks as they ran, each with its threads as they ran before and after the barrier."""
    program = build(TEXT, harness(Signature("order", ARRAYS)), folder)

    def taken(order: Order, seed: int) -> Turns:
        run = program.run(bytes(8 * BLOCKS * THREADS), order, seed)
        assert run.ok, run
        times = struct.unpack(f"<{2 * BLOCKS * THREADS}i", run.outputs)
        first = [times[b * THREADS : (b + 1) * THREADS] for b in range(BLOCKS)]
        second = [times[(BLOCKS + b) * THREADS : (BLOCKS + b + 1) * THREADS] for b in range(BLOCKS)]
        assert sorted(times) == list(range(2 * BLOCKS * THREADS))
        assert all(max(first[b]) < min(second[b]) for b in range(BLOCKS)), "a thread passed the barrier too soon"
        places = range(THREADS)
        return [
            (b, sorted(places, key=first[b].__getitem__), sorted(places, key=second[b].__getitem__))
            for b in sorted(range(BLOCKS), key=lambda b: min(first[b]))
        ]

    return taken


def test_forward_and_reverse(turns: Callable[[Order, int], Turns]) -> None:
    up = list(range(THREADS))
    assert turns("forward", 0) == [(block, up, up) for block in range(BLOCKS)]
    down = up[::-1]
    assert turns("reverse", 0) == [(block, down, down) for block in reversed(range(BLOCKS))]


def test_random_orders_differ_by_seed_block_and_barrier(turns: Callable[[Order, int], Turns]) -> None:
    seeds = [turns("random", seed) for seed in range(4)]
    assert seeds[1] == turns("random", 1), "a seed gives one order"
    assert len({str(seed) for seed in seeds}) == 4
    assert len({str([block for block, _, _ in seed]) for seed in seeds}) > 1
    intervals = [str(interval) for _, first, second in seeds[0] for interval in (first, second)]
    assert len(set(intervals)) == len(intervals)


def test_memory_is_bounded(cuda: Callable[..., Program], inputs: Callable[..., bytes]) -> None:
    program, given = cuda("saxpy"), inputs("saxpy", 50_000)
    assert program.run(given).ok
    run = program.run(given, limits=Limits(memory_bytes=2 << 20))
    assert [fault.kind for fault in run.faults] == ["api"]
    assert "cudaMalloc: out of memory" in run.faults[0].message


def test_races_can_be_left_out(cuda: Callable[..., Program], inputs: Callable[..., bytes]) -> None:
    program, given = cuda("histogram", "atomicAdd(&total, 1ull)", "total++"), inputs("histogram", 96)
    assert {fault.kind for fault in program.run(given).faults} == {"race"}
    assert program.run(given, races=False).ok
