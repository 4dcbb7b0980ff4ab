"""The ``#if`` branches of a file: which conditions stand around a place, and which of them no target can meet.

Conditions are looked at only as far as they speak of the architecture. What else is in them is unknown, so that a place
counts as closed to a target only where the architecture alone closes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from transpile.inline.places import Directive
from transpile.inline.statement import Guard

X86 = frozenset({
    "__x86_64__", "__x86_64", "__amd64__", "__amd64", "__i386__", "__i386", "i386", "__i486__", "__i586__", "__i686__",
    "_M_X64", "_M_IX86", "_M_AMD64", "__SSE__", "__SSE2__", "__SSE3__", "__SSSE3__", "__SSE4_1__", "__SSE4_2__",
    "__AVX__", "__AVX2__", "__AVX512F__", "__BMI__", "__BMI2__", "__ADX__", "__LZCNT__", "__POPCNT__", "__AES__",
    "__PCLMUL__", "__RDRND__", "__RDSEED__", "__SHA__", "__x86__", "CONFIG_X86", "CONFIG_X86_64", "CONFIG_X86_32",
})  # fmt: skip
"""Macros that no compiler for another architecture defines."""
OWN = {
    "x86": X86,
    "riscv": frozenset({"__riscv", "__riscv__"}),
    "aarch64": frozenset({"__aarch64__", "__ARM_NEON", "__ARM_ARCH"}),
}
"""Macros that the compiler of each target defines."""
ALWAYS = {"x86": frozenset({"__x86_64__", "__x86_64", "__amd64__", "__amd64"})}
"""Of those the ones that are always defined, where that are not all."""
FOREIGN = frozenset({
    "__arm__", "__thumb__", "__mips__", "__mips", "mips", "__powerpc__", "__powerpc64__", "__ppc__", "__PPC__",
    "__PPC64__", "_ARCH_PPC", "__s390__", "__s390x__", "__sparc__", "__sparc", "__sparc64__", "__alpha__", "__hppa__",
    "__ia64__", "__ia64", "__m68k__", "__sh__", "__avr32__", "__hexagon__", "__loongarch__", "__loongarch64",
    "__wasm__", "_M_ARM", "_M_ARM64", "__ARM_ARCH_7A__", "__xtensa__", "__arc__",
})  # fmt: skip
_WORD = re.compile(r"#[ \t]*(ifdef|ifndef|if|elifdef|elifndef|elif|else|endif)\b(.*)", re.S)
_TOKEN = re.compile(r"\s*(&&|\|\||!(?!=)|[()]|defined\b|[A-Za-z_]\w*|[^\s\w()&|!]+|\w+|.)", re.S)


@dataclass(slots=True)
class _Chain:
    """An ``#if`` with its branches so far: each condition (empty: ``#else``) and where its branch begins."""

    conditions: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Branch:
    """The text from ``start`` to ``end`` under one guard."""

    start: int
    end: int
    guard: Guard


def branches(directives: Sequence[Directive]) -> list[Branch]:
    """All branches, outer ones before those within them."""
    found: list[Branch] = []
    open_chains: list[_Chain] = []
    for directive in directives:
        match = _WORD.match(directive.text)
        if match is None:
            continue
        word, rest = match[1], _without_comments(match[2])
        if word in ("if", "ifdef", "ifndef"):
            open_chains.append(_Chain())
        if not open_chains:
            continue
        chain = open_chains[-1]
        if word == "endif":
            found.extend(_of(chain, directive.start))
            open_chains.pop()
            continue
        condition = {
            "ifdef": f"defined({rest})", "elifdef": f"defined({rest})",
            "ifndef": f"!defined({rest})", "elifndef": f"!defined({rest})", "else": "",
        }.get(word, rest)  # fmt: skip
        chain.conditions.append(condition)
        chain.starts.append(directive.end)
    return sorted(found, key=lambda branch: (branch.start, -branch.end))


def _of(chain: _Chain, end: int) -> Iterator[Branch]:
    for at, condition in enumerate(chain.conditions):
        last = at + 1 == len(chain.conditions)
        until = end if last else chain.starts[at + 1]
        guard = Guard(tuple(chain.conditions[:at]), condition, "" in chain.conditions[at + 1 :] or not last)
        yield Branch(chain.starts[at], until, guard)


def around(offset: int, found: Sequence[Branch]) -> tuple[Guard, ...]:
    """The guards of a place, outermost first."""
    return tuple(branch.guard for branch in found if branch.start <= offset < branch.end)


def closed(guard: Guard, target: str) -> bool:
    """Whether the target's compiler certainly does not come here."""
    if any(truth(condition, target) is True for condition in guard.denied):
        return True
    return bool(guard.condition) and truth(guard.condition, target) is False


def truth(condition: str, target: str) -> bool | None:
    """What the architecture says of a condition; None: it does not decide it."""
    words = [match[1] for match in _TOKEN.finditer(condition) if match[1].strip()]
    if len(words) > 400:
        return None
    value, rest = _either(words, target)
    return None if rest else value


def _either(words: list[str], target: str) -> tuple[bool | None, list[str]]:
    value, rest = _both(words, target)
    while rest[:1] == ["||"]:
        other, rest = _both(rest[1:], target)
        value = True if value is True or other is True else None if None in (value, other) else False
    return value, rest


def _both(words: list[str], target: str) -> tuple[bool | None, list[str]]:
    value, rest = _one(words, target)
    while rest[:1] == ["&&"]:
        other, rest = _one(rest[1:], target)
        value = False if value is False or other is False else None if None in (value, other) else True
    return value, rest


def _one(words: list[str], target: str) -> tuple[bool | None, list[str]]:
    if not words:
        return None, []
    if words[0] == "!":
        value, rest = _one(words[1:], target)
        return (None if value is None else not value), rest
    if words[0] == "(":
        value, rest = _either(words[1:], target)
        rest = rest[1:] if rest[:1] == [")"] else []
    elif words[0] == "defined":
        name = words[2] if words[1:2] == ["("] and len(words) > 3 else words[1] if len(words) > 1 else ""
        value, rest = _defined(name, target), words[4 if words[1:2] == ["("] else 2 :]
    else:
        value, rest = _value(words[0], target), words[1:]
    return _compared(value, rest)


def _compared(value: bool | None, rest: list[str]) -> tuple[bool | None, list[str]]:
    """Arithmetic and comparisons decide nothing: everything up to the next logical operator is skipped."""
    at = depth = 0
    while at < len(rest) and not (depth == 0 and rest[at] in ("&&", "||", ")")):
        depth += {"(": 1, ")": -1}.get(rest[at], 0)
        at += 1
    return (value if at == 0 else None), rest[at:]


def _defined(name: str, target: str) -> bool | None:
    if any(name in names for other, names in OWN.items() if other != target) or name in FOREIGN:
        return False
    return True if name in ALWAYS.get(target, OWN[target]) else None


def _value(word: str, target: str) -> bool | None:
    if word.isdigit():
        return int(word) != 0
    return False if _defined(word, target) is False else None


def _without_comments(text: str) -> str:
    return re.sub(r"/\*[\s\S]*?\*/|//[^\n]*|\\\r?\n", " ", text).strip()
