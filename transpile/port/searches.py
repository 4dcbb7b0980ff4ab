"""Searches of build files that would find translations beside the assembly files of x86: each takes its target's alone.

That is ``find`` and wildcards over folders in Makefiles, and ``file(GLOB_RECURSE)`` in CMake. Meson has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from transpile.port import cmake
from transpile.port.buildfiles import System
from transpile.port.flags import carriage

MARK: Mapping[System, str] = {"make": "$(call TRANSPILE_OWN,", "cmake": "transpile_own(", "meson": "\0"}
MAKE_SEARCH: tuple[str, ...] = (
    "# transpile: of the assembly files that a search finds, those of this target",
    "TRANSPILE_OWN = $(foreach f,$(1),$(if $(filter %.s,$(f)),$(if $(filter riscv aarch64,$(notdir $(patsubst %/,%,"
    "$(dir $(f))))),,$(or $(and $(TRANSPILE_ASM),$(wildcard $(dir $(f))$(TRANSPILE_ASM)$(notdir $(f)))),$(f))),$(f)))",
)
CMAKE_SEARCH: tuple[str, ...] = (
    "# transpile: of the assembly files that a search finds, those of this target",
    "macro(transpile_own files)",
    '  set(transpile_kept "")',
    "  foreach(transpile_file IN LISTS ${files})",
    '    get_filename_component(transpile_folder "${transpile_file}" DIRECTORY)',
    '    get_filename_component(transpile_name "${transpile_file}" NAME)',
    '    list(FIND ${files} "${transpile_folder}/${TRANSPILE_ASM}${transpile_name}" transpile_found)',
    '    if(transpile_file MATCHES "/(riscv|aarch64)/[^/]*[.]s$")',
    '      if(TRANSPILE_ASM AND transpile_file MATCHES "/${TRANSPILE_ASM}[^/]*$")',
    '        list(APPEND transpile_kept "${transpile_file}")',
    "      endif()",
    '    elseif(NOT (TRANSPILE_ASM AND transpile_file MATCHES "[.]s$" AND transpile_found GREATER -1))',
    '      list(APPEND transpile_kept "${transpile_file}")',
    "    endif()",
    "  endforeach()",
    "  set(${files} ${transpile_kept})",
    "endmacro()",
)
HEADS: Mapping[System, tuple[str, ...]] = {"make": MAKE_SEARCH, "cmake": CMAKE_SEARCH}
"""What has to stand before a search."""
_BEGIN = re.compile(r"\$\((?:wildcard|shell\s+find)\s")


@dataclass(frozen=True, slots=True)
class Search:
    """The lines of a search, and the last of them as it is to be; it may have become two."""

    line: int
    last_line: int
    led: str


def find(system: System, lines: Sequence[str], sources: Sequence[str]) -> list[Search]:
    """The searches that find assembly files, those that are led already too."""
    names = [PurePosixPath(source).name for source in sources if source.endswith(".s")]
    match system:
        case "make":
            return [found for number, line in enumerate(lines, 1) if (found := _in_make(number, line, names))]
        case "cmake":
            return list(_in_cmake(lines, names))
        case _:
            return []


def _in_make(number: int, line: str, names: Sequence[str]) -> Search | None:
    code = line.partition("#")[0]
    led = line
    for match in reversed(list(_BEGIN.finditer(code))):
        end = _closing(code, match.start() + 1)
        call = code[match.start() : end]
        if end > 0 and _finds(call, names) and not code.endswith(MARK["make"], 0, match.start()):
            led = f"{led[: match.start()]}{MARK['make']}{call}){led[end:]}"
    return Search(number, number, led) if MARK["make"] in led else None


def _closing(code: str, opening: int) -> int:
    """The offset behind the bracket that closes the one at ``opening``; -1 if none does."""
    depth = 0
    for at in range(opening, len(code)):
        depth += (code[at] == "(") - (code[at] == ")")
        if depth == 0:
            return at + 1
    return -1


def _finds(call: str, names: Sequence[str]) -> bool:
    """Whether a call looks into folders by a pattern, and for assembly files."""
    words = [word.strip("'\"\\()") for word in call.split()[1:]]
    if call.startswith("$(wildcard"):
        words = [word for word in words if "*" in str(PurePosixPath(word).parent)]
    return any(fnmatchcase(name, PurePosixPath(word).name) for word in words if "*" in word for name in names)


def _in_cmake(lines: Sequence[str], names: Sequence[str]) -> Iterator[Search]:
    text = "\n".join(lines)
    for command in cmake.commands(text):
        words = [argument.text.strip('"') for argument in command.arguments]
        if command.name != "file" or words[:1] != ["GLOB_RECURSE"] or len(words) < 3:
            continue
        if not any(fnmatchcase(name, PurePosixPath(word).name) for word in words[2:] for name in names):
            continue
        first, last = (text.count("\n", 0, offset) + 1 for offset in (command.start, command.end))
        led = f"{MARK['cmake']}{words[1]})"
        line = lines[last - 1]
        indent = line[: len(line) - len(line.lstrip())]
        there = last < len(lines) and led in lines[last]
        yield Search(first, last, line if there else f"{line}\n{indent}{led}{carriage(text)}")
