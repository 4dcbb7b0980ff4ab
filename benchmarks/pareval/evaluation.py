"""Does a C or a CUDA text pass a ParEval driver? It runs on the emulator, and nothing may be wrong with any run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pareval.driver import arguments, harness, sizes
from pareval.lowering import Lowered
from pareval.problems import Problem
from pareval.syntax import parse, walk
from transpile.emulators.cuda.bounded import Limits
from transpile.emulators.cuda.build import build, build_c
from transpile.emulators.cuda.run import ORDERS, Order, Program
from transpile.errors import SourceErrors

LIMITS = Limits(cpu_s=60, wall_s=120.0)
SEED = 1


@dataclass(frozen=True, slots=True)
class Passed:
    """Valid in every run."""

    runs: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The first thing that was wrong."""

    reason: str


def launches(cu_text: str) -> bool:
    """Whether any of the text runs on the device at all."""
    return any(node.type == "kernel_call_syntax" for node in walk(parse(cu_text)))


Result: TypeAlias = Passed | Failed


def evaluate(
    problem: Problem, lowered: Lowered, cu_text: str, folder: Path, at: Sequence[int] = (), limits: Limits = LIMITS
) -> Result:
    """Run a CUDA text that has the function of ``lowered`` in all orders of threads. ``at``: sizes instead of the
    problem's own. Raises ``ToolError`` where no harness can be built."""
    try:
        program = build(cu_text, harness(problem, lowered), folder)
    except SourceErrors as errors:
        return Failed(f"does not compile: {errors.render()}")
    return _validated(program, at or sizes(problem), ORDERS, limits)


def evaluate_c(problem: Problem, lowered: Lowered, folder: Path, at: Sequence[int] = ()) -> Result:
    """The same for the C text: does it mean what the baseline means?"""
    try:
        program = build_c(lowered.text, harness(problem, lowered), folder)
    except SourceErrors as errors:
        return Failed(f"does not compile: {errors.render()}")
    return _validated(program, at or sizes(problem), ORDERS[:1], LIMITS)


def _validated(program: Program, at: Sequence[int], orders: Sequence[Order], limits: Limits) -> Result:
    runs = 0
    for size in at:
        for order in orders:
            run = program.run(arguments(size, SEED), order, seed=SEED, limits=limits)
            where = f"size {size}, {order} order"
            if not run.ok:
                fault = str(run.faults[0]) if run.faults else f"exit code {run.exit_code}"
                return Failed(f"{where}: {fault}")
            if run.outputs != b"\x01":
                said = run.messages.strip().splitlines()
                return Failed(f"{where}: {said[-1] if said else 'the result differs'}")
            runs += 1
    return Passed(runs)
