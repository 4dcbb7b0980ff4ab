"""How many paragraphs of the corpus have a meaning, on all of their paths; and why the others have none."""

from __future__ import annotations

from collections import Counter
from pathlib import Path as FilePath

import z3

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_file
from transpile.corpora.programs import load
from transpile.restructure.program import restructured
from transpile.solvers.cobol.machine import CobolMachine, machine
from transpile.solvers.storage.cells import layout_of
from transpile.solvers.storage.coding import Codings
from transpile.solvers.storage.steps import Answer, End, Event, Head, Path
from transpile.solvers.storage.storage import Storage, fresh
from transpile.solvers.storage.values import NoTerm, Number, Text, Truth

FOLDER = FilePath(__file__).parents[3] / "datasets" / "cobol"
ENDS = ("stop", "leave", "error")
KNOWN = 396


class Anything:
    """Takes every path."""

    def possible(self, conditions: tuple[Truth, ...]) -> bool:
        return True

    def certain(self, conditions: tuple[Truth, ...], consequence: Truth) -> bool:
        return False


def _answer(event: Event, number: int) -> Answer:
    results = [
        Number(z3.Int(f"{number} {at}"))
        if size is None
        else Text(tuple(z3.Int(f"{number} {at} {char}") for char in range(size)))
        for at, size in enumerate(event.results)
    ]
    return Answer({name: z3.Bool(f"{number} {name}") for name in event.truths}, tuple(results))


def _through(made: CobolMachine, paragraph: int, storage: Storage) -> None:
    seen: set[object] = set()
    todo = made.start((paragraph, paragraph), storage, Path(Anything()))
    for number in range(2000):
        if not todo:
            return
        reached = todo.pop()
        match reached.at:
            case Event(kind=kind) if kind not in ENDS:
                todo += made.advance(reached, _answer(reached.at, number))
            case Head() if reached.key not in seen:
                seen.add(reached.key)
                todo += made.advance(reached, Answer())
            case Head() | Event() | End():
                pass
    raise NoTerm("too many steps")


def test_most_paragraphs_have_a_meaning() -> None:
    through, reasons = 0, Counter[str]()
    for program in load(FOLDER):
        unit = parse_file(program.source, Options(copy_paths=(FOLDER / "copybooks",)))
        made = restructured(unit)
        source = machine(made, unit.programs[0], made.programs[0])
        storage, _ = fresh(layout_of(made.programs[0]), Codings(), "x")
        for at in range(len(source.scene.paragraphs)):
            try:
                _through(source, at, storage)
                through += 1
            except NoTerm as why:
                reasons[str(why)] += 1
    print(f"\n{through} of {through + reasons.total()} paragraphs have a meaning; of the others:")
    for reason, count in reasons.most_common():
        print(f"{count:4} {reason}")
    assert through >= KNOWN
