"""Concatenation: neighbouring pieces of one term grow together again, and a term can be seen as its pieces.

A concatenation never ends in a constant (that is a ``sum``) nor starts with 0 (that is ``zext``).
"""

from __future__ import annotations

from transpile.solvers import rewrite_bits as bits
from transpile.solvers import rewrite_fields as fields
from transpile.solvers import rewrite_linear as lin
from transpile.solvers import rewrite_select as select
from transpile.solvers import rewrite_slices as slices
from transpile.solvers.term_pool import Term, const, make


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
    if op == "sum":
        return _segments_of_shift(term) if len(args) == 1 else _segments_of_sum(term)
    if op == "ite" and args[1].op == "const" and args[2].op == "const":
        flip = args[1].value ^ args[2].value
        if flip & (flip - 1) == 0:
            bit = args[0] if args[1].value & flip else bits.bnot(args[0])
            return _insert(term, bit, flip.bit_length() - 1, args[1].value & ~flip)
        low = flip & -flip
        if flip // low & (flip // low + 1) == 0 and args[1].value & flip in (0, flip):
            bit = args[0] if args[1].value & flip else bits.bnot(args[0])
            run = slices.sext(bit, (flip // low).bit_length())
            return _insert(term, run, low.bit_length() - 1, args[1].value & ~flip)
    return [term]


def _segments_of_sum(term: Term) -> list[Term]:
    joined = term.value
    for coef in term.coefs:
        joined |= coef
    zeros = (joined & -joined).bit_length() - 1
    if zeros >= 8:
        return [slices.extract(term, zeros, term.width - zeros), const(0, zeros)]
    if term.coefs[0] & 1 == 0 and term.args[0].op == "zext" and term.args[0].args[0].width == 1:
        return fields.fields(term)
    return [term]


def _segments_of_shift(term: Term) -> list[Term]:
    width, coef, constant = term.width, term.coefs[0], term.value
    shift = (coef & -coef).bit_length() - 1
    atom = term.args[0]
    if coef == 1 << shift:
        parts = segments(slices.extract(atom, 0, width - shift)) if shift else segments(atom)
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
        return slices.zext(rest, first.width + rest.width)
    return make("concat", sum(p.width for p in stack), tuple(stack))


def _merge(high: Term, low: Term) -> Term | None:
    """``high`` and ``low`` as one term, if they are neighbouring pieces."""
    op = high.op
    width = high.width + low.width
    if op == "const":
        return const(high.value << low.width | low.value, width) if low.op == "const" else None
    if op == "sext":
        inner = high.args[0]
        if inner.width == 1 and slices.extract(low, low.width - 1, 1) is inner:
            return slices.sext(low, width)
        merged = _merge(inner, low)
        return None if merged is None else slices.sext(merged, width)
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
        return slices.extract(base, low.value, width) if start == low.value + low.width else None
    if base.op in _PARTLY_PUSHED and start >= low.width and slices.extract(base, start - low.width, low.width) is low:
        return slices.extract(base, start - low.width, width)
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
    return slices.extract(whole, begin, width)
