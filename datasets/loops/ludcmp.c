/* Solves A x = b by LU without pivoting, A n x n. A is overwritten by its factors (L has a unit diagonal); y, the
 * solution of L y = b, is workspace. */
void ludcmp(int n, double *restrict a, const double *restrict b, double *restrict x, double *restrict y)
{
    /* Row by row: entry (i, j) needs only entries above it and to its left. */
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
            const int before = j < i ? j : i;
            double w = a[i * n + j];
            for (int k = 0; k < before; k++)
                w -= a[i * n + k] * a[k * n + j];
            a[i * n + j] = j < i ? w / a[j * n + j] : w;
        }
    }

    for (int i = 0; i < n; i++) {
        double w = b[i];
        for (int j = 0; j < i; j++)
            w -= a[i * n + j] * y[j];
        y[i] = w;
    }

    for (int i = n - 1; i >= 0; i--) {
        double w = y[i];
        for (int j = i + 1; j < n; j++)
            w -= a[i * n + j] * x[j];
        x[i] = w / a[i * n + i];
    }
}
