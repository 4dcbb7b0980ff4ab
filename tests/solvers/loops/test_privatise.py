"""Which arrays an iteration writes before it reads them."""

from __future__ import annotations

import pytest

from transpile.c.parse import parse_text
from transpile.solvers.loops.analysis import analyse
from transpile.solvers.loops.privatise import is_private

READ = "for (int k = 0; k < m; k++) b[i] += p[k];"
PRIVATE = {
    "filled by a loop": f"for (int k = 0; k < m; k++) p[k] = a[i]; {READ}",
    "read backwards": "for (int k = 0; k < m; k++) p[k] = a[i]; for (int k = m - 1; k >= 0; k--) b[i] += p[k];",
    "read in part": "for (int k = 0; k < m; ++k) p[k] = 1; for (int k = 2; k + 1 < m; k++) b[i] = p[k + 1] + p[k - 2];",
    "a recurrence": "p[0] = a[i]; for (int k = 1; k < m; k++) p[k] = p[k - 1] * 2; if (m > 1) b[i] = p[m - 1];",
    "set, then summed": "for (int k = 0; k < m; k++) { p[k] = 0; for (int s = 0; s < m; s++) p[k] += a[s]; }",
    "filled by a loop that counts down": f"for (int k = m - 1; k >= 0; k--) p[k] = 1; {READ}",
    "one element": "p[3] = a[i]; b[i] = p[3];",
}
SHARED = {
    "the first is not set": f"for (int k = 1; k < m; k++) p[k] = 1; {READ}",
    "the last is not set": f"for (int k = 0; k < m - 1; k++) p[k] = 1; {READ}",
    "a recurrence without a start": "for (int k = 1; k < m; k++) p[k] = p[k - 1] * 2;",
    "read before": f"{READ} for (int k = 0; k < m; k++) p[k] = 1;",
    "the next one is read": "for (int k = 0; k + 1 < m; k++) { p[k] = 1; b[i] += p[k + 1]; }",
    "set if data says so": f"for (int k = 0; k < m; k++) if (a[k] > 0) p[k] = 1; {READ}",
    "set at times": "if (i > 3) p[0] = 1; b[i] = p[0];",
    "only every other one": f"for (int k = 0; k < m; k += 2) p[k] = 1; {READ}",
    "only updated": "for (int k = 0; k < m; k++) p[k] += a[k]; b[i] = p[0];",
    "left early": f"for (int k = 0; k < m; k++) {{ if (a[k] > 0) break; p[k] = 1; }} {READ}",
    "skipped": f"for (int k = 0; k < m; k++) {{ if (a[k] > 0) continue; p[k] = 1; }} {READ}",
    "another function has it": "p[0] = 1; g(p); b[i] = p[0] + p[1];",
    "an element that data chooses": f"for (int k = 0; k < m; k++) p[at[k]] = 1; {READ}",
    "in the iteration before": "b[i] = p[0]; p[0] = a[i];",
}  # fmt: skip


def private(body: str, of_function: bool = False) -> bool:
    head = (
        "void g(float *); void f(int n, int m, const float *restrict a, float *restrict b, float *restrict p, int *at)"
    )
    unit = parse_text(f"{head}\n{{\n    for (int i = 0; i < n; i++) {{ {body} }}\n}}\n")
    function = unit.function("f")
    facts = analyse(unit, function).facts
    return is_private(facts, None if of_function else next(iter(facts.loops.values())), function.parameters[4])


@pytest.mark.parametrize("body", PRIVATE.values(), ids=PRIVATE)
def test_what_is_written_first_is_private(body: str) -> None:
    assert private(body)
    assert private(body, of_function=True)


@pytest.mark.parametrize("body", SHARED.values(), ids=SHARED)
def test_what_may_be_read_first_is_not_private(body: str) -> None:
    assert not private(body)
