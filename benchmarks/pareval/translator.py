"""The command that translates one C file to CUDA."""

from __future__ import annotations

import json
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

DEFAULT = "transpile {c} --to cuda --function {f} -o {cu} --format json"


@dataclass(frozen=True, slots=True)
class Translation:
    """``text`` is empty where there is none; then ``reason`` says why, if the translator did. ``refused``: it ended by
    itself and said something, not how to use it."""

    text: str
    reason: str
    refused: bool


def translate(command: str, c_file: Path, function: str, cu_file: Path, timeout_s: float) -> Translation:
    """Run ``command``, in which ``{c}``, ``{f}`` and ``{cu}`` stand for the files and the function."""
    words = [word.format(c=c_file, f=function, cu=cu_file) for word in shlex.split(command)]
    cu_file.unlink(missing_ok=True)
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=timeout_s)
    except FileNotFoundError:
        return Translation("", f"there is no command '{words[0]}'", refused=False)
    except subprocess.TimeoutExpired:
        return Translation("", f"the translator took longer than {timeout_s:g} seconds", refused=False)
    if done.returncode < 0 or "Traceback (most recent call last)" in done.stderr:
        return Translation("", f"the translator crashed: {_last_line(done.stderr)}", refused=False)
    if cu_file.exists() and (text := cu_file.read_text()).strip():
        return Translation(text, "", refused=False)
    reason = _reason(done.stdout) or done.stderr.strip()
    refused = bool(reason) and "usage:" not in done.stderr.lower()
    return Translation("", reason or f"exit code {done.returncode} and no reason", refused)


def _reason(stdout: str) -> str:
    """``reason`` of a report in JSON, or the errors among its diagnostics."""
    try:
        report = json.loads(stdout)
    except ValueError:
        return ""
    if not isinstance(report, dict):
        return ""
    parts = [report, *(part for part in report.get("files", []) if isinstance(part, dict))]
    rows = [row for part in parts for row in part.get("diagnostics", []) if isinstance(row, dict)]
    errors = [row.get("message", "") for row in rows if row.get("severity", "error") == "error"]
    return str(report.get("reason") or "; ".join(errors))


def _last_line(said: str) -> str:
    lines = said.strip().splitlines()
    return lines[-1] if lines else "nothing was said"
