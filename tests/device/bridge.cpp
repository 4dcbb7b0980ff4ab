/* The names of NVIDIA's library for calls of the emulator. Launches do not come this way. */
#include "cuda_runtime.h"

cudaError_t to_memcpy(void *, const void *, size_t, cudaMemcpyKind) asm("cudaMemcpy");
cudaError_t to_memcpy(void *to, const void *from, size_t bytes, cudaMemcpyKind kind) {
    return cudaMemcpy(to, from, bytes, kind);
}
cudaError_t to_memcpy_async(void *, const void *, size_t, cudaMemcpyKind, cudaStream_t) asm("cudaMemcpyAsync");
cudaError_t to_memcpy_async(void *to, const void *from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
    return cudaMemcpyAsync(to, from, bytes, kind, stream);
}
cudaError_t to_memset(void *, int, size_t) asm("cudaMemset");
cudaError_t to_memset(void *to, int value, size_t bytes) { return cudaMemset(to, value, bytes); }

extern "C" cudaError_t cudaLaunchKernel(const void *, dim3, dim3, void **, size_t, cudaStream_t) {
    return cudaErrorInvalidValue;
}
extern "C" cudaError_t __cudaLaunchKernel(void *, dim3, dim3, void **, size_t, cudaStream_t) {
    return cudaErrorInvalidValue;
}
