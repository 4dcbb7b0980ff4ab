"""Workspace that each iteration has for itself: when, how it looks, and that results stay."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from transpile.c.parse import parse_file, parse_text
from transpile.c.printing import show_function
from transpile.core import verdict
from transpile.offload.expansion import Expanded, expanded
from transpile.offload.translate import Choices, translate_c
from transpile.solvers.loops.analysis import analyse

LOOPS = Path(__file__).parents[2] / "datasets" / "loops"
DRIVER = """
#include <stdio.h>
#include <stdlib.h>
int main(void)
{
    static float a[3 * 4 * 5], c[25], fibre[3 * 4 * 5];
    for (int k = 0; k < 60; k++) a[k] = (float)rand() / 1000;
    for (int k = 0; k < 25; k++) c[k] = (float)rand() / 1000;
    doitgen(3, 4, 5, a, c, fibre);
    for (int k = 0; k < 60; k++) printf("%a ", a[k]);
    return 0;
}
"""


def of_text(body: str, scratch: str = "p") -> Expanded | None:
    head = "void f(int n, int m, const float *restrict a, float *restrict b, float *restrict p)"
    unit = parse_text(f"{head}\n{{\n{body}\n}}\n")
    return expanded(unit, analyse(unit, unit.function("f")), {scratch})


FILLED = "for (int i = 0; i < n; i++) { p[0] = a[i]; for (int k = 1; k < m; k++) p[k] = p[k - 1] * 2; b[i] = p[0]; }"


def test_iterations_get_workspace_of_their_own() -> None:
    found = of_text(FILLED)
    assert found is not None
    assert (found.loops, found.arrays) == (frozenset({(3, 1)}), frozenset({"p"}))
    text = show_function(found.function)
    assert "p[(size_t)i] = a[i];" in text
    assert "p[(size_t)k * (size_t)n + (size_t)i] = p[(size_t)(k - 1) * (size_t)n + (size_t)i] * 2" in text


@pytest.mark.parametrize(
    "body",
    [
        FILLED + " b[0] += p[0];",
        FILLED.replace("b[i] = p[0]", "b[i + 1] = b[i] + p[0]"),
        FILLED.replace("b[i] = p[0]", "float *q = &p[1]; b[i] = *q"),
        FILLED.replace("p[0] = a[i];", ""),
        FILLED.replace("i++", "i += 2"),
        FILLED.replace("b[i] = p[0]", "b[i] = p[0]; n--"),
        "for (int i = 0; i < n; i++) b[i] = a[i] + p[i];",
    ],
)
def test_what_cannot_be_expanded_stays(body: str) -> None:
    assert of_text(body) is None


def test_only_workspace_is_expanded() -> None:
    assert of_text(FILLED, "q") is None


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
def test_results_stay(tmp_path: Path) -> None:
    unit = parse_file(LOOPS / "doitgen.c")
    found = expanded(unit, analyse(unit, unit.functions[0]), {"fibre"})
    assert found is not None
    outputs = []
    for text in ("\n".join(unit.lines), f"#include <stddef.h>\n{show_function(found.function)}"):
        (tmp_path / "program.c").write_text(text + DRIVER)
        command = ["gcc", "-std=gnu17", "-w", "-fsanitize=address,undefined", "-o", "program", "program.c"]
        subprocess.run(command, cwd=tmp_path, check=True)
        outputs.append(subprocess.run([tmp_path / "program"], capture_output=True, check=True).stdout)
    assert outputs[0] == outputs[1] != b""


def test_a_loop_with_workspace_is_proved(choices: Choices) -> None:
    known = replace(choices, scratch=frozenset({"fibre"}))
    found = translate_c(LOOPS / "doitgen.c", known).translation
    (block,) = found.blocks
    assert isinstance(block.verdict, verdict.Proved)
    assert "what 'fibre' holds in the end does not matter" in block.verdict.assumptions
    assert "fibre[" in found.text
    assert not translate_c(LOOPS / "doitgen.c", choices).translation.text
