"""Boolean structure (width 1): negation normal form over ``and``, and the order relations hidden in flags.

``or`` is the negation of a conjunction of negations. Comparisons in one conjunction are joined: ``a <= b and a != b``
becomes ``a < b``, bounds on one term become an interval, and the x86 flag idioms become the comparison they mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from transpile.solvers import float_terms as floats
from transpile.solvers import rewrite_compare as compare
from transpile.solvers import rewrite_linear as lin
from transpile.solvers import rewrite_select as select
from transpile.solvers import rewrite_slices as slices
from transpile.solvers.term_pool import FALSE, TRUE, Term, const, make, term_key

_MAX_LITERALS = 24
"""Larger conjunctions are only flattened."""


def negate(term: Term) -> Term:
    if term.op == "not":
        return term.args[0]
    if term.op == "const":
        return FALSE if term.value else TRUE
    return make("not", 1, (term,))


def disjunction(args: Iterable[Term]) -> Term:
    return negate(conjunction([negate(arg) for arg in args]))


def parity(args: Sequence[Term]) -> Term:
    """Exclusive or; an overflow flag against the sign of its result is a signed comparison."""
    present: set[Term] = set()
    odd = 0
    stack = list(args)
    while stack:
        term = stack.pop()
        op = term.op
        if op == "const":
            odd ^= term.value
        elif op == "not":
            odd ^= 1
            stack.append(term.args[0])
        elif op == "xor":
            stack.extend(term.args)
        elif term in present:
            present.discard(term)
        else:
            present.add(term)
    for term in present:
        if term.op in ("sborrow", "scarry"):
            found = _signed_order(term, present)
            if found is not None:
                sign, order = found
                rest = [other for other in present if other is not term and other is not sign]
                return parity([*rest, order, const(odd, 1)])
    if len(present) > 1 and any(term.op in ("flt", "fle", "feq") for term in present):
        joined = floats.join_parity(present)
        if joined is not None:
            used, outcome = joined
            return parity([*[term for term in present if term not in used], outcome, const(odd, 1)])
    if not present:
        return TRUE if odd else FALSE
    result = next(iter(present)) if len(present) == 1 else make("xor", 1, tuple(sorted(present, key=term_key)))
    return make("not", 1, (result,)) if odd else result


def _signed_order(overflow: Term, present: set[Term]) -> tuple[Term, Term] | None:
    """Overflow and sign as the order they mean: ``sborrow(a, b) ^ (a - b < 0)`` is ``a < b``."""
    a, b = overflow.args
    top = a.width - 1
    if overflow.op == "scarry":
        # a + c is a - (-c), except that the smallest number has no negation.
        if b.op != "const" or b.value == 1 << top:
            return None
        b = const(-b.value, a.width)
    sign = slices.extract(lin.sub(a, b), top, 1)
    if sign in present:
        return sign, compare.slt(a, b)
    if sign.op == "not" and sign.args[0] in present:
        return sign.args[0], negate(compare.slt(a, b))
    return None


def conjunction(args: Sequence[Term]) -> Term:
    """``and`` of booleans."""
    true: set[Term] = set()
    false: set[Term] = set()
    stack = list(args)
    while stack:
        term = stack.pop()
        op = term.op
        if op == "const":
            if not term.value:
                return FALSE
        elif op == "and":
            stack.extend(term.args)
        elif op == "not":
            false.add(term.args[0])
        else:
            true.add(term)
    if not true.isdisjoint(false):
        return FALSE
    if len(true) + len(false) > 1:
        for term in false:
            if term.op == "and":
                changed = _propagate(term, true, false)
                if changed is not None:
                    others = [negate(t) for t in false if t is not term]
                    return conjunction([*true, *others, changed])
        for term in (*true, *false):
            if term.op == "ite":
                known = _decide(term, true, false)
                if known is not term:
                    others = [t for t in true if t is not term] + [negate(t) for t in false if t is not term]
                    return conjunction([*others, known if term in true else negate(known)])
        small = len(true) + len(false) <= _MAX_LITERALS
        if small and any(term.op in _COMPARISONS for term in (*true, *false)):
            joined = _join(true, false)
            if joined is not None:
                return conjunction(joined)
    literals = [*true, *[negate(term) for term in false]]
    if len(literals) < 2:
        return literals[0] if literals else TRUE
    literals.sort(key=term_key)
    return make("and", 1, tuple(literals))


_COMPARISONS = frozenset(("eq", "ult", "slt", "feq", "flt", "fle", "fnan"))


def _decide(term: Term, true: set[Term], false: set[Term]) -> Term:
    """A boolean selection, simplified by the facts around it."""
    parts = []
    for part in term.args:
        negative = part.op == "not"
        atom = part.args[0] if negative else part
        if atom in true:
            part = FALSE if negative else TRUE
        elif atom in false:
            part = TRUE if negative else FALSE
        parts.append(part)
    return select.ite(*parts)


def _propagate(term: Term, true: set[Term], false: set[Term]) -> Term | None:
    """The negation of the conjunction ``term``, simplified by the facts around it; None if nothing changes."""
    kept = []
    for literal in term.args:
        negative = literal.op == "not"
        atom = literal.args[0] if negative else literal
        if atom in (true if negative else false):
            return TRUE
        if atom not in (false if negative else true):
            kept.append(literal)
    return None if len(kept) == len(term.args) else negate(conjunction(kept))


def _join(true: set[Term], false: set[Term]) -> list[Term] | None:
    """The literals with related comparisons joined, or None if there are none."""
    for term in sorted((*true, *false), key=term_key):
        if term.op in ("slt", "ult"):
            a, b = term.args
            found = _join_bounds(term.op, a, true, false) if b.op == "const" else _join_pair(term.op, a, b, true, false)
        elif term.op == "extract" and term.value == term.args[0].width - 1:
            found = _join_bounds("slt", term.args[0], true, false)
        elif term.op in ("flt", "fle", "feq"):
            found = floats.join(term.args[0], term.args[1], true, false)
        elif term.op == "eq" and term.args[1].op == "const":
            found = _join_equal(term, true, false) if term in true else _join_sign(term, true, false)
        elif term.op == "eq" and term in true:
            found = floats.join_conversion(term, true)
        else:
            continue
        if found is not None:
            used, results = found
            if {t if t in true else negate(t) for t in used} == set(results):
                continue
            rest = [t for t in true if t not in used] + [negate(t) for t in false if t not in used]
            return [*results, *rest]
    return None


Joined = tuple[set[Term], list[Term]] | None
"""Atoms used up, and the literals that take their place."""


def _join_pair(kind: str, a: Term, b: Term, true: set[Term], false: set[Term]) -> Joined:
    """Outcomes as bits: 1 less, 2 equal, 4 greater."""
    less, greater, equal = make(kind, 1, (a, b)), make(kind, 1, (b, a)), compare.eq(a, b)
    mask = 7
    used = set()
    for atom, outcomes in ((less, 1), (equal, 2), (greater, 4)):
        if atom in true:
            mask &= outcomes
            used.add(atom)
        elif atom in false:
            mask &= ~outcomes
            used.add(atom)
    if len(used) < 2:
        return None
    return used, [{0: FALSE, 1: less, 2: equal, 4: greater}[mask]]


def _join_bounds(kind: str, x: Term, true: set[Term], false: set[Term]) -> Joined:
    """All constant bounds on ``x`` as one half-open interval, its ends moved past excluded values."""
    width = x.width
    least = -1 << (width - 1) if kind == "slt" else 0
    low, high = least, least + (1 << width)
    used: set[Term] = set()
    sign = slices.extract(x, width - 1, 1) if kind == "slt" else None
    for atoms, upper in ((true, True), (false, False)):
        for atom in atoms:
            if atom is sign:
                bound = 0
            elif atom.op == kind and atom.args[0] is x and atom.args[1].op == "const":
                bound = atom.args[1].value if kind == "ult" else lin.signed(atom.args[1])
            else:
                continue
            used.add(atom)
            if upper:
                high = min(high, bound)
            else:
                low = max(low, bound)
    literals = len(used)
    while low < high:
        first = compare.eq(x, const(low, width))
        last = compare.eq(x, const(high - 1, width))
        if first in false and first not in used:
            low += 1
            used.add(first)
        elif last in false and last not in used:
            high -= 1
            used.add(last)
        else:
            break
    return _interval(kind, x, low, high, literals, used)


def _join_sign(term: Term, true: set[Term], false: set[Term]) -> Joined:
    """``x != c`` next to the sign of ``x``."""
    x = term.args[0]
    sign = slices.extract(x, x.width - 1, 1)
    return _join_bounds("slt", x, true, false) if sign in true or sign in false else None


def _interval(kind: str, x: Term, low: int, high: int, literals: int, used: set[Term]) -> Joined:
    width = x.width
    least = -1 << (width - 1) if kind == "slt" else 0
    if low >= high:
        return used, [FALSE]
    if high - low == 1:
        return used, [compare.eq(x, const(low, width))]
    less = compare.slt if kind == "slt" else compare.ult
    results = []
    if low > least:
        results.append(negate(less(x, const(low, width))))
    if high < least + (1 << width):
        results.append(less(x, const(high, width)))
    return (used, results) if len(used) > literals or len(results) < literals else None


def _join_equal(term: Term, true: set[Term], false: set[Term]) -> Joined:
    """``x == c`` decides every other constant comparison of ``x``."""
    x, c = term.args
    used: set[Term] = set()
    for atoms, wanted in ((true, 1), (false, 0)):
        for atom in atoms:
            if atom is term:
                continue
            if atom.op in ("eq", "ult", "slt") and atom.args[0] is x and atom.args[1].op == "const":
                order = {"eq": compare.eq, "ult": compare.ult, "slt": compare.slt}[atom.op]
                value = order(c, atom.args[1]).value
            elif atom.op == "extract" and atom.args[0] is x:
                value = slices.extract(c, atom.value, 1).value
            else:
                continue
            if value != wanted:
                return {term}, [FALSE]
            used.add(atom)
    return (used, []) if used else None
