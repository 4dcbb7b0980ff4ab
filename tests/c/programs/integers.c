/* Widths, signs and conversions. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

typedef unsigned int uint;
typedef int8_t small[4];

static uint64_t mix(uint64_t x) {
    x += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
    return x ^ (x >> 31);
}

static uint rotate(uint x, int by) { return x << (by & 31) | x >> (-by & 31); }

static int gcd(int a, int b) { return b ? gcd(b, a % b) : a < 0 ? -a : a; }

static void widen(const int8_t *in, int32_t *out, uint16_t *half, int n) {
    for (int i = 0; i < n; i++) {
        out[i] = in[i] * in[i] - (in[i] << 1);
        half[i] = in[i];
        half[i] += 40000;
        half[i] >>= 1;
    }
}

static int compare(int a, unsigned b, long c) { return (a < b) + 2 * (a < c) + 4 * (b < c) + 8 * ((char)b < a); }

static double ratio(int a, int b) { return a / b + (double)a / b + a / 2 * 2.0 + 7 / 2.0f; }

static int bits(uint64_t x) {
    int n = 0;
    for (; x; x &= x - 1) n++;
    return n + __builtin_popcountll(x);
}

static uint32_t sieve(uint8_t *composite, uint32_t n) {
    uint32_t count = 0;
    for (uint32_t i = 2; i < n; i++) {
        if (composite[i]) continue;
        count++;
        for (uint64_t j = (uint64_t)i * i; j < n; j += i) composite[j] = 1;
    }
    return count;
}

static int truncations(float f, double d) {
    signed char a = d;
    unsigned short b = (unsigned short)f;
    _Bool c = d;
    float g = d * 1.1;
    f *= 1.1;
    long e = g == (float)(d * 1.1) ? 1 : 0;
    return a + b + c + e + (int)(f * 100);
}

int main(void) {
    small in = {-128, -1, 0, 127};
    int32_t out[4];
    uint16_t half[4];
    static uint8_t composite[1000];
    widen(in, out, half, 4);
    printf("%" PRIu64 " %x %d %d %d %u %u %d %.17g %d %u %d\n", mix(42), rotate(0x80000001u, -3), gcd(-48, 180), out[0],
           out[3], half[0], half[1], compare(-1, 1, -1) * 16 + compare(1, 200, 3), ratio(7, -2), bits(0xF0F0ull),
           sieve(composite, 1000), truncations(12.75f, -3.99));
    return 0;
}
