"""Automake files: conditionals that ``configure.ac`` sets, flags and rules under them.

What ``_SOURCES`` names stays there: on other targets a rule for the object takes the translation. Automake itself makes
such rules for programs with flags of their own; those are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import PurePosixPath

from transpile.options import Target
from transpile.port.flags import carriage
from transpile.port.items import Item

CONDITIONALS: tuple[str, ...] = (
    "# transpile: what the compiler makes code for",
    "transpile_machine=`$CC -dumpmachine 2>/dev/null`",
    "AM_CONDITIONAL([TRANSPILE_X86], [case $transpile_machine in x86_64*|amd64*|i?86*) true;; *) false;; esac])",
    "AM_CONDITIONAL([TRANSPILE_RISCV], [case $transpile_machine in riscv64*) true;; *) false;; esac])",
    "AM_CONDITIONAL([TRANSPILE_AARCH64], [case $transpile_machine in aarch64*|arm64*) true;; *) false;; esac])",
)
_OUTPUT = re.compile(r"^AC_OUTPUT\b", re.M)
_ASSIGNED = re.compile(r"^ *(?P<name>[\w.@]+)[ \t]*\+?=[ \t]*(?P<value>(?:\\\r?\n|[^\n#])*)", re.M)
_SOURCE = re.compile(r"(?<![\w/.$(){}@-])(?P<path>(?:[\w.+-]+/)*[\w.+-]+\.s)\b(?![\w.=/])")
_OWN_FLAGS = r"(?:C|CCAS|CPP|CXX|AS)FLAGS"


@dataclass(frozen=True, slots=True)
class Object:
    """An object that Automake or a suffix rule makes of a source; both as the file names them."""

    name: str
    source: str
    command: str


def configured(text: str) -> str | None:
    """A ``configure.ac`` with the conditionals, once; None where there is no place for them."""
    if CONDITIONALS[0] in text:
        return text
    output = _OUTPUT.search(text)
    if output is None or "AM_INIT_AUTOMAKE" not in text or not re.search(r"^\s*AC_PROG_(?:CC|CXX)\b", text, re.M):
        return None
    rows = "".join(f"{row}{carriage(text)}\n" for row in CONDITIONALS)
    return text[: output.start()] + rows + text[output.start() :]


def flag_rows(flags: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """Variables for flags, each with what stands in for it on other targets."""
    for branch, at in (("if TRANSPILE_X86", 0), ("else", 1)):
        rows = [f"{name} = {both[at]}" for name, both in sorted(flags.items()) if both[at]]
        yield from (branch, *rows) if rows or not at else ()
    yield "endif"


def values(text: str) -> dict[str, str]:
    """What each variable is, all its lines in one."""
    found: dict[str, str] = {}
    for match in _ASSIGNED.finditer(text):
        value = re.sub(r"\\\r?\n", " ", match["value"])
        found[match["name"]] = f"{found.get(match['name'], '')} {value}"
    return found


def expanded(value: str, variables: Mapping[str, str], depth: int = 8) -> str:
    """``value`` with the file's own variables in place."""
    if not depth:
        return value
    return re.sub(
        r"\$[({](\w+)[)}]",
        lambda match: expanded(variables[match[1]], variables, depth - 1) if match[1] in variables else match[0],
        value,
    )


def assigned(text: str) -> Set[int]:
    """The lines that say what a variable is."""
    lines: set[int] = set()
    for match in _ASSIGNED.finditer(text):
        first = text.count("\n", 0, match.start()) + 1
        lines.update(range(first, first + match[0].count("\n") + 1))
    return lines


def objects(text: str, sources: Sequence[str], subdir_objects: bool) -> tuple[list[Object], list[str]]:
    """The objects made of ``sources`` (paths as the file would name them), and sources with flags of their own."""
    variables = values(text)
    found: dict[str, Object] = {}
    refused: list[str] = []
    for name, value in variables.items():
        match = re.fullmatch(r"(?P<of>[\w@]+)_SOURCES", name)
        own = [one for one in _SOURCE.findall(expanded(value, variables)) if one in sources] if match else []
        if match and any(re.fullmatch(rf"{re.escape(match['of'])}_{_OWN_FLAGS}", other) for other in variables):
            refused += own
            continue
        for one in own:
            libtool = name.endswith("_la_SOURCES")
            end, command = (".lo", "LTCCASCOMPILE") if libtool else (".$(OBJEXT)", "CCASCOMPILE")
            stem = one[:-2] if subdir_objects else PurePosixPath(one).stem
            found[stem + end] = Object(stem + end, one, f"$({command})")
    for one in sources:
        near = re.escape(one[:-2]) + r"\.(?:o|\$\(OBJEXT\))"
        named = re.search(rf"(?<![\w/-]){near}(?!\w)", text)
        if named and not re.search(rf"^{near}\s*:", text, re.M):
            found.setdefault(named[0], Object(named[0], one, "$(CC) $(ASFLAGS)"))
    return list(found.values()), refused


def with_rules(text: str, to: Target, made: Sequence[Object], distributed: Sequence[str], asked: bool) -> str:
    """``text`` with what it takes for ``to`` at its end, or where an earlier run wrote that.

    ``asked``: rules of the file ask for the folder of the target.
    """
    begin, end = f"# transpile: assembly files for {to}", f"# transpile: end for {to}"
    there = re.search(rf"^{begin}\r?\n.*?^{end}\r?\n", text, re.M | re.S)
    at, behind = there.span() if there else (len(text), len(text))
    rows = [begin]
    if made or asked:
        rows += [f"if TRANSPILE_{to.upper()}", f"TRANSPILE_ASM = {to}/"]
        for one in made:
            own = translation(one.source, to)
            rows += [f"{one.name}: {own}", f"\t{one.command} -c -o $@ $(srcdir)/{own}"]
        rows.append("endif")
    before = text[:at]
    named = re.search(r"^EXTRA_DIST\b", before, re.M)
    if named is None or not _under_condition(before[: named.start()]):
        rows.append(f"EXTRA_DIST {'+=' if named else '='} {' '.join(distributed)}")
    lead = "" if there or before.endswith("\n") or not before else "\n"
    block = "".join(f"{row}{carriage(text)}\n" for row in (*rows, end))
    return before + lead + block + text[behind:]


def _under_condition(before: str) -> bool:
    return len(re.findall(r"^if\b", before, re.M)) > len(re.findall(r"^endif\b", before, re.M))


def translation(source: str, to: Target) -> str:
    own = PurePosixPath(source)
    return str(own.parent / to / f"{own.stem}.s")


def line_of(text: str, word: str) -> int:
    return next((number for number, line in enumerate(text.split("\n"), 1) if word in line), 1)


def told(path: str, text: str, source: str, to: Target) -> Item:
    number = line_of(text, source)
    why = "the program it is for has flags of its own, so that Automake names the object and makes the rule"
    hint = f"name {translation(source, to)} in a branch of an AM_CONDITIONAL"
    return Item("build", path, number, number, source, "left", "", why, hint)
