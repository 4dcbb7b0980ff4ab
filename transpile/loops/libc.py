"""Functions of the C library that do nothing but compute, and those that move memory."""

from __future__ import annotations

_REAL = (
    "acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf erfc exp exp2 expm1 fabs fdim floor fma "
    "fmax fmin fmod hypot ldexp lgamma llrint llround log log10 log1p log2 logb lrint lround nearbyint pow "
    "remainder rint round scalbn sin sinh sqrt tan tanh tgamma trunc"
)
_INTEGER = "abs labs llabs isalnum isalpha isdigit islower isspace isupper isxdigit tolower toupper"
_TESTS = (
    "isnan isinf isinf_sign isfinite isnormal signbit isgreater isgreaterequal isless islessequal islessgreater "
    "isunordered"
)
_BUILTIN = (
    "abs labs llabs popcount popcountl popcountll clz clzl clzll ctz ctzl ctzll ffs parity bswap16 bswap32 bswap64 "
    "expect nan nanf inf inff huge_val huge_valf prefetch assume_aligned unreachable"
)

PURE = frozenset(
    [f"{name}{suffix}" for name in _REAL.split() for suffix in ("", "f", "l")]
    + [f"__builtin_{name}{suffix}" for name in f"{_REAL} {_TESTS}".split() for suffix in ("", "f", "l")]
    + [f"std::{name}" for name in f"{_REAL} max min abs".split()]
    + [f"__builtin_{name}" for name in _BUILTIN.split()]
    + f"{_INTEGER} {_TESTS}".split()
)
"""Calls of these read their arguments and give a result; ``errno`` does not count."""

LARGER = frozenset(("fmax", "fmaxf", "fmaxl", "std::max", "__builtin_fmax", "__builtin_fmaxf"))
SMALLER = frozenset(("fmin", "fminf", "fminl", "std::min", "__builtin_fmin", "__builtin_fminf"))
COPY = frozenset(("memcpy", "memmove", "__builtin_memcpy", "__builtin_memmove"))
FILL = frozenset(("memset", "__builtin_memset"))
FRESH = frozenset(("malloc", "calloc", "aligned_alloc"))
"""Their results point to memory that nothing else points to."""
HARMLESS = frozenset(("free", "assert"))
