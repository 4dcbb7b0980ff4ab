"""Each family of statements, as the printed form says it."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from transpile.errors import SourceError, UnsupportedError
from transpile.legacy.printing import show_body
from transpile.legacy.statements import Program

Form = Callable[..., Program]

STORAGE = """
01 N PIC 9(3).
01 S PIC S9(5)V99 COMP-3.
01 B PIC 9(4) COMP-5.
01 F COMP-2.
01 X PIC X(8).
01 J PIC X(4) JUSTIFIED RIGHT.
01 E PIC ZZ9.99.
01 D PIC XX/XX.
01 T. 02 A PIC 9(2) OCCURS 5 TIMES INDEXED BY I.
01 G. 02 K PIC X(3). 02 L PIC X(2).
01 H. 02 M PIC X(3). 02 O PIC X(2).
"""

STATEMENTS = {
    "MOVE 1234 TO N": "n := 234",
    "MOVE -1.239 TO S": "s := -1.23",
    "MOVE S TO N": "n := fit(s, 9(3))",
    "MOVE N TO X": "x := pad(digits(n, 9(3)), 8)",
    'MOVE "12" TO N': "n := number('12', 9(3))",
    "MOVE X TO S": "s := fit(number(x, S9(38)V9(38)), S9(5)V99)",
    "MOVE X TO J": "j := right(x, 4)",
    "MOVE S TO E": "e := edit(s, ZZ9.99)",
    "MOVE E TO S": "s := fit(unedit(e, ZZ9.99), S9(5)V99)",
    "MOVE X TO D": "d := edit(x, XX/XX)",
    "MOVE SPACES TO X": "x := all(' ', 8)",
    'MOVE ALL "AB" TO X': "x := all('AB', 8)",
    "MOVE X(2:3) TO X(5:2)": "x(5:2) := pad(bytes(x(2:3)), 2)",
    "MOVE N TO F": "f := float(n, 64)",
    "MOVE SPACES TO G": "k := all(' ', 3)\nl := all(' ', 2)",
    "MOVE G TO H": "m := k\no := l",
    "MOVE A(N) TO A(I + 1)": "a[i + 1] := a[n]",
    "ADD 1 TO N": "n := fit(n + 1, 9(3))",
    "ADD 1 TO B": "b := wrap(b + 1)",
    "ADD N S GIVING E": "e := edit(fit(n + s, 9(3)V99), ZZ9.99)",
    "SUBTRACT 1 FROM N": "n := fit(n - 1, 9(3))",
    "MULTIPLY 2 BY N ROUNDED": "n := fit(n * 2, 9(3), half-up)",
    "DIVIDE 2 INTO N": "n := fit(n / 2, 9(3))",
    "DIVIDE N INTO S": "store s := fit(s / n, S9(5)V99)",
    "COMPUTE S ROUNDED = (N + 1) * 2 ** 3": "s := fit((n + 1) * 2 ** 3, S9(5)V99, half-up)",
    "COMPUTE N = S ON SIZE ERROR CONTINUE NOT SIZE ERROR MOVE 1 TO N END-COMPUTE": (
        "store n := s\nif right:\n  n := 1"
    ),
    "IF X = SPACES MOVE 1 TO N END-IF": "if x == all(' ', None):\n  n := 1",
    "IF X NUMERIC AND N NOT > 3 MOVE 1 TO N ELSE MOVE 2 TO N END-IF": (
        "if x is numeric and n <= 3:\n  n := 1\nelse:\n  n := 2"
    ),
    "IF N = X MOVE 1 TO N END-IF": "if digits(n, 9(3)) == x:\n  n := 1",
    "IF S NEGATIVE NEXT SENTENCE ELSE MOVE 2 TO N END-IF": "if s >= 0:\n  n := 2",
    "EVALUATE N WHEN 1 THRU 3 MOVE 1 TO S WHEN OTHER MOVE 2 TO S END-EVALUATE": (
        "if n >= 1 and n <= 3:\n  s := 1.00\nelse:\n  s := 2.00"
    ),
    "EVALUATE TRUE ALSO N WHEN X = J ALSO ANY MOVE 1 TO N END-EVALUATE": "if x == j:\n  n := 1",
    "PERFORM 3 TIMES ADD 1 TO N END-PERFORM": "repeat 3:\n  n := fit(n + 1, 9(3))",
    "PERFORM UNTIL N > 5 ADD 1 TO N END-PERFORM": "while n <= 5:\n  n := fit(n + 1, 9(3))",
    "PERFORM WITH TEST AFTER UNTIL N > 5 ADD 1 TO N END-PERFORM": "do:\n  n := fit(n + 1, 9(3))\nwhile n <= 5",
    "PERFORM VARYING I FROM 1 BY 1 UNTIL I > 5 MOVE 0 TO A(I) END-PERFORM": (
        "i := 1\nwhile i <= 5:\n  a[i] := 0\n  i := i + 1"
    ),
    "SET I TO 3": "i := 3",
    "SET I UP BY 2": "i := i + 2",
    "INITIALIZE G": "k := all(' ', 3)\nl := all(' ', 2)",
    'DISPLAY "A" 1.50 N UPON SYSERR': "display upon=err advancing=yes: 'A', '1.50', n",
    "ACCEPT X FROM DATE": "x := pad(accept date(), 8)",
    'STRING X DELIMITED BY " " "-" DELIMITED BY SIZE INTO J': (
        "string: j, 1, x, ' ', '-', ''\non end:\n  j := strung()"
    ),
    'UNSTRING X DELIMITED BY ALL "," INTO J N': (
        "unstring all=yes size=4 size=3: x, 1, ','\non field 1:\n  j := right(piece(), 4)\n"
        "on field 2:\n  n := number(piece(), 9(3))"
    ),
    'INSPECT X TALLYING N FOR ALL "A" BEFORE "B"': (
        "inspect tally=all before: x, 'A', 'B'\non end:\n  n := fit(n + tally 1(), 9(3))"
    ),
    'INSPECT X REPLACING FIRST "A" BY SPACE': (
        "inspect replace=first: x, 'A', all(' ', 1)\non end:\n  x := replaced()"
    ),
    "SEARCH A AT END MOVE 0 TO N WHEN A(I) = 7 MOVE 1 TO N END-SEARCH": (
        "while ever:\n  if i > 5:\n    n := 0\n    break\n  if a[i] == 7:\n    n := 1\n    break\n  i := i + 1"
    ),
    'CALL "SUB" USING BY CONTENT N': "call by=content: 'SUB', bytes(n)",
    "COMPUTE N = FUNCTION MAX(N, 3)": "n := fit(max(n, 3), 9(3))",
    "MOVE FUNCTION UPPER-CASE(X) TO X": "x := upper-case(x)",
}


@pytest.mark.parametrize("statement", STATEMENTS)
def test_statement(form: Form, statement: str) -> None:
    made = form(STORAGE, f"MAIN.\n  {statement}.")
    expected = STATEMENTS[statement]
    assert show_body(made.functions[0].body).replace("\npass", "") == expected


def test_call_by_reference_shares_bytes(form: Form) -> None:
    made = form("01 N PIC 9(3).\n01 M PIC 9.", 'MAIN.\n CALL "SUB" USING N.')
    assert [record.reason for record in made.records[:2]] == ["it is an argument of CALL", ""]
    assert show_body(made.functions[0].body) == "call by=reference: 'SUB', bytes(n)"


def test_search_all_halves(form: Form) -> None:
    storage = "01 T. 02 A PIC 9 OCCURS 9 ASCENDING KEY A INDEXED BY I."
    made = form(storage, "MAIN.\n SEARCH ALL A WHEN A(I) = 3 DISPLAY I.")
    assert show_body(made.functions[0].body) == dedent("""\
        search_low := 0
        search_high := fit(9 + 1, 9(9))
        while ever:
          if search_low >= search_high - 1:
            break
          i := fit((search_low + search_high) / 2, 9(9))
          if a[i] == 3:
            display upon=out advancing=yes: i
            break
          if a[i] < 3:
            search_low := i
          else:
            if a[i] > 3:
              search_high := i
            else:
              search_high := i""")


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("SEND X", "SEND"),
        ("GENERATE X", "GENERATE"),
        ("SET ADDRESS OF P TO NULL", "SET ADDRESS OF"),
    ],
)
def test_refused_by_name(form: Form, statement: str, name: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        form("01 X PIC X.\n01 P PIC X.", f"MAIN.\n    {statement}.")
    assert caught.value.mnemonic == name
    assert (caught.value.span.line, caught.value.span.column) == (11, 5)


@pytest.mark.parametrize("power", ["A ** B + FUNCTION SQRT(4)", "FUNCTION MOD(A ** B, 3)", "0 ** 0", "0 ** (1 - 1)"])
def test_what_gnucobol_makes_of_0_to_the_0_is_refused_where_it_depends_on_more(form: Form, power: str) -> None:
    storage = "01 A PIC 9.\n01 B PIC 9.\n01 X PIC 99."
    with pytest.raises(UnsupportedError, match=r"ON SIZE ERROR for .*0 \*\* 0"):
        form(storage, f"MAIN.\n COMPUTE X = {power} ON SIZE ERROR DISPLAY X.")
    assert form(storage, f"MAIN.\n COMPUTE X = {power}.").functions


def test_subscripts_are_counted(form: Form) -> None:
    with pytest.raises(SourceError, match="'A' needs 1 subscript, and has 0"):
        form("01 T. 02 A PIC 9 OCCURS 3.", "MAIN.\n MOVE 1 TO A.")
