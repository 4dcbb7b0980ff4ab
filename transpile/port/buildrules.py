"""Build rules that name ``.s`` files: on other targets they take the translations that lie beside them.

Every mention of a translated file, or of a wildcard over its folder, gets a variable before its last part. The variable
is empty on x86 and ``riscv/`` or ``aarch64/`` elsewhere. Where a Makefile names only the object, it gets a rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from transpile.port.buildfiles import MAKE_HEAD, System, after_project, carriage, system_of
from transpile.port.items import Item

_WORD = re.compile(
    r"(?<![\w/.$(){}%*-])(?P<dir>(?:[\w.$(){}@+-]+/)*)(?P<base>[\w.+-]+|\*|%)(?P<suffix>\.s)\b(?![\w.=/])"
)
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
VARIABLES: dict[System, str] = {"make": "$(TRANSPILE_ASM)", "cmake": "${TRANSPILE_ASM}", "meson": "transpile_asm"}


@dataclass(slots=True)
class Wired:
    """A build file after its edit; ``named`` are the assembly files it takes from there now."""

    text: str
    items: list[Item] = field(default_factory=list)
    named: set[str] = field(default_factory=set)


def wire(path: str, text: str, sources: Sequence[str]) -> Wired:
    """``text`` with its mentions of ``sources`` (translated files) led to their translations."""
    system = system_of(path)
    if system not in VARIABLES or path.endswith((".am", ".in")):
        return Wired(text)
    lines = text.split("\n")
    wired = Wired(text)
    folder = PurePosixPath(path).parent
    for number, line in enumerate(lines, 1):
        code, hash_, comment = line.partition("#")
        edited = _edited(code, system, folder, sources, wired.named)
        if edited != code:
            lines[number - 1] = edited + hash_ + comment
            wired.items.append(
                Item(
                    "build",
                    path,
                    number,
                    number,
                    code.strip()[:100],
                    "ported",
                    "takes the translations on other targets",
                )
            )
    wired.named |= _named_already(lines, system, folder, sources)
    if system == "make":
        rules = list(_rules(lines, folder, [s for s in sources if s not in wired.named], wired))
        at = len(lines) - (not lines[-1])
        lines[at:at] = [row + carriage(text) for row in rules]
    if wired.items:
        _head(lines, system, text)
        wired.text = "\n".join(lines)
    return wired


def _edited(code: str, system: System, folder: PurePosixPath, sources: Sequence[str], named: set[str]) -> str:
    variable = VARIABLES[system]

    def led(match: re.Match[str]) -> str:
        meant = _meant(folder, match["dir"], match["base"], sources)
        if not meant:
            return match[0]
        named.update(meant)
        if system == "meson":
            return f"{match['dir']}' + {variable} + '{match['base']}.s"
        return f"{match['dir']}{variable}{match['base']}.s"

    return _WORD.sub(led, code)


def _meant(folder: PurePosixPath, directory: str, base: str, sources: Sequence[str]) -> list[str]:
    """Which of ``sources`` a mention stands for. What variables hold is not known: then the name decides."""
    if directory.endswith(("riscv/", "aarch64/")) or "TRANSPILE_ASM" in directory:
        return []
    known = "$" not in directory
    place = _normal(folder / directory) if known else None
    return [
        source
        for source in sources
        if (base in "*%" or PurePosixPath(source).stem == base)
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


def _named_already(lines: list[str], system: System, folder: PurePosixPath, sources: Sequence[str]) -> set[str]:
    """What an earlier run has led to translations."""
    variable = re.escape(VARIABLES[system])
    quote = "' \\+ " if system == "meson" else ""
    back = " \\+ '" if system == "meson" else ""
    led = re.compile(rf"(?P<dir>(?:[\w.$(){{}}@+-]+/)*){quote}{variable}{back}(?P<base>[\w.+-]+|\*|%)\.s\b")
    return {
        source
        for line in lines
        for match in led.finditer(line)
        for source in _meant(folder, match["dir"], match["base"], sources)
    }


def _rules(lines: list[str], folder: PurePosixPath, sources: list[str], wired: Wired) -> Iterator[str]:
    """Rules for objects that the Makefile names without saying what they are made of."""
    text = "\n".join(lines)
    for source in sources:
        own = PurePosixPath(source)
        if not _within(own, folder):
            continue
        near = own.relative_to(folder) if str(folder) != "." else own
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
        wired.items.append(
            Item(
                "build",
                str(folder / "Makefile"),
                len(lines),
                len(lines),
                str(made),
                "ported",
                "a rule for other targets",
            )
        )


def _within(path: PurePosixPath, folder: PurePosixPath) -> bool:
    return str(folder) == "." or path.is_relative_to(folder)


def _head(lines: list[str], system: System, text: str) -> None:
    """The variable's definition, once."""
    end = carriage(text)
    match system:
        case "make":
            head = () if MAKE_HEAD[0] in "\n".join(lines) else (*MAKE_HEAD, *MAKE_RULE, "")
            if head or MAKE_RULE[0] not in text:
                at = 0 if head else _after_head(lines)
                lines[at:at] = [row + end for row in head or MAKE_RULE]
        case "cmake" | "meson":
            rule = CMAKE_RULE if system == "cmake" else MESON_RULE
            if rule[0] not in text:
                at = after_project(lines)
                lines[at:at] = [row + end for row in rule]
        case _:
            return


def _after_head(lines: list[str]) -> int:
    for number, line in enumerate(lines):
        if line.startswith("TRANSPILE_X86 ="):
            return number + 1
    return 0
