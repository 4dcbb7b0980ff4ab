#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef WIDTH
#define WIDTH 24
#endif
#define HEIGHT (WIDTH / 2)
#define IDX(y, x) ((y) * WIDTH + (x))
#define CLAMP(v, lo, hi) ((v) < (lo) ? (lo) : (v) > (hi) ? (hi) : (v))
#define FOR_INNER(i, n) for (int i = 1; i < (n) - 1; i++)
#define SWAP(type, a, b) do { type t_ = (a); (a) = (b); (b) = t_; } while (0)

static void jacobi(const float *in, float *out) {
    FOR_INNER(y, HEIGHT)
        FOR_INNER(x, WIDTH)
            out[IDX(y, x)] = 0.25f * (in[IDX(y - 1, x)] + in[IDX(y + 1, x)] +
                                      in[IDX(y, x - 1)] + in[IDX(y, x + 1)]);
}

static void blur(const unsigned char *in, unsigned char *out, int radius) {
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            int sum = 0, n = 0;
            for (int dy = -radius; dy <= radius; dy++)
                for (int dx = -radius; dx <= radius; dx++) {
                    sum += in[IDX(CLAMP(y + dy, 0, HEIGHT - 1), CLAMP(x + dx, 0, WIDTH - 1))];
                    ++n;
                }
            out[IDX(y, x)] = (unsigned char)(sum / n);
        }
    }
}

static int mandelbrot(double cr, double ci, int limit) {
    double zr = 0, zi = 0;
    int n;
    for (n = 0; n < limit && zr * zr + zi * zi <= 4.0; n++) {
        double t = zr * zr - zi * zi + cr;
        zi = 2 * zr * zi + ci;
        zr = t;
    }
    return n;
}

static float black_scholes(float s, float k, float t, float r, float v) {
    float d1 = (logf(s / k) + (r + 0.5f * v * v) * t) / (v * sqrtf(t));
    float d2 = d1 - v * sqrtf(t);
    return s * 0.5f * erfcf(-d1 / (float)M_SQRT2) - k * expf(-r * t) * 0.5f * erfcf(-d2 / (float)M_SQRT2);
}

static double dft_power(const float *x, int n, int k) {
    double re = 0, im = 0;
    for (int t = 0; t < n; t++) {
        re += x[t] * cos(2 * M_PI * k * t / n);
        im -= x[t] * sin(2 * M_PI * k * t / n);
    }
    return fabs(re) < 1e-300 ? im * im : re * re + im * im;
}

int main(void) {
    float *a = calloc(WIDTH * HEIGHT, sizeof(float)), *b = calloc(WIDTH * HEIGHT, sizeof(float));
    unsigned char *in = malloc(WIDTH * HEIGHT), *out = malloc(WIDTH * HEIGHT);
    int total = 0;
    for (int i = 0; i < WIDTH * HEIGHT; i++) a[i] = b[i] = i % 13, in[i] = i * 7;
    for (int i = 0; i < 5; i++) {
        jacobi(a, b);
        SWAP(float *, a, b);
    }
    blur(in, out, 2);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            total += mandelbrot(-2 + x * 0.1, -1 + y * 0.15, 50) * out[IDX(y, x)] % 101;
    printf("%.9g %d %.6g %.10g\n", a[IDX(HEIGHT / 2, WIDTH / 2)], total, black_scholes(100, 95, 0.5f, 0.02f, 0.3f),
           dft_power(a, WIDTH, 3));
    free(a), free(b), free(in), free(out);
    return 0;
}
