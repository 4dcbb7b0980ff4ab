/* The threads of the block that is running, for those who make them wait. */
#pragma once

#include "machine.h"

namespace cuda_emulator {

constexpr unsigned MOST_THREADS = 1024;

enum class Phase : unsigned char { fresh, ready, running, at_barrier, at_exchange, left };

/* ``line`` and what follows it say what a waiting thread waits for. */
struct Thread {
    Phase phase;
    unsigned worker;
    int line;
    Barrier barrier;
    int predicate;
    Exchange exchange;
    unsigned mask;
    unsigned long long value;
    int argument, width;
    unsigned long long result;
};
extern Thread threads[MOST_THREADS];
extern unsigned thread_count;

/* The running thread gives way until somebody makes it READY. */
void wait_here(Phase);

/* Called when no thread can run: true when some can again, false when all are done. */
bool release_waiting();

}  // namespace cuda_emulator
