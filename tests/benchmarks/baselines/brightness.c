#include <stddef.h>

typedef struct Pixel {
    int red;
    int green;
    double weight;
} Pixel;

static const double shares[2][2] = {{0.25, 0.75}, {0.5, 0.5}};

static double clamped(double value) {
    return value > 1.0 ? 1.0 : value;
}

static double mixed(Pixel p, double a, double b) {
    return p.red * a + p.green * b;  // both count
}

/* The brightness of each pixel. */
void brightness(const Pixel *pixels, size_t pixels_size, double *out, size_t out_size, size_t row) {
    for (size_t i = 0; i < pixels_size; ++i) {
        out[i] = clamped(mixed(pixels[i], shares[row][0], shares[row][1]) * pixels[i].weight);
    }
}
