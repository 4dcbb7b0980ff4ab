"""Division and remainder with SMT-LIB's meaning for a zero divisor, narrowed to the bits that matter."""

from __future__ import annotations

from transpile.solvers import rewrite_bits as bits
from transpile.solvers import rewrite_compare as compare
from transpile.solvers import rewrite_linear as lin
from transpile.solvers import rewrite_slices as slices
from transpile.solvers.rewrite_ranges import unsigned_bits
from transpile.solvers.term_pool import Term, const, make

IMPOSSIBLE: set[Term] = set()
"""Equalities that cannot hold while the machine runs: that a divisor of the source is zero. The prover sets them."""


def udiv(a: Term, b: Term) -> Term:
    width = a.width
    if b.op == "const" and b.value:
        if a.op == "const":
            return const(a.value // b.value, width)
        if b.value & (b.value - 1) == 0:
            return slices.lshr_by(a, b.value.bit_length() - 1)
        n = slices.fitting(max(unsigned_bits(a), b.value.bit_length()), a, b)
        if n < width:
            return slices.zext(udiv(slices.extract(a, 0, n), slices.extract(b, 0, n)), width)
    elif IMPOSSIBLE:
        n = slices.fitting(max(unsigned_bits(a), unsigned_bits(b), 1), a, b)
        if n < width and compare.eq(b, const(0, width)) in IMPOSSIBLE:
            return slices.zext(udiv(slices.extract(a, 0, n), slices.extract(b, 0, n)), width)
    return make("udiv", width, (a, b))


def urem(a: Term, b: Term) -> Term:
    width = a.width
    if b.op == "const" and b.value:
        if a.op == "const":
            return const(a.value % b.value, width)
        if b.value & (b.value - 1) == 0:
            return bits.band(a, const(b.value - 1, width))
    n = slices.fitting(max(unsigned_bits(a), unsigned_bits(b), 1), a, b)
    if n < width:
        return slices.zext(urem(slices.extract(a, 0, n), slices.extract(b, 0, n)), width)
    return make("urem", width, (a, b))


def sdiv(a: Term, b: Term) -> Term:
    width = a.width
    if b.op == "const" and b.value:
        if a.op == "const":
            x, y = lin.signed(a), lin.signed(b)
            quotient = abs(x) // abs(y)
            return const(quotient if (x < 0) == (y < 0) else -quotient, width)
        if b.value == 1 and width > 1:
            return a
        if unsigned_bits(a) < width and unsigned_bits(b) < width:
            return udiv(a, b)
    return make("sdiv", width, (a, b))


def srem(a: Term, b: Term) -> Term:
    width = a.width
    if b.op == "const" and b.value:
        if a.op == "const":
            x, y = lin.signed(a), lin.signed(b)
            rest = abs(x) % abs(y)
            return const(-rest if x < 0 else rest, width)
        if b.value == 1 and width > 1:
            return const(0, width)
    if unsigned_bits(a) < width and unsigned_bits(b) < width:
        return urem(a, b)
    n = slices.common_signed_bits(a, b)
    if n < width:
        return slices.sext(srem(slices.extract(a, 0, n), slices.extract(b, 0, n)), width)
    return make("srem", width, (a, b))


def quotient_in(atom: Term) -> Term | None:
    """The quotient that ``atom`` is, or is a multiple of."""
    for factor in atom.args if atom.op == "mul" else (atom,):
        inner = factor.args[0] if factor.op == "zext" else factor
        if inner.op == "udiv" or (inner.op == "sdiv" and inner is factor):
            return factor
    return None


def _multiples(b: Term, quotient: Term) -> dict[Term, int] | None:
    """The linear combination ``b * quotient``; None if it is not one of plain products."""
    factors: dict[Term, int] = {}
    constant = lin.collect(b, 1, factors)
    product: dict[Term, int] = {quotient: constant}
    for factor, coef in factors.items():
        made = lin.product(factor, quotient, b.width)
        if made.op != "mul":
            return None
        product[made] = product.get(made, 0) + coef
    return product


def remainder(quotient: Term, width: int, acc: dict[Term, int], constant: int) -> Term | None:
    """``acc + constant`` with ``a - b * (a / b)`` as the remainder it is, also for b = 0; None if it is not there."""
    mask = (1 << width) - 1
    inner = quotient.args[0] if quotient.op == "zext" else quotient
    a, b = (slices.zext(x, width) for x in inner.args)
    product = _multiples(b, quotient)
    if product is None:
        return None
    product = {atom: coef & mask for atom, coef in product.items() if coef & mask}
    if not product or any((acc.get(atom, 0) + coef) & mask for atom, coef in product.items()):
        return None
    rest = {atom: coef for atom, coef in acc.items() if atom not in product}
    rest_term = slices.zext((urem if inner.op == "udiv" else srem)(*inner.args), width)
    constant += lin.collect(rest_term, 1, rest) + lin.collect(a, -1, rest)
    return lin.finish(width, rest, constant)
