"""Long lines are broken where ``ruff format`` breaks them."""

from __future__ import annotations

import ast
import shutil
import subprocess

import pytest

from transpile.python.wrapping import wrapped

LONG = "a_rather_long_name_of_something"
LINES = [
    f"x = call({', '.join([LONG] * 3)})",
    f"x = call({', '.join([LONG] * 5)})",
    f"x = call(inner({', '.join([LONG] * 4)}), {LONG})",
    f"x = {LONG} + {LONG} + {LONG} + {LONG}",
    f"x = {LONG} + {LONG} * call({LONG}, {LONG})",
    f"x = [{LONG}, {LONG}, {LONG}, {LONG}]",
    f"if {LONG} == {LONG} and {LONG} < {LONG} or {LONG}:",
    f"if {LONG} and call({LONG}, {LONG}, {LONG}):",
    f"while ({LONG} == 1 or {LONG} == 2) and ({LONG} == 3 or {LONG} == 4):",
    f'{LONG}.write_something("{LONG}", key={LONG}, other={LONG})',
    f"x = string({LONG}, [({LONG}, None), ({LONG}, {LONG}), (a, b)], {LONG})",
    f'if {LONG} > "0" or ({LONG} and {LONG} == call("1.5")):',
    f"return {LONG} - {LONG} - {LONG} - {LONG}",
    f"if not ({LONG} == {LONG} and {LONG} == {LONG}):",
    f"x = {LONG} if {LONG} > 1 else {LONG}",
    f"x = {LONG} + 1 if {LONG} > 1 else call({LONG}, 1) if {LONG} and {LONG} > {LONG} else {LONG}",
    f"x = call({LONG} if {LONG} > 1 else {LONG}, 7)",
    f"x[{LONG} - 1] = call({LONG} % 10 + 2, {LONG}, {LONG})",
]


@pytest.mark.skipif(shutil.which("ruff") is None, reason="needs ruff")
@pytest.mark.parametrize("line", LINES)
def test_it_is_what_ruff_makes_of_it(line: str) -> None:
    body = [*wrapped(f"    {line}", 88), *(["        pass"] if line.endswith(":") else [])]
    text = "\n".join(["def f():", *body]) + "\n"
    command = ["ruff", "format", "--isolated", "--line-length", "88", "--stdin-filename", "f.py", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    assert text == done.stdout


def test_a_line_that_has_room_stays_as_it_is() -> None:
    assert wrapped("    x = call(a, b)") == ["    x = call(a, b)"]


def test_a_comment_is_left_alone() -> None:
    line = "# " + "word " * 40
    assert wrapped(line) == [line]


def test_a_condition_within_a_sum_keeps_its_brackets() -> None:
    line = f"x = 3 + ({LONG} if {LONG} > 2 and {LONG} > 19 else {LONG} + {LONG} + {LONG})"
    assert ast.dump(ast.parse("\n".join(wrapped(line, 88)))) == ast.dump(ast.parse(line))


def test_a_part_of_a_longer_text_gets_no_brackets() -> None:
    line = f'    f"{{{LONG}}}{{{LONG}}}{{call({LONG}, {LONG})}}"'
    assert wrapped(line, 88) == [line]
