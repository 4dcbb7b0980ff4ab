"""A part of the rules is a module that works, and no more than what was asked for."""

from __future__ import annotations

import doctest
import inspect
import shutil
import subprocess
import sys
import types

import pytest

from transpile.python.rules import cobol_rules
from transpile.python.selection import select

PUBLIC = sorted(
    name
    for name, value in vars(cobol_rules).items()
    if not name.startswith("_") and inspect.getmodule(value) is cobol_rules and callable(value)
)


def loaded(text: str) -> types.ModuleType:
    module = sys.modules["part"] = types.ModuleType("part")
    exec(compile(text, "part.py", "exec"), vars(module))
    return module


@pytest.mark.parametrize("name", PUBLIC)
def test_each_rule_works_alone(name: str) -> None:
    module = loaded(select([name]))
    assert doctest.testmod(module).failed == 0
    assert callable(getattr(module, name))


def test_nothing_that_is_not_needed_is_kept() -> None:
    text = select(["fit_text"])
    assert "Decimal" not in text.partition("import annotations")[2]
    assert len(text.splitlines()) < 25


def test_all_of_it_is_all_of_it() -> None:
    module = loaded(select(PUBLIC))
    assert set(PUBLIC) <= set(vars(module))


def test_an_unknown_rule_is_named() -> None:
    with pytest.raises(KeyError, match="no_such_rule"):
        select(["fit_int", "no_such_rule"])


@pytest.mark.skipif(shutil.which("ruff") is None, reason="needs ruff")
@pytest.mark.parametrize(
    "names", [["fit_decimal", "rounded", "show"], ["edit", "fit_text"], ["Inspection", "Unstring"], PUBLIC]
)
@pytest.mark.parametrize("command", [["check", "--select", "E,F,I,UP,B"], ["format", "--diff"]], ids=lambda c: c[0])
def test_it_passes_ruff(names: list[str], command: list[str]) -> None:
    done = subprocess.run(
        ["ruff", *command, "--line-length", "120", "--isolated", "--stdin-filename", "part.py", "-"],
        input=select(names),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
