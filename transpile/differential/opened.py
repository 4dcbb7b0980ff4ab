"""Files of a range of paragraphs that is run alone: how each is when the range begins.

One that the range opens itself is closed then, others are open in a way in which the program opens them, sort files
take records (RELEASE) or give them (RETURN). A file that is read has as many records as the state says, each of which
is what the state has in the record area; with keys, at most one has the same key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from transpile.cobol import statements as verbs
from transpile.cobol.names import Names
from transpile.cobol.programs import FileControl, FileDescription, Item
from transpile.cobol.statements import Open
from transpile.cobol.tree import Node, Reference, Text
from transpile.cobol.walking import walk
from transpile.errors import SourceError

Mode: TypeAlias = Literal["", "INPUT", "OUTPUT", "I-O", "EXTEND", "RELEASE", "RETURN"]
_MODES = ("I-O", "INPUT", "EXTEND", "OUTPUT")
"""Of several that a program uses, the first that fits what a range does."""
_READING = {"I-O", "INPUT"}
_FITTING = {"READ": _READING, "START": _READING, "REWRITE": {"I-O"}, "DELETE": {"I-O"}}


class NotOpened(Exception):
    """A file cannot be as the range needs it; the message says what the range does with it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """``record``: the name of its first record. ``mode`` is empty for a file that is closed. ``filled``: it has
    records. ``number`` is its RELATIVE KEY."""

    file: str
    record: str
    mode: Mode
    filled: bool
    keyed: bool = False
    number: Item | None = None

    random: bool = False
    """Its records are written by their number."""
    outside: str = ""
    """What it is called outside."""

    @property
    def sorts(self) -> bool:
        return self.mode in ("RELEASE", "RETURN")

    @property
    def opens(self) -> bool:
        return bool(self.mode) and not self.sorts


def uses(node: Node, names: Names) -> Iterator[tuple[str, str]]:
    """What a statement does, and with which files: modes of OPEN, USING, GIVING, else its verb."""
    match node:
        case Open(files=files):
            yield from ((label.name, mode) for mode, label in files)
        case verbs.Close(files=files):
            yield from ((label.name, "CLOSE LOCK" if how == "LOCK" else "CLOSE") for label, how in files)
        case verbs.Read(file=label) | verbs.Start(file=label) | verbs.Delete(file=label) | verbs.Return(file=label):
            yield label.name, type(node).__name__.upper()
        case verbs.Write(record=record) | verbs.Rewrite(record=record) | verbs.Release(record=record):
            yield _file_of(record, names), type(node).__name__.upper()
        case verbs.Sort() if node.using or node.giving or node.input_procedure or node.output_procedure:
            yield node.subject.name, "SORT"
            yield from ((label.name, "USING") for label in node.using)
            yield from ((label.name, "GIVING") for label in node.giving)


def _file_of(record: Reference, names: Names) -> str:
    try:
        item = names.resolve(record).item
    except SourceError:
        return ""
    return next((name for name, file in names.files.items() if any(each is item for each in file.records)), "")


def openable(names: Names) -> bool:
    """Whether some file of the program can be made for a range."""
    return any(
        file.sort or ((control := names.controls.get(name)) is not None and _plain(file, control, names))
        for name, file in names.files.items()
    )


def opened(name: str, done: set[str], names: Names) -> Opened | None:
    """How the file ``name`` is when a range begins that has ``done`` this with it. None: the range sees to that.
    Raises ``NotOpened``."""
    file, control = names.files.get(name), names.controls.get(name)
    if file is None or control is None or "CLOSE LOCK" in done:
        raise NotOpened(f"it uses a file ({_shown(done)})")
    if file.sort:
        return _sorted(name, file, done)
    if not _plain(file, control, names):
        raise NotOpened(f"it uses a file ({_shown(done)})")
    keyed = control.organization in ("RELATIVE", "INDEXED")
    number = names.resolve(control.relative_key).item if control.relative_key is not None else None
    random = number is not None and control.access != "SEQUENTIAL"
    outside = control.assign.value.decode("latin-1") if isinstance(control.assign, Text) else name
    if done & {*_MODES, "USING", "GIVING"}:
        filled = bool(done & {"INPUT", "I-O", "EXTEND", "USING"})
        return Opened(name, file.records[0].name, "", filled, keyed, number, random, outside)
    mode = _mode(_modes(name, names), done, keyed)
    return Opened(name, file.records[0].name, mode, mode in _READING, keyed, number, random, outside)


def _sorted(name: str, file: FileDescription, done: set[str]) -> Opened | None:
    if "SORT" in done:
        return None
    if len(done) > 1 or len(file.records) != 1 or file.varying or file.depending or not file.records[0].name:
        raise NotOpened(f"it sorts a file ({_shown(done)})")
    returned = "RETURN" in done
    return Opened(name, file.records[0].name, "RETURN" if returned else "RELEASE", returned)


def _shown(done: set[str]) -> str:
    return "OPEN" if done & set(_MODES) else min(done)


def _modes(name: str, names: Names) -> set[str]:
    """Those in which the program opens it."""
    return {mode for node in walk(names.program) for file, mode in uses(node, names) if file == name} & set(_MODES)


def _mode(modes: set[str], done: set[str], keyed: bool) -> Mode:
    fitting: Mapping[str, set[str]] = {**_FITTING, "WRITE": {"OUTPUT", "EXTEND", *(["I-O"] if keyed else [])}}
    wanted = [mode for mode in _MODES if mode in modes]
    if not wanted:
        raise NotOpened(f"it uses a file ({_shown(done)})")
    fits = [mode for mode in wanted if all(mode in fitting.get(verb, modes) for verb in done)]
    return cast(Mode, (fits or wanted)[0])


def _plain(file: FileDescription, control: FileControl, names: Names) -> bool:
    """Its name is known, its records are all of one kind."""
    if len(file.records) != 1 or not file.records[0].name:
        return False
    if file.varying or file.depending or file.linage or file.external:
        return False
    if control.organization == "RELATIVE" and control.access != "SEQUENTIAL" and control.relative_key is None:
        return False
    match control.assign:
        case Text(value=value):
            return b"/" not in value
        case Reference() as named:
            return not names.find(named.name, named.qualifiers)
    return control.assign is None
