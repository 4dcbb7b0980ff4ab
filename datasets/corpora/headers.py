"""What stands in for a package's build system: where its headers lie, and headers that a build would have generated.

No ``configure`` script is run. A template such as ``config.h.in`` is filled in by the names of its macros: headers
that this machine has, functions of its C library, sizes of x86-64. A header that is installed under another path
stands for the one of that name in the tree; other headers that remain missing are empty.
"""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

SYSTEM = (Path("/usr/include"), Path("/usr/include/x86_64-linux-gnu"))
MAX_FOLDERS = 80
ELSEWHERE = re.compile(
    r"\.pc|debian|(win|win32|win64|windows|nt|msdos|dos|vms|amiga|os2|mac|wince)([-_.].*)?|"
    r"arm\w*|aarch64|ppc|powerpc|mips|riscv\w*|s390\w*|sparc|loongarch\w*"
)
"""Folders, in lower case, of other systems and what the packaging added or replaced."""
_KNOWN = {"STDC_HEADERS": "1", "TIME_WITH_SYS_TIME": "1", "RETSIGTYPE": "void", "SELECT_TYPE_ARG1": "int"}
_WORDS = {
    "SIZE16": "short",
    "USIZE16": "unsigned short",
    "SIZE32": "int",
    "USIZE32": "unsigned",
    "SIZE64": "long",
    "USIZE64": "unsigned long",
    "BITS_IN_JSAMPLE": "8",
    "INLINE": "inline",
    "THREAD_LOCAL": "__thread",
}
"""C that templates ask for by these names."""
_ALWAYS = frozenset(
    ["stdbool_h", "stddef_h", "stdarg_h", "float_h", "limits_h", "long_long", "long_long_int", "_bool", "inline"]
)
"""What every C compiler of today has."""
_USUAL = (
    *("PACKAGE", "PACKAGE_NAME", "PACKAGE_VERSION", "PACKAGE_BUGREPORT", "PACKAGE_URL", "VERSION", "HAVE__BOOL"),
    *(f"HAVE_{name}_H" for name in ("STDBOOL", "STDINT", "INTTYPES", "STDLIB", "STRING", "LIMITS", "UNISTD", "FCNTL")),
    *(f"HAVE_{name}" for name in ("SNPRINTF", "STRDUP", "MEMMOVE", "STRTOLL", "LRINT", "LRINTF")),
)
"""What a ``config.h`` says, whichever the package."""
_SIZES = {"CHAR": 1, "SHORT": 2, "INT": 4, "FLOAT": 4, "WCHAR_T": 4, "MODE_T": 4, "UID_T": 4, "GID_T": 4}
_STRINGS = re.compile(r"(PACKAGE|VERSION)(_[A-Z]+)?|.*_(VERSION|DIR|PATH|NAME|STRING)")
_UNWANTED = re.compile(r"HAVE_(LIB.*|.*(WIN|OPENSSL|X11|SANDBOX|PLEDGE|CAPSICUM|NEON|AVX|ALTIVEC|BROKEN).*)")
_TEMPLATE = re.compile(r"^[ \t]*#[ \t]*(?:undef|cmakedefine|cmakedefine01|mesondefine)[ \t]+(\w+)[^\n]*$", re.M)


def include_options(tree: Path) -> list[str]:
    """``-I`` for each folder of headers; folders that would shadow a system header serve quoted includes only."""
    folders: set[Path] = set()
    shadowing: set[Path] = set()
    for header in tree.rglob("*.h"):
        if any(ELSEWHERE.fullmatch(folder.lower()) for folder in header.relative_to(tree).parts[:-1]):
            continue
        folders.add(header.parent)
        if header.parent != tree:
            folders.add(header.parent.parent)
        if any((system / header.name).exists() for system in SYSTEM):
            shadowing.add(header.parent)
    ranked = sorted(folders, key=lambda folder: (len(folder.parts), str(folder)))[:MAX_FOLDERS]
    return [part for folder in ranked for part in ("-iquote" if folder in shadowing else "-I", str(folder))]


def generate(tree: Path, into: Path) -> None:
    """Write what templates of headers below ``tree`` give, and a usual ``config.h`` where there is no template."""
    into.mkdir(parents=True, exist_ok=True)
    for template in sorted(tree.rglob("*.h*.in")) + sorted(tree.rglob("*config*.hin")):
        name = re.sub(r"\.?(cmake|meson)?\.in$|in$", "", template.name)
        present = list(tree.rglob(name))
        if ".pc" in template.parts or not name.endswith(".h") or present:
            continue
        target = into / name
        if not target.exists():
            target.write_text(fill(template.read_text(errors="replace")))
    if not (into / "config.h").exists():
        (into / "config.h").write_text("".join(_define(macro) + "\n" for macro in _USUAL))


def stand_in(name: str, tree: Path) -> str:
    """The text for a header that a file includes as ``name`` and that is nowhere."""
    base = Path(name).name
    found = [path for path in sorted(tree.rglob(base)) if ".pc" not in path.parts and path.is_file()]
    if found and "/" in name:
        nearest = max(
            found, key=lambda path: (path.as_posix().endswith(name), path.parent.name in name, -len(path.parts))
        )
        return f'#include "{nearest.resolve()}"\n'
    if base.endswith("_export.h"):
        macro = base.removesuffix("_export.h").upper()
        return f"#define {macro}_EXPORT\n#define {macro}_NO_EXPORT\n"
    return ""


def fill(template: str) -> str:
    """The header that a template gives on this machine."""
    text = re.sub(r"^@\w+@$", "", _TEMPLATE.sub(lambda match: _define(match[1]), template), flags=re.M)
    return re.sub(r"@(\w+)@", lambda match: _word(match[1]), text)


def _word(variable: str) -> str:
    if variable.startswith("INCLUDE_"):
        return "1"
    if variable.startswith("SIZEOF_"):
        return _value(variable) or "0"
    number = re.fullmatch(r"(?:\w*_)?(U?INT(?:8|16|32|64|PTR|MAX))_T(?:YPE)?", variable)
    if number:
        return f"{number[1].lower()}_t"
    return _WORDS.get(variable) or ("x" if _STRINGS.fullmatch(variable) else "0")


def _define(macro: str) -> str:
    value = _value(macro)
    return f"#undef {macro}" if value is None else f"#define {macro} {value}"


def _value(macro: str) -> str | None:
    if macro.startswith("SIZEOF_"):
        return str(_SIZES.get(macro.removeprefix("SIZEOF_").removeprefix("UNSIGNED_"), 8))
    if macro in _KNOWN:
        return _KNOWN[macro]
    if macro.startswith(("HAVE_DECL_", "HAVE_STRUCT_")):
        return "1"
    if macro.startswith("HAVE_") and not _UNWANTED.fullmatch(macro):
        return "1" if _have(macro.removeprefix("HAVE_").lower()) else None
    return '"1"' if _STRINGS.fullmatch(macro) and not macro.startswith(("HAVE_", "USE_")) else None


def _have(name: str) -> bool:
    if name in _ALWAYS or name.endswith("_t"):
        return True
    if name.endswith("_h"):
        stem = name.removesuffix("_h")
        spellings = {stem, stem.replace("_", "/", 1)}
        return any((system / f"{spelling}.h").exists() for system in SYSTEM for spelling in spellings)
    return name in _library()


@cache
def _library() -> frozenset[str]:
    """Functions that the C library defines."""
    program = "#include <gnu/lib-names.h>\nLIBC_SO LIBM_SO\n"
    names = subprocess.run(["gcc", "-E", "-P", "-"], input=program, capture_output=True, text=True).stdout
    found: set[str] = set()
    for library in re.findall(r'"([\w.+-]+)"', names):
        for folder in ("/lib/x86_64-linux-gnu", "/lib64"):
            listing = ["nm", "-D", "--defined-only", f"{folder}/{library}"]
            symbols = subprocess.run(listing, capture_output=True, text=True).stdout
            found.update(line.split()[-1].split("@")[0] for line in symbols.splitlines())
    return frozenset(found)
