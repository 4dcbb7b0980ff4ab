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

/* Thread 0 gets the sum of its block's values, always in the same order. */
static __device__ double block_sum(double value, unsigned thread, unsigned threads)
{
    __shared__ double values[256];
    __syncthreads();
    values[thread] = value;
    __syncthreads();
    for (unsigned half = threads / 2; half > 0; half /= 2) {
        if (thread < half)
            values[thread] += values[thread + half];
        __syncthreads();
    }
    return values[thread];
}

__global__ void durbin_sum_kernel(const double *__restrict__ r, const double *__restrict__ y, int k,
                                  double *__restrict__ sum_of_block)
{
    double sum = 0;
    for (long long i64 = (long long)blockIdx.x * blockDim.x + threadIdx.x; i64 < k;
         i64 += (long long)gridDim.x * blockDim.x) {
        const int i = (int)i64;
        sum += r[k - 1 - i] * y[i];
    }
    sum = block_sum(sum, threadIdx.x, blockDim.x);
    if (threadIdx.x == 0)
        sum_of_block[blockIdx.x] = sum;
}

__global__ void durbin_sum_blocks_kernel(unsigned count, double *__restrict__ sum_of_block)
{
    double sum = 0;
    for (unsigned block = threadIdx.x; block < count; block += blockDim.x)
        sum += sum_of_block[block];
    sum = block_sum(sum, threadIdx.x, blockDim.x);
    if (threadIdx.x == 0)
        sum_of_block[0] = sum;
}

__global__ void durbin_y_kernel(double *__restrict__ y, int k, double alpha)
{
    const long long i64 = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (2 * i64 >= k)
        return;
    const int i = (int)i64;
    const double low = y[i];
    const double high = y[k - 1 - i];
    y[i] = low + alpha * high;
    y[k - 1 - i] = high + alpha * low;
}

/* Levinson-Durbin recursion: solves the Yule-Walker equations T y = -r, where T is the symmetric Toeplitz matrix with
 * first column (1, r[0], ..., r[n - 2]). */
extern "C" void durbin(int n, const double *__restrict__ r, double *__restrict__ y)
{
    const size_t r_bytes = extent(n) * sizeof(double);
    const size_t y_bytes = extent(n) * sizeof(double);
    double *d_r;
    CHECK(cudaMalloc(&d_r, r_bytes));
    CHECK(cudaMemcpy(d_r, r, r_bytes, cudaMemcpyHostToDevice));
    double *d_y;
    CHECK(cudaMalloc(&d_y, y_bytes));

    double alpha = 0.0;  /* reflection coefficient of the order before */
    double beta = 1.0;  /* its prediction error */
    for (int k = 0; k < n; k++) {
        double sum = r[k];

        if (k > 0) {
            const unsigned block_count = blocks_up_to(1024, k, 256);
            double *sum_of_block;
            CHECK(cudaMalloc(&sum_of_block, block_count * sizeof *sum_of_block));
            durbin_sum_kernel<<<block_count, 256>>>(d_r, d_y, k, sum_of_block);
            CHECK(cudaGetLastError());
            durbin_sum_blocks_kernel<<<1, 256>>>(block_count, sum_of_block);
            CHECK(cudaGetLastError());
            double sum_of_all;
            CHECK(cudaMemcpy(&sum_of_all, sum_of_block, sizeof sum_of_all, cudaMemcpyDeviceToHost));
            sum += sum_of_all;
            CHECK(cudaFree(sum_of_block));
        }

        beta *= 1.0 - alpha * alpha;
        alpha = -sum / beta;

        /* y[i] += alpha y[k - 1 - i] for all i < k; the two ends of y trade places, so they are updated in pairs. */
        if (k > 0) {
            durbin_y_kernel<<<blocks(((long long)k + 1) / 2, 256), 256>>>(d_y, k, alpha);
            CHECK(cudaGetLastError());
        }

        y[k] = alpha;
        CHECK(cudaMemcpy(&d_y[k], &y[k], sizeof y[k], cudaMemcpyHostToDevice));
    }

    CHECK(cudaMemcpy(y, d_y, y_bytes, cudaMemcpyDeviceToHost));
    CHECK(cudaFree(d_r));
    CHECK(cudaFree(d_y));
}
