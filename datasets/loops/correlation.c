#include <math.h>
#include <stddef.h>

/* Pearson correlation of the n columns of `data` (m observations, one per row). The columns are centred and scaled to
 * unit length in place; corr is n x n. A column without spread is correlated with nothing but itself. */
void correlation(size_t m, size_t n, double *restrict data, double *restrict corr)
{
    const double tiny = 1e-12;

    for (size_t j = 0; j < n; j++) {
        double mean = 0.0;
        for (size_t i = 0; i < m; i++)
            mean += data[i * n + j];
        mean /= (double)m;

        double square = 0.0;
        for (size_t i = 0; i < m; i++) {
            data[i * n + j] -= mean;
            square += data[i * n + j] * data[i * n + j];
        }

        const double length = sqrt(square);
        for (size_t i = 0; i < m; i++)
            data[i * n + j] = length > tiny ? data[i * n + j] / length : 0.0;
    }

    for (size_t j = 0; j < n; j++) {
        corr[j * n + j] = 1.0;
        for (size_t k = j + 1; k < n; k++) {
            double dot = 0.0;
            for (size_t i = 0; i < m; i++)
                dot += data[i * n + j] * data[i * n + k];
            corr[j * n + k] = dot;
            corr[k * n + j] = dot;
        }
    }
}
