"""IEEE comparison and sign operations on bit patterns of 32 and 64 bits, and true facts about conversions.

``flt``, ``fle``, ``feq`` and ``fnan`` are operators with a fixed meaning (``expand`` spells it in bits): -0 equals +0,
NaN is unordered. Arithmetic stays uninterpreted: ``apply`` terms named as in ``ARITHMETIC``.
"""

from __future__ import annotations

from collections.abc import Iterable

from transpile.solvers import rewrite_bits as bits
from transpile.solvers import rewrite_bool as boolean
from transpile.solvers import rewrite_compare as compare
from transpile.solvers import rewrite_select as select
from transpile.solvers import rewrite_slices as slices
from transpile.solvers.term_pool import FALSE, TRUE, Term, const, make, postorder, term_key

ARITHMETIC = {
    "fadd": "a + b, widths 32 and 64 (fadd32, fadd64), round to nearest even",
    "fsub": "a - b",
    "fmul": "a * b",
    "fdiv": "a / b",
    "fsqrt": "square root",
    "f64to32": "double to float",
    "f32to64": "float to double",
    "i64tof64": "signed 64-bit integer to double; i64tof32 to float",
    "ftoi64_64": "double to signed 64-bit integer, truncating, meaningful where float_in_range(t, 64, 64)",
    "ftoi64_32": "float to signed 64-bit integer, truncating, meaningful where float_in_range(t, 32, 64)",
}
COMMUTATIVE = frozenset(("fadd32", "fadd64", "fmul32", "fmul64"))
"""Sorted by ``apply``: true as long as NaN payloads are not told apart."""

CONVERSIONS = frozenset(("ftoi64_32", "ftoi64_64"))

_MANTISSA = {32: 23, 64: 52}
_BIAS = {32: 127, 64: 1023}


def apply(name: str, width: int, *args: Term) -> Term:
    """The uninterpreted function ``name``; equal arguments give equal results, nothing else is known."""
    if name in COMMUTATIVE:
        args = tuple(sorted(args, key=term_key))
    return make("apply", width, args, 0, name)


def infinity(width: int) -> int:
    return (1 << (width - 1)) - (1 << _MANTISSA[width])


def float_is_nan(t: Term) -> Term:
    if t.op == "const":
        return TRUE if t.value & ((1 << (t.width - 1)) - 1) > infinity(t.width) else FALSE
    return make("fnan", 1, (_magnitude(t),))


def _magnitude(t: Term) -> Term:
    """``t`` without its sign, in a form shared by ``t``, ``-t`` and ``|t|``."""
    return slices.extract(t, 0, t.width - 1)


def _ordered_constant(t: Term) -> bool:
    return t.op == "const" and float_is_nan(t) is FALSE


def float_lt(a: Term, b: Term) -> Term:
    if a is b:
        return FALSE
    return _fold("flt", a, b)


def float_le(a: Term, b: Term) -> Term:
    if a is b:
        return boolean.negate(float_is_nan(a))
    return _fold("fle", a, b)


def float_eq(a: Term, b: Term) -> Term:
    if a is b:
        return boolean.negate(float_is_nan(a))
    if a.id > b.id:
        a, b = b, a
    return _fold("feq", a, b)


def _fold(op: str, a: Term, b: Term) -> Term:
    if float_is_nan(a) is TRUE or float_is_nan(b) is TRUE:
        return FALSE
    if a.op == "const" and b.op == "const":
        return TRUE if compare_values(op, a.value, b.value, a.width) else FALSE
    return make(op, 1, (a, b))


def float_neg(t: Term) -> Term:
    return bits.bxor(t, const(1 << (t.width - 1), t.width))


def float_abs(t: Term) -> Term:
    return slices.zext(_magnitude(t), t.width)


def order_value(value: int, width: int) -> int | None:
    """A number that orders bit patterns as floats; None for NaN."""
    magnitude = value & ((1 << (width - 1)) - 1)
    if magnitude > infinity(width):
        return None
    return -magnitude if value >> (width - 1) else magnitude


def compare_values(op: str, a: int, b: int, width: int) -> bool:
    """``flt``, ``fle`` or ``feq`` of two bit patterns."""
    x, y = order_value(a, width), order_value(b, width)
    if x is None or y is None:
        return False
    return x < y if op == "flt" else x <= y if op == "fle" else x == y


def expand(term: Term) -> Term:
    """A ``flt``, ``fle``, ``feq`` or ``fnan`` term in plain bit-vector operators."""
    if term.op == "fnan":
        width = term.args[0].width
        return compare.ult(const(infinity(width + 1), width), term.args[0])
    a, b = term.args
    ordered = boolean.conjunction([compare.ule(_magnitude(t), const(infinity(t.width), t.width - 1)) for t in (a, b)])
    zero = compare.eq(bits.bor(_magnitude(a), _magnitude(b)), const(0, a.width - 1))
    if term.op == "feq":
        relation = boolean.disjunction((compare.eq(a, b), zero))
    else:
        sign_a, sign_b = (slices.extract(t, t.width - 1, 1) for t in (a, b))
        below = compare.ult if term.op == "flt" else compare.ule
        same = select.ite(sign_a, below(b, a), below(a, b))
        relation = select.ite(bits.bxor(sign_a, sign_b), sign_a, same)
        if term.op == "flt":
            relation = boolean.conjunction((relation, boolean.negate(zero)))
        else:
            relation = boolean.disjunction((relation, zero))
    return boolean.conjunction((ordered, relation))


def _outcomes(a: Term, b: Term) -> dict[Term, int]:
    """Comparisons of ``a`` and ``b`` as sets of outcomes: 1 less, 2 equal, 4 greater, 8 unordered."""
    less, greater = make("flt", 1, (a, b)), make("flt", 1, (b, a))
    neither = sorted((boolean.negate(less), boolean.negate(greater)), key=term_key)
    return {
        less: 1,
        make("feq", 1, (a, b) if a.id < b.id else (b, a)): 2,
        make("fle", 1, (a, b)): 3,
        greater: 4,
        make("fle", 1, (b, a)): 6,
        make("and", 1, tuple(neither)): 10,
    }


def _nans(a: Term, b: Term) -> list[Term]:
    return [make("fnan", 1, (_magnitude(t),)) for t in (a, b) if not _ordered_constant(t)]


def join(a: Term, b: Term, true: set[Term], false: set[Term]) -> tuple[set[Term], list[Term]] | None:
    """Comparisons of ``a`` and ``b`` in one conjunction: atoms used up, and the literals that take their place."""
    outcomes = _outcomes(a, b)
    mask = 15
    used: set[Term] = set()
    for atom, bits_of_atom in outcomes.items():
        if atom in true:
            mask &= bits_of_atom
            used.add(atom)
        elif atom in false:
            mask &= ~bits_of_atom
            used.add(atom)
    nans = _nans(a, b)
    known = all(nan in false for nan in nans)
    if mask & 7 == 0:
        return (used, [FALSE]) if mask == 0 or known else None
    if known:
        mask &= 7
    results = {outcome: atom for atom, outcome in outcomes.items()}
    if mask == 10:
        return None
    if mask in results:
        result = results[mask]
    elif 15 ^ mask in results:
        result = boolean.negate(results[15 ^ mask])
    else:
        return None
    # An outcome other than unordered says by itself that both sides are numbers.
    implied = set() if mask & 8 else {nan for nan in nans if nan in false}
    return (used | implied, [result]) if len(used) + len(implied) > 1 else None


def join_parity(present: set[Term]) -> tuple[set[Term], Term] | None:
    """Comparisons of one pair among the terms of an exclusive or: the terms used up, and what they amount to."""
    for term in sorted(present, key=term_key):
        if term.op not in ("flt", "fle", "feq"):
            continue
        a, b = term.args
        outcomes = _outcomes(a, b)
        ordered = boolean.conjunction([boolean.negate(nan) for nan in _nans(a, b)])
        results = {outcome: atom for atom, outcome in outcomes.items()}
        results |= {0: FALSE, 7: ordered}
        outcomes[ordered] = 7
        if ordered.op == "not":
            outcomes[ordered.args[0]] = 8
        used = {other for other in present if other in outcomes}
        mask = 0
        for other in used:
            mask ^= outcomes[other]
        if len(used) > 1:
            if mask in results:
                return used, results[mask]
            if 15 ^ mask in results:
                return used, boolean.negate(results[15 ^ mask])
    return None


def float_in_range(t: Term, width_float: int, bits_int: int) -> Term:
    """``t`` truncates to a signed integer of ``bits_int`` bits (so it is no NaN and no infinity)."""
    bound = 1 << (bits_int - 1)
    positive = _pattern(bound, width_float)
    negative = _pattern(bound + 1, width_float)
    if negative == positive:
        # bound + 1 is not representable: the next float above bound is the first one out of range.
        negative += 1
    magnitude = _magnitude(t)
    n = width_float - 1
    sign = slices.extract(t, n, 1)
    return select.ite(sign, compare.ult(magnitude, const(negative, n)), compare.ult(magnitude, const(positive, n)))


def _pattern(value: int, width: int) -> int:
    """The bit pattern of a positive integer, rounded down."""
    exponent = value.bit_length() - 1
    mantissa = _MANTISSA[width]
    fraction = value - (1 << exponent)
    fraction = fraction << (mantissa - exponent) if exponent <= mantissa else fraction >> (exponent - mantissa)
    return (exponent + _BIAS[width]) << mantissa | fraction


def never_under(condition: Term, test: Term) -> bool:
    """``test`` asks whether a conversion gives the largest integer, and ``condition`` is that it is in range."""
    a, b = test.args
    if a.op != "apply" or a.name not in CONVERSIONS or b.op != "const" or b.value != (1 << 63) - 1:
        return False
    source = a.args[0]
    return float_in_range(source, source.width, 64) is condition


def join_conversion(term: Term, true: set[Term]) -> tuple[set[Term], list[Term]] | None:
    """In the range of 64 bits and equal to its low 32 bits extended: in the range of 32 bits."""
    for a, b in (term.args, term.args[::-1]):
        if a.op == "apply" and a.name in CONVERSIONS and b is slices.sext(slices.extract(a, 0, 32), 64):
            source = a.args[0]
            inside = float_in_range(source, source.width, 64)
            if inside in true:
                return {term, inside}, [float_in_range(source, source.width, 32)]
    return None


def float_lemmas(terms: Iterable[Term]) -> list[Term]:
    """True facts about the conversions in ``terms``, for the solver."""
    facts = []
    for term in postorder(terms):
        if term.op != "apply" or term.name not in CONVERSIONS:
            continue
        source = term.args[0]
        width = source.width
        inside = float_in_range(source, width, 64)
        largest = const((1 << 63) - 1, 64)
        # Every float below 2**63 is at most 2**63 - 2**10, so the largest integer is never a result.
        facts.append(boolean.disjunction((boolean.negate(inside), compare.ne(term, largest))))
        fits = compare.eq(slices.sext(slices.extract(term, 0, 32), 64), term)
        narrow = float_in_range(source, width, 32)
        facts.append(boolean.disjunction((boolean.negate(narrow), fits)))
        # Built raw: simplification knows this fact and would drop it.
        literals = (inside, fits, boolean.negate(narrow))
        facts.append(boolean.negate(make("and", 1, tuple(sorted(literals, key=term_key)))))
    return facts
