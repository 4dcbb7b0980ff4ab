"""How the symbols that a file defines are aligned, as far as its directives make that certain.

A symbol's address is divisible by a power of two when an alignment directive, and data of known size since, say so.
Left out: weak symbols and commons, which another definition may replace, and strings that the linker may merge.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from transpile.asm.directives import DIRECTIVES
from transpile.asm.source import Kind, Statement

LIMIT = 4096
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(rb"\\(?:[0-7]{1,3}|x[0-9a-fA-F]+|.)", re.S)
_UNKNOWN = (1, 0)


def alignments(statements: Iterable[Statement]) -> dict[str, int]:
    """Symbol -> the largest power of two (up to ``LIMIT``) that certainly divides its address."""
    found: dict[str, int] = {}
    weak: set[str] = set()
    local: set[str] = set()
    at: dict[str, tuple[int, int]] = {}
    for statement in statements:
        section = statement.section.name
        aligned, offset = at.get(section, _UNKNOWN)
        if statement.kind is Kind.LABEL and ".str" not in section:
            found[statement.name] = min(aligned, offset & -offset) if offset else aligned
        elif statement.kind is Kind.INSTRUCTION:
            at[section] = _UNKNOWN
        elif statement.kind is Kind.DIRECTIVE:
            at[section] = _step(statement, aligned, offset)
            if statement.name in (".weak", ".weakref"):
                weak.update(name.strip() for name in statement.args.split(","))
            elif statement.name == ".local":
                local.update(name.strip() for name in statement.args.split(","))
            elif statement.name == ".comm":
                name, *rest = (part.strip() for part in statement.args.split(","))
                if name in local and len(rest) == 2 and rest[1].isdecimal():
                    found[name] = int(rest[1])
    return {name: align for name, align in found.items() if align > 1 and name not in weak}


def _step(statement: Statement, aligned: int, offset: int) -> tuple[int, int]:
    """Where the section stands after a directive: ``offset`` bytes behind an address divisible by ``aligned``."""
    name, args = statement.name, statement.args
    first = args.split(",")[0].strip()
    if name in (".align", ".balign", ".p2align"):
        # A limit on the padding means that the directive may do nothing.
        if not first.isdecimal() or args.count(",") > 1:
            return _UNKNOWN
        power = 1 << int(first) if name == ".p2align" and int(first) < 13 else int(first)
        if not power or power & (power - 1) or power > LIMIT:
            return _UNKNOWN
        return (power, 0) if power >= aligned or offset % power else (aligned, offset)
    if name in (".zero", ".skip", ".space"):
        return (aligned, offset + int(first)) if first.isdecimal() else _UNKNOWN
    row = DIRECTIVES.get(name)
    if row is None or name in _MOVING:
        return _UNKNOWN
    if not row.string:
        return aligned, offset + row.size * (args.count(",") + 1)
    texts = _STRING.findall(args)
    ends = 0 if name == ".ascii" else 1
    return aligned, offset + sum(len(_ESCAPE.sub(b"x", text.encode("utf-8", "surrogateescape"))) + ends for text in texts)


_MOVING = frozenset((".uleb128", ".sleb128", ".incbin", ".org", ".fill", ".ds.b", ".balignw", ".balignl", ".p2alignw"))
"""Directives that take an unknown number of bytes."""
