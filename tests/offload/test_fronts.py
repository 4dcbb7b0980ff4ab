"""Nests in fronts, from C to checked CUDA; and fronts that are wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from transpile.offload.translate import Choices, translate_c_text

SMOOTH = """void smooth(int n, int m, int *a) {
    for (int i = 1; i < n; i++)
        for (int j = 1; j < m - 1; j++)
            a[i * m + j] = (a[(i - 1) * m + j + 1] + 3 * a[i * m + j - 1]) % 64;
}
"""
DISTANCE = """void distance(int n, int m, const char *x, const char *y, int *d) {
    for (int i = 0; i <= n; i++)
        for (int j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                d[i * (m + 1) + j] = i + j;
            } else {
                int best = d[(i - 1) * (m + 1) + j - 1] + (x[i - 1] != y[j - 1]);
                if (d[(i - 1) * (m + 1) + j] + 1 < best) best = d[(i - 1) * (m + 1) + j] + 1;
                if (d[i * (m + 1) + j - 1] + 1 < best) best = d[i * (m + 1) + j - 1] + 1;
                d[i * (m + 1) + j] = best;
            }
        }
}
"""


def test_an_edit_distance_runs_in_fronts(choices: Choices) -> None:
    translation = translate_c_text(DISTANCE, "distance.c", choices).translation
    (block,) = translation.blocks
    assert block.verdict.word in ("tested", "proved")
    assert "for (long long front = 0; front <= last_front; front++)" in translation.text


@pytest.mark.parametrize(("front", "right"), [("i + j", False), ("2 * i + j", True), ("2 * i - j", False)])
def test_a_front_that_dependences_do_not_cross_is_found_out(choices: Choices, front: str, right: bool) -> None:
    plan = f"array a: n > 1 && m > 2 ? (size_t)n * m - 1 : 0 inout\n2: wavefront {front} block 4\n"
    (block,) = translate_c_text(SMOOTH, "smooth.c", replace(choices, plan=plan)).translation.blocks
    assert (block.verdict.word != "refuted") == right
