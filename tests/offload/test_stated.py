"""Extents that comments above functions state."""

from __future__ import annotations

import pytest

from transpile.c.parse import parse_text
from transpile.offload.stated import stated_extents
from transpile.offload.translate import Choices, translate_c_text

BODY = "void f(int n, int m, const int *at, const float *x, float *y) {{ for (int i = 0; i < n; i++) y[i] = x[{}]; }}\n"


@pytest.mark.parametrize(
    ("comment", "stated"),
    [
        ("/* extent: x = n * m */", {"x": "n * m"}),
        ("// extent: x = n, y = m + 1", {"x": "n", "y": "m + 1"}),
        ("/* Adds.\n * extents: x = n.\n */", {"x": "n"}),
        ("/* The extent: x = n is meant. */", {}),
        ("/* extent: n = 4, nobody = 3, y */", {}),
        ("/* extent: x = " + "9" * 100_000 + " */", {"x": "9" * 985}),
        ("", {}),
    ],
)
def test_what_comments_state(comment: str, stated: dict[str, str]) -> None:
    function = parse_text(f"{comment}\n{BODY.format('at[i]')}", "f.c").function("f")
    assert dict(stated_extents(function)) == stated


def test_a_stated_extent_counts_as_given(choices: Choices) -> None:
    text = BODY.format("at[i] * (int)y[i]")
    refused = translate_c_text(text, "f.c", choices)
    assert refused.plan is None
    (said,) = [d for d in refused.translation.diagnostics if "extent of 'x'" in d.message]
    assert "extent: x = " in said.hint
    found = translate_c_text(f"/* extent: x = m */\n{text}", "f.c", choices)
    assert found.plan is not None
    assert {array.name: array.extent for array in found.plan.arrays}["x"] == "m"
