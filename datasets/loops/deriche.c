#include <math.h>
#include <stddef.h>

/* Deriche's recursive smoothing filter: convolution with c (alpha |i| + 1) exp(-alpha |i|), computed as a forward pass
 *   y[i] = a0 x[i] + a1 x[i - 1] + b1 y[i - 1] + b2 y[i - 2]
 * plus a backward pass
 *   y[i] = a2 x[i + 1] + a3 x[i + 2] + b1 y[i + 1] + b2 y[i + 2],
 * with zeros outside of the line. The constant c makes the weights add up to one. */
struct taps {
    float a0, a1, a2, a3, b1, b2;
};

static struct taps taps_of(float alpha)
{
    const float e = expf(-alpha);
    const float c = (1.0f - e) * (1.0f - e) / (1.0f + 2.0f * alpha * e - e * e);
    return (struct taps){
        .a0 = c,
        .a1 = c * e * (alpha - 1.0f),
        .a2 = c * e * (alpha + 1.0f),
        .a3 = -c * e * e,
        .b1 = 2.0f * e,
        .b2 = -e * e,
    };
}

static void forward(struct taps k, size_t n, size_t stride, const float *restrict x, float *restrict y)
{
    float x1 = 0.0f, y1 = 0.0f, y2 = 0.0f; /* one and two places back */
    for (size_t i = 0; i < n; i++) {
        const float x0 = x[i * stride];
        const float y0 = k.a0 * x0 + k.a1 * x1 + k.b1 * y1 + k.b2 * y2;
        y[i * stride] = y0;
        x1 = x0;
        y2 = y1;
        y1 = y0;
    }
}

static void backward(struct taps k, size_t n, size_t stride, const float *restrict x, float *restrict y)
{
    float x1 = 0.0f, x2 = 0.0f, y1 = 0.0f, y2 = 0.0f; /* one and two places ahead */
    for (size_t i = n; i-- > 0;) {
        const float y0 = k.a2 * x1 + k.a3 * x2 + k.b1 * y1 + k.b2 * y2;
        y[i * stride] = y0;
        x2 = x1;
        x1 = x[i * stride];
        y2 = y1;
        y1 = y0;
    }
}

/* Smooths a rows x cols image, first along the rows, then down the columns. `left` and `right` are workspace of the
 * size of the image. */
void deriche(size_t rows, size_t cols, float alpha, const float *restrict image, float *restrict smooth,
             float *restrict left, float *restrict right)
{
    const struct taps k = taps_of(alpha);

    for (size_t i = 0; i < rows; i++) {
        forward(k, cols, 1, &image[i * cols], &left[i * cols]);
        backward(k, cols, 1, &image[i * cols], &right[i * cols]);
    }
    for (size_t i = 0; i < rows * cols; i++)
        smooth[i] = left[i] + right[i];

    for (size_t j = 0; j < cols; j++) {
        forward(k, rows, cols, &smooth[j], &left[j]);
        backward(k, rows, cols, &smooth[j], &right[j]);
    }
    for (size_t i = 0; i < rows * cols; i++)
        smooth[i] = left[i] + right[i];
}
