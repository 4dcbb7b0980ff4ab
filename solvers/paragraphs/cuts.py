"""Heads of loops that two programs come to together: what is the same in every round.

At first everything is taken to be as it was when the loop began; what turns out to change is forgotten, and the proof
begins again. So what remains was shown to hold at the start, and again after any round in which it holds.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import z3

from transpile.solvers.storage.cells import Cell
from transpile.solvers.storage.steps import Reached
from transpile.solvers.storage.storage import Elements, Held, fresh
from transpile.solvers.storage.values import Int, Text, Truth

Relation: TypeAlias = tuple[str, object]
"""What a hidden value of the Python side is: ``("unchanged", None)``; ``("cobol", j)``, the j-th hidden value of the
COBOL side; ``("cell", cell)``, what COBOL has in a cell that Python has not; ``("anything", None)``."""


class Again(Exception):
    """Something was forgotten: the proof begins again."""


@dataclass(slots=True)
class Known:
    """Of one pair of heads: the cells and hidden values of the COBOL side that change, and what is known of those of
    the Python side, the best that is left first."""

    changing: set[Cell] = field(default_factory=set)
    counting: set[int] = field(default_factory=set)
    relations: dict[int, list[Relation]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cut:
    """A round of a loop, in general: what both sides have at its head, and what is known of Python's hidden values."""

    key: Hashable
    cobol: Reached
    python: Reached
    hidden: tuple[tuple[Int, ...], tuple[Int, ...]]
    relations: tuple[Relation, ...]


@dataclass(slots=True)
class Cuts:
    """``counters``: cells that Python has as variables of loops, if at all."""

    counters: frozenset[Cell]
    known: dict[Hashable, Known] = field(default_factory=dict)
    numbers: int = 0

    def begin(self, key: Hashable, cobol: Reached, python: Reached) -> Cut:
        """A general round, from the state in which the loop is entered. Both have the same in all cells but the
        counters."""
        known = self.known.setdefault(key, Known())
        heads = (_hidden(cobol), _hidden(python))
        path = python.path
        self.numbers += 1
        name = f"round {self.numbers}"
        after, facts = fresh(cobol.storage.layout, cobol.storage.codings, name, known.changing)
        held: dict[Cell, Held] = {**cobol.storage.held, **after.held}
        other = {**held, **{cell: python.storage.held[cell] for cell in self.counters}}
        path = replace(path, conditions=(*path.conditions, facts))
        mine = tuple(z3.Int(f"{name} cobol {at}") if at in known.counting else h for at, h in enumerate(heads[0]))
        theirs = []
        for at, value in enumerate(heads[1]):
            relations = known.relations.setdefault(at, self._relations(len(heads[0])))
            while not path.certain(_meant(relations[0], value, value, heads[0], cobol.storage.held)):
                relations.pop(0)
            theirs.append(self._general(relations[0], value, f"{name} python {at}", mine, held))
        left, right = replace(cobol.storage, held=held), replace(python.storage, held=other)
        return Cut(
            key,
            replace(cobol, storage=left, path=path),
            replace(python, storage=right, path=path),
            (mine, tuple(theirs)),
            tuple(known.relations[at][0] for at in range(len(theirs))),
        )

    def _relations(self, cobol: int) -> list[Relation]:
        found: list[Relation] = [("unchanged", None)]
        found += [("cobol", at) for at in range(cobol)]
        found += [("cell", cell) for cell in sorted(self.counters, key=lambda each: (each.record, each.offset))]
        return [*found, ("anything", None)]

    @staticmethod
    def _general(relation: Relation, value: Int, name: str, mine: Sequence[Int], held: Mapping[Cell, Held]) -> Int:
        match relation:
            case ("unchanged", _):
                return value
            case ("cobol", int(at)):
                return mine[at]
            case ("cell", Cell() as cell):
                found = held[cell]
                if isinstance(found, z3.ArithRef):
                    return found
        return z3.Int(name)

    def close(self, cut: Cut, cobol: Reached, python: Reached) -> None:
        """The round is over, and both sides are at the head again. Raises Again where something changed that was
        thought not to."""
        known = self.known[cut.key]
        path = python.path
        changed = [
            cell
            for cell, held in cobol.storage.held.items()
            if cell not in known.changing and not _unchanged(cut.cobol.storage.held[cell], held)
        ]
        known.changing |= set(changed)
        begun, now = cut.hidden[0], _hidden(cobol)
        counting = [
            at
            for at, (old, new) in enumerate(zip(begun, now, strict=True))
            if at not in known.counting and not path.certain(old == new)
        ]
        known.counting |= set(counting)
        wrong = False
        for at, (old, new) in enumerate(zip(cut.hidden[1], _hidden(python), strict=True)):
            relation = cut.relations[at]
            if known.relations[at][0] != relation:
                wrong = True
            elif not path.certain(_meant(relation, old, new, now, cobol.storage.held)):
                known.relations[at].pop(0)
                wrong = True
        if changed or counting or wrong:
            raise Again


def _hidden(reached: Reached) -> tuple[Int, ...]:
    hidden = getattr(reached.at, "hidden", ())
    assert isinstance(hidden, tuple)
    return hidden


def _meant(relation: Relation, old: Int, new: Int, cobol: Sequence[Int], held: Mapping[Cell, Held]) -> Truth:
    match relation:
        case ("unchanged", _):
            return old == new
        case ("cobol", int(at)):
            return new == cobol[at]
        case ("cell", Cell() as cell):
            found = held[cell]
            return new == found if isinstance(found, z3.ArithRef) else z3.BoolVal(False)
    return z3.BoolVal(True)


def _unchanged(old: Held, now: Held) -> bool:
    """They are the same terms."""
    if old is now:
        return True
    match old, now:
        case z3.ArithRef(), z3.ArithRef():
            return bool(z3.simplify(old).eq(z3.simplify(now)))
        case (Text(chars=a), Text(chars=b)) | (Elements(parts=a), Elements(parts=b)):
            return len(a) == len(b) and all(z3.simplify(x).eq(z3.simplify(y)) for x, y in zip(a, b, strict=True))
    return False
