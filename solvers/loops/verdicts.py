"""What a loop's iterations have to do with each other, and how that is said to the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from transpile.errors import Diagnostic, Span
from transpile.loops.facts import Region
from transpile.loops.scalars import ScalarUse
from transpile.solvers.loops.dependence import Dependence, Witness
from transpile.solvers.loops.wavefronts import Front


@dataclass(frozen=True, slots=True)
class Reduced:
    """A scalar, or elements of an array, into which every iteration puts something with ``operator``.

    ``arg`` is what is kept beside the minimum or maximum ``leader``. ``subscripted`` for arrays; ``by_data`` if data
    decides which element it is, as in a histogram.
    """

    region: Region
    operator: str
    span: Span
    leader: str = ""
    subscripted: bool = False
    by_data: bool = False


@dataclass(frozen=True, slots=True)
class Parallel:
    """No iteration depends on another."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """Iterations depend on each other only by what they reduce."""

    reduced: tuple[Reduced, ...]


@dataclass(frozen=True, slots=True)
class Histogram:
    """As a reduction, but data decides which elements are updated."""

    reduced: tuple[Reduced, ...]


@dataclass(frozen=True, slots=True)
class Scan:
    """Every iteration uses what the ones before it have summed up in ``regions`` with ``operator``."""

    regions: tuple[Region, ...]
    operator: str
    span: Span


@dataclass(frozen=True, slots=True)
class Carried:
    """Later iterations need earlier ones: by ``dependences`` on memory, and by ``scalars``."""

    dependences: tuple[Dependence, ...]
    scalars: tuple[ScalarUse, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing is claimed."""

    reason: str
    span: Span
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Wavefront:
    """With the loop directly inside: iterations on the same front are independent, and need only earlier fronts.

    ``alone`` is what the outer loop is by itself.
    """

    front: Front
    alone: Carried | Unknown


Verdict: TypeAlias = Parallel | Reduction | Histogram | Scan | Wavefront | Carried | Unknown


def word(verdict: Verdict) -> str:
    return type(verdict).__name__.lower()


def explained(verdict: Verdict, counter: str, span: Span) -> Diagnostic:
    """``verdict`` of the loop over ``counter``, as a message."""
    loop = f"the loop over '{counter}'" if counter else "the loop"
    match verdict:
        case Parallel():
            return Diagnostic("note", f"{loop} is parallel", span)
        case Reduction(reduced) | Histogram(reduced):
            what = ", ".join(dict.fromkeys(f"'{r.region}' ({r.operator})" for r in reduced))
            kind = "histogram" if isinstance(verdict, Histogram) else "reduction"
            return Diagnostic("note", f"{loop} is a {kind} into {what}", span)
        case Scan(regions, operator, at):
            names = ", ".join(f"'{region}'" for region in regions)
            return Diagnostic("note", f"{loop} is a scan of {names} ({operator})", at)
        case Wavefront(front):
            return Diagnostic("note", f"{loop} and the one over '{front.inner}' in it run in fronts of '{front}'", span)
        case Carried():
            return _carried(verdict, loop, counter, span)
        case Unknown(reason, at, hint):
            return Diagnostic("warning", f"{loop} is not known to be parallel: {reason}", at, hint)


def _carried(verdict: Carried, loop: str, counter: str, span: Span) -> Diagnostic:
    if verdict.dependences:
        found = verdict.dependences[0]
        return Diagnostic("warning", f"{loop} is sequential: {told(found, counter)}", found.target.span, _hint(found))
    scalar = verdict.scalars[0]
    if scalar.first_read is None:
        what = f"'{scalar.region}' is read after it, and not every iteration sets it"
        return Diagnostic("warning", f"{loop} is sequential: {what}", scalar.span)
    what = f"an iteration reads '{scalar.region}' as the one before has left it"
    hint = f"set '{scalar.region}' in every iteration before it is read"
    return Diagnostic("warning", f"{loop} is sequential: {what}", scalar.first_read, hint)


def told(found: Dependence, counter: str) -> str:
    """A dependence as part of a sentence, with an example."""
    early, late = f"{found.source}", f"{found.target}"
    match found.kind:
        case "flow":
            what = f"it reads {late}, which an earlier iteration writes as {early}"
        case "anti":
            what = f"it writes {late}, which an earlier iteration still reads as {early}"
        case _:
            what = f"it writes {late}, which an earlier iteration writes, too, as {early}"
    far = f" (distance {found.distance})" if found.distance else ""
    return f"{what}{far}; {_example(found.witness)}"


def _example(witness: Witness) -> str:
    sizes = ", ".join(f"{name} = {value}" for name, value in witness.sizes)
    element = "".join(f"[{index}]" for index in witness.element)
    where = f"with {sizes}, " if sizes else ""
    sure = "" if witness.certain else " if data lets them"
    return f"{where}iterations {_tuple(witness.earlier)} and {_tuple(witness.later)} meet at {element}{sure}"


def _tuple(counters: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, counters))})"


def _hint(found: Dependence) -> str:
    match found.kind:
        case "anti":
            return f"write to another array than '{found.source.region}', and copy it back after the loop"
        case "output":
            return f"give each iteration its own '{found.source.region}'"
    return ""
