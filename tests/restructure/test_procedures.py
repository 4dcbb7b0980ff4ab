"""Paragraphs as functions: ranges, jumps within and out of them, declaratives, remarks."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from transpile.legacy.printing import show, show_body
from transpile.legacy.statements import Program
from transpile.restructure.naming import Namer

Form = Callable[..., Program]
STORAGE = "01 N PIC 9(3)."


def bodies(program: Program) -> dict[str, str]:
    return {" ".join(each.name): show_body(each.body) for each in program.functions}


def test_paragraphs_are_functions(form: Form) -> None:
    made = form(STORAGE, "MAIN.\n PERFORM P 3 TIMES.\n STOP RUN.\nP.\n ADD 1 TO N.")
    assert bodies(made) == {"main": "repeat 3:\n  p()\nstop return_code", "p": "n := fit(n + 1, 9(3))"}
    assert made.entry == ("main",)


def test_falling_through_calls(form: Form) -> None:
    made = form(STORAGE, "A.\n ADD 1 TO N.\nB.\n ADD 2 TO N.")
    assert bodies(made)["main"] == "a()\nb()"


def test_a_jump_to_the_exit_of_a_range_is_no_jump(form: Form) -> None:
    text = "MAIN.\n PERFORM P THRU P-EXIT.\n STOP RUN.\nP.\n IF N > 5 GO TO P-EXIT.\n ADD 1 TO N.\nP-EXIT.\n EXIT."
    assert bodies(form(STORAGE, text))["p"] == "if n <= 5:\n  n := fit(n + 1, 9(3))"


def test_a_jump_to_its_own_start_is_a_loop(form: Form) -> None:
    text = "MAIN.\n PERFORM P.\n STOP RUN.\nP.\n ADD 1 TO N.\n IF N < 5 GO TO P."
    assert bodies(form(STORAGE, text))["p"] == "do:\n  n := fit(n + 1, 9(3))\nwhile n < 5"


def test_a_jump_out_of_a_range_goes_on_in_the_same_function(form: Form) -> None:
    """GnuCOBOL returns at the end of P only: what is jumped to runs on to the end of the program."""
    text = "MAIN.\n PERFORM P.\n STOP RUN.\nP.\n IF N = 1 GO TO R.\n ADD 1 TO N.\nQ.\n ADD 2 TO N.\nR.\n ADD 3 TO N."
    made = bodies(form(STORAGE, text))
    assert made["p"] == "if n == 1:\n  r()\n  leave\nelse:\n  n := fit(n + 1, 9(3))"


def test_next_sentence_goes_behind_the_period(form: Form) -> None:
    made = bodies(form(STORAGE, "MAIN.\n IF N = 1 NEXT SENTENCE ELSE ADD 1 TO N END-IF ADD 2 TO N.\n ADD 3 TO N."))
    expected = "if n != 1:\n  n := fit(n + 1, 9(3))\n  n := fit(n + 2, 9(3))\nn := fit(n + 3, 9(3))"
    assert made["main"] == expected


def test_altered_jumps_depend_on_a_field(form: Form) -> None:
    main = "MAIN.\n ALTER P TO PROCEED TO R.\n PERFORM P THRU R.\n STOP RUN.\n"
    text = main + "P.\n GO TO Q.\nQ.\n ADD 1 TO N.\nR.\n ADD 2 TO N."
    made = bodies(form(STORAGE, text))
    assert made["main"].startswith("p_goes_to := 1\n")
    assert made["p thru r"] == "if p_goes_to != 1:\n  q()\nr()"


def test_a_jump_out_of_an_inline_loop(form: Form) -> None:
    made = form(
        "01 N PIC 9.\n01 X PIC X(4).",
        "MAIN.\n ACCEPT X.\n PERFORM UNTIL N = 9\n IF X = SPACES GO TO DONE-1 END-IF\n ADD 1 TO N\n END-PERFORM.\n"
        " DISPLAY X.\nDONE-1.\n DISPLAY N.",
    )
    body = bodies(made)["main"]
    assert "while n != 9" in body or "while ever" in body
    assert body.endswith("done_1()")


def test_comments_are_remarks(form: Form) -> None:
    made = form("*> how many\n01 N PIC 9(3).", "MAIN.\n*> now count\n ADD 1 TO N.")
    assert made.records[0].root.remark == "how many"
    assert "# now count" in show(made)


@given(st.lists(st.from_regex(r"[A-Z][A-Z0-9]{0,3}(-[A-Z0-9]{1,2}){0,2}", fullmatch=True), max_size=30))
def test_names_are_unique(names: list[str]) -> None:
    namer = Namer()
    made = [namer.name(name) for name in names]
    assert len(set(made)) == len(made)


def test_a_range_up_to_an_empty_exit_is_its_first_paragraph(form: Form) -> None:
    text = "MAIN.\n PERFORM P THRU P-EXIT.\n STOP RUN.\nP.\n ADD 1 TO N.\nP-EXIT.\n EXIT."
    assert bodies(form(STORAGE, text)) == {"main": "p()\nstop return_code", "p": "n := fit(n + 1, 9(3))"}


def test_it_is_the_same_function_where_the_paragraph_is_performed_alone_too(form: Form) -> None:
    text = "MAIN.\n PERFORM P THRU P-EXIT.\n PERFORM P.\n STOP RUN.\nP.\n ADD 1 TO N.\nP-EXIT.\n EXIT."
    assert bodies(form(STORAGE, text)) == {"main": "p()\np()\nstop return_code", "p": "n := fit(n + 1, 9(3))"}


def test_what_falls_through_to_an_exit_is_called_behind_the_first_paragraph(form: Form) -> None:
    text = "MAIN.\n PERFORM P THRU X.\n STOP RUN.\nP.\n ADD 1 TO N.\nQ.\n ADD 2 TO N.\nX.\n EXIT."
    assert bodies(form(STORAGE, text))["p"] == "n := fit(n + 1, 9(3))\nq()"


def test_nothing_is_behind_a_paragraph_that_ends_the_run(form: Form) -> None:
    text = "MAIN.\n ADD 1 TO N.\nLOOP-1.\n IF N > 5 GO TO DONE-1.\n ADD 1 TO N.\n GO TO LOOP-1.\nDONE-1.\n STOP RUN.\n"
    made = bodies(form(STORAGE, text + "REST.\n ADD 2 TO N."))
    assert list(made) == ["main", "done 1"]
    assert made["main"].endswith("done_1()")


def test_paragraphs_of_the_same_name_say_of_which_section_they_are(form: Form) -> None:
    text = (
        "S SECTION.\nMAIN.\n PERFORM P.\n PERFORM P OF T.\n STOP RUN.\nP.\n ADD 1 TO N.\nT SECTION.\nP.\n ADD 2 TO N."
    )
    assert list(bodies(form(STORAGE, text))) == ["main", "p", "p of t"]


def test_comments_before_a_paragraph_in_the_middle_of_a_function_are_remarks(form: Form) -> None:
    text = "MAIN.\n ADD 1 TO N.\n*> once more\nQ.\n ADD 2 TO N.\n IF N < 9 GO TO MAIN."
    assert "# once more" in show(form(STORAGE, text))


def test_comments_before_a_jump_stay(form: Form) -> None:
    text = "MAIN.\n IF N = 1 STOP RUN.\n*> else once more\n GO TO MAIN."
    assert "# else once more" in show(form(STORAGE, text))


def test_comments_at_the_head_are_those_of_the_program(form: Form) -> None:
    made = form(STORAGE, "MAIN.\n ADD 1 TO N.", "*> what it is for")
    assert made.remarks == ("what it is for",)


def test_a_paragraph_that_only_jumps_at_its_end_is_a_function_up_to_there(form: Form) -> None:
    first = "MAIN.\n ADD 1 TO N.\nNEXT-1.\n ACCEPT N.\n IF N = 1 GO TO BAD.\n IF N = 2 GO TO BAD.\n"
    text = first + " IF N = 9 STOP RUN.\n GO TO NEXT-1.\nBAD.\n DISPLAY N.\n ADD 1 TO N.\n GO TO NEXT-1."
    made = form(STORAGE, text)
    bad = next(each for each in made.functions if each.origin == "BAD")
    assert show_body(bad.body) == "display upon=out advancing=yes: n\nn := fit(n + 1, 9(3))"
    assert bad.paragraphs is None
    assert "bad()" in bodies(made)["main"]
