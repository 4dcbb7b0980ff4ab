/* Qualifiers, dim3, the vector types, and the numbers of the errors. */
#pragma once

#define __global__
#define __device__
#define __host__
#define __managed__
#define __constant__
#define __grid_constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __align__(bytes) __attribute__((aligned(bytes)))
#define CUDART_VERSION 13000
#define __CUDACC__ 1

#define EMULATED_VECTOR(name, type, alignment)                                  \
    struct alignas(sizeof(type)) name##1 { type x; };                           \
    struct alignas(2 * sizeof(type)) name##2 { type x, y; };                    \
    struct name##3 { type x, y, z; };                                           \
    struct alignas(alignment) name##4 { type x, y, z, w; };                     \
    inline name##1 make_##name##1(type x) { return {x}; }                       \
    inline name##2 make_##name##2(type x, type y) { return {x, y}; }            \
    inline name##3 make_##name##3(type x, type y, type z) { return {x, y, z}; } \
    inline name##4 make_##name##4(type x, type y, type z, type w) { return {x, y, z, w}; }

EMULATED_VECTOR(char, signed char, 4)
EMULATED_VECTOR(uchar, unsigned char, 4)
EMULATED_VECTOR(short, short, 8)
EMULATED_VECTOR(ushort, unsigned short, 8)
EMULATED_VECTOR(int, int, 16)
EMULATED_VECTOR(uint, unsigned int, 16)
EMULATED_VECTOR(long, long, 16)
EMULATED_VECTOR(ulong, unsigned long, 16)
EMULATED_VECTOR(longlong, long long, 16)
EMULATED_VECTOR(ulonglong, unsigned long long, 16)
EMULATED_VECTOR(float, float, 16)
EMULATED_VECTOR(double, double, 16)
#undef EMULATED_VECTOR

struct dim3 {
    unsigned x, y, z;
    constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
    constexpr dim3(uint3 v) : x(v.x), y(v.y), z(v.z) {}
    constexpr operator uint3() const { return {x, y, z}; }
};

/* Name, number, and what cudaGetErrorString says. */
#define EMULATED_ERRORS(E)                                                           \
    E(cudaSuccess, 0, "no error")                                                    \
    E(cudaErrorInvalidValue, 1, "invalid argument")                                  \
    E(cudaErrorMemoryAllocation, 2, "out of memory")                                 \
    E(cudaErrorInitializationError, 3, "initialization error")                       \
    E(cudaErrorInvalidConfiguration, 9, "invalid configuration argument")            \
    E(cudaErrorInvalidSymbol, 13, "invalid device symbol")                           \
    E(cudaErrorInvalidDevicePointer, 17, "invalid device pointer")                   \
    E(cudaErrorInvalidMemcpyDirection, 21, "invalid copy direction for memcpy")      \
    E(cudaErrorInvalidDeviceFunction, 98, "invalid device function")                 \
    E(cudaErrorNoDevice, 100, "no CUDA-capable device is detected")                  \
    E(cudaErrorInvalidDevice, 101, "invalid device ordinal")                         \
    E(cudaErrorInvalidResourceHandle, 400, "invalid resource handle")                \
    E(cudaErrorNotReady, 600, "device not ready")                                    \
    E(cudaErrorIllegalAddress, 700, "an illegal memory access was encountered")      \
    E(cudaErrorLaunchOutOfResources, 701, "too many resources requested for launch") \
    E(cudaErrorLaunchTimeout, 702, "the launch timed out and was terminated")        \
    E(cudaErrorAssert, 710, "device-side assert triggered")                          \
    E(cudaErrorLaunchFailure, 719, "unspecified launch failure")                     \
    E(cudaErrorNotSupported, 801, "operation not supported")                         \
    E(cudaErrorUnknown, 999, "unknown error")

enum cudaError {
#define EMULATED_ERROR(name, number, text) name = number,
    EMULATED_ERRORS(EMULATED_ERROR)
#undef EMULATED_ERROR
};
typedef cudaError cudaError_t;

enum cudaMemcpyKind {
    cudaMemcpyHostToHost,
    cudaMemcpyHostToDevice,
    cudaMemcpyDeviceToHost,
    cudaMemcpyDeviceToDevice,
    cudaMemcpyDefault
};

typedef struct emulated_stream *cudaStream_t;
typedef struct emulated_event *cudaEvent_t;
