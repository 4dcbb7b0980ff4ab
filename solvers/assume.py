"""What a source block's divisions tell: their divisors are not zero, or x86 would have faulted.

Targets define division by zero, so their terms ask for it; these facts answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce

from transpile.solvers import terms as t
from transpile.solvers.machine import Machine
from transpile.solvers.terms import FALSE, Term, postorder

_DIVISIONS = frozenset(("udiv", "urem", "sdiv", "srem"))


def divisors(source: Machine) -> list[Term]:
    """The divisors that the final state of ``source`` depends on."""
    roots: list[Term] = list(source.registers.values())
    for store in source.log:
        roots.extend((store.guard, store.address, store.value))
    roots.extend(leaving.guard for leaving in source.exits)
    found = {term.args[1] for term in postorder(roots) if term.op in _DIVISIONS}
    return [term for term in found if term.op != "const"]


def without_zero_divisors(goals: Iterable[Term], source: Machine) -> list[Term]:
    """``goals`` with every question whether one of the source's divisors is zero answered by no."""
    goals = list(goals)
    facts = {t.eq(divisor, t.const(0, divisor.width)): FALSE for divisor in divisors(source)}
    return substitute(goals, facts) if facts else goals


def substitute(roots: Iterable[Term], replaced: Mapping[Term, Term]) -> list[Term]:
    """``roots`` with subterms replaced, simplified anew."""
    roots = list(roots)
    done: dict[Term, Term] = dict(replaced)
    for term in postorder(roots):
        if term in done:
            continue
        args = tuple(done[arg] for arg in term.args)
        unchanged = all(a is b for a, b in zip(args, term.args, strict=True))
        done[term] = term if unchanged else _BUILD[term.op](term, args)
    return [done[root] for root in roots]


Build = Callable[[Term, tuple[Term, ...]], Term]


def _sum(term: Term, args: tuple[Term, ...]) -> Term:
    total = t.const(term.value, term.width)
    for arg, coefficient in zip(args, term.coefs, strict=True):
        total = t.add(total, t.mul(t.const(coefficient, term.width), arg))
    return total


def _fold(build: Callable[[Term, Term], Term]) -> Build:
    return lambda term, args: reduce(build, args)


def _two(build: Callable[[Term, Term], Term]) -> Build:
    return lambda term, args: build(args[0], args[1])


_BUILD: Mapping[str, Build] = {
    "sum": _sum,
    "mul": _fold(t.mul),
    "not": lambda term, args: t.bnot(args[0]),
    "and": _fold(t.band),
    "or": _fold(t.bor),
    "xor": _fold(t.bxor),
    "shl": _two(t.shl),
    "lshr": _two(t.lshr),
    "ashr": _two(t.ashr),
    "concat": _fold(t.concat),
    "extract": lambda term, args: t.extract(args[0], term.value, term.width),
    "zext": lambda term, args: t.zext(args[0], term.width),
    "sext": lambda term, args: t.sext(args[0], term.width),
    "eq": _two(t.eq),
    "ult": _two(t.ult),
    "slt": _two(t.slt),
    "ite": lambda term, args: t.ite(*args),
    "udiv": _two(t.udiv),
    "urem": _two(t.urem),
    "sdiv": _two(t.sdiv),
    "srem": _two(t.srem),
    "popcount": lambda term, args: t.popcount(args[0], term.width),
    "lzcount": lambda term, args: t.lzcount(args[0], term.width),
    "scarry": _two(t.scarry),
    "sborrow": _two(t.sborrow),
    "flt": _two(t.float_lt),
    "fle": _two(t.float_le),
    "feq": _two(t.float_eq),
    "fnan": lambda term, args: t.float_is_nan(args[0]),
    "apply": lambda term, args: t.apply(term.name, term.width, *args),
    "load": lambda term, args: t.load(term.value, args[0], term.width // 8),
}
