"""The checker: one block, its translation, and the relations around it, as proof obligations.

The source block runs symbolically from a state that satisfies the entry relation, and so does the translation. Proved
are: the same stores in the same order with the same values, the same exits under the same conditions, and at every
exit the relation that its successor assumes. Memory before the block is the same for both and opaque.

A return, call or tail call must hand over the stack as the target's convention wants it, and every register that the
convention preserves and that holds no source state must be untouched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from transpile.core.verdict import Proved, Undecided, Verdict
from transpile.native.relation import EdgeFlags, Form, Frame, Place, Range, Relation
from transpile.solvers import terms as t
from transpile.solvers.assume import zero_tests
from transpile.solvers.machine import TRUE, Exit, Machine
from transpile.solvers.rewrite_divide import IMPOSSIBLE
from transpile.solvers.smt import GaveUp, Model, Valid, check_valid
from transpile.solvers.step import Step
from transpile.solvers.terms import Term

S = t.var("S", 64)
DYNAMIC = t.var("D", 64)
RETURN_ADDRESS = t.var("RA", 64)

ASSUMPTIONS = (
    "x86 does not fault in this block",
    "no pointer reaches the return address or the translation's private slots",
    "NaN payloads and signs of arithmetic results are not distinguished",
)


@dataclass(frozen=True, slots=True)
class Convention:
    """What the prover needs of the target: stack pointer, link register, registers a callee preserves."""

    isa: str
    stack_pointer: str
    link: str
    preserved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One block to check. ``exits``: successor label, or ``call`` ``tail`` ``ret`` -> relation. ``falls`` names where
    the source and the target go when they run off their end."""

    source: Sequence[Step]
    target: Sequence[Step]
    entry: Relation
    exits: Mapping[str, Relation]
    labels: Mapping[str, str]
    """Every label of the function -> the label of its block."""
    label: str
    source_falls: str = ""
    target_falls: str = ""
    slots: frozenset[int] = frozenset()
    """The function's private slots, as offsets from its frame's lower end."""
    undefined: frozenset[str] = frozenset()
    """Source registers that the convention leaves undefined at entry (after a call): while they are untouched, any
    target value will do for them."""


@dataclass(slots=True)
class Obligation:
    """``goal`` must hold whenever ``guard`` does; ``name`` says what it is about."""

    name: str
    guard: Term
    goal: Term


@dataclass(frozen=True, slots=True)
class Difference:
    """A model in which an obligation fails; not believed before it is replayed."""

    names: tuple[str, ...]
    model: Model


@dataclass(slots=True)
class Outcome:
    """``verdict`` is Proved or Undecided; ``difference`` is set when the solver found a model."""

    verdict: Verdict
    difference: Difference | None = None
    source: Machine | None = None
    target: Machine | None = None
    rlimit: int = 0
    obligations: list[Obligation] = field(default_factory=list)


class Mismatch(Exception):
    """The translation has another shape than the source: other exits or stores."""


def prove(case: Case, convention: Convention, rlimit: int) -> Outcome:
    """Check ``case``; at most ``rlimit`` Z3 resource units."""
    source, target = _machines(case, convention)
    source.run(case.source, _source_outputs(case))
    if source.unsupported is not None:
        return Outcome(Undecided(f"outside the model: {source.unsupported}"), None, source, target)
    IMPOSSIBLE.update(zero_tests(source))
    try:
        target.run(case.target, None)
    finally:
        IMPOSSIBLE.clear()
    if target.unsupported is not None:
        return Outcome(Undecided(f"outside the model: {target.unsupported}"), None, source, target)
    try:
        obligations = list(_obligations(case, convention, source, target))
    except Mismatch as mismatch:
        return Outcome(Undecided(str(mismatch)), None, source, target)
    open_ones = [o for o in obligations if o.goal is not TRUE]
    if not open_ones:
        return Outcome(Proved(ASSUMPTIONS), None, source, target, 0, obligations)
    return _solve(open_ones, rlimit, source, target, obligations)


def _solve(
    open_ones: Sequence[Obligation], rlimit: int, source: Machine, target: Machine, obligations: list[Obligation]
) -> Outcome:
    goals = [o.goal if o.guard is TRUE else t.bor(t.bnot(o.guard), o.goal) for o in open_ones]
    remaining = [(o, g) for o, g in zip(open_ones, goals, strict=True) if g is not TRUE]
    if not remaining:
        return Outcome(Proved(ASSUMPTIONS), None, source, target, 0, obligations)
    answer = check_valid([], [g for _, g in remaining], rlimit)
    match answer:
        case Valid(rlimit=used):
            return Outcome(Proved(ASSUMPTIONS, used), None, source, target, used, obligations)
        case Model():
            names = tuple(o.name for o, g in remaining if not answer.satisfies(g))
            difference = Difference(names or tuple(o.name for o, _ in remaining), answer)
            reason = "the solver found a difference in " + ", ".join(difference.names[:4])
            return Outcome(Undecided(reason), difference, source, target, rlimit, obligations)
        case GaveUp(reason=reason):
            about = ", ".join(o.name for o, _ in remaining[:4])
            return Outcome(Undecided(f"solver gave up on {about}: {reason}"), None, source, target, rlimit, obligations)


# Entry states


def _machines(case: Case, convention: Convention) -> tuple[Machine, Machine]:
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
    source.set("rsp", _source_sp(frame))
    target.set(convention.stack_pointer, _target_sp(frame))
    source.set("DF", t.const(0, 1))
    for name, offset in entry.offsets.items():
        source.set(name, t.add(S, t.const(offset, 64)))
    for name, known in entry.ranges.items():
        if name not in entry.offsets:
            source.set(name, _ranged(name, known))
    for name, (place, form) in entry.places.items():
        _hold(target, place, form, _source_value(source, name), name, frame)
    for slot in case.slots:
        target.cells.setdefault(slot - frame.size, t.var(f"junk:{slot}", 64))
    if entry.flags is not None:
        _set_flags(entry.flags, source, target)
    return source, target


def _source_sp(frame: Frame) -> Term:
    if frame.dynamic:
        return t.add(DYNAMIC, t.const(frame.gap, 64))
    return t.add(S, t.const(-8 - frame.depth, 64))


def _target_sp(frame: Frame) -> Term:
    return DYNAMIC if frame.dynamic else t.add(S, t.const(-frame.reserved, 64))


def _ranged(name: str, known: Range) -> Term:
    if known.unsigned < 64:
        return t.zext(t.var(f"x86:{name}", known.unsigned), 64)
    if known.signed < 64:
        return t.sext(t.var(f"x86:{name}", known.signed), 64)
    return t.var(f"x86:{name}", 64)


def _source_value(source: Machine, name: str) -> Term:
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


# Flags across edges


def _sign_extended(name: str, size: int, target: Machine) -> Term:
    """The operand that an edge's flags were made from, ``size`` bytes wide."""
    if name.startswith("#"):
        return t.const(int(name[1:]) & (1 << 8 * size) - 1, 8 * size)
    return t.extract(target.get(name), 0, 8 * size)


def _set_flags(flags: EdgeFlags, source: Machine, target: Machine) -> None:
    if flags.nzcv == "fcmp":
        _set_comparison(target)
    if flags.kind != "nzcv":
        for position, place in enumerate(flags.places):
            if not place.startswith("#"):
                narrow = t.var(f"flag:{position}", 8 * flags.size)
                wide = narrow if place.startswith(("f", "v")) else t.sext(narrow, 64)
                if wide.width < 64:
                    wide = t.concat(t.const((1 << (64 - wide.width)) - 1, 64 - wide.width), wide)
                target.set(place + (".lo" if place.startswith("v") else ""), wide)
    for letter, value in flag_terms(flags, target).items():
        source.set(letter, value)


def flag_terms(flags: EdgeFlags, target: Machine) -> dict[str, Term]:
    """What the source's flags are, as a function of the target's state, for the flags that are live."""
    if flags.kind == "nzcv":
        values = _from_nzcv(flags.nzcv, target)
    else:
        values = _from_operands(flags, target)
    names = {"o": "OF", "z": "ZF", "s": "SF", "c": "CF", "p": "PF"}
    return {names[c]: values[c] for c in flags.live}


def _nzcv(target: Machine) -> list[Term]:
    return [target.get(name) for name in ("NG", "ZR", "CY", "OV")]


def _set_comparison(target: Machine) -> None:
    """NZCV as one of the four outcomes of a floating-point comparison (Arm ARM, FPCompare)."""
    high, low = t.var("flag:high", 1), t.var("flag:low", 1)
    less = t.bnot(t.bor(high, low))
    equal = t.band(t.bnot(high), low)
    unordered = t.band(high, low)
    for name, value in zip(("NG", "ZR", "CY", "OV"), (less, equal, t.bnot(less), unordered), strict=True):
        target.set(name, value)


def _is_comparison(target: Machine) -> Term:
    n, z, c, v = _nzcv(target)
    return t.band(t.eq(c, t.bnot(n)), t.bnot(t.bor(t.band(z, v), t.bor(t.band(n, z), t.band(n, v)))))


def _from_nzcv(kind: str, target: Machine) -> dict[str, Term]:
    n, z, c, v = _nzcv(target)
    if kind == "fcmp":
        zero = t.const(0, 1)
        return {"o": zero, "s": zero, "z": t.bor(z, v), "p": v, "c": t.bxor(n, v)}
    return {"o": v, "s": n, "z": z, "c": t.bnot(c) if kind == "sub" else c}


def _from_operands(flags: EdgeFlags, target: Machine) -> dict[str, Term]:
    width = 8 * flags.size
    kind = flags.kind
    places = [p + ".lo" if p.startswith("v") else p for p in flags.places]
    args = [_sign_extended(p, flags.size, target) for p in places]
    zero = t.const(0, width)
    no = t.const(0, 1)
    if kind == "fcmp":
        a, b = args
        unordered = t.bor(t.float_is_nan(a), t.float_is_nan(b))
        return {
            "z": t.bor(unordered, t.float_eq(a, b)), "p": unordered, "c": t.bor(unordered, t.float_lt(a, b)),
            "o": no, "s": no,
        }  # fmt: skip
    if kind in ("sub", "add"):
        a, b = args
        result = t.sub(a, b) if kind == "sub" else t.add(a, b)
        carry = t.ult(a, b) if kind == "sub" else t.carry(a, b)
        overflow = t.sborrow(a, b) if kind == "sub" else t.scarry(a, b)
        return _result_flags(result, carry, overflow)
    if kind in ("logic", "result", "inc", "dec"):
        result = args[0]
        extreme = t.const(1 << (width - 1), width) if kind == "inc" else t.const((1 << (width - 1)) - 1, width)
        overflow = t.eq(result, extreme) if kind in ("inc", "dec") else no
        return _result_flags(result, no, overflow)
    if kind == "zero":
        return {"z": t.eq(args[0], zero)}
    if kind == "carry":
        return {"c": t.extract(args[0], 0, 1)}
    raise Mismatch(f"flags of '{kind}' cross an edge")


def _result_flags(result: Term, carry: Term, overflow: Term) -> dict[str, Term]:
    width = result.width
    parity = t.extract(t.popcount(t.extract(result, 0, 8), 8), 0, 1)
    return {
        "z": t.eq(result, t.const(0, width)), "s": t.extract(result, width - 1, 1), "c": carry, "o": overflow,
        "p": t.bnot(parity),
    }  # fmt: skip


# Obligations


def _source_outputs(case: Case) -> set[str]:
    """Source registers that some exit relation speaks about: the others need not be computed."""
    outputs = {"rsp", "DF"}
    for relation in case.exits.values():
        for name in relation.places:
            if name.startswith("xmm") and "." not in name:
                outputs.update((name + ".lo", name + ".hi"))
            else:
                outputs.add(name)
        outputs.update(relation.offsets)
        if relation.flags is not None:
            letters = {"o": "OF", "z": "ZF", "s": "SF", "c": "CF", "p": "PF"}
            outputs.update(letters[c] for c in relation.flags.live)
    return outputs


def _obligations(case: Case, convention: Convention, source: Machine, target: Machine) -> Iterator[Obligation]:
    yield from _stores(source, target)
    yield from _exits(case, convention, source, target)
    for name in convention.preserved:
        if name in target.registers:
            untouched = t.var("tp", 64) if name == "tp" else t.var(f"{target.isa}:{name}", 64)
            yield Obligation(f"{name} preserved", TRUE, t.eq(target.get(name), untouched))


def _stores(source: Machine, target: Machine) -> Iterator[Obligation]:
    if len(source.log) != len(target.log):
        raise Mismatch(f"the source stores {len(source.log)} times, the translation {len(target.log)} times")
    for number, (a, b) in enumerate(zip(source.log, target.log, strict=True), 1):
        if a.nbytes != b.nbytes or a.kind != b.kind:
            raise Mismatch(f"store {number} is {a.kind} of {a.nbytes} bytes, and {b.kind} of {b.nbytes}")
        yield Obligation(f"condition of store {number}", TRUE, t.eq(a.guard, b.guard))
        if a.nbytes:
            yield Obligation(f"address of store {number}", a.guard, t.eq(a.address, b.address))
            yield Obligation(f"value of store {number}", a.guard, t.eq(a.value, b.value))


@dataclass(slots=True)
class Leaving:
    """All ways out of a block to one place."""

    guard: Term
    target: Term | None = None


def _leavings(exits: Sequence[Exit], case: Case, falls: str) -> dict[tuple[str, str], Leaving]:
    found: dict[tuple[str, str], Leaving] = {}
    for leaving in exits:
        key, address = _destination(leaving, case, falls)
        known = found.get(key)
        if known is None:
            found[key] = Leaving(leaving.guard, address)
        elif address is not known.target:
            raise Mismatch("several indirect exits")
        else:
            known.guard = t.bor(known.guard, leaving.guard)
    return found


def _destination(leaving: Exit, case: Case, falls: str) -> tuple[tuple[str, str], Term | None]:
    kind, target = leaving.kind, leaving.target
    if isinstance(target, Term):
        if kind == "ijump":
            return ("ret", "") if target is RETURN_ADDRESS else ("ijump", ""), target
        return (kind, ""), target
    if kind == "next":
        return ("label", case.labels.get(falls, falls)), None
    if kind == "label" or (kind == "tail" and target in case.labels):
        return ("label", case.label if target == "self" else case.labels.get(target, target)), None
    return (kind, target), None


def _exits(case: Case, convention: Convention, source: Machine, target: Machine) -> Iterator[Obligation]:
    ours = _leavings(source.exits, case, case.source_falls)
    theirs = _leavings(target.exits, case, case.target_falls)
    if ours.keys() != theirs.keys():
        raise Mismatch(f"exits differ: {_names(ours)} and {_names(theirs)}")
    for key, leaving in ours.items():
        other = theirs[key]
        yield Obligation(f"condition of exit {' '.join(key).strip()}", TRUE, t.eq(leaving.guard, other.guard))
        guard = TRUE if len(ours) == 1 else leaving.guard
        if leaving.target is not None and other.target is not None:
            yield Obligation(f"target of {key[0]}", guard, t.eq(leaving.target, other.target))
        if key[0] == "ret":
            address = leaving.target
            if address is None:
                raise Mismatch("a return without an address")
            yield Obligation("return address", guard, t.eq(address, RETURN_ADDRESS))
        for name, relation in _relations_at(key, case):
            yield from _relation(name, relation, guard, case.undefined, convention, source, target)


def _names(leavings: Mapping[tuple[str, str], Leaving]) -> str:
    return ", ".join(" ".join(key).strip() for key in leavings) or "none"


def _relations_at(key: tuple[str, str], case: Case) -> Iterator[tuple[str, Relation]]:
    kind, name = key
    match kind:
        case "label":
            if name not in case.exits:
                raise Mismatch(f"control leaves to '{name}', which is not a successor")
            yield name, case.exits[name]
        case "call" | "icall":
            yield "call", case.exits["call"]
        case "ret":
            yield "ret", case.exits["ret"]
        case "tail":
            yield "tail", case.exits["tail"]
        case "ijump":
            if "tail" in case.exits:
                yield "tail", case.exits["tail"]
            else:
                yield from case.exits.items()
        case "trap":
            return
        case _:
            raise Mismatch(f"unexpected exit '{kind}'")


def _relation(
    name: str,
    relation: Relation,
    guard: Term,
    undefined: frozenset[str],
    convention: Convention,
    source: Machine,
    target: Machine,
) -> Iterator[Obligation]:
    yield from _stack(name, relation.frame, guard, convention, source, target)
    if name not in ("call", "tail", "ret"):
        yield Obligation("direction flag", guard, t.eq(source.get("DF"), t.const(0, 1)))
    for register, offset in relation.offsets.items():
        goal = t.eq(source.get(register), t.add(S, t.const(offset, 64)))
        yield Obligation(f"{register} in the frame", guard, goal)
    for register, known in relation.ranges.items():
        value = source.get(register)
        if known.unsigned < 64:
            high = t.extract(value, known.unsigned, 64 - known.unsigned)
            yield Obligation(f"range of {register}", guard, t.eq(high, t.const(0, high.width)))
        elif known.signed < 64:
            yield Obligation(f"range of {register}", guard, t.eq(value, t.sext(t.extract(value, 0, known.signed), 64)))
    for register, (place, form) in relation.places.items():
        if register in undefined and source.get(register) is t.var(f"x86:{register}", 64):
            continue
        held = _content(target, place, form, relation.frame)
        yield Obligation(register, guard, _holds(held, form, _source_value(source, register)))
    if relation.flags is not None:
        for operand in relation.flags.places:
            if not operand.startswith(("#", "f", "v")):
                value = target.get(operand)
                low = t.extract(value, 0, 8 * relation.flags.size)
                yield Obligation(f"flags in {operand}", guard, t.eq(value, t.sext(low, 64)))
        if relation.flags.nzcv == "fcmp":
            yield Obligation("comparison flags", guard, _is_comparison(target))
        for flag, expected in flag_terms(relation.flags, target).items():
            yield Obligation(flag, guard, t.eq(source.get(flag), expected))


def _stack(
    name: str, frame: Frame, guard: Term, convention: Convention, source: Machine, target: Machine
) -> Iterator[Obligation]:
    rsp, sp = source.get("rsp"), target.get(convention.stack_pointer)
    if name == "ret":
        yield Obligation("stack pointer at return", guard, t.eq(rsp, t.add(S, t.const(frame.skew, 64))))
        yield Obligation("target stack pointer at return", guard, t.eq(sp, S))
        return
    if frame.dynamic:
        yield Obligation("stack pointers", guard, t.eq(rsp, t.add(sp, t.const(frame.gap, 64))))
    else:
        yield Obligation("stack pointer", guard, t.eq(rsp, _source_sp(frame)))
        yield Obligation("target stack pointer", guard, t.eq(sp, _target_sp(frame)))
    yield Obligation("return address slot", guard, t.eq(source.cells[frame.skew - 8], RETURN_ADDRESS))
    held = target.cells[frame.skew - 8] if frame.ra == "slot" else target.get(convention.link)
    yield Obligation("return address", guard, t.eq(held, RETURN_ADDRESS))


def _content(target: Machine, place: Place, form: Form, frame: Frame) -> Term:
    if place.slot >= 0:
        return target.cells[place.slot - frame.size]
    if place.register[0] == "v":
        return t.concat(target.get(place.register + ".hi"), target.get(place.register + ".lo"))
    return target.get(place.register)


def _holds(held: Term, form: Form, value: Term) -> Term:
    if form.bits >= value.width:
        return t.eq(t.extract(held, 0, value.width) if held.width > value.width else held, value)
    low = t.extract(value, 0, form.bits)
    if form.rest == "sext":
        return t.eq(held, t.sext(low, held.width))
    if form.rest == "nanbox":
        ones = held.width - form.bits
        return t.eq(held, t.concat(t.const((1 << ones) - 1, ones), low))
    return t.eq(t.extract(held, 0, form.bits), low)
