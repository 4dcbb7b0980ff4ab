"""Many kinds of cases in one COBOL module, called in process, and compared with what the rules say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from transpile.emulators.cobol.build import build_module
from transpile.emulators.cobol.modules import Called

ROOM = 256
"""The bytes of each buffer."""
BUFFERS = 4
_HEAD = """\
       IDENTIFICATION DIVISION.
       PROGRAM-ID. RULES.
       DATA DIVISION.
       LINKAGE SECTION.
       01 KIND PIC 9(4) COMP-5.
"""


@dataclass(frozen=True)
class Kind:
    """One shape of case. ``declarations``: a clause for each buffer, up to four. ``statements`` name them ``{a}`` to
    ``{d}``. ``inputs`` makes the contents of the buffers, ``expected`` says what is in them afterwards (None: it does
    not count) and, where it counts, what is displayed."""

    declarations: Sequence[str]
    statements: str
    inputs: Callable[[Random], Sequence[bytes]]
    expected: Callable[[Sequence[bytes]], Sequence[bytes | None]]
    output: Callable[[Sequence[bytes]], bytes] | None = None
    zero: Callable[[bytes], bool] | None = None
    """Whether a buffer that is told about is zero: GnuCOBOL keeps the sign of what was cut to zero, numbers do not."""

    def agrees(self, want: bytes | None, have: bytes) -> bool:
        if want is None or want == have:
            return True
        return self.zero is not None and len(want) == len(have) and self.zero(want) and self.zero(have)


@dataclass(frozen=True)
class Difference:
    kind: Kind
    given: Sequence[bytes]
    expected: Sequence[bytes | None]
    got: object

    def __str__(self) -> str:
        return (
            f"{list(self.kind.declarations)} {' '.join(self.kind.statements.split())}\n"
            f"  given    {list(self.given)}\n  expected {list(self.expected)}\n  GnuCOBOL {self.got}"
        )


def differences(kinds: Sequence[Kind], each: int, random: Random, folder: Path) -> Iterator[Difference]:
    """Those among ``each`` cases of every kind."""
    with build_module(_module(kinds).encode("latin-1"), "RULES", folder) as module:
        cases = [(n, kind, list(kind.inputs(random))) for n, kind in enumerate(kinds) for _ in range(each)]
        calls = [
            ((n + 1).to_bytes(2, "little"), *(_padded(given, at) for at in range(BUFFERS))) for n, _, given in cases
        ]
        for (_, kind, given), called in zip(cases, module.call_all(calls), strict=True):
            expected = list(kind.expected(given))
            if not isinstance(called, Called):
                yield Difference(kind, given, expected, called)
                continue
            got = [buffer[: len(want or b"")] for want, buffer in zip(expected, called.buffers[1:], strict=False)]
            if not all(map(kind.agrees, expected, got)):
                yield Difference(kind, given, expected, got)
            elif kind.output is not None and kind.output(given) != called.output:
                yield Difference(kind, given, [kind.output(given)], called.output)


def _padded(given: Sequence[bytes], at: int) -> bytes:
    return (given[at] if at < len(given) else b"").ljust(ROOM, b"\0")


def _module(kinds: Sequence[Kind]) -> str:
    lines = []
    for at, letter in enumerate("ABCD"):
        lines.append(f"       01 ROOM-{at} PIC X({ROOM}).")
        for n, kind in enumerate(kinds):
            for declaration in kind.declarations[at : at + 1]:
                lines.append(f"       01 {letter}{n} REDEFINES ROOM-{at}\n          {declaration}.")
    buffers = " ".join(f"ROOM-{at}" for at in range(BUFFERS))
    lines.append(f"       PROCEDURE DIVISION USING KIND {buffers}.")
    lines.append("           GO TO")
    lines += [f"            P{n}" for n in range(len(kinds))]
    lines.append("            DEPENDING ON KIND.\n           GOBACK.")
    for n, kind in enumerate(kinds):
        names = {letter.lower(): f"{letter}{n}" for letter in "ABCD"}
        lines += [f"       P{n}.", _wrapped(kind.statements.format(**names)), "           GOBACK."]
    return _HEAD + "\n".join(lines) + "\n"


def _wrapped(statements: str) -> str:
    """Within the columns of fixed format; line ends are the statements' own."""
    return "\n".join(f"           {line.strip()}" for line in statements.strip().splitlines())
