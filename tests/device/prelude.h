/* Before the emulator's header: the runtime's calls that are timed get the names that they have in NVIDIA's library, so
 * that the linker finds them. */
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "emulated_types.h"

cudaError_t cudaMemcpy(void *, const void *, size_t, cudaMemcpyKind) asm("cudaMemcpy");
cudaError_t cudaMemcpyAsync(void *, const void *, size_t, cudaMemcpyKind, cudaStream_t) asm("cudaMemcpyAsync");
cudaError_t cudaMemset(void *, int, size_t) asm("cudaMemset");

#include "cuda_runtime.h"

typedef void *cudaKernel_t;
inline cudaError_t cudaFuncGetName(const char **, const void *) { return cudaErrorInvalidValue; }
