#include "stopwatch.h"

#include <cuda_runtime.h>
#include <stdio.h>

#include <map>
#include <vector>

namespace stopwatch {

namespace {

enum Kind { KERNEL, COPY, FILL };

struct Span {
    Kind kind;
    cudaEvent_t begin, end;
    const void *kernel;
};

const size_t MOST_PENDING = 1024;
std::vector<Span> pending, spare;
std::map<const void *, Sum> by_kernel;
Sum sums[3];

/* Wait for the spans that are under way, and add them up. */
void collect() {
    for (const Span &span : pending) {
        float milliseconds = 0;
        if (cudaEventSynchronize(span.end) == cudaSuccess) cudaEventElapsedTime(&milliseconds, span.begin, span.end);
        sums[span.kind].milliseconds += milliseconds;
        if (span.kind == KERNEL) by_kernel[span.kernel].milliseconds += milliseconds;
        spare.push_back(span);
    }
    pending.clear();
}

/* Around a call of the runtime whose work goes to `stream`. */
class Timed {
  public:
    Timed(Kind kind, size_t bytes, cudaStream_t stream, const void *kernel = nullptr) : stream(stream) {
        if (pending.size() >= MOST_PENDING) collect();
        if (spare.empty()) {
            span = Span();
            cudaEventCreate(&span.begin);
            cudaEventCreate(&span.end);
        } else {
            span = spare.back();
            spare.pop_back();
        }
        span.kind = kind;
        span.kernel = kernel;
        sums[kind].count += 1;
        sums[kind].bytes += (long long)bytes;
        if (kind == KERNEL) by_kernel[kernel].count += 1;
        cudaEventRecord(span.begin, stream);
    }

    ~Timed() {
        cudaEventRecord(span.end, stream);
        pending.push_back(span);
    }

  private:
    cudaStream_t stream;
    Span span;
};

}  // namespace

void start() {
    collect();
    by_kernel.clear();
    for (Sum &sum : sums) sum = Sum();
}

Figures stop(const char **error) {
    const cudaError_t found = cudaDeviceSynchronize();
    if (found != cudaSuccess) *error = cudaGetErrorString(found);
    collect();
    return {sums[KERNEL], sums[COPY], sums[FILL]};
}

void write_kernels(int file) {
    for (const auto &row : by_kernel) {
        const char *name = nullptr;
#if defined(CUDART_VERSION) && CUDART_VERSION >= 12030
        if (cudaFuncGetName(&name, row.first) != cudaSuccess) name = nullptr;
#endif
        dprintf(file, "kernel %s %lld %.6f\n", name ? name : "?", row.second.count, row.second.milliseconds);
    }
}

}  // namespace stopwatch

using stopwatch::Timed;

#define WRAPPED(function, ...)                                    \
    extern "C" cudaError_t __real_##function(__VA_ARGS__);        \
    extern "C" cudaError_t __wrap_##function(__VA_ARGS__)

WRAPPED(cudaMemcpy, void *to, const void *from, size_t bytes, cudaMemcpyKind kind) {
    const Timed timed(stopwatch::COPY, bytes, nullptr);
    return __real_cudaMemcpy(to, from, bytes, kind);
}

WRAPPED(cudaMemcpyAsync, void *to, const void *from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
    const Timed timed(stopwatch::COPY, bytes, stream);
    return __real_cudaMemcpyAsync(to, from, bytes, kind, stream);
}

WRAPPED(cudaMemset, void *to, int value, size_t bytes) {
    const Timed timed(stopwatch::FILL, bytes, nullptr);
    return __real_cudaMemset(to, value, bytes);
}

WRAPPED(cudaLaunchKernel, const void *kernel, dim3 grid, dim3 block, void **arguments, size_t shared, cudaStream_t stream) {
    const Timed timed(stopwatch::KERNEL, 0, stream, kernel);
    return __real_cudaLaunchKernel(kernel, grid, block, arguments, shared, stream);
}

#if CUDART_VERSION >= 13000
/* What `<<<>>>` calls since CUDA 13. */
WRAPPED(__cudaLaunchKernel, cudaKernel_t kernel, dim3 grid, dim3 block, void **arguments, size_t shared, cudaStream_t stream) {
    const Timed timed(stopwatch::KERNEL, 0, stream, kernel);
    return __real___cudaLaunchKernel(kernel, grid, block, arguments, shared, stream);
}
#endif
