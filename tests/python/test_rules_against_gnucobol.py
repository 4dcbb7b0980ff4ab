"""Each rule against GnuCOBOL; ``benchmarks/cobol_rules.py`` does the same with many more cases."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest
from rulefuzz.cases import Kind, differences
from rulefuzz.numbers import NUMBER_RULES
from rulefuzz.texts import TEXT_RULES

pytestmark = pytest.mark.skipif(shutil.which("cobc") is None, reason="needs cobc")
RULES = NUMBER_RULES | TEXT_RULES


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_rule_does_what_gnucobol_does(name: str, tmp_path: Path) -> None:
    random = Random(f"test {name}")
    kinds = [RULES[name](random) for _ in range(40)]
    assert not [str(found) for found in differences(kinds, 50, random, tmp_path)]


def test_a_wrong_rule_is_found(tmp_path: Path) -> None:
    """The comparison itself: a MOVE that keeps the high digits instead of the low ones."""
    kind = Kind(
        ["PIC 9(4)", "PIC 9(2)"],
        "MOVE {a} TO {b}",
        lambda random: [b"%04d" % random.randint(1000, 9000)],
        lambda given: [None, given[0][:2]],
    )
    assert list(differences([kind], 20, Random(1), tmp_path))
