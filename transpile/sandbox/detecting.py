"""Which ways there are on this machine, and a command started in the strongest."""

from __future__ import annotations

import functools
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, TypeAlias

from transpile.errors import ToolError
from transpile.sandbox import bubblewrap, namespaces
from transpile.sandbox.bounds import Bounds
from transpile.sandbox.running import Running, start
from transpile.sandbox.view import View

Kind: TypeAlias = Literal["bubblewrap", "namespaces", "bounds"]
KINDS: tuple[Kind, ...] = ("bubblewrap", "namespaces", "bounds")
_USUAL = Bounds()
_NOTHING_MORE = View()
_PROBE_S = 20.0


@dataclass(frozen=True, slots=True)
class Sandbox:
    """``kind`` is how commands are kept apart: in a room of bubblewrap's, in one of user namespaces, or not, with
    bounds alone. ``reason`` says why it is not a stronger one. ``more`` are options of bubblewrap's that work here."""

    kind: Kind
    reason: str = ""
    more: tuple[str, ...] = ()

    @property
    def isolates(self) -> bool:
        """Whether a command sees neither the network nor files but those that it is shown."""
        return self.kind != "bounds"

    @classmethod
    def detect(cls) -> Sandbox:
        """The strongest kind that works; found out once."""
        return _detected()

    @classmethod
    def available(cls) -> tuple[Sandbox, ...]:
        """Every kind that works, the strongest first."""
        return _available()

    def start(
        self,
        command: Sequence[str],
        view: View = _NOTHING_MORE,
        bounds: Bounds = _USUAL,
        stderr: int | IO[bytes] = subprocess.DEVNULL,
    ) -> Running:
        """Start ``command``, whose first word is a path or a program of the system, with pipes to it and from it."""
        match self.kind:
            case "bubblewrap":
                bwrap = bubblewrap.program()
                if bwrap is None:
                    raise ToolError("bubblewrap is gone", "run 'apt-get install bubblewrap'")
                words = bubblewrap.command(bwrap, command, view, bounds, self.more)
                return start(words, bounds, {"PATH": namespaces.SEARCHED}, stderr, None)
            case "namespaces":
                words = namespaces.command(command, view, bounds)
                return start(words, bounds, {"PATH": namespaces.SEARCHED}, stderr, None)
            case "bounds":
                scratch = Path(tempfile.mkdtemp(prefix="transpile-sandbox-"))
                return start(_ended_with_parent(bounds.command(command)), bounds, view.variables(str(scratch)), stderr,
                             scratch)  # fmt: skip


def _ended_with_parent(command: list[str]) -> list[str]:
    setpriv = shutil.which("setpriv", path=namespaces.SEARCHED)
    return [setpriv, "--pdeathsig", "KILL", "--no-new-privs", "--", *command] if setpriv else command


@functools.cache
def _detected() -> Sandbox:
    return next(_found())


@functools.cache
def _available() -> tuple[Sandbox, ...]:
    return tuple(_found())


def _found() -> Iterator[Sandbox]:
    """The kinds that work, each with the reasons against those before it."""
    reasons: list[str] = []
    if bubblewrap.program() is None:
        reasons.append("bubblewrap is not installed")
    else:
        tries = [Sandbox("bubblewrap", "", more) for more in (("--disable-userns",), ())]
        said = [_failure(one) for one in tries]
        if "" in said:
            yield tries[said.index("")]
        else:
            reasons.append(f"bubblewrap does not work here: {said[-1]}")
    missing = namespaces.missing()
    if missing:
        reasons.append(f"{missing[0]} is not installed")
    else:
        said_here = _failure(Sandbox("namespaces"))
        if not said_here:
            yield Sandbox("namespaces", "; ".join(reasons))
        else:
            reasons.append(f"user namespaces do not work here: {said_here}")
    yield Sandbox("bounds", "; ".join(reasons))


def _failure(sandbox: Sandbox) -> str:
    """Why ``sandbox`` cannot run a command; empty if it can."""
    with tempfile.TemporaryFile() as said:
        running = sandbox.start(["/bin/sh", "-c", "exit 0"], stderr=said)
        try:
            status = running.wait(_PROBE_S)
        finally:
            running.kill()
        said.seek(0)
        words = said.read(300).decode(errors="replace").strip()
    return "" if status == 0 else words or f"exit status {status}"
