"""What two runs left, byte for byte: the first difference in words."""

from __future__ import annotations

from collections.abc import Sequence, Set

from transpile.differential.keyed import Row
from transpile.emulators.cobol.programs import Run

_SHOWN = 70


def difference(cobol: Run, python: Run, apart: Set[str] = frozenset()) -> str:
    """Empty if there is none. ``apart`` are files that are not compared byte for byte."""
    if python.timed_out:
        return "Python had not ended when its time was up"
    ended = _ends(cobol, python)
    if cobol.stdout != python.stdout:
        where = _content("the output", cobol.stdout, python.stdout)
        return f"{where}; {ended}" if ended else where
    if ended:
        return ended
    names = [name for name in {**cobol.files, **python.files} if name not in apart]
    for name in sorted(names):
        theirs, ours = cobol.files.get(name), python.files.get(name)
        if theirs is None or ours is None:
            return f"file {name}: only {'Python' if theirs is None else 'COBOL'} leaves it"
        if theirs != ours:
            return _content(f"file {name}", theirs, ours)
    return ""


def of_records(name: str, theirs: Sequence[Row], ours: Sequence[Row]) -> str:
    """The first record that two files with keys, in the order of the main one, do not both have."""
    for number, (left, right) in enumerate(zip(theirs, ours, strict=False), 1):
        if left != right:
            shown = [f"{_shown(each.record, 0)}{f' as {each.number}' if each.number else ''}" for each in (left, right)]
            return f"file {name}, record {number}: COBOL {shown[0]}, Python {shown[1]}"
    return f"file {name}: COBOL leaves {len(theirs)} records, Python {len(ours)}"


def _ends(cobol: Run, python: Run) -> str:
    if cobol.exit_code == python.exit_code:
        return ""
    said = [_last(run.messages) for run in (cobol, python)]
    shown = [f" ({each})" if each else "" for each in said]
    return f"COBOL ended with {cobol.exit_code}{shown[0]}, Python with {python.exit_code}{shown[1]}"


def _last(messages: str) -> str:
    lines = [line.strip() for line in messages.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or [""])[-1][:200]


def _content(where: str, theirs: bytes, ours: bytes) -> str:
    lines = [content.split(b"\n") for content in (theirs, ours)]
    for number, (left, right) in enumerate(zip(*lines, strict=False), 1):
        if left != right:
            at = next((at for at, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), 0)
            start = 0 if at < _SHOWN - 10 else at - 20
            return f"{where}, line {number}: COBOL {_shown(left, start)}, Python {_shown(right, start)}"
    shorter = min(len(each) for each in lines)
    missing, more = ("Python", lines[0]) if len(lines[0]) > len(lines[1]) else ("COBOL", lines[1])
    return f"{where}, line {shorter + 1}: {missing} has no such line, the other one {_shown(more[shorter], 0)}"


def _shown(line: bytes, start: int) -> str:
    text = repr(line[start : start + _SHOWN].decode("latin-1"))
    return f"…{text}" if start else text
