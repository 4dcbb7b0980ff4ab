"""A compilation unit: the programs of a file, its comments, and the copybooks that it has."""

from __future__ import annotations

from dataclasses import dataclass

from transpile.cobol.copying import Copybook
from transpile.cobol.lines import Comment
from transpile.cobol.programs import Program


@dataclass(frozen=True, slots=True)
class Unit:
    """``lines`` is the text of the file itself; ``comments`` are those of the copybooks too, by file and line.
    ``fixed`` says which format the file begins with."""

    file: str
    lines: tuple[str, ...]
    fixed: bool
    programs: tuple[Program, ...]
    comments: tuple[Comment, ...] = ()
    copybooks: tuple[Copybook, ...] = ()

    def program(self, name: str) -> Program:
        """The program called ``name``, nested ones included; KeyError if there is none."""
        pending = list(self.programs)
        while pending:
            program = pending.pop(0)
            if program.name == name.upper():
                return program
            pending += program.programs
        raise KeyError(name)
