"""Bitwise operators of any width: split along known boundaries, narrowed, flattened and sorted."""

from __future__ import annotations

from collections.abc import Sequence

from transpile.solvers import rewrite_bool as boolean
from transpile.solvers import rewrite_concat as joins
from transpile.solvers import rewrite_linear as lin
from transpile.solvers import rewrite_select as select
from transpile.solvers import rewrite_slices as slices
from transpile.solvers.rewrite_ranges import unsigned_bits
from transpile.solvers.term_pool import Term, const, make, term_key

_MAX_RUNS = 4
"""A mask with more runs of ones than this is kept as a mask."""
_MAX_PIECES = 32
_STRUCTURED = frozenset(("concat", "zext", "sum", "ite"))


def band(a: Term, b: Term) -> Term:
    return bitwise("and", (a, b))


def bor(a: Term, b: Term) -> Term:
    return bitwise("or", (a, b))


def bxor(a: Term, b: Term) -> Term:
    return bitwise("xor", (a, b))


def bnot(term: Term) -> Term:
    op = term.op
    if op == "not":
        return term.args[0]
    if op == "const":
        return const(~term.value, term.width)
    if term.width == 1:
        return make("not", 1, (term,))
    if op == "sum" or (op == "ite" and term.args[1].op == "const" and term.args[2].op == "const"):
        acc: dict[Term, int] = {}
        constant = lin.collect(term, -1, acc)
        return lin.finish(term.width, acc, constant - 1)
    return complement(term)


def complement(term: Term) -> Term:
    """``not`` of a term that is neither constant nor linear."""
    op, args = term.op, term.args
    if op in ("zext", "concat"):
        return joins.concat(*[bnot(part) for part in joins.segments(term)])
    if op == "sext":
        return slices.sext(bnot(args[0]), term.width)
    if op == "xor" and args[0].op == "const":
        return bitwise("xor", (const(~args[0].value, term.width), *args[1:]))
    return make("not", term.width, (term,))


def bitwise(op: str, args: Sequence[Term]) -> Term:
    """``and``, ``or`` or ``xor`` of any number of terms of one width."""
    if len(args) == 1:
        return args[0]
    if args[0].width == 1:
        return _BOOLEAN[op](args)
    result = args[0]
    for arg in args[1:]:
        result = _bitwise2(op, result, arg)
    return result


_BOOLEAN = {"and": boolean.conjunction, "or": boolean.disjunction, "xor": boolean.parity}


def _bitwise2(op: str, a: Term, b: Term) -> Term:
    width = a.width
    if a is b:
        return const(0, width) if op == "xor" else a
    if b.op == "const":
        a, b = b, a
    if a.op == "const":
        value = a.value
        if b.op == "const":
            return const(_fold(op, value, b.value), width)
        if value == 0:
            return a if op == "and" else b
        if value == (1 << width) - 1:
            return b if op == "and" else a if op == "or" else bnot(b)
        if op == "and" and ~value & ((1 << unsigned_bits(b)) - 1) == 0:
            return b
    cuts = _cuts(op, a, b)
    if cuts:
        return _piecewise(op, a, b, cuts)
    n = slices.common_signed_bits(a, b)
    if n < width:
        return slices.sext(_narrow(op, a, b, n), width)
    if a.op == "ite" or b.op == "ite" or a.op == "sext" or b.op == "sext":
        result = _over_selection(op, a, b)
        if result is not None:
            return result
    if a.op == "not" and b.op == "not" and op != "xor":
        return bnot(_bitwise2("or" if op == "and" else "and", a.args[0], b.args[0]))
    return _flat(op, a, b)


def _fold(op: str, a: int, b: int) -> int:
    return a & b if op == "and" else a | b if op == "or" else a ^ b


def _narrow(op: str, a: Term, b: Term, n: int) -> Term:
    return bitwise(op, (slices.extract(a, 0, n), slices.extract(b, 0, n)))


def _cuts(op: str, a: Term, b: Term) -> set[int]:
    """Bit positions where the operation falls apart: into bytes, or so that only one piece has two open operands."""
    cuts: set[int] = set()
    fixed = 0
    for term in (a, b):
        if term.op in _STRUCTURED:
            position = 0
            for part in reversed(joins.segments(term)):
                if part.op == "const":
                    fixed |= (1 << part.width) - 1 << position
                position += part.width
                cuts.add(position)
    if a.op == "const":
        if op != "xor":
            runs = _runs(a.value, a.width)
            if runs is not None:
                cuts.update(runs)
    elif cuts and any(cut % 8 for cut in cuts):
        cuts.add(a.width)
        start = free = 0
        for cut in sorted(cuts):
            free += not fixed >> start & 1
            start = cut
        if free > 1:
            return set()
    cuts.discard(a.width)
    return cuts if len(cuts) < _MAX_PIECES else set()


def _runs(mask: int, width: int) -> list[int] | None:
    """Where ``mask`` changes between zeros and ones; None if that is too often to be a bit field."""
    edges = (mask ^ mask << 1) & ((1 << width) - 1) & ~1
    if edges.bit_count() > 2 * _MAX_RUNS:
        return None
    runs = []
    while edges:
        bit = edges & -edges
        runs.append(bit.bit_length() - 1)
        edges ^= bit
    return runs


def _piecewise(op: str, a: Term, b: Term, cuts: set[int]) -> Term:
    pieces = []
    start = 0
    for end in (*sorted(cuts), a.width):
        size = end - start
        pieces.append(bitwise(op, (slices.extract(a, start, size), slices.extract(b, start, size))))
        start = end
    pieces.reverse()
    return joins.concat(*pieces)


def _over_selection(op: str, a: Term, b: Term) -> Term | None:
    """Masks made of a condition are selections: the branch-free spellings of ``ite`` become one."""
    if a.op == "ite" and b.op == "ite" and a.args[0] is b.args[0]:
        return select.ite(a.args[0], _bitwise2(op, a.args[1], b.args[1]), _bitwise2(op, a.args[2], b.args[2]))
    width = a.width
    for x, y in ((a, b), (b, a)):
        if x.op == "sext" and x.args[0].width == 1:
            ones = const(-1, width)
            return select.ite(x.args[0], _bitwise2(op, ones, y), _bitwise2(op, const(0, width), y))
        if x.op == "ite" and y.op != "ite":
            c, p, q = x.args
            if (p.op == "const" and _trivial(p)) or (q.op == "const" and _trivial(q)):
                return select.ite(c, _bitwise2(op, p, y), _bitwise2(op, q, y))
    return None


def _trivial(constant: Term) -> bool:
    return constant.value == 0 or constant.value == (1 << constant.width) - 1


def _flat(op: str, a: Term, b: Term) -> Term:
    width = a.width
    full = (1 << width) - 1
    value = full if op == "and" else 0
    neutral = value
    flip = 0
    present: set[Term] = set()
    for term in (a, b):
        if op == "xor" and term.op == "not":
            term = term.args[0]
            flip ^= full
        for arg in term.args if term.op == op else (term,):
            if arg.op == "const":
                value = _fold(op, value, arg.value)
            elif op != "xor" or arg not in present:
                present.add(arg)
            else:
                present.discard(arg)
    if op == "xor":
        value ^= flip
    elif value == neutral ^ full or any(arg.op == "not" and arg.args[0] in present for arg in present):
        return const(neutral ^ full, width)
    if not present:
        return const(value, width)
    args = sorted(present, key=term_key)
    rest = args[0] if len(args) == 1 else make(op, width, tuple(args))
    if value == neutral:
        return rest
    if op == "xor":
        if value == full:
            return bnot(rest)
    elif _cuts(op, const(value, width), rest):
        return _bitwise2(op, const(value, width), rest)
    return make(op, width, (const(value, width), *args))


def popcount(term: Term, width: int) -> Term:
    """The number of ones in ``term``, modulo ``2 ** width``."""
    if term.op == "const":
        return const(term.value.bit_count(), width)
    if term.op == "zext":
        return popcount(term.args[0], width)
    return make("popcount", width, (term,))


def lzcount(term: Term, width: int) -> Term:
    """The number of zeros above the highest one in ``term`` (its width if it is 0), modulo ``2 ** width``."""
    if term.op == "const":
        return const(term.width - term.value.bit_length(), width)
    if term.op == "zext":
        inner = term.args[0]
        return lin.add(lzcount(inner, width), const(term.width - inner.width, width))
    return make("lzcount", width, (term,))
