"""The translated file: everything but the instructions stays where it was, in the target assembler's spelling.

Labels, data, alignment, visibility, comments and ``.loc`` lines are kept. Call-frame information and debug sections
describe the source machine and are dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from transpile import __version__
from transpile.asm.directives import DirectiveClass
from transpile.asm.source import Kind, Statement
from transpile.native.abi import TargetIsa
from transpile.native.block import TargetLine
from transpile.native.cfg import Block
from transpile.native.program import DEBUG_SECTION, Program, directive_class, rename_in


def header(target: str) -> str:
    """The first line of every output, as a comment: who wrote it, and for what."""
    return f"transpile {__version__} {target}"


@dataclass(slots=True)
class Written:
    """The text of a block as it stands in the output."""

    block: Block
    lines: Sequence[TargetLine] = field(default_factory=list)


class Placed(NamedTuple):
    """A line of the output. ``block``: whose instruction it is; an empty line marks where a block ``starts``."""

    text: str
    block: Block | None = None
    starts: bool = False


class Writer:
    """Writes one file. ``start``: statement index -> the block that begins there; ``tail``: those that follow it."""

    def __init__(self, program: Program, target: TargetIsa, written: Sequence[Written]) -> None:
        self.program = program
        self.target = target
        self.used = _used_labels(written)
        self.start: dict[int, Written] = {}
        self.tail: dict[int, list[Written]] = {}
        last = -1
        for entry in written:
            if entry.block.statements:
                self.start[entry.block.statements[0]] = entry
                last = max(entry.block.statements)
            else:
                self.tail.setdefault(last, []).append(entry)

    def text(self) -> str:
        return "\n".join(line.text for line in self.lines() if not line.starts) + "\n"

    def places(self) -> dict[int, tuple[int, int]]:
        """The first and the last line of each block that has instructions in the text, by the block's ``id``."""
        first: dict[int, int] = {}
        last: dict[int, int] = {}
        number = 1
        for line in self.lines():
            if line.starts:
                first[id(line.block)] = number
                continue
            end = number + line.text.count("\n")
            if line.block is not None:
                last[id(line.block)] = end
            number = end + 1
        return {block: (first[block], end) for block, end in last.items()}

    def lines(self) -> Iterator[Placed]:
        """The file, with the blocks that instructions belong to."""
        yield Placed(self.target.comment(header(self.target.abi.name)))
        statements = self.program.source.statements
        block: Block | None = None
        pending: Sequence[TargetLine] = ()
        for index, statement in enumerate(statements):
            if index in self.start:
                yield from _format(pending, block)
                block, pending = self.start[index].block, self.start[index].lines
                yield from self._begin(block)
            if statement.kind is Kind.INSTRUCTION:
                ready, pending = _upto(pending, statement.line)
                yield from self._instructions(ready, block, self._comment(statement))
            else:
                if pending and not _before(statements, index, pending):
                    yield from _format(pending, block)
                    pending = ()
                yield from map(Placed, self._other(statement))
            if block is not None and index == block.statements[-1]:
                yield from _format(pending, block)
                pending = ()
            if index in self.tail:
                for other in self.tail[index]:
                    yield from self._begin(other.block)
                    yield from _format(other.lines, other.block)
        yield from _format(pending, block)

    def _begin(self, block: Block) -> Iterator[Placed]:
        yield Placed("", block, True)
        if block.label in self.used and block.label not in block.names:
            yield Placed(f"{block.label}:")

    def _instructions(self, lines: Sequence[TargetLine], block: Block | None, comment: str) -> Iterator[Placed]:
        """The comment of the source instruction stands beside the first."""
        if comment and not lines:
            yield Placed(comment)
        for line in _format(lines, block):
            yield Placed(line.text + comment, line.block)
            comment = ""

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
                if kind is DirectiveClass.ALIGN and statement.section.executable:
                    arguments = _unfilled(arguments)
                if kind in (DirectiveClass.DATA, DirectiveClass.SYMBOL) and self.program.renamed:
                    arguments = rename_in(arguments, self.program.renamed) if kind is DirectiveClass.DATA else arguments
                line = self.target.directive(statement.name, arguments)
                if line is not None:
                    yield f"\t{line}{comment}"


def _unfilled(arguments: str) -> str:
    """An alignment of code without the byte to fill with, which is an instruction of the source machine."""
    size, _, most = (part.strip() for part in (arguments + ",,").split(",", 2))
    most = most.rstrip(", ")
    return f"{size},,{most}" if most else size


def _plain(comment: str) -> str:
    return comment.lstrip("#/* ").removesuffix("*/").rstrip()


def _format(lines: Sequence[TargetLine], block: Block | None) -> Iterator[Placed]:
    for line in lines:
        yield Placed(f"{line.label}:" if line.label else f"\t{line.text.replace(' ', chr(9), 1)}", block)


def _upto(lines: Sequence[TargetLine], source_line: int) -> tuple[Sequence[TargetLine], Sequence[TargetLine]]:
    """Lines that come from source lines up to ``source_line``, and the rest."""
    last = -1
    for position, line in enumerate(lines):
        if line.source_line > source_line:
            break
        last = position
    return lines[: last + 1], lines[last + 1 :]


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
