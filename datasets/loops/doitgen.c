/* Multiresolution analysis: every fibre A[r][q][.] of an nr x nq x np array is multiplied by the np x np matrix C, in
 * place. `fibre` holds the product (np values) until the old fibre is no longer needed. */
void doitgen(int nr, int nq, int np, float *restrict a, const float *restrict c, float *restrict fibre)
{
    for (int r = 0; r < nr; r++) {
        for (int q = 0; q < nq; q++) {
            float *old = &a[(r * nq + q) * np];
            for (int p = 0; p < np; p++) {
                fibre[p] = 0.0f;
                for (int s = 0; s < np; s++)
                    fibre[p] += old[s] * c[s * np + p];
            }
            for (int p = 0; p < np; p++)
                old[p] = fibre[p];
        }
    }
}
