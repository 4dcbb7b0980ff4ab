"""Build rules that name translated assembly files: on other targets they take the translations that lie beside them.

Every mention of a ``.s`` file, or of a wildcard over its folder, gets a variable before its last part. The variable is
empty on x86 and ``riscv/`` or ``aarch64/`` elsewhere. Where a Makefile names only the object, it gets a rule. A branch
for x86 that names translations, where others get nothing, is taken on the target too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from transpile.options import Target
from transpile.port import autoconf, automake, choices, cmake, meson, searches
from transpile.port.buildfiles import MAKE_HEAD, System, system_of
from transpile.port.choices import code_of
from transpile.port.flags import carriage
from transpile.port.items import Item

_WORD = re.compile(
    r"(?<![\w/.$(){}%*-])(?P<dir>(?:[\w.$(){}@+-]+/)*)(?P<base>[\w.+-]+|\*|%)(?P<suffix>\.[sS])\b(?![\w.=/])"
)
_OBJECT = re.compile(r"(?<![\w/.$(){}%*-])(?P<dir>(?:[\w.$(){}@+-]+/)*)(?P<base>[\w.+-]+)\.o\b(?![\w.=/])")
_STRING = re.compile(r"(?<!transpile_asm \+ )'(?P<dir>(?:[\w.@+-]+/)*)(?P<base>[\w.@+-]+)(?P<suffix>\.[sS])'")
MAKE_RULE: tuple[str, ...] = (
    "# transpile: assembly files for other targets lie in folders beside those for x86",
    "TRANSPILE_ASM = $(if $(filter riscv64,$(TRANSPILE_MACHINE)),riscv/)"
    "$(if $(filter aarch64,$(TRANSPILE_MACHINE)),aarch64/)",
)
CMAKE_RULE: tuple[str, ...] = (
    "# transpile: assembly files for other targets lie in folders beside those for x86",
    'if(CMAKE_SYSTEM_PROCESSOR MATCHES "^riscv64")',
    '  set(TRANSPILE_ASM "riscv/")',
    'elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64|ARM64)")',
    '  set(TRANSPILE_ASM "aarch64/")',
    "endif()",
)
MESON_RULE: tuple[str, ...] = (
    "# transpile: assembly files for other targets lie in folders beside those for x86",
    "transpile_asm = {'riscv64': 'riscv/', 'aarch64': 'aarch64/'}.get(host_machine.cpu_family(), '')",
)
VARIABLES: Mapping[System, str] = {"make": "$(TRANSPILE_ASM)", "cmake": "${TRANSPILE_ASM}", "meson": "transpile_asm"}


@dataclass(slots=True)
class Wired:
    """A build file after its edit; ``named`` are the assembly files it takes from there now."""

    text: str
    items: list[Item] = field(default_factory=list)
    named: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _File:
    """A build file that is read; ``in_c`` are those of ``sources`` whose functions C code has too."""

    path: str
    system: System
    sources: Sequence[str]
    in_c: Set[str]

    @property
    def folder(self) -> PurePosixPath:
        return PurePosixPath(self.path).parent


def wire(path: str, text: str, sources: Sequence[str], to: Target, in_c: Set[str] = frozenset()) -> Wired:
    """``text`` with its mentions of ``sources`` (translated files) led to their translations."""
    system = system_of(path)
    if system == "autoconf":
        return Wired(text, list(autoconf.told(path, text, to)))
    if system is None or system not in VARIABLES or path.endswith((".am", ".in")):
        return Wired(text)
    file = _File(path, system, sources, in_c)
    lines = text.split("\n")
    wired = Wired(text)
    apart = _choose(file, lines, to, wired)
    apart |= _search(file, lines, wired)
    _edit(file, path, lines, apart, wired)
    wired.named |= _named_already(lines, file)
    if system == "make":
        rules = list(_rules(file, lines, [s for s in sources if s.endswith(".s") and s not in wired.named], wired))
        at = len(lines) - (not lines[-1])
        lines[at:at] = [row + carriage(text) for row in rules]
    if searches.MARK[system] in "\n".join(lines):
        wired.named |= {s for s in sources if s.endswith(".s") and _within(PurePosixPath(s), file.folder)}
    if any(item.state == "ported" for item in wired.items):
        _head(lines, system, text)
        wired.text = "\n".join(lines)
    return wired


def _edit(file: _File, path: str, lines: list[str], left: Collection[int], wired: Wired) -> None:
    """Names of translated files in ``lines``, but for those whose numbers are in ``left``."""
    for number, line in enumerate(lines, 1):
        code, hash_, comment = line.partition("#")
        edited = code if number in left else _edited(file, code, wired.named)
        if edited != code:
            lines[number - 1] = edited + hash_ + comment
            what, how = code.strip()[:100], "takes the translations on other targets"
            wired.items.append(Item("build", path, number, number, what, "ported", how))


def wire_automake(path: str, text: str, sources: Sequence[str], to: Target, subdir_objects: bool) -> Wired:
    """``wire`` for a Makefile.am of a package with the conditionals of ``automake``."""
    file = _File(path, "make", sources, frozenset())
    lines, assigned = text.split("\n"), automake.assigned(text)
    wired = Wired(text)
    _edit(file, path, lines, assigned, wired)
    near = {
        str(PurePosixPath(s).relative_to(file.folder)): s for s in sources if _within(PurePosixPath(s), file.folder)
    }
    edited = "\n".join(lines)
    made, refused = automake.objects(edited, [one for one in near if one.endswith(".s")], subdir_objects)
    wired.named |= {near[one.source] for one in made} | {near[one] for one in refused} | _named_already(lines, file)
    for one in made:
        number = automake.line_of(text, one.source if one.source in text else one.name)
        what, how = one.source, f"a rule makes {one.name} of the translation on {to}"
        wired.items.append(Item("build", path, number, number, what, "ported", how))
    wired.items += [automake.told(path, text, one, to) for one in refused]
    shipped = [automake.translation(one, to) for one in near if re.search(rf"(?<![\w/-]){re.escape(one)}\b", text)]
    asked = VARIABLES["make"] in edited
    if made or asked or shipped:
        wired.text = automake.with_rules(edited, to, made, shipped, asked)
    return wired


def _choose(file: _File, lines: list[str], to: Target, wired: Wired) -> set[int]:
    """Widens branches for x86 that name translations; the lines of those that others do not come to."""
    apart: set[int] = set()
    for choice in choices.choices(file.system, lines, to):
        inside = range(choice.line + 1, choice.last_line + 1)
        body = [code_of(lines[number - 1]) for number in inside]
        named = {source for code in body for source in _mentioned(file, code) | _made(file, code)}
        place = file.path, choice.line, choice.last_line, choice.condition
        if not named:
            wired.items += choices.told(file.path, choice, lines)
        elif choice.others == "another branch":
            apart |= set(inside)
            wired.named |= named
            how = "others take another branch, not the translations that it names"
            wired.items.append(Item("conditional", *place, "covered", how))
        elif named & file.in_c:
            apart |= set(inside)
            wired.named |= named
            why, hint = "it names translations of what others have in C", "take it there too, if C leaves them out then"
            wired.items.append(Item("conditional", *place, "note", "", why, hint))
        else:
            how = f"holds on {to} too, for the translations that it names"
            wired.items.append(Item("conditional", *place, "ported", how))
            lines[choice.line - 1] = choice.wider
    return apart


def _search(file: _File, lines: list[str], wired: Wired) -> set[int]:
    """Leads searches for assembly files; their lines, and pattern rules for what they find, which need no change."""
    found = searches.find(file.system, lines, file.sources)
    if not found:
        return set()
    for one in found:
        line = lines[one.last_line - 1]
        if one.led != line:
            what, how = code_of(lines[one.line - 1]).strip()[:100], "finds the files of its own target alone"
            wired.items.append(Item("build", file.path, one.line, one.last_line, what, "ported", how))
            lines[one.last_line - 1] = one.led
    rules = {number for number, line in enumerate(lines, 1) if "%.s" in line}
    return rules.union(*(range(one.line, one.last_line + 1) for one in found))


def _pattern(system: System) -> re.Pattern[str]:
    return _STRING if system == "meson" else _WORD


def _mentioned(file: _File, code: str) -> set[str]:
    return {
        source
        for match in _pattern(file.system).finditer(code)
        for source in _meant(file, match["dir"], match["base"], match["suffix"])
    }


def _made(file: _File, code: str) -> set[str]:
    """The sources of objects that a Makefile names."""
    found = _OBJECT.finditer(code) if file.system == "make" else ()
    return {s for match in found for end in (".s", ".S") for s in _meant(file, match["dir"], match["base"], end)}


def _edited(file: _File, code: str, named: set[str]) -> str:
    variable = VARIABLES[file.system]

    def led(match: re.Match[str]) -> str:
        meant = _meant(file, match["dir"], match["base"], match["suffix"]) if match["suffix"] == ".s" else []
        if not meant:
            return match[0]
        named.update(meant)
        if file.system == "meson":
            folder = f"'{match['dir']}' + " if match["dir"] else ""
            return f"({folder}{variable} + '{match['base']}.s')"
        return f"{match['dir']}{variable}{match['base']}.s"

    return _pattern(file.system).sub(led, code)


def _meant(file: _File, directory: str, base: str, suffix: str) -> list[str]:
    """Which sources a mention stands for. What variables hold is not known: then the name decides."""
    if directory.endswith(("riscv/", "aarch64/")) or "TRANSPILE_ASM" in directory:
        return []
    known = not set("$@") & set(directory)
    place = _normal(file.folder / directory) if known else None
    return [
        source
        for source in file.sources
        if source.endswith(suffix)
        and (base in "*%" or PurePosixPath(source).stem == base)
        and (str(PurePosixPath(source).parent) == place if known else base not in "*%")
    ]


def _normal(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return str(PurePosixPath(*parts))


def _named_already(lines: list[str], file: _File) -> set[str]:
    """What an earlier run has led to translations."""
    variable = re.escape(VARIABLES[file.system])
    if file.system == "meson":
        led = re.compile(rf"\((?:'(?P<dir>[^'\n]*)' \+ )?{variable} \+ '(?P<base>[\w.@+-]+)\.s'\)")
    else:
        led = re.compile(rf"(?P<dir>(?:[\w.$(){{}}@+-]+/)*){variable}(?P<base>[\w.+-]+|\*|%)\.s\b")
    return {
        source
        for line in lines
        for match in led.finditer(line)
        for source in _meant(file, match["dir"] or "", match["base"], ".s")
    }


def _rules(file: _File, lines: list[str], sources: list[str], wired: Wired) -> Iterator[str]:
    """Rules for objects that the Makefile names without saying what they are made of."""
    text = "\n".join(lines)
    for source in sources:
        own = PurePosixPath(source)
        if not _within(own, file.folder):
            continue
        near = own.relative_to(file.folder) if str(file.folder) != "." else own
        made = near.with_suffix(".o")
        place = f"{near.parent}/" if str(near.parent) != "." else ""
        rule = f"{made}: {place}$(TRANSPILE_ASM){near.name}"
        if rule in text or not re.search(rf"(?<![\w/-]){re.escape(str(made))}\b", text):
            continue
        yield "ifneq ($(TRANSPILE_ASM),)"
        yield rule
        yield "\t$(CC) $(ASFLAGS) -c -o $@ $<"
        yield "endif"
        wired.named.add(source)
        last = len(lines)
        wired.items.append(Item("build", file.path, last, last, str(made), "ported", "a rule for other targets"))


def _within(path: PurePosixPath, folder: PurePosixPath) -> bool:
    return str(folder) == "." or path.is_relative_to(folder)


def _head(lines: list[str], system: System, text: str) -> None:
    """Definitions of what the edits use, each once."""
    whole = "\n".join(lines)
    rows = [row for head in _heads(system, whole) if head[0] not in whole for row in head]
    match system:
        case "cmake":
            at = cmake.head_at(lines)
        case "meson":
            at = meson.head_at(lines)
        case _:
            at = next((number for number, line in enumerate(lines, 1) if line.startswith("TRANSPILE_X86 =")), 0)
            rows += [""] * (not at)
    lines[at:at] = [row + carriage(text) for row in rows]


def _heads(system: System, text: str) -> Iterator[tuple[str, ...]]:
    if system == "make":
        yield MAKE_HEAD
    if VARIABLES[system] in text or searches.MARK[system] in text:
        yield {"make": MAKE_RULE, "cmake": CMAKE_RULE, "meson": MESON_RULE}[system]
    if searches.MARK[system] in text:
        yield searches.HEADS[system]
