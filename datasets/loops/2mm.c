#include <stddef.h>

/* Two matrix products in a row: D := alpha A B C + beta D. A is m x k, B is k x n, C is n x l, D is m x l; AB (m x n)
 * is workspace. */
void two_mm(size_t m, size_t n, size_t k, size_t l, float alpha, float beta, const float *restrict a,
            const float *restrict b, const float *restrict c, float *restrict d, float *restrict ab)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            ab[i * n + j] = 0.0f;
            for (size_t p = 0; p < k; p++)
                ab[i * n + j] += alpha * a[i * k + p] * b[p * n + j];
        }

    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < l; j++) {
            d[i * l + j] *= beta;
            for (size_t p = 0; p < n; p++)
                d[i * l + j] += ab[i * n + p] * c[p * l + j];
        }
}
