"""Pairs of a C function and a CUDA program: a folder with NAME.c and NAME.cu, and kernels.toml that says how to call
them, with the keys that datasets/loops/README.md explains. Types are those of the C text and may be left out there."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transpile.trials.compare import EXACT, Close, Comparison
from transpile.trials.facts import Facts, Shape


@dataclass(frozen=True, slots=True)
class Pair:
    name: str
    function: str
    c_text: str
    cuda_text: str
    facts: Facts
    comparison: Comparison


def pairs(folder: Path, cuda_folder: Path | None = None) -> Iterator[Pair]:
    """All pairs of ``folder``, in the order of kernels.toml; the CUDA texts may lie in a folder of their own."""
    described = tomllib.loads((folder / "kernels.toml").read_text())
    for name, kernel in described["kernel"].items():
        cuda = (cuda_folder or folder) / f"{name}.cu"
        if cuda.exists():
            text = (folder / f"{name}.c").read_text()
            how = _comparison(kernel, described["tolerance"])
            yield Pair(name, kernel.get("function", name), text, cuda.read_text(), _facts(kernel), how)


def _facts(kernel: Mapping[str, Any]) -> Facts:
    shapes = [Shape(p["name"], p["extent"], p["access"]) for p in kernel["parameters"] if "extent" in p]
    return Facts(tuple(shapes), requires=tuple(kernel.get("requires", ())))


def _comparison(kernel: Mapping[str, Any], tolerance: Mapping[str, float]) -> Comparison:
    if kernel.get("tolerance", "exact") == "exact":
        return EXACT
    types = {p.get("type") for p in kernel["parameters"]}
    return Close(tolerance["double" if "double" in types else "float"])
