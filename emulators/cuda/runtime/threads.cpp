/* Launches: blocks one after another, the threads of a block as fibers that leave the processor only where they wait.
 *
 * A worker is a stack. It runs threads one after another until one of them waits; that one keeps the worker, and the
 * next thread gets another. A kernel without barriers needs one worker.
 *
 * A worker starts with setcontext and goes on with longjmp, which asks nothing of the system: that makes kernels with
 * barriers several times as fast. */
#include <cerrno>
#include <csetjmp>
#include <numeric>

#include <sys/mman.h>
#include <ucontext.h>

#include "machine.h"
#include "threads.h"

namespace cuda_emulator {

Running running;
Builtins builtins;
Thread threads[MOST_THREADS];
unsigned thread_count;

namespace {

constexpr size_t STACK_BYTES = 256 << 10, GUARD_BYTES = 4096, STACK_STEP = STACK_BYTES + GUARD_BYTES;

struct Worker {
    ucontext_t start;
    jmp_buf left;
    bool started;
    uintptr_t stack;
};
Worker workers[MOST_THREADS];
unsigned worker_count, idle[MOST_THREADS], idle_count, current_worker;
uintptr_t stacks;
jmp_buf scheduler;

unsigned turns[MOST_THREADS], turn;
void (*thread_function)(const void *);
const void *thread_arguments;
uint64_t random_state, launches;
unsigned blocks_run;

uint64_t next_random() {
    uint64_t z = random_state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

void enter(unsigned number) {
    running.thread = number;
    builtins.thread = thread_index(number);
}

/* Back to the scheduler, until it resumes the current worker. */
void yield_worker() {
    if (!_setjmp(workers[current_worker].left)) _longjmp(scheduler, 1);
}

void run_threads() {
    for (;;) {
        while (turn < thread_count && threads[turns[turn]].phase == Phase::fresh) {
            Thread &thread = threads[turns[turn]];
            enter(turns[turn++]);
            thread.worker = current_worker;
            thread.phase = Phase::running;
            thread_function(thread_arguments);
            settle_store();
            thread.phase = Phase::left;
        }
        idle[idle_count++] = current_worker;
        yield_worker();
    }
}

void make_worker() {
    Worker &worker = workers[worker_count];
    worker.stack = stacks + worker_count * STACK_STEP + GUARD_BYTES;
    auto *stack = reinterpret_cast<void *>(worker.stack);
    if (mprotect(stack, STACK_BYTES, PROT_READ | PROT_WRITE))
        stop("memory", nullptr, running.line, "no memory for the stacks of the threads");
    getcontext(&worker.start);
    worker.start.uc_stack = {stack, 0, STACK_BYTES};
    worker.start.uc_link = nullptr;
    makecontext(&worker.start, run_threads, 0);
    idle[idle_count++] = worker_count++;
}

void resume(unsigned worker) {
    current_worker = worker;
    running.stack_start = workers[worker].stack;
    running.stack_end = workers[worker].stack + STACK_BYTES;
    if (_setjmp(scheduler)) return;
    if (workers[worker].started) _longjmp(workers[worker].left, 1);
    workers[worker].started = true;
    setcontext(&workers[worker].start);
}

void take_turns() {
    if (options().order == Order::random)
        for (unsigned i = thread_count; i > 1; i--) std::swap(turns[i - 1], turns[next_random() % i]);
    for (turn = 0; turn < thread_count;) {
        Thread &thread = threads[turns[turn]];
        if (thread.phase == Phase::fresh) {
            if (!idle_count) make_worker();
            resume(idle[--idle_count]);
        } else if (thread.phase == Phase::ready) {
            enter(turns[turn++]);
            thread.phase = Phase::running;
            resume(thread.worker);
        } else {
            turn++;
        }
    }
}

void run_block(uint64_t number, size_t dynamic_bytes) {
    running.block = builtins.block = block_index(number);
    start_shared(++blocks_run, dynamic_bytes);
    start_block_races(number);
    const bool reverse = options().order == Order::reverse;
    for (unsigned i = 0; i < thread_count; i++) {
        turns[i] = reverse ? thread_count - 1 - i : i;
        threads[i].phase = Phase::fresh;
    }
    do take_turns();
    while (release_waiting());
}

/* The block that comes at this place: in the order asked for, each once. */
uint64_t block_in_turn(uint64_t place, uint64_t count, uint64_t stride, uint64_t offset) {
    switch (options().order) {
        case Order::forward: return place;
        case Order::reverse: return count - 1 - place;
        default: return uint64_t(((unsigned __int128)place * stride + offset) % count);
    }
}

void run_blocks(uint64_t count, size_t dynamic_bytes) {
    random_state = options().seed * 0x2545f4914f6cdd1d + ++launches;
    uint64_t stride = next_random() % count + 1;
    while (std::gcd(stride, count) != 1) stride = stride % count + 1;
    const uint64_t offset = next_random() % count;
    start_launch_races(count);
    for (uint64_t i = 0; i < count; i++) run_block(block_in_turn(i, count, stride, offset), dynamic_bytes);
}

cudaError_t judge(const Configuration &asked) {
    const dim3 g = asked.grid, b = asked.block;
    const uint64_t size = uint64_t(b.x) * b.y * b.z;
    if (!g.x || !g.y || !g.z || g.x > 0x7fffffff || g.y > 65535 || g.z > 65535) return cudaErrorInvalidConfiguration;
    if (b.x > 1024 || b.y > 1024 || b.z > 64 || !size || size > MOST_THREADS) return cudaErrorInvalidConfiguration;
    return asked.dynamic_bytes > dynamic_shared_limit(asked.function) ? cudaErrorInvalidValue : cudaSuccess;
}

}  // namespace

void reserve_stacks() { stacks = reinterpret_cast<uintptr_t>(reserved(MOST_THREADS * STACK_STEP, false)); }

bool is_thread_stack(uintptr_t address) { return stacks && address - stacks < MOST_THREADS * STACK_STEP; }

uint3 thread_index(unsigned number) {
    const dim3 size = builtins.block_size;
    return {number % size.x, number / size.x % size.y, number / size.x / size.y};
}

uint3 block_index(uint64_t number) {
    const dim3 size = builtins.grid_size;
    return {unsigned(number % size.x), unsigned(number / size.x % size.y), unsigned(number / size.x / size.y)};
}

void wait_here(Phase phase) {
    settle_store();
    threads[running.thread].phase = phase;
    yield_worker();
}

void launch(const Configuration &asked, void (*thread)(const void *), const void *arguments, size_t size) {
    if (running.in_kernel) stop("unsupported", CALLER, asked.line, "a launch inside a kernel");
    const cudaError_t error = judge(asked);
    if (error != cudaSuccess) {
        const dim3 g = asked.grid, b = asked.block;
        record("launch", nullptr, asked.line,
               "%s was not launched: grid (%u,%u,%u), block (%u,%u,%u), %zu bytes of dynamic shared memory: %s",
               asked.kernel, g.x, g.y, g.z, b.x, b.y, b.z, asked.dynamic_bytes, cudaGetErrorString(error));
        return launch_failed(error, asked.line);
    }
    if (fails_on_purpose(asked.kernel, nullptr, asked.line)) return launch_failed(cudaErrorInvalidValue, asked.line);
    const auto start = reinterpret_cast<uintptr_t>(arguments);
    running = {asked.kernel, asked.line, {}, true, 0, 0, 0, start, start + size, true};
    builtins.grid_size = asked.grid;
    builtins.block_size = asked.block;
    thread_count = asked.block.x * asked.block.y * asked.block.z;
    thread_function = thread;
    thread_arguments = arguments;
    DeviceOpened opened;
    run_blocks(uint64_t(asked.grid.x) * asked.grid.y * asked.grid.z, asked.dynamic_bytes);
    running.in_kernel = false;
    running.kernel = nullptr;
}

}  // namespace cuda_emulator
