#include <cuda_runtime.h>
#include <stdint.h>
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

/* Whether two pieces of memory have a byte in common. */
static bool overlap(const void *a, size_t a_bytes, const void *b, size_t b_bytes)
{
    const uintptr_t a_first = (uintptr_t)a, b_first = (uintptr_t)b;
    return a_bytes > 0 && b_bytes > 0 && a_first < b_first + b_bytes && b_first < a_first + a_bytes;
}

__global__ void jacobi_1d_next_kernel(int n, double h2, const double *__restrict__ f, const double *__restrict__ u,
                                      double *__restrict__ next)
{
    const long long i64 = 1 + (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i64 >= n - 1)
        return;
    const int i = (int)i64;
    next[i] = 0.5 * (u[i - 1] + u[i + 1] + h2 * f[i]);
}

__global__ void jacobi_1d_u_kernel(int n, double *__restrict__ u, const double *__restrict__ next)
{
    const long long i64 = 1 + (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i64 >= n - 1)
        return;
    const int i = (int)i64;
    u[i] = next[i];
}

/* For arguments that overlap, where the order of the iterations counts. */
static void jacobi_1d_on_cpu(int n, int steps, double h2, const double *f, double *u, double *next) {
    for (int t = 0; t < steps; t++) {
        for (int i = 1; i < n - 1; i++)
            next[i] = 0.5 * (u[i - 1] + u[i + 1] + h2 * f[i]);
        for (int i = 1; i < n - 1; i++)
            u[i] = next[i];
    }
}

/* Jacobi iteration for the Poisson equation -u'' = f on n points, h2 = (grid spacing)^2. The two end points are
 * boundary values and stay; `next` (n values) is workspace. */
extern "C" void jacobi_1d(int n, int steps, double h2, const double *f, double *u, double *next)
{
    const size_t f_bytes = extent(n) * sizeof(double);
    const size_t u_bytes = extent(n) * sizeof(double);
    const size_t next_bytes = extent(n) * sizeof(double);
    if (overlap(f, f_bytes, u, u_bytes) ||
        overlap(f, f_bytes, next, next_bytes) ||
        overlap(u, u_bytes, next, next_bytes)) {
        jacobi_1d_on_cpu(n, steps, h2, f, u, next);
        return;
    }
    double *d_f;
    CHECK(cudaMalloc(&d_f, f_bytes));
    CHECK(cudaMemcpy(d_f, f, f_bytes, cudaMemcpyHostToDevice));
    double *d_u;
    CHECK(cudaMalloc(&d_u, u_bytes));
    CHECK(cudaMemcpy(d_u, u, u_bytes, cudaMemcpyHostToDevice));
    double *d_next;
    CHECK(cudaMalloc(&d_next, next_bytes));
    CHECK(cudaMemcpy(d_next, next, next_bytes, cudaMemcpyHostToDevice));

    for (int t = 0; t < steps; t++) {
        if (n - 1 > 1) {
            jacobi_1d_next_kernel<<<blocks((long long)n - 2, 256), 256>>>(n, h2, d_f, d_u, d_next);
            CHECK(cudaGetLastError());
        }

        if (n - 1 > 1) {
            jacobi_1d_u_kernel<<<blocks((long long)n - 2, 256), 256>>>(n, d_u, d_next);
            CHECK(cudaGetLastError());
        }
    }

    CHECK(cudaMemcpy(u, d_u, u_bytes, cudaMemcpyDeviceToHost));
    CHECK(cudaMemcpy(next, d_next, next_bytes, cudaMemcpyDeviceToHost));
    CHECK(cudaFree(d_f));
    CHECK(cudaFree(d_u));
    CHECK(cudaFree(d_next));
}
