/* Times a translated function on the device: `on-device SMALL LARGE REPEATS COPIED`. SOURCE is the C file that it comes
 * from, CASE says how to call it. At the small size the results must be those of C; at the large one the best time of
 * several calls counts. COPIED bytes are copied within the device to learn its rate. Prints a line for each figure. */
#include <cuda_runtime.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <algorithm>
#include <vector>

#include "stopwatch.h"

#define restrict __restrict__

/* Small whole numbers, whose sums and products are exact while they are few. */
static std::vector<float> floats(long long count) {
    std::vector<float> made(count);
    for (long long i = 0; i < count; i++) made[i] = float((unsigned(i) * 2654435761u >> 28) % 5) - 2;
    return made;
}

namespace original {
#include SOURCE
}
#include CASE

static void must(cudaError_t error) {
    if (error == cudaSuccess) return;
    printf("failed %s\n", cudaGetErrorString(error));
    exit(1);
}

static bool right(int size) {
    Case one(size), other(size);
    one.translated();
    other.original();
    return one.result() == other.result();
}

/* Bytes read and written per second by copies from device to device, the best of several. */
static double copy_rate(size_t bytes, int repeats) {
    void *from, *to;
    cudaEvent_t begin, end;
    must(cudaMalloc(&from, bytes));
    must(cudaMalloc(&to, bytes));
    must(cudaMemset(from, 1, bytes));
    must(cudaEventCreate(&begin));
    must(cudaEventCreate(&end));
    float best = INFINITY;
    for (int i = 0; i < repeats; i++) {
        float milliseconds = 0;
        must(cudaEventRecord(begin, 0));
        must(cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToDevice));
        must(cudaEventRecord(end, 0));
        must(cudaEventSynchronize(end));
        must(cudaEventElapsedTime(&milliseconds, begin, end));
        best = std::min(best, milliseconds);
    }
    must(cudaFree(from));
    must(cudaFree(to));
    must(cudaEventDestroy(begin));
    must(cudaEventDestroy(end));
    return 2.0 * bytes / (best / 1e3);
}

int main(int, char **words) {
    const int small = atoi(words[1]), large = atoi(words[2]), repeats = atoi(words[3]);
    printf("right %d\n", right(small));
    Case timed(large);
    timed.translated();
    stopwatch::Figures best = {{0, INFINITY, 0}, {0, INFINITY, 0}, {0, 0, 0}};
    for (int i = 0; i < repeats; i++) {
        const char *error = nullptr;
        stopwatch::start();
        timed.translated();
        const stopwatch::Figures figures = stopwatch::stop(&error);
        if (error) {
            printf("failed %s\n", error);
            return 1;
        }
        if (figures.kernels.milliseconds < best.kernels.milliseconds) best.kernels = figures.kernels;
        if (figures.copies.milliseconds < best.copies.milliseconds) best.copies = figures.copies;
    }
    printf("kernels %lld %.6f\n", best.kernels.count, best.kernels.milliseconds);
    printf("copies %lld %.6f %lld\n", best.copies.count, best.copies.milliseconds, best.copies.bytes);
    printf("bytes %.0f\noperations %.0f\n", timed.bytes(), timed.operations());
    printf("rate %.0f\n", copy_rate(size_t(atoll(words[4])), repeats));
    return 0;
}
