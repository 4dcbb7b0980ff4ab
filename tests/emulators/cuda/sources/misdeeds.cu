/* One wrong thing for each number; the line that a fault should name carries the number in a comment. */
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cuda_runtime.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

__constant__ int fixed[4];
__device__ int table[4];
__device__ float ratio;

__global__ void before_start(int *p) { p[-1] = 1; }                             /* 1 */
__global__ void far_past_end(int *p) { p[100] = 1; }                            /* 2 */
__global__ void half_outside(int *p) { p[0] = p[7]; }                           /* 3 */
__global__ void store_at_null() { *(volatile int *)8 = 1; }                     /* 4 */
__global__ void store_constant() { ((int *)fixed)[1] = 1; }                     /* 5 */
__global__ void past_variable(int i) { table[i] = 1; }                          /* 6 */
__global__ void not_aligned(char *p) { *(int *)(p + 2) = 1; }                   /* 7 */
__device__ __noinline__ int deep(int n) {                                       /* 8 */
    volatile int room[256];
    room[n % 256] = n;
    return n ? deep(n - 1) + room[n % 256] : 0;
}
__global__ void too_deep(int *p) { p[0] = deep(100000); }
__global__ void others_local(int **shelf) {
    int own = threadIdx.x;
    if (threadIdx.x == 0) shelf[0] = &own;
    __syncthreads();
    if (threadIdx.x == 1) *shelf[0] = 5;                                        /* 9 */
    __syncthreads();
    shelf[1 + threadIdx.x] = &own;
}
__global__ void own_mask(int *p) { p[threadIdx.x] = __shfl_sync(1u, 3, 0); }    /* 10 */
__global__ void absent_lane(int *p) { p[threadIdx.x] = __shfl_sync(0xff, 3, 9); }  /* 11 */
__global__ void two_lines(int *p) {
    if (threadIdx.x < 4)
        p[threadIdx.x] = __shfl_sync(0xff, 1, 0);                               /* 12 */
    else
        p[threadIdx.x] = __shfl_sync(0xff, 2, 0);
}
__global__ void two_barriers(int *p) {
    if (threadIdx.x < 4)
        __syncthreads();                                                        /* 13 */
    else
        __syncthreads();
    p[threadIdx.x] = 1;
}
__global__ void large_shared(int *p) {
    __shared__ double room[8192];                                               /* 14 */
    room[threadIdx.x] = 1;
    p[threadIdx.x] = int(room[threadIdx.x]);
}
__global__ void past_shared(int *p, int i) {
    __shared__ int room[32];
    int *at = room;
    room[threadIdx.x] = 1;
    __syncthreads();
    p[threadIdx.x] = at[threadIdx.x + i];                                       /* 15 */
}
__global__ void past_dynamic(int i) {
    extern __shared__ int room[];
    room[threadIdx.x + i] = 1;                                                  /* 16 */
}
__global__ void failing(int n) { assert(n > 5); }                               /* 17 */
__global__ void overflowing(int *p, int n) { p[0] = n * n; }                    /* 18 */
__global__ void same_value(int *p) { p[0] = 7; }
__global__ void other_value(int *p) { p[0] = threadIdx.x; }                     /* 20 */
__global__ void read_and_write(int *p) { p[threadIdx.x] = p[(threadIdx.x + 1) % 8]; }  /* 21 */
__global__ void read_of_atomic(int *p, int *q) {
    atomicAdd(p, 1);
    q[threadIdx.x] = *p;                                                        /* 22 */
}
__global__ void met_warp(int *p) {
    p[threadIdx.x] = 1;
    __syncwarp();
    p[threadIdx.x ^ 1] += 1;
}
__global__ void endless(int n) {
    while (n) n |= 1;                                                           /* 24 */
}
__global__ void division(int *p, int n) { p[0] = 1 / n; }                       /* 25 */
__global__ void copied(char *to, const char *from) { memcpy(to, from, 40); }    /* 26 */
__device__ int latch;
__global__ void locked(int *p) {
    while (atomicCAS(&latch, 0, 1)) {}
    p[0] += 1;
    __threadfence();
    atomicExch(&latch, 0);
}
__global__ void unlocked_too_soon(int *p) {
    while (atomicCAS(&latch, 0, 1)) {}
    p[0] += 1;                                                                  /* 57 */
    atomicExch(&latch, 0);
}
struct Wide { int values[10]; };
__global__ void structures(Wide *to, const Wide *from) { *to = *from; }         /* 27 */
__global__ void two_stores(char *p) { p[threadIdx.x / 2] = threadIdx.x % 2; }   /* 28 */
__global__ void cleared(char *p, int n) { memset(p, 0, n); }                    /* 29 */
__global__ void fill(int *p) { p[threadIdx.x] = threadIdx.x; }                  /* 30 */

extern "C" void misdeeds(int which, int *result) {
    int *p, *other, **shelf;
    cudaMalloc(&p, 8 * sizeof(int));
    cudaMalloc(&other, 8 * sizeof(int));
    cudaMalloc(&shelf, 16 * sizeof(int *));
    cudaMemset(p, 0, 8 * sizeof(int));
    switch (which) {
        case 1: before_start<<<1, 1>>>(p); break;
        case 2: far_past_end<<<1, 1>>>(p); break;
        case 3: cudaFree(p); cudaMalloc(&p, 30); cudaMemset(p, 0, 30); half_outside<<<1, 1>>>(p); break;
        case 4: store_at_null<<<1, 1>>>(); break;
        case 5: store_constant<<<1, 1>>>(); break;
        case 6: past_variable<<<1, 1>>>(4); break;
        case 7: not_aligned<<<1, 1>>>((char *)p); break;
        case 8: too_deep<<<1, 1>>>(p); break;
        case 9: others_local<<<1, 2>>>(shelf); break;
        case 10: own_mask<<<1, 2>>>(p); break;
        case 11: absent_lane<<<1, 8>>>(p); break;
        case 12: two_lines<<<1, 8>>>(p); break;
        case 13: two_barriers<<<1, 8>>>(p); break;
        case 14: large_shared<<<1, 8>>>(p); break;
        case 15: past_shared<<<1, 8>>>(p, 25); break;
        case 16: past_dynamic<<<1, 8, 8 * sizeof(int)>>>(1); break;
        case 17: failing<<<1, 1>>>(5); break;
        case 18: overflowing<<<1, 1>>>(p, 1 << 20); break;
        case 19: same_value<<<4, 8>>>(p); break;
        case 20: other_value<<<1, 8>>>(p); break;
        case 21: read_and_write<<<1, 8>>>(p); break;
        case 22: read_of_atomic<<<1, 8>>>(p, other); break;
        case 23: met_warp<<<1, 8>>>(p); break;
        case 24: endless<<<1, 1>>>(1); break;
        case 25: division<<<1, 1>>>(p, 0); break;
        case 26: copied<<<1, 1>>>((char *)p, (const char *)other); break;
        case 27: structures<<<1, 1>>>((Wide *)p, (const Wide *)other); break;
        case 28: two_stores<<<1, 8>>>((char *)p); break;
        case 29: cleared<<<1, 1>>>((char *)p, 33); break;
        case 30: cudaFree(p); fill<<<1, 8>>>(p); break;
        case 31: result[0] = p[0]; break;                                       /* 31 */
        case 32: memcpy(result, p, 32); break;                                  /* 32 */
        case 33: table[1] = 3; break;                                           /* 33 */
        case 34: atomicAdd(result, 1); break;                                   /* 34 */
        case 35: result[4] = 1; break;                                          /* 35 */
        case 36: cudaMemcpy(result, p, 32, cudaMemcpyDeviceToHost); break;      /* 36 */
        case 37: cudaMemcpy(p, result, 16, cudaMemcpyDeviceToHost); break;      /* 37 */
        case 38: cudaMemcpy(p, p + 4, 32, cudaMemcpyDeviceToDevice); break;     /* 38 */
        case 39: cudaMalloc(&other, (size_t)1 << 40); break;                    /* 39 */
        case 40: cudaFree(result); break;                                       /* 40 */
        case 41: fill<<<dim3(1, 65536), 8>>>(p); break;                         /* 41 */
        case 42: fill<<<1, dim3(1, 1, 65)>>>(p); break;                         /* 42 */
        case 43: fill<<<0, 8>>>(p); break;                                      /* 43 */
        case 44: fill<<<1, 8, 50000>>>(p); break;                               /* 44 */
        case 45:
            cudaFuncSetAttribute(fill, cudaFuncAttributeMaxDynamicSharedMemorySize, 60000);
            fill<<<1, 8, 60000>>>(p);
            break;
        case 46: free(result + 1); break;                                       /* 46 */
        case 47: abort();
        case 48: *(volatile int *)16 = 1; break;                                /* 48 */
        case 49: for (;;) usleep(1000);
        case 50: for (;;) puts("more");
        case 51: _exit(0);
        case 52: memset(malloc((size_t)1 << 40), 1, 1); break;                  /* 52 */
        case 53:
            result[0] = fork() < 0 ? errno : 0;
            result[1] = socket(AF_INET, SOCK_STREAM, 0) < 0 ? errno : 0;
            result[2] = open("/dev/null", O_RDONLY) < 0 ? errno : 0;
            result[3] = execl("/bin/true", "true", (char *)nullptr) < 0 ? errno : 0;
            break;
        case 54: cudaMemcpy(result, other, 16, cudaMemcpyDeviceToHost); break;
        case 55: cudaSetDevice(1); break;                                       /* 55 */
        case 56: { int local[8]; fill<<<1, 8>>>(local); break; }
        case 57: unlocked_too_soon<<<2, 8>>>(p); break;
        case 58: locked<<<2, 8>>>(p); break;
    }
    cudaGetLastError();
    cudaFree(p);
    cudaFree(other);
    cudaFree(shelf);
}
