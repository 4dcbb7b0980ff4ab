#include <stddef.h>

/* Symmetric rank-2k update of the lower triangle: C := alpha (A B' + B A') + beta C, with A and B n x k, C n x n. */
void syr2k(size_t n, size_t k, double alpha, const double *restrict a, const double *restrict b, double beta,
           double *restrict c)
{
    for (size_t i = 0; i < n; i++) {
        double *row = &c[i * n];

        for (size_t j = 0; j <= i; j++)
            row[j] *= beta;

        for (size_t p = 0; p < k; p++) {
            const double ai = alpha * a[i * k + p];
            const double bi = alpha * b[i * k + p];
            for (size_t j = 0; j <= i; j++)
                row[j] += ai * b[j * k + p] + bi * a[j * k + p];
        }
    }
}
