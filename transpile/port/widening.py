"""Vector code under ``#ifdef __SSE4_1__`` and its like that has no other branch: read wherever SIMDe stands in.

The condition grows by "or this is no x86", in every file that asks for the same macro. AVX-512 stays off: SIMDe has
only a part of it.
"""

from __future__ import annotations

import re
from collections.abc import Set

from transpile.port.intrinsics import USE, X86
from transpile.port.items import Item
from transpile.port.preprocessor import Chain, CText

_PLAIN = re.compile(
    r"(?P<head>[ \t]*#[ \t]*)(?:ifdef[ \t]+(?P<one>\w+)|if[ \t]+(?P<many>[^/\\]*?))"
    r"(?P<tail>[ \t]*(?://.*|/\*.*\*/[ \t]*)?)$"
)
_VECTOR = re.compile(r"\(?\s*defined\s*\(?\s*(__(?:MMX|SSE\d?(?:_\d)?|SSSE3|AVX2?|FMA)__)\s*\)?\s*\)?$")


def macros(text: str) -> set[str]:
    """The macros whose conditions hold vector code for x86 that nothing stands beside."""
    found: set[str] = set()
    while True:
        source = CText(_outermost("", text, found)[0])
        more = {name for chain in source.chains if _uses(source, chain) for name in _names(source, chain)}
        if more <= found:
            return found
        found |= more


def port(path: str, text: str, wider: Set[str]) -> tuple[str, list[Item]]:
    """``text`` with conditions on the macros in ``wider`` that hold elsewhere too. A second time, nothing changes."""
    items: list[Item] = []
    while True:
        edited, found = _outermost(path, text, wider)
        items += found
        if edited == text:
            return text, items
        text = edited


def _outermost(path: str, text: str, wider: Set[str]) -> tuple[str, list[Item]]:
    """``port`` for conditions that stand under none that is for x86 alone."""
    source = CText(text)
    lines = text.split("\n")
    items: list[Item] = []
    for chain in source.chains:
        names = _names(source, chain)
        if not names or not names <= wider:
            continue
        line = lines[chain.line - 1].rstrip("\r")
        match = _PLAIN.match(line)
        assert match is not None
        condition = _condition(match)
        changed = f"{match['head']}if {condition} || !({X86}){match['tail']}"
        lines[chain.line - 1] = changed + lines[chain.line - 1][len(line) :]
        how = f"read on other targets too, where SIMDe stands in (up to line {chain.last_line})"
        items.append(Item("conditional", path, chain.line, chain.line, condition, "ported", how))
    return "\n".join(lines), items


def _names(source: CText, chain: Chain) -> set[str]:
    """The macros of a plain condition on vector extensions that has no other branch; empty for all others."""
    match = _PLAIN.match(source.lines[chain.line - 1])
    if len(chain.branches) > 1 or match is None or source.guarded(chain.line):
        return set()
    parts = [_VECTOR.match(part.strip()) for part in _condition(match).split("||")]
    return {part[1] for part in parts if part} if all(parts) else set()


def _condition(match: re.Match[str]) -> str:
    return f"defined({match['one']})" if match["one"] else match["many"]


def _uses(source: CText, chain: Chain) -> bool:
    return any(USE.search(line) for line in source.code[chain.line : chain.last_line])
