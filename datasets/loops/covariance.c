/* Sample covariance of the n columns of `data` (m observations, one per row); cov is n x n, mean has n values. */
void covariance(int m, int n, const float *restrict data, float *restrict mean, float *restrict cov)
{
    for (int j = 0; j < n; j++)
        mean[j] = 0.0f;
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++)
            mean[j] += data[i * n + j];
    for (int j = 0; j < n; j++)
        mean[j] /= (float)m;

    for (int j = 0; j < n; j++) {
        for (int k = 0; k <= j; k++) {
            float sum = 0.0f;
            for (int i = 0; i < m; i++)
                sum += (data[i * n + j] - mean[j]) * (data[i * n + k] - mean[k]);
            cov[j * n + k] = cov[k * n + j] = sum / (float)(m - 1);
        }
    }
}
