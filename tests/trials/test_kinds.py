"""All kinds of parameters go through the harness: the same function on both sides agrees, a changed one does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from transpile.trials import outcome as says
from transpile.trials.facts import Facts, Shape
from transpile.trials.outcome import Differs
from transpile.trials.trial import Settings, trial

QUICK = Settings(seconds=0.1, shrinking_s=0.2)
KINDS = (
    (
        "structures, flags and small integers",
        "struct point { float x; short tag; double z[2]; };\n"
        "_Bool f(int n, struct point *p, const _Bool *on, unsigned char k)\n"
        "{ for (int i = 0; i < n; i++) if (on[i]) p[i].z[1] += p[i].x * k; return n > 3; }",
        ("_Bool", "bool"),
        (Shape("p", "n"), Shape("on", "n", "in")),
        ("z[1] +=", "z[1] -="),
    ),
    (
        "rows of fixed and of varying length",
        "double f(int n, int m, float a[][4], float b[n][m])\n"
        "{ double s = 0; for (int i = 0; i < n; i++) for (int j = 0; j < m; j++) { a[i][j & 3] += 1; s += b[i][j]; }"
        " return s; }",
        ("float b[n][m])\n{", "float *b_)\n{ auto b = [&](int i) { return b_ + i * m; };", "b[i][j]", "b(i)[j]"),
        (Shape("a", "n"), Shape("b", "n")),
        ("a[i][j & 3] += 1", "a[i][j & 1] += 1"),
    ),
    (
        "sizes in memory, unsigned sizes, enumerations of the file",
        "enum { WIDTH = 3 };\nvoid f(const unsigned *n, unsigned long m, unsigned *x)\n"
        "{ for (unsigned i = 0; i < n[0] * WIDTH; i++) x[i] += (unsigned)m; }",
        (),
        (Shape("n", "1", "in"), Shape("x", "n[0] * WIDTH")),
        ("i < n[0] * WIDTH", "i < (n[0] & ~1u) * WIDTH"),
    ),
    (
        "what is printed",
        "#include <stdio.h>\nvoid f(int n, int *x) { for (int i = 0; i < n; i++) printf(\"%d \", x[i]); }",
        (),
        (Shape("x", "n", "in"),),
        ("%d ", "%d,"),
    ),
)  # fmt: skip


@pytest.mark.parametrize(("text", "spelled", "shapes", "broken"), [k[1:] for k in KINDS], ids=[k[0] for k in KINDS])
def test_every_kind_of_parameter_arrives(
    text: str, spelled: tuple[str, ...], shapes: tuple[Shape, ...], broken: tuple[str, str], folder: Path
) -> None:
    cuda_text = text
    for old, new in zip(spelled[::2], spelled[1::2], strict=True):
        cuda_text = cuda_text.replace(old, new)
    right = trial(text, "f", cuda_text, Facts(shapes), folder, QUICK)
    assert isinstance(right, says.Tested), str(right)
    wrong = trial(text, "f", cuda_text.replace(*broken), Facts(shapes), folder, QUICK)
    assert isinstance(wrong, Differs) and wrong.difference is not None, str(wrong)
