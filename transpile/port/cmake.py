"""x86 compiler flags in CMake files: each stands in a variable that is empty for other processors.

A flag in a place of its own keeps an argument there, unless the command takes a list. Flags that are tried, compared or
given before ``project``, which is what says what is built for, stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from transpile.port.flags import FLAG, TRIED, carriage, given, left, name_of, tried
from transpile.port.items import Item

X86 = "^(x86_64|AMD64|amd64|i[3-6]86|x86)$"
HOW = "given where CMAKE_SYSTEM_PROCESSOR is x86"
_TOKEN = re.compile(
    r'(?P<comment>#\[(?P<c>=*)\[.*?\](?P=c)\]|#[^\n]*)|(?P<argument>\[(?P<b>=*)\[.*?\](?P=b)\]|"(?:\\.|[^"\\])*"'
    r'|(?:\\.|"(?:\\.|[^"\\\n])*"|[^\s()#"\\])+)|(?P<bracket>[()])',
    re.S,
)
_LISTS = frozenset({
    "add_compile_options", "add_definitions", "add_link_options", "foreach", "list", "set", "set_property",
    "target_compile_options", "target_link_libraries", "target_link_options",
})  # fmt: skip
"""Commands that take none as well as one."""
_COMPARED = frozenset({"elseif", "if", "mark_as_advanced", "message", "option", "while"})
_JOINED = {"string": frozenset({"APPEND", "CONCAT", "JOIN", "PREPEND"}), "list": frozenset({"APPEND", "PREPEND"})}
"""Subcommands that put texts together; the others compare."""


@dataclass(frozen=True, slots=True)
class Argument:
    """As written, with quotes; ``start`` is its offset in the file."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Command:
    """``name`` in small letters; the offsets are those of the name and behind the closing bracket."""

    name: str
    start: int
    end: int
    arguments: tuple[Argument, ...]


def commands(text: str) -> Iterator[Command]:
    """The commands of a CMake file, in their order."""
    name, depth = Argument("", 0), 0
    arguments: list[Argument] = []
    for match in _TOKEN.finditer(text):
        if match["comment"] is not None:
            continue
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth == 0 and match[0] == ")":
            yield Command(name.text.lower(), name.start, match.end(), tuple(arguments))
        elif depth == 0:
            name = Argument(match[0], match.start())
        elif (depth, match[0]) == (1, "("):
            arguments = []
        else:
            arguments.append(Argument(match[0], match.start()))
        depth = max(depth, 0)


def after_project(text: str) -> int:
    """The offset behind the call of ``project``, which says what is built for; 0 without one."""
    return next((command.end for command in commands(text) if command.name == "project"), 0)


def head_at(lines: list[str]) -> int:
    """The line before which variables for all of the file are set."""
    text = "\n".join(lines)
    end = after_project(text)
    if not end:
        end = next((command.end for command in commands(text) if command.name == "cmake_minimum_required"), 0)
    return text.count("\n", 0, end) + 1 if end else 0


def port(path: str, text: str) -> tuple[str, list[Item]]:
    """``text`` with flags for x86 alone, and what was found. A second time, nothing changes."""
    items: list[Item] = []
    names: dict[str, str] = {}
    edits: list[tuple[Argument, str]] = []
    project = after_project(text)
    toolchain = re.search(r"^\s*set\s*\(\s*CMAKE_SYSTEM_NAME\b", text, re.I | re.M)
    for command in commands(text):
        if _is_head(command):
            continue
        for argument in command.arguments:
            number = text.count("\n", 0, argument.start) + 1
            flags = [match["flag"] for match in FLAG.finditer(argument.text)]
            if not flags or _compares(command):
                continue
            if TRIED.match(command.name):
                items += [tried(path, number, flag) for flag in flags]
            elif toolchain:
                how = "a toolchain file is for one target"
                items += [Item("flag", path, number, number, flag, "covered", how) for flag in flags]
            elif command.end < project:
                why, hint = "it is set before 'project' says what is built for", "set it behind 'project'"
                items += [left(path, number, flag, why, hint) for flag in flags]
            else:
                items += [given(path, number, flag, HOW) for flag in flags]
                names.update({name_of(flag): flag for flag in flags})
                edits.append((argument, _spelt(argument.text, command.name)))
    for argument, spelt in reversed(edits):
        text = text[: argument.start] + spelt + text[argument.end :]
    if names:
        lines = text.split("\n")
        at = head_at(lines)
        lines[at:at] = [row + carriage(text) for row in _head(names)]
        text = "\n".join(lines)
    return text, items


def _is_head(command: Command) -> bool:
    return command.name == "set" and command.arguments[:1] != () and command.arguments[0].text.startswith("TRANSPILE_")


def _compares(command: Command) -> bool:
    if command.name in _JOINED:
        return not command.arguments or command.arguments[0].text.upper() not in _JOINED[command.name]
    return command.name in _COMPARED


def _spelt(argument: str, command: str) -> str:
    """An argument with variables for its flags; a function that counts its arguments still gets one."""
    spelt = FLAG.sub(lambda match: f"${{{name_of(match['flag'])}}}", argument)
    return f'"{spelt}"' if FLAG.fullmatch(argument) and command not in _LISTS else spelt


def _head(names: Mapping[str, str]) -> Iterator[str]:
    yield "# transpile: flags for x86"
    yield f'if(CMAKE_SYSTEM_PROCESSOR MATCHES "{X86}")'
    for name, flag in sorted(names.items()):
        yield f'  set({name} "{flag}" CACHE INTERNAL "")'
    yield "endif()"
