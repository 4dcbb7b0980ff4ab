"""OpenMP pragmas on loops, held against what the analysis finds: they are claims, and nothing is taken from them.

A claim is contradicted by a dependence that surely happens, or by a sum that no clause speaks of. Where the analysis
does not know, the claim is told to be unproved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from transpile.c.tree import For, Pragma, Statement
from transpile.c.walking import walk
from transpile.errors import Diagnostic
from transpile.solvers.loops.analysis import Analysis, Loop
from transpile.solvers.loops.verdicts import (
    Carried,
    Histogram,
    Parallel,
    Reduced,
    Reduction,
    Scan,
    Unknown,
    Wavefront,
    told,
)

_DIRECTIVE = re.compile(r"#\s*pragma\s+omp\s+([a-z\s]*)")
_CLAUSE = re.compile(r"\b([a-z_]+)\s*\(([^()]*)\)")
_WORKSHARING = ("for", "simd", "distribute", "loop", "taskloop")
_GUARDS = ("atomic", "critical", "ordered")


@dataclass(frozen=True, slots=True)
class Claim:
    """``reduced`` are the operators by variable, ``private`` the variables of which each iteration has its own.
    ``collapsed`` is how many loops are meant."""

    pragma: Pragma
    reduced: Mapping[str, str]
    private: frozenset[str]
    collapsed: int = 1

    def __str__(self) -> str:
        return f"the pragma on line {self.pragma.span.line} claims that the iterations are independent"


def claim_of(pragma: Pragma) -> Claim | None:
    """What ``pragma`` says of the loop below it; None if it says nothing of its iterations."""
    found = _DIRECTIVE.match(pragma.text)
    words = found[1].split() if found else []
    if not set(words).intersection(_WORKSHARING):
        return None
    reduced: dict[str, str] = {}
    private: set[str] = set()
    collapsed = 1
    for name, inside in _CLAUSE.findall(pragma.text):
        if name in ("safelen", "ordered"):
            return None
        if name == "collapse" and inside.strip().isdigit():
            collapsed = max(int(inside), 1)
        elif name == "reduction" and ":" in inside:
            operator, names = inside.split(":", 1)
            reduced |= {_bare(name): _operator(operator.split(",")[-1]) for name in names.split(",")}
        elif name in ("private", "firstprivate", "lastprivate", "linear"):
            private |= {_bare(name) for name in inside.split(",")}
    if re.search(r"\bordered\b|\binscan\b", pragma.text):
        return None
    return Claim(pragma, reduced, frozenset(private), collapsed)


def _bare(name: str) -> str:
    return name.split("[")[0].split(":")[0].strip()


def _operator(written: str) -> str:
    return "+" if written.strip() == "-" else written.strip()


def claims(analysis: Analysis) -> Iterator[Diagnostic]:
    """What is wrong, or not proved, of the pragmas on the loops of a function."""
    nodes = {node.span: node for node in walk(analysis.function.body) if isinstance(node, For)}
    for loop in analysis.walk():
        node = nodes.get(loop.span) if len(loop.calls) == 1 else None
        for pragma in node.notes.pragmas if node is not None else ():
            claim = claim_of(pragma)
            if claim is not None and node is not None:
                yield from _checked(claim, loop, _guarded(node))


def _checked(claim: Claim, loop: Loop, guarded: bool) -> Iterator[Diagnostic]:
    for one in _collapsed(loop, claim.collapsed):
        found = _against(claim, one, guarded)
        if found is not None:
            yield found
            return


def _collapsed(loop: Loop, count: int) -> Iterator[Loop]:
    yield loop
    while count > 1 and len(loop.loops) == 1:
        (loop,) = loop.loops
        count -= 1
        yield loop


def _against(claim: Claim, loop: Loop, guarded: bool) -> Diagnostic | None:
    match loop.verdict:
        case Parallel():
            return None
        case Reduction(reduced) | Histogram(reduced):
            return None if guarded else _summed(claim, reduced)
        case Scan(regions):
            return _wrong(claim, f"each iteration needs what those before have made of '{regions[0]}'")
        case Wavefront(alone=Carried() as carried) | (Carried() as carried):
            return None if guarded else _carried(claim, loop, carried)
        case Wavefront(alone=Unknown() as unknown) | (Unknown() as unknown):
            return _open(claim, unknown.reason)
    return None


def _summed(claim: Claim, reduced: tuple[Reduced, ...]) -> Diagnostic | None:
    for one in reduced:
        name = one.region.variable.name
        if name in claim.private or one.operator == "arg":
            continue
        known = claim.reduced.get(name)
        if known is None and one.by_data:
            return _open(claim, f"data decides which elements of '{name}' are updated")
        if known is None:
            clause = f"reduction({one.operator}:{name})"
            return _wrong(claim, f"all of them update '{name}' ({one.operator})", f"{clause}, if that is meant")
        if known != one.operator:
            return _wrong(claim, f"'{name}' is combined with '{one.operator}', not with '{known}'")
    return None


def _carried(claim: Claim, loop: Loop, carried: Carried) -> Diagnostic | None:
    sure = [found for found in carried.dependences if found.witness.certain]
    if sure:
        return _wrong(claim, f"the loop is sequential: {told(sure[0], loop.counter)}")
    scalars = [use for use in carried.scalars if use.variable.name not in claim.private | claim.reduced.keys()]
    if scalars:
        return _wrong(claim, f"one iteration leaves '{scalars[0].region}' to the next")
    if carried.dependences:
        return _open(claim, told(carried.dependences[0], loop.counter))
    return _open(claim, f"what becomes of '{carried.scalars[0].region}' after the loop is not the same")


def _guarded(loop: For) -> bool:
    """Whether updates inside are said to be atomic or critical."""
    pragmas = [p for node in walk(loop.body) if isinstance(node, Statement) for p in node.notes.pragmas]
    words = {word for p in pragmas if (found := _DIRECTIVE.match(p.text)) for word in found[1].split()}
    return not words.isdisjoint(_GUARDS)


def _wrong(claim: Claim, why: str, hint: str = "") -> Diagnostic:
    return Diagnostic("warning", f"{claim}, but {why}", claim.pragma.span, hint)


def _open(claim: Claim, why: str) -> Diagnostic:
    return Diagnostic("note", f"{claim}, which is not proved and not relied on: {why}", claim.pragma.span)
