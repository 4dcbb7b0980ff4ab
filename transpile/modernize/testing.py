"""A pytest file for the translation: what GnuCOBOL computed on the way to the verdicts, kept as tests.

They need nothing but pytest, and go on to hold when people change the Python.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from transpile.modernize.checks import Case, WholeCase
from transpile.modernize.translate import Modernized
from transpile.python.correspondence import Correspondence, Method
from transpile.python.wrapping import wrapped

MOST_CASES = 5
"""Of one paragraph."""
_ROOM = 80
"""Characters of a literal in a line."""
_LONGEST = 4000
"""Characters of a case; longer ones are left out."""


def pytest_file(made: Modernized, module: str) -> str:
    """The text of the file; empty where no run is known. ``module`` is the name by which it is imported."""
    paragraphs = [line for one in made.subject.module.classes for line in _of_class(made, one)]
    whole = [line for number, case in enumerate(made.found.cases, 1) for line in _whole(number, case, module)]
    if not paragraphs and not whole:
        return ""
    body = [*paragraphs, *whole]
    used = "\n".join(body)
    every = {one.class_name for one in made.subject.module.classes}
    classes = sorted(name for name in every if re.search(rf"\b{name}\(", used))
    head = [
        f'"""What GnuCOBOL computed, against {module}.py. Made by transpile."""',
        "",
        "from __future__ import annotations",
        "",
        *_imports(used, module, classes),
    ]
    if classes:
        head += ["", "use_exact_arithmetic()"]
    lines = "\n".join([*head, *body]).split("\n")
    return "\n".join(piece for line in lines for piece in wrapped(line)) + "\n"


def _imports(used: str, module: str, classes: Sequence[str]) -> Iterator[str]:
    plain = ["subprocess", "sys"] if "subprocess.run(" in used else []
    yield from (f"import {name}" for name in plain)
    if "Decimal(" in used:
        yield "from decimal import Decimal"
    if "Path(" in used or ": Path" in used:
        yield "from pathlib import Path"
    if "pytest." in used:
        yield from ("", "import pytest")
    if classes:
        own = [("cobol_rules", "use_exact_arithmetic"), (module, ", ".join(classes))]
        yield ""
        yield from (f"from {name} import {names}" for name, names in sorted(own))


def _of_class(made: Modernized, one: Correspondence) -> Iterator[str]:
    for method in one.methods:
        if method.paragraphs is None:
            continue
        cases = made.found.methods[one.class_name, method.paragraphs].cases
        small = [case for case in dict.fromkeys(cases) if _size(case) <= _LONGEST]
        for number, case in enumerate(small[:MOST_CASES], 1):
            yield from _case(number, case, _object(made, one), method)


def _size(case: Case) -> int:
    return sum(map(len, itertools.chain(*case.before, *case.after, (case.output,))))


def _object(made: Modernized, one: Correspondence) -> str:
    """A new one of its class; that of a nested program belongs to one of the program around it."""
    around = (each for each in made.subject.module.classes if any(one.program is own for own in each.program.programs))
    outer = next(around, None)
    return f"{one.class_name}({_object(made, outer) if outer is not None else ''})"


def _case(number: int, case: Case, program: str, method: Method) -> Iterator[str]:
    given = "capsys: pytest.CaptureFixture[str]" if case.output else ""
    yield from ("", "", f"def test_{method.name}_{number}({given}) -> None:")
    yield f"    program = {program}"
    for place, value in case.before:
        yield f"    {_named(place)} = {value}"
    if case.ends:
        yield "    with pytest.raises(SystemExit):"
        yield f"        program.{method.name}()"
    else:
        yield f"    program.{method.name}()"
    for place, value in case.after:
        yield f"    assert {_named(place)} == {value}"
    if case.output:
        yield f"    assert capsys.readouterr().out == {_literal(case.output)}"


def _named(place: str) -> str:
    return f"program{place.removeprefix('self')}"


def _whole(number: int, case: WholeCase, module: str) -> Iterator[str]:
    sizes = (len(case.stdin), len(case.output), *(len(text) for _, text in (*case.files, *case.left)))
    if sum(sizes) > 4 * _LONGEST:
        return
    yield from ("", "", f"def test_run_{number}(tmp_path: Path) -> None:")
    yield f'    """{case.about[:1].upper()}{case.about[1:]}."""'
    for name, text in case.files:
        yield f"    (tmp_path / {_literal(name)}).write_bytes{_in_brackets(_bytes(text))}"
    yield f'    command = [sys.executable, str(Path(__file__).with_name("{module}.py").resolve())]'
    yield f"    given = {_bytes(case.stdin)}"
    yield "    done = subprocess.run(command, input=given, cwd=tmp_path, capture_output=True, check=False)"
    yield f"    assert done.stdout == {_bytes(case.output)}"
    yield f"    assert done.returncode == {case.exit_code}"
    for name, text in case.left:
        yield f"    assert (tmp_path / {_literal(name)}).read_bytes() == {_bytes(text)}"


def _literal(text: str) -> str:
    """In double quotes, as ruff formats it."""
    shown = repr(text)
    return f'"{shown[1:-1]}"' if shown[0] == "'" and '"' not in text else shown


def _bytes(text: str) -> str:
    """A literal of bytes, a line of the text on each of its own if it has several."""
    whole = _literal_of_bytes(text)
    pieces = [_literal_of_bytes(line) for line in re.findall(r"[^\n]*\n|[^\n]+", text)]
    if len(whole) <= _ROOM or len(pieces) < 2:
        return whole
    return "(\n" + "\n".join(f"        {piece}" for piece in pieces) + "\n    )"


def _in_brackets(argument: str) -> str:
    return argument if argument.startswith("(") else f"({argument})"


def _literal_of_bytes(text: str) -> str:
    shown = repr(text.encode("latin-1"))[1:]
    return f'b"{shown[1:-1]}"' if shown[0] == "'" and '"' not in text else f"b{shown}"
