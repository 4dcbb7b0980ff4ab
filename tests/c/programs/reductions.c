// Reductions, scans, histograms.
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { BINS = 16, SIZE = 1000 };

static uint32_t state = 12345u;

static uint32_t next(void) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static void histogram(const uint8_t *data, size_t n, unsigned counts[BINS]) {
    memset(counts, 0, BINS * sizeof counts[0]);
    for (size_t i = 0; i < n; i++) counts[data[i] >> 4]++;
}

static void prefix(const int *in, int *out, int n) {
    int sum = 0;
    for (int i = 0; i < n; i++) {
        out[i] = sum;
        sum += in[i];
    }
}

static int argmin(const float *a, int n, float *value) {
    int best = -1;
    float least = FLT_MAX;
    for (int i = 0; i < n; i++)
        if (a[i] < least) {
            least = a[i];
            best = i;
        } else if (a[i] == least && i < best)
            best = i;
    *value = least;
    return best;
}

static double variance(const float *a, int n) {
    double mean = 0, m2 = 0;
    for (int i = 0; i < n; i++) {
        const double delta = a[i] - mean;
        mean += delta / (i + 1);
        m2 += delta * (a[i] - mean);
    }
    return n > 1 ? m2 / (n - 1) : NAN;
}

static unsigned long long digest(const void *data, size_t size) {
    const unsigned char *bytes = data;
    unsigned long long h = 0xcbf29ce484222325ULL;
    for (; size; size--) h = (h ^ *bytes++) * 0x100000001b3;
    return h;
}

static int saturate(long long v) { return v > INT_MAX ? INT_MAX : v < INT_MIN ? INT_MIN : (int)v; }

static int any(const int *a, int n, int wanted) {
    int found = 0;
    for (int i = 0; i < n && !found; i++) found = a[i] == wanted;
    return found;
}

int main(void) {
    uint8_t bytes[SIZE];
    int ints[SIZE], sums[SIZE];
    float floats[SIZE], least;
    unsigned counts[BINS];
    for (int i = 0; i < SIZE; i++) {
        bytes[i] = next();
        ints[i] = (int)(next() % 201) - 100;
        floats[i] = sinf(i * 0.1f) * ints[i];
    }
    histogram(bytes, sizeof bytes, counts);
    prefix(ints, sums, SIZE);
    int where = argmin(floats, SIZE, &least);
    for (int i = 0; i < BINS; i++) printf("%u ", counts[i]);
    printf("%d %d %.9g %.12g %llx %d %d\n", sums[SIZE - 1], where, least, variance(floats, SIZE),
           digest(ints, sizeof ints), saturate(1LL << 40), any(ints, SIZE, 77) + saturate(-5));
    return isnan(variance(floats, 1)) ? 0 : 1;
}
