"""What calls and returns need: argument and result registers, from prototypes, from the callee, or from the ABI.

For an unknown callee the arguments are a prefix, in passing order, of the argument registers that hold a value since
the last call: a function that takes three integer arguments is never called with the second one undefined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from transpile.native.abi import SourceAbi
from transpile.native.cfg import Block, Function
from transpile.native.effects import defs, uses
from transpile.native.micro import Code, Const, Micro, Reg
from transpile.native.natives import PROTOTYPES, Prototype

ZERO, SINGLE, WIDE = 1, 4, 8
"""What a vector register holds: zero, a single-precision value in its low 4 bytes, or something wider.

An integer register holds as many bytes, if only 1 or 2 of them have been written, or is ``WIDE``."""

VARIADIC_COUNT = "variadic_count"
"""The location of the number of vector arguments between its instruction and the call."""

Preserved = Mapping[str, frozenset[str]]
"""Function of this file -> registers that it leaves alone although the convention would let it change them."""

Defined = dict[str, int]
"""Registers that hold a value since function entry or the last call; vectors with ZERO, SINGLE or WIDE."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """What crosses a call, tail call or return: location -> live low bytes; ``sign_extended`` names 32-bit integer
    arguments of a native function (some targets want them extended), ``singles`` float arguments."""

    sizes: Mapping[str, int] = field(default_factory=dict)
    sign_extended: frozenset[str] = frozenset()
    native: bool = False


def step(micro: Micro, defined: Defined, abi: SourceAbi, preserved: Preserved) -> None:
    """Advance the set of defined registers over ``micro``."""
    if micro.code in (Code.CALL, Code.ICALL):
        kept = preserved.get(micro.target, frozenset())
        for name in (*abi.registers, *abi.vectors):
            if name not in abi.callee_saved and name not in kept:
                defined.pop(name, None)
        for name in (*abi.results, *abi.vector_results):
            defined[name] = WIDE
        return
    written = defs(micro)
    if written is None:
        return
    name, low, high = written
    if not isinstance(micro.dst, Reg) or not micro.dst.vector:
        defined[name] = WIDE if high - low >= 4 else max(defined.get(name, 0), high)
    elif micro.code is Code.ZEXT and high == 16:
        source = micro.args[0]
        if isinstance(source, Const) and source.value == 0:
            defined[name] = ZERO
        else:
            defined[name] = SINGLE if source.size == 4 else WIDE
    elif high - low == 4 and low == 0 and defined.get(name, 0) != WIDE:
        defined[name] = SINGLE
    else:
        defined[name] = WIDE


def entry_defined(abi: SourceAbi) -> Defined:
    return dict.fromkeys((*abi.arguments, *abi.vector_arguments, abi.variadic_count), WIDE)


def flow(
    function: Function, micros: Mapping[str, Sequence[Micro]], abi: SourceAbi, preserved: Preserved
) -> dict[str, Defined]:
    """The defined registers before the last micro-operation of each block (forward may-analysis)."""
    blocks = function.by_label()
    entry: dict[str, Defined] = {function.blocks[0].label: entry_defined(abi)}
    at_end: dict[str, Defined] = {}
    work = [function.blocks[0].label]
    while work:
        label = work.pop()
        defined = dict(entry[label])
        body = micros[label]
        for micro in body[:-1]:
            step(micro, defined, abi, preserved)
        at_end[label] = dict(defined)
        if body:
            step(body[-1], defined, abi, preserved)
        for name in blocks[label].successors:
            successor = blocks[name].label
            known = entry.get(successor)
            if known is None:
                entry[successor] = dict(defined)
                work.append(successor)
            elif any(known.get(k, 0) < v for k, v in defined.items()):
                for k, v in defined.items():
                    known[k] = max(known.get(k, 0), v)
                work.append(successor)
    for block in function.blocks:
        at_end.setdefault(block.label, {})
    return at_end


def _prefix(order: Sequence[str], defined: Defined) -> list[str]:
    found: list[str] = []
    for name in order:
        if name not in defined:
            break
        found.append(name)
    return found


def unknown_call(defined: Defined, abi: SourceAbi) -> Crossing:
    """A callee about which nothing is known."""
    sizes = {name: defined[name] for name in _prefix(abi.arguments, defined)}
    for name in _prefix(abi.vector_arguments, defined):
        sizes[name] = 4 if defined[name] == SINGLE else 8
    if abi.variadic_count in defined:
        sizes[abi.variadic_count] = 1
    return Crossing(sizes)


def prototype_call(prototype: Prototype, defined: Defined, abi: SourceAbi) -> Crossing:
    """A libc function with a known prototype; variadic ones may take any further argument that is defined."""
    integers = iter(abi.arguments)
    vectors = iter(abi.vector_arguments)
    sizes: dict[str, int] = {}
    extended: set[str] = set()
    for kind in prototype.args:
        if kind in "df":
            name = next(vectors, None)
            if name is not None:
                sizes[name] = 8 if kind == "d" else 4
            continue
        for _ in range(2 if kind == "q" else 1):
            name = next(integers, None)
            if name is None:
                break
            sizes[name] = 4 if kind in "iu" else 8
            if kind in "iu":
                extended.add(name)
    if prototype.variadic:
        rest = unknown_call(defined, abi)
        sizes = {**rest.sizes, **sizes}
        sizes.pop(abi.variadic_count, None)
    return Crossing(sizes, frozenset(extended), native=True)


def separate_variadic_count(crossing: Crossing, micros: list[Micro], abi: SourceAbi, exact: bool) -> Crossing:
    """Give the count of vector arguments a location of its own where the block sets it to a constant for the call.

    It then does not keep the result register busy up to the call. Unless the callee is known to read it (``exact``), a
    call whose block does not set it so is not variadic. Changes ``micros``.
    """
    name = abi.variadic_count
    if crossing.sizes.get(name) != 1:
        return crossing
    fallback = crossing if exact else replace(crossing, sizes={n: s for n, s in crossing.sizes.items() if n != name})
    for position in range(len(micros) - 1, -1, -1):
        micro = micros[position]
        written = defs(micro)
        if written is not None and written[0] == name:
            if micro.code is not Code.COPY or not isinstance(micro.args[0], Const):
                return fallback
            constant = Const(micro.args[0].value, 8)
            micros[position] = replace(micro, size=8, dst=Reg(VARIADIC_COUNT, 8), args=(constant,))
        elif written is None or written[0] != VARIADIC_COUNT:
            if any(used == name for used, _, _ in uses(micro)):
                return fallback
            continue
        sizes = {VARIADIC_COUNT if n == name else n: size for n, size in crossing.sizes.items()}
        return replace(crossing, sizes=sizes)
    return fallback


def call_crossing(
    callee: str, defined: Defined, abi: SourceAbi, summaries: Mapping[str, Mapping[str, int]]
) -> Crossing:
    """What a call of ``callee`` needs. ``summaries``: functions of this file -> live bytes at their entry."""
    if callee in summaries:
        known = summaries[callee]
        return Crossing({n: size for n, size in known.items() if n not in abi.callee_saved})
    prototype = PROTOTYPES.get(callee)
    if prototype is not None:
        return prototype_call(prototype, defined, abi)
    return unknown_call(defined, abi)


def return_crossing(defined: Defined, abi: SourceAbi) -> Crossing:
    """What a return hands over: results that may have been set, and the callee-saved registers."""
    sizes = dict.fromkeys((*abi.callee_saved, *(n for n in abi.results if n in defined)), 8)
    for name in abi.vector_results:
        if name in defined:
            sizes[name] = 4 if defined[name] == SINGLE else 8
    return Crossing(sizes)


def crossing(
    block: Block, defined: Defined, abi: SourceAbi, summaries: Mapping[str, Mapping[str, int]]
) -> Crossing | None:
    """What leaves the function at the end of ``block``; None if control stays inside."""
    kind = block.ending.kind
    match kind:
        case "call":
            return call_crossing(block.ending.target, defined, abi, summaries)
        case "icall":
            return unknown_call(defined, abi)
        case "tail" | "itail":
            call = call_crossing(block.ending.target, defined, abi, summaries)
            saved = dict.fromkeys(abi.callee_saved, 8)
            return Crossing({**call.sizes, **saved}, call.sign_extended, call.native)
        case "ret":
            return return_crossing(defined, abi)
        case _:
            return None
