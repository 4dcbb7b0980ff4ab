"""Statements that say what comes next: IF, EVALUATE, PERFORM, GO TO, SEARCH, CALL, EXIT, STOP."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from transpile.cobol.parse.blocks import EXCEPTION, block, handler, is_label, label, labels, procedures, statements
from transpile.cobol.parse.cursor import Cursor
from transpile.cobol.parse.expressions import condition, expression, operand, partial, reference, subject
from transpile.cobol.statements import (
    Alter,
    Argument,
    Call,
    Cancel,
    Continue,
    Evaluate,
    Exit,
    GoBack,
    GoTo,
    If,
    Label,
    NextSentence,
    Perform,
    Search,
    SearchBranch,
    Selection,
    Stop,
    Varying,
    When,
)
from transpile.cobol.tree import Always, Condition, Expression, Number, Range, Reference, Statement


def if_(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    test = condition(p)
    p.accept("THEN")
    then = () if p.text == "ELSE" else block(p, "after the condition of IF")
    otherwise: tuple[Statement, ...] = ()
    if p.accept("ELSE"):
        otherwise = block(p, "after ELSE")
    p.accept("END-IF")
    return If(test, then, otherwise, span=p.span(start))


def next_sentence(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    p.expect("SENTENCE", "after NEXT")
    return NextSentence(span=p.span(start))


def evaluate(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    subjects = [subject(p)]
    while p.accept("ALSO"):
        subjects.append(subject(p))
    branches: list[When] = []
    other: tuple[Statement, ...] | None = None
    while p.text == "WHEN":
        if p.next == "OTHER":
            p.at += 2
            other = block(p, "after WHEN OTHER")
            break
        branches.append(_when(p, subjects))
    if not branches and other is None:
        p.fail(f"'WHEN' is expected after the subject of EVALUATE, not {p.shown()}")
    p.accept("END-EVALUATE")
    return Evaluate(tuple(subjects), tuple(branches), other, span=p.span(start))


def _when(p: Cursor, subjects: list[Expression | Condition]) -> When:
    start = p.at
    choices: list[tuple[Selection, ...]] = []
    while p.text == "WHEN" and p.next != "OTHER":
        at = p.at
        p.at += 1
        choice = [_selection(p, subjects[0])]
        while p.accept("ALSO"):
            choice.append(_selection(p, subjects[min(len(choice), len(subjects) - 1)]))
        if len(choice) != len(subjects):
            p.fail(f"WHEN has {len(choice)} objects, but EVALUATE {len(subjects)} subjects", at=at)
        choices.append(tuple(choice))
    return When(tuple(choices), statements(p), span=p.span(start))


def _selection(p: Cursor, of: Expression | Condition) -> Selection:
    start = p.at
    if p.accept("ANY"):
        return Selection(None, span=p.span(start))
    if not isinstance(of, Condition) and (relation := partial(p, of)):
        return Selection(relation, span=p.span(start))
    negated = not isinstance(of, Condition) and p.accept("NOT")
    found = subject(p)
    if isinstance(found, Condition):
        return Selection(found, negated, span=p.span(start))
    high: Expression | None = None
    if p.accept_any({"THRU", "THROUGH"}):
        high = expression(p)
    return Selection(Range(found, high, span=found.span), negated, span=p.span(start))


def perform(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    first: Label | None = None
    last: Label | None = None
    if is_label(p) and not _counts(p) and p.text != "FOREVER":
        first, last = procedures(p)
    times, until, varying, after = _iteration(p)
    body: tuple[Statement, ...] = ()
    if first is None:
        body = statements(p)
        if not p.accept("END-PERFORM"):
            hint = "a PERFORM without the name of a paragraph ends with END-PERFORM"
            p.fail(f"'END-PERFORM' is expected for the PERFORM in line {p.span(start).line}, not {p.shown()}", hint)
    return Perform(first, last, times, until, varying, after, body, span=p.span(start))


def _counts(p: Cursor) -> bool:
    """The word here is a number of TIMES, not the name of a procedure."""
    if p.next == "TIMES" or p.next == "(":
        return True
    return p.next in ("OF", "IN") and p.peek(3) in ("TIMES", "(")


def _iteration(p: Cursor) -> tuple[Expression | None, Condition | None, tuple[Varying, ...], bool]:
    after = _tested_after(p)
    if p.text in ("UNTIL", "FOREVER"):
        return None, _until(p), (), after or _tested_after(p)
    if p.accept("VARYING"):
        varying = [_varying(p)]
        while p.text == "AFTER":
            p.at += 1
            varying.append(_varying(p))
        return None, None, tuple(varying), after
    if p.is_operand():
        times = operand(p)
        p.expect("TIMES", "after the number of iterations")
        return times, None, (), after
    return None, None, (), after


def _tested_after(p: Cursor) -> bool:
    if p.text == "TEST" or (p.text == "WITH" and p.next == "TEST"):
        p.skip("WITH", "TEST")
        if p.accept("AFTER"):
            return True
        p.expect("BEFORE", "or 'AFTER'")
    return False


def _until(p: Cursor) -> Condition:
    start = p.at
    if p.accept("FOREVER") or p.accept_all("UNTIL", "EXIT"):
        return Always(False, span=p.span(start))
    p.expect("UNTIL")
    return condition(p)


def _varying(p: Cursor) -> Varying:
    start = p.at
    counter = reference(p)
    p.expect("FROM", "after the counter")
    initial = expression(p)
    step: Expression = Number(Decimal(1), "1", span=p.span(start))
    if p.accept("BY"):
        step = expression(p)
    return Varying(counter, initial, step, _until(p), span=p.span(start))


def go(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    p.accept("TO")
    if not is_label(p):
        return GoTo((), span=p.span(start))
    found = labels(p, "the name of a procedure")
    depending: Reference | None = None
    if p.accept("DEPENDING"):
        p.accept("ON")
        depending = reference(p)
    elif len(found) > 1:
        p.fail(f"'DEPENDING' is expected after several names in GO TO, not {p.shown()}")
    return GoTo(found, depending, span=p.span(start))


def alter(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    changes: list[tuple[Label, Label]] = []
    while is_label(p) or not changes:
        old = label(p, "the name of a paragraph")
        p.expect("TO", "in ALTER")
        if p.accept("PROCEED"):
            p.accept("TO")
        changes.append((old, label(p, "the name of a paragraph")))
    return Alter(tuple(changes), span=p.span(start))


def search(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    binary = p.accept("ALL")
    table = reference(p)
    varying = reference(p) if p.accept("VARYING") else None
    at_end: tuple[Statement, ...] | None = None
    if p.text == "END" or (p.text == "AT" and p.next == "END"):
        p.skip("AT", "END")
        at_end = block(p, "after AT END")
    branches: list[SearchBranch] = []
    while p.text == "WHEN":
        at = p.at
        p.at += 1
        test = condition(p)
        p.accept("THEN")
        branches.append(SearchBranch(test, block(p, "after WHEN"), span=p.span(at)))
    if not branches:
        p.fail(f"'WHEN' is expected in SEARCH, not {p.shown()}")
    p.accept("END-SEARCH")
    return Search(table, tuple(branches), varying, binary, at_end, span=p.span(start))


def call(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    program = operand(p)
    arguments = _arguments(p) if p.accept("USING") else ()
    returning: Reference | None = None
    if p.accept_any({"RETURNING", "GIVING"}):
        p.accept("INTO")
        returning = reference(p)
    on_exception = handler(p, EXCEPTION)
    p.accept("END-CALL")
    return Call(program, arguments, returning, on_exception, span=p.span(start))


def _arguments(p: Cursor) -> tuple[Argument, ...]:
    by: Literal["REFERENCE", "CONTENT", "VALUE"] = "REFERENCE"
    found: list[Argument] = []
    while True:
        start = p.at
        p.accept("BY")
        match p.accept_any({"REFERENCE", "CONTENT", "VALUE"}):
            case "REFERENCE":
                by = "REFERENCE"
            case "CONTENT":
                by = "CONTENT"
            case "VALUE":
                by = "VALUE"
        if p.accept("OMITTED"):
            found.append(Argument(None, by, span=p.span(p.at - 1)))
        elif p.is_operand() or not found or p.at > start:
            at = p.at
            value = operand(p) if by != "VALUE" else expression(p)
            found.append(Argument(value, by, span=p.span(at)))
        else:
            return tuple(found)


def cancel(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    programs = [operand(p)]
    while p.is_operand():
        programs.append(operand(p))
    return Cancel(tuple(programs), span=p.span(start))


def continue_(p: Cursor) -> Statement:
    p.at += 1
    return Continue(span=p.span(p.at - 1))


def exit_(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    span = p.span(start)
    match p.accept_any({"PROGRAM", "PARAGRAPH", "SECTION", "FUNCTION", "PERFORM"}):
        case "PROGRAM":
            return Exit("PROGRAM", span=span)
        case "PARAGRAPH":
            return Exit("PARAGRAPH", span=span)
        case "SECTION":
            return Exit("SECTION", span=span)
        case "FUNCTION":
            return Exit("FUNCTION", span=span)
        case "PERFORM":
            return Exit("CYCLE" if p.accept("CYCLE") else "PERFORM", span=span)
        case _:
            return Continue(span=span)


def stop(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    if not p.accept("RUN"):
        return Stop(literal=operand(p), span=p.span(start))
    status: Expression | None = None
    if p.accept_any({"RETURNING", "GIVING"}) or p.is_operand():
        status = operand(p)
    return Stop(status, span=p.span(start))


def goback(p: Cursor) -> Statement:
    start = p.at
    p.at += 1
    status = operand(p) if p.accept_any({"RETURNING", "GIVING"}) else None
    return GoBack(status, span=p.span(start))
