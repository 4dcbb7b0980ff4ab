"""Programs that are proved, and their plans."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from transpile.c.parse import parse_file, parse_text
from transpile.c.preprocess import Options
from transpile.c.tree import For, Variable
from transpile.c.unit import Unit
from transpile.c.walking import declared, walk
from transpile.cuda.emit import emit
from transpile.cuda.plan_text import parse
from transpile.errors import Span
from transpile.kernels.reading import read_cuda
from transpile.matching.proof import Proof, prove_program

ROOT = Path(__file__).parents[2]
SHORT = Options(system=(str(Path(__file__).parent / "headers"),))
"""Short headers for hand-written programs. Those that are emitted are read with the headers of the system."""

CHECK = """#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#define CHECK(call) do { const cudaError_t error = (call); if (error != cudaSuccess) { \\
        fprintf(stderr, "%s\\n", cudaGetErrorString(error)); exit(EXIT_FAILURE); } } while (0)
static size_t extent(long long length) { return length > 0 ? (size_t)length : 0; }
static unsigned blocks(long long threads, unsigned size)
{
    const long long count = threads / size + (threads % size > 0);
    if (count > 2147483647) {
        fprintf(stderr, "too many\\n");
        exit(EXIT_FAILURE);
    }
    return (unsigned)count;
}
"""


@dataclass(frozen=True, slots=True)
class Emitted:
    c: Path
    cuda: str
    extents: Mapping[str, str]
    workspace: tuple[str, ...]

    def prove(self, cuda: str = "") -> Proof:
        unit = parse_file(self.c)
        function = [one for one in unit.functions if not one.static][-1]
        return prove_program(unit, function, read_cuda(cuda or self.cuda), self.extents, discarded=self.workspace)


@pytest.fixture(scope="session")
def emitted() -> Callable[[str], Emitted]:
    """The program that a plan of these tests, or of the emitter's, makes."""

    def made(name: str) -> Emitted:
        c = ROOT / "datasets" / "loops" / f"{name}.c"
        unit = parse_file(c)
        folders = (Path(__file__).parent, ROOT / "tests" / "cuda")
        files = (folder / "plans" / f"{name}.plan" for folder in folders)
        plan = parse(next(file for file in files if file.exists()).read_text())
        text = emit(unit, [one for one in unit.functions if not one.static][-1], plan).text
        workspace = tuple(array.name for array in plan.arrays if array.copies == "scratch")
        return Emitted(c, text, {array.name: array.extent for array in plan.arrays}, workspace)

    return made


@pytest.fixture(scope="session")
def check() -> str:
    """How programs of these tests begin."""
    return CHECK


@pytest.fixture(scope="session")
def prove() -> Callable[..., Proof]:
    """The proof of a function ``f``."""
    return _proved


@cache
def _parsed(c: str) -> Unit:
    return parse_text(c, "f.c", SHORT)


def _proved(
    c: str, cuda: str, extents: Mapping[str, str], private: Mapping[int, tuple[str, ...]] | None = None
) -> Proof:
    """``private`` are variables by the lines of loops."""
    unit = _parsed(c)
    function = unit.function("f")
    own = {one.name: one for one in declared(function.body)}
    spans: dict[Span, tuple[Variable, ...]] = {}
    for node in walk(function.body):
        if isinstance(node, For):
            spans[node.span] = tuple(own[name] for name in (private or {}).get(node.span.line, ()))
    return prove_program(unit, function, read_cuda(cuda, "f.cu", SHORT), extents, spans)
