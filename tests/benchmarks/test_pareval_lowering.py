"""C++ as ParEval's baselines have it becomes C that means the same."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pareval.evaluation import Failed, Passed, evaluate_c
from pareval.lowering import lower
from pareval.syntax import Unconvertible, preprocessed
from snippets import BASELINES, SNIPPETS, problem, snippet

from transpile.c.parse import parse_text


def lowered_text(body: str, head: str = "void f(std::vector<int> &x, int a)", context: str = "") -> str:
    baseline = f"{head.replace(' f(', ' correctF(')} {{\n{body}\n}}\n"
    return lower(context, baseline, "correctF", "f").text


@pytest.mark.parametrize("name", SNIPPETS)
def test_the_c_text_is_as_expected(name: str) -> None:
    assert snippet(name).lowered().text == (BASELINES / f"{name}.c").read_text()


@pytest.mark.parametrize("name", SNIPPETS)
def test_the_front_end_reads_the_c_text(name: str) -> None:
    unit = parse_text((BASELINES / f"{name}.c").read_text(), f"{name}.c")
    assert not unit.refusals
    assert name in [function.name for function in unit.functions]


@pytest.mark.parametrize("name", SNIPPETS)
def test_the_c_text_gives_what_the_baseline_gives(name: str, folder: Path) -> None:
    one = snippet(name)
    assert isinstance(evaluate_c(one, one.lowered(), folder, at=SIZES.get(name, (33,))), Passed)


SIZES = {"ordered": (2, 33)}
CHANGES = {
    "brightness": ("p.green * b", "p.green + b"),
    "elimination": ("rows[i] = 0.5", "rows[i] = 0"),
    "folds": ("= -FLT_MAX", "= 9"),
    "initials": ("pages_size - 1", "pages_size - 2 - 30"),
    "ordered": ("odd_size++] = stack[i]", "odd_size++] = stack[0]"),
    "reachable": ("distance + 1", "distance + 2"),
    "scans": ("3 + i", "2 + i"),
    "spectrum": ("-a.im}", "a.im}"),
}


@pytest.mark.parametrize("name", SNIPPETS)
def test_a_change_of_the_c_text_is_noticed(name: str, folder: Path) -> None:
    one = snippet(name)
    old, new = CHANGES[name]
    assert old in one.lowered().text
    changed = replace(one.lowered(), text=one.lowered().text.replace(old, new))
    result = evaluate_c(one, changed, folder, at=(33,))
    assert isinstance(result, Failed)
    assert result.reason.startswith("size 33, forward order: wrong: ")


def test_what_a_result_held_before_does_not_help(folder: Path) -> None:
    one = snippet("elimination")
    text = one.lowered().text
    assert "        x[i] = 1.0;\n" in text
    skipped = text.replace("        x[i] = 1.0;\n", "        if (i % 2) x[i] = 1.0;\n")
    assert evaluate_c(one, replace(one.lowered(), text=skipped), folder, at=(33,)) == Failed(
        "size 33, forward order: wrong: 'x'"
    )


def test_values_that_a_lambda_takes_are_converted() -> None:
    text = lowered_text("std::transform(x.begin(), x.end(), x.begin(), [](double v) { return v / 2; });")
    assert "x[i] = (double)x[i] / 2;" in text


def test_a_sum_of_names_that_contain_plus_is_no_sum() -> None:
    text = lowered_text(
        "int surplus = 2; a = std::reduce(x.begin(), x.end(), 1, [&](int u, int v) { return u * surplus - v; });"
    )
    assert "result = result * surplus - x[i];" in text


def test_elements_are_referred_to_where_the_loop_may_change_them() -> None:
    text = lowered_text("for (const auto &e : x) { x[0] = 3; a += e; }")
    assert "a += x[i];" in text


def test_names_that_are_made_up_are_not_taken() -> None:
    text = lowered_text(
        "int sum = 1; int i = std::reduce(x.begin(), x.end(), sum);", "void f(std::vector<int> &x, int a)"
    )
    assert "int i = sum;" in text
    text = lowered_text("a = std::reduce(x.begin(), x.end());", "void f(std::vector<int> &x, int a, int sum, int i)")
    assert "int sum2 = 0;" in text
    assert "size_t j = 0" in text


def test_what_is_allocated_is_freed_before_each_return() -> None:
    text = lowered_text(
        "std::vector<int> y = x; if (a) { return y[0]; } return 1;", "int f(std::vector<int> &x, int a)"
    )
    assert text.count("free(y);") == 2
    assert text.index("const int result = y[0];") < text.index("free(y);") < text.index("return result;")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("std::map<int, int> m;", "this type is not known: std::map<int, int>"),
        ("while (std::reduce(x.begin(), x.end()) > a) a++;", "an algorithm that is not always run"),
        ("if (a && std::find(x.begin(), x.end(), a) != x.end()) a = 2;", "an algorithm that is not always run"),
        ("std::sort(x.begin() + 1, x.end());", "this is not all of a vector: x.begin() + 1"),
        ("x.push_back(a);", "'x' grows"),
        ("if (a) x.resize(3); x.resize(4);", "a size that changes"),
        ("std::transform(x.begin(), x.end(), x.begin(), [](int v) { v += 1; return v; });", "a lambda that changes"),
        ("std::reverse(x.begin(), x.end());", ""),
        ("a = x.begin() == x.end();", "this method"),
        ("goto end; end: a = 1;", ""),
        ("int *p = &a;", ""),
        ("for (int i = 0; i < a; i++) { std::vector<int> y(3); if (a) break; }", "a loop that is left before"),
        ("auto f = [&](int v) { return v + a; }; a = f(1);", "a lambda that is more than a function of numbers"),
        ("int b = 1 +; ", ""),
        ("std::complex<double> z(1, 2, 3);", "the parts of a complex number"),
        ("a = std::find(x.begin(), x.end()) != x.end();", "the number of arguments"),
        ("x[0, 1] = 2;", ""),
        ("auto m = [](double v) -> int { return v; }; a = m(1);", "a lambda that names its result's type"),
    ],
)
def test_what_has_no_lowering_is_refused_with_its_line(body: str, reason: str) -> None:
    with pytest.raises(Unconvertible) as refused:
        lowered_text(body)
    assert str(refused.value).startswith("line ")
    assert reason in str(refused.value)


@given(st.sampled_from(SNIPPETS), st.integers(0, 10_000), st.integers(0, 10_000), st.booleans())
@settings(max_examples=150, deadline=None)
def test_garbled_text_is_refused_or_lowered(name: str, at: int, other: int, removed: bool) -> None:
    one = snippet(name)
    tokens = re.findall(r"\w+|\s+|.", one.baseline)
    at, other = at % len(tokens), other % len(tokens)
    garbled = "".join([*tokens[:at], *([] if removed else [tokens[other]]), *tokens[at + 1 :]])
    with suppress(Unconvertible):
        assert replace(one, baseline=garbled).lowered().text


def test_elements_that_are_appended_in_each_turn_have_a_place() -> None:
    append = "std::vector<int> y; for (size_t i = 0; i < x.size(); i++) { %s y.push_back(x[i]); } a = y.size();"
    assert "y[i] = x[i];" in lowered_text(append % "")
    for condition in ("if (x[i])", "if (a) continue;", "a = y.size();", "i += a;"):
        assert "y[y_size++] = x[i];" in lowered_text(append % condition)


def test_a_vector_grows_where_nobody_knows_how_far() -> None:
    text = lowered_text("std::vector<int> y; while (a) { y.push_back(a); a--; }")
    assert "y = realloc(y, y_capacity * sizeof(int));" in text


def test_mutual_recursion_is_refused() -> None:
    helpers = "int g(int a);\nint h(int a) { return g(a); }\nint g(int a) { return h(a); }\n"
    with pytest.raises(Unconvertible, match="calls itself through other functions"):
        lowered_text("a = g(a);", context=helpers)


def test_groups_for_other_models_are_left_out() -> None:
    kept = preprocessed("#if defined(USE_CUDA) || defined(USE_HIP)\nint a;\n#else\nint b;\n#endif\nint NO_INLINE c;")
    assert kept.split() == ["int", "b;", "int", "c;"]
    with pytest.raises(Unconvertible, match="is not understood"):
        preprocessed("#if N > 3\n#endif")


def test_a_baseline_has_one_entry() -> None:
    with pytest.raises(Unconvertible, match="one function 'correct…' was expected"):
        _ = problem("none", "int f(int a) {", "int g(int a) { return a; }", "").entry
