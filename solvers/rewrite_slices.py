"""Extraction, concatenation and extension, and constant shifts, which are the same thing.

Extraction is pushed towards the variables wherever the operator allows it; adjacent pieces of one term grow together
again in ``concat``. A concatenation never ends in a constant (that is a ``sum``) nor starts with 0 (that is ``zext``).
"""

from __future__ import annotations

from collections.abc import Callable

from transpile.solvers import rewrite_bits as bits
from transpile.solvers import rewrite_compare as compare
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
    "udiv": (unsigned_bits, lambda a, b: lin.udiv(a, b)),
    "sdiv": (signed_bits, lambda a, b: lin.sdiv(a, b)),
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
    return concat(*parts)


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
            return concat(extract(term, zeros, low + width - zeros), const(0, zeros - low))
        half = 1 << (term.width - 1)
        acc = {}
        constant = term.value >> zeros
        for arg, coef in zip(args, coefs, strict=True):
            constant += lin.collect(arg, (coef - 2 * half if coef >= half else coef) >> zeros, acc)
        return extract(lin.finish(term.width, acc, constant), low - zeros, width)
    parts = segments(term)
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
        base = load(term.value, lin.add(term.args[0], const(first, term.args[0].width)), nbytes)
        low -= 8 * first
    return base if width == base.width else make("extract", width, (base,), low)


def load(version: int, address: Term, nbytes: int) -> Term:
    """``nbytes`` little-endian bytes at ``address`` in memory ``version``."""
    return make("load", 8 * nbytes, (address,), version)


def segments(term: Term) -> list[Term]:
    """``term`` as a concatenation, high part first; ``[term]`` if it is none."""
    op, args = term.op, term.args
    if op == "concat":
        return list(args)
    if op == "zext":
        return [const(0, term.width - args[0].width), *segments(args[0])]
    if op == "sum" and len(args) == 1:
        return _segments_of_shift(term)
    if op == "ite" and args[1].op == "const" and args[2].op == "const":
        flip = args[1].value ^ args[2].value
        if flip & (flip - 1) == 0:
            bit = args[0] if args[1].value & flip else bits.bnot(args[0])
            return _insert(term, bit, flip.bit_length() - 1, args[1].value & ~flip)
    return [term]


def _segments_of_shift(term: Term) -> list[Term]:
    width, coef, constant = term.width, term.coefs[0], term.value
    shift = (coef & -coef).bit_length() - 1
    atom = term.args[0]
    if coef == 1 << shift:
        parts = segments(extract(atom, 0, width - shift)) if shift else segments(atom)
        if shift:
            parts.append(const(0, shift))
        if constant:
            position = width
            for i, part in enumerate(parts):
                position -= part.width
                piece = constant >> position & ((1 << part.width) - 1)
                if piece:
                    if part.op != "const" or part.value:
                        return [term]
                    parts[i] = const(piece, part.width)
        return parts
    if coef == (1 << width) - (1 << shift) and atom.op == "zext" and atom.args[0].width + shift <= width:
        inner = atom.args[0]
        filled = ((1 << inner.width) - 1) << shift
        rest = (constant - filled) & ((1 << width) - 1)
        if rest & filled == 0:
            return _insert(term, bits.bnot(inner), shift, rest)
    return [term]


def _insert(term: Term, piece: Term, low: int, constant: int) -> list[Term]:
    """The segments of ``constant`` with ``piece`` put at bit ``low``."""
    top = term.width - low - piece.width
    parts = segments(piece)
    if top:
        parts.insert(0, const(constant >> (low + piece.width), top))
    if low:
        parts.append(const(constant, low))
    return parts if len(parts) > 1 else [term]


def concat(*parts: Term) -> Term:
    """The parts put together, high part first."""
    stack: list[Term] = []
    for given in parts:
        for part in segments(given) if given.op in ("concat", "zext", "sum", "ite") else (given,):
            while stack:
                merged = _merge(stack[-1], part)
                if merged is None:
                    break
                stack.pop()
                part = merged
            stack.append(part)
    if len(stack) == 1:
        return stack[0]
    last = stack[-1]
    if last.op == "const":
        n = last.width
        rest = concat(*stack[:-1])
        width = n + rest.width
        acc: dict[Term, int] = {}
        constant = lin.collect(lin.widen(rest, width), 1 << n, acc) + last.value
        return lin.finish(width, acc, constant)
    first = stack[0]
    if first.op == "const" and first.value == 0:
        rest = stack[1] if len(stack) == 2 else make("concat", sum(p.width for p in stack[1:]), tuple(stack[1:]))
        return zext(rest, first.width + rest.width)
    return make("concat", sum(p.width for p in stack), tuple(stack))


def _merge(high: Term, low: Term) -> Term | None:
    """``high`` and ``low`` as one term, if they are neighbouring pieces."""
    op = high.op
    width = high.width + low.width
    if op == "const":
        return const(high.value << low.width | low.value, width) if low.op == "const" else None
    if op == "sext":
        inner = high.args[0]
        if inner.width == 1 and extract(low, low.width - 1, 1) is inner:
            return sext(low, width)
        merged = _merge(inner, low)
        return None if merged is None else sext(merged, width)
    if op == "ite":
        if low.op == "ite" and high.args[0] is low.args[0]:
            return select.ite(high.args[0], concat(high.args[1], low.args[1]), concat(high.args[2], low.args[2]))
        return None
    if op == "load" or (op == "extract" and high.args[0].op == "load"):
        return _merge_loads(high, low)
    if op in ("not", "xor") or low.op in ("not", "xor"):
        flipped = _merge_flipped(high, low)
        if flipped is not None:
            return flipped
    if op in ("and", "or", "xor") and low.op == op and len(high.args) == len(low.args):
        return _merge_bitwise(high, low)
    if op != "extract":
        return None
    base, start = high.args[0], high.value
    if low.op == "extract" and low.args[0] is base:
        return extract(base, low.value, width) if start == low.value + low.width else None
    if base.op in _PARTLY_PUSHED and start >= low.width and extract(base, start - low.width, low.width) is low:
        return extract(base, start - low.width, width)
    return None


_PARTLY_PUSHED = frozenset(("sum", "mul", "shl", "udiv", "sdiv", "and", "or", "xor"))


def _merge_bitwise(high: Term, low: Term) -> Term | None:
    """The same bitwise operator on neighbouring pieces."""
    left = list(low.args)
    merged = []
    for arg in high.args:
        for other in left:
            whole = _merge(arg, other)
            if whole is not None:
                merged.append(whole)
                left.remove(other)
                break
        else:
            return None
    return bits.bitwise(high.op, merged)


def _merge_flipped(high: Term, low: Term) -> Term | None:
    """Pieces of one term of which some bits are inverted."""
    plain_high, mask_high = _unflipped(high)
    plain_low, mask_low = _unflipped(low)
    if plain_high is None or plain_low is None:
        return None
    merged = _merge(plain_high, plain_low)
    if merged is None:
        return None
    return bits.bxor(merged, const(mask_high << low.width | mask_low, merged.width))


def _unflipped(term: Term) -> tuple[Term | None, int]:
    if term.op == "not":
        return term.args[0], (1 << term.width) - 1
    if term.op == "xor":
        if len(term.args) == 2 and term.args[0].op == "const":
            return term.args[1], term.args[0].value
        return None, 0
    return term, 0


def _merge_loads(high: Term, low: Term) -> Term | None:
    upper, start = (high.args[0], high.value) if high.op == "extract" else (high, 0)
    lower, begin = (low.args[0], low.value) if low.op == "extract" else (low, 0)
    if lower.op != "load" or upper.value != lower.value or upper.args[0].width != lower.args[0].width:
        return None
    distance = lin.difference(upper.args[0], lower.args[0])
    if distance is None or distance > 1024 or 8 * distance + start != begin + low.width:
        return None
    width = high.width + low.width
    whole = load(lower.value, lower.args[0], (begin + width + 7) // 8)
    return extract(whole, begin, width)


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
        parts = segments(term)
        if len(parts) > 1:
            return concat(const(0, width - term.width), *parts)
    elif op == "concat" and term.args[0].op == "const":
        return concat(const(term.args[0].value, width - term.width + term.args[0].width), *term.args[1:])
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
        return concat(sext(term.args[0], width - n + term.args[0].width), *term.args[1:])
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
