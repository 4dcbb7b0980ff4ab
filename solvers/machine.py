"""A symbolic machine: executes lifted code over terms, under guards, with a log of stores.

What it promises: after ``run`` the registers, the log and the exits describe every execution of the steps from any
initial state, provided ``unsupported`` is None. Registers that nobody set are unknowns ``<isa>:<register>``; values
the manual leaves undefined are unknowns ``undef:<isa>:<n>``. There is one final state for all exits: what happens after
a conditional exit is guarded by the exit not having been taken.

Assumed, and to be listed with every proof: a store-conditional succeeds (its failure only retries); an access through
an unknown address does not touch the private ``cells``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from transpile.solvers import pcode as l
from transpile.solvers import terms as t
from transpile.solvers.arithmetic import PURE, boolean, widen
from transpile.solvers.needed import needed
from transpile.solvers.step import Step
from transpile.solvers.symbols import address_term, symbol_term, table_slot
from transpile.solvers.terms import Term

TRUE = t.TRUE
FALSE = t.FALSE
_FLAGS = {
    "x86": frozenset(("CF", "PF", "AF", "ZF", "SF", "DF", "OF")),
    "riscv": frozenset[str](),
    "aarch64": frozenset(("NG", "ZR", "CY", "OV")),
}
_THREAD_REGISTER = {"x86": "fs", "riscv": "tp", "aarch64": "tpidr_el0"}


@dataclass(frozen=True, slots=True)
class Store:
    """``nbytes`` (1 … 8) of ``value`` at ``address``; ``kind`` is ``plain`` or ``atomic``. A fence is an entry with
    ``nbytes`` 0 whose kind starts with ``fence``."""

    guard: Term
    address: Term
    nbytes: int
    value: Term
    kind: str


@dataclass(frozen=True, slots=True)
class Exit:
    """``kind``: label tail call (``target`` is a name); icall ijump ret (a term); trap; next (fell off the end).

    A jump to a name that is no local label is ``tail``; an indirect jump is always ``ijump``. A string instruction
    that repeats itself leaves through label ``self``."""

    guard: Term
    kind: str
    target: str | Term = ""


@dataclass(frozen=True, slots=True)
class _State:
    """The machine on a path that left the main one under ``guard``."""

    guard: Term
    registers: dict[str, Term]
    cells: dict[int, Term]


class Machine:
    """``labels``: names that direct jumps treat as local labels although they do not start with a dot."""

    def __init__(self, isa: str, labels: Collection[str] = ()) -> None:
        self.isa = isa
        self.labels = labels
        self.registers: dict[str, Term] = {_THREAD_REGISTER[isa]: t.var("tp", 64)}
        self.log: list[Store] = []
        self.loads: list[tuple[Term, Term, int]] = []
        """Guard, address and bytes of every load that is not of a cell."""
        self.exits: list[Exit] = []
        self.unsupported: str | None = None
        self.guard = TRUE
        self.base: Term | None = None
        """``S``; ``cells`` are at ``S`` + their offset."""
        self.cells: dict[int, Term] = {}
        self._versions = [0]
        self._kind = "plain"
        self._undefined = 0
        self._splits: dict[tuple[Term, Term], tuple[Term, Term]] = {}
        self._pending: dict[Any, list[_State]] = {}
        self._left: list[_State] = []

    def get(self, name: str) -> Term:
        """The 64-bit (or, for flags, one-bit) content of a register."""
        value = self.registers.get(name)
        return value if value is not None else self._fresh(name, self._width(name))

    def set(self, name: str, value: Term) -> None:
        self.registers[name] = value

    def undefined(self, width: int) -> Term:
        """A fresh unknown."""
        self._undefined += 1
        return t.var(f"undef:{self.isa}:{self._undefined}", width)

    def run(self, steps: Sequence[Step], live_out: Collection[str] | None = None) -> None:
        """Execute ``steps``; registers outside ``live_out`` may be left with any value."""
        plan = needed(steps, live_out)
        ahead = {step.label for step in steps if step.label}
        behind: set[str] = set()
        for step, kept in plan:
            if step.label:
                behind.add(step.label)
                ahead.discard(step.label)
                self._merge(step.label)
            elif kept:
                self._execute(step, kept, ahead, behind)
        if self.guard is not FALSE:
            self.exits.append(Exit(self.guard, "next"))
            self._left.append(_State(self.guard, self.registers, self.cells))
        self._conclude()

    def _conclude(self) -> None:
        """One state for all exits: what each left behind, selected by its guard."""
        if self._left:
            last = self._left.pop()
            self.registers, self.cells = last.registers, last.cells
            for state in reversed(self._left):
                self._select(state.guard, state)
            self._left.clear()

    def _execute(
        self, step: Step, kept: Sequence[tuple[int, l.Op]], ahead: Collection[str], behind: Collection[str]
    ) -> None:
        if not step.program.targets:
            for _, op in kept:
                if self.guard is FALSE:
                    break
                self._operation(step, op, ahead, behind)
        else:
            waiting = sorted(step.program.targets)
            for index, op in kept:
                while waiting and waiting[0] <= index:
                    self._merge(waiting.pop(0))
                if self.guard is not FALSE:
                    self._operation(step, op, ahead, behind)
            for target in waiting:
                self._merge(target)
        self._kind = "plain"

    def _operation(self, step: Step, op: l.Op, ahead: Collection[str], behind: Collection[str]) -> None:
        code = op.code
        pure = PURE.get(code)
        if pure is not None:
            out = op.outs[0]
            self._write(out, pure(l.operand_bits(out), *[self._read(o) for o in op.ins]))
        elif code == l.COPY:
            if op.outs:
                self._write(op.outs[0], self._read(op.ins[0]))
        elif code == l.LOAD:
            out = op.outs[0]
            self._write(out, self.load(self._read(op.ins[0]), l.operand_bits(out) // 8))
        elif code == l.STORE:
            value = op.ins[1]
            self.store(self._read(op.ins[0]), l.operand_bits(value) // 8, self._read(value))
        elif code == l.COMPUTE:
            values = op.extra(*[self._read(o) for o in op.ins])
            for out, value in zip(op.outs, values if isinstance(values, tuple) else (values,), strict=True):
                self._write(out, value)
        elif code == l.UNDEFINED:
            for out in op.outs:
                self._write(out, self.undefined(l.operand_bits(out)))
        elif code == l.MARK:
            self._mark(op.extra)
        elif code in (l.BRANCH, l.CBRANCH):
            condition = boolean(self._read(op.ins[0])) if code == l.CBRANCH else TRUE
            self._branch(step, condition, op.extra, ahead, behind)
        else:
            self._leave(step, op)

    def _mark(self, name: str) -> None:
        if name.startswith("fence"):
            self.log.append(Store(self.guard, FALSE, 0, FALSE, name))
            self._versions.append(self._versions[-1])
        else:
            self._kind = name

    def _leave(self, step: Step, op: l.Op) -> None:
        code = op.code
        if code == l.CALL:
            self._exit("call", step.target)
        elif code == l.CALLIND:
            self._exit("icall", self._read(op.ins[0]))
        elif code == l.RETURN:
            self._exit("ret", self._read(op.ins[0]))
        elif code == l.BRANCHIND:
            self._exit("ijump", self._read(op.ins[0]))
        elif code == l.TRAP:
            self._exit("trap", "")
        else:
            name = op.extra if isinstance(op.extra, str) else l.operation_name(code)
            self.unsupported = self.unsupported or f"{name} in {step.text}"
            for out in op.outs:
                self._write(out, self.undefined(l.operand_bits(out)))

    def _exit(self, kind: str, target: str | Term) -> None:
        self.exits.append(Exit(self.guard, kind, target))
        self._left.append(_State(self.guard, self.registers, self.cells))
        self.guard = FALSE

    def _branch(
        self, step: Step, condition: Term, where: int | None, ahead: Collection[str], behind: Collection[str]
    ) -> None:
        before = self.guard
        taken = t.band(before, condition)
        if taken is FALSE:
            return
        self.guard = t.band(before, t.bnot(condition))
        state = _State(taken, self.registers, self.cells)
        if self.guard is not FALSE:
            self._splits[taken, self.guard] = before, condition
            self.registers, self.cells = dict(self.registers), dict(self.cells)
        if where is not None and where >= 0:
            self._pending.setdefault(where, []).append(state)
        elif where is None and step.target in ahead:
            self._pending.setdefault(step.target, []).append(state)
        else:
            target = step.target if where is None else "self"
            if target in behind:
                self.unsupported = self.unsupported or f"loop to {target}"
            local = target == "self" or target.startswith(".") or target in self.labels
            self.exits.append(Exit(taken, "label" if local else "tail", target))
            self._left.append(state)

    def _merge(self, where: Any) -> None:
        for state in reversed(self._pending.pop(where, ())):
            here = self.guard
            if here is FALSE:
                self.guard, self.registers, self.cells = state.guard, state.registers, state.cells
                continue
            if (split := self._splits.get((state.guard, here))) is not None:
                self.guard, condition = split
            elif (split := self._splits.get((here, state.guard))) is not None:
                self.guard, condition = split[0], t.bnot(split[1])
            else:
                self.guard, condition = t.bor(here, state.guard), state.guard
            self._select(condition, state, isinstance(where, int))

    def _select(self, condition: Term, other: _State, temporaries: bool = False) -> None:
        """Where ``condition`` holds, continue with the other state."""
        mine, theirs = self.registers, other.registers
        if mine is not theirs:
            for key in theirs.keys() | mine.keys():
                a, b = theirs.get(key), mine.get(key)
                if a is b or (key[0] == "$" and (a is None or b is None or not temporaries)):
                    continue
                if a is None or b is None:
                    initial = t.var(f"{self.isa}:{key}", self._width(key))
                    a, b = a if a is not None else initial, b if b is not None else initial
                width = max(a.width, b.width)
                mine[key] = t.ite(condition, widen(a, width), widen(b, width))
        if self.cells is not other.cells:
            for offset, value in other.cells.items():
                self.cells[offset] = t.ite(condition, value, self.cells[offset])

    def _width(self, key: str) -> int:
        return 1 if key in _FLAGS[self.isa] else 64

    def _read(self, operand: l.Operand) -> Term:
        kind = operand[0]
        if kind == l.WHOLE:
            key = operand[1]
            value = self.registers.get(key)
            return value if value is not None else self._fresh(key, operand[2])
        if kind == l.CONST:
            return t.const(operand[1], operand[2])
        if kind == l.PART:
            _, key, low, bits, total = operand
            value = self.registers.get(key)
            return t.extract(value if value is not None else self._fresh(key, total), low, bits)
        if kind == l.MANY:
            value = self._read(operand[1][0])
            for part in operand[1][1:]:
                value = t.concat(self._read(part), value)
            return value
        if kind == l.ADDRESS:
            return t.extract(symbol_term(operand[1]), 0, operand[2])
        return self.load(address_term(operand[1]), operand[2])

    def _fresh(self, key: str, bits: int) -> Term:
        value = t.var(f"{self.isa}:{key}", bits)
        self.registers[key] = value
        return value

    def _write(self, operand: l.Operand, value: Term) -> None:
        kind = operand[0]
        if kind == l.WHOLE:
            _, key, bits = operand
            if bits == 1:
                value = boolean(value)
            elif value.width == 1 and key[0] != "$":
                value = t.zext(value, bits)
            self.registers[key] = value
        elif kind == l.PART:
            _, key, low, bits, total = operand
            old = self.registers.get(key)
            if old is None:
                old = self._fresh(key, total)
            value = widen(value, bits)
            if low:
                value = t.concat(value, t.extract(old, 0, low))
            if low + bits < total:
                value = t.concat(t.extract(old, low + bits, total - low - bits), value)
            self.registers[key] = value
        elif kind == l.MANY:
            at = 0
            value = widen(value, operand[2])
            for part in operand[1]:
                bits = l.operand_bits(part)
                self._write(part, t.extract(value, at, bits))
                at += bits
        else:
            self.store(address_term(operand[1]), operand[2], value)

    def load(self, address: Term, nbytes: int) -> Term:
        """The ``nbytes`` at ``address`` now."""
        if nbytes > 8:
            rest = self.load(t.add(address, t.const(8, 64)), nbytes - 8)
            return t.concat(rest, self.load(address, 8))
        if nbytes == 8 and (held := table_slot(address)) is not None:
            return held
        if self.cells and (at := self._cell(address, nbytes)) is not None:
            offset, low = at
            return t.extract(self.cells[offset], low, 8 * nbytes)
        self.loads.append((self.guard, address, nbytes))
        return self._look(address, nbytes, len(self.log))

    def _cell(self, address: Term, nbytes: int) -> tuple[int, int] | None:
        """The cell that holds these bytes, and the first bit in it."""
        assert self.base is not None
        distance = t.difference(address, self.base)
        if distance is None:
            return None
        distance = _signed(distance)
        for offset in self.cells:
            if offset - nbytes < distance < offset + 8:
                if offset <= distance and distance + nbytes <= offset + 8:
                    return offset, 8 * (distance - offset)
                self.unsupported = self.unsupported or f"access across the edge of the private slot at {offset}"
                return None
        return None

    def _look(self, address: Term, nbytes: int, before: int) -> Term:
        """Memory as the first ``before`` log entries left it."""
        while before:
            entry = self.log[before - 1]
            if not entry.nbytes:
                before -= 1
                continue
            difference = t.difference(address, entry.address)
            if difference is None:
                break
            distance = _signed(difference)
            apart = distance >= entry.nbytes or distance + nbytes <= 0
            if apart or (entry.guard is not TRUE and t.band(entry.guard, self.guard) is FALSE):
                before -= 1
                continue
            if distance < 0 or distance + nbytes > entry.nbytes:
                low = nbytes // 2
                upper = self._look(t.add(address, t.const(low, 64)), nbytes - low, before)
                return t.concat(upper, self._look(address, low, before))
            value = t.extract(entry.value, 8 * distance, 8 * nbytes)
            if entry.guard is TRUE or entry.guard is self.guard:
                return value
            return t.ite(entry.guard, value, self._look(address, nbytes, before - 1))
        return t.load(self._versions[before], address, nbytes)

    def store(self, address: Term, nbytes: int, value: Term) -> None:
        """Write ``nbytes`` at ``address`` under the current guard."""
        value = widen(value, 8 * nbytes)
        if nbytes > 8:
            self.store(address, 8, t.extract(value, 0, 64))
            self.store(t.add(address, t.const(8, 64)), nbytes - 8, t.extract(value, 64, 8 * nbytes - 64))
            return
        if self.cells and (at := self._cell(address, nbytes)) is not None:
            offset, low = at
            old = self.cells[offset]
            if nbytes < 8:
                value = _insert(old, low, value)
            self.cells[offset] = value
            return
        self.log.append(Store(self.guard, address, nbytes, value, self._kind))
        self._versions.append(self._versions[-1] + 1)


def _insert(old: Term, low: int, value: Term) -> Term:
    if low:
        value = t.concat(value, t.extract(old, 0, low))
    above = old.width - value.width
    return t.concat(t.extract(old, value.width, above), value) if above else value


def _signed(distance: int) -> int:
    distance &= (1 << 64) - 1
    return distance - (1 << 64) if distance >> 63 else distance
