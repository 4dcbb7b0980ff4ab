"""C files become CUDA files that pass their own checks."""

from __future__ import annotations

import pytest

from transpile.core import verdict
from transpile.offload.translate import Choices, translate_c_text

REVERSED = """#include <stdlib.h>
void f(const int *x, size_t x_size, int *y) {
    int *turned = malloc(x_size * sizeof(int));
    for (int i = x_size - 1; i >= 0; i--)
        turned[x_size - 1 - i] = x[i];
    for (size_t i = 0; i < x_size; i++)
        y[i] = 2 * turned[i];
    free(turned);
}
"""
CONTAINS = """#include <stdbool.h>
#include <stddef.h>
bool f(const int *x, size_t x_size, int target) {
    bool found = false, odd = false;
    for (size_t i = 0; i < x_size; i++) {
        if (x[i] == target) {
            found = true;
            break;
        }
    }
    for (size_t i = 0; i < x_size; i++)
        odd = odd != (bool)(x[i] & 1);
    return found != odd;
}
"""
WIDE = """#include <stdlib.h>
double f(double *x, int x_size) {
    double t = 3.14159265358979323846264338328L / (x_size + 1);
    for (int i = 0; i < x_size; i++)
        if (x[i] > 100)
            return i;
    for (int i = 0; i < x_size - 1; i++) {
        if (x[i] == 0)
            return t;
        for (int j = i + 1; j < x_size; j++)
            x[j] -= x[i] / 4;
    }
    return 2 * t;
}
"""


@pytest.mark.parametrize(("c", "kernels"), [(REVERSED, 2), (CONTAINS, 2), (WIDE, 2)])
def test_no_difference_is_found(c: str, kernels: int) -> None:
    found = translate_c_text(c, "f.c", Choices(function="f", seconds=0.2)).translation
    assert [type(block.verdict) for block in found.blocks] == [verdict.Tested] * kernels, found.diagnostics
