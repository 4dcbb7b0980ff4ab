"""What a CUDA text must do to pass a driver, and what the runner says of each problem."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pareval.evaluation import Failed, Passed, Result, evaluate, launches
from pareval.problems import Problem
from pareval.translator import DEFAULT, Translation, translate
from snippets import UTILITIES, problem

ROOT = Path(__file__).parents[2]
SIZES = (33, 300)
CHECK = """\
#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>
#define CHECK(call)                                                          \\
    do {                                                                     \\
        cudaError_t error = (call);                                          \\
        if (error != cudaSuccess) {                                          \\
            fprintf(stderr, "%s\\n", cudaGetErrorString(error));              \\
            exit(1);                                                         \\
        }                                                                    \\
    } while (0)
"""
MAPPED = problem(
    "mapped",
    "void mapped(std::vector<double> const& x, std::vector<double> &y, double by) {",
    "void correctMapped(std::vector<double> const& x, std::vector<double> &y, double by) {\n"
    "    std::transform(x.begin(), x.end(), y.begin(), [&](double v) { return v * by; });\n}\n",
    "std::vector<double> x(TEST_SIZE), y(TEST_SIZE);\nfillRand(x, -1.0, 1.0);\nmapped(x, y, 3.0);\n",
)
MAPPED_CU = """
__global__ void mapped_kernel(const double *x, double *y, size_t n, double by) {
    size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x;
    if (i < n) y[i] = x[i] * by;
}
void mapped(const double *x, size_t x_size, double *y, size_t y_size, double by) {
    double *d_x, *d_y;
    size_t bytes = x_size * sizeof(double);
    CHECK(cudaMalloc(&d_x, bytes));
    CHECK(cudaMalloc(&d_y, bytes));
    CHECK(cudaMemcpy(d_x, x, bytes, cudaMemcpyHostToDevice));
    mapped_kernel<<<(x_size + 127) / 128, 128>>>(d_x, d_y, x_size, by);
    CHECK(cudaGetLastError());
    CHECK(cudaMemcpy(y, d_y, bytes, cudaMemcpyDeviceToHost));
    CHECK(cudaFree(d_x));
    CHECK(cudaFree(d_y));
}
"""
COUNTED = problem(
    "counted",
    "struct Point {\n    double x, y;\n};\n"
    "void counted(std::vector<Point> const& points, std::array<size_t, 2> &bins) {",
    "void correctCounted(std::vector<Point> const& points, std::array<size_t, 2> &bins) {\n"
    "    for (auto const& point : points) {\n        bins[point.x < point.y] += 1;\n    }\n}\n",
    "std::vector<Point> points(TEST_SIZE);\nstd::array<size_t, 2> bins{};\n"
    "for (auto &p : points) p = {rand() / 1e9, rand() / 1e9};\ncounted(points, bins);\n",
)
COUNTED_CU = """
struct Point { double x, y; };
__global__ void counted_kernel(const Point *points, unsigned long long *bins, size_t n) {
    size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x;
    if (i < n) atomicAdd(&bins[points[i].x < points[i].y], 1ull);
}
extern "C" void counted(const Point *points, size_t points_size, size_t bins[2]) {
    Point *d_points;
    unsigned long long *d_bins;
    CHECK(cudaMalloc(&d_points, points_size * sizeof(Point)));
    CHECK(cudaMalloc(&d_bins, 2 * sizeof(size_t)));
    CHECK(cudaMemcpy(d_points, points, points_size * sizeof(Point), cudaMemcpyHostToDevice));
    CHECK(cudaMemcpy(d_bins, bins, 2 * sizeof(size_t), cudaMemcpyHostToDevice));
    counted_kernel<<<(points_size + 63) / 64, 64>>>(d_points, d_bins, points_size);
    CHECK(cudaGetLastError());
    CHECK(cudaMemcpy(bins, d_bins, 2 * sizeof(size_t), cudaMemcpyDeviceToHost));
    CHECK(cudaFree(d_points));
    CHECK(cudaFree(d_bins));
}
"""
TURNED = problem(
    "turned",
    "bool turned(std::vector<std::complex<double>> &z, std::vector<bool> &right) {",
    "bool correctTurned(std::vector<std::complex<double>> &z, std::vector<bool> &right) {\n"
    "    for (size_t i = 0; i < z.size(); i++) {\n        z[i] = std::conj(z[i]);\n"
    "        right[i] = z[i].real() > 0;\n    }\n    return right[0];\n}\n",
    "std::vector<std::complex<double>> z(TEST_SIZE);\nstd::vector<bool> right(TEST_SIZE);\n"
    "for (auto &each : z) each = {rand() / 1e9 - 1, rand() / 1e9};\nturned(z, right);\n",
)
TURNED_CU = """
typedef struct Complex { double re, im; } Complex;
__global__ void turned_kernel(Complex *z, bool *right, size_t n) {
    size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x;
    if (i >= n) return;
    z[i].im = -z[i].im;
    right[i] = z[i].re > 0;
}
bool turned(Complex *z, size_t z_size, bool *right, size_t right_size) {
    Complex *d_z;
    bool *d_right;
    CHECK(cudaMalloc(&d_z, z_size * sizeof(Complex)));
    CHECK(cudaMalloc(&d_right, z_size));
    CHECK(cudaMemcpy(d_z, z, z_size * sizeof(Complex), cudaMemcpyHostToDevice));
    turned_kernel<<<(z_size + 255) / 256, 256>>>(d_z, d_right, z_size);
    CHECK(cudaGetLastError());
    CHECK(cudaMemcpy(z, d_z, z_size * sizeof(Complex), cudaMemcpyDeviceToHost));
    CHECK(cudaMemcpy(right, d_right, z_size, cudaMemcpyDeviceToHost));
    CHECK(cudaFree(d_z));
    CHECK(cudaFree(d_right));
    return right[0];
}
"""
UNITS = {"mapped": (MAPPED, MAPPED_CU), "counted": (COUNTED, COUNTED_CU), "turned": (TURNED, TURNED_CU)}


def judged(name: str, folder: Path, old: str = "", new: str = "") -> Result:
    one, text = UNITS[name]
    assert old in text
    return evaluate(one, one.lowered(), CHECK + (text.replace(old, new) if old else text), folder, at=SIZES)


@pytest.mark.parametrize("name", UNITS)
def test_a_right_unit_passes_in_all_orders_at_all_sizes(name: str, folder: Path) -> None:
    assert judged(name, folder) == Passed(runs=6)


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("mapped", "(x_size + 127) / 128", "x_size / 128 + (x_size < 128)", "size 300, forward order: wrong: 'y'"),
        ("mapped", "if (i < n) ", "", "out-of-bounds"),
        ("mapped", "x[i] * by", "x[i] + by", "size 33, forward order: wrong: 'y'"),
        ("mapped", "CHECK(cudaFree(d_x));", "", "leak"),
        ("mapped", "void mapped(const", "void other(const", "does not define void mapped(const double *x"),
        ("mapped", "double *d_x, *d_y;", "double *d_x, *d_y", "does not compile"),
        ("counted", "atomicAdd(&bins[points[i].x < points[i].y], 1ull)", "bins[points[i].x < points[i].y]++", "race"),
        ("counted", "points[i].x < points[i].y", "points[i].x <= 0", "wrong: 'bins'"),
        ("turned", "z[i].re > 0;", "z[i].re < 0;", "wrong: "),
        ("turned", "return right[0];", "return !right[0];", "wrong: the returned value"),
    ],
)
def test_a_wrong_unit_fails_with_its_reason(name: str, old: str, new: str, reason: str, folder: Path) -> None:
    result = judged(name, folder, old, new)
    assert isinstance(result, Failed)
    assert reason in result.reason


def test_an_input_that_is_changed_is_noticed(folder: Path) -> None:
    result = judged(
        "mapped", folder, "    CHECK(cudaFree(d_y));", "    CHECK(cudaFree(d_y));\n    ((double *)x)[1] = 7;"
    )
    assert result == Failed("size 33, forward order: wrong: a constant array was changed")


def test_sequential_text_launches_nothing() -> None:
    assert launches(MAPPED_CU)
    assert not launches("// f<<<1, 2>>>();\nvoid mapped(double *x) { x[0] = 1; }")


def checkout(folder: Path, listed: tuple[Problem, ...]) -> Path:
    """A folder in ParEval's layout."""
    drivers = folder / "drivers" / "cpp"
    prompts = []
    for one in listed:
        place = drivers / "benchmarks" / "test" / one.name
        place.mkdir(parents=True)
        (place / "baseline.hpp").write_text(one.baseline)
        (place / "cpu.cc").write_text(one.driver)
        head = one.baseline.split("\n")[0].replace(one.entry, one.function)
        row = {"name": one.name, "problem_type": "test", "prompt": one.context + head}
        prompts += [row | {"parallelism_model": "serial"}, row | {"parallelism_model": "cuda"}]
    (drivers / "utilities.hpp").write_text(UTILITIES)
    (folder / "prompts").mkdir()
    (folder / "prompts" / "generation-prompts.json").write_text(json.dumps(prompts))
    return folder


TRANSLATOR = """\
import pathlib, sys
c, function, cu = sys.argv[1:]
text = (pathlib.Path(__file__).parent / f"{function}.cu")
assert function in pathlib.Path(c).read_text()
if function == "turned":
    print('{"reason": "it is carried"}')
    sys.exit(1)
if text.exists():
    pathlib.Path(cu).write_text(text.read_text())
"""


def test_the_runner_counts_what_passes_and_what_does_not(tmp_path: Path, folder: Path) -> None:
    unknown = problem("unknown", "void unknown(std::map<int, int> &m) {", "void correctUnknown(int a) { throw a; }", "")
    listed = (MAPPED, COUNTED, TURNED, unknown)
    place = checkout(tmp_path / "checkout", listed)
    (tmp_path / "translator.py").write_text(TRANSLATOR)
    (tmp_path / "mapped.cu").write_text(CHECK + MAPPED_CU)
    (tmp_path / "counted.cu").write_text(CHECK + COUNTED_CU.replace("x < points", "x > points"))
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "programs").symlink_to(folder)
    command = f"{sys.executable} {tmp_path / 'translator.py'} {{c}} {{f}} {{cu}}"
    script = [sys.executable, str(ROOT / "benchmarks" / "pareval_cuda.py"), str(place), "--translator", command]
    done = subprocess.run(
        [*script, "--output", str(tmp_path / "made"), "--json", str(tmp_path / "made.json")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    results = {row["problem"]: row for row in json.loads((tmp_path / "made.json").read_text())["results"]}
    assert {name: row["status"] for name, row in results.items()} == {
        "mapped": "passed",
        "counted": "wrong",
        "turned": "refused",
        "unknown": "unconverted",
    }
    assert results["turned"]["reason"] == "it is carried"
    assert "| all | 4 | 3 | 2 | 1 | 1 | 1 |" in done.stdout


@pytest.mark.parametrize(
    ("script", "reason", "refused"),
    [
        ("import sys; sys.exit('a.c:1: error: it is carried')", "a.c:1: error: it is carried", True),
        ('print(\'{"diagnostics": [{"message": "carried"}]}\')', "carried", True),
        ("import sys; sys.exit('Usage: transpile FILE')", "Usage: transpile FILE", False),
        ("pass", "exit code 0 and no reason", False),
        ("1 / 0", "the translator crashed: ZeroDivisionError: division by zero", False),
        ("while True: pass", "the translator took longer than 0.5 seconds", False),
    ],
)
def test_why_there_is_no_translation(script: str, reason: str, refused: bool, tmp_path: Path) -> None:
    (tmp_path / "translator.py").write_text(script)
    command = f"{sys.executable} {tmp_path / 'translator.py'} {{c}} {{f}} {{cu}}"
    limit_s = 0.5 if "while" in script else 60.0
    made = translate(command, tmp_path / "a.c", "f", tmp_path / "a.cu", limit_s)
    assert made == Translation("", reason, refused)


def test_a_translator_that_is_not_there_is_named(tmp_path: Path) -> None:
    made = translate("no-such-translator {c} {f} {cu}", tmp_path / "a.c", "f", tmp_path / "a.cu", 1.0)
    assert made == Translation("", "there is no command 'no-such-translator'", refused=False)


def test_the_default_translator_is_ours(tmp_path: Path) -> None:
    source = tmp_path / "a.c"
    source.write_text("void f(int n, int *a) { for (int i = 1; i < n; i++) a[i] = a[i - 1] * a[i] + 3; }\n")
    command = DEFAULT.replace("transpile", str(Path(sys.executable).with_name("transpile")), 1)
    made = translate(command, source, "f", tmp_path / "a.cu", 120)
    assert made.refused
    assert made.reason.startswith("the loop over 'i' is sequential: it reads a[i - 1]")
