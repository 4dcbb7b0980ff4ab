"""What CUDA C++ adds to C, by name: the functions of a kernel that depend on types, and the ones that synchronise."""

from __future__ import annotations

from collections.abc import Mapping

from transpile.c.dialect import Generic
from transpile.c.types import INT, VOID

LAUNCH = "__launch"
"""``k<<<grid, block>>>(x)`` is read as ``(__launch(grid, block), k(x))``."""
DIM3 = "__dim3"
"""``dim3 block(16, 16);`` is read as ``dim3 block = __dim3(16, 16);``."""

BARRIERS = frozenset({"__syncthreads", "__syncthreads_count", "__syncthreads_and", "__syncthreads_or"})
FENCES = frozenset({"__threadfence", "__threadfence_block", "__threadfence_system", "__syncwarp"})
ATOMICS = frozenset({
    "atomicAdd", "atomicSub", "atomicExch", "atomicMin", "atomicMax", "atomicInc", "atomicDec", "atomicCAS",
    "atomicAnd", "atomicOr", "atomicXor",
})  # fmt: skip
LOADS = frozenset({"__ldg", "__ldca", "__ldcg", "__ldcs", "__ldlu", "__ldcv"})
EXCHANGES = frozenset({"__shfl_sync", "__shfl_up_sync", "__shfl_down_sync", "__shfl_xor_sync"})

GENERIC: Mapping[str, Generic] = {
    **dict.fromkeys(sorted(ATOMICS | LOADS), "pointee"),
    **dict.fromkeys(sorted(EXCHANGES), 1),
    **dict.fromkeys(("min", "max"), "common"),
    **dict.fromkeys(("__stcg", "__stcs", "__stwt", "__stwb"), VOID),
    **dict.fromkeys(
        ("cudaMalloc", "cudaMallocHost", "cudaMallocManaged", "cudaMemcpyToSymbol", "cudaMemcpyFromSymbol",
         "cudaFuncSetAttribute"), INT
    ),
    "printf": INT,
}  # fmt: skip
