"""x86 intrinsics on other targets: through SIMDe, whose headers stand in for the compiler's.

An ``#include`` of an intrinsics header keeps its meaning on x86 and becomes one of SIMDe elsewhere. What SIMDe says
is SIMDe's: it is not checked here. Intrinsics that it does not have are told, by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from transpile.port.holds import X86_WORD, excluded
from transpile.port.items import Item, Kind
from transpile.port.preprocessor import OTHER_WORD, Chain, CText, lines_with

SIMDE = "SIMDe 0.7.2 or later (Debian: libsimde-dev; else a checkout of simd-everywhere/simde on the include path)"
X86 = "defined(__x86_64__) || defined(__i386__)"

HEADERS: Mapping[str, str] = {
    "mmintrin.h": "mmx",
    "xmmintrin.h": "sse",
    "emmintrin.h": "sse2",
    "pmmintrin.h": "sse3",
    "tmmintrin.h": "ssse3",
    "smmintrin.h": "sse4.1",
    "nmmintrin.h": "sse4.2",
    "wmmintrin.h": "clmul",
    "immintrin.h": "",
    "x86intrin.h": "",
    "avxintrin.h": "avx",
    "avx2intrin.h": "avx2",
}
"""What stands in; nothing: as much as the file uses."""

_INCLUDE = re.compile(r"(?P<indent>[ \t]*)#[ \t]*include[ \t]*<(?P<name>\w+\.h)>[ \t]*(?://.*|/\*[^*]*\*/[ \t]*)?\r?$")
USE = re.compile(r"(?<![\w.])(_mm\d*_\w+|_mm_\w+|__m(?:64|128|256|512)[id]?)\b")
_OTHERS = re.compile(
    r"(?<![\w.])(_(?:addcarryx?|subborrow|mulx|umul128|pext|pdep|tzcnt|lzcnt|blsr|blsi|blsmsk|bzhi|bextr|andn|rd(?:rand|seed)\d*(?:_step)?|"
    r"xgetbv|xsetbv|xbegin|xend|xabort|xtest|bswap|bswap64|lrotl|lrotr|rotl|rotr|popcnt\d*|bit_scan_\w+|readfsbase|"
    r"fxsave|xsave|ktest\w*)(?:_u?(?:8|16|32|64))?|__rdtscp?|__rdpmc|__pause|_mm_(?:sha\w+|aes\w+|clflush\w*|monitor|mwait|"
    r"prefetchw))\s*\("
)
"""Intrinsics that SIMDe 0.7 does not have."""
_OWN = re.compile(
    r"(?<![\w.])(_(?:pext|pdep|bzhi|bextr|blsr|blsi|blsmsk|addcarryx?|subborrow|tzcnt|lzcnt)_u(?:32|64)|_mulx_u64)\s*\("
)
"""Of those the ones that ``OWN_HEADER`` has."""
OWN_HEADER = "transpile_integer_intrinsics.h"
_CHANGING = re.compile(
    r"\b(_mm\d*_(?:b?s[lr][la]i|shuffle|alignr|extract|insert|blend|permute|roundscale|round)\w*)\s*\([^;{}]*(?:\+\+|--)"
)
"""Immediate operands that change a variable."""
_BUILTIN = re.compile(r"\b__builtin_ia32_\w+")
_CPUID = re.compile(
    r"\b(__get_cpuid\w*|__cpuid(?:_count|ex)?|__builtin_cpu_(?:supports|init|is)|_may_i_use_cpu_feature)\s*\("
)


_UNREPLACED: tuple[tuple[Kind, re.Pattern[str], str, str], ...] = (
    ("intrinsics", _OTHERS, "SIMDe has no such function", "write it in C for other targets, under #if"),
    (
        "intrinsics",
        _CHANGING,
        "an argument changes a variable, and SIMDe's macro of this name may look at it several times",
        "change it in a statement of its own",
    ),
    ("builtin", _BUILTIN, "it is the compiler's own name for an x86 instruction", "use the intrinsic's name"),
    ("cpuid", _CPUID, "there is no such question to ask elsewhere", f"put it under #if {X86}"),
)


def port(path: str, text: str, provided: bool = False) -> tuple[str, list[Item]]:
    """``text`` with guarded includes, and what was found. A second time, nothing changes.

    ``provided``: a header that it includes brings the intrinsics to other targets.
    """
    source = CText(text)
    items: list[Item] = []
    uses = {match[1] for _, match in lines_with(source, USE)}
    lines = text.split("\n")
    ending = "\r\n" if "\r\n" in text else "\n"
    for number, line in enumerate(source.code, 1):
        match = _INCLUDE.match(line)
        if match is None or match["name"] not in HEADERS or match["name"] not in source.lines[number - 1]:
            continue
        if source.guarded(number) or for_others(source, number):
            items.append(covered(path, number, match["name"]))
            continue
        header = stand_in(match["name"], uses)
        lines[number - 1] = guarded_include(lines[number - 1].rstrip("\r"), header, ending) + "\r" * (ending == "\r\n")
        items.append(
            Item(
                "intrinsics",
                path,
                number,
                number,
                f"<{match['name']}>",
                "ported",
                f"<simde/x86/{header}.h> elsewhere: {SIMDE}",
            )
        )
    if not provided and not included_everywhere(text) and (at := first_open_use(source)):
        place, header = last_include(source, at), stand_in("immintrin.h", uses)
        lines[place:place] = [row + "\r" * (ending == "\r\n") for row in brought(header)]
        how = f"<simde/x86/{header}.h> elsewhere: {SIMDE}"
        items.append(Item("intrinsics", path, at, at, "intrinsics outside any #if for x86", "ported", how))
    items += list(others(path, source))
    if any(item.state == "ported" and OWN_HEADER in item.how for item in items) and OWN_HEADER not in text:
        brought_by = CText("\n".join(lines))
        at = next(number for number, _ in open_uses(brought_by))
        rows = [f"#if !({X86})", f'#include "{OWN_HEADER}"', "#endif"]
        place = last_include(brought_by, at)
        lines[place:place] = [row + "\r" * (ending == "\r\n") for row in rows]
    return "\n".join(lines), items


def included_everywhere(text: str) -> bool:
    """Whether ``text`` has an intrinsics header for every target, once it is ported."""
    source = CText(text)
    for number, line in enumerate(source.code, 1):
        match = _INCLUDE.match(line)
        if match and match["name"] in HEADERS and not source.guarded(number) and not for_others(source, number):
            return True
    return any("<simde/x86/" in line for line in source.code)


def first_open_use(source: CText) -> int:
    """The first line outside ``#if`` for x86 with an intrinsic in it; 0 when there is none."""
    return next((number for number, _ in lines_with(source, USE) if not source.guarded(number)), 0)


def last_include(source: CText, before: int) -> int:
    """After how many lines something can be included that ``before`` needs: outside of all but the header's own #if."""
    found = 0
    for number, line in enumerate(source.code[: before - 1], 1):
        over = source.conditions[number - 1]
        if re.match(r"\s*#\s*(?:include|define\s+\w+\s*$)", line) and all(c.startswith("!defined") for c in over):
            found = number
    return found


def brought(header: str) -> list[str]:
    """SIMDe for all but x86."""
    define = ["#ifndef SIMDE_ENABLE_NATIVE_ALIASES", "#define SIMDE_ENABLE_NATIVE_ALIASES", "#endif"]
    return [f"#if !({X86})", *define, f"#include <simde/x86/{header}.h>", "#endif"]


def covered(path: str, number: int, name: str) -> Item:
    return Item(
        "intrinsics", path, number, number, f"<{name}>", "covered", "it is included for certain processors only"
    )


def for_others(source: CText, number: int) -> bool:
    """Whether a condition over the line asks for another processor, whose header has the same name."""
    return any(OTHER_WORD.search(one) for one in source.conditions[number - 1] if not one.startswith("!"))


def stand_in(name: str, uses: set[str]) -> str:
    """SIMDe's header for a header of the compiler, given the file's own uses."""
    if HEADERS[name]:
        return HEADERS[name]
    if any(use.startswith(("_mm512", "__m512")) for use in uses):
        return "avx512"
    if any(re.match(r"_mm(256)?_f?n?m(add|sub)", use) for use in uses):
        return "fma"
    return "avx2"


def guarded_include(line: str, header: str, ending: str) -> str:
    rows = [
        f"#if {X86}",
        line,
        "#else",
        "#ifndef SIMDE_ENABLE_NATIVE_ALIASES",
        "#define SIMDE_ENABLE_NATIVE_ALIASES",
        "#endif",
        *([f"#include <simde/x86/{one}.h>" for one in (header, *(["avx2"] if header == "fma" else []))]),
        "#endif",
    ]
    return ending.join(rows)


def others(path: str, source: CText) -> Iterator[Item]:
    """What no header stands in for."""
    seen: set[tuple[str, str]] = set()
    for kind, pattern, why, hint in _UNREPLACED:
        for number, match in lines_with(source, pattern):
            name = match[1] if match.re.groups else match[0]
            if (kind, name) in seen:
                continue
            seen.add((kind, name))
            if any(name == own for _, own in open_uses(source)):
                how = f"{OWN_HEADER} elsewhere: in C, tested against the instruction"
                yield Item(kind, path, number, number, name, "ported", how)
                continue
            yield judged(source, Item(kind, path, number, number, name, "left", "", why, hint))


def open_uses(source: CText) -> Iterator[tuple[int, str]]:
    """Where functions of ``OWN_HEADER`` are used outside ``#if`` for x86, and which."""
    for number, match in lines_with(source, _OWN):
        if not source.guarded(number) and not _defined_here(source, match[1]):
            yield number, match[1]


def judged(source: CText, item: Item) -> Item:
    """``item`` as it stands under the conditions over its line."""
    if source.guarded(item.line) or _defined_here(source, item.what):
        return replace(item, state="covered", how="it is read for x86 only", why="", hint="")
    over = [c for c in source.conditions[item.line - 1] if not c.startswith("!")]
    if over:
        return replace(item, state="note", why=f"{item.why}; it is read under '{over[-1]}'")
    return item


def _defined_here(source: CText, name: str) -> bool:
    pattern = re.compile(rf"#\s*define\s+{re.escape(name)}\b")
    return any(pattern.search(line) for line in source.code)


def alone(path: str, source: CText) -> Iterator[Item]:
    """Code that is read for x86 and has no other branch."""
    for chain in source.chains:
        first, condition = chain.branches[0]
        if source.guarded(first) or not excluded(condition):
            continue
        if len(chain.branches) == 1 and not trivial(source, chain):
            yield Item(
                "conditional", path, first, chain.last_line, condition, "note", "",
                "other targets get nothing here", "is it needed there? then add a branch",
            )  # fmt: skip
        elif refuses(source, chain):
            yield Item(
                "conditional", path, first, chain.last_line, condition, "left", "",
                "other targets get an #error", "add a branch for them",
            )  # fmt: skip


def trivial(source: CText, chain: Chain) -> bool:
    """Nothing but directives, or code for vectors alone that others have beside it."""
    body = source.code[chain.line : chain.last_line - 1]
    return all(not line.strip() or line.lstrip().startswith("#") for line in body)


def refuses(source: CText, chain: Chain) -> bool:
    """Whether what others get is an ``#error``."""
    if not chain.has_else or not all(excluded(condition) for _, condition in chain.branches[:-1]):
        return False
    if not any(X86_WORD.search(condition) for _, condition in chain.branches):
        return False
    first = chain.branches[-1][0]
    return any(re.match(r"\s*#\s*error\b", line) for line in source.code[first : chain.last_line - 1])
