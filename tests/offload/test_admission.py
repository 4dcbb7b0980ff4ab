"""What users meet first: functions that are refused at once, with a place, and those that are not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from transpile.errors import UnsupportedError, UsageError
from transpile.offload.admission import MOST_LOOPS
from transpile.offload.translate import Choices, translate_c, translate_c_text

LOOP = "    for (int i = 0; i < n; i++) a[i] = 1;\n"


def test_parameters_that_cuda_cannot_name_are_refused(choices: Choices) -> None:
    with pytest.raises(UnsupportedError) as caught:
        translate_c_text("void f(int n, float *class)\n{\n" + LOOP.replace("a[", "class[") + "}\n", "f.c", choices)
    assert (caught.value.span.line, caught.value.span.column) == (1, 22)
    assert "called 'class', which is a word of CUDA" in str(caught.value)


def test_thousands_of_loops_are_refused_at_once(choices: Choices) -> None:
    with pytest.raises(UnsupportedError) as caught:
        translate_c_text("void f(int n, float *a)\n{\n" + (MOST_LOOPS + 3) * LOOP + "}\n", "f.c", choices)
    assert caught.value.span.line == MOST_LOOPS + 3
    assert "more than 500 loops" in str(caught.value)


def test_static_functions_are_named(choices: Choices) -> None:
    text = "static void f(int n, float *a)\n{\n" + LOOP + "}\n"
    with pytest.raises(UsageError, match="all functions with a loop in") as caught:
        translate_c_text(text, "f.c", choices)
    assert caught.value.hint == "choose with --function: f"
    found = translate_c_text(text, "f.c", replace(choices, function="f")).translation
    assert next(iter(found.blocks)).verdict.word == "proved"


def test_what_cuda_cannot_say_is_shown_in_the_c_file(choices: Choices) -> None:
    text = "void f(int n, long double *a)\n{\n" + LOOP + "}\n"
    (first, *_) = translate_c_text(text, "f.c", choices).translation.diagnostics
    assert first.message == "cannot write 'long double' on the device in CUDA"
    assert first.span is not None and (first.span.file, first.span.line) == ("f.c", 3)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("global.c", "float table[256];\nvoid f(int n, float *a)\n{\n" + LOOP.replace("1;", "table[i & 255];") + "}\n"),
        ("reference.cpp", "void f(int n, float *a, const float &s)\n{\n" + LOOP.replace("1;", "s;") + "}\n"),
        ("result.c", "int f(int n, float *result)\n{\n" + LOOP.replace("a[", "result[") + "    return n;\n}\n"),
    ],
)
def test_arrays_outside_references_and_any_names_are_translated(
    choices: Choices, tmp_path: Path, file: str, text: str
) -> None:
    (tmp_path / file).write_text(text)
    found = translate_c(tmp_path / file, choices).translation
    assert next(iter(found.blocks)).verdict.word in ("proved", "tested"), found.diagnostics
