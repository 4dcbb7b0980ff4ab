"""x86 compiler flags in the text of build files, and which calls try a flag before it is used."""

from __future__ import annotations

import re

from transpile.port.items import Item

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
    r"|(?:-Wa,)?--(?:32|64|x32)(?=\s+\S*\s*--?\w|\s*$|\s+--|\)))(?![\w.-])"
)
"""The compilers' flags, and ``--64`` of the assembler."""
TRIED = re.compile(
    r"check_\w*compiler_flag|check_cxx?_source|try_compile|has_argument|has_multi_arguments|get_supported_arguments|AX_CHECK_COMPILE_FLAG|AX_APPEND_COMPILE_FLAGS|AC_COMPILE_IFELSE|message\s*\(|option\s*\(",
    re.I,
)


def name_of(flag: str) -> str:
    """The variable that a flag for x86 stands in."""
    return "TRANSPILE_X86_" + re.sub(r"\W", "_", flag.lstrip("-")).upper()


def given(path: str, number: int, flag: str, how: str) -> Item:
    """A flag that is given on x86 alone now."""
    return Item("flag", path, number, number, flag, "ported", how)


def tried(path: str, number: int, flag: str) -> Item:
    return Item("flag", path, number, number, flag, "covered", "the build tries it before it uses it")


def left(path: str, number: int, flag: str, why: str, hint: str) -> Item:
    return Item("flag", path, number, number, flag, "left", "", why, hint)


def carriage(text: str) -> str:
    """What a line of ``text`` has before its end."""
    return "\r" if "\r\n" in text else ""
