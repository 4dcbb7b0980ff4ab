/* What a CUDA program may use without an include, for reading it: types, variables and functions as declarations. */
#pragma once

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define __CUDACC__ 1
#define __NVCC__ 1
#ifndef CUDART_VERSION
#define CUDART_VERSION 13000
#endif

#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __host__ __attribute__((host))
#define __shared__ __attribute__((shared))
#define __constant__ __attribute__((constant))
#define __managed__ __attribute__((managed))
#define __grid_constant__ __attribute__((grid_constant))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
#define __forceinline__ inline
#define __noinline__
#define __align__(bytes)

typedef unsigned int uint;
typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned long ulong;

typedef struct char1 { signed char x; } char1;
char1 make_char1(signed char x);
typedef struct char2 { signed char x, y; } char2;
char2 make_char2(signed char x, signed char y);
typedef struct char3 { signed char x, y, z; } char3;
char3 make_char3(signed char x, signed char y, signed char z);
typedef struct char4 { signed char x, y, z, w; } char4;
char4 make_char4(signed char x, signed char y, signed char z, signed char w);
typedef struct uchar1 { unsigned char x; } uchar1;
uchar1 make_uchar1(unsigned char x);
typedef struct uchar2 { unsigned char x, y; } uchar2;
uchar2 make_uchar2(unsigned char x, unsigned char y);
typedef struct uchar3 { unsigned char x, y, z; } uchar3;
uchar3 make_uchar3(unsigned char x, unsigned char y, unsigned char z);
typedef struct uchar4 { unsigned char x, y, z, w; } uchar4;
uchar4 make_uchar4(unsigned char x, unsigned char y, unsigned char z, unsigned char w);
typedef struct short1 { short x; } short1;
short1 make_short1(short x);
typedef struct short2 { short x, y; } short2;
short2 make_short2(short x, short y);
typedef struct short3 { short x, y, z; } short3;
short3 make_short3(short x, short y, short z);
typedef struct short4 { short x, y, z, w; } short4;
short4 make_short4(short x, short y, short z, short w);
typedef struct ushort1 { unsigned short x; } ushort1;
ushort1 make_ushort1(unsigned short x);
typedef struct ushort2 { unsigned short x, y; } ushort2;
ushort2 make_ushort2(unsigned short x, unsigned short y);
typedef struct ushort3 { unsigned short x, y, z; } ushort3;
ushort3 make_ushort3(unsigned short x, unsigned short y, unsigned short z);
typedef struct ushort4 { unsigned short x, y, z, w; } ushort4;
ushort4 make_ushort4(unsigned short x, unsigned short y, unsigned short z, unsigned short w);
typedef struct int1 { int x; } int1;
int1 make_int1(int x);
typedef struct int2 { int x, y; } int2;
int2 make_int2(int x, int y);
typedef struct int3 { int x, y, z; } int3;
int3 make_int3(int x, int y, int z);
typedef struct int4 { int x, y, z, w; } int4;
int4 make_int4(int x, int y, int z, int w);
typedef struct uint1 { unsigned int x; } uint1;
uint1 make_uint1(unsigned int x);
typedef struct uint2 { unsigned int x, y; } uint2;
uint2 make_uint2(unsigned int x, unsigned int y);
typedef struct uint3 { unsigned int x, y, z; } uint3;
uint3 make_uint3(unsigned int x, unsigned int y, unsigned int z);
typedef struct uint4 { unsigned int x, y, z, w; } uint4;
uint4 make_uint4(unsigned int x, unsigned int y, unsigned int z, unsigned int w);
typedef struct long1 { long x; } long1;
long1 make_long1(long x);
typedef struct long2 { long x, y; } long2;
long2 make_long2(long x, long y);
typedef struct long3 { long x, y, z; } long3;
long3 make_long3(long x, long y, long z);
typedef struct long4 { long x, y, z, w; } long4;
long4 make_long4(long x, long y, long z, long w);
typedef struct ulong1 { unsigned long x; } ulong1;
ulong1 make_ulong1(unsigned long x);
typedef struct ulong2 { unsigned long x, y; } ulong2;
ulong2 make_ulong2(unsigned long x, unsigned long y);
typedef struct ulong3 { unsigned long x, y, z; } ulong3;
ulong3 make_ulong3(unsigned long x, unsigned long y, unsigned long z);
typedef struct ulong4 { unsigned long x, y, z, w; } ulong4;
ulong4 make_ulong4(unsigned long x, unsigned long y, unsigned long z, unsigned long w);
typedef struct longlong1 { long long x; } longlong1;
longlong1 make_longlong1(long long x);
typedef struct longlong2 { long long x, y; } longlong2;
longlong2 make_longlong2(long long x, long long y);
typedef struct longlong3 { long long x, y, z; } longlong3;
longlong3 make_longlong3(long long x, long long y, long long z);
typedef struct longlong4 { long long x, y, z, w; } longlong4;
longlong4 make_longlong4(long long x, long long y, long long z, long long w);
typedef struct ulonglong1 { unsigned long long x; } ulonglong1;
ulonglong1 make_ulonglong1(unsigned long long x);
typedef struct ulonglong2 { unsigned long long x, y; } ulonglong2;
ulonglong2 make_ulonglong2(unsigned long long x, unsigned long long y);
typedef struct ulonglong3 { unsigned long long x, y, z; } ulonglong3;
ulonglong3 make_ulonglong3(unsigned long long x, unsigned long long y, unsigned long long z);
typedef struct ulonglong4 { unsigned long long x, y, z, w; } ulonglong4;
ulonglong4 make_ulonglong4(unsigned long long x, unsigned long long y, unsigned long long z, unsigned long long w);
typedef struct float1 { float x; } float1;
float1 make_float1(float x);
typedef struct float2 { float x, y; } float2;
float2 make_float2(float x, float y);
typedef struct float3 { float x, y, z; } float3;
float3 make_float3(float x, float y, float z);
typedef struct float4 { float x, y, z, w; } float4;
float4 make_float4(float x, float y, float z, float w);
typedef struct double1 { double x; } double1;
double1 make_double1(double x);
typedef struct double2 { double x, y; } double2;
double2 make_double2(double x, double y);
typedef struct double3 { double x, y, z; } double3;
double3 make_double3(double x, double y, double z);
typedef struct double4 { double x, y, z, w; } double4;
double4 make_double4(double x, double y, double z, double w);
typedef struct dim3 { unsigned int x, y, z; } dim3;

extern const uint3 threadIdx, blockIdx;
extern const dim3 blockDim, gridDim;
extern const int warpSize;

/* What launches and constructions of dim3 are read as. */
dim3 __dim3(...);
void __launch(...);

void __syncthreads(void);
int __syncthreads_count(int predicate);
int __syncthreads_and(int predicate);
int __syncthreads_or(int predicate);
void __syncwarp(...);
void __threadfence(void);
void __threadfence_block(void);
void __threadfence_system(void);
unsigned __activemask(void);
unsigned __ballot_sync(unsigned mask, int predicate);
int __all_sync(unsigned mask, int predicate);
int __any_sync(unsigned mask, int predicate);
void __trap(void);
void __nanosleep(unsigned nanoseconds);
long long clock64(void);
void __builtin_assume(bool condition);

int __mul24(int x, int y);
unsigned __umul24(unsigned x, unsigned y);
int __mulhi(int x, int y);
unsigned __umulhi(unsigned x, unsigned y);
int __popc(unsigned x);
int __popcll(unsigned long long x);
int __clz(int x);
int __clzll(long long x);
int __ffs(int x);
int __ffsll(long long x);
unsigned __brev(unsigned x);
int __float2int_rn(float x);
int __float2int_rz(float x);
int __float2int_rd(float x);
int __float2int_ru(float x);
unsigned __float2uint_rn(float x);
unsigned __float2uint_rz(float x);
float __int2float_rn(int x);
float __uint2float_rn(unsigned x);
int __float_as_int(float x);
unsigned __float_as_uint(float x);
float __int_as_float(int x);
float __uint_as_float(unsigned x);
long long __double_as_longlong(double x);
double __longlong_as_double(long long x);
float __saturatef(float x);
float rsqrtf(float x);
double rsqrt(double x);

float __expf(float x);
float __exp10f(float x);
float __exp2f(float x);
float __logf(float x);
float __log10f(float x);
float __log2f(float x);
float __sinf(float x);
float __cosf(float x);
float __tanf(float x);
float __powf(float x, float y);
float __fdividef(float x, float y);
float __fadd_rn(float x, float y);
double __dadd_rn(double x, double y);
float __fmul_rn(float x, float y);
double __dmul_rn(double x, double y);
float __fdiv_rn(float x, float y);
double __ddiv_rn(double x, double y);
float __fmaf_rn(float x, float y, float z);
double __fma_rn(double x, double y, double z);
float __fsqrt_rn(float x);
double __dsqrt_rn(double x);
float __frcp_rn(float x);
double __drcp_rn(double x);

typedef enum cudaError {
    cudaSuccess = 0, cudaErrorInvalidValue = 1, cudaErrorMemoryAllocation = 2, cudaErrorInvalidConfiguration = 9,
    cudaErrorNoDevice = 100, cudaErrorUnknown = 999
} cudaError_t;
typedef enum cudaMemcpyKind {
    cudaMemcpyHostToHost, cudaMemcpyHostToDevice, cudaMemcpyDeviceToHost, cudaMemcpyDeviceToDevice, cudaMemcpyDefault
} cudaMemcpyKind;
typedef struct CUstream_st *cudaStream_t;
typedef struct CUevent_st *cudaEvent_t;
typedef struct cudaDeviceProp {
    char name[256];
    size_t totalGlobalMem, sharedMemPerBlock;
    int warpSize, maxThreadsPerBlock, multiProcessorCount, major, minor;
    int maxThreadsDim[3], maxGridSize[3];
} cudaDeviceProp;

const char *cudaGetErrorString(cudaError_t error);
const char *cudaGetErrorName(cudaError_t error);
cudaError_t cudaGetLastError(void);
cudaError_t cudaPeekAtLastError(void);
cudaError_t cudaDeviceSynchronize(void);
cudaError_t cudaDeviceReset(void);
cudaError_t cudaFree(void *pointer);
cudaError_t cudaFreeHost(void *pointer);
cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes, cudaMemcpyKind kind);
cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream);
cudaError_t cudaMemset(void *to, int value, size_t bytes);
cudaError_t cudaMemsetAsync(void *to, int value, size_t bytes, cudaStream_t stream);
typedef enum cudaDeviceAttr {
    cudaDevAttrMaxThreadsPerBlock = 1, cudaDevAttrMaxSharedMemoryPerBlock = 8, cudaDevAttrWarpSize = 10,
    cudaDevAttrMultiProcessorCount = 16
} cudaDeviceAttr;
typedef enum cudaFuncAttribute {
    cudaFuncAttributeMaxDynamicSharedMemorySize = 8, cudaFuncAttributePreferredSharedMemoryCarveout = 9
} cudaFuncAttribute;
cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr attribute, int device);
cudaError_t cudaSetDevice(int device);
cudaError_t cudaGetDevice(int *device);
cudaError_t cudaGetDeviceCount(int *count);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp *properties, int device);
cudaError_t cudaStreamCreate(cudaStream_t *stream);
cudaError_t cudaStreamDestroy(cudaStream_t stream);
cudaError_t cudaStreamSynchronize(cudaStream_t stream);
cudaError_t cudaEventCreate(cudaEvent_t *event);
cudaError_t cudaEventDestroy(cudaEvent_t event);
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream);
cudaError_t cudaEventSynchronize(cudaEvent_t event);
cudaError_t cudaEventElapsedTime(float *milliseconds, cudaEvent_t start, cudaEvent_t end);
