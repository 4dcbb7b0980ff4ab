/* A rank-two update followed by two matrix-vector products:
 *   A := A + u1 v1' + u2 v2',   x := beta A' y + z,   w := alpha A x,   with A n x n. */
void gemver(int n, double alpha, double beta, double *restrict a, const double *restrict u1,
            const double *restrict v1, const double *restrict u2, const double *restrict v2,
            const double *restrict y, const double *restrict z, double *restrict x, double *restrict w)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            a[i * n + j] += u1[i] * v1[j] + u2[i] * v2[j];

    for (int j = 0; j < n; j++)
        x[j] = z[j];
    for (int i = 0; i < n; i++) {
        const double scaled = beta * y[i];
        for (int j = 0; j < n; j++)
            x[j] += a[i * n + j] * scaled;
    }

    for (int i = 0; i < n; i++) {
        double sum = 0.0;
        for (int j = 0; j < n; j++)
            sum += a[i * n + j] * x[j];
        w[i] = alpha * sum;
    }
}
