/* Product with a symmetric matrix: C := alpha A B + beta C. A is m x m and only its lower triangle is read; B and C are
 * m x n. */
void symm(int m, int n, double alpha, const double *a, const double *b, double beta, double *c)
{
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            double sum = 0.0;
            for (int k = 0; k <= i; k++)
                sum += a[i * m + k] * b[k * n + j];
            for (int k = i + 1; k < m; k++)
                sum += a[k * m + i] * b[k * n + j]; /* A[i][k] is stored as A[k][i] */
            c[i * n + j] = alpha * sum + beta * c[i * n + j];
        }
    }
}
