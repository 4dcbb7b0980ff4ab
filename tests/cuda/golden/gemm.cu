#include <cuda_runtime.h>
#include <stdio.h>
#include <stdlib.h>

/* Ends the program with a message when a call of the CUDA runtime fails. */
#define CHECK(call)                                                                                 \
    do {                                                                                            \
        const cudaError_t error = (call);                                                           \
        if (error != cudaSuccess) {                                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, cudaGetErrorString(error));          \
            exit(EXIT_FAILURE);                                                                     \
        }                                                                                           \
    } while (0)

/* A length as a number of elements: none when it is negative. */
static size_t extent(long long length)
{
    return length > 0 ? (size_t)length : 0;
}

/* How many blocks of `size` threads make so many threads. */
static unsigned blocks(long long threads, unsigned size)
{
    const long long count = threads / size + (threads % size > 0);
    if (count > 2147483647) {
        fprintf(stderr, "%lld threads are more than a grid can have\n", threads);
        exit(EXIT_FAILURE);
    }
    return (unsigned)count;
}

/* At most `most` blocks of `size` threads; fewer if there are fewer threads. */
static unsigned blocks_up_to(unsigned most, long long threads, unsigned size)
{
    const long long count = threads / size + (threads % size > 0);
    return count < most ? (unsigned)count : most;
}

__global__ void gemm_kernel(int m, int n, int k, double alpha, const double *__restrict__ a,
                            const double *__restrict__ b, double beta, double *__restrict__ c)
{
    const long long j64 = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (j64 >= n)
        return;
    const int j = (int)j64;
    for (long long i64 = (long long)blockIdx.y * blockDim.y + threadIdx.y; i64 < m;
         i64 += (long long)gridDim.y * blockDim.y) {
        const int i = (int)i64;
        double sum = 0.0;
        for (int p = 0; p < k; p++)
            sum += a[i * k + p] * b[p * n + j];
        c[i * n + j] = alpha * sum + beta * c[i * n + j];
    }
}

/* General matrix product: C := alpha A B + beta C, with A m x k, B k x n and C m x n, row-major. */
extern "C" void gemm(int m, int n, int k, double alpha, const double *__restrict__ a, const double *__restrict__ b,
                     double beta, double *__restrict__ c)
{
    const size_t a_bytes = extent(m) * extent(k) * sizeof(double);
    const size_t b_bytes = extent(k) * extent(n) * sizeof(double);
    const size_t c_bytes = extent(m) * extent(n) * sizeof(double);
    double *d_a;
    CHECK(cudaMalloc(&d_a, a_bytes));
    CHECK(cudaMemcpy(d_a, a, a_bytes, cudaMemcpyHostToDevice));
    double *d_b;
    CHECK(cudaMalloc(&d_b, b_bytes));
    CHECK(cudaMemcpy(d_b, b, b_bytes, cudaMemcpyHostToDevice));
    double *d_c;
    CHECK(cudaMalloc(&d_c, c_bytes));
    CHECK(cudaMemcpy(d_c, c, c_bytes, cudaMemcpyHostToDevice));

    if (m > 0 && n > 0) {
        const dim3 block(16, 16);
        const dim3 grid(blocks(n, 16), blocks_up_to(65535, m, 16));
        gemm_kernel<<<grid, block>>>(m, n, k, alpha, d_a, d_b, beta, d_c);
        CHECK(cudaGetLastError());
    }

    CHECK(cudaMemcpy(c, d_c, c_bytes, cudaMemcpyDeviceToHost));
    CHECK(cudaFree(d_a));
    CHECK(cudaFree(d_b));
    CHECK(cudaFree(d_c));
}
