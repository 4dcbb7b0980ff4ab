/* Barriers of a block and exchanges within a warp: who waits for whom, and what they get. */
#include "threads.h"

namespace cuda_emulator {

namespace {

constexpr unsigned LANES = 32;

void need_kernel(const char *what, int line) {
    if (!running.in_kernel) stop("host-call", nullptr, line, "%s on the host", what);
}

/* Threads of the warp from `first` on that a mask names and that have not left. */
unsigned taking_part(unsigned first, unsigned mask) {
    unsigned found = 0;
    for (unsigned lane = 0; lane < LANES && first + lane < thread_count; lane++)
        if (mask >> lane & 1 && threads[first + lane].phase != Phase::left) found |= 1u << lane;
    return found;
}

bool all_arrived(unsigned first, unsigned lanes, const Thread &like) {
    for (unsigned lane = 0; lane < LANES; lane++) {
        if (!(lanes >> lane & 1)) continue;
        const Thread &thread = threads[first + lane];
        if (thread.phase != Phase::at_exchange || thread.exchange != like.exchange || thread.mask != like.mask ||
            thread.line != like.line)
            return false;
    }
    return true;
}

/* The lane that this one reads from; itself when the other is outside its part of the warp. */
unsigned source_lane(unsigned lane, const Thread &thread) {
    const int width = thread.width, first = int(lane) & ~(width - 1), argument = thread.argument;
    int source = int(lane);
    if (thread.exchange == Exchange::lane) source = first + (argument & (width - 1));
    if (thread.exchange == Exchange::up) source = int(lane) - argument < first ? int(lane) : int(lane) - argument;
    if (thread.exchange == Exchange::down && argument < width)
        source = int(lane) + argument >= first + width ? int(lane) : int(lane) + argument;
    if (thread.exchange == Exchange::exclusive_or)
        source = (int(lane) ^ argument) >= first + width ? int(lane) : int(lane) ^ argument;
    return unsigned(source);
}

unsigned long long received(unsigned first, unsigned lane, unsigned lanes) {
    const unsigned source = source_lane(lane, threads[first + lane]);
    if (source < LANES && lanes >> source & 1) return threads[first + source].value;
    const unsigned running_thread = running.thread;
    running.thread = first + lane;
    record("warp", nullptr, threads[first + lane].line, "lane %u reads from lane %u, which does not take part", lane,
           source);
    running.thread = running_thread;
    unsigned long long nothing;
    poison(&nothing, sizeof nothing);
    return nothing;
}

void finish_exchange(unsigned first, unsigned lanes, Exchange kind) {
    unsigned long long votes = 0;
    for (unsigned lane = 0; lane < LANES; lane++)
        if (lanes >> lane & 1 && threads[first + lane].value) votes |= 1ull << lane;
    for (unsigned lane = 0; lane < LANES; lane++) {
        if (!(lanes >> lane & 1)) continue;
        Thread &thread = threads[first + lane];
        if (kind == Exchange::ballot)
            thread.result = votes;
        else if (kind != Exchange::sync)
            thread.result = received(first, lane, lanes);
    }
    for (unsigned lane = 0; lane < LANES; lane++)
        if (lanes >> lane & 1) threads[first + lane].phase = Phase::ready;
    if (kind == Exchange::sync) warp_met(first);
}

/* Lets the lanes go on that wait for what this thread waits for, if that is all of them. */
bool try_exchange(unsigned number) {
    const unsigned first = number / LANES * LANES, lanes = taking_part(first, threads[number].mask);
    if (!all_arrived(first, lanes, threads[number])) return false;
    finish_exchange(first, lanes, threads[number].exchange);
    return true;
}

bool try_exchanges() {
    bool any = false;
    for (unsigned i = 0; i < thread_count; i++)
        if (threads[i].phase == Phase::at_exchange) any |= try_exchange(i);
    return any;
}

/* This thread waits for one that will not come. */
[[noreturn]] void stop_stuck(unsigned waiting, unsigned other) {
    running.thread = waiting;
    const Thread &thread = threads[waiting];
    const uint3 index = thread_index(other);
    const char *kind = thread.phase == Phase::at_barrier ? "barrier" : "warp";
    stop(kind, nullptr, thread.line, "the thread waits here while thread (%u,%u,%u) waits in line %d", index.x, index.y,
         index.z, threads[other].line);
}

/* Only lanes of warps wait, and none for what all it needs wait for. */
[[noreturn]] void stop_disagreement(unsigned waiting) {
    const unsigned first = waiting / LANES * LANES, lanes = taking_part(first, threads[waiting].mask);
    for (unsigned lane = 0; lane < LANES; lane++)
        if (lanes >> lane & 1 && !all_arrived(first, 1u << lane, threads[waiting])) stop_stuck(waiting, first + lane);
    stop_stuck(waiting, waiting);
}

void note_missing(unsigned waiting, unsigned gone) {
    running.thread = waiting;
    const uint3 index = thread_index(gone);
    record("barrier", nullptr, threads[waiting].line,
           "the thread waits here, but thread (%u,%u,%u) has left the kernel", index.x, index.y, index.z);
}

int barrier_result(Barrier kind) {
    int count = 0, waiting = 0;
    for (unsigned i = 0; i < thread_count; i++) {
        if (threads[i].phase != Phase::at_barrier) continue;
        waiting++;
        count += threads[i].predicate != 0;
    }
    if (kind == Barrier::all) return count == waiting;
    return kind == Barrier::any ? count != 0 : count;
}

void release_barrier(unsigned first) {
    const Thread &like = threads[first];
    for (unsigned i = 0; i < thread_count; i++) {
        const Thread &thread = threads[i];
        if (thread.phase == Phase::left)
            note_missing(first, i);
        else if (thread.phase != Phase::at_barrier || thread.line != like.line || thread.barrier != like.barrier)
            stop_stuck(first, i);
    }
    const int result = barrier_result(like.barrier);
    for (unsigned i = 0; i < thread_count; i++) {
        if (threads[i].phase == Phase::left) continue;
        threads[i].result = result;
        threads[i].phase = Phase::ready;
    }
    start_interval();
}

}  // namespace

bool release_waiting() {
    unsigned waiting = thread_count;
    for (unsigned i = thread_count; i-- > 0;) {
        if (threads[i].phase == Phase::ready) return true;
        if (threads[i].phase != Phase::left) waiting = i;
    }
    if (waiting == thread_count) return false;
    if (try_exchanges()) return true;
    for (unsigned i = 0; i < thread_count; i++)
        if (threads[i].phase == Phase::at_barrier) return release_barrier(i), true;
    stop_disagreement(waiting);
}

int barrier(Barrier kind, int predicate, int line) {
    need_kernel("__syncthreads()", line);
    Thread &thread = threads[running.thread];
    thread.line = line;
    thread.barrier = kind;
    thread.predicate = predicate;
    wait_here(Phase::at_barrier);
    return int(thread.result);
}

unsigned long long exchange(Exchange kind, unsigned mask, unsigned long long value, int argument, int width, int line) {
    need_kernel("an exchange within a warp", line);
    if (!(mask >> running.thread % LANES & 1))
        stop("warp", nullptr, line, "the mask %#x leaves out the thread itself", mask);
    if (width < 1 || width > int(LANES) || width & (width - 1))
        stop("warp", nullptr, line, "the width %d is no power of two up to 32", width);
    Thread &thread = threads[running.thread];
    settle_store();
    thread.line = line;
    thread.exchange = kind;
    thread.mask = mask;
    thread.value = value;
    thread.argument = argument;
    thread.width = width;
    thread.phase = Phase::at_exchange;
    if (try_exchange(running.thread))
        thread.phase = Phase::running;
    else
        wait_here(Phase::at_exchange);
    return thread.result;
}

}  // namespace cuda_emulator

unsigned __activemask() {
    const unsigned first = cuda_emulator::running.thread / 32 * 32;
    return cuda_emulator::taking_part(first, 0xffffffff);
}

long long clock64() {
    static long long ticks;
    return ticks++;
}
