#include <math.h>
#include <stddef.h>
#include <stdlib.h>

typedef struct Entry {
    size_t row;
    size_t column;
    double value;
} Entry;

void elimination(const Entry *A, size_t A_size, double *x, size_t x_size, size_t N) {
    double *rows = malloc((N * (N + 1)) * sizeof(double));
    for (size_t i = 0; i < N * (N + 1); i++) {
        rows[i] = 0.5;
    }
    for (size_t i = 0; i < A_size; i++) {
        const Entry entry = A[i];
        rows[entry.row * (N + 1) + entry.column] += entry.value;
    }
    for (size_t i = 0; i < N; i++) {
        x[i] = 1.0;
    }
    for (size_t i = 0; i < N - 1; ++i) {
        size_t best = i;
        if (fabs(rows[(i + 1) * (N + 1) + i]) > fabs(rows[i * (N + 1) + i])) {
            best = i + 1;
        } else if (rows[i * (N + 1) + i] == 0) {
            free(rows);
            return;
        }
        double kept = rows[best * (N + 1) + i];
        rows[best * (N + 1) + i] = rows[i * (N + 1) + i];
        rows[i * (N + 1) + i] = kept;
        x[i] -= rows[i * (N + 1) + N] / rows[i * (N + 1) + i];
    }
    free(rows);
}
