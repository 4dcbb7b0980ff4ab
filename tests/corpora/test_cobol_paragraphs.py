"""Generated COBOL programs: GnuCOBOL compiles them, our rooms take them, and smaller ones are programs as well."""

from __future__ import annotations

import shutil
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transpile.cobol.checking import check
from transpile.cobol.parse import parse_text
from transpile.corpora.cobol_paragraphs import Program, generate, smaller, without_unused
from transpile.emulators.cobol.build import build_program
from transpile.emulators.cuda.bounded import Limits
from transpile.errors import UnsupportedError
from transpile.python.emitter import emit
from transpile.restructure.program import restructured

needs_gnucobol = pytest.mark.skipif(shutil.which("cobc") is None, reason="needs GnuCOBOL")
SEEDS = st.integers(0, 10**9)


def emitted(program: Program) -> str:
    """The Python, or what is not supported."""
    unit = parse_text(program.text, "generated.cob")
    check(unit)
    try:
        return emit(*restructured(unit).programs).text
    except UnsupportedError as error:
        return error.message


@needs_gnucobol
@pytest.mark.parametrize("seed", range(3))
def test_gnucobol_compiles_them_and_they_end(seed: int, tmp_path: Path) -> None:
    program = build_program(generate(seed).text.encode("latin-1"), tmp_path)
    done = program.run(limits=Limits(cpu_s=5, wall_s=10.0))
    assert not done.timed_out


@given(SEEDS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_they_have_python_or_a_reason(seed: int) -> None:
    made = emitted(generate(seed, 6))
    assert "class Generated:" in made or "its bytes are used" in made


@given(SEEDS)
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_smaller_ones_are_programs(seed: int) -> None:
    program = generate(seed, 4)
    for less in islice(smaller(program), 0, None, 9):
        made = without_unused(less)
        assert len(made.text) < len(program.text)
        check(parse_text(made.text, "generated.cob"))


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_lines_keep_to_their_columns(seed: int) -> None:
    assert all(len(line) <= 72 for line in generate(seed).text.splitlines())


def test_a_seed_makes_the_same_program() -> None:
    assert generate(7) == generate(7)
    assert generate(7).text != generate(8).text


def test_ranges_count_paragraphs_from_the_first() -> None:
    program = generate(3, 8)
    unit = parse_text(program.text, "generated.cob").programs[0]
    assert unit.procedure is not None
    names = [paragraph.name for section in unit.procedure.sections for paragraph in section.paragraphs]
    for name, (first, last) in program.ranges().items():
        assert (names[first], names[last]) in {(name, name), (name, f"{name}-EXIT")}
