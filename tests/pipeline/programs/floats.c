/* Comparisons with NaN, conversions out of range, minimum and maximum, rounding, vectors of the compiler. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

static volatile double V[] = {0.0, -0.0, 1.0, -1.5, 0.5, 2.5, 1e18, -1e19, 1e300, 2147483647.5, -2147483648.9, NAN, INFINITY, -INFINITY, DBL_MIN / 4, 4294967296.0};
enum { N = sizeof V / sizeof *V };

__attribute__((noipa)) static int compare(double a, double b)
{
    return (a < b) | (a <= b) << 1 | (a == b) << 2 | (a != b) << 3 | (a > b) << 4 | (a >= b) << 5 |
           (isunordered(a, b) != 0) << 6 | (isless(a, b) != 0) << 7 | !(a < b) << 8;
}
__attribute__((noipa)) static int compare_single(float a, float b)
{
    int r = 0;
    if (a < b) r += 1;
    if (a == b) r += 10;
    if (!(a >= b)) r += 100;
    if (a != a) r += 1000;
    return r;
}
__attribute__((noipa)) static int to_int(double x) { return (int)x; }
__attribute__((noipa)) static long to_long(double x) { return (long)x; }
__attribute__((noipa)) static int from_single(float x) { return (int)x; }
__attribute__((noipa)) static long nearest(double x) { return lrint(x); }
__attribute__((noipa)) static double smaller(double a, double b) { return a < b ? a : b; }
__attribute__((noipa)) static double larger(double a, double b) { return a > b ? a : b; }
__attribute__((noipa)) static double from_unsigned(uint64_t x) { return (double)x; }
__attribute__((noipa)) static float single_from_long(long x) { return (float)x; }
__attribute__((noipa)) static double magnitude(double x) { return copysign(fabs(x), -1.0) + sqrt(fabs(x)); }

static float squares(const float *in, int n)
{
    float total = 0;
    for (int i = 0; i < n; i++) total += in[i] * in[i];
    return total;
}

int main(void)
{
    long bits = 0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            bits = bits * 7 + compare(V[i], V[j]) + compare_single((float)V[i], (float)V[j]);
            double low = smaller(V[i], V[j]), high = larger(V[i], V[j]);
            bits += (signbit(low) != 0) + 2 * (low == V[i]) + 4 * (low == V[j]) + 8 * (high == V[i]) + 16 * (high != high);
        }
    printf("%ld\n", bits);
    for (int i = 0; i < N; i++)
        printf("%d %ld %d %ld %a\n", to_int(V[i]), to_long(V[i]), from_single((float)V[i]), nearest(fabs(V[i]) < 1e9 ? V[i] : 7.5),
               isfinite(V[i]) ? magnitude(V[i]) : 0.0);
    printf("%a %a %a\n", from_unsigned(UINT64_MAX), from_unsigned(0x8000000000000401), single_from_long(0x123456789abcdef));
    float row[37];
    for (int i = 0; i < 37; i++) row[i] = (float)i / 3;
    printf("%a %g %g %g\n", squares(row, 37), pow(2, 0.5), floor(-2.5), fmod(7.25, 2));
    return 0;
}
