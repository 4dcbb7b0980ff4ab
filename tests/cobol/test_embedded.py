"""EXEC … END-EXEC: what it brings along, and what it may do with the items of its program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from transpile.cobol.checking import check
from transpile.cobol.embedded import anything, handlers, hosts, leaves
from transpile.cobol.names import names_of
from transpile.cobol.options import Options
from transpile.cobol.parse import parse_file, parse_text
from transpile.cobol.programs import Item, Program
from transpile.cobol.statements import Execute, GoTo, If, Perform, Stop
from transpile.cobol.tree import Comparison, Number, Reference
from transpile.cobol.walking import walk
from transpile.errors import SourceErrors

FREE = Options(format="free")
HEAD = "IDENTIFICATION DIVISION.\nPROGRAM-ID. T1.\nDATA DIVISION.\nWORKING-STORAGE SECTION.\n"
STORAGE = """
01 G. 05 A PIC 9(4). 05 B PIC X(8).
01 H. 05 A PIC 9(4).
01 IND PIC S9(4) COMP-5.
01 T. 05 E PIC 9 OCCURS 5 INDEXED BY IX.
01 M1I. 05 F PIC X.
01 M1O. 05 F PIC X.
01 SQLCODE PIC S9(9) COMP-5.
"""


def program(procedure: str, storage: str = STORAGE) -> Program:
    unit = parse_text(
        f"{HEAD}{storage}\nPROCEDURE DIVISION.\nMAIN.\n{procedure}\nELSEWHERE.\n  CONTINUE.", "t.cob", FREE
    )
    check(unit)
    return unit.programs[0]


def executes(found: Program) -> list[Execute]:
    return [each for each in walk(found) if isinstance(each, Execute)]


def named(text: str) -> dict[str, str]:
    """What the statement names: whether it is read and written."""
    found = program(f"EXEC {text} END-EXEC.")
    made = {}
    for host in hosts(names_of(found), executes(found)[-1]):
        if host.told:
            name = getattr(host.declared.meaning, "name", "")
            made[" OF ".join((name, *host.declared.owners))] = "r" * host.reads + "w" * host.writes
    return made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SQL SELECT X INTO :B FROM T WHERE Y = :IND", {"B OF G": "w", "IND": "r"}),
        ("SQL SELECT X, Y INTO :B:IND, :H.A FROM T", {"B OF G": "w", "IND": "w", "A OF H": "w"}),
        ("SQL SELECT X INTO :B INDICATOR :IND FROM T", {"B OF G": "w", "IND": "w"}),
        ("SQL FETCH C INTO :H", {"H": "w"}),
        ("SQL UPDATE T SET X = :b", {"B OF G": "r"}),
        ("SQL UPDATE T SET X = :IND WHERE Z = B", {"IND": "r"}),
        ("SQL SET :B = CURRENT DATE", {"B OF G": "rw"}),
        ("SQL CALL P(:B)", {"B OF G": "rw"}),
        ("SQL UPDATE T SET X = 'A:IND'", {"IND": "r"}),
        ("SQL COMMIT", {}),
        ("SQL SELECT X INTO :A FROM T", {"A OF G": "w", "A OF H": "w"}),
        ("CICS READ FILE('F') INTO(G) RIDFLD(B)", {"G": "w", "B OF G": "rw"}),
        ("CICS WRITE FILE(B) FROM(A OF H) LENGTH(LENGTH OF G)", {"B OF G": "r", "A OF H": "r", "G": "rw"}),
        ("CICS WRITEQ QUEUE('Q') FROM(E(IX))", {"E OF T": "r", "IX OF E OF T": "r"}),
        ("CICS RECEIVE MAP('M1')", {"M1I": "w"}),
        ("CICS SEND MAP('M1') ERASE", {"M1I": "r", "M1O": "r"}),
        ("DLI GU SEGMENT(X) INTO(H)", {"H": "w"}),
    ],
)
def test_what_it_names(text: str, expected: dict[str, str]) -> None:
    assert named(text) == expected


def test_open_reads_what_the_declaration_of_the_cursor_names() -> None:
    found = program(
        "EXEC SQL OPEN C1 END-EXEC. EXEC SQL CLOSE C1 END-EXEC.",
        f"{STORAGE} EXEC SQL DECLARE C1 CURSOR FOR SELECT X FROM T WHERE Y = :B END-EXEC.",
    )
    told = [[host for host in hosts(names_of(found), each) if host.told] for each in executes(found)[-2:]]
    assert [(host.item.name, host.reads, host.writes) for host in told[0] if host.item] == [("B", True, False)]
    assert told[1] == []


def test_fetch_sets_what_the_declaration_of_the_cursor_names_behind_into() -> None:
    declared = "DECLARE C1 CURSOR FOR SELECT X INTO :A OF G FROM T WHERE Y = :IND"
    found = program("EXEC SQL FETCH NEXT C1 END-EXEC.", f"{STORAGE} EXEC SQL {declared} END-EXEC.")
    told = [host for host in hosts(names_of(found), executes(found)[-1]) if host.told]
    assert {(host.item.name, host.writes) for host in told if host.item} == {("A", True)}


def test_every_statement_sets_what_tells_how_it_went() -> None:
    found = program("EXEC SQL COMMIT END-EXEC.", "EXEC SQL INCLUDE SQLCA END-EXEC.")
    (commit,) = executes(found)
    names = [host.item.name for host in hosts(names_of(found), commit) if host.item and host.writes]
    assert len(names) == 19
    assert {"SQLCODE", "SQLSTATE", "SQLERRD", "SQLERRMC", "SQLWARN0", "SQLWARNA"} <= set(names)


def test_the_sqlca_has_136_bytes() -> None:
    from transpile.cobol.layout import lay_out

    found = program("CONTINUE.", "EXEC SQL INCLUDE SQLCA END-EXEC.")
    (record,) = lay_out(found.data.working_storage).records
    places = {each.name: each.offset for each in record.walk()}
    assert (record.size, places["SQLCODE"], places["SQLERRD"], places["SQLSTATE"]) == (136, 12, 96, 131)


@pytest.fixture
def parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Program]:
    monkeypatch.chdir(tmp_path)

    def parse(text: str, **books: str) -> Program:
        for name, book in books.items():
            Path(f"{name}.cpy").write_text(book)
        Path("t.cob").write_text(HEAD + text)
        (found,) = parse_file("t.cob", FREE).programs
        return found

    return parse


def test_include_acts_like_copy(parsed: Callable[..., Program]) -> None:
    text = "EXEC SQL\n INCLUDE REC\nEND-EXEC.\nEXEC SQL INCLUDE SQLCA END-EXEC\n."
    found = parsed(text, rec="01 R PIC X.\n", sqlca="01 MINE PIC X.\n")
    items = [(each.name, each.span.file) for each in walk(found) if isinstance(each, Item)]
    assert items == [("R", "rec.cpy"), ("MINE", "sqlca.cpy")]


def test_copy_of_the_sqlca(parsed: Callable[..., Program]) -> None:
    assert parsed("COPY SQLCA.").data.working_storage == parsed("EXEC SQL INCLUDE sqlca END-EXEC").data.working_storage
    assert [each.name for each in parsed("COPY SQLCA.", SQLCA="01 MINE PIC X.").data.working_storage] == ["MINE"]


def test_what_is_included_must_be_there(parsed: Callable[..., Program]) -> None:
    with pytest.raises(SourceErrors) as error:
        parsed("EXEC SQL INCLUDE SQLDA END-EXEC.\nCOPY DFHAID.\n")
    assert [each.message for each in error.value.errors] == [
        "the copybook 'SQLDA' is not found",
        "the copybook 'DFHAID' is not found",
    ]
    assert "DFHAID comes with CICS: add a folder with -I" in error.value.errors[1].hint


def test_sql_may_say_copy_and_replace() -> None:
    found = program("EXEC SQL CREATE OR REPLACE VIEW V AS SELECT COPY FROM T END-EXEC.")
    assert executes(found)[0].key == "SQL CREATE OR REPLACE VIEW V AS SELECT COPY FROM T"


def test_host_variables_must_be_declared() -> None:
    with pytest.raises(SourceErrors) as error:
        program("EXEC SQL SELECT X INTO :BE FROM T WHERE Y = '12:MM' AND Z = :IN END-EXEC.")
    messages = [each.message for each in error.value.errors]
    assert messages == ["the host variable 'BE' is not declared", "the host variable 'IN' is not declared"]


def test_lines_stay_as_they_are_written() -> None:
    (found,) = executes(program("EXEC SQL SELECT X\n      INTO :B\n    FROM  T WHERE Y = 'a  b'\n  END-EXEC."))
    assert found.text == "SELECT X\n  INTO :B\nFROM  T WHERE Y = 'a  b'"
    assert found.key == "SQL SELECT X INTO :B FROM T WHERE Y = 'a  b'"


def test_declarations_do_nothing() -> None:
    texts = ("BEGIN DECLARE SECTION", "DECLARE C CURSOR FOR S", "WHENEVER SQLERROR CONTINUE", "COMMIT")
    texts += ("DECLARE GLOBAL TEMPORARY TABLE T (X INT)",)
    found = program("".join(f"EXEC SQL {each} END-EXEC. " for each in texts))
    assert [each.declares for each in executes(found)] == [True, True, True, False, False]


def test_whenever_is_acted_on_from_there_to_the_next() -> None:
    text = """
    EXEC SQL COMMIT END-EXEC
    EXEC SQL WHENEVER NOT FOUND GO TO ELSEWHERE END-EXEC
    EXEC SQL WHENEVER SQLERROR DO PERFORM ELSEWHERE END-EXEC
    EXEC SQL COMMIT END-EXEC
    EXEC SQL WHENEVER NOT FOUND CONTINUE END-EXEC
    EXEC SQL WHENEVER SQLERROR STOP END-EXEC
    EXEC SQL COMMIT END-EXEC.
    """
    procedure = program(text).procedure
    assert procedure is not None
    made = []
    for each in procedure.sections[0].paragraphs[0].sentences[0].statements:
        match each:
            case If(Comparison(relation, Reference("SQLCODE"), Number(value)), (done,)):
                made.append((relation, value, type(done)))
            case Execute() if not each.declares:
                made.append(each.text)
    assert made == ["COMMIT", "COMMIT", ("=", 100, GoTo), ("<", 0, Perform), "COMMIT", ("<", 0, Stop)]


def test_the_block_of_cics_is_there_with_the_fields_that_are_named() -> None:
    found = program("IF EIBCALEN = 0 EXEC CICS ASSIGN X(EIBAID) END-EXEC END-IF.", "01 A PIC X.")
    last = found.data.working_storage[-1]
    assert (last.name, [each.name for each in last.children]) == ("DFHEIBLK", ["EIBCALEN", "EIBAID"])
    assert program("EXEC CICS SYNCPOINT END-EXEC.", "01 A PIC X.").data.working_storage[-1].name == "A"
    whole = program("EXEC CICS WRITEQ FROM(DFHEIBLK) END-EXEC.", "01 A PIC X.").data.working_storage[-1]
    assert len(whole.children) == 31
    with pytest.raises(SourceErrors, match="EIBCALEN"):
        program("IF EIBCALEN = 0 STOP RUN.", "01 A PIC X.")


def test_responses_are_numbers() -> None:
    found = program("IF IND = DFHRESP(NOTFND) OR DFHRESP(ERROR) STOP RUN.")
    assert {each.value for each in walk(found) if isinstance(each, Number)} >= {13, 1}
    with pytest.raises(SourceErrors, match="no response of CICS"):
        program("IF IND = DFHRESP(NOTHING) STOP RUN.")


def test_what_goes_beyond_its_names() -> None:
    texts = ["SQL FETCH C USING DESCRIPTOR :B", "CICS RETURN TRANSID('X')", "CICS HANDLE CONDITION A(B) C", "DLI GU"]
    found = executes(program("".join(f"EXEC {each} END-EXEC. " for each in texts)))
    assert [anything(each) for each in found] == [True, False, False, True]
    assert [leaves(each) for each in found] == [False, True, False, False]
    assert [handlers(each) for each in found] == [(), (), (("A", "B"),), ()]
