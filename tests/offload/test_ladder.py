"""The ladder finds out programs that are broken on purpose, whichever way they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from transpile.core.verdict import Refuted
from transpile.offload.ladder import climb
from transpile.offload.small_grids import small_grids
from transpile.offload.subject import Subject
from transpile.offload.translate import Choices, translate_c, translate_c_text

LOOPS = Path(__file__).parents[2] / "datasets" / "loops"
SCALED = "void f(int n, double by, double *a)\n{\n    for (int i = 0; i < n; i++)\n        a[i] = by * a[i];\n}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("programs")


def subject(found: Subject | None) -> Subject:
    assert found is not None
    return found


def broken(given: Subject, old: str, new: str, folder: Path) -> str:
    """What is said of ``given`` with ``new`` in the place of ``old``."""
    assert old in given.text
    found = climb(replace(given, text=given.text.replace(old, new, 1)), folder)
    assert found.refuted
    (checked,) = found.kernels.values()
    assert isinstance(checked.verdict, Refuted)
    assert {rung.outcome for rung in checked.rungs if rung.name != "tested"} == {"skipped"}
    return next(rung.detail for rung in checked.rungs if rung.name == "tested")


def test_a_witness_has_whole_numbers_only(choices: Choices, folder: Path) -> None:
    given = subject(translate_c_text(SCALED, "f.c", choices).subject)
    said = broken(given, "by * a[i]", "by != by ? 1 : by * a[i]", folder)
    assert "by = nan" in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("CHECK(cudaGetLastError());", "", "nobody notices when syrk_kernel fails"),
        ("gridDim.y * blockDim.y", "gridDim.x * blockDim.y", "no barrier between"),
        ("const dim3 block(", "const dim3 block(-1 + ", "c["),
    ],
)
def test_faults_that_ordinary_runs_do_not_show(old: str, new: str, said: str, choices: Choices, folder: Path) -> None:
    assert said in broken(subject(translate_c(LOOPS / "syrk.c", choices).subject), old, new, folder)


SUM = "double f(int n, const double *a)\n{\n    double s = 0;\n    for (int i = 0; i < n; i++)\n        s += a[i];\n"


def test_what_takes_millions_of_iterations_shows_with_small_blocks(choices: Choices, folder: Path) -> None:
    given = subject(translate_c_text(f"{SUM}    return s;\n}}\n", "f.c", choices).subject)
    found = climb(replace(given, text=given.text.replace("s += a[i];", "s = a[i];")), folder)
    assert found.refuted
    said = [str(one.verdict) for one in found.kernels.values()]
    assert all("with blocks of a few threads, or at most 5 blocks" in one for one in said)


@pytest.mark.parametrize(
    ("text", "varied"),
    [
        ("float values[256]; k<<<blocks(n, 256), 256>>>(n);", "float values[4]; k<<<blocks(n, 4), 4>>>(n);"),
        ("const dim3 block(16, 8); a256 = 16.0 + 16;", "const dim3 block(8, 4); a256 = 16.0 + 8;"),
        ("k<<<blocks_up_to(65535, n, 33), 33>>>(n);", "k<<<blocks_up_to(5, n, 33), 33>>>(n);"),
        ("k<<<blocks(n, 256), (256) - 1>>>(n);", "k<<<blocks(n, 4), (4) - 1>>>(n);"),
        ("k<<<1, 1>>>(n);", None),
        ("x = __shfl_down_sync(m, x, 16); k<<<n, 256>>>(n);", None),
    ],
)
def test_blocks_become_small(text: str, varied: str | None) -> None:
    found = small_grids(text, {"int", "x", "33"})
    assert (found.text if found else None) == varied
