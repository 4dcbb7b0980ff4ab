"""Terms as Z3 expressions. With ``smt`` the only module that knows Z3.

Goes through Z3's C interface: its Python expressions cost several times as much to build. Loads and applications become
free variables; ``smt`` adds what relates them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import z3
from z3 import z3core as core

from transpile.solvers import term_pool
from transpile.solvers.float_terms import expand
from transpile.solvers.term_pool import Term, postorder


class Encoder:
    """Terms as Z3 expressions of one context. Width-1 terms become Z3 booleans."""

    def __init__(self) -> None:
        self.context = z3.Context()
        self.ref = self.context.ref()
        self.generation = term_pool.generation()
        self.queries = 0
        self.cache: dict[Term, Any] = {}
        self.sorts: dict[int, Any] = {}
        self.one = self.constant(1, 1)
        self.zero = self.constant(0, 1)

    def keep(self, ast: Any) -> Any:
        core.Z3_inc_ref(self.ref, ast)
        return ast

    def sort(self, width: int) -> Any:
        sort = self.sorts.get(width)
        if sort is None:
            sort = self.sorts[width] = core.Z3_mk_bv_sort(self.ref, width)
            core.Z3_inc_ref(self.ref, core.Z3_sort_to_ast(self.ref, sort))
        return sort

    def constant(self, value: int, width: int) -> Any:
        if width <= 64:
            return self.keep(core.Z3_mk_unsigned_int64(self.ref, value, self.sort(width)))
        return self.keep(core.Z3_mk_numeral(self.ref, str(value), self.sort(width)))

    def variable(self, name: str, width: int) -> Any:
        symbol = core.Z3_mk_string_symbol(self.ref, f"{name}:{width}")
        return self.keep(core.Z3_mk_const(self.ref, symbol, self.sort(width)))

    def add(self, solver: Any, fact: Term) -> None:
        core.Z3_solver_assert(self.ref, solver.solver, self.encode(fact))

    def spent(self, solver: Any) -> int:
        statistics = solver.statistics()
        keys = statistics.keys()
        return int(statistics.get_key_value("rlimit count")) if "rlimit count" in keys else 0

    def value(self, model: Any, term: Term) -> int:
        if term.op == "const":
            return term.value
        ast = self.encode(term)
        expr = z3.BoolRef(ast, self.context) if term.width == 1 else z3.BitVecRef(ast, self.context)
        result = model.eval(expr, model_completion=True)
        return int(z3.is_true(result)) if term.width == 1 else int(result.as_long())

    def expression(self, term: Term) -> Any:
        """``term`` as a Z3 bit-vector expression."""
        self.encode(term)
        return z3.BitVecRef(self.bits(term), self.context)

    def encode(self, term: Term) -> Any:
        cache = self.cache
        found = cache.get(term)
        if found is not None:
            return found
        for sub in postorder([term]):
            if sub not in cache:
                cache[sub] = self._encode(sub)
        return cache[term]

    def bits(self, term: Term) -> Any:
        """The bit-vector of an already encoded term."""
        ast = self.cache[term]
        return self.keep(core.Z3_mk_ite(self.ref, ast, self.one, self.zero)) if term.width == 1 else ast

    def truth(self, bit: Any) -> Any:
        """The boolean of a 1-bit vector."""
        return self.keep(core.Z3_mk_eq(self.ref, bit, self.one))

    def _encode(self, term: Term) -> Any:
        op, width = term.op, term.width
        if op in ("flt", "fle", "feq", "fnan"):
            return self.encode(expand(term))
        if width == 1 and op in _BOOLEAN:
            return self.keep(_BOOLEAN[op](self, term, [self.cache[arg] for arg in term.args]))
        if op in ("eq", "ult", "slt"):
            a, b = (self.bits(arg) for arg in term.args)
            return self.keep(_COMPARE[op](self.ref, a, b))
        ast = self.keep(_VECTOR[op](self, term))
        return self.truth(ast) if width == 1 else ast

    def chain(self, build: Callable[..., Any], asts: Sequence[Any]) -> Any:
        result = asts[0]
        for ast in asts[1:]:
            result = self.keep(build(self.ref, result, ast))
        return result


def _n_ary(build: Callable[..., Any]) -> Callable[[Encoder, Term, list[Any]], Any]:
    def encode(e: Encoder, term: Term, asts: list[Any]) -> Any:
        return build(e.ref, len(asts), (core.Ast * len(asts))(*asts))

    return encode


_BOOLEAN: dict[str, Callable[[Encoder, Term, list[Any]], Any]] = {
    "const": lambda e, term, asts: core.Z3_mk_true(e.ref) if term.value else core.Z3_mk_false(e.ref),
    "not": lambda e, term, asts: core.Z3_mk_not(e.ref, asts[0]),
    "and": _n_ary(core.Z3_mk_and),
    "or": _n_ary(core.Z3_mk_or),
    "xor": lambda e, term, asts: e.chain(core.Z3_mk_xor, asts),
    "ite": lambda e, term, asts: core.Z3_mk_ite(e.ref, *asts),
}
_COMPARE: dict[str, Callable[..., Any]] = {
    "eq": core.Z3_mk_eq,
    "ult": core.Z3_mk_bvult,
    "slt": core.Z3_mk_bvslt,
}


def _binary(build: Callable[..., Any]) -> Callable[[Encoder, Term], Any]:
    return lambda e, term: e.chain(build, [e.bits(arg) for arg in term.args])


def _sum(e: Encoder, term: Term) -> Any:
    width = term.width
    total = e.constant(term.value, width) if term.value else None
    for arg, coef in zip(term.args, term.coefs, strict=True):
        ast = e.bits(arg)
        negative = coef >> (width - 1)
        factor = (1 << width) - coef if negative else coef
        if factor != 1:
            ast = e.keep(core.Z3_mk_bvmul(e.ref, e.constant(factor, width), ast))
        if total is None:
            total = e.keep(core.Z3_mk_bvneg(e.ref, ast)) if negative else ast
        else:
            total = e.keep((core.Z3_mk_bvsub if negative else core.Z3_mk_bvadd)(e.ref, total, ast))
    return total


def _popcount(e: Encoder, term: Term) -> Any:
    inner = term.args[0]
    ast = e.bits(inner)
    width = max(term.width, inner.width.bit_length())
    ones = []
    for i in range(inner.width):
        bit = e.keep(core.Z3_mk_extract(e.ref, i, i, ast))
        ones.append(e.keep(core.Z3_mk_zero_ext(e.ref, width - 1, bit)))
    total = e.chain(core.Z3_mk_bvadd, ones)
    return core.Z3_mk_extract(e.ref, term.width - 1, 0, total)


def _lzcount(e: Encoder, term: Term) -> Any:
    inner = term.args[0]
    ast = e.bits(inner)
    n = inner.width
    result = e.constant(n & ((1 << term.width) - 1), term.width)
    for i in range(n):
        bit = e.truth(e.keep(core.Z3_mk_extract(e.ref, i, i, ast)))
        count = e.constant(n - 1 - i & ((1 << term.width) - 1), term.width)
        result = e.keep(core.Z3_mk_ite(e.ref, bit, count, result))
    return result


def _overflow(build: Callable[..., Any]) -> Callable[[Encoder, Term], Any]:
    """Signed overflow of ``build``: one more bit, and see whether the two top bits differ."""

    def encode(e: Encoder, term: Term) -> Any:
        width = term.args[0].width
        a, b = (e.keep(core.Z3_mk_sign_ext(e.ref, 1, e.bits(arg))) for arg in term.args)
        result = e.keep(build(e.ref, a, b))
        top, next_bit = (e.keep(core.Z3_mk_extract(e.ref, i, i, result)) for i in (width, width - 1))
        return core.Z3_mk_bvxor(e.ref, top, next_bit)

    return encode


_VECTOR: dict[str, Callable[[Encoder, Term], Any]] = {
    "const": lambda e, term: e.constant(term.value, term.width),
    "var": lambda e, term: e.variable(term.name, term.width),
    "load": lambda e, term: e.variable(f"load {term.id}", term.width),
    "apply": lambda e, term: e.variable(f"apply {term.id}", term.width),
    "sum": _sum,
    "mul": _binary(core.Z3_mk_bvmul),
    "not": lambda e, term: core.Z3_mk_bvnot(e.ref, e.bits(term.args[0])),
    "and": _binary(core.Z3_mk_bvand),
    "or": _binary(core.Z3_mk_bvor),
    "xor": _binary(core.Z3_mk_bvxor),
    "shl": _binary(core.Z3_mk_bvshl),
    "lshr": _binary(core.Z3_mk_bvlshr),
    "ashr": _binary(core.Z3_mk_bvashr),
    "udiv": _binary(core.Z3_mk_bvudiv),
    "urem": _binary(core.Z3_mk_bvurem),
    "sdiv": _binary(core.Z3_mk_bvsdiv),
    "srem": _binary(core.Z3_mk_bvsrem),
    "concat": _binary(core.Z3_mk_concat),
    "extract": lambda e, term: core.Z3_mk_extract(e.ref, term.value + term.width - 1, term.value, e.bits(term.args[0])),
    "zext": lambda e, term: core.Z3_mk_zero_ext(e.ref, term.width - term.args[0].width, e.bits(term.args[0])),
    "sext": lambda e, term: core.Z3_mk_sign_ext(e.ref, term.width - term.args[0].width, e.bits(term.args[0])),
    "ite": lambda e, term: core.Z3_mk_ite(e.ref, e.cache[term.args[0]], e.bits(term.args[1]), e.bits(term.args[2])),
    "popcount": _popcount,
    "lzcount": _lzcount,
    "scarry": _overflow(core.Z3_mk_bvadd),
    "sborrow": _overflow(core.Z3_mk_bvsub),
}
