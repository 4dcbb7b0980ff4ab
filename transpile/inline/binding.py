"""Constraints of x86: which register, memory or constant each operand of a statement is taken to be.

Registers are chosen so that no two operands share one unless the constraints tie them. That is one of the choices a
compiler has; the meaning of a right statement does not depend on which it takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from transpile.inline.constants import constant
from transpile.inline.reasons import Refusal
from transpile.inline.statement import Statement
from transpile.x86.registers import REGISTERS

Where: TypeAlias = Literal["register", "vector", "memory", "constant", "flag"]

FIXED = {"a": "rax", "b": "rbx", "c": "rcx", "d": "rdx", "S": "rsi", "D": "rdi"}
GENERAL = ("rdi", "rsi", "r8", "r9", "rcx", "rdx", "r10", "r11", "rax", "rbx", "r12", "r13", "r14", "r15", "rbp")
"""In the order in which operands get them."""
WITH_HIGH = ("rcx", "rdx", "rax", "rbx")
"""Registers whose second byte has a name."""
VECTORS = tuple(f"xmm{n}" for n in range(16))
CONDITIONS = frozenset({
    "a", "ae", "b", "be", "c", "e", "z", "g", "ge", "l", "le", "na", "nae", "nb", "nbe", "nc", "ne", "nz", "ng", "nge",
    "nl", "nle", "no", "np", "ns", "o", "p", "pe", "po", "s",
})  # fmt: skip
_ANY = frozenset("rqRlgX")
_MEMORY = frozenset("moVgp")
_CONSTANT = frozenset("inseIJKLMNOGgZ")
_VECTOR = frozenset("xvY")
_REFUSED = {
    "A": "a pair of registers",
    "f": "the x87 stack",
    "t": "the x87 stack",
    "u": "the x87 stack",
    "y": "MMX",
    "k": "AVX-512",
}
_IGNORED = {"cc", "memory", "flags", "fpsr", "fpcr", "dirflag", "redzone", ""}
_REGISTER = re.compile(r"%%?([a-z][a-z0-9]*)")


@dataclass(frozen=True, slots=True)
class Bound:
    """An operand in its place. ``register`` holds its value, or its address if it is in memory; ``value`` is that of a
    constant, ``condition`` that of a flag output. ``tied``: the output whose register an input shares, -1 if none."""

    where: Where
    output: bool
    inout: bool
    register: str = ""
    value: int = 0
    condition: str = ""
    tied: int = -1


def bind(statement: Statement, macros: Mapping[str, str]) -> tuple[Bound, ...]:
    """One ``Bound`` for each operand; ``macros``: what names in constants stand for. Raises Refusal."""
    alternatives = max((o.constraint.count(",") + 1 for o in statement.operands), default=1)
    refusal: Refusal | None = None
    for number in range(alternatives):
        try:
            return _Binder(statement, number, macros).run()
        except Refusal as error:
            refusal = refusal or error
    assert refusal is not None
    raise refusal


def clobbered(clobbers: Iterable[str]) -> frozenset[str]:
    """The registers of a clobber list by their full names; raises Refusal for one that is not known."""
    found: set[str] = set()
    for word in clobbers:
        name = word.strip().lstrip("%").lower()
        if name in _IGNORED:
            continue
        if name in REGISTERS:
            found.add(REGISTERS[name].name)
        elif re.fullmatch(r"[xyz]mm\d+", name):
            found.add("x" + name[1:])
        elif not re.fullmatch(r"st(\(\d\))?|mm\d|k\d|bnd\d", name):
            raise Refusal("foreign", f"it clobbers '{word}', which is no register")
    return frozenset(found)


class _Binder:
    def __init__(self, statement: Statement, alternative: int, macros: Mapping[str, str]) -> None:
        self.macros = macros
        self.statement = statement
        self.letters = [_letters(o.constraint, alternative) for o in statement.operands]
        self.outputs = len(statement.outputs)
        self.taken: set[str] = {REGISTERS[n].name for n in _REGISTER.findall(statement.template) if n in REGISTERS}
        self.taken |= clobbered(statement.clobbers)
        self.bound: dict[int, Bound] = {}

    def run(self) -> tuple[Bound, ...]:
        operands = range(len(self.letters))
        for at in operands:
            self._fixed(at)
        for at in operands:
            if at not in self.bound:
                self._free(at)
        for at in operands:
            if at not in self.bound:
                self._tied(at)
        return tuple(self.bound[at] for at in operands)

    def _put(self, at: int, where: Where, register: str = "", **more: int | str) -> None:
        constraint = self.statement.operands[at].constraint
        output = at < self.outputs
        self.bound[at] = Bound(
            where, output, output and "+" in constraint, register, int(more.get("value", 0)),
            str(more.get("condition", "")), int(more.get("tied", -1)),
        )  # fmt: skip
        if register:
            self.taken.add(register)

    def _fixed(self, at: int) -> None:
        """Operands that only one place will do for."""
        letters = self.letters[at]
        if letters.startswith("@cc"):
            if letters[3:] not in CONDITIONS:
                raise Refusal("not read", f"'{letters[3:]}' is no condition")
            return
        for letter in letters:
            if letter in _REFUSED and not set(letters) & (_ANY | set(FIXED)):
                raise Refusal("not handled", f"operand {at} lives in {_REFUSED[letter]}")
        if set(letters) & _ANY or letters[:1].isdigit():
            return
        fixed = [FIXED[letter] for letter in letters if letter in FIXED]
        if fixed:
            value = constant(self.statement.operands[at].expression, self.macros)
            if set(letters) & _CONSTANT and value is not None:
                self._put(at, "constant", value=value)
                return
            self._put(at, "register", self._unshared(at, fixed))

    def _unshared(self, at: int, wanted: Sequence[str]) -> str:
        """The first of ``wanted`` that no operand of the same kind has; an input may sit where an output will."""
        for name in wanted:
            holders = [n for n, other in self.bound.items() if other.register == name]
            if not holders:
                return name
            if at >= self.outputs and all(self._may_share(n) for n in holders):
                return name
        raise Refusal("not read", f"operand {at} has no register of its own")

    def _may_share(self, holder: int) -> bool:
        constraint = self.statement.operands[holder].constraint
        return self.bound[holder].output and not self.bound[holder].inout and "&" not in constraint

    def _free(self, at: int) -> None:
        letters = set(self.letters[at])
        if self.letters[at][:1].isdigit():
            return
        if self.letters[at].startswith("@cc"):
            self._put(at, "flag", self._next(WITH_HIGH), condition=self.letters[at][3:])
            return
        if not letters:
            raise Refusal("not read", f"operand {at} has no constraint")
        value = constant(self.statement.operands[at].expression, self.macros) if at >= self.outputs else None
        if letters & _CONSTANT and value is not None:
            self._put(at, "constant", value=value)
        elif letters & _ANY:
            self._put(at, "register", self._next(WITH_HIGH if letters & set("Q") else GENERAL))
        elif letters & set("Q"):
            self._put(at, "register", self._next(WITH_HIGH))
        elif letters & _VECTOR:
            self._put(at, "vector", self._next(VECTORS))
        elif letters & _MEMORY:
            self._put(at, "memory", self._next(GENERAL))
        elif letters & _CONSTANT:
            raise Refusal("not read", f"operand {at} is a constant whose value the text does not give")
        else:
            raise Refusal("not handled", f"operand {at} has the constraint '{self.letters[at]}'")

    def _next(self, pool: Sequence[str]) -> str:
        free = next((name for name in pool if name not in self.taken), "")
        if not free:
            raise Refusal("not handled", "it has more operands than there are registers")
        return free

    def _tied(self, at: int) -> None:
        digits = re.match(r"\d+", self.letters[at])
        assert digits is not None
        output = int(digits[0])
        if at < self.outputs or output >= self.outputs or self.bound[output].where not in ("register", "vector"):
            raise Refusal("not read", f"operand {at} is tied to operand {output}, which is no output in a register")
        self._put(at, self.bound[output].where, self.bound[output].register, tied=output)


def _letters(constraint: str, alternative: int) -> str:
    """What one alternative of a constraint allows, without what only concerns a compiler's choice."""
    parts = constraint.split(",")
    part = parts[min(alternative, len(parts) - 1)]
    return re.sub(r"[=+&%?!^$\s]|\*.|#.*|Y[zmt2pik]", lambda m: "x" if m[0].startswith("Y") else "", part)
