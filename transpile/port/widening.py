"""Vector code under ``#ifdef __SSE4_1__`` and its like that has no other branch: read wherever SIMDe stands in.

The condition grows by "or this is no x86". AVX-512 stays off: SIMDe has only a part of it.
"""

from __future__ import annotations

import re

from transpile.port.intrinsics import USE, X86
from transpile.port.items import Item
from transpile.port.preprocessor import Chain, CText

_PLAIN = re.compile(
    r"(?P<head>[ \t]*#[ \t]*)(?:ifdef[ \t]+(?P<one>\w+)|if[ \t]+(?P<many>[^/\\]*?))"
    r"(?P<tail>[ \t]*(?://.*|/\*.*\*/[ \t]*)?)$"
)
_VECTOR = re.compile(r"!?\s*\(?\s*defined\s*\(?\s*__(?:MMX|SSE\d?(?:_\d)?|SSSE3|AVX2?|FMA)__\s*\)?\s*\)?$")


def port(path: str, text: str) -> tuple[str, list[Item]]:
    """``text`` with wider conditions, and what was done. A second time, nothing changes."""
    source = CText(text)
    lines = text.split("\n")
    items: list[Item] = []
    for chain in source.chains:
        if len(chain.branches) > 1 or source.guarded(chain.line) or not _uses(source, chain):
            continue
        line = lines[chain.line - 1].rstrip("\r")
        match = _PLAIN.match(line)
        condition = f"defined({match['one']})" if match and match["one"] else match["many"] if match else ""
        if match is None or not all(_VECTOR.match(part.strip()) and "!" not in part for part in condition.split("||")):
            continue
        wider = f"{match['head']}if {condition} || !({X86}){match['tail']}"
        lines[chain.line - 1] = wider + lines[chain.line - 1][len(line) :]
        how = f"read on other targets too, where SIMDe stands in (up to line {chain.last_line})"
        items.append(Item("conditional", path, chain.line, chain.line, condition, "ported", how))
    return "\n".join(lines), items


def _uses(source: CText, chain: Chain) -> bool:
    return any(USE.search(line) for line in source.code[chain.line : chain.last_line])
