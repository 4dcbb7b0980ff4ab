"""What may be written where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from transpile.errors import UsageError
from transpile.modernize.folder import RULES, laid_out
from transpile.modernize.translate import Modernized

Translated = Callable[..., Modernized]
ROUNDS = "MAIN-LINE.\n    COMPUTE AMOUNT ROUNDED = AMOUNT * RATE.\n    STOP RUN.\n"
EDITS = "MAIN-LINE.\n    DIVIDE AMOUNT BY 3 GIVING INTEREST.\n    DISPLAY INTEREST.\n    STOP RUN.\n"


def write(files: Mapping[Path, str]) -> None:
    for path, text in files.items():
        path.write_text(text)


def test_programs_of_a_folder_share_their_rules(translated: Translated, tmp_path: Path) -> None:
    first, second = translated(ROUNDS), translated(EDITS, name="OTHER")
    write(laid_out(first.subject.module, tmp_path / "savings.py", "", False))
    alone = (tmp_path / RULES).read_text()
    write(laid_out(second.subject.module, tmp_path / "other.py", "", False))
    both = (tmp_path / RULES).read_text()
    for text in (alone, second.subject.module.files[RULES]):
        assert {line for line in text.splitlines() if line.startswith("def ")} <= set(both.splitlines())
    assert write(laid_out(first.subject.module, tmp_path / "savings.py", "", False)) is None
    assert (tmp_path / RULES).read_text() == both


@pytest.mark.parametrize("name", ["savings.py", RULES, "test_savings.py"])
def test_what_was_not_made_here_stays(translated: Translated, tmp_path: Path, name: str) -> None:
    made = translated().subject.module
    tests = '"""Made by transpile."""\n'
    (tmp_path / name).write_text("x = 1\n")
    with pytest.raises(UsageError, match="was not made by transpile"):
        laid_out(made, tmp_path / "savings.py", tests, False)
    assert tmp_path / name in laid_out(made, tmp_path / "savings.py", tests, True)


def test_rules_of_another_version_are_told(translated: Translated, tmp_path: Path) -> None:
    made = translated().subject.module
    write(laid_out(made, tmp_path / "savings.py", "", False))
    changed = (tmp_path / RULES).read_text() + "\n\nODD = 1\n"
    (tmp_path / RULES).write_text(changed)
    with pytest.raises(UsageError, match="of another version, or was changed"):
        laid_out(made, tmp_path / "savings.py", "", False)
    assert laid_out(made, tmp_path / "savings.py", "", True)[tmp_path / RULES] == made.files[RULES]


def test_a_program_cannot_be_called_as_the_rules(translated: Translated, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name of a module of rules"):
        laid_out(translated().subject.module, tmp_path / RULES, "", False)
