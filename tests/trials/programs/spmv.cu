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

__global__ void spmv_kernel(int rows, const int *start, const int *column, const double *value, const double *x,
                            double *y)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= rows)
        return;
    double sum = 0.0;
    for (int k = start[i]; k < start[i + 1]; k++)
        sum += value[k] * x[column[k]];
    y[i] = sum;
}

static void *to_device(const void *from, size_t bytes)
{
    void *to;
    CHECK(cudaMalloc(&to, bytes > 0 ? bytes : 1));
    CHECK(cudaMemcpy(to, from, bytes, cudaMemcpyHostToDevice));
    return to;
}

void spmv(int rows, int columns, int entries, const int *start, const int *column, const double *value,
          const double *x, double *y)
{
    if (rows <= 0)
        return;
    if (entries < 0)
        entries = 0;
    if (columns < 0)
        columns = 0;
    int *d_start = (int *)to_device(start, (rows + 1) * sizeof(int));
    int *d_column = (int *)to_device(column, entries * sizeof(int));
    double *d_value = (double *)to_device(value, entries * sizeof(double));
    double *d_x = (double *)to_device(x, columns * sizeof(double));
    double *d_y;
    CHECK(cudaMalloc(&d_y, rows * sizeof(double)));
    spmv_kernel<<<(rows + 31) / 32, 32>>>(rows, d_start, d_column, d_value, d_x, d_y);
    CHECK(cudaGetLastError());
    CHECK(cudaMemcpy(y, d_y, rows * sizeof(double), cudaMemcpyDeviceToHost));
    CHECK(cudaFree(d_start));
    CHECK(cudaFree(d_column));
    CHECK(cudaFree(d_value));
    CHECK(cudaFree(d_x));
    CHECK(cudaFree(d_y));
}
