"""Addition and multiplication: sums with coefficients modulo ``2 ** width``, products expanded.

A ``sum`` is a canonical linear combination of atoms. Shifts left by constants, negation, complement, disjoint
concatenation with constants and selections between constants are linear too, and come out as one form.
"""

from __future__ import annotations

from transpile.solvers import rewrite_bits as bits
from transpile.solvers import rewrite_concat as joins
from transpile.solvers import rewrite_divide as division
from transpile.solvers import rewrite_fields as fields
from transpile.solvers import rewrite_select as select
from transpile.solvers import rewrite_slices as slices
from transpile.solvers.term_pool import Term, const, make, term_key

_EXPANSION = 16
"""Products with more terms than this are not multiplied out."""

_FACTORS = 16
"""A product of more factors than this keeps the two products it was made of: repeated squaring stays small."""

_FEW = 12
"""Sums with more terms than this are not searched for pairs."""

_DECOMPOSED = frozenset(("const", "sum", "not", "zext", "sext", "concat", "ite"))
"""Operators that ``collect`` looks into; all others are atoms."""

_LOW_BITS_MATTER = frozenset(("sext", "zext", "concat", "ite", "load"))


def linear(term: Term) -> tuple[dict[Term, int], int]:
    """``term`` as atom -> coefficient, and a constant; all modulo ``2 ** width``, no coefficient is 0."""
    acc: dict[Term, int] = {}
    mask = (1 << term.width) - 1
    constant = collect(term, 1, acc) & mask
    return {atom: coef & mask for atom, coef in acc.items() if coef & mask}, constant


def difference(a: Term, b: Term) -> int | None:
    """``a - b`` modulo ``2 ** width`` if that is a constant."""
    if a is b:
        return 0
    acc: dict[Term, int] = {}
    mask = (1 << a.width) - 1
    constant = collect(a, 1, acc) + collect(b, -1, acc)
    for coef in acc.values():
        if coef & mask:
            return None
    return constant & mask


def add(a: Term, b: Term) -> Term:
    if a.width == 1:
        return bits.bxor(a, b)
    if b.op == "const":
        a, b = b, a
    if a.op == "const":
        if a.value == 0:
            return b
        if b.op == "const":
            return const(a.value + b.value, a.width)
        if b.op == "sum" and len(b.args) > 1:
            return make("sum", b.width, b.args, (a.value + b.value) & ((1 << b.width) - 1), "", b.coefs)
    elif a is not b and a.op not in _DECOMPOSED and b.op not in _DECOMPOSED:
        return make("sum", a.width, (a, b) if a.id < b.id else (b, a), 0, "", (1, 1))
    acc: dict[Term, int] = {}
    constant = collect(a, 1, acc) + collect(b, 1, acc)
    return finish(a.width, acc, constant)


def sub(a: Term, b: Term) -> Term:
    if a is b:
        return const(0, a.width)
    if b.op == "const":
        return add(a, const(-b.value, b.width))
    if a.width == 1:
        return bits.bxor(a, b)
    if a.op not in _DECOMPOSED and b.op not in _DECOMPOSED and division.quotient_in(b) is None:
        minus = (1 << a.width) - 1
        return (
            make("sum", a.width, (a, b), 0, "", (1, minus))
            if a.id < b.id
            else make("sum", a.width, (b, a), 0, "", (minus, 1))
        )
    acc: dict[Term, int] = {}
    constant = collect(a, 1, acc) + collect(b, -1, acc)
    return finish(a.width, acc, constant)


def neg(a: Term) -> Term:
    return a if a.width == 1 else scale(a, -1)


def scale(a: Term, factor: int) -> Term:
    """``a * factor`` for a Python integer."""
    if a.width == 1:
        return a if factor & 1 else const(0, 1)
    acc: dict[Term, int] = {}
    constant = collect(a, factor, acc)
    return finish(a.width, acc, constant)


def collect(term: Term, factor: int, acc: dict[Term, int]) -> int:
    """Add ``factor * term`` to ``acc``; the constant part is returned."""
    op = term.op
    if op == "sum":
        for atom, coef in zip(term.args, term.coefs, strict=True):
            acc[atom] = acc.get(atom, 0) + coef * factor
        return term.value * factor
    if op == "const":
        return term.value * factor
    if op == "not":
        atom = term.args[0]
        acc[atom] = acc.get(atom, 0) - factor
        return -factor
    if op in ("sext", "zext", "concat", "ite") and term.width > 1:
        return _collect_wide(term, factor, acc)
    acc[term] = acc.get(term, 0) + factor
    return 0


def _collect_wide(term: Term, factor: int, acc: dict[Term, int]) -> int:
    op, args, width = term.op, term.args, term.width
    inner = args[0]
    if op == "zext":
        if inner.op == "not":
            n = inner.width
            return collect(slices.zext(inner.args[0], width), -factor, acc) + factor * ((1 << n) - 1)
        if inner.op == "concat":
            constant = fields.collect_bits(inner.args, width, factor, acc)
            if constant is not None:
                return constant
    elif op == "sext":
        if inner.width == 1:
            return collect(slices.zext(inner, width), -factor, acc)
        if inner.op == "not":
            return collect(slices.sext(inner.args[0], width), -factor, acc) - factor
    elif op == "concat":
        row = fields.collect_bits(args, width, factor, acc)
        if row is not None:
            return row
        if inner.op == "const":
            rest = joins.concat(*args[1:])
            return collect(slices.zext(rest, width), factor, acc) + factor * (inner.value << rest.width)
    elif args[1].op == "const" and args[2].op == "const":
        step = args[1].value - args[2].value
        return collect(slices.zext(inner, width), factor * step, acc) + factor * args[2].value
    acc[term] = acc.get(term, 0) + factor
    return 0


def finish(width: int, acc: dict[Term, int], constant: int) -> Term:
    """The canonical term of a linear combination."""
    mask = (1 << width) - 1
    constant &= mask
    items = []
    reduced: list[tuple[Term, Term, int]] = []
    has_bit = even = False
    for atom, coef in acc.items():
        coef &= mask
        if coef:
            if atom.op == "zext" and atom.args[0].width == 1:
                has_bit = True
            if not coef & 1:
                even = True
                if atom.op in _LOW_BITS_MATTER:
                    low = _low_form(atom, width - (coef & -coef).bit_length() + 1)
                    if low is not atom:
                        reduced.append((atom, low, coef))
                        continue
            items.append((atom, coef))
    if reduced:
        fresh = dict(items)
        for _, low, coef in reduced:
            constant += collect(low, coef, fresh)
        return finish(width, fresh, constant)
    if not items:
        return const(constant, width)
    for atom, coef in items:
        if coef != 1:
            quotient = division.quotient_in(atom)
            if quotient is not None:
                found = division.remainder(quotient, width, dict(items), constant)
                if found is not None:
                    return found
    if len(items) == 1:
        return _single(items[0][0], items[0][1], constant, width)
    if even and len(items) <= _FEW and _merge_low_forms(items, width):
        return finish(width, dict(items), constant)
    items.sort(key=_item_key)
    if has_bit:
        better = fields.recognise(width, items, constant)
        if better is not None:
            return better
    return make("sum", width, tuple([i[0] for i in items]), constant, "", tuple([i[1] for i in items]))


def _merge_low_forms(items: list[tuple[Term, int]], width: int) -> bool:
    """Let an even multiple of the low bits of another atom be a multiple of that atom; says whether there was one."""
    for i, (low, even) in enumerate(items):
        if even & 1:
            continue
        n = width - (even & -even).bit_length() + 1
        exact = low.op == "zext" and low.args[0].width == n
        for j, (atom, coef) in enumerate(items):
            if atom.op not in _LOW_BITS_MATTER or coef & -coef >= even & -even:
                continue
            if atom.op in ("sext", "zext"):
                inner = atom.args[0]
                if inner.width < n or not (exact or (inner.op == "extract" and inner.args[0] is low)):
                    continue
            elif not exact:
                continue
            if (slices.extract(atom, 0, n) is low.args[0]) if exact else (_low_form(atom, n) is low):
                items[j] = (atom, coef + even)
                del items[i]
                return True
    return False


def _item_key(item: tuple[Term, int]) -> int:
    return item[0].id


def _single(atom: Term, coef: int, constant: int, width: int) -> Term:
    """``coef * atom + constant``: one atom has other, more telling spellings."""
    mask = (1 << width) - 1
    if coef == 1 and constant == 0:
        return atom
    if coef == mask and constant == mask:
        return bits.complement(atom)
    if atom.op == "zext":
        inner = atom.args[0]
        n = inner.width
        low = (1 << n) - 1
        if coef == 1 and constant & low == 0:
            return joins.concat(const(constant >> n, width - n), inner)
        if coef == mask and constant & low == low:
            flipped = bits.bnot(inner)
            if flipped.op == "not":
                return joins.concat(const(constant >> n, width - n), flipped)
        if n == 1:
            if coef == mask and constant == 0:
                return make("sext", width, (inner,))
            if coef == 1 and constant == mask:
                return make("sext", width, (bits.bnot(inner),))
            if constant or coef & (coef - 1):
                return make("ite", width, (inner, const(constant + coef, width), const(constant, width)))
    return make("sum", width, (atom,), constant, "", (coef,))


def _low_form(atom: Term, n: int) -> Term:
    """The canonical term of ``atom``'s width that agrees with it in the low ``n`` bits."""
    op = atom.op
    if op in ("sext", "zext"):
        if atom.args[0].width < n:
            return atom
    elif op == "ite":
        c, a, b = atom.args
        low_a = _low_form(a, n) if a.op in _LOW_BITS_MATTER else a
        low_b = _low_form(b, n) if b.op in _LOW_BITS_MATTER else b
        return atom if low_a is a and low_b is b else select.ite(c, low_a, low_b)
    return widen(slices.extract(atom, 0, n), atom.width)


def widen(term: Term, width: int) -> Term:
    """A canonical ``width``-bit term whose low bits are ``term``; the bits above are unspecified."""
    return _natural(term, width) or slices.zext(term, width)


def _natural(term: Term, width: int) -> Term | None:
    """The ``width``-bit term that ``term`` is the low part of, if there is one without inventing bits."""
    op, args = term.op, term.args
    if op == "extract":
        base = args[0]
        return slices.extract(base, term.value, width) if base.width - term.value >= width else None
    if op == "const":
        return const(term.value, width)
    if op == "sext":
        return slices.sext(args[0], width)
    if op == "zext":
        return slices.zext(args[0], width)
    if term.width == 1 or op not in _PUSHING:
        return None
    wide = []
    for arg in args:
        if arg.width == 1:
            wide.append(arg)
        else:
            stretched = _natural(arg, width)
            if stretched is None:
                return None
            wide.append(stretched)
    if op == "sum":
        acc: dict[Term, int] = {}
        constant = term.value
        for arg, coef in zip(wide, term.coefs, strict=True):
            constant += collect(arg, coef, acc)
        return finish(width, acc, constant)
    if op == "mul":
        return mul(*wide)
    if op == "not":
        return bits.bnot(wide[0])
    if op == "ite":
        return select.ite(*wide)
    return bits.bitwise(op, wide)


_PUSHING = frozenset(("sum", "mul", "not", "and", "or", "xor", "ite"))


def mul(*factors: Term) -> Term:
    """The product modulo ``2 ** width``, multiplied out where that stays small."""
    product = factors[0]
    for factor in factors[1:]:
        product = _mul2(product, factor)
    return product


def _mul2(a: Term, b: Term) -> Term:
    width = a.width
    if width == 1:
        return bits.band(a, b)
    if b.op == "const":
        return scale(a, b.value)
    if a.op == "const":
        return scale(b, a.value)
    left, left_constant = linear(a)
    right, right_constant = linear(b)
    if len(left) * len(right) > _EXPANSION or (len(left) > 1 and len(right) > 4):
        return make("mul", width, tuple(sorted((a, b), key=term_key)))
    acc: dict[Term, int] = {}
    constant = left_constant * right_constant
    for x, p in left.items():
        for y, q in right.items():
            constant += collect(product(x, y, width), p * q, acc)
    if right_constant:
        for x, p in left.items():
            acc[x] = acc.get(x, 0) + p * right_constant
    if left_constant:
        for y, q in right.items():
            acc[y] = acc.get(y, 0) + q * left_constant
    return finish(width, acc, constant)


def product(x: Term, y: Term, width: int) -> Term:
    """Product of two atoms."""
    for a, b in ((x, y), (y, x)):
        if a.op == "zext" and a.args[0].width == 1:
            return select.ite(a.args[0], b, const(0, width))
    factors = [*(x.args if x.op == "mul" else (x,)), *(y.args if y.op == "mul" else (y,))]
    if len(factors) > _FACTORS:
        factors = [x, y]
    factors.sort(key=term_key)
    return make("mul", width, tuple(factors))


def signed(term: Term) -> int:
    """The value of a constant read as a signed number."""
    return term.value - (1 << term.width) if term.value >> (term.width - 1) else term.value
