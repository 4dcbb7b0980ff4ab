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

__device__ __forceinline__ unsigned warp_sum(unsigned value) {
    for (int offset = warpSize / 2; offset > 0; offset /= 2) value += __shfl_down_sync(0xffffffff, value, offset);
    return value;
}

/* Sum and maximum; the last block to finish adds up what the others left. */
__device__ unsigned finished;

__global__ void shuffle_kernel(int n, const unsigned *values, unsigned *partial, unsigned *result) {
    __shared__ unsigned sums[32];
    __shared__ bool last;
    int i = blockIdx.x * blockDim.x + threadIdx.x, lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    unsigned value = i < n ? values[i] : 0;
    atomicMax(&result[1], value);
    unsigned sum = warp_sum(value);
    if (lane == 0) sums[warp] = sum;
    __syncthreads();
    if (warp == 0) {
        sum = warp_sum(lane < (blockDim.x + 31) / 32 ? sums[lane] : 0);
        if (lane == 0) {
            partial[blockIdx.x] = sum;
            __threadfence();
            last = atomicAdd(&finished, 1) == gridDim.x - 1;
        }
    }
    __syncthreads();
    if (!last || warp != 0) return;
    sum = 0;
    for (int block = lane; block < gridDim.x; block += 32) sum += partial[block];
    for (int bits = 16; bits > 0; bits /= 2) sum += __shfl_xor_sync(0xffffffff, sum, bits);
    unsigned voters = __ballot_sync(0xffffffff, lane % 2 == 0);
    if (lane == 0) result[0] = sum;
    if (lane == 0) result[2] = __popc(voters);
}

extern "C" void shuffle(int n, const unsigned *values, unsigned *result) {
    unsigned zero = 0;
    int block = 96, blocks = (n + block - 1) / block;
    unsigned *d_values, *d_partial, *d_result;
    CHECK(cudaMemcpyToSymbol(finished, &zero, sizeof zero));
    CHECK(cudaMalloc(&d_values, n * sizeof(unsigned)));
    CHECK(cudaMalloc(&d_partial, blocks * sizeof(unsigned)));
    CHECK(cudaMalloc(&d_result, 3 * sizeof(unsigned)));
    CHECK(cudaMemcpy(d_values, values, n * sizeof(unsigned), cudaMemcpyHostToDevice));
    CHECK(cudaMemset(d_result, 0, 3 * sizeof(unsigned)));
    shuffle_kernel<<<blocks, block>>>(n, d_values, d_partial, d_result);
    CHECK(cudaGetLastError());
    CHECK(cudaMemcpy(result, d_result, 3 * sizeof(unsigned), cudaMemcpyDeviceToHost));
    CHECK(cudaFree(d_values));
    CHECK(cudaFree(d_partial));
    CHECK(cudaFree(d_result));
}
