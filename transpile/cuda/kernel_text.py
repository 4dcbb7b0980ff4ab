"""Kernels as text: parameters, bodies, and launches."""

from __future__ import annotations

from collections.abc import Sequence

from transpile.cuda.capture import Parameter
from transpile.cuda.context import Context, Kernel, indented
from transpile.cuda.resolve import Nest

_WIDTH = 118


def add(
    context: Context, nest: Nest, name: str, taken: Sequence[Parameter], lines: Sequence[str], grid: str, block: str
) -> str:
    """Adds a kernel with the given body; gives its name."""
    name = context.fresh(name)
    text = "\n".join([*header(f"__global__ void {name}(", taken), "{", *indented(lines), "}"])
    context.kernels.append(Kernel(name, text, nest.statement.span, grid, block))
    return name


def header(start: str, taken: Sequence[Parameter]) -> list[str]:
    """``start`` and the parameters, in lines of bearable length."""
    lines = [start]
    for place, parameter in enumerate(taken):
        piece = parameter.declaration + ("," if place < len(taken) - 1 else "")
        if place and len(lines[-1]) + len(piece) >= _WIDTH:
            lines.append(" " * len(start) + piece)
        else:
            lines[-1] += f" {piece}" if place else piece
    return [*lines[:-1], f"{lines[-1]})"]


def launched(name: str, grid: str, block: str, taken: Sequence[Parameter]) -> list[str]:
    """The lines of the host that launch a kernel."""
    arguments = ", ".join(parameter.argument for parameter in taken)
    return [f"{name}<<<{grid}, {block}>>>({arguments});", "CHECK(cudaGetLastError());"]
