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

#define TILE 8

__global__ void product_kernel(int m, int n, int k, const float *a, const float *b, float *c)
{
    __shared__ float left[TILE][TILE], right[TILE][TILE];
    int i = blockIdx.y * TILE + threadIdx.y;
    int j = blockIdx.x * TILE + threadIdx.x;
    float sum = 0.0f;
    for (int tile = 0; tile < k; tile += TILE) {
        int p = tile + threadIdx.x, q = tile + threadIdx.y;
        left[threadIdx.y][threadIdx.x] = i < m && p < k ? a[i * k + p] : 0.0f;
        right[threadIdx.y][threadIdx.x] = q < k && j < n ? b[q * n + j] : 0.0f;
        __syncthreads();
        for (int s = 0; s < TILE && tile + s < k; s++)
            sum += left[threadIdx.y][s] * right[s][threadIdx.x];
        __syncthreads();
    }
    if (i < m && j < n)
        c[i * n + j] = sum;
}

void product(int m, int n, int k, const float *a, const float *b, float *c)
{
    if (m <= 0 || n <= 0)
        return;
    size_t a_bytes = k > 0 ? sizeof(float) * m * k : 0, b_bytes = k > 0 ? sizeof(float) * k * n : 0;
    size_t c_bytes = sizeof(float) * m * n;
    float *d_a = nullptr, *d_b = nullptr, *d_c;
    if (k > 0) {
        CHECK(cudaMalloc(&d_a, a_bytes));
        CHECK(cudaMalloc(&d_b, b_bytes));
        CHECK(cudaMemcpy(d_a, a, a_bytes, cudaMemcpyHostToDevice));
        CHECK(cudaMemcpy(d_b, b, b_bytes, cudaMemcpyHostToDevice));
    }
    CHECK(cudaMalloc(&d_c, c_bytes));
    dim3 block(TILE, TILE);
    dim3 grid((n + TILE - 1) / TILE, (m + TILE - 1) / TILE);
    product_kernel<<<grid, block>>>(m, n, k, d_a, d_b, d_c);
    CHECK(cudaGetLastError());
    CHECK(cudaMemcpy(c, d_c, c_bytes, cudaMemcpyDeviceToHost));
    CHECK(cudaFree(d_a));
    CHECK(cudaFree(d_b));
    CHECK(cudaFree(d_c));
}
