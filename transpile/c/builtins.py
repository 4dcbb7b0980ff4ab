"""Functions that the compiler knows without a header: builtins that header macros expand to, and those of C++."""

from __future__ import annotations

from collections.abc import Mapping

from transpile.c.types import INT, CType

PROTOTYPES = """
double __builtin_inf(void); float __builtin_inff(void); long double __builtin_infl(void);
double __builtin_huge_val(void); float __builtin_huge_valf(void); long double __builtin_huge_vall(void);
double __builtin_nan(const char *tag); float __builtin_nanf(const char *tag);
long double __builtin_nanl(const char *tag);
double __builtin_fabs(double x); float __builtin_fabsf(float x); long double __builtin_fabsl(long double x);
double __builtin_sqrt(double x); float __builtin_sqrtf(float x);
double __builtin_copysign(double x, double y); float __builtin_copysignf(float x, float y);
double __builtin_fma(double x, double y, double z); float __builtin_fmaf(float x, float y, float z);
double __builtin_fmin(double x, double y); double __builtin_fmax(double x, double y);
float __builtin_fminf(float x, float y); float __builtin_fmaxf(float x, float y);
int __builtin_abs(int x); long __builtin_labs(long x); long long __builtin_llabs(long long x);
int __builtin_popcount(unsigned x); int __builtin_popcountl(unsigned long x);
int __builtin_popcountll(unsigned long long x);
int __builtin_clz(unsigned x); int __builtin_clzl(unsigned long x); int __builtin_clzll(unsigned long long x);
int __builtin_ctz(unsigned x); int __builtin_ctzl(unsigned long x); int __builtin_ctzll(unsigned long long x);
int __builtin_ffs(int x); int __builtin_parity(unsigned x);
unsigned short __builtin_bswap16(unsigned short x); unsigned __builtin_bswap32(unsigned x);
unsigned long __builtin_bswap64(unsigned long x);
long __builtin_expect(long value, long expected);
void __builtin_unreachable(void); void __builtin_trap(void); void __builtin_prefetch(const void *address, ...);
void *__builtin_memcpy(void *to, const void *from, unsigned long size);
void *__builtin_memmove(void *to, const void *from, unsigned long size);
void *__builtin_memset(void *to, int value, unsigned long size);
void *__builtin_assume_aligned(const void *pointer, unsigned long alignment, ...);
int __builtin_signbit(double x); int __builtin_signbitf(float x); int __builtin_signbitl(long double x);
"""

GENERIC: Mapping[str, CType] = {
    f"__builtin_{name}": INT
    for name in (
        "isnan", "isinf", "isinf_sign", "isfinite", "isnormal", "fpclassify", "isgreater", "isgreaterequal", "isless",
        "islessequal", "islessgreater", "isunordered", "signbit", "constant_p",
    )
}  # fmt: skip
"""Builtins that take any floating type as it is, and what they give."""

_NAN = float("nan")
UNLIMITED: Mapping[str, float] = {
    **{f"__builtin_{name}{suffix}": float("inf") for name in ("inf", "huge_val") for suffix in ("", "f")},
    **{f"__builtin_nan{suffix}": _NAN for suffix in ("", "f")},
}
"""Builtins that are constants: what ``INFINITY`` and ``NAN`` are."""
