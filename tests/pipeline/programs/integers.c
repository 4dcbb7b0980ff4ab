/* __int128, bit-fields, shifts by variables, divisions, rotations, overflow builtins, bit scans. */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>

struct fields { unsigned a : 3; int b : 5; unsigned long c : 40; int d : 17; unsigned char e : 1; };

static volatile long seed = 0x123456789abcdef;
static long next(void) { return seed = seed * 6364136223846793005 + 1442695040888963407; }

__attribute__((noipa)) static unsigned __int128 wide(uint64_t a, uint64_t b) { return (unsigned __int128)a * b; }
__attribute__((noipa)) static __int128 signed_wide(long a, long b) { return ((__int128)a << 7) - (__int128)b * a; }
__attribute__((noipa)) static uint64_t high(unsigned __int128 x, int by) { return (uint64_t)(x >> by); }
__attribute__((noipa)) static int compare(__int128 a, __int128 b) { return (a < b) * 2 + (a == b); }
__attribute__((noipa)) static long fields(struct fields *f, long x)
{
    f->a += x;
    f->b -= x;
    f->c ^= x;
    f->d = f->b * 100;
    f->e = !f->e;
    return f->a + f->b + f->c + f->d + f->e;
}
__attribute__((noipa)) static long shifts(long x, int n)
{
    uint32_t w = (uint32_t)x;
    uint8_t c = (uint8_t)x;
    int16_t s = (int16_t)x;
    return (x << (n & 63)) + (x >> (n & 63)) + (w << (n & 31)) + ((w >> (n & 31)) | (w << (-n & 31))) + (c >> (n & 7)) + (s >> (n & 15)) +
           (long)(((uint64_t)x << (n & 63)) | ((uint64_t)x >> (-n & 63)));
}
__attribute__((noipa)) static long divisions(long x, long y, int a, unsigned b)
{
    return x / y + x % y + a / (int)(b | 1) + (unsigned)a % (b | 1) + x / 7 + a % 10 + b / 1000 + (int8_t)a / 3 + (uint16_t)b / 5;
}
__attribute__((noipa)) static int overflows(int a, int b, long x, long y)
{
    int i, bits = 0;
    long l;
    bits |= __builtin_add_overflow(a, b, &i) << 0;
    bits |= __builtin_sub_overflow(a, b, &i) << 1;
    bits |= __builtin_mul_overflow(a, b, &i) << 2;
    bits |= __builtin_add_overflow(x, y, &l) << 3;
    bits |= __builtin_mul_overflow(x, y, &l) << 4;
    return bits;
}
__attribute__((noipa)) static int scans(uint64_t x)
{
    return __builtin_clzl(x | 1) + 100 * __builtin_ctzl(x | 1UL << 63) + 10000 * __builtin_popcountl(x) + __builtin_ffsl((long)x) + __builtin_parityl(x) + (int)(__builtin_bswap64(x) & 0xff);
}

int main(void)
{
    struct fields f = {0};
    long total = 0;
    for (int i = 0; i < 200; i++) {
        long a = next(), b = next();
        unsigned __int128 w = wide((uint64_t)a, (uint64_t)b);
        total = total * 31 + (long)high(w, i & 127) + (long)signed_wide(a, b) + (long)(signed_wide(a, b) >> 64);
        total += compare(signed_wide(a, b), signed_wide(b, a)) + compare(a, a) + fields(&f, a);
        total ^= shifts(a, (int)b) + divisions(a, b | 1, (int)a, (unsigned)b) + scans((uint64_t)a >> (i & 63));
        total += overflows((int)a, (int)(b >> 40), a >> 2, b >> 60);
    }
    unsigned __int128 q = wide(ULONG_MAX, 12345678901UL);
    printf("%ld %lu %lu\n", total, (unsigned long)(q / 1000000007), (unsigned long)(q % 998244353));
    printf("%d %d\n", overflows(INT_MAX, 1, LONG_MAX, 2), overflows(INT_MIN, -1, 1, 1));
    return 0;
}
