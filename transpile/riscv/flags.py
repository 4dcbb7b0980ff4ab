"""Flags are never computed as such: each condition becomes the comparison that it means for the operands at hand."""

from __future__ import annotations

from transpile.native.micro import CONDITIONS, Code, Cond, Micro, Reg
from transpile.riscv.comparisons import Compare, negated
from transpile.riscv.conditions import even_compare
from transpile.riscv.emitter import Emitter, handles
from transpile.riscv.plan import location
from transpile.riscv.state import Flags
from transpile.riscv.values import Bind, EmitError

FROM_RESULT = frozenset(("e", "ne", "s", "ns"))


@handles(Code.FLAGS)
def flags(e: Emitter, micro: Micro) -> None:
    kind, width = micro.name, 8 * micro.size
    uses = e.plan.flag_uses.get(micro.id)
    if not uses and (e.block.flags_out is None or e.plan.last_flags != micro.id):
        if kind not in ("inc", "dec") and not micro.imm:
            e.current_flags = None
        return
    previous = e.current_flags if kind in ("inc", "dec") else None
    wait = result_index(e, micro)
    if wait >= 0:
        made = Flags("result" if kind == "sub" or not needs_carry(e, micro) else "sum", micro.size, (), previous)
        if made.kind == "sum":
            made.args = (flag_operand(e, micro, 1, width),)
        made.wait = wait
        e.waiting = made
    else:
        made = Flags(
            kind, micro.size, tuple(flag_operand(e, micro, n, width) for n in range(len(micro.args))), previous
        )
    outer = e.current_flags
    e.define_flags(micro.id, made)
    if micro.imm:
        e.current_flags = outer


def flag_operand(e: Emitter, micro: Micro, number: int, width: int) -> Bind:
    value = micro.args[number]
    found = e.value(value)
    e.pin(found.content)
    return found


def needs_carry(e: Emitter, micro: Micro) -> bool:
    return not e.plan.conditions.get(micro.id, set()) <= FROM_RESULT


def result_index(e: Emitter, micro: Micro) -> int:
    """Where the result these flags describe is computed, if every consumer can be told from the result; else -1."""
    if micro.name not in ("sub", "add") or (e.block.flags_out is not None and e.plan.last_flags == micro.id):
        return -1
    wanted = e.plan.conditions.get(micro.id, set())
    if not wanted <= (FROM_RESULT if micro.name == "sub" else FROM_RESULT | {"b", "ae"}):
        return -1
    code = Code.SUB if micro.name == "sub" else Code.ADD
    for index in (e.index + 1, e.index + 2):
        if index >= len(e.block.micros):
            break
        other = e.block.micros[index]
        if other.cond is not None:
            break
        if other.code is code and other.args == micro.args and other.size == micro.size:
            return index if reaches(e, other, index) and (micro.name == "sub" or separate(e, micro, other)) else -1
    return -1


def reaches(e: Emitter, other: Micro, index: int) -> bool:
    dst = other.dst
    if dst is None or (isinstance(dst, Reg) and dst.offset):
        return False
    name = location(dst)
    return name in e.plan.used if name[0] == "%" else name in e.block.live_after[index]


def separate(e: Emitter, micro: Micro, other: Micro) -> bool:
    """The second operand of an addition survives it (or is not needed)."""
    if not needs_carry(e, micro):
        return True
    second = micro.args[1]
    return getattr(second, "name", "") != getattr(other.dst, "name", "?")


def find(e: Emitter, cond: Cond) -> Flags:
    found = e.flags.get(cond.flags)
    if found is None or found.wait >= 0:
        raise EmitError("flags are used that no instruction of this block has set")
    return found


def compare(e: Emitter, cond: Cond) -> Compare:
    """The comparison that is true exactly when ``cond`` holds."""
    found = find(e, cond)
    cc = cond.cc
    odd = CONDITIONS.index(cc) & 1
    # Each rule answers the even condition of a pair, or None; the odd one is its negation.
    even = CONDITIONS[CONDITIONS.index(cc) & ~1]
    made = even_compare(e, found, even)
    return negated(made) if odd else made
