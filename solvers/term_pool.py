"""Hash-consed bit-vector terms: the same structure is always the same object, so equality is ``is``.

``make`` shares but does not simplify; only the ``rewrite_*`` modules call it, everybody else uses
``transpile.solvers.terms``. Terms live until ``reset``; of those from before a reset only variables and constants may
be used after it.

Operators that exist after simplification (``args``; payload):

const (value) · var (name) · sum (terms; ``coefs``, constant ``value``) · mul (factors) · not · and or xor (sorted) ·
shl lshr ashr (value, count; the count is no constant) · concat (high part first) · extract (term; value = low bit) ·
zext sext (term) · eq ult slt (a, b; width 1) · ite (condition, then, else) · udiv urem sdiv srem (SMT-LIB meaning for a
zero divisor) · popcount lzcount (term) · scarry sborrow (a, b; width 1) · flt fle feq fnan (IEEE on bit patterns;
width 1) · apply (arguments; name) · load (address; value = memory version)
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

# Rewriting recurses along the depth of a term; a long unrolled block is deeper than Python's default limit.
sys.setrecursionlimit(max(sys.getrecursionlimit(), 50_000))


class Term:
    """An immutable bit-vector expression; see the module docstring for the operators."""

    __slots__ = ("args", "coefs", "id", "name", "op", "sbits", "ubits", "value", "width")

    def __init__(
        self, op: str, width: int, args: tuple[Term, ...], value: int, name: str, coefs: tuple[int, ...], number: int
    ) -> None:
        self.op = op
        self.width = width
        self.args = args
        self.value = value
        self.name = name
        self.coefs = coefs
        self.id = number
        self.ubits = -1
        self.sbits = -1

    def __repr__(self) -> str:
        return show(self, 6)


Key = tuple[str, int, tuple[Term, ...], int, str, tuple[int, ...]]
_table: dict[Key, Term] = {}
_constants: dict[tuple[int, int], Term] = {}
_variables: dict[tuple[str, int], Term] = {}
extract_memo: dict[tuple[Term, int, int], Term] = {}


def make(
    op: str,
    width: int,
    args: tuple[Term, ...] = (),
    value: int = 0,
    name: str = "",
    coefs: tuple[int, ...] = (),
) -> Term:
    """The unique term of exactly this structure."""
    key = (op, width, args, value, name, coefs)
    term = _table.get(key)
    if term is None:
        term = _table[key] = Term(op, width, args, value, name, coefs, len(_table))
    return term


def const(value: int, width: int) -> Term:
    """``value`` modulo ``2 ** width``."""
    value &= (1 << width) - 1
    key = (value, width)
    term = _constants.get(key)
    if term is None:
        term = _constants[key] = Term("const", width, (), value, "", (), -(value << 12 | width) - 1)
    return term


def var(name: str, width: int) -> Term:
    """A free variable."""
    term = _variables.get((name, width))
    if term is None:
        number = int.from_bytes(name.encode(), "little")
        term = _variables[name, width] = Term("var", width, (), 0, name, (), -(number << 12 | 1 << 11 | width) - 1)
    return term


FALSE = const(0, 1)
TRUE = const(1, 1)
_generation = [0]
_MANY_CONSTANTS = 200_000


def generation() -> int:
    """How often the terms have been reset."""
    return _generation[0]


def reset() -> None:
    """Forget all terms but variables and constants, and give their memory back.

    What is built afterwards does not depend on what was built before. Of very many constants only small ones stay.
    """
    _generation[0] += 1
    _table.clear()
    extract_memo.clear()
    if len(_constants) > _MANY_CONSTANTS:
        for value, width in list(_constants):
            if 1 << 16 < value < (1 << width) - (1 << 16):
                del _constants[value, width]


def pool_size() -> int:
    """How many terms are alive."""
    return len(_table) + len(_variables) + len(_constants)


def term_key(term: Term) -> int:
    """Sort key of commutative operators: variables by name, then the others by age."""
    return term.id


def postorder(terms: Iterable[Term]) -> list[Term]:
    """Every subterm once, arguments before their users."""
    seen: set[Term] = set()
    order: list[Term] = []
    stack: list[tuple[Term, bool]] = [(term, False) for term in terms]
    while stack:
        term, done = stack.pop()
        if done:
            order.append(term)
        elif term not in seen:
            seen.add(term)
            stack.append((term, True))
            stack.extend((arg, False) for arg in term.args if arg not in seen)
    return order


def variables(terms: Iterable[Term]) -> set[Term]:
    """The ``var`` terms that occur in ``terms``."""
    return {term for term in postorder(terms) if term.op == "var"}


def show(term: Term, depth: int = 1_000_000) -> str:
    """Readable prefix notation, cut off below ``depth``."""
    if term.op == "const":
        return f"{term.value:#x}:{term.width}" if term.width > 1 else str(term.value)
    if term.op == "var":
        return f"{term.name}:{term.width}"
    if depth == 0:
        return f"…{term.id}"
    args = [show(arg, depth - 1) for arg in term.args]
    if term.op == "sum":
        half = 1 << (term.width - 1)
        signed = [c - 2 * half if c >= half else c for c in (*term.coefs, term.value)]
        parts = [arg if c == 1 else f"{c}*{arg}" for c, arg in zip(signed, args, strict=False)]
        return f"(sum:{term.width} {' '.join(parts)} {signed[-1]})"
    head = f"{term.op}:{term.width}"
    if term.op == "extract":
        head = f"extract[{term.value + term.width - 1}:{term.value}]"
    elif term.op == "load":
        head = f"load{term.width // 8}@{term.value}"
    elif term.op == "apply":
        head = f"{term.name}:{term.width}"
    return f"({head} {' '.join(args)})"
