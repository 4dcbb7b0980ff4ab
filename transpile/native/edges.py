"""Flags that are live across block edges: which micro-operation made them, and where the target keeps them.

Compilers branch twice on one comparison (``cmp; je; jg``), so the operands of that comparison, or the target's own
flags, must cross the edge in between. All definitions that reach a block must be of one kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from transpile.native.abi import TargetAbi
from transpile.native.effects import FLAG_DEFINES, architectural
from transpile.native.micro import Code, Const, Micro
from transpile.native.prepare import Prepared
from transpile.native.relation import EdgeFlags


class FlagError(Exception):
    """Flags of different kinds meet at one label."""


NZCV_KIND = {
    "sub": "sub", "add": "add", "logic": "logic", "fcmp": "fcmp", "result": "logic", "inc": "add", "dec": "sub",
}  # fmt: skip
"""How AArch64's NZCV holds the flags of each kind; ``C`` is not available for inc, dec and result."""

WIDENED = {"sub": "zcp", "logic": "ozscp", "result": "zsp"}
"""Flags that are the same for sign-extended operands: definitions of several sizes may meet as the widest of them."""


@dataclass(frozen=True, slots=True)
class Definition:
    """The part of a FLAGS micro-operation that must agree on all ways to a label."""

    kind: str
    size: int
    constants: tuple[int | None, ...]
    narrowest: int
    """The smallest size among the definitions that met; ``size`` is the largest."""

    def meet(self, other: Definition) -> Definition:
        same = self.kind == other.kind and len(self.constants) == len(other.constants)
        if not same or (self.size != other.size and self.kind not in WIDENED):
            raise FlagError(f"flags of '{self.kind}' and '{other.kind}' meet")
        pairs = zip(self.constants, other.constants, strict=True)
        constants = tuple(a if a == b else None for a, b in pairs)
        return Definition(self.kind, max(self.size, other.size), constants, min(self.narrowest, other.narrowest))


def _definition(micro: Micro) -> Definition:
    constants = tuple(a.signed if isinstance(a, Const) else None for a in micro.args)
    return Definition(micro.name, micro.size, constants, micro.size)


class FlagEdges:
    """Chooses ``EdgeFlags`` at every edge; ``entry`` and ``exit`` by block label."""

    def __init__(self, prepared: Prepared, target: TargetAbi) -> None:
        self.prepared = prepared
        self.target = target
        self.entry: dict[str, EdgeFlags] = {}
        self.exit: dict[str, EdgeFlags] = {}

    def run(self) -> FlagEdges:
        blocks = self.prepared.function.by_label()
        live = {b.label: self.prepared.liveness[b.label] for b in self.prepared.function.blocks}
        if not any(result.flags_entry for result in live.values()):
            return self
        reaching = self._reaching({label: result.flags_exit for label, result in live.items()})
        groups = self._groups({label: result.flags_entry for label, result in live.items()})
        for group in groups:
            letters = "".join(c for c in "ozscp" if any(c in live[label].flags_entry for label in group))
            found: Definition | None = None
            for label in group:
                known = reaching.get(label)
                if known is not None:
                    found = known if found is None else found.meet(known)
            if found is None:
                raise FlagError(f"no definition of the flags reaches '{group[0]}'")
            edge = self._edge(found, letters)
            for label in group:
                self.entry[label] = edge
        for block in self.prepared.function.blocks:
            for successor in block.successors:
                known_edge = self.entry.get(blocks[successor].label)
                if known_edge is not None:
                    self.exit[block.label] = known_edge
        return self

    def _reaching(self, flags_out: Mapping[str, str]) -> dict[str, Definition]:
        function = self.prepared.function
        labels = function.by_label()
        entry: dict[str, Definition] = {}
        work = [b.label for b in function.blocks]
        while work:
            label = work.pop()
            if not flags_out[label]:
                continue
            made = self._made(label, flags_out[label]) or entry.get(label)
            if made is None:
                continue
            for name in labels[label].successors:
                successor = labels[name].label
                if not self.prepared.liveness[successor].flags_entry:
                    continue
                old = entry.get(successor)
                new = made if old is None else old.meet(made)
                if new != old:
                    entry[successor] = new
                    work.append(successor)
        return entry

    def _made(self, label: str, letters: str) -> Definition | None:
        for micro in reversed(self.prepared.liveness[label].micros):
            if micro.code is Code.FLAGS and architectural(micro):
                if any(c not in FLAG_DEFINES[micro.name] for c in letters):
                    raise FlagError(f"flags of '{micro.name}' and of an earlier instruction are both needed")
                return _definition(micro)
        return None

    def _makes(self, label: str) -> bool:
        return any(m.code is Code.FLAGS and architectural(m) for m in self.prepared.liveness[label].micros)

    def _groups(self, flags_in: Mapping[str, str]) -> list[list[str]]:
        """Blocks with live flags that share a predecessor must agree: union-find over them."""
        labels = self.prepared.function.by_label()
        parent = {label: label for label, letters in flags_in.items() if letters}

        def root(label: str) -> str:
            while parent[label] != label:
                label = parent[label]
            return label

        for block in self.prepared.function.blocks:
            members = [labels[s].label for s in block.successors if labels[s].label in parent]
            if block.label in parent and members and not self._makes(block.label):
                members.append(block.label)
            for other in members[1:]:
                parent[root(other)] = root(members[0])
        grouped: dict[str, list[str]] = {}
        for label in parent:
            grouped.setdefault(root(label), []).append(label)
        return list(grouped.values())

    def _edge(self, found: Definition, letters: str) -> EdgeFlags:
        if found.size != found.narrowest and not set(letters) <= set(WIDENED[found.kind]):
            raise FlagError(f"flags of '{found.kind}' on {found.narrowest} and {found.size} bytes meet")
        hidden = ("p" in letters and found.kind != "fcmp") or (
            "c" in letters and found.kind in ("result", "inc", "dec")
        )
        if self.target.native_flags and found.kind in NZCV_KIND and found.narrowest >= 4 and not hidden:
            return EdgeFlags("nzcv", found.size, (), letters, NZCV_KIND[found.kind])
        registers = iter(self._registers(found.kind))
        places = []
        for constant in found.constants:
            place = f"#{constant}" if constant is not None else next(registers, None)
            if place is None:
                raise FlagError(f"flags of '{found.kind}' cannot cross an edge")
            places.append(place)
        return EdgeFlags(found.kind, found.size, tuple(places), letters)

    def _registers(self, kind: str) -> tuple[str, ...]:
        floats = tuple(r for r in self.target.flag_registers if r.startswith("f"))
        integers = tuple(r for r in self.target.flag_registers if not r.startswith("f"))
        return floats if kind == "fcmp" else integers
