"""Which architectures ``--march`` may name: told by their form, then by the assembler, before a file is read."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from transpile import tools
from transpile.errors import UsageError

FORMS: Mapping[str, str] = MappingProxyType(
    {
        "riscv": r"rv64[ig][a-z0-9]{0,60}(_[a-z][a-z0-9]{0,40}){0,40}",
        "aarch64": r"armv[89](\.[0-9])?-[ar](\+[a-z][a-z0-9_-]{0,40}){0,40}",
    }
)
POSSIBLE: Mapping[str, str] = MappingProxyType(
    {
        "riscv": "possible is rv64g or rv64i with letters of extensions (m a f d q c v h), then names of others "
        "(_zba _zbb _zbs …), as GNU as takes them, with all of rv64g: rv64gc, rv64gcv, rv64gc_zba_zbb",
        "aarch64": "possible is armv8-a, armv8.1-a, … or armv9-a, … with +EXTENSION (+lse +rcpc +crc +sve …), "
        "as GNU as takes them: armv8-a, armv8.2-a, armv8-a+lse+rcpc",
    }
)
_NEEDED = {
    "riscv": "mul a0, a0, a0\namoadd.d.aqrl a0, a0, (a0)\nfadd.s fa0, fa0, fa0\nfadd.d fa0, fa0, fa0\nfrflags a0\n",
    "aarch64": "ldaxr x0, [x1]\nfadd d0, d0, d0\nadd v0.4s, v0.4s, v0.4s\n",
}
"""Instructions that translations have whatever was asked for."""
_SAID = re.compile(r"Error: (.*)")


def require_form(to: str, march: str) -> None:
    """Raises UsageError unless ``march`` looks like an architecture of ``to``; empty stands for the usual one."""
    if march and not re.fullmatch(FORMS[to], march):
        raise _refused(to, march)


def require_architecture(to: str, march: str) -> None:
    """Raises UsageError unless the assembler of ``to``, if it is there, knows ``march`` and has with it what all
    translations need."""
    require_form(to, march)
    if march and tools.find("as", to).path() is not None:
        said = _objection(to, march, tuple(tools.command("as", to)))
        if said:
            raise _refused(to, march, said)


def require_no_machine(to: str, march: str, memory_model: str, trap_division: bool) -> None:
    """Raises UsageError for options about the machine where the output is no assembly."""
    given = {"--march": march, "--memory-model tso": memory_model == "tso", "--trap-division": trap_division}
    for option in filter(given.get, given):
        about = "; what a CUDA compiler makes code for is its own -arch" if (option, to) == ("--march", "cuda") else ""
        raise UsageError(f"{option} is for {' and '.join(FORMS)}, not for --to {to}", f"leave it out{about}")


def _refused(to: str, march: str, said: str = "") -> UsageError:
    shown = march if len(march) <= 80 else f"{march[:80]}…"
    return UsageError(f"'{shown}' is no architecture for {to}{': ' * bool(said)}{said}", POSSIBLE[to])


@cache
def _objection(to: str, march: str, assembler: tuple[str, ...]) -> str:
    """What the assembler has against an architecture of the right form; empty if it takes it."""
    done = subprocess.run(
        [*assembler, f"-march={march}", "-o", os.devnull, "-"],
        input=_NEEDED[to],
        capture_output=True,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        check=False,
        text=True,
    )
    if not done.returncode:
        return ""
    found = _SAID.search(done.stderr)
    return found[1].removeprefix(f"{march}: ") if found else f"the assembler ends with {done.returncode}"
