"""Files with several functions become one CUDA file, in which everything that others call is there."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from transpile.errors import UsageError
from transpile.offload.several import translate_text
from transpile.offload.translate import Choices, Offloaded

FILE = """#include <math.h>
static int calls = 3;
int limit = 4;
static double half(double v) { return v * 0.5; }
void scale(int n, double *a)
{
    for (int i = 0; i < n; i++)
        a[i] = half(a[i]);
}
double plain(double v) { return half(v) + calls; }
void scale_a(int n, double *a)
{
    for (int i = 0; i < n; i++)
        a[i] += 1;
    scale(n, a);
}
void prefix(int n, double *a)
{
    for (int i = 1; i < n; i++)
        a[i] = a[i - 1] * a[i] + sin(a[i - 1]);
}
int main(void)
{
    double a[4] = {1, 2, 3, 4};
    scale(4, a);
    prefix(4, a);
    return a[3] > plain(2);
}
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Offloaded:
    return translate_text(FILE, "f.c", Choices(seconds=0.2, cache=tmp_path_factory.mktemp("cache")))


def test_each_function_has_verdicts_on_the_whole_text(found: Offloaded) -> None:
    verdicts = {one.name: [block.verdict.word for block in one.blocks] for one in found.translation.functions}
    assert verdicts.pop("scale") == ["proved"]
    assert verdicts.pop("prefix") == []
    (name, words), = verdicts.items()  # fmt: skip
    assert name == "scale_a" and words and set(words) <= {"proved", "tested"}
    assert found.plan is None
    assert found.translation.meets("tested")


def test_the_rest_stays_as_c(found: Offloaded) -> None:
    text = found.translation.text
    assert text.count('extern "C" void scale(int n, double *a)\n{') == 1
    assert "static __host__ __device__ double half(double v) {" in text
    assert 'extern "C" double plain(double v) {' in text
    assert 'extern "C" void prefix(int n, double *a) {' in text
    assert "\nint main(" in text
    assert "static int calls = 3;" in text
    assert "\nint limit = 4;" in text
    kernels = [line for line in text.splitlines() if line.startswith("__global__")]
    assert len({line.partition("(")[0] for line in kernels}) == len(kernels) >= 2


def test_loops_that_stay_are_told(found: Offloaded) -> None:
    (warning,) = (d for d in found.translation.diagnostics if d.severity == "warning")
    assert "the loop over 'i' is sequential" in warning.message
    assert warning.span is not None and warning.span.line == 20


def test_the_host_side_compiles_without_a_device(found: Offloaded, tmp_path: Path) -> None:
    if shutil.which("g++") is None:
        pytest.skip("needs g++")
    shim = Path(__file__).parents[2] / "emulators" / "cuda" / "shim"
    from transpile.emulators.cuda.rewrite import rewrite

    (tmp_path / "f.cpp").write_text(rewrite(found.translation.text).text)
    command = ["g++", "-std=c++17", "-w", "-fsyntax-only", "-I", str(shim), "-include", "cuda_runtime.h", "f.cpp"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_one_function_alone_if_it_is_named(choices: Choices) -> None:
    alone = translate_text(FILE, "f.c", replace(choices, function="scale"))
    assert [one.name for one in alone.translation.functions] == ["scale"]
    assert alone.plan is not None
    assert "prefix" not in alone.translation.text
    assert alone.translation.meets("proved")


WRONG = """double bad(int n, double *a)
{
    for (int i = 1; i < n; i++)
        a[i] = a[i - 1] + 1;
    return a[0];
}
void worse(int n, double *a)
{
    for (int i = 1; i < n; i++)
        a[i] = a[i - 1] * a[i - 1];
}
"""


def test_a_file_without_parallel_loops_is_refused(choices: Choices) -> None:
    translation = translate_text(WRONG.replace("a[i - 1] + 1", "sqrt(a[i - 1])"), "f.c", choices).translation
    assert translation.text == ""
    assert not translation.meets("any")
    assert [d.severity for d in translation.diagnostics] == ["error", "error"]


def test_arrays_that_no_function_has(choices: Choices) -> None:
    with pytest.raises(UsageError, match="no function with loops has an array parameter 'b'"):
        translate_text(FILE, "f.c", replace(choices, scratch=frozenset({"b"})))


def test_products_that_overflow_in_some_order_are_not_compared(choices: Choices) -> None:
    text = "double f(int n, const double *a)\n{\n    double s = 1;\n    for (int i = 0; i < n; i++)\n"
    found = translate_text(f"{text}        s *= a[i];\n    return s;\n}}\n", "f.c", replace(choices, seconds=1.0))
    assert found.translation.meets("tested")
