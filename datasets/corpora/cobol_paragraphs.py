"""Generated COBOL programs: working storage, and paragraphs that compute with it, by seed.

``generate`` makes programs that GnuCOBOL compiles and that end soon; they read and write nothing but what they DISPLAY.
``smaller`` are programs with less in them, to find the least one that still shows something.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from transpile.corpora.cobol_items import Record, data_of, words
from transpile.corpora.cobol_phrases import Phrases
from transpile.corpora.cobol_verbs import Body, Statement, Writer

_WORD = re.compile(r"\"[^\"]*\"|\S+")
_NAME = re.compile(r"(?:\d\d-)?[A-Z][A-Z0-9-]*")
_VERBS = words("APPLY CHECK UPDATE COMPUTE-NEW POST ADJUST SETTLE REVIEW SPLIT MERGE-IN CLOSE-OUT ASSESS")
_THINGS = words("ACCOUNT ORDER POLICY INVOICE PAYMENT BATCH CLAIM ENTRY LEDGER STOCK BONUS REFUND")
_LAST_COLUMN = 72


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``leaves``: it is followed by a paragraph of its name with -EXIT, and performed through that."""

    name: str
    body: Body
    leaves: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    records: tuple[Record, ...]
    paragraphs: tuple[Paragraph, ...]

    @property
    def text(self) -> str:
        return "\n".join(_lines(self)) + "\n"

    def ranges(self) -> dict[str, tuple[int, int]]:
        """The numbers of the paragraphs where each begins and at whose end it returns, by its name."""
        found, number = {}, 1
        for each in self.paragraphs:
            found[each.name] = number, number + each.leaves
            number += 1 + each.leaves
        return found


def generate(seed: int | str, paragraphs: int = 12, name: str = "GENERATED") -> Program:
    """A program of so many paragraphs, besides the first one, which performs them all."""
    rng = random.Random(f"cobol {seed}")
    data = data_of(rng)
    made: list[Paragraph] = []
    simple: list[str] = []
    for number in range(paragraphs):
        title = f"{number + 1:02d}-{rng.choice(_VERBS)}-{rng.choice(_THINGS)}"
        plain, leaves = number < paragraphs // 5, rng.random() < 0.25
        writer = Writer(
            Phrases(rng, data), () if plain else tuple(simple), f"{title}-EXIT" if leaves else "", simple=plain
        )
        body = tuple(writer.statement() for _ in range(rng.randint(1, 3 if plain else 6)))
        made.append(Paragraph(title, body, leaves))
        if plain:
            simple.append(f"{title} THRU {title}-EXIT" if leaves else title)
    return Program(name, tuple(data.records), tuple(made))


# Text


def _lines(program: Program) -> Iterator[str]:
    yield from ("       IDENTIFICATION DIVISION.", f"       PROGRAM-ID. {program.name}.")
    yield from ("       DATA DIVISION.", "       WORKING-STORAGE SECTION.")
    for record in program.records:
        for line in record.lines:
            yield from _columns(line.strip(), 7 + len(line) - len(line.lstrip()))
    yield from ("       PROCEDURE DIVISION.", "       MAIN-LINE.")
    for each in program.paragraphs:
        through = f" THRU {each.name}-EXIT" if each.leaves else ""
        yield from _columns(f"PERFORM {each.name}{through}", 11)
    yield "           STOP RUN."
    for each in program.paragraphs:
        yield f"       {each.name}."
        yield from _body(each.body, 11)
        yield "           CONTINUE."
        if each.leaves:
            yield from (f"       {each.name}-EXIT.", "           EXIT.")


def _body(body: Body, column: int) -> Iterator[str]:
    if not body:
        yield " " * column + "CONTINUE"
    for statement in body:
        for part in statement.parts:
            if isinstance(part, str):
                yield from _columns(part, column)
            else:
                yield from _body(part, min(column + 3, 29))


def _columns(text: str, column: int) -> Iterator[str]:
    """``text`` in lines that end before the last column."""
    line = " " * column
    for found in _WORD.findall(text):
        if len(line) + len(found) + 1 > _LAST_COLUMN and line.strip():
            yield line.rstrip()
            line = " " * (column + 4)
        line += found + " "
    yield line.rstrip()


# Smaller programs


def alone(program: Program, name: str) -> Program:
    """With that paragraph, and those that it performs, as its only ones, and no record that they do not need."""
    wanted = {name}
    for each in reversed(program.paragraphs):
        if each.name in wanted:
            wanted |= _names(each.body)
    kept = tuple(each for each in program.paragraphs if each.name in wanted)
    return without_unused(replace(program, paragraphs=kept))


def smaller(program: Program) -> Iterator[Program]:
    """Programs with one thing less: without a paragraph, a statement, what is around one, or unused records."""
    for at in range(len(program.paragraphs)):
        rest = program.paragraphs[:at] + program.paragraphs[at + 1 :]
        if rest and not _performed(program.paragraphs[at].name, rest):
            yield replace(program, paragraphs=rest)
    for at, paragraph in enumerate(program.paragraphs):
        for body in _less(paragraph.body):
            changed = replace(paragraph, body=body)
            yield replace(program, paragraphs=(*program.paragraphs[:at], changed, *program.paragraphs[at + 1 :]))


def without_unused(program: Program) -> Program:
    """Without the records that nothing names, however indirectly."""
    used = {name for each in program.paragraphs for name in _names(each.body)}
    kept: list[Record] = []
    for record in reversed(program.records):
        if used & set(record.names):
            used |= {name for line in record.lines for name in _NAME.findall(line)}
            kept.append(record)
    return replace(program, records=tuple(reversed(kept)))


def _performed(name: str, paragraphs: tuple[Paragraph, ...]) -> bool:
    return any(name in _names(each.body) for each in paragraphs)


def _names(body: Body) -> set[str]:
    found: set[str] = set()
    for statement in body:
        for part in statement.parts:
            found |= _names(part) if not isinstance(part, str) else set(_NAME.findall(part))
    return found


def _less(body: Body) -> Iterator[Body]:
    if len(body) > 3:
        half = len(body) // 2
        yield body[:half]
        yield body[half:]
    for at, statement in enumerate(body):
        before, after = body[:at], body[at + 1 :]
        yield before + after
        for inner in statement.parts:
            if not isinstance(inner, str):
                yield (*before, *inner, *after)
    for at, statement in enumerate(body):
        for number, part in enumerate(statement.parts):
            if not isinstance(part, str):
                for less in _less(part):
                    parts = (*statement.parts[:number], less, *statement.parts[number + 1 :])
                    yield (*body[:at], Statement(parts), *body[at + 1 :])


__all__ = ["Paragraph", "Program", "alone", "generate", "smaller", "without_unused"]
