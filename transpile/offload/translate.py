"""A C file to a checked CUDA file: the way in.

Plans are proposed for a function, the best first; each is carried out and checked, until one is not refuted. What
cannot run on the device, and why, is told with places in the C file.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path

from transpile.c.inlining import inlined, loops_within
from transpile.c.parse import parse_file, parse_text
from transpile.c.preprocess import Options as Preprocessing
from transpile.c.types import Pointer
from transpile.c.unit import Function, Unit
from transpile.c.walking import walk
from transpile.core.verdict import Undecided, Verdict
from transpile.cuda.emit import Emitted, emit
from transpile.cuda.plan import Grid, Host, Plan, Step
from transpile.cuda.plan_text import parse as parse_plan
from transpile.cuda.plan_text import show
from transpile.errors import Diagnostic, TranspileError, UsageError
from transpile.offload.admission import admit
from transpile.offload.chain import chain
from transpile.offload.choosing import Checked, Choosing, Limits, told
from transpile.offload.cost import Model as CostModel
from transpile.offload.expansion import Expanded, expanded
from transpile.offload.kept import checked_once
from transpile.offload.ladder import Climb
from transpile.offload.naming import named_extents, relied_on
from transpile.offload.proposers import Idea, Seat, Task
from transpile.offload.results import comparison, kernel_lines, step_loop, weakest
from transpile.offload.rules import Proposal, beside_the_device, proposals, reasons
from transpile.offload.searches import without_early_ends
from transpile.offload.stated import stated_extents
from transpile.offload.subject import Subject
from transpile.offload.workplace import workplace
from transpile.options import Options
from transpile.solvers.loops.analysis import Analysis, analyse
from transpile.solvers.loops.assumptions import Distinct as MustBeDistinct
from transpile.solvers.loops.claims import claims
from transpile.solvers.loops.extents import ArrayUse, Extent, NoExtent
from transpile.solvers.loops.privatise import is_private
from transpile.solvers.loops.verdicts import Parallel
from transpile.translation import Attempt, BlockResult, FunctionResult, Translation
from transpile.trials.compare import EXACT
from transpile.trials.device import Device
from transpile.trials.facts import Access, Facts, Shape
from transpile.trials.trial import Settings

TARGET = "cuda"
UNCHECKED = Climb({}, (), False, {})
WORKSPACE = "what '{}' holds before and after the call does not matter"


ALONE = Options(lm="none")
"""The rules, and nobody beside them."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a caller may choose. ``extents`` are C expressions by array, ``plan`` the text of a plan to carry out
    instead of those proposed. ``cache`` is a folder that keeps the emulator's own code, which takes seconds to
    compile (None: nothing is kept). What arrays in ``scratch`` hold before and after the call does not matter."""

    function: str = ""
    extents: Mapping[str, str] = field(default_factory=dict)
    scratch: frozenset[str] = frozenset()
    plan: str = ""
    plan_file: str = "<plan>"
    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    seconds: float = 1.5
    seed: int = 1
    cache: Path | None = None
    models: Options = ALONE
    """Who proposes beside the rules, and what that may cost."""
    device: Device | None = None
    """The GPU to run the result on as well."""
    store: Path | None = None
    """The proof store's file: what was checked before is not checked again."""


@dataclass(frozen=True, slots=True)
class Offloaded:
    """A translation, and the plan that it follows (None if no loop can run on the device). ``seconds`` are those that
    the analysis took, and each check of the plan. ``subject`` is what was checked of a plan."""

    translation: Translation
    plan: Plan | None
    seconds: Mapping[str, float] = field(default_factory=dict)
    subject: Subject | None = field(default=None, repr=False)


def translate_c(path: str | Path, choices: Choices) -> Offloaded:
    """Translate a function of the C file at ``path``. Raises SourceErrors for C that is wrong or refused, and
    UsageError where there is no such function."""
    return translated(parse_file(path, choices.preprocessing), str(path), choices)


def translate_c_text(text: str, file: str, choices: Choices) -> Offloaded:
    """The same for C that is not in a file."""
    return translated(parse_text(text, file, choices.preprocessing), file, choices)


def translated(unit: Unit, file: str, choices: Choices, check: bool = True) -> Offloaded:
    """Translate a function of ``unit``; without ``check``, what is proposed first, with no verdicts."""
    start = time.monotonic()
    chosen = _chosen(unit, choices.function)
    _require_arrays(chosen, choices.scratch)
    choices = replace(choices, extents={**stated_extents(chosen), **choices.extents})
    admit(unit, chosen)
    known = _analysed(unit, chosen, choices)
    analysis, function = known.analysis, known.analysis.function
    candidates = list(_candidates(known, choices))
    taken = {"analysis": time.monotonic() - start}
    seats = chain(choices.models) if not choices.plan else []
    if not candidates and not any(seat.outside for seat in seats):
        return _beside(_refused(file, function, reasons(analysis) or (_nothing(function),)), analysis)
    with workplace(choices.cache) as folder:
        work = _Work(known, file, choices, folder, taken, check)
        return _beside(_proposed(work, candidates, seats) if seats else work.best(candidates), analysis)


def _beside(found: Offloaded, analysis: Analysis) -> Offloaded:
    """``found`` with what is to be said of pragmas."""
    told = (*found.translation.diagnostics, *claims(analysis))
    return replace(found, translation=replace(found.translation, diagnostics=told))


def _proposed(work: _Work, candidates: Sequence[Proposal], seats: Sequence[Seat]) -> Offloaded:
    """The best of what the rules and the proposers in ``seats`` have."""
    usual: list[Offloaded] = []
    checked: dict[Idea, tuple[Offloaded, Checked]] = {}

    def check(idea: Idea, proposer: str) -> Checked:
        checked[idea] = (
            work.whole(idea.text, candidates, proposer)
            if idea.plan is None
            else work.planned(idea.plan, candidates, proposer)
        )
        return checked[idea][1]

    def rules() -> Checked | None:
        if candidates and not usual:
            usual.append(work.best(candidates))
        return work.standing

    first = next(filter(work.emits, candidates), None)
    analysis = work.known.analysis
    task = Task(work.known.unit, work.function, analysis, first, CostModel(analysis), work.known.written_first)
    models = work.choices.models
    choice = Choosing(task, seats, Limits(models.candidates, models.feedback), check, rules).run()
    if choice.idea is not None:
        found = checked[choice.idea][0]
    else:
        rules()
        found = usual[0] if usual else _refused(work.file, work.function, reasons(analysis))
    return replace(found, translation=told(found.translation, choice))


@dataclass(frozen=True, slots=True)
class _Known:
    """A function as it is emitted: with calls replaced, searches as reductions, and workspace expanded. ``original`` is
    the one that it is compared with, before searches are reductions. ``arrays`` are those that it is given,
    ``written_first`` the workspace of which nothing is read before it is written, ``assumed`` what is taken for granted
    of sizes."""

    unit: Unit
    original: Function
    analysis: Analysis
    arrays: tuple[ArrayUse, ...]
    written_first: frozenset[str]
    assumed: tuple[Diagnostic, ...] = ()


def _analysed(unit: Unit, function: Function, choices: Choices) -> _Known:
    while True:
        analysis = analyse(unit, function, choices.extents)
        changed, function = inlined(unit, function, beside_the_device(analysis))
        if changed is unit:
            break
        unit = changed
    searched = without_early_ends(function)
    analysis, named = _with_names(unit, searched.function, choices)
    assumed = (*named, *searched.assumed)
    workspace = [use for use in analysis.arrays if use.variable.name in choices.scratch and use.written]
    first = {use.variable.name for use in workspace if not use.copy_in or _written_first(analysis, use)}
    known = _Known(unit, function, analysis, analysis.arrays, frozenset(first), assumed)
    larger = expanded(unit, analysis, choices.scratch) if choices.scratch and not searched.assumed else None
    if larger is None or not _planned(larger, choices):
        return known
    analysis = analyse(larger.unit, larger.function, choices.extents)
    parallel = {(one.span.line, one.span.column) for one in analysis.walk() if isinstance(one.verdict, Parallel)}
    if any(isinstance(one, MustBeDistinct) for one in analysis.assumptions) or not larger.loops <= parallel:
        return known
    return _Known(larger.unit, larger.function, analysis, known.arrays, known.written_first | larger.arrays, assumed)


def _with_names(unit: Unit, function: Function, choices: Choices) -> tuple[Analysis, list[Diagnostic]]:
    """The analysis; extents that it does not find are those that parameters are named after."""
    analysis = analyse(unit, function, choices.extents)
    names = named_extents(function)
    unknown = [use.variable.name for use in analysis.arrays if isinstance(use.extent, NoExtent) or use.extent.usual]
    named = {array: names[array] for array in unknown if array in names}
    if not named or choices.plan:
        return analysis, []
    return analyse(unit, function, {**named, **choices.extents}), [relied_on(*pair) for pair in named.items()]


def _written_first(analysis: Analysis, use: ArrayUse) -> bool:
    """Whether it is known that nothing of the array is read before it is written; not where arithmetic wraps around."""
    understood = isinstance(use.extent, Extent) and not use.extent.given
    return understood and is_private(analysis.facts, None, use.variable)


def _planned(larger: Expanded, choices: Choices) -> bool:
    """Whether the user's plan, if there is one, runs all loops on the device that have workspace of their own."""
    if not choices.plan:
        return True
    steps = [step.loop for step in parse_plan(choices.plan, choices.plan_file).steps if isinstance(step.how, Grid)]
    return all(any(step.line == line and step.column in (0, column) for step in steps) for line, column in larger.loops)


def _chosen(unit: Unit, name: str) -> Function:
    """The function called ``name``, or the only one with loops that others can call."""
    if name:
        try:
            return _own(unit, unit.function(name))
        except KeyError:
            known = ", ".join(f"'{one.name}'" for one in unit.functions) or "none"
            raise UsageError(f"{unit.file} has no function '{name}'", f"there are: {known}") from None
    unit.require()
    found = with_loops(unit)
    if len(found) == 1:
        return found[0]
    if not found:
        static = ", ".join(one.name for one in unit.functions if loops_within(unit, one.name))
        if static:
            raise UsageError(
                f"all functions with a loop in {unit.file} are static", f"choose with --function: {static}"
            )
        raise UsageError(f"no function with a loop in {unit.file}", "loops are what runs on the device")
    names = ", ".join(one.name for one in found)
    raise UsageError(f"{unit.file} has several functions with loops: {names}", "choose one with --function")


def _own(unit: Unit, function: Function) -> Function:
    if not unit.own(function):
        where = f"'{function.name}' stands in {function.span.file}, not in {unit.file}"
        raise UsageError(where, "translate a function that calls it: it becomes a part of that")
    return function


def with_loops(unit: Unit) -> list[Function]:
    """The functions of the file itself that have loops, or call functions that have, and can be called from elsewhere;
    ``main`` only if there are no others."""
    own = [one for one in unit.functions if unit.own(one)]
    found = [one for one in own if not one.static and loops_within(unit, one.name)]
    return [one for one in found if one.name != "main"] or found


def _require_arrays(function: Function, names: Collection[str]) -> None:
    arrays = [one.name for one in function.parameters if isinstance(one.type, Pointer)]
    for name in sorted(set(names).difference(arrays)):
        hint = f"its arrays are: {', '.join(arrays)}" if arrays else ""
        raise UsageError(f"'{function.name}' has no array parameter '{name}'", hint)


def _candidates(known: _Known, choices: Choices) -> Iterator[Proposal]:
    if choices.plan:
        yield Proposal(parse_plan(choices.plan, choices.plan_file), ())
        return
    for one in proposals(known.analysis, known.written_first):
        yield replace(one, left=(*one.left, *known.assumed))


def _left(analysis: Analysis) -> Iterator[Diagnostic]:
    return (d for d in reasons(analysis) if d.severity != "note")


def _nothing(function: Function) -> Diagnostic:
    return Diagnostic("error", f"'{function.name}' has no loop that could run on the device", function.span)


def _refused(file: str, function: Function, why: Sequence[Diagnostic]) -> Offloaded:
    """Nothing is emitted; ``why`` becomes errors."""
    errors = tuple(replace(diagnostic, severity="error") for diagnostic in why if diagnostic.severity != "note")
    named = errors or (Diagnostic("error", f"no loop of '{function.name}' runs on the device", function.span),)
    return Offloaded(Translation("", file, TARGET, (FunctionResult(function.name),), named), None)


@dataclass(slots=True)
class _Work:
    known: _Known
    file: str
    choices: Choices
    folder: Path
    seconds: Mapping[str, float]
    check: bool = True
    tried: list[Attempt] = field(default_factory=list)
    standing: Checked | None = None
    """What came of the plan that ``best`` has taken."""

    def best(self, candidates: Sequence[Proposal]) -> Offloaded:
        """The first candidate that is not refuted; else the last one, with what is wrong with it."""
        errors: list[TranspileError] = []
        last: Offloaded | None = None
        for candidate in candidates:
            try:
                emitted = emit(self.known.unit, self.function, candidate.plan)
            except TranspileError as error:
                errors.append(error)
                continue
            subject = self._subject(candidate.plan, emitted)
            found = self._checked(subject) if self.check else UNCHECKED
            last = self._offloaded(candidate, emitted, found, self._proposer, subject)
            self.standing = Checked(found, self._regroups(candidate.plan))
            if not found.refuted:
                return last
            self._note(candidate, found)
        if last is not None:
            return last
        if self.choices.plan:
            raise errors[0]
        told = [d for error in errors[:1] for d in error.diagnostics]
        # Places in a plan that nobody has written mean nothing.
        told = [replace(d, span=None) if d.span and d.span.file == candidates[0].plan.file else d for d in told]
        return _refused(self.file, self.function, [*told, *_left(self.known.analysis)])

    def emits(self, candidate: Proposal) -> bool:
        try:
            emit(self.known.unit, self.function, candidate.plan)
        except TranspileError:
            return False
        return True

    def planned(self, plan: Plan, usual: Sequence[Proposal], proposer: str) -> tuple[Offloaded, Checked]:
        """A plan that was proposed, carried out and checked; raises what the emitter says of it."""
        emitted = emit(self.known.unit, self.function, plan)
        subject = self._subject(plan, emitted)
        found = self._checked(subject)
        left = usual[0].left if usual else ()
        done = self._offloaded(Proposal(plan, left), emitted, found, proposer, subject)
        return done, Checked(found, self._regroups(plan))

    def whole(self, text: str, usual: Sequence[Proposal], proposer: str) -> tuple[Offloaded, Checked]:
        """A whole CUDA text, checked; it may be as far from C as the rules' plan is."""
        plan = usual[0].plan if usual else Plan()
        subject = replace(self._subject(plan, Emitted(text, ())), checked=frozenset(), emitted=False)
        found = self._checked(subject)
        name, blocks = self.function.name, (self._whole_block(text, found, proposer),)
        note = Diagnostic("note", f"'{name}' was written by '{proposer}' as a whole; no plan stands behind it")
        told = (note, *found.diagnostics)
        translation = Translation(text, self.file, TARGET, (FunctionResult(name, blocks),), told)
        return Offloaded(translation, None, {**self.seconds, **found.seconds}), Checked(found, self._regroups(plan))

    def _whole_block(self, text: str, found: Climb, proposer: str) -> BlockResult:
        first, last = self.function.first_line, self.function.last_line
        checked = weakest(list(found.kernels.values()))
        return BlockResult(
            f"{self.function.name}:{first}",
            first,
            last,
            self.known.unit.lines[first - 1 : last],
            tuple(text.splitlines()),
            checked.verdict,
            {"plan": "none: the CUDA text was written as a whole"},
            proposer,
            len(found.kernels),
            rungs=checked.rungs,
        )

    def _checked(self, subject: Subject) -> Climb:
        return checked_once(subject, self.folder, self.choices.store)

    def _offloaded(
        self, candidate: Proposal, emitted: Emitted, found: Climb, proposer: str, subject: Subject
    ) -> Offloaded:
        translation = self._translation(candidate, emitted, found, proposer)
        return Offloaded(translation, candidate.plan, {**self.seconds, **found.seconds}, subject)

    def _regroups(self, plan: Plan) -> bool:
        return comparison(self.function, plan) != EXACT

    def _note(self, candidate: Proposal, found: Climb) -> None:
        verdict: Verdict = next((c.verdict for c in found.kernels.values()), Undecided("it was not checked"))
        self.tried.append(Attempt(self._proposer, 0, verdict, text=tuple(show(candidate.plan).splitlines())))

    @property
    def _proposer(self) -> str:
        return self.choices.plan_file if self.choices.plan else "rules"

    def _subject(self, plan: Plan, emitted: Emitted) -> Subject:
        settings = Settings(comparison(self.function, plan), self.choices.seconds, seed=self.choices.seed)
        name = Path(self.file).with_suffix(".cu").name
        facts = Facts(tuple(self._shapes(plan)))
        checked = frozenset(frozenset(pair) for one in plan.distinct for pair in combinations(one.names, 2))
        extents = {array.name: array.extent for array in plan.arrays}
        return Subject(
            self.known.unit,
            self.known.original,
            self.known.analysis,
            emitted.text,
            name,
            facts,
            settings,
            extents,
            checked,
            self.choices.scratch,
            self.known.written_first,
            self.choices.device,
        )

    def _shapes(self, plan: Plan) -> Iterator[Shape]:
        """How large the arrays are that the function is given."""
        planned = {array.name: array for array in plan.arrays}
        for use in self.known.arrays:
            if use.variable.storage != "parameter" or not isinstance(use.variable.type, Pointer):
                continue
            access: Access = "inout" if use.written and use.copy_in else "out" if use.written else "in"
            if use.written and use.variable.name in self.choices.scratch:
                access = "scratch"
            if isinstance(use.extent, Extent):
                extent = use.extent.usual or use.extent.expression
            elif use.variable.name in planned:
                extent = planned[use.variable.name].extent
            else:
                continue
            yield Shape(use.variable.name, extent.replace("(size_t)", "(unsigned long)"), access)

    @property
    def function(self) -> Function:
        return self.known.analysis.function

    # Results

    def _translation(self, candidate: Proposal, emitted: Emitted, found: Climb, proposer: str) -> Translation:
        steps = [step for step in candidate.plan.steps if not isinstance(step.how, Host)]
        blocks = tuple(self._block(step, candidate.plan, emitted, found, proposer) for step in steps)
        told = [replace(d, severity="note") for d in candidate.left]
        arrays = candidate.plan.arrays
        granted = [*emitted.assumptions, *(WORKSPACE.format(a.name) for a in arrays if a.copies == "scratch")]
        granted += self._upper_bounds(candidate.plan)
        told += [Diagnostic("note", f"it is taken for granted that {text}") for text in granted]
        told += found.diagnostics
        return Translation(emitted.text, self.file, TARGET, (FunctionResult(self.function.name, blocks),), tuple(told))

    def _upper_bounds(self, plan: Plan) -> Iterator[str]:
        """Arrays of which the C function may use fewer elements than are copied."""
        copied = {array.name for array in plan.arrays if array.copies != "scratch"}
        for use in self.known.arrays:
            extent = use.extent
            if use.variable.name in copied and isinstance(extent, Extent) and not (extent.exact or extent.given):
                yield f"'{use.variable.name}' has {extent.expression} elements, even if data lets fewer be used"

    def _block(self, step: Step, plan: Plan, emitted: Emitted, found: Climb, proposer: str) -> BlockResult:
        loop = step_loop(self.function, step)
        first, last = loop.span.line, max(node.span.line for node in walk(loop) if node.span.file == loop.span.file)
        kernels = [one for one in emitted.kernels if one.nest == loop.span]
        checked = weakest([found.kernels[one.name] for one in kernels if one.name in found.kernels])
        line = next(line for line in show(plan).splitlines() if line.startswith(f"{step.loop}:"))
        return BlockResult(
            f"{self.function.name}:{step.loop}",
            first,
            last,
            self.known.unit.lines[first - 1 : last],
            tuple(kernel_lines(emitted, kernels)),
            checked.verdict,
            {"plan": line.partition(": ")[2], **{one.name: f"{one.grid}, {one.block}" for one in kernels}},
            proposer,
            len(kernels),
            history=tuple(self.tried),
            rungs=checked.rungs,
        )
