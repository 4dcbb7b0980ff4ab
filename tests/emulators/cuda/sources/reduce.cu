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

#define BLOCK 128

__global__ void reduce_kernel(int n, const int *values, int *sums) {
    __shared__ int partial[BLOCK];
    int i = blockIdx.x * BLOCK + threadIdx.x;
    partial[threadIdx.x] = i < n ? values[i] : 0;
    __syncthreads();
    for (int half = BLOCK / 2; half > 0; half /= 2) {
        if (threadIdx.x < half) partial[threadIdx.x] += partial[threadIdx.x + half];
        __syncthreads();
    }
    if (threadIdx.x == 0) sums[blockIdx.x] = partial[0];
}

extern "C" int reduce(int n, const int *values) {
    if (n <= 0) return 0;
    int blocks = (n + BLOCK - 1) / BLOCK, total = 0;
    int *d_values, *d_sums, *sums = (int *)malloc(blocks * sizeof(int));
    CHECK(cudaMalloc(&d_values, n * sizeof(int)));
    CHECK(cudaMalloc(&d_sums, blocks * sizeof(int)));
    CHECK(cudaMemcpy(d_values, values, n * sizeof(int), cudaMemcpyHostToDevice));
    reduce_kernel<<<blocks, BLOCK>>>(n, d_values, d_sums);
    CHECK(cudaGetLastError());
    CHECK(cudaMemcpy(sums, d_sums, blocks * sizeof(int), cudaMemcpyDeviceToHost));
    for (int i = 0; i < blocks; i++) total += sums[i];
    CHECK(cudaFree(d_values));
    CHECK(cudaFree(d_sums));
    free(sums);
    return total;
}
