"""The CUDA programs of ``sources``, each beside the C function it computes."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from transpile.emulators.cuda.build import build, build_c
from transpile.emulators.cuda.harness import Parameter, Signature, harness
from transpile.emulators.cuda.run import Program

SOURCES = Path(__file__).parent / "sources"
INT_N = Parameter("n", "int")
SIGNATURES = {
    "saxpy": Signature(
        "saxpy",
        (INT_N, Parameter("a", "float"), Parameter("x", "float", ("n",), True), Parameter("y", "float", ("n",))),
    ),
    "stencil": Signature(
        "stencil",
        (
            Parameter("rows", "int"),
            Parameter("columns", "int"),
            Parameter("from", "float", ("rows", "columns"), True),
            Parameter("to", "float", ("rows", "columns")),
        ),
    ),
    "reduce": Signature("reduce", (INT_N, Parameter("values", "int", ("n",), True)), "int"),
    "scale": Signature("scale", (INT_N, Parameter("factor", "double"), Parameter("values", "double", ("n",)))),
    "histogram": Signature(
        "histogram",
        (INT_N, Parameter("values", "unsigned char", ("n",), True), Parameter("counts", "unsigned", ("64",))),
        "unsigned long long",
    ),
    "scan": Signature("scan", (INT_N, Parameter("values", "int", ("n",)))),
    "matmul": Signature(
        "matmul",
        (
            INT_N,
            Parameter("a", "float", ("n", "n"), True),
            Parameter("b", "float", ("n", "n"), True),
            Parameter("c", "float", ("n", "n")),
        ),
    ),
    "shuffle": Signature(
        "shuffle", (INT_N, Parameter("values", "unsigned", ("n",), True), Parameter("result", "unsigned", ("3",)))
    ),
}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where programs are kept between the tests of a session."""
    if shutil.which("g++") is None:
        pytest.skip("needs g++")
    return tmp_path_factory.mktemp("programs")


@pytest.fixture(scope="session")
def cuda(folder: Path) -> Callable[..., Program]:
    """Builds a program of ``sources``, with ``old`` replaced by ``new`` if they are given."""

    def built(name: str, old: str = "", new: str = "") -> Program:
        return build(source(name, old, new), harness(SIGNATURES[name]), folder)

    return built


@pytest.fixture(scope="session")
def cuda_text() -> Callable[..., str]:
    return source


@pytest.fixture(scope="session")
def plain_c(folder: Path) -> Callable[[str], Program]:
    def built(name: str) -> Program:
        return build_c((SOURCES / f"{name}.c").read_text(), harness(SIGNATURES[name]), folder)

    return built


@pytest.fixture(scope="session")
def inputs() -> Callable[..., bytes]:
    return arguments


def source(name: str, old: str = "", new: str = "") -> str:
    text = (SOURCES / f"{name}.cu").read_text()
    assert old in text, f"{name}.cu has no {old!r}"
    return text.replace(old, new, 1) if old else text


def _floats(random: Random, count: int, code: str = "f") -> bytes:
    return struct.pack(f"<{count}{code}", *(random.randint(-1000, 1000) / 8 for _ in range(count)))


def _ints(random: Random, count: int, low: int = -1000) -> bytes:
    return struct.pack(f"<{count}i", *(random.randint(low, 1000) for _ in range(count)))


def arguments(name: str, *sizes: int) -> bytes:
    """Random arguments for ``name`` as its harness reads them; what it only writes starts as random too."""
    random = Random(f"{name} {sizes}")
    n = sizes[0]
    scalars = struct.pack(f"<{len(sizes)}i", *sizes)
    match name:
        case "saxpy":
            return scalars + struct.pack("<f", 1.7) + _floats(random, 2 * n)
        case "stencil":
            return scalars + _floats(random, 2 * n * sizes[1])
        case "reduce" | "scan":
            return scalars + _ints(random, n)
        case "scale":
            return scalars + struct.pack("<d", 0.3) + _floats(random, n, "d")
        case "histogram":
            return scalars + random.randbytes(n) + _ints(random, 64)
        case "matmul":
            return scalars + _floats(random, 3 * n * n)
        case _:
            return scalars + _ints(random, n + 3, low=0)
