"""Run a C function and a CUDA program that claims to replace it on the same inputs, and say whether they agree.

Inputs are valid only if the C function has defined behaviour on them: what the emulator's checks find wrong with it,
and what takes it too long, is discarded and counted. A CUDA program must give the same outputs and have no fault
whatever, in several orders of threads. Every trial ends: time is bounded, and so is each run. A program that does not
end in time is not refuted by that, and not tested either.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from transpile.c.parse import parse_text
from transpile.c.unit import Unit
from transpile.emulators.cuda.bounded import Limits
from transpile.emulators.cuda.build import build
from transpile.emulators.cuda.faults import Fault
from transpile.emulators.cuda.harness import harness
from transpile.emulators.cuda.run import ORDERS, Program, Rounding, Run
from transpile.errors import SourceErrors
from transpile.trials.blocks import block_sizes
from transpile.trials.cases import Case, children_s, large, plain, said_sizes, short
from transpile.trials.checks import Checks, Failing, Runner, Variant
from transpile.trials.compare import EXACT, Comparison, Difference, Exact, compare, may_overflow
from transpile.trials.elements import Unsuited
from transpile.trials.facts import PLAIN, Facts
from transpile.trials.formulas import shown
from transpile.trials.inputs import Invalid, Recipe, make, overlaps
from transpile.trials.nvcc import Compiled, compiled
from transpile.trials.outcome import Differs, Failure, Outcome, Schedule, Tested, Unusable
from transpile.trials.places import Text
from transpile.trials.plan import Used, core, more, revealing, skipped_pairs
from transpile.trials.sizes import smaller
from transpile.trials.subject import Subject, subject


@dataclass(frozen=True, slots=True)
class Settings:
    """``seconds`` for all runs together; up to ``most_seconds`` as long as a core of the inputs has not been tried.
    ``reference_s``: inputs that take the C function longer are not used. ``run_s`` bounds a run of the CUDA program,
    ``shrinking_s`` the search for smaller sizes at which it is wrong, ``most_units`` the elements of all arrays.
    ``large_s`` is for sizes that take long; then no others that are as large are tried."""

    comparison: Comparison = EXACT
    seconds: float = 1.5
    most_seconds: float = 20.0
    seed: int = 1
    reference_s: float = 0.2
    run_s: int = 5
    shrinking_s: float = 1.0
    most_units: int = 200_000
    large_s: float = 1.0


USUAL = Settings()
_FEWEST = 4
"""Inputs without which nothing counts as tested; empty arrays do not count."""
_SCHEDULES = (*(Schedule(order, 1 if order == "random" else 0) for order in ORDERS), Schedule("random", 2))
_SHRINKING_RUNS = 40
_BEYOND = ("unsupported", "memory")
"""Faults of the emulator, not of the program."""
_TIME = "time"
_MOST_OVERDUE = 3
"""Runs that may take too long before the others are not tried either."""
_MOST_CALLS = 60
"""Places that call the runtime, each of which is made to fail."""
_MOST_SHORT = 6
"""Inputs with which they are."""
_HURRIED_S = 1
"""Processor time for a run after one took too long."""
_ROUNDED = "ill-conditioned: rounding decides the result"
_ROUNDINGS: tuple[Rounding, ...] = ("upward", "downward", "to-zero")


def trial(
    c: Unit | str,
    function: str,
    cuda_text: str,
    facts: Facts,
    folder: Path,
    settings: Settings = USUAL,
    cuda_file: str = "program.cu",
    variant: Variant | None = None,
) -> Outcome:
    """Try ``cuda_text``, which messages call ``cuda_file``, against ``function``. If that agrees, so must ``variant``.
    Programs are built in ``folder`` and kept there. Raises UsageError when ``facts`` are not about the function."""
    try:
        unit = parse_text(c) if isinstance(c, str) else c
        tried = subject(unit, function, facts)
        rig = harness(tried.signature, placed=True)
        reference = tried.reference(rig, folder)
    except (Unsuited, SourceErrors) as error:
        return Unusable(f"the C function cannot be tried: {error}", {})
    text = Text(cuda_text, cuda_file)
    try:
        program = build(tried.cuda_text(cuda_text), rig, folder)
    except SourceErrors as errors:
        failures = tuple(text.refusal(error, tried) for error in errors.errors)
        if all(failure.span for failure in failures) and isinstance(compiled(cuda_text), Compiled):
            return Unusable(f"nvcc compiles the CUDA text, but the emulator does not: {failures[0].message}", {})
        return Differs(None, failures)

    checks = Checks(lambda failing: Failing(program, failing))
    if variant is not None:
        checks = replace(checks, variant=variant, build=lambda: build(tried.cuda_text(variant.text), rig, folder))
    return _Trial(tried, reference, program, text, settings, checks).outcome()


def compared(
    subject: Subject, reference: Program, program: Runner, text: str, file: str, settings: Settings
) -> Outcome:
    """Run ``program``, which was built from ``text``, against the C program ``reference`` on the inputs of a trial."""
    return _Trial(subject, reference, program, Text(text, file), settings).outcome()


class _Beyond(Exception):
    """The emulator cannot run the program, which says nothing about it."""


@dataclass(slots=True)
class _Trial:
    subject: Subject
    reference: Program
    program: Runner
    text: Text
    settings: Settings
    checks: Checks = field(default_factory=Checks)
    cases: list[Case] = field(default_factory=list)
    used: list[Used] = field(default_factory=list)
    discarded: Counter[str] = field(default_factory=Counter)
    runs: int = 0
    hurried: bool = False
    skipped: int = 0
    """Recipes whose sizes would have taken too long."""
    schedules: set[Schedule] = field(default_factory=set)
    overdue: list[str] = field(default_factory=list)
    """What is known of each run that did not end in time."""
    start: float = field(default_factory=time.monotonic)

    def outcome(self) -> Outcome:
        try:
            wrong = self._inputs() or self._orders() or self._failing() or self._variant()
        except _Beyond as error:
            return Unusable(f"the CUDA program cannot be run here: {error}", dict(self.discarded.most_common()))
        if wrong is not None:
            return wrong
        if self.overdue:
            return Unusable(self.overdue[0], dict(self.discarded.most_common()))
        filled = sum(not one.given.empty for one in self.used)
        if filled < _FEWEST:
            reason = f"only {filled} valid inputs were found in {sum(self.discarded.values()) + len(self.used)}"
            return Unusable(reason, dict(self.discarded.most_common()))
        if self.discarded[_ROUNDED] > filled:
            return Unusable("rounding decides the result on most inputs", dict(self.discarded.most_common()))
        return Tested(
            self.runs,
            len(self.used),
            tuple({tuple(one.given.recipe.sizes.items()): one.given.recipe.sizes for one in self.used}.values()),
            tuple(schedule for schedule in _SCHEDULES if schedule in self.schedules),
            dict(self.discarded.most_common()),
            self.settings.comparison,
            tuple(self._assumptions()),
            tuple(self._notes()),
        )

    def _late(self, in_core: bool, share: float = 1.0) -> bool:
        """Time is up; a share of it unless this is part of the core."""
        if len(self.overdue) >= _MOST_OVERDUE:
            return True
        allowed = self.settings.most_seconds if in_core else share * self.settings.seconds
        return time.monotonic() - self.start > allowed

    def _inputs(self) -> Differs | None:
        """Each input once, with the orders in turn."""
        special = isinstance(self.settings.comparison, Exact)
        blocks = block_sizes(self.text.text)
        seed = self.settings.seed * 1000
        needed = ((recipe, True) for recipe in core(self.subject, blocks, seed, self.used, special))
        others = ((recipe, False) for recipe in more(self.subject, blocks, seed))
        for recipe, in_core in chain(needed, others):
            if self._late(in_core, share=0.6):
                self.hurried = in_core
                break
            if self._takes_long(recipe):
                self.skipped += 1
                continue
            case = self._case(recipe)
            if case is None and recipe.plainer is not None:
                case = self._case(recipe.plainer)
            if case is None:
                continue
            self.cases.append(case)
            self.used.append(case.used)
            before = children_s() - case.used.seconds
            wrong = self._judged(case, _SCHEDULES[(len(self.cases) - 1) % len(ORDERS)])
            case.used.seconds = children_s() - before
            if wrong is not None:
                return self._smallest(wrong)
        return None

    def _takes_long(self, recipe: Recipe) -> bool:
        """The time for large sizes is up, and these are as large as others that took long."""
        long = [one for one in self.used if not one.cheap]
        if sum(one.seconds for one in long) <= self.settings.large_s:
            return False
        sizes = [one.given.recipe.sizes for one in long]
        return any(all(recipe.sizes.get(name, 0) >= size for name, size in one.items()) for one in sizes)

    def _orders(self) -> Differs | None:
        """The most revealing inputs in all orders, unless they take long; others while there is time."""
        turns = {id(case.used): number % len(ORDERS) for number, case in enumerate(self.cases)}
        best = self._best()
        known = dict.fromkeys(map(id, best))
        best += [case for case in self.cases if id(case) not in known]
        for number, case in enumerate(sorted(best, key=lambda case: not case.used.cheap)):
            for turn, schedule in enumerate(_SCHEDULES):
                if case.used not in self.used:
                    break
                if self._late(number < _FEWEST and case.used.cheap):
                    return None
                wrong = None if turn == turns[id(case.used)] else self._judged(case, schedule)
                if wrong is not None:
                    return self._smallest(wrong)
        return None

    def _failing(self) -> Differs | None:
        """Each call of the runtime fails once, on purpose: the program must end with an error, or be right anyway."""
        if self.checks.failing is None:
            return None
        for case in short(self.cases, self.subject, _MOST_SHORT):
            for place in range(1, _MOST_CALLS + 1):
                ran = self._run(case, _SCHEDULES[0], self.settings.run_s, self.checks.failing(place))
                if ran.failed_call is None:
                    break
                wrong = not ran.exit_code and self._difference(case, ran) is not None
                if wrong or any(fault.kind not in (*_BEYOND, _TIME, "crash") for fault in ran.faults):
                    told = replace(ran.failed_call, message=f"nobody notices when {ran.failed_call.message} fails")
                    failure = self.text.failure(replace(told, kind="unchecked"))
                    return Differs(None, (failure,), case.given, _SCHEDULES[0])
        return None

    def _variant(self) -> Differs | None:
        """The variant on a few inputs, large ones among those that take little time."""
        variant, make = self.checks.variant, self.checks.build
        if variant is None or make is None:
            return None
        program, self.program = self.program, make()
        for case in large(self._best(), _FEWEST):
            wrong = self._judged(case, _SCHEDULES[0])
            if wrong is not None:
                return replace(wrong, failures=(Failure("variant", variant.said), *wrong.failures))
        self.program = program
        return None

    def _best(self) -> list[Case]:
        """The most revealing cases, the best first."""
        cases = {id(case.used): case for case in self.cases}
        return [cases[id(used)] for used in revealing(self.used, block_sizes(self.text.text)[0])]

    def _case(self, recipe: Recipe) -> Case | None:
        """The input of ``recipe``, if the C function accepts it; else why not is counted."""
        try:
            given = make(self.subject, recipe, self.settings.most_units)
        except Invalid as error:
            self.discarded[str(error)] += 1
            return None
        if may_overflow(self.subject, given, self.settings.comparison):
            self.discarded["products of so many values may overflow"] += 1
            return None
        packed = given.packed(self.subject)
        began, spent = time.monotonic(), children_s()
        ran = self.reference.run(packed, limits=Limits(cpu_s=1, wall_s=20.0))
        # On a busy machine, the clock says little.
        taken = min(time.monotonic() - began, children_s() - spent)
        if taken > self.settings.reference_s:
            self.discarded["the C function takes too long"] += 1
        elif not ran.ok:
            kind = ran.faults[0].kind if ran.faults else f"exit status {ran.exit_code}"
            self.discarded[f"invalid input: the C function itself: {kind}"] += 1
        else:
            return Case(Used(given, taken), packed, ran)
        return None

    def _judged(self, case: Case, schedule: Schedule) -> Differs | None:
        ran = self._run(case, schedule, _HURRIED_S if self.overdue else self.settings.run_s)
        self.runs += 1
        self.schedules.add(schedule)
        failures = [self.text.failure(fault) for fault in ran.faults if fault.kind not in (*_BEYOND, _TIME)]
        if ran.faults and not failures:
            if ran.faults[0].kind != _TIME:
                raise _Beyond(str(ran.faults[0]))
            self.overdue.append("" if self.overdue else self._why_overdue(case, schedule, ran.faults[0]))
            return None
        if ran.exit_code and not failures:
            failures.append(Failure("exit", f"the program ends with exit status {ran.exit_code}"))
        difference = None
        if not ran.exit_code:
            difference = self._difference(case, ran)
        if not failures and (difference is None or self._ill_conditioned(case, difference)):
            return None
        return Differs(difference, tuple(failures), case.given, schedule)

    def _run(self, case: Case, schedule: Schedule, seconds: int, program: Runner | None = None) -> Run:
        limits = Limits(cpu_s=seconds, wall_s=4.0 * seconds)
        return (program or self.program).run(case.packed, schedule.order, schedule.seed, limits)

    def _why_overdue(self, case: Case, schedule: Schedule, fault: Fault) -> str:
        """A program that takes long even where there is next to nothing to do runs away; others may only be slow in
        the emulator."""
        few = {name: min(size, 2) for name, size in case.given.recipe.sizes.items()}
        small = self._case(replace(case.given.recipe, sizes=few)) or self._case(replace(plain(case), sizes=few))
        again = self._run(small, schedule, _HURRIED_S) if small is not None else None
        if small is None or again is None or [fault.kind for fault in again.faults] != [_TIME]:
            return f"the CUDA program takes more than {self.settings.run_s} s on the emulator with {said_sizes(case)}"
        where = f" on line {fault.line}" if fault.line else ""
        return (
            f"a loop of the CUDA program runs away{where}: with {said_sizes(small)}, the C function takes less than "
            f"{self.settings.reference_s:g} s, and the program more than {_HURRIED_S} s"
        )

    def _difference(self, case: Case, ran: Run) -> Difference | None:
        if ran.messages != case.expected.messages:
            return Difference("what is printed", repr(case.expected.messages[:80]), repr(ran.messages[:80]))
        return compare(self.subject, case.given, case.expected.outputs, ran.outputs, self.settings.comparison)

    def _ill_conditioned(self, case: Case, difference: Difference) -> bool:
        """The result of the C function itself moves too far when its operations are rounded otherwise; then such a
        difference means nothing."""
        if difference.allowed == 0.0:
            return False
        expected, how = case.expected.outputs, self.settings.comparison
        for rounding in _ROUNDINGS:
            moved = self.reference.run(case.packed, rounding=rounding)
            if not moved.ok or compare(self.subject, case.given, expected, moved.outputs, how) is not None:
                self._discard(case.used)
                return True
        return False

    def _discard(self, used: Used) -> None:
        """Take back that an input counts as tried."""
        self.discarded[_ROUNDED] += 1
        self.runs -= 1
        if used in self.used:
            self.used.remove(used)

    def _smallest(self, wrong: Differs) -> Differs:
        """The same with smaller sizes, as far as a few more runs lead. Where rounding plays a part, a search would end
        at the input where it plays the largest."""
        if wrong.difference is not None and wrong.difference.allowed > 0.0 and not wrong.failures:
            return wrong
        until = time.monotonic() + self.settings.shrinking_s
        left = _SHRINKING_RUNS
        progress = True
        while progress:
            progress = False
            assert wrong.input is not None and wrong.schedule is not None
            for sizes in smaller(wrong.input.recipe.sizes):
                if left == 0 or time.monotonic() > until:
                    return wrong
                left -= 1
                case = self._case(replace(wrong.input.recipe, sizes=sizes))
                found = self._judged(case, wrong.schedule) if case else None
                if found is not None:
                    wrong, progress = found, True
                    break
        return wrong

    def _assumptions(self) -> Iterator[str]:
        yield from (f"{shown(condition)}" for condition in self.subject.requires)
        for scalar in self.subject.scalars:
            if scalar.values:
                yield f"{scalar.name} is one of {', '.join(map(str, scalar.values))}"
        if self.subject.distinct and any(overlaps(replace(self.subject, distinct=False))):
            yield "arrays do not overlap"
        for array in self.subject.arrays:
            if array.role != PLAIN:
                yield f"'{array.name}' holds {array.role.says}"

    def _notes(self) -> Iterator[str]:
        block = block_sizes(self.text.text)[0]
        if all(units <= block for one in self.used for units in one.given.counts.values()):
            yield f"no array has more than {block} elements: a second block may never have run"
        if tuple(dict.fromkeys(s.order for s in _SCHEDULES if s in self.schedules)) != ORDERS:
            yield "not all orders of threads were run: out of time"
        if self.hurried:
            yield "some kinds of inputs were not tried: out of time"
        if self.skipped:
            yield f"{self.skipped} inputs were not tried, because others of their sizes took long"
        for pair in skipped_pairs(self.subject):
            yield f"'{pair.first}' and '{pair.second}' were not made to overlap"
