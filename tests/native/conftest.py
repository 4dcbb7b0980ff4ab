"""Functions written as a few lines of assembly, analysed and proved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import SimpleNamespace

import pytest

import transpile
from transpile.native.lower import LoweredFunction
from transpile.native.prepare import Prepared
from transpile.options import TARGETS, Options
from transpile.planning import Failure, FilePlan, plan_file
from transpile.targets import target_isa


def source_of(functions: dict[str, str], internal: Iterable[str]) -> str:
    """Assembly text: a name and its instructions for each function, separated by ``;``."""
    lines = ["\t.text"]
    for name, body in functions.items():
        lines += [] if name in internal else [f"\t.globl\t{name}"]
        lines += [f"\t.type\t{name}, @function", f"{name}:"]
        lines += [part.strip() if part.strip().endswith(":") else f"\t{part.strip()}" for part in body.split(";")]
    return "\n".join(lines) + "\n"


def _analysed(target: str, internal: Iterable[str] = (), **functions: str) -> SimpleNamespace:
    """``prepared`` and ``lowered`` by function name, and the ``plan`` of the file."""
    plan: FilePlan = plan_file(source_of(functions, internal), "test.s", target_isa(target), Options(jobs=1))
    prepared: dict[str, Prepared | Failure] = dict(plan.prepared)
    lowered: dict[str, LoweredFunction] = {}
    for name in functions:
        proposal = plan.lower(name)
        assert not isinstance(proposal, Failure), proposal.reason
        lowered[name] = proposal.lowered
    return SimpleNamespace(plan=plan, prepared=prepared, lowered=lowered)


def _unproved(internal: Iterable[str] = (), **functions: str) -> list[str]:
    """What is not proved of the translations to all targets."""
    found = []
    for target in TARGETS:
        text = source_of(functions, internal)
        options = Options(jobs=1, allow_untranslated=True)
        translation = transpile.translate(text, target, file="test.s", options=options)
        for _, block in translation.failing("proved"):
            found.append(f"{target} {block.label}: {block.verdict.word}: {block.reason}")
    return found


@pytest.fixture
def analysed() -> Callable[..., SimpleNamespace]:
    return _analysed


@pytest.fixture
def unproved() -> Callable[..., list[str]]:
    return _unproved
