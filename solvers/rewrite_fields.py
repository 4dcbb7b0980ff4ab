"""Sums that are something else: bits side by side, lanes added in one register, a saturated value put right.

``recognise`` is asked about sums with a 1-bit term in them; all answers are exact identities.
"""

from __future__ import annotations

from transpile.solvers import rewrite_bits as bits
from transpile.solvers import rewrite_compare as compare
from transpile.solvers import rewrite_concat as joins
from transpile.solvers import rewrite_linear as lin
from transpile.solvers import rewrite_select as select
from transpile.solvers import rewrite_slices as slices
from transpile.solvers.term_pool import Term, const

Items = list[tuple[Term, int]]


def recognise(width: int, items: Items, constant: int) -> Term | None:
    """The better form of a linear combination of which some atom is a zero-extended bit."""
    found = _bits_side_by_side(width, items, constant)
    if found is not None:
        return joins.concat(*found) if found[-1].op != "const" else None
    if len(items) <= 3:
        for atom, coef in items:
            if atom.op == "zext" and atom.args[0].width == 1:
                rest = [item for item in items if item[0] is not atom]
                inner = atom.args[0]
                result = None
                if inner.op == "ult" or inner.op == "eq":
                    if coef & (coef - 1) == 0 or -coef & (-coef - 1) & ((1 << width) - 1) == 0:
                        result = _lanes(width, inner, coef, rest, constant)
                    if result is None and inner.op == "eq" and inner.args[0].op == "ite":
                        result = _corrected(width, inner, coef, rest, constant)
                if result is not None:
                    return result
    return None


def bit_of(term: Term) -> Term | None:
    """The bit that ``term`` repeats."""
    if term.width == 1:
        return term
    return term.args[0] if term.op == "sext" and term.args[0].width == 1 else None


def collect_bits(parts: tuple[Term, ...], width: int, factor: int, acc: dict[Term, int]) -> int | None:
    """Add ``factor`` times a concatenation of repeated bits and constants to ``acc``; None if it is not one."""
    repeated = [part if part.op == "const" else bit_of(part) for part in parts]
    if None in repeated:
        return None
    constant = 0
    position = 0
    for part, bit in zip(reversed(parts), reversed(repeated), strict=True):
        if bit is not None and bit.op == "const":
            constant += factor * (bit.value << position)
        elif bit is not None:
            run = (1 << part.width) - 1 << position
            constant += lin.collect(slices.zext(bit, width), factor * run, acc)
        position += part.width
    return constant


def _bits_side_by_side(width: int, items: Items, constant: int) -> list[Term] | None:
    """The parts, high first, if every atom is a bit that fills a run of its own."""
    if len(items) < 2:
        return None
    full = (1 << width) - 1
    runs = []
    for atom, coef in items:
        if atom.op != "zext" or atom.args[0].width != 1:
            return None
        if _is_run(coef) and constant & coef == 0:
            runs.append(((coef & -coef).bit_length() - 1, coef.bit_length(), atom.args[0]))
            continue
        # Minus a run is the run of the negated bit, over ones that the constant supplies.
        run = -coef & full
        if not _is_run(run) or constant & run != run:
            return None
        constant -= run
        runs.append(((run & -run).bit_length() - 1, run.bit_length(), bits.bnot(atom.args[0])))
    runs.sort(key=_start)
    parts: list[Term] = []
    position = 0
    for start, end, bit in runs:
        if start < position or constant >> start & ((1 << end - start) - 1):
            return None
        if start > position:
            parts.append(const(constant >> position, start - position))
        parts.append(slices.sext(bit, end - start))
        position = end
    if position < width:
        parts.append(const(constant >> position, width - position))
    parts.reverse()
    return parts


def _is_run(value: int) -> bool:
    ones = value // (value & -value)
    return ones & (ones + 1) == 0


def _start(run: tuple[int, int, Term]) -> int:
    return run[0]


def fields(term: Term) -> list[Term]:
    """The parts of a sum that ends in a constant field; ``[term]`` if it is no row of bits."""
    return _bits_side_by_side(term.width, list(zip(term.args, term.coefs, strict=True)), term.value) or [term]


def _lanes(width: int, carry: Term, coef: int, rest: Items, constant: int) -> Term | None:
    """``a + b`` less the carry into the upper half: the halves added on their own. Likewise ``a - b``."""
    half = width // 2
    mask = (1 << width) - 1
    unit = 1 << half
    if width % 16 or coef not in (unit, mask + 1 - unit):
        return None
    addends = [lin.scale(atom, factor) for atom, factor in rest]
    if len(addends) == 2 and constant == 0:
        a, b = addends
        if coef != unit:
            return _added(a, b, half) if _carry(a, b, half) is carry else None
        for first, second in ((a, lin.neg(b)), (b, lin.neg(a))):
            if compare.ult(slices.extract(first, 0, half), slices.extract(second, 0, half)) is carry:
                return _added(first, second, half, subtract=True)
    elif len(addends) == 1 and coef == unit:
        # The carry of adding a constant is the negation of a comparison.
        b = const(constant + unit, width)
        return _added(addends[0], b, half) if _carry(addends[0], b, half) is bits.bnot(carry) else None
    elif len(addends) == 1 and constant == 0 and not rest[0][1] & 1:
        a = lin.scale(rest[0][0], rest[0][1] // 2)
        return _added(a, a, half) if _carry(a, a, half) is carry else None
    return None


def _carry(a: Term, b: Term, half: int) -> Term:
    return compare.carry(slices.extract(a, 0, half), slices.extract(b, 0, half))


def _added(a: Term, b: Term, half: int, subtract: bool = False) -> Term:
    operation = lin.sub if subtract else lin.add
    return joins.concat(*[operation(slices.extract(a, at, half), slices.extract(b, at, half)) for at in (half, 0)])


def _corrected(width: int, test: Term, coef: int, rest: Items, constant: int) -> Term | None:
    """``f * x + c * (x == k)`` where ``x`` selects among values: the correction goes to each of them."""
    value, wanted = test.args
    if wanted.op != "const" or value.width != width or len(rest) != 1 or rest[0][0] is not value:
        return None
    return _map(value, wanted, rest[0][1], coef, constant)


def _map(value: Term, wanted: Term, factor: int, coef: int, constant: int) -> Term:
    if value.op == "ite":
        c, p, q = value.args
        if p.op == "apply":
            # Under the range check of a conversion its result is not the largest number.
            hit = select.ite(c, compare.eq(p, wanted), const(0, 1))
            plain = lin.add(lin.scale(p, factor), const(constant, p.width))
            first = lin.add(plain, lin.scale(slices.zext(hit, p.width), coef)) if hit.op != "const" else plain
        else:
            first = _map(p, wanted, factor, coef, constant)
        return select.ite(c, first, _map(q, wanted, factor, coef, constant))
    correction = lin.scale(slices.zext(compare.eq(value, wanted), value.width), coef)
    return lin.add(lin.add(lin.scale(value, factor), correction), const(constant, value.width))
