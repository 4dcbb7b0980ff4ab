/* The part of NVIDIA's runtime library that nvcc's output and the stopwatch call, for a machine without a device. The
 * only kernel it knows doubles the elements of its second argument. */
#include <cstdint>
#include <cstdlib>
#include <cstring>

struct dim3 {
    unsigned x, y, z;
};

namespace {

const char *name_of_kernel = "";
dim3 pushed_grid, pushed_block;
struct Event {
    int kernels, others;
};
int kernels = 0, others = 0;

}  // namespace

extern "C" {

void **__cudaRegisterFatBinary(void *) { return new void *; }
void __cudaRegisterFatBinaryEnd(void **) {}
void __cudaUnregisterFatBinary(void **handle) { delete handle; }
char __cudaInitModule(void **) { return 0; }
void __cudaRegisterFunction(void **, const char *, char *, const char *name, int, void *, void *, void *, void *, int *) {
    name_of_kernel = name;
}
unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, size_t, void *) {
    pushed_grid = grid;
    pushed_block = block;
    return 0;
}
int __cudaPopCallConfiguration(dim3 *grid, dim3 *block, size_t *shared, void *stream) {
    *grid = pushed_grid;
    *block = pushed_block;
    *shared = 0;
    memset(stream, 0, sizeof(void *));
    return 0;
}
int __cudaGetKernel(void **kernel, const void *function) {
    *kernel = (void *)function;
    return 0;
}
int __cudaLaunchKernel(void *, dim3, dim3, void **arguments, size_t, void *) {
    kernels += 1;
    float *x = *(float **)arguments[1];
    for (int i = 0; i < *(int *)arguments[0]; i++) x[i] *= 2;
    return 0;
}
int cudaLaunchKernel(const void *kernel, dim3 grid, dim3 block, void **arguments, size_t shared, void *stream) {
    return __cudaLaunchKernel((void *)kernel, grid, block, arguments, shared, stream);
}
int cudaFuncGetName(const char **name, const void *) {
    *name = name_of_kernel;
    return 0;
}
int cudaMalloc(void **pointer, size_t bytes) { return (*pointer = malloc(bytes)) ? 0 : 2; }
int cudaFree(void *pointer) {
    free(pointer);
    return 0;
}
int cudaMemcpy(void *to, const void *from, size_t bytes, int) {
    others += 1;
    memcpy(to, from, bytes);
    return 0;
}
int cudaMemcpyAsync(void *to, const void *from, size_t bytes, int kind, void *) {
    return cudaMemcpy(to, from, bytes, kind);
}
int cudaMemset(void *to, int value, size_t bytes) {
    others += 1;
    memset(to, value, bytes);
    return 0;
}
int cudaEventCreate(void **event) {
    *event = new Event();
    return 0;
}
int cudaEventRecord(void *event, void *) {
    *(Event *)event = {kernels, others};
    return 0;
}
int cudaEventSynchronize(void *) { return 0; }
int cudaEventElapsedTime(float *milliseconds, const void *begin, const void *end) {
    const Event *first = (const Event *)begin, *last = (const Event *)end;
    *milliseconds = 2.0f * (last->kernels - first->kernels) + (last->others - first->others);
    return 0;
}
int cudaEventElapsedTime_v2(float *milliseconds, const void *begin, const void *end) {
    return cudaEventElapsedTime(milliseconds, begin, end);
}
int cudaDeviceSynchronize() { return 0; }
int cudaGetDeviceCount(int *count) { return !(*count = 1); }
int cudaGetDeviceProperties(char *properties, int) {
    strcpy(properties, "a library");
    return 0;
}
int cudaGetDeviceProperties_v2(char *properties, int device) { return cudaGetDeviceProperties(properties, device); }
const char *cudaGetErrorString(int) { return "no error"; }
}
