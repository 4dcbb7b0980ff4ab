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

/* At most `most` blocks of `size` threads; fewer if there are fewer threads. */
static unsigned blocks_up_to(unsigned most, long long threads, unsigned size)
{
    const long long count = threads / size + (threads % size > 0);
    return count < most ? (unsigned)count : most;
}

/* Whether two pieces of memory have a byte in common. */
static bool overlap(const void *a, size_t a_bytes, const void *b, size_t b_bytes)
{
    const uintptr_t a_first = (uintptr_t)a, b_first = (uintptr_t)b;
    return a_bytes > 0 && b_bytes > 0 && a_first < b_first + b_bytes && b_first < a_first + a_bytes;
}

__global__ void heat_3d_next_kernel(int nx, int ny, int nz, float r, const float *__restrict__ u,
                                    float *__restrict__ next)
{
    const long long k64 = 1 + (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (k64 >= nz - 1)
        return;
    const int k = (int)k64;
    for (long long i64 = 1 + (long long)blockIdx.z * blockDim.z + threadIdx.z; i64 < nx - 1;
         i64 += (long long)gridDim.z * blockDim.z) {
        const int i = (int)i64;
        for (long long j64 = 1 + (long long)blockIdx.y * blockDim.y + threadIdx.y; j64 < ny - 1;
             j64 += (long long)gridDim.y * blockDim.y) {
            const int j = (int)j64;
            next[(i * ny + j) * nz + k] = u[(i * ny + j) * nz + k] + r * (u[((i - 1) * ny + j) * nz + k] - 2.0f * u[(i * ny + j) * nz + k] + u[((i + 1) * ny + j) * nz + k]) + r * (u[(i * ny + (j - 1)) * nz + k] - 2.0f * u[(i * ny + j) * nz + k] + u[(i * ny + (j + 1)) * nz + k]) + r * (u[(i * ny + j) * nz + (k - 1)] - 2.0f * u[(i * ny + j) * nz + k] + u[(i * ny + j) * nz + (k + 1)]);
        }
    }
}

__global__ void heat_3d_u_kernel(int nx, int ny, int nz, float *__restrict__ u, const float *__restrict__ next)
{
    const long long k64 = 1 + (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (k64 >= nz - 1)
        return;
    const int k = (int)k64;
    for (long long i64 = 1 + (long long)blockIdx.z * blockDim.z + threadIdx.z; i64 < nx - 1;
         i64 += (long long)gridDim.z * blockDim.z) {
        const int i = (int)i64;
        for (long long j64 = 1 + (long long)blockIdx.y * blockDim.y + threadIdx.y; j64 < ny - 1;
             j64 += (long long)gridDim.y * blockDim.y) {
            const int j = (int)j64;
            u[(i * ny + j) * nz + k] = next[(i * ny + j) * nz + k];
        }
    }
}

/* For arguments that overlap, where the order of the iterations counts. */
static void heat_3d_on_cpu(int nx, int ny, int nz, int steps, float r, float *u, float *next) {
    for (int t = 0; t < steps; t++) {
        for (int i = 1; i < nx - 1; i++)
            for (int j = 1; j < ny - 1; j++)
                for (int k = 1; k < nz - 1; k++)
                    next[(i * ny + j) * nz + k] = u[(i * ny + j) * nz + k] + r * (u[((i - 1) * ny + j) * nz + k] - 2.0f * u[(i * ny + j) * nz + k] + u[((i + 1) * ny + j) * nz + k]) + r * (u[(i * ny + (j - 1)) * nz + k] - 2.0f * u[(i * ny + j) * nz + k] + u[(i * ny + (j + 1)) * nz + k]) + r * (u[(i * ny + j) * nz + (k - 1)] - 2.0f * u[(i * ny + j) * nz + k] + u[(i * ny + j) * nz + (k + 1)]);
        for (int i = 1; i < nx - 1; i++)
            for (int j = 1; j < ny - 1; j++)
                for (int k = 1; k < nz - 1; k++)
                    u[(i * ny + j) * nz + k] = next[(i * ny + j) * nz + k];
    }
}

/* Explicit steps of the heat equation on an nx x ny x nz grid, seven-point stencil, with r = conductivity * dt / h^2.
 * The outermost points keep their temperature. `next` is workspace of the size of u. */
extern "C" void heat_3d(int nx, int ny, int nz, int steps, float r, float *u, float *next)
{
    const size_t u_bytes = extent(nx) * extent(ny) * extent(nz) * sizeof(float);
    const size_t next_bytes = extent(nx) * extent(ny) * extent(nz) * sizeof(float);
    if (overlap(u, u_bytes, next, next_bytes)) {
        heat_3d_on_cpu(nx, ny, nz, steps, r, u, next);
        return;
    }
    float *d_u;
    CHECK(cudaMalloc(&d_u, u_bytes));
    CHECK(cudaMemcpy(d_u, u, u_bytes, cudaMemcpyHostToDevice));
    float *d_next;
    CHECK(cudaMalloc(&d_next, next_bytes));

    for (int t = 0; t < steps; t++) {
        if (nx - 1 > 1 && ny - 1 > 1 && nz - 1 > 1) {
            const dim3 block(8, 8, 4);
            const dim3 grid_(blocks((long long)nz - 2, 8), blocks_up_to(65535, (long long)ny - 2, 8), blocks_up_to(65535, (long long)nx - 2, 4));
            heat_3d_next_kernel<<<grid_, block>>>(nx, ny, nz, r, d_u, d_next);
            CHECK(cudaGetLastError());
        }

        if (nx - 1 > 1 && ny - 1 > 1 && nz - 1 > 1) {
            const dim3 block(8, 4, 4);
            const dim3 grid_(blocks((long long)nz - 2, 8), blocks_up_to(65535, (long long)ny - 2, 4), blocks_up_to(65535, (long long)nx - 2, 4));
            heat_3d_u_kernel<<<grid_, block>>>(nx, ny, nz, d_u, d_next);
            CHECK(cudaGetLastError());
        }
    }

    CHECK(cudaMemcpy(u, d_u, u_bytes, cudaMemcpyDeviceToHost));
    CHECK(cudaFree(d_u));
    CHECK(cudaFree(d_next));
}
