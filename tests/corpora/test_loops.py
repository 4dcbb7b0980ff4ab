"""Every kernel of datasets/loops compiles without a warning, runs without a sanitizer fault and computes what it says.

All kernels are linked with a driver, written here from kernels.toml, into one program under the address and the
undefined behaviour sanitizer; each array is a heap block of exactly its extent. What comes back is compared with a
plain Python computation that takes another way than the C code, or with the property that defines the result.
"""

from __future__ import annotations

import itertools
import math
import os
import random
import re
import shutil
import statistics
import subprocess
import tomllib
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from transpile.corpora.loops import GENERATORS, TYPECODES, Kernel, initial, load, value

LOOPS = Path(__file__).parents[2] / "datasets" / "loops"
TABLE = tomllib.loads((LOOPS / "kernels.toml").read_text())
COMPARED = 3000  # array elements up to which a run is small enough for the Python references

needs_tools = pytest.mark.skipif(not all(map(shutil.which, ("gcc", "nm"))), reason="needs gcc and nm")


KERNELS = load(LOOPS)
each_kernel = pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)


# The program

DRIVER = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *take(size_t count, size_t size)
{
    void *block = malloc(count * size);
    if (block == NULL || fread(block, size, count, stdin) != count)
        exit(3);
    return block;
}

static void give(void *block, size_t count, size_t size)
{
    fwrite(block, size, count, stdout);
    free(block);
}
%s
int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    for (int next; (next = getchar()) != EOF;) {
        ungetc(next, stdin);
%s
    }
    return fflush(stdout) != 0;
}
"""


def runner(kernel: Kernel) -> str:
    lines = [f"void {kernel.function}({', '.join(p.declaration for p in kernel.parameters)});"]
    lines += [f"static void run_{kernel.function}(void)", "{"]
    for p in kernel.scalars:
        lines.append(f"{p.type} *in_{p.name} = take(1, sizeof *in_{p.name}), {p.name} = *in_{p.name};")
        lines.append(f"free(in_{p.name});")
    lines += [f"{p.type} *{p.name} = take((size_t)({p.extent}), sizeof *{p.name});" for p in kernel.arrays]
    lines.append(f"{kernel.function}({', '.join(p.name for p in kernel.parameters)});")
    lines += [f"give({p.name}, (size_t)({p.extent}), sizeof *{p.name});" for p in kernel.arrays]
    return "\n".join([*lines, "}", ""])


def driver() -> str:
    calls = [f'if (strcmp(argv[1], "{k.function}") == 0) run_{k.function}();' for k in KERNELS]
    return DRIVER % ("\n".join(map(runner, KERNELS)), "\n".join(calls))


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("loops")
    (folder / "driver.c").write_text(driver())
    options = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-O1", "-g1"]
    options += ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    sources = [*map(str, sorted(LOOPS.glob("*.c"))), "driver.c"]
    subprocess.run(["gcc", *options, "-c", *sources], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def program(objects: Path) -> Path:
    names = [path.name for path in objects.glob("*.o")]
    subprocess.run(["gcc", "-fsanitize=address,undefined", *names, "-lm", "-o", "program"], cwd=objects, check=True)
    return objects / "program"


Values = SimpleNamespace


def runs(program: Path, kernel: Kernel) -> Iterator[tuple[Mapping[str, int], Values, Values]]:
    """The values of all parameters before and after the call, for each of the kernel's sizes."""
    before = []
    for sizes in kernel.sizes:
        rng = random.Random(f"{kernel.name} {sizes}")
        before.append({parameter.name: initial(parameter, sizes, rng) for parameter in kernel.parameters})
    sent = b"".join(values[p.name].tobytes() for values in before for p in (*kernel.scalars, *kernel.arrays))
    done = subprocess.run(
        [program, kernel.function],
        input=sent,
        capture_output=True,
        env=os.environ | {"ASAN_OPTIONS": "detect_leaks=0"},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    rest = memoryview(done.stdout)
    for sizes, values in zip(kernel.sizes, before, strict=True):
        known = {p.name: values[p.name].tolist() if p.extent else values[p.name][0] for p in kernel.parameters}
        after = dict(known)
        for p in kernel.arrays:
            length = len(values[p.name]) * values[p.name].itemsize
            after[p.name] = array(TYPECODES[p.type], rest[:length].tobytes()).tolist()
            rest = rest[length:]
        yield sizes, Values(**known), Values(**after)
    assert not rest


# References: pairs of what came back and what is expected. `v` is before the call, `w` after it; matrices are flat.

Numbers = Sequence[float]
Pairs = Iterator[tuple[Numbers, Numbers]]


def product(a: Numbers, b: Numbers, m: int, k: int, n: int) -> list[float]:
    return [math.fsum(a[i * k + p] * b[p * n + j] for p in range(k)) for i in range(m) for j in range(n)]


def times(a: Numbers, x: Numbers, m: int) -> list[float]:
    return product(a, x, m, len(x), 1)


def transposed(a: Numbers, m: int, n: int) -> list[float]:
    return [a[i * n + j] for j in range(n) for i in range(m)]


def added(alpha: float, a: Numbers, beta: float, b: Numbers) -> list[float]:
    return [alpha * x + beta * y for x, y in zip(a, b, strict=True)]


def joined(low: Numbers, high: Numbers, n: int) -> list[float]:
    """The lower triangle with the diagonal of the one, the strict upper triangle of the other."""
    return [(low if j <= i else high)[i * n + j] for i in range(n) for j in range(n)]


def lower(a: Numbers, n: int) -> list[float]:
    return joined(a, [0.0] * len(a), n)


def identity(n: int) -> list[float]:
    return [float(i == j) for i in range(n) for j in range(n)]


def gemm(v: Values, w: Values) -> Pairs:
    yield w.c, added(v.alpha, product(v.a, v.b, v.m, v.k, v.n), v.beta, v.c)


def gemver(v: Values, w: Values) -> Pairs:
    n = v.n
    a = added(1, v.a, 1, added(1, product(v.u1, v.v1, n, 1, n), 1, product(v.u2, v.v2, n, 1, n)))
    x = added(v.beta, times(transposed(a, n, n), v.y, n), 1, v.z)
    yield w.a, a
    yield w.x, x
    yield w.w, [v.alpha * value for value in times(a, x, n)]


def gesummv(v: Values, w: Values) -> Pairs:
    yield w.y, added(v.alpha, times(v.a, v.x, v.m), v.beta, times(v.b, v.x, v.m))


def symm(v: Values, w: Values) -> Pairs:
    symmetric = joined(v.a, transposed(v.a, v.m, v.m), v.m)
    yield w.c, added(v.alpha, product(symmetric, v.b, v.m, v.m, v.n), v.beta, v.c)


def syrk(v: Values, w: Values) -> Pairs:
    square = product(v.a, transposed(v.a, v.n, v.k), v.n, v.k, v.n)
    yield w.c, joined(added(v.alpha, square, v.beta, v.c), v.c, v.n)


def syr2k(v: Values, w: Values) -> Pairs:
    half = product(v.a, transposed(v.b, v.n, v.k), v.n, v.k, v.n)
    whole = added(1, half, 1, transposed(half, v.n, v.n))
    yield w.c, joined(added(v.alpha, whole, v.beta, v.c), v.c, v.n)


def trmm(v: Values, w: Values) -> Pairs:
    yield w.b, [v.alpha * x for x in product(lower(v.a, v.m), v.b, v.m, v.m, v.n)]


def two_mm(v: Values, w: Values) -> Pairs:
    bc = product(v.b, v.c, v.k, v.n, v.l)
    yield w.d, added(v.alpha, product(v.a, bc, v.m, v.k, v.l), v.beta, v.d)


def three_mm(v: Values, w: Values) -> Pairs:
    abc = product(product(v.a, v.b, v.m, v.k, v.n), v.c, v.m, v.n, v.q)
    yield w.g, product(abc, v.d, v.m, v.q, v.l)


def atax(v: Values, w: Values) -> Pairs:
    yield w.y, times(transposed(v.a, v.m, v.n), times(v.a, v.x, v.m), v.n)


def bicg(v: Values, w: Values) -> Pairs:
    yield w.q, times(v.a, v.p, v.m)
    yield w.s, times(transposed(v.a, v.m, v.n), v.r, v.n)


def mvt(v: Values, w: Values) -> Pairs:
    yield w.x1, added(1, v.x1, 1, times(v.a, v.y1, v.n))
    yield w.x2, added(1, v.x2, 1, times(transposed(v.a, v.n, v.n), v.y2, v.n))


def doitgen(v: Values, w: Values) -> Pairs:
    yield w.a, product(v.a, v.c, v.nr * v.nq, v.np, v.np)


def cholesky(v: Values, w: Values) -> Pairs:
    factor = lower(w.a, v.n)
    yield product(factor, transposed(factor, v.n, v.n), v.n, v.n, v.n), v.a
    yield joined(v.a, w.a, v.n), v.a


def lu(v: Values, w: Values) -> Pairs:
    unit_lower = added(1, joined(w.a, [0.0] * len(w.a), v.n), 1, identity(v.n))
    for i in range(v.n):
        unit_lower[i * v.n + i] = 1.0
    upper = transposed(lower(transposed(w.a, v.n, v.n), v.n), v.n, v.n)
    yield product(unit_lower, upper, v.n, v.n, v.n), v.a


def trisolv(v: Values, w: Values) -> Pairs:
    yield times(lower(v.l, v.n), w.x, v.n), v.b


def durbin(v: Values, w: Values) -> Pairs:
    toeplitz = [([1.0, *v.r])[abs(i - j)] for i in range(v.n) for j in range(v.n)]
    yield times(toeplitz, w.y, v.n), [-x for x in v.r]


def gramschmidt(v: Values, w: Values) -> Pairs:
    yield product(transposed(w.a, v.m, v.n), w.a, v.n, v.m, v.n), identity(v.n)
    yield product(w.a, w.r, v.m, v.n, v.n), v.a
    yield [w.r[i * v.n + j] for i in range(v.n) for j in range(i)], [0.0] * (v.n * (v.n - 1) // 2)
    assert all(w.r[i * v.n + i] > 0 for i in range(v.n))


def ludcmp(v: Values, w: Values) -> Pairs:
    yield times(v.a, w.x, v.n), v.b
    yield from lu(v, w)


def correlation(v: Values, w: Values) -> Pairs:
    columns = [v.data[j :: v.n] for j in range(v.n)]
    if v.m == 1:
        yield w.corr, identity(v.n)
        yield w.data, [0.0] * v.n
        return
    yield w.corr, [statistics.correlation(x, y) for x in columns for y in columns]
    scaled = [[(x - statistics.fmean(c)) / statistics.pstdev(c) / math.sqrt(v.m) for x in c] for c in columns]
    yield w.data, list(itertools.chain(*zip(*scaled, strict=True)))


def covariance(v: Values, w: Values) -> Pairs:
    columns = [v.data[j :: v.n] for j in range(v.n)]
    yield w.mean, list(map(statistics.fmean, columns))
    yield w.cov, [statistics.covariance(x, y) for x in columns for y in columns]


Point = tuple[int, ...]
Grid = dict[Point, float]


def grid(flat: Numbers, *shape: int) -> Grid:
    return dict(zip(itertools.product(*map(range, shape)), flat, strict=True))


def inner(points: Grid) -> list[Point]:
    """The points that are not on the rim, in the order of storage."""
    last = max(points, default=())
    return [p for p in points if all(0 < x < top for x, top in zip(p, last, strict=True))]


def near(points: Grid, p: Point, distance: int) -> float:
    """The sum of the neighbours that differ by one in `distance` coordinates."""
    moves = itertools.product((-1, 0, 1), repeat=len(p))
    return sum(points[tuple(map(sum, zip(p, m, strict=True)))] for m in moves if sum(map(abs, m)) == distance)


def jacobi_1d(v: Values, w: Values) -> Pairs:
    u = grid(v.u, v.n)
    for _ in range(v.steps):
        u |= {p: (near(u, p, 1) + v.h2 * v.f[p[0]]) / 2 for p in inner(u)}
    yield w.u, [*u.values()]


def jacobi_2d(v: Values, w: Values) -> Pairs:
    u = grid(v.u, v.rows, v.cols)
    for _ in range(2 * v.pairs):
        u |= {p: near(u, p, 1) / 4 for p in inner(u)}
    yield w.u, [*u.values()]


def heat_3d(v: Values, w: Values) -> Pairs:
    u = grid(v.u, v.nx, v.ny, v.nz)
    for _ in range(v.steps):
        u |= {p: (1 - 6 * v.r) * u[p] + v.r * near(u, p, 1) for p in inner(u)}
    yield w.u, [*u.values()]


def seidel_2d(v: Values, w: Values) -> Pairs:
    u = grid(v.u, v.rows, v.cols)
    for _ in range(v.sweeps):
        for p in inner(u):
            u[p] = near(u, p, 1) / 5 + near(u, p, 2) / 20
    yield w.u, [*u.values()]


def fdtd_2d(v: Values, w: Values) -> Pairs:
    ex, ey, hz = grid(v.ex, v.nx, v.ny + 1), grid(v.ey, v.nx + 1, v.ny), grid(v.hz, v.nx, v.ny)
    for source in v.source:
        # Each cell gives what it holds to its four edges; the edges on the rim then take back what they had.
        rim = {p: e for p, e in ex.items() if p[1] in (0, v.ny)}, {p: e for p, e in ey.items() if p[0] in (0, v.nx)}
        for (i, j), h in hz.items():
            ex[i, j] += v.ce * h
            ex[i, j + 1] -= v.ce * h
            ey[i, j] -= v.ce * h
            ey[i + 1, j] += v.ce * h
        ex |= rim[0]
        ey |= rim[1]
        for i, j in hz:
            hz[i, j] += v.ch * (ex[i, j + 1] - ex[i, j] - ey[i + 1, j] + ey[i, j])
        hz[v.nx // 2, v.ny // 2] += source
    yield w.ex, [*ex.values()]
    yield w.ey, [*ey.values()]
    yield w.hz, [*hz.values()]


def solved(a: list[list[float]], b: list[float]) -> list[float]:
    """Gauss-Jordan elimination; a is diagonally dominant."""
    rows = [[*row, right] for row, right in zip(a, b, strict=True)]
    for k in range(len(rows)):
        pivot = rows[k]
        rows = [row if row is pivot else added(1, row, -row[k] / pivot[k], pivot) for row in rows]
    return [row[-1] / row[k] for k, row in enumerate(rows)]


def half_step(u: Grid, mu: float, n: int, axis: int) -> Grid:
    """Implicit along `axis`, explicit along the other: one linear system over all inner points."""
    unknown = inner(u)
    a, b = [], []
    for p in unknown:
        ahead = [(p[0] + d * (axis == 0), p[1] + d * (axis == 1)) for d in (-1, 1)]
        aside = [(p[0] + d * (axis == 1), p[1] + d * (axis == 0)) for d in (-1, 1)]
        a.append([1 + 2 * mu if q == p else -mu if q in ahead else 0.0 for q in unknown])
        rim = sum(mu * u[q] for q in ahead if q not in unknown)
        b.append(rim + (1 - 2 * mu) * u[p] + mu * sum(u[q] for q in aside))
    return u | dict(zip(unknown, solved(a, b), strict=True))


def adi(v: Values, w: Values) -> Pairs:
    if v.n > 8:  # the systems would be too large
        return
    u = grid(v.u, v.n, v.n)
    for _ in range(v.steps):
        u = half_step(half_step(u, v.mu, v.n, axis=0), v.mu, v.n, axis=1)
    yield w.u, [*u.values()]


def floyd_warshall(v: Values, w: Values) -> Pairs:
    """Ways of up to 2, 4, 8, ... edges by doubling."""
    n, d = v.n, list(v.d)
    for _ in range(n.bit_length()):
        columns = [d[j::n] for j in range(n)]
        rows = [d[i * n : (i + 1) * n] for i in range(n)]
        d = [min(row[j], *map(sum, zip(row, columns[j], strict=True))) for row in rows for j in range(n)]
    yield w.d, d


def deriche(v: Values, w: Values) -> Pairs:
    def weight(i: int) -> float:
        far: float = v.alpha * abs(i)
        return (far + 1) * math.exp(-far)

    total = sum(map(weight, range(-300, 301)))

    def band(n: int) -> list[float]:
        return [weight(i - j) / total for i in range(n) for j in range(n)]

    rows = product(v.image, band(v.cols), v.rows, v.cols, v.cols)
    yield w.smooth, product(band(v.rows), rows, v.rows, v.rows, v.cols)


def nussinov(v: Values, w: Values) -> Pairs:
    @cache
    def best(i: int, j: int) -> int:
        """Base i has no partner, or its partner is base k."""
        if i >= j:
            return 0
        partners = [k for k in range(i + v.hairpin + 1, j + 1) if {v.bases[i], v.bases[k]} in ({0, 3}, {1, 2})]
        return max([best(i + 1, j), *(1 + best(i + 1, k - 1) + best(k + 1, j) for k in partners)])

    yield w.best, [best(i, j) for i in range(v.n) for j in range(v.n)]


REFERENCES: dict[str, Callable[[Values, Values], Pairs]] = {
    reference.__name__: reference
    for reference in (
        *(gemm, gemver, gesummv, symm, syrk, syr2k, trmm, two_mm, three_mm, atax, bicg, mvt, doitgen),
        *(cholesky, lu, trisolv, durbin, gramschmidt, ludcmp),
        *(correlation, covariance),
        *(jacobi_1d, jacobi_2d, heat_3d, fdtd_2d, adi, seidel_2d),
        *(floyd_warshall, deriche, nussinov),
    )
}


# Tests


def test_files_rows_and_references_agree() -> None:
    assert {kernel.source for kernel in KERNELS} == set(LOOPS.glob("*.c"))
    assert {kernel.function for kernel in KERNELS} == set(REFERENCES)
    assert set(TABLE["values"]) == set(GENERATORS)


@each_kernel
def test_the_row_is_sound(kernel: Kernel) -> None:
    assert kernel.tolerance in ("exact", "associative")
    for p in kernel.parameters:
        assert p.type in TYPECODES
        assert not p.values or (p.values in GENERATORS and len(p.range) == 2)
        assert p.access in (("in", "inout", "out", "scratch") if p.extent else ("",))
        assert not p.extent or bool(p.values) == (p.access in ("in", "inout"))
    given = {p.name for p in kernel.scalars if not p.values}
    assert all(set(sizes) == given for sizes in kernel.sizes)
    assert all(value(condition, sizes) for condition in kernel.requires for sizes in kernel.sizes)


@each_kernel
def test_the_row_is_the_prototype(kernel: Kernel) -> None:
    found = re.search(rf"^void {kernel.function}\(([^)]*)\)\n{{", kernel.source.read_text(), re.MULTILINE)
    assert found
    written = [" ".join(text.replace("restrict ", "").split()) for text in found[1].split(",")]
    assert written == [p.declaration for p in kernel.parameters]


@needs_tools
def test_each_file_exports_one_function(objects: Path) -> None:
    for kernel in KERNELS:
        command = ["nm", "--extern-only", "--defined-only", "--format=posix", f"{kernel.name}.o"]
        said = subprocess.run(command, cwd=objects, capture_output=True, text=True, check=True).stdout
        assert [line.split()[0] for line in said.splitlines()] == [kernel.function]


@needs_tools
@each_kernel
def test_the_kernel_computes_what_it_says(program: Path, kernel: Kernel) -> None:
    near = TABLE["tolerance"]["float" if any(p.type == "float" for p in kernel.parameters) else "double"]
    compared = 0
    for sizes, before, after in runs(program, kernel):
        for p in kernel.arrays:
            if p.access == "in":
                assert vars(after)[p.name] == vars(before)[p.name]
            elif p.access != "scratch":
                assert all(map(math.isfinite, vars(after)[p.name])), f"{p.name} {sizes}"
        if sum(value(p.extent, sizes) for p in kernel.arrays) > COMPARED:
            continue
        for got, want in REFERENCES[kernel.function](before, after):
            bound = near * max([1.0, *map(abs, want)])
            assert len(got) == len(want)
            assert all(abs(x - y) <= bound for x, y in zip(got, want, strict=True)), sizes
            compared += bool(want)
    assert compared >= 2
