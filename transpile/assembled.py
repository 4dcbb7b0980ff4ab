"""The last look at an output before it is written: the target's own assembler must accept it, whole."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator

from transpile import tools
from transpile.errors import Diagnostic, Span

BASELINE = {"riscv": "rv64gc", "aarch64": "armv8-a"}
MOST = 5
"""Messages that are told."""
_MESSAGE = re.compile(r"^[^:]*:(\d+): (?:Fatal error|Error): (.*)$", re.MULTILINE)


def need_assemblers(to: str) -> None:
    """Raises ToolError when this machine cannot assemble source or target."""
    tools.command("as")
    tools.command("as", to)


def refusals(text: str, to: str, march: str, file: str = "<output>") -> list[Diagnostic]:
    """What GNU as says against ``text``; nothing when it assembles.

    Raises:
        ToolError: there is no assembler for ``to``.
    """
    done = subprocess.run(
        [*tools.command("as", to), f"-march={march or BASELINE[to]}", "-o", os.devnull, "-"],
        input=text.encode("utf-8", "surrogateescape"),
        capture_output=True,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        check=False,
    )
    if done.returncode == 0:
        return []
    said = done.stderr.decode(errors="replace")
    return list(_diagnostics(said, text.splitlines(), to, file))[:MOST] or [
        Diagnostic("error", f"the {to} assembler refuses the translation: {said.strip()[:300]}")
    ]


def _diagnostics(said: str, lines: list[str], to: str, file: str) -> Iterator[Diagnostic]:
    for number, message in _MESSAGE.findall(said):
        line = lines[int(number) - 1] if 0 < int(number) <= len(lines) else ""
        span = Span(file, int(number), 1, max(len(line), 1), line)
        yield Diagnostic("error", f"the {to} assembler refuses the translation: {message}", span)
