"""Facts about source registers: which are known to be zero- or sign-extended from fewer bits.

A forward must-analysis over a coarse lattice; its results stand in the relations and are proved there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from transpile.native.abi import SourceAbi
from transpile.native.cfg import Function
from transpile.native.micro import Code, Const, Micro, Reg, Temp, Value
from transpile.native.relation import Range

Key = str | int
Facts = dict[Key, Range]

UNSIGNED = (1, 8, 16, 31, 32, 63, 64)
SIGNED = (1, 8, 16, 32, 64)
TOP = Range()
BOOLEAN = Range(1, 8)


def _round(bits: int, steps: Sequence[int]) -> int:
    return next((s for s in steps if bits <= s), 64)


def normal(unsigned: int, signed: int) -> Range:
    """The range rounded to the lattice; a small unsigned value is also its own sign extension."""
    unsigned = _round(max(unsigned, 1), UNSIGNED)
    signed = min(signed, unsigned + 1) if unsigned < 64 else signed
    return Range(unsigned, _round(signed, SIGNED))


def _constant(value: int, size: int) -> Range:
    if size == 8 and value >> 63:
        return normal(64, ((1 << 64) - value - 1).bit_length() + 1)
    return normal(value.bit_length(), value.bit_length() + 1)


class RangeFlow:
    """Transfer functions over one block's micro-operations."""

    def __init__(self, abi: SourceAbi) -> None:
        self.clobbered = tuple(n for n in abi.registers if n not in abi.callee_saved)

    def read(self, value: Value, facts: Facts) -> Range:
        """The range of ``value`` zero-extended from its size."""
        if isinstance(value, Const):
            return _constant(value.value, value.size)
        if isinstance(value, Reg | Temp) and not value.vector:
            known = facts.get(value.index if isinstance(value, Temp) else value.name, TOP)
            if isinstance(value, Reg) and value.offset:
                return normal(8, 64)
            if value.size == 8:
                return known
            return normal(min(known.unsigned, 8 * value.size), 64)
        return TOP

    def signed(self, value: Value, facts: Facts) -> int:
        """Bits that the value's low ``size`` bytes need as a signed number."""
        if isinstance(value, Const):
            return min(_round(value.signed.bit_length() + 1, SIGNED), 8 * value.size)
        if isinstance(value, Reg | Temp) and not value.vector and not getattr(value, "offset", 0):
            known = facts.get(value.index if isinstance(value, Temp) else value.name, TOP)
            return min(known.signed, 8 * value.size)
        return 8 * value.size if isinstance(value, Reg | Temp) else 64

    def step(self, micro: Micro, facts: Facts) -> None:
        if micro.code in (Code.CALL, Code.ICALL):
            for name in self.clobbered:
                facts.pop(name, None)
            return
        dst = micro.dst
        if dst is None or dst.vector:
            return
        key: Key = dst.index if isinstance(dst, Temp) else dst.name
        if dst.size < 4 and isinstance(dst, Reg):
            old = facts.get(key, TOP)
            top = 8 * (dst.size + dst.offset)
            facts[key] = normal(max(old.unsigned, top), 64) if old.unsigned < 64 else TOP
            return
        result = self.result(micro, facts)
        if dst.size <= 4:
            result = normal(min(result.unsigned, 8 * dst.size), result.signed)
        if result == TOP:
            facts.pop(key, None)
        else:
            facts[key] = result

    def result(self, micro: Micro, facts: Facts) -> Range:
        """The range of the 64-bit register after the write (4-byte results are zero-extended by the caller)."""
        args = micro.args
        width = 8 * micro.dst.size if micro.dst is not None else 64
        match micro.code:
            case Code.COPY | Code.ZEXT:
                return self.read(args[0], facts)
            case Code.SEXT:
                bits = self.signed(args[0], facts)
                low = self.read(args[0], facts).unsigned
                if low < 8 * getattr(args[0], "size", 8):
                    return normal(low, bits)
                return normal(64, bits) if width == 64 else TOP
            case Code.LOAD:
                bits = 8 * micro.size
                if micro.name == "s":
                    return normal(64, bits) if width == 64 else TOP
                return normal(bits, 64)
            case Code.SETCC:
                return BOOLEAN
            case Code.AND:
                return normal(min(self.read(a, facts).unsigned for a in args), 64)
            case Code.OR | Code.XOR:
                return normal(max(self.read(a, facts).unsigned for a in args), 64)
            case Code.SHR if isinstance(args[1], Const):
                count = args[1].value % width
                return normal(max(min(self.read(args[0], facts).unsigned, width) - count, 1), 64)
            case Code.SELECT:
                return self.read(args[0], facts).join(self.read(args[1], facts))
            case Code.POPCNT | Code.CTZ | Code.CLZ:
                return normal(8, 64)
            case Code.UDIV | Code.UREM:
                return normal(min(self.read(args[0], facts).unsigned, width), 64)
            case _:
                return TOP


def _told(live: Mapping[str, int], key: Key) -> bool:
    return live.get(str(key), 0) >= 4


def flow(
    function: Function,
    micros: Mapping[str, Sequence[Micro]],
    abi: SourceAbi,
    live: Mapping[str, Mapping[str, int]] | None = None,
) -> dict[str, dict[str, Range]]:
    """Known ranges at each block's entry; given the ``live`` bytes there, of registers that are live as 4 or more."""
    transfer = RangeFlow(abi)
    blocks = function.by_label()
    entry: dict[str, Facts] = {function.blocks[0].label: {}}
    work = [function.blocks[0].label]
    while work:
        label = work.pop()
        facts = dict(entry[label])
        for micro in micros[label]:
            transfer.step(micro, facts)
        facts = {k: v for k, v in facts.items() if isinstance(k, str)}
        for name in blocks[label].successors:
            successor = blocks[name].label
            old = entry.get(successor)
            if old is None:
                new: Facts = facts if live is None else {k: v for k, v in facts.items() if _told(live[successor], k)}
                new = dict(new)
            else:
                new = {k: r.join(facts[k]) for k, r in old.items() if k in facts}
                new = {k: r for k, r in new.items() if r != TOP}
            if new != old:
                entry[successor] = new
                work.append(successor)
    return {label: {k: v for k, v in facts.items() if isinstance(k, str)} for label, facts in entry.items()}
