"""The data division: its sections, and the structure of levels."""

from __future__ import annotations

from dataclasses import dataclass, replace

from transpile.cobol.parse.cursor import Cursor
from transpile.cobol.parse.describing import Draft, condition_name, describe
from transpile.cobol.parse.embedding import execute
from transpile.cobol.parse.filing import file_header
from transpile.cobol.parse.operands import integer
from transpile.cobol.parse.procedure import is_header
from transpile.cobol.programs import ConditionName, DataDivision, FileDescription, Item, RefusedSection
from transpile.cobol.statements import Execute
from transpile.cobol.tokens import EXEC, NUMBER, WORD
from transpile.cobol.tree import Binary, Expression, Number, Reference, Unary
from transpile.errors import SourceError

_SECTIONS = frozenset({"FILE", "WORKING-STORAGE", "LOCAL-STORAGE", "LINKAGE", "REPORT", "SCREEN", "COMMUNICATION"})


def data_division(p: Cursor) -> DataDivision:
    """From DATA DIVISION on, if it is there."""
    start = p.at
    files: list[FileDescription] = []
    storage: dict[str, list[Item]] = {"WORKING-STORAGE": [], "LOCAL-STORAGE": [], "LINKAGE": []}
    refused: list[RefusedSection] = []
    embedded: list[Execute] = []
    if p.text == "DATA" and p.next == "DIVISION":
        p.at += 2
        p.period("the division header")
    while not _ends(p):
        section = p.text
        if section not in _SECTIONS or p.next != "SECTION":
            _complain(p)
            continue
        at = p.at
        p.at += 2
        p.period("the section header")
        if section == "FILE":
            _files(p, files, embedded)
        elif section in storage:
            storage[section] += items(p, embedded)
        else:
            refused.append(_refused(p, section, at))
    return DataDivision(
        tuple(files),
        tuple(storage["WORKING-STORAGE"]),
        tuple(storage["LOCAL-STORAGE"]),
        tuple(storage["LINKAGE"]),
        tuple(refused),
        tuple(embedded),
        span=p.span(start),
    )


def _ends(p: Cursor) -> bool:
    return p.ended or is_header(p) or (p.text == "END" and p.next == "PROGRAM")


def _complain(p: Cursor) -> None:
    try:
        p.fail(f"a section of the data division is expected here, not {p.shown()}")
    except SourceError as error:
        p.problems.add(error)
    p.at += 1
    while not (_ends(p) or (p.text in _SECTIONS and p.next == "SECTION")):
        p.at += 1


def _files(p: Cursor, files: list[FileDescription], embedded: list[Execute]) -> None:
    while p.text in ("FD", "SD"):
        try:
            header = file_header(p)
        except SourceError as error:
            p.problems.add(error)
            p.skip_sentence()
            items(p, embedded)
            continue
        files.append(replace(header, records=tuple(items(p, embedded))))
    if p.kind == NUMBER:
        p.problems.add(SourceError(p.span(), "a record without FD or SD before it"))
        items(p, embedded)


def _refused(p: Cursor, section: str, start: int) -> RefusedSection:
    """A section that is skipped; the names that it declares are known."""
    names: list[str] = []
    while not (_ends(p) or (p.text in _SECTIONS and p.next == "SECTION")):
        before, word = p.texts[p.at - 1], p.text
        if p.kind == WORD and (before in ("RD", "CD") or (p.kinds[p.at - 1] == NUMBER and p.is_name())):
            names.append(word)
        p.at += 1
    return RefusedSection(section, tuple(names), span=p.span(start))


@dataclass(slots=True)
class _Open:
    """A group whose items are still read."""

    draft: Draft
    children: list[Item]
    conditions: list[ConditionName]

    def close(self, p: Cursor) -> Item:
        if self.children and self.draft.picture and any(child.level not in (66, 78) for child in self.children):
            message = f"the group '{self.draft.name or 'FILLER'}' has a PICTURE"
            p.problems.report(self.draft.span, message, "only items without items below them have one")
        return self.draft.item(tuple(self.children), tuple(self.conditions))


class _Levels:
    """Entries that are put below the groups that they belong to."""

    def __init__(self, p: Cursor) -> None:
        self.p = p
        self.items: list[Item] = []
        self.stack: list[_Open] = []

    def close(self, level: int) -> None:
        """Ends what is open at ``level`` or deeper."""
        while self.stack and self.stack[-1].draft.level >= level:
            done = self.stack.pop().close(self.p)
            (self.stack[-1].children if self.stack else self.items).append(done)

    def add(self, draft: Draft) -> None:
        p = self.p
        level = draft.level
        if level == 66:
            self.close(2)
            if not self.stack:
                p.fail("level 66 without a record before it", at=draft.at)
            self.stack[-1].children.append(draft.item((), ()))
            return
        if level == 78 or draft.constant:
            self.items.append(draft.item((), ()))
            return
        self.close(1 if level == 77 else level)
        if level != 77 and level != 1 and not self.stack:
            p.problems.add(SourceError(p.span(draft.at), f"level {level:02} without a level 01 before it"))
        siblings = self.stack[-1].children if self.stack else []
        if siblings and siblings[-1].level not in (level, 66) and self.stack[-1].draft.level < level:
            self._check(draft, siblings[-1].level)
        self.stack.append(_Open(draft, [], []))

    def _check(self, draft: Draft, level: int) -> None:
        if draft.level < level:
            message = f"level {draft.level:02} belongs to no group: the items before it have level {level:02}"
            self.p.problems.report(draft.span, message)

    def done(self) -> list[Item]:
        self.close(0)
        return self.items


def items(p: Cursor, embedded: list[Execute]) -> list[Item]:
    """Data description entries up to the next section, FD or division; ``embedded`` gets what EXEC says among them."""
    levels = _Levels(p)
    while True:
        start = p.at
        try:
            if p.kind == EXEC:
                embedded.append(execute(p))
                p.skip(".")
                continue
            if p.kind != NUMBER:
                if _ends(p) or (p.next == "SECTION" and p.text in _SECTIONS) or p.text in ("FD", "SD", "RD", "CD"):
                    return levels.done()
                p.fail(f"a level number is expected here, not {p.shown()}")
            _entry(p, levels)
        except SourceError as error:
            p.problems.add(error)
            _recover(p, start)


def _recover(p: Cursor, start: int) -> None:
    """To the next entry: behind a period, or a level number that begins a line."""
    p.at = max(p.at, start + 1)
    while not p.ended and p.text != ".":
        if p.kind == NUMBER and p.starts_line(p.at) and len(p.text) <= 2 and p.kinds[p.at - 1] != NUMBER:
            return
        p.at += 1
    p.skip(".")


def _entry(p: Cursor, levels: _Levels) -> None:
    start = p.at
    level = integer(p, "a level number")
    if level == 88:
        if not levels.stack:
            p.fail("level 88 without an item before it", at=start)
        condition = condition_name(p, start)
        p.known.conditions.add(condition.name)
        levels.stack[-1].conditions.append(condition)
        p.period("the entry")
        return
    if not (1 <= level <= 49 or level in (66, 77, 78)):
        p.fail(f"{level:02} is no level number", "levels are 01 to 49, 66, 77, 78 and 88", at=start)
    draft = describe(p, level, start)
    p.period(f"the entry of {draft.name or 'FILLER'}")
    if draft.constant and draft.value is not None and (value := constant(p, draft.value)) is not None:
        p.known.constants[draft.name] = value
    levels.add(draft)


def constant(p: Cursor, value: Expression) -> int | None:
    """The whole number that a constant expression is, if it is one."""
    match value:
        case Number(number) if number == number.to_integral_value():
            return int(number)
        case Reference(name):
            return p.known.constants.get(name)
        case Unary(operator, inner):
            found = constant(p, inner)
            return None if found is None else -found if operator == "-" else found
        case Binary(operator, left, right):
            first, second = constant(p, left), constant(p, right)
            if first is None or second is None:
                return None
            return _calculate(operator, first, second)
        case _:
            return None


def _calculate(operator: str, left: int, right: int) -> int | None:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/" if right and left % right == 0:
            return left // right
        case _:
            return None
