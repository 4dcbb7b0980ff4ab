"""Inputs: what roles are seen in a function, that values keep to them, and that formulas mean what C means."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transpile.c.parse import parse_text
from transpile.errors import UsageError
from transpile.trials.elements import Unsuited
from transpile.trials.facts import PLAIN, Facts, Role, RowPointers, Scalar, Shape, Sizes, Subscripts
from transpile.trials.formulas import Unknown, read_formulas, shown, value
from transpile.trials.inputs import Input, Invalid, Overlap, Recipe, make, overlaps
from transpile.trials.sizes import combinations, lengths, smaller
from transpile.trials.subject import Subject, subject
from transpile.trials.values import NANS, NORMAL, SMALL, USUAL, Distribution


def the_subject(text: str, *shapes: Shape, **facts: object) -> Subject:
    unit = parse_text(text)
    return subject(unit, unit.functions[-1].name, Facts(shapes, **facts))  # type: ignore[arg-type]


def made(subject: Subject, sizes: Mapping[str, int], distribution: Distribution = SMALL, seed: int = 1) -> Input:
    return make(subject, Recipe(sizes, distribution, 0, seed), 100_000)


def ints(content: bytes) -> Sequence[int]:
    return struct.unpack(f"={len(content) // 4}i", content)


SPMV = """
void spmv(int n, int m, const int *row, const int *col, const double *v, const double *x, double *y) {
    for (int i = 0; i < n; i++)
        for (int k = row[i]; k < row[i + 1]; k++)
            y[i] += v[k] * x[col[k]];
}
"""
OF_SPMV = (
    Shape("row", "n + 1", "in"),
    Shape("col", "row[n]", "in"),
    Shape("v", "row[n]", "in"),
    Shape("x", "m", "in"),
    Shape("y", "n"),
)
SEEN = (
    ("void f(int n, int bins, int *h, int *key) { for (int i = 0; i < n; i++) h[key[i]]++; }",
     {"h": "bins", "key": "n"}, {"key": "bins"}),
    ("void f(int n, int m, float *a, int *at) { for (int i = 0; i < n; i++) { int j = at[i]; a[j * m + 1] = 0; } }",
     {"a": "n * m", "at": "n"}, {"at": "n * m / m"}),
    ("void f(int *n, float *a) { for (int i = 0; i < n[0]; i++) a[i] = 0; }", {"n": "1", "a": "n[0]"}, {"n": Sizes()}),
    ("void f(int n, int w, int *len, int *a) { for (int i = 0; i < n; i++) for (int j = 0; j < len[i]; j++) a[j]++; }",
     {"len": "n", "a": "w"}, {"len": "w"}),
    ("void f(int n, int *a, int *b) { for (int i = 0; i < n; i++) a[i] = b[i]; }", {"a": "n", "b": "n"}, {}),
    ("void f(int n, int z, int *p, int *v) { for (int i = 0; i < n; i++) for (int k = p[i]; k < p[i+1]; k++) v[k]++; }",
     {"p": "n + 1", "v": "z"}, {"p": RowPointers("z")}),
)  # fmt: skip


def in_words(role: Role) -> object:
    match role:
        case Subscripts(limit):
            return shown(limit)
        case RowPointers(total):
            return RowPointers(None if total is None else shown(total))
    return role


@pytest.mark.parametrize(("text", "extents", "expected"), SEEN)
def test_roles_are_seen_in_the_text(text: str, extents: dict[str, str], expected: dict[str, object]) -> None:
    found = the_subject(text, *(Shape(name, extent) for name, extent in extents.items()))
    roles = {array.name: in_words(array.role) for array in found.arrays if array.role != PLAIN}
    assert roles == expected


@pytest.mark.parametrize("distribution", USUAL, ids=lambda distribution: distribution.name)
def test_index_arrays_keep_to_their_ranges(distribution: Distribution) -> None:
    tried = the_subject(SPMV, *OF_SPMV)
    given = made(tried, {"n": 9, "m": 4}, distribution)
    row, col = ints(given.memory["row"]), ints(given.memory["col"])
    assert len(row) == 10 and row[0] == 0 and list(row) == sorted(row)
    assert len(col) == row[-1] == len(given.memory["v"]) // 8
    assert all(0 <= c < 4 for c in col)
    assert not col or distribution.name.startswith("zeros") or max(col) == 3


def test_the_same_recipe_gives_the_same_input() -> None:
    tried = the_subject(SPMV, *OF_SPMV)
    first, second, other = (made(tried, {"n": 9, "m": 4}, NORMAL, seed) for seed in (5, 5, 6))
    assert first == second and first.packed(tried) == second.packed(tried)
    assert first.packed(tried) != other.packed(tried)


def test_sizes_from_memory_are_sizes() -> None:
    text = "void f(int *n, float *a) { for (int i = 0; i < n[0]; i++) a[i] = 0; }"
    tried = the_subject(text, Shape("n", "1"), Shape("a", "n[0]"))
    assert tried.dimensions == ("n",)
    given = made(tried, {"n": 7})
    assert ints(given.memory["n"]) == (7,) and given.counts["a"] == 7


def test_structures_are_made_of_their_members() -> None:
    text = "struct s { char c; double d[2]; _Bool b; }; void f(int n, struct s *p) { p[n - 1].c = 0; }"
    tried = the_subject(text, Shape("p", "n"))
    element = tried.arrays[0].element
    assert [(leaf.path, leaf.offset) for leaf in element.leaves] == [(".c", 0), (".d[0]", 8), (".d[1]", 16), (".b", 24)]
    memory = made(tried, {"n": 3}, NORMAL).memory["p"]
    assert len(memory) == 3 * 32 and memory[24] in (0, 1) and memory[1:8] == bytes(7)


def test_rows_of_varying_length_are_counted() -> None:
    tried = the_subject("void f(int n, int m, float a[n][m]) { a[0][0] = 0; }", Shape("a", "n"))
    assert len(made(tried, {"n": 3, "m": 5}).memory["a"]) == 3 * 5 * 4
    assert tried.dimensions == ("n", "m")


def test_negative_sizes_have_empty_arrays() -> None:
    tried = the_subject(SPMV, *OF_SPMV[:1], Shape("col", "m"), Shape("v", "m"), *OF_SPMV[3:])
    given = made(tried, {"n": -1, "m": -1})
    assert set(given.counts.values()) == {0} and given.scalars == {"n": -1, "m": -1}


@pytest.mark.parametrize(
    ("sizes", "requires", "reason"),
    [
        ({"n": 300, "c": 300}, (), "c cannot be 300"),
        ({"n": 3, "c": 3}, ("n > 3",), "the facts exclude these sizes"),
        ({"n": 100_001, "c": 1}, (), "the arrays would be too large"),
        ({"n": 3, "c": 0}, ("n % c == 0",), "a division by zero"),
    ],
)
def test_sizes_that_give_no_input(sizes: dict[str, int], requires: tuple[str, ...], reason: str) -> None:
    text = "void f(int n, char c, float *x) { for (int i = 0; i < n; i++) x[i] = c; }"
    tried = the_subject(text, Shape("x", "n * (c != 0 || 1)"), requires=requires)
    with pytest.raises(Invalid, match=reason):
        made(tried, sizes)


def test_scalars_take_only_the_values_they_may() -> None:
    text = "void f(int n, float a, float *x) { for (int i = 0; i < n; i++) x[i] *= a; }"
    tried = the_subject(text, Shape("x", "n"), scalars=(Scalar("a", (0.25, 4.0)),))
    recipes = [Recipe({"n": 2}, NANS, turn, 1) for turn in range(3)]
    assert [make(tried, recipe, 10).scalars["a"] for recipe in recipes] == [0.25, 4.0, 0.25]


def test_arrays_overlap_only_where_c_lets_them() -> None:
    body = "{ for (int i = 0; i < n; i++) a[i] = b[i] + c[i]; }"
    shapes = (Shape("a", "n", "out"), Shape("b", "n", "in"), Shape("c", "n", "in"))
    free = the_subject(f"void f(int n, float *a, const float *b, const float *c) {body}", *shapes)
    assert {(o.first, o.second) for o in overlaps(free)} == {("a", "b"), ("a", "c")}
    bound = the_subject(f"void f(int n, float *restrict a, const float *b, const float *c) {body}", *shapes)
    assert not list(overlaps(bound))
    mixed = the_subject(f"void f(int n, float *a, const double *b, const float *restrict c) {body}", *shapes)
    assert not list(overlaps(mixed))


@pytest.mark.parametrize("shift", [0, 1, -1, 5])
def test_memory_holds_both_of_two_that_overlap(shift: int) -> None:
    text = "void f(int n, int *a, int *b) { for (int i = 0; i < n; i++) a[i] = b[i]; }"
    tried = the_subject(text, Shape("a", "n"), Shape("b", "n"))
    given = make(tried, Recipe({"n": 3}, SMALL, 0, 1, Overlap("a", "b", shift)), 100)
    first, second = given.placements["a"], given.placements["b"]
    assert second.base == first.base == 0
    assert second.offset - first.offset == 4 * shift
    assert len(given.memory["a"]) == first.size == 4 * (3 + abs(shift))
    assert "b" not in given.memory


@pytest.mark.parametrize(
    ("text", "shapes", "reason"),
    [
        ("void f(int n, float *x) {}", (), "the size of 'x'"),
        ("void f(float **x) {}", (Shape("x", "1"),), "'x' points to a type"),
        ("struct s { int a; }; void f(struct s x) {}", (), "'x' has a type"),
        ("int c; void g(void) { c++; } void f(void) { g(); }", (), "'g' writes 'c'"),
        ("void f(void) { static int c; c = 1; }", (), "'f' writes 'c'"),
    ],
)
def test_functions_that_cannot_be_tried(text: str, shapes: tuple[Shape, ...], reason: str) -> None:
    with pytest.raises(Unsuited, match=reason):
        the_subject(text, *shapes)


@pytest.mark.parametrize("formula", ["n +", "n); (m", "nobody", "x", '"text"', "1.5", "n; n"])
def test_formulas_that_are_none(formula: str) -> None:
    with pytest.raises((UsageError, Unknown)):
        unit = parse_text("void f(int n, int m, float *x) {}")
        (tree,) = read_formulas(unit, unit.functions[0], [formula])
        value(tree, {"n": 1, "m": 2})


def test_facts_about_other_parameters_are_refused() -> None:
    with pytest.raises(UsageError, match="no array parameter 'y'"):
        the_subject("void f(int n) {}", Shape("y", "n"))
    with pytest.raises(UsageError, match="'n' cannot have these values"):
        the_subject("void f(int n) {}", scalars=(Scalar("n", (0.5,)),))
    with pytest.raises(UsageError, match="no scalar parameter 'y'"):
        the_subject("void f(int n) {}", scalars=(Scalar("y", (1,)),))


NUMBERS = st.integers(-9, 9)


@settings(max_examples=40, deadline=None)
@given(NUMBERS, NUMBERS, st.sampled_from(["+", "-", "*", "/", "%", "<", ">=", "==", "&", "|", "^", "&&", "||"]))
def test_formulas_mean_what_c_means(a: int, b: int, sign: str) -> None:
    unit = parse_text("void f(int a, int b) {}")
    (tree,) = read_formulas(unit, unit.functions[0], [f"a {sign} b"])
    if sign in "/%" and b == 0:
        with pytest.raises(Unknown):
            value(tree, {"a": a, "b": b})
        return
    written = {
        "/": "int(a / b)",
        "%": "a - b * int(a / b)",
        "&&": "int(a != 0 and b != 0)",
        "||": "int(a != 0 or b != 0)",
    }
    assert value(tree, {"a": a, "b": b}) == int(eval(written.get(sign, f"a {sign} b")))


def test_macros_of_the_file_are_known_to_formulas() -> None:
    tried = the_subject("#define N 6\nvoid f(float *x) { x[N - 1] = 0; }", Shape("x", "N * sizeof(int)"))
    assert made(tried, {}).counts == {"x": 24}


def test_sizes_are_around_blocks_and_uneven() -> None:
    assert {0, 1, 2, 255, 256, 257, 775} <= set(lengths((256,)))
    several = list(combinations(("n", "m"), ("steps",), (16, 8)))
    assert len(several) == len({tuple(s.values()) for s in several})
    assert any(s["n"] > 16 > 3 >= s["m"] for s in several[:10]) and any(s["m"] > 16 > s["n"] for s in several[:10])
    assert {s["steps"] for s in several} == {0, 1, 2, 3, 5}
    assert list(combinations((), (), (16,))) == [{}]


def test_smaller_sizes_are_smaller() -> None:
    for found in smaller({"n": 40, "m": 3, "k": 0}):
        assert sum(found.values()) < 43 and all(v >= 0 for v in found.values())


def test_values_fit_their_types() -> None:
    text = (
        "void f(int n, int m, unsigned char *at, float *x, unsigned char *row, float *v) {"
        " for (int i = 0; i < n; i++) { x[at[i]]++; for (int k = row[i]; k < row[i + 1]; k++) v[k]++; } }"
    )
    tried = the_subject(text, Shape("at", "n"), Shape("x", "m"), Shape("row", "n + 1"), Shape("v", "m"))
    assert max(made(tried, {"n": 50, "m": 200}).memory["at"]) == 199
    with pytest.raises(Invalid, match="elements of 'row'"):
        made(tried, {"n": 5, "m": 300})
