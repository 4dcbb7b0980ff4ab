"""The C runtime of translated programs: variadic calls, callbacks, setjmp and structures that differ from x86-64's.

It comes as source under the 0BSD licence and is compiled by the cross compiler that links the program, so it fits
whatever C library that compiler has. ``transpile.native.natives.RENAMES`` says which calls it takes over.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
SOURCES: tuple[Path, ...] = tuple(
    FOLDER / name
    for name in ("arguments.c", "stdio.c", "process.c", "callbacks.c", "structs.c", "variadic.S", "setjmp.S")
)
FLAGS: tuple[str, ...] = ("-O2", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=0")
"""Compiler flags. Fortified headers would check against the sizes of the runtime's own buffers."""
LIBRARIES: tuple[str, ...] = ("-lm",)


def link_arguments(isa: str) -> list[str]:
    """What to add to the cross compiler's command line after the translated files, ``isa`` being a target's name."""
    if isa not in ("riscv", "aarch64"):
        raise KeyError(isa)
    return [*FLAGS, *(str(source) for source in SOURCES), *LIBRARIES]
