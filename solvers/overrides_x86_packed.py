"""x86-64 packed instructions lane by lane."""

from __future__ import annotations

from transpile.solvers.overrides_x86_integer import Handler

PACKED: dict[str, Handler] = {}
