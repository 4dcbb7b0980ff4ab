/* y := A' (A x), with A m x n. A is read once: each row gives its dot product with x and is then added to y. */
void atax(int m, int n, const float *restrict a, const float *restrict x, float *restrict y)
{
    for (int j = 0; j < n; j++)
        y[j] = 0.0f;

    for (int i = 0; i < m; i++) {
        float dot = 0.0f;
        for (int j = 0; j < n; j++)
            dot += a[i * n + j] * x[j];
        for (int j = 0; j < n; j++)
            y[j] += a[i * n + j] * dot;
    }
}
