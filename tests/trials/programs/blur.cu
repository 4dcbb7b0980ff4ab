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

__global__ void blur_kernel(int rows, int columns, const double *from, double *to)
{
    int j = blockIdx.x * blockDim.x + threadIdx.x + 1;
    int i = blockIdx.y * blockDim.y + threadIdx.y + 1;
    if (i < rows - 1 && j < columns - 1)
        to[i * columns + j] = 0.25 * (from[(i - 1) * columns + j] + from[(i + 1) * columns + j]
                                      - from[i * columns + j - 1] - from[i * columns + j + 1]);
}

void blur(int rows, int columns, const double *from, double *to)
{
    if (rows < 3 || columns < 3)
        return;
    size_t bytes = sizeof(double) * rows * columns;
    double *d_from, *d_to;
    CHECK(cudaMalloc(&d_from, bytes));
    CHECK(cudaMalloc(&d_to, bytes));
    CHECK(cudaMemcpy(d_from, from, bytes, cudaMemcpyHostToDevice));
    CHECK(cudaMemcpy(d_to, to, bytes, cudaMemcpyHostToDevice));
    dim3 block(16, 8);
    dim3 grid((columns - 2 + block.x - 1) / block.x, (rows - 2 + block.y - 1) / block.y);
    blur_kernel<<<grid, block>>>(rows, columns, d_from, d_to);
    CHECK(cudaGetLastError());
    CHECK(cudaMemcpy(to, d_to, bytes, cudaMemcpyDeviceToHost));
    CHECK(cudaFree(d_from));
    CHECK(cudaFree(d_to));
}
