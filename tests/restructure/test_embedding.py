"""EXEC … END-EXEC in the form: an operation that the analyses see as one that reads and changes what it names."""

from __future__ import annotations

from collections.abc import Callable

from transpile.legacy.expressions import Bytes, Load, Place
from transpile.legacy.statements import Operation, Perform, Program
from transpile.python.walking import statements_of

Form = Callable[..., Program]
STORAGE = """
01 I PIC 9(2) COMP.
01 N PIC 9(2).
01 G. 05 A PIC X(2). 05 B PIC 9(2).
01 H. 05 C PIC X(2).
01 T. 05 E PIC 9(4) OCCURS 3.
"""


def executed(program: Program) -> list[Operation]:
    every = [each for function in program.functions for each in statements_of(function.body)]
    return [each for each in every if isinstance(each, Operation) and each.name == "execute"]


def test_inputs_and_targets(form: Form) -> None:
    made = form(STORAGE, "MAIN.\n EXEC SQL SELECT X\n INTO :G.A FROM T WHERE Y = :N AND Z = :H END-EXEC.")
    (found,) = executed(made)
    options = dict(found.options)
    assert (options["language"], options["text"]) == (
        "SQL",
        "SQL SELECT X INTO :G.A FROM T WHERE Y = :N AND Z = :H",
    )
    names = [each.place.field.origin for each in found.inputs if isinstance(each, Load)]
    groups = [each.target.field.origin for each in found.inputs if isinstance(each, Bytes)]
    targets = [each.field.origin for each in found.targets if isinstance(each, Place)]
    assert (names, groups, targets) == (["N"], ["H"], ["A"])


def test_groups_that_are_named_are_areas_of_bytes(form: Form) -> None:
    made = form(STORAGE, "MAIN.\n EXEC CICS READ FILE('F') INTO(G) RIDFLD(E(I)) END-EXEC. DISPLAY C.")
    reasons = {each.root.origin: each.reason for each in made.records}
    assert reasons["G"] == "EXEC CICS is given the group G"
    assert reasons["H"] == reasons["T"] == ""


def test_sqlca_stays_a_record_of_plain_fields(form: Form) -> None:
    made = form("EXEC SQL INCLUDE SQLCA END-EXEC.", "MAIN.\n EXEC SQL COMMIT END-EXEC.")
    (found,) = executed(made)
    assert made.records[0].reason == ""
    assert "SQLCODE" in [each.field.origin for each in found.targets if isinstance(each, Place)]


def test_a_counter_that_it_may_change_may_count_beyond_its_picture(form: Form) -> None:
    loop = "MAIN.\n PERFORM VARYING I FROM 1 BY 1 UNTIL I > 98 {} END-PERFORM."
    for text, beyond in (("SELECT X INTO :N FROM T", False), ("SELECT X INTO :I FROM T", True)):
        made = form(STORAGE, loop.format(f"EXEC SQL {text} END-EXEC"))
        (counter,) = (each.root for each in made.records if each.root.origin == "I")
        assert (counter.beyond is not None) == beyond


def test_declarations_leave_nothing(form: Form) -> None:
    made = form(STORAGE, "MAIN.\n EXEC SQL DECLARE C CURSOR FOR SELECT X FROM T END-EXEC.")
    assert executed(made) == []


def test_where_handle_goes_is_a_function(form: Form) -> None:
    procedure = "MAIN.\n EXEC CICS HANDLE CONDITION NOTFND(GONE) ERROR END-EXEC. STOP RUN.\nGONE.\n DISPLAY N."
    made = form(STORAGE, procedure)
    (found,) = executed(made)
    assert found.outcomes == (("NOTFND", (Perform(("gone",)),)),)
    assert ("gone",) in [each.name for each in made.functions]
