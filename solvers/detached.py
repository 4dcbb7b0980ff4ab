"""Functions whose frame may lie at another address on the target than on the source.

Compilers call a local function that needs no aligned stack with the stack as it is, so that callers may disagree on its
alignment, while the target's stack pointer always stays aligned. The proof of a block says ``S`` for the addresses of
both frames. It holds for two addresses as well if the source's address is of no consequence: it occurs in nothing but
the addresses of accesses within the frame. What lies below the stack pointer at entry is taken to be unknown to others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from transpile.solvers import terms as t
from transpile.solvers.case import DYNAMIC, Case, Mismatch, S
from transpile.solvers.entry import source_value
from transpile.solvers.machine import Machine
from transpile.solvers.terms import Term


def need_independence(case: Case, source: Machine) -> None:
    """Nothing that ``source`` does or hands on may depend on the address of its frame.

    Raises:
        Mismatch: something does.
    """
    top = case.entry.frame.skew
    if case.entry.frame.dynamic or "tail" in case.exits:
        raise Mismatch("the function is called with different alignments of the stack")
    if "call" in case.exits and case.callee_skew is not None:
        raise Mismatch("a function that is called with different alignments of the stack calls one that is not")
    if _mentions_frame(_values(case, source, top), top):
        raise Mismatch("the address of the frame is used, which callers align in different ways")


def _values(case: Case, source: Machine, top: int) -> Iterator[Term]:
    for guard, address, nbytes in source.loads:
        yield guard
        if not _in_frame(address, nbytes, top):
            yield address
    for store in source.log:
        yield store.guard
        if store.nbytes:
            yield store.value
            if not _in_frame(store.address, store.nbytes, top):
                yield store.address
    for leaving in source.exits:
        yield leaving.guard
        if isinstance(leaving.target, Term):
            yield leaving.target
    for relation in case.exits.values():
        yield from (source_value(source, name) for name in relation.places)
        if relation.flags is not None:
            yield from (source.get(letter.upper() + "F") for letter in relation.flags.live)


def _in_frame(address: Term, nbytes: int, top: int) -> bool:
    distance = t.difference(address, S)
    if distance is None:
        return False
    signed = distance - (1 << 64) if distance >> 63 else distance
    return signed + nbytes <= top


def _mentions_frame(values: Iterable[Term], top: int) -> bool:
    """Whether ``S`` occurs in ``values`` outside of the addresses of loads from the frame."""
    work, seen = list(values), set[Term]()
    while work:
        term = work.pop()
        if term is S or term is DYNAMIC:
            return True
        if term in seen or (term.op == "load" and _in_frame(term.args[0], term.width // 8, top)):
            continue
        seen.add(term)
        work.extend(term.args)
    return False
