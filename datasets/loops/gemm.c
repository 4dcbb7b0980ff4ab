/* General matrix product: C := alpha A B + beta C, with A m x k, B k x n and C m x n, row-major. */
void gemm(int m, int n, int k, double alpha, const double *restrict a, const double *restrict b, double beta,
          double *restrict c)
{
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            double sum = 0.0;
            for (int p = 0; p < k; p++)
                sum += a[i * k + p] * b[p * n + j];
            c[i * n + j] = alpha * sum + beta * c[i * n + j];
        }
    }
}
