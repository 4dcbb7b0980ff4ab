/* The math functions that CUDA adds to those of <math.h>. The fast ones are computed like the exact ones. */
#pragma once

#define EMULATED_MIN_MAX(type, left, right) \
    inline type min(left a, right b) {      \
        const type x = a, y = b;            \
        return x < y ? x : y;               \
    }                                       \
    inline type max(left a, right b) {      \
        const type x = a, y = b;            \
        return x > y ? x : y;               \
    }

EMULATED_MIN_MAX(int, int, int)
EMULATED_MIN_MAX(unsigned, unsigned, unsigned)
EMULATED_MIN_MAX(unsigned, int, unsigned)
EMULATED_MIN_MAX(unsigned, unsigned, int)
EMULATED_MIN_MAX(long, long, long)
EMULATED_MIN_MAX(unsigned long, unsigned long, unsigned long)
EMULATED_MIN_MAX(unsigned long, long, unsigned long)
EMULATED_MIN_MAX(unsigned long, unsigned long, long)
EMULATED_MIN_MAX(long long, long long, long long)
EMULATED_MIN_MAX(unsigned long long, unsigned long long, unsigned long long)
EMULATED_MIN_MAX(unsigned long long, long long, unsigned long long)
EMULATED_MIN_MAX(unsigned long long, unsigned long long, long long)
#undef EMULATED_MIN_MAX

#define EMULATED_FLOAT_MIN_MAX(type, left, right)                       \
    inline type min(left a, right b) { return fmin(type(a), type(b)); } \
    inline type max(left a, right b) { return fmax(type(a), type(b)); }

EMULATED_FLOAT_MIN_MAX(float, float, float)
EMULATED_FLOAT_MIN_MAX(double, double, double)
EMULATED_FLOAT_MIN_MAX(double, float, double)
EMULATED_FLOAT_MIN_MAX(double, double, float)
#undef EMULATED_FLOAT_MIN_MAX

inline unsigned umin(unsigned a, unsigned b) { return min(a, b); }
inline unsigned umax(unsigned a, unsigned b) { return max(a, b); }
inline long long llmin(long long a, long long b) { return min(a, b); }
inline long long llmax(long long a, long long b) { return max(a, b); }
inline unsigned long long ullmin(unsigned long long a, unsigned long long b) { return min(a, b); }
inline unsigned long long ullmax(unsigned long long a, unsigned long long b) { return max(a, b); }

inline float rsqrtf(float x) { return 1.0f / sqrtf(x); }
inline double rsqrt(double x) { return 1.0 / sqrt(x); }
inline float rsqrt(float x) { return rsqrtf(x); }
inline float rcbrtf(float x) { return 1.0f / cbrtf(x); }
inline double rcbrt(double x) { return 1.0 / cbrt(x); }
inline float sinpif(float x) { return float(sin(M_PI * remainder(double(x), 2))); }
inline double sinpi(double x) { return sin(M_PI * remainder(x, 2)); }
inline float cospif(float x) { return float(cos(M_PI * remainder(double(x), 2))); }
inline double cospi(double x) { return cos(M_PI * remainder(x, 2)); }
inline float rhypotf(float x, float y) { return 1.0f / hypotf(x, y); }
inline double rhypot(double x, double y) { return 1.0 / hypot(x, y); }
inline float norm3df(float x, float y, float z) { return sqrtf(x * x + y * y + z * z); }
inline double norm3d(double x, double y, double z) { return sqrt(x * x + y * y + z * z); }
inline float fdividef(float x, float y) { return x / y; }
inline float __fdividef(float x, float y) { return x / y; }
inline float __saturatef(float x) { return x > 0 ? (x < 1 ? x : 1) : 0; }

/* The C library declares these names for itself. */
#define __expf(x) expf(x)
#define __exp10f(x) exp10f(x)
#define __logf(x) logf(x)
#define __log2f(x) log2f(x)
#define __log10f(x) log10f(x)
#define __powf(x, y) powf(x, y)
#define __sinf(x) sinf(x)
#define __cosf(x) cosf(x)
#define __tanf(x) tanf(x)
#define __sincosf(x, sine, cosine) sincosf(x, sine, cosine)

#define EMULATED_ROUNDED(letter, type, suffix)                       \
    inline type __##letter##add_rn(type x, type y) { return x + y; } \
    inline type __##letter##sub_rn(type x, type y) { return x - y; } \
    inline type __##letter##mul_rn(type x, type y) { return x * y; } \
    inline type __##letter##div_rn(type x, type y) { return x / y; } \
    inline type __##letter##sqrt_rn(type x) { return sqrt(x); }      \
    inline type __##letter##rcp_rn(type x) { return type(1) / x; }   \
    inline type __fma##suffix##_rn(type x, type y, type z) { return fma(x, y, z); }
EMULATED_ROUNDED(f, float, f)
EMULATED_ROUNDED(d, double, )
#undef EMULATED_ROUNDED
inline float __frsqrt_rn(float x) { return rsqrtf(x); }

inline int __mul24(int x, int y) {
    return int(unsigned(int(unsigned(x) << 8) >> 8) * unsigned(int(unsigned(y) << 8) >> 8));
}
inline unsigned __umul24(unsigned x, unsigned y) { return (x & 0xffffff) * (y & 0xffffff); }
inline int __mulhi(int x, int y) { return int((long long)x * y >> 32); }
inline unsigned __umulhi(unsigned x, unsigned y) { return unsigned((unsigned long long)x * y >> 32); }
inline long long __mul64hi(long long x, long long y) { return (long long)((__int128)x * y >> 64); }
inline unsigned long long __umul64hi(unsigned long long x, unsigned long long y) {
    return (unsigned long long)((unsigned __int128)x * y >> 64);
}
inline unsigned __sad(int x, int y, unsigned z) { return z + (x > y ? unsigned(x) - y : unsigned(y) - x); }
inline unsigned __usad(unsigned x, unsigned y, unsigned z) { return z + (x > y ? x - y : y - x); }
inline int __hadd(int x, int y) { return int(((long long)x + y) >> 1); }
inline int __rhadd(int x, int y) { return int(((long long)x + y + 1) >> 1); }
inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
inline int __clz(int x) { return x ? __builtin_clz(unsigned(x)) : 32; }
inline int __clzll(long long x) { return x ? __builtin_clzll((unsigned long long)x) : 64; }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline int __ffsll(long long x) { return __builtin_ffsll(x); }
inline unsigned long long __brevll(unsigned long long x) {
    unsigned long long reversed = 0;
    for (int i = 0; i < 64; i++) reversed |= (x >> i & 1) << (63 - i);
    return reversed;
}
inline unsigned __brev(unsigned x) { return unsigned(__brevll(x) >> 32); }
inline unsigned __byte_perm(unsigned x, unsigned y, unsigned selector) {
    unsigned long long bytes = (unsigned long long)y << 32 | x;
    unsigned chosen = 0;
    for (int i = 0; i < 4; i++) {
        unsigned digit = selector >> 4 * i & 15, byte = unsigned(bytes >> 8 * (digit & 7) & 255);
        if (digit & 8) byte = byte & 128 ? 255 : 0;
        chosen |= byte << 8 * i;
    }
    return chosen;
}
inline unsigned __funnelshift_l(unsigned low, unsigned high, unsigned shift) {
    return unsigned((((unsigned long long)high << 32 | low) << (shift & 31)) >> 32);
}
inline unsigned __funnelshift_r(unsigned low, unsigned high, unsigned shift) {
    return unsigned(((unsigned long long)high << 32 | low) >> (shift & 31));
}

namespace cuda_emulator {
template <class To, class From> To same_bits(From value) {
    static_assert(sizeof(To) == sizeof(From));
    To result;
    __builtin_memcpy(&result, &value, sizeof result);
    return result;
}

/* Conversions to integers stop at the largest and smallest, and make NaN 0. */
template <class To, class From> To saturated(From x) {
    constexpr To least = To(-1) < To(0) ? To(1ull << (8 * sizeof(To) - 1)) : To(0), most = To(~least);
    if (x != x) return 0;
    if (x <= From(least)) return least;
    return x >= From(most) ? most : To(x);
}
}  // namespace cuda_emulator

inline int __float_as_int(float x) { return cuda_emulator::same_bits<int>(x); }
inline unsigned __float_as_uint(float x) { return cuda_emulator::same_bits<unsigned>(x); }
inline float __int_as_float(int x) { return cuda_emulator::same_bits<float>(x); }
inline float __uint_as_float(unsigned x) { return cuda_emulator::same_bits<float>(x); }
inline long long __double_as_longlong(double x) { return cuda_emulator::same_bits<long long>(x); }
inline double __longlong_as_double(long long x) { return cuda_emulator::same_bits<double>(x); }
inline int __double2hiint(double x) { return int(__double_as_longlong(x) >> 32); }
inline int __double2loint(double x) { return int(__double_as_longlong(x)); }
inline double __hiloint2double(int high, int low) {
    return cuda_emulator::same_bits<double>((unsigned long long)unsigned(high) << 32 | unsigned(low));
}

#define EMULATED_TO_INTEGER(from, word, to, name)                                                   \
    inline to __##from##2##name##_rn(word x) { return cuda_emulator::saturated<to>(nearbyint(x)); } \
    inline to __##from##2##name##_rz(word x) { return cuda_emulator::saturated<to>(trunc(x)); }     \
    inline to __##from##2##name##_ru(word x) { return cuda_emulator::saturated<to>(ceil(x)); }      \
    inline to __##from##2##name##_rd(word x) { return cuda_emulator::saturated<to>(floor(x)); }
EMULATED_TO_INTEGER(float, float, int, int)
EMULATED_TO_INTEGER(float, float, unsigned, uint)
EMULATED_TO_INTEGER(float, float, long long, ll)
EMULATED_TO_INTEGER(float, float, unsigned long long, ull)
EMULATED_TO_INTEGER(double, double, int, int)
EMULATED_TO_INTEGER(double, double, unsigned, uint)
EMULATED_TO_INTEGER(double, double, long long, ll)
EMULATED_TO_INTEGER(double, double, unsigned long long, ull)
#undef EMULATED_TO_INTEGER

inline float __int2float_rn(int x) { return float(x); }
inline float __uint2float_rn(unsigned x) { return float(x); }
inline float __ll2float_rn(long long x) { return float(x); }
inline float __ull2float_rn(unsigned long long x) { return float(x); }
inline double __int2double_rn(int x) { return double(x); }
inline double __uint2double_rn(unsigned x) { return double(x); }
inline double __ll2double_rn(long long x) { return double(x); }
inline double __ull2double_rn(unsigned long long x) { return double(x); }
inline float __double2float_rn(double x) { return float(x); }
