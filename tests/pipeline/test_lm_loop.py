"""Language models in the loop: no wrong candidate is emitted, cheaper right ones are, and every step is counted."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

import transpile
from transpile import judging, models, pipeline
from transpile.core.loop import Candidate, Judged
from transpile.core.verdict import Refuted
from transpile.core.yields import COUNTS
from transpile.errors import Diagnostic
from transpile.lm.seats import MAX_FAULTS, Seat
from transpile.native.block import TargetLine
from transpile.options import Options
from transpile.planning import BlockUnit, Body
from transpile.translation import BlockResult, Translation

SOURCE = """\
\t.text
\t.globl\tf
\t.type\tf, @function
f:
\tmovl\t%edi, %eax
\taddl\t$5, %eax
\taddl\t$7, %eax
\tret
\t.size\tf, .-f
"""
END = ("slli a0, a0, 32", "srli a0, a0, 32", "ret")
TWELVE = ("addiw a0, a0, 12", *END)
ELEVEN = ("addiw a0, a0, 11", *END)
OPTIONS = Options(jobs=1, lm="random", sketches=0, feedback=1)
Answer = Callable[[BlockUnit, Sequence[Judged[Body]]], Sequence[tuple[str, ...]]]


@dataclass(slots=True)
class Fake:
    """A model that answers as told, and keeps what it was asked."""

    answer: Answer
    name: str = "fake"
    prepared: list[str] = field(default_factory=list)
    feedback: list[tuple[Judged[Body], ...]] = field(default_factory=list)
    unread: int = 0

    def prepare(self, units: Sequence[BlockUnit]) -> None:
        self.prepared.extend(unit.label for unit in units)

    def propose(self, unit: BlockUnit, feedback: Sequence[Judged[Body]]) -> list[Candidate[Body]]:
        self.feedback.append(tuple(feedback))
        bodies = [tuple(TargetLine(text) for text in texts) for texts in self.answer(unit, feedback)]
        return [Candidate(body, 0, self.name) for body in bodies]


@pytest.fixture
def seated(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Seat]]:
    """Put models into the seats that ``--lm`` would fill."""

    def seat(*fakes: Fake) -> list[Seat]:
        seats = [Seat(fake, fake.name) for fake in fakes]
        monkeypatch.setattr(models, "chain", lambda options, target, given: seats)
        return seats

    return seat


def once(*answers: tuple[str, ...]) -> Answer:
    return lambda unit, feedback: () if feedback else answers


def translated(options: Options = OPTIONS) -> Translation:
    return transpile.translate(SOURCE, "riscv", file="f.s", options=options)


def block(translation: Translation) -> BlockResult:
    (found,) = translation.blocks
    return found


def row(translation: Translation, proposer: str, step: str) -> dict[str, int]:
    return translation.yields.row(proposer, step).counts()


RULES = translated(Options(jobs=1, lm="none"))
RULES_TEXT = block(RULES).target_text


def test_the_rules_leave_something_to_gain() -> None:
    assert block(RULES).cost > len(TWELVE)


def test_a_cheaper_right_candidate_is_emitted(seated: Callable[..., list[Seat]]) -> None:
    seated(Fake(once(TWELVE)))
    result = block(translated())
    assert (result.proposer, result.verdict.word, result.target_text) == ("fake", "proved", TWELVE)
    assert [attempt.step for attempt in result.history] == ["samples"]
    counts = row(translated(), "fake", "samples")
    assert (counts["proved"], counts["chosen"], counts["saved"]) == (1, 1, block(RULES).cost - len(TWELVE))


def test_a_wrong_candidate_is_refuted_and_never_emitted(seated: Callable[..., list[Seat]]) -> None:
    seated(Fake(once(ELEVEN, ("ret",), ("not an instruction",), ("ecall", "ret"))))
    for require in ("proved", "tested", "any"):
        translation = translated(replace(OPTIONS, require=require, feedback=0))
        assert (block(translation).proposer, block(translation).target_text) == ("rules", RULES_TEXT)
    counts = row(translation, "fake", "samples")
    assert counts["refuted"] >= 2
    assert counts["unassembled"] == 1
    assert counts["chosen"] == counts["proved"] == 0


def test_what_the_output_could_not_be_assembled_with_is_not_emitted(seated: Callable[..., list[Seat]]) -> None:
    """The semantics know ``sh1add``, the baseline has none; of ``li`` counts what it stands for."""
    wide = ("li t4, 0x123456789abcdef1", "addiw a0, a0, 12", "zext.w a0, a0", "ret")
    fake = Fake(once(("sh1add a0, a0, a0", *END), wide, TWELVE))
    seated(fake)
    translation = translated(replace(OPTIONS, feedback=0))
    assert block(translation).target_text == TWELVE
    counts = row(translation, "fake", "samples")
    assert (counts["unassembled"], counts["dearer"], counts["proved"]) == (1, 1, 1)
    assert translation.text


def test_candidates_as_dear_as_the_rules_are_not_looked_at(
    seated: Callable[..., list[Seat]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*arguments: object) -> None:
        raise AssertionError("a candidate was judged")

    monkeypatch.setattr(judging.Assembled, "judge", never)
    seated(Fake(once(RULES_TEXT, ("nop", *RULES_TEXT))))
    translation = translated()
    assert block(translation).proposer == "rules"
    assert row(translation, "fake", "samples")["dearer"] == 2


def test_the_counterexample_reaches_the_model(seated: Callable[..., list[Seat]]) -> None:
    def answer(unit: BlockUnit, feedback: Sequence[Judged[Body]]) -> Sequence[tuple[str, ...]]:
        return [TWELVE] if feedback else [ELEVEN]

    fake = Fake(answer)
    seated(fake)
    translation = translated()
    assert block(translation).target_text == TWELVE
    assert [attempt.step for attempt in block(translation).history] == ["samples", "feedback"]
    (told,) = fake.feedback[-1]
    assert isinstance(told.verdict, Refuted)
    assert any("rax" in difference for difference in told.verdict.differs)
    assert row(translation, "fake", "feedback")["chosen"] == 1


def test_budgets_bound_what_is_judged_and_asked(seated: Callable[..., list[Seat]]) -> None:
    answers = [(f"addiw a0, a0, {n}", *END) for n in range(20, 60)]
    fake = Fake(once(*answers))
    seated(fake)
    translation = translated(replace(OPTIONS, candidates=5, feedback=3))
    counts = row(translation, "fake", "samples")
    assert (counts["proposed"], counts["refuted"]) == (40, 5)
    assert len(fake.feedback) == 2
    assert block(translation).proposer == "rules"


def test_a_model_that_raises_costs_only_its_own_candidates(seated: Callable[..., list[Seat]]) -> None:
    def broken(unit: BlockUnit, feedback: Sequence[Judged[Body]]) -> Sequence[tuple[str, ...]]:
        raise ValueError("out of ideas\x1b")

    seated(Fake(broken, "broken"), Fake(once(TWELVE)))
    translation = translated()
    assert block(translation).target_text == TWELVE
    assert translation.meets("proved")
    (warning,) = translation.diagnostics
    assert warning.severity == "warning"
    assert "'broken'" in warning.message
    assert "out of ideas" in warning.message


def test_a_model_that_keeps_failing_is_no_longer_asked() -> None:
    asked: list[int] = []

    def broken(unit: BlockUnit, feedback: Sequence[Judged[Body]]) -> Sequence[tuple[str, ...]]:
        asked.append(1)
        raise ValueError

    seat = Seat(Fake(broken), "fake")
    unit = cast(BlockUnit, SimpleNamespace(block=None))
    for _ in range(MAX_FAULTS + 5):
        assert seat.propose(unit, ()) == []
    assert len(asked) == MAX_FAULTS


def test_a_model_that_kills_its_process_costs_only_the_models(seated: Callable[..., list[Seat]]) -> None:
    def deadly(unit: BlockUnit, feedback: Sequence[Judged[Body]]) -> Sequence[tuple[str, ...]]:
        os._exit(9)

    seated(Fake(deadly))
    options = replace(OPTIONS, jobs=2)
    done = transpile.translate_many([(SOURCE, "a.s"), (SOURCE, "b.s")], options=options)
    for translation in done:
        assert isinstance(translation, Translation)
        assert translation.text == RULES.text
        assert [d.severity for d in translation.diagnostics] == ["warning"]
        assert "its worker process died" in translation.diagnostics[0].message


def test_an_output_that_a_model_spoiled_is_made_again_without(
    seated: Callable[..., list[Seat]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(text: str, to: str, march: str) -> list[Diagnostic]:
        return [Diagnostic("error", "branch out of range")] if "addiw\ta0, a0, 12" in text else []

    monkeypatch.setattr(pipeline, "refusals", refusing)
    seated(Fake(once(TWELVE)))
    translation = translated()
    assert translation.text == RULES.text
    assert translation.meets("proved")
    assert "without language models: branch out of range" in translation.diagnostics[0].message


def test_every_model_of_a_chain_is_asked_about_the_whole_file_before_the_loop(
    seated: Callable[..., list[Seat]],
) -> None:
    first, second = Fake(once(), "first"), Fake(once(TWELVE), "second")
    seated(first, second)
    translation = translated()
    assert first.prepared == second.prepared == [block(translation).label]
    assert block(translation).proposer == "second"


def test_the_same_answer_twice_is_judged_once(seated: Callable[..., list[Seat]]) -> None:
    seated(Fake(once(ELEVEN, ELEVEN), "first"), Fake(once(ELEVEN), "second"))
    translation = translated(replace(OPTIONS, feedback=0))
    assert row(translation, "first", "samples")["repeated"] == 1
    assert row(translation, "second", "samples")["repeated"] == 1
    assert len(block(translation).history) == 2


def test_yields_add_up(seated: Callable[..., list[Seat]]) -> None:
    seated(Fake(once(ELEVEN, ELEVEN, ("ret",), ("bogus",), TWELVE, ("nop", *RULES_TEXT))))
    translation = translated()
    counts = row(translation, "fake", "samples")
    ends = ("repeated", "dearer", "unassembled", "emulated", "refuted", "undecided", "tested", "proved")
    assert counts["proposed"] == sum(counts[name] for name in ends) == 6
    chosen = sum(found.chosen for found in translation.yields.rows.values())
    assert chosen == len(list(translation.blocks)) == 1
    assert set(counts) == set(COUNTS)


def test_what_was_chosen_is_remembered_and_checked_again(
    seated: Callable[..., list[Seat]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = replace(OPTIONS, store=tmp_path / "proofs.sqlite")
    fake = Fake(once(ELEVEN, TWELVE))
    seated(fake)
    first = translated(options)
    asked = len(fake.feedback)

    def never(*arguments: object) -> None:
        raise AssertionError("a proof was made")

    monkeypatch.setattr("transpile.checker.prove", never)
    again = transpile.translate("# changed\n" + SOURCE, "riscv", file="f.s", options=options)
    assert block(again).target_text == block(first).target_text == TWELVE
    assert len(fake.feedback) == asked
    other = Fake(once())
    seated(other)
    transpile.translate("# other\n" + SOURCE, "riscv", options=replace(options, samples=3))
    assert other.prepared


def test_check_asks_no_model(seated: Callable[..., list[Seat]]) -> None:
    fake = Fake(once(TWELVE))
    seated(fake)
    text = translated().text
    fake.prepared.clear()
    assert transpile.check(SOURCE, text, options=OPTIONS).meets("proved")
    assert fake.prepared == []


def test_random_in_several_processes_is_random_in_one() -> None:
    source = (Path(__file__).parents[1] / "golden/sources/calls.s").read_text()
    many = transpile.translate_many([(source, "a.s"), (SOURCE, "b.s")], options=Options(jobs=2, lm="random"))
    alone = [transpile.translate(text, options=Options(jobs=1, lm="random"), file=n) for text, n in
             ((source, "a.s"), (SOURCE, "b.s"))]  # fmt: skip
    assert many == alone
