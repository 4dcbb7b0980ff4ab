"""The targets by name: where a new one gets its row."""

from __future__ import annotations

from importlib import import_module

from transpile.errors import UsageError
from transpile.native.abi import TargetIsa
from transpile.native.canonical.fusion import Fusion
from transpile.native.canonical.syntax import Syntax

ROOMS = {"riscv": "transpile.riscv.target", "aarch64": "transpile.aarch64.target"}


def target_isa(name: str) -> TargetIsa:
    """The target called ``name``; raises UsageError with the names there are."""
    if name not in ROOMS:
        raise UsageError(f"unknown target '{name}'", f"choose one of {', '.join(ROOMS)}")
    target: TargetIsa = import_module(ROOMS[name]).TARGET
    return target


def syntax_of(name: str) -> Syntax:
    """How the canonical form spells the target called ``name``."""
    syntax: Syntax = import_module(ROOMS[name].removesuffix("target") + "syntax").SYNTAX
    return syntax


def fusions_of(name: str) -> tuple[Fusion, ...]:
    """Pairs of instructions that one can do, on the target called ``name``."""
    return tuple(import_module(ROOMS[name].removesuffix("target") + "fusions").fusions())
