/* Conflicting accesses of two threads of a launch that no barrier orders.
 *
 * Execution is cut into intervals: one begins with each block and after each barrier. Two accesses to a byte conflict
 * when one writes, not both are atomic, the threads differ, and they are in one interval of one block, or in different
 * blocks. Threads of a warp that met in __syncwarp() are ordered. The first atomic update of a thread after a fence
 * publishes what its block did before: it begins an interval, and is seen by blocks that update an atomic later. That
 * is coarse, so that no correct program is blamed. A store that leaves the bytes as they are is not reported. */
#include <cstdlib>

#include "machine.h"

namespace cuda_emulator {

namespace {

constexpr uint16_t ATOMIC = 0x8000, SEVERAL = 0x4000, IN_WARP = 0x2000, NUMBER = 0x1fff;

struct Block {
    uint32_t first_interval, published;
    uint64_t number;
};
Block *blocks;
size_t block_count, block_capacity;
uint32_t interval, launch_start, block_start;
bool has_fenced[1024], block_acquired;
uint16_t meetings[32];

struct Store {
    const void *caller;
    unsigned char *at;
    size_t bytes;
    unsigned char before[16];
    char other[96];
};
Store pending;
bool is_pending;

Block &block_of(uint32_t when) {
    size_t low = 0, high = block_count;
    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        (blocks[middle].first_interval <= when ? low : high) = middle;
    }
    return blocks[low];
}

bool other_thread(uint16_t who, uint16_t meeting) {
    const unsigned warp = running.thread / 32;
    if (who & SEVERAL) return true;
    if (who & IN_WARP) return (who & NUMBER) != warp || meeting == meetings[warp];
    if ((who & NUMBER) == running.thread) return false;
    return (who & NUMBER) / 32 != warp || meeting == meetings[warp];
}

/* Is an access of that thread, in that interval, not ordered before the present one? */
bool conflicts(const Region &region, uint32_t when, uint16_t who, uint16_t meeting) {
    if (when < launch_start) return false;
    if (when < block_start) return !region.of_block && !(block_acquired && when <= block_of(when).published);
    return when == interval && other_thread(who, meeting);
}

void describe(char *text, size_t size, const char *did, uint32_t when, uint16_t who) {
    const uint3 block = block_index(block_of(when).number);
    if (who & (SEVERAL | IN_WARP)) {
        snprintf(text, size, "what several threads %s", did);
        return;
    }
    const uint3 thread = thread_index(who & NUMBER);
    snprintf(text, size, "what thread (%u,%u,%u) of block (%u,%u,%u) %s", thread.x, thread.y, thread.z, block.x,
             block.y, block.z, did);
}

void report(const char *does, const char *other, const void *caller) {
    record("race", caller, 0, "%s %s, with no barrier between", does, other);
}

void conflict(Cell &cell, bool with_writer, uintptr_t address, size_t bytes, Access access, const void *caller) {
    Store found{caller, reinterpret_cast<unsigned char *>(address), bytes, {}, {}};
    if (with_writer)
        describe(found.other, sizeof found.other, "wrote", cell.written_in, cell.writer);
    else
        describe(found.other, sizeof found.other, "read", cell.read_in, cell.reader);
    if (access != Access::write || bytes > sizeof found.before)
        return report(access == Access::read ? "reads" : "updates", found.other, caller);
    __real_memcpy(found.before, found.at, bytes);
    pending = found;
    is_pending = true;
}

void note_read(Cell &cell) {
    const uint16_t warp = running.thread / 32, meeting = meetings[warp];
    if (cell.read_in != interval)
        cell.reader = running.thread;
    else if (!other_thread(cell.reader, cell.reader_meeting))
        cell.reader = running.thread;
    else if (!(cell.reader & SEVERAL)) {
        const unsigned earlier = cell.reader & IN_WARP ? cell.reader & NUMBER : cell.reader / 32;
        cell.reader = earlier == warp ? IN_WARP | warp : SEVERAL;
    }
    cell.read_in = interval;
    cell.reader_meeting = meeting;
}

void note_write(Cell &cell, bool atomic) {
    const bool again = cell.written_in == interval;
    const bool others = again && other_thread(cell.writer, cell.writer_meeting);
    const bool plain_before = again && !others && !(cell.writer & ATOMIC);
    cell.writer = others && atomic ? SEVERAL : running.thread;
    if (atomic && !plain_before) cell.writer |= ATOMIC;
    cell.written_in = interval;
    cell.writer_meeting = meetings[running.thread / 32];
}

void synchronise_by_atomic() {
    block_acquired = true;
    if (!has_fenced[running.thread]) return;
    has_fenced[running.thread] = false;
    blocks[block_count - 1].published = interval;
    start_interval();
}

}  // namespace

void start_launch_races(uint64_t count) {
    if (!options().races) return;
    if (count > block_capacity) {
        block_capacity = count;
        blocks = static_cast<Block *>(reserved(count * sizeof(Block), true));
    }
    block_count = 0;
    launch_start = interval + 1;
}

void start_block_races(uint64_t number) {
    start_interval();
    block_start = interval;
    block_acquired = false;
    __real_memset(has_fenced, 0, sizeof has_fenced);
    if (options().races) blocks[block_count++] = {interval, 0, number};
}

void start_interval() {
    interval++;
    __real_memset(meetings, 0, sizeof meetings);
}

void warp_met(unsigned thread) { meetings[thread / 32]++; }

void fenced() { has_fenced[running.thread] = true; }

void settle_store() {
    if (!is_pending) return;
    is_pending = false;
    if (memcmp(pending.at, pending.before, pending.bytes)) report("overwrites", pending.other, pending.caller);
}

void check_races(Region &region, uintptr_t address, size_t bytes, Access access, const void *caller) {
    Cell *cells = region.cells + (address - region.start);
    const bool atomic = access == Access::atomic;
    if (atomic) synchronise_by_atomic();
    bool reported = false;
    for (size_t i = 0; i < bytes; i++) {
        Cell &cell = cells[i];
        const bool both_atomic = atomic && cell.writer & ATOMIC;
        const bool written = !both_atomic && conflicts(region, cell.written_in, cell.writer, cell.writer_meeting);
        const bool read = access != Access::read && conflicts(region, cell.read_in, cell.reader, cell.reader_meeting);
        if (!reported && (written || read)) {
            conflict(cell, written, address, bytes, access, caller);
            reported = true;
        }
        if (access == Access::read)
            note_read(cell);
        else
            note_write(cell, atomic);
    }
}

}  // namespace cuda_emulator

void __threadfence() { cuda_emulator::fenced(); }
void __threadfence_block() { cuda_emulator::fenced(); }
void __threadfence_system() { cuda_emulator::fenced(); }
