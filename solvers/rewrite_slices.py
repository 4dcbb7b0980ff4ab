"""Extraction and extension, and shifts right by constants, which are the same thing.

Extraction is pushed towards the variables wherever the operator allows it and the width is a natural one.
"""

from __future__ import annotations

from collections.abc import Callable

from transpile.solvers import rewrite_bits as bits
from transpile.solvers import rewrite_compare as compare
from transpile.solvers import rewrite_concat as joins
from transpile.solvers import rewrite_divide as division
from transpile.solvers import rewrite_linear as lin
from transpile.solvers import rewrite_select as select
from transpile.solvers.rewrite_ranges import exact, signed_bits, unsigned_bits
from transpile.solvers.term_pool import Term, const, extract_memo, make


def extract(term: Term, low: int, width: int) -> Term:
    """Bits ``low`` … ``low + width - 1`` of ``term``."""
    if width == term.width:
        return term
    op = term.op
    if op == "var":
        return make("extract", width, (term,), low)
    if op == "const":
        return const(term.value >> low, width)
    if op == "extract":
        return extract(term.args[0], low + term.value, width)
    key = (term, low, width)
    result = extract_memo.get(key)
    if result is None:
        result = extract_memo[key] = _extract(term, low, width)
    return result


def _extract(term: Term, low: int, width: int) -> Term:
    op, args = term.op, term.args
    if op == "zext":
        return _extract_zext(args[0], low, width)
    if op == "sext":
        return _extract_sext(args[0], low, width)
    if op == "concat":
        return _extract_concat(args, low, width)
    if op == "sum":
        return _extract_sum(term, low, width)
    if op in ("and", "or", "xor"):
        if width == 1 or (width in NATURAL and low % width == 0) or args[0].op == "const":
            return bits.bitwise(op, [extract(arg, low, width) for arg in args])
        return _narrowed(term, low, width)
    if op == "not":
        return bits.bnot(extract(args[0], low, width))
    if op == "ite":
        return select.ite(args[0], extract(args[1], low, width), extract(args[2], low, width))
    if op == "load":
        return _extract_load(term, low, width)
    if op == "mul":
        if low == 0 and width in NATURAL:
            return lin.mul(*[extract(arg, 0, width) for arg in args])
        return _narrowed(term, low, width)
    if op == "shl" and unsigned_bits(args[1]) <= natural(low + width):
        if low == 0 and width in NATURAL:
            return shl(extract(args[0], 0, width), extract(args[1], 0, width))
        return _narrowed(term, low, width)
    if op in _DIVISIONS:
        measure, build = _DIVISIONS[op]
        n = fitting(max(measure(args[0]), measure(args[1]), low + width), args[0], args[1])
        if n < term.width:
            return extract(build(extract(args[0], 0, n), extract(args[1], 0, n)), low, width)
    return make("extract", width, (term,), low)


_DIVISIONS: dict[str, tuple[Callable[[Term], int], Callable[[Term, Term], Term]]] = {
    "udiv": (unsigned_bits, lambda a, b: division.udiv(a, b)),
    "sdiv": (signed_bits, lambda a, b: division.sdiv(a, b)),
}
"""Exact in the low bits even for a zero divisor and for overflow, by the SMT-LIB definition of both."""


NATURAL = frozenset((1, 8, 16, 32, 64, 128))
"""Widths at which arithmetic is computed. Other windows stay extractions: pushing them down would copy every term once
per window, without end in code that rotates."""


def natural(width: int) -> int:
    """The smallest natural width of at least ``width``."""
    return 1 << (width - 1).bit_length() if width > 8 else 8 if width > 1 else 1


def fitting(width: int, a: Term, b: Term) -> int:
    """The width to which ``a`` and ``b`` may be cut if their low ``width`` bits matter."""
    return natural(width) if a.op in _COMPUTED or b.op in _COMPUTED else width


_COMPUTED = frozenset(("sum", "mul"))


def _narrowed(term: Term, low: int, width: int) -> Term:
    """Only the bits below ``low + width`` of an arithmetic result matter."""
    n = natural(low + width)
    if n < term.width:
        return extract(extract(term, 0, n), low, width)
    return make("extract", width, (term,), low)


def _extract_zext(inner: Term, low: int, width: int) -> Term:
    n = inner.width
    if low >= n:
        return const(0, width)
    if low + width <= n:
        return extract(inner, low, width)
    return zext(extract(inner, low, n - low), width)


def _extract_sext(inner: Term, low: int, width: int) -> Term:
    n = inner.width
    if low + width <= n:
        return extract(inner, low, width)
    low = min(low, n - 1)
    return sext(extract(inner, low, n - low), width)


def _extract_concat(args: tuple[Term, ...], low: int, width: int) -> Term:
    parts = []
    end = low + width
    position = 0
    for part in reversed(args):
        top = position + part.width
        if top > low and position < end:
            start = max(low, position)
            parts.append(extract(part, start - position, min(end, top) - start))
        position = top
    parts.reverse()
    return joins.concat(*parts)


def _extract_sum(term: Term, low: int, width: int) -> Term:
    args, coefs = term.args, term.coefs
    if low == 0 and (width in NATURAL or (len(args) == 1 and coefs[0] & 1 == 0)):
        acc: dict[Term, int] = {}
        constant = term.value
        if width == 1:
            odd = [extract(arg, 0, 1) for arg, coef in zip(args, coefs, strict=True) if coef & 1]
            return bits.bitwise("xor", [*odd, const(constant, 1)])
        for arg, coef in zip(args, coefs, strict=True):
            if coef & ((1 << width) - 1):
                constant += lin.collect(extract(arg, 0, width), coef, acc)
        return lin.finish(width, acc, constant)
    joined = term.value
    for coef in coefs:
        joined |= coef
    zeros = (joined & -joined).bit_length() - 1
    if zeros and low:
        if low < zeros:
            if low + width <= zeros:
                return const(0, width)
            return joins.concat(extract(term, zeros, low + width - zeros), const(0, zeros - low))
        half = 1 << (term.width - 1)
        acc = {}
        constant = term.value >> zeros
        for arg, coef in zip(args, coefs, strict=True):
            constant += lin.collect(arg, (coef - 2 * half if coef >= half else coef) >> zeros, acc)
        return extract(lin.finish(term.width, acc, constant), low - zeros, width)
    parts = joins.segments(term)
    if len(parts) > 1:
        return _extract_concat(tuple(parts), low, width)
    if width == 1 and low == term.width - 1:
        return compare.sign_of_sum(term)
    return _narrowed(term, low, width)


def _extract_load(term: Term, low: int, width: int) -> Term:
    """Read no more bytes than needed, so that loads of different widths relate."""
    first, last = low // 8, (low + width + 7) // 8
    nbytes = last - first
    base = term
    if nbytes * 8 < term.width:
        base = joins.load(term.value, lin.add(term.args[0], const(first, term.args[0].width)), nbytes)
        low -= 8 * first
    return base if width == base.width else make("extract", width, (base,), low)


def zext(term: Term, width: int) -> Term:
    """``term`` with zeros above, ``width`` bits in all."""
    if width == term.width:
        return term
    op = term.op
    if op == "const":
        return const(term.value, width)
    if op == "zext":
        return zext(term.args[0], width)
    if op == "extract":
        base = term.args[0]
        if term.value == 0 and unsigned_bits(base) <= term.width:
            return extract(base, 0, width) if base.width >= width else zext(base, width)
    elif op == "ite" and term.width > 1:
        return select.ite(term.args[0], zext(term.args[1], width), zext(term.args[2], width))
    elif op in ("sum", "mul"):
        low, high = exact(term)
        if low >= 0 and high < 1 << term.width:
            return _stretched(term, width)
        parts = joins.segments(term)
        if len(parts) > 1:
            return joins.concat(const(0, width - term.width), *parts)
    elif op == "sext" and term.args[0].width == 1:
        return lin.scale(zext(term.args[0], width), (1 << term.width) - 1)
    elif op == "concat" and term.args[0].op == "const":
        return joins.concat(const(term.args[0].value, width - term.width + term.args[0].width), *term.args[1:])
    return make("zext", width, (term,))


def sext(term: Term, width: int) -> Term:
    """``term`` with copies of its top bit above, ``width`` bits in all."""
    n = term.width
    if width == n:
        return term
    op = term.op
    if op == "const":
        return const(term.value | -(term.value >> (n - 1)) << n, width)
    if op == "sext":
        return sext(term.args[0], width)
    if unsigned_bits(term) < n:
        return zext(term, width)
    if op == "extract":
        base = term.args[0]
        if term.value == 0 and signed_bits(base) <= n:
            return extract(base, 0, width) if base.width >= width else sext(base, width)
    elif op == "ite" and n > 1:
        return select.ite(term.args[0], sext(term.args[1], width), sext(term.args[2], width))
    elif op in ("sum", "mul"):
        low, high = exact(term)
        if low >= -1 << (n - 1) and high < 1 << (n - 1):
            return _stretched(term, width)
    elif op == "concat" and term.args[0].op == "const":
        return joins.concat(sext(term.args[0], width - n + term.args[0].width), *term.args[1:])
    return make("sext", width, (term,))


def _stretched(term: Term, width: int) -> Term:
    """A sum or product that does not overflow, computed in ``width`` bits."""
    if term.op == "mul":
        return lin.mul(*[sext(arg, width) for arg in term.args])
    top = 1 << term.width
    half = top >> 1
    acc: dict[Term, int] = {}
    constant = term.value - top if term.value >= half else term.value
    for arg, coef in zip(term.args, term.coefs, strict=True):
        constant += lin.collect(sext(arg, width), coef - top if coef >= half else coef, acc)
    return lin.finish(width, acc, constant)


def common_signed_bits(a: Term, b: Term) -> int:
    """A width to which both can be cut and sign-extended again."""
    return fitting(max(signed_bits(a), signed_bits(b)), a, b)


def common_bits(a: Term, b: Term) -> int:
    """A width to which both can be cut, and either zero- or sign-extended again."""
    unsigned = max(unsigned_bits(a), unsigned_bits(b))
    return fitting(max(min(unsigned, max(signed_bits(a), signed_bits(b))), 1), a, b)


def lshr_by(term: Term, count: int) -> Term:
    if count >= term.width:
        return const(0, term.width)
    return zext(extract(term, count, term.width - count), term.width)


def shl(term: Term, count: Term) -> Term:
    """Shift left; 0 for counts of at least the width."""
    if count.op == "const":
        return const(0, term.width) if count.value >= term.width else lin.scale(term, 1 << count.value)
    if term.op == "const" and term.value == 0:
        return term
    return make("shl", term.width, (term, count))


def lshr(term: Term, count: Term) -> Term:
    """Logical shift right; 0 for counts of at least the width."""
    width = term.width
    if count.op == "const":
        return lshr_by(term, count.value)
    if term.op == "const" and term.value == 0:
        return term
    n = fitting(max(unsigned_bits(term), unsigned_bits(count), 1), term, count)
    if n < width:
        return zext(lshr(extract(term, 0, n), extract(count, 0, n)), width)
    return make("lshr", width, (term, count))


def ashr(term: Term, count: Term) -> Term:
    """Arithmetic shift right; all sign bits for counts of at least the width."""
    width = term.width
    if count.op == "const":
        places = min(count.value, width - 1)
        return sext(extract(term, places, width - places), width)
    if unsigned_bits(term) < width:
        return lshr(term, count)
    n = fitting(max(signed_bits(term), unsigned_bits(count)), term, count)
    if n < width:
        return sext(ashr(extract(term, 0, n), extract(count, 0, n)), width)
    return make("ashr", width, (term, count))
