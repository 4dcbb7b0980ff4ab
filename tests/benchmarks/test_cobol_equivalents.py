"""Each reason why a fault is none is about a line that is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from cobol_equivalents import ROWS, explained
from cobol_mutation import KINDS, Mutant, mutants

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_file
from transpile.python.emitter import Module, emit
from transpile.restructure.program import restructure

CORPUS = Path(__file__).parents[2] / "datasets" / "cobol"


def module_of(name: str) -> Module:
    return emit(*restructure(parse_file(CORPUS / f"{name}.cob", Options(copy_paths=(CORPUS / "copybooks",)))))


@pytest.mark.parametrize("name", sorted({place.partition(".")[0] for place, _, _, _ in ROWS}))
def test_the_faults_of_a_program_that_are_explained_are_those_of_its_rows(name: str) -> None:
    module = module_of(name)
    of_kind: dict[tuple[str, str], list[Mutant]] = {}
    for one in module.classes:
        for mutant in mutants(module.text, one.class_name):
            if reason := explained(name, module.text, mutant):
                of_kind.setdefault((mutant.kind, reason), []).append(mutant)
    expected = {(kind, reason) for place, kind, _, reason in ROWS if place.partition(".")[0] == name}
    assert set(of_kind) == expected
    assert {kind for kind, _ in expected} <= set(KINDS)


def test_other_kinds_and_other_programs_are_not_explained() -> None:
    module = module_of("labels")
    found = [each for each in mutants(module.text, "Labels") if explained("labels", module.text, each)]
    mutant = next(each for each in found if each.kind == "sign of sum")
    assert explained("labels", module.text, mutant) == "0 - n loses its sign: n"
    assert not explained("parcel", module.text, mutant)
    assert not explained("labels", module.text, Mutant("sign", mutant.method, mutant.line, "", mutant.text))
