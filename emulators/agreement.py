"""Two finished runs and the relation between them: what differs, in words."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from transpile.emulators.flags import source_flags
from transpile.emulators.states import ALL, RETURN_ADDRESS, Entry, State, sign_extend, source_value
from transpile.emulators.unicorn_cpu import PAGE, Result, page_content
from transpile.native.relation import Form, Frame, Place, Relation


@dataclass(frozen=True, slots=True)
class Exit:
    """``kind``: ``label`` (``name`` says which), ``call`` ``jump`` (to ``address``), ``ret`` ``trap``, or how the run
    failed: ``read`` ``write`` ``unfinished``."""

    kind: str
    name: str = ""
    address: int = 0

    def __str__(self) -> str:
        return f"{self.kind} {self.name or hex(self.address)}" if self.name or self.address else self.kind


def _is_nan(value: int, bits: int) -> bool:
    layout = "<d" if bits == 64 else "<f"
    (number,) = struct.unpack(layout, value.to_bytes(bits // 8, "little"))
    return bool(number != number)


def holds_nan(value: int) -> bool:
    """Is there a NaN in these 64 bits, taken as a double or as two singles?"""
    return _is_nan(value, 64) or _is_nan(value & 0xFFFF_FFFF, 32) or _is_nan(value >> 32, 32)


def _same_number(a: int, b: int, bits: int) -> bool:
    """Equal, or not a number on both sides, taken as one float or as several."""
    if a == b:
        return True
    if bits == 128:
        return _same_number(a & ALL, b & ALL, 64) and _same_number(a >> 64, b >> 64, 64)
    if bits not in (32, 64):
        return False
    if _is_nan(a, bits) and _is_nan(b, bits):
        return True
    low = (1 << 32) - 1
    return bits == 64 and _same_number(a & low, b & low, 32) and _same_number(a >> 32, b >> 32, 32)


@dataclass(slots=True)
class Comparison:
    """Compares two runs that started in ``state``. ``undefined``: source registers whose value at the start is nobody's
    business, so that the target need not hold it. ``unboxed``: upper halves of NaN-boxed singles are not compared.
    ``floating``: the source computes with floats, so any value may be a NaN with another payload."""

    exits: Mapping[str, Relation]
    undefined: frozenset[str]
    preserved: tuple[str, ...]
    link: str
    unboxed: bool
    floating: bool
    state: State
    entry: Entry

    def differences(self, source: Result, left: Exit, target: Result, right: Exit) -> list[str]:
        """Everything that differs; empty if the runs agree."""
        if not self._same_exit(left, right):
            return [f"exit: {left} against {right}"]
        found = list(self._memory(source, target, left))
        if left.kind == "trap":
            return found
        for name in self.preserved:
            before, after = self.state.target[name], target.registers[name]
            if before != after:
                found.append(f"preserved {name}: {before:#x} before, {after:#x} after")
        for name, relation in self._relations(left):
            found.extend(self._relation(name, relation, source, target, left))
        return found

    def _same_exit(self, left: Exit, right: Exit) -> bool:
        # Instructions are at even addresses on RISC-V and at multiples of four on AArch64.
        return left.kind == right.kind and left.name == right.name and left.address & -4 == right.address & -4

    def _relations(self, leaving: Exit) -> Iterator[tuple[str, Relation]]:
        exits = self.exits
        if leaving.kind == "label":
            wanted = [leaving.name]
        elif leaving.kind in ("call", "ret"):
            wanted = [leaving.kind]
        else:
            wanted = ["tail"] if "tail" in exits else list(exits)
        yield from ((name, exits[name]) for name in wanted if name in exits)

    def _relation(
        self, exit_name: str, relation: Relation, source: Result, target: Result, leaving: Exit
    ) -> Iterator[str]:
        before = source.registers
        yield from self._stack(exit_name, relation.frame, source, target, leaving)
        if exit_name not in ("call", "tail", "ret") and before["DF"]:
            yield "direction flag"
        for name, offset in relation.offsets.items():
            if before[name] != self.state.base + offset & ALL:
                yield f"{name}: {before[name]:#x} is not S{offset:+}"
        for name, known in relation.ranges.items():
            value = before[name]
            if known.unsigned < 64:
                if value >> known.unsigned:
                    yield f"range of {name}: {value:#x}"
            elif known.signed < 64 and value != sign_extend(value, known.signed):
                yield f"range of {name}: {value:#x}"
        for name, (place, form) in relation.places.items():
            value = source_value(before, name)
            if name in self.undefined and value == source_value(self.state.source, name):
                continue
            held = self._held(place, relation.frame, target)
            if not self._holds(held, form, value, place):
                yield f"{name}: {value:#x} against {held:#x} in {place} ({form})"
        if relation.flags is not None:
            for flag, expected in source_flags(relation.flags, target.registers).items():
                if before[flag] != expected:
                    yield f"{flag}: {before[flag]} against {expected}"

    def _stack(self, name: str, frame: Frame, source: Result, target: Result, leaving: Exit) -> Iterator[str]:
        base = self.state.base
        rsp, sp = source.registers["rsp"], target.registers["sp"]
        if leaving.kind == "call":
            rsp = rsp + 8 & ALL
        if name == "ret":
            if rsp != base + frame.skew:
                yield f"stack pointer at return: S{rsp - base:+}"
            if sp != base:
                yield f"target stack pointer at return: S{sp - base:+}"
            return
        if frame.dynamic:
            if rsp != sp + frame.gap & ALL:
                yield f"stack pointers: {rsp:#x} against {sp:#x}"
        else:
            if rsp != base - 8 - frame.depth & ALL:
                yield f"stack pointer: S{rsp - base:+}"
            if sp != base - frame.reserved & ALL:
                yield f"target stack pointer: S{sp - base:+}"
        held = self._cell(target, base + frame.skew - 8) if frame.ra == "slot" else target.registers[self.link]
        if held != RETURN_ADDRESS:
            yield f"return address: {held:#x}"

    def _held(self, place: Place, frame: Frame, target: Result) -> int:
        if place.slot >= 0:
            return self._cell(target, self.state.base - frame.size + place.slot)
        if place.register[0] == "v":
            return target.registers[place.register + ".hi"] << 64 | target.registers[place.register + ".lo"]
        return target.registers[place.register]

    def _cell(self, target: Result, address: int) -> int:
        """The final 8 bytes of a private cell."""
        content = bytearray(self.state.target_memory.get(address & ALL, bytes(8)))
        for i in range(8):
            byte = address + i & ALL
            page = target.pages.get(byte & -PAGE)
            if page is not None:
                content[i] = page[byte % PAGE]
        return int.from_bytes(content, "little")

    def _holds(self, held: int, form: Form, value: int, place: Place) -> bool:
        bits = form.bits
        width = 128 if place.register[:1] == "v" else 64
        if form.rest == "sext" and bits < 64:
            return held == sign_extend(value, bits)
        low = (1 << min(bits, width)) - 1
        if form.rest == "nanbox" and not self.unboxed and held >> bits != (1 << 64 - bits) - 1:
            return False
        a, b = held & low, value & low
        return a == b or (self.floating and _same_number(a, b, min(bits, width)))

    def _memory(self, source: Result, target: Result, leaving: Exit) -> Iterator[str]:
        """Bytes that differ at the end, outside the private cells and the return address that a call pushes."""
        stores = source.writes[:-1] if leaving.kind == "call" else source.writes
        private = {cell + i & ALL for cell in self.entry.private(self.state.base) for i in range(8)}
        private |= {cell & ALL for cell in self._pushed(source, leaving)}
        touched = {at + i & ALL for at, size, _ in (*stores, *target.writes) for i in range(size)} - private
        wrong = {at for at in touched if self._byte(source, at) != self._byte(target, at)}
        if wrong and self.floating:
            for at, size, _ in stores:
                stored = {at + i & ALL for i in range(size)}
                if size in (4, 8) and wrong & stored and self._same_at(source, target, at, size):
                    wrong -= stored
        if wrong:
            first = min(wrong)
            ours, theirs = self._byte(source, first), self._byte(target, first)
            yield f"memory at S{first - self.state.base:+} ({first:#x}): {ours:#x} against {theirs:#x}"

    def _pushed(self, source: Result, leaving: Exit) -> range:
        rsp = source.registers["rsp"]
        return range(rsp, rsp + 8) if leaving.kind == "call" else range(0)

    def _byte(self, result: Result, address: int) -> int:
        page = address & -PAGE
        content = result.pages.get(page)
        if content is not None:
            return content[address % PAGE]
        given = self.state.byte(address)
        return page_content(self.state.seed, page)[address % PAGE] if given is None else given

    def _same_at(self, source: Result, target: Result, address: int, size: int) -> bool:
        a, b = (
            int.from_bytes(bytes(self._byte(result, address + i & ALL) for i in range(size)), "little")
            for result in (source, target)
        )
        return _same_number(a, b, 8 * size)
