"""x86 compiler flags in Meson files: each becomes a list that is empty for other processors.

That holds where Meson takes lists apart: in the arguments of targets, of ``add_project_arguments`` and the like, and in
lists and variables of their own. Flags that are tried stay as they are; those in other places are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from transpile.port.flags import FLAG, given, left, tried
from transpile.port.items import Item

X86 = "host_machine.cpu_family() in ['x86', 'x86_64']"
HOW = "given where host_machine is x86"
_TOKEN = re.compile(
    r"(?P<comment>#[^\n]*)|(?P<long>'''.*?''')|(?P<string>'(?:\\.|[^'\\\n])*')|(?P<open>[\w.]*[ \t]*[(\[{])"
    r"|(?P<close>[)\]}])|(?P<line>\n)",
    re.S,
)
_TRIES = re.compile(
    r"(?:^|\.)(?:has_\w+|get_supported_\w+|first_supported_\w+|check_header|compiles|links|run|sizeof|alignment)$"
)
_NAME = re.compile(r"[ \t]*(?P<loop>foreach\s+)?(?P<name>\w+)\s*(?:\+?=(?!=)|:)")
_OPERATORS = (".", "+", "/", "==", "!=", "not ", "in ")
_SAYS = frozenset({"assert", "error", "message", "option", "summary", "warning"})
_TAKES = re.compile(
    r"add_(?:global|project)_(?:link_)?arguments|build_target|declare_dependency|executable|library"
    r"|(?:both|shared|static)_(?:library|libraries)|shared_module"
)


@dataclass(frozen=True, slots=True)
class Literal:
    """A string in a Meson file: its value, its offsets with quotes, the calls and brackets around it, outermost first,
    as they are opened, and where its statement begins."""

    value: str
    start: int
    end: int
    around: tuple[str, ...]
    statement: int


def literals(text: str) -> Iterator[Literal]:
    """The strings of one line each, in their order."""
    open_ones: list[str] = []
    statement = 0
    for match in _TOKEN.finditer(text):
        if match["line"] is not None and not open_ones:
            statement = match.end()
        elif match["open"] is not None:
            open_ones.append(match[0].replace(" ", ""))
        elif match["close"] is not None and open_ones:
            open_ones.pop()
        elif match["string"] is not None:
            yield Literal(match[0][1:-1], match.start(), match.end(), tuple(open_ones), statement)


def head_at(lines: list[str]) -> int:
    """The line before which variables for all of the file are set: behind ``project``, which has to be first."""
    text = "\n".join(lines)
    depth, inside = 0, False
    for match in _TOKEN.finditer(text):
        if match["open"] is not None:
            inside |= depth == 0 and match[0].split("(")[0].strip() == "project"
            depth += 1
        elif match["close"] is not None:
            depth -= 1
            if inside and depth == 0:
                return text.count("\n", 0, match.end()) + 1
    return 0


def port(path: str, text: str) -> tuple[str, list[Item]]:
    """``text`` with flags for x86 alone, and what was found. A second time, nothing changes."""
    items: list[Item] = []
    edits: list[tuple[Literal, str]] = []
    for one in literals(text):
        number = text.count("\n", 0, one.start) + 1
        found = [match["flag"] for match in FLAG.finditer(one.value)] if one.value.startswith("-") else []
        calls = [word[:-1] for word in one.around if word[-1] == "(" and word[:-1]]
        if not found or _guarded(text, one) or any(call in _SAYS for call in calls):
            continue
        if any(_TRIES.search(call) for call in calls) or _tried_by_name(text, one):
            items += [tried(path, number, flag) for flag in found]
        elif why := _unfit(text, one, calls):
            hint = f"give it only where {X86}"
            items += [left(path, number, flag, why, hint) for flag in found]
        else:
            items.append(given(path, number, one.value, HOW))
            edits.append((one, f"({X86} ? ['{one.value}'] : [])"))
    for one, spelt in reversed(edits):
        text = text[: one.start] + spelt + text[one.end :]
    return text, items


def _guarded(text: str, one: Literal) -> bool:
    """Whether an earlier run put it under the condition."""
    return text.endswith(f"{X86} ? [", 0, one.start)


def _named(text: str, one: Literal) -> re.Match[str] | None:
    """What its statement calls it, or goes through it by."""
    return _NAME.match(text, one.statement, one.start)


def _tried_by_name(text: str, one: Literal) -> bool:
    """Whether the file tries what it is called."""
    named = _named(text, one)
    return named is not None and any(
        re.search(rf"\.(?:has|get_supported|first_supported)_\w+\(\s*{name}\b", text)
        for name in (named["name"], *_elements(text, named["name"]))
    )


def _elements(text: str, name: str) -> list[str]:
    """What loops call the elements of a list."""
    return re.findall(rf"^[ \t]*foreach\s+(\w+)\s*:[^\n]*\b{name}\b", text, re.M)


def _unfit(text: str, one: Literal, calls: list[str]) -> str:
    """Why a list may not stand there; empty if it may."""
    before, behind = text[: one.start].rstrip(), text[one.end :].lstrip(" \t")
    named = _named(text, one)
    if not FLAG.fullmatch(one.value):
        return "it is a part of a text"
    if behind.startswith(_OPERATORS) or before.endswith(("==", "!=", "/", " in", "+")):
        return "it is calculated with"
    if any(word[-1] == "{" for word in one.around) or (named and named["loop"]):
        return "it stands in a collection"
    if calls and not _TAKES.fullmatch(calls[-1]):
        return f"what '{calls[-1]}' does with a list is not known"
    texts = _elements(text, named["name"]) if named else []
    if named and not one.around:
        texts.append(named["name"])
    if any(_is_text(text, name) for name in texts):
        return f"'{texts[-1]}' is a text"
    return ""


def _is_text(text: str, name: str) -> bool:
    """Whether a variable is used as a text is and a list is not."""
    use = rf"\b{name}\s*(?:\+(?!=)|/|==|!=|\.)|[+/]\s*{name}\b|format\([^)\n]*\b{name}\b|@{name}@"
    return bool(re.search(use, text)) or bool(
        re.search(rf"^[ \t]*{name}\s*\+=", text, re.M) and re.search(rf"^[ \t]*{name}\s*=\s*'", text, re.M)
    )
