#include <stddef.h>
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

__global__ void seidel_2d_kernel(size_t rows, size_t cols, double *__restrict__ u, long long front)
{
    const long long i64 = 1 + (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i64 + 1 >= rows)
        return;
    const size_t i = (size_t)i64;
    double *above = u + (i - 1) * cols;
    double *here = u + i * cols;
    double *below = u + (i + 1) * cols;
    const long long j64 = front - 2 * i64;
    if (j64 < 1 || j64 + 1 >= cols)
        return;
    const size_t j = (size_t)j64;
    const double sides = above[j] + here[j - 1] + here[j + 1] + below[j];
    const double corners = above[j - 1] + above[j + 1] + below[j - 1] + below[j + 1];
    here[j] = (4.0 * sides + corners) / 20.0;
}

/* Gauss-Seidel sweeps for the Laplace equation with the nine-point stencil, in place on a rows x cols grid with a fixed
 * rim: four parts of each side neighbour, one part of each corner neighbour. */
extern "C" void seidel_2d(size_t rows, size_t cols, size_t sweeps, double *u)
{
    const size_t u_bytes = (size_t)(sweeps > 0 && rows >= 3 && cols >= 3 ? (size_t)rows * cols : 0) * sizeof(double);
    double *d_u;
    CHECK(cudaMalloc(&d_u, u_bytes));
    CHECK(cudaMemcpy(d_u, u, u_bytes, cudaMemcpyHostToDevice));

    for (size_t t = 0; t < sweeps; t++) {
        if (rows > 2 && cols > 2) {
            /* One launch for all iterations with the same 2 * i + j. */
            const long long last_front = cols + rows * 2 - 6;
            for (long long front = 3; front <= last_front; front++) {
                seidel_2d_kernel<<<blocks(rows - 2, 256), 256>>>(rows, cols, d_u, front);
                CHECK(cudaGetLastError());
            }
        }
    }

    CHECK(cudaMemcpy(u, d_u, u_bytes, cudaMemcpyDeviceToHost));
    CHECK(cudaFree(d_u));
}
