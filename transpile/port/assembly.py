"""Assembly files of a repository, translated and put beside the originals.

``foo.s`` becomes ``riscv/foo.s`` in the same folder, so that no wildcard of the build picks up both. ``foo.S`` goes
through the preprocessor anyway: it includes its translation itself, under ``#if``, and no build rule changes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import transpile
from transpile.asm.preprocess import preprocess
from transpile.errors import SourceError, Span, TranspileError
from transpile.native.natives import PREFIX
from transpile.options import Options, Target
from transpile.port.items import Item
from transpile.port.tree import Tree
from transpile.translation import Translation

MAX_INCLUDES = 64
MAX_TEXT = 16 << 20
MACHINES: Mapping[Target, str] = {
    "riscv": "defined(__riscv) && __riscv_xlen == 64",
    "aarch64": "defined(__aarch64__)",
}
_X86 = re.compile(
    r"%[re]?[abcd][xhl]\b|%r(?:1[0-5]|[89]|[sd]i|[sb]p|ip)\b|\b[re](?:[abcd]x|[sd]i|[sb]p)\b|%[xy]mm\d+|\bretq\b"
)
_SURELY = re.compile(
    r"%(?:[re]?[abcd]x|[abcd][hl]|r(?:1[0-5]|[89])|[re][sd]i|[re][sb]p|rip|[xy]mm\d+)\b|^\s*\.intel_syntax", re.M
)
_OTHER = re.compile(
    r"\b[xw](?:[12]?\d|30)\b\s*,|\bsp\s*,\s*#|\b[ast]\d+\s*,|\br\d+\s*,\s*r\d+|\bld1\b|\blui\b|\badrp\b|\bv\d+\.\d?[248]?[bhsd]\b"
)
_INCLUDE = re.compile(r'[ \t]*\.include[ \t]+"([^"\n]+)"[ \t]*(?:[#;].*|/\*.*\*/[ \t]*)?$', re.M)
_OURS = re.compile(r"^(?:#|//|/\*) transpile \d", re.M)


@dataclass(frozen=True, slots=True)
class Choices:
    """Where headers of assembly files are looked for and what is defined; whether what is not equal may stand for what
    has no equal."""

    include: tuple[Path, ...] = ()
    define: tuple[str, ...] = ()
    substitutes: bool = False


@dataclass(frozen=True, slots=True)
class Assembled:
    """One assembly file: what is to be said of it, its translation, and where that goes; ``text`` is empty without."""

    item: Item
    translation: Translation | None = None
    output: str = ""
    text: str = ""
    needs_runtime: bool = False
    """Whether the translation calls functions of the runtime."""


def is_x86(text: str, path: str = "") -> bool:
    """Whether assembly text is for x86, and not a translation of ours; where it says nothing, its path decides."""
    if is_ours(text):
        return False
    if _SURELY.search(text):
        return True
    ours, others = len(_X86.findall(text)), len(_OTHER.findall(text))
    if not ours and not others:
        return bool(text.strip()) and not re.search(r"arm|aarch|neon|riscv|rv64|ppc|power|mips|sparc|s390", path, re.I)
    return ours > others


def is_ours(text: str) -> bool:
    """Whether ``text`` is a translation by this program."""
    return bool(_OURS.search(text[:4000]))


def x86_file(tree: Tree, path: str, text: str, choices: Choices) -> bool:
    """``is_x86`` for a file with what it includes."""
    if path.endswith(".s"):
        with suppress(SourceError):
            text = spliced(tree.root / path, text, folders_of(tree, path, choices), tree.root)
    return is_x86(text, path)


def folders_of(tree: Tree, path: str, choices: Choices) -> list[Path]:
    return [(tree.root / path).parent, *choices.include, tree.root, tree.root / "include"]


def output_of(path: str, to: Target) -> str:
    """Where the translation of ``path`` goes."""
    own = PurePosixPath(path)
    return str(own.parent / to / f"{own.stem}.s")


def spliced(path: Path, text: str, folders: Sequence[Path], root: Path) -> str:
    """``text`` with ``.include`` lines done; line markers keep the places. Files outside ``root`` are not read.

    Raises:
        SourceError: a file is not there, or files include each other without end.
    """
    count = 0

    def splice(text: str, name: str, depth: int) -> str:
        def included(match: re.Match[str]) -> str:
            nonlocal count
            count += 1
            number = text.count("\n", 0, match.start()) + 1
            span = Span(name, number, 1, len(match[0]), match[0])
            if depth >= 16 or count > MAX_INCLUDES:
                raise SourceError(span, f"more than {MAX_INCLUDES} files are included")
            found = next((f for folder in folders if (f := (folder / match[1]).resolve()).is_file()), None)
            if found is None or not found.is_relative_to(root.resolve()):
                raise SourceError(span, f"'{match[1]}' is not found", "name its folder with -I")
            inner = splice(found.read_text("utf-8", "surrogateescape"), match[1], depth + 1)
            return f'# 1 "{match[1]}"\n{inner}\n# {number + 1} "{name}"'

        return _INCLUDE.sub(included, text)

    if not _INCLUDE.search(text):
        return text
    return f'# 1 "{path.name}"\n' + splice(text, path.name, 0)


def source_of(tree: Tree, path: str, text: str, choices: Choices) -> str:
    """What the translator reads: includes done, ``.S`` preprocessed as for x86."""
    file = tree.root / path
    folders = folders_of(tree, path, choices)
    if path.endswith(".S"):
        return preprocess(file, [str(folder) for folder in folders if folder.is_dir()], choices.define)
    return spliced(file, text, folders, tree.root)


def translate(tree: Tree, path: str, to: Target, options: Options, choices: Choices) -> Assembled:
    """The translation of one file, if it meets the requirement."""
    raw = tree.read(path).decode("utf-8", "surrogateescape")
    last = raw.count("\n") + 1
    try:
        text = source_of(tree, path, raw, choices)
        made = transpile.translate(text, to, file=path, options=options)
    except TranspileError as error:
        return Assembled(unread(path, last, error), Translation("", path, to, (), tuple(error.diagnostics)))
    item, met = judged(path, last, made, to, options)
    if not met:
        return Assembled(item, made)
    return Assembled(item, made, output_of(path, to), made.text, PREFIX in made.text)


def unread(path: str, last: int, error: TranspileError) -> Item:
    first = error.diagnostics[0]
    line = first.span.line if first.span and first.span.file in (path, PurePosixPath(path).name) else 1
    more = f", and {len(error.diagnostics) - 1} more like it" if len(error.diagnostics) > 1 else ""
    what = "the file cannot be read as x86-64 assembly"
    return Item("assembly", path, line, last, what, "left", "", f"{first.message}{more}", first.hint)


def judged(path: str, last: int, made: Translation, to: Target, options: Options) -> tuple[Item, bool]:
    """What is said of a translated file, and whether it is written."""
    functions = ", ".join(function.name for function in made.functions[:6]) or "data"
    if len(made.functions) > 6:
        functions += f" and {len(made.functions) - 6} more"
    met = bool(made.text) and (made.meets(options.require) or traps(made, options))
    verdicts = {word: number for word, number in made.verdicts.items() if number}
    failing = [(function.name, block) for function, block in made.failing(options.require)]
    if met and not failing:
        how = f"translated to {output_of(path, to)}"
        return Item("assembly", path, 1, last, functions, "ported", how, verdicts=verdicts), True
    why = "; ".join(f"line {b.first_line}, {name}: {b.verdict.word}: {b.reason}" for name, b in failing[:3])
    if len(failing) > 3:
        why += f"; and {len(failing) - 3} blocks more"
    if not failing:
        why = "; ".join(d.message for d in made.diagnostics[:3]) or "the assembler refuses the translation"
    line = failing[0][1].first_line if failing else 1
    how = f"translated to {output_of(path, to)}, which traps where it stands" if met else ""
    hint = "write these functions in C for other targets" if not met else "replace what traps before it is reached"
    lines = sum(block.last_line - block.first_line + 1 for _, block in failing) or last
    return Item("assembly", path, line, line + lines - 1, functions, "left", how, why, hint, verdicts), met


def traps(made: Translation, options: Options) -> bool:
    return options.allow_untranslated and all(block.trapped for _, block in made.failing(options.require))


def guarded(path: str, text: str, to: Target) -> str:
    """A ``.S`` file that includes its translation on ``to``. A second time, nothing changes."""
    include = f'#include "{to}/{PurePosixPath(path).stem}.s"'
    if include in text:
        return text
    ending = "\r\n" if "\r\n" in text else "\n"
    head = ending.join([f"#if {MACHINES[to]}", include, "#else", ""])
    tail = "" if not text or text.endswith("\n") else ending
    return f"{head}{text}{tail}#endif{ending}"


def unpreprocessed(text: str) -> str:
    """A translation that the C preprocessor may read: without comments, and with macros of its own names undone."""
    first = re.sub(r"^(?:#|//) (.*)$", r"/* \1 */", text.split("\n", 1)[0])
    kept = [line for line in text.split("\n") if line.strip() and not re.match(r"\s*(?:#|//)", line)]
    names = [name for name in ("linux", "unix", "riscv") if any(re.search(rf"\b{name}\b", line) for line in kept)]
    return "\n".join([first, *(f"#undef {name}" for name in names), *kept, ""])
