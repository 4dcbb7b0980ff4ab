"""Bounds on terms: how many low bits carry the value, unsigned and signed.

``unsigned_bits(t) == n`` promises ``t < 2 ** n``; ``signed_bits(t) == n`` promises that ``t`` is the sign extension of
its low ``n`` bits. Both are cached in the term.
"""

from __future__ import annotations

from transpile.solvers.term_pool import Term


def unsigned_bits(term: Term) -> int:
    """The smallest known ``n`` with ``term < 2 ** n``."""
    bits = term.ubits
    if bits < 0:
        bits = term.ubits = min(_unsigned(term), term.width)
    return bits


def signed_bits(term: Term) -> int:
    """The smallest known ``n >= 1`` such that ``term`` is the sign extension of its low ``n`` bits."""
    bits = term.sbits
    if bits < 0:
        bits = term.sbits = max(1, min(_signed(term), unsigned_bits(term) + 1, term.width))
    return bits


def interval(term: Term) -> tuple[int, int]:
    """Bounds of ``term`` read as a signed number (both included)."""
    if term.op == "const":
        value = term.value - (term.value >> term.width - 1 << term.width)
        return value, value
    bits = unsigned_bits(term)
    if bits < term.width:
        return 0, (1 << bits) - 1
    half = 1 << (signed_bits(term) - 1)
    return -half, half - 1


def exact(term: Term) -> tuple[int, int]:
    """Bounds of a ``sum`` or ``mul`` computed over the integers from its arguments read as signed numbers."""
    if term.op == "sum":
        top = 1 << term.width
        half = top >> 1
        low = high = term.value - top if term.value >= half else term.value
        for arg, coef in zip(term.args, term.coefs, strict=True):
            a, b = interval(arg)
            if coef >= half:
                coef -= top
                a, b = b, a
            low += coef * a
            high += coef * b
        return low, high
    low = high = 1
    for arg in term.args:
        a, b = interval(arg)
        ends = (low * a, low * b, high * a, high * b)
        low, high = min(ends), max(ends)
    return low, high


def _unsigned(term: Term) -> int:
    op, args, width = term.op, term.args, term.width
    if op == "const":
        return term.value.bit_length()
    if op == "zext":
        return unsigned_bits(args[0])
    if op == "extract":
        return max(0, unsigned_bits(args[0]) - term.value)
    if op == "concat":
        return width - args[0].width + unsigned_bits(args[0])
    if op == "and":
        return min(unsigned_bits(arg) for arg in args)
    if op in ("or", "xor"):
        return max(unsigned_bits(arg) for arg in args)
    if op == "ite":
        return max(unsigned_bits(args[1]), unsigned_bits(args[2]))
    if op in ("lshr", "urem"):
        return unsigned_bits(args[0])
    if op == "udiv":
        return unsigned_bits(args[0]) if args[1].op == "const" and args[1].value else width
    if op in ("popcount", "lzcount"):
        return args[0].width.bit_length()
    if op in ("sum", "mul"):
        low, high = exact(term)
        return high.bit_length() if low >= 0 else width
    return width


def _signed(term: Term) -> int:
    op, args, width = term.op, term.args, term.width
    if op == "const":
        value = term.value
        return (value if value < 1 << (width - 1) else ~value & ((1 << width) - 1)).bit_length() + 1
    if op == "sext":
        return signed_bits(args[0])
    if op in ("and", "or", "xor", "not"):
        return max(signed_bits(arg) for arg in args)
    if op == "ite":
        return max(signed_bits(args[1]), signed_bits(args[2]))
    if op == "ashr":
        return signed_bits(args[0])
    if op == "srem":
        return signed_bits(args[0])
    if op == "extract":
        return signed_bits(args[0]) - term.value
    if op == "concat":
        return width - args[0].width + signed_bits(args[0])
    if op in ("sum", "mul"):
        low, high = exact(term)
        return max(high.bit_length() if high >= 0 else (~high).bit_length(), (~low).bit_length() if low < 0 else 0) + 1
    return width
