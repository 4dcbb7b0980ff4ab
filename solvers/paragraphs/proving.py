"""The proofs of all paragraphs of a program that have a method."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from transpile.legacy.statements import Perform, Program
from transpile.python.correspondence import Correspondence
from transpile.python.walking import statements_of
from transpile.restructure.program import Restructured
from transpile.solvers.cobol.machine import CobolMachine
from transpile.solvers.cobol.scene import scene
from transpile.solvers.paragraphs.questions import RLIMIT, Questions
from transpile.solvers.paragraphs.walk import Proof, Walk
from transpile.solvers.python.machine import PythonMachine
from transpile.solvers.storage.cells import layout_of
from transpile.solvers.storage.coding import Codings
from transpile.solvers.storage.values import NoTerm


def prove(
    restructured: Restructured,
    correspondence: Correspondence,
    text: str,
    ranges: Collection[tuple[int, int]] | None = None,
    rlimit: int = RLIMIT,
) -> Mapping[tuple[int, int], Proof]:
    """Whether the methods in ``text``, a module, do what the ranges of paragraphs do that they stand for; all ranges if
    none are given. A proof of one stands on those that it performs. ``rlimit`` bounds Z3's effort for each question."""
    program = correspondence.program
    wanted = [each.paragraphs for each in correspondence.methods if each.paragraphs is not None]
    wanted = [each for each in wanted if ranges is None or each in ranges]
    codings = Codings()
    layout = layout_of(program)
    try:
        tree = restructured.unit.program(program.origin)
        cobol = CobolMachine(scene(restructured, tree, program))
        python = PythonMachine(text, correspondence)
        counters = frozenset(layout.places[number].cell for number in correspondence.counters)
    except NoTerm as why:
        return {each: Proof(False, str(why)) for each in wanted}
    walk = Walk(cobol, python, layout, codings, counters, Questions(rlimit, codings.facts), _entry(program))
    return {each: walk.prove(each) for each in wanted}


def _entry(program: Program) -> tuple[int, int] | None:
    """The paragraphs of the function that runs the program, unless something performs it."""
    every = [each for function in program.functions for each in statements_of(function.body)]
    performed = {each.function for each in every if isinstance(each, Perform)}
    found = next(each for each in program.functions if each.name == program.entry)
    return None if found.name in performed else found.paragraphs
