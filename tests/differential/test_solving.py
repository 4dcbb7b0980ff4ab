"""States that chance hardly meets are solved for, and show faults that only they can show."""

from __future__ import annotations

import ast
import shutil
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transpile.cobol.parse import parse_file, parse_text
from transpile.differential.paragraphs import Settings, compare
from transpile.differential.solving import congruent
from transpile.differential.worker import CHOSEN, COMPARED, Ears
from transpile.python.emitter import emit
from transpile.python.rules import cobol_rules
from transpile.restructure.program import restructured

CORPUS = Path(__file__).parents[2] / "datasets" / "cobol"
needs_cobc = pytest.mark.skipif(shutil.which("cobc") is None, reason="needs cobc")
fractions = st.builds(Fraction, st.integers(-60, 60), st.integers(1, 12))


@given(fractions.filter(bool), fractions, st.integers(-50, 50))
def test_the_nearest_solutions_are_found_wherever_there_are_any(slope, rest, here):
    def solves(x):
        return (slope * x + rest) % 2 == 0

    period = 2 * slope.denominator * rest.denominator
    expected = [x for x in range(here - period, here + period + 1) if solves(x)]
    found = list(congruent(slope, rest, here))
    assert bool(found) == bool(expected)
    if found:
        assert found == [min(x for x in expected if x >= here), max(x for x in expected if x <= here)]


def difference(folder, unit, method, old, new):
    found = restructured(unit)
    module = emit(*found.programs)
    one = module.classes[-1]
    assert module.text.count(old) == 1
    changed = {"cobol_rules.py": Path(cobol_rules.__file__).read_text(), module.name: module.text.replace(old, new)}
    broken = replace(module, files={**module.files, **changed})
    wanted = next(each.paragraphs for each in one.methods if each.name == method)
    return compare(found, one.program.origin, broken, [wanted], Settings(folder=folder))[wanted].difference


TEXT = """       IDENTIFICATION DIVISION.
       PROGRAM-ID. Halves.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       77 A PIC 9(7)V9(4).
       01 CARD.
          05 KIND PIC X(2).
          05 AMOUNT PIC 9(6)V99.
       77 R PIC S9(9)V9.
       77 K PIC 9.
       PROCEDURE DIVISION.
       MAIN.
           PERFORM TIES. PERFORM CARDS. PERFORM BOUND-A.
           STOP RUN.
       TIES.
           COMPUTE R ROUNDED = A * 1.609344.
       CARDS.
           ACCEPT CARD.
           COMPUTE R ROUNDED = AMOUNT * .0333.
       BOUND-A.
           COMPUTE R ROUNDED = A * .0325 + 17.
           IF R < 1234.5 MOVE 1 TO K ELSE MOVE 2 TO K.
"""


@needs_cobc
@pytest.mark.parametrize(
    ("method", "old"),
    [("ties", 'self.a * Decimal("1.609344")'), ("cards", 'self.card.amount * Decimal("0.0333")')],
)
def test_halves_tell_the_roundings_apart(tmp_path, method, old):
    """Of the amounts there is at most one in 1,000 for which the product lies between two decimals."""
    new = f'__import__("cobol_rules").rounded({old}, 1, "NEAREST-EVEN")'
    found = difference(tmp_path, parse_text(TEXT, "halves.cob"), method, old, new)
    (changed,) = found.changed
    assert changed.item == "R"
    assert abs(Decimal(changed.cobol) - Decimal(changed.python)) == Decimal("0.1")


@needs_cobc
def test_what_is_computed_meets_what_it_is_compared_with(tmp_path):
    """Of the amounts there is one in 3,000,000 for which it does."""
    old, new = 'self.r < Decimal("1234.5")', 'self.r <= Decimal("1234.5")'
    found = difference(tmp_path, parse_text(TEXT, "halves.cob"), "bound_a", old, new)
    (changed,) = found.changed
    assert (changed.item, changed.cobol, changed.python) == ("K", "2", "1")


@needs_cobc
def test_a_tie_behind_a_loop_is_found_in_a_program_of_the_corpus(tmp_path):
    old = "quotient(self.ws_principal * self.ws_month_rate * self.ws_factor, self.ws_factor - 1)"
    new = f'__import__("cobol_rules").rounded({old}, 2, "NEAREST-EVEN")'
    found = difference(tmp_path, parse_file(CORPUS / "amortise.cob"), "n2100_level_payment", old, new)
    assert [each.item for each in found.changed] == ["WS-PAYMENT"]


@needs_cobc
def test_results_of_many_digits_are_rounded_too(tmp_path):
    many = TEXT.replace("COMPUTE R ROUNDED = A * 1.609344.", "COMPUTE R ROUNDED = A * A * A * A * A * A * A.")
    found = restructured(parse_text(many, "many.cob"))
    module = emit(*found.programs)
    ties = next(each.paragraphs for each in module.classes[-1].methods if each.name == "ties")
    said = compare(found, "HALVES", module, [ties], Settings(folder=tmp_path))[ties]
    assert said.difference is None
    assert said.runs


def test_the_larger_and_the_smaller_of_two_are_heard_as_a_comparison_is():
    heard = []
    names = {COMPARED: lambda left, sign, right, column: heard.append((sign, left, right))}
    names |= {
        f"{name}{CHOSEN}": lambda left, right, column: heard.append(("of", left, right)) for name in ("min", "max")
    }
    tree = ast.fix_missing_locations(Ears().visit(ast.parse("a < b\nmin(a, b)\nmax(b, 5)\nmin(a, b, 5)")))
    exec(compile(tree, "heard", "exec"), {**names, "a": 3, "b": 4})
    assert heard == [("lt", 3, 4), ("of", 3, 4), ("of", 4, 5)]
