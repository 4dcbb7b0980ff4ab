"""Functions for all threads of a block: what combines, or scans, a value of each in shared memory, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterator

from transpile.c.spelling import type_text
from transpile.cuda.context import BlockOperation, Context
from transpile.cuda.plan import Operator

_NAMES: dict[str, str] = {
    "+": "sum", "*": "product", "min": "min", "max": "max", "&": "and", "|": "or", "^": "xor", "&&": "all", "||": "any",
}  # fmt: skip
_WHAT: dict[str, str] = {
    "+": "sum", "*": "product", "min": "smallest", "max": "largest", "&": "bits common to all", "|": "bits of any",
    "^": "exclusive or", "&&": "conjunction", "||": "disjunction",
}  # fmt: skip
IDEMPOTENT: frozenset[Operator] = frozenset({"min", "max", "&", "|", "&&", "||"})
"""Operators for which a value may take part twice."""


def combined(operator: Operator, left: str, right: str) -> str:
    """The statement that combines ``right`` into ``left``."""
    match operator:
        case "min" | "max":
            return f"if ({right} {'<' if operator == 'min' else '>'} {left})\n    {left} = {right};"
        case "&&" | "||":
            return f"{left} = {left} {operator} {right};"
    return f"{left} {operator}= {right};"


def name(operation: BlockOperation) -> str:
    return (
        f"block_{'scan_' if operation.kind == 'scan' else ''}{_NAMES[operation.operator]}"
        + "_at" * bool(operation.at)
        + "_last" * operation.last
    )


def functions(context: Context) -> Iterator[str]:
    """The functions that the kernels call, with shared memory for the largest block that calls them."""
    for operation, threads in context.block_operations.items():
        if operation.kind == "scan":
            yield _scan(operation, threads)
        elif operation.at:
            yield _reached(operation, threads)
        else:
            yield _combine(operation, threads)


def _combine(operation: BlockOperation, threads: int) -> str:
    type = type_text(operation.type)
    lines = combined(operation.operator, "values[thread]", "values[thread + half]").splitlines()
    loop = [
        "for (unsigned half = threads / 2; half > 0; half /= 2) {",
        "    if (thread < half)",
        *(f"        {line}" for line in lines),
        "    __syncthreads();",
        "}",
    ]
    if len(lines) > 1:
        condition = lines[0].removeprefix("if (").removesuffix(")")
        loop[1:4] = [f"    if (thread < half && {condition})", f"    {lines[1]}"]
    return "\n".join(
        [
            f"/* Thread 0 gets the {_WHAT[operation.operator]} of its block's values, always in the same order. */",
            f"static __device__ {type} {name(operation)}({type} value, unsigned thread, unsigned threads)",
            "{",
            f"    __shared__ {type} values[{threads}];",
            "    __syncthreads();",
            "    values[thread] = value;",
            "    __syncthreads();",
            *(f"    {line}" for line in loop),
            "    return values[thread];",
            "}",
        ]
    )


def _reached(operation: BlockOperation, threads: int) -> str:
    """``min`` and ``max`` with the place where they are reached."""
    type, ats = type_text(operation.type), [type_text(at) for at in operation.at]
    sign = "<" if operation.operator == "min" else ">"
    before = ">" if operation.last else "<"
    ties = ""
    for place in reversed(range(len(ats))):
        mine, other = f"at{place}s[thread]", f"at{place}s[thread + half]"
        ties = f"{other} {before} {mine}" + (f" || ({other} == {mine} && ({ties}))" if ties else "")
    parameters = ", ".join([f"{type} &value", *(f"{at} &at{place}" for place, at in enumerate(ats))])
    moves = [("values", "value"), *((f"at{place}s", f"at{place}") for place in range(len(ats)))]
    return "\n".join(
        [
            f"/* Thread 0 gets the {_WHAT[operation.operator]} `value` in its block and where it is: the "
            f"{'last' if operation.last else 'first'} place of several. */",
            f"static __device__ void {name(operation)}({parameters}, unsigned thread, unsigned threads)",
            "{",
            f"    __shared__ {type} values[{threads}];",
            *(f"    __shared__ {at} at{place}s[{threads}];" for place, at in enumerate(ats)),
            "    __syncthreads();",
            *(f"    {shared}[thread] = {own};" for shared, own in moves),
            "    __syncthreads();",
            "    for (unsigned half = threads / 2; half > 0; half /= 2) {",
            f"        if (thread < half && (values[thread + half] {sign} values[thread] ||",
            f"                              (values[thread + half] == values[thread] && ({ties})))) {{",
            *(f"            {shared}[thread] = {shared}[thread + half];" for shared, _ in moves),
            "        }",
            "        __syncthreads();",
            "    }",
            *(f"    {own} = {shared}[thread];" for shared, own in moves),
            "}",
        ]
    )


def _scan(operation: BlockOperation, threads: int) -> str:
    type = type_text(operation.type)
    combine = combined(operation.operator, "before", "values[thread]").splitlines()
    return "\n".join(
        [
            f"/* The {_WHAT[operation.operator]} of the block's values up to this thread's; `before` gets the same",
            "   without this thread's, and stays as it is in thread 0. */",
            f"static __device__ {type} {name(operation)}({type} value, {type} &before)",
            "{",
            f"    __shared__ {type} values[{threads}];",
            "    const unsigned thread = threadIdx.x;",
            "    __syncthreads();",
            "    values[thread] = value;",
            "    __syncthreads();",
            "    for (unsigned distance = 1; distance < blockDim.x; distance *= 2) {",
            "        if (thread >= distance) {",
            f"            {type} before = values[thread - distance];",
            *(f"            {line}" for line in combine),
            "            value = before;",
            "        }",
            "        __syncthreads();",
            "        values[thread] = value;",
            "        __syncthreads();",
            "    }",
            "    if (thread > 0)",
            "        before = values[thread - 1];",
            "    return value;",
            "}",
        ]
    )
