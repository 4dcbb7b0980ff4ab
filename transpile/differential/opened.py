"""Files that a range of paragraphs can find open when it is run alone: their records follow each other, and the program
always opens them in the same way.

Those that it reads have as many records as the state says, each of which is what the state has in the record area.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from transpile.cobol.names import Names
from transpile.cobol.programs import FileControl, FileDescription
from transpile.cobol.statements import Open
from transpile.cobol.tree import Reference, Text
from transpile.cobol.walking import walk

Mode = Literal["INPUT", "OUTPUT", "I-O", "EXTEND"]


@dataclass(frozen=True, slots=True)
class Opened:
    """``record``: the name of its first record."""

    file: str
    record: str
    mode: Mode

    @property
    def filled(self) -> bool:
        """It has records when it is opened."""
        return self.mode in ("INPUT", "I-O")


def openable(names: Names) -> dict[str, Opened]:
    """By the names of the files."""
    modes: dict[str, set[Mode]] = {}
    for node in walk(names.program):
        if isinstance(node, Open):
            for mode, label in node.files:
                modes.setdefault(label.name, set()).add(mode)
    found = {}
    for name, used in modes.items():
        file, control = names.files.get(name), names.controls.get(name)
        if len(used) == 1 and file is not None and control is not None and _plain(file, control, names):
            found[name] = Opened(name, file.records[0].name, next(iter(used)))
    return found


def _plain(file: FileDescription, control: FileControl, names: Names) -> bool:
    """Its name is known, its records are all of one kind."""
    if control.organization not in ("SEQUENTIAL", "LINE SEQUENTIAL") or len(file.records) != 1:
        return False
    if file.sort or file.varying or file.depending or file.linage or file.external or not file.records[0].name:
        return False
    match control.assign:
        case Text(value=value):
            return b"/" not in value
        case Reference() as named:
            return not names.find(named.name, named.qualifiers)
    return control.assign is None
