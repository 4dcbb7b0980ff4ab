#include <float.h>
#include <stdbool.h>
#include <stddef.h>

double folds(const double *x, size_t x_size, const float *y, size_t y_size, const bool *flags, size_t flags_size) {
    float largest = -FLT_MAX;
    for (size_t i = 0; i < y_size; i++) {
        float v = y[i];
        if (largest < v) {
            largest = v;
        }
    }
    bool odd = false;
    for (size_t i = 0; i < flags_size; i++) {
        odd = odd != flags[i];
    }
    double product = 1.0;
    for (size_t i = 0; i < x_size; i++) {
        product *= x[i];
    }
    int smallest = 100;
    for (size_t i = 0; i < y_size; i++) {
        if (!(smallest < (int)y[i])) {
            smallest = (int)y[i];
        }
    }
    double sum = 0;
    for (size_t i = 0; i < x_size; i++) {
        sum += x[i];
    }
    return sum / (double)x_size + product + largest + (odd ? 1 : 2) + smallest;
}
