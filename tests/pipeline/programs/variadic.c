/* Variadic functions of our own, va_copy, and a va_list handed to the C library. */
#include <stdarg.h>
#include <stdio.h>

__attribute__((noipa)) long sum(int n, ...)
{
    va_list ap;
    long total = 0;
    va_start(ap, n);
    for (int i = 0; i < n; i++) total += va_arg(ap, long);
    va_end(ap);
    return total;
}
__attribute__((noipa)) double mix(const char *kinds, ...)
{
    va_list ap, again;
    double total = 0;
    va_start(ap, kinds);
    va_copy(again, ap);
    for (const char *k = kinds; *k; k++) total += *k == 'd' ? va_arg(ap, double) : va_arg(ap, int);
    for (const char *k = kinds; *k; k++) total -= *k == 'd' ? va_arg(again, double) / 2 : va_arg(again, int) / 2;
    va_end(again);
    va_end(ap);
    return total;
}
__attribute__((noipa)) int text(char *out, size_t size, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(out, size, format, ap);
    va_end(ap);
    return n;
}

int main(void)
{
    char line[80];
    printf("%ld %ld\n", sum(3, 1L, 2L, 3L), sum(9, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, -9L));
    printf("%g\n", mix("didddddddiddiiiiii", 1.5, 2, 3.5, 4., 5., 6., 7., 8., 9., 10, 11., 12., 13, 14, 15, 16, 17, 18));
    int n = text(line, sizeof line, "%s %d %.2f %c %lx %g %d %d %s", "a", -1, 2.5, 'x', 255L, 1e10, 7, 8, "end");
    printf("%d %s\n", n, line);
    float f = 0.1f;
    printf("%d %d %d %d %d %d %d %f %f\n", 1, 2, 3, 4, 5, 6, 7, f, 2.0 * f);
    return 0;
}
