"""Immediates of a sketch by CEGIS: Z3 finds numbers, the prover decides, and its counterexamples go back to Z3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from transpile.checker import BlockChecker
from transpile.core.verdict import Proved, Undecided
from transpile.native.block import TargetLine
from transpile.native.canonical.syntax import Parsed, Syntax, fill, parse_line
from transpile.native.sketch import Hole
from transpile.planning import BlockUnit, Body
from transpile.solvers import terms
from transpile.solvers.holes import numbers
from transpile.solvers.smt import Model

ROUNDS = 8
"""Counterexamples that one set of holes may take."""
RLIMIT = 100_000
"""Solver units for the numbers of one round."""
SYMBOL = ".Lhole"


def immediates(body: Body, holes: Sequence[Hole], syntax: Syntax) -> list[Hole]:
    """The holes that are numbers."""
    found = []
    for hole in holes:
        line = body[hole.line] if hole.line < len(body) else None
        operands = parse_line(line.text, syntax).operands if line is not None and line.text else ()
        if 0 <= hole.operand < len(operands) and operands[hole.operand].kind == "imm":
            found.append(hole)
    return found


def solve(
    checker: BlockChecker, unit: BlockUnit, body: Body, holes: Sequence[Hole], syntax: Syntax, rlimit: int
) -> tuple[Body, tuple[str, ...]] | None:
    """``body`` with numbers in ``holes`` that make it proved with ``rlimit`` solver units, and what was put where."""
    lines = {hole: parse_line(body[hole.line].text, syntax) for hole in holes}
    names = {hole: f"{SYMBOL}{number}" for number, hole in enumerate(holes)}
    opened = {hole: syntax.opened(lines[hole], hole.operand, names[hole]) for hole in holes}
    sketch = _with(body, {hole.line: one.text for hole, one in opened.items()})
    if len({hole.line for hole in holes}) < len(holes) or checker.missing(unit, sketch):
        return None
    allowed = {names[hole]: one.numbers for hole, one in opened.items()}
    tried = body
    seen: list[Model] = []
    for _ in range(ROUNDS):
        outcome = None if checker.missing(unit, tried) else checker.attempt(unit, tried, rlimit)
        if outcome is None or isinstance(outcome, Undecided):
            return None
        if isinstance(outcome.verdict, Proved):
            return tried, tuple(_told(body, tried, hole) for hole in holes)
        if outcome.difference is None:
            return None
        seen.append(outcome.difference.model)
        terms.reset()
        found = numbers(checker.case(unit, sketch), checker.convention, allowed, seen, RLIMIT)
        if found is None:
            return None
        tried = _with(body, {h.line: _closed(lines[h], h.operand, found[names[h]], syntax) for h in holes})
    return None


def _with(body: Body, texts: dict[int, str]) -> Body:
    return tuple(_line(line, texts.get(number)) for number, line in enumerate(body))


def _line(line: TargetLine, text: str | None) -> TargetLine:
    return line if text is None else replace(line, text=text)


def _closed(line: Parsed, operand: int, number: int, syntax: Syntax) -> str:
    texts = [syntax.spell(one.shape, one.text) or one.text if one.kind == "reg" else one.text for one in line.operands]
    texts[operand] = str(number)
    return fill(line.template, texts)


def _told(before: Body, after: Body, hole: Hole) -> str:
    return f"{before[hole.line].text} -> {after[hole.line].text}"
