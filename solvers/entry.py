"""The state in which a block begins, on both machines, as its entry relation allows."""

from __future__ import annotations

from transpile.native.relation import Form, Frame, Place, Range
from transpile.solvers import terms as t
from transpile.solvers.case import DYNAMIC, RETURN_ADDRESS, Case, Convention, S
from transpile.solvers.edge_flags import assume_flags
from transpile.solvers.machine import Machine
from transpile.solvers.terms import Term


def machines(case: Case, convention: Convention) -> tuple[Machine, Machine]:
    entry = case.entry
    source = Machine("x86", labels=case.labels)
    target = Machine(convention.isa, labels=case.labels)
    source.base = target.base = S
    frame = entry.frame
    slot = frame.skew - 8
    source.cells[slot] = RETURN_ADDRESS
    if frame.ra == "slot":
        target.cells[slot] = RETURN_ADDRESS
    else:
        target.cells[slot] = t.var("junk:slot", 64)
        target.set(convention.link, RETURN_ADDRESS)
    source.set("rsp", source_sp(frame))
    target.set(convention.stack_pointer, target_sp(frame))
    source.set("DF", t.const(0, 1))
    for name, offset in entry.offsets.items():
        source.set(name, t.add(S, t.const(offset, 64)))
    for name, known in entry.ranges.items():
        if name not in entry.offsets:
            source.set(name, _ranged(name, known))
    for name, (place, form) in entry.places.items():
        _hold(target, place, form, source_value(source, name), name, frame)
    for slot in case.slots:
        target.cells.setdefault(slot - frame.size, t.var(f"junk:{slot}", 64))
    if entry.flags is not None:
        assume_flags(entry.flags, source, target)
    return source, target


def source_sp(frame: Frame) -> Term:
    if frame.dynamic:
        return t.add(DYNAMIC, t.const(frame.gap, 64))
    return t.add(S, t.const(-8 - frame.depth, 64))


def target_sp(frame: Frame) -> Term:
    return DYNAMIC if frame.dynamic else t.add(S, t.const(-frame.reserved, 64))


def _ranged(name: str, known: Range) -> Term:
    if known.unsigned < 64:
        return t.zext(t.var(f"x86:{name}", known.unsigned), 64)
    if known.signed < 64:
        return t.sext(t.var(f"x86:{name}", known.signed), 64)
    return t.var(f"x86:{name}", 64)


def source_value(source: Machine, name: str) -> Term:
    """A register, ``xmm0`` as 128 bits, or one of its halves."""
    if name.startswith("xmm") and "." not in name:
        return t.concat(source.get(name + ".hi"), source.get(name + ".lo"))
    return source.get(name)


def _hold(target: Machine, place: Place, form: Form, value: Term, name: str, frame: Frame) -> None:
    if place.slot >= 0:
        target.cells[place.slot - frame.size] = _held(value, form, 64, name)
    elif form.bits > 64 or (place.register[0] == "v" and value.width == 128):
        held = _held(value, form, 128, name)
        target.set(place.register + ".lo", t.extract(held, 0, 64))
        target.set(place.register + ".hi", t.extract(held, 64, 64))
    else:
        target.set(place.register, _held(value, form, 64, name))


def _held(value: Term, form: Form, width: int, name: str) -> Term:
    """The content of a ``width``-bit target location that holds ``value`` in ``form``."""
    if form.bits >= width:
        return value
    low = t.extract(value, 0, form.bits)
    if form.rest == "sext":
        return t.sext(low, width)
    if form.rest == "nanbox":
        return t.concat(t.const((1 << (width - form.bits)) - 1, width - form.bits), low)
    return t.concat(t.var(f"junk:{name}", width - form.bits), low)
