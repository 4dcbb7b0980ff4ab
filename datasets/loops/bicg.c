/* The two products of a biconjugate gradient step: q := A p and s := A' r, with A m x n. */
void bicg(int m, int n, const double *a, const double *p, const double *r, double *q, double *s)
{
    for (int i = 0; i < m; i++) {
        double sum = 0.0;
        for (int j = 0; j < n; j++)
            sum += a[i * n + j] * p[j];
        q[i] = sum;
    }
    for (int j = 0; j < n; j++) {
        double sum = 0.0;
        for (int i = 0; i < m; i++)
            sum += a[i * n + j] * r[i];
        s[j] = sum;
    }
}
