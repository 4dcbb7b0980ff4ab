#include <stddef.h>

/* Triangular product in place: B := alpha A B, with A m x m lower triangular (its upper part is not read), B m x n. */
void trmm(size_t m, size_t n, float alpha, const float *restrict a, float *restrict b)
{
    /* Row i of the result needs rows 0..i of the old B, so the last row goes first. */
    for (size_t i = m; i-- > 0;) {
        for (size_t j = 0; j < n; j++) {
            float sum = 0.0f;
            for (size_t k = 0; k <= i; k++)
                sum += a[i * m + k] * b[k * n + j];
            b[i * n + j] = alpha * sum;
        }
    }
}
