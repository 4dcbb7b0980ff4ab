"""What the emulator sees race is never called race-free: random kernels, and the corpus with a line taken out."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest
from random_kernels import BLOCK, GRID, kernels, program

from transpile.emulators.cuda.bounded import Limits
from transpile.emulators.cuda.build import build
from transpile.kernels.reading import read_cuda
from transpile.solvers.kernels.launch import Launch
from transpile.solvers.kernels.races import check
from transpile.solvers.kernels.verdicts import RaceFree

SEEDS = (1,)
COUNT = 22
ARGUMENTS = ((3, 5), (8, 2))
FAULTS = {"race", "barrier"}
LIMITS = Limits(cpu_s=2, wall_s=5.0)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("g++") is None:
        pytest.skip("needs g++")
    pytest.importorskip("tree_sitter_cuda")
    return tmp_path_factory.mktemp("cuda")


def seen(texts: dict[str, str], folder: Path) -> dict[str, set[str]]:
    """The faults that matter, by kernel."""
    built = build(program(texts), "", folder)
    found: dict[str, set[str]] = {}
    for number, name in enumerate(texts):
        runs = [built.run(f"{number} {n} {m}".encode(), limits=LIMITS) for n, m in ARGUMENTS]
        found[name] = {fault.kind for run in runs for fault in run.faults} & FAULTS
    return found


def assert_sound(texts: dict[str, str], folder: Path) -> None:
    faults = seen(texts, folder)
    unit = read_cuda(program(texts), "program.cu")
    assert any(faults.values())
    for name, kinds in faults.items():
        verdict = check(unit, name, Launch((BLOCK, 1, 1), (GRID, 1, 1)))
        assert not (kinds and isinstance(verdict, RaceFree)), f"{kinds}: {texts[name]}"


@pytest.mark.parametrize("seed", SEEDS)
def test_random_kernels(seed: int, folder: Path) -> None:
    assert_sound(kernels(seed, COUNT), folder)


RIGHT = {
    "reduction": """
    __shared__ int s[8];
    int t = threadIdx.x;
    s[t] = a[blockIdx.x * 8 + t] + t;
    __syncthreads();
    for (int o = 4; o > 0; o >>= 1) {
        if (t < o) s[t] += s[t + o] + 1;
        __syncthreads();
    }
    if (t == 0) b[blockIdx.x] = s[0];
""",
    "scan": """
    __shared__ int s[8];
    int t = threadIdx.x;
    s[t] = a[blockIdx.x * 8 + t] + t + 1;
    __syncthreads();
    for (int d = 1; d < 8; d <<= 1) {
        int add = 0;
        if (t >= d) add = s[t - d] + 1;
        __syncthreads();
        s[t] += add;
        __syncthreads();
    }
    b[blockIdx.x * 8 + t] = s[7 - t];
""",
    "tiles": """
    __shared__ int x[8];
    int t = threadIdx.x, sum = 0;
    for (int tile = 0; tile < n; tile++) {
        x[t] = a[tile * 8 + t] + tile + t;
        __syncthreads();
        for (int i = 0; i < 8; i++) sum += x[i];
        __syncthreads();
    }
    b[blockIdx.x * 8 + t] = sum;
""",
    "histogram": """
    __shared__ int own[8];
    int t = threadIdx.x;
    own[t] = t;
    __syncthreads();
    atomicAdd(&own[(t * 3) % n], 1);
    __syncthreads();
    atomicAdd(&b[t], own[t]);
""",
}


def mutants() -> dict[str, str]:
    """The right kernels without one of their barriers, and with other subscripts."""
    found: dict[str, str] = {}
    for name, body in RIGHT.items():
        lines = body.strip("\n").split("\n")
        for at, line in enumerate(lines):
            changed = [line.replace("s[t] +=", "s[t / 2] +="), line.replace("* 8 + t]", "+ t]")]
            changed += [""] if "__syncthreads" in line else []
            changed += ["own[(t * 3) % n] += 1;"] if "atomicAdd(&own" in line else []
            for other in changed:
                if other != line:
                    key = f"{name}_{len(found)}"
                    text = "\n".join([*lines[:at], other, *lines[at + 1 :]])
                    found[key] = f"__global__ void {key}(int *a, int *b, int n, int m) {{\n{text}\n}}"
    return found


def test_mutants_of_right_kernels(folder: Path) -> None:
    assert len(mutants()) >= 12
    assert_sound(mutants(), folder)


@cache
def right() -> dict[str, str]:
    return {name: f"__global__ void {name}(int *a, int *b, int n, int m) {{{body}}}" for name, body in RIGHT.items()}


@pytest.mark.parametrize("name", RIGHT)
def test_right_kernels_are_race_free(name: str, folder: Path) -> None:
    verdict = check(read_cuda(right()[name], "k.cu"), name, Launch((BLOCK, 1, 1), (GRID, 1, 1), ("n > 0",)))
    assert isinstance(verdict, RaceFree)
    assert not any(seen(right(), folder).values())
