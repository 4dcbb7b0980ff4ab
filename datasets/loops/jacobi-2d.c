#include <stddef.h>
#include <string.h>

/* One sweep: each inner point of `to` is the mean of the four neighbours in `from`. */
static void sweep(size_t rows, size_t cols, const float *restrict from, float *restrict to)
{
    for (size_t i = 1; i + 1 < rows; i++)
        for (size_t j = 1; j + 1 < cols; j++)
            to[i * cols + j] = 0.25f * (from[(i - 1) * cols + j] + from[(i + 1) * cols + j] + from[i * cols + j - 1] +
                                        from[i * cols + j + 1]);
}

/* 2 * pairs Jacobi sweeps for the Laplace equation on a rows x cols grid whose rim is fixed. `other` is workspace of
 * the size of u. */
void jacobi_2d(size_t rows, size_t cols, int pairs, float *restrict u, float *restrict other)
{
    memcpy(other, u, rows * cols * sizeof *u); /* both need the rim */
    for (int t = 0; t < pairs; t++) {
        sweep(rows, cols, u, other);
        sweep(rows, cols, other, u);
    }
}
