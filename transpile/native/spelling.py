"""Directives of x86 assembler text in a spelling that every target's GNU as reads alike.

x86 counts ``.align`` in bytes and ``.word`` as two bytes; other targets do not. ``.p2align`` padding with a limit is
kept.
"""

from __future__ import annotations

from collections.abc import Mapping

RENAMED: Mapping[str, str] = {
    ".align": ".balign",
    ".value": ".2byte",
    ".word": ".2byte",
    ".short": ".2byte",
    ".hword": ".2byte",
    ".long": ".4byte",
    ".int": ".4byte",
    ".quad": ".8byte",
    ".global": ".globl",
    ".lcomm": ".lcomm",
}
DROPPED = frozenset((".addrsig", ".addrsig_sym", ".gnu_attribute", ".nops", ".eject", ".arch"))
LARGE = (".lrodata", ".ldata", ".lbss")
"""Sections of the x86 large code model."""


def spelled(name: str, arguments: str) -> str | None:
    """A directive for any target, or None if it has no place there."""
    if name in DROPPED:
        return None
    if name == ".section":
        arguments = arguments.replace('"a",@unwind', '"a",@progbits')
        if arguments.startswith(LARGE):
            arguments = arguments.replace(".l", ".", 1)
        arguments = ",".join(_flags(part) for part in arguments.split(","))
    return f"{RENAMED.get(name, name)}\t{arguments}".rstrip()


def _flags(part: str) -> str:
    """``l`` marks a large section, which only x86 has."""
    stripped = part.strip()
    return part.replace("l", "") if stripped.startswith('"') and "l" in stripped else part
