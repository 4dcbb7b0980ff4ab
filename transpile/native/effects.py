"""What a micro-operation reads and writes, as byte ranges of source locations, flags and temps.

Generic over micro-operations: follows the policy of ``transpile.native.micro`` (a 4-byte write of an integer register
writes all 8 bytes; every other partial write keeps the rest). Calls and returns report only their explicit operands:
what the calling convention adds is for the caller to know.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from transpile.native.micro import Code, Micro, Reg, Temp, Value

ByteRange: TypeAlias = tuple[str, int, int]
"""``(name, low, high)``: bytes ``low <= i < high`` of a location; integer registers have 8, vector registers 16."""

FLAG_DEFINES: dict[str, str] = {
    "sub": "ozscp",
    "add": "ozscp",
    "adc": "ozscp",
    "sbb": "ozscp",
    "logic": "ozscp",
    "fcmp": "ozscp",
    "shl": "ozscp",
    "shr": "ozscp",
    "sar": "ozscp",
    "inc": "ozsp",
    "dec": "ozsp",
    "result": "zsp",
    "carry": "c",
    "zero": "z",
    "overflow": "oc",
    "none": "",
}
"""Which flags a FLAGS kind gives a value."""

FLAG_DESTROYS: dict[str, str] = {"result": "oc", "overflow": "zsp", "none": "ozscp"}
"""Which flags it leaves without one; those in neither table keep their value."""

CONDITION_FLAGS: dict[str, str] = {
    "o": "o",
    "no": "o",
    "b": "c",
    "ae": "c",
    "e": "z",
    "ne": "z",
    "be": "zc",
    "a": "zc",
    "s": "s",
    "ns": "s",
    "p": "p",
    "np": "p",
    "l": "os",
    "ge": "os",
    "le": "ozs",
    "g": "ozs",
}
"""The flags a condition reads."""

_LASTING = frozenset(
    {
        Code.STORE,
        Code.BRANCH,
        Code.JUMP,
        Code.IJUMP,
        Code.CALL,
        Code.ICALL,
        Code.TAIL,
        Code.ITAIL,
        Code.RET,
        Code.TRAP,
        Code.ENTER,
        Code.LEAVE,
        Code.SP_ADD,
        Code.SP_COPY,
        Code.ATOMIC,
        Code.CAS,
        Code.FENCE,
    }
)


def removable(micro: Micro) -> bool:
    """Whether ``micro`` does nothing but define its ``dst`` (or flags): it can go when nobody reads that."""
    return micro.code not in _LASTING


def architectural(micro: Micro) -> bool:
    """Whether a FLAGS micro-operation stands for a change of the source machine's own flags."""
    return micro.imm == 0


def values(micro: Micro) -> Iterator[Value]:
    """Every value read: operands, then address registers."""
    yield from micro.args
    address = micro.address
    if address is not None:
        if address.base is not None:
            yield address.base
        if address.index is not None:
            yield address.index


def uses(micro: Micro) -> list[ByteRange]:
    """Bytes of source locations that ``micro`` reads; one entry per operand."""
    found = [(v.name, v.offset, v.offset + v.size) for v in micro.args if type(v) is Reg]
    address = micro.address
    if address is not None:
        for v in (address.base, address.index):
            if type(v) is Reg:
                found.append((v.name, 0, 8))
    return found


def defs(micro: Micro) -> ByteRange | None:
    """Bytes of a source location that ``micro`` overwrites, whatever they held."""
    dst = micro.dst
    if type(dst) is not Reg:
        return None
    if dst.size == 4 and not dst.vector:
        return dst.name, 0, 8
    return dst.name, dst.offset, dst.offset + dst.size


def kills_whole(written: ByteRange) -> bool:
    """Whether a written range is its whole location."""
    name, low, high = written
    return high - low == (16 if name.startswith("xmm") else 8)


def temp_uses(micro: Micro) -> list[int]:
    """Indices of the temps that ``micro`` reads."""
    return [v.index for v in values(micro) if type(v) is Temp]


def temp_def(micro: Micro) -> int | None:
    """Index of the temp that ``micro`` assigns."""
    return micro.dst.index if type(micro.dst) is Temp else None


def flag_uses(micro: Micro) -> tuple[int, str] | None:
    """Id of the FLAGS that ``micro`` reads (-1: those at block entry) and which of ``ozscp`` it needs."""
    cond = micro.cond
    return None if cond is None else (cond.flags, CONDITION_FLAGS[cond.cc])
