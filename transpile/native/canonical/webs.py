"""Which values of a body share a register: definitions and their uses, tied where an instruction updates in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from transpile.native.canonical.syntax import LOCAL, Parsed


@dataclass(slots=True)
class Webs:
    """``of[line][operand]``: the web of each register operand; ``fixed``: web -> the register it must be in."""

    of: list[dict[int, int]] = field(default_factory=list)
    fixed: dict[int, str] = field(default_factory=dict)
    register: dict[int, str] = field(default_factory=dict)


def webs(lines: Sequence[Parsed | str], exits: frozenset[str], constant: frozenset[str]) -> Webs | None:
    """The webs of a body; a string in ``lines`` is a local label. None if control flows backwards.

    Definitions under a forward branch to a local label may not happen, so that they join what was there before.
    """
    found = Webs()
    current: dict[str, int] = {}
    live_in: dict[int, str] = {}
    open_labels: set[str] = set()
    seen_labels: set[str] = set()

    def new(register: str) -> int:
        number = len(found.register)
        found.register[number] = register
        return number

    def held(register: str) -> int:
        if register not in current:
            current[register] = new(register)
            live_in[current[register]] = register
        return current[register]

    for line in lines:
        if isinstance(line, str):
            open_labels.discard(line)
            seen_labels.add(line)
            found.of.append({})
            continue
        uses: dict[int, int] = {}
        for index, operand in enumerate(line.operands):
            if operand.kind == "sym" and operand.text.startswith(LOCAL):
                if operand.text in seen_labels:
                    return None
                open_labels.add(operand.text)
            if operand.kind != "reg" or operand.text in constant:
                continue
            if index not in line.writes or line.tied:
                uses[index] = held(operand.text)
        for index in line.writes:
            name = line.operands[index].text
            if name in constant:
                continue
            if line.tied or open_labels:
                uses[index] = held(name)
            else:
                uses[index] = current[name] = new(name)
        found.of.append(uses)
    for register, web in current.items():
        if register in exits:
            found.fixed[web] = register
    for web, register in live_in.items():
        found.fixed[web] = register
    return found
