/* Arenas for device, managed and host memory, and the host's malloc, which takes from the last one. */
#include <cerrno>
#include <new>

#include <sys/mman.h>
#include <unistd.h>

#include "machine.h"

namespace cuda_emulator {

namespace {

constexpr size_t ARENA_BYTES = size_t(16) << 30, STEP = size_t(1) << 20, WORTH_RETURNING = 64 << 10;
constexpr size_t MOST_ALLOCATIONS = size_t(1) << 24;
/* A NaN as float and as double, and a large odd number as int. */
constexpr uint32_t POISON = 0x7ff7a5a5;

size_t round_up(size_t value, size_t to) { return (value + to - 1) / to * to; }

}  // namespace

void *reserved(size_t bytes, bool usable) {
    const int allowed = usable ? PROT_READ | PROT_WRITE : PROT_NONE;
    void *at = mmap(nullptr, bytes, allowed, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) stop("memory", nullptr, 0, "the emulator cannot reserve %zu bytes of addresses", bytes);
    return at;
}

void poison(void *start, size_t bytes) {
    auto *at = static_cast<unsigned char *>(start);
    for (; bytes >= sizeof POISON; at += sizeof POISON, bytes -= sizeof POISON)
        __builtin_memcpy(at, &POISON, sizeof POISON);
    for (size_t i = 0; i < bytes; i++) at[i] = POISON >> 8 * i & 255;
}

/* Constant-initialised, because malloc is called before constructors run. */
constinit Arena device_memory("device memory", 4096, UNINITIALISED, true);
constinit Arena managed_memory("managed memory", 4096, READY, true);
constinit Arena host_memory("host memory", 64, READY, false);

size_t Arena::capacity_bytes() { return options().memory_bytes / (options().races ? sizeof(Cell) + 4 : 4); }

void Arena::reserve() {
    if (start) return;
    start = reinterpret_cast<uintptr_t>(reserved(ARENA_BYTES, false));
    states = static_cast<unsigned char *>(reserved(ARENA_BYTES, false));
    if (with_cells_ && options().races) cells = static_cast<Cell *>(reserved(ARENA_BYTES * sizeof(Cell), false));
    allocations_ = static_cast<Allocation *>(reserved(MOST_ALLOCATIONS * sizeof(Allocation), true));
    used_ = 4096;
}

bool Arena::commit(size_t end) {
    if (end <= committed_) return true;
    const size_t more = round_up(end, STEP) - committed_;
    const int usable = PROT_READ | PROT_WRITE;
    const auto unlock = [&](void *at, size_t bytes) { return mprotect(at, bytes, usable) == 0; };
    if (!unlock(reinterpret_cast<void *>(start + committed_), more) || !unlock(states + committed_, more)) return false;
    if (cells && !unlock(cells + committed_, more * sizeof(Cell))) return false;
    committed_ += more;
    size = committed_;
    return true;
}

void *Arena::allocate(size_t bytes, size_t alignment) {
    reserve();
    const size_t largest_gap = STEP, gap = bytes > largest_gap ? largest_gap : bytes > gap_ ? bytes : gap_;
    const size_t at = round_up(used_, alignment);
    const size_t capacity = this == &host_memory ? options().memory_bytes : capacity_bytes();
    if (bytes > capacity || live_bytes_ + bytes > capacity || at + bytes + gap > ARENA_BYTES) return nullptr;
    if (count_ == MOST_ALLOCATIONS || !commit(at + bytes + gap)) return nullptr;
    used_ = at + bytes + gap;
    live_bytes_ += bytes;
    allocations_[count_++] = {start + at, bytes, true};
    __real_memset(states + at, fresh_, bytes);
    return reinterpret_cast<void *>(start + at);
}

void Arena::release(Allocation &allocation) {
    const size_t page = 4096, offset = allocation.start - start;
    __real_memset(states + offset, FREED, allocation.bytes);
    live_bytes_ -= allocation.bytes;
    allocation.live = false;
    if (allocation.bytes < WORTH_RETURNING) return;
    const uintptr_t first = round_up(allocation.start, page),
                    last = (allocation.start + allocation.bytes) / page * page;
    madvise(reinterpret_cast<void *>(first), last - first, MADV_DONTNEED);
}

Allocation *Arena::before(uintptr_t address) const {
    size_t low = 0, high = count_;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (allocations_[middle].start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? allocations_ + low - 1 : nullptr;
}

Allocation *Arena::exactly(const void *pointer) const {
    Allocation *found = before(reinterpret_cast<uintptr_t>(pointer));
    return found && found->start == reinterpret_cast<uintptr_t>(pointer) ? found : nullptr;
}

bool Arena::near(uintptr_t address) const { return start && address - start < ARENA_BYTES; }

void Arena::open(bool opened) {
    if (opened == opened_) return;
    opened_ = opened;
    if (committed_) mprotect(reinterpret_cast<void *>(start), committed_, opened ? PROT_READ | PROT_WRITE : PROT_NONE);
}

}  // namespace cuda_emulator

namespace {

using namespace cuda_emulator;

void *host_allocate(size_t bytes, size_t alignment = 16) {
    void *at = host_memory.allocate(bytes, alignment < 16 ? 16 : alignment);
    if (at)
        poison(at, bytes);
    else
        errno = ENOMEM;
    return at;
}

void host_free(void *pointer, const void *caller) {
    if (!pointer) return;
    Allocation *found = host_memory.exactly(pointer);
    if (!found) stop("bad-free", caller, 0, "free() of %p, which malloc() never returned", pointer);
    if (!found->live) stop("double-free", caller, 0, "free() of host memory that is free already");
    host_memory.release(*found);
}

void *new_or_throw(size_t bytes, size_t alignment = 16) {
    void *at = host_allocate(bytes, alignment);
    if (!at) throw std::bad_alloc();
    return at;
}

}  // namespace

extern "C" {

void *malloc(size_t bytes) { return host_allocate(bytes); }

void free(void *pointer) { host_free(pointer, CALLER); }

void *calloc(size_t count, size_t bytes) {
    size_t all;
    if (__builtin_mul_overflow(count, bytes, &all)) return nullptr;
    void *at = host_memory.allocate(all, 16);
    if (!at) errno = ENOMEM;
    return at;
}

void *realloc(void *pointer, size_t bytes) {
    if (!pointer) return host_allocate(bytes);
    Allocation *found = host_memory.exactly(pointer);
    if (!found || !found->live) stop("bad-free", CALLER, 0, "realloc() of %p, which is not allocated", pointer);
    const size_t old_bytes = found->bytes;
    void *at = host_allocate(bytes);
    if (!at) return nullptr;
    __real_memcpy(at, pointer, old_bytes < bytes ? old_bytes : bytes);
    host_memory.release(*host_memory.exactly(pointer));
    return at;
}

void *aligned_alloc(size_t alignment, size_t bytes) { return host_allocate(bytes, alignment); }

void *memalign(size_t alignment, size_t bytes) { return host_allocate(bytes, alignment); }

int posix_memalign(void **pointer, size_t alignment, size_t bytes) {
    *pointer = host_allocate(bytes, alignment);
    return *pointer ? 0 : ENOMEM;
}

size_t malloc_usable_size(void *pointer) {
    const Allocation *found = pointer ? host_memory.exactly(pointer) : nullptr;
    return found ? found->bytes : 0;
}

}  // extern "C"

void *operator new(size_t bytes) { return new_or_throw(bytes); }
void *operator new[](size_t bytes) { return new_or_throw(bytes); }
void *operator new(size_t bytes, std::align_val_t alignment) { return new_or_throw(bytes, size_t(alignment)); }
void *operator new[](size_t bytes, std::align_val_t alignment) { return new_or_throw(bytes, size_t(alignment)); }
void *operator new(size_t bytes, const std::nothrow_t &) noexcept { return host_allocate(bytes); }
void *operator new[](size_t bytes, const std::nothrow_t &) noexcept { return host_allocate(bytes); }
void operator delete(void *pointer) noexcept { host_free(pointer, CALLER); }
void operator delete[](void *pointer) noexcept { host_free(pointer, CALLER); }
void operator delete(void *pointer, size_t) noexcept { host_free(pointer, CALLER); }
void operator delete[](void *pointer, size_t) noexcept { host_free(pointer, CALLER); }
void operator delete(void *pointer, std::align_val_t) noexcept { host_free(pointer, CALLER); }
void operator delete[](void *pointer, std::align_val_t) noexcept { host_free(pointer, CALLER); }
void operator delete(void *pointer, size_t, std::align_val_t) noexcept { host_free(pointer, CALLER); }
void operator delete[](void *pointer, size_t, std::align_val_t) noexcept { host_free(pointer, CALLER); }
