/* Storage with a name: __shared__ declarations and the dynamic part, __device__ and __constant__ variables. */
#include "machine.h"

namespace cuda_emulator {

namespace {

constexpr size_t GAP = 256, STATIC_BYTES = 512 << 10, DYNAMIC_BYTES = LARGEST_SHARED_BYTES + (28 << 10);
constexpr size_t MOST_VARIABLES = 4096;

alignas(256) char static_storage[STATIC_BYTES];
unsigned char static_states[STATIC_BYTES], dynamic_states[DYNAMIC_BYTES];
size_t static_used, static_bytes, dynamic_bytes;
unsigned block_number;

Variable variables[MOST_VARIABLES];
size_t variable_count;

size_t round_up(size_t value, size_t to) { return (value + to - 1) / to * to; }

void need_cells(Region &region) {
    if (options().races && !region.cells)
        region.cells = static_cast<Cell *>(reserved(region.size * sizeof(Cell), true));
}

}  // namespace

alignas(256) char emulated_dynamic[DYNAMIC_BYTES];
Region static_shared{"shared memory", reinterpret_cast<uintptr_t>(static_storage), STATIC_BYTES, static_states, true};
Region dynamic_shared_region{"dynamic shared memory", reinterpret_cast<uintptr_t>(emulated_dynamic), DYNAMIC_BYTES,
                             dynamic_states, true};

void start_shared(unsigned number, size_t bytes) {
    need_cells(static_shared);
    need_cells(dynamic_shared_region);
    __real_memset(static_states, OUTSIDE, static_used);
    __real_memset(dynamic_states, OUTSIDE, dynamic_bytes);
    block_number = number;
    static_used = static_bytes = 0;
    dynamic_bytes = bytes;
    __real_memset(dynamic_states, UNINITIALISED, bytes);
    poison(emulated_dynamic, bytes);
}

void *shared_storage(EmulatedSite &site, size_t bytes, size_t alignment) {
    if (!running.in_kernel)
        stop("unsupported", CALLER, 0, "__shared__ %s is outside of functions, or in one that the host calls",
             site.name);
    if (site.block == block_number) return site.storage;
    static_bytes = round_up(static_bytes, alignment) + bytes;
    if (static_bytes > STATIC_SHARED_BYTES)
        stop("shared-size", CALLER, 0, "__shared__ declarations take %zu bytes; a block has %zu", static_bytes,
             STATIC_SHARED_BYTES);
    const size_t at = round_up(static_used + GAP, alignment < 16 ? 16 : alignment);
    static_used = at + bytes;
    __real_memset(static_states + at, UNINITIALISED, bytes);
    poison(static_storage + at, bytes);
    site.block = block_number;
    return site.storage = static_storage + at;
}

EmulatedSymbol::EmulatedSymbol(Space space, const char *name, const volatile void *address, size_t bytes) {
    if (variable_count == MOST_VARIABLES)
        stop("unsupported", nullptr, 0, "more than %zu variables of the device", MOST_VARIABLES);
    Variable &variable = variables[variable_count++];
    variable.what = name;
    variable.start = reinterpret_cast<uintptr_t>(address);
    variable.size = bytes;
    variable.space = space;
    need_cells(variable);
}

Variable *variable_at(uintptr_t address) {
    for (size_t i = 0; i < variable_count; i++)
        if (variables[i].holds(address)) return variables + i;
    return nullptr;
}

}  // namespace cuda_emulator
