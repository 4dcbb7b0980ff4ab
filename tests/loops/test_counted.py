"""Which loops are counted, what they count, and why others are not."""

from __future__ import annotations

import pytest

from transpile.c.parse import parse_text
from transpile.c.printing import text
from transpile.c.tree import For
from transpile.c.walking import walk
from transpile.loops.counted import Counted, Irregular, Nest, counted, nest


def loop(header: str, body: str = "a[0] = 0;", parameters: str = "int n, int *a, int *b") -> For:
    unit = parse_text(
        f"#include <stddef.h>\nvoid g(int *p);\nvoid f({parameters})\n{{ int k = 0; {header} {{ {body} }} }}"
    )
    return next(node for node in walk(unit.functions[-1].body) if isinstance(node, For))


def facts(found: Counted) -> tuple[str, str, int, list[str]]:
    bounds = [f"{text(bound.left)} {bound.comparison} {text(bound.right)}" for bound in found.bounds]
    return found.counter.name, text(found.start), found.step, bounds


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("for (int i = 0; i < n; i++)", ("i", "0", 1, ["i < n"])),
        ("for (int i = n - 1; i >= 0; --i)", ("i", "n - 1", -1, ["i >= 0"])),
        ("for (int i = 0; i <= n; i += 2)", ("i", "0", 2, ["i <= n"])),
        ("for (int i = 0; n > i; i = i + 3)", ("i", "0", 3, ["i < n"])),
        ("for (int i = 0; n > i; i = 3 + i)", ("i", "0", 3, ["i < n"])),
        ("for (int i = n; i > 0; i = i - 2)", ("i", "n", -2, ["i > 0"])),
        ("for (k = 1; k != n; k++)", ("k", "1", 1, ["k != n"])),
        ("for (; k < n; k++)", ("k", "k", 1, ["k < n"])),
        ("for (int i = 1; i + 1 < n; i++)", ("i", "1", 1, ["i + 1 < n"])),
        ("for (int i = 0; 2 * i < n; i++)", ("i", "0", 1, ["2 * i < n"])),
        ("for (int i = 0; n - i > 1; i++)", ("i", "0", 1, ["n - i > 1"])),
        ("for (int i = 0; i < n && i < 100; i++)", ("i", "0", 1, ["i < n", "i < 100"])),
        ("for (int i = 0; i < b[0]; i++)", ("i", "0", 1, ["i < b[0]"])),
        ("for (size_t i = 0; i < (size_t)n; i++)", ("i", "0", 1, ["i < (size_t)n"])),
        ("for (size_t i = n; i-- > 0;)", ("i", "n", -1, ["i > 0"])),
        ("for (int i = n; i--;)", ("i", "n", -1, ["i > 0"])),
    ],
)
def test_counted_loops(header: str, expected: tuple[str, str, int, list[str]]) -> None:
    found = counted(loop(header))
    assert isinstance(found, Counted)
    assert facts(found) == expected
    assert found.stepping == ("i--" in header and "--i" not in header)
    assert found.declared == ("int i" in header or "size_t i" in header)


def test_a_bound_that_reads_memory_names_it() -> None:
    found = counted(loop("for (int i = 0; i < b[0]; i++)"))
    assert isinstance(found, Counted)
    assert [variable.name for variable in found.reads] == ["b"]


def test_an_int_counter_may_have_a_wider_bound() -> None:
    found = counted(loop("for (int i = 0; i < m; i++)", parameters="size_t m, int *a"))
    assert isinstance(found, Counted)
    assert found.bounds[0].plain


@pytest.mark.parametrize(
    ("header", "body", "reason"),
    [
        ("for (int i = 0; ; i++)", "", "it has no condition"),
        ("for (int i = 0; i < n;)", "i++;", "it has no step"),
        ("for (int i = 0; i < n; i *= 2)", "", "its step does not add a constant to one variable"),
        ("for (int i = 0; i < n; i += n)", "", "its step does not add a constant to one variable"),
        ("for (int i = 0, j = 0; i < n; i++)", "", "its header does not set 'i' alone"),
        ("for (int i = 0; i > n; i++)", "", "'i' moves away from its bound"),
        ("for (int i = 0; i != n; i += 2)", "", "with steps of 2, '!=' may miss the end"),
        ("for (int i = 0; i * i < n; i++)", "", "its condition is not linear in 'i'"),
        ("for (int i = 0; i < n || i < 3; i++)", "", "its condition is not made of comparisons that '&&' joins"),
        ("for (int i = 0; k < n; i++)", "", "'i' does not stand on one side of its condition alone"),
        ("for (int i = 0; i < n; i++)", "i++;", "its body changes 'i'"),
        ("for (int i = 0; i < n; i++)", "g(&i);", "the address of 'i' is taken"),
        ("for (int i = 0; i < n; i++)", "n--;", "'n' in its condition changes in the loop"),
        ("for (int i = 0; i < b[0]; i++)", "b[0] = 1;", "its condition reads memory that its body writes"),
        ("for (int i = 0; i < n; i++)", "if (a[i]) break;", "its body breaks out of it"),
        ("for (int i = 0; i < n; i++)", "return;", "its body returns"),
        ("for (int i = 0; i < n; i++)", "goto out; out:;", "there is a jump or a label in its body"),
    ],
)
def test_irregular_loops(header: str, body: str, reason: str) -> None:
    found = counted(loop(header, body))
    assert isinstance(found, Irregular)
    assert found.reason == reason


def test_a_break_of_an_inner_loop_or_a_switch_does_no_harm() -> None:
    body = "while (1) break; switch (n) { case 1: break; } if (n) continue;"
    assert isinstance(counted(loop("for (int i = 0; i < n; i++)", body)), Counted)


def test_a_nest_is_as_deep_as_it_is_perfect() -> None:
    inner = "for (int j = i; j < n; j++) { for (int l = 0; l < 2; l++) a[l] = j; a[j] = 1; }"
    found = nest(loop("for (int i = 0; i < n; i++)", inner))
    assert isinstance(found, Nest)
    assert [one.counter.name for one in found.loops] == ["i", "j"]
