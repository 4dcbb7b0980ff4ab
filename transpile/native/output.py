"""The translated file: everything but the instructions stays where it was, in the target assembler's spelling.

Labels, data, alignment, visibility, comments and ``.loc`` lines are kept. Call-frame information and debug sections
describe the source machine and are dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from transpile import __version__
from transpile.asm.directives import DirectiveClass
from transpile.asm.source import Kind, Statement
from transpile.native.abi import TargetIsa
from transpile.native.block import TargetLine
from transpile.native.cfg import Block
from transpile.native.program import DEBUG_SECTION, Program, directive_class, rename_in


@dataclass(slots=True)
class Written:
    """The text of a block as it stands in the output."""

    block: Block
    lines: Sequence[TargetLine] = field(default_factory=list)


class Writer:
    """Writes one file. ``blocks``: first statement index -> what replaces the block's instructions."""

    def __init__(self, program: Program, target: TargetIsa, written: Sequence[Written]) -> None:
        self.program = program
        self.target = target
        self.used = _used_labels(written)
        self.start: dict[int, list[Written]] = {}
        self.tail: dict[int, list[Written]] = {}
        self._place(written)

    def _place(self, written: Sequence[Written]) -> None:
        """Blocks without statements of their own go before the next one, or after the function's last."""
        waiting: list[Written] = []
        last = -1
        for entry in written:
            if not entry.block.statements:
                waiting.append(entry)
                continue
            first = entry.block.statements[0]
            if waiting and first < last:
                self.tail.setdefault(last, []).extend(waiting)
                waiting = []
            self.start.setdefault(first, []).extend([*waiting, entry])
            waiting = []
            last = max(entry.block.statements)
        if waiting:
            self.tail.setdefault(last, []).extend(waiting)

    def text(self) -> str:
        header = self.target.comment(f"transpile {__version__} {self.target.abi.name}")
        return "\n".join([header, *self._lines()]) + "\n"

    def _lines(self) -> Iterator[str]:
        statements = self.program.source.statements
        pending: list[TargetLine] = []
        for index, statement in enumerate(statements):
            if index in self.start:
                yield from _format(pending)
                *empty, entry = self.start[index]
                for other in empty:
                    yield from self._own(other)
                pending = list(entry.lines)
                own = entry.block.label not in entry.block.names
                if own and entry.block.label in self.used:
                    yield f"{entry.block.label}:"
            if statement.kind is Kind.INSTRUCTION:
                ready, pending = _upto(pending, statement.line)
                shown = self._comment(statement)
                for line in _format(ready):
                    yield line + shown
                    shown = ""
                if shown:
                    yield "\t" + shown.strip()
            else:
                if pending and not _before(statements, index, pending):
                    yield from _format(pending)
                    pending = []
                yield from self._other(statement)
            if index in self.tail:
                yield from _format(pending)
                pending = []
                for other in self.tail[index]:
                    yield from self._own(other)
        yield from _format(pending)

    def _own(self, written: Written) -> Iterator[str]:
        if written.block.label in self.used or written.block.names:
            yield f"{written.block.label}:"
        yield from _format(written.lines)

    def _comment(self, statement: Statement) -> str:
        return "\t" + self.target.comment(_plain(statement.comment)) if statement.comment else ""

    def _other(self, statement: Statement) -> Iterator[str]:
        if DEBUG_SECTION.match(statement.section.name):
            return
        comment = self._comment(statement)
        match statement.kind:
            case Kind.LABEL:
                yield f"{statement.name}:{comment}"
            case Kind.BLANK:
                yield comment.strip()
            case Kind.DIRECTIVE:
                kind = directive_class(statement)
                if kind is DirectiveClass.SYNTAX or statement.name.startswith(".cfi_"):
                    return
                arguments = statement.args
                if kind in (DirectiveClass.DATA, DirectiveClass.SYMBOL) and self.program.renamed:
                    arguments = rename_in(arguments, self.program.renamed) if kind is DirectiveClass.DATA else arguments
                line = self.target.directive(statement.name, arguments)
                if line is not None:
                    yield f"\t{line}{comment}"


def _plain(comment: str) -> str:
    return comment.lstrip("#/* ").removesuffix("*/").rstrip()


def _format(lines: Sequence[TargetLine]) -> Iterator[str]:
    for line in lines:
        yield f"{line.label}:" if line.label else f"\t{line.text.replace(' ', chr(9), 1)}"


def _upto(lines: Sequence[TargetLine], source_line: int) -> tuple[list[TargetLine], list[TargetLine]]:
    """Lines that come from source lines up to ``source_line``, and the rest."""
    last = -1
    for position, line in enumerate(lines):
        if line.source_line > source_line:
            break
        last = position
    return list(lines[: last + 1]), list(lines[last + 1 :])


def _before(statements: Sequence[Statement], index: int, pending: Sequence[TargetLine]) -> bool:
    """Whether instructions that the pending lines belong to still follow ``statements[index]``."""
    return any(line.source_line > statements[index].line for line in pending) or all(
        line.source_line == 0 for line in pending
    )


def _used_labels(written: Sequence[Written]) -> Collection[str]:
    used: set[str] = set()
    for entry in written:
        for line in entry.lines:
            if ".Ltp_" in line.text:
                used.add(line.text.replace(",", " ").split()[-1])
    return used
