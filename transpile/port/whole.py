"""The directions that take a file as a whole: C with loops to CUDA, COBOL to Python. What is made lies beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from transpile.directions import Asked, Made, Unit, translate
from transpile.errors import TranspileError
from transpile.options import Options
from transpile.port.items import Item, Kind, State
from transpile.port.tree import Tree

SUFFIXES: Mapping[str, tuple[str, ...]] = {"cuda": (".c",), "python": (".cob", ".cbl", ".cobol")}
KINDS: Mapping[str, Kind] = {"cuda": "loops", "python": "cobol"}
COMPANIONS: Mapping[str, tuple[str, ...]] = {"cuda": (".h", ".inc"), "python": (".cpy", ".copy", ".inc")}
MAX_COMPANIONS = 200
_LOOP = re.compile(r"\bfor\s*\(")


def candidates(tree: Tree, to: str) -> Iterator[str]:
    """The files that may be translated: COBOL, or C with loops."""
    for path in tree.files:
        fits = path.lower().endswith(SUFFIXES[to])
        if fits and (to == "python" or _LOOP.search(tree.read(path).decode("utf-8", "surrogateescape"))):
            yield path


def unit_of(tree: Tree, path: str, to: str) -> Unit:
    """The file with the headers or copybooks of its own folder and those below; its name is the last part."""
    folder = PurePosixPath(path).parent
    beside: dict[str, bytes] = {}
    for one in tree.files:
        near = PurePosixPath(one)
        if one.lower().endswith(COMPANIONS[to]) and near.is_relative_to(folder) and len(beside) < MAX_COMPANIONS:
            beside[str(near.relative_to(folder))] = tree.read(one)
    return Unit(PurePosixPath(path).name, tree.read(path), beside)


def port(tree: Tree, path: str, to: str, options: Options) -> tuple[Item, Made | None, dict[str, bytes]]:
    """What is to be said of a file, its translation, and the files that come of it, by path."""
    unit = unit_of(tree, path, to)
    last = max(unit.content.count(b"\n"), 1)
    asked = Asked(to, {"require": options.require, "seed": options.seed, "rlimit": options.rlimit, "lm": options.lm})
    try:
        made = translate(unit, asked, store=options.store)
    except TranspileError as error:
        first = error.diagnostics[0]
        line = first.span.line if first.span and first.span.file == unit.name else 1
        return Item(KINDS[to], path, line, max(line, last), unit.name, "left", "", first.message, first.hint), None, {}
    folder = PurePosixPath(path).parent
    files = {str(folder / name): content for name, content in made.files.items()}
    kept = [name for name in files if tree.has(name) and tree.read(name) != files[name]]
    if kept:
        why, hint = f"{kept[0]} is there already and differs", "move it away"
        return Item(KINDS[to], path, 1, last, unit.name, "left", "", why, hint), made, {}
    return judged(path, last, made, to, options), made, files


def judged(path: str, last: int, made: Made, to: str, options: Options) -> Item:
    verdicts = {word: number for word, number in made.translation.verdicts.items() if number}
    name = PurePosixPath(path).name
    if made.files and made.translation.meets(options.require):
        how = f"translated to {next(iter(made.files))}; build rules are not changed"
        return Item(KINDS[to], path, 1, last, name, "ported", how, verdicts=verdicts)
    failing = [
        f"line {b.first_line}: {b.verdict.word}: {b.reason}" for _, b in made.translation.failing(options.require)
    ]
    why = (
        "; ".join(failing[:3]) or "; ".join(d.message for d in made.translation.diagnostics[:3]) or "nothing came of it"
    )
    hint = f"'transpile {path} --to {to} -v' says more"
    state: State = "note" if to == "cuda" else "left"
    return Item(KINDS[to], path, 1, last, name, state, "", why, hint, verdicts)
