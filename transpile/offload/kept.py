"""Checks of programs that were made before, kept in the proof store: a second run is as fast as the analysis.

What is kept is kept under all that it depends on: the C unit as it was parsed, the CUDA text, every setting, the
sources of the checkers, and the compilers. Only what holds for good is kept: verdicts that accept the program.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from transpile import tools
from transpile.core.verdict import Proved, Tested
from transpile.offload.ladder import Checked, Climb, climb
from transpile.offload.subject import Subject
from transpile.store import ProofStore, key_of, verdict_from, verdict_to
from transpile.translation import Rung
from transpile.trials.nvcc import find_nvcc

_MALFORMED = (KeyError, ValueError, TypeError, AttributeError)


def checked_once(subject: Subject, folder: Path, store: Path | None) -> Climb:
    """``climb``, unless ``store`` knows what would come of it."""
    if store is None or subject.device is not None:
        return climb(subject, folder)
    proofs = ProofStore(store)
    try:
        key = _key(subject)
        known = _read(proofs.checks(key))
        if known is not None:
            return known
        found = climb(subject, folder)
        if _lasting(found):
            proofs.remember_checks(key, _written(found))
        return found
    finally:
        proofs.close()


def _key(subject: Subject) -> bytes:
    return key_of(
        "cuda",
        subject.unit,
        subject.function,
        subject.text,
        subject.file,
        subject.facts,
        subject.settings,
        sorted(subject.extents.items()),
        sorted(sorted(pair) for pair in subject.checked),
        sorted(subject.discarded),
        sorted(subject.written_first),
        subject.emitted,
        [(one.span, one.verdict, one.assumptions) for one in subject.analysis.walk()],
        subject.analysis.assumptions,
        _compilers(),
    )


@cache
def _compilers() -> tuple[str, ...]:
    """Which compilers there are; not all of them need be there."""
    nvcc = find_nvcc()
    commands = [tools.find(key).command for key in ("cc", "c++")] + ([(str(nvcc),)] if nvcc else [])
    return tuple(_version(command) for command in commands)


def _version(command: tuple[str, ...]) -> str:
    try:
        said = subprocess.run([*command, "--version"], capture_output=True, check=False, text=True).stdout
    except OSError:
        said = ""
    return f"{command} {said}"


def _lasting(found: Climb) -> bool:
    verdicts = [one.verdict for one in found.kernels.values()]
    accepted = all(isinstance(verdict, Proved | Tested) for verdict in verdicts)
    return bool(verdicts) and accepted and not found.refuted and not found.diagnostics


def _written(found: Climb) -> dict[str, Any]:
    return {
        name: [verdict_to(one.verdict), [[r.name, r.outcome, r.detail, list(r.assumptions)] for r in one.rungs]]
        for name, one in found.kernels.items()
    }


def _read(kept: Mapping[str, Any] | None) -> Climb | None:
    """What was kept; None where nothing was, or nothing that makes sense."""
    if not kept:
        return None
    try:
        kernels = {name: _checked(verdict, rungs) for name, (verdict, rungs) in kept.items()}
    except _MALFORMED:
        return None
    return Climb(kernels, (), False, {})


def _checked(verdict: Mapping[str, Any], rungs: list[list[Any]]) -> Checked:
    made = tuple(Rung(name, outcome, detail, tuple(assumed)) for name, outcome, detail, assumed in rungs)
    return Checked(verdict_from(verdict), made)
