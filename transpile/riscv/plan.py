"""One pass over a block before it is emitted: last definitions and uses, flag consumers, repeated symbols."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from transpile.native.micro import Code, Micro, Reg, Symbol, Temp

COPIES = frozenset((Code.COPY, Code.ZEXT))


def location(value: Reg | Temp, offset: int = 0) -> str:
    """The name under which the emitter tracks a value, or the half of it that contains byte ``offset``."""
    if isinstance(value, Temp):
        name = f"%{value.index}"
        if not value.vector:
            return name
    else:
        name = value.name
        if not value.vector:
            return name
        offset += value.offset
    return name + (".lo" if offset < 8 else ".hi")


def locations(value: Reg | Temp) -> tuple[str, ...]:
    """Every location of ``value``: both halves of 16 bytes."""
    if value.size == 16:
        return location(value), location(value, 8)
    return (location(value),)


@dataclass(slots=True)
class Plan:
    """What the emitter looks up while it goes through the block."""

    last_definition: dict[str, int] = field(default_factory=dict)
    expiring: dict[int, list[str]] = field(default_factory=dict)
    """Temporaries whose last use is that micro-operation."""
    used: set[str] = field(default_factory=set)
    temp_target: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Temporaries that are copied to a register: its location, and where."""
    flag_uses: dict[int, list[int]] = field(default_factory=dict)
    """Indices of the micro-operations that use the flags of each FLAGS id."""
    conditions: dict[int, set[str]] = field(default_factory=dict)
    """The condition codes that those use."""
    last_flags: int = -1
    """Id of the FLAGS in force at the end."""
    symbols: dict[str, int] = field(default_factory=dict)
    """How often each symbol is part of an address."""


def make_plan(micros: Sequence[Micro]) -> Plan:
    plan = Plan()
    last: dict[str, int] = {}
    keepers: list[tuple[int, int]] = []
    for index, micro in enumerate(micros):
        for value in micro.args:
            if isinstance(value, Temp):
                note_temp(plan, last, micro, value, index)
        address = micro.address
        if address is not None:
            for part in (address.base, address.index):
                if isinstance(part, Temp):
                    note_temp(plan, last, micro, part, index)
            if address.symbol is not None:
                note_symbol(plan, address.symbol)
        if micro.dst is not None:
            for name in locations(micro.dst):
                plan.last_definition[name] = index
        if micro.cond is not None:
            plan.flag_uses.setdefault(micro.cond.flags, []).append(index)
            plan.conditions.setdefault(micro.cond.flags, set()).add(micro.cond.cc)
        if micro.code is Code.FLAGS and not micro.imm:
            if micro.name in ("inc", "dec"):
                keepers.append((micro.id, plan.last_flags))
            plan.last_flags = micro.id
    for number, previous in reversed(keepers):
        keep_carry(plan, number, previous)
    for name, index in last.items():
        plan.expiring.setdefault(index, []).append(name)
        plan.used.add(name)
    return plan


def keep_carry(plan: Plan, number: int, previous: int) -> None:
    """inc and dec keep CF: who asks them for it asks the flags before them."""
    if plan.conditions.get(number, set()) & {"b", "ae", "be", "a"}:
        plan.flag_uses[previous] = sorted((*plan.flag_uses.get(previous, ()), *plan.flag_uses[number]))
        plan.conditions.setdefault(previous, set()).add("b")


def note_temp(plan: Plan, last: dict[str, int], micro: Micro, temp: Temp, index: int) -> None:
    if temp.vector:
        last[location(temp)] = last[location(temp, 8)] = index
    else:
        last[location(temp)] = index
    if micro.code in COPIES and isinstance(micro.dst, Reg):
        plan.temp_target[location(temp)] = (location(micro.dst), index)
        if temp.size == 16:
            plan.temp_target[location(temp, 8)] = (location(micro.dst, 8), index)


def note_symbol(plan: Plan, symbol: Symbol) -> None:
    plan.symbols[symbol.name] = plan.symbols.get(symbol.name, 0) + 1
