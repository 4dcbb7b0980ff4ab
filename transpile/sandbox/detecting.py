"""Which ways there are on this machine, and a command started in the strongest."""

from __future__ import annotations

import functools
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
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
_NOBODY = "65534"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """``kind`` is how commands are kept apart: in a room of bubblewrap's, in one of user namespaces, or not, with
    bounds alone. ``reason`` says why it is not a stronger one. ``more`` are options of bubblewrap's that work here."""

    kind: Kind
    reason: str = ""
    more: tuple[str, ...] = ()
    nobody: bool = False
    """Commands of root's that write nothing of this machine run as another user, whom the kernel bounds more."""

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
        nobody = self.nobody and not view.writable and all(map(open_to_all, view.read_only()))
        match self.kind:
            case "bubblewrap":
                bwrap = bubblewrap.program()
                if bwrap is None:
                    raise ToolError("bubblewrap is gone", "run 'apt-get install bubblewrap'")
                words = [*_as(nobody), *bubblewrap.command(bwrap, command, view, bounds, self.more)]
                return start(words, bounds, {"PATH": namespaces.SEARCHED}, stderr, None)
            case "namespaces":
                words = [*_as(nobody), *namespaces.command(command, view, bounds)]
                return start(words, bounds, {"PATH": namespaces.SEARCHED}, stderr, None)
            case "bounds":
                scratch = Path(tempfile.mkdtemp(prefix="transpile-sandbox-"))
                words = [*_as(False, "--no-new-privs"), *bounds.command(command, alone=False)]
                return start(words, bounds, view.variables(str(scratch)), stderr, scratch)


def open_to_all(path: str) -> bool:
    """Whether every user of this machine can read what is at ``path``, and get there."""
    places = [Path(path), *Path(path).parents]
    with suppress(OSError):
        return all(place.stat().st_mode & stat.S_IXOTH for place in places if place.is_dir())
    return False


def _as(nobody: bool, *more: str) -> list[str]:
    """What stands before a command that is to end with its parent, and perhaps to run as nobody."""
    setpriv = shutil.which("setpriv", path=namespaces.SEARCHED)
    if setpriv is None:
        return []
    user = ("--reuid", _NOBODY, "--regid", _NOBODY, "--clear-groups") if nobody else ()
    return [setpriv, *user, "--pdeathsig", "KILL", *more, "--"]


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
        newer, older = Sandbox("bubblewrap", "", ("--disable-userns",)), Sandbox("bubblewrap")
        works = next((one for one in (newer, older) if not _failure(one)), None)
        if works is not None:
            yield _with_nobody(works)
        else:
            reasons.append(f"bubblewrap does not work here: {_failure(older)}")
    missing = namespaces.missing()
    if missing:
        reasons.append(f"{missing[0]} is not installed")
    else:
        said_here = _failure(Sandbox("namespaces"))
        if not said_here:
            yield _with_nobody(Sandbox("namespaces", "; ".join(reasons)))
        else:
            reasons.append(f"user namespaces do not work here: {said_here}")
    yield Sandbox("bounds", "; ".join(reasons))


def _with_nobody(sandbox: Sandbox) -> Sandbox:
    """``sandbox``, with commands of root's as nobody's where that works."""
    other = replace(sandbox, nobody=os.geteuid() == 0)
    return sandbox if other == sandbox or _failure(other) else other


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
