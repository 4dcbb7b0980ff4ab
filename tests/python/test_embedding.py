"""EXEC … END-EXEC in Python: methods that a person fills in."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent, indent

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_text
from transpile.python.emitter import Module, emit
from transpile.restructure.program import restructure

ORDERS = """
IDENTIFICATION DIVISION.
PROGRAM-ID. ORDERS.
DATA DIVISION.
WORKING-STORAGE SECTION.
    EXEC SQL INCLUDE SQLCA END-EXEC.
    EXEC SQL BEGIN DECLARE SECTION END-EXEC.
01 CUSTOMER-ID     PIC 9(5).
01 CUSTOMER-NAME   PIC X(20).
01 NAME-MISSING    PIC S9(4) COMP-5.
01 ORDER-ROW.
   05 ORDER-NO     PIC 9(6).
   05 ORDER-AMOUNT PIC S9(5)V99 COMP-3.
    EXEC SQL END DECLARE SECTION END-EXEC.
01 TOTAL           PIC S9(7)V99.
    EXEC SQL DECLARE C1 CURSOR FOR
        SELECT NO, AMOUNT FROM ORDERS WHERE CUSTOMER = :CUSTOMER-ID
    END-EXEC.
PROCEDURE DIVISION.
MAIN-LINE.
    MOVE 7 TO CUSTOMER-ID.
    PERFORM READ-CUSTOMER.
    EXEC SQL OPEN C1 END-EXEC.
    EXEC SQL WHENEVER SQLERROR GO TO FAILED END-EXEC.
    PERFORM NEXT-ORDER UNTIL SQLCODE NOT = 0.
    EXEC SQL CLOSE C1 END-EXEC.
    DISPLAY CUSTOMER-NAME TOTAL.
    STOP RUN.
READ-CUSTOMER.
    EXEC SQL
        SELECT NAME
          INTO :CUSTOMER-NAME:NAME-MISSING
          FROM SALES.CUSTOMER
         WHERE ID = :CUSTOMER-ID AND KIND = 'A  B'
    END-EXEC.
    IF SQLCODE = 100 MOVE "?" TO CUSTOMER-NAME.
NEXT-ORDER.
    EXEC SQL FETCH C1 INTO :ORDER-ROW END-EXEC.
    IF SQLCODE = 0 ADD ORDER-AMOUNT TO TOTAL.
FAILED.
    DISPLAY "ERROR " SQLCODE.
    STOP RUN.
"""

FILLED_IN = """
from decimal import Decimal

from orders import Orders, main


class WithData(Orders):
    def sql_select_customer(self) -> None:
        self.customer_name = f"CUSTOMER {self.customer_id}".ljust(20)

    def sql_open_c1(self) -> None:
        self.rows = iter([(1, Decimal("10.00")), (2, Decimal("2.50"))])

    def sql_fetch_c1(self) -> None:
        number, amount = next(self.rows, (0, Decimal(0)))
        self.sqlca.sqlcode = 0 if number else 100
        self.order_row.order_no, self.order_row.order_amount = number, amount

    def sql_close_c1(self) -> None:
        self.sqlca.sqlcode = FAILS


main(WithData)
"""


def emitted(text: str) -> Module:
    return emit(*restructure(parse_text(text.lstrip(), "orders.cob", Options(format="free"))))


@pytest.fixture(scope="module")
def orders() -> Module:
    return emitted(ORDERS)


def small(procedure: str, storage: str = "") -> str:
    data = "01 I PIC 99. 01 N PIC 99. 01 X PIC X(3). 01 Y PIC X(3)."
    head = f"IDENTIFICATION DIVISION. PROGRAM-ID. SMALL-ONE. DATA DIVISION. WORKING-STORAGE SECTION. {data} {storage}"
    return emitted(f"{head}\nPROCEDURE DIVISION.\nMAIN-LINE.\n{procedure}").text


def test_the_documentation_shows_what_comes_out() -> None:
    section = (Path(__file__).parents[2] / "docs" / "cobol-python.md").read_text().partition("## EXEC SQL")[2]
    cobol, python = (section.partition(f"```{kind}\n")[2].partition("```")[0] for kind in ("cobol", "python"))
    head = "IDENTIFICATION DIVISION.\nPROGRAM-ID. SHOP.\nDATA DIVISION.\nWORKING-STORAGE SECTION.\n"
    head += "EXEC SQL INCLUDE SQLCA END-EXEC.\n01 CUSTOMER-ID PIC 9(5).\n01 CUSTOMER-NAME PIC X(20).\n"
    head += "PROCEDURE DIVISION.\nMAIN-LINE.\n    MOVE 7 TO CUSTOMER-ID.\n    PERFORM READ-CUSTOMER.\n    STOP RUN.\n"
    lines = "\n".join(line[7:] for line in cobol.splitlines())
    text = emit(*restructure(parse_text(head + lines, "shop.cob", Options(format="free")))).text
    assert python.rstrip() in text


def methods(text: str) -> list[str]:
    after = text.partition("# Interfaces")[2]
    return [line.split()[1].partition("(")[0] for line in after.splitlines() if line.startswith("    def ")]


def test_each_statement_is_a_method_at_the_end_of_the_class(orders: Module) -> None:
    expected = '''
        def next_order(self) -> None:
            self.sql_fetch_c1()
            if self.sqlca.sqlcode < 0:
                self.failed()
            elif self.sqlca.sqlcode == 0:
                self.total = fit_decimal(self.total + self.order_row.order_amount, 9, 2)

        def failed(self) -> None:
            print(f"ERROR {show_native(self.sqlca.sqlcode, 4)}")
            sys.exit(self.return_code)

        # Interfaces: what EXEC does. Write them here, or in a subclass that main() is given.
        def sql_open_c1(self) -> None:
            """EXEC SQL OPEN C1 END-EXEC

            DECLARE C1 CURSOR FOR
            SELECT NO, AMOUNT FROM ORDERS WHERE CUSTOMER = :CUSTOMER-ID

            Reads customer_id. Sets sqlca.
            """
            raise NotImplementedError("EXEC SQL in line 22 of orders.cob")

        def sql_close_c1(self) -> None:
            """EXEC SQL CLOSE C1 END-EXEC

            Sets sqlca.
            """
            raise NotImplementedError("EXEC SQL in line 25 of orders.cob")

        def sql_select_customer(self) -> None:
            """EXEC SQL
                SELECT NAME
                  INTO :CUSTOMER-NAME:NAME-MISSING
                  FROM SALES.CUSTOMER
                 WHERE ID = :CUSTOMER-ID AND KIND = 'A  B'
            END-EXEC

            Reads customer_id. Sets customer_name, name_missing, sqlca.
            """
            raise NotImplementedError("EXEC SQL in line 29 of orders.cob")
    '''
    assert indent(dedent(expected).strip("\n"), "    ").rstrip() in orders.text


@pytest.mark.parametrize(
    ("code", "output"),
    [("0", "CUSTOMER 7          +0000012.50\n"), ("-911", "ERROR -0000000911\n")],
)
def test_a_subclass_fills_them_in(orders: Module, tmp_path: Path, code: str, output: str) -> None:
    for name, text in orders.files.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "filled.py").write_text(FILLED_IN.replace("FAILS", code))
    done = subprocess.run([sys.executable, tmp_path / "filled.py"], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (output, "")
    alone = subprocess.run([sys.executable, tmp_path / "orders.py"], capture_output=True, text=True, check=False)
    assert "NotImplementedError: EXEC SQL in line 29 of orders.cob" in alone.stderr


@pytest.mark.skipif(not (shutil.which("ruff") and shutil.which("mypy")), reason="ruff and mypy are not installed")
def test_the_usual_tools_object_to_nothing(orders: Module, tmp_path: Path) -> None:
    for name, text in orders.files.items():
        (tmp_path / name).write_text(text)
    path = tmp_path / "orders.py"
    for command in (
        ["ruff", "check", "--isolated", "--line-length", "120", path],
        ["ruff", "format", "--isolated", "--line-length", "120", "--check", path],
        ["mypy", "--strict", "--cache-dir", tmp_path / "cache", path],
    ):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SQL INSERT INTO S.T VALUES (1)", "sql_insert_t"),
        ("SQL DELETE FROM T WHERE X = 1", "sql_delete_t"),
        ("SQL UPDATE T SET X = 1", "sql_update_t"),
        ("SQL FETCH NEXT FROM C1 INTO :X", "sql_fetch_c1"),
        ("SQL COMMIT WORK", "sql_commit_work"),
        ("SQL SET :X = CURRENT DATE", "sql_set_x"),
        ("CICS SEND MAP('M1') MAPSET('S') ERASE", "cics_send_map_m1"),
        ("CICS SYNCPOINT", "cics_syncpoint"),
        ("CICS RETURN TRANSID('AB')", "cics_return_transid_ab"),
        ("DLI GU SEGMENT(X)", "dli_gu_segment_x"),
        ('SQL {fn \'x\\y\' """q"""}', "sql_fn_x"),
    ],
)
def test_names(text: str, name: str) -> None:
    made = small(f"EXEC {text} END-EXEC.")
    assert methods(made) == [name]
    compile(made, "small.py", "exec")


def test_the_same_statement_is_one_method() -> None:
    twice = "EXEC SQL COMMIT END-EXEC.\nEXEC SQL\n   COMMIT\n END-EXEC. EXEC SQL COMMIT 'a  b' END-EXEC."
    made = small(f"{twice} EXEC SQL COMMIT 'a b' END-EXEC.")
    assert made.count("self.sql_commit()") == 2
    assert methods(made) == ["sql_commit", "sql_commit_a", "sql_commit_a_2"]
    assert '"EXEC SQL in lines 4 and 5 of orders.cob"' in made


def test_methods_do_not_clash_with_paragraphs_and_items() -> None:
    made = small("EXEC SQL COMMIT END-EXEC. PERFORM SQL-COMMIT.\nSQL-COMMIT.\n DISPLAY X.")
    assert methods(made) == ["sql_commit_2"]


def test_a_counter_that_is_a_host_variable_is_no_variable_of_a_loop() -> None:
    loop = "PERFORM VARYING I FROM 1 BY 1 UNTIL I > 9 {} END-PERFORM."
    assert "for _ in range(1, 10):" in small(loop.format("EXEC SQL COMMIT END-EXEC"))
    for text in ("SQL INSERT INTO T VALUES (:I)", "SQL SELECT A INTO :I FROM T", "CICS DELAY FOR SECONDS(I)"):
        made = small(loop.format(f"EXEC {text} END-EXEC"))
        assert "for " not in made.partition("class ")[2].partition("# Interfaces")[0]
        assert "while self.i <= 9:" in made


def test_a_limit_that_it_may_change_is_looked_at_again() -> None:
    made = small("PERFORM VARYING I FROM 1 BY 1 UNTIL I > N\n EXEC SQL SELECT A INTO :N FROM T END-EXEC END-PERFORM.")
    assert "while self.i <= self.n:" in made


def test_no_value_is_kept_over_it() -> None:
    made = small("MOVE X TO Y. EXEC SQL SELECT A INTO :X FROM T END-EXEC. MOVE X TO Y.")
    assert made.count("self.y = self.x") == 2


def test_comments_in_it_stand_before_the_call() -> None:
    made = small("EXEC SQL COMMIT\n  *> ALL OF IT\nWORK END-EXEC.\nDISPLAY X.")
    assert "        # ALL OF IT\n        self.sql_commit_work()\n" in made


def test_programs_within_others() -> None:
    inner = """
    STOP RUN.
    IDENTIFICATION DIVISION. PROGRAM-ID. INNER. PROCEDURE DIVISION.
    FIRST-ONE. EXEC SQL SELECT A INTO :G FROM T WHERE B = :H END-EXEC.
    END PROGRAM INNER. END PROGRAM SMALL-ONE.
    """
    made = small(inner, "01 G GLOBAL. 05 H PIC 9. 05 K PIC 9.")
    assert "Interfaces: what EXEC does. Write them here.\n" in made
    assert "Reads outer.g.h. Sets outer.g." in made
    assert "def main() -> None:" in made


@settings(max_examples=30)
@given(st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=200))
def test_any_text_gives_a_module(text: str) -> None:
    assume("EXEC" not in text.upper() and ":" not in text)
    made = small(f"EXEC SQL X{text} END-EXEC.")
    compile(made, "small.py", "exec")
    assert max(map(len, made.splitlines())) <= 120


def test_handle_names_the_methods_where_it_goes() -> None:
    made = small("EXEC CICS HANDLE CONDITION NOTFND(GONE) END-EXEC. EXEC CICS RETURN END-EXEC.\nGONE.\n DISPLAY X.")
    assert "NOTFND: self.gone()\n\n        That later commands go there is not acted on" in made
    assert "It does not come back" in made
