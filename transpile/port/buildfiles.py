"""x86 compiler flags in build files, kept for x86 and left out elsewhere.

Makefiles ask the compiler what it makes code for, CMake and Meson know. A flag that the build tries before it uses it
is left as it is. Configure scripts are not changed: their flags are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Literal, TypeAlias

from transpile.port import automake, cmake, meson
from transpile.port.flags import FLAG, TRIED, carriage, given, left, name_of, tried
from transpile.port.items import Item

System: TypeAlias = Literal["make", "cmake", "meson", "autoconf"]

C89 = re.compile(r"(?<![\w$/.+-])(?P<flag>-std=(?:c89|c90|gnu89|gnu90|iso9899:1990)|-ansi)(?![\w.:-])")
"""SIMDe needs C99."""

MAKE_HOW = "given where $(CC) makes code for x86"
MAKE_HEAD = (
    "# transpile: flags for x86 are given where the compiler makes code for x86",
    "TRANSPILE_MACHINE = $(eval TRANSPILE_MACHINE := $$(firstword $$(subst -, ,$$(shell $$(CC) -dumpmachine))))"
    "$(TRANSPILE_MACHINE)",
    "TRANSPILE_X86 = $(filter x86_64 amd64 i386 i486 i586 i686,$(TRANSPILE_MACHINE))",
)


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


def port(path: str, text: str, simde: bool = False, conditionals: bool = False) -> tuple[str, list[Item]]:
    """``text`` with guarded flags, and what was found. A second time, nothing changes.

    ``simde``: the repository takes SIMDe's headers now. ``conditionals``: Automake knows those of this package.
    """
    match system_of(path):
        case "make":
            return in_make(path, text, simde, conditionals)
        case "cmake":
            return cmake.port(path, text)
        case "meson":
            return meson.port(path, text)
        case "autoconf":
            return text, list(told(path, text))
        case _:
            return text, []


def in_make(path: str, text: str, simde: bool, conditionals: bool) -> tuple[str, list[Item]]:
    lines = text.split("\n")
    items: list[Item] = []
    flags: dict[str, tuple[str, str]] = {}

    def spell(flag: str, other: str = "") -> str:
        if not conditionals:
            return f"$(if $(TRANSPILE_X86),{flag}{',' * bool(other)}{other})"
        flags[name_of(flag)] = flag, other
        return f"$({name_of(flag)})"

    for number, line in enumerate(lines, 1):
        code, hash_, comment = line.partition("#")
        if code.lstrip().startswith(("ifeq", "ifneq", "ifdef", "ifndef", "else", "TRANSPILE_")):
            continue
        pieces = _GUARDED.split(code)
        for at in range(0, len(pieces), 2):
            items += [given(path, number, match["flag"], MAKE_HOW) for match in FLAG.finditer(pieces[at])]
            pieces[at] = FLAG.sub(lambda match: spell(match["flag"]), pieces[at])
            if simde:
                how = "-std=gnu99 elsewhere, which SIMDe needs"
                items += [given(path, number, match["flag"], how) for match in C89.finditer(pieces[at])]
                pieces[at] = C89.sub(lambda match: spell(match["flag"], "-std=gnu99"), pieces[at])
        lines[number - 1] = "".join(pieces) + hash_ + comment
    if flags:
        lines[0:0] = [row + carriage(text) for row in ("# transpile: flags for x86", *automake.flag_rows(flags), "")]
    elif items and MAKE_HEAD[0] not in text:
        lines[0:0] = [row + carriage(text) for row in (*MAKE_HEAD, "")]
    return "\n".join(lines), items


_GUARDED = re.compile(r"(\$\(if \$\(TRANSPILE_X86\),[^()]*\))")


def told(path: str, text: str) -> Iterator[Item]:
    """Flags of a configure script, which is not changed."""
    for number, line in enumerate(text.split("\n"), 1):
        code = line.partition("#")[0].partition("dnl ")[0]
        for match in FLAG.finditer(code):
            if TRIED.search(code):
                yield tried(path, number, match["flag"])
            else:
                why, hint = "configure scripts are not changed", "put it into a case on $host_cpu"
                yield left(path, number, match["flag"], why, hint)
