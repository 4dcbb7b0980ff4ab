"""Searches that stop early become reductions that find the same, and other loops stay as they are."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from transpile.c.parse import parse_text
from transpile.c.printing import show_function
from transpile.offload.searches import without_early_ends

HEAD = """#include <math.h>
#include <stdbool.h>
#include <stddef.h>
"""
FIRST = """size_t f(const int *x, size_t n, int t) {
    for (size_t i = 0; i < n; i++) {
        int here = x[i] - t;
        if (here == 0)
            return i;
    }
    return n;
}"""
LAST = """size_t f(const int *x, size_t n, int t) {
    for (int i = n - 1; i >= 0; i -= 2)
        if (x[i] == t || abs(x[i]) > 8)
            return i;
    return n;
}"""
BREAKS = """size_t f(const int *x, size_t n, int t) {
    size_t found = 0;
    for (int i = 1; i < (int)n; i += 3) {
        if (x[i] == t) {
            found = 5;
            found += x[i] + i;
            break;
        }
    }
    for (unsigned i = 0; i <= n - 1 && i < n; i++)
        if (x[i] == t + 1) {
            found = found * 100 + i;
            break;
        }
    return found;
}"""
MAIN = """
#include <stdio.h>
int main(void) {
    int x[17];
    for (unsigned seed = 1; seed < 3000; seed++) {
        unsigned s = seed;
        size_t n = seed % 18;
        for (size_t i = 0; i < n; i++) {
            s = s * 1103515245u + 12345u;
            x[i] = (int)(s >> 16) % 11 - 2;
        }
        printf("%zu\\n", f(x, n, (int)(seed % 9)));
    }
}
"""


def changed(c: str) -> str:
    unit = parse_text(HEAD + "#include <stdlib.h>\n" + c, "f.c")
    return show_function(without_early_ends(unit.function("f")).function)


@pytest.mark.parametrize("c", [FIRST, LAST, BREAKS])
def test_the_same_is_found(c: str, tmp_path: Path) -> None:
    said = []
    for name, text in (("c", c), ("reduction", changed(c))):
        source = tmp_path / f"{name}.c"
        source.write_text(f"{HEAD}#include <stdlib.h>\n{text}\n{MAIN}")
        program = tmp_path / name
        subprocess.run(["gcc", "-O1", "-w", source, "-o", program], check=True)
        said.append(subprocess.run([program], check=True, capture_output=True, text=True).stdout)
    assert "first_i" in changed(c) and "break" not in changed(c)
    assert said[0] == said[1] and len(set(said[0].split())) > 5


def test_what_is_taken_for_granted_is_said() -> None:
    unit = parse_text(HEAD + FIRST, "f.c")
    (note,) = without_early_ends(unit.function("f")).assumed
    assert note.severity == "note" and "that elements are there behind the first one" in note.message


@pytest.mark.parametrize(
    "loop",
    [
        "for (size_t i = 0; i < n; i++) if (g(i)) return i;",
        "for (size_t i = 0; i < n; i++) if (k++ == 3) return i;",
        "for (size_t i = 0; i < n; i++) { k += x[i]; if (k > 3) return i; }",
        "for (size_t i = 0; i < n; i++) { int v = x[i]; if (v) return v; }",
        "for (size_t i = 0; i < n; i++) if (x[i]) return i; else k = 1;",
        "for (size_t i = n; i-- > 0;) if (x[i]) return i;",
        "for (unsigned long i = n; i != 0; i--) if (x[i - 1]) return i;",
        "for (long i = 0; i <= t; i++) if (x[i]) return i;",
        "size_t i; for (i = 0; i < n; i++) if (x[i]) break; return i;",
        "for (size_t i = 0; i < n; i++) if (x[i]) { while (k < 3) { k++; } break; }",
    ],
)
def test_other_loops_stay_as_they_are(loop: str) -> None:
    c = f"{HEAD}int g(size_t i); size_t f(const int *x, size_t n, int t) {{ int k = 0; {loop} return n + k; }}"
    function = parse_text(c, "f.c").function("f")
    searched = without_early_ends(function)
    assert searched.function == function and searched.assumed == ()
