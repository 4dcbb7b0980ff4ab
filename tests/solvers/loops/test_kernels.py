"""The thirty kernels: what every loop is, how many elements every array needs, and how fast that is found."""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from transpile.c.parse import parse_file
from transpile.solvers.loops.analysis import Analysis, Loop, analyse
from transpile.solvers.loops.assumptions import Distinct, NoWrap
from transpile.solvers.loops.extents import Extent
from transpile.solvers.loops.verdicts import Reduction, word

LOOPS = Path(__file__).parents[3] / "datasets" / "loops"
KERNELS = tomllib.loads((LOOPS / "kernels.toml").read_text())["kernel"]

# One loop nest after the other; a loop's verdict by its first letter (p parallel, r reduction, s scan, w wavefront,
# c carried).
EXPECTED = {
    "2mm": "i:p(j:p(p:r)) i:p(j:p(p:r))",
    "3mm": "i:p(j:p p:r(j:p)) i:p(j:p p:r(j:p)) i:p(j:p p:r(j:p))",
    "adi": "t:c(j:c(i:c i:c) i:c(j:c j:c))",
    "atax": "j:p i:r(j:r j:p)",
    "bicg": "i:p(j:r) j:p(i:r)",
    "cholesky": "i:w(j:c(k:r))",
    "correlation": "j:p(i:r i:r i:p) j:p(k:p(i:r))",
    "covariance": "j:p i:r(j:p) j:p j:p(k:p(i:r))",
    "deriche": "i:p(i:c i:c) i:p j:p(i:c i:c) i:p",
    "doitgen": "r:c(q:c(p:p(s:r) p:p))",
    "durbin": "k:c(i:r i:p)",
    "fdtd-2d": "t:c(i:p(j:p) i:p(j:p) i:p(j:p))",
    "floyd-warshall": "k:c(i:w(j:c))",
    "gemm": "i:p(j:p(p:r))",
    "gemver": "i:p(j:p) j:p i:r(j:p) i:p(j:r)",
    "gesummv": "i:p(j:r)",
    "gramschmidt": "k:c(i:r j:p i:p j:p(i:r i:p))",
    "heat-3d": "t:c(i:p(j:p(k:p)) i:p(j:p(k:p)))",
    "jacobi-1d": "t:c(i:p i:p)",
    "jacobi-2d": "t:c(i:p(j:p) i:p(j:p))",
    "lu": "k:c(i:p(j:p))",
    "ludcmp": "i:w(j:c(k:r)) i:c(j:r) i:c(j:r)",
    "mvt": "i:p(j:r) i:r(j:p)",
    "nussinov": "i:c(j:p j:c(k:r))",
    "seidel-2d": "t:c(i:w(j:c))",
    "symm": "i:p(j:p(k:r k:r))",
    "syr2k": "i:p(j:p p:r(j:p))",
    "syrk": "i:p(j:p(p:r))",
    "trisolv": "i:c(j:r)",
    "trmm": "i:c(j:p(k:r))",
}

NOT_READ_FIRST = {
    "2mm": {"ab"}, "3mm": {"ab", "cd", "g"}, "atax": {"y"}, "bicg": {"q", "s"}, "covariance": {"mean"},
    "deriche": {"left", "right", "smooth"}, "doitgen": {"fibre"}, "gemver": {"x", "w"}, "gesummv": {"y"},
    "jacobi-2d": {"other"},
}  # fmt: skip
"""Arrays that need not be copied in. ``x`` of trisolv and others are not read first either, but that is not proved."""


@cache
def analysed(name: str) -> Analysis:
    unit = parse_file(LOOPS / f"{name}.c")
    return analyse(unit, unit.function(KERNELS[name]["function"]))


def tree(loops: tuple[Loop, ...]) -> str:
    return " ".join(
        f"{loop.counter}:{word(loop.verdict)[0]}" + (f"({tree(loop.loops)})" if loop.loops else "") for loop in loops
    )


def test_every_kernel_is_expected() -> None:
    assert EXPECTED.keys() == KERNELS.keys()


@pytest.mark.parametrize("name", KERNELS)
def test_verdicts(name: str) -> None:
    assert tree(analysed(name).loops) == EXPECTED[name]


@pytest.mark.parametrize("name", KERNELS)
def test_all_that_is_open_is_whether_arrays_overlap(name: str) -> None:
    analysis = analysed(name)
    assert not analysis.refusals
    assert not [a for a in analysis.assumptions if isinstance(a, NoWrap)]
    restricted = "restrict" in (LOOPS / f"{name}.c").read_text()
    if restricted:
        assert not [a for a in analysis.assumptions if isinstance(a, Distinct)]
    elif len(analysis.arrays) > 1:
        assert [a for a in analysis.assumptions if isinstance(a, Distinct)]


@pytest.mark.parametrize("name", KERNELS)
def test_what_has_to_be_copied(name: str) -> None:
    not_in = {use.variable.name for use in analysed(name).arrays if not use.copy_in}
    assert not_in == NOT_READ_FIRST.get(name, set())
    inputs = {p["name"] for p in KERNELS[name]["parameters"] if p.get("access") == "in"}
    assert {use.variable.name for use in analysed(name).arrays if not use.copy_out} == inputs


def checks(name: str) -> Iterator[str]:
    """C that compares the extents of ``name`` with those that its description declares, at all its sizes."""
    integers = [p for p in KERNELS[name]["parameters"] if "extent" not in p and p["type"] in ("int", "size_t")]
    declared = {p["name"]: p["extent"] for p in KERNELS[name]["parameters"] if "extent" in p}
    for sizes in KERNELS[name]["sizes"]:
        lines = [f"{p['type']} {p['name']} = {sizes.get(p['name'], 1)};" for p in integers]
        lines += [f"(void){p['name']};" for p in integers]
        for use in analysed(name).arrays:
            assert isinstance(use.extent, Extent)
            array = use.variable.name
            whole, found = declared[array], use.extent.expression
            lines.append(f'if ((size_t)({found}) > (size_t)({whole})) {{ puts("{name} {array}"); return 1; }}')
        yield f"{{ {' '.join(lines)} }}"


def test_extents_compile_and_are_within_the_declared_ones(tmp_path: Path) -> None:
    body = "\n".join(check for name in KERNELS for check in checks(name))
    source = tmp_path / "extents.c"
    source.write_text(f"#include <stdio.h>\n#include <stddef.h>\nint main(void) {{\n{body}\nreturn 0; }}\n")
    subprocess.run(["gcc", "-Wall", "-Werror", "-O0", source, "-o", tmp_path / "extents"], check=True)
    done = subprocess.run([tmp_path / "extents"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


EXTENTS = {
    ("gemm", "a"): "m > 0 && n > 0 && k > 0 ? (size_t)k * m : 0",
    ("trmm", "a"): "m > 0 && n > 0 ? (size_t)m * m : 0",
    ("syrk", "c"): "n > 0 ? (size_t)n * n : 0",
    ("lu", "a"): "n >= 2 ? (size_t)n * n : 0",
    ("seidel-2d", "u"): "sweeps > 0 && rows >= 3 && cols >= 3 ? (size_t)cols * rows : 0",
    ("jacobi-1d", "f"): "steps > 0 && n >= 3 ? (size_t)n - 1 : 0",
    ("fdtd-2d", "ey"): "steps > 0 && nx > 0 && ny > 0 ? (size_t)nx * ny + (size_t)ny : 0",
    ("durbin", "y"): "n > 0 ? (size_t)n : 0",
}


@pytest.mark.parametrize(("name", "array"), EXTENTS)
def test_extents(name: str, array: str) -> None:
    found = next(use.extent for use in analysed(name).arrays if use.variable.name == array)
    assert isinstance(found, Extent)
    assert found.exact
    assert found.expression == EXTENTS[name, array]


def test_a_carried_loop_is_explained_with_an_example() -> None:
    sweep = analysed("seidel-2d").loops[0].loops[0].loops[0]
    message = sweep.explanation.message
    assert message == (
        "the loop over 'j' is sequential: it reads u[cols * i + j - 1], which an earlier iteration writes as "
        "u[cols * i + j] (distance 1); with sweeps = 4, rows = 4, cols = 4, iterations (0, 1, 1) and (0, 1, 2) meet "
        "at [5]"
    )


def test_a_reduction_into_an_array_names_it() -> None:
    verdict = analysed("atax").loops[1].verdict
    assert isinstance(verdict, Reduction)
    assert [(str(one.region), one.operator, one.subscripted) for one in verdict.reduced] == [("y", "+", True)]
