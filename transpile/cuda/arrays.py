"""Arrays on the device: allocation, the first copies, and freeing."""

from __future__ import annotations

from collections.abc import Sequence

from transpile.c.spelling import type_text
from transpile.c.types import Pointer
from transpile.cuda.capture import declared, row
from transpile.cuda.context import Context
from transpile.cuda.dialect import innermost
from transpile.cuda.resolve import DeviceArray


def size(context: Context, array: DeviceArray) -> str:
    """The declaration of the array's size."""
    element = type_text(innermost(array.variable.type))
    return f"const size_t {context.size(array)} = {context.extent(array)} * sizeof({element});"


def allocated(context: Context, array: DeviceArray) -> list[str]:
    """The declaration of the pointer, and the call."""
    name = context.device(array)
    base = declared(name, Pointer(row(array.variable)))
    return [f"{base};", f"CHECK(cudaMalloc(&{name}, {context.size(array)}));"]


def released(context: Context, arrays: Sequence[DeviceArray]) -> list[str]:
    return [f"CHECK(cudaFree({context.device(array)}));" for array in arrays]
