"""Comparisons: equality through linear normal form, orders narrowed to the bits that matter, carries as orders.

Only ``eq``, ``ult`` and ``slt`` exist as operators; the others are negations. Against constants the constant stands
right, and ``x < 0`` is the top bit of ``x``.
"""

from __future__ import annotations

from transpile.solvers import rewrite_bits as bits
from transpile.solvers import rewrite_bool as boolean
from transpile.solvers import rewrite_concat as joins
from transpile.solvers import rewrite_linear as lin
from transpile.solvers import rewrite_select as select
from transpile.solvers import rewrite_slices as slices
from transpile.solvers.rewrite_ranges import exact, interval, signed_bits, unsigned_bits
from transpile.solvers.term_pool import FALSE, TRUE, Term, const, make

_LINEAR = frozenset(("sum", "not", "zext", "sext", "concat", "ite"))


def eq(a: Term, b: Term) -> Term:
    if a is b:
        return TRUE
    if a.width == 1:
        return boolean.negate(boolean.parity((a, b)))
    if a.op == "const":
        a, b = b, a
        if a.op == "const":
            return FALSE
    if a.op in _LINEAR or b.op in _LINEAR:
        return _eq_linear(a, b)
    return _eq_atoms(a, b)


def ne(a: Term, b: Term) -> Term:
    return boolean.negate(eq(a, b))


def _eq_linear(a: Term, b: Term) -> Term:
    """Equality of ``a - b`` with 0: common terms cancel, common factors of 2 shift out, odd factors divide."""
    width = a.width
    mask = (1 << width) - 1
    acc: dict[Term, int] = {}
    constant = (lin.collect(a, 1, acc) + lin.collect(b, -1, acc)) & mask
    items = [(atom, coef & mask) for atom, coef in acc.items() if coef & mask]
    if not items:
        return FALSE if constant else TRUE
    joined = 0
    for _, coef in items:
        joined |= coef
    zeros = (joined & -joined).bit_length() - 1
    if zeros:
        if constant & ((1 << zeros) - 1):
            return FALSE
        n = width - zeros
        acc = {}
        for atom, coef in items:
            constant += lin.collect(slices.extract(atom, 0, n), coef >> zeros, acc) << zeros if n > 1 else 0
        if n == 1:
            odd = [slices.extract(atom, 0, 1) for atom, _ in items]
            return boolean.parity([*odd, const((constant >> zeros) ^ 1, 1)])
        return eq(lin.finish(n, acc, constant >> zeros), const(0, n))
    if len(items) == 1:
        atom, coef = items[0]
        return _eq_atoms(atom, const(-constant * pow(coef, -1, 1 << width), width))
    half = 1 << (width - 1)
    flip = -1 if min(items, key=_item_key)[1] > half else 1
    left: dict[Term, int] = {}
    right: dict[Term, int] = {}
    for atom, coef in items:
        coef = coef * flip & mask
        if coef <= half:
            left[atom] = coef
        else:
            right[atom] = -coef & mask
    return _eq_atoms(lin.finish(width, left, 0), lin.finish(width, right, -constant * flip))


def _item_key(item: tuple[Term, int]) -> int:
    return item[0].id


def _eq_atoms(a: Term, b: Term) -> Term:
    """Equality of two different terms without common part; a constant stands right."""
    width = a.width
    n = slices.common_bits(a, b)
    if n < width:
        return eq(slices.extract(a, 0, n), slices.extract(b, 0, n))
    if b.op == "const":
        return _eq_const(a, b)
    if a.op == "ite" and b.op == "ite" and a.args[0] is b.args[0]:
        return select.ite(a.args[0], eq(a.args[1], b.args[1]), eq(a.args[2], b.args[2]))
    if a.op == "xor" or b.op == "xor":
        both = bits.bxor(a, b)
        if both.op != "xor":
            return eq(both, const(0, width))
        a, b = _halves(both)
    elif a.op == "concat" and b.op == "concat" and len(a.args) == len(b.args):
        pairs = list(zip(a.args, b.args, strict=True))
        if all(x.width == y.width for x, y in pairs) and any(x is y or y.op == x.op == "const" for x, y in pairs):
            return boolean.conjunction([eq(x, y) for x, y in pairs])
    if a.id > b.id:
        a, b = b, a
    return make("eq", 1, (a, b))


def _halves(both: Term) -> tuple[Term, Term]:
    """An ``xor`` that is to be 0 as two equal sides."""
    args = both.args
    if args[0].op == "const":
        if len(args) == 2:
            return args[1], args[0]
        return args[1], bits.bitwise("xor", (args[0], *args[2:]))
    return args[0], bits.bitwise("xor", args[1:])


def _eq_const(a: Term, b: Term) -> Term:
    op, args, width, value = a.op, a.args, a.width, b.value
    if (unsigned_bits(a) < width and value >> unsigned_bits(a)) or signed_bits(b) > signed_bits(a):
        return FALSE
    if op == "ite":
        c, p, q = args
        if p.op == "const" or q.op == "const":
            return select.ite(c, eq(p, b), eq(q, b))
    elif op == "concat":
        if any(part.op == "const" for part in args):
            return _eq_parts(args, value)
        if any(part.op in ("not", "xor") for part in args):
            pairs = [_unflipped(part) for part in args]
            flips = joins.concat(*[const(flip, part.width) for part, flip in pairs])
            if flips.value:
                return eq(joins.concat(*[part for part, _ in pairs]), const(value ^ flips.value, width))
    elif op == "xor":
        if args[0].op == "const":
            return eq(bits.bitwise("xor", args[1:]), const(args[0].value ^ value, width))
        if value == 0:
            left, right = _halves(a)
            return eq(left, right)
    elif op == "or" and value == 0:
        return boolean.conjunction([eq(arg, b) for arg in args])
    elif op == "extract" and value == 0 and a.value and a.value + width == args[0].width:
        return ult(args[0], const(1 << a.value, args[0].width))
    return make("eq", 1, (a, b))


def _unflipped(part: Term) -> tuple[Term, int]:
    if part.op == "not":
        return part.args[0], (1 << part.width) - 1
    if part.op == "xor" and part.args[0].op == "const":
        return bits.bitwise("xor", part.args[1:]), part.args[0].value
    return part, 0


def _eq_parts(args: tuple[Term, ...], value: int) -> Term:
    facts = []
    for part in reversed(args):
        facts.append(eq(part, const(value, part.width)))
        value >>= part.width
    return boolean.conjunction(facts)


def ult(a: Term, b: Term) -> Term:
    width = a.width
    if a is b:
        return FALSE
    if width == 1:
        return boolean.conjunction((bits.bnot(a), b))
    if b.op == "const":
        return _ult_const(a, b)
    if a.op == "const":
        if a.value == (1 << width) - 1:
            return FALSE
        return boolean.negate(ult(b, const(a.value + 1, width)))
    n = slices.common_bits(a, b)
    if n < width:
        return ult(slices.extract(a, 0, n), slices.extract(b, 0, n))
    if a.op == "sum" or b.op == "sum":
        zeros = _common_zeros(a, b)
        if zeros:
            return ult(slices.extract(a, zeros, width - zeros), slices.extract(b, zeros, width - zeros))
        # a < b iff adding a - b to b wraps; that is symmetric in b and a - b, so keep the simpler of the two.
        other = lin.sub(a, b)
        if _weight(other) < _weight(b):
            return ult(a, other)
    return make("ult", 1, (a, b))


def _weight(term: Term) -> tuple[int, int]:
    terms = 0 if term.op == "const" else len(term.args) + (term.value != 0) if term.op == "sum" else 1
    return terms, term.id


def _ult_const(a: Term, b: Term) -> Term:
    width, value = a.width, b.value
    if a.op == "const":
        return TRUE if a.value < value else FALSE
    if value == 0:
        return FALSE
    if value == 1:
        return eq(a, const(0, width))
    if value == (1 << width) - 1:
        return ne(a, b)
    if value >> unsigned_bits(a):
        return TRUE
    s = signed_bits(a)
    if 1 << (s - 1) <= value <= (1 << width) - (1 << (s - 1)):
        return boolean.negate(slices.extract(a, width - 1, 1))
    n = slices.common_bits(a, b)
    if n < width:
        return ult(slices.extract(a, 0, n), const(value, n))
    zeros = _zeros(a)
    if zeros:
        above = -(-value >> zeros)
        if above >> (width - zeros):
            return TRUE
        return ult(slices.extract(a, zeros, width - zeros), const(above, width - zeros))
    if a.op == "sum" and a.value == value:
        return boolean.negate(ult(lin.add(a, const(-value, width)), const(-value, width)))
    if a.op == "ite" and (a.args[1].op == "const" or a.args[2].op == "const"):
        return select.ite(a.args[0], ult(a.args[1], b), ult(a.args[2], b))
    return make("ult", 1, (a, b))


def slt(a: Term, b: Term) -> Term:
    width = a.width
    if a is b:
        return FALSE
    if width == 1:
        return boolean.conjunction((a, bits.bnot(b)))
    if b.op == "const":
        return _slt_const(a, b)
    if a.op == "const":
        if a.value == (1 << (width - 1)) - 1:
            return FALSE
        return boolean.negate(slt(b, const(a.value + 1, width)))
    if unsigned_bits(a) < width and unsigned_bits(b) < width:
        return ult(a, b)
    n = slices.common_signed_bits(a, b)
    if n < width:
        return slt(slices.extract(a, 0, n), slices.extract(b, 0, n))
    if a.op == "sum" or b.op == "sum":
        zeros = _common_zeros(a, b)
        if zeros:
            return slt(slices.extract(a, zeros, width - zeros), slices.extract(b, zeros, width - zeros))
        distance = lin.difference(a, b)
        if distance is not None:
            return _wraps(b, distance)
    return make("slt", 1, (a, b))


def _common_zeros(a: Term, b: Term) -> int:
    """Low bits that are 0 in both, each a shifted term."""
    return min(_zeros(a), _zeros(b))


def _zeros(term: Term) -> int:
    """Low bits of a shifted term that are 0."""
    if term.op != "sum" or len(term.args) > 1:
        return 0
    joined = term.coefs[0] | term.value
    return (joined & -joined).bit_length() - 1


def _wraps(b: Term, distance: int) -> Term:
    """``b + distance < b``, signed: the addition of a positive number overflows, or that of a negative one does not."""
    width = b.width
    least = 1 << (width - 1)
    bound = const(least - distance, width)
    return boolean.negate(slt(b, bound))


def _slt_const(a: Term, b: Term) -> Term:
    width = a.width
    value = lin.signed(b)
    if a.op == "const":
        return TRUE if lin.signed(a) < value else FALSE
    low, high = interval(a)
    if value > high:
        return TRUE
    if value <= low:
        return FALSE
    if value == 0:
        return slices.extract(a, width - 1, 1)
    if value == high:
        return ne(a, b)
    if value == low + 1:
        return eq(a, const(low, width))
    if unsigned_bits(a) < width:
        return ult(a, b)
    n = slices.common_signed_bits(a, b)
    if n < width:
        return slt(slices.extract(a, 0, n), const(value, n))
    zeros = _zeros(a)
    if zeros:
        above = -(-value >> zeros)
        if above >> (width - zeros - 1) > 0:
            return TRUE
        return slt(slices.extract(a, zeros, width - zeros), const(above, width - zeros))
    if a.op == "ite" and (a.args[1].op == "const" or a.args[2].op == "const"):
        return select.ite(a.args[0], slt(a.args[1], b), slt(a.args[2], b))
    return make("slt", 1, (a, b))


def sign_of_sum(term: Term) -> Term:
    """The top bit of a ``sum``: a comparison if the sum cannot overflow."""
    low, high = exact(term)
    half = 1 << (term.width - 1)
    if low >= -half and high < half:
        if low >= 0:
            return FALSE
        if high < 0:
            return TRUE
        full = 2 * half - 1
        if len(term.args) == 1 and term.coefs[0] == 1:
            return slt(term.args[0], const(-term.value, term.width))
        if len(term.args) == 1 and term.coefs[0] == full:
            return slt(const(term.value, term.width), term.args[0])
        if len(term.args) == 2 and term.value == 0 and sorted(term.coefs) == [1, full]:
            a, b = term.args if term.coefs[0] == 1 else term.args[::-1]
            return slt(a, b)
    return make("extract", 1, (term,), term.width - 1)


def ule(a: Term, b: Term) -> Term:
    return boolean.negate(ult(b, a))


def sle(a: Term, b: Term) -> Term:
    return boolean.negate(slt(b, a))


def carry(a: Term, b: Term) -> Term:
    """The unsigned carry out of ``a + b``."""
    if a.op == "const":
        a, b = b, a
    if b.op == "const":
        return boolean.negate(ult(a, const(-b.value, b.width))) if b.value else FALSE
    return ult(lin.add(a, b), a)


def scarry(a: Term, b: Term) -> Term:
    """Signed overflow of ``a + b``."""
    if a.op == "const" or (b.op != "const" and a.id > b.id):
        a, b = b, a
    if b.op == "const":
        if b.value == 0:
            return FALSE
        if a.op == "const":
            return _outside(lin.signed(a) + lin.signed(b), a.width)
    (low_a, high_a), (low_b, high_b) = interval(a), interval(b)
    if _fits(low_a + low_b, high_a + high_b, a.width):
        return FALSE
    return make("scarry", 1, (a, b))


def sborrow(a: Term, b: Term) -> Term:
    """Signed overflow of ``a - b``."""
    if a is b:
        return FALSE
    if b.op == "const":
        if b.value == 0:
            return FALSE
        if a.op == "const":
            return _outside(lin.signed(a) - lin.signed(b), a.width)
    (low_a, high_a), (low_b, high_b) = interval(a), interval(b)
    if _fits(low_a - high_b, high_a - low_b, a.width):
        return FALSE
    return make("sborrow", 1, (a, b))


def _outside(value: int, width: int) -> Term:
    return FALSE if _fits(value, value, width) else TRUE


def _fits(low: int, high: int, width: int) -> bool:
    half = 1 << (width - 1)
    return -half <= low and high < half
