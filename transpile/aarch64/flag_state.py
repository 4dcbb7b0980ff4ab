"""What is known about one definition of the flags, and what a condition can be tested with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from transpile.aarch64.values import Val

if TYPE_CHECKING:
    from transpile.aarch64.state import State

Test: TypeAlias = "tuple[str, str | Val | None, str | int | None]"
"""``("cc", condition, None)``, ``("any" | "all", condition, condition)``, ``("zero" | "nonzero", Val, size)``,
``("clear" | "set", Val, bit)``, ``("always" | "never", None, None)``."""

INVERSE = {
    "eq": "ne", "ne": "eq", "lo": "hs", "hs": "lo", "ls": "hi", "hi": "ls", "mi": "pl", "pl": "mi",
    "vs": "vc", "vc": "vs", "lt": "ge", "ge": "lt", "le": "gt", "gt": "le",
    "zero": "nonzero", "nonzero": "zero", "clear": "set", "set": "clear", "always": "never", "never": "always",
}  # fmt: skip

_PLAIN = {
    "e": "eq", "ne": "ne", "s": "mi", "ns": "pl", "o": "vs", "no": "vc", "l": "lt", "ge": "ge", "le": "le", "g": "gt",
}  # fmt: skip
_SUB = {**_PLAIN, "b": "lo", "ae": "hs", "be": "ls", "a": "hi"}
_UNSIGNED = ("e", "ne", "b", "ae", "be", "a")
_SIGNED = ("e", "ne", "l", "ge", "le", "g")

MODES: dict[str, dict[str, str]] = {
    "sub": _SUB,
    "add": {**_PLAIN, "b": "hs", "ae": "lo", "be": "any hs eq", "a": "all lo ne"},
    "logic": {**_PLAIN, "b": "never", "ae": "always", "be": "eq", "a": "ne", "o": "never", "no": "always"},
    "unsigned": {cc: _SUB[cc] for cc in _UNSIGNED},
    "signed": {cc: _SUB[cc] for cc in _SIGNED},
    "equal": {"e": "eq", "ne": "ne"},
    "equal0": {"e": "eq", "ne": "ne", "be": "eq", "a": "ne"},
    "result": {"e": "eq", "ne": "ne", "s": "mi", "ns": "pl"},
    "fcmp": {
        "b": "lt", "ae": "ge", "be": "le", "a": "gt", "p": "vs", "np": "vc", "e": "any eq vs", "ne": "any mi gt",
        "le": "any eq vs", "g": "any mi gt", "o": "never", "no": "always", "s": "never", "ns": "always",
        "l": "never", "ge": "always",
    },
    "fcmp_edge": {
        "b": "lt", "ae": "ge", "be": "any le vs", "a": "all gt vc", "p": "vs", "np": "vc",
        "e": "any eq vs", "ne": "all ne vc", "le": "any eq vs", "g": "all ne vc", "o": "never", "no": "always",
        "s": "never", "ns": "always", "l": "never", "ge": "always",
    },
}  # fmt: skip
"""What NZCV holds -> x86 condition -> how to test it. ``unsigned``: after comparing zero-extended narrow operands,
``signed``: sign-extended ones, ``equal``: only Z is right, ``equal0``: and CF is 0, ``result``: only N and Z are.
``fcmp_edge``: as a relation reads NZCV, which does not know that only four of its values come from ``fcmp``."""


@dataclass(slots=True)
class Flags:
    """``mode`` names the row of MODES that NZCV answers to, while ``State.nzcv`` is this."""

    id: int
    kind: str
    size: int
    ccs: set[str]
    last: int
    args: list[Val] = field(default_factory=list)
    mode: str = ""
    pinned: bool = False
    saved: Val | None = None

    def pin(self) -> None:
        self.pinned = True
        for arg in self.args:
            arg.pins += 1

    def unpin(self, state: State) -> None:
        if self.pinned:
            self.pinned = False
            for arg in self.args:
                state.unpin(arg)


def test_of(mode: str, cc: str) -> Test:
    """The test for ``cc`` while NZCV holds ``mode``."""
    text = MODES[mode][cc]
    if text in ("always", "never"):
        return (text, None, None)
    words = text.split()
    return (words[0], words[1], words[2]) if len(words) == 3 else ("cc", text, None)
