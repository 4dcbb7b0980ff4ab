#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>

#define CHECK(call)                                                                       \
    do {                                                                                  \
        cudaError_t error = (call);                                                       \
        if (error != cudaSuccess) {                                                       \
            fprintf(stderr, "%s:%d: %s\\n", __FILE__, __LINE__, cudaGetErrorString(error)); \
            exit(1);                                                                      \
        }                                                                                 \
    } while (0)

template <typename T> __global__ void scale_kernel(size_t n, T factor, T *values) {
    size_t stride = (size_t)blockDim.x * gridDim.x;
    for (size_t i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += stride) values[i] *= factor;
}

extern "C" void scale(int n, double factor, double *values) {
    int device, processors;
    double *d_values;
    CHECK(cudaGetDevice(&device));
    CHECK(cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device));
    CHECK(cudaMallocManaged(&d_values, n * sizeof(double)));
    for (int i = 0; i < n; i++) d_values[i] = values[i];
    cudaStream_t stream;
    CHECK(cudaStreamCreate(&stream));
    scale_kernel<<<processors, 32, 0, stream>>>((size_t)n, factor, d_values);
    CHECK(cudaPeekAtLastError());
    CHECK(cudaStreamSynchronize(stream));
    for (int i = 0; i < n; i++) values[i] = d_values[i];
    CHECK(cudaStreamDestroy(stream));
    CHECK(cudaFree(d_values));
}
