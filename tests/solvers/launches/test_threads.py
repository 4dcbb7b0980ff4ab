"""Threads do each iteration once: proved for what is right, and compared with counting for small sizes."""

from __future__ import annotations

import pytest

from transpile.c.parse import parse_text
from transpile.c.tree import Assign, For
from transpile.c.walking import walk
from transpile.loops.counted import Counted, counted
from transpile.solvers.integers import Integers
from transpile.solvers.launches.grids import Dimension
from transpile.solvers.launches.threads import Launched, Located, Open, locate

HEAD = """typedef struct { unsigned x, y, z; } uint3;
extern const uint3 threadIdx, blockIdx, blockDim, gridDim;
typedef unsigned long size_t;
"""
PARAMETERS = "int n, int m, unsigned u, size_t z, long l"


def located(loops: str, kernel: str, blocks: str, block: tuple[int, ...], path: str = "1") -> Located | Open:
    """``loops`` are a nest, ``blocks`` the numbers of blocks along x, y and z. ``path`` tells when there is a launch,
    and after ``given`` stands what is known."""
    path, _, given = path.partition(" given ")
    sides = "".join(f"c = {side};" for side in (*blocks.split(";"), given or "1", path))
    unit = parse_text(
        f"{HEAD}void host({PARAMETERS}) {{ {loops} }}\nvoid kernel({PARAMETERS}) {{ {kernel} }}\n"
        f"void launch({PARAMETERS}) {{ unsigned c; {sides} }}"
    )
    host, device, configuration = unit.functions
    values = [node.value for node in walk(configuration.body) if isinstance(node, Assign)]
    c_side, cuda_side = Integers(), Integers()
    for one, two, three in zip(host.parameters, device.parameters, configuration.parameters, strict=True):
        value = c_side.fresh(one.name, one.type)
        c_side.variables |= {one: value, three: value}
        cuda_side.variables[two] = value
    grid = {axis: Dimension(side, c_side.value(v)) for axis, side, v in zip("xyz", block, values, strict=False)}
    nest = [found for node in walk(host.body) if isinstance(node, For) and isinstance(found := counted(node), Counted)]
    c_side.facts.append(c_side.truth(values[-2]))
    launched = Launched(c_side, cuda_side, grid, c_side.truth(values[-1]))
    return locate(device.body.statements, nest, launched)


I = "const int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);"
WIDE = "const long at = (long)blockIdx.x * blockDim.x + threadIdx.x;"
FOR_N = "for (int i = 0; i < n; i++) ;"
ENOUGH = "((long)n + 255) / 256"
SAME: dict[str, tuple[str, str, str, tuple[int, ...], str]] = {
    "guard": (FOR_N, f"{WIDE} if (at < n) {{ const int i = (int)at; u = i; }}", ENOUGH, (256,), "n > 0"),
    "narrow": (FOR_N, f"{I} if (i < n) u = i;", "(n - 1) / 256 + 1", (256,), "n > 0"),
    "return": (FOR_N, f"{WIDE} if (at >= n) return; const int i = (int)at; u = i;", ENOUGH, (256,), "n > 0"),
    "from one": (
        "for (int i = 1; i < n - 1; i++) ;",
        f"{WIDE} if (at + 1 < n - 1) {{ const int i = (int)(at + 1); u = i; }}",
        "((long)n - 2 + 31) / 32",
        (32,),
        "n > 2",
    ),
    "steps": (
        "for (int i = 0; i < n; i += 3) ;",
        "const long at = 3 * ((long)blockIdx.x * blockDim.x + threadIdx.x);"
        "if (at < n) { const int i = (int)at; u = i; }",
        "(((long)n + 2) / 3 + 63) / 64",
        (64,),
        "n > 0",
    ),
    "down": (
        "for (int i = n - 1; i >= 0; i--) ;",
        "const long at = n - 1 - ((long)blockIdx.x * blockDim.x + threadIdx.x);"
        "if (at >= 0) { const int i = (int)at; u = i; }",
        ENOUGH,
        (256,),
        "n > 0",
    ),
    "stride": (
        FOR_N,
        "for (long at = (long)blockIdx.x * blockDim.x + threadIdx.x; at < n; at += (long)gridDim.x * blockDim.x) "
        "{ const int i = (int)at; u = i; }",
        "64",
        (256,),
        "1",
    ),
    "unsigned": (
        "for (unsigned long i = 0; i < z; i++) ;",
        "const unsigned long i = (unsigned long)blockIdx.x * blockDim.x + threadIdx.x; if (i < z) u = i;",
        "(z + 255) / 256",
        (256,),
        "z > 0 given z < 1000000000ul",
    ),
    "two": (
        "for (int i = 0; i < n; i++) for (int j = 0; j < m; j++) ;",
        "const long r = (long)blockIdx.y * blockDim.y + threadIdx.y; if (r >= n) return; const int i = (int)r;"
        "const long c = (long)blockIdx.x * blockDim.x + threadIdx.x; if (c < m) { const int j = (int)c; u = i + j; }",
        "((long)m + 15) / 16; ((long)n + 15) / 16",
        (16, 16),
        "n > 0 && m > 0",
    ),
    "triangle": (
        "for (int i = 0; i < n; i++) for (int j = i; j < n; j++) ;",
        "const long r = (long)blockIdx.y * blockDim.y + threadIdx.y; if (r >= n) return; const int i = (int)r;"
        "const long c = i + ((long)blockIdx.x * blockDim.x + threadIdx.x);"
        "if (c < n) { const int j = (int)c; u = i + j; }",
        "((long)n + 15) / 16; ((long)n + 15) / 16",
        (16, 16),
        "n > 0",
    ),
    "inner one first": (
        "for (int i = 0; i < n; i++) for (int j = 0; j < m; j++) ;",
        "const long c = (long)blockIdx.x * blockDim.x + threadIdx.x; if (c >= m) return; const int j = (int)c;"
        "for (long r = (long)blockIdx.y * blockDim.y + threadIdx.y; r < n; r += (long)gridDim.y * blockDim.y) {"
        "const int i = (int)r; u = i + j; }",
        "((long)m + 15) / 16; 7",
        (16, 16),
        "n > 0 && m > 0",
    ),
    "stride and guard": (
        "for (int i = 0; i < n; i++) for (int j = 0; j < m; j++) ;",
        "for (long r = (long)blockIdx.y * blockDim.y + threadIdx.y; r < n; r += (long)gridDim.y * blockDim.y) {"
        "const int i = (int)r; const long c = (long)blockIdx.x * blockDim.x + threadIdx.x;"
        "if (c < m) { const int j = (int)c; u = i + j; } }",
        "((long)m + 15) / 16; 7",
        (16, 16),
        "n > 0 && m > 0",
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_right_kernels_are_proved(name: str) -> None:
    found = located(*SAME[name])
    assert isinstance(found, Located), found
    assert len(found.body) == 1


WRONG = {
    "guard off by one": ("guard", "at < n", "at <= n"),
    "guard too strict": ("guard", "at < n", "at < n - 1"),
    "no guard": ("guard", "if (at < n)", ""),
    "too few blocks": ("guard", "+ 255", "+ 254"),
    "rounded down": ("guard", "((long)n + 255) / 256", "(long)n / 256"),
    "not launched for one": ("guard", "n > 0", "n > 1"),
    "each twice": ("guard", "* blockDim.x", "* 128"),
    "gaps": ("guard", "* blockDim.x", "* 512"),
    "without the block": ("guard", "(long)blockIdx.x * blockDim.x + ", ""),
    "other axis": ("guard", "threadIdx.x", "threadIdx.y"),
    "wraps": ("narrow", "/ 256 + 1", "/ 256 + 2"),
    "narrow counter": ("guard", "(int)at", "(short)at"),
    "shifted": ("guard", "(int)at", "(int)at + 1"),
    "start": ("from one", "(int)(at + 1)", "(int)at"),
    "end": ("from one", "at + 1 < n - 1", "at + 1 < n"),
    "launched at zero": ("from one", "n > 2", "n > 3"),
    "step": ("steps", "3 * (", "2 * ("),
    "blocks for steps": ("steps", "/ 3 + 63", "/ 3 + 62"),
    "direction": ("down", "n - 1 - ", "n - 2 - "),
    "last one down": ("down", "at >= 0", "at > 0"),
    "stride by a block": ("stride", "at += (long)gridDim.x * blockDim.x", "at += blockDim.x"),
    "stride by more": ("stride", "at += (long)gridDim.x * blockDim.x", "at += (long)gridDim.x * blockDim.x + 1"),
    "stride from one": ("stride", "+ threadIdx.x;", "+ threadIdx.x + 1;"),
    "stride guard": ("stride", "at < n", "at < n - 1"),
    "stride without blocks": ("stride", "(long)blockIdx.x * blockDim.x + threadIdx.x", "(long)threadIdx.x"),
    "unsigned, too many": ("unsigned", " given z < 1000000000ul", ""),
    "one axis for two": ("two", "long c = (long)blockIdx.x * blockDim.x + threadIdx.x", "long c = r"),
    "axes of the grid swapped": (
        "two",
        "((long)m + 15) / 16; ((long)n + 15) / 16",
        "((long)n + 15) / 16; ((long)m + 15) / 16",
    ),
    "not launched": ("two", "n > 0 && m > 0", "n > 0 && m > 1"),
    "inner guard": ("two", "if (c < m)", "if (c < n)"),
    "idle axis": ("guard", "((long)n + 255) / 256", "((long)n + 255) / 256; 2"),
    "diagonal": ("triangle", "const long c = i + (", "const long c = i + 1 + ("),
    "below the diagonal": ("triangle", "const long c = i + (", "const long c = ("),
    "inner guard before the end": ("stride and guard", "r < n;", "r < n && r != 5;"),
    "ends with a row": ("inner one first", "r < n;", "r < n && c < r;"),
    "leaves the stride": ("stride and guard", "if (c < m) {", "if (c >= m) return; {"),
    "counter of another loop": ("two", "const int j = (int)c", "const int j = i"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_kernels_are_not(name: str) -> None:
    right, old, new = WRONG[name]
    loops, kernel, blocks, block, path = SAME[right]
    changed = [part.replace(old, new) for part in (kernel, blocks, path)]
    assert changed != [kernel, blocks, path]
    found = located(loops, changed[0], changed[1], (*block, 1), changed[2])
    assert isinstance(found, Open), found


LOOPS = {
    "wraps around": ("for (unsigned i = 0; i <= u; i++) ;", "'i' could wrap around"),
    "unsigned end": ("for (unsigned i = 0; i + 1 < u; i++) ;", "could hold again"),
    "steps over the end": ("for (unsigned i = 0; i < u; i += 2) ;", "'i' could wrap around"),
}


@pytest.mark.parametrize("name", LOOPS)
def test_irregular_loops_are_left_open(name: str) -> None:
    loops, reason = LOOPS[name]
    found = located(
        loops, "const unsigned i = blockIdx.x * blockDim.x + threadIdx.x; if (i < u) u = i;", "1000", (256,)
    )
    assert isinstance(found, Open)
    assert reason in found.reason


def test_an_end_that_wraps_is_followed_exactly() -> None:
    """``u - 1`` is the largest number for u = 0: the loop then runs, and one thread does not do."""
    loops = "for (unsigned i = 0; i < u - 1; i++) ;"
    kernel = "const unsigned i = blockIdx.x * blockDim.x + threadIdx.x; if (i < u - 1) u = i;"
    right = located(loops, kernel, "(u + 254) / 256", (256,), "u > 1 given u < 100000")
    assert isinstance(right, Open), "nothing is launched for u = 0, where C loops nearly for ever"
    assert "not be launched" in right.reason


def test_no_loop_runs_for_ever() -> None:
    """``z - 1`` is 2^64 - 1 for z = 0: that is assumed not to be."""
    loops = "for (unsigned long i = 0; i < z - 1; i++) ;"
    kernel = "const unsigned long i = (unsigned long)blockIdx.x * blockDim.x + threadIdx.x; if (i < z - 1) u = i;"
    assert isinstance(located(loops, kernel, "(z + 254) / 256", (256,), "z > 1 given z < 100000"), Located)
    assert isinstance(located(loops, kernel, "(z + 253) / 256", (256,), "z > 1 given z < 100000"), Open)
