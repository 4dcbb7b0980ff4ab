#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>

#define CHECK(call)                                                                       \
    do {                                                                                  \
        cudaError_t error = (call);                                                       \
        if (error != cudaSuccess) {                                                       \
            fprintf(stderr, "%s:%d: %s\\n", __FILE__, __LINE__, cudaGetErrorString(error)); \
            exit(1);                                                                      \
        }                                                                                 \
    } while (0)

#define BINS 64

__device__ unsigned long long total;

__global__ void histogram_kernel(int n, const unsigned char *values, unsigned *counts) {
    __shared__ unsigned own[BINS];
    for (int bin = threadIdx.x; bin < BINS; bin += blockDim.x) own[bin] = 0;
    __syncthreads();
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        atomicAdd(&own[values[i] % BINS], 1u);
        atomicAdd(&total, 1ull);
    }
    __syncthreads();
    for (int bin = threadIdx.x; bin < BINS; bin += blockDim.x)
        if (own[bin]) atomicAdd(&counts[bin], own[bin]);
}

extern "C" unsigned long long histogram(int n, const unsigned char *values, unsigned *counts) {
    unsigned long long seen = 0;
    unsigned char *d_values;
    unsigned *d_counts;
    CHECK(cudaMemcpyToSymbol(total, &seen, sizeof seen));
    CHECK(cudaMalloc(&d_values, n));
    CHECK(cudaMalloc(&d_counts, BINS * sizeof(unsigned)));
    CHECK(cudaMemcpy(d_values, values, n, cudaMemcpyHostToDevice));
    CHECK(cudaMemset(d_counts, 0, BINS * sizeof(unsigned)));
    histogram_kernel<<<(n + 95) / 96, 96>>>(n, d_values, d_counts);
    CHECK(cudaGetLastError());
    CHECK(cudaMemcpy(counts, d_counts, BINS * sizeof(unsigned), cudaMemcpyDeviceToHost));
    CHECK(cudaMemcpyFromSymbol(&seen, total, sizeof seen));
    CHECK(cudaFree(d_values));
    CHECK(cudaFree(d_counts));
    return seen;
}
