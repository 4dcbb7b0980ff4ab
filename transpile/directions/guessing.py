"""Which directions a file can go, by its name, and by what is in it where the name does not tell."""

from __future__ import annotations

import re

from transpile.options import TARGETS

CUDA, PYTHON = "cuda", "python"
DIRECTIONS: tuple[str, ...] = (*TARGETS, CUDA, PYTHON)
ASSEMBLY_SUFFIXES = (".s", ".S", ".asm")
C_SUFFIXES = (".c", ".cpp", ".cc", ".cxx", ".c++", ".C")
COBOL_SUFFIXES = (".cob", ".cbl", ".cobol")
NATIVE: frozenset[str] = frozenset({CUDA, PYTHON})
"""Directions whose checks run code that is made of the input on this machine: CUDA's emulator compiles it, and GnuCOBOL
does. They need the sandbox."""
SUFFIXES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(TARGETS, ASSEMBLY_SUFFIXES),
    CUDA: C_SUFFIXES,
    PYTHON: COBOL_SUFFIXES,
}
_LOOKED_AT = 64 << 10
_COBOL = re.compile(rb"(?im)^.{0,7}\s*(?:identification|id)\s+division\s*\.")
_ASSEMBLY = re.compile(rb"(?m)^\s*(?:\.(?:text|globl|section|file|type|p2align)\b|[\w.$]+:\s*$|\w+\s+.*%[re][a-ds0-9])")
_C = re.compile(
    rb"(?m)^\s*(?:#\s*include\b|(?:static\s+|const\s+|unsigned\s+)*(?:void|int|float|double|char|long)\b.*[({;])"
)


def directions_for(name: str, content: bytes) -> tuple[str, ...]:
    """The targets that fit a file, the likeliest first; none if it is nothing that is translated."""
    for suffixes in (COBOL_SUFFIXES, ASSEMBLY_SUFFIXES, C_SUFFIXES):
        if name.endswith(suffixes) or (suffixes is COBOL_SUFFIXES and name.lower().endswith(suffixes)):
            return tuple(to for to in DIRECTIONS if SUFFIXES[to] == suffixes)
    if name.rpartition("/")[2].count("."):
        return ()
    start = content[:_LOOKED_AT]
    for pattern, suffixes in ((_COBOL, COBOL_SUFFIXES), (_ASSEMBLY, ASSEMBLY_SUFFIXES), (_C, C_SUFFIXES)):
        if pattern.search(start):
            return tuple(to for to in DIRECTIONS if SUFFIXES[to] == suffixes)
    return ()
