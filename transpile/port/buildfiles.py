"""x86 compiler flags in build files, kept for x86 and left out elsewhere.

Makefiles ask the compiler what it makes code for, CMake and Meson know. A flag that the build tries before it uses it
is left as it is. Configure scripts are not changed: their flags are told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Literal, TypeAlias

from transpile.port.items import Item

System: TypeAlias = Literal["make", "cmake", "meson", "autoconf"]
Spell: TypeAlias = Callable[[str], str]

_ARCH = (
    r"native|x86-64(?:-v\d)?|i[3-6]86|core\w*|corei7\w*|pentium\w*|nehalem|westmere|sandybridge|ivybridge|haswell|"
    r"broadwell|skylake[\w-]*|cascadelake|icelake[\w-]*|znver\d|bdver\d|k8\w*|athlon\w*|opteron\w*|amdfam10|atom|"
    r"silvermont|knl|alderlake|sapphirerapids"
)
_FEATURE = (
    r"mmx|sse\d?(?:\.\d|_math)?a?|ssse3|avx(?:2|512\w*|vnni\w*|10\.\d)?|fma4?|bmi2?|adx|aes|pclmul|popcnt|lzcnt|f16c|"
    r"sha|gfni|vaes|vpclmulqdq|rdrnd|rdseed|tbm|xop|abm|movbe|xsave\w*|cx16|fpmath=[\w+,]+|32|64|x32|stackrealign|"
    r"red-zone|no-red-zone|no-(?:sse\w*|avx\w*|mmx)"
)
FLAG = re.compile(
    rf"(?<![\w$/.+-])(?P<flag>-m(?:{_FEATURE}|arch=(?:{_ARCH})|tune=(?:generic|intel|{_ARCH}))"
    r"|--(?:32|64|x32)(?=\s+\S*\s*--?\w|\s*$|\s+--))(?![\w.-])"
)
"""The compilers' flags, and ``--64`` of the assembler."""
TRIED = re.compile(
    r"check_\w*compiler_flag|check_cxx?_source|try_compile|has_argument|has_multi_arguments|get_supported_arguments|AX_CHECK_COMPILE_FLAG|AX_APPEND_COMPILE_FLAGS|AC_COMPILE_IFELSE|message\s*\(|option\s*\(",
    re.I,
)

C89 = re.compile(r"(?<![\w$/.+-])(?P<flag>-std=(?:c89|c90|gnu89|gnu90|iso9899:1990)|-ansi)(?![\w.:-])")
"""SIMDe needs C99."""

MAKE_HEAD = (
    "# transpile: flags for x86 are given where the compiler makes code for x86",
    "TRANSPILE_MACHINE = $(eval TRANSPILE_MACHINE := $$(firstword $$(subst -, ,$$(shell $$(CC) -dumpmachine))))"
    "$(TRANSPILE_MACHINE)",
    "TRANSPILE_X86 = $(filter x86_64 amd64 i386 i486 i586 i686,$(TRANSPILE_MACHINE))",
)
CMAKE_X86 = "^(x86_64|AMD64|amd64|i[3-6]86|x86)$"
MESON_X86 = "host_machine.cpu_family() in ['x86', 'x86_64']"


def system_of(path: str) -> System | None:
    """Which build system reads a file of that name."""
    name = PurePosixPath(path).name
    if name in ("Makefile", "makefile", "GNUmakefile", "Makefile.in", "Makefile.am") or name.endswith((".mk", ".mak")):
        return "make"
    if name == "CMakeLists.txt" or name.endswith(".cmake"):
        return "cmake"
    if name in ("meson.build",):
        return "meson"
    if name in ("configure.ac", "configure.in"):
        return "autoconf"
    return None


def port(path: str, text: str, simde: bool = False) -> tuple[str, list[Item]]:
    """``text`` with guarded flags, and what was found. A second time, nothing changes.

    ``simde``: the repository takes SIMDe's headers now.
    """
    match system_of(path):
        case "make":
            return in_make(path, text, simde)
        case "cmake":
            return in_cmake(path, text)
        case "meson":
            return in_meson(path, text)
        case "autoconf":
            return text, list(told(path, text))
        case _:
            return text, []


def substituted(path: str, code: str, number: int, how: str, spell: Spell, items: list[Item]) -> str:
    """``code`` with each flag as ``spell`` has it, and an item for each."""

    def guarded(match: re.Match[str]) -> str:
        items.append(Item("flag", path, number, number, match["flag"], "ported", how))
        return spell(match["flag"])

    return FLAG.sub(guarded, code)


def in_make(path: str, text: str, simde: bool) -> tuple[str, list[Item]]:
    lines = text.split("\n")
    items: list[Item] = []
    for number, line in enumerate(lines, 1):
        code, hash_, comment = line.partition("#")
        if code.lstrip().startswith(("ifeq", "ifneq", "ifdef", "ifndef", "else", "TRANSPILE_")):
            continue
        how = "given where $(CC) makes code for x86"
        pieces = _GUARDED.split(code)
        for at in range(0, len(pieces), 2):
            pieces[at] = substituted(path, pieces[at], number, how, "$(if $(TRANSPILE_X86),{})".format, items)
            if simde:
                pieces[at] = C89.sub(lambda match, number=number: _c99(match["flag"], path, number, items), pieces[at])
        lines[number - 1] = "".join(pieces) + hash_ + comment
    if items and MAKE_HEAD[0] not in text:
        lines[0:0] = [row + carriage(text) for row in (*MAKE_HEAD, "")]
    return "\n".join(lines), items


_GUARDED = re.compile(r"(\$\(if \$\(TRANSPILE_X86\),[^()]*\))")


def carriage(text: str) -> str:
    """What a line of ``text`` has before its end."""
    return "\r" if "\r\n" in text else ""


def in_cmake(path: str, text: str) -> tuple[str, list[Item]]:
    lines = text.split("\n")
    items: list[Item] = []
    names: dict[str, str] = {}

    def spell(flag: str) -> str:
        name = "TRANSPILE_X86_" + re.sub(r"\W", "_", flag.lstrip("-")).upper()
        names[name] = flag
        return f"${{{name}}}"

    for number, line in enumerate(lines, 1):
        code, hash_, comment = line.partition("#")
        if TRIED.search(code):
            items += [tried(path, number, match["flag"]) for match in FLAG.finditer(code)]
        elif not re.match(r"\s*set\(TRANSPILE_X86_", code):
            how = "given where CMAKE_SYSTEM_PROCESSOR is x86"
            lines[number - 1] = substituted(path, code, number, how, spell, items) + hash_ + comment
    if names:
        at = after_project(lines)
        lines[at:at] = [row + carriage(text) for row in _cmake_head(names)]
    return "\n".join(lines), items


def _cmake_head(names: dict[str, str]) -> Iterator[str]:
    yield "# transpile: flags for x86"
    yield f'if(CMAKE_SYSTEM_PROCESSOR MATCHES "{CMAKE_X86}")'
    for name, flag in sorted(names.items()):
        yield f'  set({name} "{flag}")'
    yield "endif()"


def after_project(lines: list[str]) -> int:
    """The line after the call of ``project``, which says what is built for; 0 without one."""
    for number, line in enumerate(lines):
        if re.match(r"\s*project\s*\(", line, re.I):
            depth = 0
            for last in range(number, len(lines)):
                code = lines[last].partition("#")[0]
                depth += code.count("(") - code.count(")")
                if depth <= 0:
                    return last + 1
    return 0


def in_meson(path: str, text: str) -> tuple[str, list[Item]]:
    lines = text.split("\n")
    items: list[Item] = []
    for number, line in enumerate(lines, 1):
        code, hash_, comment = line.partition("#")
        if TRIED.search(code):
            items += [tried(path, number, match["flag"]) for match in FLAG.finditer(code)]
            continue
        if MESON_X86 in code:
            continue
        pieces = re.split(r"('[^'\\]*')", code)
        for at in range(1, len(pieces), 2):
            flag = pieces[at][1:-1]
            if FLAG.fullmatch(flag):
                items.append(Item("flag", path, number, number, flag, "ported", "given where host_machine is x86"))
                pieces[at] = f"({MESON_X86} ? ['{flag}'] : [])"
        lines[number - 1] = "".join(pieces) + hash_ + comment
    return "\n".join(lines), items


def _c99(flag: str, path: str, number: int, items: list[Item]) -> str:
    items.append(Item("flag", path, number, number, flag, "ported", "-std=gnu99 elsewhere, which SIMDe needs"))
    return f"$(if $(TRANSPILE_X86),{flag},-std=gnu99)"


def tried(path: str, number: int, flag: str) -> Item:
    return Item("flag", path, number, number, flag, "covered", "the build tries it before it uses it")


def told(path: str, text: str) -> Iterator[Item]:
    """Flags of a configure script, which is not changed."""
    for number, line in enumerate(text.split("\n"), 1):
        code = line.partition("#")[0].partition("dnl ")[0]
        for match in FLAG.finditer(code):
            if TRIED.search(code):
                yield tried(path, number, match["flag"])
            else:
                why, hint = "configure scripts are not changed", "put it into a case on $host_cpu"
                yield Item("flag", path, number, number, match["flag"], "left", "", why, hint)
