"""How many elements the arrays of a function must have, and which of them have to be copied in and out.

The extent of an array is one more than the largest subscript over all its accesses, exactly where that can be proved,
and 0 when nothing is accessed. Copying in is not needed when it is proved that each element is written before it is
read; then every element of the extent is written, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from transpile.c.printing import text
from transpile.c.tree import Variable
from transpile.c.types import Array, Pointer
from transpile.errors import Diagnostic, Span
from transpile.loops.facts import Access, Compare, Condition, Facts, InBranch, InLoop, Terms
from transpile.loops.polynomial import Polynomial, number, variable
from transpile.loops.spell import condition_text, spelled
from transpile.solvers.loops.assumptions import Wraps
from transpile.solvers.loops.encode import always
from transpile.solvers.loops.measured import Measured, measured
from transpile.solvers.loops.reach import Reach, Unbounded, follows, reach


@dataclass(frozen=True, slots=True)
class Piece:
    """``length`` elements are needed if all ``conditions`` hold."""

    conditions: tuple[Compare, ...]
    length: Polynomial
    exact: bool


@dataclass(frozen=True, slots=True)
class Extent:
    """``expression`` is C, computed in ``size_t``; the largest of ``pieces``. ``inner`` are the other dimensions, as
    declared. ``exact`` if no fewer elements would do; ``given`` if the user has said it.

    Where data decides, ``expression`` has loops that find it (``max for (i = 0; i < n) (size_t)x[i] + 1``), and
    ``usual`` is C for what it is with index arrays as they usually are.
    """

    expression: str
    pieces: tuple[Piece, ...]
    exact: bool
    inner: tuple[str, ...] = ()
    given: bool = False
    usual: str = ""


@dataclass(frozen=True, slots=True)
class NoExtent:
    """It is not known; ``span`` is the access that hides it."""

    reason: str
    span: Span

    def asked(self, array: str) -> Diagnostic:
        hint = f"say how many elements '{array}' has: --extent '{array}=…', or a comment above it: extent: {array} = …"
        return Diagnostic("error", f"the extent of '{array}' is not known: {self.reason}", self.span, hint)


@dataclass(frozen=True, slots=True)
class ArrayUse:
    """An array from outside. ``below_zero`` are accesses whose subscripts are not proved to be at least 0."""

    variable: Variable
    extent: Extent | NoExtent
    read: bool
    written: bool
    copy_in: bool
    why_not_copied_in: str
    below_zero: tuple[Access, ...] = field(repr=False)

    @property
    def copy_out(self) -> bool:
        return self.written


def array_uses(
    facts: Facts, given: Mapping[str, str], assumed: tuple[Polynomial, ...], wraps: Sequence[Wraps] = ()
) -> tuple[ArrayUse, ...]:
    """All arrays of ``facts`` that are parameters or globals, in the order of their first access."""
    found: dict[Variable, list[Access]] = {}
    for access in facts.accesses:
        outside = access.region.variable.storage in ("parameter", "global", "static")
        if outside and access.subscripts and access.kind != "declare":
            found.setdefault(access.region.variable, []).append(access)
    for effect in facts.effects:
        for region in effect.regions:
            found.setdefault(region.variable, [])
    question = _Question(facts, given, assumed, wraps)
    return tuple(_use(question, variable, accesses) for variable, accesses in found.items())


@dataclass(frozen=True, slots=True)
class _Question:
    facts: Facts
    given: Mapping[str, str]
    assumed: tuple[Polynomial, ...]
    wraps: Sequence[Wraps]


def _use(question: _Question, variable: Variable, accesses: list[Access]) -> ArrayUse:
    facts, assumed = question.facts, question.assumed
    extent, terms = _extent(question, variable, accesses)
    why = _all_written(replace(facts, terms=terms), accesses, extent, assumed)
    low = tuple(a for a in accesses if not always(facts, a.where, [Compare(a.subscripts[0], ">=")], assumed))
    unknown = any(region.variable == variable for effect in facts.effects for region in effect.regions)
    read = unknown or any(access.reads for access in accesses)
    written = unknown or any(access.writes for access in accesses)
    return ArrayUse(variable, extent, read, written, not why or unknown, why, low)


def _extent(question: _Question, variable: Variable, accesses: list[Access]) -> tuple[Extent | NoExtent, Terms]:
    """The extent, with the terms that it needs."""
    facts, assumed = question.facts, question.assumed
    inner = tuple(_inner(variable))
    if variable.name in question.given:
        return Extent(question.given[variable.name], (), False, inner, True), facts.terms
    hidden = _hidden(question, variable, accesses)
    if hidden is not None:
        return hidden, facts.terms
    found: list[Reach] = []
    by_data: list[Measured] = []
    for access in _distinct(accesses):
        reached = reach(facts, access, access.subscripts[0], assumed)
        if isinstance(reached, Reach):
            found.append(reached)
            continue
        if declared := _declared(variable):
            return Extent(declared, (), False, inner), facts.terms
        looked_for = measured(facts, access, assumed) if not inner else None
        if looked_for is None:
            return NoExtent(f"{reached.reason}, in {access}", access.span), facts.terms
        by_data.append(looked_for)
    known = replace(facts, terms={**facts.terms, **{s: term for one in found for s, term in one.terms.items()}})
    kept = _largest(known, [_piece_of(known, one, assumed) for one in found], assumed)
    exact = all(one.exact for one in by_data) and all(piece.exact for piece in kept)
    if by_data:
        plain = [_piece(piece, known.terms) for piece in kept]
        texts = dict.fromkeys([*(one.text for one in by_data), *plain])
        usual = _most(list(dict.fromkeys([*(one.usual for one in by_data), *plain])))
        return Extent(f"max {', '.join(texts)}", (), exact, usual=usual), known.terms
    return Extent(_joined(kept, known.terms), kept, exact, inner), known.terms


def _hidden(question: _Question, variable: Variable, accesses: list[Access]) -> NoExtent | None:
    """What makes it useless to look at subscripts."""
    for effect in question.facts.effects:
        if effect.everywhere or any(region.variable == variable for region in effect.regions):
            return NoExtent(f"there is {effect.what}, which may use it", effect.span)
    for access in accesses:
        if "*" in access.region.path:
            how = "a pointer that changes" if "?" in access.region.path else "pointers in memory"
            return NoExtent(f"it is reached through {how}", access.span)
        for wrap in question.wraps:
            if wrap.touches(access.loops):
                return NoExtent(wrap.reason, wrap.obligation.span)
    return None


def _piece_of(facts: Facts, found: Reach, assumed: tuple[Polynomial, ...]) -> Piece:
    length = found.value + number(1)
    conditions = found.conditions
    positive = Compare(found.value, ">=")
    if not found.exact and not follows(facts, list(conditions), [positive], assumed):
        conditions = (*conditions, positive)
    return Piece(conditions, length, found.exact)


def _distinct(accesses: list[Access]) -> list[Access]:
    found: dict[tuple[object, ...], Access] = {}
    for access in accesses:
        found.setdefault((access.region.path, access.subscripts, access.where), access)
    return list(found.values())


def _inner(variable: Variable) -> Iterator[str]:
    inner = variable.type.to if isinstance(variable.type, Pointer) else variable.type
    if isinstance(variable.type, Array):
        inner = variable.type.of
    while isinstance(inner, Array):
        yield text(inner.extent) if inner.extent is not None else str(inner.length)
        inner = inner.of


def _declared(variable: Variable) -> str:
    """The extent that the declaration ``double a[n]`` gives."""
    if isinstance(variable.declared, Array):
        if variable.declared.extent is not None:
            return text(variable.declared.extent)
        return str(variable.declared.length) if variable.declared.length else ""
    return ""


def _largest(facts: Facts, pieces: list[Piece], assumed: tuple[Polynomial, ...]) -> tuple[Piece, ...]:
    """``pieces`` without those that another one covers."""
    kept = list(dict.fromkeys(pieces))
    for piece in sorted(kept, key=lambda p: p.exact):
        for other in kept:
            goals = [*other.conditions, Compare(other.length - piece.length, ">=")]
            if other is not piece and follows(facts, list(piece.conditions), goals, assumed):
                kept.remove(piece)
                break
    return tuple(kept)


def _joined(pieces: tuple[Piece, ...], terms: Terms) -> str:
    if not pieces:
        return "0"
    return _most([_piece(piece, terms) for piece in pieces])


def _most(texts: Sequence[str]) -> str:
    """The largest of numbers, as C."""
    whole = texts[0]
    for other in texts[1:]:
        whole = f"(({whole}) > ({other}) ? ({whole}) : ({other}))"
    return whole


def _piece(piece: Piece, terms: Terms) -> str:
    length = spelled(piece.length, terms, wide=True)
    if not piece.conditions:
        return length
    return f"{' && '.join(condition_text(c, terms) for c in piece.conditions)} ? {length} : 0"


def _all_written(
    facts: Facts, accesses: list[Access], extent: Extent | NoExtent, assumed: tuple[Polynomial, ...]
) -> str:
    """Why nothing of the array is read before it is written, and all of its extent is written; or nothing."""
    if isinstance(extent, NoExtent) or len(extent.pieces) != 1 or not extent.exact or extent.inner:
        return ""
    for write in accesses:
        if write.kind == "write" and _fills(facts, write, extent.pieces[0], assumed):
            earlier = [a for a in accesses if a.reads and not _after(facts, write, a)]
            if not earlier and all(a.region == write.region for a in accesses):
                return f"line {write.span.line} writes every element before anything reads it"
    return ""


def _fills(facts: Facts, write: Access, piece: Piece, assumed: tuple[Polynomial, ...]) -> bool:
    """Whether ``write`` happens to every element, whenever the array is used at all.

    Every counter of the subscript runs over a box from 0, with the place values of a number system: the last one has
    stride 1, each other the product of the lengths of those after it.
    """
    found = reach(facts, write, write.subscripts[0], assumed)
    if isinstance(found, Unbounded) or not found.exact or any(isinstance(frame, InBranch) for frame in write.where):
        return False
    known = replace(facts, terms={**facts.terms, **found.terms})
    whole = found.value + number(1) == piece.length
    return whole and follows(known, list(piece.conditions), list(found.conditions), assumed) and _is_box(facts, write)


def _is_box(facts: Facts, write: Access) -> bool:
    strides: dict[Polynomial, Polynomial] = {}
    rest = write.subscripts[0]
    for loop_number in write.loops:
        loop = facts.loops[loop_number]
        span = _length(facts, loop_number)
        if span is None or loop.first is None:
            return False
        stride = rest.coefficient(loop.symbol)
        if stride is None or stride in strides:
            return False
        if stride.terms:
            strides[stride] = span
            rest = rest.substitute({loop.symbol: _lowest(facts, loop_number)})
    if rest.terms:
        return False
    expected = number(1)
    while strides:
        if expected not in strides:
            return False
        expected = expected * strides.pop(expected)
    return True


def _lowest(facts: Facts, loop_number: int) -> Polynomial:
    loop = facts.loops[loop_number]
    assert loop.first is not None
    if loop.step == 1:
        return loop.first
    bound = loop.bounds[0]
    assert isinstance(bound, Compare)
    return -bound.value.substitute({loop.symbol: number(0)})


def _length(facts: Facts, loop_number: int) -> Polynomial | None:
    """How often a loop with step 1 or -1 and one bound runs, if nothing in it varies with other loops."""
    loop = facts.loops[loop_number]
    match loop.bounds:
        case (Compare(value, ">="),) if loop.first is not None and loop.step in (1, -1):
            others = (value.symbols | loop.first.symbols) - {loop.symbol}
            slope = value.coefficient(loop.symbol)
            if slope != number(-loop.step) or any("@" in s or "?" in s for s in others):
                return None
            return value.substitute({loop.symbol: loop.first}) + number(1)
    return None


def _after(facts: Facts, write: Access, read: Access) -> bool:
    """Whether ``read`` only sees elements that ``write``, which writes all of them, has written."""
    if read.where[: len(write.where)] == write.where:
        return read.position > write.position and read.subscripts == write.subscripts
    shared = 0
    while shared < len(write.where) and write.where[shared : shared + 1] == read.where[shared : shared + 1]:
        shared += 1
    outer = write.where[shared]
    assert isinstance(outer, InLoop)
    if read.position <= facts.loops[outer.loop].end:
        return False
    moving = [f.loop for f in write.where[shared:] if isinstance(f, InLoop)]
    still = {facts.loops[n].symbol for n in write.loops if n not in moving}
    if not still & write.subscripts[0].symbols:
        return True
    return _runs_alike(facts, write, moving, read, read.loops[len(write.loops) - len(moving) :])


def _runs_alike(facts: Facts, write: Access, moving: Sequence[int], read: Access, others: Sequence[int]) -> bool:
    """Whether ``read`` goes over the same elements as ``write``, with loops of its own that run alike."""
    renamed: dict[str, Polynomial] = {}
    for number_ in moving:
        loop = facts.loops[number_]
        for other in (facts.loops[n] for n in others):
            own = {**renamed, loop.symbol: variable(other.symbol)}
            bounds = tuple(_renamed(bound, own) for bound in loop.bounds)
            if loop.first is not None and other.first == loop.first.substitute(own) and bounds == other.bounds:
                renamed = own
                break
    return write.subscripts[0].substitute(renamed) == read.subscripts[0]


def _renamed(condition: Condition, names: Mapping[str, Polynomial]) -> Condition:
    return replace(condition, value=condition.value.substitute(names)) if isinstance(condition, Compare) else condition
