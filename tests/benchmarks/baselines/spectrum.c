#include <math.h>
#include <stddef.h>

typedef struct Complex {
    double re;
    double im;
} Complex;

static Complex complex_add(Complex a, Complex b) {
    return (Complex){a.re + b.re, a.im + b.im};
}

static Complex complex_subtract(Complex a, Complex b) {
    return (Complex){a.re - b.re, a.im - b.im};
}

static Complex complex_multiply(Complex a, Complex b) {
    return (Complex){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

static Complex complex_negate(Complex a) {
    return (Complex){-a.re, -a.im};
}

static Complex complex_conjugate(Complex a) {
    return (Complex){a.re, -a.im};
}

static Complex complex_scale(Complex a, double factor) {
    return (Complex){a.re * factor, a.im * factor};
}

static Complex complex_shrink(Complex a, double divisor) {
    return (Complex){a.re / divisor, a.im / divisor};
}

static Complex complex_polar(double radius, double angle) {
    return (Complex){radius * cos(angle), radius * sin(angle)};
}

static void turn(Complex *z, size_t z_size, double angle) {
    Complex w = complex_polar(1.0, angle), one = {0, 0};
    one = (Complex){1.0, 0};
    for (size_t i = 0; i < z_size; i++) {
        z[i] = complex_multiply(z[i], complex_multiply(w, one));
    }
}

void spectrum(const double *x, size_t x_size, Complex *out, size_t out_size, double *power, size_t power_size) {
    int N = x_size;
    for (int k = 0; k < N; k++) {
        Complex sum = {0, 0};
        for (int n = 0; n < N; n++) {
            double angle = 2 * M_PI * n * k / N;
            Complex c = {cos(angle), -sin(angle)};
            sum = complex_add(sum, complex_scale(c, x[n]));
        }
        out[k] = complex_negate(sum);
    }
    turn(out, out_size, 0.5);
    for (size_t i = 0; i < out_size; i++) {
        out[i] = complex_shrink(complex_conjugate(out[i]), (double)x_size);
    }
    for (size_t i = 0; i < out_size; ++i) {
        power[i] = hypot(out[i].re, out[i].im) + out[i].re - complex_subtract(out[i], out[0]).im;
    }
}
