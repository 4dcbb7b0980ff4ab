"""Runs of a range of paragraphs in Python's own terms: what is set before, and what is there afterwards."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from transpile.differential.methods import Matched, Ran, leaves_of
from transpile.differential.states import Storage
from transpile.differential.worker import Group, Leaf
from transpile.python.correspondence import Correspondence
from transpile.python.names import inside, records_of
from transpile.python.rules import cobol_rules as rules
from transpile.restructure.program import Restructured


@dataclass(frozen=True, slots=True)
class Sample:
    """``before`` and ``after`` are Python: names of values and literals for them. ``before`` are those that are not as
    at the start of the program, ``after`` those that have changed. ``ends``: the run ends."""

    before: tuple[tuple[str, str], ...]
    after: tuple[tuple[str, str], ...]
    output: str
    ends: bool


@dataclass(frozen=True, slots=True)
class Naming:
    """What the bytes of a state are called in Python: ``views`` are the fields of each record whose bytes are kept."""

    matched: Matched
    views: Mapping[str, tuple[Leaf, ...]]

    def sample(self, base: bytes, state: bytes, cobol: Ran) -> Sample | None:
        """None where there are no literals for it, or the program is left."""
        if cobol.how not in ("returned", "stopped"):
            return None
        before = self._changed(base, state)
        after = self._changed(state, cobol.state)
        if before is None or after is None:
            return None
        return Sample(before, after, cobol.output.decode("latin-1"), cobol.how == "stopped")

    def _changed(self, one: bytes, other: bytes) -> tuple[tuple[str, str], ...] | None:
        """The values that are not the same in two states, as they are in the second."""
        found: list[tuple[str, str]] = []
        for group in self.matched.groups:
            part = slice(group["at"], group["at"] + group["size"])
            if one[part] == other[part]:
                continue
            if group["area"]:
                found += self._area(group, one, other)
                continue
            for leaf in group["leaves"]:
                if one[_bytes(leaf)] != other[_bytes(leaf)]:
                    literal = _literal(leaf, other[_bytes(leaf)])
                    if literal is None:
                        return None
                    found.append((leaf["place"], literal))
        return tuple(found)

    def _area(self, group: Group, one: bytes, other: bytes) -> list[tuple[str, str]]:
        """The fields that have changed, if that says it all, else all bytes."""
        at = group["at"]
        missing = {place for place in range(at, at + group["size"]) if one[place] != other[place]}
        found: list[tuple[str, str]] = []
        for leaf in self.views[group["area"]]:
            part = _bytes(leaf)
            if missing.isdisjoint(range(part.start, part.stop)):
                continue
            literal = _literal(leaf, other[part])
            if literal is not None and _again(leaf, other[part]) == other[part]:
                found.append((leaf["place"], literal))
                missing -= set(range(part.start, part.stop))
        if missing:
            return [(f"{group['area']}.data[:]", _quoted(other[at : at + group["size"]]))]
        return found


def naming(found: Restructured, made: Correspondence, storage: Storage, matched: Matched) -> Naming:
    """The names of everything in the states of one program."""
    views: dict[str, tuple[Leaf, ...]] = {}
    for record in records_of(made.program):
        root = found.laid.get(record.root.number)
        place = storage.places.get(id(root.item)) if root is not None else None
        if place is not None and record.root.number in made.areas:
            fields = [each for top in (record.root, *record.overlays) for each in (top, *inside(top))]
            named = [each for each in fields if each.number in made.places and each.number in found.laid]
            leaves = tuple(leaf for each in named for leaf in leaves_of(found, made, place.start, each))
            views[made.areas[record.root.number]] = leaves
    return Naming(matched, views)


def chosen(samples: Iterable[Sample], most: int) -> tuple[Sample, ...]:
    """At most so many, those first that change other values or display something else."""
    seen: set[tuple[object, ...]] = set()
    first: list[Sample] = []
    rest: list[Sample] = []
    for each in dict.fromkeys(samples):
        kind = (tuple(name for name, _ in each.after), each.output, each.ends)
        (rest if kind in seen else first).append(each)
        seen.add(kind)
    return tuple([*first, *rest][:most])


def _bytes(leaf: Leaf) -> slice:
    return slice(leaf["at"], leaf["at"] + leaf["size"])


def _quoted(value: bytes | str) -> str:
    """A literal, in double quotes where that is no harder to read."""
    shown = repr(value)
    start = shown.index(shown[-1])
    return f'{shown[:start]}"{shown[start + 1 : -1]}"' if shown[-1] == "'" and '"' not in shown else shown


def _literal(leaf: Leaf, content: bytes) -> str | None:
    """``content`` as Python; None for digits that are none, and for numbers without end."""
    if leaf["coding"] == "text":
        return _quoted(content.decode("latin-1"))
    if leaf["coding"] == "float":
        number: float = struct.unpack("<f" if leaf["size"] == 4 else "<d", content)[0]
        return repr(number) if math.isfinite(number) else None
    digits = _digits(leaf, content)
    if digits is None:
        return None
    return f'Decimal("{rules.scaled(digits, leaf["scale"])}")' if leaf["scale"] else str(digits)


def _digits(leaf: Leaf, content: bytes) -> int | None:
    sign = _sign(leaf)
    match leaf["coding"]:
        case "display":
            return rules.decode_display(content, sign) if rules.is_numeric_display(content, sign) else None
        case "packed":
            valid = rules.is_numeric_packed(content, leaf["signed"])
            return rules.decode_packed(content, leaf["digits"], leaf["signed"]) if valid else None
        case coding:
            return rules.decode_binary(content, leaf["signed"], coding != "binary")


def _again(leaf: Leaf, content: bytes) -> bytes:
    """The bytes that the value of ``content`` has in a record."""
    if leaf["coding"] in ("text", "float"):
        return content
    digits = _digits(leaf, content) or 0
    match leaf["coding"]:
        case "display":
            return rules.encode_display(digits, leaf["digits"], _sign(leaf))
        case "packed":
            return rules.encode_packed(digits, leaf["digits"], leaf["signed"])
        case coding:
            return rules.encode_binary(digits, leaf["size"], leaf["signed"], coding != "binary")


def _sign(leaf: Leaf) -> rules.Sign:
    names: tuple[rules.Sign, ...] = ("none", "trailing", "leading", "trailing separate", "leading separate")
    return next((name for name in names if name == leaf["sign"]), "none")
