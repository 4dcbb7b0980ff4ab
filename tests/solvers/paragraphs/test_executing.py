"""Paragraphs with EXEC … END-EXEC are proved, given that its methods do what it does; wrong ones are not."""

from __future__ import annotations

import pytest

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_text
from transpile.python.emitter import emit
from transpile.restructure.program import restructured
from transpile.solvers.paragraphs.proving import prove

STORAGE = """
    EXEC SQL INCLUDE SQLCA END-EXEC.
01  CUST-ID     PIC 9(5).
01  CUST-NAME   PIC X(4).
01  SECOND       PIC X(4).
01  COUNTED     PIC 9(3).
01  I           PIC 9(2).
01  ROW-OF.
    05  ROW-NO  PIC 9(3).
    05  ROW-TAG PIC X.
01  WS-RESP     PIC S9(8) COMP.
    EXEC SQL DECLARE C1 CURSOR FOR SELECT A FROM T WHERE B = :CUST-ID END-EXEC.
"""


class Program:
    """A program with one paragraph ``P`` after ``MAIN``, and the Python of it."""

    def __init__(self, paragraph: str, others: str = "") -> None:
        lines = ["IDENTIFICATION DIVISION.", "PROGRAM-ID. SMALL-P.", "DATA DIVISION.", "WORKING-STORAGE SECTION."]
        lines += [*STORAGE.strip("\n").splitlines(), "PROCEDURE DIVISION.", "MAIN.", "    PERFORM P. STOP RUN.", "P."]
        lines += [f"    {line}" for line in paragraph.strip().splitlines()] + others.strip().splitlines()
        self.found = restructured(parse_text("\n".join(lines) + "\n", "small.cob", Options(format="free")))
        self.module = emit(*self.found.programs)

    def proof(self, text: str | None = None):
        return prove(self.found, self.module.classes[-1], text or self.module.text, [(1, 1)])[1, 1]

    def broken(self, old: str, new: str):
        before, name, after = self.module.text.partition("def p(self)")
        body, end, rest = after.partition("# Interfaces")
        assert old in body, body
        return self.proof(before + name + body.replace(old, new, 1) + end + rest)


SELECT = "EXEC SQL SELECT A INTO :CUST-NAME FROM T WHERE B = :CUST-ID END-EXEC."
PROVED = {
    "select": f"MOVE 7 TO CUST-ID. {SELECT} IF SQLCODE = 100 MOVE SPACES TO CUST-NAME ELSE MOVE CUST-NAME TO SECOND.",
    "two": "EXEC SQL COMMIT END-EXEC. EXEC SQL ROLLBACK END-EXEC.",
    "either": "IF COUNTED > 5 EXEC SQL COMMIT END-EXEC ELSE EXEC SQL ROLLBACK END-EXEC.",
    "group": "MOVE 1 TO ROW-NO. EXEC SQL FETCH C1 INTO :ROW-OF END-EXEC. MOVE ROW-NO TO COUNTED.",
    "cursor": "ADD 1 TO CUST-ID. EXEC SQL OPEN C1 END-EXEC. ADD 1 TO CUST-ID.",
    "loop": "PERFORM UNTIL SQLCODE NOT = 0 EXEC SQL FETCH C1 INTO :COUNTED END-EXEC END-PERFORM.",
    "counter": "PERFORM VARYING I FROM 1 BY 1 UNTIL I > 9 EXEC SQL INSERT INTO T VALUES (:I) END-EXEC END-PERFORM.",
    "plain counter": "PERFORM VARYING I FROM 1 BY 1 UNTIL I > 9 EXEC SQL COMMIT END-EXEC END-PERFORM.",
    "whenever": "EXEC SQL WHENEVER NOT FOUND GO TO Q END-EXEC. EXEC SQL FETCH C1 INTO :COUNTED END-EXEC.",
    "cics": "MOVE 3 TO CUST-ID. EXEC CICS READ FILE('F') INTO(ROW-OF) RIDFLD(CUST-ID) RESP(WS-RESP) END-EXEC. "
    "IF WS-RESP = DFHRESP(NORMAL) MOVE ROW-TAG TO SECOND.",
    "unknown language": "MOVE 3 TO CUST-ID. EXEC DLI GU SEGMENT(X) END-EXEC. MOVE SECOND TO CUST-NAME.",
}
Q = "Q.\n    DISPLAY COUNTED."


@pytest.mark.parametrize("paragraph", PROVED.values(), ids=PROVED.keys())
def test_it_is_proved_with_what_is_assumed_of_the_methods(paragraph):
    found = Program(paragraph, Q).proof()
    assert found.proved, found.reason
    assert any("does what EXEC" in each for each in found.assumptions)


def test_the_assumption_names_the_method_and_the_statement():
    assert Program(SELECT).proof().assumptions == (
        "the method 'sql_select_t' does what EXEC SQL SELECT A INTO :CUST-NAME FROM T WHERE B = :CUST-ID does, "
        "and what it stores fits the PICTUREs",
    )


SKIPPED = "        self.sql_select_t()\n"
BROKEN = [
    ("select", SKIPPED, ""),
    ("select", SKIPPED, SKIPPED + SKIPPED),
    ("select", "self.cust_id = 7\n", "self.cust_id = 8\n"),
    ("select", "        self.cust_id = 7\n" + SKIPPED, SKIPPED + "        self.cust_id = 7\n"),
    ("select", "sqlcode == 100", "sqlcode == 101"),
    ("select", SKIPPED, "        before = self.cust_name\n" + SKIPPED + "        self.cust_name = before\n"),
    ("select", SKIPPED, SKIPPED + "        self.cust_id = 7\n"),
    ("select", SKIPPED, SKIPPED + "        self.sqlca.sqlstate = '00000'\n"),
    ("two", "self.sql_commit()", "self.sql_rollback()"),
    ("two", "self.sql_commit()\n        self.sql_rollback()", "self.sql_rollback()\n        self.sql_commit()"),
    ("two", "self.sql_commit()", "self.sql_commit(1)"),
    ("two", "self.sql_commit()", "self.sql_nothing()"),
    ("two", "self.sql_commit()", "pass"),
    ("two", "self.sql_commit()", "self.counted = self.sql_commit()"),
    ("two", "self.sql_commit()", "return self.sql_commit()"),
    ("two", "self.sql_commit()", "super().sql_commit()"),
    ("two", "self.sql_commit()", "self.sql_commit\n        self.sql_commit()\n        self.sql_commit()"),
    ("either", "> 5", "> 6"),
    ("either", "self.sql_rollback()", "self.sql_commit()"),
    ("group", "self.row_of.row_no = 1\n", "self.row_of.row_no = 2\n"),
    ("group", "self.counted = self.row_of.row_no", "self.counted = 1"),
    ("cursor", "self.sql_open_c1()\n", "self.cust_id = 0\n        self.sql_open_c1()\n"),
    ("loop", "== 0", ">= 0"),
    ("counter", "(self.i + 1)", "(self.i + 2)"),
    ("plain counter", "range(1, 10)", "range(1, 9)"),
    ("whenever", "== 100", "== 101"),
    ("cics", "self.cust_id = 3", "self.cust_id = 4"),
    ("cics", "self.ws_resp == 0", "self.ws_resp == 1"),
    ("unknown language", "self.cust_id = 3\n", "self.cust_id = 3\n        self.i = 0\n"),
    ("unknown language", "self.cust_name = self.second", "self.cust_name = self.cust_name"),
]


@pytest.mark.parametrize(("name", "old", "new"), BROKEN)
def test_what_is_wrong_is_not_proved(name, old, new):
    assert not Program(PROVED[name], Q).broken(old, new).proved


def test_a_host_variable_that_is_stale_is_not_proved():
    program = Program(f"MOVE CUST-NAME TO SECOND. {SELECT} MOVE CUST-NAME TO SECOND. ADD 1 TO COUNTED.")
    assert program.proof().proved
    stale = "        self.sql_select_t()\n        self.second = self.cust_name\n"
    assert not program.broken(stale, "        kept = self.cust_name\n        self.sql_select_t()\n"
                              "        self.second = kept\n").proved  # fmt: skip


def test_what_is_performed_may_execute():
    callee = f"Q.\n    {SELECT}"
    program = Program("MOVE SPACES TO CUST-NAME. PERFORM Q. MOVE CUST-NAME TO SECOND.", callee)
    assert program.proof().proved
    stale = "self.second = self.cust_name"
    assert not program.broken(stale, 'self.second = "    "').proved


def test_where_handle_says_that_it_goes_on_elsewhere_nothing_is_proved():
    handle = "EXEC CICS HANDLE CONDITION NOTFND(Q) END-EXEC."
    found = Program(f"EXEC CICS SYNCPOINT END-EXEC. {handle}", Q).proof()
    assert not found.proved
    assert "HANDLE says where the program goes on" in found.reason
    moved = Program("EXEC CICS ADDRESS CWA(ADDRESS OF ROW-OF) END-EXEC.").proof()
    assert "sets the address of a record" in moved.reason
    assert Program(f"EXEC SQL COMMIT END-EXEC. IF COUNTED = 2 {handle.replace('.', '')}.", Q).proof().proved is False
