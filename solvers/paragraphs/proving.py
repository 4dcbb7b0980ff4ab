"""The proofs of all paragraphs of a program that have a method."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

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


@dataclass(slots=True)
class Prover:
    """Proves methods in ``text``, a module, one by one. ``rlimit`` bounds Z3's effort for each question."""

    restructured: Restructured
    correspondence: Correspondence
    text: str
    rlimit: int = RLIMIT
    _machines: tuple[CobolMachine, PythonMachine] | None = None

    def __call__(self, paragraphs: tuple[int, int]) -> Proof:
        """Whether the method that stands for a range of paragraphs does what they do. A proof stands on those that it
        performs."""
        program, codings = self.correspondence.program, Codings()
        layout = layout_of(program)
        try:
            cobol, python = self._both()
            counters = frozenset(layout.places[number].cell for number in self.correspondence.counters)
        except NoTerm as why:
            return Proof(False, str(why))
        questions = Questions(self.rlimit, codings.facts)
        walk = Walk(cobol, python, layout, codings, counters, questions, _entry(program))
        return walk.prove(paragraphs)

    def _both(self) -> tuple[CobolMachine, PythonMachine]:
        if self._machines is None:
            program = self.correspondence.program
            tree = self.restructured.unit.program(program.origin)
            cobol = CobolMachine(scene(self.restructured, tree, program))
            self._machines = cobol, PythonMachine(self.text, self.correspondence)
        return self._machines


def prove(
    restructured: Restructured,
    correspondence: Correspondence,
    text: str,
    ranges: Collection[tuple[int, int]] | None = None,
    rlimit: int = RLIMIT,
) -> Mapping[tuple[int, int], Proof]:
    """The proofs of all ranges of paragraphs that have a method, or of some."""
    prover = Prover(restructured, correspondence, text, rlimit)
    wanted = [each.paragraphs for each in correspondence.methods if each.paragraphs is not None]
    return {each: prover(each) for each in wanted if ranges is None or each in ranges}


def _entry(program: Program) -> tuple[int, int] | None:
    """The paragraphs of the function that runs the program, unless something performs it."""
    every = [each for function in program.functions for each in statements_of(function.body)]
    performed = {each.function for each in every if isinstance(each, Perform)}
    found = next(each for each in program.functions if each.name == program.entry)
    return None if found.name in performed else found.paragraphs
