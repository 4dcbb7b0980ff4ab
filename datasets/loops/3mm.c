/* z := x y, with x rows x inner and y inner x cols. The middle loop over `inner` keeps all accesses at stride one. */
static void multiply(int rows, int inner, int cols, const double *restrict x, const double *restrict y,
                     double *restrict z)
{
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < cols; j++)
            z[i * cols + j] = 0.0;
        for (int p = 0; p < inner; p++)
            for (int j = 0; j < cols; j++)
                z[i * cols + j] += x[i * inner + p] * y[p * cols + j];
    }
}

/* Three matrix products: G := (A B) (C D). A is m x k, B is k x n, C is n x q, D is q x l, G is m x l; AB (m x n) and
 * CD (n x l) are workspace. */
void three_mm(int m, int n, int k, int q, int l, const double *restrict a, const double *restrict b,
              const double *restrict c, const double *restrict d, double *restrict ab, double *restrict cd,
              double *restrict g)
{
    multiply(m, k, n, a, b, ab);
    multiply(n, q, l, c, d, cd);
    multiply(m, n, l, ab, cd, g);
}
