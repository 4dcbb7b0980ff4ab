"""Statements of generated COBOL, one function a verb. None of them reads or writes files, and all of them end soon."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from transpile.corpora.cobol_items import Item, word, words
from transpile.corpora.cobol_phrases import SHORT, Phrases

_NAME = re.compile(r"[A-Z][A-Z0-9-]*")
Body: TypeAlias = "tuple[Statement, ...]"


@dataclass(frozen=True, slots=True)
class Statement:
    """``parts`` are text, and the statements that stand between. Statements can be left out of such a body, and a
    body be put in the place of the statement, without making the program wrong."""

    parts: tuple[str | Body, ...]


@dataclass(slots=True)
class Writer:
    """``performed`` are paragraphs without loops and calls. ``leaving`` is where GO TO may lead, if anywhere."""

    phrases: Phrases
    performed: Sequence[str] = ()
    leaving: str = ""
    simple: bool = False
    depth: int = 0
    size: int = 0
    _taken: list[Item] = field(default_factory=list)

    def body(self, most: int = 3) -> Body:
        """Between one and ``most`` statements, one level deeper."""
        self.depth += 1
        made = tuple(self.statement() for _ in range(self.phrases.rng.randint(1, most)))
        self.depth -= 1
        return made

    def statement(self) -> Statement:
        self.size += 1
        kinds = _VERBS if self.depth < 3 and self.size < 24 else _PLAIN
        while True:
            verb = self.phrases.rng.choices([each for _, each in kinds], [weight for weight, _ in kinds])[0]
            found = verb(self)
            if found is not None and self.defined(found):
                return found

    def defined(self, statement: Statement) -> bool:
        """Whether no operands lie over each other: what such a statement does is not defined."""
        for part in statement.parts:
            if isinstance(part, str):
                names = _NAME.findall(part)
                again = part.startswith(("STRING", "UNSTRING"))
                known = [name for name in names if again and self.phrases.data.record(name) is not None]
                if len(set(known)) < len(known) or self.phrases.data.overlap(names):
                    return False
                if part.startswith("MOVE") and self.phrases.data.elements(names):
                    return False
                if part.startswith("MOVE") and "(" in part and self.phrases.data.partly(names):
                    return False
        return True

    def counter(self) -> Item | None:
        """A counter that no loop around uses."""
        inside = {item.name for item, _ in self.phrases.loops}
        free = [item for item in self.phrases.data.counters if item.name not in inside]
        return free[0] if free and not self.simple else None


def _one(text: str) -> Statement:
    return Statement((text,))


# MOVE and what sets


def _move(writer: Writer) -> Statement | None:
    phrases = writer.phrases
    pick = phrases.rng.random()
    if pick < 0.4:
        goals = [phrases.receiver(edited=0.3), *([phrases.receiver()] if phrases.some(0.15) else [])]
        return _one(f"MOVE {phrases.moved(*goals)} TO {' '.join(goals)}")
    if pick < 0.65:
        more = f" {phrases.written_text()}" if phrases.some(0.15) else ""
        return _one(f"MOVE {phrases.text()} TO {phrases.written_text()}{more}")
    if pick < 0.7:
        return _one(f"MOVE {phrases.text_function()} TO {phrases.written_text()}")
    return _mixed_move(writer)


def _mixed_move(writer: Writer) -> Statement | None:
    phrases, rng = writer.phrases, writer.phrases.rng
    edited, text = phrases.text_item(("edited",)), phrases.text_item(("edited text",))
    letters = phrases.text_item(("letters",))
    choices = [
        f"MOVE {phrases.whole()} TO {phrases.written_text()}",
        f"MOVE {rng.choice(_DIGITS)} TO {phrases.receiver()}",
        f"MOVE {phrases.short_text()} TO {phrases.receiver()}",
        f"MOVE {rng.choice(('SPACES', 'ZEROS', 'LOW-VALUES', 'HIGH-VALUES', 'QUOTES'))} TO {phrases.written_text()}",
        f"MOVE ALL {rng.choice(_PATTERNS)} TO {phrases.written_text()}",
        f"MOVE ZERO TO {phrases.receiver(edited=0.3)} {phrases.written_text()}",
    ]
    if edited is not None:
        choices.append(f"MOVE {phrases.said(edited)} TO {phrases.receiver(edited=0.3)}")
        choices.append(f"MOVE {phrases.said(edited)} TO {phrases.written_text()}")
    if text is not None:
        choices.append(f"MOVE {phrases.text()} TO {phrases.said(text)}")
    if letters is not None:
        choices.append(f"MOVE {phrases.text()} TO {phrases.said(letters)}")
        choices.append(f"MOVE {phrases.said(letters)} TO {phrases.written_text()}")
    if rng.random() < 0.15:
        steady, blank = phrases.data.steady, phrases.data.blank
        one, other = phrases.data.pairs[0]
        choices = [
            f"MOVE {rng.choice(steady)} TO {rng.choice(blank)}",
            f"MOVE CORRESPONDING {one} TO {other}",
            f"MOVE {rng.choice(steady)} TO {phrases.written_text()}",
            f"MOVE {phrases.text()} TO {rng.choice(blank)}",
        ]
    return _one(rng.choice(choices))


_DIGITS = ('"012"', '"7"', '"10025"', '"0"')
_PATTERNS = ('"A"', '"AB"', '"XYZ"', '"-"', '"01"')


def _initialize(writer: Writer) -> Statement | None:
    phrases, rng = writer.phrases, writer.phrases.rng
    pick = rng.random()
    if pick < 0.4:
        return _one(f"INITIALIZE {phrases.shown_item()} {phrases.shown_item()}")
    group = rng.choice(phrases.data.groups)
    if pick < 0.8:
        return _one(f"INITIALIZE {group}")
    if any(table.name.startswith(group) for table in phrases.data.tables):
        return None
    kind, value = rng.choice((("NUMERIC", "1"), ("ALPHANUMERIC", '"A"')))
    return _one(f"INITIALIZE {group} REPLACING {kind} DATA BY {value}")


def _set(writer: Writer) -> Statement | None:
    phrases, rng = writer.phrases, writer.phrases.rng
    if phrases.data.flags and rng.random() < 0.6:
        return _one(f"SET {rng.choice(phrases.data.flags)} TO TRUE")
    table = rng.choice(phrases.data.tables)
    value = rng.choice((str(rng.randint(1, table.count)), phrases.subscript(table.count).partition(" ")[0]))
    return _one(f"SET {table.index} TO {value}")


# Arithmetic


_MODES = words(
    "AWAY-FROM-ZERO NEAREST-AWAY-FROM-ZERO NEAREST-EVEN NEAREST-TOWARD-ZERO TOWARD-GREATER TOWARD-LESSER TRUNCATION"
)


def _receivers(writer: Writer, *, edited: float = 0.0) -> str:
    phrases, rng = writer.phrases, writer.phrases.rng
    found = []
    for _ in range(rng.choice((1, 1, 1, 1, 2, 3))):
        rounded = ""
        if rng.random() < 0.4:
            rounded = f" ROUNDED MODE IS {rng.choice(_MODES)}" if rng.random() < 0.35 else " ROUNDED"
        found.append(phrases.receiver(edited=edited) + rounded)
    return " ".join(found)


def _sized(writer: Writer, text: str, verb: str) -> Statement:
    """With ON SIZE ERROR, now and then. Alone, NOT ON SIZE ERROR leaves COMP-5 wrapped around in GnuCOBOL."""
    pick = writer.phrases.rng.random()
    if pick > 0.35:
        return Statement((text, f"END-{verb}")) if writer.depth else _one(text)
    parts: list[str | Body] = [text]
    parts += ["ON SIZE ERROR", writer.body(2)]
    if pick < 0.15:
        parts += ["NOT ON SIZE ERROR", writer.body(2)]
    return Statement((*parts, f"END-{verb}"))


def _add(writer: Writer) -> Statement | None:
    phrases = writer.phrases
    if phrases.some(0.07):
        verb, (one, other) = phrases.rng.choice(("ADD", "SUBTRACT")), phrases.data.pairs[0]
        between = "TO" if verb == "ADD" else "FROM"
        return _sized(writer, f"{verb} CORRESPONDING {one} {between} {other}", verb)
    numbers = " ".join(phrases.number() for _ in range(phrases.rng.choice((1, 1, 2, 3))))
    if phrases.some(0.35):
        return _sized(writer, f"ADD {numbers} {phrases.number()} GIVING {_receivers(writer, edited=0.15)}", "ADD")
    return _sized(writer, f"ADD {numbers} TO {_receivers(writer)}", "ADD")


def _subtract(writer: Writer) -> Statement | None:
    phrases = writer.phrases
    numbers = " ".join(phrases.number() for _ in range(phrases.rng.choice((1, 1, 2))))
    if phrases.some(0.4):
        text = f"SUBTRACT {numbers} FROM {phrases.number()} GIVING {_receivers(writer, edited=0.15)}"
        return _sized(writer, text, "SUBTRACT")
    return _sized(writer, f"SUBTRACT {numbers} FROM {_receivers(writer)}", "SUBTRACT")


def _multiply(writer: Writer) -> Statement | None:
    phrases = writer.phrases
    if phrases.some(0.5):
        text = f"MULTIPLY {phrases.number()} BY {phrases.number()} GIVING {_receivers(writer, edited=0.15)}"
        return _sized(writer, text, "MULTIPLY")
    return _sized(writer, f"MULTIPLY {phrases.number()} BY {_receivers(writer)}", "MULTIPLY")


def _divide(writer: Writer) -> Statement | None:
    phrases = writer.phrases
    pick = phrases.rng.random()
    if pick < 0.3:
        return _sized(writer, f"DIVIDE {_nonzero(phrases)} INTO {_receivers(writer)}", "DIVIDE")
    operands = f"{phrases.number()} BY {_nonzero(phrases)}"
    if pick < 0.6:
        operands = f"{_nonzero(phrases)} INTO {phrases.number()}"
    if phrases.some(0.4):
        rounded = phrases.rng.choice(("", " ROUNDED"))
        text = f"DIVIDE {operands} GIVING {phrases.receiver()}{rounded} REMAINDER {phrases.receiver()}"
        return _sized(writer, text, "DIVIDE")
    return _sized(writer, f"DIVIDE {operands} GIVING {_receivers(writer, edited=0.15)}", "DIVIDE")


def _nonzero(phrases: Phrases) -> str:
    """GnuCOBOL refuses the literal 0 as a divisor."""
    found = phrases.number()
    return "7" if not found.strip("-0.") or found == "ZERO" else found


def _compute(writer: Writer) -> Statement | None:
    expression = writer.phrases.expression(3)
    return _sized(writer, f"COMPUTE {_receivers(writer, edited=0.1)} = {expression}", "COMPUTE")


# Text


def _string(writer: Writer) -> Statement | None:
    phrases, rng = writer.phrases, writer.phrases.rng
    target = phrases.text_item()
    if target is None:
        return None
    delimiters = ("SIZE", "SIZE", "SPACE", '","', '"A"')
    parts = " ".join(
        f"{phrases.text().replace('SPACES', 'SPACE')} DELIMITED BY {rng.choice(delimiters)}"
        for _ in range(rng.randint(1, 3))
    )
    pointer = f" WITH POINTER {phrases.pointer()}" if phrases.some(0.4) else ""
    text = f"STRING {parts} INTO {phrases.said(target)}{pointer}"
    return _overflowing(writer, text, "STRING")


def _unstring(writer: Writer) -> Statement | None:
    phrases, rng = writer.phrases, writer.phrases.rng
    source = phrases.text_item()
    if source is None:
        return None
    delimiters = rng.choice(('","', "SPACE", "ALL SPACES", '"," OR SPACE', 'ALL "A" OR "-"'))
    delimited = rng.random() < 0.85
    short = source.size <= SHORT
    targets = []
    for _ in range(rng.randint(1, 3)):
        target = phrases.written_text() if rng.random() < 0.7 or not short else phrases.whole()
        if delimited and rng.random() < 0.25:
            delimiter = phrases.text_item()
            target += f" DELIMITER IN {phrases.said(delimiter)}" if delimiter is not None else ""
        if delimited and rng.random() < 0.25:
            target += f" COUNT IN {phrases.count()}"
        targets.append(target)
    by = f" DELIMITED BY {delimiters}" if delimited else ""
    pointer = f" WITH POINTER {phrases.pointer()}" if phrases.some(0.25) else ""
    tallying = f" TALLYING IN {phrases.tally()}" if phrases.some(0.25) else ""
    text = f"UNSTRING {phrases.said(source)}{by} INTO {' '.join(targets)}{pointer}{tallying}"
    return _overflowing(writer, text, "UNSTRING")


def _overflowing(writer: Writer, text: str, verb: str) -> Statement:
    pick = writer.phrases.rng.random()
    if pick < 0.6:
        return Statement((text, f"END-{verb}")) if writer.depth else _one(text)
    if pick < 0.85:
        return Statement((text, "ON OVERFLOW", writer.body(2), f"END-{verb}"))
    return Statement((text, "ON OVERFLOW", writer.body(1), "NOT ON OVERFLOW", writer.body(1), f"END-{verb}"))


def _inspect(writer: Writer) -> Statement | None:
    phrases, rng = writer.phrases, writer.phrases.rng
    item = phrases.text_item()
    if item is None:
        return None
    one, other = rng.choice(_LETTERS), rng.choice(_LETTERS)
    region = rng.choice(("", "", f" BEFORE INITIAL {rng.choice(_LETTERS)}", f" AFTER INITIAL {rng.choice(_LETTERS)}"))
    text = phrases.said(item)
    pick = rng.random()
    if pick < 0.35:
        what = rng.choice((f"ALL {one}", f"LEADING {one}", "CHARACTERS"))
        return _one(f"INSPECT {text} TALLYING {phrases.tally()} FOR {what}{region}")
    if pick < 0.75:
        how = rng.choice((f"ALL {one}", f"LEADING {one}", f"FIRST {one}", "CHARACTERS"))
        return _one(f"INSPECT {text} REPLACING {how} BY {other}{region}")
    return _one(f"INSPECT {text} CONVERTING {rng.choice(_CONVERSIONS)}{region}")


_LETTERS = ('"A"', '"B"', '" "', '"0"', '"1"', '"N"', '","')
_CONVERSIONS = ('"ABC" TO "XYZ"', '"abc" TO "ABC"', '" " TO "0"', '"0123456789" TO "9876543210"')


def _display(writer: Writer) -> Statement | None:
    phrases = writer.phrases
    shown = " ".join(phrases.shown_item() for _ in range(phrases.rng.randint(1, 3)))
    return _one(f"DISPLAY {word(phrases.rng, 6)} {shown}")


# Control


def _if(writer: Writer) -> Statement | None:
    parts: list[str | Body] = [f"IF {writer.phrases.condition()}", writer.body()]
    if writer.phrases.some(0.5):
        parts += ["ELSE", writer.body()]
    return Statement((*parts, "END-IF"))


def _evaluate(writer: Writer) -> Statement | None:
    phrases, rng = writer.phrases, writer.phrases.rng
    pick = rng.random()
    cases: Callable[[], str]
    if pick < 0.35:
        subject, cases = "TRUE", phrases.condition
    elif pick < 0.6:
        subject = phrases.item_number()
        cases = partial(_number_case, phrases, subject)
    elif pick < 0.8:
        first, second = phrases.item_number(), phrases.item_number()
        subject = f"{first} ALSO {second}"
        cases = partial(_two_cases, phrases, first, second)
    else:
        item = phrases.text_item()
        subject, cases = phrases.said(item) if item else '"A"', lambda: word(rng, 4)
    parts: list[str | Body] = [f"EVALUATE {subject}"]
    for _ in range(rng.randint(1, 3)):
        again = f" WHEN {cases()}" if rng.random() < 0.15 else ""
        parts += [f"WHEN {cases()}{again}", writer.body(2)]
    if rng.random() < 0.7:
        parts += ["WHEN OTHER", writer.body(2)]
    return Statement((*parts, "END-EVALUATE"))


def _number_case(phrases: Phrases, subject: str) -> str:
    low = phrases.rng.randint(0, 60)
    high = str(low + phrases.rng.randint(0, 60))
    return f"{low} THRU {high}" if phrases.some(0.3) and phrases.holds(subject, high) else phrases.beside(subject)


def _two_cases(phrases: Phrases, first: str, second: str) -> str:
    other = "ANY" if phrases.some(0.5) else _number_case(phrases, second)
    return f"{_number_case(phrases, first)} ALSO {other}"


def _perform_inline(writer: Writer) -> Statement | None:
    phrases, rng = writer.phrases, writer.phrases.rng
    counter = writer.counter()
    if counter is None:
        return None
    pick, most = rng.random(), rng.randint(1, 5)
    if pick < 0.25:
        return Statement((f"PERFORM {rng.randint(0, 4)} TIMES", writer.body(2), "END-PERFORM"))
    test = rng.choice(("", "", " WITH TEST AFTER"))
    if pick < 0.5:
        head = f"PERFORM{test} UNTIL {counter.name} >= {most} OR {phrases.condition(0)}"
        body = writer.body(2)
        parts = (f"MOVE 0 TO {counter.name}", head, f"ADD 1 TO {counter.name}", body, "END-PERFORM")
        return Statement(parts)
    phrases.loops.append((counter, most))
    inner = writer.counter() if rng.random() < 0.3 else None
    varying, head = f" VARYING {counter.name}", f"{counter.name} FROM 1 BY 1 UNTIL {counter.name} > {most}"
    if test:
        head = head.replace(">", ">=")
    elif rng.random() < 0.3:
        head += f" OR {phrases.condition(0)}"
    if inner is not None:
        phrases.loops.append((inner, most))
        sign = ">=" if test else ">"
        head += f" AFTER {inner.name} FROM 1 BY 1 UNTIL {inner.name} {sign} {most}"
    body = writer.body()
    del phrases.loops[-1 if inner is None else -2 :]
    return Statement((f"PERFORM{test}{varying.partition(counter.name)[0]}{head}", body, "END-PERFORM"))


def _perform(writer: Writer) -> Statement | None:
    if not writer.performed:
        return None
    phrases, rng = writer.phrases, writer.phrases.rng
    name, counter = rng.choice(writer.performed), writer.counter()
    pick = rng.random()
    if pick < 0.5 or counter is None:
        return _one(f"PERFORM {name}")
    if pick < 0.65:
        return _one(f"PERFORM {name} {rng.randint(0, 4)} TIMES")
    most = rng.randint(1, 4)
    if pick < 0.8:
        until = f"UNTIL {counter.name} > {most} OR {phrases.condition(0)}"
        return _one(f"PERFORM {name} VARYING {counter.name} FROM {rng.randint(0, 2)} BY 1 {until}")
    return _one(f"PERFORM {name} VARYING {counter.name} FROM {most} BY -1 UNTIL {counter.name} = 0")


def _search(writer: Writer) -> Statement | None:
    phrases = writer.phrases
    table = phrases.rng.choice(phrases.data.tables)
    item = phrases.rng.choice(table.items)
    said = f"{item.name} ({table.index})"
    test = f"{said} {phrases.relation()} "
    test += phrases.beside(said) if item.kind == "number" else phrases.text()
    first = f"SET {table.index} TO 1"
    parts = (f"SEARCH {table.name}", "AT END", first, writer.body(1), f"WHEN {test}", writer.body(2), "END-SEARCH")
    start = f"SET {table.index} TO {phrases.rng.randint(1, table.count)}"
    return Statement((start, *parts, first))


def _go_to(writer: Writer) -> Statement | None:
    if not writer.leaving:
        return None
    return Statement((f"IF {writer.phrases.condition(1)}", writer.body(1), f"GO TO {writer.leaving}", "END-IF"))


Verb: TypeAlias = Callable[[Writer], Statement | None]
_PLAIN: tuple[tuple[int, Verb], ...] = (
    (30, _move), (12, _add), (7, _subtract), (7, _multiply), (7, _divide), (16, _compute), (3, _initialize), (4, _set),
    (4, _string), (3, _unstring), (5, _inspect), (3, _display), (4, _perform),
)  # fmt: skip
_VERBS = (*_PLAIN, (26, _if), (8, _evaluate), (12, _perform_inline), (3, _search), (4, _go_to))
