/* The emulated device, as its parts see each other. Nothing here is meant for translation units.
 *
 * Memory accesses of the program are instrumented (-fsanitize=thread, without its library): the compiler calls a hook
 * before each, and access.cpp decides whether this thread may touch these bytes. */
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>

#include "cuda_runtime.h"

extern "C" {
void *__real_memcpy(void *, const void *, size_t);
void *__real_memset(void *, int, size_t);
void *__real_memmove(void *, const void *, size_t);
}

namespace cuda_emulator {

/* options.cpp: what the environment asks for */

enum class Order { forward, reverse, random };
struct Options {
    Order order;
    uint64_t seed;
    bool races;
    size_t memory_bytes;
    int faults_file, rounding;
    /* The call of the runtime that fails on purpose, counted by places in the program; 0: none. */
    unsigned failing;
};
const Options &options();

/* memory.cpp: bytes and what is known of each */

enum State : unsigned char { OUTSIDE, UNINITIALISED, READY, FREED };

/* The last accesses to one byte by threads of a kernel; see races.cpp. */
struct Cell {
    uint32_t written_in, read_in;
    uint16_t writer, reader, writer_meeting, reader_meeting;
};

/* A range of addresses with a state and a cell for each byte. Without states every byte is ready; without cells races
 * are not looked for. With `of_block`, each block has bytes of its own there. */
struct Region {
    const char *what;
    uintptr_t start;
    size_t size;
    unsigned char *states;
    Cell *cells;
    bool of_block;
    constexpr Region(const char *what, uintptr_t start, size_t size, unsigned char *states, bool of_block = false)
        : what(what), start(start), size(size), states(states), cells(nullptr), of_block(of_block) {}
    bool holds(uintptr_t address) const { return address - start < size; }
};

struct Allocation {
    uintptr_t start;
    size_t bytes;
    bool live;
};

/* Allocations with gaps between them; an address is never used twice, so what is freed stays invalid. */
class Arena : public Region {
  public:
    constexpr Arena(const char *what, size_t gap, State fresh, bool with_cells)
        : Region(what, 0, 0, nullptr), gap_(gap), fresh_(fresh), with_cells_(with_cells) {}
    void *allocate(size_t bytes, size_t alignment);
    void release(Allocation &);
    /* The allocation that starts at or last before an address; null when there is none. */
    Allocation *before(uintptr_t address) const;
    Allocation *exactly(const void *) const;
    Allocation *begin() const { return allocations_; }
    Allocation *end() const { return allocations_ + count_; }
    bool near(uintptr_t address) const;
    /* Lets the host touch the bytes, or not. */
    void open(bool opened);
    size_t live_bytes() const { return live_bytes_; }
    static size_t capacity_bytes();
    /* Takes the addresses; called by the first allocation at the latest. */
    void reserve();

  private:
    bool commit(size_t end);
    const size_t gap_;
    const State fresh_;
    const bool with_cells_;
    bool opened_ = true;
    Allocation *allocations_ = nullptr;
    size_t count_ = 0, used_ = 0, committed_ = 0, live_bytes_ = 0;
};
extern Arena device_memory, managed_memory, host_memory;

/* While one lives, the host may touch device memory. */
struct DeviceOpened {
    DeviceOpened() { device_memory.open(true); }
    ~DeviceOpened() { device_memory.open(false); }
};

void *reserved(size_t bytes, bool usable);
void poison(void *, size_t bytes);

/* variables.cpp: storage with a name */

struct Variable : Region {
    Space space;
    constexpr Variable() : Region("", 0, 0, nullptr), space(emulated_device) {}
};
Variable *variable_at(uintptr_t address);

constexpr size_t STATIC_SHARED_BYTES = 48 << 10, LARGEST_SHARED_BYTES = 227 << 10;
extern Region static_shared, dynamic_shared_region;
void start_shared(unsigned block_number, size_t dynamic_bytes);

/* threads.cpp: the launch that is running */

struct Running {
    const char *kernel;
    int line;
    uint3 block;
    bool in_kernel;
    unsigned thread; /* its number in the block */
    uintptr_t stack_start, stack_end, parameters_start, parameters_end;
    bool unsynchronised; /* a launch came after the last call that waits for the device */
};
extern Running running;
void reserve_stacks();
bool is_thread_stack(uintptr_t address);
uint3 thread_index(unsigned number);
uint3 block_index(uint64_t number);
size_t dynamic_shared_limit(const void *function);

/* access.cpp */

enum class Access { read, write, atomic };
void check_access(uintptr_t address, size_t bytes, Access access, const void *caller);
/* Are these bytes all in one live allocation of the host's, or in memory nobody watches? */
void check_host_range(const void *address, size_t bytes, const char *call, const void *caller);

/* races.cpp */

void start_launch_races(uint64_t blocks);
void start_block_races(uint64_t number);
/* All accesses so far are ordered before those that follow. */
void start_interval();
void warp_met(unsigned thread);
void fenced();
void check_races(Region &, uintptr_t address, size_t bytes, Access access, const void *caller);
/* Decides about a store that conflicted: it is over by now, so what it changed can be seen. */
void settle_store();

/* api.cpp */

/* A call that fails: the fault, and what the next cudaGetLastError() returns. */
cudaError_t failed(cudaError_t error, const char *call, const void *caller, const char *why);
/* Whether this call is the one that fails on purpose, once. */
bool fails_on_purpose(const char *call, const void *caller, int line);
void launch_failed(cudaError_t error, int line);
/* A fault when the program never asked whether a launch failed that did. */
void report_unread_error();

/* faults.cpp */

/* One fault; the same one at the same place is written once. */
[[gnu::format(printf, 4, 5)]] void record(const char *kind, const void *caller, int line, const char *format, ...);
[[noreturn, gnu::format(printf, 4, 5)]] void stop(const char *kind, const void *caller, int line, const char *format,
                                                  ...);
void catch_signals();
void confine();

}  // namespace cuda_emulator

#define CALLER __builtin_return_address(0)
