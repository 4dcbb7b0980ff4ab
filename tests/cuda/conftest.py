"""The kernels of ``datasets/loops``, their arguments, and programs that are built once for a session."""

from __future__ import annotations

import random
import shutil
import struct
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from transpile.c.parse import parse_text
from transpile.cuda.emit import Emitted, emit
from transpile.cuda.plan_text import parse
from transpile.emulators.cuda.build import build, build_c
from transpile.emulators.cuda.harness import Parameter, Signature, harness
from transpile.emulators.cuda.run import ORDERS, Order, Run

LOOPS = Path(__file__).parents[2] / "datasets" / "loops"
PLANS = Path(__file__).parent / "plans"
CODES = {
    "int": "i",
    "unsigned": "I",
    "unsigned long": "Q",
    "size_t": "Q",
    "long": "q",
    "float": "f",
    "double": "d",
    "unsigned char": "B",
}


Numbers = Sequence[float]


@dataclass(frozen=True, slots=True)
class Compared:
    """A function in C and in CUDA on the same arguments: whether the bytes agree, and what went wrong."""

    wanted: Run
    got: tuple[Run, ...]

    def check(self) -> None:
        assert self.wanted.ok, self.wanted.faults
        for run in self.got:
            assert not run.faults, (run.faults, run.messages)
            assert run.ok


class Case:
    """A C function, a plan for it, and both programs."""

    def __init__(
        self, c: str, plan: str, signature: Signature, folder: Path, function: str = "", more: str = ""
    ) -> None:
        """``function`` is planned, the signature's if it is not given; ``more`` is added to the emitted text."""
        self.signature = signature
        unit = parse_text(c, f"{signature.name}.c")
        planned = parse(plan, f"{signature.name}.plan")
        self._scratch = {array.name for array in planned.arrays if array.copies == "scratch"}
        self.emitted: Emitted = emit(unit, unit.function(function or signature.name), planned)
        program = harness(signature)
        self._cuda = build(self.emitted.text + more, program, folder)
        self._c = build_c(c, program, folder)

    def run(self, arguments: bytes, orders: Sequence[Order] = ORDERS) -> Compared:
        wanted = self._c.run(arguments)
        return Compared(wanted, tuple(self._cuda.run(arguments, order, seed=7) for order in orders))

    def agree(self, *values: object, tolerance: float = 0.0, orders: Sequence[Order] = ORDERS) -> None:
        """Runs both on the arguments, scalars before arrays, and compares what they write."""
        found = self.run(pack(self.signature, values), orders)
        found.check()
        for run in found.got:
            for name, wanted, got in self._arrays(found.wanted.outputs, run.outputs, values):
                assert close(wanted, got, tolerance), (name, wanted, got)

    def _arrays(self, wanted: bytes, got: bytes, values: Sequence[object]) -> Iterator[tuple[str, Numbers, Numbers]]:
        """What both wrote, but for arrays that mean nothing in the end."""
        assert len(wanted) == len(got)
        arrays = ordered(self.signature)
        forms = [("result", CODES[self.signature.returns])] if self.signature.returns != "void" else []
        for p, value in zip(arrays, values, strict=True):
            if p.extents and not p.constant:
                forms.append((p.name, f"{len(value)}{CODES[p.type]}"))  # type: ignore[arg-type]
        at = 0
        for name, form in forms:
            one, two = struct.unpack_from(f"<{form}", wanted, at), struct.unpack_from(f"<{form}", got, at)
            at += struct.calcsize(f"<{form}")
            if name not in self._scratch:
                yield name, one, two


def ordered(signature: Signature) -> list[Parameter]:
    """The parameters in the order in which programs read them."""
    return [p for p in signature.parameters if not p.extents] + [p for p in signature.parameters if p.extents]


def pack(signature: Signature, values: Sequence[object]) -> bytes:
    data = b""
    for parameter, value in zip(ordered(signature), values, strict=True):
        items = value if isinstance(value, list | tuple) else [value]
        data += struct.pack(f"<{len(items)}{CODES[parameter.type]}", *items)
    return data


def close(wanted: Numbers, got: Numbers, tolerance: float) -> bool:
    """Whether both agree, relative to the largest value or to 1; without a tolerance, to the bit."""
    if not tolerance:
        return struct.pack(f"<{len(wanted)}d", *wanted) == struct.pack(f"<{len(got)}d", *got)
    scale = max([1.0, *map(abs, wanted)])
    return all(abs(a - b) <= tolerance * scale for a, b in zip(wanted, got, strict=True))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where programs are kept between the tests of a session."""
    if shutil.which("g++") is None:
        pytest.skip("needs g++")
    return tmp_path_factory.mktemp("programs")


@pytest.fixture(scope="session")
def case(folder: Path) -> Callable[..., Case]:
    """Builds the programs of a C text and a plan."""

    def made(c: str, plan: str, signature: Signature, function: str = "", more: str = "") -> Case:
        return Case(c, plan, signature, folder, function, more)

    return made


# The kernels of datasets/loops


@dataclass(frozen=True, slots=True)
class Loop:
    name: str
    signature: Signature
    tolerance: float
    c: str
    plan: str
    row: dict[str, object]

    def arguments(self) -> list[list[object]]:
        """The values of all parameters, for each of the sizes in the table."""
        return [self._arguments(sizes) for sizes in self.row["sizes"]]  # type: ignore[attr-defined]

    def _arguments(self, sizes: dict[str, int]) -> list[object]:
        rng = random.Random(f"{self.name} {sizes}")
        scalars, arrays = [], []
        for p in self.row["parameters"]:  # type: ignore[attr-defined]
            if "extent" not in p:
                scalars.append(sizes[p["name"]] if p["name"] in sizes else numbers(p, sizes, rng, 1)[0])
            else:
                arrays.append(numbers(p, sizes, rng, eval(p["extent"], {}, dict(sizes))))
        return [*scalars, *arrays]


def numbers(p: dict[str, object], sizes: dict[str, int], rng: random.Random, count: int) -> list[float]:
    """Values of the kinds that kernels.toml describes."""
    if "values" not in p:
        return [77] * count
    low, high = p["range"]  # type: ignore[misc]
    match p["values"]:
        case "nonneg_int":
            return [rng.randint(low, high) for _ in range(count)]
        case "decaying":
            return [rng.uniform(low, high) / 2.0 ** min(k + 1, 1000) for k in range(count)]
    found = [rng.uniform(low, high) for _ in range(count)]
    if p["values"] in ("diagdominant", "spd"):
        side = round(count**0.5)
        for i in range(side):
            for j in range(i) if p["values"] == "spd" else ():
                found[j * side + i] = found[i * side + j]
        for i in range(side):
            row = found[i * side : (i + 1) * side]
            found[i * side + i] = 1 + sum(map(abs, row)) - abs(row[i])
    return found


def loop(path: Path) -> Loop:
    table = tomllib.loads((LOOPS / "kernels.toml").read_text())
    name = path.stem
    row = table["kernel"][name]
    parameters = tuple(
        Parameter(p["name"], p["type"], (p["extent"],) if "extent" in p else (), p.get("access") == "in")
        for p in row["parameters"]
    )
    types = {p.type for p in parameters if p.extents}
    exact = row["tolerance"] == "exact" and " reduce " not in path.read_text()
    tolerance = 0.0 if exact else table["tolerance"]["float" if "float" in types else "double"]
    signature = Signature(row["function"], parameters)
    return Loop(name, signature, tolerance, (LOOPS / f"{name}.c").read_text(), path.read_text(), row)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "planned" in metafunc.fixturenames:
        found = [loop(path) for path in sorted(PLANS.glob("*.plan"))]
        metafunc.parametrize("planned", found, ids=[one.name for one in found])
