/* Things that programs use now and then; each leaves a number in `result`. */
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>
#include <device_launch_parameters.h>
#include <math_constants.h>
#include <vector>

#define CHECK(call)                                                                       \
    do {                                                                                  \
        cudaError_t error = (call);                                                       \
        if (error != cudaSuccess) {                                                       \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, cudaGetErrorString(error)); \
            exit(1);                                                                      \
        }                                                                                 \
    } while (0)
#define RUN(kernel, threads, ...)                  \
    do {                                           \
        kernel<<<1, (threads)>>>(__VA_ARGS__);     \
        CHECK(cudaGetLastError());                 \
    } while (0)

extern __shared__ int at_file_scope[];
__device__ __managed__ int counted;
static __device__ const int powers[4] = {1, 10, 100, 1000};
namespace settings {
__constant__ float2 pair;
}

struct Box {
    int low, high;
    __host__ __device__ int size() const { return high - low; }
};

__global__ void overloaded(int *out) { out[0] = 1; }
__global__ void overloaded(int *out, Box box) { out[1] = box.size(); }
__global__ void with_default(int *out, int value = 42) { out[2] = value; }
template <typename F> __global__ void for_each(int n, F f) {
    for (int i = threadIdx.x; i < n; i += blockDim.x) f(i);
}
template <typename T> __device__ T block_total(T value) {
    __shared__ T sums[64];
    sums[threadIdx.x] = value;
    __syncthreads();
    T total = 0;
    for (int i = 0; i < blockDim.x; i++) total += sums[i];
    __syncthreads();
    return total;
}
template <typename T> __global__ void totals(int *out) {
    T total = block_total(T(threadIdx.x)) + block_total(T(1));
    if (threadIdx.x == 0) out[3] = int(total);
}
__global__ void file_scope(int *out) {
    at_file_scope[threadIdx.x] = threadIdx.x;
    __syncthreads();
    if (threadIdx.x == 0) out[4] = at_file_scope[blockDim.x - 1];
}
__global__ void counting(int *out) {
    int ones = __syncthreads_count(threadIdx.x % 3 == 0);
    int all = __syncthreads_and(threadIdx.x < 40), any = __syncthreads_or(threadIdx.x == 39);
    atomicAdd(&counted, 1);
    if (threadIdx.x == 0) out[5] = ones * 100 + (all != 0) * 10 + (any != 0);
}
__global__ void vectors(int *out, const float4 *in) {
    float4 v = in[threadIdx.x];
    float2 w = settings::pair;
    if (threadIdx.x == 1) out[6] = int(v.x + v.y + v.z + v.w + w.x * w.y);
}
__global__ void warps(int *out) {
    int thread = threadIdx.y * blockDim.x + threadIdx.x, lane = thread % warpSize;
    short wide = lane + 5;
    int from_first = __shfl_sync(0xffffffff, wide, 0, 8), up = __shfl_up_sync(0xffffffff, lane, 3);
    bool any = __any_sync(0xffffffff, lane == 9), all = __all_sync(0xffffffff, lane < 31);
    double d = __shfl_xor_sync(0xffffffff, double(lane), 16);
    if (thread == 45) out[7] = from_first * 10000 + up * 100 + any * 10 + all;
    if (thread == 45) out[8] = int(d);
}
__global__ void mathematics(int *out, float x) {
    int ok = rsqrtf(4.0f) == 0.5f && fmaf(2, 3, 4) == 10 && __fdividef(9, 3) == 3 && min(3u, 2) == 2;
    ok = ok && max(1.5f, 2.0) == 2.0 && __float_as_int(1.0f) == 0x3f800000 && __clz(1) == 31 && __ffs(8) == 4;
    ok = ok && __brev(1u) == 0x80000000u && __umulhi(1u << 31, 4) == 2 && __float2int_rn(2.5f) == 2;
    ok = ok && __float2int_rd(-2.5f) == -3 && __double2ll_rz(1e300) == 0x7fffffffffffffffll && isinf(CUDART_INF_F);
    ok = ok && __mul24(-3, 5) == -15 && __byte_perm(0x33221100, 0x77665544, 0x7610) == 0x77661100;
    ok = ok && __expf(0.0f) == 1.0f && fabsf(__sinf(x)) < 1e-6f && abs(-3) == 3 && powers[threadIdx.x + 2] == 100;
    out[9] = ok;
}
__global__ void atomics(unsigned *cell, unsigned long long *wide, float *real) {
    atomicInc(&cell[0], 9);
    atomicDec(&cell[1], 9);
    atomicOr(&cell[2], 1u << threadIdx.x);
    atomicXor(&cell[3], threadIdx.x);
    atomicSub(&cell[4], 2u);
    atomicMin((int *)&cell[5], -int(threadIdx.x));
    atomicCAS(&cell[6], 0u, 7u);
    atomicMax(wide, 1ull << threadIdx.x);
    atomicAdd(real, 0.5f);
}

extern "C" void features(int *result) {
    int *out;
    CHECK(cudaMalloc(&out, 16 * sizeof(int)));
    CHECK(cudaMemset(out, 0, 16 * sizeof(int)));
    overloaded<<<1, 1>>>(out);
    overloaded<<<1, 1>>>(out, Box{3, 10});
    with_default<<<1, 1>>>(out);
    totals<double><<<1, 50>>>(out);
    file_scope<<<1, 33, 33 * sizeof(int)>>>(out);
    RUN(counting, 40, out);
    CHECK(cudaDeviceSynchronize());
    int seen = counted;

    float2 pair = make_float2(2, 3);
    std::vector<float4> rows = {make_float4(1, 2, 3, 4), make_float4(5, 6, 7, 8)};
    float4 *d_rows;
    CHECK(cudaMemcpyToSymbol(settings::pair, &pair, sizeof pair));
    CHECK(cudaMalloc((void **)&d_rows, rows.size() * sizeof rows[0]));
    CHECK(cudaMemcpy(d_rows, rows.data(), rows.size() * sizeof rows[0], cudaMemcpyDefault));
    vectors<<<1, rows.size()>>>(out, d_rows);
    dim3 gridDim(1), blockDim(16, 4);
    warps<<<gridDim, blockDim>>>(out);
    mathematics<<<1, 1>>>(out, CUDART_PI_F);

    char *cells;
    CHECK(cudaMalloc(&cells, 64));
    CHECK(cudaMemset(cells, 0, 64));
    atomics<<<1, 20>>>((unsigned *)cells, (unsigned long long *)(cells + 32), (float *)(cells + 40));
    unsigned host[16];
    CHECK(cudaMemcpy(host, cells, 64, cudaMemcpyDeviceToHost));
    float real;
    CHECK(cudaMemcpy(&real, cells + 40, 4, cudaMemcpyDeviceToHost));

    size_t pitch;
    int *image, small[6] = {1, 2, 3, 4, 5, 6}, back[6];
    CHECK(cudaMallocPitch(&image, &pitch, 3 * sizeof(int), 2));
    CHECK(cudaMemcpy2D(image, pitch, small, 12, 12, 2, cudaMemcpyHostToDevice));
    void (*pointed)(int *) = overloaded;
    pointed<<<1, 1>>>(out);
    for_each<<<1, 4>>>(2, [=] __device__(int row) { ((int *)((char *)image + row * pitch))[1] *= 100; });
    CHECK(cudaMemcpy2D(back, 12, image, pitch, 12, 2, cudaMemcpyDeviceToHost));

    cudaEvent_t start, stop;
    cudaDeviceProp properties;
    float elapsed = -1;
    CHECK(cudaGetDeviceProperties(&properties, 0));
    CHECK(cudaEventCreate(&start));
    CHECK(cudaEventCreate(&stop));
    CHECK(cudaEventRecord(start));
    CHECK(cudaEventRecord(stop));
    CHECK(cudaEventSynchronize(stop));
    CHECK(cudaEventElapsedTime(&elapsed, start, stop));
    CHECK(cudaEventDestroy(start));
    CHECK(cudaEventDestroy(stop));

    CHECK(cudaMemcpy(result, out, 16 * sizeof(int), cudaMemcpyDeviceToHost));
    result[10] = seen;
    result[11] = host[0] + host[1] + host[3] + (host[2] == (1u << 20) - 1) + int(host[4] + 40) + int(host[5]) + host[6];
    result[12] = host[8] == 1u << 19 && real == 10.0f;
    result[13] = back[1] + back[4] + back[5];
    result[14] = properties.maxThreadsPerBlock + (elapsed >= 0);
    result[15] = std::min({3, 1, 2});
    for (void *used : {(void *)out, (void *)d_rows, (void *)cells, (void *)image}) CHECK(cudaFree(used));
}
