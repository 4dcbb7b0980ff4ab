"""The table of the business programs, and the floors that it is held against."""

from __future__ import annotations

from cobol_corpus import Row, shortfalls, table


def row(name: str, proved: int, tested: int, refuted: int = 0, undecided: int = 0, error: str = "") -> Row:
    verdicts = {"proved": proved, "tested": tested, "refuted": refuted, "undecided": undecided}
    return Row(name, verdicts, seconds=1.5, error=error)


def test_the_table_sums_up() -> None:
    lines = table([row("payroll", 8, 3), row("bonds", 2, 1)]).splitlines()
    assert lines[2] == "| payroll | 11 | 8 | 3 | 0 | 0 | 1.5 |"
    assert lines[4] == "| all | 14 | 10 | 4 | 0 | 0 | 3.0 |"
    assert lines[5].startswith("| share |  | 71.4 % | 28.5 % |")


def test_floors() -> None:
    assert not shortfalls([row("payroll", 7, 3)])
    assert shortfalls([row("payroll", 6, 4)]) == ["6 paragraphs are proved, not 7"]
    assert shortfalls([row("payroll", 9, 0, 1)]) == ["payroll: 1 refuted"]
    assert shortfalls([row("payroll", 9, 0, 0, 1)]) == ["payroll: 1 undecided"]
    assert shortfalls([row("payroll", 9, 1), row("bonds", 0, 0, error="no file")]) == ["bonds: no file"]
