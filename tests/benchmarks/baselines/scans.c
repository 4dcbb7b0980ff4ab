#include <float.h>
#include <stddef.h>
#include <stdlib.h>

void scans(const int *x, size_t x_size, int *sums, size_t sums_size, float *low, size_t low_size) {
    int *backwards = malloc(x_size * sizeof(int));
    for (int i = x_size - 1; i >= 0; i--) {
        backwards[x_size - 1 - i] = x[i];
    }
    int sum2 = 0;
    for (size_t i = 0; i < x_size; i++) {
        sum2 += backwards[i];
        sums[i] = sum2;
    }
    float result = FLT_MAX;
    for (size_t i = 0; i < low_size; i++) {
        if (low[i] < result) {
            result = low[i];
        }
        low[i] = result;
    }
    int *order = malloc(x_size * sizeof(int));
    for (size_t i = 0; i < x_size; i++) {
        order[i] = 3 + i;
    }
    for (size_t i = 0; i < sums_size; i++) {
        sums[i] = sums[i] - x[0] * order[i];
    }
    free(backwards);
    free(order);
}
