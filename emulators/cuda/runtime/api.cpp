/* The runtime API for one device whose work is done when a call returns. Every call that fails is a fault as well. */
#include "machine.h"

namespace cuda_emulator {

namespace {

constexpr size_t PITCH_BYTES = 512;

cudaError_t last_error = cudaSuccess;
/* The line of the launch that failed, until the program asks for its error: no call returns it. */
int unread_launch_line;

struct Place {
    const void *caller;
    int line;
};
Place places[256];
unsigned place_count;

cudaError_t allocate(Arena &arena, void **pointer, size_t bytes, const char *call, const void *caller) {
    if (!pointer) return failed(cudaErrorInvalidValue, call, caller, "no place for the pointer");
    *pointer = nullptr;
    if (fails_on_purpose(call, caller, 0)) return last_error = cudaErrorMemoryAllocation;
    if (!bytes) return cudaSuccess;
    DeviceOpened opened;
    void *made = arena.allocate(bytes, 256);
    if (!made) return failed(cudaErrorMemoryAllocation, call, caller, "more than the emulated device has");
    poison(made, bytes);
    *pointer = made;
    return cudaSuccess;
}

cudaError_t release(void *pointer, const char *call, const void *caller) {
    running.unsynchronised = false;
    if (!pointer) return cudaSuccess;
    for (Arena *arena : {&device_memory, &managed_memory}) {
        Allocation *found = arena->exactly(pointer);
        if (!found) continue;
        if (!found->live) {
            record("double-free", caller, 0, "%s of device memory that is free already", call);
            return failed(cudaErrorInvalidValue, call, caller, "free already");
        }
        arena->release(*found);
        return cudaSuccess;
    }
    return failed(cudaErrorInvalidValue, call, caller, "no pointer that cudaMalloc() gave");
}

/* One side of a copy: is it the device's, and are its bytes there? */
struct Side {
    const void *pointer;
    Arena *arena = nullptr;
    const Variable *variable = nullptr;

    explicit Side(const void *pointer) : pointer(pointer) {
        const auto address = reinterpret_cast<uintptr_t>(pointer);
        for (Arena *candidate : {&device_memory, &managed_memory})
            if (candidate->near(address)) arena = candidate;
        variable = variable_at(address);
    }
    bool managed() const { return arena == &managed_memory || (variable && variable->space == emulated_managed); }
    bool on_device() const { return arena || variable; }
    bool may_be(bool device) const { return managed() || on_device() == device; }
    bool has(size_t bytes) const {
        const auto address = reinterpret_cast<uintptr_t>(pointer);
        if (variable) return bytes <= variable->size - (address - variable->start);
        const Allocation *found = arena->before(address);
        const size_t offset = found ? address - found->start : 0;
        return found && found->live && offset <= found->bytes && bytes <= found->bytes - offset;
    }
    unsigned char *states() const {
        return arena ? arena->states + (reinterpret_cast<uintptr_t>(pointer) - arena->start) : nullptr;
    }
};

const char *wrong_side(const Side &to, const Side &from, cudaMemcpyKind kind) {
    if (kind == cudaMemcpyDefault) return nullptr;
    if (!to.may_be(kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice))
        return to.on_device() ? "the destination is device memory" : "the destination is no device memory";
    if (!from.may_be(kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice))
        return from.on_device() ? "the source is device memory" : "the source is no device memory";
    return nullptr;
}

cudaError_t copy(void *to, const void *from, size_t bytes, cudaMemcpyKind kind, const char *call, const void *caller) {
    if (fails_on_purpose(call, caller, 0)) return last_error = cudaErrorInvalidValue;
    if (!bytes) return cudaSuccess;
    if (!to || !from) return failed(cudaErrorInvalidValue, call, caller, "a null pointer");
    const Side target(to), source(from);
    if (const char *wrong = wrong_side(target, source, kind)) return failed(cudaErrorInvalidValue, call, caller, wrong);
    if (target.on_device() && !target.has(bytes))
        return failed(cudaErrorInvalidValue, call, caller, "the destination has not that many bytes");
    if (source.on_device() && !source.has(bytes))
        return failed(cudaErrorInvalidValue, call, caller, "the source has not that many bytes");
    if (!target.on_device()) check_host_range(to, bytes, call, caller);
    if (!source.on_device()) check_host_range(from, bytes, call, caller);
    DeviceOpened opened;
    __real_memmove(to, from, bytes);
    if (target.states() && source.states())
        __real_memmove(target.states(), source.states(), bytes);
    else if (target.states())
        __real_memset(target.states(), READY, bytes);
    return cudaSuccess;
}

cudaError_t fill(void *to, int value, size_t bytes, const char *call, const void *caller) {
    if (fails_on_purpose(call, caller, 0)) return last_error = cudaErrorInvalidValue;
    if (!bytes) return cudaSuccess;
    const Side target(to);
    if (!target.on_device()) return failed(cudaErrorInvalidValue, call, caller, "no device memory");
    if (!target.has(bytes))
        return failed(cudaErrorInvalidValue, call, caller, "the allocation has not that many bytes");
    DeviceOpened opened;
    __real_memset(to, value, bytes);
    if (target.states()) __real_memset(target.states(), READY, bytes);
    return cudaSuccess;
}

cudaError_t synchronised() {
    running.unsynchronised = false;
    return cudaSuccess;
}

struct Allowance {
    const void *function;
    size_t bytes;
};
Allowance allowances[256];
unsigned allowance_count;

}  // namespace

bool fails_on_purpose(const char *call, const void *caller, int line) {
    if (!options().failing || place_count == options().failing) return false;
    for (unsigned i = 0; i < place_count; i++)
        if (places[i].caller == caller && places[i].line == line) return false;
    if (place_count == sizeof places / sizeof *places) return false;
    places[place_count++] = {caller, line};
    if (place_count < options().failing) return false;
    record("failing", caller, line, "%s", call);
    return true;
}

cudaError_t failed(cudaError_t error, const char *call, const void *caller, const char *why) {
    record("api", caller, 0, "%s: %s (%s)", call, cudaGetErrorString(error), why);
    last_error = error;
    return error;
}

void launch_failed(cudaError_t error, int line) {
    last_error = error;
    unread_launch_line = line;
}

void report_unread_error() {
    if (unread_launch_line)
        record("unchecked", nullptr, unread_launch_line, "the program never asks whether the launch failed");
}

size_t dynamic_shared_limit(const void *function) {
    size_t limit = STATIC_SHARED_BYTES;
    for (unsigned i = 0; i < allowance_count; i++)
        if (!function || allowances[i].function == function) limit = allowances[i].bytes;
    return limit < STATIC_SHARED_BYTES ? STATIC_SHARED_BYTES : limit;
}

cudaError_t allow_dynamic_shared(const void *function, cudaFuncAttribute attribute, int bytes) {
    if (attribute != cudaFuncAttributeMaxDynamicSharedMemorySize) return cudaSuccess;
    const char *call = "cudaFuncSetAttribute";
    if (bytes < 0 || size_t(bytes) > LARGEST_SHARED_BYTES)
        return failed(cudaErrorInvalidValue, call, CALLER, "more shared memory than a block can have");
    if (allowance_count == sizeof allowances / sizeof *allowances)
        return failed(cudaErrorNotSupported, call, CALLER, "too many kernels with attributes");
    allowances[allowance_count++] = {function, size_t(bytes)};
    return cudaSuccess;
}

cudaError_t copy_symbol(const void *symbol, size_t offset, void *other, size_t bytes, cudaMemcpyKind kind, bool to) {
    const char *call = to ? "cudaMemcpyToSymbol" : "cudaMemcpyFromSymbol";
    if (!variable_at(reinterpret_cast<uintptr_t>(symbol)))
        return failed(cudaErrorInvalidSymbol, call, CALLER, "no variable of the device");
    char *at = static_cast<char *>(const_cast<void *>(symbol)) + offset;
    return to ? copy(at, other, bytes, kind, call, CALLER) : copy(other, at, bytes, kind, call, CALLER);
}

cudaError_t symbol_address(void **pointer, const void *symbol) {
    *pointer = const_cast<void *>(symbol);
    if (variable_at(reinterpret_cast<uintptr_t>(symbol))) return cudaSuccess;
    return failed(cudaErrorInvalidSymbol, "cudaGetSymbolAddress", CALLER, "no variable of the device");
}

cudaError_t symbol_size(size_t *bytes, const void *symbol) {
    const Variable *found = variable_at(reinterpret_cast<uintptr_t>(symbol));
    if (!found) return failed(cudaErrorInvalidSymbol, "cudaGetSymbolSize", CALLER, "no variable of the device");
    *bytes = found->size;
    return cudaSuccess;
}

}  // namespace cuda_emulator

using namespace cuda_emulator;

cudaError_t cudaMalloc(void **pointer, size_t bytes) {
    return allocate(device_memory, pointer, bytes, "cudaMalloc", CALLER);
}
cudaError_t cudaMallocAsync(void **pointer, size_t bytes, cudaStream_t) {
    return allocate(device_memory, pointer, bytes, "cudaMallocAsync", CALLER);
}
cudaError_t cudaMallocManaged(void **pointer, size_t bytes, unsigned) {
    return allocate(managed_memory, pointer, bytes, "cudaMallocManaged", CALLER);
}
cudaError_t cudaMallocPitch(void **pointer, size_t *pitch, size_t width, size_t height) {
    *pitch = (width + PITCH_BYTES - 1) / PITCH_BYTES * PITCH_BYTES;
    return allocate(device_memory, pointer, *pitch * height, "cudaMallocPitch", CALLER);
}
cudaError_t cudaFree(void *pointer) { return release(pointer, "cudaFree", CALLER); }
cudaError_t cudaFreeAsync(void *pointer, cudaStream_t) { return release(pointer, "cudaFreeAsync", CALLER); }
cudaError_t cudaMallocHost(void **pointer, size_t bytes, unsigned) {
    *pointer = malloc(bytes);
    return *pointer ? cudaSuccess : failed(cudaErrorMemoryAllocation, "cudaMallocHost", CALLER, "no host memory");
}
cudaError_t cudaHostAlloc(void **pointer, size_t bytes, unsigned flags) {
    return cudaMallocHost(pointer, bytes, flags);
}
cudaError_t cudaFreeHost(void *pointer) {
    free(pointer);
    return cudaSuccess;
}
cudaError_t cudaMemGetInfo(size_t *free_bytes, size_t *total) {
    *total = Arena::capacity_bytes();
    *free_bytes = *total - device_memory.live_bytes();
    return cudaSuccess;
}

cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes, cudaMemcpyKind kind) {
    synchronised();
    return copy(to, from, bytes, kind, "cudaMemcpy", CALLER);
}
cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind kind, cudaStream_t) {
    return copy(to, from, bytes, kind, "cudaMemcpyAsync", CALLER);
}
cudaError_t cudaMemcpy2D(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width, size_t height,
                         cudaMemcpyKind kind) {
    synchronised();
    if (width > to_pitch || width > from_pitch)
        return failed(cudaErrorInvalidValue, "cudaMemcpy2D", CALLER, "a row is longer than its pitch");
    for (size_t row = 0; row < height; row++) {
        auto *target = static_cast<char *>(to) + row * to_pitch;
        auto *source = static_cast<const char *>(from) + row * from_pitch;
        const cudaError_t error = copy(target, source, width, kind, "cudaMemcpy2D", CALLER);
        if (error != cudaSuccess) return error;
    }
    return cudaSuccess;
}
cudaError_t cudaMemset(void *to, int value, size_t bytes) { return fill(to, value, bytes, "cudaMemset", CALLER); }
cudaError_t cudaMemsetAsync(void *to, int value, size_t bytes, cudaStream_t) {
    return fill(to, value, bytes, "cudaMemsetAsync", CALLER);
}

cudaError_t cudaMemPrefetchAsync(const void *pointer, size_t bytes, cudaMemLocation, unsigned, cudaStream_t) {
    const Side side(pointer);
    if (side.managed() && side.has(bytes)) return cudaSuccess;
    return failed(cudaErrorInvalidValue, "cudaMemPrefetchAsync", CALLER, "no managed memory of that size");
}
cudaError_t cudaMemPrefetchAsync(const void *pointer, size_t bytes, int device, cudaStream_t stream) {
    return cudaMemPrefetchAsync(pointer, bytes, {cudaMemLocationTypeDevice, device}, 0, stream);
}

cudaError_t cudaDeviceSynchronize() { return synchronised(); }
cudaError_t cudaDeviceReset() {
    for (Arena *arena : {&device_memory, &managed_memory})
        for (Allocation &allocation : *arena)
            if (allocation.live) arena->release(allocation);
    return synchronised();
}
cudaError_t cudaPeekAtLastError() {
    unread_launch_line = 0;
    return last_error;
}
cudaError_t cudaGetLastError() {
    const cudaError_t error = cudaPeekAtLastError();
    last_error = cudaSuccess;
    return error;
}
const char *cudaGetErrorString(cudaError_t error) {
    switch (error) {
#define TEXT(name, number, text) \
    case name: return text;
        EMULATED_ERRORS(TEXT)
#undef TEXT
    }
    return "unrecognized error code";
}
const char *cudaGetErrorName(cudaError_t error) {
    switch (error) {
#define TEXT(name, number, text) \
    case name: return #name;
        EMULATED_ERRORS(TEXT)
#undef TEXT
    }
    return "unrecognized error code";
}
