"""Kernels with affine subscripts, against all pairs of threads of small launches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from transpile.kernels.reading import read_cuda
from transpile.solvers.kernels.launch import Launch
from transpile.solvers.kernels.races import check
from transpile.solvers.kernels.verdicts import RaceFree, Racy

SMALL = st.integers(0, 5)


@dataclass(frozen=True, slots=True)
class Affine:
    """``t * thread + b * block + k * iteration + c``, in a loop of ``trips`` iterations, for threads from ``first``."""

    t: int
    b: int
    k: int
    c: int
    trips: int
    first: int
    divisor: int

    @property
    def guard(self) -> str:
        return f"if (threadIdx.x >= {self.first}) for (int k = 0; k < {self.trips}; k++)"

    @property
    def subscript(self) -> str:
        return f"(threadIdx.x * {self.t} + blockIdx.x * {self.b} + k * {self.k} + {self.c}) / {self.divisor}"

    def places(self, thread: int, block: int) -> set[int]:
        if thread < self.first:
            return set()
        start = thread * self.t + block * self.b + self.c
        return {(start + k * self.k) // self.divisor for k in range(self.trips)}


AFFINE = st.builds(Affine, SMALL, SMALL, SMALL, SMALL, st.integers(0, 3), st.integers(0, 2), st.integers(1, 3))


def threads(block: int, grid: int) -> Iterator[tuple[int, int]]:
    return product(range(block), range(grid))


def races(write: Affine, read: Affine, block: int, grid: int, barrier: bool) -> bool:
    """Whether two threads write one place, or one writes what another one reads and no barrier is between them."""
    for (mine, my_block), (other, other_block) in product(threads(block, grid), repeat=2):
        if (mine, my_block) == (other, other_block):
            continue
        if write.places(mine, my_block) & write.places(other, other_block):
            return True
        ordered = barrier and my_block == other_block
        if not ordered and write.places(mine, my_block) & read.places(other, other_block):
            return True
    return False


@settings(max_examples=25, deadline=None)
@given(AFFINE, AFFINE, st.integers(1, 4), st.integers(1, 3), st.booleans())
def test_affine_subscripts(write: Affine, read: Affine, block: int, grid: int, barrier: bool) -> None:
    text = f"""
__global__ void k(int *a, int *b) {{
    int sum = 0;
    {read.guard} sum += a[{read.subscript}];
    {"__syncthreads();" if barrier else ""}
    {write.guard} a[{write.subscript}] = sum;
}}"""
    verdict = check(read_cuda(text, "k.cu"), "k", Launch((block, 1, 1), (grid, 1, 1)))
    if races(write, read, block, grid, barrier):
        assert isinstance(verdict, Racy) and verdict.confirmed
    else:
        assert isinstance(verdict, RaceFree)
