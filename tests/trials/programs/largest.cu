#include <cstdio>
#include <cstdlib>

#define CHECK(call)                                                                       \
    do {                                                                                  \
        cudaError_t error = (call);                                                       \
        if (error != cudaSuccess) {                                                       \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, cudaGetErrorString(error)); \
            exit(1);                                                                      \
        }                                                                                 \
    } while (0)

/* A comparison with NaN is false: the first element stays if it is one, all others are passed over. */
#define BLOCK 32

__device__ bool passes(float value, float than)
{
    return value > than;
}

__global__ void largest_kernel(int n, const float *values, float *result)
{
    __shared__ float best[BLOCK];
    __shared__ int place[BLOCK];
    float mine = values[0];
    int at = 0;
    for (int i = threadIdx.x; i < n; i += BLOCK)
        if (passes(values[i], mine)) {
            mine = values[i];
            at = i;
        }
    best[threadIdx.x] = mine;
    place[threadIdx.x] = at;
    __syncthreads();
    for (int half = BLOCK / 2; half > 0; half /= 2) {
        if (threadIdx.x < half) {
            float other = best[threadIdx.x + half];
            int there = place[threadIdx.x + half];
            bool earlier = other == best[threadIdx.x] && there < place[threadIdx.x];
            if (passes(other, best[threadIdx.x]) || earlier) {
                best[threadIdx.x] = other;
                place[threadIdx.x] = there;
            }
        }
        __syncthreads();
    }
    if (threadIdx.x == 0)
        *result = best[0];
}

float largest(int n, const float *values)
{
    if (n <= 1)
        return values[0];
    float *d_values, *d_result, result;
    CHECK(cudaMalloc(&d_values, n * sizeof(float)));
    CHECK(cudaMalloc(&d_result, sizeof(float)));
    CHECK(cudaMemcpy(d_values, values, n * sizeof(float), cudaMemcpyHostToDevice));
    largest_kernel<<<1, BLOCK>>>(n, d_values, d_result);
    CHECK(cudaGetLastError());
    CHECK(cudaMemcpy(&result, d_result, sizeof(float), cudaMemcpyDeviceToHost));
    CHECK(cudaFree(d_values));
    CHECK(cudaFree(d_result));
    return result;
}
