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

/* An inclusive scan of one block; the two halves of the dynamic shared memory take turns. */
__global__ void scan_kernel(int n, int *values) {
    extern __shared__ int rows[];
    int i = threadIdx.x, out = 0, in = 1;
    rows[i] = i < n ? values[i] : 0;
    __syncthreads();
    for (int offset = 1; offset < n; offset *= 2) {
        out = 1 - out;
        in = 1 - out;
        rows[out * blockDim.x + i] = rows[in * blockDim.x + i] + (i >= offset ? rows[in * blockDim.x + i - offset] : 0);
        __syncthreads();
    }
    if (i < n) values[i] = rows[out * blockDim.x + i];
}

extern "C" void scan(int n, int *values) {
    if (n <= 0) return;
    int *d_values, block = (n + 31) / 32 * 32;
    CHECK(cudaMalloc(&d_values, n * sizeof(int)));
    CHECK(cudaMemcpy(d_values, values, n * sizeof(int), cudaMemcpyHostToDevice));
    scan_kernel<<<1, block, 2 * block * sizeof(int)>>>(n, d_values);
    CHECK(cudaGetLastError());
    CHECK(cudaMemcpy(values, d_values, n * sizeof(int), cudaMemcpyDeviceToHost));
    CHECK(cudaFree(d_values));
}
