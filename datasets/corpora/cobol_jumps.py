"""Generated COBOL that jumps: a range of paragraphs with GO TO forwards and back, as programs of the 1970s have them.

A counter ends every loop. What the paragraphs compute is simple; where they go on is not.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

LAST = "P-END"
_DATA = """
01  A  PIC S9(3).
01  B  PIC 9(2).
01  C  PIC S9(4)V99.
01  G  PIC 9(3).
01  T.
    05  E  PIC 9(2) OCCURS 5.
01  W  PIC X(3).
"""
_STATEMENTS = (
    "ADD 1 TO A.",
    "SUBTRACT B FROM A.",
    "MOVE A TO C.",
    "COMPUTE C ROUNDED = C * .35 + B.",
    'MOVE "X" TO W.',
    'MOVE "YES" TO W.',
    "ADD A TO C.",
    "MOVE 3 TO B.",
    "IF A > 10 MOVE 0 TO A.",
    'IF W = "X" ADD 2 TO B ELSE SUBTRACT 1 FROM B.',
    "DISPLAY A W.",
    "ADD B TO E (2).",
    "MOVE E (3) TO B.",
    "PERFORM 3 TIMES ADD 1 TO A END-PERFORM.",
    "IF C < 50 ADD 7 TO C.",
)
_CONDITIONS = ("A > 5", "B < 3", "C NOT < 100", 'W = "X"', "A = B", "E (2) > 20", "A NOT = 0", 'C < A OR W = "YES"')


def jumping(seed: int) -> tuple[str, int]:
    """The text of a program in free format, whose first paragraph performs ``P THRU P-END``, and the number of the
    last of these paragraphs; ``P`` is number 1."""
    rng = random.Random(f"jumps {seed}")
    labels = ["P", *(f"L-{number}" for number in range(1, rng.randint(3, 6)))]
    lines = ["IDENTIFICATION DIVISION.", "PROGRAM-ID. JUMPS.", "DATA DIVISION.", "WORKING-STORAGE SECTION."]
    lines += [
        *_DATA.strip().splitlines(),
        "PROCEDURE DIVISION.",
        "MAIN.",
        f"    PERFORM P THRU {LAST}.",
        "    STOP RUN.",
    ]
    for at, label in enumerate(labels):
        lines.append(f"{label}.")
        begun = ["MOVE 0 TO G."] if not at and rng.random() < 0.8 else []
        lines += [f"    {line}" for line in (*begun, *_paragraph(rng, labels, at), "CONTINUE.")]
    return "\n".join([*lines, f"{LAST}.", "    EXIT."]) + "\n", len(labels) + 1


def _paragraph(rng: random.Random, labels: list[str], at: int) -> Iterator[str]:
    yield from rng.sample(_STATEMENTS, rng.randint(0, 3))
    for _ in range(rng.randint(0, 2)):
        goal = rng.choice([*labels[1:], LAST])
        if goal in labels[: at + 1]:
            yield "ADD 1 TO G."
            yield f"IF G > {rng.choice((3, 9, 20))} GO TO {LAST}."
        condition = rng.choice(_CONDITIONS)
        ways = (f"GO TO {goal}", f"ADD 1 TO B GO TO {goal}", f"GO TO {goal} ELSE ADD 1 TO A")
        yield f"GO TO {goal}." if rng.random() < 0.1 else f"IF {condition} {rng.choice(ways)}."
        yield from rng.sample(_STATEMENTS, rng.randint(0, 2))
