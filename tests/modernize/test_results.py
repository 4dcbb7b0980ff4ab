"""Which verdict a paragraph has, and what it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from transpile.core import verdict as verdicts
from transpile.core.verdict import Proved, Refuted, Undecided
from transpile.errors import SourceErrors, ToolError, UsageError
from transpile.modernize.checks import NAMES, PARAGRAPH, PROGRAM, PROOF, Checks, Compiles, Found, Outcome
from transpile.modernize.results import together, weakest
from transpile.modernize.subject import ASSUMED, Key, Subject
from transpile.modernize.translate import Choices, Modernized, translate_bytes
from transpile.translation import Rung

Translated = Callable[..., Modernized]
ADD: Key = ("Savings", (1, 1))


@dataclass(frozen=True, slots=True)
class Says:
    """A check that says what it is told to."""

    name: str
    found: dict[Key, Found] = field(default_factory=dict)
    error: ToolError | None = None

    def __call__(self, subject: Subject) -> Outcome:
        if self.error is not None:
            raise self.error
        return Outcome(self.found)


def passed(name: str, **given: object) -> Found:
    return Found(Rung(name, "passed", "no difference", ("no leap seconds",)), **given)  # type: ignore[arg-type]


def blocks(made: Modernized) -> dict[str, tuple[str, ...]]:
    return {block.label: block.source_text for block in made.translation.blocks}


def verdict(translated: Translated, *checks: Says, label: str = "ADD-INTEREST") -> object:
    asked: Checks = (Compiles(), *checks)
    made = translated(choices=Choices(checks=asked))
    return next(block.verdict for block in made.translation.blocks if block.label == label)


def test_every_paragraph_that_is_reached_has_its_lines_and_its_methods(translated: Translated) -> None:
    made = translated()
    found = blocks(made)
    assert list(found) == ["MAIN-LINE", "ADD-INTEREST", "COUNT-UP", "COUNT-END"]
    assert [line.strip() for line in found["COUNT-END"]] == ["COUNT-END.", "EXIT."]
    by_label = {block.label: block for block in made.translation.blocks}
    assert by_label["ADD-INTEREST"].target_text[0] == "    def add_interest(self) -> None:"
    assert by_label["COUNT-UP"].target_text == by_label["COUNT-END"].target_text
    assert list(by_label["COUNT-END"].relation) == ["Savings.count_up"]
    assert made.translation.functions[0].name == "SAVINGS"


def test_a_paragraph_that_is_never_reached_has_no_verdict_but_a_warning(translated: Translated) -> None:
    made = translated()
    (said,) = made.translation.diagnostics
    assert "the paragraph UNUSED is never reached" in said.message
    assert said.span is not None and said.span.line_text.strip() == "UNUSED."


def test_sections_tell_paragraphs_of_the_same_name_apart(translated: Translated) -> None:
    made = translated(
        "A SECTION.\nFIRST-ONE.\n    PERFORM STEP OF B.\n    STOP RUN.\nSTEP.\n    EXIT.\n"
        "B SECTION.\nSTEP.\n    ADD 1 TO COUNTER.\n"
    )
    assert "STEP OF B" in blocks(made)
    assert "FIRST-ONE" in blocks(made)


def test_without_checks_nothing_is_claimed(translated: Translated) -> None:
    found = verdict(translated)
    assert isinstance(found, Undecided)
    assert "no proof: it was not asked for" in found.reason


def test_runs_make_it_tested_with_why_there_is_no_proof(translated: Translated) -> None:
    proof = Found(Rung(PROOF, "open", "it divides by a field"))
    found = verdict(translated, Says(PARAGRAPH, {ADD: passed(PARAGRAPH, runs=40)}), Says(PROOF, {ADD: proof}))
    assert found == verdicts.Tested(40, 0, "it divides by a field")


def test_runs_that_did_not_reach_it_say_nothing(translated: Translated) -> None:
    assert isinstance(verdict(translated, Says(PROGRAM, {ADD: passed(PROGRAM)})), Undecided)


def test_a_proof_names_all_that_it_assumes(translated: Translated) -> None:
    found = verdict(translated, Says(PROOF, {ADD: passed(PROOF, rlimit=7)}))
    assert found == Proved((*ASSUMED, "no leap seconds"), 7)


def test_a_difference_outweighs_a_proof(translated: Translated) -> None:
    wrong = Found(Rung(PROGRAM, "failed", "differs"), 1, ("AMOUNT: 10.50 by GnuCOBOL, 10.49 by Python",))
    found = verdict(translated, Says(PROGRAM, {ADD: wrong}), Says(PROOF, {ADD: passed(PROOF)}))
    assert found == Refuted({}, ("AMOUNT: 10.50 by GnuCOBOL, 10.49 by Python",))


def test_a_tool_that_is_missing_is_told_with_how_to_get_it(translated: Translated) -> None:
    error = ToolError("'cobc' is not installed", "run 'apt-get install gnucobol3'")
    made = translated(choices=Choices(checks=(Compiles(), Says(PARAGRAPH, error=error))))
    rung = next(one for one in next(made.translation.blocks).rungs if one.name == PARAGRAPH)
    assert rung.outcome == "skipped"
    assert "apt-get install gnucobol3" in rung.detail


def test_rungs_stand_from_the_weakest_to_the_strongest(translated: Translated) -> None:
    assert tuple(rung.name for rung in next(translated().translation.blocks).rungs) == NAMES


def test_the_weakest_of_several_methods_counts(translated: Translated) -> None:
    proved, tested, open_one = Proved(("a",), 3), verdicts.Tested(5, 0, "no"), Undecided("why")
    assert weakest([proved, Proved(("b",), 4)]) == Proved(("a", "b"), 7)
    assert weakest([proved, tested, verdicts.Tested(3, 0, "too")]) == verdicts.Tested(3, 0, "no; too")
    assert weakest([tested, open_one, proved]) == open_one
    assert isinstance(weakest([open_one, Refuted({}, ("x",))]), Refuted)
    made = translated()
    assert together(list(made.found.methods.values())[:2])[0].outcome == "passed"


def test_errors_of_the_source_are_all_told(translated: Translated) -> None:
    with pytest.raises(SourceErrors) as caught:
        translated("MAIN-LINE.\n    MOVE 1 TO NOBODY.\n    ADD TO AMOUNT.\n    STOP RUN.\n")
    assert len(caught.value.errors) >= 1
    assert all(error.span.file == "savings.cob" for error in caught.value.errors)


def test_other_dialects_are_refused() -> None:
    with pytest.raises(UsageError, match="-std=ibm"):
        translate_bytes(b"", "x.cob", Choices(standard="ibm"))


def test_an_exit_behind_a_paragraph_that_is_performed_alone_is_no_news(translated: Translated) -> None:
    made = translated(
        "MAIN-LINE.\n    PERFORM STEP.\n    PERFORM STEP THRU STEP-END.\n    STOP RUN.\n"
        "STEP.\n    ADD 1 TO COUNTER.\nSTEP-END.\n    EXIT.\n"
    )
    assert not made.translation.diagnostics
    assert {"MAIN-LINE", "STEP"} <= set(blocks(made))


def test_parts_of_a_method_that_are_methods_of_their_own_are_shown_with_it(translated: Translated) -> None:
    jumping = (
        "MAIN-LINE.\n    ADD 1 TO COUNTER.\n    IF COUNTER = 1 GO TO LAST-STEP.\n    IF COUNTER = 2 GO TO MIDDLE.\n"
        "    DISPLAY 'ONE'.\n    DISPLAY 'TWO'.\n    GO TO LAST-STEP.\nMIDDLE.\n    DISPLAY 'MIDDLE'.\n"
        "    IF AMOUNT > 3 GO TO LAST-STEP.\n    ADD 1 TO AMOUNT.\n    GO TO MAIN-LINE.\n"
        "LAST-STEP.\n    DISPLAY 'LAST'.\n    DISPLAY AMOUNT.\n    IF AMOUNT > 5 GO TO MIDDLE.\n    STOP RUN.\n"
    )
    made = translated(jumping)
    (one,) = made.subject.module.classes
    parts = [method.name for method in one.methods if method.paragraphs is None]
    shown = "\n".join(line for block in made.translation.blocks for line in block.target_text)
    assert all(f"def {name}(self)" in shown for name in parts)


def test_the_graph_has_what_paragraphs_perform_go_to_and_come_to(translated: Translated) -> None:
    edges = {each.label: each.successors for each in translated().translation.layout}
    assert edges == {
        "MAIN-LINE": ("ADD-INTEREST", "COUNT-UP"),
        "ADD-INTEREST": (),
        "COUNT-UP": ("COUNT-END", "COUNT-UP"),
        "COUNT-END": (),
    }


def test_the_graph_has_what_is_behind_a_paragraph(translated: Translated) -> None:
    body = "MAIN-LINE.\n    ADD 1 TO COUNTER.\nSECOND-LINE.\n    PERFORM THIRD-LINE.\nTHIRD-LINE.\n    STOP RUN.\n"
    edges = {each.label: each.successors for each in translated(body).translation.layout}
    assert edges == {"MAIN-LINE": ("SECOND-LINE",), "SECOND-LINE": ("THIRD-LINE",), "THIRD-LINE": ()}
