/* Symmetric rank-k update of the lower triangle: C := alpha A A' + beta C, with A n x k and C n x n. */
void syrk(int n, int k, float alpha, const float *restrict a, float beta, float *restrict c)
{
    for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
            float dot = 0.0f;
            for (int p = 0; p < k; p++)
                dot += a[i * k + p] * a[j * k + p];
            c[i * n + j] = alpha * dot + beta * c[i * n + j];
        }
    }
}
