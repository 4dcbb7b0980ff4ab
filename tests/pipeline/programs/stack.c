/* alloca, VLA, more than six arguments, structures by value, recursion. */
#include <alloca.h>
#include <stdio.h>
#include <string.h>

struct pair { long a, b; };
struct mixed { double d; int i; };
struct big { long v[5]; };
struct floats { float x, y, z; };

__attribute__((noipa)) long nine(long a, int b, short c, char d, long e, long f, long g, int h, unsigned char i)
{
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i;
}
__attribute__((noipa)) double tens(double a, double b, double c, double d, double e, double f, double g, double h,
                                   double i, float j)
{
    return a - b + c - d + e - f + g - h + i * j;
}
__attribute__((noipa)) struct pair swapped(struct pair p) { return (struct pair){p.b, p.a}; }
__attribute__((noipa)) struct mixed doubled(struct mixed m) { return (struct mixed){m.d * 2, m.i * 2}; }
__attribute__((noipa)) struct big shifted(struct big b, int by)
{
    struct big out;
    for (int i = 0; i < 5; i++) out.v[i] = b.v[(i + by) % 5];
    return out;
}
__attribute__((noipa)) struct floats scaled(struct floats f, float by)
{
    return (struct floats){f.x * by, f.y * by, f.z * by};
}
__attribute__((noipa)) int sum_alloca(int n)
{
    int *p = alloca(n * sizeof *p), total = 0;
    for (int i = 0; i < n; i++) p[i] = i * i;
    for (int i = 0; i < n; i++) total += p[i];
    return total;
}
__attribute__((noipa)) long vla(int n, int m)
{
    long total = 0;
    for (int round = 1; round <= m; round++) {
        char grid[n][round];
        memset(grid, round, sizeof grid);
        for (int i = 0; i < n; i++) total += grid[i][round - 1];
    }
    return total;
}
__attribute__((noipa)) int ackermann(int m, int n)
{
    return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}
static int odd(unsigned n);
static int even(unsigned n) { return n == 0 || odd(n - 1); }
static int odd(unsigned n) { return n != 0 && even(n - 1); }

int main(void)
{
    struct pair p = swapped((struct pair){3, 4});
    struct mixed m = doubled((struct mixed){1.25, 21});
    struct big b = shifted((struct big){{1, 2, 3, 4, 5}}, 2);
    struct floats f = scaled((struct floats){1, 2, 3}, 0.5f);
    printf("%ld %g\n", nine(1, -2, 3, -4, 5, 6, 7, -8, 200), tens(1, 2, 3, 4, 5, 6, 7, 8, 9, 1.5f));
    printf("%ld %ld %g %d %g %g %g\n", p.a, p.b, m.d, m.i, f.x, f.y, f.z);
    printf("%ld %ld %ld %ld %ld\n", b.v[0], b.v[1], b.v[2], b.v[3], b.v[4]);
    printf("%d %d %ld %d %d\n", sum_alloca(10), sum_alloca(100), vla(7, 9), ackermann(2, 3), even(100) - odd(7));
    return 0;
}
