/* Levinson-Durbin recursion: solves the Yule-Walker equations T y = -r, where T is the symmetric Toeplitz matrix with
 * first column (1, r[0], ..., r[n - 2]). */
void durbin(int n, const double *restrict r, double *restrict y)
{
    double alpha = 0.0; /* reflection coefficient of the order before */
    double beta = 1.0;  /* its prediction error */

    for (int k = 0; k < n; k++) {
        double sum = r[k];
        for (int i = 0; i < k; i++)
            sum += r[k - 1 - i] * y[i];
        beta *= 1.0 - alpha * alpha;
        alpha = -sum / beta;

        /* y[i] += alpha y[k - 1 - i] for all i < k; the two ends of y trade places, so they are updated in pairs. */
        for (int i = 0; 2 * i < k; i++) {
            const double low = y[i];
            const double high = y[k - 1 - i];
            y[i] = low + alpha * high;
            y[k - 1 - i] = high + alpha * low;
        }
        y[k] = alpha;
    }
}
