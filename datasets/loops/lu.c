#include <stddef.h>

/* LU factors of A (n x n) in place, without pivoting: U in the upper triangle, L (unit diagonal, not stored) below. */
void lu(size_t n, double *a)
{
    for (size_t k = 0; k < n; k++) {
        for (size_t i = k + 1; i < n; i++) {
            a[i * n + k] /= a[k * n + k];
            for (size_t j = k + 1; j < n; j++)
                a[i * n + j] -= a[i * n + k] * a[k * n + j];
        }
    }
}
