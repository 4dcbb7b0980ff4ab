/* May this thread, or the host, touch these bytes? Asked before every access that the compiler could see. */
#include <cstdio>

#include "machine.h"

namespace cuda_emulator {

namespace {

const char *verb(Access access) {
    return access == Access::read ? "reads" : access == Access::write ? "writes" : "updates";
}

bool within(uintptr_t address, uintptr_t start, uintptr_t end) { return address - start < end - start; }

[[noreturn]] void stop_outside(const Region &region, const Allocation *near, const Allocation *last, uintptr_t address,
                               size_t bytes, const char *who, const void *caller) {
    if (near && !near->live && address < near->start + near->bytes)
        stop("use-after-free", caller, 0, "%s %zu bytes of %s that is free already", who, bytes, region.what);
    const Allocation *next = near ? near + 1 : nullptr;
    if (next && next < last && next->start - address < address - (near->start + near->bytes))
        stop("out-of-bounds", caller, 0, "%s %zu bytes, %zu before an allocation of %zu bytes of %s", who, bytes,
             size_t(next->start - address), next->bytes, region.what);
    if (near)
        stop("out-of-bounds", caller, 0, "%s %zu bytes at offset %zu of an allocation of %zu bytes of %s", who, bytes,
             size_t(address - near->start), near->bytes, region.what);
    stop("out-of-bounds", caller, 0, "%s %zu bytes of %s that nobody allocated", who, bytes, region.what);
}

[[noreturn]] void stop_in_arena(const Arena &arena, uintptr_t address, size_t bytes, const char *who,
                                const void *caller) {
    stop_outside(arena, arena.before(address), arena.end(), address, bytes, who, caller);
}

[[noreturn]] void refuse(Region &region, uintptr_t address, size_t bytes, Access access, const void *caller) {
    for (Arena *arena : {&device_memory, &managed_memory, &host_memory})
        if (&region == arena) stop_in_arena(*arena, address, bytes, verb(access), caller);
    stop("out-of-bounds", caller, 0, "%s %zu bytes outside any variable in %s", verb(access), bytes, region.what);
}

void check_states(Region &region, uintptr_t address, size_t bytes, Access access, const void *caller) {
    unsigned char *states = region.states + (address - region.start);
    for (size_t i = 0; i < bytes; i++)
        if (states[i] != READY && states[i] != UNINITIALISED) refuse(region, address + i, bytes - i, access, caller);
    // A structure that is read as a whole may have padding, but not at its start.
    if (access != Access::write && states[0] == UNINITIALISED)
        record("uninitialised", caller, 0, "%s %zu bytes of %s that nobody wrote", verb(access), bytes, region.what);
    if (access != Access::read) __real_memset(states, READY, bytes);
}

inline bool all_ready(const unsigned char *states, size_t bytes) {
    if (bytes == 4) return *reinterpret_cast<const uint32_t *>(states) == READY * 0x01010101u;
    if (bytes == 8) return *reinterpret_cast<const uint64_t *>(states) == READY * 0x0101010101010101ull;
    return bytes == 1 && *states == READY;
}

inline void check_region(Region &region, uintptr_t address, size_t bytes, Access access, const void *caller) {
    const size_t offset = address - region.start;
    if (bytes > region.size - offset) refuse(region, address, bytes, access, caller);
    if (region.states && !all_ready(region.states + offset, bytes))
        check_states(region, address, bytes, access, caller);
    if (region.cells && running.in_kernel) check_races(region, address, bytes, access, caller);
}

[[noreturn]] void refuse_in_kernel(uintptr_t address, size_t bytes, Access access, const void *caller) {
    const char *does = verb(access);
    if (address < 4096) stop("null-pointer", caller, 0, "%s %zu bytes at address %zu", does, bytes, size_t(address));
    if (within(address, running.parameters_start, running.parameters_end))
        stop("read-only", caller, 0, "%s a parameter of the kernel", does);
    if (is_thread_stack(address))
        stop("local-memory", caller, 0, "%s %zu bytes of another thread's local memory", does, bytes);
    if (host_memory.holds(address)) {
        const Allocation *near = host_memory.before(address);
        stop("host-pointer", caller, 0, "a kernel %s host memory, at offset %zu of an allocation of %zu bytes", does,
             near ? size_t(address - near->start) : 0, near ? near->bytes : 0);
    }
    if (device_memory.near(address)) stop_in_arena(device_memory, address, bytes, does, caller);
    if (managed_memory.near(address)) stop_in_arena(managed_memory, address, bytes, does, caller);
    stop("host-pointer", caller, 0, "a kernel %s memory at %#zx, which is not the device's", does, size_t(address));
}

void check_in_kernel(uintptr_t address, size_t bytes, Access access, const void *caller) {
    if (within(address, running.stack_start, running.stack_end)) return;
    if (within(address, reinterpret_cast<uintptr_t>(&builtins), reinterpret_cast<uintptr_t>(&builtins + 1))) return;
    for (Region *region : {&static_shared, &dynamic_shared_region, static_cast<Region *>(&managed_memory)})
        if (region->holds(address)) return check_region(*region, address, bytes, access, caller);
    if (within(address, running.parameters_start, running.parameters_end) && access == Access::read) return;
    Variable *variable = variable_at(address);
    if (!variable) refuse_in_kernel(address, bytes, access, caller);
    if (variable->space == emulated_constant && access != Access::read)
        stop("read-only", caller, 0, "a kernel %s __constant__ %s", verb(access), variable->what);
    check_region(*variable, address, bytes, access, caller);
}

void need_synchronised(Access access, const void *caller) {
    if (running.unsynchronised)
        stop("unsynchronised", caller, 0, "the host %s managed memory before cudaDeviceSynchronize()", verb(access));
}

void check_on_host(uintptr_t address, size_t bytes, Access access, const void *caller) {
    if (address < 4096)
        stop("null-pointer", caller, 0, "the host %s %zu bytes at address %zu", verb(access), bytes, size_t(address));
    if (host_memory.holds(address)) return check_region(host_memory, address, bytes, access, caller);
    if (managed_memory.holds(address)) {
        need_synchronised(access, caller);
        return check_region(managed_memory, address, bytes, access, caller);
    }
    if (device_memory.holds(address)) stop("device-pointer", caller, 0, "the host %s device memory", verb(access));
    Variable *variable = variable_at(address);
    if (!variable) return;
    if (variable->space != emulated_managed)
        stop("device-pointer", caller, 0, "the host %s %s, a variable of the device", verb(access), variable->what);
    need_synchronised(access, caller);
    check_region(*variable, address, bytes, access, caller);
}

}  // namespace

void check_access(uintptr_t address, size_t bytes, Access access, const void *caller) {
    settle_store();
    if (!running.in_kernel)
        check_on_host(address, bytes, access, caller);
    else if (device_memory.holds(address))
        check_region(device_memory, address, bytes, access, caller);
    else
        check_in_kernel(address, bytes, access, caller);
}

void check_host_range(const void *pointer, size_t bytes, const char *call, const void *caller) {
    const auto address = reinterpret_cast<uintptr_t>(pointer);
    if (!bytes || !host_memory.holds(address)) return;
    const Allocation *found = host_memory.before(address);
    if (found && found->live && address - found->start <= found->bytes &&
        bytes <= found->bytes - (address - found->start))
        return;
    char who[64];
    snprintf(who, sizeof who, "%s touches", call);
    stop_outside(host_memory, found, host_memory.end(), address, bytes, who, caller);
}

}  // namespace cuda_emulator
