"""What has to be shown of a block and its translation: stores, exits, and the relation at every exit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from transpile.native.relation import Form, Frame, Place, Relation
from transpile.solvers import terms as t
from transpile.solvers.case import DYNAMIC, RETURN_ADDRESS, Case, Convention, Mismatch, Obligation, S
from transpile.solvers.detached import need_independence
from transpile.solvers.edge_flags import flag_terms, is_comparison
from transpile.solvers.entry import source_sp, source_value, target_sp
from transpile.solvers.machine import TRUE, Exit, Machine, Store
from transpile.solvers.pcode import CALL, CALLIND, TRAP
from transpile.solvers.step import Step
from transpile.solvers.terms import Term

WEAK_FENCES = frozenset(("fence:load", "fence:store"))
"""Fences that x86's own order makes no-ops. ``transpile.solvers.ordering`` checks that a target has those it needs."""


def source_outputs(case: Case) -> set[str]:
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


def obligations_of(case: Case, convention: Convention, source: Machine, target: Machine) -> Iterator[Obligation]:
    _calls_end_the_block(case.target)
    _jumps_keep_arguments(case)
    if case.detached:
        need_independence(case, source)
    yield from _loads(source, target)
    yield from _stores(source, target)
    yield from _exits(case, convention, source, target)
    for name in convention.preserved:
        if name in target.registers:
            untouched = t.var("tp", 64) if name == "tp" else t.var(f"{target.isa}:{name}", 64)
            yield Obligation(f"{name} preserved", TRUE, t.eq(target.get(name), untouched))


_CLOBBERED_BY = {"tail": "t1"}
"""Pseudo instructions that use a register of their own on the way (RISC-V assembly programmer's manual: ``tail``)."""


def _jumps_keep_arguments(case: Case) -> None:
    """A far jump must not go through a register that hands over a value."""
    if "tail" not in case.exits:
        return
    held = {place.register for place, _ in case.exits["tail"].places.values()}
    for step in case.target:
        register = _CLOBBERED_BY.get(step.text.partition(" ")[0])
        if register in held:
            raise Mismatch(f"'{step.text}' destroys {register}")


def _calls_end_the_block(steps: Sequence[Step]) -> None:
    """What stands behind a call runs when it returns, before the block that the relation after the call is for."""
    called = False
    for step in steps:
        if called and any(op.code != TRAP for op in step.program.ops):
            raise Mismatch(f"'{step.text}' stands behind a call")
        called = called or any(op.code in (CALL, CALLIND) for op in step.program.ops)


def _with_needed_fences(ours: Sequence[Store], log: Sequence[Store]) -> list[Store]:
    """``log`` without the fences that the source does not have in that place: more order does no harm."""
    kept: list[Store] = []
    for store in log:
        wanted = ours[len(kept)].kind if len(kept) < len(ours) else ""
        if store.nbytes or store.kind == wanted:
            kept.append(store)
    return kept


def _loads(source: Machine, target: Machine) -> Iterator[Obligation]:
    """The translation may read what the source accesses, and the stack; anything else could fault."""
    accesses = source.loads + [(store.guard, store.address, store.nbytes) for store in source.log if store.nbytes]
    for guard, address, nbytes in target.loads:
        if t.difference(address, S) is not None or t.difference(address, DYNAMIC) is not None:
            continue
        missing = set(range(nbytes))
        for known, at, size in accesses:
            distance = t.difference(at, address)
            if distance is not None and (known is TRUE or known is guard or t.band(known, guard) is guard):
                start = distance - (1 << 64) if distance >> 63 else distance
                missing.difference_update(range(start, start + size))
                if not missing:
                    break
        else:
            goal = t.FALSE
            for known, at, size in accesses:
                if size >= nbytes:
                    goal = t.bor(goal, t.band(known, _within(address, nbytes, at, size)))
            yield Obligation(f"a read of {nbytes} bytes", guard, goal)


def _within(address: Term, nbytes: int, at: Term, size: int) -> Term:
    """``nbytes`` at ``address`` lie in the ``size`` bytes at ``at``."""
    return t.ult(t.sub(address, at), t.const(size - nbytes + 1, 64))


def _stores(source: Machine, target: Machine) -> Iterator[Obligation]:
    ours = [store for store in source.log if store.kind not in WEAK_FENCES]
    theirs = _with_needed_fences(ours, target.log)
    if len(ours) != len(theirs):
        raise Mismatch(f"the source stores {len(ours)} times, the translation {len(theirs)} times")
    for number, (a, b) in enumerate(zip(ours, theirs, strict=True), 1):
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
    for key in ours.keys() ^ theirs.keys():
        never = t.bnot((ours.get(key) or theirs[key]).guard)
        if never is t.FALSE:
            raise Mismatch(f"exits differ: {_names(ours)} and {_names(theirs)}")
        yield Obligation(f"absence of exit {' '.join(key).strip()}", TRUE, never)
    for key in [key for key in ours if key in theirs]:
        leaving, other = ours[key], theirs[key]
        yield Obligation(f"condition of exit {' '.join(key).strip()}", TRUE, t.eq(leaving.guard, other.guard))
        guard = TRUE if len(ours) == 1 else leaving.guard
        if leaving.target is not None and other.target is not None:
            yield Obligation(f"target of {key[0]}", guard, t.eq(leaving.target, other.target))
        if key[0] == "ret":
            address = leaving.target
            if address is None:
                raise Mismatch("a return without an address")
            yield Obligation("return address", guard, t.eq(address, RETURN_ADDRESS))
        if key[0] in ("call", "icall") and case.callee_skew is not None:
            if case.labels.get(case.source_falls, "") != case.labels.get(case.target_falls, ""):
                raise Mismatch("the call returns to another block")
            # The callee's frame begins at the target's stack pointer, whatever the relation here says.
            top = t.add(target.get(convention.stack_pointer), t.const(case.callee_skew, 64))
            yield Obligation("stack pointer at call", guard, t.eq(source.get("rsp"), top))
        if key[0] in ("tail", "ijump") and "tail" in case.exits and case.callee_skew != case.entry.frame.skew:
            raise Mismatch("a jump to a function that expects its stack otherwise aligned")
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
        value = source_value(source, register)
        if register in undefined:
            value = _chosen(value, t.var(f"x86:{register}", 64), held)
        yield Obligation(register, guard, _holds(held, form, value))
    if relation.flags is not None:
        for operand in relation.flags.places:
            if not operand.startswith(("#", "f", "v")):
                value = target.get(operand)
                low = t.extract(value, 0, 8 * relation.flags.size)
                yield Obligation(f"flags in {operand}", guard, t.eq(value, t.sext(low, 64)))
        if relation.flags.nzcv == "fcmp":
            yield Obligation("comparison flags", guard, is_comparison(target))
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
        if not _saved(sp):
            # A stack pointer that the source had saved is as aligned as its convention demands.
            yield Obligation("stack alignment", guard, t.bor(_aligned(sp, S), _aligned(sp, DYNAMIC)))
    else:
        if frame.reserved % 16:
            raise Mismatch(f"the target's stack pointer is S - {frame.reserved}, which is not a multiple of 16")
        yield Obligation("stack pointer", guard, t.eq(rsp, source_sp(frame)))
        yield Obligation("target stack pointer", guard, t.eq(sp, target_sp(frame)))
    yield Obligation("return address slot", guard, t.eq(source.cells[frame.skew - 8], RETURN_ADDRESS))
    held = target.cells[frame.skew - 8] if frame.ra == "slot" else target.get(convention.link)
    yield Obligation("return address", guard, t.eq(held, RETURN_ADDRESS))


def _saved(sp: Term) -> bool:
    """Whether ``sp`` was loaded from memory, or comes whole from a register that held it at the block's entry."""
    atoms, constant = t.linear(sp)
    copied = len(atoms) == 1 and constant % 16 == 0 and all(a.op == "var" and c == 1 for a, c in atoms.items())
    return copied or any(atom.op == "load" for atom in atoms)


def _aligned(sp: Term, base: Term) -> Term:
    """Whether ``sp`` is a multiple of 16 if ``base`` is one."""
    return t.eq(t.extract(t.sub(sp, base), 0, 4), t.const(0, 4))


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


def _chosen(value: Term, unknown: Term, held: Term) -> Term:
    """``value`` with the bits of its upper part that are still those of ``unknown`` as ``held`` has them."""
    if value.op != "concat" or held.width != value.width:
        return value
    part = value.args[0]
    low = value.width - part.width
    if part.op != "extract" or part.args[0] is not unknown or part.value != low:
        return value
    return t.concat(t.extract(held, low, part.width), t.extract(value, 0, low))
