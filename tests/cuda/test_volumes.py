"""Arrays of several dimensions that vary are emitted with one: each element at the place that it has in C."""

from __future__ import annotations

import re

import pytest

from transpile.c.parse import parse_text
from transpile.cuda.emit import emit
from transpile.cuda.plan_text import parse
from transpile.kernels.reading import read_cuda
from transpile.matching.proof import prove_program

DIMENSIONS = {
    "m][k": "b[(long long)i * m * k + (long long)j * k + l]",
    "m][4": "b[(long long)i * m * 4 + (long long)j * 4 + l]",
    "4][m": "b[(long long)i * 4 * m + (long long)j * m + l]",
    "4][4": "b[i][j][l]",
}


@pytest.mark.parametrize("inner", DIMENSIONS)
def test_elements_are_where_they_are_in_c(inner: str) -> None:
    one, two = inner.split("][")
    c = f"""void f(int n, int m, int k, const double a[restrict n][{inner}], double b[restrict n][{inner}])
{{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < {one}; j++)
            for (int l = 0; l < {two}; l++)
                b[i][j][l] = a[i][j][l];
}}
"""
    unit = parse_text(c, "f.c")
    extent = f"n * {one} * {two}"
    plan = f"array a: {extent} in\narray b: {extent} inout\n\n3: grid y=3 x=4"
    text = emit(unit, unit.functions[0], parse(plan)).text
    assert re.findall(r"b\[.*\](?= =)", text) == [DIMENSIONS[inner]]
    assert prove_program(unit, unit.functions[0], read_cuda(text), dict.fromkeys("ab", extent)).proved
