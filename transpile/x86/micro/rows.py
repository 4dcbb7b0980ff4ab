"""The shape of the mnemonic tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from transpile.x86.micro.builder import Builder

Rows: TypeAlias = dict[str, Callable[[Builder], None]]
