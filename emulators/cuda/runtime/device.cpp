/* What the emulated device says of itself, and streams and events, which have nothing to wait for. */
#include <time.h>

#include "machine.h"

using namespace cuda_emulator;

struct emulated_stream {
    char nothing;
};
struct emulated_event {
    bool recorded;
    timespec when;
};

namespace {

struct Row {
    cudaDeviceAttr attribute;
    int value;
};
/* An H100's, but for the number of multiprocessors, which keeps grids that are sized by it small. */
constexpr Row ATTRIBUTES[] = {
    {cudaDevAttrMaxThreadsPerBlock, 1024},
    {cudaDevAttrMaxBlockDimX, 1024},
    {cudaDevAttrMaxBlockDimY, 1024},
    {cudaDevAttrMaxBlockDimZ, 64},
    {cudaDevAttrMaxGridDimX, 0x7fffffff},
    {cudaDevAttrMaxGridDimY, 65535},
    {cudaDevAttrMaxGridDimZ, 65535},
    {cudaDevAttrMaxSharedMemoryPerBlock, int(STATIC_SHARED_BYTES)},
    {cudaDevAttrTotalConstantMemory, 65536},
    {cudaDevAttrWarpSize, 32},
    {cudaDevAttrMaxRegistersPerBlock, 65536},
    {cudaDevAttrClockRate, 1755000},
    {cudaDevAttrMultiProcessorCount, 4},
    {cudaDevAttrConcurrentKernels, 1},
    {cudaDevAttrMemoryClockRate, 2619000},
    {cudaDevAttrGlobalMemoryBusWidth, 5120},
    {cudaDevAttrL2CacheSize, 50 << 20},
    {cudaDevAttrMaxThreadsPerMultiProcessor, 2048},
    {cudaDevAttrComputeCapabilityMajor, 9},
    {cudaDevAttrComputeCapabilityMinor, 0},
    {cudaDevAttrMaxSharedMemoryPerMultiprocessor, int(LARGEST_SHARED_BYTES) + 1024},
    {cudaDevAttrMaxRegistersPerMultiprocessor, 65536},
    {cudaDevAttrManagedMemory, 1},
    {cudaDevAttrConcurrentManagedAccess, 1},
    {cudaDevAttrMaxSharedMemoryPerBlockOptin, int(LARGEST_SHARED_BYTES)},
    {cudaDevAttrMaxBlocksPerMultiprocessor, 32},
};

int attribute(cudaDeviceAttr wanted) {
    for (const Row &row : ATTRIBUTES)
        if (row.attribute == wanted) return row.value;
    return -1;
}

cudaError_t only_device(int device, const char *call, const void *caller) {
    return device ? failed(cudaErrorInvalidDevice, call, caller, "device 0 is the only one") : cudaSuccess;
}

template <class Handle> cudaError_t made(Handle **handle) {
    *handle = static_cast<Handle *>(calloc(1, sizeof(Handle)));
    return *handle ? cudaSuccess : cudaErrorMemoryAllocation;
}

template <class Handle> cudaError_t destroyed(Handle *handle) {
    free(handle);
    return cudaSuccess;
}

}  // namespace

cudaError_t cudaGetDeviceCount(int *count) {
    *count = 1;
    return cudaSuccess;
}
cudaError_t cudaGetDevice(int *device) {
    *device = 0;
    return cudaSuccess;
}
cudaError_t cudaSetDevice(int device) { return only_device(device, "cudaSetDevice", CALLER); }
cudaError_t cudaDeviceSetCacheConfig(cudaFuncCache) { return cudaSuccess; }

cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr wanted, int device) {
    *value = attribute(wanted);
    if (*value < 0) return failed(cudaErrorInvalidValue, "cudaDeviceGetAttribute", CALLER, "an attribute nobody knows");
    return only_device(device, "cudaDeviceGetAttribute", CALLER);
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp *properties, int device) {
    cudaDeviceProp p{};
    snprintf(p.name, sizeof p.name, "CUDA emulator");
    p.totalGlobalMem = Arena::capacity_bytes();
    p.sharedMemPerBlock = STATIC_SHARED_BYTES;
    p.sharedMemPerBlockOptin = LARGEST_SHARED_BYTES;
    p.sharedMemPerMultiprocessor = LARGEST_SHARED_BYTES + 1024;
    p.totalConstMem = 65536;
    p.memPitch = 0x7fffffff;
    p.textureAlignment = 512;
    p.regsPerBlock = p.regsPerMultiprocessor = attribute(cudaDevAttrMaxRegistersPerBlock);
    p.warpSize = 32;
    p.maxThreadsPerBlock = p.maxThreadsDim[0] = p.maxThreadsDim[1] = 1024;
    p.maxThreadsDim[2] = 64;
    p.maxThreadsPerMultiProcessor = attribute(cudaDevAttrMaxThreadsPerMultiProcessor);
    p.maxGridSize[0] = 0x7fffffff;
    p.maxGridSize[1] = p.maxGridSize[2] = 65535;
    p.major = attribute(cudaDevAttrComputeCapabilityMajor);
    p.minor = attribute(cudaDevAttrComputeCapabilityMinor);
    p.multiProcessorCount = attribute(cudaDevAttrMultiProcessorCount);
    p.l2CacheSize = attribute(cudaDevAttrL2CacheSize);
    p.memoryBusWidth = attribute(cudaDevAttrGlobalMemoryBusWidth);
    p.clockRate = attribute(cudaDevAttrClockRate);
    p.memoryClockRate = attribute(cudaDevAttrMemoryClockRate);
    p.asyncEngineCount = 3;
    p.canMapHostMemory = p.concurrentKernels = p.unifiedAddressing = p.managedMemory = p.concurrentManagedAccess = 1;
    p.maxBlocksPerMultiProcessor = attribute(cudaDevAttrMaxBlocksPerMultiprocessor);
    *properties = p;
    return only_device(device, "cudaGetDeviceProperties", CALLER);
}

cudaError_t cudaStreamCreate(cudaStream_t *stream) { return made(stream); }
cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned) { return made(stream); }
cudaError_t cudaStreamDestroy(cudaStream_t stream) { return destroyed(stream); }
cudaError_t cudaStreamSynchronize(cudaStream_t) { return cudaDeviceSynchronize(); }
cudaError_t cudaStreamQuery(cudaStream_t) { return cudaDeviceSynchronize(); }
cudaError_t cudaStreamWaitEvent(cudaStream_t, cudaEvent_t, unsigned) { return cudaSuccess; }

cudaError_t cudaEventCreate(cudaEvent_t *event) { return made(event); }
cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned) { return made(event); }
cudaError_t cudaEventDestroy(cudaEvent_t event) { return destroyed(event); }
cudaError_t cudaEventSynchronize(cudaEvent_t) { return cudaDeviceSynchronize(); }
cudaError_t cudaEventQuery(cudaEvent_t) { return cudaDeviceSynchronize(); }
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t) {
    event->recorded = true;
    clock_gettime(CLOCK_MONOTONIC, &event->when);
    return cudaSuccess;
}
cudaError_t cudaEventElapsedTime(float *milliseconds, cudaEvent_t start, cudaEvent_t end) {
    if (!start->recorded || !end->recorded)
        return failed(cudaErrorInvalidResourceHandle, "cudaEventElapsedTime", CALLER, "an event was never recorded");
    *milliseconds =
        float(end->when.tv_sec - start->when.tv_sec) * 1e3f + float(end->when.tv_nsec - start->when.tv_nsec) * 1e-6f;
    return cudaSuccess;
}
