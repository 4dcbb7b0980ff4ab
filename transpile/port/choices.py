"""Where a build file asks whether it builds for x86, what others get there, and the same question with a target added.

Read are ``if`` in CMake and Meson and ``ifeq`` in Makefiles, as far as one line holds the condition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from transpile.options import Target
from transpile.port.buildfiles import System
from transpile.port.flags import FLAG
from transpile.port.items import Item

Others: TypeAlias = Literal["nothing", "an error", "another branch"]

_LINE: Mapping[System, re.Pattern[str]] = {
    "cmake": re.compile(r"\s*(?P<word>if|elseif|else|endif)\s*\((?P<condition>.*)\)\s*$", re.I),
    "meson": re.compile(r"\s*(?P<word>if|elif|else|endif)\b(?P<condition>.*)$"),
    "make": re.compile(r" *(?P<word>else(?: +ifn?eq| +ifn?def)?|ifn?eq|ifn?def|endif)\b(?P<condition>.*)$"),
}
_OPENS: Mapping[System, re.Pattern[str]] = {
    "cmake": re.compile(r"\s*(?P<word>if)\s*\(", re.I),
    "meson": re.compile(r"\s*(?P<word>if)\b"),
    "make": re.compile(r" *(?P<word>if)n?(?:eq|def)\b"),
}
_WORDS = r"x86[_-]64|x86|x64|amd64|i[3-6?.]86|i\[3-6\]86"
ONLY_X86 = re.compile(rf"[\^(\s]*(?:{_WORDS})(?:[|)(\s$;]+(?:{_WORDS}))*[)\s$]*", re.I)
"""Names of x86, and patterns for them."""
_TERM: Mapping[System, re.Pattern[str]] = {
    "cmake": re.compile(
        r'(?<![\w{])(?:"?\$\{)?CMAKE_SYSTEM_PROCESSOR(?:\}"?)? +(?:MATCHES|STREQUAL) +(?P<value>"[^"]*"|[^\s()"]+)'
    ),
    "meson": re.compile(
        r"(?P<asked>[\w.]+(?:\(\))?)(?: *== *(?P<value>'\w+')| +in +\[(?P<values>[^\]]*)\]"
        r"|\.startswith\((?P<start>'x86\w*')\))"
    ),
    "make": re.compile(
        r"""\((?P<left>[^,()]*|\$\(.*\)) *, *(?P<right>[^,()]*|\$\(.*\))\) *$"""
        r"""|(?P<q>["'])(?P<one>.*)(?P=q) +["'](?P<two>.*)["'] *$"""
    ),
}
TARGET_WORDS: Mapping[Target, str] = {"riscv": r"riscv|\brv64", "aarch64": r"aarch64|arm"}
_REFUSES: Mapping[System, str] = {
    "cmake": r"message\s*\(\s*(?:FATAL|SEND)_ERROR", "meson": r"^\s*error\s*\(", "make": r"\$\(error\b"
}  # fmt: skip
_HOST = "host_machine.cpu_family()"
ASKS: Mapping[Target, Mapping[System, str]] = {
    "riscv": {
        "cmake": 'CMAKE_SYSTEM_PROCESSOR MATCHES "^riscv64"',
        "meson": f"{_HOST} == 'riscv64'",
        "make": "$(filter riscv64,$(TRANSPILE_MACHINE))",
    },
    "aarch64": {
        "cmake": 'CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64|ARM64)"',
        "meson": f"{_HOST} == 'aarch64'",
        "make": "$(filter aarch64,$(TRANSPILE_MACHINE))",
    },
}
"""How to ask for a target; that of Makefiles is empty for others."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A branch for x86: the lines from its condition to before the next branch, and what other processors get.

    ``wider`` is the line of the condition, asking for the target too.
    """

    line: int
    last_line: int
    condition: str
    others: Others
    wider: str


@dataclass(slots=True)
class _Chain:
    """The branches of one ``if``: line, condition and word of each."""

    branches: list[tuple[int, str, str]] = field(default_factory=list)


def code_of(line: str) -> str:
    """A line without its comment and line end."""
    return line.partition("#")[0].rstrip("\r")


def choices(system: System, lines: Sequence[str], to: Target) -> list[Choice]:
    """The branches for x86, in their order."""
    if system not in _LINE:
        return []
    found: list[Choice] = []
    open_chains: list[_Chain] = []
    for number, line in enumerate(lines, 1):
        code = code_of(line)
        match = _LINE[system].match(code) or _OPENS[system].match(code)
        if match is None:
            continue
        word = match["word"].lower()
        condition = match.groupdict().get("condition", "").strip()
        if word.startswith("if"):
            open_chains.append(_Chain())
        if open_chains and word != "endif":
            open_chains[-1].branches.append((number, condition, word))
        elif open_chains:
            found += _of(open_chains.pop(), number, system, lines, to)
    return sorted(found, key=lambda choice: choice.line)


def _of(chain: _Chain, end: int, system: System, lines: Sequence[str], to: Target) -> Iterator[Choice]:
    bounds = [*(line for line, _, _ in chain.branches), end]
    mine = [widened(system, lines, line, condition, word, to) for line, condition, word in chain.branches]
    others: Others = "nothing"
    for at, (line, condition, word) in enumerate(chain.branches):
        if re.search(TARGET_WORDS[to], condition, re.I):
            return
        if word == "else":
            body = "\n".join(lines[line : bounds[at + 1] - 1])
            others = "an error" if re.search(_REFUSES[system], body, re.M) else "another branch"
    for at, (line, condition, _) in enumerate(chain.branches):
        if mine[at]:
            yield Choice(line, bounds[at + 1] - 1, condition, others, mine[at])


def widened(system: System, lines: Sequence[str], line: int, condition: str, word: str, to: Target) -> str:
    """The line of a condition that asks for x86, asking for ``to`` as well; empty when it does not ask for x86."""
    whole = lines[line - 1]
    new, end = "", 0
    for match in _TERM[system].finditer(condition) if condition else ():
        wider = _widened_term(system, match, lines, word, ASKS[to][system])
        if wider and not re.search(r"\b(?:NOT|not)[ (]*$", condition[: match.start()]):
            new, end = new + condition[end : match.start()] + wider, match.end()
    at = code_of(whole).rindex(condition)
    return whole[:at] + new + whole[at + end :] if new else ""


def _widened_term(system: System, match: re.Match[str], lines: Sequence[str], word: str, asks: str) -> str:
    match system:
        case "cmake" if ONLY_X86.fullmatch(match["value"].strip('"')):
            return f"({match[0]} OR {asks})"
        case "meson":
            named = match["value"] or match["values"] or match["start"]
            names = re.findall(r"'(\w+)'", named)
            asked = match["asked"] == _HOST or re.search(
                rf"^\s*{re.escape(match['asked'])}\s*=\s*{re.escape(_HOST)}\s*$", "\n".join(map(code_of, lines)), re.M
            )
            return f"({match[0]} or {asks})" if asked and names and all(map(ONLY_X86.fullmatch, names)) else ""
        case "make":
            return _widened_ifeq(match, word, asks)
        case _:
            return ""


def _widened_ifeq(match: re.Match[str], word: str, asks: str) -> str:
    """``ifeq (X,x86_64)``, or ``ifneq`` of nothing and what searches for the name."""
    first, second = (match["left"], match["right"]) if match["q"] is None else (match["one"], match["two"])
    for asked, other in ((first, second), (second, first)):
        if word.endswith("ifeq") and "$" in asked and ONLY_X86.fullmatch(other):
            return f"($(if {asks},{other},{asked}),{other})"
        search = re.fullmatch(r"\$\((?:filter|findstring) ([^,$]*),\$[^,]*\)", asked)
        if word.endswith("ifneq") and not other and search and ONLY_X86.fullmatch(search[1]):
            return f"({asked}{asks},)"
    return ""


def told(path: str, choice: Choice, lines: Sequence[str]) -> Iterator[Item]:
    """What is to be said of a branch that nothing translated stands in."""
    body = [code for line in lines[choice.line : choice.last_line] if (code := code_of(line)).strip()]
    place = path, choice.line, choice.last_line, choice.condition
    if choice.others == "an error":
        yield Item("conditional", *place, "left", "", "others get an error", "add a branch for them")
    elif choice.others == "nothing" and body and not all(map(FLAG.search, body)):
        yield Item(
            "conditional", *place, "note", "", "others get nothing here", "is it needed there? then add a branch"
        )
