"""Why a broken program may be right all the same: changes that leave every result as it was, each with its reason.

A row is asked only about programs that all trials let pass, which have run them with sizes around blocks, with small
blocks, and with every call of the runtime failing once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from cuda_mutation import Mutant


def explained(text: str, mutant: Mutant, workspace: Collection[str]) -> str:
    """The reason why ``mutant`` of ``text`` computes the same; empty if there is none here."""
    line = text.splitlines()[mutant.line - 1]
    copied = re.search(r"cudaMemcpy\((?:d_)?(\w+),", line)
    if copied and copied[1] in workspace:
        return "what workspace holds before and after the call does not matter"
    return next((reason for applies, reason in ROWS if applies(text, line, mutant)), "")


def _checked_later(text: str, line: str, mutant: Mutant) -> bool:
    return mutant.kind == "check missing" and "cudaGetLastError()" in text[_place(text, mutant.line) :]


def _more_threads(text: str, line: str, mutant: Mutant) -> bool:
    more = mutant.kind == "wrong grid" and mutant.description.endswith(") + 1'")
    return more or ("threads % size" in line and "threads % size >" in mutant.description)


def _extent(text: str, line: str, mutant: Mutant) -> bool:
    return line.lstrip().startswith("const size_t ") and "_bytes = " in line and _loosened(mutant.description)


def _loosened(description: str) -> bool:
    """``a > 0`` becomes ``a >= 0``, ``a >= 2`` becomes ``a >= (2) - 1``, or ``a > 0 && b > 0`` becomes ``b > 0``."""
    if re.fullmatch(r"'[\w >=&]+' becomes '[\w >=&]+'", description) and "&&" in description:
        return True
    found = re.fullmatch(r"'(\w+) (>=?) (\d+)' becomes '\1 (>=?) (?:\3|\(\3\) - 1)'", description)
    return found is not None


def _first_barrier(text: str, line: str, mutant: Mutant) -> bool:
    """The one at the start of a function for all threads of a block, which each kernel calls once."""
    lines = text.splitlines()
    above = lines[mutant.line - 2].lstrip()
    if mutant.kind != "barrier missing" or not above.startswith(("__shared__", "const unsigned thread = threadIdx.x")):
        return False
    head = next(one for one in reversed(lines[: mutant.line]) if one.startswith("static __device__"))
    name = re.findall(r"(\w+)\(", head)[0]
    kernels = re.split(r"^(?=__global__)", text, flags=re.MULTILINE)[1:]
    return all(len(re.findall(rf"\b{name}\(", one.partition("\n}")[0])) < 2 and "for (" not in one for one in kernels)


def _overlap(text: str, line: str, mutant: Mutant) -> bool:
    kinds = ("guard dropped", "bound off by one", "guard off by one")
    return "a_bytes > 0 && b_bytes > 0" in line and mutant.kind in kinds


def _square(text: str, line: str, mutant: Mutant) -> bool:
    return (
        mutant.kind == "x for y"
        and "blockDim" in mutant.description
        and re.search(r"\bdim3 block\((\d+), (\d+)", text) is not None
        and all(x == y for x, y in re.findall(r"\bdim3 block\((\d+), (\d+)", text))
    )


def _squared(text: str, line: str, mutant: Mutant) -> bool:
    return mutant.kind == "operands swapped" and "(1.0f - e) * (1.0f - e)" in line


def _place(text: str, line: int) -> int:
    """Where the text goes on behind ``line``."""
    return len("\n".join(text.split("\n")[:line]))


ROWS: tuple[tuple[Callable[[str, str, Mutant], bool], str], ...] = (
    (_checked_later, "the check of a later launch tells: errors are kept until someone asks"),
    (_more_threads, "threads without an iteration do nothing"),
    (_extent, "as many bytes, or also copies elements that the arrays have and no loop uses"),
    (_first_barrier, "the barrier parts two calls in one kernel, and there is one"),
    (_overlap, "arrays of aligned elements overlap by a whole one; where more is taken to overlap, the C code runs"),
    (_square, "blocks are as wide as they are high"),
    (_squared, "the difference is squared"),
)
