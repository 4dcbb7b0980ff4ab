#include <math.h>

/* Cholesky factor of a symmetric positive definite A (n x n): the lower triangle becomes L with L L' = A, the strict
 * upper triangle is neither read nor written. */
void cholesky(int n, double *a)
{
    for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
            double sum = a[i * n + j];
            for (int k = 0; k < j; k++)
                sum -= a[i * n + k] * a[j * n + k];
            a[i * n + j] = i == j ? sqrt(sum) : sum / a[j * n + j];
        }
    }
}
