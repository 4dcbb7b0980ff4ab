#include <math.h>

/* QR by modified Gram-Schmidt, m x n with full column rank: A becomes Q with orthonormal columns, R (n x n) is upper
 * triangular with a positive diagonal, and Q R is the old A. */
void gramschmidt(int m, int n, double *restrict a, double *restrict r)
{
    for (int k = 0; k < n; k++) {
        double square = 0.0;
        for (int i = 0; i < m; i++)
            square += a[i * n + k] * a[i * n + k];
        const double norm = sqrt(square);

        for (int j = 0; j < k; j++)
            r[k * n + j] = 0.0;
        r[k * n + k] = norm;
        for (int i = 0; i < m; i++)
            a[i * n + k] /= norm;

        /* Take the direction just found out of the columns that follow. */
        for (int j = k + 1; j < n; j++) {
            double dot = 0.0;
            for (int i = 0; i < m; i++)
                dot += a[i * n + k] * a[i * n + j];
            r[k * n + j] = dot;
            for (int i = 0; i < m; i++)
                a[i * n + j] -= a[i * n + k] * dot;
        }
    }
}
