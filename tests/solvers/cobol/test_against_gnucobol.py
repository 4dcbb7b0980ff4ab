"""The machine on constants does what GnuCOBOL does: generated statements on a record of many kinds of fields."""

from __future__ import annotations

import itertools
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from transpile.emulators.cobol.build import Dialect, build_module
from transpile.emulators.cobol.modules import Called
from transpile.legacy.types import Number as NumberType
from transpile.solvers.storage.coding import coding_of
from transpile.solvers.storage.values import NoTerm, integer, known_text

if TYPE_CHECKING:
    from conftest import Built

pytestmark = pytest.mark.skipif(shutil.which("cobc") is None, reason="needs cobc")

RECORD = """
05 U5 PIC 9(5).
05 S5 PIC S9(5).
05 D52 PIC 9(5)V99.
05 SD52 PIC S9(5)V99.
05 S3 PIC S9(3).
05 F4 PIC SV9(4).
05 C4 PIC 9(4) COMP.
05 SC4 PIC S9(4) COMP.
05 SC72 PIC S9(7)V99 COMP.
05 P52 PIC S9(5)V99 COMP-3.
05 PU3 PIC 9(3) COMP-3.
05 N4 PIC S9(4) COMP-5.
05 NU4 PIC 9(4) COMP-5.
05 BL BINARY-LONG.
05 SEP PIC S9(4) SIGN TRAILING SEPARATE.
05 LEAD PIC S9(4) SIGN LEADING.
05 X5 PIC X(5).
05 X10 PIC X(10).
05 X3 PIC X(3).
05 XJ PIC X(8) JUSTIFIED RIGHT.
05 A4 PIC A(4).
05 E1 PIC ZZ,ZZ9.99-.
05 E2 PIC X(2)/X(2)BX(2).
05 E3 PIC $$$9.99 BLANK WHEN ZERO.
05 G.
   10 GX PIC X(3).
   10 GN PIC 9(3).
   10 GS PIC S99.
05 T PIC 9(3) OCCURS 5.
05 TX PIC X(2) OCCURS 4.
05 K PIC 9.
   88 K-LOW VALUE 0 THRU 3.
   88 K-ODD VALUE 1 3 5 7 9.
05 F PIC X.
   88 F-YES VALUE "Y" WHEN SET TO FALSE IS "N".
   88 F-LETTER VALUE "A" THRU "Z".
"""
INTEGERS = ["U5", "S5", "S3", "C4", "SC4", "PU3", "N4", "NU4", "BL", "SEP", "LEAD", "K"]
NUMBERS = [*INTEGERS, "D52", "SD52", "F4", "SC72", "P52"]
TEXTS = ["X5", "X10", "X3", "XJ", "F"]
EDITED = ["E1", "E3"]
LITERALS = ["0", "1", "-1", "7", "12.5", "-0.05", "99999", "123456.789", "3", "10"]
ROUNDINGS = ["", "", " ROUNDED", " ROUNDED MODE IS NEAREST-EVEN", " ROUNDED MODE IS NEAREST-TOWARD-ZERO",
             " ROUNDED MODE IS AWAY-FROM-ZERO", " ROUNDED MODE IS TOWARD-GREATER",
             " ROUNDED MODE IS TOWARD-LESSER", " ROUNDED MODE IS TRUNCATION"]  # fmt: skip
HANDLERS = ["", "", ' ON SIZE ERROR MOVE "E" TO F', ' ON SIZE ERROR MOVE "E" TO F NOT ON SIZE ERROR MOVE "O" TO F',
            ' NOT ON SIZE ERROR MOVE "O" TO F']  # fmt: skip
RELATIONS = ["=", "<", ">", "<=", ">=", "NOT ="]


class Choose(random.Random):
    """What statements are made of."""

    def number(self) -> str:
        return self.choice(NUMBERS) if self.random() < 0.7 else self.choice(LITERALS)

    def receiver(self) -> str:
        return self.choice(NUMBERS + EDITED) + self.choice(ROUNDINGS)

    def receivers(self) -> str:
        return " ".join(self.receiver() for _ in range(self.choice((1, 1, 2))))

    def changed(self) -> str:
        made = [self.choice(NUMBERS) + self.choice(ROUNDINGS) for _ in range(self.choice((1, 1, 2)))]
        return " ".join(made)

    def text(self) -> str:
        return self.choice([*TEXTS, '"A"', '"AB C"', '"12"', "SPACES", "ZEROS", 'ALL "XY"', "G", "X10(2:3)", "QUOTES"])


def moves(choose: Choose) -> str:
    source = choose.choice((choose.number(), choose.text(), choose.choice(INTEGERS)))
    whole = source in INTEGERS or source.lstrip("-").isdigit()
    goals = [*TEXTS, "X10(3:2)", "G"] if not source.replace(".", "").lstrip("-").isdigit() else [*TEXTS]
    if source in NUMBERS or (source[-1].isdigit() and "." in source) or whole:
        goals = (goals if whole else []) + NUMBERS + EDITED
    elif source in ("ZEROS",):
        goals += NUMBERS + EDITED
    elif source in ('"12"', "X5", "X3"):
        goals += INTEGERS
    return f"MOVE {source} TO {' '.join(choose.sample(goals, 2))}"


def _refused(statement: str) -> bool:
    """There is only NOT ON SIZE ERROR, and a number of the machine, which GnuCOBOL stores cut off then."""
    return statement.count("ON SIZE ERROR") == statement.count("NOT ON SIZE ERROR") == 1 and any(
        name in statement.split() for name in ("N4", "NU4", "BL")
    )


def sums(choose: Choose) -> str:
    verb, word = choose.choice((("ADD", "TO"), ("SUBTRACT", "FROM")))
    amounts = " ".join(choose.number() for _ in range(choose.choice((1, 1, 2))))
    tail = f" END-{verb}"
    if choose.random() < 0.4:
        return f"{verb} {amounts} {word} {choose.number()} GIVING {choose.receivers()}{choose.choice(HANDLERS)}{tail}"
    return f"{verb} {amounts} {word} {choose.changed()}{choose.choice(HANDLERS)}{tail}"


def products(choose: Choose) -> str:
    verb, word = choose.choice((("MULTIPLY", "BY"), ("DIVIDE", "INTO"), ("DIVIDE", "BY")))
    handler, tail = choose.choice(HANDLERS), f" END-{verb}"
    left, right = choose.number(), choose.choice(NUMBERS)
    if word == "BY" and verb == "DIVIDE":
        left, right = right, left if left != "0" else "3"
    elif left == "0":
        left = "4"
    if (word == "BY" and verb == "DIVIDE") or choose.random() < 0.5:
        if verb == "DIVIDE" and choose.random() < 0.5:
            return (f"{verb} {left} {word} {right} GIVING {choose.receiver()} REMAINDER "
                    f"{choose.choice(NUMBERS)}{handler}{tail}")  # fmt: skip
        return f"{verb} {left} {word} {right} GIVING {choose.receivers()}{handler}{tail}"
    return f"{verb} {left} {word} {choose.changed()}{handler}{tail}"


def _expression(choose: Choose, depth: int) -> str:
    if depth == 0 or choose.random() < 0.25:
        return choose.number().replace("-", "- ") if choose.random() < 0.1 else choose.choice((*NUMBERS, "3", "1.5"))
    operator = choose.choice(("+", "-", "*", "/", "+", "-", "*"))
    if choose.random() < 0.1:
        return f"({_expression(choose, depth - 1)}) ** {choose.choice((1, 2, 3))}"
    return f"({_expression(choose, depth - 1)} {operator} {_expression(choose, depth - 1)})"


def computed(choose: Choose) -> str:
    value = _expression(choose, choose.choice((1, 2, 3)))
    return f"COMPUTE {choose.receivers()} = {value}{choose.choice(HANDLERS)} END-COMPUTE"


def _comparison(choose: Choose) -> str:
    relation = choose.choice(RELATIONS)
    kind = choose.randrange(7)
    if kind == 0:
        return f"{choose.choice(TEXTS)} {relation} {choose.text()}"
    if kind == 1:
        return f"{choose.choice(INTEGERS)} {relation} {choose.choice(TEXTS)}"
    if kind == 2:
        return choose.choice(("K-LOW", "K-ODD", "F-YES", "F-LETTER", "NOT F-LETTER"))
    if kind == 3:
        sign = choose.choice(("POSITIVE", "NEGATIVE", "ZERO"))
        return f"{choose.choice(NUMBERS)} IS {choose.choice(('', 'NOT '))}{sign}"
    if kind == 4:
        what = choose.choice(("NUMERIC", "ALPHABETIC", "ALPHABETIC-UPPER", "ALPHABETIC-LOWER"))
        return f"{choose.choice(TEXTS)} IS {choose.choice(('', 'NOT '))}{what}"
    if kind == 5:
        return f"{choose.choice(NUMBERS)} {relation} ({_expression(choose, 1).replace('/', '+')})"
    return f"{choose.number()} {relation} {choose.choice(NUMBERS)}"


def _condition(choose: Choose) -> str:
    made = _comparison(choose)
    for _ in range(choose.choice((0, 0, 1, 2))):
        made = f"{choose.choice(('', 'NOT '))}({made}) {choose.choice(('AND', 'OR'))} {_comparison(choose)}"
    return made


def conditions(choose: Choose) -> str:
    if choose.random() < 0.6:
        return f"IF {_condition(choose)} MOVE 1 TO K ELSE MOVE 2 TO K END-IF"
    if choose.random() < 0.5:
        return (f"EVALUATE TRUE WHEN {_condition(choose)} MOVE 1 TO K WHEN {_condition(choose)} MOVE 2 TO K "
                "WHEN OTHER MOVE 3 TO K END-EVALUATE")  # fmt: skip
    first, second = choose.choice(INTEGERS), choose.choice(TEXTS)
    return (f"EVALUATE {first} ALSO {second} WHEN 0 THRU 7 ALSO ANY MOVE 1 TO K WHEN NOT 5 ALSO {choose.text()} "
            f"MOVE 2 TO K WHEN {choose.choice(NUMBERS)} ALSO \"A\" THRU \"Z\" MOVE 3 TO K END-EVALUATE")  # fmt: skip


def loops(choose: Choose) -> str:
    number, count = choose.choice(("U5", "S5", "SC4", "N4")), choose.randrange(6)
    body = choose.choice(("ADD K TO PU3", "ADD 1 TO T(2)", "SUBTRACT 1 FROM S3", 'MOVE "Z" TO TX(2)'))
    leave = choose.choice(("", " IF S3 = 2 EXIT PERFORM END-IF", " IF S3 = 2 EXIT PERFORM CYCLE END-IF"))
    after = choose.choice(("", " WITH TEST AFTER"))
    match choose.randrange(6):
        case 0:
            return f"MOVE 1 TO K PERFORM {count} TIMES ADD 1 TO K{leave} {body} END-PERFORM"
        case 1:
            return f"PERFORM{after} VARYING K FROM 1 BY 1 UNTIL K > {count}{leave} {body} END-PERFORM"
        case 2:
            inner = f"AFTER {number} FROM 1 BY 2 UNTIL {number} > {count}"
            return f"PERFORM{after} VARYING K FROM 1 BY 1 UNTIL K > 3 {inner} {body} END-PERFORM"
        case 3:
            return f"MOVE 5 TO K PERFORM{after} UNTIL K = 0 OR S3 = 4 SUBTRACT 1 FROM K{leave} {body} END-PERFORM"
        case 4:
            down = choose.choice(("SC4", "N4", "BL"))
            return f"MOVE 1 TO K PERFORM Q{after} VARYING {down} FROM {count} BY -1 UNTIL {down} < 0"
        case _:
            return f"MOVE 1 TO K PERFORM Q THRU Q-END {count} TIMES"


def shown(choose: Choose) -> str:
    values = [
        choose.choice((*NUMBERS, *TEXTS, *EDITED, "G", '"=;"', "-1.50", "SPACE", "T(2)", "X10(2:4)")) for _ in range(3)
    ]
    return f"DISPLAY {' '.join(values)}{choose.choice(('', ' NO ADVANCING'))}"


def others(choose: Choose) -> str:
    return choose.choice((
        f"INITIALIZE {choose.choice((*NUMBERS, *TEXTS, 'G', 'E1', 'E3', 'R'))}",
        "INITIALIZE R REPLACING " + choose.choice(("NUMERIC DATA BY 7", 'ALPHANUMERIC DATA BY "Q"')),
        f"SET {choose.choice(('F-YES', 'F-LETTER', 'K-LOW', 'K-ODD'))} TO TRUE",
        "SET F-YES TO FALSE",
        "MOVE " + choose.choice(("X3", "X10", '"ABCDEF"')) + " TO E2",
        f"MOVE {choose.choice(('G', 'X10'))} TO R",
        "MOVE 3 TO K MOVE T(K) TO K U5 MOVE 3 TO K MOVE T(K) TO T(1) MOVE TX(K) TO TX(K - 1) ADD 1 TO T(K + 2)",
        f"GO TO Q Q-END DEPENDING ON {choose.choice(('K', 'S3'))}",
        "IF K > 4 NEXT SENTENCE ELSE MOVE 1 TO S3. MOVE 2 TO PU3",
        f"COMPUTE S5 = FUNCTION MOD({choose.choice(INTEGERS)} 7) + FUNCTION INTEGER({choose.choice(NUMBERS)})",
        f"COMPUTE SC72 = FUNCTION MAX({choose.choice(NUMBERS)} {choose.number()}) - FUNCTION ABS(SD52)",
        f"MOVE FUNCTION UPPER-CASE({choose.choice(('X5', 'X10'))}) TO X10",
    ))  # fmt: skip


def _pattern(choose: Choose, size: int) -> str:
    one = ['"A"', '"B"', "SPACE", "ZERO", "F", "K", '"1"']
    two = ['"AB"', '"  "', '"AA"', "TX(1)", "TX(K)", '"11"']
    return choose.choice({1: one, 2: two}.get(size, ['"AAB"', "X3", '"   "', "GX"]))


def _bounds(choose: Choose) -> str:
    made = [f" {side} INITIAL {_pattern(choose, choose.choice((1, 1, 2)))}" for side in ("BEFORE", "AFTER")]
    choose.shuffle(made)
    return "".join(made[: choose.choice((0, 0, 1, 1, 2))])


def inspects(choose: Choose) -> str:
    """Of text that is full of letters that are alike."""
    target = choose.choice(["X10"] * 5 + ["G", "XJ", "X10(2:7)", "TX(K)", "U5", "E1"])
    made = f"MOVE 2 TO K C4 SC4 PU3 N4 NU4 BL INSPECT {target}"
    if choose.random() < 0.15 and target not in ("U5", "E1"):
        return f'{made} CONVERTING "AB 1A" TO {choose.choice(("SPACES", chr(34) + "xyzAB" + chr(34)))}{_bounds(choose)}'
    if choose.random() < 0.6:
        target = "LEAD" if target == "U5" and choose.random() < 0.5 else target
        made = made.replace("U5", target) + " TALLYING"
        for _ in range(choose.choice((1, 1, 2, 3))):
            what = choose.choice(("CHARACTERS", "ALL", "LEADING", "TRAILING"))
            size = 1 if what == "TRAILING" else choose.choice((1, 1, 2, 3))
            pattern = "" if what == "CHARACTERS" else " " + _pattern(choose, size)
            made += f" {choose.choice(INTEGERS)} FOR {what}{pattern}{_bounds(choose)}"
        if choose.random() < 0.7 or target in ("LEAD", "E1"):
            return made
    made += " REPLACING"
    for _ in range(choose.choice((1, 1, 2, 3))):
        what = choose.choice(("CHARACTERS", "ALL", "LEADING", "FIRST", "TRAILING"))
        size = 1 if what in ("CHARACTERS", "TRAILING") else choose.choice((1, 1, 2, 3))
        pattern = "" if what == "CHARACTERS" else " " + _pattern(choose, size)
        by = choose.choice((_pattern(choose, size), "SPACES", '"xyz"'[: size + 1] + '"'))
        made += f" {what}{pattern} BY {by}{_bounds(choose)}"
    return made


def strings(choose: Choose) -> str:
    made = "STRING"
    for _ in range(choose.choice((1, 2, 3))):
        values = [choose.choice(("X5", "X3", '"AB C"', "U5", "G", "F", "7", "SPACE", "S5", "SEP", "TX(3)", "X10(2:3)",
                                 "D52", "E1")) for _ in range(choose.choice((1, 1, 2)))]  # fmt: skip
        delimiter = choose.choice(("SIZE", "SIZE", "SPACE", '"B"', '"  "', "F", "TX(2)"))
        made += f" {' '.join(values)} DELIMITED BY {delimiter}"
    target = choose.choice(["XJ", "A4", "X10(2:5)"] if "X10" not in made else ["XJ", "A4"])
    pointer = choose.choice(("", f" POINTER {choose.choice(('K', 'S3', 'C4', 'PU3', 'BL'))}"))
    handler = choose.choice(("", ' ON OVERFLOW MOVE "E" TO X3', ' NOT ON OVERFLOW MOVE "O" TO X3'))
    return f"{made} INTO {target}{pointer}{handler} END-STRING"


def unstrings(choose: Choose) -> str:
    source = choose.choice(("X10", "X10", "X5", '"AB1 ,2 , 3"', "G", "U5", "X10(3:6)", "X10(1:9)"))
    made = f"UNSTRING {source}"
    marks = ('"B"', "SPACE", '"AB"', "F", '"  "', "X3")
    delimiters = [every + choose.choice(marks) for every in choose.choices(("", "ALL "), k=choose.choice((0, 1, 1, 2)))]
    if delimiters:
        made += f" DELIMITED BY {' OR '.join(delimiters)}"
    made += " INTO"
    taken = [name for name in ("A4", "S5", "SD52", "SEP", "C4", "P52", "E1", "T(2)", "TX(3)", "LEAD", "E2", "N4", "X5")
             if name != source]  # fmt: skip
    for target in choose.sample(taken, choose.choice((1, 2, 3))):
        made += f" {target}"
        if delimiters and choose.random() < 0.3:
            made += " DELIMITER IN TX(4)"
        if delimiters and choose.random() < 0.3:
            made += f" COUNT IN {choose.choice(('PU3', 'S3', 'NU4'))}"
    made += choose.choice(("", f" POINTER {choose.choice(('K', 'BL', 'SC4'))}"))
    tallying = choose.choice(("", "", " TALLYING IN U5", " TALLYING IN T(4)"))
    made += "" if source == "U5" else tallying
    handler = choose.choice(("", ' ON OVERFLOW MOVE "E" TO XJ', ' NOT ON OVERFLOW MOVE "O" TO XJ'))
    handler = ' ON OVERFLOW MOVE "E" TO XJ' + handler if "NOT" in handler and "TALLY" in made else handler
    return f"{made}{handler} END-UNSTRING"


KINDS: dict[str, tuple[Callable[[Choose], str], int]] = {
    "moves": (moves, 24),
    "sums": (sums, 20),
    "products": (products, 20),
    "computed": (computed, 20),
    "conditions": (conditions, 24),
    "loops": (loops, 16),
    "shown": (shown, 12),
    "others": (others, 16),
    "inspects": (inspects, 60),
    "strings": (strings, 40),
    "unstrings": (unstrings, 60),
}


def contents(choose: Choose, made: Built) -> Iterator[bytes]:
    """Values at the edges of what fields hold, more often than others."""
    for _ in range(4):
        data = bytearray(b" " * made.layout.sizes[made.root.number])
        for cell in made.layout.cells[made.root.number]:
            for start, _ in cell.starts():
                data[start : start + cell.size] = _content(choose, made, cell.field and cell.field.type, cell)
        yield bytes(data)


_ALIKE = [b"AABAB1AAB  A1", b"AAAAAAAAAAAA", b"  AB 11AB   "]


def _content(choose: Choose, made: Built, type_: object, cell: object) -> bytes:
    from transpile.solvers.storage.cells import Cell

    assert isinstance(cell, Cell)
    if isinstance(type_, NumberType) and cell.field is not None:
        edges = [0, 1, 2, 4, 5, 12, type_.largest, type_.smallest, type_.largest // 2, -type_.largest]
        if cell.field.view.coding == "native":
            edges = [0, 1, 2, 4, 5, 12, 9999, -9999 if type_.signed else 17]
        value = choose.choice([*edges, choose.randint(0, min(type_.largest, 10**9))])
        value = max(type_.smallest, min(type_.largest, value if type_.signed else abs(value)))
        found = known_text(made.codings.encode(coding_of(cell.field), integer(value)))
        assert found is not None
        return found
    texts = [b"", b"A", b"AB C", b"12", b"YZ", b"a", b"00000000000", b"  7", b"Y", *_ALIKE]
    return (choose.choice(texts) + b" " * cell.size)[: cell.size]


@pytest.mark.parametrize("kind", KINDS)
def test_statements(kind: str, tmp_path: Path, program: Callable[..., str], built: Callable[[str], Built]) -> None:
    make, count = KINDS[kind]
    choose = Choose(f"2026 {kind}")
    statements = itertools.islice((each for each in iter(lambda: make(choose), None) if not _refused(each)), count)
    paragraphs = {f"DO-{at}": each + "." for at, each in enumerate(statements)}
    others = {"Q": "ADD 1 TO S5 IF K = 3 EXIT PARAGRAPH. ADD 1 TO PU3.", "Q-END": "ADD 7 TO C4."}
    content = program(RECORD, {**paragraphs, **others})
    made = built(content)
    differ: list[str] = []
    missing: list[str] = []
    with build_module(content.encode(), "T", tmp_path, dialect=Dialect(free_format=True)) as module:
        for at, (name, statement) in enumerate(paragraphs.items(), 1):
            for record in contents(choose, made):
                got = module.call(b"%04d" % at, record)
                assert isinstance(got, Called), (statement, got)
                try:
                    mine = made.run(name, record)
                except NoTerm as why:
                    missing.append(f"{statement}: {why}")
                    break
                if (mine.record, mine.shown) == (got.buffers[1], got.output):
                    continue
                if (made.plain(mine.record), mine.shown) != (made.plain(got.buffers[1]), got.output):
                    differ.append(_told(made, statement, record, mine.record, got.buffers[1], mine.shown, got.output))
    assert not differ, "\n".join(differ[:12]) + f"\n{len(differ)} in all"
    assert len(missing) * 4 <= count, "\n".join(missing)


def _told(made: Built, statement: str, before: bytes, mine: bytes, theirs: bytes, *shown: bytes) -> str:
    found = []
    for cell in made.layout.cells[made.root.number]:
        for start, number in cell.starts():
            parts = [data[start : start + cell.size] for data in (before, mine, theirs)]
            if parts[1] != parts[2]:
                name = cell.field.origin if cell.field is not None else "FILLER"
                found.append(f"{name}({number}) was {parts[0]!r}: machine {parts[1]!r}, GnuCOBOL {parts[2]!r}")
    if shown[0] != shown[1]:
        found.append(f"displayed {shown[0]!r}, GnuCOBOL {shown[1]!r}")
    values = {
        cell.field.origin: before[cell.offset : cell.offset + cell.size]
        for cell in made.layout.cells[made.root.number]
        if cell.field is not None and cell.field.origin in statement
    }
    return f"{statement}\n    {values}\n    " + "\n    ".join(found)
