"""Language models beside the rules: other texts for methods, checked, and put in the place of those that they better.

What is chosen for single methods is checked once more together, like any module; a method that is weaker there than
with the rules alone goes back to the rules' text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from transpile.core.verdict import Proved, Undecided
from transpile.core.yields import Yields
from transpile.errors import Diagnostic
from transpile.modernize.answers import cost_of
from transpile.modernize.checks import Checks
from transpile.modernize.choosing import Improving, Judging, Limits, Passed, choose, indented
from transpile.modernize.judging import RANKS, Judge
from transpile.modernize.kept import checked_once
from transpile.modernize.ladder import Checked, Climb
from transpile.modernize.paragraphs import paragraphs
from transpile.modernize.proposers import Seat, Task
from transpile.modernize.results import source_lines
from transpile.modernize.scope import scope_of
from transpile.modernize.subject import Key, Subject
from transpile.python.splicing import method_text, spliced
from transpile.translation import Attempt, BlockResult, Translation

FEWEST_LINES = 2
"""Of a method, without its first line and its docstring; shorter ones are as good as they get."""
TOGETHER = "all checks together"


@dataclass(frozen=True, slots=True)
class Improved:
    """A program with the texts that stand, and what is known of it. ``chosen``: by method, who had its text."""

    subject: Subject
    found: Climb
    chosen: Mapping[Key, str] = field(default_factory=dict)
    attempts: Mapping[Key, tuple[Attempt, ...]] = field(default_factory=dict)
    yields: Mapping[Key, Yields] = field(default_factory=dict)
    troubles: tuple[Diagnostic, ...] = ()


def improve(
    subject: Subject, found: Climb, checks: Checks, store: Path | None, seats: Sequence[Seat], limits: Limits
) -> Improved:
    """Ask ``seats`` about the methods of ``subject``, of which ``found`` is known."""
    judge: Judging = Judge(subject, checks, store)
    improving = {one.task.key: one for one in choose(list(tasks(subject, found)), seats, judge, limits)}
    standing = {key: best for key, one in improving.items() if (best := one.best) is not None}
    made, known = _together(subject, found, checks, store, standing, improving)
    for key, best in standing.items():
        saved = max(improving[key].task.cost - best.cost, 0)
        improving[key].yields.chosen(best.proposer, best.step, saved)
    return Improved(
        made,
        _with_cases(known, improving),
        {key: best.proposer for key, best in standing.items()},
        {key: tuple(one.attempts) for key, one in improving.items()},
        {key: one.yields for key, one in improving.items()},
        tuple(_troubles(seats)),
    )


def tasks(subject: Subject, found: Climb) -> Iterator[Task]:
    """The methods that are worth asking about."""
    for key, one, method in subject.methods:
        text = method_text(subject.module, one.class_name, method.name)
        if len(_body(text)) < FEWEST_LINES:
            continue
        yield Task(
            key,
            method.name,
            tuple(
                line
                for each in paragraphs(subject.unit, one)
                if key in each.runs_in
                for line in source_lines(subject.unit, each)
            ),
            text,
            cost_of(text),
            found.methods[key].verdict,
            "\n".join(_declarations(subject.module.text, text)),
            scope_of(subject.module, one.class_name, method.name),
        )


def _body(text: str) -> list[str]:
    """The lines of a method behind its docstring."""
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.FunctionDef)
    start = node.body[0].end_lineno if ast.get_docstring(node) is not None else node.lineno
    return text.splitlines()[start:]


def _declarations(module: str, method: str) -> Iterator[str]:
    """The lines of the module's classes that say what ``method`` works on."""
    used = {node.attr for node in ast.walk(ast.parse(method)) if isinstance(node, ast.Attribute)}
    lines = module.splitlines()
    for owner in ast.parse(module).body:
        if not isinstance(owner, ast.ClassDef):
            continue
        touched = [node for node in owner.body if not _is_method(node) and used & set(_declared(node))]
        if touched:
            yield lines[owner.lineno - 1]
        for node in touched:
            start = node.decorator_list[0].lineno if isinstance(node, ast.FunctionDef) else node.lineno
            yield from lines[start - 1 : node.end_lineno]


def _is_method(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and not node.decorator_list


def _declared(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.FunctionDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            yield from (each.id for each in targets if isinstance(each, ast.Name))


def _together(
    subject: Subject,
    found: Climb,
    checks: Checks,
    store: Path | None,
    standing: dict[Key, Passed],
    improving: Mapping[Key, Improving],
) -> tuple[Subject, Climb]:
    """All that is in ``standing`` in one module; what does not hold there is taken out of it."""
    names = {key: method.name for key, _, method in subject.methods}
    while standing:
        module = subject.module
        for key, best in standing.items():
            module = spliced(module, key[0], names[key], best.text)
        made = replace(subject, module=module)
        known = checked_once(made, checks, store)
        weaker = {key for key, one in found.methods.items() if _is_weaker(known.methods[key], one)}
        if not weaker:
            return made, known
        for key in weaker & standing.keys() or set(standing):
            best = standing.pop(key)
            reason = Undecided("in its program it, or what performs it, is weaker than the rules' translation")
            lines = indented(best.text)
            improving[key].attempts.append(Attempt(best.proposer, best.cost, reason, best.step, TOGETHER, lines))
    return subject, found


def _is_weaker(new: Checked, old: Checked) -> bool:
    if isinstance(new.verdict, Proved) and isinstance(old.verdict, Proved):
        return not set(new.verdict.assumptions) <= set(old.verdict.assumptions)
    return RANKS[new.verdict.word] > RANKS[old.verdict.word]


def _with_cases(found: Climb, improving: Mapping[Key, Improving]) -> Climb:
    """The runs that refuted what was proposed come first among the tests of a method."""
    methods = {
        key: replace(one, cases=(*improving[key].cases, *one.cases)) if key in improving else one
        for key, one in found.methods.items()
    }
    return replace(found, methods=methods)


def _troubles(seats: Sequence[Seat]) -> Iterator[Diagnostic]:
    for seat in seats:
        if seat.trouble:
            message = f"the language model '{seat.name}' did not answer everything: {seat.trouble}"
            yield Diagnostic("warning", message, None, "those paragraphs are translated without", passing=True)


def told(translation: Translation, improved: Improved) -> Translation:
    """``translation`` with what was tried for each paragraph, and what it took."""
    names = {f"{key[0]}.{method.name}": key for key, _, method in improved.subject.methods}
    counted: set[Key] = set()

    def of(block: BlockResult) -> BlockResult:
        keys = [names[name] for name in block.relation]
        yields = Yields()
        for key in keys:
            if key in improved.yields and key not in counted:
                counted.add(key)
                yields.add(improved.yields[key])
        attempts = tuple(each for key in keys for each in improved.attempts.get(key, ()))
        proposers = [improved.chosen[key] for key in keys if key in improved.chosen]
        proposer = proposers[0] if proposers else block.proposer
        return replace(block, history=(*attempts, *block.history), yields=yields, proposer=proposer)

    functions = tuple(replace(one, blocks=tuple(map(of, one.blocks))) for one in translation.functions)
    return replace(translation, functions=functions, diagnostics=(*translation.diagnostics, *improved.troubles))
