"""The loop by itself, on units that are numbers: a body is right if it sums to the unit, and as long as it is dear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from transpile.core import verdict as v
from transpile.core.loop import FEEDBACK, RULES, SAMPLES, SKETCHES, Candidate, Judged, Limits, Seats, translate_unit
from transpile.core.verdict import DIFFERS, Proved, Refuted, Undecided, Verdict

Body = tuple[int, ...]
UNIT = 12
ONES: Body = (1,) * 12


@dataclass(slots=True)
class Says:
    """Proposes ``first``, and ``then`` once it has seen feedback."""

    first: Sequence[Body]
    then: Sequence[Body] = ()
    name: str = "model"
    seen: list[tuple[Judged[Body], ...]] = field(default_factory=list)

    def propose(self, unit: int, feedback: Sequence[Judged[Body]]) -> list[Candidate[Body]]:
        self.seen.append(tuple(feedback))
        return [Candidate(body, len(body), self.name) for body in (self.then if feedback else self.first)]


@dataclass(slots=True)
class Sum:
    """The checker, the only judge, and the witness. ``weak``: what it says of right bodies instead of a proof."""

    weak: Verdict | None = None
    name: str = "sum"
    looked: list[Body] = field(default_factory=list)

    def check(self, unit: int, candidate: Candidate[Body]) -> Verdict:
        self.looked.append(candidate.body)
        if sum(candidate.body) != unit:
            return Undecided("another sum", {DIFFERS: "sum"})
        return self.weak or Proved()

    def judge(self, unit: int, candidate: Candidate[Body]) -> Verdict | None:
        return None if sum(candidate.body) < 0 else self.check(unit, candidate)

    def refute(self, unit: int, candidate: Candidate[Body]) -> Refuted | None:
        return Refuted({"x": 1}, (f"sum: {unit} against {sum(candidate.body)}",))


@dataclass(slots=True)
class LastNumber:
    """Repairs a body by changing its last number, if only that one is in doubt."""

    asked: list[Body] = field(default_factory=list)

    def repair(self, unit: int, judged: Judged[Body]) -> Candidate[Body] | None:
        self.asked.append(judged.candidate.body)
        *others, last = judged.candidate.body
        if last > 100:
            return None
        fixed = unit - sum(others)
        return replace(judged.candidate, body=(*others, fixed), filled=(f"last: {fixed}",))


def seats(
    model: Says, judge: Sum, repairer: LastNumber | None = None, repairs: int = 2, rounds: int = 1
) -> Seats[int, Body]:
    return Seats([model], [judge], repairer, judge, Limits(repairs=repairs, rounds=rounds))


def test_without_models_it_is_the_rules() -> None:
    outcome = translate_unit(UNIT, Says([ONES], name="rules"), Sum())
    assert outcome.chosen is not None
    assert (outcome.chosen.body, outcome.verdict) == (ONES, Proved())
    assert [(judged.step, judged.judge) for judged in outcome.history] == [(RULES, "")]


def test_the_cheapest_right_one_wins_and_dearer_ones_are_not_looked_at() -> None:
    judge = Sum()
    model = Says([(5, 5, 2), (11, 1), (13,), (6, 6, 0, 0), (1,) * 11 + (1, 0)])
    outcome = translate_unit(UNIT, Says([ONES], name="rules"), judge, seats(model, judge))
    assert outcome.chosen is not None
    assert outcome.chosen.body == (11, 1)
    assert judge.looked == [(13,), (11, 1)]
    row = outcome.yields.row("model", SAMPLES)
    assert (row.proposed, row.dearer, row.refuted, row.proved, row.chosen, row.saved) == (5, 1, 1, 1, 1, 10)


def test_a_sketch_is_completed_before_the_model_is_asked_again() -> None:
    judge, repairer = Sum(), LastNumber()
    model = Says([(5, 5), (500,)], then=[(12,)])
    outcome = translate_unit(UNIT, Says([ONES], name="rules"), judge, seats(model, judge, repairer))
    assert repairer.asked == [(500,), (5, 5)]
    assert outcome.chosen is not None
    assert (outcome.chosen.body, outcome.chosen.filled) == ((5, 7), ("last: 7",))
    assert outcome.history[-1].step == SKETCHES
    assert len(model.seen) == 1
    row = outcome.yields.row("model", SKETCHES)
    assert (row.tried, row.proposed, row.proved, row.chosen, row.saved) == (2, 1, 1, 1, 10)


@pytest.mark.parametrize(("repairs", "tried"), [(0, 0), (1, 1), (5, 3)])
def test_repairs_are_bounded(repairs: int, tried: int) -> None:
    judge, repairer = Sum(), LastNumber()
    model = Says([(500,), (600,), (700,)])
    translate_unit(UNIT, Says([ONES], name="rules"), judge, seats(model, judge, repairer, repairs=repairs, rounds=0))
    assert len(repairer.asked) == tried


def test_feedback_has_a_counterexample_and_ends_when_nothing_is_new() -> None:
    judge = Sum()
    model = Says([(1,)], then=[(2,)])
    outcome = translate_unit(UNIT, Says([ONES], name="rules"), judge, seats(model, judge, rounds=3))
    assert len(model.seen) == 3
    assert isinstance(model.seen[1][0].verdict, Refuted)
    assert outcome.chosen is not None
    assert outcome.chosen.proposer == "rules"
    assert outcome.yields.row("model", FEEDBACK).proposed == 2
    assert outcome.yields.row("model", FEEDBACK).repeated == 1


def test_dearer_candidates_stand_in_when_the_rules_are_wrong() -> None:
    judge = Sum()
    outcome = translate_unit(UNIT, Says([(1, 1)], name="rules"), judge, seats(Says([(4, 4, 4)]), judge))
    assert outcome.chosen is not None
    assert outcome.chosen.body == (4, 4, 4)


def test_models_alone_stand_in_where_there_are_no_rules() -> None:
    judge = Sum(v.Tested(5, 0, "no proof"))
    outcome = translate_unit(UNIT, Says([], name="rules"), judge, seats(Says([(4, 8)]), judge))
    assert outcome.verdict == v.Tested(5, 0, "no proof")


def test_an_open_question_of_a_model_is_never_chosen() -> None:
    judge = Sum(Undecided("too hard"))
    rules = translate_unit(UNIT, Says([ONES], name="rules"), judge, seats(Says([(4, 8), (2,)]), judge))
    assert rules.chosen is not None
    assert rules.chosen.proposer == "rules"
    alone = translate_unit(UNIT, Says([], name="rules"), judge, seats(Says([(4, 8), (2,)]), judge))
    assert alone.chosen is None


def test_explaining_looks_for_every_counterexample() -> None:
    judge = Sum()
    told = Seats([Says([(1,), (2,), (4, 8)])], [judge], None, judge, Limits(explain=True))
    outcome = translate_unit(UNIT, Says([ONES], name="rules"), judge, told)
    assert [judged.verdict.word for judged in outcome.history] == ["refuted", "refuted", "proved"]
