"""Fronts: which nests have them, which weights are proved, and that runs of random nests agree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transpile.c.parse import parse_text
from transpile.loops.collect import collect
from transpile.solvers.loops.analysis import Loop, analyse
from transpile.solvers.loops.dependence import Runs
from transpile.solvers.loops.verdicts import Wavefront
from transpile.solvers.loops.wavefronts import _pairs, _Question

HEAD = "#include <stddef.h>\n#include <math.h>\n"
ROWS = "for (int i = 1; i < n - 1; i++)"


def loops(text: str) -> list[Loop]:
    unit = parse_text(HEAD + text)
    return list(analyse(unit, unit.functions[-1]).walk())


def fronts(body: str, parameters: str = "int n, int m, double *restrict a, const int *restrict x") -> list[str]:
    found = loops(f"void f({parameters}) {{ {body} }}")
    return [str(loop.verdict.front) for loop in found if isinstance(loop.verdict, Wavefront)]


NESTS = {
    "i + j": [
        "ROWS for (int j = 1; j < m; j++) a[i * m + j] = 1 - a[(i - 1) * m + j] * a[i * m + j - 1];",
        "double w; ROWS for (int j = 1; j < m; j++) { w = a[i * m + j - m]; a[i * m + j] = 1 - w * a[i * m + j - 1]; }",
        "ROWS { double *row = a + i * m; for (int j = 1; j < m; j++) row[j] = 1 - row[j - 1] * a[(i - 1) * m + j]; }",
        # the longest common subsequence
        """for (int i = 0; i < n; i++) for (int j = 0; j < m; j++)
               if (i && j && x[i] == x[j]) a[i * m + j] = a[(i - 1) * m + j - 1] + 1;
               else a[i * m + j] = i && j ? fmax(a[(i - 1) * m + j], a[i * m + j - 1]) : 0;""",
    ],
    "2 * i + j": [
        # whichever row x[i] is, columns stay where they are
        "ROWS for (int j = 1; j < m; j++) a[x[i] * m + j] = 1 - a[i * m + j] * a[i * m + j - 1];",
        "ROWS for (int j = 1; j < m - 1; j++) a[i * m + j] = 1 - a[(i - 1) * m + j + 1] * a[i * m + j - 1];",
    ],
    "3 * i + j": [
        "ROWS for (int j = 2; j < m - 2; j++) a[i * m + j] = 1 - a[(i - 1) * m + j + 2] * a[i * m + j - 1];",
    ],
    "2 * t + i": [
        "for (int t = 0; t < m; t++) for (int i = 1; i < n - 1; i++) a[i] = (a[i - 1] + a[i] + a[i + 1]) / 3;",
    ],
    "j - i": [
        """for (int i = n - 2; i >= 0; i--) for (int j = 1; j < n; j++)
               a[i * n + j] = a[(i + 1) * n + j] - a[i * n + j - 1];""",
        # folding of a chain
        """for (int i = n - 2; i >= 0; i--) for (int j = i + 1; j < n; j++) {
               double best = a[(i + 1) * n + j];
               for (int k = i; k < j; k++) best = fmax(best, a[i * n + k] * a[(k + 1) * n + j]);
               a[i * n + j] = best;
           }""",
    ],
    "-i - j": [
        """for (int i = n - 2; i >= 0; i--) for (int j = n - 2; j >= 0; j--)
               a[i * n + j] = a[(i + 1) * n + j] - a[i * n + j + 1];""",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("front", "body"), [(front, body) for front, nests in NESTS.items() for body in nests])
def test_nests_that_have_fronts(front: str, body: str) -> None:
    assert fronts(body.replace("ROWS", ROWS)) == [front]


@pytest.mark.parametrize(
    "body",
    [
        # a dependence on all of the row before, or farther than the weights that are tried
        "for (int i = 1; i < n; i++) for (int j = 1; j < m; j++) a[i * m + j] = a[i * m - 1] + a[i * m + j - 1] * 2;",
        "ROWS for (int j = 5; j < m - 5; j++) a[i * m + j] = 1 - a[(i - 1) * m + j + 5] * a[i * m + j - 1];",
        # rows of which it is not known that they are apart
        "ROWS for (int j = 1; j < n; j++) a[i * m + j] = 1 - a[(i - 1) * m + j] * a[i * m + j - 1];",
        "ROWS for (int j = 1; j < m; j++) a[i * m + x[j]] = 1 - a[i * m + j] * a[i * m + j - 1];",
        # something runs once for each row
        "ROWS { a[i * m] = i; for (int j = 1; j < m; j++) a[i * m + j] = 1 - a[(i - 1) * m + j] * a[i * m + j - 1]; }",
        "ROWS { double w = a[(i - 1) * m + 1]; for (int j = 1; j < m; j++) a[i * m + j] = 1 - w * a[i * m + j - 1]; }",
        """ROWS {
               double t[4] = {0};
               for (int j = 1; j < m; j++) {
                   t[j % 4] += 1;
                   a[i * m + j] = t[j % 4] - a[(i - 1) * m + j] * a[i * m + j - 1];
               }
           }""",
        # a scalar goes from one iteration to the next
        "ROWS { double w = 0; for (int j = 1; j < m; j++) { w = a[(i - 1) * m + j] - w; a[i * m + j] = w; } }",
        """double w = 0;
           ROWS for (int j = 1; j < m; j++) { w = 1 - a[(i - 1) * m + j] * a[i * m + j - 1]; a[i * m + j] = w; }
           a[0] = w;""",
        # steps that fronts do not follow, and loops that are left
        "ROWS for (int j = 1; j < m; j += 2) a[i * m + j] = 1 - a[(i - 1) * m + j] * a[i * m + j - 2];",
        """ROWS for (int j = 1; j < m; j++) {
               if (x[j]) break;
               a[i * m + j] = 1 - a[(i - 1) * m + j] * a[i * m + j - 1];
           }""",
    ],
)
def test_nests_that_have_none(body: str) -> None:
    assert fronts(body.replace("ROWS", ROWS)) == []


SEIDEL = """void f(size_t rows, size_t cols, double *u) {
    for (size_t i = 1; i + 1 < rows; i++) for (size_t j = 1; j + 1 < cols; j++)
        u[i * cols + j] = u[(i - 1) * cols + j + 1] + u[i * cols + j - 1] + u[(i + 1) * cols + j - 1];
}"""


@pytest.mark.parametrize(("weight", "expected"), [(-1, False), (0, False), (1, False), (2, True), (3, True)])
def test_only_fronts_that_every_dependence_crosses_are_proved(weight: int, expected: bool) -> None:
    unit = parse_text(HEAD + SEIDEL)
    facts = collect(unit, unit.functions[-1])
    outer, inner = facts.loops.values()
    question = _Question(Runs(facts), outer, inner, weight)
    pairs = _pairs(facts, outer, inner)
    assert pairs
    assert all(question.forward(one, two) for one, two in pairs) == expected
    assert any(question.met(one, two) for one, two in pairs) != expected


offsets = st.tuples(st.integers(-2, 2), st.integers(-3, 3))


@settings(max_examples=60, deadline=None)
@given(st.lists(offsets, min_size=1, max_size=3), st.booleans(), st.booleans(), st.booleans())
def test_iterations_of_one_front_touch_different_elements(
    read: list[tuple[int, int]], down: bool, back: bool, triangle: bool
) -> None:
    """Against the order of a run: whoever touches an element that another one writes is on another front, as late."""
    outer = "int i = n - 3; i >= 2; i--" if down else "int i = 2; i < n - 2; i++"
    far = "i" if triangle else "n - 4"
    inner = f"int j = {far}; j >= 3; j--" if back else f"int j = 3; j <= {far}; j++"
    terms = " * ".join(f"a[i + {3 + di}][j + {3 + dj}]" for di, dj in read)
    text = f"void f(int n, double a[n + 6][n + 6]) {{ for ({outer}) for ({inner}) a[i + 3][j + 3] = 1 - {terms}; }}"
    verdict = loops(text)[0].verdict
    if not isinstance(verdict, Wavefront):
        return
    front, n = verdict.front, 11
    rows = range(n - 3, 1, -1) if down else range(2, n - 2)
    written: dict[tuple[int, int], int] = {}
    latest: dict[tuple[int, int], int] = {}
    for i in rows:
        end = i if triangle else n - 4
        for j in range(end, 2, -1) if back else range(3, end + 1):
            here = front.weight * i + front.direction * j
            for at in ((i + di, j + dj) for di, dj in read):
                assert written.get(at, here - 1) < here or at == (i, j)
                latest[at] = max(latest.get(at, here), here)
            assert latest.get((i, j), here - 1) < here or (0, 0) in read
            written[i, j] = here


def test_the_explanation_names_the_fronts() -> None:
    found = loops(SEIDEL)[0].explanation
    assert found.severity == "note"
    assert found.message == "the loop over 'i' and the one over 'j' in it run in fronts of '2 * i + j'"
