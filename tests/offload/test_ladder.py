"""The ladder finds out programs that are broken on purpose, whichever way they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from transpile.core.verdict import Refuted
from transpile.offload.ladder import climb
from transpile.offload.subject import Subject
from transpile.offload.translate import Choices, translate_c, translate_c_text
from transpile.offload.variants import few_blocks

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
        ("gridDim.y * blockDim.y", "gridDim.x * blockDim.y", "with at most 2 blocks where the grid is bounded"),
        ("const dim3 block(16, 16);", "const dim3 block((16) - 1, 16);", "c["),
    ],
)
def test_faults_that_ordinary_runs_do_not_show(old: str, new: str, said: str, choices: Choices, folder: Path) -> None:
    assert said in broken(subject(translate_c(LOOPS / "syrk.c", choices).subject), old, new, folder)


def test_grids_without_a_bound_have_no_variant() -> None:
    assert few_blocks("k<<<blocks(n, 16), 16>>>(n);") is None
    found = few_blocks("k<<<blocks_up_to(65535, n, 16), 16>>>(n);")
    assert found is not None and found.text == "k<<<blocks_up_to(2, n, 16), 16>>>(n);"
