#include <stddef.h>

/* x1 := x1 + A y1 and x2 := x2 + A' y2, with A n x n. */
void mvt(size_t n, const float *a, const float *y1, const float *y2, float *x1, float *x2)
{
    for (size_t i = 0; i < n; ++i)
        for (size_t j = 0; j < n; ++j)
            x1[i] += a[i * n + j] * y1[j];

    for (size_t i = 0; i < n; ++i)
        for (size_t j = 0; j < n; ++j)
            x2[j] += a[i * n + j] * y2[i];
}
