#include <stddef.h>

/* Two matrix-vector products summed: y := alpha A x + beta B x, with A and B m x n. */
void gesummv(size_t m, size_t n, double alpha, double beta, const double *restrict a, const double *restrict b,
             const double *restrict x, double *restrict y)
{
    for (size_t i = 0; i < m; ++i) {
        const double *arow = a + i * n;
        const double *brow = b + i * n;
        double ax = 0.0, bx = 0.0;
        for (size_t j = 0; j < n; ++j) {
            ax += arow[j] * x[j];
            bx += brow[j] * x[j];
        }
        y[i] = alpha * ax + beta * bx;
    }
}
