"""A verdict for each paragraph, with the COBOL and the Python that it is about."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from transpile.cobol.source import read_source
from transpile.cobol.unit import Unit
from transpile.core.verdict import Proved, Refuted, Tested, Undecided, Verdict
from transpile.errors import Diagnostic, TranspileError
from transpile.modernize.ladder import Checked, Climb
from transpile.modernize.paragraphs import Standing, paragraphs
from transpile.modernize.subject import Key, Subject
from transpile.python.correspondence import Correspondence
from transpile.translation import BlockResult, FunctionResult, Rung, reason_of

PROPOSER = "rules"
NEVER_REACHED = "the paragraph {} is never reached: nothing performs it, goes to it or falls into it"
_WEAKEST_FIRST = ("refuted", "undecided", "tested", "proved")


def results(subject: Subject, found: Climb) -> tuple[FunctionResult, ...]:
    """A result for each program, with the paragraphs that are reached, in the order of the text."""
    texts = method_texts(subject)
    return tuple(
        FunctionResult(one.program.origin, tuple(_blocks(subject, one, found, texts))) for one in subject.module.classes
    )


def remarks(subject: Subject) -> Iterator[Diagnostic]:
    """What is to be said of paragraphs that have no verdict, as no Python stands for them."""
    for one in subject.module.classes:
        for each in paragraphs(subject.unit, one):
            if not each.runs_in:
                yield Diagnostic("warning", NEVER_REACHED.format(each.name), each.span)


def _blocks(
    subject: Subject, one: Correspondence, found: Climb, texts: Mapping[Key, tuple[str, ...]]
) -> Iterator[BlockResult]:
    origins = {(one.class_name, method.paragraphs): method.name for method in one.methods if method.paragraphs}
    for each in paragraphs(subject.unit, one):
        if not each.runs_in:
            continue
        target = tuple(line for key in each.runs_in for line in texts[key])
        checked = {key: found.methods[key] for key in each.runs_in}
        yield BlockResult(
            each.name,
            each.span.line,
            each.last_line,
            tuple(source_lines(subject.unit, each)),
            target,
            weakest([one.verdict for one in checked.values()]),
            {f"{one.class_name}.{origins[key]}": _runs(key) for key in each.runs_in},
            PROPOSER,
            cost=len(target),
            rlimit=sum(one.verdict.rlimit for one in checked.values() if isinstance(one.verdict, Proved)),
            rungs=together(list(checked.values())),
        )


def _runs(key: Key) -> str:
    begin, end = key[1]
    return "the paragraph alone" if begin == end else f"paragraphs {begin + 1} to {end + 1}, and what they go to"


def source_lines(unit: Unit, one: Standing) -> Sequence[str]:
    """The lines of a paragraph, wherever it stands."""
    lines = unit.lines if one.span.file == unit.file else _lines_of(one.span.file)
    return [line.rstrip() for line in lines[one.span.line - 1 : one.last_line]]


@cache
def _lines_of(file: str) -> Sequence[str]:
    try:
        return read_source(file).lines
    except TranspileError:
        return ()


def method_texts(subject: Subject) -> Mapping[Key, tuple[str, ...]]:
    """The lines of each method in the module, and of the parts that it has in methods of their own."""
    lines = subject.module.text.splitlines()
    owners = {one.class_name: one for one in subject.module.classes}
    texts: dict[Key, tuple[str, ...]] = {}
    for owner in ast.parse(subject.module.text).body:
        if isinstance(owner, ast.ClassDef) and (one := owners.get(owner.name)) is not None:
            methods = {node.name: node for node in owner.body if isinstance(node, ast.FunctionDef)}
            parts = {method.name for method in one.methods if method.paragraphs is None}
            for method in one.methods:
                if method.paragraphs is not None:
                    wanted = [method.name, *sorted(_called(methods[method.name]) & parts)]
                    texts[owner.name, method.paragraphs] = tuple(
                        line for name in wanted for line in lines[methods[name].lineno - 1 : methods[name].end_lineno]
                    )
    return texts


def _called(method: ast.FunctionDef) -> set[str]:
    """The names of what a method calls of its own object."""
    return {
        node.func.attr
        for node in ast.walk(method)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }


def weakest(found: Sequence[Verdict]) -> Verdict:
    """One verdict for several methods that have the same paragraph."""
    word = min((one.word for one in found), key=_WEAKEST_FIRST.index)
    chosen = [one for one in found if one.word == word]
    match chosen[0]:
        case Proved():
            proofs = [one for one in chosen if isinstance(one, Proved)]
            assumed = dict.fromkeys(text for one in proofs for text in one.assumptions)
            return Proved(tuple(assumed), sum(one.rlimit for one in proofs))
        case Tested() as first:
            reasons = dict.fromkeys(reason_of(one) for one in chosen)
            return Tested(min(one.runs for one in chosen if isinstance(one, Tested)), first.seed, "; ".join(reasons))
        case Refuted():
            return Refuted(
                {}, tuple(dict.fromkeys(d for one in chosen if isinstance(one, Refuted) for d in one.differs))
            )
        case Undecided():
            return Undecided("; ".join(dict.fromkeys(reason_of(one) for one in chosen)))


def together(found: Sequence[Checked]) -> tuple[Rung, ...]:
    """The rungs of several methods as one ladder: each rung is the weakest there."""
    order = ("failed", "skipped", "open", "passed")
    ladder = []
    for same in zip(*(one.rungs for one in found), strict=True):
        rung = min(same, key=lambda one: order.index(one.outcome))
        assumed = tuple(dict.fromkeys(text for one in same for text in one.assumptions))
        ladder.append(Rung(rung.name, rung.outcome, rung.detail, assumed))
    return tuple(ladder)
