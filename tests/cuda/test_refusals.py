"""Plans that make no sense are refused at their line, and C that CUDA cannot say by name."""

from __future__ import annotations

import pytest

from transpile.c.parse import parse_text
from transpile.cuda.emit import emit
from transpile.cuda.plan_text import parse
from transpile.errors import SourceError, SourceErrors

C = """\
double sum(int n, const double *x, double *y, long double z, int (*f)(int)) {
    double s = 0, t = 0;
    for (int i = 0; i < n; i++)
        s += x[i];
    for (int i = 0; i < n; i++) {
        t = x[i];
        for (int j = 0; j < i * i; j++)
            y[j] += t;
    }
    for (int i = 0; i < n; i++) {
        y[i] = f(x[i]);
        if (y[i] < 0)
            return 1;
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i * n; j++)
            y[i * n + j] = 1;
    return s;
}
"""
GOOD = """array x: n in
array y: n inout
3: grid reduce s +
5: single
10: host
15: grid
"""


def refused(c: str, plan: str, name: str = "sum") -> list[SourceError]:
    unit = parse_text(c, "sum.c")
    try:
        emit(unit, unit.function(name), parse(plan, "sum.plan"))
    except SourceErrors as errors:
        return list(errors.errors)
    except SourceError as error:
        return [error]
    raise AssertionError("nothing was refused")


FRONTS = """void f(int n, double *a) {
    for (int i = 1; i < n; i++)
        for (int j = 1; j < n; j += 2)
            a[i * n + j] = a[i * n + j - 1];
    for (int i = n; i-- > 0;)
        for (int j = 0; j < n; j++)
            a[i * n + j] += a[i * n + n + j];
    for (int i = 1; i < n; i++) {
        a[i] = 0;
        for (int j = 1; j < n; j++)
            a[i * n + j] -= a[i * n + j - 1];
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i * i; j++)
            a[i * n + j] -= a[i * n];
    for (int i = 1; i < n; i++)
        for (int j = 1; j < i; j++)
            a[i * n + j] -= a[i * n + j - n];
}
"""


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("2: wavefront i + k", "a front is a sum of the counters 'i' and 'j' of these loops"),
        ("2: wavefront i + j", "'j', and the step of its loop, count 1 or -1 in a front"),
        ("5: wavefront j - i", "a loop of a wavefront takes its step in its header"),
        ("8: wavefront i + j", "the statement on line 9 is between the loops of the grid, so no thread would run it"),
        ("13: wavefront i + 2 * j", "'j', and the step of its loop, count 1 or -1 in a front"),
        (
            "13: wavefront i + j",
            "how many threads the loop on line 14 needs depends on 'i' in a way that is not understood",
        ),
        ("16: wavefront i + j private a", "'a' is an array of the device, so no thread has it for itself"),
    ],
)
def test_fronts_that_do_not_fit_their_loops(step: str, message: str) -> None:
    found = refused(FRONTS, f"array a: n * n inout\n{step}\n", "f")
    assert [error.message for error in found] == [message]


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("array x: n", "array q: n", "1:7", "'sum' has no variable 'q'"),
        ("array x: n", "array n: n", "1:7", "'n' is not an array"),
        ("array x: n", "array x: m", "1:7", "in the extent of 'x': 'm' is not an integer of the function"),
        ("array x: n", "array x: (n", "1:7", "in the extent of 'x': ')' is missing"),
        ("array x: n", "array x: n; n", "1:7", "in the extent of 'x': '; n' is not expected"),
        ("y: n inout", "y: n in", "2:7", "'y' is 'in', but a kernel writes it"),
        ("x: n in", "x: n out", "1:7", "'x' is const, so it is 'in'"),
        ("array x: n in\n", "", "2:1", "the loop uses 'x', which the plan does not say how to copy"),
        ("y: n inout", "y: n inout\narray y: n in", "3:7", "there is an array 'y' already"),
        ("y: n inout", "y: n inout\ndistinct x z", "3:1", "there is no line 'array z:'"),
        ("3: grid reduce s +", "4: grid", "3:1", "no loop of 'sum' begins there"),
        ("3: grid reduce s +", "3: grid", "3:1", "'s' is written on line 4: say what becomes of it"),
        ("reduce s +", "reduce q +", "3:1", "the loop uses no variable 'q' from outside"),
        ("reduce s +", "reduce s &", "3:1", "'s' has no bits"),
        ("reduce s +", "reduce s + reduce s *", "3:1", "a variable is reduced twice"),
        ("reduce s +", "reduce s + block 24", "3:1", "a block of 24 threads cannot be halved down to 1"),
        ("reduce s +", "reduce s + atomic x", "3:1", "'x' is used on line 4 in another way than by an atomic update"),
        ("5: single", "5: grid private t atomic y per-block y", "4:1", "'per-block y' needs 'atomic y', and a number"),
        ("5: single", "5: grid private t per-block y", "4:1", "'per-block y' needs 'atomic y', and a number"),
        ("5: single", "5: grid y=5 x=7 private t", "4:1", "the statement on line 6 is between the loops of the grid"),
        ("5: single", "5: grid x=7", "4:1", "'5' must be the outermost of its loops, with 7 nested in it"),
        ("5: single", "5: single\n7: single", "5:1", "the loop is within that of '5:' or around it"),
        ("5: single\n", "", "1:1", "the plan does not say what becomes of the loop on line 5"),
        ("10: host", "10: grid", "5:1", "the loop on line 10 is not counted: its body returns (line 13)"),
        ("15: grid", "15: grid y=15 x=16", "6:1", "how many threads the loop on line 16 needs depends on 'i'"),
        ("15: grid", "15: grid tile y halo 1", "6:1", "'y[i * n + j]' on line 17 is not within 1 of"),
        ("15: grid", "15: grid strip 16 16", "6:1", "strips need two loops in blocks"),
        ("15: grid", "15: scan y +", "6:1", "the loop does more than to set an element of 'y'"),
        ("3: grid reduce s +", "3: scan t +", "3:1", "the loop uses no variable 't' from outside"),
    ],
)  # fmt: skip
def test_plans_without_sense(old: str, new: str, place: str, message: str) -> None:
    c = C.replace("long double z, ", "").replace(", int (*f)(int)", "").replace("f(x[i])", "x[i]")
    assert old in GOOD
    found = refused(c, GOOD.replace(old, new, 1))
    assert found[0].message.startswith(message)
    assert str(found[0].span) == f"sum.plan:{place}"


@pytest.mark.parametrize(
    ("before", "body", "message"),
    [
        ("typedef long double T;", "x[i] = 1;", "'long double' on the device"),
        ("#include <stdlib.h>", "x[i] = rand();", "a call of 'rand' on the device"),
        ("int g(int);", "x[i] = g(i);", "a call of 'g' on the device"),
        ("", "{ static int s; x[i] = s; }", "the static variable 's' on the device"),
        ("", "{ int t[n]; x[i] = t[0] = 1; }", "the array 't' of variable length on the device"),
        ("", "x[i] = h(i);", "a call through a pointer on the device"),
        ("", "x[i] = 1; x++;", "a change of the pointer 'x', whose array is on the device"),
        ("", "x[i] = 1; int t[n]; t[0] = 1;", "the array 't' of variable length on the host"),
        ("", "x[i] = 1; goto end; end: ;", "jumps around kernels"),
        ("struct s { int a, b; };", "{ struct s v = {.b = 1}; x[i] = v.a; }", "a designator out of order"),
        ("int delete(int x) { return x; }", "x[i] = delete(i);", "a function called 'delete'"),
        ("static int g; int h(void) { return g; }", "x[i] = h();", "a function of the device that uses 'g'"),
    ],
)
def test_c_that_cuda_does_not_have(before: str, body: str, message: str) -> None:
    type = "T" if "T;" in before else "int"
    parameters = f"int n, {type} *x" + ", int (*h)(int)" * ("h(i)" in body)
    c = f"{before}\nvoid f({parameters}) {{ for (int i = 0; i < n; i++) {body} }}"
    (error,) = refused(c, "array x: n inout\n2: grid", "f")
    assert error.message == f"cannot write {message} in CUDA"
    assert error.span.file == "sum.c"


def test_a_scan_whose_sum_comes_from_what_the_iteration_writes_is_refused() -> None:
    c = """int f(int n, const int *x, int *y) {
    int k = 0;
    for (int i = 0; i < n; i++) { y[i] = x[i] * 2; k += y[i]; y[i] = k; }
    return k;
}"""
    (error,) = refused(c, "array x: n in\narray y: n out\n3: scan k +", "f")
    assert error.message == "line 3 reads 'y', which the iteration has written before, to set 'k'"


@pytest.mark.parametrize(
    ("clause", "extent", "message"),
    [
        ("", 8, "'per-block' is for additions, which the update on line 4 is not"),
        ("tile x halo 1", 8, "'per-block' is for one loop, without tiles and strips"),
        ("", 20000, "a block has 49152 bytes of shared memory"),
    ],
)
def test_copies_of_blocks_are_refused(clause: str, extent: int, message: str) -> None:
    operator = "+=" if extent > 8 or clause else "|="
    update = f"    for (int i = 0; i < n; i++)\n\n        h[x[i]] {operator} 1;\n"
    c = f"void f(int n, const int *x, int *h) {{\n{update}}}\n"
    plan = f"array x: n in\narray h: {extent} inout\n2: grid atomic h per-block h {clause}\n"
    (error,) = refused(c, plan, "f")
    assert message in error.message
