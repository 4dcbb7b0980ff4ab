"""Kernels of ``datasets/loops`` with plans written by hand compute what the C functions compute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_a_planned_loop_computes_what_the_c_function_computes(planned: Any, case: Callable[..., Any]) -> None:
    built = case(planned.c, planned.plan, planned.signature)
    for arguments in planned.arguments():
        built.agree(*arguments, tolerance=planned.tolerance)
