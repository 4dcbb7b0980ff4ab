"""Bit-vector terms that simplify as they are built: most equal values come out as the same object.

Every function here returns a term equal to what its name says, for all values of the variables; the rewriting is part
of the trusted base and tested against Z3. The operators that can occur in a result are listed in ``term_pool``.
Booleans are 1-bit vectors. Call ``reset`` between functions: it drops all terms but variables and constants.
"""

from __future__ import annotations

from transpile.solvers.evaluate import Program, evaluate
from transpile.solvers.float_terms import (
    apply,
    float_abs,
    float_eq,
    float_in_range,
    float_is_nan,
    float_le,
    float_lemmas,
    float_lt,
    float_neg,
)
from transpile.solvers.rewrite_bits import band, bitwise, bnot, bor, bxor, lzcount, popcount
from transpile.solvers.rewrite_compare import carry, eq, ne, sborrow, scarry, sle, slt, ule, ult
from transpile.solvers.rewrite_concat import concat, load
from transpile.solvers.rewrite_divide import sdiv, srem, udiv, urem
from transpile.solvers.rewrite_linear import add, difference, linear, mul, neg, scale, sub
from transpile.solvers.rewrite_ranges import signed_bits, unsigned_bits
from transpile.solvers.rewrite_select import ite
from transpile.solvers.rewrite_slices import ashr, extract, lshr, sext, shl, zext
from transpile.solvers.term_pool import (
    FALSE,
    TRUE,
    Term,
    const,
    pool_size,
    postorder,
    reset,
    show,
    var,
    variables,
)

__all__ = [
    "FALSE",
    "TRUE",
    "Program",
    "Term",
    "add",
    "apply",
    "ashr",
    "band",
    "bitwise",
    "bnot",
    "bor",
    "bxor",
    "carry",
    "concat",
    "const",
    "difference",
    "eq",
    "evaluate",
    "extract",
    "float_abs",
    "float_eq",
    "float_in_range",
    "float_is_nan",
    "float_le",
    "float_lemmas",
    "float_lt",
    "float_neg",
    "ite",
    "linear",
    "load",
    "lshr",
    "lzcount",
    "mul",
    "ne",
    "neg",
    "pool_size",
    "popcount",
    "postorder",
    "reset",
    "sborrow",
    "scale",
    "scarry",
    "sdiv",
    "sext",
    "shl",
    "show",
    "signed_bits",
    "sle",
    "slt",
    "srem",
    "sub",
    "udiv",
    "ule",
    "ult",
    "unsigned_bits",
    "urem",
    "var",
    "variables",
    "zext",
]
